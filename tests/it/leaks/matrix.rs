//! Every role, every kind of thread, every way to ask: one reviewed table.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::ids::{CaseId, MessageId, ParticipantId, ThreadId};
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Socket, Story, TestApp, on_both_databases};
use crate::mediators::admit;

/// A thread to ask for, by everything that names it.
#[derive(Clone)]
struct Subject {
    label: &'static str,
    kind: &'static str,
    case: String,
    thread: String,
    message: String,
    participant: String,
}

impl Subject {
    async fn find(story: &Story, label: &'static str, ticket: u64) -> Self {
        let kind = label.split(',').next().unwrap();
        let thread = story.thread(ticket, kind).await;
        let fields = "query($id: ID!) { node(id: $id) { ... on Thread { cases { id } participants { id } messages { nodes { id } } } } }";
        let found = story.app.ask(&story.operator, fields, json!({ "id": thread })).await;
        let first = |list: &Value| list[0]["id"].as_str().unwrap().to_owned();
        Self {
            label,
            kind,
            case: first(&found["node"]["cases"]),
            message: first(&found["node"]["messages"]["nodes"]),
            participant: first(&found["node"]["participants"]),
            thread,
        }
    }

    /// One that never was.
    fn nowhere(&self) -> Self {
        Self {
            label: self.label,
            kind: self.kind,
            case: CaseId::generate().to_string(),
            thread: ThreadId::generate().to_string(),
            message: MessageId::generate().to_string(),
            participant: ParticipantId::generate().to_string(),
        }
    }

    /// The ways to ask for it: a name, the operation, its variables.
    fn questions(&self) -> Vec<(&'static str, &'static str, Value)> {
        let thread = json!({ "id": self.thread });
        let case = json!({ "id": self.case });
        vec![
            ("thread by node", "query($id: ID!) { node(id: $id) { id } }", thread.clone()),
            ("thread in case", "query($id: ID!) { case(by: { id: $id }) { threads { id } } }", case.clone()),
            ("message by node", "query($id: ID!) { node(id: $id) { id ... on Message { text } } }", json!({ "id": self.message })),
            ("messages", "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { id } } } } }", thread.clone()),
            ("unread count", "query($id: ID!) { node(id: $id) { ... on Thread { unreadCount } } }", thread.clone()),
            ("participants", "query($id: ID!) { node(id: $id) { ... on Thread { participants { id } } } }", thread),
            ("participant by node", "query($id: ID!) { node(id: $id) { id } }", json!({ "id": self.participant })),
            ("timeline", TIMELINE, case.clone()),
            ("messagePost", POST, json!({ "input": { "threadId": self.thread, "text": "Bonjour", "idempotencyKey": self.thread } })),
            ("threadMarkRead", MARK, json!({ "input": { "threadId": self.thread } })),
            ("threadMarkRead up to", MARK, json!({ "input": { "threadId": self.thread, "upToMessageId": self.message } })),
            (
                "participantAdd",
                ADD,
                json!({ "input": { "threadId": self.thread, "party": "OPERATOR", "right": "REPLY", "history": "HIDDEN" } }),
            ),
            ("threadOpen", OPEN, json!({ "input": { "caseIds": [self.case], "kind": self.kind } })),
        ]
    }

    fn ids(&self) -> [&str; 3] {
        [&self.thread, &self.message, &self.participant]
    }
}

const TIMELINE: &str = "query($id: ID!) { case(by: { id: $id }) { timeline(first: 100) { nodes { id
    ... on ThreadOpenedEvent { thread { id } } ... on MessagePostedEvent { thread { id } message { id } }
    ... on ParticipantAddedEvent { thread { id } participant { id } } } } } }";
const LIVE: &str = "subscription($id: ID!, $since: ID) { caseTimelineItemAdded(caseId: $id, since: $since) { id
    ... on ThreadOpenedEvent { thread { id } } ... on MessagePostedEvent { thread { id } message { id } }
    ... on ParticipantAddedEvent { thread { id } participant { id } } } }";
const POST: &str =
    "mutation($input: MessagePostInput!) { messagePost(input: $input) { message { id } userErrors { field message code } } }";
const MARK: &str =
    "mutation($input: ThreadMarkReadInput!) { threadMarkRead(input: $input) { thread { id } userErrors { field message code } } }";
