//! What a charter must keep to.

use std::collections::HashSet;

use super::super::reasons::ReasonKey;
use super::{Charter, PartyTargets};

/// The most reasons, routes and channel targets of a charter.
const MOST: usize = 100;
const MOST_DAYS: u16 = 365;
const MOST_HOURS: u16 = 24 * 365;

/// What is wrong with a charter, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterFault {
    /// The path to the field.
    pub path: Vec<String>,
    /// What is wrong with it, as a sentence.
    pub message: String,
}

fn fault(path: &[&str], message: impl Into<String>) -> CharterFault {
    CharterFault { path: path.iter().map(|part| (*part).to_owned()).collect(), message: message.into() }
}

impl Charter {
    /// All that is wrong with it; nothing when it can be published.
    pub fn faults(&self) -> Vec<CharterFault> {
        let mut faults = Vec::new();
        for (name, days) in [
            ("buyerSilenceDays", self.buyer_silence_days),
            ("clarificationDays", self.clarification_days),
            ("reopenDays", self.reopen_days),
        ] {
            if !(1..=MOST_DAYS).contains(&days) {
                faults.push(fault(&[name], format!("This must be 1 to {MOST_DAYS} days.")));
            }
        }
        for (name, days) in [("oneCaseDays", self.one_case_days), ("noticeDays", self.notice_days)] {
            if days > MOST_DAYS {
                faults.push(fault(&[name], format!("This must be at most {MOST_DAYS} days.")));
            }
        }
        target(&mut faults, &["targets", "seller"], self.targets.seller);
        target(&mut faults, &["targets", "operator"], self.targets.operator);
        for (position, channel) in self.targets.channels.iter().enumerate() {
            if !(1..=MOST_HOURS).contains(&channel.reply_hours) {
                faults.push(fault(&["targets", "channels", &position.to_string(), "replyHours"], hours()));
            }
        }
        for (field, message) in self.returns.faults() {
            faults.push(fault(&[&["returns"], field.split('.').collect::<Vec<_>>().as_slice()].concat(), message));
        }
        self.list_faults(&mut faults);
        faults
    }

    fn list_faults(&self, faults: &mut Vec<CharterFault>) {
        for (name, length) in [("routes", self.routes.len()), ("reasons", self.reasons.len())] {
            if length > MOST {
                faults.push(fault(&[name], format!("There can be at most {MOST}.")));
            }
        }
        let mut seen: HashSet<&ReasonKey> = HashSet::new();
        for (position, reason) in self.reasons.iter().enumerate() {
            let position = position.to_string();
            if !seen.insert(&reason.key) {
                faults.push(fault(&["reasons", &position, "key"], format!("`{}` stands twice in the list.", reason.key)));
            }
            if let Some(targets) = reason.targets {
                target(faults, &["reasons", &position, "targets"], targets);
            }
            if let Some(message) = reason.label_fault() {
                faults.push(fault(&["reasons", &position, "labels"], message));
            }
        }
        for (field, message) in self.disputes.faults() {
            faults.push(fault(&["disputes", field], message));
        }
        for (field, message) in self.complaints.iter().flat_map(super::SellerComplaints::faults) {
            faults.push(fault(&["sellerComplaints", field], message));
        }
        for (field, message) in self.ratings.faults() {
            faults.push(fault(&["ratings", field], message));
        }
        for (field, message) in self.ledger.faults() {
            faults.push(fault(&["ledger", field], message));
        }
        for (field, message) in self.pool.faults() {
            faults.push(fault(&["pool", field], message));
        }
        for (field, message) in self.refunds.faults() {
            faults.push(fault(&["refunds", field], message));
        }
        for (position, key) in self.pool.reasons.iter().enumerate().filter(|(_, key)| !seen.contains(key)) {
            faults.push(fault(&["pool", "reasons", &position.to_string()], format!("There is no contact reason `{key}`.")));
        }
        for (position, route) in self.routes.iter().enumerate() {
            if let Some(key) = route.reason.as_ref().filter(|key| !seen.contains(key)) {
                faults.push(fault(&["routes", &position.to_string(), "reason"], format!("There is no contact reason `{key}`.")));
            }
        }
    }
}

fn hours() -> String {
    format!("This must be 1 to {MOST_HOURS} hours.")
}

fn target(faults: &mut Vec<CharterFault>, path: &[&str], targets: PartyTargets) {
    for (name, value) in [
        ("firstReplyHours", targets.first_reply_hours),
        ("nextReplyHours", targets.next_reply_hours),
        ("resolutionHours", targets.resolution_hours),
    ] {
        if !(1..=MOST_HOURS).contains(&value) {
            faults.push(fault(&[path, &[name]].concat(), hours()));
        }
    }
}
