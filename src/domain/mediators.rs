//! People from outside who are let into one case for a while, to read: a consumer mediator, an expert.

use chrono::{DateTime, TimeDelta, Utc};

use super::ids::{CaseId, MediatorId, ThreadId};
use super::parties::Who;
use super::refusal::Refusal;

/// The longest that somebody is let in at once. A mediation is over in 90 days from when the file is complete (French
/// Consumer Code, R612-5).
pub const LONGEST: TimeDelta = TimeDelta::days(90);
/// The most that read along in one case at a time.
pub const MOST: usize = 5;

/// Somebody from outside who was let into a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mediator {
    /// Our id.
    pub id: MediatorId,
    /// The case.
    pub case: CaseId,
    /// Their name, which everybody in the case is told.
    pub name: String,
    /// Their e-mail address, for the operator's eyes.
    pub email: Option<String>,
    /// Why they were let in, for the operator's eyes.
    pub statement: String,
    /// The threads that they were shown.
    pub threads: Vec<ThreadId>,
    /// Who let them in.
    pub admitted_by: Who,
    /// When.
    pub admitted_at: DateTime<Utc>,
    /// From when on they see nothing any more.
    pub expires_at: DateTime<Utc>,
    /// When they were sent away before that.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whether somebody who was let in still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They read along.
    Admitted,
    /// Their time is over.
    Expired,
    /// They were sent away.
    Revoked,
}

impl Mediator {
    /// Whether they read along now.
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        match self.revoked_at {
            Some(_) => Standing::Revoked,
            None if now < self.expires_at => Standing::Admitted,
            None => Standing::Expired,
        }
    }
}

/// Whether somebody may be let in until then.
pub fn check_end(now: DateTime<Utc>, until: DateTime<Utc>) -> Result<(), Refusal> {
    let invalid = |message: String| Err(Refusal::Invalid { message });
    if until <= now {
        return invalid("The access must end in the future.".to_owned());
    }
    if until > now + LONGEST {
        return invalid(format!("The access must end within {} days.", LONGEST.num_days()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_let_in_for_a_while_and_not_for_longer() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let second = TimeDelta::seconds(1);
        for (until, fits) in
            [(now - second, false), (now, false), (now + second, true), (now + LONGEST, true), (now + LONGEST + second, false)]
        {
            assert_eq!(check_end(now, until).is_ok(), fits, "{until}");
        }
        let mediator = Mediator {
            id: MediatorId::generate(),
            case: CaseId::generate(),
            name: String::new(),
            email: None,
            statement: String::new(),
            threads: Vec::new(),
            admitted_by: Who::System,
            admitted_at: now,
            expires_at: now + second,
            revoked_at: None,
        };
        assert_eq!(mediator.standing(now), Standing::Admitted);
        assert_eq!(mediator.standing(now + second), Standing::Expired, "the end itself is over");
        let revoked = Mediator { revoked_at: Some(now), ..mediator };
        assert_eq!([now, now + second].map(|at| revoked.standing(at)), [Standing::Revoked; 2]);
    }
}
