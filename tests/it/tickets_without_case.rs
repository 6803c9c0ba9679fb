//! Tickets that tell no case: a person asks for their case, once or often, alone or while a webhook comes in.

use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::demo::peer::{Fault, On, Opening, TicketState};
use trilogue::domain::ids::ConnectionId;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, ORDER, Story, all, in_both_products, operator_only, words};

const FIELDS: &str = "case { id status subject order { reference } seller { name } buyer { displayName email }
    threads { messages { nodes { author text audience } } } timeline(first: 20) { nodes { __typename actor { kind } } } }";

/// A ticket with a talk of which no webhook comes in.
fn quiet_ticket(story: &Story, words: &str) -> u64 {
    let sim = &story.desk.sim;
    let ticket = sim.open_ticket(&story.buyer, Opening::new("Bonjour", words));
    let agent = sim.add_agent("Ana Agent");
    sim.comment(ticket, &agent, "Nous regardons.", Public).unwrap();
    sim.comment(ticket, &agent, "Client fidèle.", Internal).unwrap();
    ticket
}

fn request(story: &Story, ticket: u64, order: Option<&str>) -> Value {
    json!({ "connectionId": story.desk.connection.to_string(), "ticketNumber": ticket.to_string(), "orderReference": order })
}

async fn open(story: &Story, ticket: u64, order: Option<&str>) -> Value {
    story.app.act(&story.operator, "caseOpenFromTicket", FIELDS, request(story, ticket, order)).await["case"].clone()
}

