//! What is written of a sanction: the statement of reasons to the seller, on a medium that lasts (Regulation (EU) 2019/1150,
//! articles 3(1) and 4(1)), what became of a complaint, and to the operator that there is one.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::charter::SellerComplaints;
use super::super::ids::SanctionId;
use super::super::mails::Language;
use super::super::sentiment;
use super::super::statements::{ComplaintOutcome, Ground, Means};
use super::super::templates::{LanguageTag, moment};
use super::{LiftingReason, NoticeException, Sanction, SanctionStep};

/// What is told of a sanction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SanctionNews {
    /// It was imposed: to the seller.
    Imposed,
    /// The seller complained: to the operator.
    Complained,
    /// The complaint was answered: to the seller.
    Answered,
    /// It was lifted, but not by a complaint: to the seller.
    Lifted,
}

/// That a text is no key of such news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of news of a sanction")]
pub struct NoNews;

impl SanctionNews {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Imposed, Self::Complained, Self::Answered, Self::Lifted];

    const fn name(self) -> &'static str {
        match self {
            Self::Imposed => "IMPOSED",
            Self::Complained => "COMPLAINED",
            Self::Answered => "ANSWERED",
            Self::Lifted => "LIFTED",
        }
    }

    /// What makes it the same as other news: each happens to a sanction once.
    pub fn key(self, sanction: SanctionId) -> String {
        format!("{sanction}:{}", self.name())
    }

    /// Reads a key.
    pub fn of_key(key: &str) -> Result<(SanctionId, Self), NoNews> {
        let (id, name) = key.split_once(':').ok_or(NoNews)?;
        let news = Self::ALL.into_iter().find(|news| news.name() == name).ok_or(NoNews)?;
        Ok((SanctionId::from_str(id).map_err(|_| NoNews)?, news))
    }
}

/// Who writes, and where its clocks stand.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The marketplace's name.
    pub marketplace: &'a str,
    /// Its time zone.
    pub zone: Tz,
    /// The seller's name.
    pub seller: &'a str,
    /// How sellers complain, and who mediates.
    pub complaints: Option<&'a SellerComplaints>,
}

struct Words<'a> {
    sender: Sender<'a>,
    french: bool,
    tag: LanguageTag,
}

/// The subject and the words of an e-mail about a sanction; paragraphs are parted by an empty line.
pub fn words(sanction: &Sanction, news: SanctionNews, sender: Sender<'_>, language: Language) -> (String, String) {
    let (french, spoken) = match language {
        Language::French => (true, sentiment::Language::Fr),
        Language::English => (false, sentiment::Language::En),
    };
    let words = Words { sender, french, tag: LanguageTag::of(spoken) };
    let (title, paragraphs) = match news {
        SanctionNews::Imposed => words.imposed(sanction),
        SanctionNews::Complained => words.complained(sanction),
        SanctionNews::Answered => words.answered(sanction),
        SanctionNews::Lifted => words.lifted(sanction),
    };
    let opening = match news {
        SanctionNews::Complained => None,
        _ => Some(words.say(format!("Bonjour {},", sender.seller), format!("Hello {},", sender.seller))),
    };
    let all: Vec<_> = opening.into_iter().chain(paragraphs).collect();
    (format!("[{}] {title}", sender.marketplace), all.join("\n\n"))
}

