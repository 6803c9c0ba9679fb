//! Store credit and promo codes: given for refunds, spent, taken back, lapsed; never below nothing.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::domain::ledger::Rules;
use trilogue::domain::refunds::{Bearing, RefundMeans};
use trilogue::jobs;

use super::{Books, Way, money, worked_example};
use crate::harness::{Db, on_both_databases};

const CREDIT: &str = "storeCredit { id revision state remaining { amount } uses { amount { amount } order { reference } } } spent { amount { amount } order { reference } }";
const CODE: &str = "promoCode { id revision state value { amount } uses { amount { amount } } } spent { amount { amount } }";

/// A marketplace in which a refund of 65.87 was given as store credit, or as a code.
async fn given(db: Db, means: RefundMeans, rules: &Rules) -> (Books<'static>, Value) {
    let books = Books::open(db).await;
    let order = books.tell(worked_example("A-1")).await;
    books.tell(worked_example("A-2")).await;
    books.give("A-1", order, Way::all_as(means), rules).await;
    let query = "{ storeCredits { nodes { id revision state issued { amount } remaining { amount } expiresAt case { id } } }
        promoCodes { nodes { id revision state code value { amount } expiresAt } } }";
    let seen = books.app.ask(&books.vendor, query, json!({})).await;
    let list = if means == RefundMeans::StoreCredit { &seen["storeCredits"]["nodes"] } else { &seen["promoCodes"]["nodes"] };
    assert_eq!(list.as_array().unwrap().len(), 1, "given once: {seen:#}");
    let one = list[0].clone();
    (books, one)
}

fn spending(credit: &Value, amount: &str, key: &str) -> Value {
    json!({ "storeCreditId": credit, "orderReference": "A-2", "amount": money(amount, "EUR"), "idempotencyKey": key })
}

fn using(code: &Value, amount: &str, key: &str) -> Value {
    json!({ "code": code, "orderReference": "A-2", "amount": money(amount, "EUR"), "idempotencyKey": key })
}

fn fault(payload: &Value) -> (Value, Value) {
    (payload["userErrors"][0]["field"].clone(), payload["userErrors"][0]["code"].clone())
}

