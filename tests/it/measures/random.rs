//! A random story is counted bit by bit, in batches as they fall; in the end the counts are what the state says.

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use trilogue::workflow::measures;

use super::Shop;
use crate::harness::{Db, random_stories};

const BUYERS: [&str; 3] = ["marie", "paul", "zoe"];
const REASONS: [&str; 3] = ["where_is_my_order", "platform", "other"];
const CHANNELS: [&str; 3] = ["EMAIL", "CHAT", "PHONE"];

/// What happens. Orders, cases and disputes are named by their place, as far as there are any.
#[derive(Debug, Clone)]
enum Act {
    Order { number: usize, buyer: usize, month: u32 },
    Open { order: Option<usize>, buyer: usize, reason: usize, channel: usize },
    Write { case: usize, who: usize },
    Resolve { case: usize },
    Reopen { case: usize },
    Name { case: usize, reason: usize },
    Merge { case: usize, into: usize },
    Dispute { order: usize },
    Withdraw { dispute: usize },
    Visit { key: usize, outcome: bool },
    Wait { hours: i64 },
    Count,
}

fn act() -> impl Strategy<Value = Act> {
    let (case, order, buyer) = (0_usize..6, 0_usize..5, 0_usize..3);
    let (reason, channel) = (0_usize..3, 0_usize..3);
    prop_oneof![
        3 => (order.clone(), buyer.clone(), 8_u32..12).prop_map(|(number, buyer, month)| Act::Order { number, buyer, month }),
        4 => (prop::option::of(order.clone()), buyer, reason.clone(), channel)
            .prop_map(|(order, buyer, reason, channel)| Act::Open { order, buyer, reason, channel }),
        4 => (case.clone(), 0_usize..3).prop_map(|(case, who)| Act::Write { case, who }),
        4 => case.clone().prop_map(|case| Act::Resolve { case }),
        2 => case.clone().prop_map(|case| Act::Reopen { case }),
        3 => (case.clone(), reason).prop_map(|(case, reason)| Act::Name { case, reason }),
        1 => (case.clone(), case).prop_map(|(case, into)| Act::Merge { case, into }),
        2 => order.prop_map(|order| Act::Dispute { order }),
        1 => (0_usize..3).prop_map(|dispute| Act::Withdraw { dispute }),
        1 => (0_usize..4, any::<bool>()).prop_map(|(key, outcome)| Act::Visit { key, outcome }),
        3 => (1_i64..200).prop_map(|hours| Act::Wait { hours }),
        3 => Just(Act::Count),
    ]
}

struct Teller {
    shop: Shop,
    cases: Vec<Value>,
    disputes: Vec<Value>,
    said: usize,
}

fn pick(list: &[Value], place: usize) -> Option<Value> {
    (!list.is_empty()).then(|| list[place % list.len()].clone())
}

