//! What a marketplace asks buyers to rate, and what follows from it.

use serde::{Deserialize, Serialize};

use super::super::ratings::{Criteria, CriteriaFault, CriteriaVersion, InvitationRules, PublicationRules, ReplyRules, Subject};
use super::super::scores::{ScoreFault, ScoreRules};

/// The latest that buyers are asked after a delivery, in days.
const LATEST_DAYS: u16 = 90;
/// The latest that buyers are asked after the close of a case, in hours.
const LATEST_HOURS: u16 = 24 * 90;
/// The longest time until a review is published, in days.
const LONGEST_CHECK: u16 = 90;
/// The longest and the shortest time for which reviews are shown, in days.
const KEPT: std::ops::RangeInclusive<u16> = 30..=3650;
/// The longest time for a reply, in hours.
const LONGEST_REPLY: u16 = 24 * 30;

/// What is asked, when, how soon sellers reply, and how scores are computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RatingRules {
    /// What is asked of a product, a seller, the support.
    pub criteria: Criteria,
    /// When buyers are asked.
    pub invitations: InvitationRules,
    /// How soon sellers reply to what was published about them.
    pub replies: ReplyRules,
    /// How long reviews take to be published, and how long they are shown.
    pub publication: PublicationRules,
    /// How scores are computed.
    pub scores: ScoreRules,
}

impl RatingRules {
    /// The rules with other criteria. What differs is a version of its own, as answers are read by the version that they were given
    /// under; what says the same stays the version that it is.
    #[must_use]
    pub fn asking(&self, mut criteria: Criteria) -> Self {
        criteria.version = self.criteria.version;
        if criteria != self.criteria {
            criteria.version = CriteriaVersion(self.criteria.version.0 + 1);
        }
        Self { criteria, ..self.clone() }
    }

    /// The rules without what binds no seller: when buyers are asked, and how long what they wrote is shown.
    pub(super) fn binding(&self) -> Self {
        Self { invitations: InvitationRules::default(), publication: PublicationRules::default(), ..self.clone() }
    }

    /// What is wrong with them: the field, and a sentence.
    pub(super) fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults: Vec<_> = self.criteria.faults().into_iter().map(|fault| (place(&fault), fault.to_string())).collect();
        faults.extend(self.invitations.faults());
        for (field, given, most) in [
            ("daysAfterDelivery", self.invitations.days_after_delivery, LATEST_DAYS),
            ("hoursAfterClosing", self.invitations.hours_after_closing, LATEST_HOURS),
        ] {
            if given > most {
                faults.push((field, format!("This must be at most {most}.")));
            }
        }
        if !(1..=LONGEST_REPLY).contains(&self.replies.hours) {
            faults.push(("replyHours", format!("This must be 1 to {LONGEST_REPLY} hours.")));
        }
        if !(1..=LONGEST_CHECK).contains(&self.publication.within_days) {
            faults.push(("publicationDays", format!("This must be 1 to {LONGEST_CHECK} days.")));
        }
        if self.publication.keep_days.is_some_and(|days| !KEPT.contains(&days)) {
            faults.push(("keepDays", format!("This must be {} to {} days.", KEPT.start(), KEPT.end())));
        }
        faults.extend(self.scores.faults().into_iter().map(|fault| (score_place(fault), fault.to_string())));
        faults
    }
}

const fn place(fault: &CriteriaFault) -> &'static str {
    let (CriteriaFault::Count { subject }
    | CriteriaFault::Twice { subject, .. }
    | CriteriaFault::Weightless { subject }
    | CriteriaFault::Label { subject, .. }) = fault;
    match subject {
        Subject::Product => "productCriteria",
        Subject::Seller => "sellerCriteria",
        Subject::Support => "supportCriteria",
    }
}

const fn score_place(fault: ScoreFault) -> &'static str {
    match fault {
        ScoreFault::PriorMean => "priorMean",
        ScoreFault::PriorWeight => "priorWeight",
        ScoreFault::HalfLife => "halfLifeDays",
        ScoreFault::Minimum => "minimumRatings",
    }
}
