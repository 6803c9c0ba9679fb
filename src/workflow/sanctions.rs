//! What is decided against sellers: by a person, with reasons, told to the seller in the same transaction, open to complaint.

use chrono::{DateTime, Utc};

use super::{Check, Cx, Error, Result, refused};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::hands::StaffId;
use crate::domain::ids::{SanctionId, SanctionProposalId, SellerId};
use crate::domain::law::{LegalClock, LegalDays};
use crate::domain::mails::{self, Language, Letter, MailKind, Receiver};
use crate::domain::parties::{Actor, Who};
use crate::domain::refusal::Refusal;
use crate::domain::standing::{
    Grave, NoticeException, SanctionNews, SanctionOrder, SanctionProposal, SanctionStep, Sender, StandingRefusal, words,
};
use crate::domain::statements::{ComplaintOutcome, DecidedBy, Ground, Means, StatementOfReasons};
use crate::policy::{self, Permission};
use crate::store::{SanctionPeople, SanctionRow, Tx};

/// What is to be decided against a seller.
#[derive(Debug, Clone)]
pub struct SanctionDraft {
    /// Against whom.
    pub seller: SellerId,
    /// How far.
    pub step: SanctionStep,
    /// The facts and circumstances.
    pub facts: String,
    /// On what it rests.
    pub ground: Ground,
    /// How the facts were established.
    pub detection: Means,
    /// How to complain; none for what the charter says.
    pub redress: Option<String>,
    /// From when on; none for the first moment that the law allows.
    pub effective_at: Option<DateTime<Utc>>,
    /// Until when a warning leaves time.
    pub fix_until: Option<DateTime<Utc>>,
    /// What makes a warning needless.
    pub grave: Option<Grave>,
    /// What makes notice needless.
    pub exception: Option<NoticeException>,
    /// What measures proposed, if it follows from that.
    pub proposal: Option<SanctionProposalId>,
}

/// Decides against a seller, and tells it why.
pub async fn impose(cx: &Cx, actor: &Actor, draft: SanctionDraft) -> Result<SanctionRow> {
    policy::require(&actor.who, Permission::SanctionSellers)?;
    let staff = StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let days = LegalDays::of(marketplace.timezone, &Terms::today(&marketplace));
    let tx = cx.store.begin(actor.marketplace).await?;
    if !tx.lock_seller(draft.seller).await? {
        return Err(refused(&["sellerId"], Refusal::NotFound { what: "Seller" }));
    }
    let history: Vec<_> = tx.sanctions_against(draft.seller).await?.into_iter().map(|row| row.sanction).collect();

    let proposal = proposed(&tx, &draft).await?;
    let statement = stated(&draft, &marketplace)?;
    let seller = draft.seller;
    let order = SanctionOrder {
        seller,
        step: draft.step,
        statement,
        measures: proposal.as_ref().map(SanctionProposal::measures).unwrap_or_default(),
        decided_by: DecidedBy::Person(staff),
        effective_at: draft.effective_at.unwrap_or_else(|| earliest(&draft, &days, cx.now())),
        fix_until: draft.fix_until,
        grave: draft.grave,
        exception: draft.exception,
    };
    let sanction = order.impose(&history, &days, cx.now()).map_err(|why| refused(field_of(&why), why.into()))?;

    let people = SanctionPeople { imposed: name(&actor.who), ..SanctionPeople::default() };
    let row = SanctionRow { sanction, people };
    tx.insert_sanction(&row).await?;
    if let Some(proposal) = proposal {
        tx.save_proposal(&proposal.take(row.sanction.id).map_err(|why| refused(&["proposalId"], why))?).await?;
    }
    tx.mail_sanction(row.sanction.id, SanctionNews::Imposed, &[Receiver::Seller(seller)], cx.now()).await?;
    finish(cx, tx).await?;
    Ok(row)
}

