//! Invitations to rate: single-use, bound to an order line or a case. The signature on the link is the door's matter; what
//! it opens, and until when, is decided here.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{BuyerId, CaseId, InvitationId, OrderId};
use super::{RatingRefusal, Reward, Subject, SurveyedBy};

/// What an invitation asks about. It is what makes a rating that of a verified purchase.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum InvitationAbout {
    /// A line of an order that was delivered: product and seller.
    OrderLine {
        /// The order.
        order: OrderId,
        /// The line, by the marketplace's own id.
        line: String,
    },
    /// A case that was closed: the support.
    Case {
        /// The case.
        case: CaseId,
    },
}

impl InvitationAbout {
    /// What tells it from others: there is one invitation for each.
    pub fn key(&self) -> String {
        match self {
            Self::OrderLine { order, line } => format!("line:{order}:{line}"),
            Self::Case { case } => format!("case:{case}"),
        }
    }

    /// What can be rated with it.
    pub const fn subjects(&self) -> &'static [Subject] {
        match self {
            Self::OrderLine { .. } => &[Subject::Product, Subject::Seller],
            Self::Case { .. } => &[Subject::Support],
        }
    }
}

/// Whether buyers are asked by themselves, and by which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Asking {
    /// Nobody is; invitations are handed out.
    #[default]
    Off,
    /// By e-mail.
    Email,
    /// In the ticket of a case about it that can still be written in; else by e-mail.
    Helpdesk,
}

/// The way that an invitation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvitationWay {
    /// An e-mail of ours.
    Email,
    /// A message in the buyer's case.
    Case,
    /// Handed out as a link or a QR code.
    Link,
}

/// When invitations go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InvitationRules {
    /// Whether and how buyers are asked by themselves.
    pub asking: Asking,
    /// How many days after the delivery, so that the goods can be tried.
    pub days_after_delivery: u16,
    /// How many hours after the close of a case.
    pub hours_after_closing: u16,
    /// How many days after it was sent one reminder goes out; none for no reminder.
    pub reminder_days: Option<u16>,
    /// For how many days after it was sent it can be used.
    pub expiry_days: u16,
    /// Who asks after a case.
    pub surveyed_by: SurveyedBy,
}

impl Default for InvitationRules {
    fn default() -> Self {
        Self {
            asking: Asking::Off,
            days_after_delivery: 7,
            hours_after_closing: 24,
            reminder_days: Some(7),
            expiry_days: 60,
            surveyed_by: SurveyedBy::Trilogue,
        }
    }
}

impl InvitationRules {
    /// What is wrong with them: the field, and a sentence.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if !(1..=365).contains(&self.expiry_days) {
            faults.push(("expiryDays", "The number of days must be between 1 and 365.".to_owned()));
        }
        if self.reminder_days.is_some_and(|days| days == 0 || days >= self.expiry_days) {
            faults.push(("reminderDays", "A reminder goes out after a day or more, and before the invitation expires.".to_owned()));
        }
        faults
    }
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvitationState {
    /// It waits for its time.
    Planned,
    /// It was sent.
    Sent,
    /// A reminder was sent.
    Reminded,
    /// It was used.
    Used,
    /// Its time ran out.
    Expired,
    /// The buyer does not want to be asked.
    OptedOut,
    /// What it asks about is no more, or there is no way to ask: the case was opened again, the line not delivered after all.
    Canceled,
}

impl InvitationState {
    /// Every one.
    pub const ALL: [Self; 7] = [Self::Planned, Self::Sent, Self::Reminded, Self::Used, Self::Expired, Self::OptedOut, Self::Canceled];

    /// Whether nothing happens to it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Used | Self::Expired | Self::OptedOut | Self::Canceled)
    }
}

impl fmt::Display for InvitationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Planned => "planned",
            Self::Sent | Self::Reminded => "sent",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::OptedOut => "called off by the buyer",
            Self::Canceled => "canceled",
        })
    }
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Our id, which the signed link carries.
    pub id: InvitationId,
    /// Whom it invites; none until that is known.
    pub buyer: Option<BuyerId>,
    /// What it asks about. There is one invitation for each.
    pub about: InvitationAbout,
    /// Where it stands.
    pub state: InvitationState,
    /// Whether who answers gets something for it.
    pub reward: Reward,
    /// The way it went; none before it was sent.
    pub way: Option<InvitationWay>,
    /// When it is to be sent.
    pub send_at: DateTime<Utc>,
    /// When it was.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was used, ran out or was called off.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What the passing of time asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationStep {
    /// To send it.
    Send,
    /// To send the one reminder.
    Remind,
    /// To close it unused.
    Expire,
}

/// By how much buyers may be asked too late, as after some days without a server.
const LATE: TimeDelta = TimeDelta::days(7);

