//! Lives of disputes by the standing clock.

use std::fmt::Write;

use serde_json::{Value, json};
use trilogue::domain::charter::Charter;
use trilogue::domain::disputes::{Arbitration, DisputePolicy};

use super::{House, charter, euros, fault, ruling, with};
use crate::harness::on_both_databases;

/// What a reviewer reads of a dispute.
const WHOLE: &str = "stage stageLabel revision dueAt hardStopAt evidenceUntil answer offers { by remedy amount { amount } state }
    proposals { remedy amount { amount } buyer seller state } evidenceRequests { of text } evidence { by text }
    settlement { agreement remedy amount { amount } } decision { outcome fault amount { amount } remedy decider costBearer { goods { seller operator } } countsAgainstSeller }
    appeal { by decision { outcome amount { amount } } } availableActions { action from until }";

/// One page of a life.
async fn page(house: &House, out: &mut String, dispute: &Value, what: &str) {
    let seen = house.seen(&house.cleo, dispute, WHOLE).await;
    writeln!(out, "\n## {} {what}", house.app.cx.now().format("%Y-%m-%d %H:%M")).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    writeln!(
        out,
        "stage {} ({}), revision {}, due {}",
        text(&seen["stage"]),
        text(&seen["stageLabel"]),
        seen["revision"],
        text(&seen["dueAt"])
    )
    .unwrap();
    for list in ["offers", "proposals", "evidenceRequests", "evidence"] {
        for one in seen[list].as_array().unwrap() {
            writeln!(out, "  {list}: {one}").unwrap();
        }
    }
    for one in ["answer", "settlement", "decision", "appeal"] {
        if !seen[one].is_null() {
            writeln!(out, "  {one}: {}", seen[one]).unwrap();
        }
    }
    for (name, token) in
        [("buyer", &house.buyer), ("seller", &house.seller), ("operator (Ana)", &house.ana), ("operator (Ben)", &house.ben)]
    {
        let seen = house.seen(token, dispute, "availableActions { action from until }").await;
        let actions = seen["availableActions"].as_array().unwrap().iter().map(|one| {
            let from = one["from"].as_str().map(|from| format!(" from {from}")).unwrap_or_default();
            let until = one["until"].as_str().map(|until| format!(" until {until}")).unwrap_or_default();
            format!("{}{from}{until}", text(&one["action"]))
        });
        writeln!(out, "  {name} may: {}", actions.collect::<Vec<_>>().join(", ")).unwrap();
    }
}

/// What happened, as one viewer reads it.
async fn timeline(house: &House, token: &str) -> Vec<String> {
    let query =
        "{ cases(first: 5) { nodes { timeline(first: 100) { nodes { at actor { kind } ... on DisputeChangedEvent { change } } } } } }";
    let seen = house.app.ask(token, query, json!({})).await["cases"]["nodes"].clone();
    let items = seen.as_array().unwrap().iter().flat_map(|case| case["timeline"]["nodes"].as_array().unwrap().clone());
    items
        .filter(|item| item.get("change").is_some())
        .map(|item| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            format!("{} {} {}", text(&item["at"]), text(&item["actor"]["kind"]), text(&item["change"]))
        })
        .collect()
}

