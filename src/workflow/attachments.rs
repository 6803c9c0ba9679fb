//! Files that go with messages: uploaded, had, taken away again.

pub(super) mod remote;

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{Stream, StreamExt};
use tokio_util::bytes::Bytes;

use super::links::{Link, Purpose, Seal};
use super::{Check, Cx, Error, Result};
use crate::domain::attachments::{Attachment, AttachmentState, Findings, Inspector, Unfit, clean_name};
use crate::domain::ids::{AttachmentId, MessageId, TokenId};
use crate::domain::parties::{Actor, Scope, Who};
use crate::domain::refusal::Refusal;
use crate::files::{Files, FilesError, Pieces};
use crate::policy::{self, Permission};
use crate::store::{NewAttachment, Tx};

/// How long a file may wait for a message that takes it.
pub const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// How many files of one token may wait for a message at the same time.
pub const MOST_WAITING: u64 = 200;
/// How long the next piece of a file may take.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// How many files are removed at once.
const BATCH: u64 = 100;

/// Where files are kept, and how much of them is taken.
#[derive(Debug, Clone)]
pub struct Depot {
    /// The place.
    pub files: Files,
    /// The largest file, in bytes.
    pub limit: u64,
    /// At most so many files in one message.
    pub per_message: usize,
}

/// A file that somebody begins to send.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name, as the sender has it.
    pub name: String,
    /// What the sender says that it is.
    pub claim: Option<String>,
}

/// Why a file was not taken. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file itself.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Who sends it writes no messages.
    #[error("Your access does not allow this.")]
    NotAllowed,
    /// Too many were sent and not used.
    #[error("{MOST_WAITING} files wait for a message already; post them, or wait until they expire.")]
    TooManyWaiting,
    /// It did not come to its end.
    #[error("The file broke off before its end.")]
    BrokenOff,
    /// What lies below.
    #[error(transparent)]
    House(#[from] Error),
}

impl From<FilesError> for UploadError {
    fn from(error: FilesError) -> Self {
        Self::House(error.into())
    }
}

impl From<crate::store::StoreError> for UploadError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::House(error.into())
    }
}

/// The token of those who may send files: whoever writes messages.
pub(super) fn uploader(who: &Who) -> Option<TokenId> {
    match who {
        Who::Operator { token, .. } | Who::Seller { token, .. } if policy::has(who, Permission::UploadFiles) => Some(*token),
        _ => None,
    }
}

/// Takes a file. It waits for a message of the same sender for 24 hours.
pub async fn upload<E: Send>(
    cx: &Cx,
    actor: &Actor,
    upload: Upload,
    content: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
) -> Result<Attachment, UploadError> {
    let token = uploader(&actor.who).ok_or(UploadError::NotAllowed)?;
    if cx.store.uploads_waiting(actor.marketplace, token).await? >= MOST_WAITING {
        return Err(UploadError::TooManyWaiting);
    }
    let (id, name, key) = (AttachmentId::generate(), clean_name(&upload.name), Files::new_key());
    // The row comes before the bytes: what lies in the depot is always known of, so that it can be removed.
    let tx = cx.store.begin(actor.marketplace).await?;
    let row = NewAttachment {
        id,
        message: None,
        state: AttachmentState::Pending,
        name: name.clone(),
        content_type: "application/octet-stream".to_owned(),
        size: None,
        object_key: Some(key.clone()),
        uploader: Some(token),
        origin: None,
    };
    tx.insert_attachments(vec![row]).await?;
    tx.commit().await?;

    let pieces = content.map(|piece| piece.map_err(|_| UploadError::BrokenOff));
    match receive(cx, &key, &name, upload.claim.as_deref(), pieces).await {
        Ok(findings) => {
            let tx = cx.store.begin(actor.marketplace).await?;
            tx.arrived(id, &findings).await?;
            let attachment = tx.attachment(id).await?.ok_or(Error::NotFound)?;
            tx.commit().await?;
            Ok(attachment)
        }
        Err(error) => {
            cx.store.forget_bytes(actor.marketplace, id).await?;
            Err(error)
        }
    }
}

