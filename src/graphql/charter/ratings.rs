//! What the charter says about ratings.

use std::collections::BTreeMap;

use async_graphql::{Enum, InputObject, MaybeUndefined, Object};

use super::input::{LabelInput, count, invalid};
use crate::domain::charter::RatingRules;
use crate::domain::ratings::{Criteria, Criterion, MalformedCriterion, Weight};
use crate::workflow::Error;

/// Who asks the buyer after a case. The other keeps silent, so that nobody is asked twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::SurveyedBy")]
pub(super) enum SurveyedBy {
    /// Trilogue, with an invitation.
    Trilogue,
    /// The helpdesk, with its own survey.
    Helpdesk,
}

/// Whether buyers are asked by themselves, and by which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::Asking")]
pub(super) enum RatingAsking {
    /// Nobody is: invitations are handed out by `ratingInvite`.
    Off,
    /// By e-mail.
    Email,
    /// In the ticket of a case about it, where it can still be written in; else by e-mail.
    Helpdesk,
}

/// The rules of ratings, with the marketplace's language.
pub(super) struct RatingRulesObject(pub(super) RatingRules, pub(super) String);

/// A criterion, with the marketplace's language.
pub(in crate::graphql) struct RatingCriterionObject(Criterion, String);

impl RatingCriterionObject {
    pub(in crate::graphql) fn new(criterion: &Criterion, locale: &str) -> Self {
        Self(criterion.clone(), locale.to_owned())
    }
}

#[Object(name = "RatingCriterion")]
/// One question that buyers answer with a grade from 1 to 5, of which 5 is best.
impl RatingCriterionObject {
    /// The short name: `value_for_money`.
    async fn key(&self) -> &str {
        self.0.key.as_str()
    }

    /// How much it counts beside the others in the overall grade; 0 asks without counting.
    async fn weight(&self) -> i32 {
        self.0.weight.0.into()
    }

    /// How people call it.
    async fn label(&self, #[graphql(desc = "In which language; null for the marketplace's.")] locale: Option<String>) -> &str {
        self.0.label(locale.as_deref().unwrap_or(&self.1))
    }
}

impl RatingRulesObject {
    fn criteria(&self, of: &[Criterion]) -> Vec<RatingCriterionObject> {
        of.iter().map(|one| RatingCriterionObject(one.clone(), self.1.clone())).collect()
    }
}

#[Object(name = "RatingRules")]
/// What buyers are asked to rate, when, how soon sellers reply, and how scores are computed.
impl RatingRulesObject {
    /// Which version of the criteria this is, from 1: every change of them is the next.
    async fn criteria_version(&self) -> i32 {
        i32::try_from(self.0.criteria.version.0).unwrap_or(i32::MAX)
    }

    /// What is asked of a product.
    async fn product_criteria(&self) -> Vec<RatingCriterionObject> {
        self.criteria(&self.0.criteria.product)
    }

    /// What is asked of a seller.
    async fn seller_criteria(&self) -> Vec<RatingCriterionObject> {
        self.criteria(&self.0.criteria.seller)
    }

    /// What is asked of the support.
    async fn support_criteria(&self) -> Vec<RatingCriterionObject> {
        self.criteria(&self.0.criteria.support)
    }

    /// Whether buyers are asked by themselves, and by which way.
    async fn asking(&self) -> RatingAsking {
        self.0.invitations.asking.into()
    }

    /// How many days after the delivery buyers are asked, so that the goods can be tried.
    async fn days_after_delivery(&self) -> i32 {
        self.0.invitations.days_after_delivery.into()
    }

    /// How many hours after the close of a case buyers are asked.
    async fn hours_after_closing(&self) -> i32 {
        self.0.invitations.hours_after_closing.into()
    }

    /// How many days after the invitation the one reminder follows; null for none.
    async fn reminder_days(&self) -> Option<i32> {
        self.0.invitations.reminder_days.map(Into::into)
    }

