//! The page on which the reader of an e-mail stops such e-mails. The link is signed and needs no credentials; looking at
//! it changes nothing, as mail programs look at links by themselves.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::domain::mails::{Page, no_page};
use crate::workflow::mails::Subscription;
use crate::workflow::{Cx, Error};

/// Marketplace, receiver, kind and signature.
type Link = Path<(String, String, String, String)>;

fn read(cx: &Cx, Path((marketplace, receiver, kind, signature)): &Link) -> Result<Subscription, Error> {
    Subscription::read(cx, marketplace, receiver, kind, signature)
}

/// `GET`: what is now, and a button.
pub(super) async fn show(State(cx): State<Arc<Cx>>, link: Link) -> Response {
    let page = async { read(&cx, &link)?.page(&cx).await };
    answer(page.await)
}

/// `POST`: from a mail program (`List-Unsubscribe=One-Click`, RFC 8058) or from the button. Only the button asks for them
/// again.
pub(super) async fn change(State(cx): State<Arc<Cx>>, link: Link, body: String) -> Response {
    let page = async {
        let subscription = read(&cx, &link)?;
        if body.split('&').any(|field| field == "action=subscribe") {
            subscription.resume(&cx).await?;
        } else {
            subscription.stop(&cx).await?;
        }
        subscription.page(&cx).await
    };
    answer(page.await)
}

fn answer(page: Result<Page, Error>) -> Response {
    match page {
        Ok(page) => shown(StatusCode::OK, page),
        Err(Error::NotFound) => shown(StatusCode::NOT_FOUND, no_page()),
        Err(error) => {
            tracing::error!(%error, "a subscription could not be shown or changed");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment. Réessayez dans un instant.\n").into_response()
        }
    }
}

fn shown(status: StatusCode, page: Page) -> Response {
    let style = BASE64.encode(Sha256::digest(page.style));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (status, headers, page.html).into_response()
}
