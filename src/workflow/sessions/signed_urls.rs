//! Zendesk's signed addresses: when an agent opens the app, Zendesk posts a token that says who it is.
//!
//! <https://developer.zendesk.com/documentation/apps/build-an-app/building-a-server-side-app/part-5-secure-the-app/>

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::super::tenants::digest;
use super::{NotLetIn, Opened, agents, open};
use crate::domain::ids::{ConnectionId, SignInId};
use crate::domain::tickets::HelpdeskKind;
use crate::helpdesk::AgentKey;
use crate::store::{SignIn, SignInKind, Used};
use crate::workflow::connections::{Connected, ZendeskApp};
use crate::workflow::{Cx, Error};

/// How far the clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// How long a token may be good at most, whatever it says: so long it is remembered as used.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// What a token says.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: OneOrMany,
    sub: SubjectOf,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
}

/// Standard tokens name one audience or a list of them (RFC 7519, section 4.1.3).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The user, as an address or as a number: no page of the vendor says which.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SubjectOf {
    Text(String),
    Number(u64),
}

impl SubjectOf {
    /// The user's number: the last digits.
    fn user(&self) -> Option<String> {
        let text = match self {
            Self::Text(text) => text.trim_end_matches(".json").to_owned(),
            Self::Number(number) => number.to_string(),
        };
        let digits = text.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        (1..=20).contains(&digits.len()).then(|| digits.to_owned())
    }
}

/// Lets the agent in for whom Zendesk signed a token; once for each token.
pub async fn by_signed_url(cx: &Cx, connection: ConnectionId, token: &SecretString) -> Result<Opened, NotLetIn> {
    let connected = match cx.connections.get(connection).await {
        Ok(connected) if connected.helpdesk.kind() == HelpdeskKind::Zendesk && !connected.settings.apps.is_empty() => connected,
        Ok(_) | Err(Error::NotFound) => return Err(NotLetIn::NoSuchDoor),
        Err(error) => return Err(error.into()),
    };
    let now = cx.now();
    let claims = verified(&connected, token)?;
    let expires_at = in_time(&claims, now)?;
    let number = claims.sub.user().ok_or(NotLetIn::Forged)?;
    let agent = agents::known(&connected, AgentKey::Number(&number)).await?;

    let tx = cx.store.begin(connected.marketplace).await?;
    let used = SignIn {
        id: SignInId::generate(),
        marketplace: connected.marketplace,
        connection,
        kind: SignInKind::SignedUrl,
        digest: digest(token),
        challenge: None,
        sealed: None,
        agent: Some(agent.number.clone()),
        attempts: 0,
        began_at: now,
        expires_at: expires_at + LEEWAY,
    };
    if tx.insert_sign_in(&used).await? == Used::Before {
        return Err(NotLetIn::Used);
    }
    let opened = open(&tx, &connected, &agent, now).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The claims of a token that one of our apps there was given. The key is ours to choose: no address in a token is followed.
fn verified(connected: &Connected, token: &SecretString) -> Result<Claims, NotLetIn> {
    let address: Url = connected.base_url.parse().map_err(|_| NotLetIn::NoSuchDoor)?;
    let host = match (address.host_str(), address.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(NotLetIn::NoSuchDoor),
    };
    let mut validation = Validation::new(Algorithm::RS256);
    // Times and audience are looked at below: by our clock, and each key for its own installation.
    (validation.validate_exp, validation.validate_aud) = (false, false);
    connected.settings.apps.iter().find_map(|app| checked(app, token, &host, &validation)).ok_or(NotLetIn::Forged)
}

fn checked(app: &ZendeskApp, token: &SecretString, host: &str, validation: &Validation) -> Option<Claims> {
    let key = DecodingKey::from_rsa_pem(app.key.as_bytes()).ok()?;
    let claims = jsonwebtoken::decode::<Claims>(token.expose_secret(), &key, validation).ok()?.claims;
    let audience = format!("https://{host}/api/v2/apps/installations/{}.json", app.installation);
    let for_us = match &claims.aud {
        OneOrMany::One(one) => *one == audience,
        OneOrMany::Many(all) => all.contains(&audience),
    };
    let issuer = claims.iss.strip_prefix("https://").unwrap_or(&claims.iss);
    (for_us && issuer == host).then_some(claims)
}

/// When a token ends that is good now.
fn in_time(claims: &Claims, now: DateTime<Utc>) -> Result<DateTime<Utc>, NotLetIn> {
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).ok_or(NotLetIn::Forged);
    let expires_at = at(claims.exp)?;
    for begins in [claims.nbf, claims.iat].into_iter().flatten() {
        if at(begins)? > now + LEEWAY {
            return Err(NotLetIn::Forged);
        }
    }
    if expires_at + LEEWAY <= now {
        return Err(NotLetIn::Expired);
    }
    if expires_at > now + LONGEST { Err(NotLetIn::Forged) } else { Ok(expires_at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_the_last_number_of_the_subject() {
        for (subject, user) in [
            ("https://acme.zendesk.com/api/v2/users/123.json", Some("123")),
            ("https://acme.zendesk.com/api/v2/users/123", Some("123")),
            ("123", Some("123")),
            ("https://acme.zendesk.com/api/v2/users/me.json", None),
            ("", None),
        ] {
            assert_eq!(SubjectOf::Text(subject.to_owned()).user().as_deref(), user, "{subject}");
        }
        assert_eq!(SubjectOf::Number(7).user().as_deref(), Some("7"));
    }

    #[test]
    fn a_token_is_good_in_its_time_and_not_for_long() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let claims = |from: i64, until: i64| Claims {
            iss: String::new(),
            aud: OneOrMany::One(String::new()),
            sub: SubjectOf::Number(1),
            exp: now.timestamp() + until,
            nbf: Some(now.timestamp() + from),
            iat: None,
        };
        assert!(in_time(&claims(-10, 60), now).is_ok() && in_time(&claims(30, 60), now).is_ok() && in_time(&claims(-90, -59), now).is_ok());
        assert!(matches!(in_time(&claims(-90, -60), now), Err(NotLetIn::Expired)));
        assert!(matches!(in_time(&claims(61, 120), now), Err(NotLetIn::Forged)));
        assert!(matches!(in_time(&claims(0, 3_601), now), Err(NotLetIn::Forged)), "it would have to be remembered for ever");
    }
}
