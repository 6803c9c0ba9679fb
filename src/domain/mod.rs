//! The vocabulary and the rules, pure: no async, no IO, no SQL, no clock. Read it in this order.

pub mod ids;
pub mod money;
pub mod parties;
pub mod tickets;
// pub mod charter;
// pub mod orders;
// pub mod cases;
// pub mod threads;
// pub mod timeline;
// pub mod effects;
// pub mod refusal;
