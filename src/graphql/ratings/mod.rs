//! Ratings: invitations, reviews with all that becomes of them, support ratings, scores.

mod deciding;
mod feed;
mod invitations;
mod reviews;
mod scores;
mod submitting;
mod words;

use async_graphql::{Enum, MergedObject};

use deciding::ModerationMutations;
use feed::ReviewQueries;
use invitations::{InvitationMutations, InvitationQueries};
pub(super) use reviews::ReviewObject;
use scores::ScoreQueries;
pub(super) use scores::{ScoreObject, SupportRatingObject, score_of_seller, support_rating_of};
use submitting::SubmittingMutations;
pub(super) use words::{ReviewReplies, replies_of};

/// The queries of this folder, as one: each in the root makes the stack of every query deeper.
#[derive(MergedObject, Default)]
pub(super) struct RatingQueries(InvitationQueries, ReviewQueries, ScoreQueries);

/// The mutations of this folder.
#[derive(MergedObject, Default)]
pub(super) struct RatingMutations(InvitationMutations, SubmittingMutations, ModerationMutations);

/// What is rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::Subject")]
pub(super) enum RatingSubject {
    /// The product.
    Product,
    /// The seller.
    Seller,
    /// The support that a case was given.
    Support,
}

/// Who asked the buyer about the support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::SupportSource")]
pub(super) enum SupportSource {
    /// An invitation of ours.
    Invitation,
    /// The helpdesk's satisfaction survey.
    Helpdesk,
}

/// Whether somebody got something for answering, which readers are told (French consumer code, article D111-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::Reward")]
pub(super) enum RatingReward {
    /// Nothing.
    None,
    /// Something.
    Given,
}

/// Whether a review may be quoted elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::Consent")]
pub(super) enum QuoteConsent {
    /// It may not.
    Withheld,
    /// It may.
    Given,
}

/// Whether the buyer says that the matter is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::Solved")]
pub(super) enum SolvedAnswer {
    /// It is.
    Yes,
    /// It is not.
    No,
}
