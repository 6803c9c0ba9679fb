//! The incremental ticket export, by cursor.
//! <https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use url::form_urlencoded;

use super::super::state::State;
use super::{Answer, Problem};
use crate::demo::peer::{Call, Reply};

const LARGEST_PAGE: usize = 1_000;

impl State {
    /// Binned tickets are in it too, as `deleted`. The last minute is left out.
    pub(super) fn export_tickets(&mut self, call: &Call, actor: i64) -> Answer {
        self.admins_only(actor)?;
        let now = self.now();
        let gate = self.windows.admit("incremental", self.options.limits.exports, TimeDelta::minutes(1), 1, now);
        if !gate.admitted {
            return Err(Problem::TooMany { retry_after: gate.resets_in });
        }
        let size = call.query("per_page").map_or(Ok(LARGEST_PAGE), str::parse).map_err(|_| bad("per_page"))?.clamp(1, LARGEST_PAGE);
        let after = match (call.query("cursor"), call.query("start_time")) {
            (Some(cursor), _) => decode(cursor).ok_or_else(|| bad("cursor"))?,
            (None, Some(start)) => (self.read_start(start)?, 0),
            (None, None) => return Err(bad("start_time")),
        };
        let horizon = now - TimeDelta::minutes(1);
        let mut waiting: Vec<_> = self
            .tickets
            .values()
            .map(|ticket| ((ticket.generated_at, ticket.id), ticket))
            .filter(|(place, _)| *place > after && place.0 <= horizon)
            .collect();
        waiting.sort_by_key(|(place, _)| *place);
        let end_of_stream = waiting.len() <= size;
        waiting.truncate(size);
        let cursor = encode(waiting.last().map_or(after, |(place, _)| *place));
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("cursor", &cursor).finish();
        let after_url = format!("{}{}?{query}", self.base_url, call.path);
        let tickets: Vec<_> = waiting.into_iter().map(|(_, ticket)| self.ticket_json(ticket)).collect();
        let body = json!({
            "tickets": tickets, "after_url": after_url, "before_url": null, "after_cursor": cursor, "before_cursor": null,
            "end_of_stream": end_of_stream,
        });
        Ok(Reply::json(200, body))
    }

    fn read_start(&self, start: &str) -> Result<DateTime<Utc>, Problem> {
        let start = start.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or_else(|| bad("start_time"))?;
        if start > self.now() - TimeDelta::minutes(1) {
            let description = "Too recent start_time. Use a start_time older than 1 minute".to_owned();
            return Err(Problem::Unprocessable { error: "InvalidValue", description });
        }
        Ok(start)
    }
}

fn encode((time, ticket): (DateTime<Utc>, u64)) -> String {
    // Standard base64 with padding: like the real one, it must be encoded before it goes into a URL.
    STANDARD.encode(format!("{}|{ticket}|t", time.timestamp_micros()))
}

fn decode(cursor: &str) -> Option<(DateTime<Utc>, u64)> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    let (time, ticket) = text.strip_suffix("|t")?.split_once('|')?;
    Some((DateTime::from_timestamp_micros(time.parse().ok()?)?, ticket.parse().ok()?))
}

fn bad(parameter: &str) -> Problem {
    Problem::BadRequest { error: "InvalidParameter", description: format!("{parameter} is not valid") }
}
