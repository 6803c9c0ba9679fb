//! What is told of disputes. What the law wants said of them stands in no template.

use super::{Draft, TemplateUsers};
use crate::domain::parties::Party;

/// The templates.
pub(super) const DRAFTS: &[Draft] = &[
    Draft {
        number: 60,
        key: "dispute_news",
        title: "News of a dispute / Nouvelles d’un désaccord",
        reader: Party::Buyer,
        users: TemplateUsers::Operator,
        variables: &["news"],
        english: "Hello{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

About your disagreement with the seller{% if order.reference is defined %} over order {{ order.reference }}{% endif %}:

{{ news }}

Kind regards,
{{ marketplace.name }}",
        french: "Bonjour{% if buyer.alias is defined %} {{ buyer.alias }}{% endif %},

Au sujet de votre désaccord avec le vendeur{% if order.reference is defined %} sur la commande {{ order.reference }}{% endif %} :

{{ news }}

Bien cordialement,
{{ marketplace.name }}",
    },
    Draft {
        number: 61,
        key: "dispute_note",
        title: "Note to the team on a dispute / Note à l’équipe sur un désaccord",
        reader: Party::Operator,
        users: TemplateUsers::Operator,
        variables: &["news"],
        english: "Dispute{% if order.reference is defined %} about order {{ order.reference }}{% endif %}: {{ news }}",
        french: "Désaccord{% if order.reference is defined %} sur la commande {{ order.reference }}{% endif %} : {{ news }}",
    },
];
