//! Scorecards: how well a seller serves its buyers, measure by measure, against its limits and against the marketplace.
//!
//! Each measure has an alert and a limit, a window of its own, and a minimum volume below which nobody is judged.

mod capabilities;
mod card;
mod facts;
mod limits;
mod measures;

#[cfg(test)]
mod tests;

pub use capabilities::{Capability, Checklist, Coverage, CoverageRules, CoverageStatus, Evidence, Readiness, coverage};
pub use card::{CardLine, Medians, Scorecard};
pub use facts::{Fact, NeverCounted, OrderRecord, SellerFacts, Subject, Went, of_case, of_order};
pub use limits::{LimitFault, MeasureRule, MeasureRules, MeasureStatus};
pub use measures::{Direction, Measure, Reading, SellerRecord, SellerTally};
