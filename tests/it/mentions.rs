//! What is said elsewhere: known once each, read for how it sounds, and brought to the case of the order that it names.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trilogue::demo::peer::Audience;
use trilogue::domain::charter::Charter;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, ORDER, Story, in_both_products, on_both_databases};

const FIELDS: &str =
    "mentions { id source externalId url author text rating { value worst best } tone orderReference case { id } createdAt updatedAt }";

/// Something that is said elsewhere, as it is told.
pub(crate) fn mention(more: &Value) -> Value {
    let mut mention = json!({ "source": "Trustfire", "url": "https://trustfire.example/shop/12#r7" });
    mention.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    mention
}

async fn report(story: &Story, token: &str, mentions: Value) -> Value {
    story.app.act(token, "mentionsReport", FIELDS, json!({ "mentions": mentions })).await["mentions"].clone()
}

async fn listed(story: &Story, arguments: &str) -> Vec<Value> {
    let query = format!("{{ mentions({arguments}) {{ nodes {{ id }} }} }}");
    story.app.ask(&story.operator, &query, json!({})).await["mentions"]["nodes"].as_array().unwrap().clone()
}

fn bad(more: &Value) -> Value {
    let mut told = mention(&json!({ "rating": { "value": 1 }, "text": "Never again.", "orderReference": ORDER }));
    told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    told
}

/// What is told and read of it in a day.
pub(crate) async fn used(story: &Story) {
    let whole = bad(&json!({ "externalId": "r-1", "author": "Kim", "publishedAt": "2026-11-20T08:00:00Z" }));
    let told = report(story, &story.vendor, json!([whole])).await;
    for arguments in ["first: 1", "first: 1, tone: NEGATIVE", &format!("first: 1, caseId: {}", told[0]["case"]["id"])] {
        listed(story, arguments).await;
    }
}

