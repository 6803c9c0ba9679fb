//! The words of an exported page, in French and English.

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
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
    ("CASE_OPENED", "Dossier ouvert", "Case opened"),
    ("ORDER_ATTACHED", "Commande rattachée", "Order attached"),
    ("STATUS_CHANGED", "État changé", "Status changed"),
    ("PRIORITY_CHANGED", "Priorité changée", "Priority changed"),
    ("CASE_ESCALATED", "Dossier confié à l’opérateur", "Case escalated to the operator"),
    ("THREAD_OPENED", "Conversation ouverte", "Conversation opened"),
    ("PARTICIPANT_ADDED", "Participant ajouté", "Participant added"),
    ("MESSAGE_POSTED", "Message écrit", "Message posted"),
    ("MESSAGE_REDACTED", "Message caviardé", "Message redacted"),
    ("MESSAGE_DELIVERED", "Message remis", "Message delivered"),
    ("ATTACHMENT_CHANGED", "Pièce jointe changée", "Attachment changed"),
    ("DELIVERY_STOPPED", "Envoi arrêté", "Delivery stopped"),
    ("TICKET_LINKED", "Ticket rattaché", "Ticket linked"),
    ("TICKET_MERGED", "Ticket fusionné", "Ticket merged"),
    ("TICKET_DELETED", "Ticket supprimé", "Ticket deleted"),
    ("TICKET_MARKED_SPAM", "Ticket marqué indésirable", "Ticket marked as spam"),
    ("TICKET_RESTORED", "Ticket rétabli", "Ticket restored"),
    ("MEDIATOR", "Médiateur", "Mediator"),
    ("MEDIATOR_ADMITTED", "Médiateur admis à lire", "Mediator let in to read"),
    ("MEDIATOR_REVOKED", "Accès du médiateur retiré", "Mediator’s access taken away"),
    ("SELLER_SILENT", "le vendeur n’a pas répondu", "the seller did not answer"),
    ("DISAGREEMENT", "désaccord", "disagreement"),
    ("SELLER_ASKS_HELP", "le vendeur demande de l’aide", "the seller asks for help"),
    ("SAFETY", "sécurité", "safety"),
    ("COUNTERFEIT", "contrefaçon", "counterfeit"),
    ("FRAUD", "fraude", "fraud"),
    ("ABUSE", "abus", "abuse"),
    ("OTHER", "autre", "other"),
    ("bytes", "octets", "bytes"),
    ("nobody", "—", "—"),
    ("empty", "Aucun message.", "No messages."),
];

impl Language {
    /// The one that a language tag asks for.
    pub(super) fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    /// Its tag.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// A word in this language; one that is not listed stands for itself.
    pub(super) fn say(self, word: &str) -> &str {
        let found = WORDS.iter().find(|(key, ..)| *key == word);
        found.map_or(word, |(_, french, english)| match self {
            Self::French => *french,
            Self::English => *english,
        })
    }
}
