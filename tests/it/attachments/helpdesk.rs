//! Brought to the helpdesk with the words, and from it after a comment was filed.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::demo::peer::{Fault, On, Opening, Scan, SimFile};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;

use super::{PDF, PNG, files, here, objects, post, upload};
use crate::harness::{Db, ORDER, Story, in_both_products, on_both_databases};

fn png(name: &str) -> SimFile {
    SimFile::new(name, "image/png", PNG)
}

impl Story {
    /// The message of the case's newest words, as the operator sees it.
    async fn newest(&self, ticket: u64) -> String {
        let case = self.case(ticket, "threads { kind messages(last: 1) { nodes { id } } }").await;
        case["threads"][0]["messages"]["nodes"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The buyer writes with files; everything that follows is done.
    async fn write_with(&self, ticket: u64, files: Vec<SimFile>) -> (String, u64) {
        let posted = self.desk.sim.comment_with_files(ticket, &self.buyer, "Voici", Public, files).unwrap();
        self.desk.settle(&self.app).await;
        (self.newest(ticket).await, posted.comment.unwrap())
    }

    async fn states(&self, message: &str) -> Vec<Value> {
        files(&self.app, &self.seller, message).await.unwrap().iter().map(|file| file["state"].clone()).collect()
    }
}

/// The way in which words with files reach a ticket.
fn on_words(kind: HelpdeskKind, ticket: u64) -> On {
    match kind {
        HelpdeskKind::Zendesk => On::put(&format!("/api/v2/tickets/{ticket}.json")),
        HelpdeskKind::Freshdesk => On::post(&format!("/api/v2/tickets/{ticket}/reply")),
    }
}

async fn to_helpdesk(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    for (number, fault) in
        [None, Some(Fault::Status(500)), Some(Fault::ApplyThenReset), Some(Fault::MalformedJson), Some(Fault::ResetBeforeApply)]
            .into_iter()
            .enumerate()
    {
        let ids = [
            upload(&story.app, &story.seller, "Été.png", "image/png", PNG).await,
            upload(&story.app, &story.seller, "facture.pdf", "application/pdf", PDF).await,
        ];
        if let Some(fault) = fault {
            story.desk.sim.faults().next(on_words(kind, ticket), fault);
        }
        let words = format!("Pièces {number}");
        let input = json!({ "threadId": thread, "text": words, "attachmentIds": ids, "idempotencyKey": words });
        let posted = story.app.act(&story.seller, "messagePost", "message { id }", input).await;
        story.desk.settle(&story.app).await;
        story.assert_said_once(ticket, &words, &format!("{kind:?} {fault:?}")).await;
        let comment = story.said(ticket, &words)[0].number;
        let there: Vec<_> =
            story.desk.sim.files(ticket, comment).into_iter().map(|file| (file.name, file.content_type, file.content)).collect();
        let wanted = [("Été.png", "image/png", PNG), ("facture.pdf", "application/pdf", PDF)];
        assert_eq!(there, wanted.map(|(name, kind, content)| (name.to_owned(), kind.to_owned(), content.to_vec())), "{kind:?} {fault:?}");
        let seen = files(&story.app, &story.seller, posted["message"]["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(seen.len(), 2, "their echo adds none");
    }
}

async fn from_helpdesk(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let opening = Opening { files: vec![png("first.png")], ..Opening::new(&format!("Commande {ORDER}"), "Voyez") };
    let ticket = story.open(opening).await;
    let first = files(&story.app, &story.seller, &story.newest(ticket).await).await.unwrap();
    assert_eq!((first.len(), &first[0]["state"], &first[0]["name"]), (1, &json!("READY"), &json!("first.png")));

    let inline = SimFile { inline: true, ..png("../image\u{202e}1.png") };
    let (message, _) = story.write_with(ticket, vec![inline, SimFile::new("lettre.pdf", "application/force-download", PDF)]).await;
    for token in [&story.seller, &story.operator, &story.vendor] {
        let seen = files(&story.app, token, &message).await.unwrap();
        let shown: Vec<_> = seen.iter().map(|file| (&file["state"], &file["name"], &file["contentType"])).collect();
        assert_eq!(
            shown,
            [
                (&json!("READY"), &json!("image1.png"), &json!("image/png")),
                (&json!("READY"), &json!("lettre.pdf"), &json!("application/pdf"))
            ]
        );
        assert_eq!(seen[1]["sha256"], hex::encode(Sha256::digest(PDF)));
        let had = story.app.http.get(here(&story.app, seen[1]["url"].as_str().unwrap())).send().await.unwrap();
        assert_eq!(had.bytes().await.unwrap(), PDF);
    }
    assert_eq!(files(&story.app, &story.other_seller, &message).await, None);
    let told =
        story.case(ticket, "timeline(last: 20) { nodes { __typename ... on AttachmentChangedEvent { state attachment { name } } } }").await;
    let told: Vec<_> =
        told["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item["__typename"] == "AttachmentChangedEvent").collect();
    assert_eq!(told.len(), 3, "{told:#?}");

    let agent = story.desk.sim.add_agent("Ana Agent");
    story.desk.sim.comment_with_files(ticket, &agent, "Entre nous", Internal, vec![png("secret.png")]).unwrap();
    story.desk.settle(&story.app).await;
    let note = story.newest(ticket).await;
    assert_eq!(files(&story.app, &story.seller, &note).await, None);
    let file = &files(&story.app, &story.operator, &note).await.unwrap()[0];
    let direct = format!("{}/attachments/{}", story.app.url, file["id"].as_str().unwrap());
    for (token, status) in
        [(&story.operator, StatusCode::OK), (&story.seller, StatusCode::NOT_FOUND), (&story.vendor, StatusCode::NOT_FOUND)]
    {
        assert_eq!(story.app.http.get(&direct).bearer_auth(token).send().await.unwrap().status(), status);
    }
}

/// What can go wrong with one file leaves the words and the other files alone.
async fn odd_files(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    let (message, _) = story
        .write_with(
            ticket,
            vec![
                SimFile::new("page.png", "image/png", b"<html><script>alert(1)</script>"),
                SimFile::new("empty.txt", "text/plain", b""),
                SimFile::new("large.png", "image/png", &[PNG, &vec![0; 300_000]].concat()),
                SimFile { address: Some("http://169.254.169.254/latest".to_owned()), ..png("astray.png") },
                png("good.png"),
            ],
        )
        .await;
    assert_eq!(story.states(&message).await, ["BLOCKED", "FAILED", "FAILED", "FAILED", "READY"]);
    let seen = files(&story.app, &story.seller, &message).await.unwrap();
    assert!(seen[..4].iter().all(|file| file["url"].is_null() && !file["name"].is_null()), "{seen:#?}");
    let blocked = format!("{}/attachments/{}", story.app.url, seen[0]["id"].as_str().unwrap());
    assert_eq!(story.app.http.get(blocked).bearer_auth(&story.operator).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    jobs::prune_now(&story.app.cx, TimeDelta::days(30)).await;
    assert_eq!(objects(&story.app), 1);
}

/// The helpdesk is away for a while, or for ever.
async fn later(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    let address = match kind {
        HelpdeskKind::Zendesk => "/zdusercontent",
        HelpdeskKind::Freshdesk => "/data/helpdesk",
    };
    story.desk.sim.faults().next(On::get(address), Fault::Status(500));
    story.desk.sim.faults().next(On::get(address), Fault::ResetBeforeApply);
    let (message, _) = story.write_with(ticket, vec![png("a.png")]).await;
    assert_eq!(story.states(&message).await, ["READY"], "tried again");

    story.desk.sim.faults().repeat(100, On::get(address), Fault::Status(503));
    story.desk.sim.comment_with_files(ticket, &story.buyer, "Encore", Public, vec![png("b.png")]).unwrap();
    story.desk.deliver().await;
    story.app.work().await;
    let message = story.newest(ticket).await;
    assert_eq!(story.states(&message).await, ["PENDING"]);
    for _ in 0..14 {
        story.app.advance(TimeDelta::minutes(11));
        story.app.work().await;
    }
    assert_eq!(story.states(&message).await, ["FAILED"]);
    // A person looks, and asks for it again.
    story.desk.sim.faults().clear();
    jobs::prune_now(&story.app.cx, TimeDelta::days(30)).await;
    let dead = story.app.cx.store.outbox(story.app.marketplace.id, Some(trilogue::store::QueueStatus::Dead), 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(story.app.cx.store.replay_outbox(story.app.marketplace.id, dead[0].id).await.unwrap());
    story.desk.settle(&story.app).await;
    assert_eq!(story.states(&message).await, ["READY"]);
}

async fn malware(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let ticket = story.ticket().await;
    let scanned = |name: &str, scan| SimFile { scan, ..png(name) };
    let posted = story.desk.sim.comment_with_files(
        ticket,
        &story.buyer,
        "Voici",
        Public,
        vec![
            scanned("virus.png", Scan::Malware),
            scanned("forgiven.png", Scan::Overridden),
            scanned("later.png", Scan::NotYet),
            scanned("never.png", Scan::NotYet),
        ],
    );
    let comment = posted.unwrap().comment.unwrap();
    story.desk.deliver().await;
    story.app.work().await;
    let message = story.newest(ticket).await;
    assert_eq!(story.states(&message).await, ["BLOCKED", "READY", "PENDING", "PENDING"]);
    let opened = |story: &Story| story.desk.sim.requests().iter().filter(|request| request.path.contains("/zdusercontent/")).count();
    assert_eq!(opened(&story), 3, "unchecked ones are opened and left; the dangerous one is not even asked for");
    let later = &story.desk.sim.files(ticket, comment)[2];
    story.desk.sim.set_scan(ticket, comment, later.id, Scan::Malware).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.states(&message).await, ["BLOCKED", "READY", "BLOCKED", "READY"], "an account that never looks gets its files");
    // Found out afterwards.
    let never = &story.desk.sim.files(ticket, comment)[3];
    story.desk.sim.set_scan(ticket, comment, never.id, Scan::Malware).unwrap();
    story.find_without_webhooks().await;
    assert_eq!(story.states(&message).await, ["BLOCKED", "READY", "BLOCKED", "BLOCKED"]);
    assert_eq!(objects(&story.app), 1);
}

async fn removed(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let (message, comment) = story.write_with(ticket, vec![png("carte.png"), png("colis.png")]).await;
    let ids = [
        upload(&story.app, &story.seller, "ours1.png", "image/png", PNG).await,
        upload(&story.app, &story.seller, "ours2.png", "image/png", PNG).await,
    ];
    let ours = post(&story, &story.seller, &thread, "k", &ids).await;
    story.desk.settle(&story.app).await;
    let own = story.desk.sim.comments(ticket).last().unwrap().number;
    let url = here(&story.app, files(&story.app, &story.seller, &message).await.unwrap()[0]["url"].as_str().unwrap());
    assert_eq!(objects(&story.app), 4);

    let file = story.desk.sim.files(ticket, comment)[0].id;
    story.desk.sim.remove_file(ticket, comment, file).unwrap();
    let file = story.desk.sim.files(ticket, own)[1].id;
    story.desk.sim.remove_file(ticket, own, file).unwrap();
    match kind {
        HelpdeskKind::Zendesk => story.desk.settle(&story.app).await,
        // Freshdesk's rules hear nothing of it.
        HelpdeskKind::Freshdesk => story.find_without_webhooks().await,
    }
    assert_eq!(story.states(&message).await, ["REDACTED", "READY"]);
    let gone = if kind == HelpdeskKind::Zendesk { ["READY", "REDACTED"] } else { ["READY", "READY"] };
    assert_eq!(story.states(&ours).await, gone, "Freshdesk does not tell a removed file from one under another name");
    assert_eq!(objects(&story.app), if kind == HelpdeskKind::Zendesk { 2 } else { 3 });
    assert_eq!(story.app.http.get(&url).send().await.unwrap().status(), StatusCode::NOT_FOUND, "a link that was good a moment ago");
}

in_both_products! {
    /// With the comment, whole, and once, whatever breaks on the way.
    files_go_with_the_words => to_helpdesk;
    /// Got by the worker, seen by who sees the words.
    files_come_with_the_words => from_helpdesk;
    /// Dangerous, empty, too large, astray.
    odd_files_do_no_harm => odd_files;
    /// Tried again, given up, asked for again.
    files_come_later => later;
    /// Taken away there, taken away here.
    removed_files_go => removed;
}

on_both_databases! {
    /// What the helpdesk found malware in is never had.
    async fn malware_is_kept_away(db: Db) {
        malware(db).await;
    }
}
