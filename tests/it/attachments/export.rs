//! A case as a file: whole, honest about who it is for, and no more than its viewer sees elsewhere.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::demo::peer::SimFile;
use trilogue::domain::tickets::HelpdeskKind;

use super::{PNG, here, post, upload};
use crate::harness::{Db, Story, on_both_databases, random_stories};

/// All that the interface tells of a case, as far as an export could tell it too.
const SEEN: &str = "query($by: CaseByInput!) { marketplace { id name } viewer { seller { id externalId name } } case(by: $by) {
    id reference subject status mode phase priority owner openedAt updatedAt awaiting { party dueAt } buyer { id displayName email }
    seller { id externalId name } order { id reference placedAt buyerEmail lines { externalId title sku } }
    tickets { externalId url status }
    threads { id kind subject openedAt participants { id party right joinedAt }
        messages(first: 100) { nodes { id sentAt author authorName text html channel delivery redactedAt audience
            attachments { id name contentType size sha256 state } } } }
    timeline(first: 100) { nodes { id at actor { kind name } ... on CaseEscalatedEvent { note } ... on ReplyWaivedEvent { note }
        ... on DeadlineNearEvent { dueAt } ... on DeadlineMissedEvent { dueAt } ... on CaseReasonNamedEvent { from to } ... on DeliveryStoppedEvent { deliveryId reason }
        ... on ParticipantAddedEvent { participant { id } thread { id } } } } } }";

struct Exported {
    text: String,
    json: Value,
}

impl Story {
    async fn file(&self, token: &str, case: &str, file: &str) -> reqwest::Response {
        self.app.http.get(format!("{}/cases/{case}/{file}", self.app.url)).bearer_auth(token).send().await.unwrap()
    }

    async fn exported(&self, token: &str, case: &str) -> Exported {
        let text = self.file(token, case, "export.json").await.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Exported { text, json }
    }
}

/// The last line holds the digest of all before it.
pub(crate) fn assert_sealed(text: &str) {
    let at = text.trim_end().rfind('\n').unwrap() + 1;
    let digest = hex::encode(Sha256::digest(&text.as_bytes()[..at]));
    assert!(text[at..].contains(&digest), "{}", &text[at..]);
}

