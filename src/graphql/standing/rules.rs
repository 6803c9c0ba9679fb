//! What is asked of sellers: read by all who are concerned, set by the operator.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::super::errors::{Result, UserError, split, store};
use super::super::scorecards::{SellerCapability, SellerMeasure};
use super::super::session::session;
use crate::domain::money::BasisPoints;
use crate::domain::parties::View;
use crate::domain::refusal::Refusal;
use crate::domain::scorecards::{self, MeasureRules};
use crate::domain::standing::{self, BadgeKey, StandingRules, VisibilityWeight};
use crate::store::RulesRow;
use crate::workflow::refused;
use crate::workflow::standing::set_rules;

/// Who warns a seller whose measures are beyond their alert. What goes further than a warning is always a person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "standing::Warnings")]
enum SellerWarnings {
    /// A person, to whom it is proposed.
    Proposed,
    /// The rule itself, at once.
    Automatic,
}

/// What is asked of a seller in one measure.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "SellerMeasureRuleInput")]
struct SellerMeasureRule {
    /// Which measure.
    measure: SellerMeasure,
    /// Beyond this a warning is proposed, in the measure's unit. Exactly at it is still within.
    alert: f64,
    /// Beyond this the seller does not do what was agreed; not before the alert.
    limit: f64,
    /// Over how many days, 1 to 366.
    window_days: u16,
    /// With less volume nobody is judged; at least 5.
    minimum_volume: u64,
}

/// What a badge asks for in one measure.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "SellerBadgeConditionInput")]
struct SellerBadgeCondition {
    /// Which measure; it must have a rule.
    measure: SellerMeasure,
    /// This or better, in the measure's unit.
    bound: f64,
}

/// How a badge is called in a language.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "SellerBadgeLabelInput")]
struct SellerBadgeLabel {
    /// The language, a BCP 47 tag.
    locale: String,
    /// The name.
    label: String,
}

/// A badge and what it takes: all conditions, with enough volume.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "SellerBadgeRuleInput")]
struct SellerBadgeRule {
    /// Its short name: 1 to 40 lower-case letters, digits and underscores, beginning with a letter.
    key: String,
    /// How people call it, in at least one language.
    labels: Vec<SellerBadgeLabel>,
    /// What it takes; at least one condition.
    conditions: Vec<SellerBadgeCondition>,
}

/// How much a measure counts for visibility.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "SellerVisibilityWeightInput")]
struct SellerVisibilityWeight {
    /// Which measure.
    measure: SellerMeasure,
    /// How much, beside the others.
    weight: u16,
}

/// How visibility is reckoned: a rating counts from 1 to 5, a share by what is not bad, replies by how much faster they are than
/// the slowest that count.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "SellerVisibilityRulesInput")]
struct SellerVisibilityRules {
    /// The measures that count, each once.
    weights: Vec<SellerVisibilityWeight>,
    /// Replies that take so many hours count as nothing; at least 1.
    slowest_reply_hours: u16,
    /// What a seller has of whom too little is known, in per cent.
    unknown_percent: u16,
    /// Which share of it is left to a seller that is restricted, in per cent.
    restricted_percent: u16,
}

/// What is asked of sellers, and what follows.
pub(in super::super) struct StandingRulesObject(RulesRow);

#[Object(name = "StandingRules")]
/// What a marketplace asks of its sellers, and what follows. Read by the operator, the marketplace's software and sellers.
impl StandingRulesObject {
    /// Alert and limit of each measure.
    async fn measures(&self) -> Vec<SellerMeasureRule> {
        let rule = |one: &scorecards::MeasureRule| SellerMeasureRule {
            measure: one.measure.into(),
            alert: one.alert,
            limit: one.limit,
            window_days: one.window_days,
            minimum_volume: one.minimum,
        };
        self.0.rules.measures.0.iter().map(rule).collect()
    }

    /// What sellers must show that they can do.
    async fn checklist(&self) -> Vec<SellerCapability> {
        self.0.rules.checklist.required.iter().map(|capability| (*capability).into()).collect()
    }

    /// For how many days what shows it is good; null for ever.
    async fn evidence_days(&self) -> Option<u16> {
        self.0.rules.checklist.evidence_days
    }

    /// For so many hours in a week sellers are to be there.
    async fn weekly_hours(&self) -> u16 {
        self.0.rules.coverage.hours_per_week
    }

    /// On so many days of it from noon to two.
    async fn lunch_days(&self) -> u8 {
        self.0.rules.coverage.lunch_days
    }

