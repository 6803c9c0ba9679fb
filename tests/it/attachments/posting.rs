//! Posted with a message, seen with it, had by who sees it.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;
use trilogue::domain::ids::{AttachmentId, SellerId};
use trilogue::domain::parties::{Scope, View};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::links::Purpose;

use super::{PDF, PNG, files, here, post, try_post, upload};
use crate::harness::{Db, Story, on_both_databases};

async fn attached(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let ticket = story.ticket().await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    let ids = [upload(app, &story.seller, "Été.png", "image/png", PNG).await, upload(app, &story.seller, "a.pdf", "", PDF).await];
    let message = post(&story, &story.seller, &thread, "k", &ids).await;
    assert_eq!(post(&story, &story.seller, &thread, "k", &ids).await, message, "the same call again");
    let other = try_post(&story, &story.seller, &thread, "k", &ids[..1]).await;
    assert_eq!(other["userErrors"][0]["code"], "IDEMPOTENCY_CONFLICT");

    for token in [&story.seller, &story.operator, &story.vendor] {
        let seen = files(app, token, &message).await.unwrap();
        assert_eq!(seen.len(), 2);
        assert_eq!((&seen[0]["id"], &seen[1]["id"]), (&json!(ids[0]), &json!(ids[1])), "in the order given");
        assert_eq!((&seen[0]["state"], &seen[0]["name"], &seen[0]["message"]["id"]), (&json!("READY"), &json!("Été.png"), &json!(message)));
        let answer = app.http.get(here(app, seen[0]["url"].as_str().unwrap())).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header("content-type"), "image/png");
        assert_eq!(header("content-length"), PNG.len().to_string());
        assert_eq!(header("content-disposition"), "attachment; filename=\"_t_.png\"; filename*=UTF-8''%C3%89t%C3%A9.png");
        assert_eq!((header("x-content-type-options"), header("cache-control")), ("nosniff".to_owned(), "private".to_owned()));
        assert!(header("content-security-policy").contains("sandbox"));
        assert_eq!(answer.bytes().await.unwrap(), PNG);
        let inline = app.http.get(format!("{}&disposition=inline", here(app, seen[1]["url"].as_str().unwrap()))).send().await.unwrap();
        assert!(inline.headers()["content-disposition"].to_str().unwrap().starts_with("inline;"));
        let direct = app.http.get(format!("{}/attachments/{}", app.url, ids[1])).bearer_auth(token).send().await.unwrap();
        assert_eq!(direct.bytes().await.unwrap(), PDF);
        let node = app.ask(token, "query($id: ID!) { node(id: $id) { id ... on Attachment { name } } }", json!({ "id": ids[0] })).await;
        assert_eq!(node["node"]["name"], "Été.png");
    }
    assert_eq!(files(app, &story.other_seller, &message).await, None);
    let query = json!({ "id": ids[0] });
    assert_eq!(app.ask(&story.other_seller, "query($id: ID!) { node(id: $id) { id } }", query).await, json!({ "node": null }));
}

async fn not_theirs(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let ticket = story.ticket().await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    let (mine, foreign) =
        (upload(app, &story.seller, "a.png", "image/png", PNG).await, upload(app, &story.operator, "b.png", "image/png", PNG).await);
    let unknown = AttachmentId::generate().to_string();
    for (files, code, field) in [
        (vec![mine.clone(), foreign], "NOT_FOUND", json!(["attachmentIds", "1"])),
        (vec![unknown], "NOT_FOUND", json!(["attachmentIds", "0"])),
        (vec![mine.clone(), mine.clone()], "DUPLICATE", json!(["attachmentIds", "1"])),
        ((0..11).map(|_| AttachmentId::generate().to_string()).collect(), "TOO_MANY", json!(["attachmentIds"])),
    ] {
        let payload = try_post(&story, &story.seller, &thread, "k", &files).await;
        assert_eq!((&payload["message"], &payload["userErrors"][0]["code"]), (&json!(null), &json!(code)), "{payload:#}");
        assert_eq!(payload["userErrors"][0]["field"], field);
    }
    let said = story.case(ticket, "threads { messages { nodes { id } } }").await;
    assert_eq!(said["threads"][0]["messages"]["nodes"].as_array().unwrap().len(), 1, "nothing was posted");
    let message = post(&story, &story.seller, &thread, "k", std::slice::from_ref(&mine)).await;
    let again = try_post(&story, &story.seller, &thread, "k2", &[mine]).await;
    assert_eq!(again["userErrors"][0]["code"], "NOT_FOUND", "each belongs to one message");
    assert_eq!(files(app, &story.seller, &message).await.unwrap().len(), 1);
    // Before a message has it, nobody can have it, not even by its id.
    let waiting = upload(app, &story.seller, "c.png", "image/png", PNG).await;
    let direct = app.http.get(format!("{}/attachments/{waiting}", app.url)).bearer_auth(&story.seller).send().await.unwrap();
    assert_eq!(direct.status(), StatusCode::NOT_FOUND);
}

async fn links(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let app = &story.app;
    let ticket = story.ticket().await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    let file = upload(app, &story.seller, "a.png", "image/png", PNG).await;
    let message = post(&story, &story.seller, &thread, "k", std::slice::from_ref(&file)).await;
    let url = here(app, files(app, &story.seller, &message).await.unwrap()[0]["url"].as_str().unwrap());
    let status = async |url: &str| app.http.get(url).send().await.unwrap().status().as_u16();
    assert_eq!(status(&url).await, 200);
    let stretched = url.replace("expires=1", "expires=2");
    let widened = url.replacen(
        &url[url.find("viewer=").unwrap()..url.find("&expires").unwrap()],
        &format!("viewer={}.operator", app.marketplace.id),
        1,
    );
    let moved = url.replace(&file, &AttachmentId::generate().to_string());
    let cut = url[..url.find("&signature").unwrap()].to_owned();
    for forged in [stretched, widened, moved, format!("{url}0"), url.replace("signature=", "signature=00")] {
        assert_eq!(status(&forged).await, 404, "{forged}");
    }
    assert_eq!(status(&cut).await, 401, "no signature is no link");
    assert_eq!(status(&format!("{}/attachments/nonsense", app.url)).await, 401);

    // Signed by us, but the one it was made for sees the message no more, or never did.
    for view in [View::Seller(SellerId::generate()), View::Storefront] {
        let path = format!("/attachments/{file}");
        let link = app.cx.links.make(Purpose::Attachment, &file, &path, Scope { marketplace: app.marketplace.id, view }, app.cx.now());
        let seen = if view == View::Storefront { 200 } else { 404 };
        assert_eq!(status(&here(app, &link.url)).await, seen);
    }
    app.advance(TimeDelta::minutes(15));
    let late = app.http.get(&url).header("accept", "text/html,*/*").send().await.unwrap();
    assert_eq!(late.status(), StatusCode::GONE);
    assert!(late.text().await.unwrap().contains("<p>This link is no longer good."));
    let late = app.http.get(&url).send().await.unwrap();
    assert!(late.text().await.unwrap().starts_with("This link is no longer good."));
}

on_both_databases! {
    /// Who sees the message sees its files, and gets them.
    async fn files_are_seen_with_their_message(db: Db) {
        attached(db).await;
    }

    /// Somebody else's, unknown, used or too many: nothing is posted.
    async fn only_own_and_unused_files_are_posted(db: Db) {
        not_theirs(db).await;
    }

    /// A link opens what it was made for, with the eyes it was made for, for its time.
    async fn links_open_no_more_than_they_were_made_for(db: Db) {
        links(db).await;
    }
}
