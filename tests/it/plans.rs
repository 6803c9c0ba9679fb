//! How the database finds the rows of each statement: by an index that leads to them, whatever the size of the
//! marketplace. SQLite says so before it looks, and without statistics its plan hangs on the statement alone.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use trilogue::demo::peer::{Audience, Opening, SimFile};
use trilogue::domain::mails::{MailKind, Receiver};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;

use crate::attachments;
use crate::harness::{self, Db, ORDER, Story, order};
use crate::statements::{LIST, SIDEBAR, TIMELINE, parts};

/// Everything that people and workers commonly do, once.
async fn a_day(story: &Story) {
    let receiver = harness::Receiver::start().await;
    mails(story).await;
    webhooks(story, &receiver).await;
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id reference").await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Il part demain.").await;
    let file = attachments::upload(&story.app, &story.seller, "a.png", "image/png", attachments::PNG).await;
    let message = attachments::post(story, &story.seller, &thread, "with a file", &[file]).await;
    story.desk.settle(&story.app).await;
    let file = SimFile::new("b.png", "image/png", attachments::PNG);
    story.desk.sim.comment_with_files(ticket, &story.buyer, "Voici", Audience::Public, vec![file]).unwrap();
    story.desk.settle(&story.app).await;
    for token in [&story.operator, &story.seller, &story.vendor] {
        let files = attachments::files(&story.app, token, &message).await.unwrap();
        let url = attachments::here(&story.app, files[0]["url"].as_str().unwrap());
        assert!(story.app.http.get(url).send().await.unwrap().status().is_success());
    }
    story.desk.sim.comment(ticket, &story.buyer, "Merci", Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    story.desk.sim.open_ticket(&story.buyer, Opening::new("Sans commande", "Bonjour"));
    story.desk.settle(&story.app).await;
    story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case["id"]], "kind": "OPERATOR_SELLER" })).await;
    story.app.act(&story.operator, "threadMarkRead", "thread { id }", json!({ "threadId": thread })).await;
    let admission = json!({ "threadId": thread, "party": "OPERATOR", "right": "REPLY", "history": "SHOWN" });
    story.app.act(&story.operator, "participantAdd", "participant { id }", admission).await;
    story.app.act(&story.operator, "caseEscalate", "case { id }", json!({ "caseId": case["id"], "reason": "SELLER_ASKS_HELP" })).await;
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order("MK-7", "alma")] })).await;
    let preview = json!({ "input": { "threadId": thread, "text": "06 12 34 56 78" } });
    let query = "query($input: MessagePreviewInput!) { messagePreview(input: $input) { readings { text } } }";
    story.app.ask(&story.operator, query, preview).await;
    templates(story, &case["id"]).await;
    Box::pin(mediators(story, &case["id"], &thread)).await;
    pool(story).await;
    let opening = json!({ "subject": "Question", "buyerName": "Marie", "buyerEmail": "marie@example.org", "text": "Bonjour", "orderReference": ORDER, "idempotencyKey": "k" });
    story.app.act(&story.vendor, "caseOpen", "case { id }", opening).await;
    story.desk.settle(&story.app).await;
    for token in [&story.operator, &story.seller, &story.vendor] {
        let by = json!({ "reference": case["reference"] });
        for (query, variables) in [(SIDEBAR, json!({ "by": by })), (TIMELINE, json!({ "by": by })), (LIST, json!({}))] {
            story.app.ask(token, query, variables).await;
        }
        for list in ["orderBy: DUE_ASC", "orderBy: OPENED_DESC", "filter: { awaiting: SELLER }", "filter: { status: WAITING_OPERATOR }"] {
            story.app.ask(token, &format!("{{ cases(first: 5, {list}) {{ nodes {{ id }} }} }}"), json!({})).await;
        }
        let page = "query($id: ID!) { node(id: $id) { ... on Thread { messages(first: 1) { pageInfo { endCursor } } } } }";
        story.app.answer(token, page, json!({ "id": thread })).await;
        story.app.ask(token, &format!("{{ order(by: {{ reference: \"{ORDER}\" }}) {{ id }} }}"), json!({})).await;
        story.app.ask(token, "{ seller(by: { externalId: \"alma\" }) { id } }", json!({})).await;
        let found = story.app.ask(token, "{ search(query: \"colis -xyz\", first: 1) { pageInfo { endCursor } } }", json!({})).await;
        let on = "query($after: String) { search(query: \"bonj\", after: $after, filter: { kind: MESSAGE, from: \"2026-01-01T00:00:00Z\" }) { nodes { match { field } case { id } } } }";
        story.app.ask(token, on, json!({ "after": found["search"]["pageInfo"]["endCursor"] })).await;
        story.app.ask(token, "{ cases(first: 5, filter: { text: \"question\" }) { nodes { id } } }", json!({})).await;
        let kept =
            story.app.act(token, "savedSearchCreate", "savedSearch { id }", json!({ "name": "x" })).await["savedSearch"]["id"].clone();
        story.app.ask(token, "{ savedSearches { cases { nodes { id } } } }", json!({})).await;
        let change = json!({ "savedSearchId": kept, "name": "y", "sharing": "OWNER", "orderBy": "DUE_ASC" });
        story.app.act(token, "savedSearchUpdate", "savedSearch { id }", change).await;
        story.app.act(token, "savedSearchDelete", "deletedId", json!({ "savedSearchId": kept })).await;
    }
    story.app.ask(&story.operator, SIDEBAR, json!({ "by": story.desk.key(ticket) })).await;
    Box::pin(rooms(story)).await;
    crate::articles::used(story, &case["id"]).await;
    let last = story.desk.sim.comments(ticket).pop().unwrap();
    story.desk.sim.redact_comment(ticket, last.number, "Merci").unwrap();
    story.app.advance(chrono::TimeDelta::hours(50));
    jobs::reconcile_now(&story.app.cx).await;
    story.desk.settle(&story.app).await;
    story.app.act(&story.vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": [{ "externalId": "alma", "name": "Alma" }] })).await;
    jobs::prune_now(&story.app.cx, chrono::TimeDelta::zero()).await;
    // Last: a marketplace with two helpdesks is asked which.
    Box::pin(crate::sessions::used(story)).await;
}

