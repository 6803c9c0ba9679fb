//! What a marketplace asks of its sellers, all of it in one place: the operator sets it, sellers read it.

use serde::{Deserialize, Serialize};

use super::super::charter::Effect;
use super::super::defects::DefectRules;
use super::super::scorecards::{Checklist, CoverageRules, LimitFault, Measure, MeasureRules};
use super::{BadgeCondition, BadgeFault, BadgeKey, BadgeRule, VisibilityFault, VisibilityRules};

/// Who warns a seller whose measures are beyond their alert. What goes further than a warning is always a person's decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Warnings {
    /// A person, to whom it is proposed.
    #[default]
    Proposed,
    /// The rule itself, at once.
    Automatic,
}

/// What a marketplace asks of its sellers, and what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StandingRules {
    /// Alert and limit of each measure.
    pub measures: MeasureRules,
    /// What sellers must be able to do.
    pub checklist: Checklist,
    /// When sellers must be there.
    pub coverage: CoverageRules,
    /// The badges.
    pub badges: Vec<BadgeRule>,
    /// How visibility is reckoned.
    pub visibility: VisibilityRules,
    /// Who warns.
    pub warnings: Warnings,
    /// How many days a warning leaves to put things right.
    pub fix_days: u16,
    /// The clause of the terms that a warning by the rule names.
    pub clause: Option<String>,
    /// When a product counts as defective.
    pub defects: DefectRules,
}

/// The fewest days that a warning leaves.
const LEAST_FIX: u16 = 1;
/// The most days that anything takes.
const MOST_DAYS: u16 = 366;
/// The most badges.
const MOST_BADGES: usize = 20;

/// What is wrong with the rules, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulesFault {
    /// The rule of a measure, by its place in the list.
    #[error("{1}")]
    Measure(usize, LimitFault),
    /// A badge, by its place in the list.
    #[error("{1}")]
    Badge(usize, BadgeFault),
    /// Two badges of the same name.
    #[error("A badge has one rule only.")]
    BadgeTwice(usize),
    /// Too many badges.
    #[error("There are at most 20 badges.")]
    TooManyBadges,
    /// How visibility is reckoned.
    #[error("{0}")]
    Visibility(VisibilityFault),
    /// The time of a warning.
    #[error("A warning leaves between 1 and 366 days.")]
    FixDays,
    /// The rule warns, and can name no clause.
    #[error("A warning by the rule needs the clause that it names.")]
    NoClause,
    /// When a product counts as defective.
    #[error("At least 5 must be sold, at least 2 come back, within 1 to 366 days.")]
    Defects,
}

impl Default for StandingRules {
    /// Like those that large operators publish; a person warns.
    fn default() -> Self {
        Self {
            measures: MeasureRules::default(),
            checklist: Checklist::default(),
            coverage: CoverageRules::default(),
            badges: usual_badge().into_iter().collect(),
            visibility: VisibilityRules::default(),
            warnings: Warnings::default(),
            fix_days: 14,
            clause: None,
            defects: DefectRules::default(),
        }
    }
}

/// Few incidents, parcels in time, answers within a working day.
fn usual_badge() -> Option<BadgeRule> {
    let condition = |measure, bound| BadgeCondition { measure, bound };
    Some(BadgeRule {
        key: BadgeKey::try_from("reliable".to_owned()).ok()?,
        labels: [("en".to_owned(), "Reliable seller".to_owned()), ("fr".to_owned(), "Vendeur fiable".to_owned())].into(),
        conditions: vec![condition(Measure::Incidents, 2.0), condition(Measure::LateShipments, 5.0), condition(Measure::ReplyTime, 12.0)],
    })
}

impl StandingRules {
    /// What is wrong with them.
    pub fn faults(&self) -> Vec<RulesFault> {
        let judged: Vec<_> = self.measures.0.iter().map(|rule| rule.measure).collect();
        let measures = self.measures.faults().into_iter().map(|(index, fault)| RulesFault::Measure(index, fault));
        let badges = self.badges.iter().enumerate().flat_map(|(index, badge)| {
            let twice = self.badges[..index].iter().any(|earlier| earlier.key == badge.key);
            let faults = badge.faults(&judged).into_iter().map(move |fault| RulesFault::Badge(index, fault));
            faults.chain(twice.then_some(RulesFault::BadgeTwice(index)))
        });
        let visibility = self.visibility.faults().into_iter().map(RulesFault::Visibility);
        let defects = &self.defects;
        let checks = [
            (RulesFault::TooManyBadges, self.badges.len() <= MOST_BADGES),
            (RulesFault::FixDays, (LEAST_FIX..=MOST_DAYS).contains(&self.fix_days)),
            (RulesFault::NoClause, self.warnings == Warnings::Proposed || self.clause.is_some()),
            (
                RulesFault::Defects,
                defects.minimum_sold >= 5 && defects.minimum_returned >= 2 && (1..=MOST_DAYS).contains(&defects.window_days),
            ),
        ];
        let rest = checks.into_iter().filter(|(_, fine)| !fine).map(|(fault, _)| fault);
        measures.chain(badges).chain(visibility).chain(rest).collect()
    }

    /// What going from these rules to others does: what sellers are judged by binds them. What they are given for it, who warns, and when
    /// a product is looked at takes nothing from them that they could count on.
    pub fn effect_of(&self, next: &Self) -> Effect {
        let bare = |rules: &Self| Self {
            badges: Vec::new(),
            warnings: Warnings::default(),
            clause: None,
            defects: DefectRules::default(),
            ..rules.clone()
        };
        if bare(self) == bare(next) { Effect::Technical } else { Effect::Binding }
    }

    /// Over how many days anything is read at most.
    pub fn longest_window(&self) -> u16 {
        self.measures.0.iter().map(|rule| rule.window_days).max().unwrap_or(1)
    }
}
