//! Products that come back too often: found at night, told to the seller in private once, and to affected buyers when the operator
//! says so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::first_words::{FirstWords, called, has_ticket, say_only, write_first};
use super::threads::{acknowledge, tell_seller};
use super::{Check, Cx, Error, Result, dealings, refused};
use crate::domain::calendar::start_of_day;
use crate::domain::charter::Marketplace;
use crate::domain::defects::{Defect, DefectFound, DefectRules, DefectState, HeldAgainst, ProductKey, ProductTally};
use crate::domain::ids::{CaseId, ConnectionId, DefectId, MessageId, OrderId};
use crate::domain::mails::{self, Language, Letter, MailKind, Receiver};
use crate::domain::parties::{Actor, Audience, Party};
use crate::domain::refusal::Refusal;
use crate::domain::threads::MessageDelivery;
use crate::policy::{self, Permission};
use crate::store::Tx;

/// The longest words to a buyer, in characters.
const TEXT_LIMIT: usize = 4000;
/// How many orders are looked at in one call.
const MOST: u64 = 50;

/// Looks for defects at the end of a day.
pub(super) async fn look(cx: &Cx, marketplace: &Marketplace, rules: &DefectRules, day: NaiveDate) -> Result<()> {
    let found = find(cx, marketplace, rules, day).await?;
    let known = cx.store.open_defects(marketplace.id).await?;
    let staff = cx.store.recipients(marketplace.id).await?;
    let asked = staff.iter().filter(|one| one.kinds.is_empty() || one.kinds.contains(&MailKind::Defect));
    let staff: Vec<_> = asked.map(|one| Receiver::Operator(one.id)).collect();
    let now: BTreeSet<_> = found.iter().map(|(defect, ..)| (defect.product.clone(), defect.reason)).collect();
    for (defect, category, against) in found {
        Box::pin(tell(cx, marketplace, (defect, category, against), day, &staff)).await?;
    }
    cx.store.live().mails_grew();
    for over in known.iter().filter(|one| !now.contains(&(one.defect.product.clone(), one.defect.reason))) {
        let tx = cx.store.begin(marketplace.id).await?;
        tx.end_defect(over).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The defects of all categories. Products whose category nobody told are held against each other.
async fn find(
    cx: &Cx,
    marketplace: &Marketplace,
    rules: &DefectRules,
    day: NaiveDate,
) -> Result<Vec<(Defect, Option<String>, HeldAgainst)>> {
    let mut products = BTreeMap::<ProductKey, (Option<String>, ProductTally)>::new();
    for back in (0..u64::from(rules.window_days)).rev() {
        for (key, (category, tally)) in cx.store.products_of_day(marketplace.id, day - Days::new(back)).await? {
            let known = products.entry(key).or_default();
            known.0 = category.or_else(|| known.0.take());
            known.1.merge(&tally);
        }
    }
    let mut categories = BTreeMap::<Option<String>, BTreeMap<ProductKey, ProductTally>>::new();
    for (key, (category, tally)) in products {
        categories.entry(category).or_default().insert(key, tally);
    }
    let mut found = Vec::new();
    for (category, products) in categories {
        let against = if category.is_some() { HeldAgainst::Category } else { HeldAgainst::Marketplace };
        found.extend(rules.find(&products).into_iter().map(|defect| (defect, category.clone(), against)));
    }
    Ok(found)
}

/// Writes down what was found. What is new, or found again after it was over, is told to the seller, in the newest case of such a
/// return and by e-mail, and to the operator's staff.
async fn tell(
    cx: &Cx,
    marketplace: &Marketplace,
    (defect, category, against): (Defect, Option<String>, HeldAgainst),
    day: NaiveDate,
    staff: &[Receiver],
) -> Result<()> {
    let mut tx = cx.store.begin(marketplace.id).await?;
    let mut found = if let Some(known) = tx.lock_open_defect(&defect.product, defect.reason).await? {
        DefectFound { defect, category, against, on: day, ..known }
    } else {
        let state = DefectState::Open;
        let new = DefectFound { id: DefectId::generate(), defect, category, against, on: day, state, found_at: cx.now(), case: None };
        let concerned: Vec<_> = staff.iter().copied().chain([Receiver::Seller(new.defect.product.seller)]).collect();
        tx.mail_news(MailKind::Defect, &new.id.to_string(), &concerned, cx.now()).await?;
        new
    };
    if found.case.is_none() {
        found.case = tell_in_case(&mut tx, marketplace, &found).await?;
    }
    tx.save_defect(&found).await?;
    Ok(tx.commit().await?)
}

/// Tells the seller in the newest case of such a return, if there is one.
async fn tell_in_case(tx: &mut Tx, marketplace: &Marketplace, found: &DefectFound) -> Result<Option<CaseId>> {
    let Some(example) = tx.newest_return_of(&found.defect.product, found.defect.reason).await? else { return Ok(None) };
    let whole = Actor::system(marketplace.id).scope();
    let Some(case) = tx.lock_case(whole, example.case).await? else { return Ok(None) };
    let locale = tx.seller_locale(found.defect.product.seller).await?;
    let language = Language::best(locale.as_deref().into_iter().chain([marketplace.locale.as_str()]));
    tell_seller(tx, marketplace, &case, found.words(language)).await?;
    Ok(Some(case.id))
}

/// The e-mail that tells a seller or the operator's staff of a defect.
pub(super) async fn letter(
    cx: &Cx,
    marketplace: &Marketplace,
    (id, to): (DefectId, Party),
    unsubscribe: Option<&str>,
    language: Language,
) -> Result<Letter> {
    let whole = Actor::system(marketplace.id).scope();
    let found = cx.store.defect(whole, id).await?.ok_or(Error::NotFound)?;
    let product = &found.defect.product;
    let words = match to {
        Party::Operator => {
            let seller = cx.store.sellers_by_id(whole, &[product.seller]).await?.pop().ok_or(Error::NotFound)?;
            found.words_for_staff(&seller.name, language)
        }
        Party::Seller | Party::Buyer => found.words(language),
    };
    let subject = match language {
        Language::English => format!("[{}] {} comes back too often", marketplace.name, product.product),
        Language::French => format!("[{}] {}\u{a0}: trop de retours", marketplace.name, product.product),
    };
    Ok(mails::notice(MailKind::Defect, subject, &words, &marketplace.name, unsubscribe, language))
}

/// What came of writing to buyers.
#[derive(Debug, Clone, PartialEq)]
pub struct Outreach {
    /// The defect.
    pub defect: DefectFound,
    /// How many buyers were written to now.
    pub written: i32,
    /// How many orders were left out, as nothing leads to their buyers.
    pub unreachable: i32,
    /// Where to go on; none when all were looked at.
    pub next: Option<OrderId>,
}

/// Writes to the buyers of a product, each once, in the newest case about their order or in a new one. At most so many orders are
/// looked at in one call; the next goes on after them.
pub async fn reach_out(cx: &Cx, actor: &Actor, id: DefectId, text: &str, after: Option<OrderId>) -> Result<Outreach> {
    policy::require(&actor.who, Permission::SanctionSellers)?;
    let mut check = Check::default();
    check.text(&["text"], "The text", text, TEXT_LIMIT);
    check.done()?;
    let unknown = || refused(&["defectId"], Refusal::NotFound { what: "Defect" });
    let defect = cx.store.defect(actor.scope(), id).await?.ok_or_else(unknown)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let helpdesk = cx.store.connections(Some(marketplace.id)).await?.first().map(|row| row.id);
    let rules = cx.store.standing_rules(marketplace.id).await?.rules.defects;
    let since = start_of_day(marketplace.timezone, defect.on - Days::new(u64::from(rules.window_days)));
    let affected = cx.store.affected(marketplace.id, &defect.defect.product, since, after, MOST).await?;
    let full = u64::try_from(affected.len()).is_ok_and(|count| count == MOST);
    let next = affected.last().map(|one| one.order).filter(|_| full);
    let (mut written, mut unreachable) = (0, 0);
    for one in affected {
        match Box::pin(write_to(cx, actor, (id, one.order), text, helpdesk)).await? {
            Reached::Now => written += 1,
            Reached::Before => {}
            Reached::NoWay => unreachable += 1,
        }
    }
    cx.store.live().mails_grew();
    Ok(Outreach { defect, written, unreachable, next })
}

/// Whether a buyer was written to.
enum Reached {
    /// It is done.
    Now,
    /// It was done before.
    Before,
    /// The order has no address, or there is neither helpdesk nor mail server.
    NoWay,
}

/// Writes to the buyer of an order: in the ticket of their case, else in one that is opened, else by e-mail.
async fn write_to(cx: &Cx, actor: &Actor, (id, order): (DefectId, OrderId), text: &str, helpdesk: Option<ConnectionId>) -> Result<Reached> {
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let buyer = tx.buyer_of_order(order).await?;
    let Some(email) = buyer.email.clone() else { return Ok(Reached::NoWay) };
    if tx.was_reached(id, buyer.id).await? {
        return Ok(Reached::Before);
    }
    let dealing = dealings::told(&mut tx, actor, order).await?;
    let (marketplace, case) = (&dealing.marketplace, &dealing.case);
    // Of two who do so at once, one waits here and finds it done.
    if !tx.claim_outreach(id, buyer.id, order, case.id).await? {
        return Ok(Reached::Before);
    }
    if has_ticket(&tx, case).await? {
        acknowledge(&mut tx, marketplace, case, text.to_owned()).await?;
    } else if let Some(connection) = helpdesk {
        let language = Language::best([case.language_or(&marketplace.locale), &marketplace.locale]);
        let subject = subject(&dealing.purchase.reference, language);
        let words = FirstWords { subject, text: text.to_owned(), audience: Audience::ALL, name: called(&buyer, &email), email };
        write_first(&mut tx, marketplace, case, connection, words).await?;
    } else if cx.alerts.post.is_some() {
        let message = say_only(&mut tx, marketplace, case, (text.to_owned(), Audience::ALL), MessageDelivery::None).await?;
        tx.mail_news(MailKind::DefectNotice, &message.id.to_string(), &[Receiver::Buyer(buyer.id)], cx.now()).await?;
    } else {
        return Ok(Reached::NoWay);
    }
    tx.commit().await?;
    Ok(Reached::Now)
}

fn subject(order: &str, language: Language) -> String {
    match language {
        Language::English => format!("About your order {order}"),
        Language::French => format!("À propos de votre commande {order}"),
    }
}

/// The e-mail that tells a buyer what is said in their case.
pub(super) async fn notice_letter(cx: &Cx, marketplace: &Marketplace, id: MessageId) -> Result<Letter> {
    let whole = Actor::system(marketplace.id).scope();
    let message = cx.store.messages_by_id(whole, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let (_, case) = cx.store.cases_of_threads(whole, &[message.thread]).await?.pop().ok_or(Error::NotFound)?;
    let case = cx.store.cases_by_id(whole, &[case]).await?.pop().ok_or(Error::NotFound)?;
    let order = case.order.ok_or(Error::NotFound)?;
    let order = cx.store.orders_by_id(whole, &[order]).await?.pop().ok_or(Error::NotFound)?;
    let language = Language::best([case.language_or(&marketplace.locale), &marketplace.locale]);
    let subject = format!("[{}] {}", marketplace.name, subject(&order.reference, language));
    Ok(mails::unstoppable(MailKind::DefectNotice, subject, &message.text, &marketplace.name, language))
}
