//! Who may do what now, and until when. Buttons and moves ask the same question.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::Available;
use super::super::parties::{Party, Who};
use super::{ClaimStanding, Consent, DisputeGuard, Refund, RefundRefusal, RefundStatus};

/// What can be done to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundAction {
    /// Say that it is certain that the law gives it, and how its clock stands.
    Establish,
    /// Grant it.
    Grant,
    /// Approve what somebody else granted.
    Approve,
    /// Refuse it.
    Decline,
    /// Agree to credit or a code.
    Consent,
    /// Not agree to it.
    RefuseConsent,
    /// Have the payment system told.
    Submit,
    /// Try again after a failure.
    Retry,
    /// Call it off.
    Cancel,
}

impl RefundAction {
    /// Every action.
    pub const ALL: [Self; 9] = [
        Self::Establish,
        Self::Grant,
        Self::Approve,
        Self::Decline,
        Self::Consent,
        Self::RefuseConsent,
        Self::Submit,
        Self::Retry,
        Self::Cancel,
    ];

    /// The states in which it is possible.
    const fn fits(self, status: RefundStatus) -> bool {
        match self {
            Self::Establish => status.is_open(),
            Self::Grant | Self::Approve | Self::Decline => matches!(status, RefundStatus::Requested),
            Self::Consent | Self::RefuseConsent | Self::Submit => matches!(status, RefundStatus::Granted),
            Self::Retry => matches!(status, RefundStatus::Failed),
            Self::Cancel => matches!(status, RefundStatus::Requested | RefundStatus::Granted | RefundStatus::Failed),
        }
    }

    /// Whether it decides about money or moves it.
    const fn moves_money(self) -> bool {
        match self {
            Self::Grant | Self::Approve | Self::Submit | Self::Retry | Self::Cancel => true,
            Self::Establish | Self::Decline | Self::Consent | Self::RefuseConsent => false,
        }
    }
}

/// On which side of a refund somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The buyer, or the marketplace's software for them.
    Buyer,
    Seller,
    Operator,
    /// Trilogue itself.
    System,
    /// Nobody who has a say.
    Outside,
}

impl Side {
    pub(super) const fn of(who: &Who) -> Self {
        match who {
            Who::Buyer { .. } | Who::Vendor { .. } => Self::Buyer,
            Who::Seller { .. } => Self::Seller,
            Who::Operator { .. } | Who::Agent { .. } => Self::Operator,
            Who::System => Self::System,
            Who::Mediator { .. } | Who::Helpdesk { .. } => Self::Outside,
        }
    }
}

impl Refund {
    /// What somebody may do with it now. Whether the seller or buyer is that of the order is for the policy to say.
    pub fn available_actions(&self, who: &Who, dispute: DisputeGuard, now: DateTime<Utc>) -> Vec<Available<RefundAction>> {
        let available = |action| self.allows(action, who, dispute, now).ok().map(|until| Available { action, from: None, until });
        RefundAction::ALL.into_iter().filter_map(available).collect()
    }

    /// Whether somebody may do it now, and until when.
    pub(super) fn allows(
        &self,
        action: RefundAction,
        who: &Who,
        dispute: DisputeGuard,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        if !action.fits(self.status) {
            return Err(RefundRefusal::NotInThisState { status: self.status });
        }
        let side = Side::of(who);
        let until = match action {
            RefundAction::Establish => self.may_establish(side)?,
            RefundAction::Grant => self.may_decide(side, now)?,
            RefundAction::Decline => self.may_decline(side, now)?,
            RefundAction::Approve => self.may_approve(side, who)?,
            RefundAction::Consent | RefundAction::RefuseConsent => self.may_consent(side, now)?,
            RefundAction::Submit => self.may_submit(side)?,
            RefundAction::Cancel if side == Side::System && dispute != DisputeGuard::Executing => return Err(RefundRefusal::NotAllowed),
            RefundAction::Retry | RefundAction::Cancel => operator_or_system(side)?,
        };
        match dispute {
            DisputeGuard::Arbitration if action.moves_money() => Err(RefundRefusal::Frozen),
            DisputeGuard::Executing if action.moves_money() => operator_or_system(side).map_err(|_| RefundRefusal::Frozen),
            _ => Ok(until),
        }
    }

    fn may_establish(&self, side: Side) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        operator_or_system(side)?;
        if self.claim.basis.gives_money() { Ok(None) } else { Err(RefundRefusal::NotALegalClaim) }
    }

    pub(super) fn may_decide(&self, side: Side, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        match side {
            Side::Operator | Side::System => Ok(None),
            // The seller's word ends with its time, whether or not the timer has come by yet.
            Side::Seller if self.decider != Party::Seller || self.decide_by.is_some_and(|end| end <= now) => {
                Err(RefundRefusal::OperatorDecides)
            }
            Side::Seller => Ok(self.decide_by),
            Side::Buyer | Side::Outside => Err(RefundRefusal::NotAllowed),
        }
    }

    fn may_decline(&self, side: Side, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        if side == Side::System {
            return Err(RefundRefusal::NotAllowed);
        }
        let until = self.may_decide(side, now)?;
        match self.claim.standing {
            ClaimStanding::Established => Err(RefundRefusal::DueByLaw),
            ClaimStanding::Claimed => Ok(until),
        }
    }

    fn may_approve(&self, side: Side, who: &Who) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        if side != Side::Operator {
            return Err(RefundRefusal::NotAllowed);
        }
        match self.proposal.as_deref() {
            None => Err(RefundRefusal::NothingToApprove),
            Some(grant) if grant.by == *who => Err(RefundRefusal::SameApprover),
            Some(_) => Ok(None),
        }
    }

    fn may_consent(&self, side: Side, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        if side != Side::Buyer {
            return Err(RefundRefusal::NotAllowed);
        }
        match self.grant.as_deref().map(|grant| &grant.consent) {
            Some(Consent::Awaited { until }) if now < *until => Ok(Some(*until)),
            _ => Err(RefundRefusal::NoConsentAwaited),
        }
    }

    fn may_submit(&self, side: Side) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
        operator_or_system(side)?;
        match self.grant.as_deref().map(|grant| &grant.consent) {
            Some(Consent::Awaited { .. }) => Err(RefundRefusal::ConsentAwaited),
            _ => Ok(None),
        }
    }
}

const fn operator_or_system(side: Side) -> Result<Option<DateTime<Utc>>, RefundRefusal> {
    match side {
        Side::Operator | Side::System => Ok(None),
        Side::Buyer | Side::Seller | Side::Outside => Err(RefundRefusal::NotAllowed),
    }
}