    /// For how many days an invitation can be used.
    async fn expiry_days(&self) -> i32 {
        self.0.invitations.expiry_days.into()
    }

    /// Who asks after a case.
    async fn surveyed_by(&self) -> SurveyedBy {
        self.0.invitations.surveyed_by.into()
    }

    /// Within how many hours after its publication sellers reply to a review, by the clock on the wall.
    async fn reply_hours(&self) -> i32 {
        self.0.replies.hours.into()
    }

    /// Within how many days a review that a person must look at is published or refused.
    async fn publication_days(&self) -> i32 {
        self.0.publication.within_days.into()
    }

    /// For how many days after its publication a review is shown in `reviewFeed`; null for ever.
    async fn keep_days(&self) -> Option<i32> {
        self.0.publication.keep_days.map(Into::into)
    }

    /// The grade that is believed before anybody has rated.
    async fn prior_mean(&self) -> f64 {
        self.0.scores.prior.mean
    }

    /// For how many ratings that grade stands.
    async fn prior_weight(&self) -> f64 {
        self.0.scores.prior.weight
    }

    /// After how many days a rating counts half; null when all count alike.
    async fn half_life_days(&self) -> Option<i32> {
        self.0.scores.half_life_days.map(Into::into)
    }

    /// Below so many ratings no score is shown.
    async fn minimum_ratings(&self) -> i32 {
        i32::try_from(self.0.scores.minimum).unwrap_or(i32::MAX)
    }
}

/// One question that buyers answer with a grade from 1 to 5, of which 5 is best.
#[derive(InputObject)]
pub(super) struct RatingCriterionInput {
    /// The short name: 1 to 40 lower-case letters, digits and underscores, beginning with a letter. One that was used keeps its
    /// meaning for ever.
    key: String,
    /// How much it counts beside the others in the overall grade, 0 to 65,535; 0 asks without counting.
    #[graphql(default = 1)]
    weight: i32,
    /// How people call it, in at least one language.
    labels: Vec<LabelInput>,
}

/// What changes of the rules of ratings: a field that is left out stays as it is; lists replace lists.
#[derive(InputObject)]
pub(super) struct RatingRulesInput {
    /// What is asked of a product, 1 to 10 criteria, of which at least one counts.
    product_criteria: Option<Vec<RatingCriterionInput>>,
    /// What is asked of a seller, 1 to 10 criteria, of which at least one counts.
    seller_criteria: Option<Vec<RatingCriterionInput>>,
    /// What is asked of the support, 1 to 10 criteria, of which at least one counts.
    support_criteria: Option<Vec<RatingCriterionInput>>,
    /// Whether buyers are asked by themselves, and by which way. It holds at once.
    asking: Option<RatingAsking>,
    /// How many days after the delivery buyers are asked, at most 90. It holds at once, for what is delivered then.
    days_after_delivery: Option<i32>,
    /// How many hours after the close of a case buyers are asked, at most 2,160. It holds at once, for what is closed then.
    hours_after_closing: Option<i32>,
    /// How many days after the invitation the one reminder follows, before it expires; null for none. It holds at once.
    reminder_days: MaybeUndefined<i32>,
    /// For how many days an invitation can be used, 1 to 365. It holds at once.
    expiry_days: Option<i32>,
    /// Who asks after a case. It holds at once.
    surveyed_by: Option<SurveyedBy>,
    /// Within how many hours after its publication sellers reply to a review, 1 to 720.
    reply_hours: Option<i32>,
    /// Within how many days a review that a person must look at is published or refused, 1 to 90. It holds at once.
    publication_days: Option<i32>,
    /// For how many days after its publication a review is shown, 30 to 3,650; null for ever. It holds at once.
    keep_days: MaybeUndefined<i32>,
    /// The grade that is believed before anybody has rated, 1 to 5.
    prior_mean: Option<f64>,
    /// For how many ratings that grade stands, 0 to 1,000.
    prior_weight: Option<f64>,
    /// After how many days a rating counts half, 1 to 65,535; null when all count alike.
    half_life_days: MaybeUndefined<i32>,
    /// Below so many ratings no score is shown, at least 1.
    minimum_ratings: Option<i32>,
}

