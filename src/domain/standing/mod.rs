//! How a seller stands with the marketplace: badges, how visible its offers are, and sanctions.
//!
//! Measures propose, people decide: a rule over measures can warn a seller and give or take a badge; what goes beyond a warning
//! takes a person, and the types ask for one.

mod badges;
mod complaints;
mod ladder;
mod letters;
mod nights;
mod proposals;
mod refusal;
mod rules;
mod sanctions;
mod visibility;

#[cfg(test)]
mod tests;

pub use badges::{
    BadgeAward, BadgeChange, BadgeCondition, BadgeFault, BadgeKey, BadgeReview, BadgeRule, ConditionRead, MalformedBadge, Met,
};
pub use complaints::{ComplaintCounts, count_complaints};
pub use ladder::{Proposal, propose, standing_at};
pub use letters::{NoNews, SanctionNews, Sender, words};
pub use nights::{last_day, next_night};
pub use proposals::{Dismissal, ProposalState, ProposalTurn, SanctionProposal, facts, turn};
pub use refusal::StandingRefusal;
pub use rules::{RulesFault, StandingRules, Warnings};
pub use sanctions::{Grave, Lifting, LiftingReason, NoticeException, Sanction, SanctionOrder, SanctionStep, SellerStanding};
pub use visibility::{VisibilityFactor, VisibilityFault, VisibilityInput, VisibilityRules, VisibilityWeight};
