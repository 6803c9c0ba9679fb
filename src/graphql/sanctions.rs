//! What is decided against sellers, and how each of them stands.

mod deciding;
mod proposals;

use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::errors::{Result, store};
use super::loaders::{Found, Loaders, Reader};
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection};
use super::scorecards::SellerMeasure;
use super::session::{Session, session};
use crate::domain::ids::{SanctionId, SellerId};
use crate::domain::parties::View;
use crate::domain::standing::{self, LiftingReason, Sanction, standing_at};
use crate::domain::statements::{ComplaintAnswer, Ground, Means};
use crate::store::{SanctionFilter, SanctionRow, StoreError};

pub(super) use deciding::SanctionMutations;
pub(super) use proposals::{ProposalMutations, ProposalQueries};

/// The steps of the ladder, from the mildest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::standing::SanctionStep")]
pub(super) enum SanctionStep {
    /// The seller is told what to put right, and until when.
    Warning,
    /// Its offers are shown less, and it cannot list new ones. After a warning whose time is over, or for something grave.
    RestrictedVisibility,
    /// It cannot sell. After a warning whose time is over, or for something grave. Pool questions are not offered to it.
    Suspended,
    /// Its account ends: after a suspension and 30 days of notice, but for the exceptions of the law.
    Terminated,
}

/// How a seller stands: by the gravest of what holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::standing::SellerStanding")]
pub(super) enum SellerStanding {
    /// Nothing is held against it.
    Active,
    /// It was warned.
    Warned,
    /// Its offers are to be shown less, and it is to list no new ones.
    Restricted,
    /// It is not to sell.
    Suspended,
    /// Its account has ended.
    Terminated,
}

/// What is too grave to be warned of first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::standing::Grave")]
enum SanctionGravity {
    /// A dangerous product.
    Safety,
    /// A counterfeit.
    Counterfeit,
    /// Fraud.
    Fraud,
    /// Something illegal.
    Illegal,
    /// Who the trader is could not be established (Regulation (EU) 2022/2065, article 30).
    UnknownTrader,
}

/// Why an account may end without notice (Regulation (EU) 2019/1150, article 4(4)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::standing::NoticeException")]
enum NoticeException {
    /// The law obliges the marketplace to end it so.
    LegalObligation,
    /// An imperative reason under national law.
    ImperativeReason,
    /// The seller has repeatedly infringed the terms, which can be shown.
    RepeatedInfringement,
}

/// On what a decision rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SanctionGroundKind {
    /// On the law.
    Law,
    /// On the marketplace's terms.
    Terms,
}

/// On what a decision rests, and why.
#[derive(SimpleObject)]
struct SanctionGround {
    /// On the law, or on the terms.
    kind: SanctionGroundKind,
    /// The article or the clause, and why it was infringed.
    text: String,
}

/// How the facts were established.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Means")]
enum SanctionDetection {
    /// By a person.
    ByPerson,
    /// By a rule over measures.
    ByRule,
}

/// Why a decision was lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SanctionLiftingKind {
    /// A complaint of it was upheld.
    ComplaintUpheld,
    /// The measures were back within their bounds.
    Recovered,
    /// The suspension that it rested on was lifted before it took effect.
    SuspensionLifted,
    /// A person thought better of it.
    Reconsidered,
}

/// That a decision was lifted.
#[derive(SimpleObject)]
struct SanctionLifting {
    /// Why.
    kind: SanctionLiftingKind,
    /// In whose words; null unless a person thought better of it.
    reasons: Option<String>,
    /// Who did it; null for sellers, and where a rule did.
    by: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

/// What became of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::statements::ComplaintOutcome")]
enum SanctionComplaintOutcome {
    /// The decision was wrong: it is lifted at once.
    Upheld,
    /// The decision stands.
    Rejected,
}

/// The answer to a complaint.
#[derive(SimpleObject)]
struct SanctionComplaintAnswer {
    /// What became of it.
    outcome: SanctionComplaintOutcome,
    /// Why.
    reasons: String,
    /// Who answered; null for sellers.
    by: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

/// A seller's complaint of a decision.
#[derive(SimpleObject)]
struct SanctionComplaint {
    /// Why.
    text: String,
    /// When.
    at: DateTime<Utc>,
    /// The answer; null while it is open.
    answer: Option<SanctionComplaintAnswer>,
}

/// A decision against a seller.
pub(super) struct SanctionObject(SanctionRow);

impl SanctionObject {
    const fn sanction(&self) -> &Sanction {
        &self.0.sanction
    }
}

/// A name, for the operator alone.
fn named(ctx: &Context<'_>, name: Option<&String>) -> Option<String> {
    name.filter(|_| session(ctx).is_ok_and(|session| session.scope().view == View::Whole)).cloned()
}

#[Object(name = "Sanction")]
/// Something that the marketplace decided against a seller, with its statement of reasons (Regulation (EU) 2019/1150, article 4;
/// 2022/2065, article 17). Known to the operator and that seller.
impl SanctionObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> SanctionId {
        self.sanction().id
    }

    /// Against whom; null when the seller is gone.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let load = async { session(ctx)?.loaders().seller(self.sanction().seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// How far.
    async fn step(&self) -> SanctionStep {
        self.sanction().step.into()
    }

    /// For which measures; empty when it is not about measures. A warning or a restriction for measures ends by itself when they have
    /// been within their bounds for a full window.
    async fn measures(&self) -> Vec<SellerMeasure> {
        self.sanction().measures.iter().map(|measure| (*measure).into()).collect()
    }

