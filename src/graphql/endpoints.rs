//! Webhook endpoints, and what they are told.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::enums::{WebhookDeliveryState, WebhookEndpointState, WebhookEventType, WebhookView};
use super::errors::{Result, UserError, split, store};
use super::paging::{PageOf, Paging, connection};
use super::session::session;
use crate::domain::ids::{EventId, WebhookDeliveryId, WebhookEndpointId};
use crate::store::{EndpointRow, QueueStatus, WebhookAttempt, WebhookRow};
use crate::workflow::endpoints::{self, EndpointChange, EndpointRequest};

/// An endpoint.
#[derive(Clone)]
pub(super) struct EndpointObject(pub(super) EndpointRow);

#[Object(name = "WebhookEndpoint")]
/// An address that is told what happens, as far as the role may know that made it: signed, thin, in order, at least once.
impl EndpointObject {
    /// The global id.
    pub(super) async fn id(&self) -> WebhookEndpointId {
        self.0.id
    }

    /// Where it is.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// What people say it is for.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Whose eyes it sees the timeline with.
    async fn view(&self) -> WebhookView {
        self.0.view.into()
    }

    /// What it asked for; empty for everything.
    async fn event_types(&self) -> Vec<WebhookEventType> {
        self.0.event_types.iter().map(|one| (*one).into()).collect()
    }

    /// Whether it is told anything.
    async fn state(&self) -> WebhookEndpointState {
        self.0.state.into()
    }

    /// Why it is told nothing, in English; null while it is enabled.
    async fn state_reason(&self) -> Option<&str> {
        self.0.state_reason.as_deref()
    }

    /// The first failure since the last success; null when the last call succeeded. After five days it is switched off.
    async fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.0.failing_since
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A delivery.
#[derive(Clone)]
pub(super) struct WebhookObject(pub(super) WebhookRow);

#[Object(name = "WebhookDelivery")]
/// What an endpoint was or will be told of one event. Finished ones are kept for some weeks.
impl WebhookObject {
    /// The global id.
    pub(super) async fn id(&self) -> WebhookDeliveryId {
        self.0.id
    }

    /// The endpoint. A global id.
    async fn endpoint_id(&self) -> WebhookEndpointId {
        self.0.endpoint
    }

    /// The event, by the id that the timeline and the `webhook-id` header have; null for a test. Not a node.
    async fn event_id(&self) -> Option<EventId> {
        self.0.event
    }

    /// The `type` in the body: `case.message_posted`, or `webhook.test`.
    async fn event_type(&self) -> &str {
        &self.0.event_type
    }

    /// The body, JSON, the same in every attempt.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Where it stands.
    async fn state(&self) -> WebhookDeliveryState {
        match self.0.status {
            QueueStatus::Pending => WebhookDeliveryState::Pending,
            QueueStatus::Running => WebhookDeliveryState::Sending,
            QueueStatus::Done => WebhookDeliveryState::Delivered,
            QueueStatus::Ignored | QueueStatus::Parked | QueueStatus::Dead => WebhookDeliveryState::Failed,
        }
    }

    /// The last twenty attempts, the oldest first.
    async fn attempts(&self) -> Vec<AttemptObject> {
        self.0.log.iter().cloned().map(AttemptObject::from).collect()
    }

    /// When it is tried next; null unless it waits. What was told the endpoint before it goes first.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        (self.0.status == QueueStatus::Pending).then_some(self.0.run_at)
    }

