//! Evidence: what was asked for, what was handed in, and who may see it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::hands::{StaffId, invalid, not_now, text};
use super::super::ids::{AttachmentId, EvidenceId};
use super::super::parties::{Audience, Party};
use super::super::refusal::Refusal;
use super::{Dispute, DisputeStage};

/// The most pieces of evidence of one dispute.
const MOST: usize = 100;
/// The most characters of what a piece of evidence shows, or of what is asked for.
const LONGEST_TEXT: usize = 2000;

/// Something that is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// What it shows, in words.
    pub text: String,
    /// The SHA-256 of the file or, without one, of the text: what was handed in stays what it was.
    pub sha256: [u8; 32],
    /// The file.
    pub attachment: Option<AttachmentId>,
    /// Who may see it: the operator and who hands it in always.
    pub audience: Audience,
}

/// A piece of evidence. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Our id.
    pub id: EvidenceId,
    /// Who handed it in.
    pub by: Party,
    /// What it shows, in words.
    pub text: String,
    /// The SHA-256 of the file or, without one, of the text.
    pub sha256: [u8; 32],
    /// The file.
    pub attachment: Option<AttachmentId>,
    /// Who may see it.
    pub audience: Audience,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that a party was asked for: the proof that it was heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceRequest {
    /// Who is asked.
    pub of: Party,
    /// By whom.
    pub by: StaffId,
    /// For what.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when an answer is taken.
    pub due_at: DateTime<Utc>,
}

impl Dispute {
    /// Checks evidence before it is taken in.
    pub(super) fn checked(&self, new: &NewEvidence, by: Party, at: DateTime<Utc>) -> Result<Evidence, Refusal> {
        let words = text("What the evidence shows", &new.text, LONGEST_TEXT)?;
        if self.evidence.len() >= MOST {
            return Err(Refusal::TooMany { limit: MOST });
        }
        if !new.audience.contains(Party::Operator) || !new.audience.contains(by) {
            return Err(invalid("The operator and who hands it in can always see a piece of evidence."));
        }
        if self.knows(new, by) {
            return Err(Refusal::Twice { key: hex::encode(new.sha256) });
        }
        let (sha256, attachment, audience) = (new.sha256, new.attachment, new.audience);
        Ok(Evidence { id: EvidenceId::generate(), by, text: words, sha256, attachment, audience, at })
    }

    /// Whether the same was handed in by the same side before.
    pub(super) fn knows(&self, new: &NewEvidence, by: Party) -> bool {
        self.evidence.iter().any(|known| known.sha256 == new.sha256 && known.by == by)
    }

    pub(super) fn checked_request(&self, words: &str) -> Result<String, Refusal> {
        if self.evidence_requests.len() >= MOST {
            return Err(Refusal::TooMany { limit: MOST });
        }
        text("What is asked for", words, LONGEST_TEXT)
    }

    /// Whether the evidence is closed: from both sides something has come, or they were asked and the time for an answer is
    /// over. No one is decided about without having been heard.
    pub fn evidence_closed(&self, at: DateTime<Utc>) -> Result<(), Refusal> {
        if let Some(until) = self.evidence_until.filter(|until| at < *until) {
            return Err(not_now(format!("Evidence is taken until {}.", until.to_rfc3339())));
        }
        if let Some(request) = self.evidence_requests.iter().find(|request| at < request.due_at && !self.answered(request)) {
            return Err(not_now(format!("The {} may still answer until {}.", name(request.of), request.due_at.to_rfc3339())));
        }
        for party in [Party::Buyer, Party::Seller] {
            let heard = self.evidence.iter().any(|one| one.by == party) || self.evidence_requests.iter().any(|request| request.of == party);
            if !heard {
                return Err(not_now(format!("There is no evidence of the {0}: ask the {0} for it first.", name(party))));
            }
        }
        Ok(())
    }

    fn answered(&self, request: &EvidenceRequest) -> bool {
        self.evidence.iter().any(|one| one.by == request.of && one.at >= request.at)
    }

    /// Whether a party may hand something in. Only while the operator decides is there an end to it: until then the parties may
    /// talk as long as they like, and the operator may always add what it knows.
    pub(super) fn takes_evidence(&self, party: Party, at: DateTime<Utc>) -> Result<(), Refusal> {
        let over = self.takes_evidence_until(party).is_some_and(|until| until <= at);
        if over && party != Party::Operator && self.stage == DisputeStage::Arbitration {
            return Err(not_now("Evidence is not taken any more."));
        }
        Ok(())
    }

    /// Until when a party may hand something in now; none when there is no end, or it is over.
    pub(super) fn takes_evidence_until(&self, party: Party) -> Option<DateTime<Utc>> {
        let asked = self.evidence_requests.iter().filter(|request| request.of == party).map(|request| request.due_at);
        asked.chain(self.evidence_until).max()
    }
}

const fn name(party: Party) -> &'static str {
    match party {
        Party::Buyer => "buyer",
        Party::Seller => "seller",
        Party::Operator => "operator",
    }
}
