//! Freshdesk's REST side: who asks, how often, and which path.

mod articles;
mod contacts;
mod conversations;
mod files;
mod form;
mod lists;
mod outbound;
mod tickets;
mod views;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use self::lists::page;
use self::outbound::mailboxes;
use super::KeyOwner;
use super::problem::{Fault, Problem};
use super::state::{State, User};
use crate::demo::peer::{Call, Presence, Reply};

type Answer = Result<Reply, Problem>;

impl State {
    pub(super) fn answer(&mut self, call: &Call) -> Reply {
        let path = call.path.clone();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        if let ("GET", ["data", "helpdesk", "attachments", "production", id, "original", _]) = (call.method.as_str(), segments.as_slice()) {
            return self.hand_out_file(call, id).unwrap_or_else(|problem| problem.reply());
        }
        let ["api", "v2", rest @ ..] = segments.as_slice() else { return Problem::NotFound.reply() };
        let cost = cost(call, rest);
        let gate = self.windows.admit("all", self.options.limits.requests, TimeDelta::minutes(1), cost, self.now());
        let answer = if gate.admitted { self.serve(call, rest) } else { Err(Problem::TooMany { retry_after: gate.resets_in }) };
        let request = self.ids.uuid();
        answer
            .unwrap_or_else(|problem| problem.reply())
            .with("X-RateLimit-Total", gate.limit)
            .with("X-RateLimit-Remaining", gate.remaining)
            .with("X-RateLimit-Used-CurrentRequest", cost)
            .with("X-Freshdesk-Api-Version", "latest=v2; requested=v2")
            .with("X-Request-Id", request)
    }

    fn serve(&mut self, call: &Call, path: &[&str]) -> Answer {
        if !self.authenticated(call) {
            return Err(Problem::InvalidCredentials);
        }
        if call.header("accept").is_some_and(|kinds| !["*/*", "application/*", "application/json"].iter().any(|kind| kinds.contains(kind)))
        {
            return Err(Problem::NotAcceptable);
        }
        self.admit(call, path)?;
        match (call.method.as_str(), path) {
            ("GET", ["agents", "me"]) => Ok(Reply::json(200, self.agent_json(self.integration))),
            ("GET", ["agents"]) => self.list_agents(call),
            ("GET", ["agents", id]) => self.show_agent(long(id)?),
            ("GET", ["account"]) => Ok(Reply::json(200, account())),
            ("GET", ["ticket_fields"]) => Ok(Reply::json(200, self.fields_json())),
            ("GET", ["contacts"]) => self.list_contacts(call),
            ("POST", ["contacts"]) => self.post_contact(call),
            ("GET", ["contacts", id]) => self.show_contact(long(id)?),
            ("GET", ["tickets"]) => self.list_tickets(call),
            ("POST", ["tickets"]) => self.post_ticket(call),
            ("POST", ["tickets", "outbound_email"]) => self.post_outbound_email(call),
            ("GET", ["search", "solutions"]) => self.search_solutions(call),
            ("GET", ["groups", id]) => self.show_group(long(id)?),
            ("GET", ["tickets", id, "satisfaction_ratings"]) => self.ratings_of(number(id)?),
            ("GET", ["surveys", "satisfaction_ratings"]) => page(call, &self.base_url, self.ratings_since(call)?),
            ("GET", ["email_configs"]) => Ok(Reply::json(200, mailboxes())),
            ("PUT", ["tickets", "merge"]) => self.merge_tickets(call),
            ("GET", ["tickets", id]) => self.show_ticket(call, number(id)?),
            ("PUT", ["tickets", id]) => self.put_ticket(call, number(id)?),
            ("DELETE", ["tickets", id]) => self.bin(number(id)?),
            ("PUT", ["tickets", id, "restore"]) => {
                self.set_presence(number(id)?, Presence::Live)?;
                Ok(Reply::nothing(204))
            }
            ("GET", ["tickets", id, "conversations"]) => self.list_conversations(call, number(id)?),
            ("POST", ["tickets", id, "reply"]) => self.post_reply(call, number(id)?),
            ("POST", ["tickets", id, "notes"]) => self.post_note(call, number(id)?),
            ("PUT", ["conversations", id]) => self.put_conversation(call, long(id)?),
            ("DELETE", ["conversations", id]) => self.delete_conversation(long(id)?),
            (
                _,
                ["account" | "agents" | "ticket_fields" | "tickets" | "contacts" | "email_configs"]
                | ["tickets" | "contacts" | "agents" | "conversations", _]
                | ["tickets", _, "conversations" | "reply" | "notes" | "restore"],
            ) => Err(Problem::NotAllowed),
            _ => Err(Problem::NotFound),
        }
    }