    /// Why it failed last, in English, without personal data; null when it did not.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was delivered or given up; null while it waits.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

/// One call to an endpoint.
#[derive(SimpleObject)]
#[graphql(name = "WebhookAttempt")]
pub(super) struct AttemptObject {
    /// When it began.
    at: DateTime<Utc>,
    /// The HTTP status of the answer; null when there was none.
    status: Option<u16>,
    /// How long it took, in milliseconds.
    duration_ms: u32,
    /// What went wrong, in English, without personal data; null when nothing did.
    error: Option<String>,
}

impl From<WebhookAttempt> for AttemptObject {
    fn from(attempt: WebhookAttempt) -> Self {
        Self { at: attempt.at, status: attempt.status, duration_ms: attempt.duration_ms, error: attempt.error }
    }
}

/// An endpoint to make.
#[derive(InputObject)]
pub(super) struct WebhookEndpointCreateInput {
    /// Where it is: an `https` address of at most 2,000 characters that leads to the public internet. Redirects are not
    /// followed.
    url: String,
    /// What it is for, 1 to 200 characters; null for nothing.
    description: Option<String>,
    /// What it asks for, each once; empty for everything.
    #[graphql(default)]
    event_types: Vec<WebhookEventType>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookEndpointCreatePayload {
    /// The endpoint; null when none was made.
    endpoint: Option<EndpointObject>,
    /// The secret that its calls are signed with, `whsec_…`: shown this once. Null when no endpoint was made.
    secret: Option<String>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What to change about an endpoint. What is left out stays as it is.
#[derive(InputObject)]
pub(super) struct WebhookEndpointUpdateInput {
    /// The endpoint.
    id: WebhookEndpointId,
    /// Where it is from now on.
    url: Option<String>,
    /// What it is for; null for nothing.
    description: MaybeUndefined<String>,
    /// What it asks for from now on; empty for everything.
    event_types: Option<Vec<WebhookEventType>>,
    /// `ENABLED` or `DISABLED`. What happens while it is disabled is not sent later, and what waited is given up.
    state: Option<WebhookEndpointState>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookEndpointUpdatePayload {
    /// The endpoint as it is now; null when nothing was done.
    endpoint: Option<EndpointObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// An endpoint to delete.
#[derive(InputObject)]
pub(super) struct WebhookEndpointDeleteInput {
    /// The endpoint.
    id: WebhookEndpointId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookEndpointDeletePayload {
    /// The id of what is gone; null when nothing was done.
    deleted_id: Option<WebhookEndpointId>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// An endpoint that gets a new secret.
#[derive(InputObject)]
pub(super) struct WebhookEndpointRotateSecretInput {
    /// The endpoint.
    id: WebhookEndpointId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookEndpointRotateSecretPayload {
    /// The endpoint; null when nothing was done.
    endpoint: Option<EndpointObject>,
    /// The new secret: shown this once. Null when nothing was done.
    secret: Option<String>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// An endpoint to try out.
#[derive(InputObject)]
pub(super) struct WebhookEndpointSendTestInput {
    /// The endpoint.
    id: WebhookEndpointId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookEndpointSendTestPayload {
    /// The test, on its way; look at it again for the answer. Null when nothing was done.
    delivery: Option<WebhookObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A delivery to send again.
#[derive(InputObject)]
pub(super) struct WebhookDeliveryReplayInput {
    /// The delivery: one that was delivered or has failed.
    id: WebhookDeliveryId,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookDeliveryReplayPayload {
    /// The delivery, on its way again; null when nothing was done.
    delivery: Option<WebhookObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What to send again.
#[derive(InputObject)]
pub(super) struct WebhookEndpointReplayInput {
    /// The endpoint.
    id: WebhookEndpointId,
    /// Everything that has failed since then.
    since: DateTime<Utc>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct WebhookEndpointReplayPayload {
    /// How many deliveries are on their way again; null when nothing was done.
    replayed_count: Option<u64>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

fn types(given: Vec<WebhookEventType>) -> Vec<crate::domain::alerts::EventType> {
    given.into_iter().map(Into::into).collect()
}

fn shown(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct EndpointQueries;

#[Object]
impl EndpointQueries {
    /// The webhook endpoints that the viewer manages, the oldest first: the operator all, the vendor its own, a seller
    /// none.
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> Result<Vec<EndpointObject>> {
        let session = session(ctx)?;
        let rows = session.cx().store.endpoints(session.scope()).await.map_err(|error| store(&error))?;
        Ok(rows.into_iter().map(EndpointObject).collect())
    }

    /// What an endpoint was and will be told, the newest first. Empty when there is no such endpoint, or not for this
    /// viewer.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] endpoint_id: WebhookEndpointId,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, or the `id` of a delivery.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after, or the `id` of a delivery.")] before: Option<String>,
    ) -> Result<PageOf<WebhookObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let page = session.cx().store.webhooks(session.scope(), endpoint_id, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |row| row.id, WebhookObject))
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct EndpointMutations;

#[Object]
impl EndpointMutations {
    /// Makes an endpoint. It is told what happens from now on, as far as the viewer's role may know. For operators and
    /// vendors; at most 20 each.
    async fn webhook_endpoint_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: WebhookEndpointCreateInput,
    ) -> Option<Result<WebhookEndpointCreatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let request = EndpointRequest { url: input.url, description: input.description, event_types: types(input.event_types) };
            let (made, user_errors) = split(endpoints::create(session.cx(), session.actor(), request).await)?;
            let (endpoint, secret) = made.map(|(row, secret)| (EndpointObject(row), shown(&secret))).unzip();
            Ok(WebhookEndpointCreatePayload { endpoint, secret, user_errors })
        };
        Some(run.await)
    }

    /// Changes an endpoint, or switches it off and on.
    async fn webhook_endpoint_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: WebhookEndpointUpdateInput,
    ) -> Option<Result<WebhookEndpointUpdatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let description = match input.description {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(text) => Some(Some(text)),
            };
            let event_types = input.event_types.map(types);
            let change = EndpointChange { id: input.id, url: input.url, description, event_types, state: input.state.map(Into::into) };
            let (row, user_errors) = split(endpoints::update(session.cx(), session.actor(), change).await)?;
            Ok(WebhookEndpointUpdatePayload { endpoint: row.map(EndpointObject), user_errors })
        };
        Some(run.await)
    }

    /// Deletes an endpoint with everything that it was or would be told.
    async fn webhook_endpoint_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: WebhookEndpointDeleteInput,
    ) -> Option<Result<WebhookEndpointDeletePayload>> {
        let run = async {
            let session = session(ctx)?;
            let (deleted_id, user_errors) = split(endpoints::delete(session.cx(), session.actor(), input.id).await)?;
            Ok(WebhookEndpointDeletePayload { deleted_id, user_errors })
        };
        Some(run.await)
    }

    /// Makes a new signing secret. For 24 hours calls carry a signature of the old one too.
    async fn webhook_endpoint_rotate_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: WebhookEndpointRotateSecretInput,
    ) -> Option<Result<WebhookEndpointRotateSecretPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (made, user_errors) = split(endpoints::rotate_secret(session.cx(), session.actor(), input.id).await)?;
            let (endpoint, secret) = made.map(|(row, secret)| (EndpointObject(row), shown(&secret))).unzip();
            Ok(WebhookEndpointRotateSecretPayload { endpoint, secret, user_errors })
        };
        Some(run.await)
    }

    /// Sends a call of the type `webhook.test`, once and at once, also to an endpoint that is off.
    async fn webhook_endpoint_send_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: WebhookEndpointSendTestInput,
    ) -> Option<Result<WebhookEndpointSendTestPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (row, user_errors) = split(endpoints::send_test(session.cx(), session.actor(), input.id).await)?;
            Ok(WebhookEndpointSendTestPayload { delivery: row.map(WebhookObject), user_errors })
        };
        Some(run.await)
    }

    /// Sends everything again that has failed since a time, in the order of the timeline.
    async fn webhook_endpoint_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint, and since when.")] input: WebhookEndpointReplayInput,
    ) -> Option<Result<WebhookEndpointReplayPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (replayed_count, user_errors) =
                split(endpoints::replay_failed(session.cx(), session.actor(), input.id, input.since).await)?;
            Ok(WebhookEndpointReplayPayload { replayed_count, user_errors })
        };
        Some(run.await)
    }

    /// Sends one delivery again, whether it was delivered or has failed.
    async fn webhook_delivery_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The delivery.")] input: WebhookDeliveryReplayInput,
    ) -> Option<Result<WebhookDeliveryReplayPayload>> {
        let run = async {
            let session = session(ctx)?;
            let (row, user_errors) = split(endpoints::replay_one(session.cx(), session.actor(), input.id).await)?;
            Ok(WebhookDeliveryReplayPayload { delivery: row.map(WebhookObject), user_errors })
        };
        Some(run.await)
    }
}