on_both_databases! {
    async fn credit_is_spent_bit_by_bit(db: Db) {
        let (books, credit) = given(db, RefundMeans::StoreCredit, &Rules::default()).await;
        assert_eq!((&credit["issued"]["amount"], &credit["remaining"]["amount"], &credit["expiresAt"]), (&json!("65.87"), &json!("65.87"), &Value::Null));
        // The seller gave all of it back; the operator its commission; the buyer holds credit instead of money.
        let credits = books.entries(&books.operator, json!({ "account": "STORE_CREDIT" })).await;
        assert_eq!(credits, [("STORE_CREDIT".into(), "STORE_CREDIT_ISSUED".into(), "65.87".into())]);
        let id = &credit["id"];
        let first = books.app.act(&books.vendor, "storeCreditUse", CREDIT, spending(id, "20.00", "1")).await;
        assert_eq!((&first["storeCredit"]["remaining"]["amount"], &first["spent"]["amount"]["amount"]), (&json!("45.87"), &json!("20.00")));
        let again = books.app.act(&books.vendor, "storeCreditUse", CREDIT, spending(id, "20.00", "1")).await;
        assert_eq!(again, first, "the same call spends nothing more");
        let other = books.app.try_act(&books.vendor, "storeCreditUse", CREDIT, spending(id, "20.01", "1")).await;
        assert_eq!(fault(&other), (json!(["idempotencyKey"]), json!("IDEMPOTENCY_CONFLICT")));
        // The key is the client's own.
        books.app.act(&books.operator, "storeCreditUse", CREDIT, spending(id, "5", "1")).await;
        let last = books.app.act(&books.vendor, "storeCreditUse", CREDIT, spending(id, "40.87", "2")).await["storeCredit"].clone();
        assert_eq!((&last["state"], &last["remaining"]["amount"]), (&json!("USED_UP"), &json!("0.00")));
        assert_eq!(last["uses"].as_array().unwrap().len(), 3);
        let gone = books.app.try_act(&books.vendor, "storeCreditUse", CREDIT, spending(id, "0.01", "3")).await;
        assert_eq!(fault(&gone), (json!(["storeCreditId"]), json!("NOT_IN_THIS_STATE")));
        books.are_right().await;
    }

    async fn what_cannot_be_spent(db: Db) {
        let (books, credit) = given(db, RefundMeans::StoreCredit, &Rules::default()).await;
        let id = &credit["id"];
        let elsewhere = books.app.another_marketplace("souk").await;
        let foreign = books.app.token_in(&elsewhere, trilogue::domain::parties::Role::Vendor, None).await;
        let wrong = |change: fn(&mut Value)| {
            let mut input = spending(id, "1", "k");
            change(&mut input);
            input
        };
        for (token, input, field, code) in [
            (&books.vendor, wrong(|input| input["amount"]["amount"] = json!("65.88")), json!(["amount"]), "INVALID"),
            (&books.vendor, wrong(|input| input["amount"]["amount"] = json!("0")), json!(["amount"]), "INVALID"),
            (&books.vendor, wrong(|input| input["amount"]["amount"] = json!("-1")), json!(["amount"]), "INVALID"),
            (&books.vendor, wrong(|input| input["amount"]["amount"] = json!("1.001")), json!(["amount", "amount"]), "INVALID"),
            (&books.vendor, wrong(|input| input["amount"]["currencyCode"] = json!("USD")), json!(["amount"]), "INVALID"),
            (&books.vendor, wrong(|input| input["amount"]["currencyCode"] = json!("XYZ")), json!(["amount", "currencyCode"]), "INVALID"),
            (&books.vendor, wrong(|input| input["orderReference"] = json!("A-9")), json!(["orderReference"]), "NOT_FOUND"),
            (&books.vendor, wrong(|input| input["orderReference"] = json!("")), json!(["orderReference"]), "LENGTH"),
            (&books.vendor, wrong(|input| input["idempotencyKey"] = json!("k".repeat(129))), json!(["idempotencyKey"]), "LENGTH"),
            (&books.vendor, wrong(|input| input["storeCreditId"] = json!("scr_0192f000000000000000000000000000")), json!(["storeCreditId"]), "NOT_FOUND"),
            (&foreign, spending(id, "1", "k"), json!(["storeCreditId"]), "NOT_FOUND"),
            (&books.tokens[0], spending(id, "1", "k"), Value::Null, "NOT_ALLOWED"),
        ] {
            let refused = books.app.try_act(token, "storeCreditUse", CREDIT, input.clone()).await;
            assert_eq!(fault(&refused), (field, json!(code)), "{input}");
        }
        for (token, code) in [(&books.vendor, "NOT_ALLOWED"), (&books.tokens[0], "NOT_ALLOWED"), (&foreign, "NOT_ALLOWED")] {
            let refused = books.app.try_act(token, "storeCreditVoid", "storeCredit { id }", json!({ "storeCreditId": id, "revision": 1 })).await;
            assert_eq!(refused["userErrors"][0]["code"], code);
        }
        let seen = books.app.ask(&books.vendor, "{ storeCredits { nodes { remaining { amount } uses { usedAt } } } }", json!({})).await;
        assert_eq!(seen["storeCredits"]["nodes"], json!([{ "remaining": { "amount": "65.87" }, "uses": [] }]), "nothing changed");
        books.are_right().await;
    }

    /// Fifty at the same time want 2.00 of 65.87: thirty-two get it, and 1.87 are left.
    async fn fifty_spend_at_the_same_time(db: Db) {
        let (books, credit) = given(db, RefundMeans::StoreCredit, &Rules::default()).await;
        let spend = |number: usize| {
            let input = spending(&credit["id"], "2.00", &format!("k{number}"));
            books.app.try_act(&books.vendor, "storeCreditUse", CREDIT, input)
        };
        let outcomes = join_all((0..50).map(spend)).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome["userErrors"] == json!([]));
        assert_eq!((won.len(), lost.len()), (32, 18));
        for outcome in lost {
            assert_eq!(fault(outcome), (json!(["amount"]), json!("INVALID")), "{outcome:#}");
            assert_eq!(outcome["userErrors"][0]["message"], "Only 1.87 EUR are left.");
        }
        // The same key at the same time is one call.
        let same = join_all((0..10).map(|_| books.app.act(&books.vendor, "storeCreditUse", CREDIT, spending(&credit["id"], "1.00", "same")))).await;
        assert!(same.iter().all(|outcome| outcome["storeCredit"]["remaining"]["amount"] == "0.87"), "{same:#?}");
        let rest = books.entries(&books.operator, json!({ "account": "STORE_CREDIT" })).await;
        assert_eq!(rest.len(), 1 + 32 + 1);
        let below = books.sql("UPDATE store_credits SET remaining_minor = -1").await;
        assert!(below.is_err(), "the database itself keeps it above nothing");
        books.are_right().await;
    }

    async fn a_code_is_used_once(db: Db) {
        let (books, code) = given(db, RefundMeans::Voucher, &Rules::default()).await;
        assert_eq!((&code["value"]["amount"], &code["state"], &code["expiresAt"]), (&json!("65.87"), &json!("OPEN"), &json!("2027-11-22T09:00:00+00:00")));
        let text = code["code"].as_str().unwrap();
        let typed = json!(text.to_lowercase().replace('-', " "));
        let query = "query($code: String!) { promoCode(by: { code: $code }) { id } }";
        for token in [&books.operator, &books.vendor] {
            assert_eq!(books.app.ask(token, query, json!({ "code": typed })).await["promoCode"]["id"], code["id"]);
        }
        assert_eq!(books.app.ask(&books.tokens[0], query, json!({ "code": typed })).await["promoCode"], Value::Null);
        for (amount, field, kind) in [("65.88", "amount", "INVALID"), ("0", "amount", "INVALID")] {
            let refused = books.app.try_act(&books.vendor, "promoCodeUse", CODE, using(&typed, amount, "k")).await;
            assert_eq!(fault(&refused), (json!([field]), json!(kind)));
        }
        let unknown = books.app.try_act(&books.vendor, "promoCodeUse", CODE, using(&json!("NONE"), "1", "k")).await;
        assert_eq!(fault(&unknown), (json!(["code"]), json!("NOT_FOUND")));

        let use_it = |number: usize| {
            let (books, input) = (&books, using(&typed, "50", &format!("k{number}")));
            async move { books.app.try_act(&books.vendor, "promoCodeUse", CODE, input).await }
        };
        let outcomes = join_all((0..50).map(use_it)).await;
        let won: Vec<_> = outcomes.iter().filter(|outcome| outcome["userErrors"] == json!([])).collect();
        assert_eq!(won.len(), 1, "{outcomes:#?}");
        assert_eq!((&won[0]["promoCode"]["state"], &won[0]["spent"]["amount"]["amount"]), (&json!("USED"), &json!("50.00")));
        assert!(outcomes.iter().filter(|outcome| outcome["userErrors"] != json!([])).all(|lost| fault(lost) == (json!(["code"]), json!("NOT_IN_THIS_STATE"))));
        // What was not spent goes back to the seller who had borne the refund.
        let booked = books.entries(&books.tokens[0], json!({})).await;
        assert_eq!(booked.last().unwrap(), &("SELLER".into(), "PROMO_CODE_EXPIRED".into(), "15.87".into()));
        books.are_right().await;
    }

    async fn time_and_operators_end_it(db: Db) {
        let books = Books::open(db).await;
        let rules = Rules { store_credit_days: Some(10), promo_code_days: 20, owed_limit: None };
        for (reference, means) in [("A-1", RefundMeans::StoreCredit), ("A-2", RefundMeans::Voucher), ("A-3", RefundMeans::StoreCredit), ("A-4", RefundMeans::Voucher)] {
            let order = books.tell(worked_example(reference)).await;
            books.give(reference, order, Way::all_as(means).at_cost_of(Bearing::Operator), &rules).await;
        }
        let list = "{ storeCredits(last: 10) { nodes { id revision state } } promoCodes(last: 10) { nodes { id revision state code } } }";
        let seen = books.app.ask(&books.operator, list, json!({})).await;
        // The newest first.
        let (credit, code) = (&seen["storeCredits"]["nodes"][0], &seen["promoCodes"]["nodes"][0]);
        let (stale, now) = (json!({ "storeCreditId": credit["id"], "revision": 7 }), json!({ "storeCreditId": credit["id"], "revision": 1 }));
        let refused = books.app.try_act(&books.operator, "storeCreditVoid", "storeCredit { state }", stale).await;
        assert_eq!(fault(&refused), (json!(["revision"]), json!("WRONG_REVISION")));
        let done = books.app.act(&books.operator, "storeCreditVoid", "storeCredit { state remaining { amount } }", now.clone()).await;
        assert_eq!(done["storeCredit"], json!({ "state": "VOID", "remaining": { "amount": "0.00" } }));
        let again = books.app.try_act(&books.operator, "storeCreditVoid", "storeCredit { state }", now).await;
        assert_eq!(fault(&again), (json!(["revision"]), json!("WRONG_REVISION")));
        let void = json!({ "promoCodeId": code["id"], "revision": 1 });
        books.app.act(&books.operator, "promoCodeVoid", "promoCode { state }", void).await;

        let states = async || {
            let seen = books.app.ask(&books.operator, list, json!({})).await;
            let of = |list: &Value| list["nodes"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
            (of(&seen["storeCredits"]), of(&seen["promoCodes"]))
        };
        books.app.advance(TimeDelta::days(10) - TimeDelta::seconds(1));
        jobs::run_due(&books.app.cx).await;
        assert_eq!(states().await, (vec!["VOID".into(), "OPEN".into()], vec!["VOID".into(), "OPEN".into()]));
        books.app.advance(TimeDelta::seconds(1));
        // Its time is over at once, also before a worker writes it down.
        let open = &seen["storeCredits"]["nodes"][1]["id"];
        let late = books.app.try_act(&books.vendor, "storeCreditUse", CREDIT, json!({ "storeCreditId": open, "orderReference": "A-2", "amount": money("1", "EUR"), "idempotencyKey": "k" })).await;
        assert_eq!(fault(&late), (json!(["storeCreditId"]), json!("NOT_IN_THIS_STATE")));
        jobs::run_due(&books.app.cx).await;
        jobs::run_due(&books.app.cx).await;
        assert_eq!(states().await, (vec!["VOID".into(), "EXPIRED".into()], vec!["VOID".into(), "OPEN".into()]));
        books.app.advance(TimeDelta::days(10));
        jobs::run_due(&books.app.cx).await;
        assert_eq!(states().await, (vec!["VOID".into(), "EXPIRED".into()], vec!["VOID".into(), "EXPIRED".into()]));
        // The operator bore all four refunds and gets all of it back.
        let operator = books.entries(&books.operator, json!({ "account": "OPERATOR" })).await;
        let sum: i64 = operator.iter().map(|(_, _, amount)| amount.replace('.', "").parse::<i64>().unwrap()).sum();
        assert_eq!(sum, 4 * 720, "the commissions alone: {operator:#?}");
        books.are_right().await;
    }
}
