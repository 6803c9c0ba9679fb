//! Credentials to actors: a bearer token in the header of a request, or in the first message of a socket.

use std::sync::Arc;

use async_graphql::Data;
use axum::http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::apps::Pages;
use super::prepare::{Denied, Lapse, ListedOnly, Prepare};
use super::rates::{Rate, TooOften};
use crate::domain::parties::Actor;
use crate::graphql::Session;
use crate::store::StoreError;
use crate::workflow::tenants::{Admitted, Holder};
use crate::workflow::{Cx, Error, tenants};

/// Makes a session of whoever sends a valid token.
#[derive(Clone)]
pub struct Sessions {
    /// The house.
    pub cx: Cx,
    /// The pages, with the operations that they send.
    pub pages: Pages,
    /// How often one token may ask.
    pub(super) rate: Option<Arc<Rate<[u8; 32]>>>,
}

impl Prepare for Sessions {
    async fn prepare(&self, headers: &HeaderMap, connection_params: Option<&serde_json::Value>) -> Result<Data, Denied> {
        let token = connection_params.and_then(from_params).or_else(|| from_headers(headers));
        let key = token.as_ref().map(digest);
        let Admitted { actor, until, held_by } = known(&self.cx, token).await?;
        if let (Some(rate), Some(key)) = (&self.rate, key) {
            rate.ask(&key).map_err(|TooOften { after }| Denied::TooOften { after })?;
        }
        let mut data = Data::default();
        if let Some(until) = until {
            data.insert(Lapse { after: (until - self.cx.now()).to_std().unwrap_or_default() });
        }
        if held_by == Holder::Page && self.pages.lists_operations() {
            data.insert(ListedOnly);
        }
        data.insert(Session::new(self.cx.clone(), actor));
        Ok(data)
    }

    fn document(&self, sha256: &str) -> Option<String> {
        self.pages.document(sha256).map(str::to_owned)
    }
}

/// The token in these headers.
pub(super) fn token(headers: &HeaderMap) -> Option<SecretString> {
    from_headers(headers)
}

/// Whoever sends the token in these headers.
pub(super) async fn actor(cx: &Cx, headers: &HeaderMap) -> Result<Actor, Denied> {
    Ok(known(cx, from_headers(headers)).await?.actor)
}

async fn known(cx: &Cx, token: Option<SecretString>) -> Result<Admitted, Denied> {
    let token = token.ok_or(Denied::Unauthenticated)?;
    tenants::authenticate(cx, &token).await.map_err(|error| match error {
        Error::Store(StoreError::Unavailable(_)) => Denied::Unavailable,
        Error::NotFound => Denied::Unauthenticated,
        other => {
            tracing::error!(error = %other, "a token could not be checked");
            Denied::Unavailable
        }
    })
}

/// What a token is told apart by where it is not to be kept.
fn digest(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret()).into()
}

fn bearer(text: &str) -> Option<SecretString> {
    let (scheme, token) = text.trim().split_once(' ')?;
    let fits = scheme.eq_ignore_ascii_case("bearer") && (1..=256).contains(&token.trim().len());
    fits.then(|| SecretString::from(token.trim()))
}

fn from_headers(headers: &HeaderMap) -> Option<SecretString> {
    bearer(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// `{"authorization": "Bearer …"}`, the key in any case, as clients write it in many ways.
fn from_params(params: &serde_json::Value) -> Option<SecretString> {
    let (_, value) = params.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case("authorization"))?;
    bearer(value.as_str()?)
}
