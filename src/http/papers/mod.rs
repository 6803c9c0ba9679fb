//! Files that are handed out to be kept: what opens them, how they are served, and the look of those that are pages.

mod events;
mod labels;
mod page;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};

pub(super) use labels::Language;
pub(super) use page::{Page, escaped};

use super::answers::{self, PRIVATE, SANDBOX, SANDBOX_WITH_FILES};
use super::auth;
use crate::domain::parties::{Scope, View};
use crate::workflow::Cx;
use crate::workflow::links::{ClosedLink, Seal};

/// What a signed link carries beside its path.
#[derive(Deserialize)]
pub(super) struct Sealed {
    viewer: Option<String>,
    expires: Option<String>,
    signature: Option<String>,
}

impl Sealed {
    /// Whose eyes it is: those of the link, if it is one that `open` knows, and of the token otherwise.
    pub(super) async fn scope(
        &self,
        cx: &Cx,
        headers: &HeaderMap,
        open: impl FnOnce(Seal<'_>) -> Result<Scope, ClosedLink>,
    ) -> Result<Scope, Box<Response>> {
        let Some(signature) = &self.signature else {
            return auth::actor(cx, headers).await.map(|actor| actor.scope()).map_err(|denied| Box::new(answers::denied(denied)));
        };
        let (viewer, expires) = (self.viewer.as_deref().unwrap_or_default(), self.expires.as_deref().unwrap_or_default());
        open(Seal { viewer, expires, signature }).map_err(|closed| {
            Box::new(match closed {
                ClosedLink::Expired => answers::expired(headers),
                ClosedLink::Forged => answers::not_found(),
            })
        })
    }
}

/// What a browser does with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It saves it.
    Attachment,
    /// It shows it.
    Inline,
}

/// A file for one viewer alone, in which nothing runs.
pub(super) fn document(content_type: &'static str, way: Way, name: &str, body: Body) -> Response {
    let (way, policy) = match way {
        Way::Attachment => ("attachment", SANDBOX),
        Way::Inline => ("inline", SANDBOX_WITH_FILES),
    };
    let mut answer = Response::new(body);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    let disposition = HeaderValue::from_str(&format!("{way}; filename=\"{name}\""));
    headers.extend(disposition.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    answer
}

/// What of somebody else's text can stand in the name of a file.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')).collect()
}

/// The word for an enum, as serde names it.
pub(super) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What kind of viewer it is.
pub(super) const fn role(view: View) -> &'static str {
    match view {
        View::Whole => "OPERATOR",
        View::Seller(_) => "SELLER",
        View::Storefront => "VENDOR",
        View::Buyer(_) => "BUYER",
        View::Mediator { .. } => "MEDIATOR",
    }
}
