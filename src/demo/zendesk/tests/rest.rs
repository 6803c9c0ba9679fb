//! What the API refuses and does.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::*;
use super::{Desk, error};
use crate::demo::peer::testing::Client;
use crate::demo::peer::{Audience, Opening, SimulatedHelpdesk, TicketState, Urgency};

#[tokio::test]
async fn refuses_as_zendesk_refuses() {
    let desk = Desk::open().await;
    let closed = desk.sim.open_ticket(&desk.buyer, Opening::new("Old", "Done"));
    desk.sim.set_state(closed, TicketState::Closed).unwrap();
    let binned = desk.sim.open_ticket(&desk.buyer, Opening::new("Bin", "Bin"));
    desk.sim.delete(binned).unwrap();
    let t = desk.path("");
    let closed_path = format!("/api/v2/tickets/{closed}");
    let comment = |words: &str| json!({"ticket": {"comment": {"body": words, "public": false}}});
    let get = |path: &str| (Method::GET, path.to_owned(), Value::Null);
    let cases = [
        (get("/api/v2/tickets/999999"), 404, "RecordNotFound"),
        (get("/api/v2/tickets/abc.json"), 404, "RecordNotFound"),
        (get(&format!("/api/v2/tickets/{binned}")), 404, "RecordNotFound"),
        (get("/api/v2/users/1"), 404, "RecordNotFound"),
        (get("/api/v2/nonsense"), 404, "InvalidEndpoint"),
        (get("/api/v1/tickets"), 404, "InvalidEndpoint"),
        (get("/api/v2/custom_statuses"), 404, "InvalidEndpoint"),
        (get(&format!("{t}/comments?page[size]=101")), 400, "InvalidPaginationParameter"),
        (get(&format!("{t}/comments?page[size]=1&page[after]=x")), 400, "InvalidPaginationParameter"),
        (get("/api/v2/tickets?page=200"), 400, "InvalidPaginationDepth"),
        (get("/api/v2/incremental/tickets/cursor?start_time=1795338000"), 422, "InvalidValue"),
        (get("/api/v2/incremental/tickets/cursor"), 400, "InvalidParameter"),
        ((Method::PUT, closed_path.clone(), comment("late")), 422, "RecordInvalid"),
        ((Method::PUT, format!("{closed_path}/tags"), json!({"tags": ["x"]})), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), json!({"ticket": {"status": "resolved"}})), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), json!({"ticket": {"status": "OPEN"}})), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), json!({"ticket": {"priority": "medium"}})), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), json!({"ticket": {"type": "complaint"}})), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), json!({"ticket": {"comment": {"body": "x", "author_id": 42}}})), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), comment(" ")), 422, "RecordInvalid"),
        ((Method::PUT, t.clone(), json!({"ticket": {"status": "open", "safe_update": true}})), 409, "UpdateConflict"),
        ((Method::POST, "/api/v2/tickets".to_owned(), json!({"ticket": {"subject": "x"}})), 422, "RecordInvalid"),
        ((Method::POST, format!("{t}/merge"), json!({"ids": [closed]})), 422, "SourceInvalid"),
        ((Method::POST, "/api/v2/users/create_or_update".to_owned(), json!({"user": {"name": "x"}})), 422, "RecordInvalid"),
        ((Method::POST, "/api/v2/users/create_or_update".to_owned(), json!({"user": {"email": "a@b.c"}})), 422, "RecordInvalid"),
    ];
    for ((method, path, body), status, word) in cases {
        let answered = desk.api.call(method, &path, body.clone()).await;
        assert_eq!(error(&answered), (status, json!(word)), "{path} {body}: {}", answered.text);
    }
    let attribute = desk.api.put(&t, json!({"status": "open"})).await;
    assert_eq!((attribute.status, attribute.json["error"]["title"].clone()), (400, json!("Invalid attribute")));
    let text = desk.api.send(desk.api.request(Method::PUT, &t).body(r#"{"ticket":{"status":"open"}}"#)).await.unwrap();
    assert_eq!(text.status, 400, "a body that does not say it is JSON is not read");
    assert_eq!(desk.sim.comments(desk.ticket).len(), 1, "nothing of this had an effect");
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, TicketState::New);
}

