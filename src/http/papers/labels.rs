//! The words of an exported page, in French and English.

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Language {
    /// French.
    French,
    /// English, and whatever else was asked for.
    English,
}

/// What is shown, in French, in English.
const WORDS: [(&str, &str, &str); 77] = [
    ("case", "Dossier", "Case"),
    ("generated", "Établi le", "Generated at"),
    ("viewer", "Vu par", "As seen by"),
    ("marketplace", "Place de marché", "Marketplace"),
    ("status", "État", "Status"),
    ("priority", "Priorité", "Priority"),
    ("owner", "Responsable", "Owner"),
    ("opened", "Ouvert le", "Opened at"),
    ("buyer", "Acheteur", "Buyer"),
    ("seller", "Vendeur", "Seller"),
    ("order", "Commande", "Order"),
    ("tickets", "Tickets", "Tickets"),
    ("participants", "Participants", "Participants"),
    ("thread", "Conversation", "Conversation"),
    ("timeline", "Chronologie", "Timeline"),
    ("attachments", "Pièces jointes", "Attachments"),
    ("audience", "Visible par", "Visible to"),
    ("redacted", "Caviardé le", "Redacted at"),
    ("manifest", "SHA-256 de tout ce qui précède cette ligne", "SHA-256 of everything before this line"),
    ("BUYER", "Acheteur", "Buyer"),
    ("SELLER", "Vendeur", "Seller"),
    ("OPERATOR", "Opérateur", "Operator"),
    ("VENDOR", "Logiciel de la place de marché", "Marketplace software"),
    ("AGENT", "Agent", "Agent"),
    ("HELPDESK", "Centre d’assistance", "Helpdesk"),
    ("SYSTEM", "Système", "System"),
    ("WAITING_SELLER", "Attend le vendeur", "Waiting for the seller"),
    ("WAITING_OPERATOR", "Attend l’opérateur", "Waiting for the operator"),
    ("WAITING_BUYER", "Attend l’acheteur", "Waiting for the buyer"),
    ("RESOLVED", "Résolu", "Resolved"),
    ("CLOSED", "Clos", "Closed"),
    ("LOW", "Basse", "Low"),
    ("NORMAL", "Normale", "Normal"),
    ("HIGH", "Haute", "High"),
    ("URGENT", "Urgente", "Urgent"),
    ("TRIPARTITE", "Acheteur, vendeur et opérateur", "Buyer, seller and operator"),
    ("SELLER_BUYER", "Vendeur et acheteur", "Seller and buyer"),
    ("OPERATOR_BUYER", "Opérateur et acheteur", "Operator and buyer"),
    ("OPERATOR_SELLER", "Opérateur et vendeur, en privé", "Operator and seller, in private"),
    ("FOLLOW", "lit", "reads"),
    ("REPLY", "lit et écrit", "reads and writes"),
    ("PENDING", "en route", "on its way"),
    ("READY", "disponible", "available"),
    ("FAILED", "non obtenue", "could not be got"),
    ("BLOCKED", "bloquée", "blocked"),
    ("REDACTED", "retirée", "removed"),
    ("MEDIATOR", "Médiateur", "Mediator"),
    ("SELLER_SILENT", "le vendeur n’a pas répondu", "the seller did not answer"),
    ("DISAGREEMENT", "désaccord", "disagreement"),
    ("SELLER_ASKS_HELP", "le vendeur demande de l’aide", "the seller asks for help"),
    ("SAFETY", "sécurité", "safety"),
    ("COUNTERFEIT", "contrefaçon", "counterfeit"),
    ("FRAUD", "fraude", "fraud"),
    ("ABUSE", "abus", "abuse"),
    ("OTHER", "autre", "other"),
    ("evidence", "Pièces du désaccord", "Evidence in a dispute"),
    ("stage", "Étape", "Stage"),
    ("reason", "Motif", "Reason"),
    ("opener", "Ouvert par", "Opened by"),
    ("amount", "Montant en cause", "Amount at stake"),
    ("statement", "Réclamation", "Complaint"),
    ("answer", "Réponse", "Answer"),
    ("requested", "Pièces demandées", "Evidence asked for"),
    ("pieces", "Pièces remises", "Evidence handed in"),
    ("until", "jusqu’au", "until"),
    ("no evidence", "Aucune pièce n’a été remise.", "No evidence was handed in."),
    ("NOT_RECEIVED", "non reçu", "not received"),
    ("NOT_AS_DESCRIBED", "non conforme à la description", "not as described"),
    ("DEFECTIVE", "défectueux", "defective"),
    ("RETURN_DECLINED", "retour refusé", "return declined"),
    ("RETURN_NOT_COMPLIANT", "retour jugé non conforme", "return found not compliant"),
    ("REFUND_REFUSED", "remboursement refusé", "refund refused"),
    ("WRONG_AMOUNT", "montant inexact", "wrong amount"),
    ("BUYERS_RETURN", "retour de l’acheteur en cause", "something wrong with the buyer’s return"),
    ("bytes", "octets", "bytes"),
    ("nobody", "—", "—"),
    ("empty", "Aucun message.", "No messages."),
];

impl Language {
    /// The one that a language tag asks for.
    pub(in super::super) fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    /// The name in this language.
    pub(super) const fn of_both(self, (french, english): (&'static str, &'static str)) -> &'static str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    /// Its tag.
    pub(in super::super) const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// A word in this language; one that is not listed stands for itself.
    pub(in super::super) fn say(self, word: &str) -> &str {
        let found = WORDS.iter().find(|(key, ..)| *key == word);
        found.map_or(word, |(_, french, english)| self.of_both((french, english)))
    }
}
