//! Files that go with messages.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};

use super::errors::Result;
use super::session::session;
use super::threads::MessageObject;
use crate::domain::attachments::Attachment;
use crate::domain::ids::AttachmentId;
use crate::workflow::attachments;

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::attachments::AttachmentState")]
pub(super) enum AttachmentState {
    /// Its bytes are on their way from the helpdesk; ask again soon.
    Pending,
    /// It can be had.
    Ready,
    /// Its bytes could not be got from the helpdesk.
    Failed,
    /// It must not be had: the helpdesk found malware in it, or it is of a kind that is not taken.
    Blocked,
    /// It was removed.
    Redacted,
}

/// A file.
pub(super) struct AttachmentObject(pub(super) Attachment);

#[Object(name = "Attachment")]
/// A file that goes with a message. Who sees the message sees the file.
impl AttachmentObject {
    /// The global id.
    pub(super) async fn id(&self) -> AttachmentId {
        self.0.id
    }

    /// The message that it goes with.
    async fn message(&self, ctx: &Context<'_>) -> Option<Result<MessageObject>> {
        let id = self.0.message?;
        let load = async { session(ctx)?.loaders().message(id).await };
        load.await.map(|found| found.map(MessageObject)).transpose()
    }

    /// Its name, without path and control characters, at most 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its media type: by its content once it is READY, before that as the helpdesk says.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// Its size in bytes; null while unknown.
    async fn size(&self) -> Option<u64> {
        self.0.size
    }

    /// The SHA-256 of its bytes, in hexadecimal digits; null while they are not here.
    async fn sha256(&self) -> Option<String> {
        self.0.sha256.map(hex::encode)
    }

    /// Where it stands.
    async fn state(&self) -> AttachmentState {
        self.0.state.into()
    }

    /// The address at which a browser gets it without a token for the next 15 minutes, as long as the viewer still sees
    /// the message; null when it cannot be had. Saved under its name; with `&disposition=inline` pictures and PDF are shown.
    async fn url(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) => attachments::link(session.cx(), session.scope(), &self.0).map(|link| Ok(link.url)),
        }
    }

    /// Until when `url` opens, if both are asked for at once; null when the file cannot be had.
    async fn url_expires_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) => attachments::link(session.cx(), session.scope(), &self.0).map(|link| Ok(link.expires_at)),
        }
    }
}
