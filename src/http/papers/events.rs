//! What happened, in French and English words.

use crate::domain::disputes::DisputeEvent;
use crate::domain::money::Money;
use crate::domain::refunds::RefundEvent;
use crate::domain::returns::ReturnEvent;
use crate::domain::timeline::EventKind;
use crate::domain::withdrawals::WithdrawalEvent;

/// A name in French and in English.
type Name = (&'static str, &'static str);

/// What an event is called, in French and in English.
pub(super) const fn name(kind: &EventKind) -> Name {
    match kind {
        EventKind::CaseOpened { .. } => ("Dossier ouvert", "Case opened"),
        EventKind::OrderAttached { .. } => ("Commande rattachée", "Order attached"),
        EventKind::StatusChanged { .. } => ("État changé", "Status changed"),
        EventKind::PriorityChanged { .. } => ("Priorité changée", "Priority changed"),
        EventKind::CaseEscalated { .. } => ("Dossier confié à l’opérateur", "Case escalated to the operator"),
        EventKind::ReasonNamed { .. } => ("Motif précisé", "Reason named"),
        EventKind::LanguageSet { .. } => ("Langue précisée", "Language set"),
        EventKind::DeadlineNear { .. } => ("Échéance proche", "Deadline near"),
        EventKind::DeadlineMissed { .. } => ("Échéance manquée", "Deadline missed"),
        EventKind::ReplyWaived { .. } => ("Réponse jugée inutile", "Reply waived"),
        EventKind::CaseResolved { .. } => ("Dossier résolu", "Case resolved"),
        EventKind::CaseSplit { .. } => ("Dossier scindé", "Case split"),
        EventKind::CaseMerged { .. } => ("Dossier fusionné dans un autre", "Case merged into another"),
        EventKind::CaseAbsorbed { .. } => ("Autre dossier absorbé", "Another case absorbed"),
        EventKind::PoolOffered { .. } => ("Question proposée aux vendeurs", "Question offered to sellers"),
        EventKind::PoolAnswered { .. } => ("Réponse d’un vendeur", "Answered by a seller"),
        EventKind::PoolAnswerWithdrawn { .. } => ("Réponse retirée", "Answer withdrawn"),
        EventKind::PoolAccepted { .. } => ("Réponse retenue", "Answer accepted"),
        EventKind::PoolWithdrawn { .. } => ("Question retirée", "Question withdrawn"),
        EventKind::PoolExpired { .. } => ("Question expirée", "Question expired"),
        EventKind::Refund { what, .. } => refund(what),
        EventKind::Return { what, .. } => returned(what),
        EventKind::Withdrawal { what, .. } => withdrawal(what),
        EventKind::Dispute { what, .. } => dispute(what),
        EventKind::ThreadOpened { .. } => ("Conversation ouverte", "Conversation opened"),
        EventKind::ParticipantAdded { .. } => ("Participant ajouté", "Participant added"),
        EventKind::MessagePosted { .. } => ("Message écrit", "Message posted"),
        EventKind::MessageRedacted { .. } => ("Message caviardé", "Message redacted"),
        EventKind::MessageDelivered { .. } => ("Message remis", "Message delivered"),
        EventKind::AttachmentChanged { .. } => ("Pièce jointe changée", "Attachment changed"),
        EventKind::DeliveryStopped { .. } => ("Envoi arrêté", "Delivery stopped"),
        EventKind::TicketLinked { .. } => ("Ticket rattaché", "Ticket linked"),
        EventKind::TicketMerged { .. } => ("Ticket fusionné", "Ticket merged"),
        EventKind::TicketDeleted { .. } => ("Ticket supprimé", "Ticket deleted"),
        EventKind::TicketMarkedSpam { .. } => ("Ticket marqué indésirable", "Ticket marked as spam"),
        EventKind::TicketRestored { .. } => ("Ticket rétabli", "Ticket restored"),
        EventKind::MentionFound { .. } => ("Critique publiée ailleurs", "Criticism found elsewhere"),
        EventKind::SupportRated { .. } => ("Service client noté", "Support rated"),
        EventKind::MediatorAdmitted { .. } => ("Médiateur admis à lire", "Mediator let in to read"),
        EventKind::MediatorRevoked { .. } => ("Accès du médiateur retiré", "Mediator’s access taken away"),
    }
}

const fn refund(what: &RefundEvent) -> Name {
    match what {
        RefundEvent::Requested { .. } => ("Remboursement demandé", "Refund requested"),
        RefundEvent::HandedToOperator => ("Remboursement confié à l’opérateur", "Refund handed to the operator"),
        RefundEvent::ClaimEstablished { .. } => ("Droit au remboursement établi", "Right to the refund established"),
        RefundEvent::LegalClockChanged => ("Délai légal de remboursement changé", "Legal deadline of the refund changed"),
        RefundEvent::GrantProposed { .. } => ("Remboursement à approuver par une seconde personne", "Refund awaiting a second approval"),
        RefundEvent::Granted { .. } => ("Remboursement accordé", "Refund granted"),
        RefundEvent::ConsentAsked { .. } => ("Accord de l’acheteur demandé", "Buyer’s consent asked for"),
        RefundEvent::Consented => ("Accord de l’acheteur reçu", "Buyer consented"),
        RefundEvent::FellBack => ("Remboursement par le moyen de paiement d’origine", "Refund goes back the way it was paid"),
        RefundEvent::Declined { .. } => ("Remboursement refusé", "Refund declined"),
        RefundEvent::Submitted { .. } => ("Remboursement transmis au paiement", "Refund sent to the payment system"),
        RefundEvent::Pending { .. } => ("Remboursement en cours", "Refund pending"),
        RefundEvent::PendingTooLong { .. } => ("Remboursement anormalement long", "Refund pending for long"),
        RefundEvent::Succeeded { .. } => ("Remboursement effectué", "Refund paid"),
        RefundEvent::Failed { .. } => ("Remboursement en échec", "Refund failed"),
        RefundEvent::Reversed { .. } => ("Remboursement annulé par le paiement", "Refund reversed by the payment system"),
        RefundEvent::Canceled => ("Remboursement abandonné", "Refund canceled"),
        RefundEvent::AmountDiffers { .. } => ("Montant remboursé différent", "Another amount was refunded"),
        RefundEvent::Contradicted { .. } => ("Réponse contradictoire du paiement", "Contradiction of the payment system"),
    }
}

