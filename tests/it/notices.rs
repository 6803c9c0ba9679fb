//! What buyers are told without having asked: once for each order line and state, by the way that the marketplace chose, and
//! never against their will.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, Side};
use trilogue::domain::charter::{Charter, ProactiveNotices};
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;
use trilogue::workflow::notices;

use crate::harness::{Db, Desk, ORDER, Story, TestApp, in_both_products, on_both_databases, order};
use crate::shipments::report;

const MARIE: &str = "marie@example.org";
const PROMISE: &str = "2026-11-25T22:00:00+00:00";
const LATER: &str = "2026-11-28T22:00:00+00:00";
const NOTICES: &str = "kind promisedAt lineExternalId way state withheld order { reference } case { id }";

fn telling(proactive_notices: ProactiveNotices) -> Charter {
    Charter { proactive_notices, ..Charter::default() }
}

/// The notices that somebody sees, the newest first.
async fn seen(app: &TestApp, token: &str) -> Vec<Value> {
    let found = app.ask(token, &format!("{{ notices {{ nodes {{ {NOTICES} }} }} }}"), json!({})).await;
    found["notices"]["nodes"].as_array().unwrap().clone()
}

/// What the helpdesk mailed to the buyer.
fn mailed(story: &Story) -> Vec<String> {
    story.desk.sim.mails_to(MARIE).into_iter().map(|mail| mail.text).collect()
}

/// A minute later, the vendor reports again.
async fn then(story: &Story, more: Value) {
    story.app.advance(TimeDelta::minutes(1));
    report(story, more).await;
    story.desk.settle(&story.app).await;
}

async fn by_helpdesk(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, telling(ProactiveNotices::Helpdesk)).await;
    then(&story, json!({ "promisedAt": PROMISE, "trackingUrl": "https://colis.example/6A1" })).await;
    assert_eq!((seen(&story.app, &story.operator).await, mailed(&story)), (vec![], vec![]), "a promise is no news");

    then(&story, json!({ "promisedAt": LATER, "trackingUrl": "https://colis.example/6A1" })).await;
    then(&story, json!({ "promisedAt": LATER, "trackingUrl": "https://colis.example/6A1", "carrier": "La Poste" })).await;
    let mails = mailed(&story);
    assert_eq!(mails.len(), 1, "once: {mails:#?}");
    for words in ["MK-1001", "28 novembre 2026", "Théière", "https://colis.example/6A1", "répondez simplement"] {
        assert!(mails[0].contains(words), "{words}: {}", mails[0]);
    }
    let notices = seen(&story.app, &story.operator).await;
    assert_eq!(notices.len(), 1);
    let notice = &notices[0];
    assert_eq!((&notice["kind"], &notice["way"], &notice["state"]), (&json!("MOVED"), &json!("HELPDESK"), &json!("DELIVERED")));
    assert_eq!(
        (&notice["lineExternalId"], &notice["order"]["reference"], &notice["promisedAt"]),
        (&json!("1"), &json!(ORDER), &json!(LATER))
    );
    assert_eq!(seen(&story.app, &story.seller).await, notices, "its own orders");
    assert_eq!(seen(&story.app, &story.other_seller).await, Vec::<Value>::new());
    assert_eq!(seen(&story.app, &story.vendor).await, Vec::<Value>::new());

    // A case of its own, that waits for the buyer; no answer is due from anybody.
    let query = "query($id: ID!) { case(by: { id: $id }) { status phase awaiting { dueAt } seller { name } buyer { email }
        tickets { externalId } threads { messages(first: 9) { nodes { author text origin delivery } } } } }";
    let id = json!({ "id": notice["case"]["id"] });
    let case = story.app.ask(&story.operator, query, id.clone()).await["case"].clone();
    assert_eq!((&case["status"], &case["phase"]), (&json!("WAITING_BUYER"), &json!("DURING_ORDER")));
    assert_eq!((&case["seller"]["name"], &case["buyer"]["email"]), (&json!("Boutique Alma"), &json!(MARIE)));
    let said = case["threads"][0]["messages"]["nodes"].as_array().unwrap();
    assert_eq!(said.len(), 1, "the echo is no message of its own: {said:#?}");
    assert_eq!(
        (&said[0]["author"], &said[0]["origin"], &said[0]["delivery"]),
        (&json!("OPERATOR"), &json!("AUTOMATIC"), &json!("DELIVERED"))
    );
    let ticket: u64 = case["tickets"][0]["externalId"].as_str().unwrap().parse().unwrap();
    let comments = story.desk.sim.comments(ticket);
    assert_eq!((comments.len(), comments[0].author.side), (1, Side::Agent), "the helpdesk speaks, not the buyer");

    // The promise passes by time alone; the buyer has a case about it by now, and is told there.
    story.app.advance(TimeDelta::days(6) + TimeDelta::hours(14));
    story.desk.settle(&story.app).await;
    let notices = seen(&story.app, &story.operator).await;
    let told: Vec<_> = notices.iter().map(|notice| (notice["kind"].as_str().unwrap(), notice["way"].as_str().unwrap())).collect();
    assert_eq!(told, [("PASSED", "CASE"), ("MOVED", "HELPDESK")]);
    assert_eq!(notices[0]["case"], notices[1]["case"]);
    let mails = mailed(&story);
    assert_eq!(mails.len(), 2, "{mails:#?}");
    assert!(mails[1].contains("n'a pas encore été livrée"), "{}", mails[1]);
    story.app.advance(TimeDelta::hours(1));
    story.desk.settle(&story.app).await;
    assert_eq!(mailed(&story).len(), 2, "and not again");

    // The buyer answers: now it is the seller's turn.
    story.desk.sim.comment(ticket, &story.buyer, "Merci, mais où est-elle ?", Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    let case = story.app.ask(&story.operator, query, id).await["case"].clone();
    assert_eq!((&case["status"], case["awaiting"]["dueAt"].is_string()), (&json!("WAITING_SELLER"), true));
}