const ADD: &str =
    "mutation($input: ParticipantAddInput!) { participantAdd(input: $input) { participant { id } userErrors { field message code } } }";
const OPEN: &str = "mutation($input: ThreadOpenInput!) { threadOpen(input: $input) { thread { id } userErrors { field message code } } }";

/// What an answer says about the subject.
fn verdict(answer: &Value, subject: &Subject) -> String {
    if answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" {
        return "no access".into();
    }
    assert!(answer.get("errors").is_none(), "{answer:#}");
    let top = answer["data"].as_object().unwrap().values().next().unwrap();
    if top.is_null() {
        return "not found".into();
    }
    if let Some(error) = top["userErrors"].get(0) {
        return match error["code"].as_str().unwrap() {
            "NOT_FOUND" => "not found".into(),
            code => code.to_lowercase().replace('_', " "),
        };
    }
    if top.get("userErrors").is_some() {
        return "done".into();
    }
    let text = answer.to_string();
    // A whole list without it: the case is known, the thread is not.
    let listed = top.get("threads").is_some() || top.get("timeline").is_some();
    if listed && !subject.ids().iter().any(|id| text.contains(id)) { "absent".into() } else { "seen".into() }
}

/// What a subscription from the first item on brings, up to an item that everybody in the case sees.
async fn live(app: &TestApp, token: &str, subject: &Subject) -> String {
    let first = app.answer(token, TIMELINE, json!({ "id": subject.case })).await;
    if first.get("errors").is_some() {
        // A socket is not even opened.
        return verdict(&first, subject);
    }
    let items = first["data"]["case"]["timeline"]["nodes"].as_array().cloned().unwrap_or_default();
    if items.is_empty() {
        let refused = |id: &str| {
            let variables = json!({ "id": id });
            async move { Socket::follow(&app.url, token, LIVE, variables).await.receive().await }
        };
        let answer = refused(&subject.case).await;
        assert_eq!(answer, refused(&subject.nowhere().case).await, "the case can be told from one that never was");
        assert_eq!(answer["payload"]["errors"][0]["extensions"]["code"], "NOT_FOUND", "{answer:#}");
        return "not found".into();
    }
    let mut socket = Socket::follow(&app.url, token, LIVE, json!({ "id": subject.case, "since": items[0]["id"] })).await;
    let mut seen = items[0].to_string();
    let last = items.last().unwrap()["id"].clone();
    loop {
        let item = socket.next().await["caseTimelineItemAdded"].clone();
        seen.push_str(&item.to_string());
        if item["id"] == last {
            break;
        }
    }
    if subject.ids().iter().any(|id| seen.contains(id)) { "seen".into() } else { "absent".into() }
}

/// Asks everything as one role; what is not found must look like what never was.
async fn ask(app: &TestApp, token: &str, subject: &Subject) -> Vec<(&'static str, String)> {
    let mut cells = Vec::new();
    let nowhere = subject.nowhere();
    for ((name, query, variables), (_, _, in_vain)) in subject.questions().into_iter().zip(nowhere.questions()) {
        if name == "messagePost" {
            cells.push(("subscription", live(app, token, subject).await));
        }
        let answer = app.raw(token, query, variables).await;
        let verdict = verdict(&serde_json::from_str(&answer).unwrap(), subject);
        if verdict == "not found" || verdict == "no access" {
            assert_eq!(answer, app.raw(token, query, in_vain).await, "{name}: it can be told from one that never was");
        }
        cells.push((name, verdict));
    }
    cells
}

/// A ticket on whose case the seller was let into the thread of operator and buyer.
async fn with_seller(story: &Story, right: &str) -> u64 {
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    let input = json!({ "caseIds": [case], "kind": "OPERATOR_BUYER" });
    let thread = story.app.act(&story.operator, "threadOpen", "thread { id }", input).await["thread"]["id"].as_str().unwrap().to_owned();
    story.post(&story.operator, &thread, &format!("Premier mot {right}")).await;
    let input = json!({ "threadId": thread, "party": "SELLER", "right": right, "history": "SHOWN" });
    story.app.act(&story.operator, "participantAdd", "participant { id }", input).await;
    ticket
}

