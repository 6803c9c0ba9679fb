//! What disputes do with money, and what money does with disputes.

use serde_json::{Value, json};
use trilogue::domain::money::Money;
use trilogue::domain::refunds::{AttemptNumber, ProviderNews, ProviderReference, ProviderWord};
use trilogue::workflow::refunds;

use super::{House, SHORT, euros, fault, ruling, with};
use crate::harness::on_both_databases;

const REFUND: &str = "id revision status origin originId lineId grant { amount { amount } form costs { goods { seller operator } } }";

impl House {
    /// The refunds of the order, the oldest first.
    async fn refunds(&self) -> Vec<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Order {{ refunds {{ {REFUND} }} }} }} }}");
        self.app.ask(&self.ana, &query, json!({ "id": self.order })).await["node"]["refunds"].as_array().unwrap().clone()
    }

    /// Asks for a refund of the first line, as the seller grants it.
    async fn grant(&self, amount: &str) -> (Value, Value) {
        let asking = json!({ "orderId": self.order, "lineId": "1", "basis": "COMMERCIAL", "amount": euros(amount) });
        let asked = self.app.act(&self.seller, "refundRequest", "refund { id revision }", asking).await["refund"].clone();
        let grant = json!({ "refundId": asked["id"], "revision": asked["revision"], "form": "PARTIAL" });
        let granted = self.app.try_act(&self.seller, "refundGrant", "refund { id revision status }", grant).await;
        (asked, granted)
    }

    /// The payment system has paid it.
    async fn paid(&self, refund: &Value, minor: i64) {
        let amount = Money { minor, currency: "EUR".parse().unwrap() };
        let word = ProviderWord::Succeeded { amount };
        let news = ProviderNews { attempt: AttemptNumber::from_number(1), reference: Some(ProviderReference::new("re_1")), word };
        let id = refund["id"].as_str().unwrap().parse().unwrap();
        Box::pin(refunds::hear(&self.app.cx, self.app.marketplace.id, id, news)).await.unwrap();
    }
}