#[tokio::test]
async fn a_closed_ticket_says_so_in_the_exact_shape() {
    let desk = Desk::open().await;
    desk.sim.set_state(desk.ticket, TicketState::Closed).unwrap();
    let answered = desk.put(json!({"comment": {"body": "late", "public": false}})).await;
    let details = json!({"status": [{"description": "Status: closed prevents ticket update"}]});
    assert_eq!(answered.json, json!({"error": "RecordInvalid", "description": "Record validation errors", "details": details}));
}

#[tokio::test]
async fn credentials_are_checked_everywhere_but_at_users_me() {
    let token = ApiToken { email: "bot@example.com".to_owned(), token: "t0k".to_owned() };
    let desk = Desk::open_with(|options| options.api_token = Some(token)).await;
    let basic = |pair: &str| Some(format!("Basic {}", STANDARD.encode(pair)));
    for (authorization, taken) in [
        (None, false),
        (Some("Bearer wrong".to_owned()), false),
        (basic("bot@example.com/token:wrong"), false),
        (basic("bot@example.com:t0k"), false),
        (basic("bot@example.com/token:t0k"), true),
        (Some(format!("Bearer {}", ZendeskSim::OAUTH_TOKEN)), true),
    ] {
        let api = Client::new(desk.sim.base_url(), authorization.clone());
        let me = api.get("/api/v2/users/me.json").await;
        assert_eq!((me.status, me.json["user"]["id"].is_null()), (200, !taken), "{authorization:?}");
        let ticket = api.get(&desk.path(".json")).await;
        assert_eq!(ticket.status, if taken { 200 } else { 401 });
        if !taken {
            assert_eq!(ticket.json, json!({"error": "Couldn't authenticate you"}));
        }
    }
    desk.sim.revoke_credentials();
    assert_eq!(desk.api.get(&desk.path("")).await.status, 401);
}

#[tokio::test]
async fn exports_are_for_admins() {
    let desk = Desk::open_with(|options| options.integration_role = Role::Agent).await;
    let answered = desk.api.get("/api/v2/incremental/tickets/cursor?start_time=1000000000").await;
    assert_eq!((answered.status, answered.json["error"]["title"].clone()), (403, json!("Forbidden")));
}

#[tokio::test]
async fn numbers_are_numbers_and_enums_small_in_rest() {
    let desk = Desk::open().await;
    desk.sim.set_urgency(desk.ticket, Urgency::Urgent).unwrap();
    let bare = desk.api.get(&desk.path("")).await.json;
    assert_eq!(bare, desk.api.get(&desk.path(".json")).await.json);
    let ticket = &bare["ticket"];
    assert_eq!(ticket["id"], json!(desk.ticket));
    assert_eq!(ticket["requester_id"], json!(desk.buyer.id));
    assert_eq!((&ticket["status"], &ticket["priority"]), (&json!("new"), &json!("urgent")));
    assert_eq!(ticket["updated_at"], json!("2026-11-22T09:00:00Z"));
}

#[tokio::test]
async fn a_comment_without_public_inherits_and_is_mailed_out() {
    let desk = Desk::open().await;
    let answered = desk.put(json!({"comment": {"html_body": "<p>our margin is thin</p>"}})).await;
    assert_eq!(answered.json["audit"]["events"][0]["public"], json!(true));
    assert_eq!(desk.last_comment().audience, Audience::Public);
    let mails = desk.sim.mails_to("BERTA@example.org");
    assert_eq!(mails.iter().map(|mail| mail.text.as_str()).collect::<Vec<_>>(), ["our margin is thin"]);

    desk.put(json!({"comment": {"body": "hush", "public": false}})).await;
    assert_eq!(desk.sim.mails_to("berta@example.org").len(), 1, "an internal note is not mailed");

    let internal = json!({"ticket": {"subject": "s", "comment": {"body": "b", "public": false}, "requester_id": desk.buyer.id}});
    let number = desk.api.post("/api/v2/tickets", internal).await.json["ticket"]["id"].as_u64().unwrap();
    let path = format!("/api/v2/tickets/{number}");
    desk.api.put(&path, json!({"ticket": {"comment": {"body": "second"}}})).await;
    assert_eq!(desk.sim.comments(number)[1].audience, Audience::Internal);
}

