//! The contact reasons that a marketplace begins with.

use std::collections::BTreeMap;

use super::{Avoidable, ContactReason, CostBearer, Family, Handling, ReasonKey, RequiredField, ResolutionKind};
use Family::{Account, Advice, Complaint, Information};
use RequiredField::{Order, OrderLine};
use ResolutionKind::{
    Apology, Cancellation, Declined, Delivered, Information as Answer, Other, PartialRefund, PromoCode, Refund, Repair, Replacement,
    Return, StoreCredit,
};

type Row = (&'static str, Family, &'static str, &'static str, &'static [RequiredField], &'static [ResolutionKind], CostBearer);

const GOODS: &[ResolutionKind] =
    &[Answer, Refund, PartialRefund, Return, Replacement, Repair, StoreCredit, PromoCode, Apology, Declined, Other];

const ROWS: &[Row] = &[
    ("product_question", Information, "Question about a product", "Question sur un produit", &[], &[], CostBearer::Seller),
    ("availability", Information, "Availability", "Disponibilité", &[], &[], CostBearer::Seller),
    ("delivery_information", Information, "Delivery times and costs", "Délais et frais de livraison", &[], &[], CostBearer::Seller),
    ("where_is_my_order", Information, "Where is my order?", "Où est ma commande ?", &[Order], &[], CostBearer::Seller),
    ("choosing", Advice, "Help in choosing", "Aide au choix", &[], &[], CostBearer::Seller),
    ("using", Advice, "Help in using a product", "Aide à l’utilisation", &[], &[], CostBearer::Seller),
    (
        "change_order",
        Account,
        "Change an order",
        "Modifier une commande",
        &[Order],
        &[Answer, Cancellation, Declined, Other],
        CostBearer::Seller,
    ),
    (
        "cancel_order",
        Account,
        "Cancel an order",
        "Annuler une commande",
        &[Order],
        &[Cancellation, Refund, Declined, Other],
        CostBearer::Seller,
    ),
    ("invoice", Account, "Invoice", "Facture", &[Order], &[], CostBearer::Seller),
    ("account", Account, "Account and personal data", "Compte et données personnelles", &[], &[], CostBearer::Operator),
    ("payment", Account, "Payment", "Paiement", &[], &[], CostBearer::Operator),
    (
        "not_received",
        Complaint,
        "Not received",
        "Colis non reçu",
        &[Order],
        &[Delivered, Refund, PartialRefund, Replacement, StoreCredit, Declined, Other],
        CostBearer::Carrier,
    ),
    (
        "late",
        Complaint,
        "Late",
        "Retard de livraison",
        &[Order],
        &[Delivered, Refund, PartialRefund, StoreCredit, PromoCode, Apology, Other],
        CostBearer::Seller,
    ),
    ("damaged", Complaint, "Arrived damaged", "Reçu abîmé", &[Order, OrderLine], GOODS, CostBearer::Carrier),
    ("defective", Complaint, "Does not work", "Ne fonctionne pas", &[Order, OrderLine], GOODS, CostBearer::Seller),
    ("not_as_described", Complaint, "Not as described", "Non conforme à la description", &[Order, OrderLine], GOODS, CostBearer::Seller),
    ("wrong_item", Complaint, "Wrong or missing item", "Article erroné ou manquant", &[Order, OrderLine], GOODS, CostBearer::Seller),
    (
        "withdrawal",
        Complaint,
        "Withdrawal from the purchase",
        "Rétractation",
        &[Order],
        &[Return, Refund, Declined, Other],
        CostBearer::Seller,
    ),
    (
        "refund_missing",
        Complaint,
        "Refund not received",
        "Remboursement non reçu",
        &[Order],
        &[Answer, Refund, Declined, Other],
        CostBearer::Operator,
    ),
    ("platform", Complaint, "The marketplace itself", "Le site lui-même", &[], &[], CostBearer::Operator),
    ("safety", Complaint, "Danger to people", "Danger pour les personnes", &[], &[], CostBearer::Seller),
    ("counterfeit", Complaint, "Suspected counterfeit", "Soupçon de contrefaçon", &[], &[], CostBearer::Seller),
    ("fraud", Complaint, "Suspected fraud", "Soupçon de fraude", &[], &[], CostBearer::Operator),
    ("abuse", Complaint, "Abusive behaviour", "Comportement abusif", &[], &[], CostBearer::Operator),
    ("other", Information, "Something else", "Autre demande", &[], &[], CostBearer::Seller),
];

/// What concerns the operator's own house, and what must not wait for the seller.
const SKIPPING: &[&str] = &["account", "payment", "platform", "safety", "counterfeit", "fraud", "abuse"];
const AVOIDABLE: &[&str] = &["availability", "delivery_information", "where_is_my_order", "invoice"];

impl ContactReason {
    /// The reasons that a marketplace begins with, in French and English.
    pub fn usual() -> Vec<Self> {
        ROWS.iter().map(Self::of).collect()
    }

    fn of((key, family, en, fr, required, resolutions, cost_bearer): &Row) -> Self {
        Self {
            key: key.parse().unwrap_or_else(|error| unreachable!("{key}: {error}")),
            family: *family,
            labels: BTreeMap::from([("en".to_owned(), (*en).to_owned()), ("fr".to_owned(), (*fr).to_owned())]),
            handling: if SKIPPING.contains(key) { Handling::SkipSeller } else { Handling::ByRoute },
            required: required.to_vec(),
            resolutions: resolutions.to_vec(),
            cost_bearer: *cost_bearer,
            targets: None,
            avoidable: if AVOIDABLE.contains(key) { Avoidable::Yes } else { Avoidable::No },
        }
    }
}

impl Default for ReasonKey {
    /// The reason of a case of which none is known: `other`.
    fn default() -> Self {
        Self("other".to_owned())
    }
}