impl Teller {
    /// Does it, as far as the house lets people do it.
    async fn perform(&mut self, act: &Act) {
        let Self { shop, cases, disputes, said } = self;
        *said += 1;
        let app = &shop.app;
        match act {
            Act::Order { number, buyer, month } => {
                let seller = if number % 2 == 0 { "alma" } else { "brio" };
                shop.order(&format!("MK-{number}"), seller, BUYERS[*buyer], &format!("2026-{month:02}-10")).await;
            }
            Act::Open { order, buyer, reason, channel } => {
                let reference = order.map(|order| format!("MK-{order}"));
                let input = json!({ "subject": "Question", "buyerName": "Quelqu’un", "buyerEmail": format!("{}@example.org", BUYERS[*buyer]), "text": "Bonjour",
                    "idempotencyKey": said.to_string(), "orderReference": reference, "reason": REASONS[*reason], "channel": CHANNELS[*channel] });
                let opened = app.try_act(&shop.vendor, "caseOpen", "case { id }", input).await;
                cases.extend(opened.pointer("/case/id").filter(|id| id.is_string()).cloned());
            }
            Act::Write { case, who } => {
                let Some(case) = pick(cases, *case) else { return };
                let token = [&shop.operator, &shop.seller, &shop.vendor][*who];
                let query = "query($id: ID!) { case(by: { id: $id }) { threads { id } } }";
                let found = app.ask(token, query, json!({ "id": case })).await;
                let Some(thread) = found.pointer("/case/threads/0/id") else { return };
                let input = json!({ "threadId": thread, "text": format!("Mot {said}"), "idempotencyKey": said.to_string() });
                app.try_act(token, "messagePost", "message { id }", input).await;
            }
            Act::Resolve { case } => self.case_act("caseResolve", *case, json!({})).await,
            Act::Reopen { case } => self.case_act("caseReopen", *case, json!({})).await,
            Act::Name { case, reason } => self.case_act("caseNameReason", *case, json!({ "reason": REASONS[*reason] })).await,
            Act::Merge { case, into } => {
                let Some(into) = pick(cases, *into) else { return };
                self.case_act("caseMerge", *case, json!({ "intoCaseId": into })).await;
            }
            Act::Dispute { order } => {
                let order = app.ask(&shop.operator, &format!("{{ order(by: {{ reference: \"MK-{order}\" }}) {{ id }} }}"), json!({})).await
                    ["order"]
                    .clone();
                let input = json!({ "orderId": order["id"], "lineId": "1", "reason": "DEFECTIVE", "text": "Cassée.", "wanted": "REFUND" });
                if order.is_object() {
                    let opened = app.try_act(&shop.vendor, "disputeOpen", "dispute { id }", input).await;
                    disputes.extend(opened.pointer("/dispute/id").filter(|id| id.is_string()).cloned());
                }
            }
            Act::Withdraw { dispute } => {
                let Some(dispute) = pick(disputes, *dispute) else { return };
                app.try_act(&shop.vendor, "disputeWithdraw", "dispute { id }", json!({ "disputeId": dispute, "revision": 1 })).await;
            }
            Act::Visit { key, outcome } => {
                let outcome = if *outcome { "DEFLECTED" } else { "WENT_ON" };
                app.act(&shop.vendor, "helpVisitReport", "", json!({ "idempotencyKey": key.to_string(), "outcome": outcome })).await;
            }
            Act::Wait { hours } => {
                shop.wait(TimeDelta::hours(*hours));
                app.work().await;
            }
            Act::Count => {
                measures::begin(&app.cx).await.unwrap();
                measures::count(&app.cx, app.marketplace.id).await.unwrap();
            }
        }
    }

    async fn case_act(&self, mutation: &str, case: usize, more: Value) {
        let Some(case) = pick(&self.cases, case) else { return };
        let mut input = json!({ "caseId": case });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.shop.app.try_act(&self.shop.operator, mutation, "case { id }", input).await;
    }
}

async fn told(db: Db, acts: Vec<Act>) -> Result<(), TestCaseError> {
    let mut teller = Teller { shop: Shop::open(db).await, cases: Vec::new(), disputes: Vec::new(), said: 0 };
    for act in &acts {
        Box::pin(teller.perform(act)).await;
    }
    let shop = &teller.shop;
    shop.app.work().await;
    let (cx, marketplace) = (&shop.app.cx, shop.app.marketplace.id);
    let differences = measures::check(cx, marketplace).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(differences.is_empty(), "{:#?}", differences.iter().take(2).collect::<Vec<_>>());

    // The live figures are those of a full recomputation, to the last digit.
    let months = "from: \"2026-01-15\", to: \"2027-01-14\"";
    let live = shop.figures(months).await;
    measures::recompute(cx, marketplace).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(live, shop.figures(months).await);
    Ok(())
}

fn counts_are_what_the_state_says(db: Db, cases: u32) {
    let config = Config { max_shrink_iters: 40, ..random_stories(cases) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let acts = prop::collection::vec(act(), 10..60);
    TestRunner::new(config).run(&acts, |acts| runtime.block_on(Box::pin(told(db, acts)))).unwrap();
}

#[test]
fn on_sqlite() {
    counts_are_what_the_state_says(Db::Sqlite, 16);
}

#[test]
fn on_postgres() {
    counts_are_what_the_state_says(Db::Postgres, 6);
}
