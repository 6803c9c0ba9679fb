//! Who sees what of a dispute, and in how many statements.

use serde_json::{Value, json};
use trilogue::domain::ids::DisputeId;
use trilogue::domain::parties::Role;

use super::{House, SHORT, euros, ruling, two_lines};
use crate::harness::on_both_databases;

const PEOPLE: &str = "mediators proposals { by } evidenceRequests { by } decision { by decider costBearer { goods { seller } } countsAgainstSeller statement }";

on_both_databases! {
    async fn a_change_of_stage_names_both_stages(db: Db) {
        let house = House::open(db).await;
        let dispute = house.mediated().await;
        let query = "{ cases { nodes { timeline(first: 50) { nodes { ... on DisputeChangedEvent { change fromStage toStage toStageLabel(locale: \"fr\") } } } } } }";
        let seen = house.app.ask(&house.seller, query, json!({})).await;
        let items = seen["cases"]["nodes"][0]["timeline"]["nodes"].as_array().unwrap().clone();
        let stages: Vec<_> = items.iter().filter(|item| item["change"] == "STAGE_CHANGED").map(|item| (&item["fromStage"], &item["toStage"], &item["toStageLabel"])).collect();
        assert_eq!(stages, [(&json!("DIRECT_CONTACT"), &json!("MEDIATION"), &json!("Conciliation (médiation interne)"))]);
        let opened = items.iter().find(|item| item["change"] == "OPENED").unwrap();
        assert_eq!((&opened["fromStage"], &opened["toStage"], &opened["toStageLabel"]), (&Value::Null, &Value::Null, &Value::Null));
        let labels = house.seen(&house.seller, &dispute, "now: stageLabel(locale: \"fr\") then: stageLabel(locale: \"fr\", stage: FINAL)").await;
        assert_eq!(labels, json!({ "now": "Conciliation (médiation interne)", "then": "Décision définitive" }));
    }

    async fn a_person_knows_themselves_among_the_mediators(db: Db) {
        let house = House::open(db).await;
        let dispute = house.arbitrated().await;
        let mediators = house.seen(&house.ben, &dispute, "mediators").await["mediators"].clone();
        let staff = async |token: &str| house.app.ask(token, "{ viewer { staffId } }", json!({})).await["viewer"]["staffId"].clone();
        assert_eq!(mediators, json!([staff(&house.ana).await]));
        assert_ne!(staff(&house.ben).await, staff(&house.ana).await);
        assert_eq!([staff(&house.seller).await, staff(&house.buyer).await], [Value::Null, Value::Null]);
    }

    async fn nobody_else_can_tell_that_there_is_a_dispute(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let elsewhere = house.app.another_marketplace("souk").await;
        let foreign = house.app.token_in(&elsewhere, Role::Operator, None).await;
        let never = json!(DisputeId::generate().to_string());
        for token in [&house.other_seller, &foreign] {
            for query in ["query($id: ID!) { node(id: $id) { id } }", "query($id: ID!) { dispute(id: $id) { id } }"] {
                let seen = house.app.raw(token, query, json!({ "id": dispute })).await;
                assert_eq!(seen, house.app.raw(token, query, json!({ "id": never })).await);
                assert!(seen.contains("null"), "{seen}");
            }
            for mutation in ["disputeWithdraw", "disputeEscalate", "disputeTakeUp"] {
                let ask = |id: &Value| json!({ "disputeId": id, "revision": 1 });
                let told = house.app.try_act(token, mutation, SHORT, ask(&dispute)).await;
                assert_eq!(told, house.app.try_act(token, mutation, SHORT, ask(&never)).await);
                assert_eq!(told["userErrors"][0]["code"], "NOT_FOUND");
            }
        }
        for token in [&house.ana, &house.seller, &house.buyer] {
            let seen = house.app.ask(token, "query($id: ID!) { node(id: $id) { ... on Dispute { stage order { reference } } } }", json!({ "id": dispute })).await;
            assert_eq!(seen["node"], json!({ "stage": "DIRECT_CONTACT", "order": { "reference": "MK-1001" } }));
            let seen = house.app.ask(token, "{ cases { nodes { disputes { id } } } }", json!({})).await;
            assert_eq!(seen["cases"]["nodes"], json!([{ "disputes": [{ "id": dispute }] }]));
        }
    }

    async fn names_and_costs_are_for_those_whom_they_concern(db: Db) {
        let house = House::open(db).await;
        let dispute = house.mediated().await;
        let proposal = json!({ "remedy": "REFUND", "amount": euros("30.00") });
        house.step(&house.ana, "disputePropose", &dispute, proposal).await;
        house.days(14).await;
        house.step(&house.ben, "disputeRequestEvidence", &dispute, json!({ "of": "SELLER", "text": "L’annonce" })).await;
        house.step(&house.buyer, "disputeSubmitEvidence", &dispute, json!({ "text": "La photo" })).await;
        house.days(5).await;
        house.step(&house.ben, "disputeDecide", &dispute, ruling()).await;
        let whole = house.seen(&house.cleo, &dispute, PEOPLE).await;
        let (ana, ben) = (whole["mediators"][0].clone(), whole["decision"]["by"].clone());
        assert!(ana.is_string() && ben.is_string() && ana != ben, "{whole:#}");
        assert_eq!((&whole["proposals"][0]["by"], &whole["evidenceRequests"][0]["by"]), (&ana, &ben));
        for (token, costs) in [(&house.seller, true), (&house.buyer, false)] {
            let seen = house.seen(token, &dispute, PEOPLE).await;
            assert_eq!(seen["mediators"], json!([]));
            assert_eq!((&seen["proposals"][0]["by"], &seen["evidenceRequests"][0]["by"], &seen["decision"]["by"]), (&Value::Null, &Value::Null, &Value::Null));
            assert_eq!(seen["decision"]["decider"], "PERSON");
            assert_eq!((seen["decision"]["costBearer"].is_object(), seen["decision"]["countsAgainstSeller"].is_string()), (costs, costs));
            assert!(seen["decision"]["statement"].as_str().unwrap().contains("théière verte"));
        }
        assert_eq!(house.seen(&house.seller, &dispute, "decision { costBearer { goods { seller operator } delivery { seller } } }").await,
            json!({ "decision": { "costBearer": { "goods": { "seller": 5000, "operator": 5000 }, "delivery": { "seller": 5000 } } } }));
        let timeline = async |token: &str| house.app.ask(token, "{ cases { nodes { timeline(first: 100) { nodes { ... on DisputeChangedEvent { change } } } } } }", json!({})).await.to_string();
        assert!(timeline(&house.seller).await.contains("COST_ALLOTTED") && !timeline(&house.buyer).await.contains("COST_ALLOTTED"));
        let (buyer, seller) = (house.messages(&house.buyer).await.join("\n"), house.messages(&house.seller).await);
        assert!(buyer.contains("Décision motivée") && !buyer.contains("À la charge de"), "{buyer}");
        assert!(seller.iter().any(|text| text.starts_with("OPERATOR_SELLER") && text.contains("À la charge de")), "{seller:#?}");
    }

    async fn many_disputes_cost_no_more_statements_than_one(db: Db) {
        let house = House::open(db).await;
        let query = "{ cases(first: 20) { nodes { disputes { id stage availableActions { action } order { reference } evidence { text file { name } } } order { disputes { id } } } } }";
        let dispute = house.opened().await;
        house.step(&house.buyer, "disputeSubmitEvidence", &dispute, json!({ "text": "La photo" })).await;
        let (_, one) = house.app.statements(house.app.ask(&house.ana, query, json!({}))).await;
        let orders: Vec<_> = (0..6).map(|number| two_lines(&format!("MK-3{number}"), "alma")).collect();
        let stored = house.app.act(&house.buyer, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
        for order in stored["orders"].as_array().unwrap() {
            for line in ["1", "2"] {
                let opening = json!({ "orderId": order["id"], "lineId": line, "reason": "DEFECTIVE", "text": "Cassée.", "wanted": "REFUND" });
                let opened = house.app.act(&house.buyer, "disputeOpen", SHORT, opening).await["dispute"]["id"].clone();
                house.step(&house.buyer, "disputeSubmitEvidence", &opened, json!({ "text": format!("La photo {line}") })).await;
            }
        }
        let (seen, many) = house.app.statements(house.app.ask(&house.ana, query, json!({}))).await;
        assert_eq!(seen["cases"]["nodes"].as_array().unwrap().len(), 7);
        assert_eq!(one.len(), many.len(), "{many:#?}");
        assert!(many.len() <= 12, "{many:#?}");
    }
}
