//! What a payment system reports. It may come twice, late, or in the wrong order, and is never answered with an error.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::Happened;
use super::super::money::Money;
use super::{AttemptNumber, AttemptOutcome, FailureKind, Moved, ProviderReference, Refund, RefundEffect, RefundEvent, RefundStatus};

/// What a payment system says of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderNews {
    /// Of which attempt: the one whose key, or whose reference, it names.
    pub attempt: AttemptNumber,
    /// What it knows the refund by.
    pub reference: Option<ProviderReference>,
    /// What it says.
    pub word: ProviderWord,
}

/// The words of a payment system. Stripe's `pending` and `requires_action` are [`ProviderWord::Pending`], its `canceled` is a
/// failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum ProviderWord {
    /// It works on it, or waits for somebody.
    Pending,
    /// The money has moved.
    Succeeded {
        /// How much.
        amount: Money,
    },
    /// It could not. After a success that means that the money came back, as banks do.
    Failed {
        /// Why.
        kind: FailureKind,
    },
    /// It did, and took it back.
    Reversed,
}

impl Refund {
    /// Takes what a payment system says. News of an unknown attempt, and what was heard before, changes nothing.
    pub fn hear(&self, news: &ProviderNews, at: DateTime<Utc>) -> Moved {
        let still = Moved { refund: self.clone(), events: Vec::new(), effects: Vec::new() };
        let Some(index) = self.attempts.iter().position(|attempt| attempt.number == news.attempt) else { return still };
        let outcome = self.attempts[index].outcome;
        let current = index + 1 == self.attempts.len();
        let mut moved = still;
        match (news.word, outcome) {
            (ProviderWord::Pending, AttemptOutcome::Unknown) => moved.pending(news.attempt, current),
            (ProviderWord::Succeeded { amount }, outcome) if !matches!(outcome, AttemptOutcome::Succeeded | AttemptOutcome::Reversed) => {
                moved.succeeded(news.attempt, amount, current && self.status != RefundStatus::Canceled);
            }
            (ProviderWord::Failed { kind }, AttemptOutcome::Unknown | AttemptOutcome::Pending | AttemptOutcome::Unclear) => {
                moved.failed(news.attempt, kind);
            }
            (ProviderWord::Failed { .. } | ProviderWord::Reversed, AttemptOutcome::Succeeded) => moved.reversed(news.attempt),
            // Reversed before a success was booked: no money is with the buyer.
            (ProviderWord::Reversed, AttemptOutcome::Unknown | AttemptOutcome::Pending | AttemptOutcome::Unclear) => {
                moved.failed(news.attempt, FailureKind::Other);
            }
            // The same again, or an earlier word that came late.
            _ => {}
        }
        if let (Some(attempt), Some(reference)) = (moved.refund.attempts.get_mut(index), &news.reference) {
            attempt.reference.get_or_insert_with(|| reference.clone());
        }
        if moved.refund != *self {
            moved.refund.revision = self.revision.next();
            moved.refund.updated_at = at;
            if let Some(attempt) = moved.refund.attempts.get_mut(index) {
                attempt.heard_at = Some(at);
            }
        }
        moved
    }
}

impl Moved {
    fn set(&mut self, attempt: AttemptNumber, outcome: AttemptOutcome) {
        if let Some(attempt) = self.refund.attempts.iter_mut().find(|known| known.number == attempt) {
            attempt.outcome = outcome;
        }
    }

    fn pending(&mut self, attempt: AttemptNumber, current: bool) {
        self.set(attempt, AttemptOutcome::Pending);
        if current && self.refund.status == RefundStatus::Submitted {
            self.refund.status = RefundStatus::Pending;
            self.events.push(Happened::for_staff(RefundEvent::Pending { attempt }));
        }
    }

    /// `counts` says whether it is the last attempt of a refund that was not called off. A success that does not count is money
    /// that left twice or against a decision: a person must look at it.
    fn succeeded(&mut self, attempt: AttemptNumber, amount: Money, counts: bool) {
        if !counts {
            return self.unclear(attempt, RefundEvent::Contradicted { attempt });
        }
        let granted = self.refund.grant.as_deref().and_then(|grant| grant.total().ok());
        if granted != Some(amount) {
            return self.unclear(attempt, RefundEvent::AmountDiffers { attempt, told: amount });
        }
        self.set(attempt, AttemptOutcome::Succeeded);
        self.refund.status = RefundStatus::Succeeded;
        self.refund.alert_at = None;
        self.events.push(Happened::for_all(RefundEvent::Succeeded { attempt, amount }));
        self.effects.extend([RefundEffect::PostRefund, RefundEffect::TellBuyer]);
    }

    fn failed(&mut self, attempt: AttemptNumber, kind: FailureKind) {
        self.set(attempt, AttemptOutcome::Failed { kind });
        self.events.push(Happened::for_staff(RefundEvent::Failed { attempt, kind }));
        let all = self.refund.attempts.iter().all(|each| matches!(each.outcome, AttemptOutcome::Failed { .. }));
        if all && matches!(self.refund.status, RefundStatus::Submitted | RefundStatus::Pending) {
            self.refund.status = RefundStatus::Failed;
            self.refund.alert_at = None;
            self.effects.push(RefundEffect::AlertOperator);
        }
    }

    fn reversed(&mut self, attempt: AttemptNumber) {
        self.set(attempt, AttemptOutcome::Reversed);
        self.refund.status = RefundStatus::Reversed;
        self.events.push(Happened::for_all(RefundEvent::Reversed { attempt }));
        self.effects.extend([RefundEffect::PostReversal, RefundEffect::ReopenCase, RefundEffect::AlertOperator]);
    }

    /// Until a person knows more it counts as pending: were it failed, somebody could send the money again.
    fn unclear(&mut self, attempt: AttemptNumber, kind: RefundEvent) {
        let known = self.refund.attempts.iter().any(|each| each.number == attempt && each.outcome == AttemptOutcome::Unclear);
        if known {
            return;
        }
        self.set(attempt, AttemptOutcome::Unclear);
        if self.refund.status == RefundStatus::Failed {
            self.refund.status = RefundStatus::Pending;
        }
        self.events.push(Happened::for_operator(kind));
        self.effects.push(RefundEffect::AlertOperator);
    }
}
