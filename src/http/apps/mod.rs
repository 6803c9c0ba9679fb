//! The door of the pages: the sidebar in its helpdesks and by itself, its files, and how agents sign in.
//!
//! What a page may load and who may frame it is said with each page. A session is written into the page that Zendesk posts to, and
//! fetched by the others; it is never in an address or a cookie.

mod pages;
mod provider;
mod sign_in;
mod sorry;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

pub use pages::{Pages, UnfitPages};

use super::answers::{self, PRIVATE};
use super::papers::escaped;
use super::rates::{Knocks, knock};
use crate::domain::ids::ConnectionId;
use crate::domain::tickets::HelpdeskKind;
use crate::workflow::connections::Connected;
use crate::workflow::sessions::{self, NotLetIn, Opened, SignInWay};
use crate::workflow::{Cx, Error};
use sorry::sorry;

/// Where Zendesk's page of apps lives: reviewers and later mends want this address and no copy.
/// <https://developer.zendesk.com/api-reference/apps/apps-core-api/client_api/>
const ZENDESK_SDK: &str = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js";

/// The largest form that is read, in bytes: a token is some hundreds.
const LARGEST_FORM: usize = 16 * 1024;

/// What the doors of pages open onto.
#[derive(Clone)]
struct Doors {
    cx: Cx,
    pages: Pages,
}

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx, pages: Pages, knocks: Knocks) -> Router<S> {
    let sign_in = Router::new()
        .route("/app/zendesk/{connection}", post(in_zendesk).get(zendesk_wants_post))
        .merge(provider::routes())
        .with_state(Doors { cx: cx.clone(), pages: pages.clone() })
        .merge(sign_in::routes(cx))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(knocks, knock));
    Router::new()
        .route("/app/assets/{file}", get(asset))
        .route("/app/freshdesk/{connection}", get(in_freshdesk))
        .route("/app/page/{connection}", get(by_itself))
        .with_state(Doors { cx: cx.clone(), pages })
        .merge(sign_in)
}

/// What a page is told before anything else.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Boot<'a> {
    host: Host,
    connection: ConnectionId,
    session: Option<Session>,
    sign_in: &'a [SignInWay],
    ticket: Option<&'a str>,
    case_id: Option<&'a str>,
    locale: Option<&'a str>,
}

/// What a page stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Host {
    Zendesk,
    Freshdesk,
    Page,
}

/// A session, as a page is handed it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    token: String,
    expires_at: chrono::DateTime<chrono::Utc>,
}

impl From<Opened> for Session {
    fn from(opened: Opened) -> Self {
        Self { token: opened.token.expose_secret().to_owned(), expires_at: opened.expires_at }
    }
}

/// What an address says beside its path. What a helpdesk adds of its own is for its own script.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    ticket: Option<String>,
    case: Option<String>,
    locale: Option<String>,
}

/// What Zendesk posts when an agent opens the app.
#[derive(Deserialize)]
struct Signed {
    token: secrecy::SecretString,
}

async fn asset(State(doors): State<Doors>, Path(file): Path<String>) -> Response {
    let Some(asset) = doors.pages.asset(&file) else { return answers::not_found() };
    // The name holds a digest of the content, so it never changes.
    let headers = [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, Body::from(asset.content.clone())).into_response()
}

async fn connected(cx: &Cx, id: &str) -> Result<std::sync::Arc<Connected>, Box<Response>> {
    let id = id.parse::<ConnectionId>().map_err(|_| Box::new(answers::not_found()))?;
    cx.connections.get(id).await.map_err(|error| {
        Box::new(match error {
            Error::NotFound => answers::not_found(),
            error => answers::failed(&error),
        })
    })
}

async fn in_zendesk(
    State(doors): State<Doors>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    axum::Form(signed): axum::Form<Signed>,
) -> Response {
    let connected = match connected(&doors.cx, &connection).await {
        Ok(connected) => connected,
        Err(refusal) => return *refusal,
    };
    match sessions::by_signed_url(&doors.cx, connected.id, &signed.token).await {
        Ok(opened) => doors.shown(Host::Zendesk, &connected, Some(opened), &Asked::default()),
        Err(error) => sorry(&error, &policy(Host::Zendesk, &connected), &headers),
    }
}

