//! The line to Stripe, and what its answers mean. <https://docs.stripe.com/error-low-level>

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::{Settings, VERSION, api};
use crate::domain::refunds::FailureKind;
use crate::gateway::GatewayError;
use crate::gateway::error::{identifier, place};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer that is read: a hundred refunds with all their metadata.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// How long to wait when Stripe does not say; it counts calls by the second.
const USUAL_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause that is believed.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const STRIPE_ACCOUNT: HeaderName = HeaderName::from_static("stripe-account");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// One call, before it is sent.
#[derive(Debug)]
pub(super) struct Call {
    path: String,
    query: Vec<(&'static str, String)>,
    account: Option<String>,
    order: Option<Order>,
}

/// A call that moves money.
#[derive(Debug)]
struct Order {
    form: String,
    key: String,
}

impl Call {
    /// A call that changes nothing.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new(), account: None, order: None }
    }

    /// A call that moves money, once for each key.
    pub(super) fn post(path: impl Into<String>, form: String, key: String) -> Self {
        Self { order: Some(Order { form, key }), ..Self::get(path) }
    }

    /// Says on whose account.
    pub(super) fn account(mut self, account: Option<&str>) -> Self {
        self.account = account.map(str::to_owned);
        self
    }

    /// Adds a parameter to the query.
    pub(super) fn query(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The error for a call that was sent and has no clear answer.
    fn unclear(&self, reason: impl Into<String>) -> GatewayError {
        if self.order.is_some() { GatewayError::uncertain(reason) } else { GatewayError::unavailable(reason) }
    }

    fn failed(&self, error: &reqwest::Error) -> GatewayError {
        // Only the kind: the full text holds the address.
        if error.is_connect() {
            GatewayError::unavailable("no connection")
        } else if error.is_builder() {
            GatewayError::unsendable("it makes no HTTP request")
        } else if error.is_timeout() {
            self.unclear("no answer in time")
        } else {
            self.unclear("the connection was lost")
        }
    }
}

/// The line to one account.
#[derive(Debug)]
pub(super) struct Wire {
    http: reqwest::Client,
    base: Url,
    authorization: Option<HeaderValue>,
}

impl Wire {
    pub(super) fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        // Refused when the process has chosen its cryptography already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            // Credentials must not follow one, nor an order be sent as something else.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Retrying is ours, as it is written down before each call.
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(settings.timeout)
            .user_agent(concat!("trilogue/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let authorization = HeaderValue::from_str(&format!("Bearer {}", settings.secret_key.expose_secret())).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        Ok(Self { http, base: settings.base_url.clone(), authorization })
    }

    /// Sends a call and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, GatewayError> {
        if !is_private(&self.base) {
            return Err(GatewayError::unavailable("plain http is for loopback hosts only"));
        }
        let authorization = self.authorization.clone().ok_or(GatewayError::Unauthorized { status: 401 })?;
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), call.path));
        let method = if call.order.is_some() { Method::POST } else { Method::GET };
        let mut request = self
            .http
            .request(method, url)
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, authorization)
            .header(STRIPE_VERSION, VERSION)
            .query(&call.query);
        if let Some(account) = &call.account {
            request = request.header(STRIPE_ACCOUNT, account);
        }
        if let Some(Order { form, key }) = &call.order {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(IDEMPOTENCY_KEY, key).body(form.clone());
        }
        let response = request.send().await.map_err(|error| call.failed(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = gather(&call, response).await;
        if status.is_success() {
            return serde_json::from_slice(&body?).map_err(|error| call.unclear(place(&error)));
        }
        Err(refusal(&call, status.as_u16(), &headers, &body.unwrap_or_default()))
    }
}

async fn gather(call: &Call, mut response: Response) -> Result<Vec<u8>, GatewayError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| call.failed(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST_ANSWER {
            return Err(call.unclear("the answer is too large"));
        }
    }
    Ok(bytes)
}

/// What an answer means that is no success. Only what Stripe itself says in its own form is final: a proxy in between may answer
/// 400 to an order that went through.
pub(super) fn refusal(call: &Call, status: u16, headers: &HeaderMap, body: &[u8]) -> GatewayError {
    let fault = serde_json::from_slice::<api::Fault>(body).unwrap_or_default().error;
    let code = fault.code.as_deref().and_then(identifier).unwrap_or_default();
    match (status, fault.kind.as_deref(), code) {
        // The limits stand before the keys, and an object that is locked was not touched: neither is kept under the key.
        // https://docs.stripe.com/rate-limits names 429 for the lock; 409 is taken for it as well.
        (429, ..) | (409, _, "lock_timeout") => GatewayError::RateLimited { retry_after: pause(headers).unwrap_or(USUAL_PAUSE) },
        (401 | 403, ..) => GatewayError::Unauthorized { status },
        // The first call with this key is still at work.
        (409, _, _) | (_, _, "idempotency_key_in_use") => call.unclear("an earlier call with the same key is still at work"),
        (400..=499, Some("idempotency_error"), _) => GatewayError::KeyConflict,
        // 424: something beyond Stripe failed, and it is not said what came of it.
        (408 | 424 | 500.., ..) => call.unclear(format!("answered {status}")),
        (400..=499, Some(_), code) => GatewayError::Refused { kind: kind(code), status, code: code.to_owned() },
        // No redirect is followed, so whatever it points to did not get the call.
        (..=399, ..) => GatewayError::unavailable(format!("answered {status}")),
        (_, None, _) => call.unclear(format!("answered {status}, not in Stripe's own form")),
    }
}

/// What an error's code means. <https://docs.stripe.com/error-codes>
fn kind(code: &str) -> FailureKind {
    match code {
        "charge_disputed" | "refund_disputed_payment" => FailureKind::PaymentDisputed,
        "balance_insufficient" | "insufficient_funds" => FailureKind::InsufficientFunds,
        "card_declined" => FailureKind::Declined,
        "expired_card" => FailureKind::AccountGone,
        _ => FailureKind::Other,
    }
}

/// `Retry-After`, in seconds.
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

fn is_private(base: &Url) -> bool {
    let loopback = match base.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    base.scheme() == "https" || (base.scheme() == "http" && loopback)
}