/// What the draft follows from: proposed against the same seller.
async fn proposed(tx: &Tx, draft: &SanctionDraft) -> Result<Option<SanctionProposal>> {
    let Some(id) = draft.proposal else { return Ok(None) };
    let found = tx.lock_proposal(id).await?.filter(|proposal| proposal.seller == draft.seller);
    found.map(Some).ok_or_else(|| refused(&["proposalId"], Refusal::NotFound { what: "Proposal" }))
}

/// The seller complains.
pub async fn complain(cx: &Cx, actor: &Actor, id: SanctionId, text: &str) -> Result<SanctionRow> {
    let Who::Seller { seller, .. } = &actor.who else { return Err(Refusal::NotAllowed.into()) };
    let recipients = cx.store.recipients(actor.marketplace).await?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let SanctionRow { sanction, people } = known(cx, &tx, actor, id).await?;
    let sanction = sanction.complain(*seller, text, cx.now()).map_err(|why| refused(&["text"], why.into()))?;
    let row = SanctionRow { sanction, people };
    tx.save_sanction(&row).await?;
    let receivers: Vec<_> = recipients.iter().map(|one| Receiver::Operator(one.id)).collect();
    tx.mail_sanction(id, SanctionNews::Complained, &receivers, cx.now()).await?;
    finish(cx, tx).await?;
    Ok(row)
}

/// A person who did not decide it answers a complaint; what was wrong is lifted at once.
pub async fn answer(cx: &Cx, actor: &Actor, id: SanctionId, outcome: ComplaintOutcome, reasons: &str) -> Result<SanctionRow> {
    policy::require(&actor.who, Permission::SanctionSellers)?;
    let staff = StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let SanctionRow { sanction, mut people } = known(cx, &tx, actor, id).await?;
    let held = sanction.lifted.is_none();
    let sanction = sanction.answer_complaint(outcome, reasons, &staff, cx.now()).map_err(|why| refused(field_of(&why), why.into()))?;
    people.answered = name(&actor.who);
    if held && sanction.lifted.is_some() {
        people.lifted.clone_from(&people.answered);
    }
    let row = SanctionRow { sanction, people };
    tx.save_sanction(&row).await?;
    tx.mail_sanction(id, SanctionNews::Answered, &[Receiver::Seller(row.sanction.seller)], cx.now()).await?;
    release(cx, &tx, &row, DecidedBy::Person(staff)).await?;
    finish(cx, tx).await?;
    Ok(row)
}

/// A person takes it back.
pub async fn lift(cx: &Cx, actor: &Actor, id: SanctionId, reasons: &str) -> Result<SanctionRow> {
    policy::require(&actor.who, Permission::SanctionSellers)?;
    let staff = StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let SanctionRow { sanction, mut people } = known(cx, &tx, actor, id).await?;
    let sanction = sanction.reconsider(reasons, staff.clone(), cx.now()).map_err(|why| refused(field_of(&why), why.into()))?;
    people.lifted = name(&actor.who);
    let row = SanctionRow { sanction, people };
    tx.save_sanction(&row).await?;
    tx.mail_sanction(id, SanctionNews::Lifted, &[Receiver::Seller(row.sanction.seller)], cx.now()).await?;
    release(cx, &tx, &row, DecidedBy::Person(staff)).await?;
    finish(cx, tx).await?;
    Ok(row)
}

/// An end that is announced falls with the suspension that it rested on.
async fn release(cx: &Cx, tx: &Tx, lifted: &SanctionRow, by: DecidedBy) -> Result<()> {
    if lifted.sanction.step != SanctionStep::Suspended || lifted.sanction.lifted.is_none() {
        return Ok(());
    }
    let rows = tx.sanctions_against(lifted.sanction.seller).await?;
    let history: Vec<_> = rows.iter().map(|row| row.sanction.clone()).collect();
    for SanctionRow { sanction, mut people } in rows {
        let Some(sanction) = sanction.without_suspension(&history, by.clone(), cx.now()) else { continue };
        people.lifted = lifted.people.lifted.clone();
        let receivers = [Receiver::Seller(sanction.seller)];
        tx.mail_sanction(sanction.id, SanctionNews::Lifted, &receivers, cx.now()).await?;
        tx.save_sanction(&SanctionRow { sanction, people }).await?;
    }
    Ok(())
}

