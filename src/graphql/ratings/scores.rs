//! Scores, with all that they were computed from.

use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Object, OneofObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::super::errors::{Result, bad_input, failure};
use super::super::loaders::{Found, Reader};
use super::super::session::session;
use super::words::{GivenGrade, given};
use super::{SolvedAnswer, SupportSource};
use crate::domain::ids::{CaseId, DisputeId, RatingId, SellerId};
use crate::domain::parties::View;
use crate::domain::scores::{Exclusion, GradeTally, Score, ScoreAbout, Shown};
use crate::store::{StoreError, SupportRow};
use crate::workflow::ratings;

/// A score.
pub(in crate::graphql) struct ScoreObject {
    score: Score,
    excluded: Vec<(RatingId, Exclusion)>,
}

/// What the grades of one criterion come to.
#[derive(SimpleObject)]
struct CriterionScore {
    /// The criterion's short name.
    criterion: String,
    /// How many answered.
    count: i32,
    /// The mean, newer grades worth more.
    mean: Option<f64>,
    /// The same drawn towards `priorMean`.
    value: f64,
    /// How many gave each grade, from 1 to 5.
    distribution: Vec<i32>,
}

/// That a rating of a seller is left out of its score: the dispute was decided, and not the seller was at fault. The review stays.
#[derive(SimpleObject)]
struct ScoreExclusion {
    /// Which rating.
    review_id: RatingId,
    /// After which dispute.
    dispute_id: DisputeId,
    /// Why, as it was decided.
    reasons: String,
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[Object(name = "RatingScore")]
/// What ratings come to on a day, with what it was computed from: `value = (priorWeight × priorMean + sum) / (priorWeight + weight)`.
impl ScoreObject {
    /// The score, 1 to 5, drawn towards `priorMean`; null while there are fewer ratings than `minimum`, which is not a bad score.
    async fn value(&self) -> Option<f64> {
        match self.score.shown() {
            Shown::Score(value) => Some(value),
            Shown::NotEnough { .. } => None,
        }
    }

    /// How many ratings count.
    async fn count(&self) -> i32 {
        count(self.score.count)
    }

    /// Below so many no score is shown.
    async fn minimum(&self) -> i32 {
        i32::try_from(self.score.rules.minimum).unwrap_or(i32::MAX)
    }

    /// The plain mean, newer ratings worth more; null without any.
    async fn mean(&self) -> Option<f64> {
        self.score.mean()
    }

    /// What the ratings are worth together on that day: each 1 when given, and half after each half-life.
    async fn weight(&self) -> f64 {
        self.score.weight
    }

    /// The sum of their overall grades, each by what it is worth.
    async fn sum(&self) -> f64 {
        self.score.sum
    }

    /// The grade that is believed before anybody has rated.
    async fn prior_mean(&self) -> f64 {
        self.score.rules.prior.mean
    }

    /// For how many ratings that grade stands.
    async fn prior_weight(&self) -> f64 {
        self.score.rules.prior.weight
    }

    /// After how many days a rating counts half; null when all count alike.
    async fn half_life_days(&self) -> Option<i32> {
        self.score.rules.half_life_days.map(Into::into)
    }

    /// The day, by the marketplace's clocks.
    async fn on(&self) -> NaiveDate {
        self.score.on
    }

    /// The share of ratings of 4 or more, at the least, of 95 in 100 cases (Wilson); null without any.
    async fn satisfied_at_least(&self) -> Option<f64> {
        self.score.satisfied_share().map(|interval| interval.low)
    }

    /// The same, at the most.
    async fn satisfied_at_most(&self) -> Option<f64> {
        self.score.satisfied_share().map(|interval| interval.high)
    }

    /// By criterion; one that nobody answered is not there.
    async fn criteria(&self) -> Vec<CriterionScore> {
        let of = |(key, one): (&crate::domain::ratings::CriterionKey, &crate::domain::scores::CriterionScore)| CriterionScore {
            criterion: key.to_string(),
            count: count(one.count()),
            mean: one.mean(),
            value: one.bayesian(self.score.rules.prior),
            distribution: one.distribution.iter().map(|number| count(*number)).collect(),
        };
        self.score.criteria.iter().map(of).collect()
    }

    /// What is left out, and why. Told by the query `score` to operators, and to the seller whose score it is.
    async fn excluded(&self) -> Vec<ScoreExclusion> {
        let one = |(review_id, exclusion): &(RatingId, Exclusion)| ScoreExclusion {
            review_id: *review_id,
            dispute_id: exclusion.dispute,
            reasons: exclusion.reasons.clone(),
        };
        self.excluded.iter().map(one).collect()
    }
}

/// The grades of a seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct GradesOf(SellerId);

impl Loader<GradesOf> for Reader {
    type Value = GradeTally;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[GradesOf]) -> Found<GradesOf, GradeTally> {
        let sellers: Vec<_> = keys.iter().map(|key| ScoreAbout::Seller(key.0)).collect();
        let found = self.store.score_tallies(self.scope.marketplace, &sellers).await.map_err(Arc::new)?;
        let tally = |(about, tally)| match about {
            ScoreAbout::Seller(seller) => Some((GradesOf(seller), tally)),
            _ => None,
        };
        Ok(found.into_iter().filter_map(tally).collect())
    }
}

