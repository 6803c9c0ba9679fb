//! What the charter says about disputes, and how sellers complain.

use std::num::NonZeroU16;

use async_graphql::{InputObject, Object, SimpleObject};

use super::super::refunds::{CostSharesInput, SharesObject};
use super::enums::{Arbitration, DisputeStage};
use crate::domain::calendar::BusinessDuration;
use crate::domain::charter::{Mediator, SellerComplaints};
use crate::domain::disputes::DisputePolicy;
use crate::domain::refunds::Bearing;
use crate::domain::refusal::Refusal;
use crate::workflow::{Error, refused};

/// The rules of disputes.
pub(in crate::graphql) struct DisputeRules(pub(in crate::graphql) DisputePolicy);

/// What holds in one stage of a dispute.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DisputeStageRule {
    /// The stage.
    stage: DisputeStage,
    /// How many days it lasts at most.
    days: i32,
    /// Where silence leads.
    silence: DisputeStage,
}

#[Object(name = "DisputeRules")]
/// What the charter says about disputes: who may act, until when, and what silence means.
impl DisputeRules {
    /// Stage by stage, in the order in which they follow each other.
    async fn stages(&self) -> Vec<DisputeStageRule> {
        let rule = |rule: crate::domain::disputes::StageRule| DisputeStageRule {
            stage: rule.stage.into(),
            days: rule.days.into(),
            silence: rule.silence.into(),
        };
        self.0.stages().into_iter().map(rule).collect()
    }

    /// In how many working days the other party answers before either may ask for the operator's help; null when it is told in
    /// hours.
    async fn answer_working_days(&self) -> Option<i32> {
        match self.0.answer {
            BusinessDuration::WorkingDays(days) => Some(days.get().into()),
            BusinessDuration::Wall(_) | BusinessDuration::Open(_) => None,
        }
    }

    /// How many days the parties may talk in all before the operator steps in.
    async fn contact_days(&self) -> i32 {
        self.0.contact_days.into()
    }

    /// How many days an offer stands.
    async fn offer_days(&self) -> i32 {
        self.0.offer_days.into()
    }

    /// How many days the operator conciliates at most.
    async fn mediation_days(&self) -> i32 {
        self.0.mediation_days.into()
    }

    /// How many days both parties have to answer a proposal.
    async fn proposal_days(&self) -> i32 {
        self.0.proposal_days.into()
    }

    /// Whether the operator decides when nobody agrees.
    async fn arbitration(&self) -> Arbitration {
        self.0.arbitration.into()
    }

    /// How many days evidence is taken.
    async fn evidence_days(&self) -> i32 {
        self.0.evidence_days.into()
    }

    /// How many days the operator then has to decide.
    async fn decision_days(&self) -> i32 {
        self.0.decision_days.into()
    }

    /// How many days after its opening a dispute that nobody decided is decided for the buyer.
    async fn hard_stop_days(&self) -> i32 {
        self.0.hard_stop_days.into()
    }

    /// Who pays then.
    async fn hard_stop_bearer(&self) -> SharesObject {
        self.0.hard_stop_bearer.into()
    }

    /// In how many days the losing party may appeal.
    async fn appeal_days(&self) -> i32 {
        self.0.appeal_days.into()
    }

    /// How many days another person has to decide the appeal.
    async fn appeal_decision_days(&self) -> i32 {
        self.0.appeal_decision_days.into()
    }

    /// After how many days an appeal that nobody decided leaves the decision as it was.
    async fn appeal_limit_days(&self) -> i32 {
        self.0.appeal_limit_days.into()
    }
}

/// What changes of the rules of disputes: a field that is left out stays as it is. All days are 1 to 365.
#[derive(InputObject)]
pub(in crate::graphql) struct DisputeRulesInput {
    /// In how many working days the other party answers before either may ask for the operator's help.
    answer_working_days: Option<i32>,
    /// How many days the parties may talk in all before the operator steps in.
    contact_days: Option<i32>,
    /// How many days an offer stands.
    offer_days: Option<i32>,
    /// How many days the operator conciliates at most.
    mediation_days: Option<i32>,
    /// How many days both parties have to answer a proposal.
    proposal_days: Option<i32>,
    /// Whether the operator decides when nobody agrees.
    arbitration: Option<Arbitration>,
    /// How many days evidence is taken.
    evidence_days: Option<i32>,
    /// How many days the operator then has to decide.
    decision_days: Option<i32>,
    /// How many days after its opening a dispute that nobody decided is decided for the buyer: no less than the stages before
    /// it take.
    hard_stop_days: Option<i32>,
    /// Who pays then.
    hard_stop_bearer: Option<CostSharesInput>,
    /// In how many days the losing party may appeal.
    appeal_days: Option<i32>,
    /// How many days another person has to decide the appeal.
    appeal_decision_days: Option<i32>,
    /// After how many days an appeal that nobody decided leaves the decision as it was.
    appeal_limit_days: Option<i32>,
}

/// Rules that were given, checked as far as each by itself can be.
pub(in crate::graphql) struct GivenRules {
    input: DisputeRulesInput,
    answer: Option<BusinessDuration>,
    bearer: Option<Bearing>,
}

