//! Who is typing where. Nothing of it is stored, and what is not said again is forgotten.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::ids::{ParticipantId, ThreadId};

/// Who does not say again that they are typing has stopped.
const FORGOTTEN: TimeDelta = TimeDelta::seconds(10);
/// Said again within this time, it is not told again.
const SAID: TimeDelta = TimeDelta::seconds(3);
/// More than this at once is noise: what is said first is forgotten.
const MOST: usize = 20_000;

/// Whether somebody is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Typing {
    /// They are.
    Started,
    /// They are not any more.
    Stopped,
}

/// Whether something is news to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It is to be told.
    Tell,
    /// They know.
    Known,
}

/// Everybody who is typing.
#[derive(Debug, Clone, Default)]
pub struct Typists(HashMap<(ThreadId, ParticipantId), Typist>);

#[derive(Debug, Clone, Copy)]
struct Typist {
    /// When they said so last.
    said: DateTime<Utc>,
    /// When others were told so last.
    told: DateTime<Utc>,
}

impl Typists {
    /// Somebody says whether they are typing.
    pub fn say(&mut self, thread: ThreadId, participant: ParticipantId, typing: Typing, now: DateTime<Utc>) -> News {
        self.0.retain(|_, typist| now < typist.said + FORGOTTEN);
        if self.0.len() >= MOST {
            self.0.clear();
        }
        match typing {
            Typing::Stopped => self.0.remove(&(thread, participant)).map_or(News::Known, |_| News::Tell),
            Typing::Started => match self.0.get_mut(&(thread, participant)) {
                Some(known) if now < known.told + SAID => {
                    known.said = now;
                    News::Known
                }
                _ => {
                    self.0.insert((thread, participant), Typist { said: now, told: now });
                    News::Tell
                }
            },
        }
    }

    /// Who is typing in a thread, and when the first of them is forgotten.
    pub fn of(&self, thread: ThreadId, now: DateTime<Utc>) -> (Vec<ParticipantId>, Option<DateTime<Utc>>) {
        let here = self.0.iter().filter(|((other, _), typist)| *other == thread && now < typist.said + FORGOTTEN);
        let (mut who, mut until) = (Vec::new(), None);
        for ((_, participant), typist) in here {
            who.push(*participant);
            let end = typist.said + FORGOTTEN;
            until = Some(until.map_or(end, |known: DateTime<Utc>| known.min(end)));
        }
        who.sort_unstable();
        (who, until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_told_now_and_then_and_forgotten() {
        let (thread, other, me) = (ThreadId::generate(), ThreadId::generate(), ParticipantId::generate());
        let at = |seconds| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let mut typists = Typists::default();
        assert_eq!(typists.say(thread, me, Typing::Stopped, at(0)), News::Known);
        for (second, news) in [(0, News::Tell), (1, News::Known), (2, News::Known), (3, News::Tell), (4, News::Known)] {
            assert_eq!(typists.say(thread, me, Typing::Started, at(second)), news, "second {second}");
        }
        assert_eq!(typists.of(thread, at(13)), (vec![me], Some(at(14))));
        assert_eq!(typists.of(thread, at(14)), (vec![], None), "forgotten ten seconds after the last word of it");
        assert_eq!(typists.of(other, at(5)), (vec![], None));
        assert_eq!(typists.say(thread, me, Typing::Stopped, at(5)), News::Tell);
        assert_eq!(typists.of(thread, at(5)), (vec![], None));
        assert_eq!(typists.say(thread, me, Typing::Stopped, at(5)), News::Known);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let thread = ThreadId::generate();
        let mut typists = Typists::default();
        for _ in 0..=MOST {
            typists.say(thread, ParticipantId::generate(), Typing::Started, DateTime::UNIX_EPOCH);
        }
        assert!(typists.0.len() <= MOST);
    }
}
