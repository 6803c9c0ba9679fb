//! The way to an operator's own identity provider: OpenID Connect by authorization code, with PKCE and a nonce.
//!
//! What goes over the wire and how a token is verified is the crate's; ours is which addresses are called, and what of an answer is
//! believed. The provider is named by the operator on the command line, so everybody it vouches for is somebody of theirs.
//!
//! <https://openid.net/specs/openid-connect-core-1_0.html>

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyAdditionalClaims, EndUserEmail, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, TokenResponse, http,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::clock::SharedClock;
use crate::domain::addresses::is_private_way;

/// How long the provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 512 * 1024;
/// How long what a provider says about itself is good for sending people there.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// The ways to sign that are believed: those with a key that the provider alone holds.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A client whose ways to the provider were discovered.
type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What the provider knows us by.
#[derive(Clone)]
pub struct ProviderSettings {
    /// The provider, as it writes its own address: its discovery document stands below it, and says the same to the letter.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; none where we are registered as a public client.
    pub client_secret: Option<SecretString>,
}

/// Why nobody was vouched for.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It does not answer, or not as the standard says.
    #[error("the identity provider does not answer as it should")]
    Provider(#[source] Box<dyn Error + Send + Sync>),
    /// What was shown is none of its work, or none for us.
    #[error("the identity provider vouches for nobody")]
    Unproven(#[source] Box<dyn Error + Send + Sync>),
    /// It vouches for somebody without an e-mail address of which it is sure.
    #[error("the identity provider names no e-mail address that it has verified")]
    NoAddress,
}

/// What must be kept until somebody comes back from the provider, where nobody else sees it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    nonce: String,
    verifier: String,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

/// Somebody is on the way to the provider.
#[derive(Debug)]
pub struct Departure {
    /// Where their browser goes.
    pub address: Url,
    /// What they are recognised by when they come back.
    pub kept: Kept,
}

/// An operator's identity provider.
pub struct Provider {
    settings: ProviderSettings,
    http: reqwest::Client,
    clock: SharedClock,
    known: Mutex<Option<(DateTime<Utc>, Arc<CoreProviderMetadata>)>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

fn provider(error: impl Error + Send + Sync + 'static) -> IdentityError {
    IdentityError::Provider(Box::new(error))
}

fn unproven(error: impl Error + Send + Sync + 'static) -> IdentityError {
    IdentityError::Unproven(Box::new(error))
}

impl Provider {
    /// The provider of these settings. The HTTP client must not follow redirects.
    pub fn new(settings: ProviderSettings, http: reqwest::Client, clock: SharedClock) -> Self {
        Self { settings, http, clock, known: Mutex::default() }
    }

    /// The provider's own name, as it says it.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Whether it is there and can be used.
    pub async fn look(&self) -> Result<(), IdentityError> {
        self.discover().await.map(drop)
    }

    /// Sends somebody to the provider, who comes back to `back` with `state`.
    pub async fn depart(&self, back: &Url, state: &SecretString) -> Result<Departure, IdentityError> {
        let client = self.client(&*self.discovered().await?, back);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new(state.expose_secret().to_owned());
        let (address, _, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        if !is_private_way(&address) {
            return Err(provider(Carriage::Unsafe));
        }
        Ok(Departure { address, kept: Kept { nonce: nonce.secret().clone(), verifier: verifier.into_secret() } })
    }

    /// The e-mail address of whom the provider sent back with this code.
    pub async fn arrive(&self, back: &Url, code: &SecretString, kept: Kept) -> Result<String, IdentityError> {
        // With the keys of this moment: they may have changed since somebody left.
        let client = self.client(&self.discover().await?, back);
        let carry = |request| carry(self.http.clone(), request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .map_err(provider)?
            .set_pkce_verifier(PkceCodeVerifier::new(kept.verifier))
            .request_async(&carry)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => unproven(error),
                error => provider(error),
            })?;
        let clock = Arc::clone(&self.clock);
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES).set_time_fn(move || clock.now());
        let token = answer.id_token().ok_or_else(|| provider(Carriage::NoToken))?;
        let claims = token.claims(&verifier, &Nonce::new(kept.nonce)).map_err(unproven)?;
        match claims.email() {
            Some(email) => sure(email, claims.email_verified()),
            None => self.asked(&client, &answer, claims.subject().clone()).await,
        }
    }

    /// The address from where the provider tells more, if the token names none.
    async fn asked(
        &self,
        client: &Client,
        answer: &CoreTokenResponse,
        subject: openidconnect::SubjectIdentifier,
    ) -> Result<String, IdentityError> {
        let Ok(request) = client.user_info(answer.access_token().clone(), Some(subject)) else { return Err(IdentityError::NoAddress) };
        let carry = |request| carry(self.http.clone(), request);
        let claims: CoreUserInfoClaims =
            request.request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(&carry).await.map_err(unproven)?;
        claims.email().map_or(Err(IdentityError::NoAddress), |email| sure(email, claims.email_verified()))
    }

    fn client(&self, metadata: &CoreProviderMetadata, back: &Url) -> Client {
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(self.settings.client_id.clone()), secret)
            .set_redirect_uri(RedirectUrl::from_url(back.clone()))
    }

    /// What the provider said about itself lately; of many who ask at the same time, one asks the provider.
    async fn discovered(&self) -> Result<Arc<CoreProviderMetadata>, IdentityError> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((_, metadata)) = known.as_ref().filter(|(at, _)| now - *at < FRESH) {
            return Ok(Arc::clone(metadata));
        }
        let metadata = Arc::new(self.discover().await?);
        *known = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, IdentityError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(provider)?;
        let carry = |request| carry(self.http.clone(), request);
        CoreProviderMetadata::discover_async(issuer, &carry).await.map_err(provider)
    }
}

/// An address that the provider does not doubt. Providers whose directory is the operator's own often say nothing of it.
fn sure(email: &EndUserEmail, verified: Option<bool>) -> Result<String, IdentityError> {
    match verified {
        Some(false) => Err(IdentityError::NoAddress),
        Some(true) | None => Ok(email.as_str().to_owned()),
    }
}

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
enum Carriage {
    #[error("it names an address that anybody on the way could read: https:// is needed")]
    Unsafe,
    #[error("it is answered with more than {LARGEST} bytes")]
    TooLarge,
    #[error("its answer holds no token of who it is")]
    NoToken,
    #[error(transparent)]
    Address(#[from] url::ParseError),
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Answer(#[from] http::Error),
}

/// Carries one request of the crate's.
async fn carry(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Carriage> {
    let (parts, body) = request.into_parts();
    let url: Url = parts.uri.to_string().parse()?;
    if !is_private_way(&url) {
        return Err(Carriage::Unsafe);
    }
    let mut answer = client.request(parts.method, url).headers(parts.headers).body(body).timeout(PATIENCE).send().await?;
    let mut read = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if read.len() + chunk.len() > LARGEST {
            return Err(Carriage::TooLarge);
        }
        read.extend_from_slice(&chunk);
    }
    let mut built = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        built = built.header(name, value);
    }
    Ok(built.body(read)?)
}
