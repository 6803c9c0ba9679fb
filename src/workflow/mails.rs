//! E-mails: to whom what happened is worth one, what stands in it, and how its reader stops them.

use std::collections::{HashMap, HashSet};

use super::orders::email;
use super::tenants::is_language_tag;
use super::{Check, Cx, Error, Result, defects, measures, notices, ratings, sanctions, standing};
use crate::courier::{Mail, Mailer, NotSent};
use crate::domain::alerts::pause_after;
use crate::domain::ids::{AlertRecipientId, MarketplaceId};
use crate::domain::mails::{Facts, Language, MailKind, Page, Receiver, Wish, letter, page};
use crate::domain::parties::{Actor, Party, Scope, View, Who};
use crate::domain::refusal::Refusal;
use crate::domain::timeline::Event;
use crate::policy::{self, Permission};
use crate::store::{MailAbout, MailRow, NewMail, RecipientRow, Settlement};

/// At most so many addresses of the operator.
pub const MOST_RECIPIENTS: usize = 20;

/// How e-mails leave the house.
#[derive(Debug, Clone)]
pub struct Post {
    /// Who carries them.
    pub mailer: Mailer,
    /// The address that others reach us by; without it e-mails carry no links.
    pub public_url: Option<String>,
}

/// An address of the operator's staff to tell.
#[derive(Debug, Clone)]
pub struct RecipientRequest {
    /// The address.
    pub email: String,
    /// Its language.
    pub locale: Option<String>,
    /// What it is told; empty for everything.
    pub kinds: Vec<MailKind>,
}

/// Replaces the addresses of the operator's staff that are told by e-mail.
pub async fn set_recipients(cx: &Cx, actor: &Actor, wanted: Vec<RecipientRequest>) -> Result<Vec<RecipientRow>> {
    policy::require(&actor.who, Permission::ManageAlerts)?;
    let mut check = Check::default();
    if wanted.len() > MOST_RECIPIENTS {
        check.fault(&["recipients"], Refusal::TooMany { limit: MOST_RECIPIENTS });
    }
    let mut seen = HashSet::new();
    for (number, one) in wanted.iter().enumerate().take(MOST_RECIPIENTS) {
        let number = number.to_string();
        email(&mut check, &["recipients", &number, "email"], Some(&one.email));
        if !seen.insert(one.email.trim().to_lowercase()) {
            check.fault(&["recipients", &number, "email"], Refusal::Twice { key: one.email.clone() });
        }
        if one.locale.as_deref().is_some_and(|tag| !is_language_tag(tag)) {
            let message = "The locale must be a language tag such as fr or en-GB.".into();
            check.fault(&["recipients", &number, "locale"], Refusal::Invalid { message });
        }
        if let Some(twice) = twice(&one.kinds) {
            check.fault(&["recipients", &number, "kinds"], Refusal::Twice { key: twice.to_string() });
        }
    }
    check.done()?;

    let row = |one: RecipientRequest| RecipientRow {
        id: AlertRecipientId::generate(),
        email: one.email.trim().to_lowercase(),
        locale: one.locale,
        kinds: one.kinds,
    };
    let rows: Vec<_> = wanted.into_iter().map(row).collect();
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.start_alerts().await?;
    let stored = tx.set_recipients(&rows).await?;
    tx.commit().await?;
    Ok(stored)
}

fn twice(kinds: &[MailKind]) -> Option<MailKind> {
    let mut seen = HashSet::new();
    kinds.iter().copied().find(|kind| !seen.insert(*kind))
}

/// The addresses of the operator's staff, as far as the actor may know them.
pub async fn recipients(cx: &Cx, actor: &Actor) -> Result<Vec<RecipientRow>> {
    if !policy::has(&actor.who, Permission::ManageAlerts) {
        return Ok(Vec::new());
    }
    Ok(cx.store.recipients(actor.marketplace).await?)
}

