//! The measures: what there is to count, what was counted, and what is asked of it.

mod counts;
mod improvements;
mod opinions;
mod reading;
mod state;
mod work;

pub use counts::{Counted, CountsBefore, PartRow};
pub use improvements::{ImprovementFilter, ImprovementRow};
pub use reading::CellCount;
pub use state::{CaseState, DisputeState, OrderState, VisitState};
pub use work::{CountWork, SettingsRow, Subject};