    /// The badges.
    async fn badges(&self) -> Vec<SellerBadgeRule> {
        let rule = |one: &standing::BadgeRule| SellerBadgeRule {
            key: one.key.to_string(),
            labels: one.labels.iter().map(|(locale, label)| SellerBadgeLabel { locale: locale.clone(), label: label.clone() }).collect(),
            conditions: one.conditions.iter().map(|one| SellerBadgeCondition { measure: one.measure.into(), bound: one.bound }).collect(),
        };
        self.0.rules.badges.iter().map(rule).collect()
    }

    /// How visibility is reckoned.
    async fn visibility(&self) -> SellerVisibilityRules {
        let rules = &self.0.rules.visibility;
        let weight = |one: &VisibilityWeight| SellerVisibilityWeight { measure: one.measure.into(), weight: one.weight };
        SellerVisibilityRules {
            weights: rules.weights.iter().map(weight).collect(),
            slowest_reply_hours: rules.slowest_reply_hours,
            unknown_percent: rules.unknown.get() / 100,
            restricted_percent: rules.restricted.get() / 100,
        }
    }

    /// Who warns.
    async fn warnings(&self) -> SellerWarnings {
        self.0.rules.warnings.into()
    }

    /// How many days a warning by the rule leaves to put things right.
    async fn fix_days(&self) -> u16 {
        self.0.rules.fix_days
    }

    /// The clause of the terms that a warning by the rule names; null when there is none.
    async fn clause(&self) -> Option<&str> {
        self.0.rules.clause.as_deref()
    }

    /// The number of this version; 0 for the usual ones, with which every marketplace begins.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When they were announced; null for the usual ones.
    async fn announced_at(&self) -> Option<DateTime<Utc>> {
        self.0.announced_at
    }

    /// From when on sellers are judged by them; null for the usual ones.
    async fn effective_at(&self) -> Option<DateTime<Utc>> {
        self.0.effective_at
    }

    /// What is announced to come after, the last of it; null when nothing is.
    async fn announced(&self, ctx: &Context<'_>) -> Option<Result<StandingRulesObject>> {
        let load = async {
            let session = session(ctx)?;
            let found = session.cx().store.announced_standing_rules(session.scope().marketplace).await.map_err(|error| store(&error))?;
            Ok(found.filter(|coming| coming.revision > self.0.revision).map(Self))
        };
        load.await.transpose()
    }
}

/// The queries of this file.
#[derive(Default)]
pub(in super::super) struct StandingQueries;

#[Object]
impl StandingQueries {
    /// What is asked of sellers now, and what follows; `announced` says what will be. Null for buyers and mediators.
    async fn standing_rules(&self, ctx: &Context<'_>) -> Option<Result<StandingRulesObject>> {
        let load = async {
            let session = session(ctx)?;
            match session.scope().view {
                View::Whole | View::Storefront | View::Seller(_) => session.loaders().standing_rules().await.map(Some),
                View::Buyer(_) | View::Mediator { .. } => Ok(None),
            }
        };
        load.await.map(|found| found.map(StandingRulesObject)).transpose()
    }
}

/// What changes of what is asked of sellers: a field that is left out stays as it is; lists replace lists.
#[derive(InputObject)]
pub(in super::super) struct StandingRulesSetInput {
    /// Alert and limit of each measure, one of each at most; a measure without a rule is not read.
    measures: Option<Vec<SellerMeasureRule>>,
    /// What sellers must show that they can do.
    checklist: Option<Vec<SellerCapability>>,
    /// For how many days what shows it is good; 0 for ever.
    evidence_days: Option<u16>,
    /// For so many hours in a week sellers are to be there.
    weekly_hours: Option<u16>,
    /// On so many days of it from noon to two.
    lunch_days: Option<u8>,
    /// The badges, at most 20. A badge that is left out is lost by who holds it.
    badges: Option<Vec<SellerBadgeRule>>,
    /// How visibility is reckoned.
    visibility: Option<SellerVisibilityRules>,
    /// Who warns. The rule itself needs a `clause`, and `sellerComplaints` in the charter.
    warnings: Option<SellerWarnings>,
    /// How many days a warning by the rule leaves to put things right, 1 to 366.
    fix_days: Option<u16>,
    /// The clause of the terms that a warning by the rule names, 1 to 1,000 characters.
    clause: Option<String>,
    /// From when on; null for as soon as may be.
    effective_at: Option<DateTime<Utc>>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in super::super) struct StandingRulesSetPayload {
    /// The rules with the change, announced or in force: `effectiveAt` says which. Null when nothing was set.
    rules: Option<StandingRulesObject>,
    /// What is wrong with the input; when there is anything, nothing was set.
    user_errors: Vec<UserError>,
}

