//! Who may know what of the books, and what it costs to ask.
#![expect(clippy::similar_names, reason = "`none` and `node` are what they are")]

use serde_json::{Value, json};
use trilogue::domain::ids::{PostingId, PromoCodeId, StoreCreditId};
use trilogue::domain::ledger::Rules;
use trilogue::domain::parties::Role;
use trilogue::domain::refunds::RefundMeans;

use super::{Books, Way, money, worked_example};
use crate::harness::on_both_databases;

const STATEMENT: &str = "query($id: ID!) { node(id: $id) { ... on Seller { balance { amount }
    statement(period: { from: \"2026-11-01T00:00:00Z\", until: \"2026-12-01T00:00:00Z\" }) { closing { amount } } } } }";

on_both_databases! {
    async fn everybody_reads_their_own(db: Db) {
        let books = Books::open(db).await;
        let order = books.tell(worked_example("A-1")).await;
        let refund = books.paid(order, &[], Way::units(1)).await;
        books.book(books.seller(0), &refund).await;
        let all = books.entries(&books.operator, json!({})).await;
        let own = books.entries(&books.tokens[0], json!({})).await;
        assert_eq!(own, all.iter().filter(|(account, ..)| account == "SELLER").cloned().collect::<Vec<_>>());
        assert_eq!(books.entries(&books.operator, json!({ "sellerId": books.sellers[0] })).await, own);
        assert_eq!(books.entries(&books.tokens[0], json!({ "sellerId": books.sellers[0] })).await, own);
        let elsewhere = books.app.another_marketplace("souk").await;
        let foreign = books.app.token_in(&elsewhere, Role::Operator, None).await;
        let none: Vec<(String, String, String)> = Vec::new();
        for (token, filter) in [
            (&books.tokens[0], json!({ "sellerId": books.sellers[1] })),
            (&books.tokens[0], json!({ "account": "OPERATOR" })),
            (&books.tokens[1], json!({})),
            (&books.tokens[1], json!({ "sellerId": books.sellers[0] })),
            (&books.vendor, json!({})),
            (&foreign, json!({})),
            (&foreign, json!({ "sellerId": books.sellers[0] })),
        ] {
            assert_eq!(books.entries(token, filter).await, none);
        }
        let known = json!({ "balance": [{ "amount": "40.12" }], "statement": { "closing": { "amount": "40.12" } } });
        let unknown = json!({ "balance": [], "statement": null });
        for (token, sees) in [(&books.operator, &known), (&books.tokens[0], &known), (&books.tokens[1], &Value::Null), (&books.vendor, &unknown), (&foreign, &Value::Null)] {
            assert_eq!(&books.app.ask(token, STATEMENT, json!({ "id": books.sellers[0] })).await["node"], sees);
        }

        let query = "{ ledgerEntries(first: 1) { nodes { posting { id } } } }";
        let posting = books.app.ask(&books.tokens[0], query, json!({})).await["ledgerEntries"]["nodes"][0]["posting"]["id"].clone();
        let node = "query($id: ID!) { node(id: $id) { ... on LedgerPosting { cause refundId order { reference } entries { account kind } } } }";
        let whole = books.app.ask(&books.operator, node, json!({ "id": posting })).await["node"].clone();
        assert_eq!((&whole["cause"], &whole["refundId"], &whole["order"]["reference"]), (&json!("REFUND"), &json!(refund.id.to_string()), &json!("A-1")));
        assert!(whole["entries"].as_array().unwrap().iter().any(|entry| entry["account"] == "COMMISSION_TAX"));
        let part = books.app.ask(&books.tokens[0], node, json!({ "id": posting })).await["node"]["entries"].clone();
        assert!(!part.as_array().unwrap().is_empty() && part.as_array().unwrap().iter().all(|entry| entry["account"] == "SELLER"), "{part}");
        let never = json!(PostingId::generate().to_string());
        for token in [&books.tokens[1], &books.vendor, &foreign] {
            let seen = books.app.raw(token, node, json!({ "id": posting })).await;
            assert_eq!(seen, books.app.raw(token, node, json!({ "id": never })).await);
        }
    }

    async fn a_seller_knows_the_amount_of_credit_and_nothing_else(db: Db) {
        let books = Books::open(db).await;
        for (reference, means) in [("A-1", RefundMeans::StoreCredit), ("A-2", RefundMeans::Voucher)] {
            let order = books.tell(worked_example(reference)).await;
            books.give(reference, order, Way::all_as(means), &Rules::default()).await;
        }
        let query = "{ storeCredits { nodes { id issued { amount } remaining { amount } state issuedAt expiresAt revision refundId case { id } uses { usedAt } } }
            promoCodes { nodes { id value { amount } code state validFrom expiresAt revision refundId case { id } uses { usedAt } } } }";
        let whole = books.app.ask(&books.operator, query, json!({})).await;
        assert_eq!(books.app.ask(&books.vendor, query, json!({})).await, whole);
        let (credit, code) = (&whole["storeCredits"]["nodes"][0], &whole["promoCodes"]["nodes"][0]);
        assert_eq!((&credit["state"], &code["state"]), (&json!("OPEN"), &json!("OPEN")));
        assert!(credit["case"]["id"].is_string() && code["code"].is_string(), "{whole:#}");
        let part = books.app.ask(&books.tokens[0], query, json!({})).await;
        assert_eq!(part["storeCredits"]["nodes"], json!([{ "id": credit["id"], "issued": { "amount": "65.87" }, "remaining": null, "state": null,
            "issuedAt": null, "expiresAt": null, "revision": null, "refundId": null, "case": null, "uses": [] }]));
        assert_eq!(part["promoCodes"]["nodes"], json!([{ "id": code["id"], "value": { "amount": "65.87" }, "code": null, "state": null,
            "validFrom": null, "expiresAt": null, "revision": null, "refundId": null, "case": null, "uses": [] }]));
        // What it is not told it cannot ask by.
        let filtered = books.app.answer(&books.tokens[0], "{ storeCredits(filter: { state: OPEN }) { nodes { id } } }", json!({})).await;
        assert_eq!(filtered["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        let elsewhere = books.app.another_marketplace("souk").await;
        let foreign = books.app.token_in(&elsewhere, Role::Operator, None).await;
        let node = "query($id: ID!) { node(id: $id) { id } }";
        let never = [json!(StoreCreditId::generate().to_string()), json!(PromoCodeId::generate().to_string())];
        for token in [&books.tokens[1], &foreign] {
            let none = books.app.ask(token, query, json!({})).await;
            assert_eq!(none, json!({ "storeCredits": { "nodes": [] }, "promoCodes": { "nodes": [] } }));
            for (real, never) in [credit, code].into_iter().zip(&never) {
                let seen = books.app.raw(token, node, json!({ "id": real["id"] })).await;
                assert_eq!(seen, books.app.raw(token, node, json!({ "id": never })).await);
            }
        }
        let by_mail = "query($email: String!) { storeCredits(filter: { buyerEmail: $email }) { nodes { id } } promoCodes(filter: { buyerEmail: $email, state: OPEN }) { nodes { id } } }";
        let found = books.app.ask(&books.vendor, by_mail, json!({ "email": " Marie@Example.org" })).await;
        assert_eq!((&found["storeCredits"]["nodes"][0]["id"], &found["promoCodes"]["nodes"][0]["id"]), (&credit["id"], &code["id"]));
        let none = books.app.ask(&books.vendor, by_mail, json!({ "email": "paul@example.org" })).await;
        assert_eq!(none, json!({ "storeCredits": { "nodes": [] }, "promoCodes": { "nodes": [] } }));
    }

    /// Neither a balance nor a page of entries costs more statements when there is more.
    async fn asking_costs_the_same_however_much_was_booked(db: Db) {
        let books = Books::open(db).await;
        let query = "query($id: ID!) { node(id: $id) { ... on Seller { balance { amount } statement(period: { from: \"2026-11-22T00:00:00Z\", until: \"2026-11-23T00:00:00Z\" }) { closing { amount } } } }
            ledgerEntries(first: 50) { nodes { seller { name } posting { cause order { reference } corrects { id } entries { kind seller { name } } } } }
            storeCredits { nodes { case { id } uses { order { id } } } } }";
        let mut costs = Vec::new();
        for round in 0..2 {
            for number in 0..=(20 * round) {
                let reference = format!("A-{round}-{number}");
                let order = books.tell(worked_example(&reference)).await;
                books.give(&reference, order, Way::all_as(RefundMeans::StoreCredit), &Rules::default()).await;
            }
            for _ in 0..3 {
                let (_, statements) = books.app.statements(books.app.ask(&books.operator, query, json!({ "id": books.sellers[0] }))).await;
                costs.push((round, statements.len()));
            }
        }
        let most = |wanted| costs.iter().filter(|(round, _)| *round == wanted).map(|(_, count)| *count).max().unwrap();
        // Two lists may come in one look or in two.
        assert!(most(1) <= most(0) + 1 && most(1) <= 20, "{costs:?}");
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("0.00", "EUR")]));
    }

    async fn odd_questions(db: Db) {
        let books = Books::open(db).await;
        let ask = async |statement: &str| {
            let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Seller {{ statement({statement}) {{ closing {{ amount currencyCode }} }} }} }} }}");
            books.app.answer(&books.operator, &query, json!({ "id": books.sellers[0] })).await
        };
        for wrong in [
            "period: { from: \"2026-11-22T00:00:00Z\", until: \"2026-11-22T00:00:00Z\" }",
            "period: { from: \"2026-11-23T00:00:00Z\", until: \"2026-11-22T00:00:00Z\" }",
            "period: { from: \"0001-01-01T00:00:00Z\", until: \"2026-11-22T00:00:00Z\" }",
            "period: { from: \"2026-11-21T00:00:00Z\", until: \"2026-11-22T00:00:00Z\" }, currencyCode: \"XYZ\"",
        ] {
            assert_eq!(ask(wrong).await["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{wrong}");
        }
        let nothing = ask("period: { from: \"2026-11-21T00:00:00Z\", until: \"2026-11-22T00:00:00Z\" }, currencyCode: \"KWD\"").await;
        assert_eq!(nothing["data"]["node"]["statement"]["closing"], json!({ "amount": "0.000", "currencyCode": "KWD" }));
        let change = |ledger: Value| json!({ "charter": { "ledger": ledger } });
        let fields = "charter { ledger { storeCreditDays promoCodeDays owedLimit { amount } } }";
        for (ledger, field) in [
            (json!({ "storeCreditDays": 0 }), "storeCreditDays"),
            (json!({ "promoCodeDays": 3661 }), "promoCodeDays"),
            (json!({ "owedLimit": money("-1", "EUR") }), "owedLimit"),
        ] {
            let refused = books.app.try_act(&books.operator, "charterPublish", fields, change(ledger)).await;
            assert_eq!(refused["userErrors"][0]["field"], json!(["charter", "ledger", field]), "{refused:#}");
        }
        let kept = books.app.act(&books.operator, "charterPublish", fields, change(json!({ "storeCreditDays": 30, "owedLimit": money("5", "EUR") }))).await;
        assert_eq!(kept["charter"]["ledger"], json!({ "storeCreditDays": 30, "promoCodeDays": 365, "owedLimit": { "amount": "5.00" } }), "at once");
    }
}