    /// The key is the user; the password may be anything.
    fn authenticated(&self, call: &Call) -> bool {
        let key = call.header("authorization").and_then(|header| header.strip_prefix("Basic ")).and_then(|encoded| {
            let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
            Some(pair.split_once(':')?.0.to_owned())
        });
        key.is_some() && key == self.options.api_key
    }

    /// The narrower limits on creating, updating and listing tickets.
    fn admit(&mut self, call: &Call, path: &[&str]) -> Result<(), Problem> {
        let limits = self.options.limits;
        let (name, limit) = match (call.method.as_str(), path) {
            ("POST", ["tickets"] | ["tickets", "outbound_email"]) => ("create", limits.ticket_creates),
            ("PUT", ["tickets", _]) => ("update", limits.ticket_updates),
            ("GET", ["tickets"]) => ("list", limits.ticket_lists),
            _ => return Ok(()),
        };
        let gate = self.windows.admit(name, limit, TimeDelta::minutes(1), 1, self.now());
        if gate.admitted { Ok(()) } else { Err(Problem::TooMany { retry_after: gate.resets_in }) }
    }

    /// Those with an address, as the vendor's filter gives them.
    fn list_agents(&self, call: &Call) -> Answer {
        if self.options.key_owner != KeyOwner::Admin {
            return Err(Problem::AccessDenied);
        }
        let asked = call.query("email");
        let known = |user: &&User| asked.is_none_or(|email| user.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email)));
        let found = self.users.values().filter(|user| self.is_agent(user.id)).filter(known);
        Ok(Reply::json(200, found.map(|user| self.agent_json(user.id)).collect::<Value>()))
    }

    fn show_agent(&self, id: i64) -> Answer {
        if self.options.key_owner != KeyOwner::Admin {
            return Err(Problem::AccessDenied);
        }
        if self.is_agent(id) { Ok(Reply::json(200, self.agent_json(id))) } else { Err(Problem::NotFound) }
    }
}

fn account() -> Value {
    json!({
        "account_id": 9_001, "account_name": "Acme", "account_domain": "acme.freshdesk.com", "data_center": "EU", "tier_type": "Paid",
        "timezone": "Paris", "organisation_id": 77, "organisation_name": "Acme",
    })
}

/// Each include of a ticket costs one call more, of a ticket list two.
fn cost(call: &Call, path: &[&str]) -> u32 {
    let includes = call.query("include").map_or(0, |include| u32::try_from(include.split(',').count()).unwrap_or(u32::MAX));
    match (call.method.as_str(), path) {
        ("GET", ["tickets"]) => 1 + 2 * includes,
        ("GET", ["tickets", _]) => 1 + includes,
        _ => 1,
    }
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

fn long(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// The body as an object of known keys; every unknown one is a fault.
fn body(call: &Call, known: &[&str]) -> Result<Map<String, Value>, Problem> {
    if !call.says_json() {
        return Err(Problem::UnsupportedMediaType);
    }
    let Some(Value::Object(body)) = call.json() else { return Err(Problem::InvalidJson) };
    let unknown: Vec<_> = body.keys().filter(|key| !known.contains(&key.as_str())).map(|key| Fault::unknown(key)).collect();
    if unknown.is_empty() { Ok(body) } else { Err(Problem::Invalid(unknown)) }
}
