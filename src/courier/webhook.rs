//! One signed call, by the Standard Webhooks specification: <https://www.standardwebhooks.com>.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use sha2::Sha256;
use url::Url;
use zeroize::Zeroizing;

use super::guard::{Guarded, NotPublic, Targets};

/// How long a receiver may take for its answer.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of an answer is read, so that its connection can be used again.
const LARGEST_ANSWER: usize = 16 * 1024;

/// A signing key: the bytes behind a `whsec_…` secret.
#[derive(Clone)]
pub struct Key(pub Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// To whom.
    pub url: &'a Url,
    /// What a receiver tells a repeated one by.
    pub id: &'a str,
    /// The time of this attempt.
    pub at: DateTime<Utc>,
    /// The body, JSON.
    pub body: &'a str,
    /// What it is signed with, one signature for each.
    pub keys: &'a [Key],
}

/// What a receiver said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has it.
    Taken,
    /// It wants nothing any more.
    Gone,
    /// It has it not, or nobody knows.
    Failed {
        /// What went wrong, without personal data.
        error: String,
        /// How long it asks to be left alone.
        pause: Option<TimeDelta>,
    },
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it means.
    pub answer: Answer,
    /// The status of the answer; none when there was none.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Duration,
}

/// What a receiver answered, for callers to whom its words matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The status.
    pub status: u16,
    /// How long it asks to be left alone.
    pub pause: Option<TimeDelta>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why no answer was heard. No text holds the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unheard {
    /// It never reached the receiver.
    NotSent(String),
    /// It was sent, and no whole answer came: it may have been taken.
    Lost(String),
}

/// Carries webhooks.
#[derive(Debug, Clone)]
pub struct Courier {
    http: reqwest::Client,
    targets: Targets,
}

impl Courier {
    /// One that calls these addresses only. Follows no redirect: it could lead anywhere.
    pub fn new(targets: Targets) -> Result<Self, reqwest::Error> {
        Self::with_timeout(targets, TIMEOUT)
    }

    /// The same, with another patience.
    pub fn with_timeout(targets: Targets, timeout: Duration) -> Result<Self, reqwest::Error> {
        // Refused when the process has chosen its cryptography already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .dns_resolver(Guarded::new(targets))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .user_agent(concat!("trilogue/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, targets })
    }

    /// What is wrong with an address, as a sentence.
    pub fn fault(&self, url: &Url) -> Option<&'static str> {
        self.targets.fault(url)
    }

    /// Tells a receiver.
    pub async fn carry(&self, parcel: Parcel<'_>) -> Outcome {
        let began = Instant::now();
        let (answer, status) = match self.call(parcel).await {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                drain(response).await;
                (judge(status, &headers, parcel.at), Some(status.as_u16()))
            }
            Err(Unheard::NotSent(error) | Unheard::Lost(error)) => (Answer::Failed { error, pause: None }, None),
        };
        Outcome { answer, status, took: began.elapsed() }
    }

    /// Tells a receiver, and listens to what it says. An answer beyond all measure counts as none.
    pub async fn ask(&self, parcel: Parcel<'_>) -> Result<Heard, Unheard> {
        let mut response = self.call(parcel).await?;
        let (status, pause) = (response.status().as_u16(), pause(response.headers(), parcel.at));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Unheard::Lost(told(&error)))? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_ANSWER {
                return Err(Unheard::Lost("the answer is too large".to_owned()));
            }
        }
        Ok(Heard { status, pause, body })
    }

    async fn call(&self, parcel: Parcel<'_>) -> Result<Response, Unheard> {
        // Written before the setting changed, or past our own check: a literal address never meets the resolver.
        if let Some(fault) = self.targets.fault(parcel.url) {
            return Err(Unheard::NotSent(fault.to_owned()));
        }
        let at = parcel.at.timestamp().to_string();
        let signatures: Vec<_> = parcel.keys.iter().filter_map(|key| signature(key, parcel.id, &at, parcel.body)).collect();
        let request = self
            .http
            .post(parcel.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", parcel.id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signatures.join(" "))
            .body(parcel.body.to_owned());
        request.send().await.map_err(|error| {
            let reached = !(error.is_connect() || error.is_builder());
            if reached { Unheard::Lost(told(&error)) } else { Unheard::NotSent(told(&error)) }
        })
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over id, time and body.
fn signature(key: &Key, id: &str, at: &str, body: &str) -> Option<String> {
    Some(format!("v1,{}", BASE64.encode(digest(key, id, at, body.as_bytes())?)))
}

/// HMAC-SHA256 over id, time and body.
pub(super) fn digest(key: &Key, id: &str, at: &str, body: &[u8]) -> Option<[u8; 32]> {
    let mac = Hmac::<Sha256>::new_from_slice(&key.0).ok()?;
    Some(mac.chain_update(format!("{id}.{at}.")).chain_update(body).finalize().into_bytes().into())
}

/// Only the kind of an error: its full text holds the address.
fn told(error: &reqwest::Error) -> String {
    let mut causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    let told = if causes.any(|cause| cause.downcast_ref::<NotPublic>().is_some()) {
        "the name leads to no public address"
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection was lost"
    };
    told.to_owned()
}

fn judge(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Answer {
    match status.as_u16() {
        200..=299 => Answer::Taken,
        410 => Answer::Gone,
        300..=399 => Answer::Failed { error: format!("answered {}; redirects are not followed", status.as_u16()), pause: None },
        code => Answer::Failed { error: format!("answered {code}"), pause: pause(headers, now) },
    }
}

/// `Retry-After`: seconds, or a date.
fn pause(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = match text.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc) - now,
    };
    (asked > TimeDelta::zero()).then_some(asked)
}

async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > LARGEST_ANSWER {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
        let key = Key(Zeroizing::new(BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()));
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let now = DateTime::parse_from_rfc3339("2026-11-22T09:00:00Z").unwrap().with_timezone(&Utc);
        let read = |text: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            pause(&headers, now).map(|pause| pause.num_seconds())
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 22 Nov 2026 09:01:00 GMT"), Some(60));
        for nothing in ["0", "-5", "soon", "Sun, 22 Nov 2026 08:00:00 GMT", ""] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
