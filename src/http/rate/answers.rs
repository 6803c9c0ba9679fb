//! The form as it was sent: `product.quality=4`, `support.recommendation=9`, `act=submit`.

use std::collections::BTreeMap;

use crate::domain::ids::RatingId;
use crate::domain::ratings::{Consent, Solved, Subject};
use crate::workflow::ratings::{Opened, ReviewDraft, Submission, SupportDraft};

/// What somebody wants of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// To send the answers.
    Submit,
    /// Not to be asked any more.
    StopAsking,
    /// To take a review back, as it was seen at that revision.
    TakeBack(RatingId, i32),
    /// To complain of what was decided about a review.
    Complain(RatingId),
    /// Nothing that we know.
    Nothing,
}

/// The fields of the form; of several of one name the last counts.
#[derive(Debug, Default)]
pub(super) struct Answers {
    fields: BTreeMap<String, String>,
}

pub(super) const fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Product => "product",
        Subject::Seller => "seller",
        Subject::Support => "support",
    }
}

impl Answers {
    /// Reads a form.
    pub(super) fn read(body: &[u8]) -> Self {
        // PostgreSQL keeps no NUL, and nobody types one.
        let plain = |text: std::borrow::Cow<'_, str>| text.replace('\0', "");
        Self { fields: url::form_urlencoded::parse(body).map(|(name, value)| (plain(name), plain(value))).collect() }
    }

    /// What was sent in a field; empty when nothing was.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn act(&self) -> Act {
        let review = || self.field("review").parse().ok();
        match self.field("act") {
            "submit" => Act::Submit,
            "stop" => Act::StopAsking,
            "take-back" => match (review(), self.field("revision").parse().ok()) {
                (Some(review), Some(revision)) => Act::TakeBack(review, revision),
                _ => Act::Nothing,
            },
            "complain" => review().map_or(Act::Nothing, Act::Complain),
            _ => Act::Nothing,
        }
    }

    /// The words beside an act.
    pub(super) fn words(&self) -> &str {
        self.field("words")
    }

    /// What is said of a subject: nothing, where no question about it is answered and there are no words.
    pub(super) fn submission(&self, opened: &Opened) -> Submission {
        let review = |subject| self.review(subject, opened);
        let mut submission = Submission::default();
        for subject in opened.invitation.about.subjects() {
            match subject {
                Subject::Product => submission.product = review(Subject::Product),
                Subject::Seller => submission.seller = review(Subject::Seller),
                Subject::Support => submission.support = self.support(opened),
            }
        }
        submission
    }

    fn grades(&self, subject: Subject, opened: &Opened) -> Vec<(String, i64)> {
        let given = opened.criteria.of(subject).iter().filter_map(|one| {
            let field = self.field(&format!("{}.{}", name(subject), one.key));
            // What is no number is no grade either: it is refused as one.
            (!field.is_empty()).then(|| (one.key.to_string(), field.parse().unwrap_or(i64::MAX)))
        });
        given.collect()
    }

    fn text(&self, subject: Subject) -> String {
        self.field(&format!("{}-text", name(subject))).replace("\r\n", "\n")
    }

    fn review(&self, subject: Subject, opened: &Opened) -> Option<ReviewDraft> {
        let (grades, text) = (self.grades(subject, opened), self.text(subject));
        let consent = if self.field("consent").is_empty() { Consent::Withheld } else { Consent::Given };
        (!grades.is_empty() || !text.trim().is_empty()).then_some(ReviewDraft { grades, text, consent })
    }

    fn support(&self, opened: &Opened) -> Option<SupportDraft> {
        let solved = match self.field("solved") {
            "yes" => Some(Solved::Yes),
            "no" => Some(Solved::No),
            _ => None,
        };
        let recommendation =
            Some(self.field("recommendation")).filter(|field| !field.is_empty()).map(|field| field.parse().unwrap_or(i64::MAX));
        let (grades, text) = (self.grades(Subject::Support, opened), self.text(Subject::Support));
        let said = !grades.is_empty() || !text.trim().is_empty() || solved.is_some() || recommendation.is_some();
        said.then_some(SupportDraft { grades, text, solved, recommendation })
    }
}
