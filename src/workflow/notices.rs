//! What buyers are told without having asked: that an order comes later than promised.

use super::first_words::{FirstWords, called, write_first};
use super::threads::acknowledge;
use super::{Check, Cx, Error, Result, effects};
use crate::domain::cases::{Case, CaseMove, Opening};
use crate::domain::charter::{Marketplace, ProactiveNotices, Terms};
use crate::domain::ids::{BuyerId, ConnectionId, NoticeId};
use crate::domain::mails::{self, Language, Letter, MailKind, Receiver};
use crate::domain::notices::{Facts, NoticeWay, Withheld, subject, text};
use crate::domain::orders::{Buyer, Order};
use crate::domain::parties::{Actor, Audience, Who};
use crate::domain::reasons::ReasonKey;
use crate::domain::shipments::{News, Shipment};
use crate::domain::tickets::{Channel, Priority};
use crate::policy::{self, Permission};
use crate::store::{DueShipment, MailRow, NewNotice, Tx};

/// The contact reason of a case that begins with a notice, where the charter knows it.
const REASON: &str = "late";

/// Looks at a parcel whose time has come, and tells its buyer what is news: each state of each order line once, in one message
/// for all lines of the parcel. Whoever comes second finds nothing to do.
pub async fn look(cx: &Cx, due: DueShipment) -> Result<()> {
    let actor = Actor::system(due.marketplace);
    let marketplace = cx.marketplace(due.marketplace).await?;
    let Some(order) = cx.store.orders_by_id(actor.scope(), &[due.order]).await?.pop() else { return Ok(()) };
    let helpdesk = match marketplace.charter.proactive_notices {
        ProactiveNotices::Helpdesk => cx.store.connections(Some(due.marketplace)).await?.first().map(|row| row.id),
        ProactiveNotices::Off | ProactiveNotices::Email => None,
    };
    let mut tx = cx.store.begin(due.marketplace).await?;
    let shipment = tx.lock_shipment(due).await?;
    let Some(shipment) = shipment.filter(|shipment| shipment.due_at.is_some_and(|at| at <= cx.now())) else { return Ok(()) };

    let news = shipment.news(marketplace.timezone, cx.now()).filter(|_| marketplace.charter.proactive_notices != ProactiveNotices::Off);

    tx.save_look(&shipment.looked_at(cx.now())).await?;
    if let Some(news) = news {
        let fresh = tx.claim_notices(&wanted(&order, &shipment, news)).await?;
        if !fresh.is_empty() {
            let (ids, lines) = fresh.into_iter().unzip();
            let telling = Telling { marketplace: &marketplace, order: &order, shipment: &shipment, news, ids, lines };
            telling.send(&mut tx, cx, helpdesk).await?;
        }
    }
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(())
}

fn wanted(order: &Order, shipment: &Shipment, News { kind, promised_at, day }: News) -> Vec<NewNotice> {
    let mut lines: Vec<_> = shipment.known.lines.iter().map(|part| part.line.clone()).collect();
    lines.sort_unstable();
    let notice = |line| NewNotice { order: order.id, line, seller: order.seller, shipment: shipment.id, kind, day, promised_at };
    lines.into_iter().map(notice).collect()
}

/// Some lines of an order of which a buyer is told.
struct Telling<'a> {
    marketplace: &'a Marketplace,
    order: &'a Order,
    shipment: &'a Shipment,
    news: News,
    ids: Vec<NoticeId>,
    lines: Vec<String>,
}

