//! What people do: ask for something new, or one of the things that they are told they may do now.

use serde_json::{Value, json};

use super::{World, eur};

/// What everybody is asked for: where it stands, and what may be done.
const SEEN: &str = "query { order(by: { reference: \"A-1\" }) {
    refunds { id revision status availableActions { action } }
    returns { id revision state availableActions { action } }
    disputes { id revision stage offers { id state } proposals { id state } availableActions { action from } } } }";

/// Something that somebody may do now.
struct Chance {
    hand: usize,
    kind: &'static str,
    object: Value,
    action: String,
}

impl World {
    /// Somebody asks for something new. Rules may say no.
    pub(super) async fn ask(&mut self, detail: usize) {
        let line = ["1", "2"][detail / 4 % 2];
        let hand = [0, 0, 1, 2][detail / 8 % 4];
        self.asked += 1;
        let (mutation, fields, input) = match detail % 4 {
            0 | 1 => {
                let basis = ["COMMERCIAL", "WITHDRAWAL", "LEGAL_CONFORMITY"][detail / 32 % 3];
                let mut input = json!({ "orderId": self.order, "lineId": line, "basis": basis });
                match detail / 100 % 3 {
                    0 => {}
                    1 => input["units"] = json!(1 + detail / 300),
                    _ => input["amount"] = eur(["4.99", "19.99", "60.00"][detail / 300 % 3]),
                }
                ("refundRequest", "refund { id }", input)
            }
            2 => {
                let reason = ["DEFECTIVE", "CHANGED_MIND", "WRONG_ITEM"][detail / 32 % 3];
                let input = json!({ "orderId": self.order, "lineId": line, "quantity": 1 + detail / 100 % 3, "reason": { "kind": reason },
                    "idempotencyKey": self.asked.to_string() });
                ("returnRequest", "return { id }", input)
            }
            _ => {
                let input =
                    json!({ "orderId": self.order, "lineId": line, "reason": "NOT_AS_DESCRIBED", "text": "Fêlée", "wanted": "REFUND" });
                ("disputeOpen", "dispute { id }", input)
            }
        };
        let token = self.hands[if mutation == "disputeOpen" { hand.min(1) } else { hand }].clone();
        let payload = self.app.try_act(&token, mutation, fields, input.clone()).await;
        self.note(format!("{hand}: {mutation} {input} -> {}", payload["userErrors"]));
        self.work().await;
    }