impl Words<'_> {
    fn say(&self, french: impl Into<String>, english: impl Into<String>) -> String {
        if self.french { french.into() } else { english.into() }
    }

    fn time(&self, at: DateTime<Utc>) -> String {
        moment(at, self.sender.zone, &self.tag)
    }

    fn labelled(&self, french: &str, english: &str, what: &str) -> String {
        if self.french { format!("{french}\u{a0}: {what}") } else { format!("{english}: {what}") }
    }

    fn step(&self, step: SanctionStep) -> String {
        match step {
            SanctionStep::Warning => self.say("avertissement", "warning"),
            SanctionStep::RestrictedVisibility => self.say("visibilité restreinte", "restricted visibility"),
            SanctionStep::Suspended => self.say("suspension", "suspension"),
            SanctionStep::Terminated => self.say("fermeture du compte", "end of the account"),
        }
    }

    fn effect(&self, sanction: &Sanction) -> String {
        let from = self.time(sanction.effective_at);
        let fixed = || sanction.fix_until.map(|until| self.time(until)).unwrap_or_default();
        match sanction.step {
            SanctionStep::Warning => self.say(
                format!("Nous vous demandons de remédier à la situation d’ici au {}.", fixed()),
                format!("Please put this right by {}.", fixed()),
            ),
            SanctionStep::RestrictedVisibility => self.say(
                format!("À compter du {from}, vos offres sont moins visibles et vous ne pouvez plus en publier de nouvelles."),
                format!("From {from} on your offers are shown less, and you cannot list new ones."),
            ),
            SanctionStep::Suspended => self.say(
                format!("À compter du {from}, vous ne pouvez plus vendre. Les commandes et dossiers en cours restent à traiter."),
                format!("From {from} on you cannot sell. Orders and cases that are open are still yours to deal with."),
            ),
            SanctionStep::Terminated => self.say(
                format!("Votre compte prend fin le {from}. Les commandes et dossiers en cours restent à traiter."),
                format!("Your account ends on {from}. Orders and cases that are open are still yours to deal with."),
            ),
        }
    }

    fn imposed(&self, sanction: &Sanction) -> (String, Vec<String>) {
        let statement = &sanction.statement;
        let title = self.labelled("Décision vous concernant", "A decision about your shop", &self.step(sanction.step));
        let ground = match statement.ground() {
            Ground::Law { text } => self.labelled("Fondement légal", "Legal ground", text),
            Ground::Terms { text } => self.labelled("Fondement contractuel", "Ground in our terms", text),
        };
        let means = match statement.detection() {
            Means::ByPerson => self.say("Les faits ont été constatés par une personne.", "A person established the facts."),
            Means::ByRule => {
                self.say("Les faits ont été constatés de façon automatisée.", "The facts were established by automated means.")
            }
        };
        let exception = sanction.exception.map(|exception| self.exception(exception));
        let until = self.time(sanction.complaint_until);
        let right = self.say(
            format!("Vous pouvez contester gratuitement cette décision jusqu’au {until}. Une personne qui ne l’a pas prise vous répondra."),
            format!("You can complain of this decision, free of charge, until {until}. A person who did not take it will answer."),
        );
        let mut paragraphs = vec![
            self.effect(sanction),
            self.labelled("Faits", "Facts", statement.facts()),
            ground,
            means,
            right,
            self.labelled("Voies de recours", "How to complain", statement.redress()),
        ];
        paragraphs.splice(1..1, exception);
        paragraphs.extend(self.sender.complaints.map(|complaints| complaints.notice(self.tag.as_str())));
        (title, paragraphs)
    }

    fn exception(&self, exception: NoticeException) -> String {
        match exception {
            NoticeException::LegalObligation => self.say(
                "Le préavis de 30 jours ne s’applique pas : la loi nous y oblige (règlement (UE) 2019/1150, article 4, paragraphe 4, point a).",
                "The notice of 30 days does not apply: the law obliges us (Regulation (EU) 2019/1150, article 4(4)(a)).",
            ),
            NoticeException::ImperativeReason => self.say(
                "Le préavis de 30 jours ne s’applique pas : une raison impérative du droit national l’impose (règlement (UE) 2019/1150, article 4, paragraphe 4, point b).",
                "The notice of 30 days does not apply: an imperative reason of national law demands it (Regulation (EU) 2019/1150, article 4(4)(b)).",
            ),
            NoticeException::RepeatedInfringement => self.say(
                "Le préavis de 30 jours ne s’applique pas : nos conditions ont été enfreintes de manière répétée (règlement (UE) 2019/1150, article 4, paragraphe 4, point c).",
                "The notice of 30 days does not apply: our terms were infringed repeatedly (Regulation (EU) 2019/1150, article 4(4)(c)).",
            ),
        }
    }

    fn complained(&self, sanction: &Sanction) -> (String, Vec<String>) {
        let (seller, step) = (self.sender.seller, self.step(sanction.step));
        let title = self.labelled("Réclamation d’un vendeur", "A seller complains", seller);
        let sentence = self.say(
            format!("{seller} conteste une décision ({step}). Une personne qui ne l’a pas prise doit répondre."),
            format!("{seller} complains of a decision ({step}). A person who did not take it must answer."),
        );
        (title, vec![sentence])
    }

    fn answered(&self, sanction: &Sanction) -> (String, Vec<String>) {
        let title = self.say("Réponse à votre réclamation", "The answer to your complaint");
        let Some(answer) = sanction.complaint.as_ref().and_then(|complaint| complaint.answer.as_ref()) else { return (title, Vec::new()) };
        let step = self.step(sanction.step);
        let sentence = match answer.outcome {
            ComplaintOutcome::Upheld => self.say(
                format!("Votre réclamation est fondée. La décision ({step}) est levée avec effet immédiat."),
                format!("Your complaint was upheld. The decision ({step}) is lifted at once."),
            ),
            ComplaintOutcome::Rejected => self.say(
                format!("Votre réclamation n’est pas retenue. La décision ({step}) est maintenue."),
                format!("Your complaint was rejected. The decision ({step}) stands."),
            ),
        };
        let mut paragraphs = vec![sentence, self.labelled("Motifs", "Reasons", &answer.reasons)];
        if answer.outcome == ComplaintOutcome::Rejected {
            paragraphs.extend(self.sender.complaints.map(|complaints| complaints.notice(self.tag.as_str())));
        }
        (title, paragraphs)
    }

    fn lifted(&self, sanction: &Sanction) -> (String, Vec<String>) {
        let step = self.step(sanction.step);
        let title = self.labelled("Décision levée", "A decision was lifted", &step);
        let sentence = self.say(format!("La décision ({step}) est levée."), format!("The decision ({step}) is lifted."));
        let reasons = match sanction.lifted.as_ref().map(|lifting| &lifting.reason) {
            Some(LiftingReason::Reconsidered { reasons }) => Some(self.labelled("Motifs", "Reasons", reasons)),
            Some(LiftingReason::Recovered) => {
                Some(self.say("Vos indicateurs sont revenus dans les limites attendues.", "Your measures are back within their bounds."))
            }
            Some(LiftingReason::SuspensionLifted) => {
                Some(self.say("La suspension sur laquelle elle reposait a été levée.", "The suspension on which it rested was lifted."))
            }
            Some(LiftingReason::ComplaintUpheld) | None => None,
        };
        (title, std::iter::once(sentence).chain(reasons).collect())
    }
}