impl Telling<'_> {
    /// Into the case that the buyer has about it; else as the marketplace wants it.
    async fn send(&self, tx: &mut Tx, cx: &Cx, helpdesk: Option<ConnectionId>) -> Result<()> {
        let buyer = match self.order.buyer_email.as_deref() {
            Some(email) => Some(tx.buyer_of(None, "", Some(email)).await?),
            None => None,
        };
        let case = tx.case_awaiting(self.order.id, buyer.as_ref().map(|buyer| buyer.id), &self.lines).await?;
        if let Some(reader) = buyer.as_ref().map(|buyer| buyer.id).or_else(|| case.as_ref().map(|case| case.buyer))
            && tx.is_muted(Receiver::Buyer(reader), MailKind::DeliveryNotice).await?
        {
            return Ok(tx.withhold_notices(&self.ids, Withheld::OptedOut).await?);
        }
        let house = self.marketplace.locale.as_str();
        let own = case.as_ref().map_or(house, |case| case.language_or(house)).to_owned();
        let language = Language::best([own.as_str(), house]);
        match (case, buyer, helpdesk) {
            (Some(case), _, _) => {
                let message = acknowledge(tx, self.marketplace, &case, self.words(NoticeWay::Case, language).1).await?;
                Ok(tx.notices_in_case(&self.ids, NoticeWay::Case, case.id, message.id).await?)
            }
            (None, None, _) => Ok(tx.withhold_notices(&self.ids, Withheld::NoAddress).await?),
            (None, Some(buyer), Some(connection)) => {
                // Boxed, as opening a case is much larger than the rest.
                Box::pin(self.write_first(tx, &buyer, connection, language)).await
            }
            (None, Some(buyer), None) if cx.alerts.post.is_some() => Ok(tx.mail_notices(&self.ids, buyer.id).await?),
            (None, Some(_), None) => Ok(tx.withhold_notices(&self.ids, Withheld::NoWay).await?),
        }
    }

    /// Subject and words.
    fn words(&self, way: NoticeWay, language: Language) -> (String, String) {
        words(self.marketplace, self.order, Some(self.shipment), &self.lines, self.news, way, language)
    }

    /// Opens a case that waits for the buyer, and has the helpdesk write to them. It is the notices' home: what else is to be
    /// told, and what the buyer answers, goes there.
    async fn write_first(&self, tx: &mut Tx, buyer: &Buyer, connection: ConnectionId, language: Language) -> Result<()> {
        let (subject, text) = self.words(NoticeWay::Helpdesk, language);
        let mut terms = Terms::today(self.marketplace);
        terms.seller_closures = tx.closures(self.order.seller).await?;
        let case = self.open_case(tx, buyer, &terms, subject.clone()).await?;
        let email = buyer.email.clone().ok_or(Error::NotFound)?;
        let words = FirstWords { subject, text, audience: Audience::ALL, name: called(buyer, &email), email };
        let message = write_first(tx, self.marketplace, &case, connection, words).await?;
        Ok(tx.notices_in_case(&self.ids, NoticeWay::Helpdesk, case.id, message.id).await?)
    }

    async fn open_case(&self, tx: &mut Tx, buyer: &Buyer, terms: &Terms, subject: String) -> Result<Case> {
        let reason = REASON.parse::<ReasonKey>().ok().filter(|reason| terms.charter.reason(reason).is_some());
        let line = match self.lines.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let opening = Opening {
            reference: tx.next_reference().await?,
            subject,
            priority: Priority::Normal,
            buyer: buyer.id,
            order: Some((self.order.id, self.order.seller)),
            order_line: line.clone(),
            reason,
            channel: Channel::Api,
            phase: super::shipments::phase(tx, Some(self.order.id), line.as_deref()).await?,
            parent: None,
        };
        let mut case = Case::open(opening, terms, tx.now());
        // There is nothing to acknowledge: it is we who write.
        case.acknowledge_at = None;
        tx.insert_case(&case, None).await?;
        effects::announce(tx, terms, &Who::System, &case.opening()).await?;
        let moved = case.apply(&CaseMove::AwaitBuyer, terms, tx.now())?;
        effects::record(tx, terms, &Who::System, &moved).await?;
        Ok(moved.case)
    }
}

fn words(
    marketplace: &Marketplace,
    order: &Order,
    shipment: Option<&Shipment>,
    lines: &[String],
    news: News,
    way: NoticeWay,
    language: Language,
) -> (String, String) {
    let titles: Vec<_> = order.lines.iter().filter(|line| lines.contains(&line.external_id)).map(|line| line.title.as_str()).collect();
    let known = shipment.map(|shipment| &shipment.known);
    let number = known.and_then(|known| {
        let parts: Vec<_> = [known.carrier.as_deref(), known.tracking_number.as_deref()].into_iter().flatten().collect();
        known.tracking_number.is_some().then(|| parts.join(" "))
    });
    let tracking = known.and_then(|known| known.tracking_url.clone()).or(number);
    let facts = Facts {
        kind: news.kind,
        day: news.day,
        marketplace: &marketplace.name,
        order: &order.reference,
        titles: &titles,
        tracking: tracking.as_deref(),
        way,
    };
    (subject(&facts, language), text(&facts, language))
}

/// The e-mail that tells a buyer what its notices say.
pub(super) async fn letter(
    cx: &Cx,
    row: &MailRow,
    marketplace: &Marketplace,
    unsubscribe: Option<&str>,
    language: Language,
) -> Result<Letter> {
    let scope = Actor::system(row.marketplace).scope();
    let notices = cx.store.notices_of_mail(row.marketplace, row.id).await?;
    let first = notices.first().ok_or(Error::NotFound)?;
    let order = cx.store.orders_by_id(scope, &[first.order]).await?.pop().ok_or(Error::NotFound)?;
    let shipment = cx.store.shipments_of(scope, &[first.order]).await?.into_iter().find(|shipment| shipment.id == first.shipment);
    let lines: Vec<_> = notices.iter().map(|notice| notice.line.clone()).collect();
    let day = first.promised_at.with_timezone(&marketplace.timezone).date_naive();
    let news = News { kind: first.kind, promised_at: first.promised_at, day };
    let (subject, words) = words(marketplace, &order, shipment.as_ref(), &lines, news, NoticeWay::Email, language);
    Ok(mails::notice(MailKind::DeliveryNotice, subject, &words, &marketplace.name, unsubscribe, language))
}

/// Whether a buyer wants to be told without having asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// As the marketplace does it.
    Wanted,
    /// Not at all.
    Stopped,
}

/// Remembers whether a buyer, by address, wants notices. Done twice, it is done once.
pub async fn set_wish(cx: &Cx, actor: &Actor, email: &str, wish: Wish) -> Result<Wish> {
    policy::require(&actor.who, Permission::UpsertOrders)?;
    let mut check = Check::default();
    super::orders::email(&mut check, &["buyerEmail"], Some(email));
    check.done()?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let buyer: BuyerId = tx.buyer_of(None, "", Some(email)).await?.id;
    tx.commit().await?;
    let receiver = Receiver::Buyer(buyer);
    match wish {
        Wish::Stopped => cx.store.mute(actor.marketplace, receiver, MailKind::DeliveryNotice).await?,
        Wish::Wanted => cx.store.unmute(actor.marketplace, receiver, MailKind::DeliveryNotice).await?,
    }
    Ok(wish)
}