/// Who opens the address by hand is told what it is for.
async fn zendesk_wants_post(State(doors): State<Doors>, Path(connection): Path<String>, headers: HeaderMap) -> Response {
    match connected(&doors.cx, &connection).await {
        Ok(connected) => sorry(&NotLetIn::NoSuchDoor, &policy(Host::Zendesk, &connected), &headers),
        Err(refusal) => *refusal,
    }
}

async fn in_freshdesk(State(doors): State<Doors>, Path(connection): Path<String>, Query(asked): Query<Asked>) -> Response {
    match connected(&doors.cx, &connection).await {
        Ok(connected) if connected.helpdesk.kind() == HelpdeskKind::Freshdesk => doors.shown(Host::Freshdesk, &connected, None, &asked),
        Ok(_) => answers::not_found(),
        Err(refusal) => *refusal,
    }
}

async fn by_itself(State(doors): State<Doors>, Path(connection): Path<String>, Query(asked): Query<Asked>) -> Response {
    match connected(&doors.cx, &connection).await {
        Ok(connected) => doors.shown(Host::Page, &connected, None, &asked),
        Err(refusal) => *refusal,
    }
}

impl Doors {
    /// The sidebar, with what it is told first.
    fn shown(&self, host: Host, connected: &Connected, opened: Option<Opened>, asked: &Asked) -> Response {
        let Some(page) = self.pages.page("sidebar") else { return not_built() };
        let ways = sessions::ways_in(&self.cx, connected);
        let boot = Boot {
            host,
            connection: connected.id,
            session: opened.map(Session::from),
            sign_in: &ways,
            ticket: asked.ticket.as_deref(),
            case_id: asked.case.as_deref(),
            locale: asked.locale.as_deref(),
        };
        let sdk = match host {
            Host::Zendesk => format!("<script src=\"{}\"></script>", self.pages.zendesk_sdk().unwrap_or(ZENDESK_SDK)),
            Host::Freshdesk | Host::Page => String::new(),
        };
        served(&filled(page, &boot, &sdk), &policy(host, connected))
    }
}

/// The sidebar in a simulated Freshdesk, with a session.
#[cfg(feature = "demo")]
pub fn sidebar_page(cx: &Cx, pages: &Pages, connected: &Connected, opened: Opened) -> Response {
    let doors = Doors { cx: cx.clone(), pages: pages.clone() };
    doors.shown(Host::Freshdesk, connected, Some(opened), &Asked::default())
}

/// A page of the demo: it shows the others in frames, as a helpdesk does.
#[cfg(feature = "demo")]
pub fn demo_page(pages: &Pages, name: &str, boot: &impl Serialize) -> Response {
    let Some(page) = pages.page(name) else { return not_built() };
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                  frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
    served(&filled(page, boot, ""), policy)
}

/// A page with what it is told first in its place.
fn filled(page: &str, boot: &impl Serialize, sdk: &str) -> String {
    let boot = serde_json::to_string(boot).unwrap_or_default();
    let meta = format!("<meta name=\"trilogue\" content=\"{}\"", escaped(&boot));
    page.replacen("<meta name=\"trilogue\" content=\"\"", &meta, 1).replacen("<!--host-sdk-->", sdk, 1)
}

/// What a page may load, and which pages may show it in a frame: those of its own helpdesk, by their exact origin.
fn policy(host: Host, connected: &Connected) -> String {
    let ancestors = match host {
        Host::Page => "'none'".to_owned(),
        Host::Zendesk | Host::Freshdesk => {
            let own = std::iter::once(connected.base_url.as_str());
            own.chain(connected.settings.frame_ancestors.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
        }
    };
    let scripts = if host == Host::Zendesk { "'self' https://static.zdassets.com" } else { "'self'" };
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
    )
}

fn served(page: &str, policy: &str) -> Response {
    let mut answer = Html(page.to_owned()).into_response();
    let headers = answer.headers_mut();
    headers.extend(HeaderValue::from_str(policy).ok().map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

/// The pages are not there: a fault of who set the server up, who is told how to mend it.
fn not_built() -> Response {
    let message = "The pages are not built. Run `npm ci && npm run build` in examples/apps, or name their folder in TRILOGUE_PAGES.";
    answers::refused(StatusCode::SERVICE_UNAVAILABLE, "PAGES_NOT_BUILT", message)
}
