//! The bundle for people: what each side says, and the index of what was handed in.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::super::papers::{Language, Page, escaped, role, word};
use crate::domain::attachments::Attachment;
use crate::domain::disputes::{Evidence, EvidenceRequest};
use crate::domain::ids::EvidenceId;
use crate::domain::parties::{Party, View};
use crate::workflow::disputes::bundle::Bundle;
use crate::workflow::links::Link;

/// The page. `link` makes the address of a file.
pub(super) fn page(language: Language, bundle: &Bundle, link: impl Fn(EvidenceId, &Attachment) -> Option<Link>) -> String {
    let html = Html { page: Page { language, zone: bundle.marketplace.timezone }, bundle };
    let mut out = html.head();
    html.words(&mut out);
    html.requests(&mut out);
    let _ = writeln!(out, "<h2>{}</h2>", html.page.say("pieces"));
    if bundle.pieces.is_empty() {
        let _ = writeln!(out, "<p class=\"dim\">{}</p>", html.page.say("no evidence"));
    }
    for (piece, file) in &bundle.pieces {
        html.piece(&mut out, piece, file.as_ref().map(|file| (file, link(piece.id, file))));
    }
    let digest = hex::encode(Sha256::digest(&out));
    out + &html.page.last_line(&digest)
}

struct Html<'a> {
    page: Page,
    bundle: &'a Bundle,
}

impl Html<'_> {
    fn head(&self) -> String {
        let (page, bundle, dispute) = (&self.page, self.bundle, &self.bundle.dispute);
        let order = bundle.order.as_deref().unwrap_or_default();
        let mut out = page.open(&format!("{} · {order}", page.say("evidence")), dispute.stage.label(page.language.tag()));
        page.field(&mut out, "generated", &page.stamp(bundle.generated_at));
        page.field(&mut out, "viewer", page.say(role(bundle.view)));
        page.field(&mut out, "marketplace", &bundle.marketplace.name);
        let line = dispute.order_line.as_ref().map(|line| format!(" · {line}")).unwrap_or_default();
        page.field(&mut out, "order", &format!("{order}{line}"));
        page.field(&mut out, "reason", page.say(&word(dispute.reason)));
        page.field(&mut out, "amount", &dispute.amount.to_string());
        page.field(&mut out, "opener", page.say(&word(dispute.opener)));
        page.field(&mut out, "opened", &page.stamp(dispute.opened_at));
        out + "</dl>\n"
    }

    /// What the parties say.
    fn words(&self, out: &mut String) {
        let dispute = &self.bundle.dispute;
        let said = [("statement", dispute.opener, Some(&dispute.text)), ("answer", dispute.respondent(), dispute.answer.as_ref())];
        for (what, by, text) in said {
            let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
            let _ = writeln!(
                out,
                "<h2>{}</h2><article class=\"{}\">{}<p>{}</p></article>",
                self.page.say(what),
                word(by),
                self.party(by),
                escaped(text)
            );
        }
    }

    fn requests(&self, out: &mut String) {
        let requests = &self.bundle.dispute.evidence_requests;
        if requests.is_empty() {
            return;
        }
        let _ = writeln!(out, "<h2>{}</h2><ul>", self.page.say("requested"));
        for EvidenceRequest { of, text, at, due_at, .. } in requests {
            let (at, due, until) = (self.page.time(*at), self.page.time(*due_at), self.page.say("until"));
            let _ = writeln!(out, "<li>{} · {at} · {until} {due}<br>{}</li>", self.party(*of), escaped(text));
        }
        out.push_str("</ul>\n");
    }

    fn party(&self, party: Party) -> String {
        format!("<strong>{}</strong>", escaped(self.page.say(&word(party))))
    }

    fn piece(&self, out: &mut String, piece: &Evidence, file: Option<(&Attachment, Option<Link>)>) {
        let _ = write!(out, "<article class=\"{}\">{} · {}", word(piece.by), self.party(piece.by), self.page.time(piece.at));
        if self.bundle.view == View::Whole {
            let parties: Vec<_> = piece.audience.parties().map(|party| self.page.say(&word(party)).to_owned()).collect();
            let _ =
                write!(out, "<div class=\"dim\">{}{}{}</div>", self.page.say("audience"), self.page.colon(), escaped(&parties.join(", ")));
        }
        if !piece.text.is_empty() {
            let _ = write!(out, "<p>{}</p>", escaped(&piece.text));
        }
        if let Some((file, link)) = file {
            let name = escaped(&file.name);
            let size = file.size.map(|size| format!(", {size} {}", self.page.say("bytes"))).unwrap_or_default();
            let name = link.map_or_else(|| name.clone(), |link| format!("<a href=\"{}\">{name}</a>", escaped(&link.url)));
            let _ = write!(out, "<div>{name} <span class=\"dim\">({}{size})</span></div>", escaped(&file.content_type));
        }
        let _ = writeln!(out, "<code>sha256 {}</code></article>", hex::encode(piece.sha256));
    }
}
