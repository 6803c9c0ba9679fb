//! Agents of a helpdesk who work in a page of ours: how they show who they are, and the short sessions that they work in.
//!
//! An agent acts as a person of the operator, with a token of their own that nobody holds: revoke it, and all their sessions are
//! over. A session is short and kept nowhere but in the page's memory, so it is renewed while the page is open.

mod agents;
mod pairing;
mod provider;
mod signed_urls;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::connections::Connected;
use super::tenants::{Admitted, Holder, digest, secret};
use super::{Cx, Error, Result};
use crate::domain::ids::{ConnectionId, TokenId};
use crate::domain::parties::{Actor, Who};
use crate::helpdesk::{Agent, HelpdeskError};
use crate::identity::IdentityError;
use crate::store::{NewSession, StoreError, Tx};

pub use pairing::{Pairing, PairingRequest, pair, paired};
pub use provider::{BACK, Back, HandedOver, by_code, depart, returned};
pub use signed_urls::by_signed_url;

/// What their tokens begin with.
const PREFIX: &str = "trl_se";
/// How long one is good.
pub const LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long it can be renewed after somebody signed in: a day's work.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);

/// A session, as it is handed to the page.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Sent as a bearer token.
    pub token: SecretString,
    /// When it is over, unless it is renewed.
    pub expires_at: DateTime<Utc>,
}

/// A way in for agents whose helpdesk does not say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SignInWay {
    /// At the operator's identity provider, by OpenID Connect.
    Oidc,
    /// By a code that is sent to their address in the helpdesk.
    Pairing,
}

/// The ways in that pages can offer. Where the operator has an identity provider, it alone says who somebody is.
pub fn ways_in(cx: &Cx, connected: &Connected) -> Vec<SignInWay> {
    match (&connected.identity, pairing::post(cx)) {
        (Some(_), _) => vec![SignInWay::Oidc],
        (None, Some(_)) => vec![SignInWay::Pairing],
        (None, None) => Vec::new(),
    }
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum NotLetIn {
    /// There is no such helpdesk, or it lets nobody in this way.
    #[error("nobody signs in here this way")]
    NoSuchDoor,
    /// What was shown was not made by who could make it.
    #[error("this was not made for here")]
    Forged,
    /// It was good once.
    #[error("this is good no more; open the page again")]
    Expired,
    /// It was used already.
    #[error("this was used already; open the page again")]
    Used,
    /// Something wrong was shown too often.
    #[error("too many attempts; begin again later")]
    TooMany,
    /// The helpdesk knows no such agent.
    #[error("only agents of the helpdesk are let in")]
    NoAgent,
    /// They went to the operator's identity provider, which let them not in or where they changed their mind.
    #[error("the identity provider let nobody in")]
    TurnedBack,
    /// The operator's identity provider does not vouch for them.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A fault of ours or of the helpdesk.
    #[error(transparent)]
    House(#[from] Error),
}

impl From<StoreError> for NotLetIn {
    fn from(error: StoreError) -> Self {
        Self::House(error.into())
    }
}

impl From<HelpdeskError> for NotLetIn {
    fn from(error: HelpdeskError) -> Self {
        Self::House(error.into())
    }
}

/// Whether a token is one of a session, by its form.
pub(super) fn is_one(token: &SecretString) -> bool {
    token.expose_secret().strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with('_'))
}

/// Who works in a session.
pub(super) async fn authenticate(cx: &Cx, token: &SecretString) -> Result<Admitted> {
    let row = cx.store.session_by_digest(&digest(token), cx.now()).await?.ok_or(Error::NotFound)?;
    let actor = Actor { marketplace: row.marketplace, who: Who::Operator { token: row.token, name: row.name } };
    Ok(Admitted { actor, until: Some(row.expires_at), held_by: Holder::Page })
}

/// A new session in the place of one that is still good. The old one is good until its own end, for what is under way.
pub async fn renew(cx: &Cx, token: &SecretString) -> Result<Opened> {
    let row = if is_one(token) { cx.store.session_by_digest(&digest(token), cx.now()).await? } else { None };
    let row = row.filter(|row| row.ends_at > cx.now()).ok_or(Error::NotFound)?;
    let tx = cx.store.begin(row.marketplace).await?;
    let opened = begin(&tx, row.token, cx.now(), row.ends_at).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Lets an agent in whom nobody vouches for. For simulated helpdesks alone.
#[cfg(feature = "demo")]
pub async fn without_proof(cx: &Cx, connection: &Connected, number: &str, name: &str) -> Result<Opened, NotLetIn> {
    let tx = cx.store.begin(connection.marketplace).await?;
    let agent = Agent { number: number.to_owned(), name: name.to_owned(), email: None, locale: None };
    let opened = open(&tx, connection, &agent, cx.now()).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The helpdesk whose door this is.
async fn door(cx: &Cx, connection: ConnectionId) -> Result<Arc<Connected>, NotLetIn> {
    match cx.connections.get(connection).await {
        Ok(connected) => Ok(connected),
        Err(Error::NotFound) => Err(NotLetIn::NoSuchDoor),
        Err(error) => Err(error.into()),
    }
}

/// Lets an agent in whom the helpdesk knows.
async fn open(tx: &Tx, connection: &Connected, agent: &Agent, now: DateTime<Utc>) -> Result<Opened, NotLetIn> {
    // Nobody holds the token that the agent stands for.
    let held_by_nobody = digest(&secret("trl_op"));
    let token = tx.agent_token(connection.id, &agent.number, &agent.name, held_by_nobody).await?.ok_or(NotLetIn::NoAgent)?;
    Ok(begin(tx, token, now, now + LONGEST).await?)
}

async fn begin(tx: &Tx, token: TokenId, now: DateTime<Utc>, ends_at: DateTime<Utc>) -> Result<Opened> {
    let own = secret(PREFIX);
    let expires_at = ends_at.min(now + LIFE);
    tx.insert_session(NewSession { token, digest: digest(&own), expires_at, ends_at }).await?;
    Ok(Opened { token: own, expires_at })
}

/// Whether a verifier is the one that a challenge was made of: the base64url of its SHA-256 (RFC 7636, section 4.6).
fn answers(challenge: &str, verifier: &SecretString) -> bool {
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()));
    made.as_bytes().ct_eq(challenge.as_bytes()).into()
}

/// Whether a text can be a challenge.
fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_answered_by_its_verifier_alone() {
        // RFC 7636, appendix B.
        let (verifier, challenge) = ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(challenge) && answers(challenge, &verifier.to_owned().into()));
        for wrong in ["", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK", challenge] {
            assert!(!answers(challenge, &wrong.to_owned().into()), "{wrong}");
        }
        for none in ["", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM="] {
            assert!(!is_challenge(none), "{none}");
        }
    }
}
