//! How sellers' complaints went, as the marketplace publishes it once a year (Regulation (EU) 2019/1150, article 11(4)).

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::statements::ComplaintOutcome;
use super::Sanction;

/// Complaints of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComplaintCounts {
    /// How many were lodged.
    pub lodged: u32,
    /// How many of them were upheld.
    pub upheld: u32,
    /// How many were rejected.
    pub rejected: u32,
    /// How long the answers took together.
    pub took: TimeDelta,
}

impl ComplaintCounts {
    /// How many wait for an answer.
    pub const fn open(&self) -> u32 {
        self.lodged - self.upheld - self.rejected
    }

    /// How long an answer took in the mean; none without answers.
    pub fn mean_time(&self) -> Option<TimeDelta> {
        let answered = i32::try_from(self.upheld + self.rejected).ok()?;
        self.took.checked_div(answered)
    }
}

/// Counts the complaints that were lodged in a period.
pub fn count_complaints<'a>(sanctions: impl IntoIterator<Item = &'a Sanction>, period: &Range<DateTime<Utc>>) -> ComplaintCounts {
    let complaints = sanctions.into_iter().filter_map(|sanction| sanction.complaint.as_ref());
    let mut counts = ComplaintCounts::default();
    for complaint in complaints.filter(|complaint| period.contains(&complaint.at)) {
        counts.lodged += 1;
        if let Some(answer) = &complaint.answer {
            match answer.outcome {
                ComplaintOutcome::Upheld => counts.upheld += 1,
                ComplaintOutcome::Rejected => counts.rejected += 1,
            }
            counts.took += answer.at - complaint.at;
        }
    }
    counts
}
