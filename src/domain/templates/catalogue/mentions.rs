//! What the team is told of what is said elsewhere.

use super::{Draft, TemplateUsers};
use crate::domain::parties::Party;

/// The templates.
pub(super) const DRAFTS: &[Draft] = &[Draft {
    number: 70,
    key: "mention_note",
    title: "Note to the team on criticism found elsewhere / Note à l’équipe sur une critique publiée ailleurs",
    reader: Party::Operator,
    users: TemplateUsers::Operator,
    variables: &["source", "url", "words"],
    english: "Criticism{% if order.reference is defined %} about order {{ order.reference }}{% endif %} found on {{ source }}:

{{ words }}

{{ url }}",
    french: "Critique{% if order.reference is defined %} sur la commande {{ order.reference }}{% endif %} publiée sur {{ source }} :

{{ words }}

{{ url }}",
}];