/// What each room's own tests call a day.
async fn rooms(story: &Story) {
    parcels(story).await;
    crate::mentions::used(story).await;
    Box::pin(crate::reviews::used(story)).await;
    crate::measures::used(story).await;
    crate::sanctions::used(story).await;
    Box::pin(crate::refunds::a_life(story)).await;
    crate::disputes::errands(story).await;
    Box::pin(crate::payments::errands(story)).await;
    Box::pin(crate::returns::used(story)).await;
    crate::ledger::used(story).await;
    Box::pin(crate::scorecards::used(story)).await;
    Box::pin(crate::defects::used(story)).await;
}

/// Parcels that come later than promised, to buyers with and without a case, by helpdesk and by e-mail.
pub(crate) async fn parcels(story: &Story) {
    let orders: Vec<_> = (0..3).map(|number| order(&format!("MK-9{number}"), "alma")).collect();
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
    for (number, way) in ["HELPDESK", "EMAIL"].into_iter().enumerate() {
        story.app.act(&story.operator, "charterPublish", "charter { version }", json!({ "charter": { "proactiveNotices": way } })).await;
        let order = format!("MK-9{number}");
        for (reference, promise) in [(ORDER, 25), (ORDER, 27 + number), (&order, 25), (&order, 28)] {
            story.app.advance(chrono::TimeDelta::seconds(1));
            let parcel = json!({ "orderReference": reference, "externalId": "P", "promisedAt": format!("2026-11-{promise}T22:00:00Z"),
                "carrier": "La Poste", "trackingNumber": "6A1", "trackingUrl": "https://colis.example/6A1", "shippedAt": "2026-11-21T09:00:00Z",
                "lines": [{ "lineExternalId": "1", "quantity": 1 }] });
            story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
            story.desk.settle(&story.app).await;
        }
    }
    for token in [&story.operator, &story.seller, &story.vendor] {
        let query = "query($order: String, $after: String) { notices(first: 1, orderReference: $order, after: $after) { pageInfo { endCursor } nodes { order { shipments { externalId } } case { id } } } }";
        let first = story.app.ask(token, query, json!({})).await["notices"]["pageInfo"]["endCursor"].clone();
        story.app.ask(token, query, json!({ "after": first })).await;
        story.app.ask(token, query, json!({ "order": ORDER })).await;
    }
    for wish in ["STOPPED", "WANTED"] {
        story.app.act(&story.vendor, "buyerNoticesSet", "notices", json!({ "buyerEmail": "marie@example.org", "notices": wish })).await;
    }
}

