//! What must hold whatever happened: reckoned from what anybody can see and from the books, and from nothing that the machines do.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value as Bound};
use serde_json::{Value, json};

use super::{PAID, World};

const SEEN: &str = "query { order(by: { reference: \"A-1\" }) {
    lines { externalId sale { paid { item { amount } itemTax { amount } shipping { amount } shippingTax { amount } fees { amount } } } }
    refunds { id status means: grant { means } attempts { number state } decider availableActions { action }
      grant { amount { amount } items { lineId parts { item { amount } itemTax { amount } shipping { amount } shippingTax { amount } fees { amount } } } } }
    returns { id state quantity orderLineId availableActions { action } }
    disputes { id stage availableActions { action } } } }";
const PARTS: [&str; 5] = ["item", "itemTax", "shipping", "shippingTax", "fees"];
/// States of a refund whose money nobody else can have.
const HOLDS: [&str; 5] = ["GRANTED", "SUBMITTED", "PENDING", "FAILED", "SUCCEEDED"];

fn cents(money: &Value) -> i64 {
    money["amount"].as_str().unwrap().replace('.', "").parse().unwrap()
}

fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object[name].as_array().unwrap()
}

/// Checks all of it.
pub(super) async fn check(world: &World) {
    let seen = world.app.ask(&world.hands[2], SEEN, json!({})).await["order"].clone();
    never_more_than_was_paid(world, &seen);
    no_more_goods_than_were_bought(world, &seen);
    the_payment_system_agrees(world, &seen);
    the_books_balance(world, &seen).await;
    nothing_is_overdue(world).await;
    everything_open_has_an_exit(world, &seen).await;
}

fn never_more_than_was_paid(world: &World, seen: &Value) {
    let mut held: BTreeMap<(String, &str), i64> = BTreeMap::new();
    for refund in list(seen, "refunds").iter().filter(|refund| HOLDS.contains(&refund["status"].as_str().unwrap())) {
        for item in list(&refund["grant"], "items") {
            for part in PARTS {
                *held.entry((item["lineId"].as_str().unwrap().to_owned(), part)).or_default() += cents(&item["parts"][part]);
            }
        }
    }
    for line in list(seen, "lines") {
        for part in PARTS {
            let held = held.remove(&(line["externalId"].as_str().unwrap().to_owned(), part)).unwrap_or_default();
            let paid = cents(&line["sale"]["paid"][part]);
            assert!((0..=paid).contains(&held), "{part} of line {}: {held} of {paid}\n{seen:#}\n{:#?}", line["externalId"], world.story);
        }
    }
    assert!(held.values().all(|rest| *rest == 0), "money on a line that was never sold: {held:?}\n{:#?}", world.story);
}

fn no_more_goods_than_were_bought(world: &World, seen: &Value) {
    for (line, bought) in [("1", 3), ("2", 1)] {
        let back = list(seen, "returns").iter().filter(|one| one["orderLineId"] == line);
        let back: i64 = back
            .filter(|one| !["CANCELED", "EXPIRED", "CLOSED", "DECLINED"].contains(&one["state"].as_str().unwrap()))
            .map(|one| one["quantity"].as_i64().unwrap())
            .sum();
        assert!(back <= bought, "{back} of {bought} pieces of line {line} are on their way back\n{:#?}", world.story);
    }
}

fn the_payment_system_agrees(world: &World, seen: &Value) {
    let refunds = world.stripe.refunds();
    let moved: i64 = refunds.iter().filter(|refund| refund.status != "failed").map(|refund| refund.units).sum();
    assert!(moved <= PAID, "{moved} of {PAID} went back\n{:#?}", world.story);
    let attempts: usize = list(seen, "refunds").iter().map(|refund| list(refund, "attempts").len()).sum();
    assert!(refunds.len() <= attempts, "{} refunds were made of {attempts} attempts\n{:#?}", refunds.len(), world.story);
    let ever: i64 = refunds.iter().map(|refund| refund.units).sum();
    let told: i64 = paid_back(seen);
    assert!(told <= ever, "{told} are said to have been paid, the payment system knows of {ever}\n{:#?}", world.story);
}

/// What is said to have gone back the way it was paid.
fn paid_back(seen: &Value) -> i64 {
    let paid = |refund: &&Value| refund["status"] == "SUCCEEDED" && refund["means"]["means"] == "ORIGINAL_PAYMENT";
    list(seen, "refunds").iter().filter(paid).map(|refund| cents(&refund["grant"]["amount"])).sum()
}