impl DisputeRulesInput {
    pub(in crate::graphql) fn checked(self) -> Result<GivenRules, Error> {
        let answer = self.answer_working_days.map(|days| {
            let days = u16::try_from(days).ok().filter(|days| *days <= 365).and_then(NonZeroU16::new);
            days.map(BusinessDuration::WorkingDays).ok_or_else(|| {
                let message = "This must be 1 to 365 days.".to_owned();
                refused(&["charter", "disputes", "answerWorkingDays"], Refusal::Invalid { message })
            })
        });
        let bearer = self.hard_stop_bearer.as_ref().map(|shares| shares.read(&["charter", "disputes", "hardStopBearer"]));
        Ok(GivenRules { answer: answer.transpose()?, bearer: bearer.transpose()?, input: self })
    }
}

impl GivenRules {
    /// The policy with what was given in the place of what was there.
    pub(in crate::graphql) fn over(&self, policy: &DisputePolicy) -> DisputePolicy {
        // Numbers beyond the column are beyond what a charter may say, which its own check tells.
        let days = |given: Option<i32>, otherwise: u16| given.map_or(otherwise, |days| u16::try_from(days.max(0)).unwrap_or(u16::MAX));
        let input = &self.input;
        DisputePolicy {
            answer: self.answer.unwrap_or(policy.answer),
            contact_days: days(input.contact_days, policy.contact_days),
            offer_days: days(input.offer_days, policy.offer_days),
            mediation_days: days(input.mediation_days, policy.mediation_days),
            proposal_days: days(input.proposal_days, policy.proposal_days),
            arbitration: input.arbitration.map_or(policy.arbitration, Into::into),
            evidence_days: days(input.evidence_days, policy.evidence_days),
            decision_days: days(input.decision_days, policy.decision_days),
            hard_stop_days: days(input.hard_stop_days, policy.hard_stop_days),
            hard_stop_bearer: self.bearer.unwrap_or(policy.hard_stop_bearer),
            appeal_days: days(input.appeal_days, policy.appeal_days),
            appeal_decision_days: days(input.appeal_decision_days, policy.appeal_decision_days),
            appeal_limit_days: days(input.appeal_limit_days, policy.appeal_limit_days),
        }
    }
}

/// A mediator between the marketplace and its sellers.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SellerMediator {
    /// Its name.
    name: String,
    /// Where it is found: a web address.
    url: String,
    /// Where to write to; null when the web address is enough.
    address: Option<String>,
}

/// How sellers complain (Regulation (EU) 2019/1150, articles 11 and 12).
#[derive(SimpleObject)]
#[graphql(name = "SellerComplaints")]
pub(in crate::graphql) struct SellerComplaintsObject {
    /// How a seller complains to the marketplace, in words or as an address.
    route: String,
    /// The mediators that the marketplace is ready to engage with.
    mediators: Vec<SellerMediator>,
}

impl From<SellerComplaints> for SellerComplaintsObject {
    fn from(complaints: SellerComplaints) -> Self {
        let mediator = |one: Mediator| SellerMediator { name: one.name, url: one.url, address: one.address };
        Self { route: complaints.route, mediators: complaints.mediators.into_iter().map(mediator).collect() }
    }
}

/// A mediator between the marketplace and its sellers.
#[derive(InputObject)]
pub(in crate::graphql) struct SellerMediatorInput {
    /// Its name, 1 to 200 characters.
    name: String,
    /// Where it is found: an address that begins with `https://`.
    url: String,
    /// Where to write to, 1 to 500 characters; null when the web address is enough.
    address: Option<String>,
}

/// How sellers complain. Sellers are told of it when a dispute ends.
#[derive(InputObject)]
pub(in crate::graphql) struct SellerComplaintsInput {
    /// How a seller complains to the marketplace, in words or as an address, 1 to 1,000 characters.
    route: String,
    /// The mediators that the marketplace is ready to engage with, 2 to 10.
    mediators: Vec<SellerMediatorInput>,
}

/// The complaints that were given.
pub(in crate::graphql) fn complaints_of(input: &SellerComplaintsInput) -> Result<SellerComplaints, Error> {
    let mediator = |(position, input): (usize, &SellerMediatorInput)| {
        let position = position.to_string();
        let at = |field, refusal| refused(&["charter", "sellerComplaints", "mediators", &position, field], refusal);
        let too_long = |text: &str, limit| text.trim().is_empty() || text.chars().count() > limit;
        if too_long(&input.name, 200) {
            return Err(at("name", Refusal::Length { what: "The name", limit: 200 }));
        }
        if !url::Url::parse(&input.url).is_ok_and(|url| url.scheme() == "https") || too_long(&input.url, 500) {
            return Err(at("url", Refusal::Invalid { message: "This must be a web address that begins with https://.".to_owned() }));
        }
        if input.address.as_deref().is_some_and(|address| too_long(address, 500)) {
            return Err(at("address", Refusal::Length { what: "The address", limit: 500 }));
        }
        Ok(Mediator { name: input.name.clone(), url: input.url.clone(), address: input.address.clone() })
    };
    let mediators = input.mediators.iter().take(20).enumerate().map(mediator).collect::<Result<_, _>>()?;
    Ok(SellerComplaints { route: input.route.clone(), mediators })
}
