//! What each role reads, and how a wrong question is answered.

use serde_json::{Value, json};
use trilogue::domain::ids::{BuyerId, ConnectionId, EventId, SellerId};
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::tenants::{self, TokenRequest};

use super::{Shop, post};
use crate::harness::{Story, on_both_databases};

/// The code and the path of the only error.
fn fault(answer: &Value) -> (String, Value) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no error: {answer:#}"));
    assert_eq!(errors.len(), 1, "{answer:#}");
    assert!(errors[0]["message"].as_str().is_some_and(|text| !text.is_empty()), "{answer:#}");
    (errors[0]["extensions"]["code"].as_str().unwrap_or("none").to_owned(), errors[0]["path"].clone())
}

on_both_databases! {
    async fn each_role_sees_its_part(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let ticket = story.ticket().await;
        let query = "query($by: CaseByInput!) {
            viewer { role party name seller { externalId } marketplace { slug } }
            marketplace { slug name currencyCode locale timezone conversationMode sellerReplyHours connections { helpdesk } }
            cases { nodes { reference } }
            case(by: $by) { reference }
            own: order(by: { reference: \"MK-1001\" }) { total { amount currencyCode } buyerEmail seller { name } lines { externalId title sku quantity unitPrice { amount } } }
            others: order(by: { reference: \"MK-2002\" }) { reference }
            alma: seller(by: { externalId: \"alma\" }) { name email }
            brio: seller(by: { externalId: \"brio\" }) { name } }";
        let mut seen = Vec::new();
        for (role, token) in [("operator", &story.operator), ("seller", &story.seller), ("other seller", &story.other_seller), ("vendor", &story.vendor)] {
            let answer = story.app.ask(token, query, json!({ "by": story.desk.key(ticket) })).await;
            seen.push(format!("{role}: {answer:#}"));
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("what_each_role_reads", seen.join("\n"));
        });
    }

    async fn every_kind_of_node_is_found(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let case = story.case(ticket, "id seller { id } order { id } threads { id participants { id } messages { nodes { id } } }").await;
        let marketplace = story.app.ask(&story.operator, "{ marketplace { id } }", json!({})).await["marketplace"]["id"].clone();
        let thread = &case["threads"][0];
        let query = "query($id: ID!) { node(id: $id) { __typename id } }";
        for (id, kind) in [
            (&marketplace, "Marketplace"),
            (&case["id"], "Case"),
            (&thread["id"], "Thread"),
            (&thread["messages"]["nodes"][0]["id"], "Message"),
            (&thread["participants"][0]["id"], "Participant"),
            (&case["order"]["id"], "Order"),
            (&case["seller"]["id"], "Seller"),
        ] {
            let found = story.app.ask(&story.operator, query, json!({ "id": id })).await;
            assert_eq!(found["node"], json!({ "__typename": kind, "id": id }));
        }
        let id = case["id"].as_str().unwrap();
        let malformed = [
            String::new(), "cas".into(), "cas_".into(), "cas_12".into(), format!("{id}0"), id.replace("cas_", "CAS_"), id.replace("cas_", "xyz_"),
            id[4..].into(), "42".into(), BuyerId::generate().to_string(), EventId::generate().to_string(), ConnectionId::generate().to_string(),
            "é".repeat(500),
        ];
        for id in malformed {
            let answer = story.app.answer(&story.operator, query, json!({ "id": id })).await;
            assert_eq!(fault(&answer), ("BAD_USER_INPUT".to_owned(), json!(["node"])), "{id}: {answer:#}");
            assert!(answer.to_string().len() < 500, "an error repeats no long input: {answer}");
        }
        // Where the kind is known, an id of another kind is refused before anything runs.
        let wrong = json!({ "id": SellerId::generate().to_string() });
        let answer = story.app.answer(&story.operator, "query($id: ID!) { case(by: { id: $id }) { id } }", wrong).await;
        assert_eq!(fault(&answer).0, "BAD_USER_INPUT", "{answer:#}");
    }

    async fn a_case_has_exactly_one_name_at_a_time(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let by = async |by: Value| shop.app.answer(&shop.operator, "query($by: CaseByInput!) { case(by: $by) { id } }", json!({ "by": by })).await;
        assert_eq!(by(json!({ "id": case })).await["data"]["case"]["id"], *case);
        assert_eq!(by(json!({ "reference": "C-1001" })).await["data"]["case"]["id"], *case);
        assert_eq!(by(json!({ "reference": "C-1" })).await["data"], json!({ "case": null }));
        let ticket = json!({ "ticket": { "helpdesk": "ZENDESK", "externalId": "1" } });
        assert_eq!(by(ticket).await["data"], json!({ "case": null }));
        for wrong in [json!({ "id": case, "reference": "C-1001" }), json!({}), json!({ "id": null }), json!({ "name": "C-1001" })] {
            assert_eq!(fault(&by(wrong.clone()).await).0, "BAD_USER_INPUT", "{wrong}");
        }
        let both = format!("{{ case(by: {{ id: \"{case}\", reference: \"C-1001\" }}) {{ id }} }}");
        assert_eq!(fault(&shop.app.answer(&shop.operator, &both, json!({})).await).0, "BAD_USER_INPUT");
    }

    async fn without_a_good_token_nobody_gets_in(db: Db) {
        let shop = Shop::open(db).await;
        let request = TokenRequest { role: Role::Operator, seller: None, name: "for a day".to_owned() };
        let (row, token) = tenants::create_token(&shop.app.cx, shop.app.marketplace.id, request).await.unwrap();
        let token = secrecy::ExposeSecret::expose_secret(&token).to_owned();
        let url = format!("{}/graphql", shop.app.url);
        let send = async |token: Option<&str>| {
            let mut request = shop.app.http.post(&url).json(&json!({ "query": "{ viewer { name } }" }));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        };
        let (status, answer) = send(Some(&token)).await;
        assert_eq!((status, &answer["data"]["viewer"]["name"]), (200, &json!("for a day")));
        assert!(shop.app.cx.store.revoke_token(shop.app.marketplace.id, row.id).await.unwrap());
        for token in [Some(token.as_str()), Some("trl_op_never"), Some(""), None] {
            let (status, answer) = send(token).await;
            assert_eq!(status, 401, "{answer:#}");
            assert_eq!(fault(&answer).0, "UNAUTHENTICATED");
        }
    }

    async fn another_marketplace_does_not_exist(db: Db) {
        let shop = Shop::open(db).await;
        let elsewhere = shop.app.another_marketplace("souk").await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.thread(&case, "SELLER_BUYER").await;
        let ids = shop.app.ask(&shop.operator, "{ marketplace { id } order(by: { reference: \"A-1\" }) { id seller { id } } }", json!({})).await;
        for role in [Role::Operator, Role::Vendor] {
            let foreign = shop.app.token_in(&elsewhere, role, None).await;
            for id in [&json!(case), &json!(thread), &ids["marketplace"]["id"], &ids["order"]["id"], &ids["order"]["seller"]["id"]] {
                let found = shop.app.ask(&foreign, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
                assert_eq!(found, json!({ "node": null }), "{id}");
            }
            let query = "{ cases { nodes { id } } case(by: { reference: \"C-1001\" }) { id } order(by: { reference: \"A-1\" }) { id } seller(by: { externalId: \"alma\" }) { id } }";
            let found = shop.app.ask(&foreign, query, json!({})).await;
            assert_eq!(found, json!({ "cases": { "nodes": [] }, "case": null, "order": null, "seller": null }));
        }
    }

    /// What one of the databases cannot hold is refused on both, and never a failure of ours.
    async fn no_text_breaks_the_database(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.thread(&case, "SELLER_BUYER").await;
        let nul = "a\u{0}b";
        for (query, variables) in [
            ("query($r: String!) { case(by: { reference: $r }) { id } }", json!({ "r": nul })),
            ("query($r: String!) { cases(filter: { orderReference: $r }) { nodes { id } } }", json!({ "r": nul })),
            ("mutation($i: MessagePostInput!) { messagePost(input: $i) { message { id } } }", json!({ "i": post(&thread, nul, "k") })),
            ("{ case(by: { reference: \"a\\u0000b\" }) { id } }", json!({})),
        ] {
            let answer = shop.app.answer(&shop.alma, query, variables).await;
            assert_eq!(fault(&answer).0, "BAD_USER_INPUT", "{query}: {answer:#}");
        }
        for date in ["-200000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1600-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+262000-01-01T00:00:00Z"] {
            let query = "query($t: DateTime!) { cases(filter: { updatedAfter: $t }) { nodes { id } } }";
            let answer = shop.app.answer(&shop.alma, query, json!({ "t": date })).await;
            let expected = usize::from(!date.starts_with(['9', '+']));
            let found = answer["data"]["cases"]["nodes"].as_array().map(Vec::len);
            assert!(found == Some(expected) || fault(&answer).0 == "BAD_USER_INPUT", "{date}: {answer:#}");
        }
        // The usual fire of text inputs: whatever comes back is no failure of ours.
        for text in ["", " ", "'; DROP TABLE cases; --", "\u{feff}\u{202e}", "😀", &"x".repeat(100_000), "%", "\\", "{{7*7}}", "\"\"\""] {
            for query in ["query($t: String!) { case(by: { reference: $t }) { id } }", "query($t: String!) { order(by: { reference: $t }) { id } }", "query($t: String!) { seller(by: { externalId: $t }) { id } }"] {
                let answer = shop.app.answer(&shop.operator, query, json!({ "t": text })).await;
                assert!(answer.get("errors").is_none(), "{query} {text}: {answer:#}");
            }
        }
    }
}