/// Those from outside who were let into a case: who may read it now, whose time is over, who was sent away. All see every
/// thread with the buyer, or saw it.
async fn mediators(story: &Story, case: &str) -> [String; 3] {
    let app = &story.app;
    let soon = (app.cx.now() + TimeDelta::seconds(1)).to_rfc3339();
    let reads = admit(story, &json!(case), json!({})).await;
    let expired = admit(story, &json!(case), json!({ "expiresAt": soon })).await;
    let revoked = admit(story, &json!(case), json!({})).await;
    app.act(&story.operator, "mediatorRevoke", "mediator { id }", json!({ "mediatorId": revoked.id })).await;
    app.advance(TimeDelta::seconds(1));
    [reads.token, expired.token, revoked.token]
}

async fn subjects(story: &Story) -> Vec<Subject> {
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    for kind in ["OPERATOR_BUYER", "OPERATOR_SELLER"] {
        let input = json!({ "caseIds": [case], "kind": kind });
        let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", input).await;
        story.post(&story.operator, opened["thread"]["id"].as_str().unwrap(), &format!("Premier mot {kind}")).await;
    }
    let escalated = story.ticket().await;
    let input = json!({ "caseId": story.case(escalated, "id").await["id"], "reason": "DISAGREEMENT" });
    story.app.act(&story.seller, "caseEscalate", "case { id }", input).await;
    let (follows, writes) = (with_seller(story, "FOLLOW").await, with_seller(story, "REPLY").await);
    let mut subjects = Vec::new();
    for (label, ticket) in [
        ("TRIPARTITE", escalated),
        ("SELLER_BUYER", ticket),
        ("OPERATOR_BUYER", ticket),
        ("OPERATOR_BUYER, the seller follows", follows),
        ("OPERATOR_BUYER, the seller writes", writes),
        ("OPERATOR_SELLER", ticket),
    ] {
        subjects.push(Subject::find(story, label, ticket).await);
        // Something that everybody in the case sees comes last.
        let case = story.case(ticket, "id priority").await;
        let priority = if case["priority"] == "HIGH" { "URGENT" } else { "HIGH" };
        story.app.act(&story.operator, "casePrioritize", "case { id }", json!({ "caseId": case["id"], "priority": priority })).await;
    }
    subjects
}

on_both_databases! {
    async fn every_role_and_every_thread(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let elsewhere = story.app.another_marketplace("souk").await;
        let foreign = story.app.token_in(&elsewhere, Role::Operator, None).await;
        // Outsiders first, as what the others do changes what is there.
        let mut table = String::new();
        let subjects = subjects(&story).await;
        let aside = story.ticket().await;
        let aside = admit(&story, &story.case(aside, "id").await["id"], json!({})).await.token;
        let (buyer, other_buyer) = (story.buyer_token().await, crate::buyers::another(&story).await);
        let mut known: BTreeMap<String, [String; 3]> = BTreeMap::new();
        for subject in &subjects {
            if !known.contains_key(&subject.case) {
                known.insert(subject.case.clone(), mediators(&story, &subject.case).await);
            }
        }
        for subject in subjects {
            let [mediator, expired, revoked] = &known[&subject.case];
            let viewers = [
                ("elsewhere", &foreign),
                ("other seller", &story.other_seller),
                ("expired mediator", expired),
                ("revoked mediator", revoked),
                ("other mediator", &aside),
                ("mediator", mediator),
                ("other buyer", &other_buyer),
                ("buyer", &buyer),
                ("vendor", &story.vendor),
                ("seller", &story.seller),
                ("operator", &story.operator),
            ];
            let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
            for (_, token) in viewers {
                for (index, (name, cell)) in ask(&story.app, token, &subject).await.into_iter().enumerate() {
                    if rows.len() <= index {
                        rows.push((name, Vec::new()));
                    }
                    rows[index].1.push(cell);
                }
            }
            let heads: Vec<_> = viewers.iter().map(|(name, _)| format!("{name:<20}")).collect();
            writeln!(table, "{:<40}{}", subject.label, heads.concat().trim_end()).unwrap();
            for (name, cells) in rows {
                let cells: Vec<_> = cells.iter().map(|cell| format!("{cell:<20}")).collect();
                writeln!(table, "  {name:<38}{}", cells.concat().trim_end()).unwrap();
            }
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("who_sees_which_thread", table);
        });
    }
}
