//! What is said of the marketplace elsewhere.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::cases::CaseObject;
use super::errors::{Result, UserError, split, store};
use super::paging::{PageOf, Paging, connection};
use super::session::session;
use crate::domain::ids::{CaseId, MentionId};
use crate::domain::mentions::{Mention, MentionRating as Rating};
use crate::store::MentionFilter;
use crate::workflow::mentions::{self, MentionInput};

/// How a mention sounds: by its rating, where it has one, else by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::mentions::MentionTone")]
pub(super) enum MentionTone {
    /// Bad: a rating below the middle of its scale, such as one or two of five stars; or bad words.
    Negative,
    /// Neither.
    Neutral,
    /// Good: a rating in the upper quarter of its scale, such as four or five of five stars; or good words.
    Positive,
}

/// A rating on a scale of the source's own, as schema.org's `Rating` has it.
#[derive(SimpleObject)]
pub(super) struct MentionRating {
    /// What was given.
    value: f64,
    /// The worst that can be given.
    worst: f64,
    /// The best that can be given.
    best: f64,
}

impl From<Rating> for MentionRating {
    fn from(rating: Rating) -> Self {
        let whole = |hundredths: i32| f64::from(hundredths) / 100.0;
        Self { value: whole(rating.value()), worst: whole(rating.worst()), best: whole(rating.best()) }
    }
}

/// Something that is said elsewhere.
pub(super) struct MentionObject(Mention);

#[Object(name = "Mention")]
/// Something that is said of the marketplace on a review site or a social network. Told by `mentionsReport`, known once each.
impl MentionObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> MentionId {
        self.0.id
    }

    /// Where: the name of a site or network.
    async fn source(&self) -> &str {
        &self.0.said.source
    }

    /// The source's own id of it; null when it was told without.
    async fn external_id(&self) -> Option<&str> {
        self.0.said.external_id.as_deref()
    }

    /// Where it can be read, without what campaigns add to addresses.
    async fn url(&self) -> &str {
        self.0.said.url.as_str()
    }

    /// By whom, as they call themselves there; null when unknown.
    async fn author(&self) -> Option<&str> {
        self.0.said.author.as_deref()
    }

    /// The words, as last told; empty when there is only a rating.
    async fn text(&self) -> &str {
        &self.0.said.text
    }

    /// The rating, as last told; null when there is none.
    async fn rating(&self) -> Option<MentionRating> {
        self.0.said.rating.map(Into::into)
    }

    /// How it sounds.
    async fn tone(&self) -> MentionTone {
        self.0.tone.into()
    }

    /// The reference of the order that it names, as it was told; null when it was told without.
    async fn order_reference(&self) -> Option<&str> {
        self.0.said.order_reference.as_deref()
    }

    /// The case that knows of it; null when there is none, or not for this viewer.
    async fn case(&self, ctx: &Context<'_>) -> Option<Result<CaseObject>> {
        let id = self.0.case?;
        let load = async { session(ctx)?.loaders().case(id).await };
        load.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// When it was published; null when unknown.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.said.published_at
    }

    /// When it was told first.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct MentionQueries;

#[Object]
impl MentionQueries {
    /// What is said of the marketplace elsewhere, the newest first. For operators; others find nothing.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn mentions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that sound so; null for all.")] tone: Option<MentionTone>,
        #[graphql(desc = "Those that this case knows of; null for all.")] case_id: Option<CaseId>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<MentionObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = MentionFilter { tone: tone.map(Into::into), case: case_id };
        let page = session.cx().store.mentions(session.scope(), filter, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |mention| mention.id, MentionObject))
    }
}

/// A rating on a scale of the source's own. Two digits behind the point count.
#[derive(InputObject)]
pub(super) struct MentionRatingInput {
    /// What was given, between the worst and the best.
    value: f64,
    /// The worst that can be given.
    #[graphql(default = 1.0)]
    worst: f64,
    /// The best that can be given.
    #[graphql(default = 5.0)]
    best: f64,
}

/// Something that is said elsewhere.
#[derive(InputObject)]
#[graphql(name = "MentionInput")]
pub(super) struct MentionFields {
    /// Where: the name of a site or network, 1 to 200 characters, always the same.
    source: String,
    /// The source's own id of it, 1 to 128 characters. With it, it stays the same mention when its words change. Null when there is
    /// none: then the address and the words tell it from others.
    external_id: Option<String>,
    /// Where it can be read: a web address, at most 2,000 characters.
    url: String,
    /// By whom, as they call themselves there, 1 to 200 characters; null when unknown.
    author: Option<String>,
    /// The words, at most 10,000 characters.
    #[graphql(default)]
    text: String,
    /// The rating; null when there is none.
    rating: Option<MentionRatingInput>,
    /// The reference of the order that it names, 1 to 128 characters. Null when it names none, or only in its words, where it is
    /// found if the charter has an `orderPattern`.
    order_reference: Option<String>,
    /// When it was published; null when unknown.
    published_at: Option<DateTime<Utc>>,
}

/// What is said elsewhere.
#[derive(InputObject)]
pub(super) struct MentionsReportInput {
    /// At most 100, each once.
    mentions: Vec<MentionFields>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct MentionsReportPayload {
    /// The mentions as they are known now, in the order of the input; null when nothing was stored.
    mentions: Option<Vec<MentionObject>>,
    /// What is wrong with the input; when there is anything, nothing was stored.
    user_errors: Vec<UserError>,
}

/// A number as hundredths; one that is none, or far off every scale, as one that is off this scale too.
fn hundredths(number: f64) -> i32 {
    let rounded = (number * 100.0).round();
    if rounded.abs() < 1e9 {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 10^9")]
        return rounded as i32;
    }
    i32::MAX
}

impl From<MentionFields> for MentionInput {
    fn from(fields: MentionFields) -> Self {
        let rating = fields.rating.map(|given| (hundredths(given.value), hundredths(given.worst), hundredths(given.best)));
        Self {
            source: fields.source,
            external_id: fields.external_id,
            url: fields.url,
            author: fields.author,
            text: fields.text,
            rating,
            order_reference: fields.order_reference,
            published_at: fields.published_at,
        }
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct MentionMutations;

#[Object]
impl MentionMutations {
    /// Stores what is said of the marketplace elsewhere: all of it, or nothing when one has a fault. For vendors and operators. Safe to
    /// repeat: each is known once, and changes when it is told otherwise. What is bad and names an order that is known comes to the
    /// newest case about the order that is not closed, or opens one; the team is told by a note in its ticket.
    async fn mentions_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said.")] input: MentionsReportInput,
    ) -> Option<Result<MentionsReportPayload>> {
        let run = async {
            let session = session(ctx)?;
            let inputs = input.mentions.into_iter().map(Into::into).collect();
            let (stored, user_errors) = split(mentions::report(session.cx(), session.actor(), inputs).await)?;
            let mentions = stored.map(|all| all.into_iter().map(MentionObject).collect());
            Ok(MentionsReportPayload { mentions, user_errors })
        };
        Some(run.await)
    }
}
