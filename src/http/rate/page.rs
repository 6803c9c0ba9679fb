//! The pages, written out.

use std::fmt::Write;

use super::super::papers::escaped;
use super::answers::{Answers, name};
use super::words::{self, Words};
use crate::domain::mails::Language;
use crate::domain::ratings::{InvitationState, Review, ReviewState, Reward, Subject};
use crate::domain::refusal::Refusal;
use crate::domain::statements::Ground;
use crate::store::ReviewRow;
use crate::workflow::Fault;
use crate::workflow::ratings::Opened;

/// In the light and in the dark, on a telephone and on a desk.
pub(super) const STYLE: &str = ":root{color-scheme:light dark;--ink:#1f2328;--soft:#57606a;--line:#d0d7de;--blue:#0b57d0;--on:#fff;--bad:#b3261e;\
--paper:#fff;--tint:#f6f8fa}*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}\
main{max-width:38rem;margin:0 auto;padding:2rem 1rem 3rem}h1{margin:0 0 .25rem;font-size:1.5rem;line-height:1.25}\
h2{margin:2rem 0 .25rem;font-size:1.15rem}p{margin:.25rem 0 .75rem}.soft{color:var(--soft);font-size:.9rem}\
.note{margin:0 0 1rem;padding:.75rem 1rem;border-radius:.5rem;background:var(--tint);border:1px solid var(--line)}.bad{border-color:var(--bad)}.bad strong{color:var(--bad)}\
fieldset{margin:0;padding:0 0 .9rem;border:0;border-bottom:1px solid var(--line)}legend{padding:.9rem 0 0;font-weight:600}\
.scale{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.4rem}.scale label{position:relative}\
.scale input{position:absolute;opacity:0;inset:0;width:100%;height:100%;margin:0;cursor:pointer}\
.scale span{display:inline-flex;align-items:center;justify-content:center;min-width:2.75rem;min-height:2.75rem;padding:0 .5rem;border:1px solid var(--soft);border-radius:.5rem}\
.scale input:checked+span{background:var(--blue);border-color:var(--blue);color:var(--on);font-weight:600}\
label.none input:checked+span{background:transparent;border-color:var(--soft);color:var(--soft);font-weight:400}\
.scale input:focus-visible+span{outline:3px solid var(--blue);outline-offset:2px}\
label.words{display:block;margin:1rem 0 .25rem;font-weight:600}textarea{width:100%;min-height:6.5rem;padding:.6rem;font:inherit;color:inherit;background:var(--paper);\
border:1px solid var(--soft);border-radius:.5rem}textarea:focus-visible{outline:3px solid var(--blue);outline-offset:1px}\
.check{display:flex;gap:.6rem;align-items:flex-start;margin:1.25rem 0}.check input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;accent-color:var(--blue)}\
button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid var(--blue);border-radius:.5rem;background:var(--blue);color:var(--on);cursor:pointer}\
button.quiet{background:transparent;color:var(--blue)}button:focus-visible{outline:3px solid var(--blue);outline-offset:2px}\
.end{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line)}blockquote{margin:.5rem 0;padding:.25rem 0 .25rem 1rem;border-left:3px solid var(--line);white-space:pre-line;overflow-wrap:anywhere}\
.why{font-weight:400}@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a6adb6;--line:#3a3f46;--blue:#8ab4f8;--on:#10131a;--bad:#f2b8b5;--paper:#16181c;--tint:#1f2328}}";

/// What has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The answers were sent.
    Thanks,
    /// Nobody asks any more.
    Stopped,
    /// A review was taken back.
    TakenBack,
    /// A complaint was lodged.
    Complained,
}

/// What a page is made of.
pub(super) struct Page<'a> {
    pub(super) opened: &'a Opened,
    pub(super) language: Language,
    pub(super) reviews: &'a [ReviewRow],
}

fn document(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\"><title>{}</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>",
        language.tag(),
        escaped(title)
    )
}

/// What whoever follows a link that we did not make is told.
pub(super) fn forged(language: Language) -> String {
    let words = words::of(language);
    document(language, words.forged, &format!("<h1>{}</h1><p>{}</p>", words.forged, words.forged_more))
}

