//! What a marketplace can set about disputes. Fit to be a part of its charter.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::super::calendar::BusinessDuration;
use super::super::charter::Terms;
use super::super::hands::Hand;
use super::super::refunds::Bearing;
use super::DisputeStage;

/// How long each stage of a dispute may last, and whether the operator decides in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DisputePolicy {
    /// In which the other party answers; no escalation before, except for safety, counterfeit, fraud and abuse. Three
    /// working days.
    pub answer: BusinessDuration,
    /// How many days the parties may talk in all before the operator steps in. 14.
    pub contact_days: u16,
    /// How many days an offer stands. 5.
    pub offer_days: u16,
    /// How many days the operator conciliates at most. 14, as at Tripartie.
    pub mediation_days: u16,
    /// How many days both parties have to answer a proposal of the mediator. 5.
    pub proposal_days: u16,
    /// Whether the operator decides when nobody agrees.
    pub arbitration: Arbitration,
    /// How many days evidence is taken. 4, as at Tripartie.
    pub evidence_days: u16,
    /// How many days the operator then has to decide. 10, as at Tripartie.
    pub decision_days: u16,
    /// How many days after its opening a dispute that nobody decided is decided for the buyer. 60, as at Sharetribe.
    pub hard_stop_days: u16,
    /// Who pays then: nobody was found at fault but the operator that did not decide.
    pub hard_stop_bearer: Bearing,
    /// In how many days the losing party may appeal. 30, as at eBay and Amazon.
    pub appeal_days: u16,
    /// How many days another person has to decide the appeal. 14.
    pub appeal_decision_days: u16,
    /// After how many days an appeal that nobody decided leaves the decision as it was. 30.
    pub appeal_limit_days: u16,
}

/// Whether a marketplace decides disputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Arbitration {
    /// It does.
    #[default]
    Offered,
    /// It stops at conciliation.
    NotOffered,
}

impl Default for DisputePolicy {
    fn default() -> Self {
        const THREE: NonZeroU16 = match NonZeroU16::new(3) {
            Some(three) => three,
            None => NonZeroU16::MIN,
        };
        Self {
            answer: BusinessDuration::WorkingDays(THREE),
            contact_days: 14,
            offer_days: 5,
            mediation_days: 14,
            proposal_days: 5,
            arbitration: Arbitration::Offered,
            evidence_days: 4,
            decision_days: 10,
            hard_stop_days: 60,
            hard_stop_bearer: Bearing::Operator,
            appeal_days: 30,
            appeal_decision_days: 14,
            appeal_limit_days: 30,
        }
    }
}

/// What a policy says of one stage, for buyers and sellers to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageRule {
    /// The stage.
    pub stage: DisputeStage,
    /// Who may act in it.
    pub who: &'static [Hand],
    /// How many days it lasts at most.
    pub days: u16,
    /// Where silence leads.
    pub silence: DisputeStage,
}

/// The longest stage, in days.
const MOST_DAYS: u16 = 365;

impl DisputePolicy {
    /// Stage by stage: who may act, until when, and what silence means.
    pub fn stages(&self) -> Vec<StageRule> {
        const PARTIES: &[Hand] = &[Hand::Buyer, Hand::Seller];
        const ALL: &[Hand] = &[Hand::Buyer, Hand::Seller, Hand::Operator];
        let rule = |stage, who, days, silence| StageRule { stage, who, days, silence };
        let mut rules = vec![
            rule(DisputeStage::DirectContact, PARTIES, self.contact_days, DisputeStage::Mediation),
            rule(DisputeStage::Mediation, ALL, self.mediation_days, self.after_mediation()),
        ];
        if self.arbitration == Arbitration::Offered {
            rules.extend([
                rule(DisputeStage::Arbitration, ALL, self.evidence_days + self.decision_days, DisputeStage::Decided),
                rule(DisputeStage::Decided, PARTIES, self.appeal_days, DisputeStage::Final),
                rule(DisputeStage::Appealed, ALL, self.appeal_limit_days, DisputeStage::Final),
            ]);
        }
        rules
    }

    /// The stage that follows a conciliation without result.
    pub const fn after_mediation(&self) -> DisputeStage {
        match self.arbitration {
            Arbitration::Offered => DisputeStage::Arbitration,
            Arbitration::NotOffered => DisputeStage::Unresolved,
        }
    }

    /// What is wrong with it: the field, and a sentence. Nothing when it can be part of a charter.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("contactDays", self.contact_days),
            ("offerDays", self.offer_days),
            ("mediationDays", self.mediation_days),
            ("proposalDays", self.proposal_days),
            ("evidenceDays", self.evidence_days),
            ("decisionDays", self.decision_days),
            ("hardStopDays", self.hard_stop_days),
            ("appealDays", self.appeal_days),
            ("appealDecisionDays", self.appeal_decision_days),
            ("appealLimitDays", self.appeal_limit_days),
        ];
        let mut faults: Vec<_> = fields
            .into_iter()
            .filter(|(_, days)| !(1..=MOST_DAYS).contains(days))
            .map(|(name, _)| (name, format!("This must be 1 to {MOST_DAYS} days.")))
            .collect();
        let regular =
            [self.contact_days, self.mediation_days, self.evidence_days, self.decision_days].into_iter().map(u32::from).sum::<u32>();
        if u32::from(self.hard_stop_days) < regular {
            faults.push(("hardStopDays", format!("The stages before a decision take {regular} days; this cannot be less.")));
        }
        if self.appeal_limit_days < self.appeal_decision_days {
            faults.push(("appealLimitDays", "This cannot be less than the time for the decision of an appeal.".to_owned()));
        }
        faults
    }
}

/// What applies to one dispute: the policy, and the calendars of the case's charter.
#[derive(Debug, Clone, Copy)]
pub struct DisputeTerms<'a> {
    /// How long each stage lasts.
    pub policy: &'a DisputePolicy,
    /// The charter of the case: whose hours count.
    pub charter: &'a Terms,
}
