//! What the API refuses and does.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::*;
use super::{Desk, basic, errors};
use crate::demo::peer::testing::Client;
use crate::demo::peer::{Audience, Fault, On, Opening, Presence, SimulatedHelpdesk, TicketState, Urgency};

#[tokio::test]
async fn refuses_fields_as_freshdesk_refuses() {
    let desk = Desk::open().await;
    let colour = desk.sim.add_ticket_field("Colour", FieldKind::Dropdown(vec!["red".to_owned()]), Requirement::Optional);
    let pieces = desk.sim.add_ticket_field("Pieces", FieldKind::Number, Requirement::Optional);
    let day = desk.sim.add_ticket_field("Day", FieldKind::Date, Requirement::Optional);
    let (t, tickets) = (desk.path(""), "/api/v2/tickets".to_owned());
    let get = |path: &str| (Method::GET, path.to_owned(), Value::Null);
    let put = |body: Value| (Method::PUT, t.clone(), body);
    let post = |path: &str, body: Value| (Method::POST, path.to_owned(), body);
    let whole = json!({"email": "a@b.c", "subject": "s", "description": "d"});
    let with = |key: &str, value: Value| {
        let mut body = whole.clone();
        body[key] = value;
        post(&tickets, body)
    };
    let cases = [
        (put(json!({"nonsense": 1})), "nonsense", "invalid_field"),
        (put(json!({"external_id": "x"})), "external_id", "invalid_field"),
        (put(json!({"status": "open"})), "status", "datatype_mismatch"),
        (put(json!({"status": 99})), "status", "invalid_value"),
        (put(json!({"priority": 5})), "priority", "invalid_value"),
        (put(json!({"tags": "a"})), "tags", "datatype_mismatch"),
        (put(json!({"subject": " "})), "subject", "missing_field"),
        (put(json!({"responder_id": desk.buyer.id})), "responder_id", "invalid_value"),
        (put(json!({"custom_fields": {"cf_unknown": "x"}})), "cf_unknown", "invalid_field"),
        (put(json!({"custom_fields": {&*colour: "blue"}})), &*colour, "invalid_value"),
        (put(json!({"custom_fields": {&*pieces: "3"}})), &*pieces, "datatype_mismatch"),
        (put(json!({"custom_fields": {&*day: "22.11.2026"}})), &*day, "datatype_mismatch"),
        (post(&tickets, json!({"subject": "s", "description": "d"})), "requester_id", "missing_field"),
        (post(&tickets, json!({"email": "a@b.c", "description": "d"})), "subject", "missing_field"),
        (post(&tickets, json!({"email": "a@b.c", "subject": "s"})), "description", "missing_field"),
        (with("email", json!("nobody")), "email", "invalid_value"),
        (with("comment", json!("x")), "comment", "invalid_field"),
        (with("source", json!(10)), "source", "invalid_value"),
        (post(&desk.path("/notes"), json!({})), "body", "missing_field"),
        (post(&desk.path("/notes"), json!({"body": "x", "private": "true"})), "private", "datatype_mismatch"),
        (post(&desk.path("/notes"), json!({"body": "x", "public": true})), "public", "invalid_field"),
        (post(&desk.path("/notes"), json!({"body": "x", "user_id": 5})), "user_id", "invalid_value"),
        (post(&desk.path("/reply"), json!({"body": "x", "private": true})), "private", "invalid_field"),
        (post(&desk.path("/reply"), json!({"body": "x", "user_id": desk.buyer.id})), "user_id", "invalid_value"),
        (get("/api/v2/tickets?per_page=101"), "per_page", "invalid_value"),
        (get("/api/v2/tickets?page=0"), "page", "datatype_mismatch"),
        (get("/api/v2/tickets?page=301"), "page", "invalid_value"),
        (get("/api/v2/tickets?updated_since=yesterday"), "updated_since", "datatype_mismatch"),
        (get("/api/v2/tickets?order_by=id"), "order_by", "invalid_value"),
        (get("/api/v2/tickets?order_type=up"), "order_type", "invalid_value"),
        (get("/api/v2/tickets?filter=closed"), "filter", "invalid_value"),
        (get(&desk.path("?include=audits")), "include", "invalid_value"),
        (get(&desk.path("/conversations?per_page=500")), "per_page", "invalid_value"),
        ((Method::PUT, "/api/v2/tickets/merge".to_owned(), json!({"primary_id": 1, "ticket_ids": [2]})), "ticket_ids", "invalid_value"),
        (post("/api/v2/contacts", json!({"name": "x"})), "email", "missing_field"),
    ];
    for ((method, path, body), field, code) in cases {
        let answered = desk.api.call(method, &path, body.clone()).await;
        assert_eq!(answered.status, 400, "{path} {body}: {}", answered.text);
        assert_eq!(errors(&answered), [(field.to_owned(), code.to_owned())], "{path} {body}");
    }
    let several = desk.api.post(&tickets, json!({"status": 1, "email": "a@b.c"})).await;
    assert_eq!(errors(&several).len(), 3, "everything wrong is said at once");
    assert_eq!(desk.sim.comments(desk.ticket).len(), 1, "nothing of this had an effect");
    let left = desk.api.get(&tickets).await.json;
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn refuses_calls_as_freshdesk_refuses() {
    let desk = Desk::open().await;
    let (spam, binned) = (desk.ticket, desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b")));
    desk.sim.mark_spam(spam).unwrap();
    desk.sim.delete(binned).unwrap();
    for number in [spam, binned] {
        let path = format!("/api/v2/tickets/{number}");
        assert_eq!(desk.api.put(&path, json!({"status": 3})).await.status, 405);
        assert_eq!(desk.api.post(&format!("{path}/notes"), json!({"body": "x"})).await.status, 405);
        assert_eq!(desk.api.call(Method::DELETE, &path, Value::Null).await.status, 405);
    }
    let shown = desk.api.get(&desk.path("")).await.json;
    assert_eq!((shown["spam"].clone(), shown["deleted"].clone()), (json!(true), json!(false)), "it can still be read");
    for path in ["/api/v2/tickets/999999", "/api/v2/nonsense", "/api/v1/tickets", "/api/v2/tickets/1/audits", "/api/v2/contacts/1"] {
        let answered = desk.api.get(path).await;
        assert_eq!((answered.status, answered.text.as_str()), (404, ""), "{path}");
    }
    assert_eq!(desk.api.post("/api/v2/account", json!({})).await.status, 405);
    let denied = desk.api.get(&format!("/api/v2/agents/{}", desk.agent.id)).await;
    assert_eq!((denied.status, denied.json["code"].clone()), (403, json!("access_denied")));

    let send = async |change: fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder| {
        desk.api.send(change(desk.api.request(Method::POST, "/api/v2/tickets"))).await.unwrap()
    };
    assert_eq!(send(|request| request.body("{}")).await.status, 415);
    assert_eq!(send(|request| request.json(&json!({})).header("accept", "text/html")).await.status, 406);
    let broken = send(|request| request.header("content-type", "application/json").body("{")).await;
    assert_eq!((broken.status, broken.json["code"].clone()), (400, json!("invalid_json")));
}

#[tokio::test]
async fn only_the_key_matters() {
    let desk = Desk::open().await;
    for (authorization, status) in [
        (None, 401),
        (Some(basic("wrong:X")), 401),
        (Some(format!("Bearer {}", FreshdeskSim::API_KEY)), 401),
        (Some(basic(&format!("{}:anything", FreshdeskSim::API_KEY))), 200),
    ] {
        let answered = Client::new(desk.sim.base_url(), authorization).get("/api/v2/agents/me").await;
        assert_eq!(answered.status, status);
        if status == 401 {
            assert_eq!(answered.json["code"], json!("invalid_credentials"));
        } else {
            assert_eq!(answered.json["id"], json!(desk.sim.integration_user().id));
            assert_eq!(answered.json["contact"]["name"], json!("Trilogue"));
        }
    }
    desk.sim.revoke_credentials();
    assert_eq!(desk.api.get(&desk.path("")).await.status, 401);
}

#[tokio::test]
async fn a_reply_is_mailed_and_a_note_is_private_by_default() {
    let desk = Desk::open().await;
    let note = desk.post("/notes", json!({"body": "<p>hush</p>"})).await;
    assert_eq!((note.status, note.json["private"].clone(), note.json.get("source")), (201, json!(true), None));
    assert_eq!(desk.last_comment().audience, Audience::Internal);
    assert!(desk.sim.mails_to("berta@example.org").is_empty());

    let reply = desk.post("/reply", json!({"body": "<p>It is on its way.</p>", "user_id": desk.agent.id})).await;
    assert_eq!((reply.status, reply.json["replied_to"].clone()), (201, json!(["berta@example.org"])));
    assert!(reply.json.get("source").is_none() && reply.json.get("private").is_none());
    assert_eq!(desk.last_comment().author.id, desk.agent.id);
    let incoming = json!({"body": "from the seller", "private": false, "incoming": true});
    assert_eq!(desk.post("/notes", incoming).await.json["incoming"], json!(true));
    let own = json!({"body": "by myself", "private": false, "incoming": true, "user_id": desk.buyer.id});
    desk.post("/notes", own).await;
    let mails: Vec<_> = desk.sim.mails_to("berta@example.org").into_iter().map(|mail| mail.text).collect();
    assert_eq!(mails, ["It is on its way.", "from the seller"], "public words of others are mailed, one's own are not");
}

#[tokio::test]
async fn foreign_html_is_cleaned_of_all_marks() {
    let desk = Desk::open().await;
    let dirty = "<p id=\"a\" class=\"b\" title=\"c\" data-key=\"k\">x<!-- k --><script>1</script><b>y</b></p>";
    desk.post("/notes", json!({"body": dirty})).await;
    assert_eq!(desk.last_comment().html, "<p>x<b>y</b></p>");
    let listed = desk.api.get(&desk.path("/conversations")).await.json;
    assert_eq!((listed[0]["body"].clone(), listed[0]["body_text"].clone()), (json!("<p>x<b>y</b></p>"), json!("xy")));
}

#[tokio::test]
async fn conversations_come_oldest_first_in_linked_pages() {
    let desk = Desk::open().await;
    for index in 0..12 {
        desk.sim.comment(desk.ticket, &desk.agent, &format!("note {index}"), Audience::Internal).unwrap();
    }
    let mut path = desk.path("/conversations?per_page=5");
    let mut texts = Vec::new();
    loop {
        let page = desk.api.get(&path).await;
        texts.extend(page.json.as_array().unwrap().iter().map(|row| row["body_text"].as_str().unwrap().to_owned()));
        let Some(link) = page.header("link") else { break };
        path = link.split(['<', '>']).nth(1).unwrap().strip_prefix(desk.sim.base_url()).unwrap().to_owned();
        assert!(link.ends_with("rel=\"next\""));
    }
    assert_eq!(texts, (0..12).map(|index| format!("note {index}")).collect::<Vec<_>>());
    let included = desk.api.get(&desk.path("?include=conversations,requester")).await;
    assert_eq!(included.json["conversations"].as_array().unwrap().len(), 10, "only the ten oldest");
    assert_eq!(included.json["requester"]["email"], json!("berta@example.org"));
    assert_eq!(included.header("x-ratelimit-used-currentrequest"), Some("3"));
    assert!(desk.api.get(&desk.path("")).await.json.get("requester").is_none());
}

#[tokio::test]
async fn changes_use_codes_and_tags_replace() {
    let desk = Desk::open().await;
    let waiting = desk.sim.add_status("Waiting for seller");
    let order = desk.sim.add_ticket_field("Order", FieldKind::Text, Requirement::Optional);
    desk.sim.set_tags(desk.ticket, &["vip", "claim"]).unwrap();
    let answered = desk.put(json!({"status": waiting, "priority": 4, "tags": ["case"], "custom_fields": {&*order: "A-1"}})).await;
    assert_eq!((answered.json["status"].clone(), answered.json["priority"].clone()), (json!(8), json!(4)));
    assert_eq!(answered.json["tags"], json!(["case"]), "tags replace");
    assert_eq!(answered.json["custom_fields"], json!({&*order: "A-1"}));
    let view = desk.sim.ticket(desk.ticket).unwrap();
    assert_eq!((view.raw_state.as_str(), view.urgency), ("8", Some(Urgency::Urgent)));
    let fields = desk.api.get("/api/v2/ticket_fields").await.json;
    let status = fields.as_array().unwrap().iter().find(|field| field["type"] == "default_status").unwrap();
    assert_eq!(status["choices"]["7"], json!(["Waiting on Third Party", "Being Processed"]));
    assert_eq!(status["choices"]["8"][0], json!("Waiting for seller"));
}

#[tokio::test]
async fn the_form_binds_the_api() {
    let desk = Desk::open().await;
    let order = desk.sim.add_ticket_field("Order", FieldKind::Text, Requirement::ForAgents);
    let cause = desk.sim.add_ticket_field("Cause", FieldKind::Text, Requirement::ForClosure);
    let body = json!({"email": "new@example.org", "subject": "s", "description": "d"});
    let refused = desk.api.post("/api/v2/tickets", body.clone()).await;
    assert_eq!(errors(&refused), [(order.clone(), "missing_field".to_owned())]);
    let mut body = body;
    body["custom_fields"] = json!({&*order: "A-1"});
    assert_eq!(desk.api.post("/api/v2/tickets", body).await.status, 201);
    let refused = desk.put(json!({"status": 4, "custom_fields": {&*order: "A-1"}})).await;
    assert_eq!(errors(&refused), [(cause.clone(), "missing_field".to_owned())]);
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, TicketState::Open);
    assert_eq!(desk.put(json!({"status": 4, "custom_fields": {&*order: "A-1", &*cause: "late"}})).await.status, 200);
}

#[tokio::test]
async fn a_ticket_for_an_unknown_address_makes_a_contact() {
    let desk = Desk::open().await;
    let body = json!({"email": "nina@example.org", "name": "Nina New", "subject": "s", "description": "<p>d</p>", "tags": ["case"]});
    let created = desk.api.post("/api/v2/tickets", body).await;
    assert_eq!(created.status, 201);
    assert!(created.header("location").unwrap().ends_with(&format!("/api/v2/tickets/{}", created.json["id"])));
    let codes = ["status", "priority", "source"].map(|key| created.json[key].clone());
    assert_eq!(codes, [json!(2), json!(1), json!(2)]);
    assert!(created.json["due_by"].is_null(), "worked out later");
    let found = desk.api.get("/api/v2/contacts?email=NINA@example.org").await.json;
    assert_eq!((found[0]["id"].clone(), found[0]["name"].clone()), (created.json["requester_id"].clone(), json!("Nina New")));
    let twin = desk.api.post("/api/v2/contacts", json!({"name": "N", "email": "nina@example.org"})).await;
    assert_eq!((twin.status, errors(&twin)), (409, vec![("email".to_owned(), "duplicate_value".to_owned())]));
    assert_eq!(desk.api.get("/api/v2/contacts?email=nobody@example.org").await.json, json!([]));
    let phone = json!({"phone": "1", "subject": "s", "description": "d"});
    assert_eq!(errors(&desk.api.post("/api/v2/tickets", phone).await), [("name".to_owned(), "missing_field".to_owned())]);
}

#[tokio::test]
async fn lists_show_thirty_days_unless_asked_for_more() {
    let desk = Desk::open().await;
    desk.clock.advance(TimeDelta::days(31));
    let second = desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b"));
    let binned = desk.sim.open_ticket(&desk.buyer, Opening::new("c", "c"));
    desk.sim.delete(binned).unwrap();
    let list = async |query: &str| -> Vec<u64> {
        let rows = desk.api.get(&format!("/api/v2/tickets?{query}")).await.json;
        rows.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(list("").await, [second]);
    assert_eq!(list("updated_since=2020-01-01T00:00:00Z&order_by=updated_at&order_type=asc").await, [desk.ticket, second]);
    assert_eq!(list("updated_since=2026-12-23T09:00:00Z").await, [second], "whole seconds count");
    assert_eq!(list("filter=deleted").await, [binned]);
    let row = desk.api.get("/api/v2/tickets?include=description").await;
    assert_eq!(row.json[0]["description_text"], json!("b"));
    assert_eq!(row.header("x-ratelimit-used-currentrequest"), Some("3"));
    assert!(desk.api.get("/api/v2/tickets").await.json[0].get("description").is_none());
}

#[tokio::test]
async fn limits_of_the_plan_answer_429_without_a_body() {
    let limits = FreshdeskLimits { requests: 12, ticket_lists: 2, ticket_updates: 1, ..FreshdeskLimits::default() };
    let desk = Desk::open_with(|options| options.limits = limits).await;
    for _ in 0..2 {
        assert_eq!(desk.api.get("/api/v2/tickets").await.status, 200);
    }
    let refused = desk.api.get("/api/v2/tickets").await;
    assert_eq!((refused.status, refused.text.as_str(), refused.header("retry-after")), (429, "", Some("60")));
    assert_eq!(desk.put(json!({"nonsense": 1})).await.status, 400);
    assert_eq!(desk.put(json!({"status": 3})).await.status, 429, "invalid requests count too");
    while desk.api.get(&desk.path("?include=requester")).await.status == 200 {}
    assert_eq!(desk.api.get(&desk.path("?include=requester")).await.status, 429);
    desk.clock.advance(TimeDelta::minutes(1));
    let free = desk.api.get("/api/v2/agents/me").await;
    assert_eq!((free.header("x-ratelimit-total"), free.header("x-ratelimit-remaining")), (Some("12"), Some("11")));
}

#[tokio::test]
async fn merge_closes_the_others_and_names_no_primary() {
    let desk = Desk::open().await;
    let other = desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b"));
    let body = json!({"primary_id": desk.ticket, "ticket_ids": [other], "note_in_primary": {"body": "joined", "private": true}});
    let answered = desk.api.put("/api/v2/tickets/merge", body).await;
    assert_eq!((answered.status, answered.text.as_str()), (204, ""));
    assert_eq!(desk.sim.ticket(other).unwrap().state, TicketState::Closed);
    assert_eq!(desk.last_comment().text, "joined");
    let shown = desk.api.get(&format!("/api/v2/tickets/{other}")).await.text;
    assert!(!shown.contains(&format!(":{},", desk.ticket)), "no field names the primary");
    let third = desk.sim.open_ticket(&desk.buyer, Opening::new("d", "d"));
    desk.sim.merge(third, desk.ticket).unwrap();
    assert!(desk.sim.merge(desk.ticket, desk.ticket).is_err());
}

#[tokio::test]
async fn notes_can_be_edited_and_replies_cannot() {
    let desk = Desk::open().await;
    let note = desk.post("/notes", json!({"body": "a"})).await.json["id"].clone();
    let reply = desk.post("/reply", json!({"body": "b"})).await.json["id"].clone();
    let edited = desk.api.put(&format!("/api/v2/conversations/{note}"), json!({"body": "c"})).await;
    assert_eq!((edited.status, edited.json["last_edited_user_id"].clone()), (200, json!(desk.sim.integration_user().id)));
    assert_eq!(desk.api.put(&format!("/api/v2/conversations/{reply}"), json!({"body": "c"})).await.status, 405);
    assert_eq!(desk.api.call(Method::DELETE, &format!("/api/v2/conversations/{note}"), Value::Null).await.status, 204);
    assert_eq!(desk.sim.comments(desk.ticket).len(), 2);
    let first = desk.last_comment().number;
    desk.sim.redact_comment(desk.ticket, first, "b").unwrap();
    assert_eq!(desk.last_comment().text, "▇");
    assert!(desk.sim.make_private(desk.ticket, first).is_err());
}

#[tokio::test]
async fn people_move_tickets_as_they_do_in_freshdesk() {
    let desk = Desk::open().await;
    assert!(desk.sim.set_state(desk.ticket, TicketState::New).is_err());
    for state in [TicketState::Pending, TicketState::OnHold, TicketState::Solved, TicketState::Closed] {
        desk.sim.set_state(desk.ticket, state).unwrap();
        desk.sim.comment(desk.ticket, &desk.agent, "note", Audience::Internal).unwrap();
        assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, state);
        desk.sim.comment(desk.ticket, &desk.buyer, "hello?", Audience::Public).unwrap();
        assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, TicketState::Open, "{state:?} reopens");
    }
    desk.sim.set_status_code(desk.ticket, 6).unwrap();
    assert!(desk.sim.set_status_code(desk.ticket, 42).is_err());
    assert!(desk.sim.comment(desk.ticket, &desk.buyer, "x", Audience::Internal).is_err());
    assert_eq!(desk.api.call(Method::DELETE, &desk.path(""), Value::Null).await.status, 204);
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().presence, Presence::Deleted);
    assert_eq!(desk.api.put(&desk.path("/restore"), Value::Null).await.status, 204);
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().presence, Presence::Live);
}

#[tokio::test]
async fn a_scripted_429_has_no_body_either() {
    let desk = Desk::open().await;
    desk.sim.faults().next(On::any("/api/v2/"), Fault::RateLimited { retry_after: 9 });
    let refused = desk.api.get(&desk.path("")).await;
    assert_eq!((refused.status, refused.text.as_str(), refused.header("retry-after")), (429, "", Some("9")));
    assert_eq!(desk.api.get(&desk.path("")).await.status, 200);
}
