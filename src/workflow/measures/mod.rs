//! The figures that the operator steers by: counted as things happen, asked for at any time.

mod asking;
mod census;
mod counting;
pub mod export;
mod improving;
mod reporting;
mod settings;

pub use asking::{Asked, Point, contact_rates, figures, series, service_costs};
pub use census::{Difference, check};
pub use counting::{Counting, begin, count, recompute};
pub(super) use improving::ask_for;
pub use improving::{AboutInput, ProposalInput, drop_for, finish, measure, propose, take_on};
pub use reporting::{Reporting, put_off, report, report_letter};
pub use settings::{CostInput, SettingsInput, of as settings_of, report_visit, set as set_settings};
