//! An export for people: one page, to be read and printed. No script, nothing from elsewhere, every text escaped.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::labels::Language;
use super::{Style, actor, role, word};
use crate::domain::attachments::Attachment;
use crate::domain::parties::View;
use crate::domain::threads::Message;
use crate::domain::timeline::Event;
use crate::workflow::export::{Header, Part};

const STYLE: &str = ":root{color-scheme:light dark;--page:#fff;--ink:#1f2328;--line:#c9ccd1;--soft:#f3f4f6;--dim:#565d67}\
@media(prefers-color-scheme:dark){:root{--page:#16181c;--ink:#e6e8eb;--line:#454b54;--soft:#23272e;--dim:#a8b0bb}}\
body{background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem;margin-bottom:.25rem}h2{font-size:1.2rem;margin-top:2.5rem;border-bottom:1px solid var(--line)}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt,time,footer,.dim{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\
article{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:.75rem 0;break-inside:avoid}\
article.SELLER{margin-left:2rem}article.OPERATOR{background:var(--soft)}\
article p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0 0}ul{padding-left:1.25rem}code{overflow-wrap:anywhere;font-size:.85em}\
footer{margin-top:3rem;font-size:.85rem;overflow-wrap:anywhere}\
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--line:#c9ccd1;--soft:#f3f4f6;--dim:#565d67}body{margin:0;max-width:none}article{background:none!important}}";

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    language: Language,
    zone: Tz,
    whole: bool,
    empty: bool,
    timeline: bool,
}

impl Page {
    /// A page in this language.
    pub(super) const fn new(language: Language) -> Self {
        Self { language, zone: Tz::UTC, whole: false, empty: true, timeline: false }
    }

    fn say<'a>(&self, word: &'a str) -> &'a str {
        self.language.say(word)
    }

    /// What stands between a name and what it names.
    const fn colon(&self) -> &'static str {
        match self.language {
            Language::English => ": ",
            Language::French => "\u{a0}: ",
        }
    }

    /// A time as the marketplace's clocks show it.
    fn stamp(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    fn time(&self, at: DateTime<Utc>) -> String {
        format!("<time datetime=\"{}\">{}</time>", at.to_rfc3339(), self.stamp(at))
    }

    fn field(&self, out: &mut String, name: &str, value: &str) {
        if !value.is_empty() {
            let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", self.say(name), escaped(value));
        }
    }

    fn message(&self, message: &Message, files: &[Attachment]) -> String {
        let party = word(message.author);
        let mut out = format!("<article class=\"{}\"><strong>{}</strong>", escaped(&party), escaped(self.say(&party)));
        if !message.author_name.is_empty() {
            let _ = write!(out, " · {}", escaped(&message.author_name));
        }
        let _ = write!(out, " · {}", self.time(message.sent_at));
        if self.whole {
            let parties: Vec<_> = message.audience.parties().map(|party| self.say(&word(party)).to_owned()).collect();
            let _ = write!(out, "<div class=\"dim\">{}{}{}</div>", self.say("audience"), self.colon(), escaped(&parties.join(", ")));
        }
        if let Some(at) = message.redacted_at {
            let _ = write!(out, "<div class=\"dim\">{} {}</div>", self.say("redacted"), self.time(at));
        }
        let _ = write!(out, "<p>{}</p>", escaped(&message.text));
        if !files.is_empty() {
            let _ = write!(out, "<div class=\"dim\">{}</div><ul>", self.say("attachments"));
            for file in files {
                let hash = file.sha256.map(|hash| format!("<br><code>sha256 {}</code>", hex::encode(hash))).unwrap_or_default();
                let size = file.size.map(|size| format!(", {size} {}", self.say("bytes"))).unwrap_or_default();
                let state = self.say(&word(file.state)).to_owned();
                let _ = write!(out, "<li>{} ({}{size}, {}){hash}</li>", escaped(&file.name), escaped(&file.content_type), escaped(&state));
            }
            out.push_str("</ul>");
        }
        out.push_str("</article>\n");
        out
    }

    fn event(&self, event: &Event) -> String {
        let (kind, name) = actor(&event.actor);
        let shown = serde_json::to_value(&event.kind).unwrap_or_default();
        let what = shown["type"].as_str().unwrap_or_default();
        let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
        let details: Vec<_> = ["from", "to", "status", "priority", "reason", "note", "party", "right", "kind", "state"]
            .iter()
            .filter_map(|key| shown[key].as_str().filter(|text| !text.is_empty()))
            .map(|text| self.say(text).to_owned())
            .collect();
        let details = if details.is_empty() { String::new() } else { format!("{}{}", self.colon(), details.join(", ")) };
        format!(
            "<li>{} {}{} · {}{}</li>\n",
            self.time(event.at),
            escaped(self.say(what)),
            escaped(&details),
            escaped(self.say(kind)),
            escaped(&name)
        )
    }

    /// Ends the conversations and begins the timeline, once.
    fn timeline(&mut self) -> String {
        if std::mem::replace(&mut self.timeline, true) { String::new() } else { format!("<h2>{}</h2><ol>\n", self.say("timeline")) }
    }
}

