//! Signing in with a code that is sent to the agent's address in the helpdesk: for helpdesks whose apps cannot prove who the agent
//! is, where the operator has no identity provider.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::super::orders::is_email;
use super::super::tenants::{digest, secret};
use super::{NotLetIn, Opened, agents, answers, door, is_challenge, open};
use crate::courier::{Mail, NotSent};
use crate::domain::ids::{ConnectionId, SignInId};
use crate::domain::mails::{Language, code_letter};
use crate::helpdesk::{Agent, AgentKey};
use crate::store::{SignIn, SignInKind, Used};
use crate::workflow::mails::Post;
use crate::workflow::{Cx, Error};

/// How long a code is good.
const LIFE: TimeDelta = TimeDelta::minutes(10);
/// How often a wrong code may be typed.
const ATTEMPTS: i64 = 5;
/// How many codes an agent is sent in an hour.
const HOURLY: u64 = 5;
/// How many are asked for in an hour for addresses that no agent has, before nobody is looked up any more.
const STRANGERS_HOURLY: u64 = 60;
/// Who stands for those that are no agents.
const STRANGER: &str = "";

/// Who wants to sign in.
#[derive(Debug, Clone)]
pub struct PairingRequest {
    /// In which helpdesk.
    pub connection: ConnectionId,
    /// The agent's address there.
    pub email: String,
    /// The challenge of the page that asks.
    pub challenge: String,
}

/// A code was sent, if there is such an agent.
#[derive(Debug, Clone)]
pub struct Pairing {
    /// What goes with the code.
    pub handle: SecretString,
    /// Until when the code is good.
    pub expires_at: DateTime<Utc>,
}

/// Whether codes can be sent at all.
pub(super) fn post(cx: &Cx) -> Option<&Post> {
    cx.alerts.post.as_ref()
}

/// Sends an agent a code. What is answered does not tell whether there is such an agent.
pub async fn pair(cx: &Cx, request: &PairingRequest) -> Result<Pairing, NotLetIn> {
    let post = post(cx).ok_or(NotLetIn::NoSuchDoor)?;
    if !is_challenge(&request.challenge) || !is_email(&request.email) {
        return Err(NotLetIn::Forged);
    }
    let connected = door(cx, request.connection).await?;
    if connected.identity.is_some() {
        // Whoever reads an agent's e-mails must not get around what the provider asks for.
        return Err(NotLetIn::NoSuchDoor);
    }
    let (now, handle) = (cx.now(), secret("trl_pa"));
    let hour = now - TimeDelta::hours(1);

    let tx = cx.store.begin(connected.marketplace).await?;
    if tx.sign_ins_since(connected.id, SignInKind::Pairing, STRANGER, hour).await? >= STRANGERS_HOURLY {
        return Err(NotLetIn::TooMany);
    }
    drop(tx);
    let agent = match agents::known(&connected, AgentKey::Email(&request.email)).await {
        Ok(agent) => Some(agent),
        Err(NotLetIn::NoAgent) => None,
        Err(error) => return Err(error),
    };
    let tx = cx.store.begin(connected.marketplace).await?;
    let number = agent.as_ref().map_or(STRANGER, |agent| agent.number.as_str());
    if agent.is_some() && tx.sign_ins_since(connected.id, SignInKind::Pairing, number, hour).await? >= HOURLY {
        return Err(NotLetIn::TooMany);
    }
    let id = SignInId::generate();
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000_u32));
    let sealed = match &agent {
        Some(_) => Some(cx.connections.vault().seal(&id.to_string(), code.as_bytes()).map_err(Error::from)?),
        None => None,
    };
    let begun = SignIn {
        id,
        marketplace: connected.marketplace,
        connection: connected.id,
        kind: SignInKind::Pairing,
        digest: digest(&handle),
        challenge: Some(request.challenge.clone()),
        sealed,
        agent: Some(number.to_owned()),
        attempts: 0,
        began_at: now,
        expires_at: now + LIFE,
    };
    tx.insert_sign_in(&begun).await?;
    tx.commit().await?;

    if let Some(agent) = agent {
        send(cx, post.clone(), &agent, id, &code);
    }
    Ok(Pairing { handle, expires_at: begun.expires_at })
}

/// Hands the code to the mail server, in a task of its own: how long that takes must not tell that there is such an agent.
fn send(cx: &Cx, post: Post, agent: &Agent, id: SignInId, code: &str) {
    let Some(to) = agent.email.clone() else { return };
    let letter = code_letter(code, Language::best(agent.locale.as_deref()));
    let at = cx.now();
    tokio::spawn(async move {
        let id = id.to_string();
        let mail = Mail { to: &to, subject: &letter.subject, text: &letter.text, html: &letter.html, id: &id, at, unsubscribe: None };
        if let Err(NotSent::Never(error) | NotSent::Later(error)) = post.mailer.send(mail).await {
            tracing::warn!(error, "a code to sign in with could not be sent");
        }
    });
}

/// Lets an agent in who shows the code that was sent.
pub async fn paired(cx: &Cx, handle: &SecretString, code: &SecretString, verifier: &SecretString) -> Result<Opened, NotLetIn> {
    let begun = cx.store.sign_in_by_digest(SignInKind::Pairing, &digest(handle), cx.now()).await?.ok_or(NotLetIn::Expired)?;
    if !begun.challenge.as_deref().is_some_and(|challenge| answers(challenge, verifier)) {
        return Err(NotLetIn::Forged);
    }
    let connected = door(cx, begun.connection).await?;
    // Counted whatever comes of it, so that nobody tries many at the same time.
    let tx = cx.store.begin(begun.marketplace).await?;
    let attempts = tx.count_attempt(begun.id).await?;
    tx.commit().await?;
    if attempts > ATTEMPTS {
        return Err(NotLetIn::TooMany);
    }
    let sent = match &begun.sealed {
        Some(sealed) => cx.connections.vault().open(&begun.id.to_string(), sealed).map_err(Error::from)?,
        None => return Err(NotLetIn::NoAgent),
    };
    let typed: String = code.expose_secret().chars().filter(char::is_ascii_digit).take(16).collect();
    if !bool::from(typed.as_bytes().ct_eq(&sent)) {
        return Err(NotLetIn::NoAgent);
    }
    // Whoever has left since has not got in.
    let agent = agents::known(&connected, AgentKey::Number(begun.agent.as_deref().unwrap_or_default())).await?;

    let tx = cx.store.begin(begun.marketplace).await?;
    if tx.use_up(begun.id).await? == Used::Before {
        return Err(NotLetIn::Used);
    }
    let opened = open(&tx, &connected, &agent, cx.now()).await?;
    tx.commit().await?;
    Ok(opened)
}