async fn into_the_case(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, telling(ProactiveNotices::Helpdesk)).await;
    report(&story, json!({ "promisedAt": PROMISE })).await;
    let ticket = story.ticket().await;
    let fields = "id status awaiting { dueAt } threads { kind messages(first: 9) { nodes { author text origin delivery } } }";
    let before = story.case(ticket, fields).await;
    then(&story, json!({ "promisedAt": LATER })).await;
    let after = story.case(ticket, fields).await;
    assert_eq!(
        (&before["status"], &before["awaiting"]),
        (&after["status"], &after["awaiting"]),
        "it is no answer: the seller's clock runs on"
    );
    let said = after["threads"][0]["messages"]["nodes"].as_array().unwrap();
    assert_eq!(said.len(), 2);
    assert_eq!(
        (&said[1]["author"], &said[1]["origin"], &said[1]["delivery"]),
        (&json!("OPERATOR"), &json!("AUTOMATIC"), &json!("DELIVERED"))
    );
    assert_eq!(after["threads"][0]["kind"], "SELLER_BUYER", "it lets nobody in");
    assert_eq!(story.desk.sim.comments(ticket).len(), 2, "the buyer has it, in the ticket");
    let notices = seen(&story.app, &story.operator).await;
    assert_eq!((&notices[0]["way"], &notices[0]["case"]["id"]), (&json!("CASE"), &after["id"]));
    assert_eq!(notices.len(), 1);

    // Settled, it is no place for news any more.
    story.app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": after["id"], "outcome": "SOLVED" })).await;
    story.desk.settle(&story.app).await;
    then(&story, json!({ "promisedAt": "2026-12-02T12:00:00Z" })).await;
    let notices = seen(&story.app, &story.operator).await;
    assert_eq!((notices.len(), &notices[0]["way"], &notices[0]["state"]), (2, &json!("HELPDESK"), &json!("DELIVERED")));
}

in_both_products! {
    a_move_and_a_missed_promise_are_told_once_by_the_helpdesk => by_helpdesk;
    who_has_a_case_is_told_in_it => into_the_case;
}

/// The e-mails that wait for a mail server that is not there, and how many there are in all.
async fn waiting(app: &TestApp) -> usize {
    app.cx.store.mails(app.marketplace.id, 50).await.unwrap().len()
}

