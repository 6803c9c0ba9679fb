//! A signed call that somebody makes to us, by the same specification: <https://www.standardwebhooks.com>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderMap;
use subtle::{Choice, ConstantTimeEq};

use super::webhook::{Key, digest};

/// The most signatures of one call that are looked at; a secret that is being changed needs two.
const SIGNATURES: usize = 8;

/// Why a call is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// A header is not there.
    #[error("no proof of the sender")]
    Missing,
    /// No signature fits any key.
    #[error("the proof of the sender does not fit")]
    Wrong,
    /// One fits, but it was made too long ago, or lies ahead.
    #[error("the signature is too old, or from the future")]
    Stale,
}

/// Checks a call's signatures against every key, then their age, and gives the call's id.
///
/// Takes the same time whichever key and signature fit.
pub fn verify<'a>(
    keys: &[Key],
    headers: &'a HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
    tolerance: TimeDelta,
) -> Result<&'a str, NotSigned> {
    let [id, at, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| header(headers, name));
    let (id, at, signatures) = (id.ok_or(NotSigned::Missing)?, at.ok_or(NotSigned::Missing)?, signatures.ok_or(NotSigned::Missing)?);
    let given: Vec<_> =
        signatures.split(' ').take(SIGNATURES).filter_map(|signature| BASE64.decode(signature.strip_prefix("v1,")?).ok()).collect();
    let fits = |one: &Vec<u8>, digest: &[u8; 32]| one.ct_eq(digest);
    let mut any = Choice::from(0);
    for digest in keys.iter().filter_map(|key| digest(key, id, at, body)) {
        any = given.iter().fold(any, |any, one| any | fits(one, &digest));
    }
    if !bool::from(any) {
        return Err(NotSigned::Wrong);
    }
    let made_at = at.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    if made_at.is_some_and(|made_at| (now - made_at).abs() <= tolerance) { Ok(id) } else { Err(NotSigned::Stale) }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|value| !value.is_empty())
}
