//! One case becomes several, several become one; no word is lost, and nobody reads more than before.

use serde_json::{Value, json};
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::domain::charter::{Charter, ConversationMode};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, in_both_products, on_both_databases};

const WORDS: &str = "threads { kind messages(first: 50) { nodes { id text author authorName sentAt origin } } }";

async fn node(story: &Story, token: &str, id: &Value, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Case {{ {fields} }} }} }}");
    story.app.ask(token, &query, json!({ "id": id })).await["node"].clone()
}

/// What is said to the buyer and by the buyer in a case, as a viewer reads it.
async fn said(story: &Story, token: &str, id: &Value) -> Vec<Value> {
    let case = node(story, token, id, WORDS).await;
    let threads = case["threads"].as_array().cloned().unwrap_or_default();
    let buyers = threads.iter().filter(|thread| thread["kind"] != "OPERATOR_SELLER");
    buyers.flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap().clone()).filter(|one| one["origin"] == "PERSON").collect()
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["text"].as_str().unwrap()).collect()
}

async fn three_requests(story: &Story) -> (u64, Value, Vec<Value>) {
    let ticket = story.ticket().await;
    for words in ["Et la tasse est cassée.", "Et je veux une facture."] {
        story.desk.sim.comment(ticket, &story.buyer, words, Public).unwrap();
        story.desk.settle(&story.app).await;
    }
    let id = story.case(ticket, "id").await["id"].clone();
    let messages = said(story, &story.operator, &id).await;
    (ticket, id, messages)
}

async fn parts(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (ticket, id, before) = three_requests(&story).await;
    let ids: Vec<_> = before.iter().map(|message| message["id"].clone()).collect();
    let split = json!({ "caseId": id, "parts": [
        { "subject": "Tasse cassée", "reason": "damaged", "orderLineId": "1", "moveMessageIds": [ids[1]] },
        { "subject": "Facture", "reason": "invoice", "moveMessageIds": [ids[2]], "copyMessageIds": [ids[0]] },
    ] });
    let made = story.app.act(&story.operator, "caseSplit", "case { reference } children { id reference status deadlines { dueAt } parent { id } order { reference } orderLineId reason { key } }", split).await;
    let children = made["children"].as_array().unwrap().clone();
    assert_eq!(children.len(), 2);
    for child in &children {
        assert_eq!(
            (&child["parent"]["id"], &child["order"]["reference"], &child["status"]),
            (&id, &json!("MK-1001"), &json!("WAITING_SELLER"))
        );
        assert_eq!(child["deadlines"].as_array().unwrap().len(), 2, "its own clocks");
    }
    assert_eq!((&children[0]["orderLineId"], &children[0]["reason"]["key"]), (&json!("1"), &json!("damaged")));
    story.desk.settle(&story.app).await;

    let (whole, first, second) = (
        said(&story, &story.seller, &id).await,
        said(&story, &story.seller, &children[0]["id"]).await,
        said(&story, &story.seller, &children[1]["id"]).await,
    );
    assert_eq!(
        (texts(&whole), texts(&first), texts(&second)),
        (texts(&before[..1]), texts(&before[1..2]), vec![before[0]["text"].as_str().unwrap(), before[2]["text"].as_str().unwrap()])
    );
    let same =
        |one: &Value, other: &Value| (one["author"].clone(), one["sentAt"].clone()) == (other["author"].clone(), other["sentAt"].clone());
    assert!(same(&first[0], &before[1]) && same(&second[0], &before[0]) && same(&second[1], &before[2]), "author and time stay");

    // In the helpdesk: a ticket for each, opened with its words, and a note where they came from.
    let note = story.desk.sim.comments(ticket).pop().unwrap();
    assert!(
        note.audience == Internal && note.text.contains(children[0]["reference"].as_str().unwrap()) && note.text.contains("Facture"),
        "{note:?}"
    );
    for (child, words) in [(&children[0], "Et la tasse est cassée."), (&children[1], "Et je veux une facture.")] {
        let tickets = node(&story, &story.operator, &child["id"], "tickets { externalId }").await["tickets"].as_array().unwrap().clone();
        assert_eq!(tickets.len(), 1);
        let number: u64 = tickets[0]["externalId"].as_str().unwrap().parse().unwrap();
        assert_ne!(number, ticket);
        assert!(story.desk.sim.comments(number)[0].text.contains(words));
        // The buyer answers there, and is heard in the right case.
        story.desk.sim.comment(number, &story.buyer, &format!("Suite : {words}"), Public).unwrap();
        story.desk.settle(&story.app).await;
        let heard = said(&story, &story.seller, &child["id"]).await;
        assert_eq!(heard.last().unwrap()["text"], format!("Suite : {words}"));
        assert_eq!(texts(&heard).iter().filter(|text| **text == words).count(), 1, "nothing is said twice: {heard:#?}");
    }
    // Everything read again finds nothing new.
    let before = story.app.ask(&story.operator, &format!("{{ cases(first: 10) {{ nodes {{ {WORDS} }} }} }}"), json!({})).await;
    story.app.advance(chrono::TimeDelta::minutes(10));
    trilogue::jobs::reconcile_now(&story.app.cx).await;
    story.desk.settle(&story.app).await;
    assert_eq!(story.app.ask(&story.operator, &format!("{{ cases(first: 10) {{ nodes {{ {WORDS} }} }} }}"), json!({})).await, before);
}