/// Brings the bytes of a file into the depot, if it is one that is taken. Otherwise nothing of it stays there.
pub(super) async fn receive<E: From<Unfit> + From<FilesError> + Stalled>(
    cx: &Cx,
    key: &str,
    name: &str,
    claim: Option<&str>,
    pieces: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
) -> std::result::Result<Findings, E> {
    let mut pieces = std::pin::pin!(pieces);
    let mut inspector = Inspector::new(cx.depot.limit);
    let mut writing = cx.depot.files.write(key);
    loop {
        let next = tokio::time::timeout(PIECE_TIME, pieces.next()).await;
        let step = match next {
            Err(_) => Err(E::stalled()),
            Ok(None) => break,
            Ok(Some(Err(error))) => Err(error),
            Ok(Some(Ok(piece))) => match inspector.look(&piece) {
                Ok(()) => writing.add(&piece).await.map_err(E::from),
                Err(unfit) => Err(unfit.into()),
            },
        };
        if let Err(error) = step {
            writing.abandon().await;
            // A sender who is not read to the end sees a broken connection and not why. Within reason.
            let mut rest = cx.depot.limit;
            while let Ok(Some(Ok(piece))) = tokio::time::timeout(PIECE_TIME, pieces.next()).await {
                rest = rest.saturating_sub(piece.len() as u64);
                if rest == 0 {
                    break;
                }
            }
            return Err(error);
        }
    }
    match inspector.conclude(name, claim) {
        Ok(findings) => {
            writing.finish().await?;
            Ok(findings)
        }
        Err(unfit) => {
            writing.abandon().await;
            Err(unfit.into())
        }
    }
}

/// An error that can say that the next piece did not come.
pub(super) trait Stalled {
    /// It did not come in time.
    fn stalled() -> Self;
}

impl Stalled for UploadError {
    fn stalled() -> Self {
        Self::BrokenOff
    }
}

/// Finds what is wrong with a list of files for one message.
pub(super) fn check_attachments(check: &mut Check, ids: &[AttachmentId], most: usize) {
    if ids.len() > most {
        return check.fault(&["attachmentIds"], Refusal::TooMany { limit: most });
    }
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            check.fault(&["attachmentIds", &index.to_string()], Refusal::Twice { key: id.to_string() });
        }
    }
}

/// Gives an actor's own files to a message. Each belongs to one message only.
pub(super) async fn attach(tx: &Tx, actor: &Actor, message: MessageId, ids: &[AttachmentId]) -> Result<()> {
    let own = uploader(&actor.who);
    let mut check = Check::default();
    for (index, id) in ids.iter().enumerate() {
        let place = i32::try_from(index + 1).unwrap_or(i32::MAX);
        let taken = match own {
            Some(token) => tx.attach(*id, token, message, place).await?,
            None => false,
        };
        if !taken {
            check.fault(&["attachmentIds", &index.to_string()], Refusal::NotFound { what: "Attachment" });
        }
    }
    check.done()
}

/// Whether exactly these files went with a message.
pub(super) async fn has_attachments(tx: &Tx, message: MessageId, ids: &[AttachmentId]) -> Result<bool> {
    Ok(tx.attachments_of(message).await?.iter().map(|attachment| attachment.id).eq(ids.iter().copied()))
}

/// The address at which a viewer can have a file for a while; none when it cannot be had.
pub fn link(cx: &Cx, scope: Scope, attachment: &Attachment) -> Option<Link> {
    let id = attachment.id.to_string();
    let path = format!("/attachments/{id}");
    (attachment.state == AttachmentState::Ready).then(|| cx.links.make(Purpose::Attachment, &id, &path, scope, cx.now()))
}

/// Whose eyes a link to a file opens with.
pub fn open_link(cx: &Cx, id: &str, seal: Seal<'_>) -> std::result::Result<Scope, super::links::ClosedLink> {
    cx.links.open(Purpose::Attachment, id, seal, cx.now())
}

/// A file and its bytes.
pub struct Download {
    /// What is known of it.
    pub attachment: Attachment,
    /// Its bytes.
    pub pieces: Pieces,
}

/// Has a file, as far as the reader sees its message now.
pub async fn download(cx: &Cx, scope: Scope, id: AttachmentId) -> Result<Download> {
    let attachment = cx.store.attachments_by_id(scope, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let key = attachment.object_key.as_deref().filter(|_| attachment.state == AttachmentState::Ready).ok_or(Error::NotFound)?;
    let pieces = cx.depot.files.read(key).await?;
    Ok(Download { attachment, pieces })
}

/// Removes the bytes of what was just withdrawn. What fails is done by the hourly round.
pub(super) async fn tidy_soon(cx: &Cx) {
    if let Err(error) = tidy(cx).await {
        tracing::warn!(%error, "the bytes of a withdrawn file could not be removed at once");
    }
}

/// Removes uploads that nobody used, and the bytes of all that was withdrawn. Says how many files that was.
pub async fn tidy(cx: &Cx) -> Result<u64> {
    cx.store.withdraw_abandoned(cx.now() - PATIENCE).await?;
    let mut removed = 0;
    loop {
        let batch = cx.store.withdrawn_attachments(BATCH).await?;
        for withdrawn in &batch {
            cx.depot.files.remove(&withdrawn.object_key).await?;
            cx.store.forget_bytes(withdrawn.marketplace, withdrawn.id).await?;
            removed += 1;
        }
        if batch.is_empty() {
            return Ok(removed);
        }
    }
}