impl Style for Page {
    fn open(&mut self, header: &Header) -> String {
        self.whole = header.view == View::Whole;
        self.zone = header.marketplace.timezone;
        let (case, lang) = (&header.case, self.language.tag());
        let title = format!("{} {}", self.say("case"), case.reference);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"referrer\" content=\"no-referrer\"><title>{title}</title><style>{STYLE}</style></head><body><main>\n\
             <h1>{title}</h1><p>{subject}</p><dl>\n",
            title = escaped(&title),
            subject = escaped(&case.subject),
        );
        let viewer = header.viewer_seller.as_ref().map(|seller| format!(" · {}", seller.name)).unwrap_or_default();
        self.field(&mut out, "generated", &self.stamp(header.generated_at));
        self.field(&mut out, "viewer", &format!("{}{viewer}", self.say(role(header.view))));
        self.field(&mut out, "marketplace", &header.marketplace.name);
        self.field(&mut out, "status", self.say(&word(case.status)).to_owned().as_str());
        self.field(&mut out, "priority", self.say(&word(case.priority)).to_owned().as_str());
        self.field(&mut out, "owner", self.say(&word(case.owner)).to_owned().as_str());
        self.field(&mut out, "opened", &self.stamp(case.opened_at));
        if let Some(buyer) = &header.buyer {
            let email = buyer.email.as_ref().map(|email| format!(" · {email}")).unwrap_or_default();
            self.field(&mut out, "buyer", &format!("{}{email}", buyer.name));
        }
        self.field(&mut out, "seller", header.seller.as_ref().map_or("", |seller| &seller.name));
        if let Some(order) = &header.order {
            let lines: Vec<_> = order.lines.iter().map(|line| format!("{} × {}", line.quantity, line.title)).collect();
            self.field(&mut out, "order", &format!("{} · {} · {}", order.reference, order.total, lines.join("; ")));
        }
        let tickets: Vec<_> = header.tickets.iter().map(|ticket| format!("#{}", ticket.number)).collect();
        self.field(&mut out, "tickets", &tickets.join(", "));
        out.push_str("</dl>\n");
        out
    }

    fn part(&mut self, part: &Part) -> String {
        match part {
            Part::Thread(thread, participants) => {
                self.empty = true;
                let subject = thread.subject.as_ref().map(|subject| format!(" · {subject}")).unwrap_or_default();
                let people: Vec<_> = participants
                    .iter()
                    .map(|one| format!("{} ({})", self.say(&word(one.member.party())).to_owned(), self.say(&word(one.right)).to_owned()))
                    .collect();
                let colon = self.colon();
                let (kind, people) = (self.say(&word(thread.kind)).to_owned(), people.join(", "));
                format!(
                    "<section><h2>{}{colon}{}{}</h2><p class=\"dim\">{}{colon}{}</p>\n",
                    self.say("thread"),
                    escaped(&kind),
                    escaped(&subject),
                    self.say("participants"),
                    escaped(&people)
                )
            }
            Part::Message(message, files) => {
                self.empty = false;
                self.message(message, files)
            }
            Part::EndOfThread if self.empty => format!("<p class=\"dim\">{}</p></section>\n", self.say("empty")),
            Part::EndOfThread => "</section>\n".to_owned(),
            Part::Event(event) => self.timeline() + &self.event(event),
        }
    }

    fn close(&mut self) -> String {
        self.timeline() + "</ol>\n"
    }

    fn last_line(&self, digest: &str) -> String {
        format!("<footer>{}{}<code>{digest}</code></footer></main></body></html>\n", self.say("manifest"), self.colon())
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
