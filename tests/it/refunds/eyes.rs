//! Who sees what of a refund, and what looking costs.

use serde_json::{Value, json};
use trilogue::domain::ids::RefundId;
use trilogue::domain::money::Money;
use trilogue::domain::parties::Role;
use trilogue::domain::refunds::RefundRules;

use super::{GRANT, REFUND, Shop, eur, failed, fault, sold};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn the_buyers_side_sees_nothing_of_how_it_is_decided_and_sent(db: Db) {
        let limit = Some(Money { minor: 5000, currency: "EUR".parse().unwrap() });
        let shop = Shop::open_with(db, RefundRules { second_approver_above: limit, ..RefundRules::default() }).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        let asked = shop.see(&shop.vendor, &refund["id"]).await;
        shop.pass(chrono::TimeDelta::minutes(1));
        shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        assert_eq!(shop.see(&shop.vendor, &refund["id"]).await, asked, "a proposal is not the buyer's, nor its time or number");
        shop.decide(&shop.second, "refundApprove", &refund, json!({})).await;
        let granted = shop.see(&shop.vendor, &refund["id"]).await;
        let grant = &granted["grant"];
        assert_eq!((&granted["status"], &grant["amount"]["amount"]), (&json!("GRANTED"), &json!("65.87")));
        for hidden in [&grant["costs"], &grant["grantedBy"], &grant["approvedBy"], &granted["attempts"], &granted["proposal"]] {
            assert_eq!(*hidden, Value::Null);
        }
        shop.pass(chrono::TimeDelta::minutes(1));
        shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        shop.hear(&refund, 1, failed()).await;
        assert_eq!(shop.see(&shop.vendor, &refund["id"]).await, granted, "nor that it was sent, and failed");
        // What is refused is refused in words that tell nothing more.
        let refused = shop.try_decide(&shop.vendor, "refundConsent", &refund, json!({ "text": "Oui" })).await;
        assert_eq!(refused["userErrors"][0]["message"], "This is not possible while the refund is granted.");

        let seller = shop.see(&shop.seller, &refund["id"]).await;
        assert_eq!((&seller["status"], &seller["attempts"][0]["failure"]), (&json!("FAILED"), &json!("DECLINED")));
        assert_eq!(seller["grant"]["grantedBy"], json!({ "party": "OPERATOR", "name": null }), "no names of the operator's staff");
        assert_eq!(seller["grant"]["costs"]["goods"]["seller"], 10000);
    }

    async fn a_buyer_acts_for_themselves(db: Db) {
        let shop = Shop::open(db).await;
        let admit = async |order: &Value| {
            shop.app.act(&shop.vendor, "buyerAdmit", "token", json!({ "orderId": order })).await["token"].as_str().unwrap().to_owned()
        };
        let mut theirs = sold("C-1", "alma");
        theirs["buyerEmail"] = json!("paul@example.org");
        let stored = shop.app.act(&shop.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [theirs] })).await;
        let (marie, paul) = (admit(&shop.order).await, admit(&stored["orders"][0]["id"]).await);
        let refund = shop.ask_for(&marie, "WITHDRAWAL", json!({})).await;
        assert_eq!((&refund["askedBy"], &refund["attempts"]), (&json!("BUYER"), &Value::Null));
        shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "STORE_CREDIT" })).await;
        assert_eq!(shop.see(&paul, &refund["id"]).await, Value::Null);
        let input = json!({ "refundId": refund["id"], "revision": 2, "text": "Oui" });
        assert_eq!(fault(&shop.attempt(&paul, "refundConsent", input).await), (json!(["refundId"]), json!("NOT_FOUND")));
        let refused = shop.attempt(&paul, "refundRequest", shop.asking("COMMERCIAL", json!({}))).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")));
        let agreed = shop.decide(&marie, "refundConsent", &refund, json!({ "text": "Un avoir me va." })).await;
        assert_eq!(agreed["grant"]["consent"]["state"], "GIVEN");
    }

    async fn nobody_else_can_tell_that_there_is_a_refund(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        let elsewhere = shop.app.another_marketplace("souk").await;
        let foreign = shop.app.token_in(&elsewhere, Role::Operator, None).await;
        let never = json!(RefundId::generate().to_string());
        let before = shop.everything().await;
        for token in [&shop.other_seller, &foreign] {
            assert_eq!(shop.see(token, &refund["id"]).await, Value::Null);
            for (mutation, more) in [
                ("refundGrant", json!({ "form": "FULL" })),
                ("refundDecline", json!({ "reason": "NOT_DUE", "text": "Non." })),
                ("refundApprove", json!({})),
                ("refundSubmit", json!({})),
                ("refundRetry", json!({})),
                ("refundCancel", json!({})),
                ("refundConsent", json!({ "text": "Oui" })),
                ("refundRefuseConsent", json!({})),
                ("refundEstablish", json!({ "startedAt": "2026-11-20T10:00:00Z" })),
            ] {
                let input = |id: &Value| {
                    let mut input = json!({ "refundId": id, "revision": 1 });
                    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                    input
                };
                let real = shop.attempt(token, mutation, input(&refund["id"])).await;
                assert_eq!(real["userErrors"][0]["code"], "NOT_FOUND", "{mutation}");
                assert_eq!(real, shop.attempt(token, mutation, input(&never)).await);
            }
            let refused = shop.attempt(token, "refundRequest", shop.asking("COMMERCIAL", json!({}))).await;
            assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_FOUND")));
        }
        assert_eq!(shop.everything().await, before, "nothing was done");
    }

    async fn what_lists_cost_does_not_grow_with_them(db: Db) {
        let shop = Shop::open(db).await;
        let inner = REFUND.strip_prefix("refund ").unwrap();
        let query = format!("{{ cases(first: 10) {{ nodes {{ refunds {inner} order {{ refunds {inner} }} }} }} }} {GRANT}");
        let mut costs = Vec::new();
        for line in ["1", "2"] {
            let mut input = shop.asking("WITHDRAWAL", json!({}));
            input["lineId"] = json!(line);
            let refund = shop.act(&shop.vendor, "refundRequest", input).await;
            shop.decide(&shop.operator, "refundEstablish", &refund, json!({ "startedAt": "2026-11-01T10:00:00Z" })).await;
            shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
            for token in [&shop.operator, &shop.seller, &shop.vendor] {
                shop.app.ask(token, &query, json!({})).await;
                let (_, statements) = shop.app.statements(shop.app.ask(token, &query, json!({}))).await;
                costs.push(statements.iter().filter(|sql| sql.contains("\"refunds\"") || sql.contains("\"order_line_facts\"")).count());
            }
        }
        // Loads that come together are one statement, so it may be fewer.
        assert!(costs.iter().all(|cost| *cost <= 4), "one refund or two: {costs:?}");
    }

    async fn a_quote_is_what_a_grant_would_be(db: Db) {
        let limit = |minor| Some(Money { minor, currency: "EUR".parse().unwrap() });
        let rules = RefundRules { seller_limit: limit(3000), second_approver_above: limit(5000), ..RefundRules::default() };
        let shop = Shop::open_with(db, rules).await;
        let query = "query($input: RefundQuoteInput!) { refundQuote(input: $input) { userErrors { field message code } quote { amount { amount } due { amount }
            maximum { total { amount } shipping { amount } } unitsLeft consentNeededFor commissionBack { fee { amount } vat { amount } } grantableBy approval
            items { lineId units parts { total { amount } } } openRefund { id } } } }";
        let quote = async |token: &str, basis: &str, more: Value| {
            shop.app.ask(token, query, json!({ "input": shop.asking(basis, more) })).await["refundQuote"].clone()
        };
        let one = quote(&shop.seller, "COMMERCIAL", json!({ "units": 1 })).await;
        assert_eq!(one, json!({ "userErrors": [], "quote": {
            "amount": { "amount": "21.96" }, "due": { "amount": "65.87" }, "maximum": { "total": { "amount": "65.87" }, "shipping": { "amount": "4.92" } },
            "unitsLeft": 3, "consentNeededFor": [], "commissionBack": { "fee": { "amount": "2.40" }, "vat": { "amount": "0.48" } },
            "grantableBy": ["SELLER", "OPERATOR"], "approval": "NOT_NEEDED", "items": [{ "lineId": "1", "units": 1, "parts": { "total": { "amount": "21.96" } } }],
            "openRefund": null,
        } }));
        let all = quote(&shop.operator, "WITHDRAWAL", json!({})).await["quote"].clone();
        assert_eq!((&all["grantableBy"], &all["approval"]), (&json!(["OPERATOR"]), &json!("SECOND_PERSON")));
        assert_eq!(all["consentNeededFor"], json!(["STORE_CREDIT", "VOUCHER", "BANK_TRANSFER"]));
        let buyer = quote(&shop.vendor, "WITHDRAWAL", json!({})).await["quote"].clone();
        assert_eq!((&buyer["commissionBack"], &buyer["grantableBy"], &buyer["approval"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(buyer["amount"]["amount"], "65.87");
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "PARTIAL" })).await;
        let rest = quote(&shop.operator, "COMMERCIAL", json!({})).await["quote"].clone();
        assert_eq!((&rest["amount"]["amount"], &rest["unitsLeft"], &rest["openRefund"]["id"]), (&json!("43.91"), &json!(2), &refund["id"]));
        for (more, field) in [(json!({ "units": 3 }), "units"), (json!({ "amount": eur("40.00") }), "amount")] {
            let refused = quote(&shop.operator, "COMMERCIAL", more).await;
            assert_eq!(fault(&refused), (json!([field]), json!("ABOVE_MAXIMUM")), "{refused:#}");
        }
        let hidden = shop.app.ask(&shop.other_seller, query, json!({ "input": shop.asking("COMMERCIAL", json!({})) })).await;
        assert_eq!(fault(&hidden["refundQuote"]), (json!(["orderId"]), json!("NOT_FOUND")));
    }
}