#[tokio::test]
async fn placeholders_of_staff_are_expanded_and_leak() {
    let desk = Desk::open().await;
    let leak = "{{ticket.requester.email}} {{ticket.id}}";
    desk.put(json!({"comment": {"html_body": format!("<p>{leak}</p>"), "public": false}})).await;
    assert_eq!(desk.last_comment().text, format!("berta@example.org {}", desk.ticket));
    desk.put(json!({"comment": {"body": leak, "public": false, "author_id": desk.buyer.id}})).await;
    assert!(desk.last_comment().html.contains("berta@example.org"), "the writer is staff, whoever the author");
    desk.sim.comment(desk.ticket, &desk.buyer, leak, Audience::Public).unwrap();
    assert_eq!(desk.last_comment().text, leak, "a customer's own words stay as they are");
    desk.put(json!({"comment": {"html_body": "<p>{\u{200d}{ticket.requester.email}}</p>", "public": false}})).await;
    assert!(!desk.last_comment().html.contains("berta@"));
}

#[tokio::test]
async fn long_bodies_are_cut_and_foreign_html_is_cleaned() {
    let desk = Desk::open().await;
    let answered = desk.put(json!({"comment": {"body": "é".repeat(40_000), "public": false}})).await;
    assert_eq!(answered.status, 200, "the cut is silent");
    assert_eq!(desk.last_comment().text.chars().count(), 32 * 1024);
    desk.put(json!({"comment": {"html_body": "<p data-key=\"k\" class=\"c\">x<script>1</script></p>", "public": false}})).await;
    assert_eq!(desk.last_comment().html, r#"<div class="zd-comment" dir="auto"><p>x</p></div>"#);
}

#[tokio::test]
async fn an_update_answers_ticket_and_audit() {
    let desk = Desk::open().await;
    let asked = json!({
        "comment": {"body": "hi", "public": false, "author_id": desk.agent.id}, "status": "open", "priority": "high",
        "metadata": {"delivery": "d-1"}, "unknown_key": 1,
    });
    let answered = desk.put(asked).await;
    let audit = &answered.json["audit"];
    let comment = audit["events"].as_array().unwrap().iter().find(|event| event["type"] == "Comment").unwrap();
    assert_eq!(comment["id"].as_u64().unwrap(), desk.last_comment().number);
    assert_eq!(audit["metadata"]["custom"], json!({"delivery": "d-1"}));
    assert_eq!(audit["author_id"], json!(desk.sim.integration_user().id), "the updater stays who called");
    assert_eq!(desk.last_comment().author.id, desk.agent.id);
    assert_eq!(answered.json["ticket"]["status"], json!("open"));
    let audits = desk.api.get(&desk.path("/audits?page[size]=1")).await;
    assert_eq!(audits.json["meta"]["has_more"], json!(true));
    let next = audits.json["links"]["next"].as_str().unwrap().strip_prefix(desk.sim.base_url()).unwrap().to_owned();
    assert_eq!(desk.api.get(&next).await.json["audits"][0]["metadata"]["custom"]["delivery"], json!("d-1"));
}

#[tokio::test]
async fn nothing_changed_moves_no_stamp() {
    let desk = Desk::open().await;
    desk.clock.advance(TimeDelta::minutes(5));
    let answered = desk.put(json!({"status": "new"})).await;
    assert_eq!(answered.json["ticket"]["updated_at"], json!("2026-11-22T09:00:00Z"));
    let comment = desk.sim.comments(desk.ticket)[0].number;
    desk.sim.make_private(desk.ticket, comment).unwrap();
    assert_eq!(desk.api.get(&desk.path("")).await.json["ticket"]["updated_at"], json!("2026-11-22T09:00:00Z"));
}

#[tokio::test]
async fn a_safe_update_is_refused_when_the_ticket_moved() {
    let desk = Desk::open().await;
    let seen = "2026-11-22T09:00:00Z";
    assert_eq!(desk.put(json!({"status": "open", "safe_update": true, "updated_stamp": seen})).await.status, 200);
    desk.clock.advance(TimeDelta::seconds(2));
    desk.sim.comment(desk.ticket, &desk.agent, "mine", Audience::Internal).unwrap();
    for safe in [json!(true), json!(false)] {
        let answered = desk.put(json!({"status": "solved", "safe_update": safe, "updated_stamp": seen})).await;
        assert_eq!(error(&answered), (409, json!("UpdateConflict")));
    }
    let tags = desk.api.put(&desk.path("/tags"), json!({"tags": ["a"], "safe_update": "true", "updated_stamp": seen})).await;
    assert_eq!(tags.status, 409);
    assert_eq!(desk.put(json!({"status": "solved", "updated_stamp": seen})).await.status, 200, "without the key it is forced");
}

#[tokio::test]
async fn comments_come_in_cursor_pages_whose_next_link_never_ends() {
    let desk = Desk::open().await;
    for word in ["two", "three"] {
        desk.sim.comment(desk.ticket, &desk.agent, word, Audience::Internal).unwrap();
    }
    desk.sim.system_comment(desk.ticket, "four").unwrap();
    let mut path = desk.path("/comments.json?page[size]=3&sort=-created_at&include=users");
    let mut bodies = Vec::new();
    let mut authors = Vec::new();
    loop {
        let page = desk.api.get(&path).await.json;
        bodies.extend(page["comments"].as_array().unwrap().iter().map(|comment| comment["body"].as_str().unwrap().to_owned()));
        authors.extend(page["users"].as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned()));
        path = page["links"]["next"].as_str().unwrap().strip_prefix(desk.sim.base_url()).unwrap().to_owned();
        if page["meta"]["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(bodies, ["four", "three", "two", "My parcel is late."]);
    assert_eq!(authors, ["Ann Agent", "Berta Buyer"], "the system's -1 has no user");
    let beyond = desk.api.get(&path).await.json;
    assert_eq!((beyond["comments"].clone(), beyond["meta"]["has_more"].clone()), (json!([]), json!(false)));
    assert!(beyond["links"]["next"].is_string());

    let mixed = desk.api.get(&desk.path("/comments?page[size]=1&sort_order=desc")).await.json;
    assert_eq!(mixed["comments"][0]["body"], json!("My parcel is late."), "mixing the styles drops the order");
    let offset = desk.api.get(&desk.path("/comments?sort_order=desc&per_page=1")).await.json;
    assert_eq!((offset["comments"][0]["author_id"].clone(), offset["count"].clone()), (json!(-1), json!(4)));
}

#[tokio::test]
async fn records_come_in_bundles_and_with_their_people() {
    let desk = Desk::open().await;
    let other = desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b"));
    let many = desk.api.get(&format!("/api/v2/tickets/show_many.json?ids={},{other},1", desk.ticket)).await.json;
    assert_eq!(many["tickets"].as_array().unwrap().iter().map(|ticket| &ticket["id"]).collect::<Vec<_>>(), [desk.ticket, other]);
    let people = desk.api.get(&format!("/api/v2/users/show_many?ids={},{}", desk.buyer.id, desk.agent.id)).await.json;
    assert_eq!(people["users"].as_array().unwrap().len(), 2);
    let with_users = desk.api.get(&desk.path("?include=users")).await.json;
    assert_eq!(with_users["users"][0]["email"], json!("berta@example.org"));
    let too_many = vec!["1"; 101].join(",");
    assert_eq!(desk.api.get(&format!("/api/v2/tickets/show_many?ids={too_many}")).await.status, 400);
}

#[tokio::test]
async fn a_flagged_mail_shows_its_flags() {
    let desk = Desk::open().await;
    let comment = desk.sim.comments(desk.ticket)[0].number;
    desk.sim.flag_comment(desk.ticket, comment).unwrap();
    let metadata = desk.api.get(&desk.path("/comments")).await.json["comments"][0]["metadata"].clone();
    assert_eq!((metadata["flags"].clone(), metadata["trusted"].clone()), (json!([2]), json!(false)));
}

#[tokio::test]
async fn tags_are_added_set_and_removed() {
    let desk = Desk::open().await;
    let tags = desk.path("/tags");
    for (method, sent, status, left) in [
        (Method::PUT, json!(["Vip", "a b"]), 200, json!(["vip", "a", "b"])),
        (Method::PUT, json!(["c"]), 200, json!(["vip", "a", "b", "c"])),
        (Method::DELETE, json!(["a"]), 200, json!(["vip", "b", "c"])),
        (Method::POST, json!(["x"]), 201, json!(["x"])),
    ] {
        let answered = desk.api.call(method, &tags, json!({"tags": sent})).await;
        assert_eq!((answered.status, answered.json["tags"].clone()), (status, left));
    }
    desk.put(json!({"tags": ["only"]})).await;
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().tags, ["only"], "tags in the ticket's body replace");
}

#[tokio::test]
async fn tickets_are_created_once_per_key_for_two_hours() {
    let desk = Desk::open().await;
    let body = |subject: &str| {
        let requester = json!({"name": "Nina New", "email": "nina@example.org"});
        json!({"ticket": {"subject": subject, "external_id": "case-1", "requester": requester, "comment": {"body": "hello", "public": true}}})
    };
    let create = async |key: &str, subject: &str| {
        let request = desk.api.request(Method::POST, "/api/v2/tickets.json").header("Idempotency-Key", key).json(&body(subject));
        desk.api.send(request).await.unwrap()
    };
    let first = create("k1", "a").await;
    assert_eq!((first.status, first.header("x-idempotency-lookup")), (201, Some("miss")));
    assert!(first.header("location").unwrap().ends_with(&format!("/tickets/{}.json", first.json["ticket"]["id"])));
    let again = create("k1", "a").await;
    assert_eq!((again.header("x-idempotency-lookup"), &again.json), (Some("hit"), &first.json));
    assert_eq!(error(&create("k1", "b").await), (400, json!("IdempotentRequestError")));
    assert_eq!(create(&"k".repeat(256), "a").await.status, 400);
    desk.clock.advance(TimeDelta::hours(2));
    assert_ne!(create("k1", "a").await.json["ticket"]["id"], first.json["ticket"]["id"], "forgotten after two hours");
    let found = desk.api.get("/api/v2/tickets?external_id=case-1").await.json;
    assert_eq!(found["tickets"].as_array().unwrap().len(), 2, "external ids are not unique");
}

#[tokio::test]
async fn users_are_made_or_found_five_times_a_minute() {
    let desk = Desk::open().await;
    let path = "/api/v2/users/create_or_update.json";
    let user = json!({"user": {"name": "Seller One", "external_id": "S-1", "email": "s1@example.com", "skip_verify_email": true}});
    let first = desk.api.post(path, user.clone()).await;
    assert_eq!(first.status, 201);
    let shouted = json!({"user": {"name": "Seller 1", "external_id": "s-1"}});
    let second = desk.api.post(path, shouted.clone()).await;
    assert_eq!((second.status, &second.json["user"]["id"]), (200, &first.json["user"]["id"]));
    assert_eq!(second.json["user"]["external_id"], json!("s-1"), "the stored case is overwritten");
    for _ in 0..3 {
        assert_eq!(desk.api.post(path, shouted.clone()).await.status, 200);
    }
    let refused = desk.api.post(path, shouted.clone()).await;
    assert_eq!((error(&refused), refused.header("retry-after")), ((429, json!("APIRateLimitExceeded")), Some("60")));
    desk.clock.advance(TimeDelta::minutes(1));
    assert_eq!(desk.api.post(path, shouted).await.status, 200);
    let shown = desk.api.get(&format!("/api/v2/users/{}", first.json["user"]["id"])).await;
    assert_eq!(shown.json["user"]["role"], json!("end-user"));
    assert_eq!(desk.api.get("/api/v2/users/search?external_id=S-1").await.json["count"], json!(1));
}

#[tokio::test]
async fn limits_of_plan_ticket_and_export_answer_429() {
    let limits = ZendeskLimits { requests: 40, updates_of_one_ticket: 2, ..ZendeskLimits::default() };
    let desk = Desk::open_with(|options| options.limits = limits).await;
    let first = desk.put(json!({"status": "open"})).await;
    assert!(first.header("zendesk-ratelimit-tickets-update").unwrap().starts_with("total=1000000; remaining=999999;"));
    assert_eq!((first.header("x-rate-limit"), first.header("x-rate-limit-remaining")), (Some("40"), Some("39")));
    desk.put(json!({"status": "pending"})).await;
    let refused = desk.put(json!({"status": "solved"})).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("600")));
    let export = "/api/v2/incremental/tickets/cursor?start_time=1000000000";
    for _ in 0..10 {
        assert_eq!(desk.api.get(export).await.status, 200);
    }
    assert_eq!(desk.api.get(export).await.status, 429);
    while desk.api.get("/api/v2/users/me").await.header("ratelimit-remaining") != Some("0") {}
    assert_eq!(desk.api.get("/api/v2/users/me").await.status, 429);
}

