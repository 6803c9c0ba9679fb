//! What is put into the templates of returns, in the language of the case.

use chrono::{DateTime, NaiveDate, Utc};

use super::super::dealings::Dealing;
use crate::domain::mails::Language;
use crate::domain::money::Money;
use crate::domain::parties::Party;
use crate::domain::reasons::CostBearer;
use crate::domain::returns::Papers;
use crate::domain::templates::{LanguageTag, amount, moment};

/// Words of one dealing.
pub(in super::super) struct Words<'a> {
    dealing: &'a Dealing,
    tag: Option<LanguageTag>,
    language: Language,
}

impl<'a> Words<'a> {
    /// Those for the buyer.
    pub(in super::super) fn new(dealing: &'a Dealing) -> Self {
        Self::in_language(dealing, dealing.case.language_or(&dealing.marketplace.locale))
    }

    /// Those for the team.
    pub(in super::super) fn of_house(dealing: &'a Dealing) -> Self {
        Self::in_language(dealing, &dealing.marketplace.locale)
    }

    fn in_language(dealing: &'a Dealing, wish: &str) -> Self {
        let language = Language::best([wish, dealing.marketplace.locale.as_str()]);
        Self { dealing, tag: wish.parse().ok(), language }
    }

    fn say(&self, french: &'static str, english: &'static str) -> String {
        if self.language == Language::French { french } else { english }.to_owned()
    }

    /// An amount of money.
    pub(in super::super) fn amount(&self, money: Money) -> String {
        self.tag.as_ref().map_or_else(|| money.to_string(), |tag| amount(money, tag))
    }

    /// A moment, in the marketplace's time; a dash for none.
    pub(in super::super) fn moment(&self, at: Option<DateTime<Utc>>) -> String {
        match (at, &self.tag) {
            (Some(at), Some(tag)) => moment(at, self.dealing.marketplace.timezone, tag),
            (Some(at), None) => at.with_timezone(&self.dealing.marketplace.timezone).format("%Y-%m-%d %H:%M").to_string(),
            (None, _) => "–".to_owned(),
        }
    }

    /// A day.
    pub(in super::super) fn day(&self, day: NaiveDate) -> String {
        let format = if self.language == Language::French { "%d/%m/%Y" } else { "%Y-%m-%d" };
        day.format(format).to_string()
    }

    /// What somebody of a side wrote, as the buyer may read it.
    pub(in super::super) fn of(&self, author: Option<Party>, text: &str) -> String {
        self.dealing.marketplace.words_for(text, author.unwrap_or(Party::Operator), Party::Buyer)
    }

    /// Who pays the way back.
    pub(in super::super) fn carriage(&self, bearer: CostBearer) -> String {
        match bearer {
            CostBearer::Buyer => self.say("Les frais de renvoi sont à votre charge.", "You pay for sending them back."),
            CostBearer::Seller => self.say("Les frais de renvoi sont à la charge du vendeur.", "The seller pays for sending them back."),
            CostBearer::Operator | CostBearer::Carrier => {
                self.say("Le renvoi est gratuit pour vous.", "Sending them back costs you nothing.")
            }
        }
    }

    /// What the goods are sent with.
    pub(in super::super) fn papers(&self, papers: &Papers) -> String {
        match papers {
            Papers::Label { link } => format!("{} {link}", self.say("Votre étiquette de retour\u{a0}:", "Your return label:")),
            Papers::Rma { number, address } => {
                format!(
                    "{} {number}\n{}",
                    self.say("Numéro de retour à inscrire sur le colis\u{a0}:", "Write this number on the parcel:"),
                    self.of(Some(Party::Seller), address)
                )
            }
            Papers::SentOffline => {
                self.say("Le vendeur vous a fait parvenir une étiquette de retour.", "The seller has sent you a return label.")
            }
            Papers::OwnMeans => self.say(
                "Le vendeur n’a pas fourni d’étiquette\u{a0}: expédiez le colis par le moyen de votre choix, avec un numéro de suivi.",
                "The seller gave no label: send the parcel by a way of your choice, with a tracking number.",
            ),
        }
    }
}
