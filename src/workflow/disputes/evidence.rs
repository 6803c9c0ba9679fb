//! What is handed in in a dispute: words, or a file of the house.

use sha2::{Digest, Sha256};

use super::super::attachments::uploader;
use super::super::links::{ClosedLink, Link, Purpose, Seal};
use super::super::{Cx, Error, Result, refused};
use crate::domain::attachments::{Attachment, AttachmentState};
use crate::domain::disputes::{Dispute, NewEvidence};
use crate::domain::ids::{AttachmentId, EvidenceId};
use crate::domain::parties::{Actor, Audience, Scope};
use crate::domain::refusal::Refusal;
use crate::store::Tx;
use crate::workflow::attachments::Download;

/// Something to hand in.
#[derive(Debug, Clone)]
pub struct Piece {
    /// What it shows, in words.
    pub text: String,
    /// The file: one that the actor uploaded and did not use yet, or one of a message of the case that the actor sees.
    pub attachment: Option<AttachmentId>,
    /// Who may see it.
    pub audience: Audience,
}

/// Takes a piece in: its file stays from now on, whatever becomes of uploads that nobody uses.
pub(super) async fn taken_in(tx: &Tx, actor: &Actor, dispute: &Dispute, piece: Piece, path: &[&str]) -> Result<NewEvidence> {
    let Piece { text, attachment, audience } = piece;
    let sha256 = match attachment {
        None => Sha256::digest(text.trim()).into(),
        Some(id) => {
            let not_found = || refused(path, Refusal::NotFound { what: "Attachment" });
            let file = file(tx, actor, dispute, id).await?.ok_or_else(not_found)?;
            file.sha256.ok_or_else(not_found)?
        }
    };
    Ok(NewEvidence { text, sha256, attachment, audience })
}

async fn file(tx: &Tx, actor: &Actor, dispute: &Dispute, id: AttachmentId) -> Result<Option<Attachment>> {
    if let Some(token) = uploader(&actor.who)
        && tx.keep_as_evidence(id, token, dispute.id).await?
    {
        return Ok(tx.attachment(id).await?);
    }
    Ok(tx.attachment_in_case(actor.scope(), id, dispute.case).await?)
}

/// The address at which a viewer can have the file of a piece of evidence for a while; none when it cannot be had.
pub fn link(cx: &Cx, scope: Scope, evidence: EvidenceId, file: &Attachment) -> Option<Link> {
    let id = evidence.to_string();
    let path = format!("/evidence/{id}");
    (file.state == AttachmentState::Ready).then(|| cx.links.make(Purpose::Evidence, &id, &path, scope, cx.now()))
}

/// Whose eyes a link to a piece of evidence opens with.
pub fn open_link(cx: &Cx, id: &str, seal: Seal<'_>) -> std::result::Result<Scope, ClosedLink> {
    cx.links.open(Purpose::Evidence, id, seal, cx.now())
}

/// Has the file of a piece of evidence, as far as the reader may see that now.
pub async fn download(cx: &Cx, scope: Scope, id: EvidenceId) -> Result<Download> {
    let attachment = cx.store.evidence_files(scope, &[id]).await?.remove(&id).ok_or(Error::NotFound)?;
    let key = attachment.object_key.as_deref().filter(|_| attachment.state == AttachmentState::Ready).ok_or(Error::NotFound)?;
    let pieces = cx.depot.files.read(key).await?;
    Ok(Download { attachment, pieces })
}