/// Rules whose criteria were found to be such.
pub(super) struct GivenRatings {
    input: RatingRulesInput,
    product: Option<Vec<Criterion>>,
    seller: Option<Vec<Criterion>>,
    support: Option<Vec<Criterion>>,
}

fn criteria(field: &str, given: Option<&Vec<RatingCriterionInput>>) -> Result<Option<Vec<Criterion>>, Error> {
    let criterion = |(position, input): (usize, &RatingCriterionInput)| {
        let position = position.to_string();
        let path = |last| ["charter", "ratings", field, &position, last];
        let key = input.key.parse().map_err(|error: MalformedCriterion| invalid(&path("key"), format!("This is not right: {error}.")))?;
        let weight = u16::try_from(input.weight).map_err(|_| invalid(&path("weight"), "A weight is between 0 and 65535."))?;
        let labels: BTreeMap<_, _> = input.labels.iter().map(|label| (label.locale.clone(), label.label.clone())).collect();
        if labels.len() < input.labels.len() {
            return Err(invalid(&path("labels"), "A language has one label only."));
        }
        Ok(Criterion { key, weight: Weight(weight), labels })
    };
    given.map(|given| given.iter().enumerate().map(criterion).collect()).transpose()
}

impl RatingRulesInput {
    pub(super) fn checked(self) -> Result<GivenRatings, Error> {
        Ok(GivenRatings {
            product: criteria("productCriteria", self.product_criteria.as_ref())?,
            seller: criteria("sellerCriteria", self.seller_criteria.as_ref())?,
            support: criteria("supportCriteria", self.support_criteria.as_ref())?,
            input: self,
        })
    }
}

/// A number that may be taken away.
fn optional(given: MaybeUndefined<i32>, there: Option<u16>) -> Option<u16> {
    match given {
        MaybeUndefined::Undefined => there,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(number) => Some(count(Some(number), 0)),
    }
}

impl GivenRatings {
    /// The rules with what was given in the place of what was there.
    pub(super) fn over(&self, there: &RatingRules) -> RatingRules {
        let input = &self.input;
        let or = |given: &Option<Vec<Criterion>>, there: &Vec<Criterion>| given.clone().unwrap_or_else(|| there.clone());
        let mut rules = there.asking(Criteria {
            version: there.criteria.version,
            product: or(&self.product, &there.criteria.product),
            seller: or(&self.seller, &there.criteria.seller),
            support: or(&self.support, &there.criteria.support),
        });
        let invitations = &mut rules.invitations;
        invitations.asking = input.asking.map_or(invitations.asking, Into::into);
        invitations.days_after_delivery = count(input.days_after_delivery, invitations.days_after_delivery);
        invitations.hours_after_closing = count(input.hours_after_closing, invitations.hours_after_closing);
        invitations.reminder_days = optional(input.reminder_days, invitations.reminder_days);
        invitations.expiry_days = count(input.expiry_days, invitations.expiry_days);
        invitations.surveyed_by = input.surveyed_by.map_or(invitations.surveyed_by, Into::into);
        rules.replies.hours = count(input.reply_hours, rules.replies.hours);
        rules.publication.within_days = count(input.publication_days, rules.publication.within_days);
        rules.publication.keep_days = optional(input.keep_days, rules.publication.keep_days);
        rules.scores.prior.mean = input.prior_mean.unwrap_or(rules.scores.prior.mean);
        rules.scores.prior.weight = input.prior_weight.unwrap_or(rules.scores.prior.weight);
        rules.scores.half_life_days = optional(input.half_life_days, rules.scores.half_life_days);
        // A number below nothing is refused like nothing.
        rules.scores.minimum = input.minimum_ratings.map_or(rules.scores.minimum, |given| u32::try_from(given).unwrap_or(0));
        rules
    }
}
