//! What was handed in in disputes.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::super::attachments::AttachmentState;
use super::super::enums::Party;
use super::super::errors::Result;
use super::super::masking;
use super::super::session::session;
use super::side;
use crate::domain::attachments::Attachment;
use crate::domain::disputes::Evidence;
use crate::domain::ids::EvidenceId;
use crate::domain::parties::View;
use crate::workflow::disputes;

/// A piece of evidence.
pub(in crate::graphql) struct EvidenceObject(pub(super) Evidence);

#[Object(name = "DisputeEvidence")]
/// Something that was handed in in a dispute. It never changes. Only those whom it is meant for see it. Not a node.
impl EvidenceObject {
    /// Its id.
    async fn id(&self) -> EvidenceId {
        self.0.id
    }

    /// Who handed it in.
    async fn by(&self) -> Party {
        self.0.by.into()
    }

    /// What it shows, in words, without contact details where the marketplace masks them.
    async fn text(&self, ctx: &Context<'_>) -> Result<String> {
        masking::words(ctx, self.0.by, &self.0.text).await
    }

    /// The SHA-256 of the file or, without one, of the text as it was handed in, in hexadecimal digits.
    async fn sha256(&self) -> String {
        hex::encode(self.0.sha256)
    }

    /// The file; null when it is words alone.
    async fn file(&self, ctx: &Context<'_>) -> Option<Result<EvidenceFile>> {
        self.0.attachment?;
        let load = async { session(ctx)?.loaders().evidence_file(self.0.id).await };
        load.await.map(|found| found.map(|file| EvidenceFile(self.0.id, file))).transpose()
    }

    /// Which sides may see it; null for viewers other than the operator and who handed it in.
    async fn audience(&self, ctx: &Context<'_>) -> Option<Result<Vec<Party>>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) => {
                let view = session.scope().view;
                let may = view == View::Whole || side(view) == Some(self.0.by);
                may.then(|| Ok(self.0.audience.parties().map(Into::into).collect()))
            }
        }
    }

    /// When it was handed in.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// The file of a piece of evidence.
pub(in crate::graphql) struct EvidenceFile(EvidenceId, Attachment);

#[Object(name = "DisputeEvidenceFile")]
/// The file of a piece of evidence. Who sees the evidence has the file, whatever message it came with.
impl EvidenceFile {
    /// Its name.
    async fn name(&self) -> &str {
        &self.1.name
    }

    /// Its media type, by its content.
    async fn content_type(&self) -> &str {
        &self.1.content_type
    }

    /// Its size in bytes; null when unknown.
    async fn size(&self) -> Option<u64> {
        self.1.size
    }

    /// Where it stands.
    async fn state(&self) -> AttachmentState {
        self.1.state.into()
    }

    /// The address at which a browser gets it without a token for the next 15 minutes, as long as the viewer may still see the
    /// evidence; null when it cannot be had. Saved under its name; with `&disposition=inline` pictures and PDF are shown.
    async fn url(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        match session(ctx) {
            Err(error) => Some(Err(error)),
            Ok(session) => disputes::link(session.cx(), session.scope(), self.0, &self.1).map(|link| Ok(link.url)),
        }
    }
}
