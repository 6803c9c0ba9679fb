//! Whole lives of returns, by people and by time.

use std::fmt::Write;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{RETURN, Shop, fault};
use crate::harness::on_both_databases;

/// What somebody does, and to what it leads, as a reviewer reads it.
struct Diary<'a> {
    shop: &'a Shop,
    id: Value,
    told: usize,
    text: String,
}

impl<'a> Diary<'a> {
    async fn begin(shop: &'a Shop, title: &str, input: Value) -> Self {
        let asked = shop.app.act(&shop.vendor, "returnRequest", RETURN, input).await;
        let mut diary = Self { shop, id: asked["return"]["id"].clone(), told: 0, text: format!("# {title}\n") };
        diary.write("buyer, on the shop's page: returnRequest").await;
        diary
    }

    async fn write(&mut self, what: &str) {
        let fields = "state dueAt closing wayBack method receivedQuantity withheld { amount } refundDue { lastDay heldForGoods }";
        let seen = self.shop.seen(&self.id, fields).await;
        let now = self.shop.app.cx.now().format("%a %d %b %H:%M");
        let short = |value: &Value| value.as_str().map_or_else(|| "-".to_owned(), |text| text.replace(":00+00:00", "").replace('T', " "));
        let _ = writeln!(self.text, "\n{now}  {what}");
        let _ = write!(self.text, "  {} until {}", seen["state"].as_str().unwrap(), short(&seen["dueAt"]));
        if let Some(day) = seen["refundDue"]["lastDay"].as_str() {
            let held = if seen["refundDue"]["heldForGoods"] == true { ", and may wait for the goods" } else { "" };
            let _ = write!(self.text, "; refund by {day}{held}");
        }
        if let Some(closing) = seen["closing"].as_str() {
            let _ = write!(self.text, "; {closing}");
        }
        self.text.push('\n');
        for (name, token) in [("buyer, carrier", &self.shop.vendor), ("seller", &self.shop.seller), ("operator", &self.shop.operator)] {
            let actions = self.shop.actions(token, &self.id).await;
            if !actions.is_empty() {
                let _ = writeln!(self.text, "  {name}: {}", actions.join(", "));
            }
        }
        let changes = self.shop.changes(&self.id).await;
        let _ = writeln!(self.text, "  happened: {}", changes[self.told..].join(", "));
        self.told = changes.len();
    }

    async fn act(&mut self, who: &str, mutation: &str, more: Value) {
        self.shop.app.advance(TimeDelta::hours(1));
        let token = match who {
            "seller" => &self.shop.seller,
            "operator" => &self.shop.operator,
            _ => &self.shop.vendor,
        };
        self.shop.step(token, mutation, &self.id, more).await;
        self.write(&format!("{who}: {mutation}")).await;
    }

    /// Lets days pass until something happens by itself; so many at most.
    async fn wait(&mut self, most: i64) {
        for _ in 0..most {
            self.shop.days(1).await;
            if self.shop.changes(&self.id).await.len() > self.told {
                self.write("time").await;
                return;
            }
        }
        let _ = writeln!(self.text, "\n{most} days on, nothing has happened");
    }
}

