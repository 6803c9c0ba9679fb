//! The way out to addresses that people typed in: vendors' webhooks. Knows no database and no rule of the house; what it
//! is given it carries, and says what came of it.

mod guard;
mod webhook;

pub use guard::Targets;
pub use webhook::{Answer, Courier, Key, Outcome, Parcel};