    /// Somebody does one of the things that somebody may do.
    pub(super) async fn act(&mut self, which: usize, detail: usize) {
        let chances = self.chances().await;
        let Some(chance) = picked(&chances, which, detail) else { return };
        let Some((mutation, more)) = step(chance, detail) else { return };
        let mut input = json!({ format!("{}Id", chance.kind): chance.object["id"], "revision": chance.object["revision"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let fields = format!("{} {{ id }}", chance.kind);
        let token = self.hands[chance.hand].clone();
        let payload = self.app.try_act(&token, mutation, &fields, input.clone()).await;
        self.note(format!("{}: {mutation} {input} -> {}", chance.hand, payload["userErrors"]));
        // Who saw the last revision and may act is never told that it changed or that nothing is allowed.
        let code = &payload["userErrors"][0]["code"];
        assert!(code != "WRONG_REVISION" && code != "NOT_FOUND", "{mutation} {input}: {payload:#}\n{:#?}", self.story);
        self.work().await;
    }

    /// What everybody is told they may do now.
    async fn chances(&self) -> Vec<Chance> {
        let mut chances = Vec::new();
        for (hand, token) in self.hands.iter().enumerate() {
            let seen = self.app.ask(token, SEEN, json!({})).await["order"].clone();
            for (kind, list) in [("refund", "refunds"), ("return", "returns"), ("dispute", "disputes")] {
                for object in seen[list].as_array().unwrap() {
                    for action in object["availableActions"].as_array().unwrap().iter().filter(|action| action["from"].is_null()) {
                        let action = action["action"].as_str().unwrap().to_owned();
                        chances.push(Chance { hand, kind, object: object.clone(), action });
                    }
                }
            }
        }
        chances
    }
}

/// What ends a story early, or changes nothing about money.
const DULL: [&str; 7] = ["SUBMIT_EVIDENCE", "REQUEST_EVIDENCE", "CANCEL", "DECLINE", "WITHDRAW", "STAND_BACK", "ESTABLISH"];

/// One of the chances: refunds, returns and disputes alike often, and what is dull seldom.
fn picked(chances: &[Chance], which: usize, detail: usize) -> Option<&Chance> {
    let kinds = ["refund", "return", "dispute", "refund"];
    let mut order = (0..kinds.len()).map(|place| kinds[(which + place) % kinds.len()]);
    let of = |kind: &str| chances.iter().filter(|chance| chance.kind == kind).collect::<Vec<_>>();
    let all = order.find_map(|kind| Some(of(kind)).filter(|all| !all.is_empty()))?;
    let lively: Vec<_> = all.iter().copied().filter(|chance| !DULL.contains(&chance.action.as_str())).collect();
    let list = if lively.is_empty() || detail.is_multiple_of(7) { all } else { lively };
    Some(list[detail % list.len()])
}

/// The mutation for an action, and what it wants beside the object; none for what no person does.
fn step(chance: &Chance, detail: usize) -> Option<(&'static str, Value)> {
    match chance.kind {
        "refund" => refund(&chance.action, detail),
        "return" => goods(&chance.action, detail),
        _ => dispute(chance, detail),
    }
}

fn refund(action: &str, detail: usize) -> Option<(&'static str, Value)> {
    Some(match action {
        "GRANT" => {
            let form = ["PARTIAL", "FULL", "STORE_CREDIT", "PROMO_CODE"][detail % 4];
            let costs = json!({ "goods": { "seller": 6000, "operator": 3000, "carrier": 1000 } });
            let mut grant = json!({ "form": form });
            if (detail / 4).is_multiple_of(3) {
                grant["costs"] = costs;
            }
            if form == "PARTIAL" && (detail / 12).is_multiple_of(2) {
                let (line, amount) = (["1", "2"][detail / 24 % 2], ["3.33", "9.99", "66.00"][detail / 48 % 3]);
                grant["items"] = json!([{ "lineId": line, "amount": eur(amount) }]);
            }
            ("refundGrant", grant)
        }
        "APPROVE" => ("refundApprove", json!({})),
        "DECLINE" => ("refundDecline", json!({ "reason": "NOT_DUE", "text": "Non." })),
        "CONSENT" => ("refundConsent", json!({ "text": "J’accepte." })),
        "REFUSE_CONSENT" => ("refundRefuseConsent", json!({})),
        "SUBMIT" => ("refundSubmit", json!({})),
        "RETRY" => ("refundRetry", json!({})),
        "CANCEL" => ("refundCancel", json!({})),
        _ => return None,
    })
}

fn goods(action: &str, detail: usize) -> Option<(&'static str, Value)> {
    Some(match action {
        "APPROVE" => ("returnApprove", json!({})),
        "DECLINE" => ("returnDecline", json!({ "reason": "OTHER", "text": "Non." })),
        "PROPOSE_KEEP_ITEM" => ("returnProposeKeepItem", json!({ "amount": eur(["2.50", "8.00"][detail % 2]) })),
        "ACCEPT_OFFER" => ("returnAnswerKeepItem", json!({ "answer": "ACCEPT" })),
        "DECLINE_OFFER" => ("returnAnswerKeepItem", json!({ "answer": "REFUSE" })),
        "ATTACH_LABEL" => ("returnProvideLabel", json!({ "papers": { "label": "https://labels.example/1.pdf" } })),
        "PROVIDE_RMA_NUMBER" => ("returnProvideLabel", json!({ "papers": { "rma": { "number": "R-1", "address": "1 rue du Port" } } })),
        "RECORD_SHIPPED" => ("returnRecordShipped", json!({})),
        "RECORD_DELIVERED" => ("returnRecordDelivered", json!({})),
        "RECORD_RECEIVED" => ("returnRecordReceived", json!({ "quantity": 1 + detail % 2 })),
        "RECORD_LOST" => ("returnRecordLost", json!({})),
        "MARK_COMPLIANT" => ("returnRecordInspection", json!({ "result": { "compliant": true } })),
        "MARK_NON_COMPLIANT" => {
            let reason = ["DAMAGED_PRODUCT", "WRONG_PRODUCT"][detail % 2];
            let fault = json!({ "reason": reason, "text": "Cassée." });
            ("returnRecordInspection", json!({ "result": { "nonCompliant": fault } }))
        }
        "CANCEL" => ("returnCancel", json!({})),
        _ => return None,
    })
}

fn dispute(chance: &Chance, detail: usize) -> Option<(&'static str, Value)> {
    let open = |list: &str| {
        let all = chance.object[list].as_array().unwrap().iter();
        all.filter(|offer| offer["state"] == "OPEN").map(|offer| offer["id"].clone()).next_back()
    };
    let bid = json!({ "remedy": "PARTIAL_REFUND_KEEP_ITEM", "amount": eur(["3.00", "7.00"][detail % 2]) });
    Some(match chance.action.as_str() {
        "ANSWER" => ("disputeAnswer", json!({ "text": "Voici." })),
        "MAKE_OFFER" => ("disputeMakeOffer", bid),
        "COUNTER_OFFER" => ("disputeCounterOffer", bid),
        "ACCEPT_OFFER" => ("disputeAcceptOffer", json!({ "offerId": open("offers")? })),
        "REFUSE_OFFER" => ("disputeRefuseOffer", json!({ "offerId": open("offers")? })),
        "WITHDRAW" if detail.is_multiple_of(5) => ("disputeWithdraw", json!({})),
        "ESCALATE" => ("disputeEscalate", json!({})),
        "STAND_BACK" if detail.is_multiple_of(5) => ("disputeStandBack", json!({ "text": "Hors de notre champ." })),
        "TAKE_UP" => ("disputeTakeUp", json!({})),
        "PROPOSE" => ("disputePropose", bid),
        "ACCEPT_PROPOSAL" => ("disputeAcceptProposal", json!({ "proposalId": open("proposals")? })),
        "REFUSE_PROPOSAL" => ("disputeRefuseProposal", json!({ "proposalId": open("proposals")? })),
        "REQUEST_EVIDENCE" => ("disputeRequestEvidence", json!({ "of": "SELLER", "text": "Une photo." })),
        "SUBMIT_EVIDENCE" => ("disputeSubmitEvidence", json!({ "text": "Le bon de livraison." })),
        "DECIDE" => ("disputeDecide", ruling(detail)),
        "APPEAL" => ("disputeAppeal", json!({ "text": "Non.", "evidence": [{ "text": "Une autre photo." }] })),
        "DECIDE_APPEAL" => ("disputeDecideAppeal", ruling(detail)),
        _ => return None,
    })
}

fn ruling(detail: usize) -> Value {
    let (outcome, amount, remedy) = [
        ("BUYER_FAVOUR", "10.00", json!("PARTIAL_REFUND_KEEP_ITEM")),
        ("SPLIT", "5.00", json!("PARTIAL_REFUND_KEEP_ITEM")),
        ("SELLER_FAVOUR", "0.00", Value::Null),
    ][detail % 3]
        .clone();
    json!({ "outcome": outcome, "fault": "SELLER", "costBearer": { "goods": { "seller": 5000, "operator": 5000 } }, "countsAgainstSeller": "COUNTS",
        "amount": eur(amount), "remedy": remedy, "reason": "OTHER", "statement": "Au vu des pièces.", "clause": "4.2" })
}
