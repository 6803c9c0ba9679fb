//! Reading and changing tickets, their comments, tags and audits.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::super::CustomStatuses;
use super::super::actions::{Draft, MergeWords, Setting, Update, asked_status, normal_tags, unquoted};
use super::super::state::{State, Ticket, parse_priority};
use super::super::text::Words;
use super::{Answer, Problem, body_object, ids, includes, pages, text_of, truth};
use crate::demo::peer::html;
use crate::demo::peer::{Audience, Call, Origin, Presence, Reply};

impl State {
    pub(super) fn show_ticket(&self, call: &Call, number: u64) -> Answer {
        let ticket = self.live(number)?;
        let mut shown = json!({"ticket": self.ticket_json(ticket)});
        if includes(call, "users") {
            shown["users"] = self.users_json([Some(ticket.requester), Some(ticket.submitter), ticket.assignee].into_iter().flatten());
        }
        if includes(call, "groups") {
            let group = ticket.group.and_then(|id| Some(json!({"id": id, "name": self.groups.get(&id)?, "deleted": false})));
            shown["groups"] = group.into_iter().collect();
        }
        Ok(Reply::json(200, shown))
    }

    /// Those that are not there are left out without a word.
    pub(super) fn show_tickets(&self, call: &Call) -> Answer {
        let there = ids(call)?.into_iter().filter_map(|id| self.live(id).ok());
        let tickets: Vec<_> = there.map(|ticket| self.ticket_json(ticket)).collect();
        Ok(Reply::json(200, json!({"tickets": tickets, "count": tickets.len(), "next_page": null, "previous_page": null})))
    }

    pub(super) fn list_tickets(&self, call: &Call) -> Answer {
        let wanted = call.query("external_id");
        let shown = self.tickets.values().filter(|ticket| ticket.presence == Presence::Live);
        let shown = shown.filter(|ticket| wanted.is_none_or(|wanted| ticket.external_id.as_deref() == Some(wanted)));
        let items = shown.map(|ticket| (i64::try_from(ticket.id).unwrap_or_default(), self.ticket_json(ticket))).collect();
        Ok(Reply::json(200, pages::page(call, &self.base_url, "tickets", items)?))
    }

    pub(super) fn list_comments(&self, call: &Call, number: u64) -> Answer {
        let ticket = self.live(number)?;
        let with_inline = call.query("include_inline_images") == Some("true");
        let mut items: Vec<_> = ticket
            .comments
            .iter()
            .map(|comment| {
                let audit = ticket.audits.iter().find(|audit| audit.id == comment.audit);
                let custom = audit.map(|audit| audit.custom_metadata.clone()).unwrap_or_default();
                (comment.id, self.comment_json(comment, &custom, with_inline))
            })
            .collect();
        // Each style of paging has its own word for the order; the other's is dropped without a word.
        let descending = if pages::by_cursor(call) {
            match call.query("sort") {
                None | Some("created_at") => false,
                Some("-created_at") => true,
                Some(_) => return Err(Problem::BadRequest { error: "InvalidSort", description: "sort is not valid".to_owned() }),
            }
        } else {
            call.query("sort_order") == Some("desc")
        };
        if descending {
            items.reverse();
        }
        let mut page = pages::page(call, &self.base_url, "comments", items)?;
        if includes(call, "users") {
            let authors: Vec<i64> =
                page["comments"].as_array().into_iter().flatten().filter_map(|comment| comment["author_id"].as_i64()).collect();
            page["users"] = self.users_json(authors.into_iter());
        }
        Ok(Reply::json(200, page))
    }

    pub(super) fn list_audits(&self, call: &Call, number: u64) -> Answer {
        let ticket = self.live(number)?;
        let mut items: Vec<_> = ticket.audits.iter().map(|audit| (audit.id, audit.json(number))).collect();
        if call.query("sort").is_some_and(|sort| sort == "-created_at") && pages::by_cursor(call) {
            items.reverse();
        }
        Ok(Reply::json(200, pages::page(call, &self.base_url, "audits", items)?))
    }

    pub(super) fn put_ticket(&mut self, call: &Call, number: u64, actor: i64) -> Answer {
        let gate = self.admit_update(number, actor)?;
        let asked = body_object(call, "ticket")?;
        let ticket = self.writable(number)?;
        check_stamp(&asked, ticket)?;
        let inherits = ticket.first_audience;
        let update = self.read_update(&asked, actor, inherits)?;
        let audit = self.update(number, actor, Origin::Api, update)?;
        let ticket = self.live(number)?;
        let reply = Reply::json(200, json!({"ticket": self.ticket_json(ticket), "audit": audit.json(number)}));
        Ok(reply.with("Zendesk-RateLimit-tickets-update", gate))
    }

