//! The pages on which buyers rate. The link is signed and needs no credentials; looking at it changes nothing, as mail programs
//! look at links by themselves. Nothing runs in them.

mod answers;
mod page;
mod qr;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use self::answers::{Act, Answers};
use self::page::{Notice, Page};
use crate::domain::mails::Language;
use crate::domain::parties::{Actor, Who};
use crate::domain::ratings::{Invitation, InvitationAbout, InvitationState};
use crate::domain::refusal::Refusal;
use crate::store::ReviewRow;
use crate::workflow::ratings::{self, AuthorsWish, Opened};
use crate::workflow::{Cx, Error, Fault};

/// The largest form, in bytes: two reviews of the longest kind, in the widest letters, written out.
const LARGEST_FORM: usize = 256 * 1024;

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: Arc<Cx>) -> Router<S> {
    Router::new()
        .route("/rate/{token}", get(show).post(act))
        .route("/rate/{token}/{picture}", get(picture))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(cx)
}

/// In which language a page is: as the reader's browser has it, else as the invitation has it.
fn language(headers: &HeaderMap, opened: Option<&Opened>) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tags = wanted.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    match opened {
        Some(opened) => Language::best(tags.chain([opened.language.tag()])),
        None => Language::best(tags),
    }
}

/// `GET`: the questions, or how the invitation ended.
async fn show(State(cx): State<Arc<Cx>>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let shown = async {
        let opened = ratings::open(&cx, &token).await?;
        let reviews = reviews(&cx, &opened).await?;
        let page = Page { opened: &opened, language: language(&headers, Some(&opened)), reviews: &reviews };
        Ok((status(opened.state), page.as_it_stands()))
    };
    answer(shown.await, &headers)
}

/// An invitation that is over is gone.
const fn status(state: InvitationState) -> StatusCode {
    match state {
        InvitationState::Planned | InvitationState::Sent | InvitationState::Reminded | InvitationState::Used => StatusCode::OK,
        InvitationState::Expired | InvitationState::OptedOut | InvitationState::Canceled => StatusCode::GONE,
    }
}

async fn reviews(cx: &Cx, opened: &Opened) -> Result<Vec<ReviewRow>, Error> {
    match (&opened.invitation.about, &opened.invitation.buyer) {
        (InvitationAbout::OrderLine { order, line }, Some(_)) if opened.state == InvitationState::Used => {
            Ok(cx.store.reviews_of_line(author(&opened.invitation, opened).scope(), *order, line).await?)
        }
        _ => Ok(Vec::new()),
    }
}

/// Who holds the link is the invited buyer.
fn author(invitation: &Invitation, opened: &Opened) -> Actor {
    let who = invitation.buyer.map_or(Who::System, |buyer| Who::Buyer { buyer });
    Actor { marketplace: opened.marketplace.id, who }
}

/// `POST`: the answers, or what their author does with them later.
async fn act(State(cx): State<Arc<Cx>>, Path(token): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        let opened = ratings::open(&cx, &token).await?;
        let language = language(&headers, Some(&opened));
        let answers = Answers::read(&body);
        let actor = author(&opened.invitation, &opened);
        let outcome = match answers.act() {
            Act::Submit => Box::pin(ratings::submit(&cx, &actor, &token, answers.submission(&opened))).await.map(|_| Notice::Thanks),
            Act::StopAsking => ratings::opt_out(&cx, &token).await.map(|()| Notice::Stopped),
            Act::TakeBack(review, revision) => {
                Box::pin(ratings::take_back(&cx, &actor, AuthorsWish { review, revision })).await.map(|_| Notice::TakenBack)
            }
            Act::Complain(review) => Box::pin(ratings::complain(&cx, &actor, review, answers.words())).await.map(|_| Notice::Complained),
            Act::Nothing => Err(Error::NotFound),
        };
        let opened = ratings::open(&cx, &token).await?;
        let reviews = reviews(&cx, &opened).await?;
        let page = Page { opened: &opened, language, reviews: &reviews };
        match outcome {
            Ok(notice) => Ok((StatusCode::OK, page.after(notice))),
            Err(Error::Refused { faults }) if !is_over(&faults) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page.again(&answers, &faults))),
            Err(Error::Refused { .. }) => Ok((StatusCode::CONFLICT, page.as_it_stands())),
            Err(error) => Err(error),
        }
    };
    answer(done.await, &headers)
}

fn is_over(faults: &[Fault]) -> bool {
    faults.iter().any(|fault| matches!(fault.refusal, Refusal::InvitationOver { .. }))
}

/// `GET`: the address as a QR code.
async fn picture(State(cx): State<Arc<Cx>>, Path((token, picture)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Ok(opened) = ratings::open(&cx, &token).await else { return forged(&headers) };
    let Ok(url) = ratings::url(&cx, opened.marketplace.id, opened.invitation.id) else { return forged(&headers) };
    let (kind, bytes) = match picture.as_str() {
        "qr.svg" => ("image/svg+xml", qr::svg(&url)),
        "qr.png" => ("image/png", qr::png(&url)),
        _ => return forged(&headers),
    };
    match bytes {
        Some(bytes) => {
            let policy = "default-src 'none'; style-src 'unsafe-inline'";
            let headers =
                [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, no-store"), (header::CONTENT_SECURITY_POLICY, policy)];
            (headers, bytes).into_response()
        }
        None => unavailable(),
    }
}

fn answer(page: Result<(StatusCode, String), Error>, headers: &HeaderMap) -> Response {
    match page {
        Ok((status, html)) => shown(status, html),
        Err(Error::Refused { .. } | Error::NotFound) => forged(headers),
        Err(error) => {
            tracing::error!(%error, "a page on which buyers rate could not be shown");
            unavailable()
        }
    }
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment. Réessayez dans un instant.\n").into_response()
}

fn forged(headers: &HeaderMap) -> Response {
    shown(StatusCode::NOT_FOUND, page::forged(language(headers, None)))
}

fn shown(status: StatusCode, html: String) -> Response {
    let style = BASE64.encode(Sha256::digest(page::STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::VARY, "accept-language".to_owned()),
    ];
    (status, headers, html).into_response()
}
