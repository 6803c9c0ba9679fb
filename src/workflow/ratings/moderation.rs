//! What people of the operator decide about reviews: with reasons that the author is told, open to complaint before another person.

use super::super::{Check, Cx, Result, refused};
use super::reviews::{moved, ruled, silently};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::hands::StaffId;
use crate::domain::ids::{RatingId, ReportId};
use crate::domain::law::LegalDays;
use crate::domain::mails::{MailKind, Receiver};
use crate::domain::parties::Actor;
use crate::domain::ratings::{ModerationReason, Moderator, Report, ReportDecision, Reporter, Review, ReviewNews};
use crate::domain::refusal::Refusal;
use crate::domain::statements::{ComplaintOutcome, Ground, Means, StatementOfReasons};
use crate::policy::{self, Permission};
use crate::store::{ReviewRow, Tx};

/// Why something is held back, as a person says it.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Why, as a code.
    pub reason: ModerationReason,
    /// The facts and circumstances.
    pub facts: String,
    /// On what it rests.
    pub ground: Ground,
    /// How to complain; none for what the charter says.
    pub redress: Option<String>,
}

/// What is decided.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// The version that waits is published.
    Approve,
    /// The version that waits is refused.
    Reject(Judgement),
    /// What is published is taken away.
    Remove(Judgement),
}

/// How authors complain where the charter does not say.
const REDRESS: &str = "Sur la page de votre invitation. On the page of your invitation.";

impl Judgement {
    fn stated(&self, marketplace: &Marketplace) -> Result<StatementOfReasons> {
        let route = || marketplace.charter.complaints.as_ref().map(|complaints| complaints.route.clone());
        let redress = self.redress.clone().or_else(route).unwrap_or_else(|| REDRESS.to_owned());
        let mut check = Check::default();
        for (field, what, _) in [("facts", "The facts", &self.facts), ("redress", "How to complain", &redress)]
            .into_iter()
            .filter(|(.., text)| text.trim().is_empty())
        {
            check.fault(&[field], Refusal::Invalid { message: format!("{what} must be stated.") });
        }
        check.done()?;
        Ok(StatementOfReasons::new(&self.facts, self.ground.clone(), Means::ByPerson, &redress)?)
    }
}

fn person(actor: &Actor) -> Result<StaffId> {
    policy::require(&actor.who, Permission::ModerateReviews)?;
    Ok(StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?)
}

/// A person decides about a review.
pub async fn judge(cx: &Cx, actor: &Actor, id: RatingId, verdict: Verdict) -> Result<ReviewRow> {
    let staff = person(actor)?;
    let step = |review: &Review, marketplace: &Marketplace| {
        let days = LegalDays::of(marketplace.timezone, &Terms::today(marketplace));
        let by = Moderator { staff: staff.clone(), days: &days, at: cx.now() };
        ruled(match &verdict {
            Verdict::Approve => review.approve(&staff, marketplace.charter.ratings.replies, cx.now()),
            Verdict::Reject(judgement) => review.reject(judgement.reason, judgement.stated(marketplace)?, &by),
            Verdict::Remove(judgement) => review.remove(judgement.reason, judgement.stated(marketplace)?, &by),
        })
    };
    let tell = async |tx: &Tx, _: &Review, after: &Review| {
        let news = match &verdict {
            Verdict::Approve => return Ok(()),
            Verdict::Reject(_) => ReviewNews::Rejected,
            Verdict::Remove(_) => ReviewNews::Removed,
        };
        tell_author(cx, tx, after, news).await
    };
    moved(cx, actor, id, step, tell).await
}

async fn tell_author(cx: &Cx, tx: &Tx, review: &Review, news: ReviewNews) -> Result<()> {
    let author = Receiver::Buyer(review.author);
    Ok(tx.mail_news(MailKind::ReviewDecision, &news.key(review), &[author], cx.now()).await?)
}

/// A person who did not decide it answers the author's complaint; what was wrong is published (again) at once.
pub async fn answer_complaint(cx: &Cx, actor: &Actor, id: RatingId, outcome: ComplaintOutcome, reasons: &str) -> Result<ReviewRow> {
    let staff = person(actor)?;
    let step = |review: &Review, marketplace: &Marketplace| {
        let days = LegalDays::of(marketplace.timezone, &Terms::today(marketplace));
        let by = Moderator { staff: staff.clone(), days: &days, at: cx.now() };
        ruled(review.answer_complaint(outcome, reasons, &by, marketplace.charter.ratings.replies))
    };
    let tell = async |tx: &Tx, _: &Review, after: &Review| tell_author(cx, tx, after, ReviewNews::Answered).await;
    moved(cx, actor, id, step, tell).await
}

/// What a person decides on a report.
pub async fn decide_report(
    cx: &Cx,
    actor: &Actor,
    id: RatingId,
    report: ReportId,
    decision: std::result::Result<String, Judgement>,
) -> Result<ReviewRow> {
    let staff = person(actor)?;
    let step = |review: &Review, marketplace: &Marketplace| {
        if review.reports.iter().all(|one| one.id != report) {
            return Err(refused(&["reportId"], Refusal::NotFound { what: "Report" }));
        }
        let days = LegalDays::of(marketplace.timezone, &Terms::today(marketplace));
        let by = Moderator { staff: staff.clone(), days: &days, at: cx.now() };
        let decision = match &decision {
            Ok(reasons) => ReportDecision::Keep(reasons.clone()),
            Err(judgement) => ReportDecision::Remove(judgement.reason, judgement.stated(marketplace)?),
        };
        ruled(review.decide_report(report, decision, &by))
    };
    let removed = decision.is_err();
    let tell = async |tx: &Tx, before: &Review, after: &Review| {
        // What took the review away is the answer to all who had reported it (Regulation (EU) 2022/2065, article 16(5)).
        let open = |report: &Report| before.reports.iter().any(|one| one.id == report.id && one.outcome.is_none());
        for one in after.reports.iter().filter(|one| one.outcome.is_some() && open(one)) {
            let (kind, news, receiver) = match &one.by {
                Reporter::Seller { seller } => (MailKind::Review, ReviewNews::Decided, Receiver::Seller(*seller)),
                Reporter::Person { .. } => (MailKind::ReviewDecision, ReviewNews::ReportDecided, Receiver::Reporter(one.id)),
            };
            tx.mail_news(kind, &news.key(after), &[receiver], cx.now()).await?;
        }
        if removed { tell_author(cx, tx, after, ReviewNews::Removed).await } else { Ok(()) }
    };
    moved(cx, actor, id, step, tell).await
}

/// A person hides the reply, by the same rules as reviews.
pub async fn hide_reply(cx: &Cx, actor: &Actor, id: RatingId, judgement: Judgement) -> Result<ReviewRow> {
    let staff = person(actor)?;
    let step = |review: &Review, marketplace: &Marketplace| ruled(review.hide_reply(judgement.stated(marketplace)?, staff.clone()));
    moved(cx, actor, id, step, silently).await
}

/// A person shows the reply again.
pub async fn show_reply(cx: &Cx, actor: &Actor, id: RatingId) -> Result<ReviewRow> {
    let staff = person(actor)?;
    moved(cx, actor, id, |review: &Review, _: &Marketplace| ruled(review.show_reply(&staff)), silently).await
}
