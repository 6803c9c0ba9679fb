//! What was promised and what came of it.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::super::cases::{CaseObject, known_case};
use super::super::charter_enums::{CaseOutcome, Promise, ResolutionKind};
use super::super::enums::Party;
use super::super::errors::Result;
use super::super::session::session;
use super::EventActor;
use crate::domain::ids::{CaseId, EventId};
use crate::domain::reasons::ReasonKey;
use crate::domain::templates::LanguageTag;
use crate::domain::timeline::Event;

event! {
    /// It is known why the buyer got in touch. For sellers and operators.
    CaseReasonNamedEvent(from: ReasonKey, to: ReasonKey) {
        /// The key of the reason that was thought before.
        async fn from(&self) -> &str {
            self.from.as_str()
        }

        /// The key of the reason.
        async fn to(&self) -> &str {
            self.to.as_str()
        }
    }
}

event! {
    /// It is known in which language the buyer is written to.
    CaseLanguageSetEvent(from: Option<LanguageTag>, to: LanguageTag) {
        /// What was thought before, a BCP 47 tag; null for nothing.
        async fn from(&self) -> Option<&str> {
            self.from.as_ref().map(LanguageTag::as_str)
        }

        /// What it is, a BCP 47 tag.
        async fn to(&self) -> &str {
            self.to.as_str()
        }
    }
}

macro_rules! deadline_event {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        event! {
            $(#[doc = $doc])+
            $name(promise: Promise, party: Party, due_at: DateTime<Utc>) {
                /// What was promised.
                async fn promise(&self) -> Promise {
                    self.promise
                }

                /// By whom.
                async fn party(&self) -> Party {
                    self.party
                }

                /// Until when.
                async fn due_at(&self) -> DateTime<Utc> {
                    self.due_at
                }
            }
        }
    };
}

deadline_event! {
    /// A promise will soon be broken. For the operator, and the party that gave it.
    DeadlineNearEvent
}

deadline_event! {
    /// A promise was not kept. For the operator, and the party that gave it.
    DeadlineMissedEvent
}

event! {
    /// The buyer's last words need no answer; measures skip them. For sellers and operators.
    ReplyWaivedEvent(party: Party, note: String) {
        /// Whose answer is not needed.
        async fn party(&self) -> Party {
            self.party
        }

        /// Why, in the words of who said so.
        async fn note(&self) -> &str {
            &self.note
        }
    }
}

event! {
    /// The case is settled.
    CaseResolvedEvent(outcome: CaseOutcome, resolution: Option<ResolutionKind>) {
        /// What it came to.
        async fn outcome(&self) -> CaseOutcome {
            self.outcome
        }

        /// What the buyer got; null where nobody said so.
        async fn resolution(&self) -> Option<ResolutionKind> {
            self.resolution
        }
    }
}

event! {
    /// Parts of the case go on as cases of their own.
    CaseSplitEvent(children: Vec<CaseId>) {
        /// Those cases, as far as the viewer knows them.
        async fn children(&self, ctx: &Context<'_>) -> Result<Vec<CaseObject>> {
            let loaders = session(ctx)?.loaders();
            let found = futures_util::future::try_join_all(self.children.iter().map(|id| loaders.case(*id))).await?;
            Ok(found.into_iter().flatten().map(CaseObject).collect())
        }
    }
}

macro_rules! merge_event {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        event! {
            $(#[doc = $doc])+
            $name(other: CaseId) {
                /// The other case; null when the viewer does not know it.
                async fn other(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
                    let load = async { session(ctx)?.loaders().case(self.other).await };
                    load.await.map(|found| found.map(CaseObject)).transpose()
                }
            }
        }
    };
}

merge_event! {
    /// The case goes on in another one, which has its words now.
    CaseMergedEvent
}

merge_event! {
    /// Another case goes on in this one.
    CaseAbsorbedEvent
}
