//! What a helpdesk ticket is marked with, so that agents can filter and report on returns, refunds and disputes there.

use serde::Serialize;

use super::disputes::DisputeStage;
use super::refunds::RefundStatus;
use super::returns::ReturnState;

/// Where a case's returns, refunds and disputes stand, each the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matters {
    /// The returns.
    pub returns: Vec<ReturnState>,
    /// The refunds.
    pub refunds: Vec<RefundStatus>,
    /// The disputes.
    pub disputes: Vec<DisputeStage>,
}

/// The name of a state in lower case, as it is in our interfaces.
fn word(state: impl Serialize) -> String {
    match serde_json::to_value(state) {
        Ok(serde_json::Value::String(name)) => name.to_lowercase(),
        other => unreachable!("a state is a word: {other:?}"),
    }
}

/// `tl_refund_granted`: at most 32 characters, as Freshdesk has it.
fn tag(kind: &str, state: impl Serialize) -> String {
    format!("tl_{kind}_{}", word(state))
}

impl Matters {
    /// The tags that the ticket should have.
    pub fn tags(&self) -> Vec<String> {
        let returns = self.returns.iter().map(|state| tag("return", state));
        let refunds = self.refunds.iter().map(|state| tag("refund", state));
        let mut tags: Vec<_> = returns.chain(refunds).chain(self.disputes.iter().map(|state| tag("dispute", state))).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// Our other tags, which it should not have any more.
    pub fn other_tags(&self) -> Vec<String> {
        let tags = self.tags();
        let all = Self { returns: ReturnState::ALL.to_vec(), refunds: RefundStatus::ALL.to_vec(), disputes: DisputeStage::ALL.to_vec() };
        all.tags().into_iter().filter(|tag| !tags.contains(tag)).collect()
    }

    /// The states of the newest return, refund and dispute; none where there is none.
    pub fn words(&self) -> (Option<String>, Option<String>, Option<String>) {
        (self.returns.last().map(word), self.refunds.last().map(word), self.disputes.last().map(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_a_tag_and_the_newest_a_word() {
        let none = Matters::default();
        assert_eq!((none.tags(), none.words()), (Vec::new(), (None, None, None)));
        let all = none.other_tags();
        assert_eq!(all.len(), ReturnState::ALL.len() + RefundStatus::ALL.len() + DisputeStage::ALL.len());
        assert!(all.iter().all(|tag| tag.len() <= 32 && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')), "{all:?}");
        let some = Matters {
            returns: vec![ReturnState::PartiallyReceived],
            refunds: vec![RefundStatus::Failed, RefundStatus::Failed, RefundStatus::Granted],
            disputes: Vec::new(),
        };
        assert_eq!(some.tags(), ["tl_refund_failed", "tl_refund_granted", "tl_return_partially_received"]);
        assert_eq!(some.words(), (Some("partially_received".to_owned()), Some("granted".to_owned()), None));
        assert!(some.other_tags().contains(&"tl_refund_succeeded".to_owned()) && some.other_tags().len() == all.len() - 3);
    }
}