    /// The facts and circumstances.
    async fn facts(&self) -> &str {
        self.sanction().statement.facts()
    }

    /// On what it rests.
    async fn ground(&self) -> SanctionGround {
        match self.sanction().statement.ground() {
            Ground::Law { text } => SanctionGround { kind: SanctionGroundKind::Law, text: text.clone() },
            Ground::Terms { text } => SanctionGround { kind: SanctionGroundKind::Terms, text: text.clone() },
        }
    }

    /// How the facts were established.
    async fn detection(&self) -> SanctionDetection {
        self.sanction().statement.detection().into()
    }

    /// How to complain, as the seller was told.
    async fn redress(&self) -> &str {
        self.sanction().statement.redress()
    }

    /// Who decided; null for sellers.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<String> {
        named(ctx, self.0.people.imposed.as_ref())
    }

    /// When it was decided, and the seller told.
    async fn decided_at(&self) -> DateTime<Utc> {
        self.sanction().decided_at
    }

    /// From when on it holds.
    async fn effective_at(&self) -> DateTime<Utc> {
        self.sanction().effective_at
    }

    /// Until when the seller can put it right; null but for warnings.
    async fn fix_until(&self) -> Option<DateTime<Utc>> {
        self.sanction().fix_until
    }

    /// What made a warning needless; null where nothing did.
    async fn gravity(&self) -> Option<SanctionGravity> {
        self.sanction().grave.map(Into::into)
    }

    /// What made notice needless; null where nothing did.
    async fn notice_exception(&self) -> Option<NoticeException> {
        self.sanction().exception.map(Into::into)
    }

    /// Until when the seller can complain: six months.
    async fn complaint_until(&self) -> DateTime<Utc> {
        self.sanction().complaint_until
    }

    /// The complaint; null when there is none.
    async fn complaint(&self, ctx: &Context<'_>) -> Option<SanctionComplaint> {
        let complaint = self.sanction().complaint.as_ref()?;
        let by = named(ctx, self.0.people.answered.as_ref());
        let answered = |answer: &ComplaintAnswer| SanctionComplaintAnswer {
            outcome: answer.outcome.into(),
            reasons: answer.reasons.clone(),
            by,
            at: answer.at,
        };
        Some(SanctionComplaint { text: complaint.text.clone(), at: complaint.at, answer: complaint.answer.as_ref().map(answered) })
    }

    /// How it was lifted; null while it was not.
    async fn lifted(&self, ctx: &Context<'_>) -> Option<SanctionLifting> {
        let lifting = self.sanction().lifted.as_ref()?;
        let (kind, reasons) = match &lifting.reason {
            LiftingReason::ComplaintUpheld => (SanctionLiftingKind::ComplaintUpheld, None),
            LiftingReason::Recovered => (SanctionLiftingKind::Recovered, None),
            LiftingReason::SuspensionLifted => (SanctionLiftingKind::SuspensionLifted, None),
            LiftingReason::Reconsidered { reasons } => (SanctionLiftingKind::Reconsidered, Some(reasons.clone())),
        };
        Some(SanctionLifting { kind, reasons, by: named(ctx, self.0.people.lifted.as_ref()), at: lifting.at })
    }
}

/// What is not lifted of what was decided against a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct HeldAgainst(SellerId);

impl Loader<HeldAgainst> for Reader {
    type Value = Vec<Sanction>;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[HeldAgainst]) -> Found<HeldAgainst, Vec<Sanction>> {
        let sellers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.sanctions_in_force(self.scope.marketplace, &sellers).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(seller, held)| (HeldAgainst(seller), held)).collect())
    }
}

impl Loaders {
    async fn held_against(&self, seller: SellerId) -> Result<Vec<Sanction>> {
        Ok(self.one(HeldAgainst(seller)).await?.unwrap_or_default())
    }
}

/// How a seller stands, for those who may know: the operator, the marketplace's software, the seller.
pub(super) async fn standing_of(ctx: &Context<'_>, seller: SellerId) -> Result<Option<SellerStanding>> {
    let session = session(ctx)?;
    let knows = match session.scope().view {
        View::Whole | View::Storefront => true,
        View::Seller(own) => own == seller,
        View::Buyer(_) | View::Mediator { .. } => false,
    };
    if !knows {
        return Ok(None);
    }
    Ok(Some(standing_now(session, seller).await?.into()))
}

/// How a seller stands now, whoever asks.
pub(super) async fn standing_now(session: &Session, seller: SellerId) -> Result<standing::SellerStanding> {
    let held = session.loaders().held_against(seller).await?;
    Ok(standing_at(&held, seller, session.cx().now()))
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct SanctionQueries;

/// Which decisions against sellers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum SanctionWhich {
    /// All.
    All,
    /// Those whose complaint waits for an answer.
    ComplaintOpen,
}

#[Object]
impl SanctionQueries {
    /// What was decided against sellers, the newest first: for the operator all, for a seller its own, for others nothing.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn sanctions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.", default_with = "SanctionWhich::All")] which: SanctionWhich,
        #[graphql(desc = "Those of `ALL` against this seller; null for every seller.")] seller_id: Option<SellerId>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<SanctionObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = match (which, seller_id) {
            (SanctionWhich::All, None) => SanctionFilter::All,
            (SanctionWhich::All, Some(seller)) => SanctionFilter::Against(seller),
            (SanctionWhich::ComplaintOpen, _) => SanctionFilter::ComplaintOpen,
        };
        let page = session.cx().store.sanctions(session.scope(), filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |row| row.sanction.id, SanctionObject))
    }
}
