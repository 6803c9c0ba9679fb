//! Files between us and the helpdesk: handed over with a message's words, and got after a comment was filed.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio_util::bytes::Bytes;

use super::{Stalled, receive};
use crate::domain::attachments::{Attachment, AttachmentState, Findings, Unfit, clean_name};
use crate::domain::ids::{AttachmentId, CaseId, ConnectionId, MessageId};
use crate::domain::parties::{Actor, Who};
use crate::domain::threads::{Message, MessageDelivery};
use crate::domain::tickets::{CommentNumber, TicketNumber};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::files::{Files, FilesError};
use crate::helpdesk::{FileAnswer, FilePlace, FileSource, HelpdeskError, OutboundFile, Remedy, RemoteFile, Standing};
use crate::store::{Arrival, NewAttachment, NewOutbox, OutboxRow, Settlement, Tx};
use crate::workflow::outbound::{MOST_ATTEMPTS, back_off};
use crate::workflow::{Cx, Error, Result};

/// At most so many files of one comment are got.
const MOST_OF_A_COMMENT: usize = 100;
/// So many times a file that the helpdesk has not looked at for malware is left for later. Accounts without such looks
/// never say more.
const UNCHECKED_ATTEMPTS: i32 = 4;

const NOBODY: &str = "nobody waits for the file any more";

/// Work that a row of the outbox stands for, beside what is done in a helpdesk.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::workflow) enum Errand {
    /// Get a file's bytes.
    FetchFile {
        /// Ours.
        attachment: AttachmentId,
        /// The ticket that it is in.
        ticket: TicketNumber,
        /// The comment.
        comment: CommentNumber,
        /// The helpdesk's id of it.
        file: String,
    },
}

/// A file of ours on its way out.
#[derive(Debug)]
struct Kept {
    files: Files,
    key: String,
}

#[async_trait]
impl FileSource for Kept {
    async fn read(&self) -> std::result::Result<Bytes, HelpdeskError> {
        // Nothing was sent yet, so the next attempt begins anew.
        self.files.read_whole(&self.key).await.map_err(|error| HelpdeskError::Unavailable { reason: error.to_string() })
    }
}

/// The files that go out with a message: those that can be had.
pub(in crate::workflow) async fn outgoing(cx: &Cx, row: &OutboxRow) -> Result<Vec<OutboundFile>> {
    let Some(message) = row.message else { return Ok(Vec::new()) };
    let found = cx.store.attachments_of(Actor::system(row.marketplace).scope(), &[message]).await?;
    let files = found.into_values().flatten().filter(|file| file.state == AttachmentState::Ready);
    Ok(files
        .filter_map(|file| {
            let source = Arc::new(Kept { files: cx.depot.files.clone(), key: file.object_key? });
            Some(OutboundFile { name: file.name, content_type: file.content_type, size: file.size.unwrap_or_default(), source })
        })
        .collect())
}

/// Where a comment's files come from.
#[derive(Debug, Clone, Copy)]
pub(in crate::workflow) struct Source<'a> {
    /// The helpdesk.
    pub(in crate::workflow) connection: ConnectionId,
    /// The ticket.
    pub(in crate::workflow) ticket: &'a TicketNumber,
    /// The comment.
    pub(in crate::workflow) comment: &'a CommentNumber,
}

/// Writes down the files of a comment that was filed, and asks for their bytes.
pub(in crate::workflow) async fn file(
    tx: &mut Tx,
    case: CaseId,
    message: MessageId,
    source: Source<'_>,
    files: &[RemoteFile],
    first: usize,
) -> Result<()> {
    let mut rows = Vec::new();
    for (index, file) in files.iter().enumerate().take(MOST_OF_A_COMMENT) {
        let state = match file.standing {
            Standing::Fine | Standing::Unchecked => AttachmentState::Pending,
            Standing::Dangerous => AttachmentState::Blocked,
            Standing::Removed => AttachmentState::Redacted,
        };
        let row = NewAttachment {
            id: AttachmentId::generate(),
            message: Some((message, i32::try_from(first + index + 1).unwrap_or(i32::MAX))),
            state,
            name: clean_name(&file.name),
            content_type: file.content_type.chars().take(100).collect(),
            size: file.size,
            object_key: (state == AttachmentState::Pending).then(Files::new_key),
            uploader: None,
            origin: Some((source.connection, file.id.clone())),
        };
        if state == AttachmentState::Pending {
            let errand = Errand::FetchFile {
                attachment: row.id,
                ticket: source.ticket.clone(),
                comment: source.comment.clone(),
                file: file.id.clone(),
            };
            // A lane of its own: a slow file holds up nothing else, and no comment is looked for behind it.
            let mut delivery = NewOutbox::new(source.connection, format!("file/{}", row.id), errand);
            delivery.case = Some(case);
            tx.send(delivery);
        }
        rows.push(row);
    }
    Ok(tx.insert_attachments(rows).await?)
}