async fn templates(story: &Story, case: &serde_json::Value) {
    for token in [&story.operator, &story.seller] {
        let draft = json!({ "key": "mine", "title": "Mine", "reader": "BUYER", "texts": [{ "locale": "fr", "text": "Bonjour" }] });
        let made = story.app.act(token, "templateCreate", "template { id }", draft).await["template"]["id"].clone();
        let change =
            json!({ "id": made, "revision": 1, "title": "Mine", "reader": "BUYER", "texts": [{ "locale": "fr", "text": "Bonsoir" }] });
        story.app.act(token, "templateUpdate", "template { id }", change).await;
        let query = "query($id: ID!, $case: ID!) { node(id: $id) { id } templates { nodes { id } } case(by: { id: $case }) { suggestedTemplates { id } } templateRender(input: { template: { id: $id }, caseId: $case }) { text userErrors { message } } }";
        let seen = story.app.ask(token, query, json!({ "id": made, "case": case })).await;
        assert_eq!(seen["templateRender"]["text"], "Bonsoir", "{seen:#}");
        story.app.act(token, "templateDelete", "deletedId", json!({ "id": made, "revision": 2 })).await;
    }
}

/// Somebody from outside, what they commonly ask, and how they are sent away.
async fn mediators(story: &Story, case: &serde_json::Value, thread: &str) {
    let mediator = crate::mediators::admit(story, case, json!({ "threadIds": [thread] })).await;
    let by = json!({ "by": { "id": case } });
    for (query, variables) in [(SIDEBAR, by.clone()), (TIMELINE, by), (LIST, json!({}))] {
        story.app.ask(&mediator.token, query, variables).await;
    }
    for query in ["{ search(query: \"colis\") { nodes { case { id } } } }", "{ cases { nodes { updatedAt } } }"] {
        story.app.ask(&mediator.token, query, json!({})).await;
    }
    let first = "query($id: ID!) { case(by: { id: $id }) { timeline(first: 1) { nodes { id } } } }";
    let first = story.app.ask(&mediator.token, first, json!({ "id": case })).await["case"]["timeline"]["nodes"][0]["id"].clone();
    let followed = "subscription($id: ID!, $since: ID) { caseTimelineItemAdded(caseId: $id, since: $since) { id } }";
    let variables = json!({ "id": case, "since": first });
    let mut socket = harness::Socket::follow(&story.app.url, &mediator.token, followed, variables).await;
    socket.next().await;
    let query = "query($id: ID!) { case(by: { id: $id }) { mediators { name threads { id } } } }";
    story.app.ask(&story.operator, query, json!({ "id": case })).await;
    story.app.act(&story.operator, "mediatorRevoke", "mediator { id }", json!({ "mediatorId": mediator.id })).await;
    assert_eq!(socket.rest().await.1, Some(4403));
}

