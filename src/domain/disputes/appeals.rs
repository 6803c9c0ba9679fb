//! The one appeal against a decision.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, not_now};
use super::super::ids::EvidenceId;
use super::super::parties::Party;
use super::super::refusal::Refusal;
use super::{Decider, Decision, Dispute};

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Appeal {
    /// Who appealed.
    pub by: Party,
    /// Why.
    pub text: String,
    /// What is new.
    pub evidence: Vec<EvidenceId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What was decided on it; none while it is open, or when nobody decided and the first decision stands.
    pub decision: Option<Decision>,
}

impl Dispute {
    /// Whether a person may decide it: never one who conciliated in it.
    pub fn may_arbitrate(&self, staff: &StaffId) -> Result<(), Refusal> {
        if self.mediators.contains(staff) {
            return Err(not_now("Whoever conciliated in a dispute cannot decide it."));
        }
        Ok(())
    }

    /// Whether a person may hear the appeal: neither one who conciliated nor the one who decided.
    pub fn may_hear_appeal(&self, staff: &StaffId) -> Result<(), Refusal> {
        self.may_arbitrate(staff)?;
        match &self.decision {
            Some(Decision { by: Decider::Person(decider), .. }) if decider == staff => {
                Err(not_now("Another person than the one who decided hears the appeal."))
            }
            _ => Ok(()),
        }
    }

    /// Whether a party may appeal.
    pub fn may_appeal(&self, party: Party) -> bool {
        self.appeal.is_none() && self.decision.as_ref().is_some_and(|decision| decision.outcome.may_appeal(party, self.opener))
    }
}
