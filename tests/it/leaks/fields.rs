//! Every field of what a case shows, for every role that knows the case: one reviewed table. A field that is added to the
//! schema shows here, so that somebody decides who may read it.

use std::fmt::Write;

use serde_json::{Value, json};
use trilogue::demo::peer::Audience;
use trilogue::domain::tickets::HelpdeskKind;

use crate::attachments;
use crate::harness::{Story, on_both_databases};
use crate::mediators::admit;

const SCHEMA: &str = "{ __schema { types { name fields { name args { defaultValue type { kind } } type { ...it } } } } }
    fragment it on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// Each type, and where its objects stand in the answer.
const PLACES: [(&str, &str); 10] = [
    ("Viewer", "viewer"),
    ("Marketplace", "marketplace"),
    ("Case", "case"),
    ("Buyer", "case/buyer_"),
    ("Seller", "case/seller_"),
    ("Order", "case/order_"),
    ("Thread", "case/threads_"),
    ("Participant", "case/threads_/participants_"),
    ("Message", "case/threads_/messages_/nodes"),
    ("Attachment", "case/threads_/messages_/nodes/attachments_"),
];

fn fields<'a>(schema: &'a Value, of: &str) -> impl Iterator<Item = &'a Value> {
    let of = schema["types"].as_array().unwrap().iter().find(|known| known["name"] == of).unwrap();
    let needs_nothing = |field: &&Value| {
        let arguments = field["args"].as_array().unwrap();
        arguments.iter().all(|argument| argument["type"]["kind"] != "NON_NULL" || !argument["defaultValue"].is_null())
    };
    of["fields"].as_array().unwrap().iter().filter(needs_nothing)
}

/// Everything that can be asked of an object without an argument.
fn selection(schema: &Value, of: &str) -> String {
    let mut out = String::new();
    for field in fields(schema, of) {
        let mut named = &field["type"];
        while !named["ofType"].is_null() {
            named = &named["ofType"];
        }
        let inside = match (named["kind"].as_str().unwrap(), named["name"].as_str().unwrap()) {
            ("SCALAR" | "ENUM", _) => "",
            ("OBJECT", name) if fields(schema, name).any(|field| field["name"] == "nodes") => " { nodes { __typename } }",
            _ => " { __typename }",
        };
        write!(out, "{}{inside} ", field["name"].as_str().unwrap()).unwrap();
    }
    out
}

/// The objects at a place, in their order.
fn objects<'a>(answer: &'a Value, place: &str) -> Vec<&'a Value> {
    place.split('/').fold(vec![answer], |found, part| {
        let inside = found.into_iter().map(|value| &value[part]).filter(|value| !value.is_null());
        inside.flat_map(|value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())).collect()
    })
}

/// What all objects at a place say in a field; nothing when none says anything.
fn said(answer: &Value, place: &str, field: &str) -> Option<Vec<Value>> {
    let all: Vec<_> = objects(answer, place).into_iter().map(|object| object[field].clone()).collect();
    let nothing = |value: &Value| value.is_null() || *value == json!([]) || value["nodes"] == json!([]);
    all.iter().any(|value| !nothing(value)).then_some(all)
}

on_both_databases! {
    async fn every_role_and_every_field(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        let (ticket, thread) = story.ticket_and_thread().await;
        let case = story.case(ticket, "id").await["id"].clone();
        let sellers = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org" }] });
        app.act(&story.vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let file = attachments::upload(app, &story.seller, "a.png", "image/png", attachments::PNG).await;
        attachments::post(&story, &story.seller, &thread, "avec une photo", &[file]).await;
        story.post(&story.seller, &thread, "Écrivez à boutique@alma.example").await;
        story.desk.settle(app).await;
        story.desk.sim.comment(ticket, &story.buyer, "Mon numéro : 06 12 34 56 78", Audience::Public).unwrap();
        story.desk.settle(app).await;
        let mediator = admit(&story, &case, json!({})).await;
        let buyer = story.buyer_token().await;

        let schema = app.ask(&story.operator, SCHEMA, json!({})).await["__schema"].clone();
        let all = |of: &str| selection(&schema, of);
        let query = format!(
            "query($id: ID!) {{ viewer {{ {} }} marketplace {{ {} }} case(by: {{ id: $id }}) {{ {} buyer_: buyer {{ {} }} seller_: seller {{ {} }} order_: order {{ {} }}
                threads_: threads {{ {} participants_: participants {{ {} }} messages_: messages(first: 20) {{ nodes {{ {} attachments_: attachments {{ {} }} }} }} }} }} }}",
            all("Viewer"), all("Marketplace"), all("Case"), all("Buyer"), all("Seller"), all("Order"), all("Thread"), all("Participant"), all("Message"), all("Attachment"),
        );
        let mut answers = Vec::new();
        for (role, token) in [("operator", &story.operator), ("seller", &story.seller), ("vendor", &story.vendor), ("buyer", &buyer), ("mediator", &mediator.token)] {
            answers.push((role, app.ask(token, &query, json!({ "id": case })).await));
        }
        let mut out = "✔ reads what the operator reads, ≈ something else, · nothing\n".to_owned();
        let heads: Vec<_> = answers.iter().map(|(role, _)| format!("{role:<10}")).collect();
        writeln!(out, "{:<34}{}", "", heads.concat().trim_end()).unwrap();
        for (of, place) in PLACES {
            for field in fields(&schema, of) {
                let field = field["name"].as_str().unwrap();
                let whole = said(&answers[0].1, place, field);
                let mark = |answer: &Value| match said(answer, place, field) {
                    None => '·',
                    same if same == whole => '✔',
                    Some(_) => '≈',
                };
                let cells: Vec<_> = answers.iter().map(|(_, answer)| format!("{:<10}", mark(answer))).collect();
                writeln!(out, "{:<34}{}", format!("{of}.{field}"), cells.concat().trim_end()).unwrap();
            }
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("who_reads_which_field", out);
        });
    }
}
