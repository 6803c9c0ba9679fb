//! What is written of ratings: to buyers who are asked, to authors of what is decided about their reviews (article D111-19;
//! Regulation (EU) 2022/2065, articles 17 and 20), and to sellers who have to reply.

use chrono_tz::Tz;

use super::super::ids::{InvitationId, RatingId};
use super::super::mails::Language;
use super::super::sentiment;
use super::super::statements::{ComplaintOutcome, Ground};
use super::super::templates::{LanguageTag, moment};
use super::{ModerationReason, Removal, Review, Reward, Subject};

/// Which time somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// The first.
    First,
    /// The reminder.
    Reminder,
}

impl Call {
    const fn name(self) -> &'static str {
        match self {
            Self::First => "FIRST",
            Self::Reminder => "REMINDER",
        }
    }

    /// What makes it the same as another: each goes out once.
    pub fn key(self, invitation: InvitationId) -> String {
        format!("{invitation}:{}", self.name())
    }

    /// Reads a key; none of what is none.
    pub fn of_key(key: &str) -> Option<(InvitationId, Self)> {
        let (id, name) = key.split_once(':')?;
        Some((id.parse().ok()?, [Self::First, Self::Reminder].into_iter().find(|call| call.name() == name)?))
    }
}

/// What is told of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewNews {
    /// It was published: to the seller, who has to reply.
    Published,
    /// The version that waited was refused: to the author.
    Rejected,
    /// It was taken away: to the author.
    Removed,
    /// The author's complaint was answered: to the author.
    Answered,
    /// What the seller reported was decided: to the seller.
    Decided,
    /// What somebody else reported was decided: to that person.
    ReportDecided,
}

impl ReviewNews {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Published, Self::Rejected, Self::Removed, Self::Answered, Self::Decided, Self::ReportDecided];

    const fn name(self) -> &'static str {
        match self {
            Self::Published => "PUBLISHED",
            Self::Rejected => "REJECTED",
            Self::Removed => "REMOVED",
            Self::Answered => "ANSWERED",
            Self::Decided => "DECIDED",
            Self::ReportDecided => "REPORT_DECIDED",
        }
    }

    /// What makes it the same as other news: each revision of a review is told once.
    pub fn key(self, review: &Review) -> String {
        format!("{}:{}:{}", review.id, self.name(), review.revision)
    }

    /// Reads a key; none of what is none.
    pub fn of_key(key: &str) -> Option<(RatingId, Self)> {
        let mut parts = key.splitn(3, ':');
        let (id, name) = (parts.next()?, parts.next()?);
        Some((id.parse().ok()?, Self::ALL.into_iter().find(|news| news.name() == name)?))
    }
}

const fn is_french(language: Language) -> bool {
    matches!(language, Language::French)
}

fn either(french: bool, in_french: impl Into<String>, in_english: impl Into<String>) -> String {
    if french { in_french.into() } else { in_english.into() }
}

/// Subject and words by which a buyer is asked: about the goods and the seller, or about the support in a case.
pub fn invitation_words(
    marketplace: &str,
    about: (&[Subject], &str),
    (call, reward): (Call, Reward),
    link: &str,
    language: Language,
) -> (String, String) {
    let french = is_french(language);
    let (subjects, what) = about;
    let support = subjects.contains(&Subject::Support);
    let subject = match (call, support) {
        (Call::First, false) => either(french, "Votre avis sur votre commande", "Your opinion of your order"),
        (Call::First, true) => either(french, "Avons-nous bien répondu ?", "Did we help you well?"),
        (Call::Reminder, _) => either(french, "Rappel : votre avis nous manque", "A reminder: we miss your opinion"),
    };
    let sentence = if support {
        either(
            french,
            format!("Votre demande {what} est close. Dites-nous comment nous l’avons traitée."),
            format!("Your request {what} is closed. Tell us how we handled it."),
        )
    } else {
        either(
            french,
            format!("Vous avez reçu : {what}. Dites ce que vous pensez du produit et du vendeur."),
            format!("You received: {what}. Say what you think of the product and of the seller."),
        )
    };
    let once = either(french, "Ce lien est personnel et ne sert qu’une fois :", "This link is yours alone and good once:");
    let rewarded = (reward == Reward::Given).then(|| {
        either(
            french,
            "Une contrepartie est offerte pour cet avis ; elle sera mentionnée à côté.",
            "There is a reward for this review; it is mentioned beside it.",
        )
    });
    let parts = [Some(sentence), Some(format!("{once}\n{link}")), rewarded, Some(marketplace.to_owned())];
    (format!("[{marketplace}] {subject}"), parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
}

impl ModerationReason {
    /// The reason as its author reads it.
    pub fn words(self, language: Language) -> &'static str {
        let (french, english) = match self {
            Self::Illegal => ("contenu contraire à la loi", "against the law"),
            Self::Abusive => ("injures, menaces ou haine", "insults, threats or hatred"),
            Self::PersonalData => ("données personnelles", "somebody’s personal data"),
            Self::Advertising => ("publicité", "advertising"),
            Self::OffTopic => ("hors sujet", "nothing to do with what is reviewed"),
            Self::NotGenuine => ("expérience qui n’a pas eu lieu", "not a genuine experience"),
            Self::ConflictOfInterest => ("conflit d’intérêts", "a conflict of interest"),
            Self::Duplicate => ("doublon", "said before"),
        };
        if is_french(language) { french } else { english }
    }
}

