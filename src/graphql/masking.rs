//! Words as a viewer may read them, and what their author is told about that.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::enums::Party;
use super::errors::{Result, UserError, split};
use super::session::session;
use crate::domain::ids::ThreadId;
use crate::domain::masking::{HiddenPart, LinkHost, Masking, MaskingMode, Reading};
use crate::domain::parties;
use crate::domain::threads::Message;
use crate::workflow::masking::{self, Preview};

/// An author's words as the viewer of the field may read them.
pub(super) async fn words(ctx: &Context<'_>, author: parties::Party, text: &str) -> Result<String> {
    let session = session(ctx)?;
    match session.scope().reads_as(author) {
        Some(reader) if Masking::concerns(author, reader) => Ok(session.marketplace().await?.words_for(text, author, reader)),
        _ => Ok(text.to_owned()),
    }
}

/// The same with markup.
pub(super) async fn markup(ctx: &Context<'_>, author: parties::Party, html: &str) -> Result<String> {
    let session = session(ctx)?;
    match session.scope().reads_as(author) {
        Some(reader) if Masking::concerns(author, reader) => Ok(session.marketplace().await?.markup_for(html, author, reader)),
        _ => Ok(html.to_owned()),
    }
}

/// Whether contact details are hidden between buyer and seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "MaskingMode", remote = "crate::domain::masking::MaskingMode")]
pub(super) enum Mode {
    /// They are not.
    Off,
    /// They are. What is stored, and what the operator reads, stays as it was written.
    Mask,
}

/// The kinds of contact details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ContactDetailKind", remote = "crate::domain::masking::Kind")]
pub(super) enum Kind {
    /// An e-mail address, also one that is written out.
    Email,
    /// A telephone number.
    Phone,
    /// A web address, or a name on a messenger service.
    Link,
    /// An IBAN or a card number.
    Payment,
}

/// What a marketplace hides.
pub(super) struct MaskingObject(pub(super) Masking);

#[Object(name = "Masking")]
/// What buyer and seller do not read of each other's words, so that they deal with each other where the operator can
/// protect both.
impl MaskingObject {
    /// Whether anything is hidden.
    async fn mode(&self) -> Mode {
        self.0.mode.into()
    }

    /// Which details are; empty when nothing is hidden.
    async fn kinds(&self) -> Vec<Kind> {
        let kinds = self.0.kinds.iter().filter(|_| self.0.mode == MaskingMode::Mask);
        kinds.map(|kind| Kind::from(*kind)).collect()
    }

    /// The hosts whose links stay, with their subdomains.
    async fn allowed_hosts(&self) -> Vec<&str> {
        self.0.allowed_hosts.iter().map(LinkHost::as_str).collect()
    }
}

/// A contact detail that a side does not get to read.
#[derive(SimpleObject)]
pub(super) struct HiddenDetail {
    /// From which side it is hidden.
    reader: Party,
    /// What it is.
    kind: Kind,
    /// Where it begins in the text as written: in UTF-16 code units from 0, as browsers count.
    start: i32,
    /// Where it ends, likewise; beyond its last unit.
    end: i32,
    /// What that side reads instead.
    replaced_by: &'static str,
}

impl HiddenDetail {
    fn new(reader: parties::Party, part: &HiddenPart) -> Self {
        let place = |units: usize| i32::try_from(units).unwrap_or(i32::MAX);
        Self {
            reader: reader.into(),
            kind: part.kind.into(),
            start: place(part.start),
            end: place(part.end),
            replaced_by: part.replaced_by,
        }
    }

    /// What the other sides do not get to read of a message.
    pub(super) async fn of(ctx: &Context<'_>, message: &Message) -> Result<Vec<Self>> {
        let session = session(ctx)?;
        let participants = session.loaders().participants_of(message.thread).await?;
        let readings = masking::readings(&*session.marketplace().await?, &message.text, message.author, &participants);
        Ok(readings.iter().flat_map(|read| read.hidden.iter().map(|part| Self::new(read.reader, part))).collect())
    }
}

/// A text, as one side will read it.
#[derive(SimpleObject)]
pub(super) struct MessageReading {
    /// Which side.
    reader: Party,
    /// What it will read.
    text: String,
    /// What is hidden from it, in the order of the text.
    hidden: Vec<HiddenDetail>,
}

impl From<Reading> for MessageReading {
    fn from(read: Reading) -> Self {
        let hidden = read.hidden.iter().map(|part| HiddenDetail::new(read.reader, part)).collect();
        Self { reader: read.reader.into(), text: read.text, hidden }
    }
}

/// Words that are about to be posted.
#[derive(InputObject)]
pub(super) struct MessagePreviewInput {
    /// Where.
    thread_id: ThreadId,
    /// What: 1 to 10,000 characters.
    text: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct MessagePreviewPayload {
    /// How each other side will read it; the operator reads along in every thread. Empty when there are errors.
    readings: Vec<MessageReading>,
    /// What is wrong with the input: what `messagePost` would say about text and thread.
    user_errors: Vec<UserError>,
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct MaskingQueries;

#[Object]
impl MaskingQueries {
    /// How the other sides would read a message, before it is posted. Changes nothing.
    async fn message_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: MessagePreviewInput,
    ) -> Option<Result<MessagePreviewPayload>> {
        let run = async {
            let session = session(ctx)?;
            let preview = Preview { thread: input.thread_id, text: input.text };
            let (readings, user_errors) = split(masking::preview(session.cx(), session.actor(), preview).await)?;
            let readings = readings.unwrap_or_default().into_iter().map(MessageReading::from).collect();
            Ok(MessagePreviewPayload { readings, user_errors })
        };
        Some(run.await)
    }
}
