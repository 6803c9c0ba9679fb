//! All the evidence of a dispute as one file, as far as the viewer may see it.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use super::super::links::{ClosedLink, Link, Purpose, Seal};
use super::super::{Cx, Error, Result};
use crate::domain::attachments::{Attachment, AttachmentState};
use crate::domain::charter::Marketplace;
use crate::domain::disputes::{Dispute, Evidence};
use crate::domain::ids::DisputeId;
use crate::domain::parties::{Party, Scope, View};

/// What was handed in, and by whom, with what the dispute is about.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// When it was put together.
    pub generated_at: DateTime<Utc>,
    /// Whose eyes.
    pub view: View,
    /// The tenant.
    pub marketplace: Marketplace,
    /// The order's reference; none where the viewer does not know the order.
    pub order: Option<String>,
    /// The dispute, with the words as this viewer may read them.
    pub dispute: Dispute,
    /// The evidence in the order in which it was handed in, each with its file.
    pub pieces: Vec<(Evidence, Option<Attachment>)>,
}

/// What became of the bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// Here they are, and they are what was handed in.
    Whole(Vec<u8>),
    /// They are not what was handed in.
    Changed,
    /// They are gone.
    Gone,
}

/// The address at which a viewer can have the bundle `file` of a dispute for a while; none when the viewer does not know the
/// dispute.
pub async fn link(cx: &Cx, scope: Scope, dispute: DisputeId, file: &str) -> Result<Option<Link>> {
    let known = may_export(scope) && !cx.store.disputes_by_id(scope, &[dispute]).await?.is_empty();
    let path = format!("/disputes/{dispute}/{file}");
    Ok(known.then(|| cx.links.make(Purpose::EvidenceBundle, &subject(&dispute.to_string(), file), &path, scope, cx.now())))
}

/// Whose eyes a link to a bundle opens with.
pub fn open_link(cx: &Cx, dispute: &str, file: &str, seal: Seal<'_>) -> std::result::Result<Scope, ClosedLink> {
    cx.links.open(Purpose::EvidenceBundle, &subject(dispute, file), seal, cx.now())
}

fn subject(dispute: &str, file: &str) -> String {
    format!("{dispute}/{file}")
}

/// Mediators read a case for a while and take no file of it along.
const fn may_export(scope: Scope) -> bool {
    !matches!(scope.view, View::Mediator { .. })
}

/// Puts a bundle together, but for the bytes.
pub async fn gather(cx: &Cx, scope: Scope, id: DisputeId) -> Result<Bundle> {
    if !may_export(scope) {
        return Err(Error::NotFound);
    }
    let dispute = cx.store.disputes_by_id(scope, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let marketplace = cx.marketplace(scope.marketplace).await?;
    let ids: Vec<_> = dispute.evidence.iter().map(|piece| piece.id).collect();
    let mut files = cx.store.evidence_files(scope, &ids).await?;
    let order = cx.store.orders_by_id(scope, &[dispute.order]).await?.pop().map(|order| order.reference);
    let words = |text: &str, author: Party| match scope.reads_as(author) {
        None => text.to_owned(),
        Some(reader) => marketplace.words_for(text, author, reader),
    };
    let shown = |piece: Evidence| (Evidence { text: words(&piece.text, piece.by), ..piece.clone() }, files.remove(&piece.id));
    let pieces = dispute.evidence.iter().cloned().map(shown).collect();
    let answer = dispute.answer.as_ref().map(|text| words(text, dispute.respondent()));
    let dispute = Dispute { text: words(&dispute.text, dispute.opener), answer, evidence: Vec::new(), ..dispute };
    Ok(Bundle { generated_at: cx.now(), view: scope.view, marketplace, order, dispute, pieces })
}

/// The bytes of a file, looked at again: whether they are what was handed in.
pub async fn bytes(cx: &Cx, piece: &Evidence, file: &Attachment) -> Result<Bytes> {
    let Some(key) = file.object_key.as_deref().filter(|_| file.state == AttachmentState::Ready) else { return Ok(Bytes::Gone) };
    let mut pieces = cx.depot.files.read(key).await?;
    let mut bytes = Vec::new();
    while let Some(next) = pieces.try_next().await? {
        bytes.extend_from_slice(&next);
    }
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    Ok(if digest == piece.sha256 { Bytes::Whole(bytes) } else { Bytes::Changed })
}