async fn together(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (one, two) = (story.ticket().await, story.ticket().await);
    story.desk.sim.comment(one, &story.buyer, "Alors ?", Public).unwrap();
    story.desk.settle(&story.app).await;
    let (source, target) = (story.case(one, "id reference").await, story.case(two, "id").await);
    let thread = story.thread(two, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Je cherche.").await;
    story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [source["id"]], "kind": "OPERATOR_SELLER" })).await;
    story.desk.settle(&story.app).await;
    let merged = story
        .app
        .act(&story.operator, "caseMerge", "case { id status }", json!({ "caseId": source["id"], "intoCaseId": target["id"] }))
        .await;
    assert_eq!(merged["case"], json!({ "id": target["id"], "status": "WAITING_SELLER" }), "the other case was waiting for an answer");
    story.desk.settle(&story.app).await;
    let ended = node(&story, &story.operator, &source["id"], "status outcome mergedInto { id }").await;
    assert_eq!(ended, json!({ "status": "CLOSED", "outcome": "MERGED", "mergedInto": { "id": target["id"] } }));
    for token in [&story.operator, &story.seller] {
        let heard = said(&story, token, &target["id"]).await;
        assert_eq!(texts(&heard), ["Où est mon colis ?", "Je cherche.", "Où est mon colis ?", "Alors ?"]);
        let kinds = node(&story, token, &target["id"], "threads { kind }").await;
        assert!(kinds.to_string().contains("OPERATOR_SELLER"), "private talk goes along: {kinds}");
    }
    // Words on either ticket reach the one case, and both tickets follow it.
    story.desk.sim.comment(one, &story.buyer, "Ici.", Public).unwrap();
    story.desk.sim.comment(two, &story.buyer, "Et là.", Public).unwrap();
    story.desk.settle(&story.app).await;
    let heard = said(&story, &story.seller, &target["id"]).await;
    assert_eq!(heard.len(), 6);
    story.app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": target["id"] })).await;
    story.desk.settle(&story.app).await;
    for ticket in [one, two] {
        assert_eq!(story.desk.sim.ticket(ticket).unwrap().state, trilogue::demo::peer::TicketState::Solved);
    }
}

in_both_products! {
    parts_go_on_by_themselves => parts;
    two_cases_become_one => together;
}

