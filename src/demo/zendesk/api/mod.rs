//! Zendesk's REST side: who asks, how often, and which path.

mod articles;
mod create;
mod export;
mod files;
mod pages;
mod tickets;
mod users;
mod views;

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::state::{Role, State};
use crate::demo::peer::{Call, Reply};

type Answer = Result<Reply, Problem>;

impl State {
    pub(super) fn answer(&mut self, call: &Call) -> Reply {
        let limit = self.options.limits.requests;
        // The help centre counts by itself.
        let bucket = if call.path.starts_with("/api/v2/help_center/") { "help-center" } else { "requests" };
        let gate = self.windows.admit(bucket, limit, TimeDelta::minutes(1), 1, self.now());
        let reply = if gate.admitted { self.route(call) } else { Err(Problem::TooMany { retry_after: gate.resets_in }) };
        reply
            .unwrap_or_else(|problem| problem.reply())
            .with("X-Rate-Limit", gate.limit)
            .with("X-Rate-Limit-Remaining", gate.remaining)
            .with("ratelimit-limit", gate.limit)
            .with("ratelimit-remaining", gate.remaining)
            .with("ratelimit-reset", gate.resets_in)
    }

    fn route(&mut self, call: &Call) -> Answer {
        let path = call.path.strip_suffix(".json").unwrap_or(&call.path);
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let who = self.who(call);
        match (call.method.as_str(), segments.as_slice()) {
            ("GET", ["attachments", "token", token]) => return self.open_file(call, token, who),
            ("GET", ["zdusercontent", token]) => return self.hand_out_file(call, token),
            _ => {}
        }
        let ["api", "v2", rest @ ..] = segments.as_slice() else { return Err(Problem::InvalidEndpoint) };
        if let ("GET", ["users", "me"]) = (call.method.as_str(), rest) {
            return Ok(self.me(who));
        }
        let actor = who.ok_or(Problem::Unauthenticated)?;
        self.serve(call, rest, actor)
    }

    fn serve(&mut self, call: &Call, path: &[&str], actor: i64) -> Answer {
        match (call.method.as_str(), path) {
            ("GET", ["tickets"]) => self.list_tickets(call),
            ("POST", ["tickets"]) => self.post_ticket(call, actor),
            ("GET", ["tickets", "show_many"]) => self.show_tickets(call),
            ("GET", ["tickets", id]) => self.show_ticket(call, number(id)?),
            ("PUT", ["tickets", id]) => self.put_ticket(call, number(id)?, actor),
            ("GET", ["tickets", id, "comments"]) => self.list_comments(call, number(id)?),
            ("PUT", ["tickets", id, "comments", comment, "make_private"]) => {
                self.make_private(number(id)?, long(comment)?, actor)?;
                Ok(Reply::json(200, json!({})))
            }
            ("POST", ["uploads"]) => self.post_upload(call),
            ("GET", ["attachments", id]) => self.show_file(id),
            ("GET", ["tickets", id, "audits"]) => self.list_audits(call, number(id)?),
            ("GET", ["tickets", id, "tags"]) => Ok(Reply::json(200, json!({"tags": self.live(number(id)?)?.tags}))),
            ("PUT" | "POST" | "DELETE", ["tickets", id, "tags"]) => self.write_tags(call, number(id)?, actor),
            ("POST", ["tickets", id, "merge"]) => self.merge_tickets(call, number(id)?, actor),
            ("PUT", ["comment_redactions", comment]) => self.redact_by_api(call, long(comment)?, actor),
            ("GET", ["job_statuses", id]) => {
                let job = self.jobs.get(*id).ok_or(Problem::NotFound)?;
                Ok(Reply::json(200, json!({"job_status": job})))
            }
            ("GET", ["help_center", "articles", "search"]) => self.search_articles(call),
            ("GET", ["guide", "survey_responses"]) => {
                self.admins_only(actor)?;
                Ok(Reply::json(200, self.survey_responses(call.query("filter[subject_zrns]"))?))
            }
            ("GET", ["ticket_fields"]) => Ok(self.list_fields()),
            ("GET", ["custom_statuses"]) => self.list_custom_statuses(),
            ("POST", ["users", "create_or_update"]) => self.upsert_user(call),
            ("GET", ["users", "search"]) => Ok(self.search_users(call)),
            ("GET", ["users", "show_many"]) => self.show_users(call),
            ("GET", ["users", id]) => self.show_user(long(id)?),
            ("GET", ["incremental", "tickets", "cursor"]) => self.export_tickets(call, actor),
            _ => Err(Problem::InvalidEndpoint),
        }
    }

    /// Whose credentials the call carries: an OAuth token, or `email/token:API_TOKEN`.
    fn who(&self, call: &Call) -> Option<i64> {
        let (scheme, credentials) = call.header("authorization")?.split_once(' ')?;
        let known = if scheme.eq_ignore_ascii_case("bearer") {
            self.options.oauth_token.as_deref() == Some(credentials)
        } else if scheme.eq_ignore_ascii_case("basic") {
            let pair = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
            let (user, token) = pair.split_once("/token:")?;
            self.options.api_token.as_ref().is_some_and(|known| known.email.eq_ignore_ascii_case(user) && known.token == token)
        } else {
            false
        };
        known.then_some(self.integration)
    }

    fn admins_only(&self, actor: i64) -> Result<(), Problem> {
        let admin = self.users.get(&actor).is_some_and(|user| user.role == Role::Admin);
        if admin { Ok(()) } else { Err(Problem::Forbidden) }
    }
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

fn long(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// The object under `key` in the body. A body that does not say it is JSON is not read, as if it were empty.
fn body_object(call: &Call, key: &str) -> Result<Map<String, Value>, Problem> {
    let body = if call.says_json() {
        call.json().ok_or_else(|| Problem::BadRequest { error: "InvalidJson", description: "The body is not valid JSON".to_owned() })?
    } else {
        Value::Null
    };
    match body.get(key) {
        Some(Value::Object(map)) => Ok(map.clone()),
        _ => Err(Problem::InvalidAttribute(format!("You passed an invalid value for the {key} attribute. It must be an object"))),
    }
}

/// The numbers in `?ids=`, 100 at most.
fn ids<T: FromStr>(call: &Call) -> Result<Vec<T>, Problem> {
    let ids: Option<Vec<T>> = call.query("ids").and_then(|ids| ids.split(',').map(|id| id.trim().parse().ok()).collect());
    let invalid = || Problem::BadRequest { error: "InvalidParameter", description: "ids must be 1 to 100 numbers".to_owned() };
    ids.filter(|ids| ids.len() <= 100).ok_or_else(invalid)
}

fn includes(call: &Call, what: &str) -> bool {
    call.query("include").is_some_and(|include| include.split(',').any(|word| word == what))
}

/// Booleans may be strings, as Rails takes them.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
