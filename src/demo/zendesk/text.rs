//! What Zendesk does to the text of a comment: placeholders, cleaning, the cut at 64 kB.

use super::state::{State, Ticket, User, priority_word, stamp, status_word};
use crate::demo::peer::html;
use crate::demo::peer::{Audience, Urgency};

/// Comment bodies are cut here without a word. <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/>
const LONGEST_BODY: usize = 64 * 1024;

/// The words of a comment as somebody handed them in.
#[derive(Debug, Clone)]
pub(super) enum Words {
    Plain(String),
    Html(String),
}

/// The words as kept.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    pub(super) html: String,
    pub(super) text: String,
}

impl State {
    /// Keeps the words as Zendesk does. With staff behind them, placeholders are expanded first: by the author's side,
    /// and by the writer's too, as the vendor does not say which of the two counts.
    pub(super) fn render(&self, ticket: &Ticket, words: &Words, writer: i64, author: i64) -> Rendered {
        let expands = self.is_staff(writer) || self.is_staff(author);
        let raw = match words {
            Words::Plain(text) | Words::Html(text) => html::cut(text, LONGEST_BODY),
        };
        let expanded = if expands {
            let escapes = matches!(words, Words::Html(_));
            expand(raw, &|name| {
                let value = self.placeholder(ticket, writer, name);
                if escapes { html::escape(&value) } else { value }
            })
        } else {
            raw.to_owned()
        };
        let inner = match words {
            Words::Plain(_) => plain_to_html(&expanded),
            Words::Html(_) => html::clean(&expanded),
        };
        Rendered { text: html::to_text(&inner), html: format!(r#"<div class="zd-comment" dir="auto">{inner}</div>"#) }
    }

    /// What a placeholder stands for; an unknown one for nothing.
    /// <https://support.zendesk.com/hc/en-us/articles/4408886858138>
    pub(super) fn placeholder(&self, ticket: &Ticket, actor: i64, name: &str) -> String {
        if let Some(rest) = name.strip_prefix("ticket.requester.") {
            return person(self.users.get(&ticket.requester), rest);
        }
        if let Some(rest) = name.strip_prefix("ticket.submitter.") {
            return person(self.users.get(&ticket.submitter), rest);
        }
        if let Some(rest) = name.strip_prefix("ticket.assignee.") {
            return person(ticket.assignee.and_then(|id| self.users.get(&id)), rest);
        }
        if let Some(rest) = name.strip_prefix("current_user.") {
            return person(self.users.get(&actor), rest);
        }
        if let Some(field) = name.strip_prefix("ticket.ticket_field_") {
            let value = field.parse::<i64>().ok().and_then(|id| ticket.fields.get(&id));
            return value.map(plain_value).unwrap_or_default();
        }
        self.ticket_placeholder(ticket, name)
    }

    fn ticket_placeholder(&self, ticket: &Ticket, name: &str) -> String {
        let latest = |public_only: bool| {
            let mut comments = ticket.comments.iter().rev();
            comments.find(|comment| !public_only || comment.audience == Audience::Public)
        };
        let all = |public_only: bool| {
            let shown = ticket.comments.iter().filter(|comment| !public_only || comment.audience == Audience::Public);
            shown.map(|comment| format!("{}: {}", self.person(comment.author).name, comment.text)).collect::<Vec<_>>().join("\n")
        };
        match name {
            "ticket.id" => ticket.id.to_string(),
            "ticket.title" => ticket.subject.clone(),
            "ticket.description" => format!("----------------------------------------------\n\n{}", ticket.description),
            "ticket.url" | "ticket.link" => format!("{}/agent/tickets/{}", self.base_url, ticket.id),
            "ticket.external_id" => ticket.external_id.clone().unwrap_or_default(),
            "ticket.status" => capital(status_word(ticket.status)),
            "ticket.priority" => ticket.priority.map(|priority: Urgency| capital(priority_word(priority))).unwrap_or_default(),
            "ticket.tags" => ticket.tags.join(" "),
            "ticket.created_at_with_timestamp" => stamp(ticket.created_at),
            "ticket.updated_at_with_timestamp" => stamp(ticket.updated_at),
            "ticket.latest_comment" => latest(false).map(|comment| comment.text.clone()).unwrap_or_default(),
            "ticket.latest_comment_html" => latest(false).map(|comment| comment.html.clone()).unwrap_or_default(),
            "ticket.latest_comment.author.name" => latest(false).map(|comment| self.person(comment.author).name).unwrap_or_default(),
            "ticket.latest_public_comment" => latest(true).map(|comment| comment.text.clone()).unwrap_or_default(),
            "ticket.latest_public_comment_html" => latest(true).map(|comment| comment.html.clone()).unwrap_or_default(),
            "ticket.comments_formatted" => all(false),
            "ticket.public_comments_formatted" => all(true),
            _ => String::new(),
        }
    }
}

fn person(user: Option<&User>, attribute: &str) -> String {
    let Some(user) = user else { return String::new() };
    match attribute {
        "id" => user.id.to_string(),
        "name" => user.name.clone(),
        "first_name" => user.name.split_whitespace().next().unwrap_or_default().to_owned(),
        "last_name" => user.name.split_whitespace().skip(1).collect::<Vec<_>>().join(" "),
        "email" => user.email.clone().unwrap_or_default(),
        "external_id" => user.external_id.clone().unwrap_or_default(),
        "role" => user.role.word().to_owned(),
        _ => String::new(),
    }
}

fn plain_value(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Expands `{{name}}`, with the filters that shape case, and drops `{% … %}`, as Liquid does.
pub(super) fn expand(text: &str, value_of: &dyn Fn(&str) -> String) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let (before, tag) = rest.split_at(place);
        let end = if tag.starts_with("{{") { "}}" } else { "%}" };
        expanded.push_str(before);
        let Some((inner, after)) = tag[2..].split_once(end) else {
            expanded.push_str(tag);
            return expanded;
        };
        if end == "}}" {
            let mut parts = inner.split('|').map(str::trim);
            let value = value_of(parts.next().unwrap_or_default());
            expanded.push_str(&parts.fold(value, |value, filter| match filter {
                "downcase" => value.to_lowercase(),
                "upcase" => value.to_uppercase(),
                _ => value,
            }));
        }
        rest = after;
    }
    expanded.push_str(rest);
    expanded
}

/// `body` loses its tags, and its runs of spaces and of newlines.
fn plain_to_html(text: &str) -> String {
    let mut lines = Vec::new();
    for line in without_tags(text).lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            lines.push(html::escape(&line));
        }
    }
    format!("<p>{}</p>", lines.join("<br>"))
}

