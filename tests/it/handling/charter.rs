//! The charter: announced in time, accepted, and what a case is under.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Story, TestApp, on_both_databases};
use trilogue::domain::parties::Role;

async fn publish(story: &Story, input: Value) -> Value {
    story.app.try_act(&story.operator, "charterPublish", "charter { version effect effectiveAt announcedAt summary }", input).await
}

async fn in_force(story: &Story) -> i64 {
    story.app.ask(&story.seller, "{ marketplace { charter { version } } }", json!({})).await["marketplace"]["charter"]["version"]
        .as_i64()
        .unwrap()
}

on_both_databases! {
    async fn what_binds_the_parties_waits_for_its_notice_and_running_cases_keep_their_rules(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let before = story.ticket().await;
        let targets = json!({ "firstReplyHours": 24, "nextReplyHours": 12, "resolutionHours": 240 });
        let change = json!({ "charter": { "sellerTargets": targets, "routes": [{ "reason": "late", "mode": "TRIPARTITE" }] }, "summary": "Plus vite" });
        let published = publish(&story, change.clone()).await;
        assert_eq!(published["userErrors"], json!([]));
        let charter = &published["charter"];
        assert_eq!((&charter["version"], &charter["effect"], &charter["summary"]), (&json!(2), &json!("BINDING"), &json!("Plus vite")));
        assert_eq!(charter["effectiveAt"], "2026-12-07T09:00:00+00:00", "15 days after the announcement");
        assert_eq!(in_force(&story).await, 1);
        let again = publish(&story, change).await;
        assert_eq!(again["charter"]["version"], 2, "what changes nothing is no new version");

        let early = json!({ "charter": { "reopenDays": 30 }, "effectiveAt": "2026-12-01T00:00:00Z" });
        let refused = publish(&story, early).await;
        assert_eq!(refused["userErrors"][0]["field"], json!(["effectiveAt"]));
        assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains("2026-12-07 09:00 UTC"), "{refused}");

        story.app.advance(TimeDelta::days(15));
        assert_eq!(in_force(&story).await, 2, "announced before, in force now, without anybody doing anything");
        assert_eq!(story.case(before, "charterVersion").await["charterVersion"], 1, "a case stays under the rules it began with");
        let after = story.ticket().await;
        let case = story.case(after, "charterVersion awaiting { dueAt }").await;
        assert_eq!(case["charterVersion"], 2);
        let due: chrono::DateTime<chrono::Utc> = case["awaiting"]["dueAt"].as_str().unwrap().parse().unwrap();
        let hours = (due - story.app.cx.now()).num_minutes();
        assert!((24 * 60 - 5..=24 * 60).contains(&hours), "24 hours for the first answer: {hours} minutes");
    }

    async fn technical_changes_hold_at_once_even_while_others_are_announced(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        assert_eq!(publish(&story, json!({ "charter": { "reopenDays": 30 } })).await["charter"]["version"], 2);
        let technical = publish(&story, json!({ "charter": { "ticketSync": "OFF", "orderPattern": "(BZ-\\d+)" } })).await;
        assert_eq!((&technical["charter"]["version"], &technical["charter"]["effect"]), (&json!(3), &json!("TECHNICAL")));
        let now = "{ marketplace { charter { version ticketSync orderPattern reopenDays } } }";
        let seen = story.app.ask(&story.operator, now, json!({})).await["marketplace"]["charter"].clone();
        assert_eq!(seen, json!({ "version": 3, "ticketSync": "OFF", "orderPattern": "(BZ-\\d+)", "reopenDays": 14 }));
        story.app.advance(TimeDelta::days(15));
        let seen = story.app.ask(&story.operator, now, json!({})).await["marketplace"]["charter"].clone();
        assert_eq!(seen, json!({ "version": 4, "ticketSync": "OFF", "orderPattern": "(BZ-\\d+)", "reopenDays": 30 }), "neither change undoes the other");
        let seen = story.app.ask(&story.seller, now, json!({})).await["marketplace"]["charter"].clone();
        assert_eq!((&seen["ticketSync"], &seen["orderPattern"], &seen["reopenDays"]), (&Value::Null, &Value::Null, &json!(30)));

        let list = "query($after: String) { marketplace { charters(first: 3, after: $after) { pageInfo { hasNextPage endCursor } nodes { version } } } }";
        let page = story.app.ask(&story.seller, list, json!({})).await["marketplace"]["charters"].clone();
        assert_eq!(page["nodes"], json!([{ "version": 4 }, { "version": 3 }, { "version": 2 }]));
        let rest = story.app.ask(&story.seller, list, json!({ "after": page["pageInfo"]["endCursor"] })).await["marketplace"]["charters"].clone();
        assert_eq!((&rest["nodes"], &rest["pageInfo"]["hasNextPage"]), (&json!([{ "version": 1 }]), &json!(false)));
    }

    async fn what_was_announced_and_is_said_again_with_a_technical_change_still_waits_for_its_notice(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        publish(&story, json!({ "charter": { "reopenDays": 30 } })).await;
        story.app.advance(TimeDelta::days(1));
        let both = publish(&story, json!({ "charter": { "reopenDays": 30, "ticketSync": "OFF" } })).await;
        assert_eq!((&both["charter"]["version"], &both["charter"]["effectiveAt"]), (&json!(3), &json!("2026-12-07T09:00:00+00:00")));
        let now = "{ marketplace { charter { version ticketSync reopenDays } } }";
        let seen = story.app.ask(&story.operator, now, json!({})).await["marketplace"]["charter"].clone();
        assert_eq!((&seen["version"], &seen["reopenDays"]), (&json!(1), &json!(14)), "nobody is bound without notice");
        story.app.advance(TimeDelta::days(14));
        let seen = story.app.ask(&story.operator, now, json!({})).await["marketplace"]["charter"].clone();
        assert_eq!(seen, json!({ "version": 3, "ticketSync": "OFF", "reopenDays": 30 }));
    }

    async fn without_sellers_there_is_nobody_to_give_notice_to(db: Db) {
        let app = TestApp::start(db).await;
        let operator = app.token(Role::Operator, None).await;
        let made = app.act(&operator, "charterPublish", "charter { version effectiveAt }", json!({ "charter": { "noticeDays": 30 } })).await;
        assert_eq!(made["charter"], json!({ "version": 2, "effectiveAt": "2026-11-22T09:00:00+00:00" }));
    }

    async fn sellers_accept_a_version(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let query = "query($id: String!) { seller(by: { externalId: $id }) { charterAcceptance { version acceptedAt } } }";
        let accepted = story.app.act(&story.seller, "charterAccept", "acceptance { version acceptedAt }", json!({ "version": 1 })).await;
        assert_eq!(accepted["acceptance"], json!({ "version": 1, "acceptedAt": "2026-11-22T09:00:00+00:00" }));
        story.app.advance(TimeDelta::hours(1));
        let again = story.app.act(&story.seller, "charterAccept", "acceptance { acceptedAt }", json!({ "version": 1 })).await;
        assert_eq!(again["acceptance"]["acceptedAt"], "2026-11-22T09:00:00+00:00", "what was accepted was accepted then");
        for (token, id, version) in [(&story.operator, "alma", json!(1)), (&story.operator, "brio", Value::Null), (&story.seller, "alma", json!(1))] {
            let seen = story.app.ask(token, query, json!({ "id": id })).await["seller"]["charterAcceptance"].clone();
            assert_eq!(seen.get("version").unwrap_or(&Value::Null), &version, "{id}");
        }
        let seen = story.app.ask(&story.vendor, query, json!({ "id": "alma" })).await;
        assert_eq!(seen["seller"]["charterAcceptance"], Value::Null, "that is between operator and seller");
        for (token, version, code) in [(&story.seller, 2, "NOT_FOUND"), (&story.operator, 1, "NOT_ALLOWED"), (&story.vendor, 1, "NOT_ALLOWED")] {
            let refused = story.app.try_act(token, "charterAccept", "acceptance { version }", json!({ "version": version })).await;
            assert_eq!(refused["userErrors"][0]["code"], code);
        }
    }

    async fn bad_charters_are_refused_whole(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let reason = |key: &str| json!({ "key": key, "family": "COMPLAINT", "labels": [{ "locale": "fr", "label": "Autre" }] });
        for (charter, path) in [
            (json!({ "buyerSilenceDays": 0 }), json!(["charter", "buyerSilenceDays"])),
            (json!({ "reopenDays": -3 }), json!(["charter", "reopenDays"])),
            (json!({ "warnAtPercent": 101 }), json!(["charter", "warnAtPercent"])),
            (json!({ "orderPattern": "(" }), json!(["charter", "orderPattern"])),
            (json!({ "reasons": [reason("a"), reason("a")] }), json!(["charter", "reasons", "1", "key"])),
            (json!({ "reasons": [reason("A b")] }), json!(["charter", "reasons", "0", "key"])),
            (json!({ "routes": [{ "reason": "nowhere", "mode": "TRIPARTITE" }] }), json!(["charter", "routes", "0", "reason"])),
            (json!({ "consumerMediator": { "name": "M", "url": "http://m.example" } }), json!(["charter", "consumerMediator", "url"])),
            (json!({ "businessHours": { "timezone": "Mars/Base", "week": [] } }), json!(["charter", "businessHours"])),
        ] {
            let refused = publish(&story, json!({ "charter": charter })).await;
            assert_eq!((&refused["charter"], &refused["userErrors"][0]["field"]), (&Value::Null, &path), "{charter}: {refused}");
        }
        let refused = publish(&story, json!({ "charter": {}, "summary": "x".repeat(2_001) })).await;
        assert_eq!(refused["userErrors"][0]["code"], "LENGTH");
        for token in [&story.seller, &story.vendor] {
            let refused = story.app.try_act(token, "charterPublish", "charter { version }", json!({ "charter": { "reopenDays": 3 } })).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
        }
        assert_eq!(in_force(&story).await, 1);
        let none = story.app.ask(&story.operator, "{ marketplace { charter(version: 2) { version } } }", json!({})).await;
        assert_eq!(none["marketplace"]["charter"], Value::Null);
    }

    /// Routes decide who talks with the buyer; some reasons leave the seller out, who then knows of nothing.
    async fn some_reasons_are_none_of_the_sellers_business(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let open = |reason: &str, key: &str| json!({ "subject": "Alerte", "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org",
            "text": "La théière fume.", "orderReference": "MK-1001", "reason": reason, "idempotencyKey": key });
        let fields = "case { id mode owner status reason { key label(locale: \"en\") family costBearer } threads { kind } }";
        let opened = story.app.act(&story.vendor, "caseOpen", fields, open("safety", "k1")).await["case"].clone();
        assert_eq!((&opened["mode"], &opened["owner"], &opened["status"]), (&json!("OPERATOR_ONLY"), &json!("OPERATOR"), &json!("WAITING_OPERATOR")));
        assert_eq!(opened["reason"], json!({ "key": "safety", "label": "Danger to people", "family": "COMPLAINT", "costBearer": "SELLER" }));
        let node = "query($id: ID!) { node(id: $id) { ... on Case { reference } } cases(first: 5) { nodes { id } } }";
        let seen = story.app.ask(&story.seller, node, json!({ "id": opened["id"] })).await;
        assert_eq!(seen, json!({ "node": null, "cases": { "nodes": [] } }), "the seller is left out");
        story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [opened["id"]], "kind": "OPERATOR_SELLER" })).await;
        let seen = story.app.ask(&story.seller, node, json!({ "id": opened["id"] })).await;
        assert_eq!(seen["cases"]["nodes"], json!([{ "id": opened["id"] }]), "let in, it knows the case");

        let usual = story.app.act(&story.vendor, "caseOpen", fields, open("late", "k2")).await["case"].clone();
        assert_eq!((&usual["mode"], &usual["owner"]), (&json!("SELLER_FIRST"), &json!("SELLER")));
        let named = story.app.act(&story.seller, "caseNameReason", fields, json!({ "caseId": usual["id"], "reason": "counterfeit" })).await["case"].clone();
        assert_eq!((&named["owner"], &named["status"]), (&json!("OPERATOR"), &json!("WAITING_OPERATOR")));
        let timeline = "query($id: ID!) { node(id: $id) { ... on Case { timeline(last: 5) { nodes { __typename ... on CaseEscalatedEvent { reason } } } } } }";
        let told = story.app.ask(&story.seller, timeline, json!({ "id": usual["id"] })).await;
        assert!(told.to_string().contains("\"COUNTERFEIT\""), "{told}");

        for (reason, order, code, field) in
            [("nowhere", "MK-1001", "NOT_FOUND", "reason"), ("Not a key", "MK-1001", "NOT_FOUND", "reason"), ("damaged", "MK-1001", "INVALID", "orderLineId")]
        {
            let mut input = open(reason, reason);
            input["orderReference"] = json!(order);
            let refused = story.app.try_act(&story.vendor, "caseOpen", "case { id }", input).await;
            assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]), (&json!(code), &json!([field])), "{reason}");
        }
    }
}