on_both_databases! {
    async fn what_would_lose_or_leak_words_is_refused(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let (_, id, before) = three_requests(&story).await;
        let ids: Vec<_> = before.iter().map(|message| message["id"].clone()).collect();
        let other = story.ticket().await;
        let foreign = said(&story, &story.operator, &story.case(other, "id").await["id"]).await[0]["id"].clone();
        let part = |moved: Value, copied: Value| json!({ "subject": "Part", "moveMessageIds": moved, "copyMessageIds": copied });
        for (parts, code, field) in [
            (json!([part(json!(ids), json!([]))]), "INVALID", json!(["parts"])),
            (json!([part(json!([ids[1]]), json!([])), part(json!([ids[1]]), json!([]))]), "DUPLICATE", json!(["parts", "1", "moveMessageIds"])),
            (json!([part(json!([ids[1]]), json!([ids[1]]))]), "DUPLICATE", json!(["parts", "0", "copyMessageIds"])),
            (json!([part(json!([foreign]), json!([]))]), "NOT_FOUND", json!(["parts", "0", "moveMessageIds"])),
            (json!([part(json!([]), json!([]))]), "INVALID", json!(["parts", "0"])),
            (json!([]), "INVALID", json!(["parts"])),
            (json!((0..11).map(|_| part(json!([]), json!([ids[0]]))).collect::<Vec<_>>()), "TOO_MANY", json!(["parts"])),
            (json!([{ "subject": " ", "copyMessageIds": [ids[0]] }]), "LENGTH", json!(["parts", "0", "subject"])),
            (json!([{ "subject": "x", "reason": "nowhere", "copyMessageIds": [ids[0]] }]), "NOT_FOUND", json!(["parts", "reason"])),
            (json!([{ "subject": "x", "orderLineId": "99", "copyMessageIds": [ids[0]] }]), "NOT_FOUND", json!(["parts", "0", "orderLineId"])),
        ] {
            let refused = story.app.try_act(&story.operator, "caseSplit", "children { id }", json!({ "caseId": id, "parts": parts })).await;
            assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"], &refused["children"]), (&json!(code), &field, &json!([])), "{parts}");
        }
        assert_eq!(said(&story, &story.operator, &id).await, before);
        for (token, code) in [(&story.other_seller, "NOT_FOUND"), (&story.vendor, "NOT_ALLOWED")] {
            let parts = json!([part(json!([ids[1]]), json!([]))]);
            let refused = story.app.try_act(token, "caseSplit", "children { id }", json!({ "caseId": id, "parts": parts })).await;
            assert_eq!(refused["userErrors"][0]["code"], code);
        }
        let stranger = story.desk.sim.add_end_user("Paul Martin", "paul@example.org");
        let his = story.desk.sim.open_ticket(&stranger, trilogue::demo::peer::Opening::new("Bonjour", "Rien à voir"));
        story.desk.settle(&story.app).await;
        let his = story.case(his, "id").await["id"].clone();
        for (token, input, code) in [
            (&story.operator, json!({ "caseId": id, "intoCaseId": id }), "INVALID"),
            (&story.operator, json!({ "caseId": id, "intoCaseId": his }), "INVALID"),
            (&story.seller, json!({ "caseId": id, "intoCaseId": his }), "NOT_FOUND"),
        ] {
            let refused = story.app.try_act(token, "caseMerge", "case { id }", input).await;
            assert_eq!(refused["userErrors"][0]["code"], code);
        }
    }

    /// A seller reads after a merge what it could read before, and no internal note, and no talk it had no part in.
    async fn a_merge_shows_nobody_more_than_before(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, Charter { conversation_mode: ConversationMode::OperatorOnly, ..Charter::default() }).await;
        let (one, two) = (story.ticket().await, story.ticket().await);
        let agent = story.desk.sim.add_agent("Nora");
        story.desk.sim.comment(one, &agent, "Entre nous deux.", Public).unwrap();
        story.desk.sim.comment(one, &agent, "Note interne.", Internal).unwrap();
        story.desk.settle(&story.app).await;
        let (source, target) = (story.case(one, "id").await["id"].clone(), story.case(two, "id").await["id"].clone());
        let thread = story.thread(two, "OPERATOR_BUYER").await;
        story.app.act(&story.operator, "participantAdd", "participant { id }", json!({ "threadId": thread, "party": "SELLER", "right": "REPLY", "history": "SHOWN" })).await;
        let before = texts(&said(&story, &story.seller, &target).await).len();
        story.app.act(&story.operator, "caseMerge", "case { id }", json!({ "caseId": source, "intoCaseId": target })).await;
        story.desk.settle(&story.app).await;
        let heard = said(&story, &story.seller, &target).await;
        assert_eq!(texts(&heard).len(), before, "{heard:#?}");
        assert!(texts(&said(&story, &story.operator, &target).await).contains(&"Note interne."));
        let bought = said(&story, &story.vendor, &target).await;
        assert!(texts(&bought).contains(&"Entre nous deux.") && !texts(&bought).contains(&"Note interne."), "{bought:#?}");
    }
}
