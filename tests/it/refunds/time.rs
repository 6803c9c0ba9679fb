//! What time does to refunds, also when the server was away.

use chrono::TimeDelta;
use serde_json::json;
use trilogue::demo::peer::{Audience, Opening};
use trilogue::domain::charter::Charter;
use trilogue::domain::refunds::RefundRules;
use trilogue::domain::tickets::HelpdeskKind;

use super::{Shop, actions, fault, sold, succeeded};
use crate::harness::{Story, on_both_databases};

on_both_databases! {
    async fn a_silent_seller_loses_the_word(db: Db) {
        let mut shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        assert_eq!((&refund["decider"], &refund["decideBy"]), (&json!("SELLER"), &json!("2026-11-24T09:00:00+00:00")));
        shop.pass(TimeDelta::hours(47));
        shop.app.work().await;
        assert_eq!(shop.see(&shop.operator, &refund["id"]).await["decider"], "SELLER");
        shop.pass(TimeDelta::hours(1));
        // Before the timer comes by, the word is gone already.
        let late = shop.try_decide(&shop.seller, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        assert_eq!(fault(&late), (json!(["refundId"]), json!("NOT_ALLOWED")));
        shop.app.restart().await;
        shop.app.work().await;
        let seen = shop.see(&shop.operator, &refund["id"]).await;
        assert_eq!((&seen["decider"], &seen["decideBy"]), (&json!("OPERATOR"), &json!(null)));
        assert!(actions(&shop.see(&shop.seller, &refund["id"]).await).is_empty());
        let all = shop.everything().await;
        shop.app.work().await;
        assert_eq!(shop.everything().await, all, "once");
    }

    async fn silence_is_no_consent(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "WITHDRAWAL", json!({ "units": 1 })).await;
        shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "PROMO_CODE" })).await;
        shop.pass(TimeDelta::days(5));
        let late = shop.try_decide(&shop.vendor, "refundConsent", &refund, json!({ "text": "Oui" })).await;
        assert_eq!(fault(&late).1, "NOT_IN_THIS_STATE");
        shop.app.work().await;
        let seen = shop.see(&shop.vendor, &refund["id"]).await;
        assert_eq!((&seen["grant"]["consent"]["state"], &seen["grant"]["means"], &seen["grant"]["form"]), (&json!("FELL_BACK"), &json!("ORIGINAL_PAYMENT"), &json!("PARTIAL")));
        assert!(shop.told().await.last().unwrap().contains("moyen de paiement"));
    }

    async fn a_slow_payment_system_is_told_of_once_and_a_late_refund_costs_more(db: Db) {
        let rules = RefundRules { legal_rate: Some(trilogue::domain::money::BasisPoints::new(665).unwrap()), ..RefundRules::default() };
        let shop = Shop::open_with(db, rules).await;
        let refund = shop.ask_for(&shop.vendor, "WITHDRAWAL", json!({})).await;
        shop.decide(&shop.operator, "refundEstablish", &refund, json!({ "startedAt": "2026-11-10T10:00:00Z" })).await;
        shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        let sent = shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        assert_eq!((&sent["dueAt"], &sent["lateIncrease"]), (&json!("2026-11-24T23:00:00+00:00"), &json!(null)));
        shop.pass(TimeDelta::days(5));
        shop.app.work().await;
        let changes = "{ cases(first: 1) { nodes { timeline(first: 100) { nodes { ... on RefundChangedEvent { change } } } } } }";
        let slow = async |token: &str| shop.app.ask(token, changes, json!({})).await.to_string().matches("PENDING_TOO_LONG").count();
        assert_eq!((slow(&shop.operator).await, slow(&shop.seller).await, slow(&shop.vendor).await), (1, 0, 0));
        shop.app.work().await;
        assert_eq!(slow(&shop.operator).await, 1);
        // Three days late: the legal rate, read as a rate at once; then 5 % after the tenth day.
        let late = async |token: &str| shop.see(token, &refund["id"]).await["lateIncrease"].clone();
        let owed = json!({ "days": 3, "article": "L242-4", "amount": { "amount": "4.38" } });
        assert_eq!((late(&shop.operator).await, late(&shop.seller).await, late(&shop.vendor).await), (owed.clone(), owed, json!(null)));
        shop.pass(TimeDelta::days(10));
        assert_eq!(late(&shop.operator).await, json!({ "days": 13, "article": "L242-4", "amount": { "amount": "3.29" } }));
        shop.hear(&refund, 1, succeeded(6587)).await;
        shop.pass(TimeDelta::days(100));
        assert_eq!(late(&shop.operator).await["days"], 13, "it was paid then");
    }

    async fn buyer_and_team_read_of_it_in_the_ticket(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, Charter::default()).await;
        let orders = json!({ "orders": [sold("MK-1001", "alma")] });
        let order = story.app.act(&story.vendor, "ordersUpsert", "orders { id }", orders).await["orders"][0]["id"].clone();
        let ticket = story.desk.sim.open_ticket(&story.buyer, Opening::new("Commande MK-1001", "Je veux être remboursée."));
        story.desk.settle(&story.app).await;
        let input = json!({ "orderId": order, "lineId": "1", "basis": "COMMERCIAL" });
        let asked = story.app.act(&story.seller, "refundRequest", "refund { id case { id } }", input).await;
        assert_eq!(asked["refund"]["case"]["id"], story.case(ticket, "id").await["id"], "the open case about the order");
        story.desk.settle(&story.app).await;
        story.app.advance(TimeDelta::hours(48));
        story.desk.settle(&story.app).await;
        let comments = story.desk.sim.comments(ticket);
        let said = |audience| comments.iter().filter(|comment| comment.audience == audience).map(|comment| comment.text.clone()).collect::<Vec<_>>();
        let (public, internal) = (said(Audience::Public), said(Audience::Internal));
        assert!(public.iter().any(|text| text.contains("demande de remboursement") && text.contains("24\u{a0}novembre")), "{public:#?}");
        assert!(internal.iter().any(|text| text.contains("la décision vous revient") && text.contains("ligne 1")), "{internal:#?}");
        assert!(!public.iter().any(|text| text.contains("la décision vous revient")));
    }
}
