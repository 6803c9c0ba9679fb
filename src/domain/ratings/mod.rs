//! Ratings: what buyers answer about a product, a seller and the support, from one invitation; and reviews, which are
//! ratings of a product or a seller that are published.
//!
//! Raw answers are kept and never changed; scores are computed from them ([`super::scores`]).

use serde::{Deserialize, Serialize};

mod answers;
mod criteria;
mod feed;
mod invitations;
mod letters;
mod moderation;
mod refusal;
mod replies;
mod reports;
mod reviews;
mod support;

#[cfg(test)]
mod tests;

pub use answers::{Answers, Recommendation, Solved, SupportAnswers};
pub use criteria::{Criteria, CriteriaFault, CriteriaVersion, Criterion, CriterionKey, Grade, MalformedCriterion, Weight};
pub use feed::{FeedOrder, Quotable, order_feed};
pub use invitations::{Asking, Invitation, InvitationAbout, InvitationRules, InvitationState, InvitationStep, InvitationWay};
pub use letters::{Call, ReviewNews, ReviewSender, invitation_words, review_words};
pub use moderation::{ModerationReason, Moderator, Removal};
pub use refusal::RatingRefusal;
pub use replies::{PublicationRules, Reply, ReplyDuty, ReplyRules, ReplyStanding, ReplyVersion, replied_late};
pub use reports::{Report, ReportDecision, ReportOutcome, ReportReason, Reporter};
pub use reviews::{About, Attention, Check, Consent, Draft, Review, ReviewState, ReviewVersion, Reward, Verification};
pub use support::{SupportRating, SupportSource, SurveyedBy, answered, one_per_case};

/// What is rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Subject {
    /// The product.
    Product,
    /// The seller.
    Seller,
    /// The support that a case was given.
    Support,
}

impl Subject {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Product, Self::Seller, Self::Support];
}
