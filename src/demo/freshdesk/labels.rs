//! The helpdesk's words, in its language: webhooks carry these where REST carries codes.

use crate::demo::peer::{Origin, TicketState, Urgency};

/// The language of a helpdesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

/// The stock statuses with their labels for agents and for customers.
pub(super) fn stock_statuses(language: Language) -> [(u16, [&'static str; 2]); 6] {
    match language {
        Language::English => [
            (2, ["Open", "Being Processed"]),
            (3, ["Pending", "Awaiting your Reply"]),
            (4, ["Resolved", "This ticket has been Resolved"]),
            (5, ["Closed", "This ticket has been Closed"]),
            (6, ["Waiting on Customer", "Awaiting your Reply"]),
            (7, ["Waiting on Third Party", "Being Processed"]),
        ],
        Language::French => [
            (2, ["Ouvert", "En cours de traitement"]),
            (3, ["En attente", "En attente de votre réponse"]),
            (4, ["Résolu", "Ce ticket a été résolu"]),
            (5, ["Fermé", "Ce ticket a été fermé"]),
            (6, ["En attente du client", "En attente de votre réponse"]),
            (7, ["En attente d'un tiers", "En cours de traitement"]),
        ],
    }
}

pub(super) fn priority_label(language: Language, code: u16) -> &'static str {
    match (language, code) {
        (Language::English, 1) => "Low",
        (Language::English, 2) => "Medium",
        (Language::English, 3) => "High",
        (Language::English, _) => "Urgent",
        (Language::French, 1) => "Faible",
        (Language::French, 2) => "Moyenne",
        (Language::French, 3) => "Élevée",
        (Language::French, _) => "Urgente",
    }
}

pub(super) fn source_label(language: Language, code: u16) -> &'static str {
    match (language, code) {
        (Language::English, 1) => "Email",
        (Language::French, 1) => "E-mail",
        (Language::English, 2) => "Portal",
        (Language::French, 2) => "Portail",
        (Language::English, 3) => "Phone",
        (Language::French, 3) => "Téléphone",
        (_, 6) => "Facebook",
        (_, 7) => "Chat",
        (Language::English, 9) => "Feedback Widget",
        (Language::French, 9) => "Widget de commentaires",
        (Language::English, _) => "Other",
        (Language::French, _) => "Autre",
    }
}

pub(super) fn source_code(origin: Origin) -> u16 {
    match origin {
        Origin::Mail => 1,
        Origin::Web | Origin::Api => 2,
        Origin::Phone => 3,
        Origin::Social => 6,
        Origin::Chat => 7,
    }
}

/// Freshdesk knows no new tickets.
pub(super) fn status_code(state: TicketState) -> Option<u16> {
    match state {
        TicketState::New => None,
        TicketState::Open => Some(2),
        TicketState::Pending => Some(3),
        TicketState::Solved => Some(4),
        TicketState::Closed => Some(5),
        TicketState::OnHold => Some(7),
    }
}

/// A custom status counts as open.
pub(super) fn state_of(code: u16) -> TicketState {
    match code {
        3 | 6 => TicketState::Pending,
        4 => TicketState::Solved,
        5 => TicketState::Closed,
        7 => TicketState::OnHold,
        _ => TicketState::Open,
    }
}

pub(super) fn priority_code(urgency: Urgency) -> u16 {
    match urgency {
        Urgency::Low => 1,
        Urgency::Normal => 2,
        Urgency::High => 3,
        Urgency::Urgent => 4,
    }
}

pub(super) fn urgency_of(code: u16) -> Urgency {
    match code {
        1 => Urgency::Low,
        2 => Urgency::Normal,
        3 => Urgency::High,
        _ => Urgency::Urgent,
    }
}
