//! Signing in at the operator's own identity provider: a window of the browser goes there and comes back, and what it brings is
//! worth something only in the page that sent it.
//!
//! Whoever makes somebody else go there gains nothing: the code is handed to a page of ours alone, and is exchanged with what only
//! the page knows that sent for it.

use chrono::TimeDelta;
use secrecy::SecretString;
use url::Url;

use super::super::tenants::{digest, secret};
use super::{NotLetIn, Opened, agents, answers, door, is_challenge, open};
use crate::domain::ids::{ConnectionId, SignInId};
use crate::helpdesk::AgentKey;
use crate::identity::{Departure, Kept};
use crate::store::{SignIn, SignInKind, Used};
use crate::workflow::{Cx, Error};

/// How long somebody may take at the provider.
const JOURNEY: TimeDelta = TimeDelta::minutes(10);
/// How long a page may take to exchange the code.
const LIFE: TimeDelta = TimeDelta::minutes(1);
/// Where the provider sends them back to.
pub const BACK: &str = "/auth/callback";

/// What the provider sends somebody back with.
#[derive(Debug, Clone)]
pub struct Back {
    /// Ours, to know them again.
    pub state: SecretString,
    /// The provider's code; none when it let nobody in.
    pub code: Option<SecretString>,
    /// Who the provider says it is (RFC 9207), where it does.
    pub issuer: Option<String>,
}

/// What the page is handed that sent somebody to the provider.
#[derive(Debug, Clone)]
pub struct HandedOver {
    /// To be exchanged for a session.
    pub code: SecretString,
}

fn back(cx: &Cx) -> Result<Url, NotLetIn> {
    cx.links.address(BACK).map_err(|error| Error::Connection(format!("public_url is no address: {error}")).into())
}

/// Where somebody goes who wants to sign in.
pub async fn depart(cx: &Cx, connection: ConnectionId, challenge: &str) -> Result<Url, NotLetIn> {
    let connected = door(cx, connection).await?;
    let provider = connected.identity.as_ref().ok_or(NotLetIn::NoSuchDoor)?;
    if !is_challenge(challenge) {
        return Err(NotLetIn::Forged);
    }
    let (id, state, now) = (SignInId::generate(), secret("trl_st"), cx.now());
    let Departure { address, kept } = provider.depart(&back(cx)?, &state).await?;
    let kept = serde_json::to_vec(&kept).map_err(|error| Error::Connection(error.to_string()))?;
    let journey = SignIn {
        id,
        marketplace: connected.marketplace,
        connection,
        kind: SignInKind::Oidc,
        digest: digest(&state),
        challenge: Some(challenge.to_owned()),
        sealed: Some(cx.connections.vault().seal(&id.to_string(), &kept).map_err(Error::from)?),
        agent: None,
        attempts: 0,
        began_at: now,
        expires_at: now + JOURNEY,
    };
    let tx = cx.store.begin(connected.marketplace).await?;
    tx.insert_sign_in(&journey).await?;
    tx.commit().await?;
    Ok(address)
}

/// What the page is handed for whom the provider sent back, if the helpdesk has an agent of their address.
pub async fn returned(cx: &Cx, shown: Back) -> Result<HandedOver, NotLetIn> {
    let journey = cx.store.sign_in_by_digest(SignInKind::Oidc, &digest(&shown.state), cx.now()).await?.ok_or(NotLetIn::Expired)?;
    let connected = door(cx, journey.connection).await?;
    let provider = connected.identity.as_ref().ok_or(NotLetIn::NoSuchDoor)?;
    if shown.issuer.is_some_and(|issuer| issuer != provider.issuer()) {
        return Err(NotLetIn::Forged);
    }
    // Used up whatever comes of it: a second try begins in the page again.
    let tx = cx.store.begin(journey.marketplace).await?;
    let used = tx.use_up(journey.id).await?;
    tx.commit().await?;
    if used == Used::Before {
        return Err(NotLetIn::Used);
    }
    let code = shown.code.ok_or(NotLetIn::TurnedBack)?;
    let sealed = journey.sealed.as_deref().unwrap_or_default();
    let kept = cx.connections.vault().open(&journey.id.to_string(), sealed).map_err(Error::from)?;
    let kept: Kept = serde_json::from_slice(&kept).map_err(|error| Error::Connection(error.to_string()))?;
    let email = provider.arrive(&back(cx)?, &code, kept).await?;
    let agent = agents::known(&connected, AgentKey::Email(&email)).await?;

    let (own, now) = (secret("trl_co"), cx.now());
    let handed = SignIn {
        id: SignInId::generate(),
        kind: SignInKind::Code,
        digest: digest(&own),
        sealed: None,
        agent: Some(agent.number),
        began_at: now,
        expires_at: now + LIFE,
        ..journey
    };
    let tx = cx.store.begin(connected.marketplace).await?;
    tx.insert_sign_in(&handed).await?;
    tx.commit().await?;
    Ok(HandedOver { code: own })
}

/// Lets an agent in whose page shows the code that it was handed.
pub async fn by_code(cx: &Cx, code: &SecretString, verifier: &SecretString) -> Result<Opened, NotLetIn> {
    let handed = cx.store.sign_in_by_digest(SignInKind::Code, &digest(code), cx.now()).await?.ok_or(NotLetIn::Expired)?;
    if !handed.challenge.as_deref().is_some_and(|challenge| answers(challenge, verifier)) {
        return Err(NotLetIn::Forged);
    }
    let connected = door(cx, handed.connection).await?;
    let agent = agents::known(&connected, AgentKey::Number(handed.agent.as_deref().unwrap_or_default())).await?;

    let tx = cx.store.begin(handed.marketplace).await?;
    if tx.use_up(handed.id).await? == Used::Before {
        return Err(NotLetIn::Used);
    }
    let opened = open(&tx, &connected, &agent, cx.now()).await?;
    tx.commit().await?;
    Ok(opened)
}
