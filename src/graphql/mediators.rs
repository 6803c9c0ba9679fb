//! Mediators: people from outside who are let into one case for a while, to read.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::enums::History;
use super::errors::{Result, UserError, split, store};
use super::session::{Session, session};
use super::threads::ThreadObject;
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, MediatorId, ThreadId};
use crate::domain::mediators::{Mediator, Standing};
use crate::domain::parties::Who;
use crate::policy::{self, Permission};
use crate::store::{PageRequest, PageSide};
use crate::workflow::mediators::{self, MediatorRequest};

/// Whether a mediator still reads along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::mediators::Standing")]
pub(super) enum MediatorState {
    /// They do.
    Admitted,
    /// Their time is over.
    Expired,
    /// They were sent away before that.
    Revoked,
}

/// A mediator.
pub(super) struct MediatorObject(Mediator);

#[Object(name = "Mediator")]
/// Somebody from outside, such as a consumer mediator or an expert, who was let into one case to read for a while. For
/// operators. Not a node.
impl MediatorObject {
    /// The id.
    async fn id(&self) -> MediatorId {
        self.0.id
    }

    /// Their name, which everybody in the case is told.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Their e-mail address; null when nobody gave one.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Why they were let in.
    async fn statement(&self) -> &str {
        &self.0.statement
    }

    /// The threads that they were shown.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn threads(&self, ctx: &Context<'_>) -> Result<Vec<ThreadObject>> {
        let loaders = session(ctx)?.loaders();
        let found = futures_util::future::try_join_all(self.0.threads.iter().map(|id| loaders.thread(*id))).await?;
        Ok(found.into_iter().flatten().map(ThreadObject).collect())
    }

    /// Whether they read along now.
    fn state(&self, ctx: &Context<'_>) -> Result<MediatorState> {
        let standing: Standing = self.0.standing(session(ctx)?.cx().now());
        Ok(standing.into())
    }

    /// The name of the token with which they were let in.
    async fn admitted_by(&self) -> Option<&str> {
        match &self.0.admitted_by {
            Who::Operator { name, .. } | Who::Agent { name, .. } => Some(name),
            _ => None,
        }
    }

    /// When they were let in.
    async fn admitted_at(&self) -> DateTime<Utc> {
        self.0.admitted_at
    }

    /// From when on they see nothing any more.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When they were sent away before that; null when they were not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }
}

/// Those who were let into a case, as far as the viewer may know.
pub(super) async fn of_case(session: &Session, case: CaseId) -> Result<Vec<MediatorObject>> {
    if !policy::has(&session.actor().who, Permission::AdmitMediators) {
        return Ok(Vec::new());
    }
    Ok(session.loaders().mediators_of(case).await?.into_iter().map(MediatorObject).collect())
}

/// When anything happened last that a mediator may know of.
pub(super) async fn updated_at(session: &Session, case: &Case) -> Result<DateTime<Utc>> {
    let last = PageRequest { size: 1, side: PageSide::Last, from: None };
    let page = session.cx().store.timeline(session.scope(), case.id, &last).await.map_err(|error| store(&error))?;
    Ok(page.items.last().map_or(case.opened_at, |event| event.at))
}

/// Somebody to let in.
#[derive(InputObject)]
pub(super) struct MediatorAdmitInput {
    /// Into which case.
    case_id: CaseId,
    /// Their name, 1 to 200 characters. Everybody in the case is told.
    name: String,
    /// Their e-mail address; null when unknown. Trilogue sends nothing there.
    email: Option<String>,
    /// Why they are let in, 1 to 2,000 characters. For operators.
    statement: String,
    /// The threads that they are shown, 1 to 20; null for all in which the buyer takes part now. Private talk of operator
    /// and seller is never shown.
    thread_ids: Option<Vec<ThreadId>>,
    /// Whether they see what was said before.
    #[graphql(default_with = "History::Shown")]
    history: History,
    /// Until when: in the future, and at most 90 days from now.
    expires_at: DateTime<Utc>,
}

/// What came of it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct MediatorAdmitPayload {
    /// The mediator; null when nobody was let in.
    mediator: Option<MediatorObject>,
    #[graphql(skip)]
    secret: Option<SecretString>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

#[ComplexObject]
impl MediatorAdmitPayload {
    /// Their access token, for the header `Authorization: Bearer …`. Shown this once.
    async fn token(&self) -> Option<&str> {
        self.secret.as_ref().map(ExposeSecret::expose_secret)
    }
}

/// Somebody to send away.
#[derive(InputObject)]
pub(super) struct MediatorRevokeInput {
    /// Who.
    mediator_id: MediatorId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct MediatorRevokePayload {
    /// The mediator as they stand now; null when nothing was done.
    mediator: Option<MediatorObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct MediatorMutations;

#[Object]
impl MediatorMutations {
    /// Lets somebody from outside read one case for a while: the threads that they are shown, as far as the words in them
    /// are meant for everybody, and what happens in the case. They read buyer and seller as these read each other,
    /// without contact details, and can change nothing. At most five at a time. For operators.
    async fn mediator_admit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, into what, and until when.")] input: MediatorAdmitInput,
    ) -> Option<Result<MediatorAdmitPayload>> {
        let run = async {
            let session = session(ctx)?;
            let request = MediatorRequest {
                case: input.case_id,
                name: input.name,
                email: input.email,
                statement: input.statement,
                threads: input.thread_ids,
                history: input.history.into(),
                until: input.expires_at,
            };
            let (done, user_errors) = split(mediators::admit(session.cx(), session.actor(), request).await)?;
            let (mediator, secret) = done.unzip();
            Ok(MediatorAdmitPayload { mediator: mediator.map(MediatorObject), secret, user_errors })
        };
        Some(run.await)
    }

    /// Sends a mediator away at once: the token is worth nothing from now on, and what it has opened closes. Safe to repeat.
    /// For operators.
    async fn mediator_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: MediatorRevokeInput,
    ) -> Option<Result<MediatorRevokePayload>> {
        let run = async {
            let session = session(ctx)?;
            let (mediator, user_errors) = split(mediators::revoke(session.cx(), session.actor(), input.mediator_id).await)?;
            Ok(MediatorRevokePayload { mediator: mediator.map(MediatorObject), user_errors })
        };
        Some(run.await)
    }
}