impl Invitation {
    /// Plans one for a delivery or the close of a case at `at`; none when nobody is asked by itself, when the helpdesk asks about
    /// cases, or when the time to ask has long passed: old deliveries come to be known by the thousand, and nobody is asked of those.
    pub fn plan(
        buyer: Option<BuyerId>,
        about: InvitationAbout,
        rules: &InvitationRules,
        (at, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Option<Self> {
        let wait = match &about {
            InvitationAbout::Case { .. } if rules.surveyed_by == SurveyedBy::Helpdesk => return None,
            InvitationAbout::Case { .. } => TimeDelta::hours(i64::from(rules.hours_after_closing)),
            InvitationAbout::OrderLine { .. } => TimeDelta::days(i64::from(rules.days_after_delivery)),
        };
        (rules.asking != Asking::Off && at + wait + LATE >= now).then(|| Self::new(buyer, about, at + wait))
    }

    /// Whether it was called off before anybody was asked: then what it asks about may be asked about anew.
    pub fn was_never_sent(&self) -> bool {
        self.state == InvitationState::Canceled && self.sent_at.is_none()
    }

    /// One that is handed out at once.
    pub fn hand_out(buyer: BuyerId, about: InvitationAbout, reward: Reward, now: DateTime<Utc>) -> Self {
        Self { reward, ..Self::new(Some(buyer), about, now).sent(InvitationWay::Link, buyer, now) }
    }

    fn new(buyer: Option<BuyerId>, about: InvitationAbout, send_at: DateTime<Utc>) -> Self {
        Self {
            id: InvitationId::generate(),
            buyer,
            about,
            state: InvitationState::Planned,
            reward: Reward::None,
            way: None,
            send_at,
            sent_at: None,
            ended_at: None,
        }
    }

    /// It went this way to the buyer.
    #[must_use]
    pub fn sent(&self, way: InvitationWay, buyer: BuyerId, now: DateTime<Utc>) -> Self {
        Self { state: InvitationState::Sent, way: Some(way), buyer: Some(buyer), sent_at: Some(now), ended_at: None, ..self.clone() }
    }

    /// When it expires; none before it was sent.
    pub fn expires_at(&self, rules: &InvitationRules) -> Option<DateTime<Utc>> {
        self.sent_at.map(|sent| sent + TimeDelta::days(i64::from(rules.expiry_days)))
    }

    /// What is next, and when; none when it is over.
    pub fn next(&self, rules: &InvitationRules) -> Option<(InvitationStep, DateTime<Utc>)> {
        let expires = self.expires_at(rules);
        match (self.state, self.sent_at, rules.reminder_days) {
            (InvitationState::Planned, ..) => Some((InvitationStep::Send, self.send_at)),
            // What was handed out has no address to be reminded at.
            (InvitationState::Sent, Some(sent), Some(days)) if self.way != Some(InvitationWay::Link) => {
                Some((InvitationStep::Remind, sent + TimeDelta::days(i64::from(days))))
            }
            (InvitationState::Sent | InvitationState::Reminded, ..) => expires.map(|at| (InvitationStep::Expire, at)),
            _ => None,
        }
    }

    /// The step that is due at `now`; none when nothing is. What is long overdue expires rather than being reminded of.
    pub fn due(&self, rules: &InvitationRules, now: DateTime<Utc>) -> Option<InvitationStep> {
        let (step, at) = self.next(rules)?;
        if self.expires_at(rules).is_some_and(|end| end <= now) {
            return Some(InvitationStep::Expire);
        }
        (at <= now).then_some(step)
    }

    /// The one reminder went out.
    #[must_use]
    pub fn reminded(&self) -> Self {
        Self { state: InvitationState::Reminded, ..self.clone() }
    }

    /// Its time ran out.
    #[must_use]
    pub fn expired(&self, now: DateTime<Utc>) -> Self {
        self.ended(InvitationState::Expired, now)
    }

    /// Where it stands, also when nobody has yet written down that its time ran out.
    pub fn state_at(&self, rules: &InvitationRules, now: DateTime<Utc>) -> InvitationState {
        let ran_out = !self.state.is_over() && self.expires_at(rules).is_some_and(|end| end <= now);
        if ran_out { InvitationState::Expired } else { self.state }
    }

    /// Uses it for ratings of these subjects, once.
    pub fn redeem(&self, subjects: &[Subject], rules: &InvitationRules, now: DateTime<Utc>) -> Result<Self, RatingRefusal> {
        match self.state_at(rules, now) {
            InvitationState::Sent | InvitationState::Reminded => {}
            InvitationState::Planned => return Err(RatingRefusal::InvitationNotSent),
            state => return Err(RatingRefusal::InvitationOver { state }),
        }
        if subjects.is_empty() {
            return Err(RatingRefusal::NothingAnswered);
        }
        match subjects.iter().find(|subject| !self.about.subjects().contains(subject)) {
            Some(subject) => Err(RatingRefusal::NotAskedAbout { subject: *subject }),
            None => Ok(self.ended(InvitationState::Used, now)),
        }
    }

    /// The buyer does not want to be asked; nothing changes when it is over already.
    #[must_use]
    pub fn opt_out(&self, now: DateTime<Utc>) -> Self {
        if self.state.is_over() { self.clone() } else { self.ended(InvitationState::OptedOut, now) }
    }

    /// What it asks about is no more; nothing changes when it is over already.
    #[must_use]
    pub fn cancel(&self, now: DateTime<Utc>) -> Self {
        if self.state.is_over() { self.clone() } else { self.ended(InvitationState::Canceled, now) }
    }

    fn ended(&self, state: InvitationState, now: DateTime<Utc>) -> Self {
        Self { state, ended_at: Some(now), ..self.clone() }
    }
}
