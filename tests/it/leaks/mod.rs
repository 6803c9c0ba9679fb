//! No leak: who stands outside a thread cannot tell that it exists, by whatever way they ask.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

pub(crate) mod conversations;
mod fields;
mod goods;
mod matrix;
mod post;
mod quiet;
mod sight;