on_both_databases! {
    async fn off_is_off_and_begins_with_what_comes(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        report(&story, json!({ "promisedAt": PROMISE })).await;
        then(&story, json!({ "promisedAt": LATER })).await;
        assert_eq!((seen(&story.app, &story.operator).await.len(), mailed(&story).len()), (0, 0));
        let made = story.app.act(&story.operator, "charterPublish", "charter { effect proactiveNotices }", json!({ "charter": { "proactiveNotices": "HELPDESK" } })).await;
        assert_eq!(made["charter"], json!({ "effect": "TECHNICAL", "proactiveNotices": "HELPDESK" }), "it holds at once");
        story.desk.settle(&story.app).await;
        assert_eq!(mailed(&story).len(), 0, "what moved before is no news");
        story.app.advance(TimeDelta::days(7));
        story.desk.settle(&story.app).await;
        assert_eq!(seen(&story.app, &story.operator).await[0]["kind"], "PASSED");
        assert_eq!(mailed(&story).len(), 1);
    }

    async fn a_state_is_told_once_whoever_sees_it_first(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, telling(ProactiveNotices::Helpdesk)).await;
        report(&story, json!({ "promisedAt": PROMISE })).await;
        story.app.advance(TimeDelta::minutes(1));
        let again = json!({ "shipments": [crate::shipments::parcel("P1", &json!({ "promisedAt": LATER }))] });
        let reports = (0..4).map(|_| story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", again.clone()));
        futures_util::future::join_all(reports).await;
        let due = story.app.cx.store.due_shipments(story.app.cx.now(), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        // Several replicas find it due in the same moment.
        let looks = (0..4).map(|_| notices::look(&story.app.cx, due[0]));
        for look in futures_util::future::join_all(looks).await {
            look.unwrap();
        }
        story.desk.settle(&story.app).await;
        assert_eq!((seen(&story.app, &story.operator).await.len(), mailed(&story).len()), (1, 1));
        // Back and forth, to a day of which the buyer was told already.
        then(&story, json!({ "promisedAt": PROMISE })).await;
        then(&story, json!({ "promisedAt": LATER })).await;
        assert_eq!((seen(&story.app, &story.operator).await.len(), mailed(&story).len()), (1, 1), "the same state");
        // A parcel of the same line that moves to the same day is no other state.
        let other = |promise: &str| json!({ "shipments": [crate::shipments::parcel("P2", &json!({ "promisedAt": promise }))] });
        for promise in [PROMISE, LATER] {
            story.app.advance(TimeDelta::minutes(1));
            story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", other(promise)).await;
            story.desk.settle(&story.app).await;
        }
        assert_eq!((seen(&story.app, &story.operator).await.len(), mailed(&story).len()), (1, 1), "the same line");
        then(&story, json!({ "promisedAt": LATER, "deliveredAt": "2026-11-22T09:01:00Z" })).await;
        story.app.advance(TimeDelta::minutes(1));
        let there = json!({ "shipments": [crate::shipments::parcel("P2", &json!({ "promisedAt": LATER, "deliveredAt": "2026-11-22T09:01:00Z" }))] });
        story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", there).await;
        story.app.advance(TimeDelta::days(9));
        story.desk.settle(&story.app).await;
        assert_eq!(seen(&story.app, &story.operator).await.len(), 1, "what was delivered cannot be late");
    }

    async fn lines_of_one_parcel_share_a_message_and_each_has_its_notice(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, telling(ProactiveNotices::Helpdesk)).await;
        let mut two = order("MK-3003", "alma");
        two["lines"] = json!([{ "externalId": "a", "title": "Tasse", "quantity": 1, "unitPrice": { "amount": "1.00", "currencyCode": "EUR" } },
            { "externalId": "b", "title": "Soucoupe", "quantity": 1, "unitPrice": { "amount": "1.00", "currencyCode": "EUR" } }]);
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [two] })).await;
        for promise in [PROMISE, LATER] {
            story.app.advance(TimeDelta::minutes(1));
            let parcel = json!({ "orderReference": "MK-3003", "externalId": "P", "promisedAt": promise,
                "lines": [{ "lineExternalId": "a", "quantity": 1 }, { "lineExternalId": "b", "quantity": 1 }] });
            story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
            story.desk.settle(&story.app).await;
        }
        let mails = mailed(&story);
        assert!(mails.len() == 1 && mails[0].contains("Tasse") && mails[0].contains("Soucoupe"), "{mails:#?}");
        let query = "query($order: String, $after: String) { notices(orderReference: $order, first: 1, after: $after) { pageInfo { hasNextPage endCursor } nodes { lineExternalId } } }";
        let first = story.app.ask(&story.operator, query, json!({ "order": "MK-3003" })).await["notices"].clone();
        assert_eq!((&first["nodes"][0]["lineExternalId"], &first["pageInfo"]["hasNextPage"]), (&json!("b"), &json!(true)));
        let second = story.app.ask(&story.seller, query, json!({ "order": "MK-3003", "after": first["pageInfo"]["endCursor"] })).await["notices"].clone();
        assert_eq!((&second["nodes"][0]["lineExternalId"], &second["pageInfo"]["hasNextPage"]), (&json!("a"), &json!(false)));
        for (token, reference) in [(&story.operator, "MK-2002"), (&story.operator, "NOPE"), (&story.other_seller, "MK-3003")] {
            let none = story.app.ask(token, query, json!({ "order": reference })).await;
            assert_eq!(none["notices"]["nodes"], json!([]), "{reference}");
        }
    }

    async fn by_email_and_never_against_the_buyers_will(db: Db) {
        let mut story = Story::begin_with(db, HelpdeskKind::Zendesk, telling(ProactiveNotices::Email)).await;
        report(&story, json!({ "promisedAt": PROMISE })).await;
        then(&story, json!({ "promisedAt": LATER })).await;
        let notices = seen(&story.app, &story.operator).await;
        assert_eq!((&notices[0]["way"], &notices[0]["state"], &notices[0]["withheld"]), (&json!("NONE"), &json!("WITHHELD"), &json!("NO_WAY")), "no mail server");
        story.app.send_mails_in_vain();
        then(&story, json!({ "promisedAt": "2026-11-29T22:00:00+00:00" })).await;
        let notices = seen(&story.app, &story.operator).await;
        assert_eq!((&notices[0]["way"], &notices[0]["state"], &notices[0]["case"]), (&json!("EMAIL"), &json!("PENDING"), &Value::Null));
        assert_eq!((waiting(&story.app).await, mailed(&story).len()), (1, 0), "the helpdesk has nothing to do with it");
        // The mail server does not come back.
        for _ in 0..40 {
            story.app.advance(TimeDelta::hours(6));
            story.app.work().await;
        }
        let gone = seen(&story.app, &story.operator).await.into_iter().find(|notice| notice["promisedAt"] == "2026-11-29T22:00:00+00:00" && notice["kind"] == "MOVED");
        assert_eq!(gone.unwrap()["state"], "FAILED");

        for token in [&story.vendor, &story.operator, &story.vendor] {
            let set = json!({ "buyerEmail": " Marie@example.org", "notices": "STOPPED" });
            assert_eq!(story.app.act(token, "buyerNoticesSet", "notices", set).await["notices"], "STOPPED");
        }
        let before = waiting(&story.app).await;
        story.app.advance(TimeDelta::minutes(1));
        report(&story, json!({ "promisedAt": "2026-12-20T22:00:00+00:00" })).await;
        story.app.work().await;
        let notices = seen(&story.app, &story.operator).await;
        assert_eq!((&notices[0]["state"], &notices[0]["withheld"]), (&json!("WITHHELD"), &json!("OPTED_OUT")));
        assert_eq!(waiting(&story.app).await, before);
        story.app.act(&story.vendor, "buyerNoticesSet", "notices", json!({ "buyerEmail": MARIE, "notices": "WANTED" })).await;
        story.app.advance(TimeDelta::minutes(1));
        report(&story, json!({ "promisedAt": "2026-12-24T22:00:00+00:00" })).await;
        story.app.work().await;
        assert_eq!(seen(&story.app, &story.operator).await[0]["way"], "EMAIL");
        for (token, email, code) in [(&story.seller, MARIE, "NOT_ALLOWED"), (&story.vendor, "nobody", "INVALID")] {
            let refused = story.app.try_act(token, "buyerNoticesSet", "notices", json!({ "buyerEmail": email, "notices": "STOPPED" })).await;
            assert_eq!(refused["userErrors"][0]["code"], code);
        }
    }

    async fn an_unknown_address_is_told_nothing(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Freshdesk, telling(ProactiveNotices::Helpdesk)).await;
        let mut nobody = order("MK-4004", "alma");
        nobody.as_object_mut().unwrap().remove("buyerEmail");
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [nobody] })).await;
        let parcel = json!({ "orderReference": "MK-4004", "externalId": "P", "promisedAt": "2026-11-21T22:00:00+00:00", "lines": [{ "lineExternalId": "1", "quantity": 2 }] });
        story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
        story.desk.settle(&story.app).await;
        let notices = seen(&story.app, &story.operator).await;
        assert_eq!((&notices[0]["kind"], &notices[0]["state"], &notices[0]["withheld"]), (&json!("PASSED"), &json!("WITHHELD"), &json!("NO_ADDRESS")));
    }

    /// A buyer of whom only an address was known has a name as soon as they give it.
    async fn a_buyer_known_by_address_gets_a_name(db: Db) {
        let app = TestApp::start_with(db, telling(ProactiveNotices::Helpdesk)).await;
        let desk = Desk::connect(&app, HelpdeskKind::Zendesk).await;
        let vendor = app.token(Role::Vendor, None).await;
        let operator = app.token(Role::Operator, None).await;
        app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": [{ "externalId": "alma", "name": "Alma" }] })).await;
        let mut strange = order("X-1", "alma");
        strange["buyerEmail"] = json!("luc@example.org");
        app.act(&vendor, "ordersUpsert", "orders { id }", json!({ "orders": [strange] })).await;
        let parcel = json!({ "orderReference": "X-1", "externalId": "P", "promisedAt": "2026-11-21T22:00:00+00:00", "lines": [{ "lineExternalId": "1", "quantity": 1 }] });
        app.act(&vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
        desk.settle(&app).await;
        jobs::run_due(&app.cx).await;
        assert_eq!(desk.sim.mails_to("luc@example.org").len(), 1, "the helpdesk made a user of the address");
        let opening = json!({ "subject": "Autre", "buyerName": "Luc Petit", "buyerEmail": "luc@example.org", "text": "Bonjour", "idempotencyKey": "k" });
        let opened = app.act(&operator, "caseOpen", "case { buyer { displayName } }", opening).await;
        assert_eq!(opened["case"]["buyer"]["displayName"], "Luc Petit");
    }
}