/// Only what looks like a tag goes: `a < b` stays.
fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        kept.push_str(before);
        let is_tag = tag.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '!');
        match tag.split_once('>') {
            Some((_, after)) if is_tag => rest = after,
            _ => {
                kept.push('<');
                rest = tag;
            }
        }
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_as_liquid_finds_them() {
        let value = |name: &str| if name == "ticket.id" { "Ab".to_owned() } else { String::new() };
        for (text, expanded) in [
            ("#{{ticket.id}}!", "#Ab!"),
            ("{{ ticket.id | downcase }}{{ticket.id|upcase}}", "abAB"),
            ("{{unknown}}x{% if a %}y{% endif %}", "xy"),
            ("{{ticket.id", "{{ticket.id"),
            ("{\u{200d}{ticket.id}}", "{\u{200d}{ticket.id}}"),
            ("&#123;&#123;ticket.id}}", "&#123;&#123;ticket.id}}"),
        ] {
            assert_eq!(expand(text, &value), expanded, "{text}");
        }
    }

    #[test]
    fn a_plain_body_loses_tags_and_runs_of_blanks() {
        assert_eq!(plain_to_html("a  b\n\n\nc <b>d</b> 1 < 2"), "<p>a b<br>c d 1 &lt; 2</p>");
    }
}