#[tokio::test]
async fn the_export_leaves_out_the_last_minute_and_keeps_binned_tickets() {
    let desk = Desk::open().await;
    let export = async |query: String| desk.api.get(&format!("/api/v2/incremental/tickets/cursor.json?{query}")).await.json;
    let start = "start_time=1000000000".to_owned();
    assert_eq!(export(start.clone()).await["tickets"], json!([]));
    desk.clock.advance(TimeDelta::seconds(30));
    let second = desk.sim.open_ticket(&desk.buyer, Opening::new("b", "b"));
    desk.sim.delete(second).unwrap();
    desk.clock.advance(TimeDelta::minutes(1));
    let page = export(format!("{start}&per_page=1")).await;
    assert_eq!((page["tickets"][0]["id"].clone(), page["end_of_stream"].clone()), (json!(desk.ticket), json!(false)));
    let after = page["after_url"].as_str().unwrap().strip_prefix(desk.sim.base_url()).unwrap().to_owned();
    let page = desk.api.get(&after).await.json;
    assert_eq!((page["tickets"][0]["status"].clone(), page["end_of_stream"].clone()), (json!("deleted"), json!(true)));
    desk.sim.set_urgency(desk.ticket, Urgency::High).unwrap();
    desk.clock.advance(TimeDelta::minutes(1));
    let cursor = format!("cursor={}", page["after_cursor"].as_str().unwrap().replace('=', "%3D").replace('+', "%2B"));
    assert_eq!(export(cursor).await["tickets"][0]["id"], json!(desk.ticket), "a changed ticket comes again");
}

