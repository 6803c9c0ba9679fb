//! What happened to questions of the pool.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};

use super::super::cases::{CaseObject, known_case};
use super::super::errors::Result;
use super::super::pool::{PoolAnswerObject, PoolQuestionObject};
use super::super::session::session;
use super::{EventActor, TimelineItem};
use crate::domain::ids::{EventId, PoolAnswerId, PoolQuestionId};
use crate::domain::timeline::Event;

/// What can happen to a question of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum PoolChange {
    /// It was offered to sellers.
    Offered,
    /// A seller answered, perhaps in the place of an answer before.
    Answered,
    /// A seller took its answer back.
    AnswerWithdrawn,
    /// An answer was accepted, and told to the buyer.
    Accepted,
    /// The question was taken back.
    Withdrawn,
    /// Its time ran out.
    Expired,
}

event! {
    /// Something happened to a question that was offered to several sellers. For operators.
    PoolChangedEvent(change: PoolChange, question: PoolQuestionId, answer: Option<PoolAnswerId>) {
        /// What happened.
        async fn change(&self) -> PoolChange {
            self.change
        }

        /// The question as it is now.
        async fn question(&self, ctx: &Context<'_>) -> Option<Result<PoolQuestionObject>> {
            let load = async { session(ctx)?.loaders().pool_question(self.question).await };
            load.await.map(|found| found.map(PoolQuestionObject)).transpose()
        }

        /// The answer as it is now; null where it is about the question alone.
        async fn answer(&self, ctx: &Context<'_>) -> Option<Result<PoolAnswerObject>> {
            let answer = self.answer?;
            let load = async { session(ctx)?.loaders().pool_answer(answer).await };
            load.await.map(|found| found.map(PoolAnswerObject)).transpose()
        }
    }
}

/// What happened to a question, as an item.
pub(super) fn changed(event: Event, change: PoolChange, question: PoolQuestionId, answer: Option<PoolAnswerId>) -> TimelineItem {
    TimelineItem::PoolChanged(PoolChangedEvent { event, change, question, answer })
}
