//! An export for people: one page, to be read and printed. No script, nothing from elsewhere, every text escaped.

use std::fmt::Write;

use chrono_tz::Tz;

use super::super::papers::{Language, Page, escaped, role, word};
use super::{Style, actor};
use crate::domain::attachments::Attachment;
use crate::domain::parties::View;
use crate::domain::threads::Message;
use crate::domain::timeline::Event;
use crate::workflow::export::{Header, Part};

/// A case as a page.
#[derive(Debug)]
pub(super) struct Html {
    page: Page,
    whole: bool,
    empty: bool,
    timeline: bool,
}

impl Html {
    /// A page in this language.
    pub(super) const fn new(language: Language) -> Self {
        Self { page: Page { language, zone: Tz::UTC }, whole: false, empty: true, timeline: false }
    }

    fn message(&self, message: &Message, files: &[Attachment]) -> String {
        let party = word(message.author);
        let mut out = format!("<article class=\"{}\"><strong>{}</strong>", escaped(&party), escaped(self.page.say(&party)));
        if !message.author_name.is_empty() {
            let _ = write!(out, " · {}", escaped(&message.author_name));
        }
        let _ = write!(out, " · {}", self.page.time(message.sent_at));
        if self.whole {
            let parties: Vec<_> = message.audience.parties().map(|party| self.page.say(&word(party)).to_owned()).collect();
            let _ =
                write!(out, "<div class=\"dim\">{}{}{}</div>", self.page.say("audience"), self.page.colon(), escaped(&parties.join(", ")));
        }
        if let Some(at) = message.redacted_at {
            let _ = write!(out, "<div class=\"dim\">{} {}</div>", self.page.say("redacted"), self.page.time(at));
        }
        let _ = write!(out, "<p>{}</p>", escaped(&message.text));
        if !files.is_empty() {
            let _ = write!(out, "<div class=\"dim\">{}</div><ul>", self.page.say("attachments"));
            for file in files {
                let hash = file.sha256.map(|hash| format!("<br><code>sha256 {}</code>", hex::encode(hash))).unwrap_or_default();
                let size = file.size.map(|size| format!(", {size} {}", self.page.say("bytes"))).unwrap_or_default();
                let state = self.page.say(&word(file.state)).to_owned();
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
        let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
        let details: Vec<_> = ["from", "to", "status", "priority", "reason", "note", "party", "right", "kind", "state"]
            .iter()
            .filter_map(|key| shown[key].as_str().filter(|text| !text.is_empty()))
            .map(|text| self.page.say(text).to_owned())
            .collect();
        let details = if details.is_empty() { String::new() } else { format!("{}{}", self.page.colon(), details.join(", ")) };
        format!(
            "<li>{} {}{} · {}{}</li>\n",
            self.page.time(event.at),
            escaped(&self.page.event(&event.kind)),
            escaped(&details),
            escaped(self.page.say(kind)),
            escaped(&name)
        )
    }

    /// Ends the conversations and begins the timeline, once.
    fn timeline(&mut self) -> String {
        if std::mem::replace(&mut self.timeline, true) { String::new() } else { format!("<h2>{}</h2><ol>\n", self.page.say("timeline")) }
    }
}

impl Style for Html {
    fn open(&mut self, header: &Header) -> String {
        self.whole = header.view == View::Whole;
        self.page.zone = header.marketplace.timezone;
        let case = &header.case;
        let mut out = self.page.open(&format!("{} {}", self.page.say("case"), case.reference), &case.subject);
        let viewer = header.viewer_seller.as_ref().map(|seller| format!(" · {}", seller.name)).unwrap_or_default();
        self.page.field(&mut out, "generated", &self.page.stamp(header.generated_at));
        self.page.field(&mut out, "viewer", &format!("{}{viewer}", self.page.say(role(header.view))));
        self.page.field(&mut out, "marketplace", &header.marketplace.name);
        self.page.field(&mut out, "status", self.page.say(&word(case.status)).to_owned().as_str());
        self.page.field(&mut out, "priority", self.page.say(&word(case.priority)).to_owned().as_str());
        self.page.field(&mut out, "owner", self.page.say(&word(case.owner)).to_owned().as_str());
        self.page.field(&mut out, "opened", &self.page.stamp(case.opened_at));
        if let Some(buyer) = &header.buyer {
            let email = buyer.email.as_ref().map(|email| format!(" · {email}")).unwrap_or_default();
            self.page.field(&mut out, "buyer", &format!("{}{email}", buyer.name));
        }
        self.page.field(&mut out, "seller", header.seller.as_ref().map_or("", |seller| &seller.name));
        if let Some(order) = &header.order {
            let lines: Vec<_> = order.lines.iter().map(|line| format!("{} × {}", line.quantity, line.title)).collect();
            self.page.field(&mut out, "order", &format!("{} · {} · {}", order.reference, order.total, lines.join("; ")));
        }
        let tickets: Vec<_> = header.tickets.iter().map(|ticket| format!("#{}", ticket.number)).collect();
        self.page.field(&mut out, "tickets", &tickets.join(", "));
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
                    .map(|one| {
                        format!("{} ({})", self.page.say(&word(one.member.party())).to_owned(), self.page.say(&word(one.right)).to_owned())
                    })
                    .collect();
                let colon = self.page.colon();
                let (kind, people) = (self.page.say(&word(thread.kind)).to_owned(), people.join(", "));
                format!(
                    "<section><h2>{}{colon}{}{}</h2><p class=\"dim\">{}{colon}{}</p>\n",
                    self.page.say("thread"),
                    escaped(&kind),
                    escaped(&subject),
                    self.page.say("participants"),
                    escaped(&people)
                )
            }
            Part::Message(message, files) => {
                self.empty = false;
                self.message(message, files)
            }
            Part::EndOfThread if self.empty => format!("<p class=\"dim\">{}</p></section>\n", self.page.say("empty")),
            Part::EndOfThread => "</section>\n".to_owned(),
            Part::Event(event) => self.timeline() + &self.event(event),
        }
    }

    fn close(&mut self) -> String {
        self.timeline() + "</ol>\n"
    }

    fn last_line(&self, digest: &str) -> String {
        self.page.last_line(digest)
    }
}