    /// 100 a minute for the account, 30 in ten minutes by one user on one ticket.
    fn admit_update(&mut self, number: u64, actor: i64) -> Result<String, Problem> {
        let (limits, now) = (self.options.limits, self.now());
        let one =
            self.windows.admit(&format!("tickets-update/{actor}/{number}"), limits.updates_of_one_ticket, TimeDelta::minutes(10), 1, now);
        let all = self.windows.admit("tickets-update", limits.ticket_updates, TimeDelta::minutes(1), 1, now);
        for gate in [one, all] {
            if !gate.admitted {
                return Err(Problem::TooMany { retry_after: gate.resets_in });
            }
        }
        Ok(format!("total={}; remaining={}; resets={}", all.limit, all.remaining, all.resets_in))
    }

    /// What the caller wants changed. Keys that nobody knows are ignored, as Zendesk does.
    pub(super) fn read_update(&mut self, asked: &Map<String, Value>, actor: i64, inherits: Audience) -> Result<Update, Problem> {
        let mut update = Update::default();
        for (key, value) in asked {
            match key.as_str() {
                "comment" => update.comment = Some(self.read_comment(value, actor, inherits)?),
                "status" => update.status = Some(asked_status(value)?),
                "custom_status_id" if self.options.custom_statuses == CustomStatuses::On => {
                    let known = value.as_i64().filter(|id| self.custom_statuses.iter().any(|(known, _, _)| known == id));
                    update.custom_status = Some(known.ok_or_else(|| Problem::invalid("custom_status_id", "Custom status: is invalid"))?);
                }
                "priority" if value.is_null() => update.priority = Setting::To(None),
                "priority" => {
                    let refusal = || Problem::invalid("priority", format!("Priority: {} is not included in the list", unquoted(value)));
                    update.priority = Setting::To(Some(value.as_str().and_then(parse_priority).ok_or_else(refusal)?));
                }
                "type" => update.kind = Setting::To(read_kind(value)?),
                "tags" => update.tags = Some(read_tags(value)?),
                "subject" => update.subject = text_of(value),
                "external_id" => update.external_id = Setting::To(text_of(value).filter(|id| !id.is_empty())),
                "assignee_id" => {
                    let staff = value.as_i64().filter(|id| self.is_staff(*id));
                    if staff.is_none() && !value.is_null() {
                        return Err(Problem::invalid("assignee", "Assignee: is invalid"));
                    }
                    update.assignee = Setting::To(staff);
                }
                "custom_fields" => update.fields = read_fields(value)?,
                "metadata" => update.metadata = value.clone(),
                _ => (),
            }
        }
        Ok(update)
    }

    /// A comment without `public` inherits from the ticket's first one: an internal thought may thus be mailed out.
    fn read_comment(&mut self, value: &Value, actor: i64, inherits: Audience) -> Result<Draft, Problem> {
        let Some(comment) = value.as_object() else {
            return Err(Problem::InvalidAttribute(
                "You passed an invalid value for the comment attribute. It must be an object".to_owned(),
            ));
        };
        let words = match (comment.get("html_body"), comment.get("body")) {
            (Some(Value::String(html)), _) => Words::Html(html.clone()),
            (_, Some(Value::String(body))) => Words::Plain(body.clone()),
            _ => return Err(Problem::invalid("comment", "Comment: cannot be blank")),
        };
        let (Words::Html(text) | Words::Plain(text)) = &words;
        if html::to_text(text).is_empty() {
            return Err(Problem::invalid("comment", "Comment: cannot be blank"));
        }
        let author = match comment.get("author_id") {
            None | Some(Value::Null) => actor,
            Some(id) => {
                id.as_i64().filter(|id| self.users.contains_key(id)).ok_or_else(|| Problem::invalid("author", "Author: is invalid"))?
            }
        };
        let audience = match comment.get("public").and_then(truth) {
            None => inherits,
            Some(true) => Audience::Public,
            Some(false) => Audience::Internal,
        };
        let files = self.take_uploads(comment.get("uploads"))?;
        Ok(Draft { author, audience, words, files })
    }

