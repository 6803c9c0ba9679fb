//! What all products share on the wire: the HTTP client, and one way of calling that tells a call which
//! certainly did nothing from one whose outcome nobody knows.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::bytes::Bytes;
use url::{Host, Url};

use super::gate::{Gate, pause};
use super::{Credentials, HelpdeskError, Settings, faults};
use crate::clock::SharedClock;
use crate::domain::tickets::TicketNumber;

#[cfg(test)]
mod tests;

/// The largest answer that is read, after decompression: a hundred comments of the vendors' largest size,
/// in three forms each.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// How many times longer a call with a file may take.
const LONGER: u32 = 4;

/// The largest error body that is read; what follows cannot be an error code.
const LARGEST_FAULT: usize = 64 * 1024;

pub(super) fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    // Refused when the process has chosen its cryptography already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .user_agent(concat!("trilogue/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What it means when a call was sent and no clear answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// Nothing: sending it again does no harm.
    Harmless,
    /// It may have been done: the next attempt must look first.
    Unknown,
}

/// One call, before it is sent.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(HeaderName, String)>,
    body: Body,
    loss: Loss,
}

/// What a call carries.
#[derive(Debug)]
enum Body {
    Nothing,
    Json(Value),
    Bytes { content_type: String, bytes: Bytes },
    Form(Vec<(&'static str, FormValue)>),
}

/// A value of a form.
#[derive(Debug)]
pub(super) enum FormValue {
    /// A text.
    Text(String),
    /// A file.
    File {
        /// Its name.
        name: String,
        /// Its media type.
        content_type: String,
        /// Its bytes.
        bytes: Bytes,
    },
}

/// Whether a call says who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identified {
    /// It carries our credentials.
    Yes,
    /// It does not.
    No,
}

impl Call {
    /// A call that changes nothing.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), query: Vec::new(), headers: Vec::new(), body: Body::Nothing, loss: Loss::Harmless }
    }

