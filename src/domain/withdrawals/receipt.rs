//! The words of the two buttons, and the receipt.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::law::{LegalClock, LegalDays, RefundDue, SellerMayWait};
use super::Withdrawal;

/// What the law wants on the two buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ButtonWords {
    /// On the one that opens the function.
    pub declare: &'static str,
    /// On the one that confirms.
    pub confirm: &'static str,
}

impl ButtonWords {
    /// The words of D221-5 for French, of article 11a of the directive for every other language.
    pub fn in_language(locale: &str) -> Self {
        if is_french(locale) {
            Self { declare: "Renoncer au contrat ici", confirm: "Confirmer la rétractation" }
        } else {
            Self { declare: "Withdraw from contract here", confirm: "Confirm withdrawal" }
        }
    }
}

fn is_french(locale: &str) -> bool {
    locale.split(['-', '_']).next().is_some_and(|language| language.eq_ignore_ascii_case("fr"))
}

/// The receipt that the law wants, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    /// The whole text, canonical: the same withdrawal gives the same bytes.
    pub text: String,
    /// The SHA-256 of that text in UTF-8, as hexadecimal digits.
    pub sha256: String,
    /// When the withdrawal was submitted: the moment of its confirmation.
    pub submitted_at: DateTime<Utc>,
    /// What it starts; none when it takes effect for no line.
    pub deadlines: Option<WithdrawalDeadlines>,
}

impl Acknowledgement {
    /// Whether the text is still the one that was hashed.
    pub fn is_intact(&self) -> bool {
        digest(&self.text) == self.sha256
    }
}

/// The days that a withdrawal starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalDeadlines {
    /// The last day for sending the goods back (article L221-23).
    pub send_back_by: NaiveDate,
    /// The last day for the refund (article L221-24).
    pub refund_by: NaiveDate,
    /// Whether the seller may wait with it until the goods or a proof of their dispatch come.
    pub seller_may_wait: SellerMayWait,
}

impl WithdrawalDeadlines {
    pub(super) fn of(notice: DateTime<Utc>, seller_may_wait: SellerMayWait, days: &LegalDays) -> Self {
        let (RefundDue::Due(refund) | RefundDue::Held(refund)) = RefundDue::after_withdrawal(notice, seller_may_wait, None, days);
        Self { send_back_by: days.period(LegalClock::SendBack, notice).last_day, refund_by: refund.last_day, seller_may_wait }
    }
}

impl Withdrawal {
    pub(super) fn receipt(&self, deadlines: Option<WithdrawalDeadlines>, days: &LegalDays, at: DateTime<Utc>) -> Acknowledgement {
        let text = self.receipt_text(deadlines, days, at);
        Acknowledgement { sha256: digest(&text), text, submitted_at: at, deadlines }
    }

    /// The receipt in the consumer's language, French or else English: one fact a line, so that its bytes depend on the
    /// facts alone. Line breaks in what was entered become spaces, for nobody shall write lines of their own into it.
    fn receipt_text(&self, deadlines: Option<WithdrawalDeadlines>, days: &LegalDays, at: DateTime<Utc>) -> String {
        let french = is_french(&self.locale);
        let say = |fr: &'static str, en: &'static str| if french { fr } else { en };
        let local = at.with_timezone(&days.timezone());
        let lines = self.lines.iter().map(|line| format!("{} x {}", line.quantity, one_line(&line.order_line)));
        let submitted = local.format("%Y-%m-%d %H:%M:%S");
        let mut receipt = String::new();
        for (label, value) in [
            (say("Accusé de réception de votre rétractation", "Acknowledgement of your withdrawal"), self.id.to_string()),
            (say("Nom", "Name"), one_line(&self.name)),
            (say("Contrat", "Contract"), one_line(&self.contract)),
            (say("Adresse électronique", "Electronic address"), one_line(&self.address)),
            (say("Articles", "Items"), lines.collect::<Vec<_>>().join("; ")),
            (
                say("Déclaration", "Statement"),
                say("Je me rétracte du contrat pour les articles ci-dessus.", "I withdraw from the contract for the items above.")
                    .to_owned(),
            ),
            (say("Date et heure de l'envoi", "Date and time of submission"), format!("{submitted} {}", days.timezone())),
            ("UTC", at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        ] {
            // Writing to a string cannot fail.
            let _ = writeln!(receipt, "{label}: {value}");
        }
        let Some(deadlines) = deadlines else { return receipt };
        if deadlines.seller_may_wait == SellerMayWait::Yes {
            let _ =
                writeln!(receipt, "{}: {}", say("Renvoi des biens au plus tard le", "Goods to be sent back by"), deadlines.send_back_by);
        }
        let _ = writeln!(receipt, "{}: {}", say("Remboursement au plus tard le", "Refund at the latest on"), deadlines.refund_by);
        if deadlines.seller_may_wait == SellerMayWait::Yes {
            receipt.push_str(say(
                "Le vendeur peut différer le remboursement jusqu'à la récupération des biens ou la preuve de leur expédition.\n",
                "The seller may wait with the refund until the goods or a proof of their dispatch have come.\n",
            ));
        }
        receipt
    }
}

/// Without line breaks and other control characters.
fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