async fn numbers(world: &World, sql: &str) -> Vec<i64> {
    let rows = world.db.query_all_raw(Statement::from_string(world.db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "n").unwrap()).collect()
}

async fn the_books_balance(world: &World, seen: &Value) {
    let crooked = "SELECT CAST(count(*) AS bigint) AS n FROM entries GROUP BY posting_id, currency HAVING sum(minor) <> 0";
    assert_eq!(numbers(world, crooked).await, Vec::<i64>::new(), "a posting that does not sum to zero\n{:#?}", world.story);
    let sum = "SELECT CAST(COALESCE(sum(minor), 0) AS bigint) AS n FROM entries WHERE account = ";
    assert_eq!(numbers(world, &format!("{sum}'ROUNDING'")).await, [0]);
    let buyer = numbers(world, &format!("{sum}'BUYER'")).await[0];
    assert_eq!(buyer, paid_back(seen) - PAID, "what the books say that the buyer has back\n{seen:#}\n{:#?}", world.story);
}

/// Whatever has a time at which it moves by itself has moved when that time is over.
async fn nothing_is_overdue(world: &World) {
    let backend = world.db.get_database_backend();
    for table in ["refunds", "returns", "withdrawals", "disputes"] {
        let place = if backend == DbBackend::Postgres { "$1" } else { "?" };
        let sql = format!("SELECT CAST(count(*) AS bigint) AS n FROM {table} WHERE wakes_at <= {place}");
        let now: Bound = world.app.cx.now().into();
        let row = world.db.query_one_raw(Statement::from_sql_and_values(backend, sql, [now])).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 0, "{table} that time should have moved\n{:#?}", world.story);
    }
}

async fn waking(world: &World, table: &str) -> i64 {
    numbers(world, &format!("SELECT CAST(count(*) AS bigint) AS n FROM {table} WHERE wakes_at IS NOT NULL")).await[0]
}

/// Whatever is not over can be moved by somebody, or moves by itself.
async fn everything_open_has_an_exit(world: &World, seen: &Value) {
    let over = |object: &Value| {
        let state = object["status"].as_str().or(object["state"].as_str()).or(object["stage"].as_str()).unwrap();
        ["DECLINED", "SUCCEEDED", "REVERSED", "CANCELED", "CLOSED", "EXPIRED", "SETTLED", "WITHDRAWN", "FINAL", "UNRESOLVED"]
            .contains(&state)
            && !(object["state"] == "DECLINED")
    };
    for (list_name, table) in [("refunds", "refunds"), ("returns", "returns"), ("disputes", "disputes")] {
        let stuck = list(seen, list_name).iter().filter(|object| {
            // The payment system owes the next word.
            let asked = object["status"] == "SUBMITTED" || object["status"] == "PENDING";
            !over(object) && !asked && list(object, "availableActions").is_empty()
        });
        let stuck: Vec<_> = stuck.collect();
        let waking = waking(world, table).await;
        assert!(i64::try_from(stuck.len()).unwrap() <= waking, "{table} without an exit: {stuck:#?}\n{:#?}", world.story);
    }
}

/// After a long time in which nobody did anything.
pub(super) async fn everything_has_ended(world: &World) {
    let seen = world.app.ask(&world.hands[2], SEEN, json!({})).await["order"].clone();
    for one in list(&seen, "returns") {
        let over = ["CLOSED", "CANCELED", "EXPIRED"].contains(&one["state"].as_str().unwrap());
        assert!(over, "a return that never ends: {one:#}\n{:#?}", world.story);
    }
    for one in list(&seen, "disputes") {
        let over = ["SETTLED", "WITHDRAWN", "FINAL", "UNRESOLVED"].contains(&one["stage"].as_str().unwrap());
        assert!(over, "a dispute that never ends: {one:#}\n{:#?}", world.story);
    }
    for refund in list(&seen, "refunds") {
        let status = refund["status"].as_str().unwrap();
        assert!(!["SUBMITTED", "PENDING"].contains(&status), "a refund of which nothing was heard: {refund:#}\n{:#?}", world.story);
        // What waits for a person waits for one of the operator, who was told.
        let waits = status == "REQUESTED" && refund["decider"] != "OPERATOR";
        assert!(!waits, "a refund that waits for the seller for ever: {refund:#}\n{:#?}", world.story);
    }
}