on_both_databases! {
    async fn each_is_known_once_however_it_is_told(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let told = mention(&json!({ "url": "https://trustfire.example/shop/12?utm_source=mail#r7", "author": "Kim", "text": "Quick and kind. Perfect!",
            "rating": { "value": 9.5, "worst": 0, "best": 10 }, "publishedAt": "2026-11-20T08:00:00Z" }));
        let first = report(&story, &story.vendor, json!([told])).await;
        assert_eq!(first[0]["url"], "https://trustfire.example/shop/12#r7");
        assert_eq!((&first[0]["tone"], &first[0]["rating"]), (&json!("POSITIVE"), &json!({ "value": 9.5, "worst": 0.0, "best": 10.0 })));
        story.app.advance(chrono::TimeDelta::hours(1));
        assert_eq!(report(&story, &story.operator, json!([told])).await, first, "told twice, it is known once");

        let better = mention(&json!({ "text": "Quick and kind. Perfect!", "rating": { "value": 5 } }));
        let named = mention(&json!({ "externalId": "r-7", "text": "Quick." }));
        let after = report(&story, &story.vendor, json!([better, named])).await;
        assert_eq!((&after[0]["id"], &after[0]["author"], &after[0]["rating"]["value"]), (&first[0]["id"], &json!("Kim"), &json!(5.0)));
        assert_ne!(after[0]["updatedAt"], first[0]["updatedAt"]);
        assert_ne!(after[1]["id"], first[0]["id"], "what has an id of its own is another");
        assert_eq!(listed(&story, "first: 10").await, [json!({ "id": after[1]["id"] }), json!({ "id": after[0]["id"] })]);
        assert_eq!(listed(&story, "first: 10, tone: POSITIVE").await.len(), 1);
        assert_eq!(listed(&story, "first: 10, tone: NEGATIVE").await.len(), 0);
    }

    async fn told_by_several_at_once_it_is_known_once_and_opens_one_case(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let all = futures_util::future::join_all((0..6).map(|number| {
            let many = json!([bad(&json!({ "externalId": "r-1" })), bad(&json!({ "externalId": format!("own-{number}") }))]);
            let many = if number % 2 == 0 { json!([many[1], many[0]]) } else { many };
            let story = &story;
            async move { report(story, &story.vendor, many).await }
        }));
        let cases: BTreeSet<_> = all.await.iter().flat_map(|told| [told[0]["case"]["id"].to_string(), told[1]["case"]["id"].to_string()]).collect();
        assert_eq!(cases.len(), 1, "{cases:?}");
        assert_eq!(listed(&story, "first: 100").await.len(), 7);
    }

    async fn a_bad_one_with_an_order_opens_a_case_that_the_operator_alone_knows_it_from(db: Db) {
        let charter = Charter { order_pattern: Some(r"\bMK-[0-9-]+\b".parse().unwrap()), ..Charter::default() };
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, charter).await;
        let without = json!([
            mention(&json!({ "externalId": "1", "rating": { "value": 1 }, "text": "Never again." })),
            mention(&json!({ "externalId": "2", "rating": { "value": 5 }, "orderReference": ORDER })),
            mention(&json!({ "externalId": "3", "rating": { "value": 1 }, "orderReference": "NOPE" })),
        ]);
        let told = report(&story, &story.vendor, without).await;
        assert!(told.as_array().unwrap().iter().all(|told| told["case"].is_null()), "{told}");

        let words = format!("Horrible. My order {ORDER} never came, I hate this shop.");
        let told = report(&story, &story.vendor, json!([mention(&json!({ "externalId": "3", "text": words }))])).await;
        assert_eq!((&told[0]["tone"], &told[0]["orderReference"]), (&json!("NEGATIVE"), &json!("NOPE")), "what was told stays");
        let (earlier, opened) = (told[0]["id"].clone(), told[0]["case"]["id"].clone());
        let told = report(&story, &story.vendor, json!([mention(&json!({ "externalId": "4", "text": words }))])).await;
        let case = told[0]["case"]["id"].clone();
        assert!(case.is_string() && case == opened, "the order is found in the words, and has its case now: {told}");
        let again = report(&story, &story.vendor, json!([bad(&json!({ "externalId": "1" })), bad(&json!({ "externalId": "4" }))])).await;
        assert_eq!(again[0]["case"]["id"], case, "the case that is there");

        let query = "query($id: ID!) { node(id: $id) { ... on Case { channel order { reference } timeline(first: 50) { nodes { __typename ... on MentionFoundEvent { mentionId } } } } } }";
        let seen = story.app.ask(&story.operator, query, json!({ "id": case })).await["node"].clone();
        assert_eq!((&seen["channel"], &seen["order"]["reference"]), (&json!("SOCIAL"), &json!(ORDER)));
        let found = |seen: &Value| {
            let all = seen["timeline"]["nodes"].as_array().unwrap().iter();
            all.filter(|item| item["__typename"] == "MentionFoundEvent").map(|item| item["mentionId"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(found(&seen), [earlier, told[0]["id"].clone(), again[0]["id"].clone()], "each once");
        for token in [&story.vendor, &story.buyer_token().await] {
            let seen = story.app.ask(token, query, json!({ "id": case })).await["node"].clone();
            assert_eq!(found(&seen), Vec::<Value>::new());
        }
        let seen = story.app.ask(&story.seller, query, json!({ "id": case })).await["node"].clone();
        assert_eq!(seen, Value::Null, "nobody waits for the seller, who was asked nothing");
        let turn = story.app.ask(&story.operator, "query($id: ID!) { case(by: { id: $id }) { status mode } }", json!({ "id": case })).await;
        assert_eq!(turn["case"], json!({ "status": "WAITING_OPERATOR", "mode": "OPERATOR_ONLY" }));
        assert_eq!(listed(&story, &format!("first: 10, caseId: {case}")).await.len(), 3);
    }

    async fn others_neither_tell_nor_read(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let told = report(&story, &story.vendor, json!([bad(&json!({}))])).await;
        let elsewhere = story.app.another_marketplace("elsewhere").await;
        let stranger = story.app.token_in(&elsewhere, Role::Operator, None).await;
        let buyer = story.buyer_token().await;
        for token in [&story.seller, &buyer] {
            let refused = story.app.refuse(token, "mentionsReport", FIELDS, json!({ "mentions": [bad(&json!({}))] })).await;
            assert_eq!(refused["code"], "NOT_ALLOWED");
        }
        for token in [&story.seller, &story.vendor, &buyer, &stranger] {
            let seen = story.app.ask(token, "{ mentions(first: 5) { nodes { id } } }", json!({})).await;
            assert_eq!(seen["mentions"]["nodes"], json!([]));
        }
        let theirs = report(&story, &stranger, json!([bad(&json!({}))])).await;
        assert_ne!(theirs[0]["id"], told[0]["id"]);
        assert_eq!(theirs[0]["case"], Value::Null, "orders of others are unknown");
    }

    async fn all_faults_at_once_and_nothing_stored(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let odd = json!({ "source": "", "url": "javascript:alert(1)", "author": "", "externalId": "x".repeat(129), "orderReference": " ",
            "text": "x".repeat(10_001), "rating": { "value": 6 }, "publishedAt": "1822-01-01T00:00:00Z" });
        let silent = mention(&json!({ "externalId": "9" }));
        let huge = mention(&json!({ "externalId": "8", "rating": { "value": 1e300, "worst": -1e300, "best": 1e301 } }));
        let input = json!({ "mentions": [bad(&json!({})), odd, silent, bad(&json!({})), huge] });
        let refused = story.app.try_act(&story.vendor, "mentionsReport", FIELDS, input).await;
        let mut faults: Vec<_> = refused["userErrors"].as_array().unwrap().iter().map(|error| {
            let path: Vec<_> = error["field"].as_array().unwrap().iter().skip(1).map(|part| part.as_str().unwrap()).collect();
            format!("{}: {}", path.join("."), error["code"].as_str().unwrap())
        }).collect();
        faults.sort();
        assert_eq!(faults, ["1.author: LENGTH", "1.externalId: LENGTH", "1.orderReference: LENGTH", "1.publishedAt: INVALID", "1.rating: INVALID", "1.source: LENGTH",
            "1.text: LENGTH", "1.url: INVALID", "2.text: INVALID", "3: DUPLICATE", "4.rating: INVALID"]);
        assert_eq!(listed(&story, "first: 5").await.len(), 0);
        for many in [json!([]), (0..101).map(|id| mention(&json!({ "externalId": id.to_string(), "text": "Hm." }))).collect()] {
            let refused = story.app.refuse(&story.vendor, "mentionsReport", FIELDS, json!({ "mentions": many })).await;
            assert_eq!(refused["code"], "TOO_MANY");
        }
    }

    async fn lists_are_read_in_pages(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let many: Vec<_> = (0..25).map(|id| mention(&json!({ "externalId": id.to_string(), "text": "Hm." }))).collect();
        report(&story, &story.vendor, json!(many)).await;
        let query = "query($after: String) { mentions(first: 10, after: $after) { nodes { externalId } pageInfo { hasNextPage endCursor } } }";
        let (mut seen, mut after) = (BTreeSet::new(), Value::Null);
        for page in 0..3 {
            let answer = story.app.ask(&story.operator, query, json!({ "after": after })).await["mentions"].clone();
            seen.extend(answer["nodes"].as_array().unwrap().iter().map(|node| node["externalId"].to_string()));
            after = answer["pageInfo"]["endCursor"].clone();
            assert_eq!(answer["pageInfo"]["hasNextPage"], page < 2);
        }
        assert_eq!(seen.len(), 25);
    }
}

/// The team is told in the ticket, and the buyer is not.
async fn told_in_the_ticket(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    report(&story, &story.vendor, json!([bad(&json!({ "text": "Horrible. {{ticket.requester.email}} I hate this shop." }))])).await;
    story.desk.settle(&story.app).await;
    let told = story.said(ticket, "Horrible");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].audience, Audience::Internal);
    assert!(told[0].text.contains("https://trustfire.example/shop/12#r7") && !told[0].text.contains("{{ticket"), "{}", told[0].text);
}

in_both_products! {
    the_team_is_told_of_a_bad_one_in_the_ticket => told_in_the_ticket;
}