/// Begins to tell the timelines that nobody tells yet: with a mail server every seller may be a receiver.
pub async fn begin(cx: &Cx) -> Result<()> {
    if cx.alerts.post.is_none() {
        return Ok(());
    }
    for marketplace in cx.store.never_told().await? {
        let tx = cx.store.begin(marketplace).await?;
        tx.start_alerts().await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The e-mails that some events are worth: to each case's seller and the operator's staff, what they may see, but nobody
/// is told of what their own side did.
pub(super) async fn tell(cx: &Cx, marketplace: MarketplaceId, events: &[Event]) -> Result<Vec<NewMail>> {
    if cx.alerts.post.is_none() {
        return Ok(Vec::new());
    }
    let whole = Actor::system(marketplace).scope();
    let recipients = cx.store.recipients(marketplace).await?;
    let (ids, mut cases): (Vec<_>, Vec<_>) = events.iter().map(|event| (event.id, event.case)).unzip();
    cases.sort_unstable();
    cases.dedup();
    let cases = cx.store.cases_by_id(whole, &cases).await?;
    let mut sellers: Vec<_> = cases.iter().filter_map(|case| case.seller).collect();
    sellers.sort_unstable();
    sellers.dedup();
    let sellers = if sellers.is_empty() { Vec::new() } else { cx.store.sellers_by_id(whole, &sellers).await? };
    let reachable = sellers.into_iter().filter(|seller| seller.email.is_some());
    let mut seen = HashMap::new();
    for seller in reachable {
        let scope = Scope { marketplace, view: View::Seller(seller.id) };
        let visible: HashSet<_> = cx.store.events_by_id(scope, &ids).await?.into_iter().map(|event| event.id).collect();
        seen.insert(seller.id, visible);
    }
    let seller_of: HashMap<_, _> = cases.iter().filter_map(|case| Some((case.id, case.seller?))).collect();

    let mut mails: Vec<NewMail> = Vec::new();
    for event in events {
        let by = event.actor.party();
        let mut add = |receiver: Receiver, kind: MailKind| {
            // What the house writes itself tells of something that has a kind of its own.
            let own_words = kind == MailKind::NewMessage && event.actor == Who::System;
            if own_words || by == Some(receiver.party()) {
                return;
            }
            let once_key = match kind {
                // It may be learnt of in two ways.
                MailKind::NewCase => event.case.to_string(),
                _ => event.id.to_string(),
            };
            mails.push(NewMail { receiver, kind, once_key, event: event.id, position: event.position, case: event.case, at: event.at });
        };
        if let Some(kind) = MailKind::of(&event.kind, Party::Operator) {
            let interested = recipients.iter().filter(|one| one.kinds.is_empty() || one.kinds.contains(&kind));
            interested.for_each(|one| add(Receiver::Operator(one.id), kind));
        }
        if let Some(kind) = MailKind::of(&event.kind, Party::Seller)
            && let Some(seller) = seller_of.get(&event.case).filter(|seller| seen.get(*seller).is_some_and(|ids| ids.contains(&event.id)))
        {
            add(Receiver::Seller(*seller), kind);
        }
    }
    Ok(without_echoes(mails))
}

/// Who is told of a new case is not told of what it began with; and what one act brings about in returns, refunds and disputes
/// of a case is told once.
fn without_echoes(mut mails: Vec<NewMail>) -> Vec<NewMail> {
    let act = |mail: &NewMail| (mail.receiver, mail.case, mail.at);
    let began: HashSet<_> = mails.iter().filter(|mail| mail.kind == MailKind::NewCase).map(act).collect();
    let mut told = HashSet::new();
    mails.retain(|mail| match mail.kind {
        MailKind::NewMessage => !began.contains(&act(mail)),
        kind if kind.is_of_a_matter() => !began.contains(&act(mail)) && told.insert(act(mail)),
        _ => true,
    });
    mails
}

/// Where an e-mail goes, and in which language its reader reads.
async fn address(
    cx: &Cx,
    marketplace: MarketplaceId,
    receiver: Receiver,
    about: Option<&MailAbout>,
) -> Result<Option<(String, Option<String>)>> {
    Ok(match receiver {
        Receiver::Seller(id) => {
            let seller = cx.store.sellers_by_id(Actor::system(marketplace).scope(), &[id]).await?.pop();
            seller.and_then(|seller| Some((seller.email?, seller.locale)))
        }
        Receiver::Buyer(id) => {
            let buyer = cx.store.buyers_by_id(Actor::system(marketplace).scope(), &[id]).await?.pop();
            buyer.and_then(|buyer| Some((buyer.email?, None)))
        }
        Receiver::Operator(id) => {
            let recipient = cx.store.recipients(marketplace).await?.into_iter().find(|one| one.id == id);
            recipient.map(|one| (one.email, one.locale))
        }
        Receiver::Reporter(id) => match about {
            Some(MailAbout::Review { review, .. }) => ratings::reporter(cx, marketplace, *review, id).await?.map(|email| (email, None)),
            _ => None,
        },
    })
}

/// Sends one e-mail, and says what became of it.
pub async fn send(cx: &Cx, row: &MailRow) -> Result<Settlement> {
    let Some(post) = &cx.alerts.post else { return Ok(Settlement::Ignored("there is no mail server any more".to_owned())) };
    if cx.store.is_muted(row.marketplace, row.receiver, row.kind).await? {
        return Ok(Settlement::Ignored("the receiver wants no such e-mails".to_owned()));
    }
    let Some((to, locale)) = address(cx, row.marketplace, row.receiver, Some(&row.about)).await? else {
        return Ok(Settlement::Ignored("the receiver has no address any more".to_owned()));
    };
    let marketplace = cx.marketplace(row.marketplace).await?;
    let stoppable = post.public_url.as_ref().filter(|_| row.kind.is_stoppable());
    let unsubscribe = stoppable.map(|url| format!("{url}{}", unsubscribe_path(cx, row.marketplace, row.receiver, row.kind)));
    let language = Language::best(locale.as_deref().into_iter().chain([marketplace.locale.as_str()]));
    let (letter, id) = match row.about {
        MailAbout::Event { event, case } => {
            let case = cx.store.cases_by_id(Actor::system(row.marketplace).scope(), &[case]).await?.pop().ok_or(Error::NotFound)?;
            let facts = Facts {
                kind: row.kind,
                to: row.receiver.party(),
                marketplace: &marketplace.name,
                reference: &case.reference,
                link: post.public_url.as_deref(),
                unsubscribe: unsubscribe.as_deref(),
            };
            (letter(&facts, language), format!("{event}.{}", row.receiver))
        }
        MailAbout::Sanction { sanction, news } => {
            let letter = Box::pin(sanctions::letter(cx, &marketplace, sanction, news, language)).await?;
            (letter, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Invitation { invitation, call } => {
            let letter =
                Box::pin(ratings::invitation_letter(cx, &marketplace, (invitation, call), unsubscribe.as_deref(), language)).await?;
            let Some(letter) = letter else { return Ok(Settlement::Ignored("nothing is asked any more".to_owned())) };
            (letter, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Review { review, news } => {
            let letter = Box::pin(ratings::review_letter(cx, &marketplace, (review, news), unsubscribe.as_deref(), language)).await?;
            (letter, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Proposal(proposal) => {
            let letter = Box::pin(standing::letter(cx, &marketplace, proposal, language)).await?;
            (letter, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Defect(defect) => {
            let to = (defect, row.receiver.party());
            let letter = Box::pin(defects::letter(cx, &marketplace, to, unsubscribe.as_deref(), language)).await?;
            (letter, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Message(message) => {
            (Box::pin(defects::notice_letter(cx, &marketplace, message)).await?, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Report(days) => {
            let letter = Box::pin(measures::report_letter(cx, &marketplace, days, unsubscribe.as_deref(), language)).await?;
            (letter, format!("{}.{}", row.id, row.receiver))
        }
        MailAbout::Notice => (
            Box::pin(notices::letter(cx, row, &marketplace, unsubscribe.as_deref(), language)).await?,
            format!("{}.{}", row.id, row.receiver),
        ),
    };
    let mail = Mail {
        to: &to,
        subject: &letter.subject,
        text: &letter.text,
        html: &letter.html,
        id: &id,
        at: row.at,
        unsubscribe: unsubscribe.as_deref(),
    };
    let [.., seed] = *row.id.uuid().as_bytes();
    Ok(match post.mailer.send(mail).await {
        Ok(()) => Settlement::Done,
        Err(NotSent::Never(reason)) => Settlement::Dead(reason),
        Err(NotSent::Later(error)) => match pause_after(row.attempts, seed) {
            Some(pause) => Settlement::Retry { at: cx.now() + pause, error },
            None => Settlement::Dead(error),
        },
    })
}

fn signed(marketplace: MarketplaceId, receiver: Receiver, kind: MailKind) -> String {
    format!("unsubscribe/{marketplace}/{receiver}/{kind}")
}

/// The page on which a receiver stops e-mails of a kind. Signed, so that nobody stops those of others; it never expires.
fn unsubscribe_path(cx: &Cx, marketplace: MarketplaceId, receiver: Receiver, kind: MailKind) -> String {
    let text = signed(marketplace, receiver, kind);
    format!("/{text}/{}", cx.alerts.vault.sign(&text))
}

/// What a link to that page stands for.
#[derive(Debug, Clone, Copy)]
pub struct Subscription {
    marketplace: MarketplaceId,
    receiver: Receiver,
    kind: MailKind,
}

impl Subscription {
    /// Reads a link. What we did not sign is [`Error::NotFound`].
    pub fn read(cx: &Cx, marketplace: &str, receiver: &str, kind: &str, signature: &str) -> Result<Self> {
        let marketplace = marketplace.parse().map_err(|_| Error::NotFound)?;
        let (receiver, kind) = (receiver.parse().map_err(|_| Error::NotFound)?, kind.parse().map_err(|_| Error::NotFound)?);
        if !cx.alerts.vault.signed(&signed(marketplace, receiver, kind), signature) {
            return Err(Error::NotFound);
        }
        Ok(Self { marketplace, receiver, kind })
    }

    /// The page, as things are now.
    pub async fn page(self, cx: &Cx) -> Result<Page> {
        let marketplace = cx.marketplace(self.marketplace).await?;
        let muted = cx.store.is_muted(self.marketplace, self.receiver, self.kind).await?;
        let locale = address(cx, self.marketplace, self.receiver, None).await?.and_then(|(_, locale)| locale);
        let language = Language::best(locale.as_deref().into_iter().chain([marketplace.locale.as_str()]));
        Ok(page(self.kind, &marketplace.name, if muted { Wish::Stopped } else { Wish::Wanted }, language))
    }

    /// Stops e-mails of the kind. Done twice is done.
    pub async fn stop(self, cx: &Cx) -> Result<()> {
        Ok(cx.store.mute(self.marketplace, self.receiver, self.kind).await?)
    }

    /// Begins them again.
    pub async fn resume(self, cx: &Cx) -> Result<()> {
        Ok(cx.store.unmute(self.marketplace, self.receiver, self.kind).await?)
    }
}