    /// A call that creates.
    pub(super) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, body: Body::Json(body), loss: Loss::Unknown, ..Self::get(path) }
    }

    /// A call that changes.
    pub(super) fn put(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::PUT, body: Body::Json(body), loss: Loss::Unknown, ..Self::get(path) }
    }

    /// A call that takes away.
    pub(super) fn delete(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::DELETE, ..Self::put(path, body) }
    }

    /// A call that hands over a file.
    pub(super) fn post_bytes(path: impl Into<String>, content_type: &str, bytes: Bytes) -> Self {
        let body = Body::Bytes { content_type: content_type.to_owned(), bytes };
        Self { method: Method::POST, body, loss: Loss::Unknown, ..Self::get(path) }
    }

    /// A call that creates, with files.
    pub(super) fn post_form(path: impl Into<String>, values: Vec<(&'static str, FormValue)>) -> Self {
        Self { method: Method::POST, body: Body::Form(values), loss: Loss::Unknown, ..Self::get(path) }
    }

    /// Adds a parameter to the query.
    pub(super) fn query(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: HeaderName, value: &(impl ToString + ?Sized)) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Says that doing it twice is the same as doing it once.
    pub(super) fn repeatable(mut self) -> Self {
        self.loss = Loss::Harmless;
        self
    }

    /// What the vendors' limits per endpoint and per ticket are counted on, as far as we can tell.
    fn lane(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The error for a call that was sent and has no clear answer.
    fn unclear(&self, reason: impl Into<String>) -> HelpdeskError {
        let reason = reason.into();
        match self.loss {
            Loss::Harmless => HelpdeskError::Unavailable { reason },
            Loss::Unknown => HelpdeskError::Uncertain { reason },
        }
    }

    /// The error for an answer of success that makes no sense. What was asked may well have been done.
    fn unreadable(&self, reason: impl Into<String>) -> HelpdeskError {
        let reason = reason.into();
        match self.loss {
            Loss::Harmless => HelpdeskError::Unreadable { reason },
            Loss::Unknown => HelpdeskError::Uncertain { reason },
        }
    }

    fn failed(&self, error: &reqwest::Error) -> HelpdeskError {
        // Only the kind: the full text holds the URL, and with it e-mail addresses.
        if error.is_connect() {
            HelpdeskError::Unavailable { reason: "no connection".to_owned() }
        } else if error.is_builder() {
            HelpdeskError::Unsendable { reason: "it makes no HTTP request".to_owned() }
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
    timeout: Duration,
    gate: Gate,
}

impl Wire {
    pub(super) fn new(settings: &Settings, http: reqwest::Client, clock: SharedClock) -> Self {
        Self {
            http,
            base: settings.base_url.clone(),
            authorization: authorization(&settings.credentials),
            timeout: settings.timeout,
            gate: Gate::new(clock),
        }
    }

    /// The address of a page of the account.
    pub(super) fn address(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url.set_query(None);
        url
    }

    /// Sends a call and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, HelpdeskError> {
        let body = self.exchange(&call).await?;
        // The place alone: serde's own text quotes the content.
        serde_json::from_slice(&body)
            .map_err(|error| call.unreadable(format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())))
    }

    /// Sends a call whose answer may be kept from us: by the plan, by the rights of our credentials. Then there is nothing.
    pub(super) async fn ask_if_it_may<T: DeserializeOwned + Default>(&self, call: Call) -> Result<T, HelpdeskError> {
        match self.ask(call).await {
            Err(HelpdeskError::Unauthorized { .. } | HelpdeskError::NotFound | HelpdeskError::Refused { .. }) => Ok(T::default()),
            other => other,
        }
    }

    /// Sends a call whose answer's body says nothing of interest.
    pub(super) async fn tell(&self, call: Call) -> Result<(), HelpdeskError> {
        self.exchange(&call).await.map(drop)
    }

    async fn exchange(&self, call: &Call) -> Result<Vec<u8>, HelpdeskError> {
        if !is_private(&self.base) {
            return Err(HelpdeskError::Unavailable { reason: "plain http is for loopback hosts only".to_owned() });
        }
        let authorization = self.authorization.clone().ok_or(HelpdeskError::Unauthorized { status: 401 })?;
        let lane = call.lane();
        self.gate.pass(&lane)?;

        let mut request = self
            .http
            .request(call.method.clone(), self.address(&call.path))
            .timeout(match call.body {
                Body::Nothing | Body::Json(_) => self.timeout,
                Body::Bytes { .. } | Body::Form(_) => self.timeout * LONGER,
            })
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, authorization)
            .query(&call.query);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        request = match &call.body {
            Body::Nothing => request,
            Body::Json(body) => request.json(body),
            Body::Bytes { content_type, bytes } => request.header(CONTENT_TYPE, content_type).body(bytes.clone()),
            Body::Form(values) => request.multipart(form(values)?),
        };

        let response = request.send().await.map_err(|error| call.failed(&error))?;
        self.gate.learn(&lane, response.status(), response.headers());
        read(call, response).await
    }
}

impl Wire {
    /// Asks for a file at an address, and follows nothing.
    pub(super) async fn get_file(&self, url: &Url, identified: Identified) -> Result<Response, HelpdeskError> {
        let call = Call::get("file");
        let lane = call.lane();
        self.gate.pass(&lane)?;
        let mut request = self.http.get(url.clone()).timeout(self.timeout * LONGER);
        if identified == Identified::Yes {
            request = request.header(AUTHORIZATION, self.authorization.clone().ok_or(HelpdeskError::Unauthorized { status: 401 })?);
        }
        let response = request.send().await.map_err(|error| call.failed(&error))?;
        if identified == Identified::Yes {
            self.gate.learn(&lane, response.status(), response.headers());
        }
        Ok(response)
    }
}

/// What it means that an address of a file answered with an error.
pub(super) async fn refused_file(response: Response) -> HelpdeskError {
    let (status, headers) = (response.status(), response.headers().clone());
    let fault = gather(response, LARGEST_FAULT).await.map(|gathered| gathered.bytes).unwrap_or_default();
    refusal(&Call::get("file"), status, &headers, &fault)
}

