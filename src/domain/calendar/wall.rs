//! The wall clock: from local time to instants, over the days on which clocks are changed.

use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The first instant at which a clock on the wall shows `local` or later.
///
/// So 02:30 on the night that leaps from 02:00 to 03:00 is the instant of the leap, every time of a date that a zone
/// skipped is the instant of the skip, and 02:30 on the night that runs through it twice is the first of the two. RFC 5545,
/// 3.3.5, takes the first of two as well. For a time in a gap it would take the offset before the gap, which lands *after*
/// later times of the same morning; with this rule order is kept, so openings never overlap or turn round, and a day from
/// 00:00 to 24:00 is exactly as long as the day was: 23, 24 or 25 hours.
pub(super) fn first_instant(timezone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match timezone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => match GapInfo::new(&local, &timezone).and_then(|gap| gap.end) {
            Some(end) => end.to_utc(),
            // No zone ends in a gap. Should one, the hour is a little off and nothing else is.
            None => local.and_utc(),
        },
    }
}
