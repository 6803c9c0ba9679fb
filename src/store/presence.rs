//! Who is typing and how far they have read, told to whoever looks at the same thread now. Lost with the process: what is
//! stored is only how far somebody has read.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};

use crate::domain::ids::{ParticipantId, ThreadId};
use crate::domain::presence::{News, Typing, Typists};

/// More signs than this wait for no replica: it hears the next ones.
const MOST_UNTOLD: usize = 4_096;

/// A sign of life in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// A participant types, or stopped.
    Typing(Typing),
    /// A participant has read on.
    Read,
}

/// A sign, where, and whose.
pub(super) type Signed = (ThreadId, ParticipantId, Sign);

/// Who tells whom.
#[derive(Debug)]
pub struct Presence {
    /// Tells this process from the other replicas: their database says everything to everybody, back to us too.
    origin: u64,
    typists: Mutex<Typists>,
    threads: Mutex<HashMap<ThreadId, watch::Sender<u64>>>,
    untold: Mutex<HashSet<Signed>>,
    tell: Notify,
}

impl Presence {
    pub(super) fn new() -> Self {
        Self { origin: rand::random(), typists: Mutex::default(), threads: Mutex::default(), untold: Mutex::default(), tell: Notify::new() }
    }

    /// A receiver that changes whenever there may be news of a thread.
    pub fn watch(&self, thread: ThreadId) -> watch::Receiver<u64> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|_, sender| sender.receiver_count() > 0);
        threads.entry(thread).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Who types in a thread, and when the first of them is forgotten.
    pub fn typing(&self, thread: ThreadId, now: DateTime<Utc>) -> (Vec<ParticipantId>, Option<DateTime<Utc>>) {
        self.typists.lock().unwrap_or_else(PoisonError::into_inner).of(thread, now)
    }

    /// A participant gives a sign in this process. What others know already is not told again.
    pub fn sign(&self, thread: ThreadId, participant: ParticipantId, sign: Sign, now: DateTime<Utc>) {
        if self.hear((thread, participant, sign), now) == News::Tell {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            if untold.len() < MOST_UNTOLD {
                // The last word counts: whoever has stopped is not typing.
                untold.retain(|(_, other, earlier)| {
                    *other != participant || matches!((earlier, sign), (Sign::Read, Sign::Typing(_)) | (Sign::Typing(_), Sign::Read))
                });
                untold.insert((thread, participant, sign));
            }
            self.tell.notify_one();
        }
    }

    /// Takes note of a sign, whoever gave it, and wakes who looks.
    fn hear(&self, (thread, participant, sign): Signed, now: DateTime<Utc>) -> News {
        let news = match sign {
            Sign::Read => News::Tell,
            Sign::Typing(typing) => self.typists.lock().unwrap_or_else(PoisonError::into_inner).say(thread, participant, typing, now),
        };
        if news == News::Tell
            && let Some(sender) = self.threads.lock().unwrap_or_else(PoisonError::into_inner).get(&thread)
        {
            sender.send_modify(|count| *count += 1);
        }
        news
    }

    /// Wakes everybody who looks: signs of other replicas may have been lost.
    pub(super) fn wake_all(&self) {
        for sender in self.threads.lock().unwrap_or_else(PoisonError::into_inner).values() {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// Waits for signs that other replicas have not been told of, and takes them as the words of a call.
    pub(super) async fn to_tell(&self) -> Vec<String> {
        loop {
            let taken: Vec<_> = self.untold.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
            if !taken.is_empty() {
                let call = |(thread, participant, sign)| Call { origin: self.origin, signed: (thread, participant, sign) }.to_string();
                return taken.into_iter().map(call).collect();
            }
            self.tell.notified().await;
        }
    }

    /// Hears the call of a replica.
    pub(super) fn heard(&self, call: &str, now: DateTime<Utc>) {
        match call.parse::<Call>() {
            Ok(call) if call.origin == self.origin => {}
            Ok(call) => drop(self.hear(call.signed, now)),
            Err(Unreadable) => tracing::warn!("a sign of another replica cannot be read"),
        }
    }
}

/// A sign on its way between replicas: ids and a letter.
struct Call {
    origin: u64,
    signed: Signed,
}

struct Unreadable;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thread, participant, sign) = self.signed;
        let letter = match sign {
            Sign::Typing(Typing::Started) => 't',
            Sign::Typing(Typing::Stopped) => 's',
            Sign::Read => 'r',
        };
        write!(f, "{:x}/{thread}/{participant}/{letter}", self.origin)
    }
}

impl FromStr for Call {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let mut parts = text.split('/');
        let mut part = || parts.next().ok_or(Unreadable);
        let origin = u64::from_str_radix(part()?, 16).map_err(|_| Unreadable)?;
        let thread = part()?.parse().map_err(|_| Unreadable)?;
        let participant = part()?.parse().map_err(|_| Unreadable)?;
        let sign = match part()? {
            "t" => Sign::Typing(Typing::Started),
            "s" => Sign::Typing(Typing::Stopped),
            "r" => Sign::Read,
            _ => return Err(Unreadable),
        };
        Ok(Self { origin, signed: (thread, participant, sign) })
    }
}