/// What a look at a comment says of the files that we have of it: which stand elsewhere now, and which we do not have yet.
pub(in crate::workflow) fn compare(
    message: &Message,
    known: &[Attachment],
    remote: &[RemoteFile],
) -> (Vec<(AttachmentId, AttachmentState, AttachmentState)>, Vec<RemoteFile>) {
    let mut changes = Vec::new();
    let mut change = |file: &Attachment, to: AttachmentState| {
        if file.state != to && file.state != AttachmentState::Redacted {
            changes.push((file.id, file.state, to));
        }
    };
    if message.delivery == MessageDelivery::None {
        for file in known {
            let Some((_, id)) = &file.origin else { continue };
            match remote.iter().find(|remote| remote.id == *id).map(|remote| remote.standing) {
                None | Some(Standing::Removed) => change(file, AttachmentState::Redacted),
                Some(Standing::Dangerous) => change(file, AttachmentState::Blocked),
                Some(Standing::Fine | Standing::Unchecked) => {}
            }
        }
        let is_known = |remote: &RemoteFile| known.iter().any(|file| file.origin.as_ref().is_some_and(|(_, id)| *id == remote.id));
        let new = remote.iter().filter(|remote| !is_known(remote) && remote.standing != Standing::Removed);
        return (changes, new.cloned().collect());
    }
    // Ours have no id there that we know. What was redacted is told, and which it was follows from the names that are left,
    // unless the helpdesk changed those.
    let removed = remote.iter().filter(|remote| remote.standing == Standing::Removed).count();
    let missing: Vec<_> = known.iter().filter(|file| !remote.iter().any(|remote| remote.name == file.name)).collect();
    if missing.len() <= removed {
        for file in missing {
            change(file, AttachmentState::Redacted);
        }
    }
    (changes, Vec::new())
}

/// Tells that a file stands elsewhere now.
pub(in crate::workflow) fn tell(
    tx: &mut Tx,
    who: &Who,
    cases: &[CaseId],
    message: &Message,
    attachment: AttachmentId,
    state: AttachmentState,
) {
    for case in cases {
        let event = EventKind::AttachmentChanged { thread: message.thread, message: message.id, attachment, state };
        tx.record(*case, who, NewEvent::in_thread(event, message.thread, message.number, message.audience));
    }
}

/// Does an errand and writes down what came of it.
pub(in crate::workflow) async fn run(cx: &Cx, row: &OutboxRow, errand: Errand) -> Result<Settlement> {
    let Errand::FetchFile { attachment: id, ticket, comment, file } = errand;
    let tx = cx.store.begin(row.marketplace).await?;
    let waiting = match tx.attachment(id).await? {
        Some(file) if file.state == AttachmentState::Pending => file.object_key.clone().map(|key| (file, key)),
        // Somebody asked for it again.
        Some(file) if file.state == AttachmentState::Failed => {
            let key = Files::new_key();
            tx.await_again(id, key.clone()).await?.then_some((file, key))
        }
        _ => None,
    };
    let Some((attachment, key)) = waiting else { return settle(tx, row, Settlement::Ignored(NOBODY.to_owned())).await };
    tx.commit().await?;

    let place = FilePlace { ticket, comment, file };
    match fetch(cx, row, &place, &attachment.name, &key).await {
        Ok(Ok(findings)) => arrived(cx, row, &attachment, &key, &findings).await,
        Ok(Err(state)) => stopped(cx, row, &attachment, state, Settlement::Ignored("it must not be had, or was removed".to_owned())).await,
        Err(FetchError::Unfit(unfit)) => {
            let state =
                if matches!(unfit, Unfit::TooLarge { .. } | Unfit::Empty) { AttachmentState::Failed } else { AttachmentState::Blocked };
            stopped(cx, row, &attachment, state, Settlement::Ignored(unfit.to_string())).await
        }
        Err(FetchError::Helpdesk(error)) => {
            let reason = error.to_string();
            match error.remedy() {
                Remedy::Wait(time) => {
                    let at = cx.now() + chrono::TimeDelta::from_std(time).unwrap_or(chrono::TimeDelta::minutes(1));
                    settle(cx.store.begin(row.marketplace).await?, row, Settlement::Defer { at, reason }).await
                }
                Remedy::Retry if row.attempts < MOST_ATTEMPTS => again(cx, row, reason).await,
                _ => stopped(cx, row, &attachment, AttachmentState::Failed, Settlement::Dead(reason)).await,
            }
        }
        Err(FetchError::Files(error)) if row.attempts < MOST_ATTEMPTS => again(cx, row, error.to_string()).await,
        Err(FetchError::Files(error)) => stopped(cx, row, &attachment, AttachmentState::Failed, Settlement::Dead(error.to_string())).await,
        Err(FetchError::House(error)) => Err(error),
    }
}