#[tokio::test]
async fn merge_and_redaction_by_the_api() {
    let desk = Desk::open().await;
    let other = desk.sim.open_ticket(&desk.buyer, Opening::new("Again", "Also late."));
    let answered = desk.api.post(&desk.path("/merge"), json!({"ids": [other], "source_comment": "moved"})).await;
    assert_eq!((answered.status, answered.json["job_status"]["results"].is_null()), (200, true));
    let job = answered.json["job_status"]["id"].as_str().unwrap();
    let done = desk.api.get(&format!("/api/v2/job_statuses/{job}")).await;
    assert_eq!(done.json["job_status"]["status"], json!("completed"));
    assert_eq!(desk.sim.ticket(other).unwrap().state, TicketState::Closed);
    assert_eq!(desk.sim.comments(other)[1].text, "moved");
    assert_eq!(desk.last_comment().audience, Audience::Internal);

    let comment = desk.sim.comments(desk.ticket)[0].number;
    let redaction = json!({"ticket_id": desk.ticket, "html_body": "<p>My <redact>parcel</redact> is late.</p>"});
    let answered = desk.api.put(&format!("/api/v2/comment_redactions/{comment}.json"), redaction).await;
    assert_eq!(answered.json["comment"]["body"], json!("My ▇▇▇▇▇▇ is late."));
}

