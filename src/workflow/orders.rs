//! What the marketplace's software tells about sellers and orders.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, Utc};

use super::purchases::LineTerms;
use super::tenants::is_language_tag;
use super::{Check, Cx, Error, Result, purchases};
use crate::domain::ids::SellerId;
use crate::domain::money::{Currency, Money};
use crate::domain::orders::{Order, OrderLine, Seller};
use crate::domain::parties::Actor;
use crate::domain::purchases::{FinalSale, LineFacts, SaleFacts};
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::{OrderDraft, OrderKnown, SellerDraft};

/// At most this many items in one call.
pub const BATCH_LIMIT: usize = 500;
/// At most this many lines in one order.
pub const LINES_LIMIT: usize = 200;
pub(super) const ID_LIMIT: usize = 128;
const NAME_LIMIT: usize = 300;

/// An amount as the vendor writes it.
#[derive(Debug, Clone)]
pub struct AmountInput {
    /// In major units: `12.50`.
    pub amount: String,
    /// ISO 4217.
    pub currency_code: String,
}

/// A line of an order as the vendor tells it.
#[derive(Debug, Clone)]
pub struct LineInput {
    /// The marketplace's own id of it.
    pub external_id: String,
    /// What it is.
    pub title: String,
    /// The stock-keeping unit.
    pub sku: Option<String>,
    /// The category it was sold in.
    pub category: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub unit_price: AmountInput,
    /// What else was agreed on when it was sold.
    pub terms: LineTerms,
}

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
    pub total: AmountInput,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When the marketplace's own record was made or changed; now when it does not say.
    pub told_at: Option<DateTime<Utc>>,
    /// What holds for it as a whole.
    pub sale: SaleFacts,
    /// What was bought.
    pub lines: Vec<LineInput>,
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
/// with its seller. What is older than what is known changes nothing.
pub async fn upsert_orders(cx: &Cx, actor: &Actor, inputs: Vec<OrderInput>) -> Result<Vec<Order>> {
    policy::require(&actor.who, Permission::UpsertOrders)?;
    let mut check = Check::default();
    limit(&mut check, "orders", inputs.len());
    check.done()?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let external_ids: Vec<_> = inputs.iter().map(|input| input.seller_external_id.clone()).collect();
    let sellers = tx.seller_ids(&external_ids).await?;
    let references: Vec<_> = inputs.iter().map(|input| input.reference.clone()).collect();
    let known = tx.lock_known_orders(&references).await?;

    let mut check = Check::default();
    once(&mut check, "orders", "reference", references.iter().map(String::as_str));
    let mut told = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.into_iter().enumerate() {
        let index = index.to_string();
        let before = known.get(&input.reference);
        let seller = seller_of(&mut check, &index, &input.seller_external_id, &sellers, before.map(|before| before.seller));
        let goods = read_order(&mut check, &index, &input);
        if let (Some(seller), Some((total, goods))) = (seller, goods) {
            told.push(told_of(input, seller, total, goods, before, cx.now()));
        }
    }
    check.done()?;

    let late = |told: &Told| known.get(&told.draft.reference).and_then(|before| before.told_at).is_some_and(|at| told.draft.told_at < at);
    let told: Vec<_> = told.into_iter().filter(|told| !late(told)).collect();
    let (drafts, facts): (Vec<_>, Vec<_>) = told.into_iter().map(|told| (told.draft, told.facts)).unzip();
    let stored = tx.upsert_orders(&drafts).await?;
    purchases::keep(&tx, &stored, &drafts, facts).await?;
    super::ledger::book_sales(&tx, &tx.purchases(&stored).await?).await?;
    let ids = tx.order_sellers(&references).await?;
    tx.commit().await?;
    let ids: Vec<_> = references.iter().filter_map(|reference| ids.get(reference).map(|(id, _)| *id)).collect();
    let stored = cx.store.orders_by_id(actor.scope(), &ids).await?;
    let mut by_id: HashMap<_, _> = stored.into_iter().map(|order| (order.id, order)).collect();
    ids.iter().map(|id| by_id.remove(id).ok_or(Error::NotFound)).collect()
}

/// An order that was told, without a fault.
struct Told {
    draft: OrderDraft,
    facts: Vec<(LineFacts, FinalSale)>,
}

fn told_of(
    input: OrderInput,
    seller: SellerId,
    total: Money,
    goods: Vec<ReadLine>,
    before: Option<&OrderKnown>,
    now: DateTime<Utc>,
) -> Told {
    let mut sale = input.sale;
    // Who tells of an order again need not tell again how it was paid.
    if let Some(before) = before {
        sale.payment = sale.payment.or_else(|| before.sale.payment.clone());
        sale.seller_account = sale.seller_account.or_else(|| before.sale.seller_account.clone());
    }
    let (lines, facts) = goods.into_iter().map(|read| (read.line, (read.facts, read.final_sale))).unzip();
    let buyer_email = input.buyer_email.map(|email| email.trim().to_lowercase());
    let told_at = input.told_at.unwrap_or(now);
    let draft = OrderDraft { reference: input.reference, seller, buyer_email, total, placed_at: input.placed_at, told_at, sale, lines };
    Told { draft, facts }
}