enum FetchError {
    Unfit(Unfit),
    Helpdesk(HelpdeskError),
    Files(FilesError),
    House(Error),
}

impl From<Unfit> for FetchError {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

impl From<FilesError> for FetchError {
    fn from(error: FilesError) -> Self {
        Self::Files(error)
    }
}

impl Stalled for FetchError {
    fn stalled() -> Self {
        Self::Helpdesk(HelpdeskError::Unavailable { reason: "the file stopped half way".to_owned() })
    }
}

/// Gets the bytes; the state that the file has from now on when it must not be had.
async fn fetch(
    cx: &Cx,
    row: &OutboxRow,
    place: &FilePlace,
    name: &str,
    key: &str,
) -> std::result::Result<std::result::Result<Findings, AttachmentState>, FetchError> {
    let connected = cx.connections.get(row.connection).await.map_err(FetchError::House)?;
    let pieces = match connected.helpdesk.file(place).await.map_err(FetchError::Helpdesk)? {
        FileAnswer::Closed(Standing::Dangerous) => return Ok(Err(AttachmentState::Blocked)),
        FileAnswer::Closed(_) => return Ok(Err(AttachmentState::Redacted)),
        FileAnswer::Open { standing: Standing::Unchecked, .. } if row.attempts < UNCHECKED_ATTEMPTS => {
            let reason = "the helpdesk has not looked at it for malware yet".to_owned();
            return Err(FetchError::Helpdesk(HelpdeskError::Unavailable { reason }));
        }
        FileAnswer::Open { pieces, .. } => pieces,
    };
    // What the helpdesk says that it is means nothing: many senders say nonsense.
    receive(cx, key, name, None, pieces.map(|piece| piece.map_err(FetchError::Helpdesk))).await.map(Ok)
}

async fn again(cx: &Cx, row: &OutboxRow, error: String) -> Result<Settlement> {
    let at = cx.now() + back_off(row.attempts);
    settle(cx.store.begin(row.marketplace).await?, row, Settlement::Retry { at, error }).await
}

async fn settle(tx: Tx, row: &OutboxRow, settlement: Settlement) -> Result<Settlement> {
    // Getting a file twice does no harm, so nothing is ever in doubt.
    tx.settle_outbox(row, &settlement, Arrival::Known, None).await?;
    tx.commit().await?;
    Ok(settlement)
}

async fn arrived(cx: &Cx, row: &OutboxRow, attachment: &Attachment, key: &str, findings: &Findings) -> Result<Settlement> {
    let mut tx = cx.store.begin(row.marketplace).await?;
    announce(&mut tx, row, attachment, AttachmentState::Ready).await?;
    if tx.arrived(attachment.id, findings).await? {
        return settle(tx, row, Settlement::Done).await;
    }
    drop(tx);
    // Removed while it was under way.
    cx.depot.files.remove(key).await?;
    settle(cx.store.begin(row.marketplace).await?, row, Settlement::Ignored(NOBODY.to_owned())).await
}

async fn stopped(cx: &Cx, row: &OutboxRow, attachment: &Attachment, state: AttachmentState, settlement: Settlement) -> Result<Settlement> {
    let mut tx = cx.store.begin(row.marketplace).await?;
    announce(&mut tx, row, attachment, state).await?;
    if tx.set_attachment_state(attachment.id, AttachmentState::Pending, state).await? {
        return settle(tx, row, settlement).await;
    }
    drop(tx);
    settle(cx.store.begin(row.marketplace).await?, row, settlement).await
}

async fn announce(tx: &mut Tx, row: &OutboxRow, attachment: &Attachment, state: AttachmentState) -> Result<()> {
    let Some(message) = attachment.message else { return Ok(()) };
    if let Some(message) = tx.message(message).await? {
        let cases = tx.lock_cases_of_thread(Actor::system(row.marketplace).scope(), message.thread).await?;
        let cases: Vec<_> = cases.iter().map(|case| case.id).collect();
        tell(tx, &Who::Helpdesk { connection: row.connection }, &cases, &message, attachment.id, state);
    }
    Ok(())
}
