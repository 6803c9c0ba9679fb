//! E-mails through SMTP.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

const TIMEOUT: Duration = Duration::from_secs(30);

/// One e-mail.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// To which address.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// As plain text.
    pub text: &'a str,
    /// As HTML.
    pub html: &'a str,
    /// The name that a receiver tells a repeated one by: the part before the `@`.
    pub id: &'a str,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Where one click stops e-mails of this kind (RFC 8058).
    pub unsubscribe: Option<&'a str>,
}

/// Why an e-mail was not taken, without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// It may be, later.
    Later(String),
    /// It never will be.
    Never(String),
}

/// What is wrong with the settings of e-mails. The address of the server holds a password, so it is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum BadMailSettings {
    /// The server.
    #[error("smtp_url is no address such as smtps://user:password@mail.example.com:465")]
    Server,
    /// The sender.
    #[error("smtp_from is no address such as Trilogue <alerts@example.com>")]
    Sender,
}

/// Sends e-mails.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer")
    }
}

impl Mailer {
    /// One that hands e-mails to this server.
    pub fn new(url: &str, from: &str) -> Result<Self, BadMailSettings> {
        // Refused when the process has chosen its cryptography already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| BadMailSettings::Server)?;
        let from = from.parse().map_err(|_| BadMailSettings::Sender)?;
        Ok(Self { transport: transport.timeout(Some(TIMEOUT)).build(), from })
    }

    /// Hands one over.
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), NotSent> {
        let message =
            self.message(mail).ok_or_else(|| NotSent::Never("it makes no e-mail: the address cannot be written to".to_owned()))?;
        self.transport.send(message).await.map(drop).map_err(|error| not_sent(&error))
    }

    fn message(&self, mail: Mail<'_>) -> Option<Message> {
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse().ok()?))
            .subject(mail.subject)
            .date(mail.at.into())
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            // Nobody's holiday note is wanted in answer.
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        if let Some(link) = mail.unsubscribe {
            builder = builder
                .raw_header(raw("List-Unsubscribe", &format!("<{link}>")))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        builder.multipart(MultiPart::alternative_plain_html(mail.text.to_owned(), mail.html.to_owned())).ok()
    }
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}

/// Only the code of an answer: its words may name the receiver.
fn not_sent(error: &lettre::transport::smtp::Error) -> NotSent {
    let told = error.status().map(|code| format!("the mail server answered {code}"));
    if error.is_permanent() {
        return NotSent::Never(told.unwrap_or_else(|| "the mail server refused it".to_owned()));
    }
    NotSent::Later(told.unwrap_or_else(|| {
        let reason = if error.is_timeout() { "the mail server did not answer in time" } else { "the mail server cannot be reached" };
        reason.to_owned()
    }))
}