/// The score of a seller today.
pub(in crate::graphql) async fn score_of_seller(ctx: &Context<'_>, seller: SellerId) -> Result<ScoreObject> {
    let session = session(ctx)?;
    let tally = session.loaders().one(GradesOf(seller)).await?.unwrap_or_default();
    let marketplace = session.marketplace().await?;
    let today = session.cx().now().with_timezone(&marketplace.timezone).date_naive();
    Ok(ScoreObject { score: marketplace.charter.ratings.scores.score(&tally, today), excluded: Vec::new() })
}

/// Whose score: one of these.
#[derive(OneofObject)]
pub(in crate::graphql) enum ScoreOfInput {
    /// A seller's.
    SellerId(SellerId),
    /// A product's, as `Review.product` names it, whoever sells it.
    Product(String),
    /// The support's of the whole marketplace. For operators.
    Support(SupportAsWhole),
}

/// The support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub(in crate::graphql) enum SupportAsWhole {
    /// Of the whole marketplace.
    Whole,
}

/// The queries of this file.
#[derive(Default)]
pub(in crate::graphql) struct ScoreQueries;

#[Object]
impl ScoreQueries {
    /// A score as it was at a moment, told anew from every answer that had been given by then; by the rules of today. Without a
    /// moment, the score of today, from what is kept by day: the two agree.
    #[graphql(complexity = "20 + child_complexity")]
    async fn score(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] of: ScoreOfInput,
        #[graphql(desc = "When; null for now.")] at: Option<DateTime<Utc>>,
    ) -> Option<Result<ScoreObject>> {
        let tell = async {
            let session = session(ctx)?;
            let view = session.scope().view;
            let (about, own) = match of {
                ScoreOfInput::SellerId(seller) => (ScoreAbout::Seller(seller), view == View::Seller(seller)),
                ScoreOfInput::Product(product) => (ScoreAbout::Product(product), false),
                ScoreOfInput::Support(_) => (ScoreAbout::Support, false),
            };
            if about == ScoreAbout::Support && view != View::Whole {
                return Ok(None);
            }
            let now = session.cx().now();
            let Some(at) = at else {
                let scores = ratings::scores(session.cx(), session.actor().marketplace, std::slice::from_ref(&about)).await;
                let score = scores.map_err(|error| failure(&error))?.remove(&about);
                return Ok(score.map(|score| ScoreObject { score, excluded: Vec::new() }));
            };
            if at > now {
                return Err(bad_input("A score of the future is not known."));
            }
            let shown = ratings::score(session.cx(), session.actor(), &about, at).await.map_err(|error| failure(&error))?;
            let excluded = if own || view == View::Whole { shown.excluded } else { Vec::new() };
            Ok(Some(ScoreObject { score: shown.score, excluded }))
        };
        tell.await.transpose()
    }
}

/// What the buyer of a case said of the support.
pub(in crate::graphql) struct SupportRatingObject(pub(super) SupportRow, pub(super) Vec<GivenGrade>);

#[Object(name = "SupportRating")]
/// What the buyer of a case said of the support. One of each case counts: ours before the helpdesk's.
impl SupportRatingObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> RatingId {
        self.0.rating.id
    }

    /// Who asked.
    async fn source(&self) -> SupportSource {
        self.0.rating.source.into()
    }

    /// The grade of satisfaction, 1 to 5: the helpdesk's, or the one for the outcome; null when none was given.
    async fn satisfaction(&self) -> Option<i32> {
        self.0.rating.satisfaction.map(|grade| grade.get().into())
    }

    /// By criterion; empty of what a helpdesk asked.
    async fn grades(&self) -> &[GivenGrade] {
        &self.1
    }

    /// Whether the buyer says that it is solved; null without an answer.
    async fn solved(&self) -> Option<SolvedAnswer> {
        self.0.rating.answers.solved.map(Into::into)
    }

    /// How likely the buyer is to recommend the marketplace, 0 to 10; null without an answer.
    async fn recommendation(&self) -> Option<i32> {
        self.0.rating.answers.recommendation.map(|answer| answer.get().into())
    }

    /// In words; empty without.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When it was given.
    async fn rated_at(&self) -> DateTime<Utc> {
        self.0.rating.at
    }
}

/// The support rating of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct SupportRatingOf(CaseId);

impl Loader<SupportRatingOf> for Reader {
    type Value = SupportRow;
    type Error = Arc<StoreError>;

    async fn load(&self, keys: &[SupportRatingOf]) -> Found<SupportRatingOf, SupportRow> {
        let cases: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = self.store.support_ratings(self.scope, &cases).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(case, row)| (SupportRatingOf(case), row)).collect())
    }
}

/// What the buyer of a case said of the support; none for viewers who may not know.
pub(in crate::graphql) async fn support_rating_of(ctx: &Context<'_>, case: CaseId) -> Result<Option<SupportRatingObject>> {
    let session = session(ctx)?;
    let Some(row) = session.loaders().one(SupportRatingOf(case)).await? else { return Ok(None) };
    let marketplace = session.marketplace().await?;
    let named = |answers| given(answers, &marketplace.charter.ratings.criteria, &marketplace.locale);
    let grades = row.grades.as_ref().map(named).unwrap_or_default();
    Ok(Some(SupportRatingObject(row, grades)))
}
