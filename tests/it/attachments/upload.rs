//! Sent over HTTP: what is taken, what is refused, what becomes of what nobody uses.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};
use trilogue::domain::parties::Who;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;
use trilogue::workflow::tenants;

use super::{PDF, PNG, objects, post, send, upload};
use crate::harness::{Db, Story, on_both_databases};

async fn taken(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    for token in [&story.seller, &story.operator] {
        let answer = send(app, token, "../Été \u{202e}1.png", "image/png", PNG).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        assert_eq!(answer.headers()["cache-control"], "private, no-store");
        let shown: Value = answer.json().await.unwrap();
        assert_eq!((shown["name"].as_str(), shown["contentType"].as_str()), (Some("Été 1.png"), Some("image/png")));
        assert_eq!((shown["size"].as_u64(), shown["sha256"].as_str()), (Some(PNG.len() as u64), Some(&*hex::encode(Sha256::digest(PNG)))));
        let pieces = futures_util::stream::iter(PDF.chunks(5).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())));
        let answer = send(app, token, "Facture.pdf", "application/octet-stream", reqwest::Body::wrap_stream(pieces)).await;
        assert_eq!(answer.json::<Value>().await.unwrap()["contentType"], "application/pdf", "without a length, in pieces");
    }
    assert_eq!(objects(app), 4);
}

async fn refused(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let code = async |token: &str, name: &str, content_type: &str, content: Vec<u8>| {
        let answer = send(app, token, name, content_type, content).await;
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap()["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    let large = [PNG, &vec![0; 200_001][..]].concat();
    for (name, content_type, content, wanted) in [
        ("a.png", "image/png", Vec::new(), (400, "EMPTY")),
        ("a.png", "image/png", large.clone(), (413, "TOO_LARGE")),
        ("a.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), (415, "KIND_NOT_TAKEN")),
        ("a.svg", "image/svg+xml", b"<svg/>".to_vec(), (415, "KIND_NOT_TAKEN")),
        ("a.pdf", "application/pdf", b"MZ\x90\0\x03\0\0\0\x04\0\0\0".to_vec(), (415, "KIND_NOT_TAKEN")),
        ("a.html", "text/html", b"<p>x".to_vec(), (415, "KIND_NOT_TAKEN")),
        ("a.png", "image/png", PDF.to_vec(), (415, "CONTENT_CONTRADICTS_TYPE")),
        ("a.txt", "application/x-www-form-urlencoded", b"a=b".to_vec(), (415, "CONTENT_CONTRADICTS_TYPE")),
    ] {
        assert_eq!(code(&story.seller, name, content_type, content).await, (wanted.0, wanted.1.to_owned()), "{name} {content_type}");
    }
    let endless = futures_util::stream::iter(large.chunks(9_999).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>());
    let answer = send(app, &story.seller, "a.png", "image/png", reqwest::Body::wrap_stream(endless)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "also where no length was told");
    assert_eq!(code(&story.vendor, "a.png", "image/png", PNG.to_vec()).await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(code("nonsense", "a.png", "image/png", PNG.to_vec()).await, (401, "UNAUTHENTICATED".to_owned()));
    let nameless = app.http.post(format!("{}/attachments", app.url)).bearer_auth(&story.seller).body(PNG).send().await.unwrap();
    assert_eq!(nameless.status(), StatusCode::BAD_REQUEST);

    // A sender who goes away in the middle leaves nothing behind.
    let broken = futures_util::stream::iter([Ok(PNG.to_vec()), Err(std::io::Error::other("gone"))]).chain(futures_util::stream::pending());
    let url = format!("{}/attachments?filename=a.png", app.url);
    let request = app.http.post(url).bearer_auth(&story.seller).timeout(Duration::from_secs(5)).body(reqwest::Body::wrap_stream(broken));
    assert!(request.send().await.is_err());
    let actor = tenants::authenticate(&app.cx, &story.seller.clone().into()).await.unwrap().actor;
    let Who::Seller { token, .. } = actor.who else { panic!("{actor:?}") };
    while app.cx.store.uploads_waiting(app.marketplace.id, token).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(objects(app), 0);
}

async fn unused(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let ticket = story.ticket().await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    let used = upload(app, &story.seller, "a.png", "image/png", PNG).await;
    let late = upload(app, &story.seller, "b.png", "image/png", PNG).await;
    post(&story, &story.seller, &thread, "k", &[used]).await;
    app.advance(TimeDelta::hours(23));
    let young = upload(app, &story.seller, "c.png", "image/png", PNG).await;
    jobs::prune_now(&app.cx, TimeDelta::days(30)).await;
    assert_eq!(objects(app), 3, "not before their time");
    app.advance(TimeDelta::hours(2));
    jobs::prune_now(&app.cx, TimeDelta::days(30)).await;
    assert_eq!(objects(app), 2);
    let payload = super::try_post(&story, &story.seller, &thread, "k2", &[late]).await;
    assert_eq!(payload["userErrors"][0]["code"], "NOT_FOUND", "{payload:#}");
    post(&story, &story.seller, &thread, "k3", &[young]).await;
}

on_both_databases! {
    /// What may be sent is kept, named and measured by what it is.
    async fn fit_files_are_taken(db: Db) {
        taken(db).await;
    }

    /// Everything else is refused with a sentence, and nothing of it is kept.
    async fn unfit_files_are_refused(db: Db) {
        refused(db).await;
    }

    /// What no message took within a day goes.
    async fn unused_files_go(db: Db) {
        unused(db).await;
    }
}
