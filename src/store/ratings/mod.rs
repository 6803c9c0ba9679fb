//! Ratings: who is asked, what was answered, which reviews are shown, and what scores are made of.

mod feed;
mod invitations;
mod reviews;
mod scores;
mod support;

pub use feed::{ReviewFilter, ReviewsWhich};
pub use invitations::DueInvitation;
pub use reviews::ReviewRow;
pub use support::SupportRow;
