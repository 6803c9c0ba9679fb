//! Pages: every item once, whatever happens meanwhile.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Shop, post};
use crate::harness::on_both_databases;

/// Walks through a whole list in pages and gives the ids in the order in which they came.
async fn walk(forward: bool, mut page: impl AsyncFnMut(Value) -> Value) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let variables = if forward { json!({ "first": 37, "after": cursor }) } else { json!({ "last": 37, "before": cursor }) };
        let found = page(variables).await;
        let mut nodes: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect();
        let info = &found["pageInfo"];
        if !forward {
            nodes.reverse();
        }
        ids.extend(nodes);
        let (more, next, behind) =
            if forward { ("hasNextPage", "endCursor", "hasPreviousPage") } else { ("hasPreviousPage", "startCursor", "hasNextPage") };
        assert_eq!(info[behind], !cursor.is_null(), "{info:#}");
        if info[more] == false {
            return ids;
        }
        cursor = info[next].clone();
    }
}

const INFO: &str = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";

on_both_databases! {
    async fn two_hundred_and_fifty_cases(db: Db) {
        let shop = Shop::open(db).await;
        let mut all = Vec::new();
        for number in 0..250 {
            // Some at the same instant, so that the time alone does not tell them apart.
            if number % 3 == 0 {
                shop.app.advance(TimeDelta::seconds(1));
            }
            all.push(shop.case((number % 2 == 0).then_some("A-1"), &number.to_string()).await);
        }
        let expected: BTreeSet<_> = all.iter().cloned().collect();
        for (order, token, size) in [("UPDATED_DESC", &shop.operator, 250), ("OPENED_DESC", &shop.vendor, 250), ("DUE_ASC", &shop.operator, 250), ("UPDATED_DESC", &shop.alma, 125)] {
            for forward in [true, false] {
                let mut added = 0;
                let query = format!("query($first: Int, $after: String, $last: Int, $before: String) {{ cases(orderBy: {order}, first: $first, after: $after, last: $last, before: $before) {{ {INFO} nodes {{ id }} }} }}");
                let ids = walk(forward, async |variables| {
                    // Each list is led by the newest, so what comes meanwhile comes before its beginning, or after its end.
                    shop.app.advance(TimeDelta::seconds(1));
                    added += 1;
                    shop.case(Some("A-1"), &format!("{order} {forward} {size} {added}")).await;
                    shop.app.ask(token, &query, variables).await["cases"].clone()
                }).await;
                let seen: Vec<_> = ids.iter().filter(|id| expected.contains(*id)).collect();
                assert_eq!(seen.len(), size, "{order} {forward}");
                assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{order} {forward}: one came twice");
            }
        }
        let answer = shop.app.ask(&shop.operator, "{ cases(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } }", json!({})).await;
        assert_eq!(answer["cases"], json!({ "nodes": [], "pageInfo": { "hasNextPage": true, "endCursor": null } }));
    }

    async fn two_hundred_and_fifty_messages(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        let mut all = Vec::new();
        for number in 0..250 {
            let payload = shop.app.act(&shop.operator, "messagePost", "message { id }", post(&thread, &number.to_string(), &number.to_string())).await;
            all.push(payload["message"]["id"].as_str().unwrap().to_owned());
        }
        let mut added = 0;
        for forward in [true, false] {
            let query = format!("query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{ node(id: $id) {{ ... on Thread {{ messages(first: $first, after: $after, last: $last, before: $before) {{ {INFO} nodes {{ id }} }} }} }} }}");
            let mut ids = walk(forward, async |mut variables| {
                variables["id"] = json!(thread);
                let found = shop.app.ask(&shop.alma, &query, variables).await["node"]["messages"].clone();
                added += 1;
                let text = format!("meanwhile {added}");
                shop.app.act(&shop.operator, "messagePost", "message { id }", post(&thread, &text, &text)).await;
                found
            }).await;
            if !forward {
                ids.reverse();
            }
            assert_eq!(ids[..250], all, "forward: {forward}");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        }
        let query = format!("query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{ case(by: {{ id: $id }}) {{ timeline(first: $first, after: $after, last: $last, before: $before) {{ {INFO} nodes {{ id }} }} }} }}");
        for forward in [true, false] {
            let ids = walk(forward, async |mut variables| {
                variables["id"] = json!(case);
                shop.app.ask(&shop.alma, &query, variables).await["case"]["timeline"].clone()
            }).await;
            // Opened, order attached, two threads, the buyer's words, and each message.
            assert_eq!(ids.len(), 5 + 250 + added, "forward: {forward}");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        }
    }

    async fn a_wrong_page_is_refused(db: Db) {
        let shop = Shop::open(db).await;
        let (one, two) = (shop.case(Some("A-1"), "1").await, shop.case(Some("A-2"), "2").await);
        let (thread, other) = (shop.thread(&one, "SELLER_BUYER").await, shop.thread(&two, "SELLER_BUYER").await);
        let hidden = shop.open_thread(&[&one], "OPERATOR_BUYER").await;
        shop.app.act(&shop.operator, "messagePost", "message { id }", post(&hidden, "x", "x")).await;
        let message = async |thread: &str| shop.app.ask(&shop.operator, "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { id } } } } }", json!({ "id": thread })).await["node"]["messages"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        let event = async |case: &str| shop.app.ask(&shop.operator, "query($id: ID!) { case(by: { id: $id }) { timeline { nodes { id } } } }", json!({ "id": case })).await["case"]["timeline"]["nodes"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
        let (own_message, foreign_message, hidden_message) = (message(&thread).await, message(&other).await, message(&hidden).await);
        let (hidden_event, foreign_event) = (event(&one).await, event(&two).await);
        let never = trilogue::domain::ids::MessageId::generate().to_string();
        let both = [("cases", "first: 1, last: 1"), ("cases", "first: 1, before: \"x\""), ("cases", "after: \"x\", before: \"x\""), ("cases", "first: 101"), ("cases", "last: 101"), ("cases", "first: -1"), ("cases", "after: \"x\""), ("cases", "after: \"\"")];
        let mut questions: Vec<String> = both.iter().map(|(list, arguments)| format!("{{ {list}({arguments}) {{ nodes {{ id }} }} }}")).collect();
        questions.push(format!("{{ cases(after: \"{own_message}\") {{ nodes {{ id }} }} }}"));
        for cursor in [&foreign_message, &hidden_message, &never, &foreign_event, &one] {
            questions.push(format!("{{ node(id: \"{thread}\") {{ ... on Thread {{ messages(after: \"{cursor}\") {{ nodes {{ id }} }} }} }} }}"));
        }
        for cursor in [&hidden_event, &foreign_event, &own_message] {
            questions.push(format!("{{ case(by: {{ id: \"{one}\" }}) {{ timeline(before: \"{cursor}\") {{ nodes {{ id }} }} }} }}"));
        }
        for question in questions {
            let answer = shop.app.answer(&shop.alma, &question, json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{question}: {answer:#}");
            assert!(answer["errors"][0]["path"].is_array(), "{answer:#}");
        }
        // What nobody may know of is refused in the very words for what never was.
        let ask = async |cursor: &str| shop.app.raw(&shop.alma, "query($t: ID!, $c: String!) { node(id: $t) { ... on Thread { messages(after: $c) { nodes { id } } } } }", json!({ "t": thread, "c": cursor })).await;
        assert_eq!(ask(&hidden_message).await, ask(&never).await);
        let filtered = shop.app.ask(&shop.operator, "{ cases(filter: { status: [WAITING_SELLER], awaiting: SELLER, owner: SELLER, phase: AFTER_SALE, orderReference: \"A-1\" }) { nodes { id } } }", json!({})).await;
        assert_eq!(filtered["cases"]["nodes"], json!([{ "id": one }]));
        let none = shop.app.ask(&shop.operator, "{ cases(filter: { status: [RESOLVED], awaiting: SELLER }) { nodes { id } } }", json!({})).await;
        assert_eq!(none["cases"]["nodes"], json!([]));
    }
}