impl Page<'_> {
    fn words(&self) -> &'static Words {
        words::of(self.language)
    }

    fn whole(&self, title: &str, body: &str) -> String {
        let marketplace = &self.opened.marketplace.name;
        document(self.language, &format!("{title} · {marketplace}"), &format!("<p class=\"soft\">{}</p>{body}", escaped(marketplace)))
    }

    /// The questions, or how the invitation ended.
    pub(super) fn as_it_stands(&self) -> String {
        let words = self.words();
        let (title, more) = match self.opened.state {
            InvitationState::Planned | InvitationState::Sent | InvitationState::Reminded => return self.form(&Answers::default(), &[]),
            InvitationState::Used => (words.used, words.used_more),
            InvitationState::Expired => (words.expired, words.expired_more),
            InvitationState::OptedOut => (words.stopped, words.stopped_more),
            InvitationState::Canceled => (words.canceled, words.canceled_more),
        };
        self.whole(title, &format!("<h1>{title}</h1><p>{more}</p>{}", self.own()))
    }

    /// The page after something was done.
    pub(super) fn after(&self, notice: Notice) -> String {
        let words = self.words();
        let (title, more) = match notice {
            Notice::Thanks => (words.thanks, words.thanks_more),
            Notice::Stopped => (words.stopped, words.stopped_more),
            Notice::TakenBack => (words.thanks, words.taken_back),
            Notice::Complained => (words.thanks, words.complained),
        };
        self.whole(title, &format!("<h1>{title}</h1><p>{more}</p>{}", self.own()))
    }

    /// The page with what was sent, and what is wrong with it.
    pub(super) fn again(&self, answers: &Answers, faults: &[Fault]) -> String {
        match self.opened.state {
            InvitationState::Used => {
                let words = self.words();
                self.whole(words.used, &format!("<h1>{}</h1>{}{}", words.used, self.faulty(faults), self.own()))
            }
            _ => self.form(answers, faults),
        }
    }

    fn faulty(&self, faults: &[Fault]) -> String {
        let words = self.words();
        if faults.is_empty() {
            return String::new();
        }
        let sentences: Vec<_> = faults.iter().map(|fault| sentence(words, fault)).collect();
        format!("<div class=\"note bad\" role=\"alert\"><strong>{}</strong><br>{}</div>", words.faulty, sentences.join("<br>"))
    }

    fn form(&self, answers: &Answers, faults: &[Fault]) -> String {
        let words = self.words();
        let subjects = self.opened.invitation.about.subjects();
        let support = subjects.contains(&Subject::Support);
        let title = if support { words.support_title } else { words.title };
        let mut body = format!("<h1>{title}</h1><p>{}</p>{}", escaped(&self.opened.what), self.faulty(faults));
        if self.opened.invitation.reward == Reward::Given {
            let _ = write!(body, "<p class=\"note\">{}</p>", words.rewarded);
        }
        body.push_str("<form method=\"post\">");
        for subject in subjects {
            self.section(&mut body, *subject, answers);
        }
        if !support {
            let checked = if answers.field("consent").is_empty() { "" } else { " checked" };
            let _ = write!(
                body,
                "<div class=\"check\"><input type=\"checkbox\" id=\"consent\" name=\"consent\" value=\"yes\"{checked}><label for=\"consent\">{}</label></div>\
                 <p class=\"soft\">{}</p>",
                words.consent, words.public
            );
        }
        let _ = write!(body, "<p><button name=\"act\" value=\"submit\">{}</button></p></form>", words.send);
        let _ = write!(
            body,
            "<form method=\"post\" class=\"end\"><p class=\"soft\">{}</p><button class=\"quiet\" name=\"act\" value=\"stop\">{}</button></form>",
            words.stop_why, words.stop
        );
        self.whole(title, &body)
    }

    fn section(&self, body: &mut String, subject: Subject, answers: &Answers) {
        let words = self.words();
        let seller = self.opened.seller.as_deref().filter(|_| subject == Subject::Seller);
        let called = seller.map_or_else(String::new, |seller| format!("{}{}", words.colon, escaped(seller)));
        let _ = write!(body, "<h2>{}{called}</h2><p class=\"soft\">{}</p>", words.subject(subject), words.scale);
        for criterion in self.opened.criteria.of(subject) {
            let field = format!("{}.{}", name(subject), criterion.key);
            let label = escaped(criterion.label(self.language.tag()));
            self.choice(body, (&field, &label), (1..=5).map(|grade| (grade.to_string(), grade.to_string())), answers);
        }
        if subject == Subject::Support {
            let both = [("yes".to_owned(), words.yes.to_owned()), ("no".to_owned(), words.no.to_owned())];
            self.choice(body, ("solved", words.solved), both.into_iter(), answers);
            let legend = format!("{} <span class=\"why soft\">({})</span>", words.recommend, words.recommend_scale);
            self.choice(body, ("recommendation", &legend), (0..=10).map(|grade| (grade.to_string(), grade.to_string())), answers);
        }
        let id = format!("{}-text", name(subject));
        let _ = write!(
            body,
            "<label class=\"words\" for=\"{id}\">{} <span class=\"why soft\">({})</span></label><textarea id=\"{id}\" name=\"{id}\" maxlength=\"5000\">{}</textarea>",
            words.own_text,
            words.optional,
            escaped(answers.field(&id))
        );
    }

    /// One question with its answers, of which none is chosen beforehand but "no answer".
    fn choice(&self, body: &mut String, (field, legend): (&str, &str), values: impl Iterator<Item = (String, String)>, answers: &Answers) {
        let given = answers.field(field);
        let _ = write!(body, "<fieldset><legend>{legend}</legend><div class=\"scale\">");
        let unanswered = (String::new(), self.words().unanswered.to_owned());
        for (value, label) in values.chain([unanswered]) {
            let checked = if value == given { " checked" } else { "" };
            let class = if value.is_empty() { " class=\"none\"" } else { "" };
            let _ = write!(
                body,
                "<label{class}><input type=\"radio\" name=\"{}\" value=\"{value}\"{checked}><span>{label}</span></label>",
                escaped(field)
            );
        }
        body.push_str("</div></fieldset>");
    }

    /// What the author wrote, where it stands, and what can be done about it.
    fn own(&self) -> String {
        if self.reviews.is_empty() {
            return String::new();
        }
        let words = self.words();
        let mut body = format!("<h2>{}</h2>", words.yours);
        for row in self.reviews {
            self.review(&mut body, &row.review);
        }
        body
    }

    fn review(&self, body: &mut String, review: &Review) {
        let words = self.words();
        let state = review.state();
        let _ = write!(
            body,
            "<section class=\"note\"><p><strong>{}</strong> — {}</p>",
            words.subject(review.subject()),
            Words::state(state, self.language)
        );
        if let Some(version) = review.waiting().or_else(|| review.published.last())
            && !version.text.is_empty()
        {
            let _ = write!(body, "<blockquote>{}</blockquote>", escaped(&version.text));
        }
        if let Some(reply) = review.reply.as_ref().and_then(|reply| reply.current()) {
            let _ = write!(body, "<p>{}{}</p><blockquote>{}</blockquote>", words.reply, words.colon, escaped(&reply.text));
        }
        let id = review.id;
        if matches!(state, ReviewState::Rejected | ReviewState::Removed) {
            self.held_back(body, review);
        }
        if matches!(state, ReviewState::Published | ReviewState::InModeration) {
            let _ = write!(
                body,
                "<form method=\"post\"><input type=\"hidden\" name=\"review\" value=\"{id}\"><input type=\"hidden\" name=\"revision\" value=\"{}\">\
                 <button class=\"quiet\" name=\"act\" value=\"take-back\">{}</button></form>",
                review.revision, words.take_back
            );
        }
        body.push_str("</section>");
    }

    fn held_back(&self, body: &mut String, review: &Review) {
        let words = self.words();
        let Some(removal) = &review.removal else { return };
        let (Ground::Law { text } | Ground::Terms { text }) = removal.statement.ground();
        let _ = write!(
            body,
            "<p>{}{}{}</p><p>{}</p><p>{}{}{}</p>",
            words.reason,
            words.colon,
            escaped(removal.reason.words(self.language)),
            escaped(removal.statement.facts()),
            words.ground,
            words.colon,
            escaped(text)
        );
        match &review.complaint {
            Some(complaint) if complaint.answer.is_none() => {
                let _ = write!(body, "<p>{}</p>", words.answer_open);
            }
            Some(complaint) => {
                let reasons = complaint.answer.as_ref().map_or("", |answer| answer.reasons.as_str());
                let _ = write!(body, "<blockquote>{}</blockquote>", escaped(reasons));
            }
            None => {
                let id = review.id;
                let _ = write!(
                    body,
                    "<form method=\"post\"><input type=\"hidden\" name=\"review\" value=\"{id}\"><label class=\"words\" for=\"words-{id}\">{}</label>\
                     <textarea id=\"words-{id}\" name=\"words\" required maxlength=\"8000\"></textarea><p><button class=\"quiet\" name=\"act\" value=\"complain\">{}</button></p></form>",
                    words.complain, words.complain
                );
            }
        }
    }
}

/// A fault as its reader can mend it.
fn sentence(words: &Words, fault: &Fault) -> &'static str {
    match &fault.refusal {
        Refusal::Length { .. } => words.too_long,
        Refusal::NotNow { .. } | Refusal::WrongRevision { .. } | Refusal::NotAllowed => words.not_now,
        _ if fault.path.iter().any(|part| part == "grades") => words.grade_needed,
        _ => words.nothing,
    }
}
