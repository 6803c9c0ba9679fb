//! Keyset pages: a page starts after a row, never at an offset.

/// Which end of the list a page is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageSide {
    /// `first … after`: the rows after the cursor, in the list's order.
    First,
    /// `last … before`: the rows before the cursor, still returned in the list's order.
    Last,
}

/// How many rows, from which side, from where. `K` is the key that a cursor stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest<K> {
    /// At most this many.
    pub size: u64,
    /// From which side.
    pub side: PageSide,
    /// Beyond this row; from the end of the list when none.
    pub from: Option<K>,
}

impl<K> PageRequest<K> {
    /// The first rows of the list.
    pub const fn first(size: u64) -> Self {
        Self { size, side: PageSide::First, from: None }
    }
}

/// The rows of a page, in the list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Whether there are more in the direction of travel.
    pub more: bool,
    /// Whether the page began at a cursor, so that there is something behind it.
    pub began_at_cursor: bool,
    /// The side it was taken from.
    pub side: PageSide,
}

impl<T> Page<T> {
    /// Makes the page of rows that were read in the direction of travel, one more than asked for.
    pub fn of<K>(request: &PageRequest<K>, mut rows: Vec<T>) -> Self {
        let size = usize::try_from(request.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if request.side == PageSide::Last {
            rows.reverse();
        }
        Self { items: rows, more, began_at_cursor: request.from.is_some(), side: request.side }
    }

    /// Whether there is something after the page's last row.
    pub const fn has_next(&self) -> bool {
        match self.side {
            PageSide::First => self.more,
            PageSide::Last => self.began_at_cursor,
        }
    }

    /// Whether there is something before the page's first row.
    pub const fn has_previous(&self) -> bool {
        match self.side {
            PageSide::First => self.began_at_cursor,
            PageSide::Last => self.more,
        }
    }

    /// The same page of something else.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(map).collect(), more: self.more, began_at_cursor: self.began_at_cursor, side: self.side }
    }
}