on_both_databases! {
    /// Nobody of the seller's ever does anything: every state has its way out.
    async fn a_life_in_silence(db: Db) {
        let shop = Shop::open(db).await;
        let mut diary = Diary::begin(&shop, "Nobody of the seller's says anything", shop.asking(2, "1")).await;
        diary.wait(10).await;
        diary.wait(10).await;
        diary.act("buyer, on the shop's page", "returnRecordShipped", json!({ "carrier": "Colissimo", "trackingNumber": "6A1" })).await;
        diary.act("carrier, by the vendor", "returnRecordDelivered", json!({})).await;
        diary.wait(10).await;
        diary.wait(10).await;
        insta::assert_snapshot!("a_life_in_silence", diary.text);
    }

    async fn a_life_of_people(db: Db) {
        let shop = Shop::open(db).await;
        let mut diary = Diary::begin(&shop, "Pieces come one by one, and are not what they were", shop.asking(2, "1")).await;
        diary.act("seller", "returnProposeKeepItem", json!({ "amount": { "amount": "5.00", "currencyCode": "EUR" } })).await;
        diary.act("buyer, on the shop's page", "returnAnswerKeepItem", json!({ "answer": "REFUSE" })).await;
        diary.act("seller", "returnApprove", json!({ "method": "DROP_OFF_POINT" })).await;
        diary.act("seller", "returnProvideLabel", json!({ "papers": { "rma": { "number": "R-7", "address": "12 rue des Lilas, 75020 Paris" } } })).await;
        diary.act("buyer, on the shop's page", "returnRecordShipped", json!({})).await;
        diary.act("seller", "returnRecordReceived", json!({ "quantity": 1, "damaged": 1 })).await;
        diary.act("operator", "returnRecordReceived", json!({ "quantity": 1 })).await;
        let text = "Une tasse est fêlée ; appelez le 06 12 34 56 78.";
        diary.act("seller", "returnRecordInspection", json!({ "result": { "nonCompliant": { "reason": "DAMAGED_PRODUCT", "text": text } } })).await;
        diary.wait(40).await;
        insta::assert_snapshot!("a_life_of_people", diary.text);
        let told = shop.told(&diary.id).await.join("\n---\n");
        for words in ["conserver ce que vous souhaitez renvoyer", "contre un remboursement de 5,00\u{a0}€", "est accepté. Les frais de renvoi sont à la charge du vendeur.",
            "Numéro de retour à inscrire sur le colis\u{a0}: R-7\n12 rue des Lilas, 75020 Paris", "1 article(s) de votre retour de la commande MK-1",
            "Une tasse est fêlée ; appelez le [numéro de téléphone masqué]."] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }

    async fn a_life_that_is_called_off_and_lives_that_end_early(db: Db) {
        let shop = Shop::open(db).await;
        let mut diary = Diary::begin(&shop, "Called off", shop.asking(1, "1")).await;
        diary.act("buyer, on the shop's page", "returnCancel", json!({})).await;
        let mut all = diary.text;
        let mut diary = Diary::begin(&shop, "Declined, and thought better of", shop.asking(1, "2")).await;
        diary.act("seller", "returnDecline", json!({ "reason": "OTHER", "text": "Elle a été cassée chez vous." })).await;
        diary.act("operator", "returnApprove", json!({ "method": "RETURNLESS" })).await;
        all += &diary.text;
        let mut diary = Diary::begin(&shop, "Never sent", shop.asking(1, "3")).await;
        diary.act("seller", "returnApprove", json!({})).await;
        diary.act("seller", "returnProvideLabel", json!({ "papers": { "label": "https://label.example/1" } })).await;
        diary.wait(20).await;
        all += &diary.text;
        insta::assert_snapshot!("lives_that_end_early", all);
    }

    async fn goods_are_lost_at_the_risk_of_who_can_prove_nothing(db: Db) {
        let shop = Shop::open(db).await;
        for (tracking, closing) in [(Value::Null, json!("LOST_AT_BUYERS_RISK")), (json!("6A1"), json!("LEFT_TO_OPERATOR"))] {
            let id = shop.request(1, &tracking.to_string()).await;
            shop.step(&shop.seller, "returnApprove", &id, json!({})).await;
            shop.step(&shop.seller, "returnProvideLabel", &id, json!({ "papers": { "rma": { "number": "R", "address": "ici" } } })).await;
            shop.step(&shop.vendor, "returnRecordShipped", &id, json!({ "trackingNumber": tracking })).await;
            shop.step(&shop.operator, "returnRecordLost", &id, json!({})).await;
            shop.app.advance(TimeDelta::days(40));
            shop.app.work().await;
            let seen = shop.seen(&id, "state closing").await;
            assert_eq!(seen, json!({ "state": "CLOSED", "closing": closing }));
        }
    }

    async fn an_offer_to_keep_the_item_is_worth_what_was_paid_at_most(db: Db) {
        let shop = Shop::open(db).await;
        let id = shop.request(1, "1").await;
        let offer = |amount: &str, currency: &str| json!({ "amount": { "amount": amount, "currencyCode": currency } });
        for (amount, currency) in [("29.91", "EUR"), ("0.00", "EUR"), ("-1.00", "EUR"), ("5.00", "USD"), ("5.001", "EUR"), ("5", "XXQ")] {
            let refused = shop.try_step(&shop.seller, "returnProposeKeepItem", &id, offer(amount, currency)).await;
            assert_eq!(fault(&refused), (json!(["amount"]), json!("INVALID")), "{amount} {currency}");
        }
        assert_eq!(shop.seen(&id, "revision").await["revision"], 1, "nothing was done");
        let offered = shop.step(&shop.seller, "returnProposeKeepItem", &id, offer("29.90", "EUR")).await;
        assert_eq!(offered["state"], "OFFER_PENDING");
        for token in [&shop.seller, &shop.operator] {
            let refused = shop.try_step(token, "returnAnswerKeepItem", &id, json!({ "answer": "ACCEPT" })).await;
            assert_eq!(fault(&refused).1, "NOT_ALLOWED", "it is the buyer's to answer");
        }
        let kept = shop.step(&shop.vendor, "returnAnswerKeepItem", &id, json!({ "answer": "ACCEPT" })).await;
        assert_eq!(kept["state"], "ITEM_KEPT");
        assert_eq!(shop.seen(&id, "keepOffer { amount { amount } by }").await["keepOffer"], json!({ "amount": { "amount": "29.90" }, "by": "SELLER" }));
    }

    /// The timer and a person at the same time; and a server that was away.
    async fn time_is_told_once_also_after_a_restart(db: Db) {
        let mut shop = Shop::open(db).await;
        let id = shop.request(2, "1").await;
        // Three working days end with the last hour of the third.
        shop.app.advance(TimeDelta::days(4));
        shop.app.restart().await;
        let token = shop.seller.clone();
        let decline = json!({ "returnId": id, "revision": 1, "reason": "OTHER", "text": "Non." });
        let (refused, ()) = futures_util::future::join(shop.app.try_act(&token, "returnDecline", RETURN, decline), shop.app.work()).await;
        let code = fault(&refused).1;
        assert!(code == "NOT_IN_THIS_STATE" || code == "WRONG_REVISION", "{refused:#}");
        shop.app.work().await;
        assert_eq!(shop.changes(&id).await, ["REQUESTED", "APPROVED", "STATE_CHANGED"]);
        assert_eq!(shop.seen(&id, "state revision").await, json!({ "state": "APPROVED", "revision": 2 }));
        // Away for so long that several things fell due: each as of its time.
        shop.app.advance(TimeDelta::days(60));
        shop.app.work().await;
        let seen = shop.seen(&id, "state closing").await;
        assert_eq!(seen, json!({ "state": "EXPIRED", "closing": null }));
    }
}