/// Every text in a document, times in one form.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let time = text.parse::<DateTime<Utc>>().map(|time| time.to_rfc3339());
            found.insert(time.unwrap_or_else(|_| text.clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// Words of the format itself, and names of closed sets.
fn is_furniture(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
        || ["trilogue-case-export", "sha256", "every byte before this line"].contains(&text)
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Buyer,
    Agent,
    Note,
    Seller,
    Private,
    Hidden,
    Escalate,
    Redact,
}

async fn take(story: &Story, ticket: u64, number: usize, step: Step) {
    let (sim, app) = (&story.desk.sim, &story.app);
    let words = format!("mot-{number}-{step:?}");
    let case = story.case(ticket, "id threads { id kind }").await;
    let thread = |kind: &[&str]| {
        let found = case["threads"].as_array().unwrap().iter().find(|thread| kind.contains(&thread["kind"].as_str().unwrap()));
        found.map(|thread| thread["id"].as_str().unwrap().to_owned())
    };
    let say = |token: String, thread: String| {
        let words = words.clone();
        async move {
            let file = upload(app, &token, &format!("{words}.png"), "image/png", PNG).await;
            let input = json!({ "threadId": thread, "text": words, "attachmentIds": [file], "idempotencyKey": words });
            app.try_act(&token, "messagePost", "message { id }", input).await;
        }
    };
    let file = vec![SimFile::new(&format!("{words}.png"), "image/png", PNG)];
    match step {
        Step::Buyer => drop(sim.comment_with_files(ticket, &story.buyer, &words, Public, file)),
        Step::Agent | Step::Note => {
            let agent = sim.add_agent("Ana Agent");
            let audience = if matches!(step, Step::Note) { Internal } else { Public };
            drop(sim.comment_with_files(ticket, &agent, &words, audience, file));
        }
        Step::Seller => say(story.seller.clone(), thread(&["SELLER_BUYER", "TRIPARTITE"]).unwrap()).await,
        Step::Private => {
            if thread(&["OPERATOR_SELLER"]).is_none() {
                let input = json!({ "caseIds": [case["id"]], "kind": "OPERATOR_SELLER", "subject": words });
                app.act(&story.operator, "threadOpen", "thread { id }", input).await;
            } else {
                say(story.operator.clone(), thread(&["OPERATOR_SELLER"]).unwrap()).await;
            }
        }
        // A thread without the seller: of operator and buyer.
        Step::Hidden => {
            if thread(&["OPERATOR_BUYER"]).is_none() {
                let input = json!({ "caseIds": [case["id"]], "kind": "OPERATOR_BUYER", "subject": words });
                app.act(&story.operator, "threadOpen", "thread { id }", input).await;
            } else {
                say(story.operator.clone(), thread(&["OPERATOR_BUYER"]).unwrap()).await;
            }
        }
        Step::Escalate => {
            let input = json!({ "caseId": case["id"], "reason": "OTHER", "note": words });
            app.try_act(&story.seller, "caseEscalate", "case { id }", input).await;
        }
        Step::Redact => {
            let last = sim.comments(ticket).last().unwrap().number;
            drop(sim.redact_comment(ticket, last, "mot"));
        }
    }
    story.desk.settle(app).await;
    app.advance(TimeDelta::minutes(7));
}

async fn no_more_than_seen(db: Db, steps: &[Step]) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let ticket = story.ticket().await;
    for (number, step) in steps.iter().enumerate() {
        take(&story, ticket, number, *step).await;
    }
    let case = story.case(ticket, "id").await["id"].as_str().unwrap().to_owned();
    for (token, whole) in [(&story.seller, false), (&story.operator, true)] {
        let exported = story.exported(token, &case).await;
        assert_sealed(&exported.text);
        let seen = story.app.ask(token, SEEN, json!({ "by": { "id": case } })).await;
        let (mut told, mut known) = (BTreeSet::new(), BTreeSet::new());
        let mut body = exported.json.clone();
        body.as_object_mut().unwrap().remove("manifest");
        body["header"]["generatedAt"] = Value::Null;
        texts(&body, &mut told);
        texts(&seen, &mut known);
        let more: Vec<_> = told
            .iter()
            .filter(|text| !known.contains(*text) && !is_furniture(text))
            .filter(|text| !whole || !text.starts_with("tkt_"))
            .collect();
        assert!(more.is_empty(), "told and not seen elsewhere: {more:?}\n{steps:?}");
        let words = |messages: &Value| messages.as_array().unwrap().iter().map(|message| message["text"].clone()).collect::<Vec<_>>();
        let mine: Vec<_> = exported.json["threads"].as_array().unwrap().iter().map(|thread| words(&thread["messages"])).collect();
        let theirs: Vec<_> = seen["case"]["threads"].as_array().unwrap().iter().map(|thread| words(&thread["messages"]["nodes"])).collect();
        assert_eq!(mine, theirs, "and nothing is missing");
        assert_eq!(exported.json["timeline"].as_array().unwrap().len(), seen["case"]["timeline"]["nodes"].as_array().unwrap().len());
        // The page is made of the same.
        let page = story.file(token, &case, "export.html?lang=fr").await.text().await.unwrap();
        assert_sealed(&page);
        if !whole {
            for number in 0..steps.len() {
                let shown = |text: &str| text.contains(&format!("mot-{number}-"));
                assert!(!shown(&page) || shown(&seen.to_string()), "{number} in {steps:?}");
            }
            assert!(!page.contains("marie@example.org") && !page.contains("Dupont"));
        }
    }
}

fn no_leak(db: Db, cases: u32) {
    use Step::{Agent, Buyer, Escalate, Hidden, Note, Private, Redact, Seller};
    let steps = prop::collection::vec(prop::sample::select(vec![Buyer, Agent, Note, Seller, Private, Hidden, Escalate, Redact]), 3..8);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { max_shrink_iters: 20, ..random_stories(cases) };
    TestRunner::new(config)
        .run(&steps, |steps| {
            runtime.block_on(Box::pin(no_more_than_seen(db, &steps)));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_seller_s_export_tells_no_more_than_the_interface_on_sqlite() {
    no_leak(Db::Sqlite, 6);
}

#[test]
fn a_seller_s_export_tells_no_more_than_the_interface_on_postgres() {
    no_leak(Db::Postgres, 3);
}

async fn page(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    let attack = "</p><script>alert('x')</script><img src=https://evil.example/x> \" & ▇";
    story.post(&story.seller, &thread, attack).await;
    let file = upload(&story.app, &story.seller, "<b>\"facture\".png", "image/png", PNG).await;
    post(&story, &story.seller, &thread, "k", &[file]).await;
    let case = story.case(ticket, "id reference").await;
    let id = case["id"].as_str().unwrap();

    let answer = story.file(&story.seller, id, "export.html").await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("content-security-policy").starts_with("default-src 'none'") && header("content-security-policy").contains("; sandbox"));
    assert_eq!((header("cache-control"), header("x-content-type-options")), ("private, no-store".to_owned(), "nosniff".to_owned()));
    let french = answer.text().await.unwrap();
    let english = story.file(&story.seller, id, "export.html?lang=en").await.text().await.unwrap();
    assert!(french.contains("<html lang=\"fr\">") && french.contains("Vendeur et acheteur"), "the marketplace's own language");
    assert!(english.contains("<html lang=\"en\">") && english.contains("Seller and buyer"));
    for page in [&french, &english] {
        assert_sealed(page);
        for never in ["<script", "<img", "src=", "href=", "http-equiv", "url(", "@import", "onerror"] {
            assert!(
                !page.contains(never)
                    || page.matches(never).count()
                        == page.matches(&format!("&lt;{}", never.trim_start_matches('<'))).count()
                            + page.matches("src=https://evil").count(),
                "{never}"
            );
        }
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)") && page.contains("&lt;b&gt;&quot;facture&quot;.png"));
        assert!(
            page.contains(&hex::encode(Sha256::digest(PNG))) && page.contains("prefers-color-scheme:dark") && page.contains("@media print")
        );
    }

    // By a link, without a token, with the same eyes.
    let query = "query($id: ID!, $format: CaseExportFormat!) { caseExportLink(caseId: $id, format: $format) { url expiresAt } }";
    let link = async |token: &str, format: &str| {
        let found = story.app.ask(token, query, json!({ "id": id, "format": format })).await;
        found["caseExportLink"]["url"].as_str().map(|url| here(&story.app, url))
    };
    let url = link(&story.seller, "HTML").await.unwrap();
    let by_link = story.app.http.get(format!("{url}&lang=en")).send().await.unwrap().text().await.unwrap();
    assert_eq!(by_link, english);
    assert_eq!(link(&story.other_seller, "HTML").await, None);
    let json_url = link(&story.seller, "JSON").await.unwrap();
    let status = async |url: &str| story.app.http.get(url).send().await.unwrap().status().as_u16();
    assert_eq!(status(&json_url).await, 200);
    for forged in [url.replace("export.html", "export.json"), json_url.replace(".sel_", ".sel_0"), format!("{json_url}0")] {
        assert_eq!(status(&forged).await, 404, "{forged}");
    }
    assert_eq!(story.file(&story.other_seller, id, "export.json").await.status().as_u16(), 404);
    assert_eq!(story.file("nonsense", id, "export.json").await.status().as_u16(), 401);
    story.app.advance(TimeDelta::minutes(16));
    assert_eq!(status(&json_url).await, 410);
}

async fn long(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    for number in 0..230 {
        story.post(&story.seller, &thread, &format!("Message {number}")).await;
    }
    let case = story.case(ticket, "id").await["id"].as_str().unwrap().to_owned();
    let ((), statements) = story
        .app
        .statements(async {
            let exported = story.exported(&story.seller, &case).await;
            assert_sealed(&exported.text);
            let said = exported.json["threads"][0]["messages"].as_array().unwrap().clone();
            assert_eq!(said.len(), 231);
            assert!((0..230).all(|number| said[number + 1]["text"] == format!("Message {number}")), "each once, in order");
        })
        .await;
    assert!(statements.len() < 30, "{}: a few for each page", statements.len());
}

on_both_databases! {
    /// Escaped, in both languages, light and dark, from nowhere else; by token and by link.
    async fn a_page_can_be_read_and_harms_nobody(db: Db) {
        Box::pin(page(db)).await;
    }

    /// Page by page, nothing lost between two of them.
    async fn a_long_case_is_whole(db: Db) {
        long(db).await;
    }
}
