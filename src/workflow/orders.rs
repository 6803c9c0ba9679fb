//! What the marketplace's software tells about sellers and orders.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::tenants::is_language_tag;
use super::{Check, Cx, Error, Result};
use crate::domain::money::Money;
use crate::domain::orders::{Order, OrderLine, Seller};
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::{OrderDraft, SellerDraft};

/// At most this many items in one call.
pub const BATCH_LIMIT: usize = 500;
/// At most this many lines in one order.
pub const LINES_LIMIT: usize = 200;
const ID_LIMIT: usize = 128;
const NAME_LIMIT: usize = 300;

/// An order as the vendor tells it.
#[derive(Debug, Clone)]
pub struct OrderInput {
    /// Its reference.
    pub reference: String,
    /// The seller, by the marketplace's own id.
    pub seller_external_id: String,
    /// The buyer's address.
    pub buyer_email: Option<String>,
    /// What was paid.
    pub total: Money,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// What was bought.
    pub lines: Vec<OrderLine>,
}

/// Stores sellers by the marketplace's own ids: all of them, or none when one has a fault. Done twice, it is done once.
pub async fn upsert_sellers(cx: &Cx, actor: &Actor, drafts: Vec<SellerDraft>) -> Result<Vec<Seller>> {
    policy::require(&actor.who, Permission::UpsertSellers)?;
    let mut check = Check::default();
    limit(&mut check, "sellers", drafts.len());
    once(&mut check, "sellers", "externalId", drafts.iter().map(|draft| draft.external_id.as_str()));
    for (index, draft) in drafts.iter().enumerate() {
        let index = index.to_string();
        check.text(&["sellers", &index, "externalId"], "The external id", &draft.external_id, ID_LIMIT);
        check.text(&["sellers", &index, "name"], "The name", &draft.name, NAME_LIMIT);
        email(&mut check, &["sellers", &index, "email"], draft.email.as_deref());
        if draft.locale.as_deref().is_some_and(|locale| !is_language_tag(locale)) {
            check.fault(
                &["sellers", &index, "locale"],
                Refusal::Invalid { message: "The locale must be a language tag such as fr or en-GB.".into() },
            );
        }
    }
    check.done()?;

    let tx = cx.store.begin(actor.marketplace).await?;
    let sellers = tx.upsert_sellers(&drafts).await?;
    tx.commit().await?;
    Ok(sellers)
}

/// Stores orders by reference: all of them, or none when one has a fault. Done twice, it is done once. An order stays
/// with its seller.
pub async fn upsert_orders(cx: &Cx, actor: &Actor, inputs: Vec<OrderInput>) -> Result<Vec<Order>> {
    policy::require(&actor.who, Permission::UpsertOrders)?;
    let mut check = Check::default();
    limit(&mut check, "orders", inputs.len());
    once(&mut check, "orders", "reference", inputs.iter().map(|input| input.reference.as_str()));
    for (index, input) in inputs.iter().enumerate() {
        check_order(&mut check, &index.to_string(), input);
    }
    check.done()?;

    let tx = cx.store.begin(actor.marketplace).await?;
    let external_ids: Vec<_> = inputs.iter().map(|input| input.seller_external_id.clone()).collect();
    let sellers = tx.seller_ids(&external_ids).await?;
    let references: Vec<_> = inputs.iter().map(|input| input.reference.clone()).collect();
    let known = tx.order_sellers(&references).await?;
    let mut check = Check::default();
    let mut drafts = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.into_iter().enumerate() {
        let path = ["orders", &index.to_string(), "sellerExternalId"];
        let Some(seller) = sellers.get(&input.seller_external_id).copied() else {
            check.fault(&path, Refusal::NotFound { what: "Seller" });
            continue;
        };
        if known.get(&input.reference).is_some_and(|(_, before)| *before != seller) {
            check.fault(&path, Refusal::Invalid { message: "An order stays with its seller.".into() });
        }
        drafts.push(OrderDraft {
            reference: input.reference,
            seller,
            buyer_email: input.buyer_email.map(|email| email.trim().to_lowercase()),
            total: input.total,
            placed_at: input.placed_at,
            lines: input.lines,
        });
    }
    check.done()?;
    let ids = tx.upsert_orders(&drafts).await?;
    tx.commit().await?;

    let stored = cx.store.orders_by_id(actor.scope(), &ids).await?;
    let mut by_id: HashMap<_, _> = stored.into_iter().map(|order| (order.id, order)).collect();
    ids.iter().map(|id| by_id.remove(id).ok_or(Error::NotFound)).collect()
}

fn check_order(check: &mut Check, index: &str, input: &OrderInput) {
    check.text(&["orders", index, "reference"], "The reference", &input.reference, ID_LIMIT);
    check.text(&["orders", index, "sellerExternalId"], "The seller's external id", &input.seller_external_id, ID_LIMIT);
    email(check, &["orders", index, "buyerEmail"], input.buyer_email.as_deref());
    if input.total.minor < 0 {
        check.fault(&["orders", index, "total"], Refusal::Invalid { message: "The total must not be negative.".into() });
    }
    if input.lines.len() > LINES_LIMIT {
        check.fault(&["orders", index, "lines"], Refusal::TooMany { limit: LINES_LIMIT });
    }
    let mut seen = HashSet::new();
    for (number, line) in input.lines.iter().enumerate() {
        let number = number.to_string();
        let path = |field| ["orders", index, "lines", number.as_str(), field];
        check.text(&path("externalId"), "The external id", &line.external_id, ID_LIMIT);
        check.text(&path("title"), "The title", &line.title, NAME_LIMIT);
        if !seen.insert(&line.external_id) {
            check.fault(&path("externalId"), Refusal::Twice { key: line.external_id.clone() });
        }
        if !(1..=1_000_000).contains(&line.quantity) {
            check.fault(&path("quantity"), Refusal::Invalid { message: "The quantity must be between 1 and 1000000.".into() });
        }
        if line.unit_price.minor < 0 {
            check.fault(&path("unitPrice"), Refusal::Invalid { message: "The unit price must not be negative.".into() });
        }
        if line.unit_price.currency != input.total.currency {
            check.fault(
                &path("unitPrice"),
                Refusal::Invalid { message: "All prices of an order must be in the currency of its total.".into() },
            );
        }
    }
}

fn limit(check: &mut Check, list: &str, length: usize) {
    if length > BATCH_LIMIT {
        check.fault(&[list], Refusal::TooMany { limit: BATCH_LIMIT });
    }
}

fn once<'a>(check: &mut Check, list: &str, field: &str, keys: impl Iterator<Item = &'a str>) {
    let mut seen = HashSet::new();
    for (index, key) in keys.enumerate() {
        if !seen.insert(key) {
            check.fault(&[list, &index.to_string(), field], Refusal::Twice { key: key.chars().take(ID_LIMIT).collect() });
        }
    }
}

/// Something before an `@`, something after it, no white space: whether it exists only a mail can tell.
pub(super) fn email(check: &mut Check, path: &[&str], given: Option<&str>) {
    let fits = |email: &str| {
        let parts = email.split_once('@');
        email.len() <= 254 && !email.contains(char::is_whitespace) && parts.is_some_and(|(name, host)| !name.is_empty() && host.len() > 2)
    };
    if given.is_some_and(|email| !fits(email.trim())) {
        check.fault(path, Refusal::Invalid { message: "This is not an e-mail address.".into() });
    }
}