#[tokio::test]
async fn solved_reopens_closed_follows_up() {
    let desk = Desk::open().await;
    desk.sim.set_state(desk.ticket, TicketState::Solved).unwrap();
    desk.sim.comment(desk.ticket, &desk.agent, "note", Audience::Internal).unwrap();
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, TicketState::Solved, "staff do not reopen by writing");
    desk.sim.comment(desk.ticket, &desk.buyer, "still not here", Audience::Public).unwrap();
    assert_eq!(desk.sim.ticket(desk.ticket).unwrap().state, TicketState::Open);
    desk.sim.set_state(desk.ticket, TicketState::Closed).unwrap();
    assert!(desk.sim.comment(desk.ticket, &desk.agent, "x", Audience::Public).is_err());
    assert!(desk.sim.set_state(desk.ticket, TicketState::Open).is_err());
    let posted = desk.sim.comment(desk.ticket, &desk.buyer, "hello again", Audience::Public).unwrap();
    assert_ne!(posted.ticket, desk.ticket);
    let follow_up = desk.api.get(&format!("/api/v2/tickets/{}", posted.ticket)).await.json;
    assert_eq!(follow_up["ticket"]["via"]["source"]["rel"], json!("follow_up"));
    assert_eq!(follow_up["ticket"]["via"]["source"]["from"]["ticket_id"], json!(desk.ticket));
}

#[tokio::test]
async fn custom_statuses_map_to_their_category() {
    let desk = Desk::open_with(|options| options.custom_statuses = CustomStatuses::On).await;
    let statuses = desk.api.get("/api/v2/custom_statuses").await.json;
    let own = statuses["custom_statuses"].as_array().unwrap().iter().find(|status| status["agent_label"] == "Waiting for seller").unwrap();
    let answered = desk.put(json!({"custom_status_id": own["id"]})).await;
    assert_eq!(answered.json["ticket"]["status"], json!("hold"));
    assert_eq!(answered.json["ticket"]["custom_status_id"], own["id"]);
    assert_eq!(desk.put(json!({"custom_status_id": 1})).await.status, 422);
}
