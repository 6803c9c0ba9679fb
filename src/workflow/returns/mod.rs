//! Returns: requested, decided, sent, looked at; and what each move asks of the rest of the house.
//!
//! Whoever moves a return holds the locks of its case and its order, so that all about an order is one after the other: the
//! pieces that are claimed never exceed those that were bought, and of two who decide at the same time one is first.

mod following;
mod links;
mod moves;
mod requests;
mod rights;
mod words;

pub(super) use links::{dispute_ended, dispute_opened, paid};
pub use moves::{Decision, Inspection, KeepAnswer, ReturnStep, elapse, step};
pub(super) use requests::open_for_withdrawal;
pub use requests::{ReturnAsked, request};
pub use rights::{AnsweredRight, DeclinedBy, Rights, actions, refund_due, rights};
pub(super) use rights::{legal_days, line_facts, sale};
pub(super) use words::Words;