on_both_databases! {
    async fn what_was_agreed_is_paid_at_once_and_once(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        house.step(&house.seller, "disputeMakeOffer", &dispute, json!({ "remedy": "REFUND", "amount": euros("12.50") })).await;
        let offer = house.seen(&house.buyer, &dispute, "offers { id }").await["offers"][0]["id"].clone();
        assert_eq!(house.refunds().await, Vec::<Value>::new());
        house.step(&house.buyer, "disputeAcceptOffer", &dispute, json!({ "offerId": offer })).await;
        let found = house.refunds().await;
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!((&found[0]["origin"], &found[0]["originId"], &found[0]["status"], &found[0]["lineId"]), (&json!("DISPUTE"), &dispute, &json!("SUBMITTED"), &json!("1")));
        assert_eq!(found[0]["grant"], json!({ "amount": { "amount": "12.50" }, "form": "PARTIAL", "costs": { "goods": { "seller": 10_000, "operator": 0 } } }));
        house.paid(&found[0], 1250).await;
        house.days(30).await;
        assert_eq!((house.refunds().await.len(), house.stage(&dispute).await), (1, json!("SETTLED")), "once");
    }

    async fn a_decision_is_paid_by_whom_it_names_and_an_appeal_pays_the_difference(db: Db) {
        let house = House::open(db).await;
        let dispute = house.heard().await;
        house.step(&house.ben, "disputeDecide", &dispute, ruling()).await;
        let found = house.refunds().await;
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0]["grant"], json!({ "amount": { "amount": "20.00" }, "form": "PARTIAL", "costs": { "goods": { "seller": 5000, "operator": 5000 } } }));
        house.paid(&found[0], 2000).await;
        assert_eq!(house.stage(&dispute).await, "DECIDED", "what the decision paid settles nothing");
        let appeal = json!({ "text": "Il manque aussi l’anse.", "evidence": [{ "text": "Une autre photo" }] });
        house.step(&house.buyer, "disputeAppeal", &dispute, appeal).await;
        // All that it is about can be given, with what was paid already; no more than that.
        let higher = with(with(with(ruling(), "outcome", json!("BUYER_FAVOUR")), "remedy", json!("REFUND")), "amount", euros("50.00"));
        let more = house.attempt(&house.cleo, "disputeDecideAppeal", &dispute, with(higher.clone(), "amount", euros("50.01"))).await;
        assert_eq!(fault(&more), (json!(["amount"]), json!("INVALID")));
        house.step(&house.cleo, "disputeDecideAppeal", &dispute, higher).await;
        let found = house.refunds().await;
        assert_eq!(found.iter().map(|one| one["grant"]["amount"]["amount"].clone()).collect::<Vec<_>>(), ["20.00", "30.00"], "{found:#?}");
    }

    async fn a_refund_that_covers_it_settles_it_in_the_same_transaction(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let (refund, granted) = house.grant("20.00").await;
        assert_eq!(granted["userErrors"], json!([]), "{granted:#}");
        house.app.work().await;
        let submit = |refund: &Value, revision: Value| json!({ "refundId": refund["id"], "revision": revision });
        if house.refunds().await[0]["status"] == "GRANTED" {
            house.app.act(&house.ana, "refundSubmit", "refund { id }", submit(&refund, house.refunds().await[0]["revision"].clone())).await;
        }
        house.paid(&refund, 2000).await;
        assert_eq!(house.stage(&dispute).await, "DIRECT_CONTACT", "not all of it");
        let before = house.revision(&dispute).await;
        let (second, granted) = house.grant("30.00").await;
        assert_eq!(granted["userErrors"], json!([]), "{granted:#}");
        if house.refunds().await[1]["status"] == "GRANTED" {
            house.app.act(&house.ana, "refundSubmit", "refund { id }", submit(&second, house.refunds().await[1]["revision"].clone())).await;
        }
        assert_eq!(house.revision(&dispute).await, before, "what is not paid yet settles nothing");
        house.paid(&second, 3000).await;
        let seen = house.seen(&house.buyer, &dispute, "stage settlement { agreement amount { amount } } availableActions { action }").await;
        assert_eq!(seen, json!({ "stage": "SETTLED", "settlement": { "agreement": "REFUNDED", "amount": { "amount": "50.00" } }, "availableActions": [] }));
        assert_eq!(house.refunds().await.len(), 2, "nothing more is paid for it");
        house.paid(&second, 3000).await;
        assert_eq!(house.stage(&dispute).await, "SETTLED");
    }

    async fn neither_party_moves_money_while_the_operator_decides(db: Db) {
        let house = House::open(db).await;
        let dispute = house.arbitrated().await;
        let (_, granted) = house.grant("20.00").await;
        assert_eq!(granted["refund"], Value::Null, "{granted:#}");
        assert!(granted["userErrors"][0]["code"].is_string(), "{granted:#}");
        assert!(house.refunds().await.iter().all(|refund| refund["grant"].is_null()));
        // The other line is nobody's dispute.
        let asking = json!({ "orderId": house.order, "lineId": "2", "basis": "COMMERCIAL" });
        let asked = house.app.act(&house.seller, "refundRequest", "refund { id revision }", asking).await["refund"].clone();
        let grant = json!({ "refundId": asked["id"], "revision": asked["revision"], "form": "FULL" });
        house.app.act(&house.seller, "refundGrant", "refund { status }", grant).await;
        // What nobody decided is decided by time, and paid.
        house.days(60).await;
        assert_eq!(house.stage(&dispute).await, "DECIDED");
        let found = house.refunds().await;
        let own: Vec<_> = found.iter().filter(|one| one["origin"] == "DISPUTE").collect();
        assert_eq!(own.len(), 1, "{found:#?}");
        assert_eq!(own[0]["grant"]["amount"]["amount"], "50.00");
        assert_eq!(own[0]["grant"]["costs"]["goods"], json!({ "seller": 0, "operator": 10_000 }));
        let again = house.app.try_act(&house.buyer, "disputeOpen", SHORT, house.opening()).await;
        assert_eq!(fault(&again), (json!(["lineId"]), json!("NOT_IN_THIS_STATE")));
    }
}