fn form(values: &[(&'static str, FormValue)]) -> Result<Form, HelpdeskError> {
    let unsendable = |_| HelpdeskError::Unsendable { reason: "a file has no proper media type".to_owned() };
    // Names as they are: what Rails reads of a form is not decoded.
    values.iter().try_fold(Form::new().percent_encode_noop(), |form, (key, value)| {
        Ok(match value {
            FormValue::Text(text) => form.text(*key, text.clone()),
            FormValue::File { name, content_type, bytes } => {
                let length = bytes.len() as u64;
                let part = Part::stream_with_length(bytes.clone(), length).file_name(name.clone());
                form.part(*key, part.mime_str(content_type).map_err(unsendable)?)
            }
        })
    })
}

async fn read(call: &Call, response: Response) -> Result<Vec<u8>, HelpdeskError> {
    let status = response.status();
    if status.is_success() {
        return match gather(response, LARGEST_ANSWER).await {
            Ok(Gathered { bytes, complete: true }) => Ok(bytes),
            Ok(_) => Err(call.unreadable("the answer is too large")),
            Err(error) => Err(call.failed(&error)),
        };
    }
    let headers = response.headers().clone();
    let fault = gather(response, LARGEST_FAULT).await.map(|gathered| gathered.bytes).unwrap_or_default();
    Err(refusal(call, status, &headers, &fault))
}

struct Gathered {
    bytes: Vec<u8>,
    complete: bool,
}

async fn gather(mut response: Response, limit: usize) -> Result<Gathered, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Ok(Gathered { bytes, complete: false });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Gathered { bytes, complete: true })
}

fn refusal(call: &Call, status: StatusCode, headers: &HeaderMap, fault: &[u8]) -> HelpdeskError {
    match status.as_u16() {
        status @ (401 | 403) => HelpdeskError::Unauthorized { status },
        404 | 410 => HelpdeskError::NotFound,
        409 => HelpdeskError::Conflict,
        429 => HelpdeskError::RateLimited { retry_after: pause(headers).unwrap_or(super::gate::USUAL_PAUSE) },
        503 if call.loss == Loss::Harmless
            && let Some(retry_after) = pause(headers) =>
        {
            HelpdeskError::RateLimited { retry_after }
        }
        code @ (408 | 500..) => call.unclear(format!("answered {code}")),
        // No redirect is followed, so whatever it points to did not get the call.
        code @ ..=399 => HelpdeskError::Unavailable { reason: format!("answered {code}") },
        status => HelpdeskError::Refused { status, code: faults::code(fault) },
    }
}

/// A ticket's number as it goes into a path: digits only, so that no webhook can steer a call elsewhere.
pub(super) fn in_path(number: &TicketNumber) -> Result<&str, HelpdeskError> {
    digits_in_path(&number.0)
}

/// The same for any number.
pub(super) fn digits_in_path(digits: &str) -> Result<&str, HelpdeskError> {
    let plausible = (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plausible { Ok(digits) } else { Err(HelpdeskError::NotFound) }
}

fn authorization(credentials: &Credentials) -> Option<HeaderValue> {
    let text = match credentials {
        Credentials::ZendeskOauth { token } => format!("Bearer {}", token.expose_secret()),
        Credentials::ZendeskApiToken { email, token } => basic(&format!("{email}/token:{}", token.expose_secret())),
        // Any password does: https://developers.freshdesk.com/api/#authentication
        Credentials::Freshdesk { api_key } => basic(&format!("{}:X", api_key.expose_secret())),
    };
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn basic(user_and_password: &str) -> String {
    format!("Basic {}", BASE64.encode(user_and_password))
}

pub(super) fn is_private(base: &Url) -> bool {
    base.scheme() == "https"
        || base.scheme() == "http"
            && match base.host() {
                Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            }
}
