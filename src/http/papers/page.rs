//! The look of a page that is kept: to be read and printed. No script, nothing from elsewhere, every text escaped.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Language, events};
use crate::domain::disputes::DisputeEvent;
use crate::domain::timeline::EventKind;

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

/// A page, with the words and the clock of its reader.
#[derive(Debug)]
pub(in super::super) struct Page {
    /// In which language.
    pub language: Language,
    /// By which clock.
    pub zone: Tz,
}

impl Page {
    /// What stands at the top: a title, a line below it, and the beginning of a list of facts.
    pub(in super::super) fn open(&self, title: &str, subtitle: &str) -> String {
        let lang = self.language.tag();
        format!(
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"referrer\" content=\"no-referrer\"><title>{title}</title><style>{STYLE}</style></head><body><main>\n\
             <h1>{title}</h1><p>{subtitle}</p><dl>\n",
            title = escaped(title),
            subtitle = escaped(subtitle),
        )
    }

    /// What it is called in this language.
    pub(in super::super) fn say<'a>(&self, word: &'a str) -> &'a str {
        self.language.say(word)
    }

    /// What an event is called, with the amount that it is about or the stage it leads to.
    pub(in super::super) fn event(&self, kind: &EventKind) -> String {
        let name = self.language.of_both(events::name(kind));
        let about = match kind {
            EventKind::Dispute { what: DisputeEvent::StageChanged { to, .. }, .. } => Some(to.label(self.language.tag()).to_owned()),
            kind => events::amount(kind).map(|amount| amount.to_string()),
        };
        about.map_or_else(|| name.to_owned(), |about| format!("{name}{}{about}", self.colon()))
    }

    /// What stands between a name and what it names.
    pub(in super::super) const fn colon(&self) -> &'static str {
        match self.language {
            Language::English => ": ",
            Language::French => "\u{a0}: ",
        }
    }

    /// A time as the marketplace's clocks show it.
    pub(in super::super) fn stamp(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    /// The same, for programs too.
    pub(in super::super) fn time(&self, at: DateTime<Utc>) -> String {
        format!("<time datetime=\"{}\">{}</time>", at.to_rfc3339(), self.stamp(at))
    }

    /// A fact with its name, if there is one.
    pub(in super::super) fn field(&self, out: &mut String, name: &str, value: &str) {
        if !value.is_empty() {
            let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", self.say(name), escaped(value));
        }
    }

    /// The last line, with the digest of all lines before it.
    pub(in super::super) fn last_line(&self, digest: &str) -> String {
        format!("<footer>{}{}<code>{digest}</code></footer></main></body></html>\n", self.say("manifest"), self.colon())
    }
}

/// A text in which nothing is markup.
pub(in super::super) fn escaped(text: &str) -> String {
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