/// The e-mail that tells of it.
pub(super) async fn letter(cx: &Cx, marketplace: &Marketplace, id: SanctionId, news: SanctionNews, language: Language) -> Result<Letter> {
    let whole = Actor::system(marketplace.id).scope();
    let row = cx.store.sanction(whole, id).await?.ok_or(Error::NotFound)?;
    let seller = cx.store.sellers_by_id(whole, &[row.sanction.seller]).await?.pop().ok_or(Error::NotFound)?;
    let sender = Sender {
        marketplace: &marketplace.name,
        zone: marketplace.timezone,
        seller: &seller.name,
        complaints: marketplace.charter.complaints.as_ref(),
    };
    let (subject, text) = words(&row.sanction, news, sender, language);
    Ok(mails::unstoppable(MailKind::Sanction, subject, &text, &marketplace.name, language))
}

/// A sanction, under lock: of its seller first, as all that is decided against a seller is decided one after the other.
async fn known(cx: &Cx, tx: &Tx, actor: &Actor, id: SanctionId) -> Result<SanctionRow> {
    let unknown = || refused(&["sanctionId"], Refusal::NotFound { what: "Sanction" });
    let seller = cx.store.sanction(actor.scope(), id).await?.ok_or_else(unknown)?.sanction.seller;
    tx.lock_seller(seller).await?;
    tx.lock_sanction(actor.scope(), id).await?.ok_or_else(unknown)
}

async fn finish(cx: &Cx, tx: Tx) -> Result<()> {
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(())
}

fn stated(draft: &SanctionDraft, marketplace: &Marketplace) -> Result<StatementOfReasons> {
    let route = || marketplace.charter.complaints.as_ref().map(|complaints| complaints.route.clone());
    let redress = draft.redress.clone().or_else(route).unwrap_or_default();
    let mut check = Check::default();
    let texts = [("facts", "The facts", &draft.facts), ("redress", "How to complain", &redress)];
    for (field, what, _) in texts.into_iter().filter(|(.., text)| text.trim().is_empty()) {
        check.fault(&[field], Refusal::Invalid { message: format!("{what} must be stated.") });
    }
    check.done()?;
    Ok(StatementOfReasons::new(&draft.facts, draft.ground.clone(), draft.detection, &redress)?)
}

/// The first moment from which on it may hold.
fn earliest(draft: &SanctionDraft, days: &LegalDays, now: DateTime<Utc>) -> DateTime<Utc> {
    match draft.step {
        SanctionStep::Terminated if draft.exception.is_none() => days.period(LegalClock::SellerTermination, now).ends_at,
        _ => now,
    }
}

/// The field of the input that a refusal is about.
const fn field_of(why: &StandingRefusal) -> &'static [&'static str] {
    match why {
        StandingRefusal::NoTimeToFix => &["fixUntil"],
        StandingRefusal::EffectBeforeStatement | StandingRefusal::TooSoon { .. } => &["effectiveAt"],
        StandingRefusal::NotWarned
        | StandingRefusal::TimeToFix { .. }
        | StandingRefusal::NotSuspended
        | StandingRefusal::AlreadyInForce => &["step"],
        StandingRefusal::NotRepeated => &["noticeException"],
        StandingRefusal::AlreadyLifted | StandingRefusal::NotYours => &["sanctionId"],
        StandingRefusal::Text(_) | StandingRefusal::Complaint(_) => &["reasons"],
        StandingRefusal::NeedsPerson | StandingRefusal::NotRecovered => &[],
    }
}

pub(super) fn name(who: &Who) -> Option<String> {
    match who {
        Who::Operator { name, .. } | Who::Agent { name, .. } => Some(name.clone()),
        _ => None,
    }
}