/// A line that was told, without a fault.
struct ReadLine {
    line: OrderLine,
    facts: LineFacts,
    final_sale: FinalSale,
}

fn seller_of(
    check: &mut Check,
    index: &str,
    external_id: &str,
    sellers: &HashMap<String, SellerId>,
    before: Option<SellerId>,
) -> Option<SellerId> {
    let path = ["orders", index, "sellerExternalId"];
    if external_id.trim().is_empty() {
        check.fault(&path, Refusal::Length { what: "The seller's external id", limit: ID_LIMIT });
        return None;
    }
    let Some(seller) = sellers.get(external_id).copied() else {
        check.fault(&path, Refusal::NotFound { what: "Seller" });
        return None;
    };
    if before.is_some_and(|before| before != seller) {
        check.fault(&path, Refusal::Invalid { message: "An order stays with its seller.".into() });
    }
    Some(seller)
}

/// What was paid, and for what; none when an amount cannot be read.
fn read_order(check: &mut Check, index: &str, input: &OrderInput) -> Option<(Money, Vec<ReadLine>)> {
    check.text(&["orders", index, "reference"], "The reference", &input.reference, ID_LIMIT);
    email(check, &["orders", index, "buyerEmail"], input.buyer_email.as_deref());
    if !(1970..=9999).contains(&input.placed_at.year()) {
        check.fault(&["orders", index, "placedAt"], Refusal::Invalid { message: "The year must be between 1970 and 9999.".into() });
    }
    let total = amount(check, &["orders", index, "total"], "The total", &input.total);
    purchases::check_sale(check, index, &input.sale);
    if input.lines.len() > LINES_LIMIT {
        check.fault(&["orders", index, "lines"], Refusal::TooMany { limit: LINES_LIMIT });
        return None;
    }
    let mut seen = HashSet::new();
    let lines: Vec<_> =
        input.lines.iter().enumerate().map(|(number, line)| read_line(check, index, number, line, total, &mut seen)).collect();
    Some((total?, lines.into_iter().collect::<Option<_>>()?))
}

fn read_line<'a>(
    check: &mut Check,
    order: &str,
    number: usize,
    line: &'a LineInput,
    total: Option<Money>,
    seen: &mut HashSet<&'a str>,
) -> Option<ReadLine> {
    let number = number.to_string();
    let path = |field| ["orders", order, "lines", number.as_str(), field];
    check.text(&path("externalId"), "The external id", &line.external_id, ID_LIMIT);
    check.text(&path("title"), "The title", &line.title, NAME_LIMIT);
    if let Some(sku) = &line.sku {
        check.text(&path("sku"), "The stock-keeping unit", sku, ID_LIMIT);
    }
    if let Some(category) = &line.category {
        check.text(&path("category"), "The category", category, ID_LIMIT);
    }
    if !seen.insert(line.external_id.as_str()) {
        check.fault(&path("externalId"), Refusal::Twice { key: line.external_id.chars().take(ID_LIMIT).collect() });
    }
    if !(1..=1_000_000).contains(&line.quantity) {
        check.fault(&path("quantity"), Refusal::Invalid { message: "The quantity must be between 1 and 1000000.".into() });
    }
    let unit_price = amount(check, &path("unitPrice"), "The unit price", &line.unit_price)?;
    if total.is_some_and(|total| total.currency != unit_price.currency) {
        let message = "All prices of an order must be in the currency of its total.";
        check.fault(&path("unitPrice"), Refusal::Invalid { message: message.into() });
    }
    let facts = purchases::read(check, &["orders", order, "lines", &number], line, unit_price)?;
    let LineInput { external_id, title, sku, category, quantity, .. } = line.clone();
    Some(ReadLine { line: OrderLine { external_id, title, sku, category, quantity, unit_price }, facts, final_sale: line.terms.final_sale })
}

/// Reads an amount, which must not be negative.
pub(super) fn amount(check: &mut Check, path: &[&str], what: &str, input: &AmountInput) -> Option<Money> {
    let mut fault = |field: Option<&str>, message: String| {
        let path: Vec<_> = path.iter().copied().chain(field).collect();
        check.fault(&path, Refusal::Invalid { message });
        None
    };
    let currency = match input.currency_code.parse::<Currency>() {
        Ok(currency) => currency,
        Err(error) => return fault(Some("currencyCode"), sentence(&error)),
    };
    match Money::parse(&input.amount, currency) {
        Ok(money) if money.minor < 0 => fault(None, format!("{what} must not be negative.")),
        Ok(money) => Some(money),
        Err(error) => fault(Some("amount"), sentence(&error)),
    }
}

pub(super) fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

pub(super) fn limit(check: &mut Check, list: &str, length: usize) {
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

/// Whether a text has the form of an e-mail address.
pub(super) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    text.len() <= 254 && !text.contains(char::is_whitespace) && parts.is_some_and(|(name, host)| !name.is_empty() && host.len() > 2)
}

/// Something before an `@`, something after it, no white space: whether it exists only a mail can tell.
pub(super) fn email(check: &mut Check, path: &[&str], given: Option<&str>) {
    if given.is_some_and(|email| !is_email(email.trim())) {
        check.fault(path, Refusal::Invalid { message: "This is not an e-mail address.".into() });
    }
}
