//! Arguments of connections, and pages as connections. Cursors are opaque and never count what the viewer cannot see.

use std::borrow::Cow;

use async_graphql::connection::PageInfo;
use async_graphql::{Object, OutputType, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike};

use super::errors::{Result, bad_input};
use crate::domain::charter::CharterVersion;
use crate::domain::ids::{
    BadgeAwardId, CaseId, DefectId, EntryId, EventId, ImprovementId, IncentiveId, MentionId, MessageId, NoticeId, PoolQuestionId,
    PromoCodeId, RatingId, SanctionId, SanctionProposalId, SellerId, StoreCreditId, WebhookDeliveryId,
};
use crate::domain::templates::TemplateKey;
use crate::store::{CaseKey, Page, PageRequest, PageSide};

/// How many items a page has when nobody says.
const USUAL: i32 = 20;
/// How many items a page has at most.
pub(super) const MOST: i32 = 100;

/// The four arguments of a connection, as they came.
#[derive(Debug)]
pub(super) struct Paging {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

/// A key that a cursor can stand for.
pub(super) trait CursorKey: Sized {
    /// The cursor's text.
    fn write(&self) -> String;
    /// The key of a text; none when it is no cursor of ours.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! id_cursors {
    ($($id:ty),+) => {$(
        impl CursorKey for $id {
            fn write(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+};
}

id_cursors!(
    ImprovementId,
    BadgeAwardId,
    SellerId,
    MentionId,
    RatingId,
    MessageId,
    EntryId,
    EventId,
    NoticeId,
    WebhookDeliveryId,
    PoolQuestionId,
    IncentiveId,
    PromoCodeId,
    SanctionId,
    SanctionProposalId,
    DefectId,
    StoreCreditId
);

impl CursorKey for CharterVersion {
    fn write(&self) -> String {
        self.0.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl CursorKey for TemplateKey {
    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.as_str())
    }

    fn read(text: &str) -> Option<Self> {
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?.parse().ok()
    }
}

impl CursorKey for CaseKey {
    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{}", self.0.timestamp_micros(), self.1))
    }

    fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (at, id) = text.split_once('/')?;
        let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
        // Beyond these years the databases do not keep a time, or do not sort it.
        (1..=9999).contains(&at.year()).then_some((at, id.parse::<CaseId>().ok()?))
    }
}

impl Paging {
    /// What to read. `first` together with `last`, or a cursor of the other direction, is an error and not a guess.
    pub(super) fn request<K: CursorKey>(self) -> Result<PageRequest<K>> {
        let (end, wanted, from) = match self {
            Self { first, after, last: None, before: None } => (PageSide::First, first, after),
            Self { first: None, after: None, last, before } => (PageSide::Last, last, before),
            _ => return Err(bad_input("Use `first` with `after`, or `last` with `before`, not both.")),
        };
        let size = wanted.unwrap_or(USUAL);
        if !(0..=MOST).contains(&size) {
            return Err(bad_input(format!("A page has between 0 and {MOST} items.")));
        }
        let from = match from {
            Some(cursor) => Some(K::read(&cursor).ok_or_else(foreign_cursor)?),
            None => None,
        };
        Ok(PageRequest { size: u64::from(size.unsigned_abs()), side: end, from })
    }
}

/// A cursor that does not stand for an item of this list, as far as the viewer may know.
pub(super) fn foreign_cursor() -> async_graphql::Error {
    bad_input("This cursor is not one of this list.")
}

/// A page as a connection.
pub(super) struct PageOf<N> {
    info: PageInfo,
    edges: Vec<Edge<N>>,
}

/// An item of a page.
pub(super) struct Edge<N> {
    cursor: String,
    node: N,
}

#[Object(name_type)]
/// A page of a list.
impl<N: OutputType> PageOf<N> {
    /// Where the page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.info
    }

    /// The items with their cursors.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }
}

#[Object(name_type)]
/// An item of a page, with its cursor.
impl<N: OutputType> Edge<N> {
    /// The cursor, to go on from here. Opaque.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: OutputType> TypeName for PageOf<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// Makes the connection of a page.
pub(super) fn connection<T, N, K: CursorKey>(page: Page<T>, key: impl Fn(&T) -> K, node: impl Fn(T) -> N) -> PageOf<N> {
    let (has_previous_page, has_next_page) = (page.has_previous(), page.has_next());
    let edges: Vec<_> = page.items.into_iter().map(|item| Edge { cursor: key(&item).write(), node: node(item) }).collect();
    let cursor_of = |edge: Option<&Edge<N>>| edge.map(|edge| edge.cursor.clone());
    let (start_cursor, end_cursor) = (cursor_of(edges.first()), cursor_of(edges.last()));
    PageOf { info: PageInfo { has_previous_page, has_next_page, start_cursor, end_cursor }, edges }
}