/// Who writes, and where its clocks stand.
#[derive(Debug, Clone, Copy)]
pub struct ReviewSender<'a> {
    /// The marketplace's name.
    pub marketplace: &'a str,
    /// Its time zone.
    pub zone: Tz,
    /// What is reviewed, as people call it.
    pub what: &'a str,
}

/// Subject and words of an e-mail about a review; paragraphs are parted by an empty line.
pub fn review_words(review: &Review, news: ReviewNews, sender: ReviewSender<'_>, language: Language) -> (String, String) {
    let french = is_french(language);
    let (title, paragraphs) = match news {
        ReviewNews::Published => published(review, sender, language),
        ReviewNews::Rejected | ReviewNews::Removed => held_back(review, news, sender, language),
        ReviewNews::Answered => answered(review, french),
        ReviewNews::Decided | ReviewNews::ReportDecided => decided(review, french),
    };
    let about = either(french, format!("Avis sur : {}", sender.what), format!("Review of: {}", sender.what));
    let all: Vec<_> = [about].into_iter().chain(paragraphs).collect();
    (format!("[{}] {title}", sender.marketplace), all.join("\n\n"))
}

fn published(review: &Review, sender: ReviewSender<'_>, language: Language) -> (String, Vec<String>) {
    let french = is_french(language);
    let spoken = if french { sentiment::Language::Fr } else { sentiment::Language::En };
    let until = review.duty.map(|duty| moment(duty.due_at, sender.zone, &LanguageTag::of(spoken)));
    let reply = until.map(|until| {
        either(
            french,
            format!("Merci d’y répondre avant le {until}, qu’il soit bon ou mauvais."),
            format!("Please reply by {until}, be it good or bad."),
        )
    });
    let title = either(french, "Nouvel avis publié", "A new review is published");
    let sentence = either(french, "Un client a publié un avis.", "A buyer has published a review.");
    (title, [Some(sentence), reply].into_iter().flatten().collect())
}

fn held_back(review: &Review, news: ReviewNews, sender: ReviewSender<'_>, language: Language) -> (String, Vec<String>) {
    let french = is_french(language);
    let title = match news {
        ReviewNews::Removed => either(french, "Votre avis a été retiré", "Your review was removed"),
        _ => either(french, "Votre avis n’a pas été publié", "Your review was not published"),
    };
    (title, review.removal.as_ref().map(|removal| reasons(removal, sender, language)).unwrap_or_default())
}

fn reasons(removal: &Removal, sender: ReviewSender<'_>, language: Language) -> Vec<String> {
    let french = is_french(language);
    let spoken = if french { sentiment::Language::Fr } else { sentiment::Language::En };
    let (law, ground) = match removal.statement.ground() {
        Ground::Law { text } => (true, text),
        Ground::Terms { text } => (false, text),
    };
    let rests = match (law, french) {
        (true, true) => "Fondement légal",
        (true, false) => "Legal ground",
        (false, true) => "Règle de la place de marché",
        (false, false) => "Rule of the marketplace",
    };
    let colon = if french { " : " } else { ": " };
    let until = moment(removal.complaint_until, sender.zone, &LanguageTag::of(spoken));
    let redress = removal.statement.redress();
    vec![
        format!("{}{colon}{}", either(french, "Motif", "Reason"), removal.reason.words(language)),
        format!("{}{colon}{}", either(french, "Faits", "Facts"), removal.statement.facts()),
        format!("{rests}{colon}{ground}"),
        either(french, "La décision a été prise par une personne.", "A person decided it."),
        either(
            french,
            format!("Vous pouvez contester gratuitement jusqu’au {until}, depuis la page de votre invitation. {redress}"),
            format!("You can complain free of charge until {until}, on the page of your invitation. {redress}"),
        ),
    ]
}

fn answered(review: &Review, french: bool) -> (String, Vec<String>) {
    let answer = review.complaint.as_ref().and_then(|complaint| complaint.answer.as_ref());
    let sentence = match answer.map(|answer| answer.outcome) {
        Some(ComplaintOutcome::Upheld) => {
            either(french, "Votre réclamation était fondée : l’avis est publié.", "Your complaint was right: the review is published.")
        }
        _ => either(french, "La décision est maintenue.", "The decision stands."),
    };
    let why = answer.map(|answer| answer.reasons.clone());
    (either(french, "Réponse à votre réclamation", "The answer to your complaint"), [Some(sentence), why].into_iter().flatten().collect())
}

fn decided(review: &Review, french: bool) -> (String, Vec<String>) {
    use super::ReportOutcome;
    let last = review.reports.iter().filter_map(|report| report.outcome.as_ref()).max_by_key(|(_, at)| *at);
    let sentence = match last.map(|(outcome, _)| outcome) {
        Some(ReportOutcome::Kept { reasons }) => {
            either(french, format!("L’avis reste publié. {reasons}"), format!("The review stays. {reasons}"))
        }
        _ => either(french, "L’avis a été retiré.", "The review was removed."),
    };
    (either(french, "Suite donnée à votre signalement", "What became of your report"), vec![sentence])
}