fn percent(points: u16, field: &str) -> std::result::Result<BasisPoints, crate::workflow::Error> {
    let found = points.checked_mul(100).and_then(|points| BasisPoints::new(points).ok());
    found.ok_or_else(|| refused(&["visibility", field], Refusal::Invalid { message: "This must be between 0 and 100.".into() }))
}

fn badge(index: usize, input: SellerBadgeRule) -> std::result::Result<standing::BadgeRule, crate::workflow::Error> {
    let key = BadgeKey::try_from(input.key)
        .map_err(|why| refused(&["badges", &index.to_string(), "key"], Refusal::Invalid { message: format!("{why}.") }))?;
    let (given, labels) = (input.labels.len(), input.labels.into_iter().map(|one| (one.locale, one.label)).collect::<BTreeMap<_, _>>());
    if labels.len() < given {
        let message = "A language has one label only.".into();
        return Err(refused(&["badges", &index.to_string(), "labels"], Refusal::Invalid { message }));
    }
    let condition = |one: SellerBadgeCondition| standing::BadgeCondition { measure: one.measure.into(), bound: one.bound };
    Ok(standing::BadgeRule { key, labels, conditions: input.conditions.into_iter().map(condition).collect() })
}

/// What is given of the rules, read once.
struct Given {
    input: StandingRulesSetInput,
    badges: Option<Vec<standing::BadgeRule>>,
    visibility: Option<standing::VisibilityRules>,
}

impl Given {
    fn read(mut input: StandingRulesSetInput) -> std::result::Result<Self, crate::workflow::Error> {
        let badges = input.badges.take().map(|badges| badges.into_iter().enumerate().map(|(index, one)| badge(index, one)).collect());
        let visibility = input.visibility.take().map(|given| {
            let weight = |one: SellerVisibilityWeight| VisibilityWeight { measure: one.measure.into(), weight: one.weight };
            Ok::<_, crate::workflow::Error>(standing::VisibilityRules {
                weights: given.weights.into_iter().map(weight).collect(),
                slowest_reply_hours: given.slowest_reply_hours,
                unknown: percent(given.unknown_percent, "unknownPercent")?,
                restricted: percent(given.restricted_percent, "restrictedPercent")?,
            })
        });
        Ok(Self { badges: badges.transpose()?, visibility: visibility.transpose()?, input })
    }

    fn onto(self, before: StandingRules) -> StandingRules {
        let Self { input, badges, visibility } = self;
        let mut rules = before;
        if let Some(measures) = input.measures {
            let rule = |one: SellerMeasureRule| scorecards::MeasureRule {
                measure: one.measure.into(),
                alert: one.alert,
                limit: one.limit,
                window_days: one.window_days,
                minimum: one.minimum_volume,
            };
            rules.measures = MeasureRules(measures.into_iter().map(rule).collect());
        }
        if let Some(checklist) = input.checklist {
            rules.checklist.required = checklist.into_iter().map(Into::into).collect();
        }
        if let Some(days) = input.evidence_days {
            rules.checklist.evidence_days = Some(days).filter(|days| *days > 0);
        }
        rules.coverage.hours_per_week = input.weekly_hours.unwrap_or(rules.coverage.hours_per_week);
        rules.coverage.lunch_days = input.lunch_days.unwrap_or(rules.coverage.lunch_days);
        rules.badges = badges.unwrap_or(rules.badges);
        rules.visibility = visibility.unwrap_or(rules.visibility);
        rules.warnings = input.warnings.map_or(rules.warnings, Into::into);
        rules.fix_days = input.fix_days.unwrap_or(rules.fix_days);
        rules.clause = input.clause.or(rules.clause);
        rules
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(in super::super) struct StandingMutations;

#[Object]
impl StandingMutations {
    /// Says what is asked of sellers, and what follows. For people of the operator. A change of `measures`, `checklist`, `evidenceDays`,
    /// `weeklyHours`, `lunchDays`, `visibility` or `fixDays` binds sellers: it holds after the charter's notice, 15 days at least
    /// (Regulation (EU) 2019/1150, article 3(2)), unless there is no seller yet. Other changes hold at once, but not before what was
    /// announced before them. Tell sellers of it as your terms say.
    async fn standing_rules_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: StandingRulesSetInput,
    ) -> Option<Result<StandingRulesSetPayload>> {
        let run = async {
            let session = session(ctx)?;
            let set = async {
                let given = Given::read(input)?;
                let effective_at = given.input.effective_at;
                set_rules(session.cx(), session.actor(), effective_at, |before| given.onto(before)).await
            };
            let (row, user_errors) = split(Box::pin(set).await)?;
            Ok(StandingRulesSetPayload { rules: row.map(StandingRulesObject), user_errors })
        };
        Some(run.await)
    }
}
