//! Lists and their pages. <https://developers.freshdesk.com/api/#pagination>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::form_urlencoded;

use super::super::problem::{Fault, Problem};
use super::super::state::{State, Ticket};
use super::Answer;
use crate::demo::peer::{Call, Presence, Reply};

const LARGEST_PAGE: usize = 100;
const LAST_TICKET_PAGE: usize = 300;

impl State {
    /// Without `updated_since`, only what was created in the last 30 days; without a filter, nothing binned or spam.
    pub(super) fn list_tickets(&self, call: &Call) -> Answer {
        let wanted = includes(call, &["description", "requester", "company", "stats"])?;
        if position(call, "page", 1)? > LAST_TICKET_PAGE {
            return Err(Fault::invalid("page", "You cannot access tickets beyond the 300th page").into());
        }
        let presence = match call.query("filter") {
            None | Some("new_and_my_open" | "watching") => Presence::Live,
            Some("deleted") => Presence::Deleted,
            Some("spam") => Presence::Spam,
            Some(_) => return Err(chosen("filter", &["new_and_my_open", "watching", "spam", "deleted"])),
        };
        let since = match call.query("updated_since") {
            None => None,
            Some(text) => {
                let time: Option<DateTime<Utc>> = text.parse().ok();
                Some(time.ok_or_else(|| Fault::mistyped("updated_since", "date in ISO 8601"))?)
            }
        };
        let recent = self.now() - TimeDelta::days(30);
        let requester = call.query("requester_id").map(str::to_owned);
        let email = call.query("email").map(|email| self.contact_by_email(email));
        let mut found: Vec<&Ticket> = self
            .tickets
            .values()
            .filter(|ticket| ticket.presence == presence)
            .filter(|ticket| since.map_or(ticket.created_at > recent, |since| ticket.updated_at.timestamp() >= since.timestamp()))
            .filter(|ticket| requester.as_ref().is_none_or(|id| *id == ticket.requester.to_string()))
            .filter(|ticket| email.is_none_or(|contact| contact == Some(ticket.requester)))
            .collect();
        match call.query("order_by") {
            None | Some("created_at" | "due_by") => found.sort_by_key(|ticket| (ticket.created_at, ticket.id)),
            Some("updated_at") => found.sort_by_key(|ticket| (ticket.updated_at, ticket.id)),
            Some("status") => found.sort_by_key(|ticket| (ticket.status, ticket.id)),
            Some(_) => return Err(chosen("order_by", &["created_at", "due_by", "updated_at", "status"])),
        }
        match call.query("order_type") {
            None | Some("desc") => found.reverse(),
            Some("asc") => (),
            Some(_) => return Err(chosen("order_type", &["asc", "desc"])),
        }
        let rows = found.into_iter().map(|ticket| self.row(ticket, &wanted)).collect();
        page(call, &self.base_url, rows)
    }

    fn row(&self, ticket: &Ticket, wanted: &[&str]) -> Value {
        let mut row = if wanted.contains(&"description") { self.whole_ticket_json(ticket) } else { self.ticket_json(ticket) };
        if wanted.contains(&"requester") {
            row["requester"] = self.requester_json(ticket.requester);
        }
        row
    }
}

/// One page as a bare array, the next one's address in a header; no header on the last page.
pub(super) fn page(call: &Call, base_url: &str, rows: Vec<Value>) -> Answer {
    let number = position(call, "page", 1)?;
    let size = position(call, "per_page", 30)?;
    if size > LARGEST_PAGE {
        return Err(Fault::invalid("per_page", "It should be a Positive Integer less than or equal to 100").into());
    }
    let more = rows.len() > number.saturating_mul(size);
    let shown: Vec<Value> = rows.into_iter().skip((number - 1).saturating_mul(size)).take(size).collect();
    let reply = Reply::json(200, Value::Array(shown));
    if !more {
        return Ok(reply);
    }
    let kept = call.query.iter().filter(|(key, _)| key != "page").map(|(key, value)| (key.as_str(), value.as_str()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("page", &(number + 1).to_string()).finish();
    Ok(reply.with("link", format!("<{base_url}{}?{query}>; rel=\"next\"", call.path)))
}

fn position(call: &Call, key: &str, default: usize) -> Result<usize, Problem> {
    let Some(text) = call.query(key) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Fault::mistyped(key, "Positive Integer").into())
}

/// What the call asks to include, out of what may be.
pub(super) fn includes<'a>(call: &'a Call, known: &[&str]) -> Result<Vec<&'a str>, Problem> {
    let wanted: Vec<&str> = call.query("include").map(|include| include.split(',').collect()).unwrap_or_default();
    if wanted.iter().all(|include| known.contains(include)) { Ok(wanted) } else { Err(chosen("include", known)) }
}

fn chosen(field: &str, choices: &[&str]) -> Problem {
    let choices: Vec<_> = choices.iter().map(|choice| (*choice).to_owned()).collect();
    Fault::not_one_of(field, &choices).into()
}
