//! How urgent a case is, when it begins and when its buyer writes.

use crate::domain::charter::Charter;
use crate::domain::money::Money;
use crate::domain::reasons::ReasonKey;
use crate::domain::tickets::Priority;
use crate::domain::triage::{Assessment, Fact, assess};

/// What is known of a case when it begins.
pub(super) fn first_look(charter: &Charter, reason: Option<&ReasonKey>, total: Option<Money>, words: Vec<String>) -> Assessment {
    let mut facts: Vec<_> = words.into_iter().map(Fact::Words).collect();
    facts.extend(reason.cloned().map(Fact::Reason));
    facts.extend(total.map(Fact::OrderTotal));
    assess(&facts, &charter.triage)
}

/// How urgent a new case is. What the helpdesk says is only ever raised, as somebody there may have meant it.
pub(super) fn beginning(given: Option<Priority>, assessed: &Assessment) -> Priority {
    match given {
        None => assessed.priority,
        Some(given) if assessed.priority > Priority::Normal => given.max(assessed.priority),
        Some(given) => given,
    }
}

/// How urgent a case is after these words, if they make it more so.
pub(super) fn raised(charter: &Charter, now: Priority, words: &str) -> Option<Priority> {
    let assessed = assess(&[Fact::Words(words.to_owned())], &charter.triage);
    (!assessed.causes.is_empty() && assessed.priority > now).then_some(assessed.priority)
}
