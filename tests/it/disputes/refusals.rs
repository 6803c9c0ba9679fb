//! What is refused: each a typed error with its place, and nothing changed.

use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::domain::ids::{CaseId, DisputeId, OfferId, OrderId};
use trilogue::domain::parties::Role;

use super::{House, SHORT, euros, fault, ruling, with};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn what_cannot_be_opened_is_refused(db: Db) {
        let house = House::open(db).await;
        let elsewhere = house.app.another_marketplace("souk").await;
        let foreign = house.app.token_in(&elsewhere, Role::Vendor, None).await;
        let good = house.opening();
        let change = |field: &str, value: Value| with(good.clone(), field, value);
        let both = |field: &str, value: Value, other: &str, more: Value| with(change(field, value), other, more);
        for (token, input, field, code) in [
            (&house.buyer, change("orderId", json!(OrderId::generate().to_string())), "orderId", "NOT_FOUND"),
            (&foreign, good.clone(), "orderId", "NOT_FOUND"),
            (&house.other_seller, good.clone(), "orderId", "NOT_FOUND"),
            (&house.buyer, change("lineId", json!("9")), "lineId", "NOT_FOUND"),
            (&house.buyer, change("lineId", json!("")), "lineId", "NOT_FOUND"),
            (&house.buyer, change("caseId", json!(CaseId::generate().to_string())), "caseId", "NOT_FOUND"),
            (&house.buyer, change("amount", euros("59.81")), "amount", "INVALID"),
            (&house.buyer, change("amount", euros("-1.00")), "amount", "INVALID"),
            (&house.buyer, change("amount", euros("0.00")), "amount", "INVALID"),
            (&house.buyer, change("amount", euros("1.234")), "amount", "INVALID"),
            (&house.buyer, change("amount", json!({ "amount": "5.00", "currencyCode": "USD" })), "amount", "INVALID"),
            (&house.buyer, change("amount", json!({ "amount": "5.00", "currencyCode": "XXQ" })), "amount", "INVALID"),
            (&house.buyer, both("lineId", Value::Null, "amount", euros("69.81")), "amount", "INVALID"),
            (&house.buyer, change("text", json!(" ")), "text", "LENGTH"),
            (&house.buyer, change("text", json!("é".repeat(5001))), "text", "LENGTH"),
            (&house.buyer, change("returnId", json!("ret_0192f0c1a2b37c4d8e5f60718293a4b5")), "returnId", "NOT_FOUND"),
        ] {
            let refused = house.app.try_act(token, "disputeOpen", SHORT, input.clone()).await;
            assert_eq!(fault(&refused), (json!([field]), json!(code)), "{input:#} {refused:#}");
            assert_eq!(refused["dispute"], Value::Null);
        }
        let cases = house.app.ask(&house.ana, "{ cases { nodes { id } } }", json!({})).await;
        assert_eq!(cases["cases"]["nodes"], json!([]), "not even a case was opened");

        // Of many at once one is opened; the others are told.
        let outcomes = join_all((0..6).map(|_| house.app.try_act(&house.buyer, "disputeOpen", SHORT, good.clone()))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome["userErrors"] == json!([])).count(), 1, "{outcomes:#?}");
        for lost in outcomes.iter().filter(|outcome| outcome["dispute"].is_null()) {
            assert_eq!(fault(lost), (json!(["lineId"]), json!("NOT_IN_THIS_STATE")));
        }
        let whole = both("lineId", Value::Null, "text", json!("Tout."));
        let refused = house.app.try_act(&house.seller, "disputeOpen", SHORT, whole).await;
        assert_eq!(fault(&refused), (json!(["orderId"]), json!("NOT_IN_THIS_STATE")), "the whole order holds the line, in whichever case");
        house.app.act(&house.buyer, "disputeOpen", SHORT, both("lineId", json!("2"), "amount", Value::Null)).await;
    }

    async fn a_step_names_what_it_saw_and_may_be_taken(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let offer = json!({ "remedy": "REFUND", "amount": euros("10.00") });
        let at = |revision: i32, more: Value| {
            let mut input = json!({ "disputeId": dispute, "revision": revision });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        for (token, mutation, input, field, code) in [
            (&house.seller, "disputeMakeOffer", at(7, offer.clone()), "revision", "WRONG_REVISION"),
            (&house.seller, "disputeMakeOffer", at(1, with(offer.clone(), "amount", euros("59.81"))), "amount", "INVALID"),
            (&house.seller, "disputeMakeOffer", at(1, with(offer.clone(), "amount", euros("-5.00"))), "amount", "INVALID"),
            (&house.seller, "disputeMakeOffer", at(1, with(offer.clone(), "amount", json!({ "amount": "5.00", "currencyCode": "USD" }))), "amount", "INVALID"),
            (&house.seller, "disputeMakeOffer", at(1, json!({ "remedy": "REFUND" })), "remedy", "INVALID"),
            (&house.seller, "disputeMakeOffer", at(1, with(offer.clone(), "remedy", json!("REPAIR"))), "remedy", "INVALID"),
            (&house.seller, "disputeMakeOffer", at(1, with(offer.clone(), "text", json!("é".repeat(2001)))), "text", "LENGTH"),
            (&house.seller, "disputeCounterOffer", at(1, offer.clone()), "disputeId", "NOT_IN_THIS_STATE"),
            (&house.seller, "disputeAcceptOffer", at(1, json!({ "offerId": OfferId::generate().to_string() })), "offerId", "NOT_IN_THIS_STATE"),
            (&house.seller, "disputeAcceptProposal", at(1, json!({ "proposalId": OfferId::generate().to_string() })), "proposalId", "NOT_IN_THIS_STATE"),
            (&house.ana, "disputeMakeOffer", at(1, offer.clone()), "disputeId", "NOT_ALLOWED"),
            (&house.seller, "disputeWithdraw", at(1, json!({})), "disputeId", "NOT_ALLOWED"),
            (&house.buyer, "disputeAnswer", at(1, json!({ "text": "Moi." })), "disputeId", "NOT_ALLOWED"),
            (&house.seller, "disputeAnswer", at(1, json!({ "text": "" })), "text", "LENGTH"),
            (&house.buyer, "disputeEscalate", at(1, json!({})), "disputeId", "NOT_IN_THIS_STATE"),
            (&house.seller, "disputeStandBack", at(1, json!({ "text": "Non." })), "disputeId", "NOT_ALLOWED"),
            (&house.ana, "disputePropose", at(1, offer.clone()), "disputeId", "NOT_IN_THIS_STATE"),
            (&house.ana, "disputeDecide", at(1, ruling()), "disputeId", "NOT_IN_THIS_STATE"),
            (&house.ana, "disputeWithdraw", json!({ "disputeId": DisputeId::generate().to_string(), "revision": 1 }), "disputeId", "NOT_FOUND"),
        ] {
            let refused = house.app.try_act(token, mutation, SHORT, input.clone()).await;
            assert_eq!(fault(&refused), (json!([field]), json!(code)), "{mutation} {input:#} {refused:#}");
        }
        assert_eq!(house.revision(&dispute).await, 1, "nothing was done");

        // Of two who act on the same revision one is first.
        let offers = join_all((0..4).map(|_| house.app.try_act(&house.seller, "disputeMakeOffer", SHORT, at(1, offer.clone())))).await;
        assert_eq!(offers.iter().filter(|one| one["userErrors"] == json!([])).count(), 1, "{offers:#?}");
        for lost in offers.iter().filter(|one| one["dispute"].is_null()) {
            assert_eq!(fault(lost), (json!(["revision"]), json!("WRONG_REVISION")));
        }
    }

    async fn a_decision_is_refused_unless_it_is_whole_and_everybody_was_heard(db: Db) {
        let house = House::open(db).await;
        let dispute = house.arbitrated().await;
        house.step(&house.buyer, "disputeSubmitEvidence", &dispute, json!({ "text": "La photo" })).await;
        let early = house.attempt(&house.ben, "disputeDecide", &dispute, ruling()).await;
        assert_eq!(fault(&early), (json!(["disputeId"]), json!("NOT_IN_THIS_STATE")), "evidence is still taken");
        house.days(5).await;
        let unheard = house.attempt(&house.ben, "disputeDecide", &dispute, ruling()).await;
        assert_eq!(fault(&unheard).1, "NOT_IN_THIS_STATE");
        assert!(unheard["userErrors"][0]["message"].as_str().unwrap().contains("no evidence of the seller"), "{unheard:#}");
        let late = house.attempt(&house.buyer, "disputeSubmitEvidence", &dispute, json!({ "text": "Trop tard" })).await;
        assert_eq!(fault(&late), (json!(["disputeId"]), json!("NOT_IN_THIS_STATE")));
        let own = house.attempt(&house.ben, "disputeRequestEvidence", &dispute, json!({ "of": "OPERATOR", "text": "?" })).await;
        assert_eq!(fault(&own), (json!(["of"]), json!("INVALID")));
        house.step(&house.ben, "disputeRequestEvidence", &dispute, json!({ "of": "SELLER", "text": "L’annonce" })).await;
        house.days(5).await;
        let cost = |goods: Value| with(ruling(), "costBearer", json!({ "goods": goods }));
        for (input, field, code) in [
            (with(ruling(), "amount", euros("50.01")), json!(["amount"]), "INVALID"),
            (with(ruling(), "amount", euros("-0.01")), json!(["amount"]), "INVALID"),
            (with(ruling(), "amount", json!({ "amount": "20.00", "currencyCode": "USD" })), json!(["amount"]), "INVALID"),
            (with(ruling(), "amount", euros("50.00")), json!(["remedy"]), "INVALID"),
            (with(ruling(), "remedy", Value::Null), json!(["remedy"]), "INVALID"),
            (with(ruling(), "outcome", json!("SELLER_FAVOUR")), json!(["remedy"]), "INVALID"),
            (with(ruling(), "statement", json!("")), json!(["statement"]), "LENGTH"),
            (with(ruling(), "statement", json!("é".repeat(8001))), json!(["statement"]), "LENGTH"),
            (with(ruling(), "clause", json!(" ")), json!(["clause"]), "LENGTH"),
            (cost(json!({ "seller": 5000 })), json!(["costBearer", "goods"]), "INVALID"),
            (cost(json!({ "seller": 10_001, "operator": -1 })), json!(["costBearer", "goods", "seller"]), "INVALID"),
        ] {
            let refused = house.attempt(&house.ben, "disputeDecide", &dispute, input.clone()).await;
            assert_eq!(fault(&refused), (field, json!(code)), "{input:#} {refused:#}");
        }
        for token in [&house.buyer, &house.seller] {
            assert_eq!(fault(&house.attempt(token, "disputeDecide", &dispute, ruling()).await), (json!(["disputeId"]), json!("NOT_ALLOWED")));
        }
        assert_eq!(house.stage(&dispute).await, "ARBITRATION");
        house.step(&house.ben, "disputeDecide", &dispute, ruling()).await;
        let bare = house.attempt(&house.seller, "disputeAppeal", &dispute, json!({ "text": "Non.", "evidence": [] })).await;
        assert_eq!(fault(&bare), (json!(["evidence"]), json!("INVALID")));
        let nothing = json!({ "text": "Non.", "evidence": [{ "text": "x", "attachmentId": "att_0192f0c1a2b37c4d8e5f60718293a4b5" }] });
        let refused = house.attempt(&house.seller, "disputeAppeal", &dispute, nothing).await;
        assert_eq!(fault(&refused), (json!(["evidence", "0", "attachmentId"]), json!("NOT_FOUND")));
        house.days(31).await;
        let late = house.attempt(&house.seller, "disputeAppeal", &dispute, json!({ "text": "Non.", "evidence": [{ "text": "x" }] })).await;
        assert_eq!((fault(&late).1, house.stage(&dispute).await), (json!("NOT_IN_THIS_STATE"), json!("FINAL")), "the time for an appeal is over");
    }

    async fn the_charter_says_how_disputes_go(db: Db) {
        let house = House::open(db).await;
        let publish = async |charter: Value| house.app.try_act(&house.ana, "charterPublish", "charter { version disputes { contactDays answerWorkingDays arbitration hardStopBearer { carrier } stages { stage days silence } } sellerComplaints { route mediators { name } } }", json!({ "charter": charter })).await;
        for (charter, field) in [
            (json!({ "disputes": { "contactDays": 0 } }), json!(["charter", "disputes", "contactDays"])),
            (json!({ "disputes": { "hardStopDays": 20 } }), json!(["charter", "disputes", "hardStopDays"])),
            (json!({ "disputes": { "answerWorkingDays": 0 } }), json!(["charter", "disputes", "answerWorkingDays"])),
            (json!({ "disputes": { "hardStopBearer": { "seller": 1 } } }), json!(["charter", "disputes", "hardStopBearer"])),
            (json!({ "sellerComplaints": { "route": "ici", "mediators": [{ "name": "CMAP", "url": "https://cmap.example" }] } }), json!(["charter", "sellerComplaints", "mediators"])),
            (json!({ "sellerComplaints": { "route": "", "mediators": [{ "name": "CMAP", "url": "http://cmap.example" }] } }), json!(["charter", "sellerComplaints", "mediators", "0", "url"])),
        ] {
            let refused = publish(charter).await;
            assert_eq!(fault(&refused), (field, json!("INVALID")), "{refused:#}");
        }
        let done = publish(json!({ "disputes": { "contactDays": 10, "answerWorkingDays": 2, "arbitration": "NOT_OFFERED", "hardStopBearer": { "carrier": 10_000 } } })).await;
        assert_eq!(done["charter"]["disputes"], json!({
            "contactDays": 10, "answerWorkingDays": 2, "arbitration": "NOT_OFFERED", "hardStopBearer": { "carrier": 10_000 },
            "stages": [{ "stage": "DIRECT_CONTACT", "days": 10, "silence": "MEDIATION" }, { "stage": "MEDIATION", "days": 14, "silence": "UNRESOLVED" }],
        }));
        assert_eq!(done["charter"]["sellerComplaints"]["mediators"], json!([{ "name": "CMAP" }, { "name": "IEAM" }]), "what is left out stays");
    }
}
