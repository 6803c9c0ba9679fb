//! Where a seller stands on the ladder, and which step its card proposes.

use chrono::{DateTime, Utc};

use super::super::ids::SellerId;
use super::super::scorecards::{CardLine, Measure, MeasureStatus, Scorecard};
use super::{Sanction, SanctionStep, SellerStanding};

/// How a seller stands at a moment: by the gravest of the sanctions that hold then.
pub fn standing_at(history: &[Sanction], seller: SellerId, at: DateTime<Utc>) -> SellerStanding {
    let holding = history.iter().filter(|sanction| sanction.seller == seller && sanction.holds_at(at));
    holding.map(|sanction| sanction.step.into()).max().unwrap_or_default()
}

/// A step that measures propose. Only a warning follows from it by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Which step.
    pub step: SanctionStep,
    /// The lines that propose it: the facts of the statement.
    pub lines: Vec<CardLine>,
}

impl Proposal {
    /// The measures that propose it.
    pub fn measures(&self) -> Vec<Measure> {
        self.lines.iter().map(|line| line.reading.measure).collect()
    }
}

/// What a card proposes: a warning for each measure beyond its alert of which the seller was not warned; the next step for
/// those beyond their limit after the time to put them right.
pub fn propose(card: &Scorecard, history: &[Sanction], at: DateTime<Utc>) -> Option<Proposal> {
    let own = || history.iter().filter(|one| one.seller == card.seller && one.lifted.is_none());
    if own().any(|one| one.step == SanctionStep::Terminated) {
        return None;
    }
    let warning_of = |measure: Measure| own().filter(move |one| one.step == SanctionStep::Warning && one.measures.contains(&measure));
    let had_time = |line: &&CardLine| warning_of(line.reading.measure).any(|one| one.fix_until.is_some_and(|until| until <= at));
    // What a restriction was for is read anew from the day after it: it can only show what was done since.
    let restricted = own().filter(|one| one.step == SanctionStep::RestrictedVisibility).map(|one| one.effective_at.date_naive()).max();
    let since = |line: &&CardLine| restricted.is_none_or(|on| line.reading.from > on);
    let failed: Vec<_> = card.at_least(MeasureStatus::Limit).filter(had_time).filter(since).copied().collect();
    let next = match own().map(|one| one.step).max() {
        Some(SanctionStep::Warning) => Some(SanctionStep::RestrictedVisibility),
        Some(SanctionStep::RestrictedVisibility) => Some(SanctionStep::Suspended),
        // To end an account is nothing that measures propose.
        _ => None,
    };
    if let Some(step) = next.filter(|_| !failed.is_empty()) {
        return Some(Proposal { step, lines: failed });
    }
    let unwarned = |line: &&CardLine| warning_of(line.reading.measure).next().is_none();
    let lines: Vec<_> = card.at_least(MeasureStatus::Alert).filter(unwarned).copied().collect();
    (!lines.is_empty()).then_some(Proposal { step: SanctionStep::Warning, lines })
}