async fn taken_up(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = quiet_ticket(&story, "Où est mon colis ?");
    assert_eq!(story.case(ticket, "id").await, Value::Null);
    let case = open(&story, ticket, Some(ORDER)).await;
    assert_eq!((&case["subject"], &case["order"]["reference"]), (&json!("Bonjour"), &json!(ORDER)));
    assert_eq!((&case["seller"]["name"], &case["buyer"]["email"]), (&json!("Boutique Alma"), &json!("marie@example.org")));
    assert_eq!(case["status"], "WAITING_SELLER", "an agent's word is not the seller's");
    let said =
        [("BUYER", "Où est mon colis ?", all()), ("OPERATOR", "Nous regardons.", all()), ("OPERATOR", "Client fidèle.", operator_only())];
    assert_eq!(words(&case), said.map(|(author, text, audience)| (author.to_owned(), text.to_owned(), audience)));
    let opened = case["timeline"]["nodes"].as_array().unwrap().iter().find(|event| event["__typename"] == "CaseOpenedEvent");
    assert_eq!(opened.unwrap()["actor"]["kind"], "OPERATOR", "it was a person: {case:#}");

    // Asked again, and told of by the helpdesk after all: nothing new.
    assert_eq!(open(&story, ticket, Some(ORDER)).await, case);
    story.desk.settle(&story.app).await;
    assert_eq!(open(&story, ticket, None).await, case);
    let all = story.app.ask(&story.operator, "{ cases { nodes { id } } }", json!({})).await;
    assert_eq!(all["cases"]["nodes"], json!([{ "id": case["id"] }]));
    story.desk.sim.comment(ticket, &story.buyer, "Merci", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(words(&open(&story, ticket, None).await).last().unwrap().1, "Merci", "it is followed from now on");
}

async fn with_or_without_order(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let bare = quiet_ticket(&story, "Bonjour");
    let case = open(&story, bare, None).await;
    assert_eq!((&case["order"], &case["seller"]), (&Value::Null, &Value::Null));
    let later = open(&story, bare, Some("MK-2002")).await;
    assert_eq!(
        (&later["id"], &later["seller"]["name"]),
        (&case["id"], &json!("Brio & Fils")),
        "the order is linked to the case that is there"
    );

    let named = quiet_ticket(&story, "Ma commande MK-1001");
    assert_eq!(open(&story, named, None).await["order"]["reference"], ORDER, "the ticket names it itself");
}

async fn settled_before(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = quiet_ticket(&story, "Où est mon colis ?");
    story.desk.sim.set_state(ticket, TicketState::Solved).unwrap();
    assert_eq!(open(&story, ticket, Some(ORDER)).await["status"], "RESOLVED", "as the ticket says");
}

async fn refused(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = quiet_ticket(&story, "Où est mon colis ?");
    let (binned, merged) = (quiet_ticket(&story, "Spam"), quiet_ticket(&story, "Encore"));
    story.desk.sim.mark_spam(binned).unwrap();
    story.desk.sim.merge(merged, ticket).unwrap();
    let with = |field: &str, value: Value| {
        let mut changed = request(&story, ticket, None);
        changed[field] = value;
        changed
    };
    // Zendesk shows no spam any more, not even that it is.
    let thrown_away = if kind == HelpdeskKind::Zendesk { "NOT_FOUND" } else { "NOT_IN_THIS_STATE" };
    let elsewhere = story.app.another_marketplace("souk").await;
    let foreign = story.app.token_in(&elsewhere, Role::Operator, None).await;
    let operator = &story.operator;
    let calls = [
        (&story.seller, request(&story, ticket, None), "NOT_ALLOWED", Value::Null),
        (&story.vendor, request(&story, ticket, None), "NOT_ALLOWED", Value::Null),
        (&foreign, request(&story, ticket, None), "NOT_FOUND", json!(["connectionId"])),
        (operator, with("connectionId", json!(ConnectionId::generate().to_string())), "NOT_FOUND", json!(["connectionId"])),
        (operator, with("ticketNumber", json!("999999")), "NOT_FOUND", json!(["ticketNumber"])),
        (operator, with("ticketNumber", json!("../1")), "NOT_FOUND", json!(["ticketNumber"])),
        (operator, with("orderReference", json!("none")), "NOT_FOUND", json!(["orderReference"])),
        (operator, request(&story, binned, None), thrown_away, json!(["ticketNumber"])),
    ];
    // Freshdesk does not say of a ticket that it was merged.
    let told = (operator, request(&story, merged, None), "NOT_IN_THIS_STATE", json!(["ticketNumber"]));
    let known = (kind == HelpdeskKind::Zendesk).then_some(told);
    for (token, input, code, field) in calls.into_iter().chain(known) {
        let payload = story.app.try_act(token, "caseOpenFromTicket", "case { id }", input.clone()).await;
        assert_eq!((&payload["case"], &payload["userErrors"][0]["code"]), (&Value::Null, &json!(code)), "{input}: {payload:#}");
        assert_eq!(payload["userErrors"][0]["field"], field, "{input}");
    }
    story.desk.sim.faults().next(On::any("/api"), Fault::Status(500));
    let query = "mutation($input: CaseOpenFromTicketInput!) { caseOpenFromTicket(input: $input) { case { id } } }";
    let answer = story.app.answer(operator, query, json!({ "input": request(&story, ticket, None) })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE", "{answer:#}");
    let all = story.app.ask(operator, "{ cases { nodes { id } } }", json!({})).await;
    assert_eq!(all["cases"]["nodes"], json!([]), "nothing was opened");
}

async fn all_at_once(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = quiet_ticket(&story, "Où est mon colis ?");
    let calls = join_all((0..6).map(|_| open(&story, ticket, Some(ORDER))));
    let (payloads, ()) = futures_util::join!(calls, story.desk.settle(&story.app));
    assert!(payloads.iter().all(|case| case["id"] == payloads[0]["id"]), "{payloads:#?}");
    let all = story.app.ask(&story.operator, "{ cases { nodes { id } } }", json!({})).await;
    assert_eq!(all["cases"]["nodes"], json!([{ "id": payloads[0]["id"] }]));
    assert_eq!(words(&open(&story, ticket, None).await).len(), 3, "no word came in twice");
}

in_both_products! {
    a_ticket_gets_its_case => taken_up;
    an_order_may_be_named => with_or_without_order;
    a_settled_ticket_may_be_asked_for => settled_before;
    what_cannot_be_taken_up_is_refused => refused;
    many_at_once_get_one_case => all_at_once;
}