    /// PUT adds, POST sets, DELETE removes; each answers the whole list.
    pub(super) fn write_tags(&mut self, call: &Call, number: u64, actor: i64) -> Answer {
        let body = call.json().filter(|_| call.says_json()).unwrap_or_default();
        let asked = read_tags(body.get("tags").unwrap_or(&json!([])))?;
        let ticket = self.writable(number)?;
        check_stamp(body.as_object().unwrap_or(&Map::new()), ticket)?;
        let present = ticket.tags.clone();
        let (status, tags) = match call.method.as_str() {
            "PUT" => (200, normal_tags(present.iter().chain(&asked).map(String::as_str))),
            "POST" => (201, asked),
            _ => (200, present.into_iter().filter(|tag| !asked.contains(tag)).collect()),
        };
        self.update(number, actor, Origin::Api, Update { tags: Some(tags.clone()), ..Update::default() })?;
        Ok(Reply::json(status, json!({"tags": tags})))
    }

    pub(super) fn merge_tickets(&mut self, call: &Call, target: u64, actor: i64) -> Answer {
        let body = call.json().filter(|_| call.says_json()).unwrap_or_default();
        let sources: Vec<u64> = body["ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        let audience = |key: &str| if truth(&body[key]) == Some(true) { Audience::Public } else { Audience::Internal };
        let words = MergeWords {
            target: text_of(&body["target_comment"]),
            source: text_of(&body["source_comment"]),
            target_audience: audience("target_comment_is_public"),
            source_audience: audience("source_comment_is_public"),
        };
        self.live(target)?;
        if sources.is_empty() {
            return Err(Problem::Unprocessable { error: "SourceInvalid", description: "There are no tickets to merge".to_owned() });
        }
        self.merge(&sources, target, actor, Origin::Api, &words)?;
        let id = self.ids.uuid();
        let url = format!("{}/api/v2/job_statuses/{id}.json", self.base_url);
        let fresh = json!({"id": id, "url": url, "status": "queued", "total": null, "progress": null, "message": null, "results": null});
        let done = json!({"id": id, "url": url, "status": "completed", "total": 1, "progress": 1, "message": null, "results": []});
        self.jobs.insert(id, done);
        Ok(Reply::json(200, json!({"job_status": fresh})))
    }

    /// What stands between `<redact>` tags is blacked out.
    pub(super) fn redact_by_api(&mut self, call: &Call, comment: i64, actor: i64) -> Answer {
        let body = call.json().filter(|_| call.says_json()).unwrap_or_default();
        let (Some(ticket), Some(html)) = (body["ticket_id"].as_u64(), body["html_body"].as_str()) else {
            let description = "ticket_id and html_body are needed".to_owned();
            return Err(Problem::BadRequest { error: "InvalidParameters", description });
        };
        let redacted = self.redact(ticket, comment, actor, blacken(html))?;
        Ok(Reply::json(200, json!({"comment": self.comment_json(&redacted, &Value::Null, false)})))
    }
}

/// With `safe_update` in any form, an update that looks back on an older state is refused.
fn check_stamp(asked: &Map<String, Value>, ticket: &Ticket) -> Result<(), Problem> {
    if !asked.contains_key("safe_update") {
        return Ok(());
    }
    let seen: Option<DateTime<Utc>> = asked.get("updated_stamp").and_then(Value::as_str).and_then(|text| text.parse().ok());
    match seen {
        Some(seen) if seen.timestamp() >= ticket.updated_at.timestamp() => Ok(()),
        _ => Err(Problem::UpdateConflict),
    }
}

fn read_kind(value: &Value) -> Result<Option<String>, Problem> {
    match value.as_str() {
        None => Ok(None),
        Some(kind @ ("problem" | "incident" | "question" | "task")) => Ok(Some(kind.to_owned())),
        Some(other) => Err(Problem::invalid("type", format!("Type: {other} is not included in the list"))),
    }
}

fn read_tags(value: &Value) -> Result<Vec<String>, Problem> {
    match value {
        Value::Array(tags) => Ok(normal_tags(tags.iter().filter_map(Value::as_str))),
        Value::String(tags) => Ok(normal_tags(tags.split(','))),
        _ => Err(Problem::InvalidAttribute("You passed an invalid value for the tags attribute".to_owned())),
    }
}

fn read_fields(value: &Value) -> Result<Vec<(i64, Value)>, Problem> {
    let invalid = || Problem::InvalidAttribute("You passed an invalid value for the custom_fields attribute".to_owned());
    let fields = value.as_array().ok_or_else(invalid)?;
    let one = |field: &Value| Some((field["id"].as_i64()?, field.get("value")?.clone()));
    fields.iter().map(|field| one(field).ok_or_else(invalid)).collect()
}

fn blacken(html: &str) -> String {
    let mut black = String::new();
    let mut rest = html;
    while let Some((before, marked)) = rest.split_once("<redact>") {
        let (secret, after) = marked.split_once("</redact>").unwrap_or((marked, ""));
        black.push_str(before);
        black.push_str(&"▇".repeat(secret.chars().count()));
        rest = after;
    }
    black + rest
}