on_both_databases! {
    async fn a_life_goes_from_the_first_word_to_the_last_appeal(db: Db) {
        let house = House::open(db).await;
        let mut out = String::new();
        let dispute = house.opened().await;
        page(&house, &mut out, &dispute, "the buyer opens it").await;
        house.step(&house.seller, "disputeAnswer", &dispute, json!({ "text": "L’annonce disait verte. Appelez le 06 12 34 56 78." })).await;
        let offer = json!({ "remedy": "PARTIAL_REFUND_KEEP_ITEM", "amount": euros("10.00"), "text": "Un geste." });
        house.step(&house.seller, "disputeMakeOffer", &dispute, offer).await;
        page(&house, &mut out, &dispute, "the seller answers and offers").await;
        let counter = json!({ "remedy": "REFUND", "amount": euros("40.00") });
        house.step(&house.buyer, "disputeCounterOffer", &dispute, counter).await;
        let open = house.seen(&house.seller, &dispute, "offers { id state }").await["offers"][1]["id"].clone();
        house.step(&house.seller, "disputeRefuseOffer", &dispute, json!({ "offerId": open })).await;
        page(&house, &mut out, &dispute, "countered and refused").await;

        house.days(14).await;
        page(&house, &mut out, &dispute, "they talked long enough").await;
        let proposal = json!({ "remedy": "PARTIAL_REFUND_KEEP_ITEM", "amount": euros("25.00"), "text": "À mi-chemin." });
        house.step(&house.ana, "disputePropose", &dispute, proposal).await;
        let proposal = house.seen(&house.buyer, &dispute, "proposals { id }").await["proposals"][0]["id"].clone();
        house.step(&house.seller, "disputeAcceptProposal", &dispute, json!({ "proposalId": proposal })).await;
        house.step(&house.buyer, "disputeRefuseProposal", &dispute, json!({ "proposalId": proposal })).await;
        page(&house, &mut out, &dispute, "Ana proposed, the buyer refused").await;

        house.step(&house.buyer, "disputeSubmitEvidence", &dispute, json!({ "text": "La photo de la théière." })).await;
        house.step(&house.ben, "disputeRequestEvidence", &dispute, json!({ "of": "SELLER", "text": "L’annonce d’origine" })).await;
        house.days(4).await;
        page(&house, &mut out, &dispute, "the seller was asked, and says nothing").await;
        let early = house.attempt(&house.ana, "disputeDecide", &dispute, ruling()).await;
        assert_eq!(fault(&early), (json!(["disputeId"]), json!("NOT_IN_THIS_STATE")), "who conciliated does not decide: {early:#}");
        house.step(&house.ben, "disputeDecide", &dispute, ruling()).await;
        page(&house, &mut out, &dispute, "Ben decides").await;

        let appeal = json!({ "text": "La photo n’est pas celle de cet article.", "evidence": [{ "text": "Le numéro de série" }] });
        house.step(&house.seller, "disputeAppeal", &dispute, appeal).await;
        page(&house, &mut out, &dispute, "the seller appeals").await;
        for (person, why) in [(&house.ana, "conciliated"), (&house.ben, "decided")] {
            let refused = house.attempt(person, "disputeDecideAppeal", &dispute, ruling()).await;
            assert_eq!(fault(&refused).1, "NOT_IN_THIS_STATE", "{why}: {refused:#}");
        }
        let other = with(with(ruling(), "costBearer", json!({ "goods": { "operator": 10_000 } })), "fault", json!("PLATFORM"));
        house.step(&house.cleo, "disputeDecideAppeal", &dispute, other).await;
        page(&house, &mut out, &dispute, "Cleo hears the appeal").await;
        assert_eq!(house.stage(&dispute).await, "FINAL");

        for (name, token) in [("operator", &house.cleo), ("seller", &house.seller), ("buyer", &house.buyer)] {
            writeln!(out, "\n# The timeline of the {name}\n{}", timeline(&house, token).await.join("\n")).unwrap();
        }
        writeln!(out, "\n# What the buyer reads\n{}", house.messages(&house.buyer).await.join("\n---\n")).unwrap();
        writeln!(out, "\n# What the seller reads in private").unwrap();
        let private: Vec<_> = house.messages(&house.seller).await.into_iter().filter(|text| text.starts_with("OPERATOR_SELLER")).collect();
        writeln!(out, "{}", private.join("\n---\n")).unwrap();
        assert!(!out.to_lowercase().contains("médiation de la consommation"), "{out}");
        assert!(!house.messages(&house.buyer).await.join("\n").contains("06 12"), "contact details are masked");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("the_life_of_a_dispute", out);
        });
    }

    async fn silence_and_the_hard_stop_end_it_without_anybody(db: Db) {
        let mut house = House::open(db).await;
        let dispute = house.opened().await;
        house.app.advance(chrono::TimeDelta::hours(3 * 24 + 14));
        house.app.work().await;
        assert_eq!(house.stage(&dispute).await, "DIRECT_CONTACT");
        house.days(1).await;
        assert_eq!(house.stage(&dispute).await, "MEDIATION", "the seller says nothing");
        house.app.restart().await;
        house.days(14).await;
        assert_eq!(house.stage(&dispute).await, "ARBITRATION");
        house.days(14).await;
        let changes = |lines: Vec<String>| lines.into_iter().map(|line| line.split(' ').skip(1).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
        assert_eq!(changes(timeline(&house, &house.cleo).await).pop().unwrap(), "SYSTEM DECISION_LATE");
        assert!(!changes(timeline(&house, &house.seller).await).contains(&"SYSTEM DECISION_LATE".to_owned()), "that is for the operator");
        house.days(30).await;
        let seen = house.seen(&house.buyer, &dispute, "stage decision { outcome fault amount { amount } decider reason by countsAgainstSeller costBearer { goods { operator } } }").await;
        assert_eq!(seen, json!({ "stage": "DECIDED", "decision": {
            "outcome": "BUYER_FAVOUR", "fault": "PLATFORM", "amount": { "amount": "50.00" }, "decider": "HARD_STOP", "reason": "HARD_STOP",
            "by": null, "countsAgainstSeller": null, "costBearer": null,
        } }));
        let seen = house.seen(&house.seller, &dispute, "decision { countsAgainstSeller costBearer { goods { operator } } }").await;
        assert_eq!(seen, json!({ "decision": { "countsAgainstSeller": "DOES_NOT_COUNT", "costBearer": { "goods": { "operator": 10_000 } } } }));
        let before = house.revision(&dispute).await;
        house.app.work().await;
        assert_eq!(house.revision(&dispute).await, before, "once");
        house.days(30).await;
        assert_eq!(house.stage(&dispute).await, "FINAL");
        let words = house.messages(&house.buyer).await.join("\n");
        assert!(words.contains("médiateur de la consommation\u{a0}: CM2C"), "{words}");
        let words = house.messages(&house.seller).await.join("\n");
        assert!(words.contains("reclamations@bazar.example") && words.contains("CMAP") && words.contains("IEAM"), "{words}");
        house.days(400).await;
        assert_eq!(house.stage(&dispute).await, "FINAL");
    }

    async fn where_nobody_decides_it_ends_unresolved(db: Db) {
        let disputes = DisputePolicy { arbitration: Arbitration::NotOffered, ..DisputePolicy::default() };
        let house = House::open_with(db, Charter { disputes, ..charter() }).await;
        let dispute = house.mediated().await;
        house.days(14).await;
        assert_eq!(house.stage(&dispute).await, "UNRESOLVED");
        let words = house.messages(&house.buyer).await.join("\n");
        assert!(words.contains("CM2C") && words.contains("sans accord"), "{words}");
        // And another one may be opened about the same line; the operator does not want to decide it.
        let again = house.opened().await;
        house.step(&house.ana, "disputeStandBack", &again, json!({ "text": "La vente n’a pas eu lieu chez nous." })).await;
        let words = house.messages(&house.buyer).await.join("\n");
        assert!(words.contains("n’a pas eu lieu chez nous"), "{words}");
        let listed = house.app.ask(&house.buyer, "query($id: ID!) { node(id: $id) { ... on Order { disputes { id stage } } } }", json!({ "id": house.order })).await;
        assert_eq!(listed["node"]["disputes"], json!([{ "id": dispute, "stage": "UNRESOLVED" }, { "id": again, "stage": "UNRESOLVED" }]));
    }

    async fn an_offer_that_is_accepted_settles_it(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let offer = json!({ "remedy": "REPLACEMENT" });
        house.step(&house.seller, "disputeMakeOffer", &dispute, offer).await;
        let open = house.seen(&house.buyer, &dispute, "offers { id }").await["offers"][0]["id"].clone();
        let own = house.attempt(&house.seller, "disputeAcceptOffer", &dispute, json!({ "offerId": open })).await;
        assert_eq!(fault(&own), (json!(["offerId"]), json!("NOT_IN_THIS_STATE")), "nobody accepts what they offered: {own:#}");
        house.step(&house.buyer, "disputeAcceptOffer", &dispute, json!({ "offerId": open })).await;
        let seen = house.seen(&house.seller, &dispute, "stage settlement { agreement remedy amount { amount } } availableActions { action }").await;
        assert_eq!(seen, json!({ "stage": "SETTLED", "settlement": { "agreement": "OFFER", "remedy": "REPLACEMENT", "amount": null }, "availableActions": [] }));
        // What stood open long ago stands no more.
        let second = house.opened().await;
        house.step(&house.buyer, "disputeMakeOffer", &second, json!({ "remedy": "REFUND", "amount": euros("50.00") })).await;
        house.days(6).await;
        let seen = house.seen(&house.seller, &second, "offers { state }").await;
        assert_eq!(seen["offers"], json!([{ "state": "LAPSED" }]));
        house.step(&house.buyer, "disputeWithdraw", &second, json!({})).await;
        assert_eq!(house.stage(&second).await, "WITHDRAWN");
    }
}
