//! How a message sounds, for the operator.

use async_graphql::{Context, Enum, SimpleObject};

use super::errors::Result;
use super::session::session;
use crate::domain::parties::View;
use crate::domain::sentiment;

/// How a message sounds.
#[derive(SimpleObject)]
pub(super) struct MessageSentiment {
    /// In a word.
    label: SentimentLabel,
    /// In a number: from -1000, as bad as can be, over 0, neutral, to 1000.
    score: i32,
    /// The language it was read in, `fr` or `en`; null when it is in neither, and then the score is 0.
    language: Option<&'static str>,
}

/// How a message sounds, in a word; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::sentiment::Label")]
pub(super) enum SentimentLabel {
    /// Hostile or in distress; somebody should look soon.
    StronglyNegative,
    /// Something is wrong.
    Negative,
    /// A question, a fact, or nothing that can be read.
    Neutral,
    /// Content or thankful.
    Positive,
}

impl MessageSentiment {
    /// That of a text; none for viewers other than the operator.
    pub(super) fn of(ctx: &Context<'_>, text: &str) -> Option<Result<Self>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) if session.scope().view != View::Whole => None,
            Ok(_) => {
                let found = sentiment::assess(text, None);
                let language = found.language.map(sentiment::Language::tag);
                Some(Ok(Self { label: found.label.into(), score: found.score.thousandths(), language }))
            }
        }
    }
}