const fn returned(what: &ReturnEvent) -> Name {
    match what {
        ReturnEvent::Requested { .. } => ("Retour demandé", "Return requested"),
        ReturnEvent::Approved { .. } => ("Retour accepté", "Return approved"),
        ReturnEvent::Declined { .. } => ("Retour refusé", "Return declined"),
        ReturnEvent::KeepOffered { .. } => ("Offre de garder l’article", "Offer to keep the item"),
        ReturnEvent::OfferAccepted { .. } => ("Offre acceptée", "Offer accepted"),
        ReturnEvent::OfferDeclined { .. } => ("Offre refusée", "Offer declined"),
        ReturnEvent::ReadyToShip { .. } => ("Retour prêt à expédier", "Return ready to ship"),
        ReturnEvent::Shipped { .. } => ("Retour expédié", "Return shipped"),
        ReturnEvent::DeliveredBack => ("Retour livré", "Return delivered"),
        ReturnEvent::Received { .. } => ("Retour reçu", "Return received"),
        ReturnEvent::Lost { .. } => ("Retour perdu", "Return lost"),
        ReturnEvent::Inspected { .. } => ("Retour contrôlé", "Return inspected"),
        ReturnEvent::Disputed { .. } => ("Retour contesté", "Return disputed"),
        ReturnEvent::Canceled { .. } => ("Retour annulé", "Return canceled"),
        ReturnEvent::Expired => ("Retour expiré", "Return expired"),
        ReturnEvent::Closed { .. } => ("Retour clos", "Return closed"),
        ReturnEvent::StateChanged { .. } => ("État du retour changé", "State of the return changed"),
    }
}

const fn withdrawal(what: &WithdrawalEvent) -> Name {
    match what {
        WithdrawalEvent::Declared => ("Rétractation déclarée", "Withdrawal declared"),
        WithdrawalEvent::Confirmed { .. } => ("Rétractation confirmée", "Withdrawal confirmed"),
        WithdrawalEvent::AcknowledgementDelivered => ("Accusé de réception remis", "Acknowledgement delivered"),
        WithdrawalEvent::ReturnLinked { .. } => ("Retour rattaché à la rétractation", "Return linked to the withdrawal"),
        WithdrawalEvent::Lapsed => ("Rétractation non confirmée", "Withdrawal not confirmed"),
    }
}

/// "Médiation" and "arbitrage" are no words of ours: see [`crate::domain::disputes::DisputeStage::label`].
const fn dispute(what: &DisputeEvent) -> Name {
    match what {
        DisputeEvent::Opened { .. } => ("Désaccord ouvert", "Dispute opened"),
        DisputeEvent::Answered { .. } => ("Réponse au désaccord", "Dispute answered"),
        DisputeEvent::Offered { .. } => ("Offre faite", "Offer made"),
        DisputeEvent::Declined { .. } => ("Offre refusée", "Offer declined"),
        DisputeEvent::Lapsed { .. } => ("Offre caduque", "Offer lapsed"),
        DisputeEvent::Accepted { .. } => ("Offre acceptée", "Offer accepted"),
        DisputeEvent::Escalated { .. } => ("Désaccord confié à l’opérateur", "Dispute escalated to the operator"),
        DisputeEvent::TakenUp => ("Conciliation prise en charge", "Conciliation taken up"),
        DisputeEvent::Proposed { .. } => ("Proposition de conciliation", "Proposal for conciliation"),
        DisputeEvent::EvidenceRequested { .. } => ("Pièce demandée", "Evidence requested"),
        DisputeEvent::EvidenceSubmitted { .. } => ("Pièce remise", "Evidence submitted"),
        DisputeEvent::StoodBack { .. } => ("L’opérateur ne tranche pas", "The operator does not decide"),
        DisputeEvent::DecisionLate => ("Décision en retard", "Decision late"),
        DisputeEvent::Decided { .. } => ("Décision rendue", "Decision made"),
        DisputeEvent::CostAllotted { .. } => ("Charge du coût fixée", "Cost allotted"),
        DisputeEvent::Appealed { .. } => ("Réexamen demandé", "Decision appealed"),
        DisputeEvent::Settled { .. } => ("Accord trouvé", "Dispute settled"),
        DisputeEvent::StageChanged { .. } => ("Étape du désaccord changée", "Stage of the dispute changed"),
    }
}

/// The amount that an event is about.
pub(super) const fn amount(kind: &EventKind) -> Option<Money> {
    match kind {
        EventKind::Refund { what: RefundEvent::GrantProposed { amount }, .. }
        | EventKind::Refund { what: RefundEvent::Granted { amount, .. } | RefundEvent::Succeeded { amount, .. }, .. }
        | EventKind::Refund { what: RefundEvent::AmountDiffers { told: amount, .. }, .. }
        | EventKind::Return { what: ReturnEvent::KeepOffered { amount, .. } | ReturnEvent::OfferAccepted { amount }, .. }
        | EventKind::Dispute { what: DisputeEvent::Decided { amount, .. }, .. } => Some(*amount),
        _ => None,
    }
}
