//! The vocabulary and the rules, pure: no async, no IO, no SQL, no clock. Read it in this order.

pub mod alerts;
pub mod attachments;
pub mod calendar;
pub mod cases;
pub mod charter;
pub mod effects;
pub mod ids;
pub mod language;
pub mod mails;
pub mod masking;
pub mod money;
pub mod orders;
pub mod parties;
pub mod pool;
pub mod presence;
pub mod reasons;
pub mod refusal;
pub mod search;
pub mod sentiment;
pub mod sight;
pub mod templates;
pub mod threads;
pub mod tickets;
pub mod timeline;
pub mod triage;
