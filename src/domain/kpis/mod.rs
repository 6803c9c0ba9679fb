//! Key figures of customer service: counters that merge, the figures made of them, their targets, and what is done to better
//! them.
//!
//! Nothing is averaged twice. What is kept by day and slice are counts, sums and a histogram; the figures of a month, of a
//! channel or of a seller are made from merged counts, so that a report and the live query cannot differ.

mod buyers;
mod cells;
mod cohort;
mod costs;
mod durations;
mod figures;
mod improvements;
mod parts;
mod report;
mod settings;
mod share;
mod tally;
mod targets;

#[cfg(test)]
mod tests;

pub use buyers::{BuyerMonths, Deed, Return, retention};
pub use cells::{Cell, Cut, Days, DaysFault, Grain, Month, Row, RowRange};
pub use cohort::{Cohort, Retention, Served};
pub use costs::{CostLine, CostRules, cost_report};
pub use durations::{Durations, RELATIVE_ERROR};
pub use figures::{ContactRate, Direction, Figure, Kpi, Measured, Period, ReplyFigure, TimeBasis, Unit, contact_rates};
pub use improvements::{Improvement, ImprovementAbout, ImprovementOrigin, ImprovementState};
pub use parts::{
    BuyerMark, CaseCard, CaseStory, Changes, CountRules, DisputePart, Miscount, Opinion, Part, PartKind, Turn, Word, alike, counted, lived,
    recurrences,
};
pub use report::{ReportEvery, report_words};
pub use settings::{LONGEST_WINDOW, MeasureSettings, SettingsFault};
pub use share::{Nps, Share};
pub use tally::{Aftermath, CaseEnd, CaseFacts, DisputeEnding, DisputeFacts, HelpVisit, KpiTally, Recurrence, Resolution, Slice};
pub use targets::{KpiTargets, Scope, Status, Target, TargetFault, Verdict};
