//! Arguments of connections, and pages as connections. Cursors are opaque and never count what the viewer cannot see.

use async_graphql::OutputType;
use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;

use super::errors::{Result, bad_input};
use crate::domain::ids::{CaseId, EventId, MessageId};
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

id_cursors!(MessageId, EventId);

impl CursorKey for CaseKey {
    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{}", self.0.timestamp_micros(), self.1))
    }

    fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (at, id) = text.split_once('/')?;
        Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse::<CaseId>().ok()?))
    }
}

impl Paging {
    /// What to read. `first` together with `last`, or a cursor of the other direction, is an error and not a guess.
    pub(super) fn request<K: CursorKey>(self) -> Result<PageRequest<K>> {
        let (side, count, from) = match self {
            Self { first, after, last: None, before: None } => (PageSide::First, first, after),
            Self { first: None, after: None, last, before } => (PageSide::Last, last, before),
            _ => return Err(bad_input("Use `first` with `after`, or `last` with `before`, not both.")),
        };
        let count = count.unwrap_or(USUAL);
        if !(0..=MOST).contains(&count) {
            return Err(bad_input(format!("A page has between 0 and {MOST} items.")));
        }
        let from = match from {
            Some(cursor) => Some(K::read(&cursor).ok_or_else(|| bad_input("This cursor is not one of ours."))?),
            None => None,
        };
        Ok(PageRequest { size: u64::from(count.unsigned_abs()), side, from })
    }
}

/// A cursor's text.
#[derive(Debug, Clone)]
pub(super) struct Cursor(String);

impl CursorType for Cursor {
    type Error = std::convert::Infallible;

    fn decode_cursor(text: &str) -> std::result::Result<Self, Self::Error> {
        Ok(Self(text.to_owned()))
    }

    fn encode_cursor(&self) -> String {
        self.0.clone()
    }
}

/// A page as a connection.
pub(super) type PageOf<T> = Connection<Cursor, T, EmptyFields, EmptyFields>;

/// Makes the connection of a page.
pub(super) fn connection<T, N: OutputType, K: CursorKey>(page: Page<T>, key: impl Fn(&T) -> K, node: impl Fn(T) -> N) -> PageOf<N> {
    let mut connection = Connection::new(page.has_previous(), page.has_next());
    connection.edges = page.items.into_iter().map(|item| Edge::new(Cursor(key(&item).write()), node(item))).collect();
    connection
}
