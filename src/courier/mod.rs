//! The way out to addresses that people typed in: vendors' webhooks and e-mails. Knows no database and no rule of the house; what it
//! is given it carries, and says what came of it.

mod guard;
mod incoming;
mod mail;
mod webhook;

pub use guard::Targets;
pub use incoming::{NotSigned, verify};
pub use mail::{BadMailSettings, Mail, Mailer, NotSent};
pub use webhook::{Answer, Courier, Heard, Key, Outcome, Parcel, Unheard};