/// A question for both sellers: answered, answered otherwise, accepted; one more of which nothing comes.
async fn pool(story: &Story) {
    let rules = json!({ "charter": { "pool": { "mode": "ON", "reward": { "points": 1 } } } });
    story.app.act(&story.operator, "charterPublish", "charter { version }", rules).await;
    let opening =
        json!({ "subject": "Bleu ?", "buyerName": "Marie", "buyerEmail": "marie@example.org", "text": "Bleu ?", "idempotencyKey": "pool" });
    let case = story.app.act(&story.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone();
    let mut sellers = Vec::new();
    for name in ["alma", "brio"] {
        let query = format!("{{ seller(by: {{ externalId: \"{name}\" }}) {{ id }} }}");
        sellers.push(story.app.ask(&story.operator, &query, json!({})).await["seller"]["id"].clone());
    }
    let mut questions = Vec::new();
    for key in ["1", "2", "3"] {
        let offer = json!({ "caseId": case, "question": "Bleu ?", "sellerIds": sellers, "idempotencyKey": key });
        questions.push(story.app.act(&story.operator, "poolOffer", "question { id }", offer).await["question"]["id"].clone());
    }
    let mut answers = Vec::new();
    for text in ["Oui", "Non", "Si"] {
        let reply = json!({ "questionId": questions[0], "text": text, "idempotencyKey": text });
        answers.push(story.app.act(&story.seller, "poolAnswer", "answer { id }", reply).await["answer"]["id"].clone());
        if text == "Non" {
            story.app.act(&story.seller, "poolAnswerWithdraw", "answer { id }", json!({ "answerId": answers[1] })).await;
        }
    }
    story.app.act(&story.operator, "poolAccept", "question { id }", json!({ "answerId": answers[2] })).await;
    story.app.act(&story.operator, "poolWithdraw", "question { id }", json!({ "questionId": questions[1] })).await;
    let query = "query($case: ID!, $seller: ID!, $after: String) { case(by: { id: $case }) { poolQuestions { sellers { id } answers { question { id } } } }
        node(id: $seller) { ... on Seller { incentives(after: $after) { nodes { id } } } }
        a: poolQuestions(first: 1, filter: { state: OPEN }) { nodes { id } } b: poolQuestions(last: 1) { nodes { id answers { id } } } }";
    for token in [&story.operator, &story.seller, &story.vendor] {
        let seen = story.app.ask(token, query, json!({ "case": case, "seller": sellers[0] })).await;
        let incentive = seen["node"]["incentives"]["nodes"][0]["id"].clone();
        story.app.ask(token, query, json!({ "case": case, "seller": sellers[0], "after": incentive })).await;
        for node in [&questions[0], &answers[0], &incentive].into_iter().filter(|node| node.is_string()) {
            story.app.ask(token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": node })).await;
        }
    }
    story.app.advance(chrono::TimeDelta::hours(49));
    story.desk.settle(&story.app).await;
}

/// E-mails to sellers and staff from now on, some of them stopped.
async fn mails(story: &Story) {
    let sellers = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org" }] });
    let seller = story.app.act(&story.vendor, "sellersUpsert", "sellers { id }", sellers).await["sellers"][0]["id"].clone();
    let recipients = json!({ "recipients": [{ "email": "staff@example.org" }] });
    for _ in 0..2 {
        story.app.act(&story.operator, "alertRecipientsSet", "recipients { email }", recipients.clone()).await;
    }
    story.app.ask(&story.operator, "{ alertRecipients { email } }", json!({})).await;
    let (house, marketplace) = (&story.app.cx.store, story.app.marketplace.id);
    let receiver: Receiver = serde_json::from_value(seller).unwrap();
    house.mute(marketplace, receiver, MailKind::Resolved).await.unwrap();
    house.unmute(marketplace, receiver, MailKind::Resolved).await.unwrap();
    house.mails(marketplace, 10).await.unwrap();
    house.mails_next_due().await.unwrap();
    house.webhooks_next_due().await.unwrap();
    house.mails_depth().await.unwrap();
    house.webhooks_depth().await.unwrap();
}

/// Endpoints, and what their makers commonly do with them. One is told everything of the day.
async fn webhooks(story: &Story, receiver: &harness::Receiver) {
    let mut made = Vec::new();
    for token in [&story.vendor, &story.vendor, &story.operator] {
        let payload = story.app.act(token, "webhookEndpointCreate", "endpoint { id }", json!({ "url": receiver.url })).await;
        made.push(payload["endpoint"]["id"].as_str().unwrap().to_owned());
    }
    let id = json!({ "id": made[0] });
    story.ticket().await;
    let log =
        "query($id: ID!, $after: String, $before: String) { a: webhookDeliveries(endpointId: $id, first: 2, after: $after) { nodes { id } }
        b: webhookDeliveries(endpointId: $id, last: 2, before: $before) { nodes { id } } webhookEndpoints { id } }";
    for token in [&story.vendor, &story.operator] {
        let seen = story.app.ask(token, log, id.clone()).await;
        let first = seen["a"]["nodes"][0]["id"].clone();
        story.app.ask(token, log, json!({ "id": made[0], "after": first, "before": first })).await;
        for node in [&first, &id["id"]] {
            story.app.ask(token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": node })).await;
        }
        story.app.act(token, "webhookDeliveryReplay", "delivery { id }", json!({ "id": first })).await;
        story.app.work().await;
    }
    let replay = json!({ "id": made[0], "since": "2026-11-22T00:00:00Z" });
    story.app.act(&story.vendor, "webhookEndpointReplay", "replayedCount", replay).await;
    story.app.act(&story.vendor, "webhookEndpointSendTest", "delivery { id }", id.clone()).await;
    story.app.act(&story.vendor, "webhookEndpointRotateSecret", "secret", id.clone()).await;
    story.app.act(&story.vendor, "webhookEndpointUpdate", "endpoint { id }", json!({ "id": made[0], "state": "DISABLED" })).await;
    story.app.act(&story.vendor, "webhookEndpointDelete", "deletedId", id).await;
}

/// The tables that SQLite would read from end to end, or all rows of a marketplace of, and for which statement.
async fn wide(db: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(db).await.unwrap();
    let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
    let made_up = |step: &str| ["page", "(subquery", "CONSTANT ROW"].iter().any(|name| step["SCAN ".len()..].starts_with(name));
    let steps = steps.filter(|step| !["-ROW VALUES CLAUSE", " CONSTANT ROWS"].iter().any(|end| step.ends_with(end)));
    // An index of words, asked for some of them or for one row.
    let steps = steps
        .filter(|step| !(step.starts_with("SCAN search_words VIRTUAL TABLE INDEX ") && [":M", ":="].iter().any(|key| step.contains(key))));
    steps.filter(|step| (step.starts_with("SCAN ") && !made_up(step)) || step.ends_with(" (marketplace_id=?)")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_is_found_by_an_index_that_leads_to_it() {
    let mut plans = BTreeSet::new();
    for kind in [HelpdeskKind::Zendesk, HelpdeskKind::Freshdesk] {
        let mut story = Story::begin(Db::Sqlite, kind).await;
        story.app.send_mails_in_vain();
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let log = Arc::clone(&seen);
        story.app.cx.store.on_statement(move |sql| {
            log.lock().unwrap().insert(sql.to_owned());
        });
        let ((), asked) = story.app.statements(Box::pin(a_day(&story))).await;
        let mut statements = std::mem::take(&mut *seen.lock().unwrap());
        statements.extend(asked);
        assert!(statements.len() > 60, "only {} statements were seen", statements.len());
        let mut db = SqliteConnection::connect(&story.app.settings.database_url).await.unwrap();
        for sql in statements.iter().flat_map(|sql| parts(sql)) {
            for step in wide(&mut db, sql).await {
                let head: String = sql.split(" WHERE ").nth(1).unwrap_or(sql).chars().take(200).collect();
                plans.insert(format!("{step}\n    … {head}"));
            }
        }
    }
    let plans: Vec<_> = plans.into_iter().collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("wide_reads", plans.join("\n"));
    });
}
