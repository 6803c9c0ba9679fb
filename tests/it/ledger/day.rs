//! A day of mixed work, and what must be true of the books after it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::ids::PostingId;
use trilogue::domain::ledger::{Account, Cause, Posting, Rules, SellerStatement, seller_balance, tripwire};
use trilogue::domain::money::Money;
use trilogue::domain::parties::Actor;
use trilogue::domain::refunds::{Bearing, RefundMeans};
use trilogue::jobs;

use super::{Books, House, Way, money, sale, worked_example};
use crate::harness::{TestApp, on_both_databases};

const ADJUSTED: &str = "posting { id note at cause corrects { id } entries { kind amount { amount } } }";

impl Books<'_> {
    /// Everything that is commonly booked, told, spent and asked, once.
    pub(super) async fn busy_day(&self) {
        for (reference, currency, price) in [("L-1", "EUR", "19.99"), ("L-2", "JPY", "1999"), ("L-3", "KWD", "1.999")] {
            let order = self.tell(sale(reference, "alma", (price, 3, "0", currency))).await;
            let first = self.paid(order, &[], Way::units(1)).await;
            self.book(self.seller(0), &first).await;
            let second = self.paid(order, std::slice::from_ref(&first), Way::units(1).at_cost_of(Bearing::Carrier)).await;
            self.book(self.seller(0), &second).await;
            self.app.advance(TimeDelta::minutes(10));
            self.take_back(&first).await;
        }
        let mut corrected = worked_example("L-1");
        corrected["lines"][0]["shipping"]["standard"]["amount"] = json!("1.00");
        self.tell(corrected).await;
        self.tell(sale("L-4", "brio", ("7.00", 2, "1.50", "EUR"))).await;
        let rules = Rules { store_credit_days: Some(1), promo_code_days: 1, owed_limit: None };
        for (reference, means) in [
            ("L-5", RefundMeans::StoreCredit),
            ("L-6", RefundMeans::Voucher),
            ("L-7", RefundMeans::StoreCredit),
            ("L-8", RefundMeans::Voucher),
            ("L-9", RefundMeans::StoreCredit),
        ] {
            let order = self.tell(worked_example(reference)).await;
            self.give(reference, order, Way::all_as(means), &rules).await;
        }
        self.credit_and_codes().await;
        self.payout(0, "30.00", "EUR", "po-1").await;
        self.payout(0, "5.000", "KWD", "po-2").await;
        self.payout(1, "100.00", "EUR", "po-3").await;
        self.adjust("a-1", "CREDIT", "2.50").await;
        self.adjust("a-1", "CREDIT", "2.50").await;
        self.adjust("a-2", "DEBIT", "1.25").await;
        self.ask_everything().await;
    }

    async fn credit_and_codes(&self) {
        let list = "query($after: String) { storeCredits(first: 2, after: $after, filter: { state: OPEN, buyerEmail: \"marie@example.org\" }) {
                pageInfo { endCursor } nodes { id revision case { id } uses { order { id } } } }
            promoCodes(filter: { state: OPEN, buyerEmail: \"marie@example.org\" }) { nodes { id revision code case { id } uses { order { id } } } } }";
        let seen = self.app.ask(&self.vendor, list, json!({})).await;
        let (credits, codes) = (&seen["storeCredits"]["nodes"], &seen["promoCodes"]["nodes"]);
        self.app.ask(&self.vendor, list, json!({ "after": seen["storeCredits"]["pageInfo"]["endCursor"] })).await;
        let order = json!("L-4");
        let spend =
            json!({ "storeCreditId": credits[0]["id"], "orderReference": order, "amount": money("12.34", "EUR"), "idempotencyKey": "1" });
        for _ in 0..2 {
            self.app.act(&self.vendor, "storeCreditUse", "storeCredit { uses { usedAt } }", spend.clone()).await;
        }
        let spend = json!({ "code": codes[0]["code"], "orderReference": order, "amount": money("60", "EUR"), "idempotencyKey": "2" });
        self.app.act(&self.vendor, "promoCodeUse", "promoCode { uses { usedAt } }", spend).await;
        let void = json!({ "storeCreditId": credits[1]["id"], "revision": credits[1]["revision"] });
        self.app.act(&self.operator, "storeCreditVoid", "storeCredit { id }", void).await;
        let find = "query($code: String!, $id: ID!) { promoCode(by: { code: $code }) { id } node(id: $id) { id } storeCredits(last: 1) { nodes { id } } promoCodes(last: 1) { nodes { id } } }";
        for token in [&self.operator, &self.vendor, &self.tokens[0]] {
            for one in [&credits[0], &codes[0]] {
                self.app.ask(token, find, json!({ "code": codes[0]["code"], "id": one["id"] })).await;
            }
        }
    }

    async fn ask_everything(&self) {
        let query = "query($id: ID!, $after: String) { seller(by: { externalId: \"alma\" }) { balance { amount }
                statement(period: { from: \"2026-11-22T00:00:00Z\", until: \"2026-11-23T00:00:00Z\" }) { opening { amount } closing { amount } } }
            all: ledgerEntries(first: 3, after: $after) { pageInfo { endCursor } nodes { id posting { id entries { id } corrects { id } order { id } } } }
            own: ledgerEntries(last: 3, filter: { sellerId: $id }) { nodes { seller { id } } }
            house: ledgerEntries(first: 3, after: $after, filter: { account: OPERATOR }) { nodes { id } }
            quarterExportLink(sellerId: $id, year: 2026, quarter: 4, format: JSON) { url } }";
        for token in [&self.operator, &self.tokens[0], &self.vendor] {
            let seen = self.app.ask(token, query, json!({ "id": self.sellers[0] })).await;
            let after = seen["all"]["pageInfo"]["endCursor"].clone();
            self.app.ask(token, query, json!({ "id": self.sellers[0], "after": after })).await;
            if let Some(posting) = seen["all"]["nodes"][0]["posting"]["id"].as_str() {
                self.app.ask(token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": posting })).await;
            }
            let path = format!("{}/sellers/{}/quarters/2026-Q4/entries.csv", self.app.url, self.sellers[0].as_str().unwrap());
            self.app.http.get(path).bearer_auth(token).send().await.unwrap().text().await.unwrap();
        }
    }

    /// Corrects the last payout to Alma.
    async fn adjust(&self, key: &str, kind: &str, amount: &str) -> Value {
        let query = "query($id: ID!) { ledgerEntries(first: 100, filter: { sellerId: $id }) { nodes { kind posting { id } } } }";
        let seen = self.app.ask(&self.operator, query, json!({ "id": self.sellers[0] })).await["ledgerEntries"]["nodes"].clone();
        let payout = seen.as_array().unwrap().iter().find(|entry| entry["kind"] == "PAYOUT").unwrap()["posting"]["id"].clone();
        let input = json!({ "sellerId": self.sellers[0], "kind": kind, "amount": money(amount, "EUR"), "correctsPostingId": payout,
            "note": "Counted twice", "idempotencyKey": key });
        self.app.act(&self.operator, "ledgerAdjust", ADJUSTED, input).await["posting"].clone()
    }

    /// Everything that was ever booked, as the domain reads it.
    async fn everything(&self) -> Vec<Posting> {
        let query = "query($after: String) { ledgerEntries(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { posting { id } } } }";
        let (mut ids, mut after) = (Vec::<PostingId>::new(), Value::Null);
        loop {
            let page = self.app.ask(&self.operator, query, json!({ "after": after })).await["ledgerEntries"].clone();
            ids.extend(
                page["nodes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|entry| serde_json::from_value::<PostingId>(entry["posting"]["id"].clone()).unwrap()),
            );
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let scope = Actor::system(self.app.marketplace.id).scope();
        self.app.cx.store.postings_by_id(scope, &ids).await.unwrap().into_iter().map(|row| row.whole).collect()
    }
}

on_both_databases! {
    async fn after_a_day_of_mixed_work_everything_sums_to_zero(db: Db) {
        let books = Books::open(db).await;
        books.busy_day().await;
        books.app.advance(TimeDelta::days(2));
        jobs::run_due(&books.app.cx).await;
        books.are_right().await;
        for table in ["postings", "entries", "balances", "refund_steps", "store_credits", "promo_codes", "credit_uses"] {
            assert!(books.sql(&format!("SELECT CAST(count(*) AS bigint) FROM {table}")).await.unwrap() > 1, "{table} is empty");
        }
        let off = "SELECT CAST(count(*) AS bigint) FROM (SELECT posting_id FROM entries GROUP BY posting_id, currency HAVING sum(minor) <> 0) AS x";
        assert_eq!(books.sql(off).await, Ok(0), "a posting does not sum to zero");
        let off = "SELECT CAST(count(*) AS bigint) FROM (SELECT currency FROM entries GROUP BY currency HAVING sum(minor) <> 0) AS x";
        assert_eq!(books.sql(off).await, Ok(0), "the whole does not sum to zero");
        let currencies = "SELECT CAST(count(DISTINCT currency) AS bigint) FROM entries";
        assert_eq!(books.sql(currencies).await, Ok(3));

        // What is kept, what SQL adds up, and what the domain makes of the same postings are one.
        let all = books.everything().await;
        assert!(all.len() > 30, "{} postings", all.len());
        tripwire(&all).unwrap();
        let mut causes: BTreeMap<String, usize> = BTreeMap::new();
        for posting in &all {
            let kind = serde_json::to_value(posting.cause()).unwrap()["type"].as_str().unwrap().to_owned();
            *causes.entry(kind).or_default() += 1;
        }
        let causes: Vec<_> = causes.into_iter().collect();
        let named = |name: &str, count| (name.to_owned(), count);
        assert_eq!(causes, [
            named("NAMED", 5), named("PROMO_CODE", 2), named("REFUND", 11), named("REFUND_REVERSED", 3), named("SALE", 10),
            named("SALE_CORRECTED", 1), named("STORE_CREDIT", 4),
        ]);
        let scope = Actor::system(books.app.marketplace.id).scope();
        let store = &books.app.cx.store;
        let start = books.app.cx.now() - TimeDelta::days(3);
        for index in [0, 1] {
            let seller = books.seller(index);
            for (_, kept) in store.seller_balances(scope, &[seller]).await.unwrap() {
                assert_eq!(seller_balance(&all, seller, kept.currency), Ok(kept));
                for minutes in [-30, -25, -20, -10, -5, 0, 10_000] {
                    let time = start..(start + TimeDelta::days(1) + TimeDelta::minutes(minutes));
                    for time in [time.clone(), time.end..(time.end + TimeDelta::days(2))] {
                        let counted = store.seller_statement(scope, seller, kept.currency, &time).await.unwrap().unwrap();
                        assert_eq!(Ok(counted), SellerStatement::of(&all, seller, kept.currency, &time), "{time:?}");
                    }
                }
            }
        }
        assert!(all.iter().all(|posting| !posting.entries().iter().any(|entry| entry.account == Account::Rounding)));
        assert!(all.iter().any(|posting| matches!(posting.cause(), Cause::RefundReversed { .. })));
    }

    /// A seller is paid out, then a buyer gets money back: the balance goes below zero, and what is sold next is set off.
    async fn what_is_owed_carries_over(db: Db) {
        let rules = Rules { owed_limit: Some(Money { minor: 2000, currency: "EUR".parse().unwrap() }), ..Rules::default() };
        let charter = trilogue::domain::charter::Charter { ledger: rules, ..Default::default() };
        let app = TestApp::start_with(db, charter).await;
        let books = Books::of(House::Own(Box::new(app))).await;
        let order = books.tell(worked_example("A-1")).await;
        assert_eq!(books.payout(0, "57.23", "EUR", "po-1").await["userErrors"], json!([]));
        let first = books.payout(0, "57.23", "EUR", "po-1").await;
        assert_eq!(first["userErrors"], json!([]), "told twice, paid once");
        let other = books.payout(0, "57.24", "EUR", "po-1").await;
        assert_eq!((&other["userErrors"][0]["field"], &other["userErrors"][0]["code"]), (&json!(["reference"]), &json!("IDEMPOTENCY_CONFLICT")));
        assert_eq!(books.balance(&books.tokens[0], 0).await, json!([money("0.00", "EUR")]));
        let statement = async |from: &str, until: &str| {
            let query = "query($id: ID!, $period: StatementPeriodInput!) { node(id: $id) { ... on Seller { statement(period: $period) {
                opening { amount } credits { amount } debits { amount } closing { amount } carry { state amount { amount } } } } } }";
            let period = json!({ "from": format!("2026-11-{from}T00:00:00Z"), "until": format!("2026-11-{until}T00:00:00Z") });
            let seen = books.app.ask(&books.tokens[0], query, json!({ "id": books.sellers[0], "period": period })).await["node"]["statement"].clone();
            let amount = |name: &str| seen[name]["amount"].as_str().unwrap().to_owned();
            let carry = (seen["carry"]["state"].as_str().unwrap().to_owned(), seen["carry"]["amount"]["amount"].as_str().unwrap().to_owned());
            ([amount("opening"), amount("credits"), amount("debits"), amount("closing")], carry)
        };
        books.app.advance(TimeDelta::days(1));
        let refund = books.paid(order, &[], Way::units(1)).await;
        books.book(books.seller(0), &refund).await;
        let texts = |texts: [&str; 4]| texts.map(str::to_owned);
        assert_eq!(statement("22", "23").await, (texts(["0.00", "65.87", "-65.87", "0.00"]), ("PAYABLE".into(), "0.00".into())));
        assert_eq!(statement("23", "24").await, (texts(["0.00", "2.88", "-19.99", "-17.11"]), ("OWED".into(), "17.11".into())));
        let second = books.paid(order, &[refund], Way::units(1)).await;
        books.book(books.seller(0), &second).await;
        assert_eq!(statement("23", "24").await.1, ("OWED_BEYOND_LIMIT".into(), "34.22".into()), "the charter lets 20.00 stand");
        books.app.advance(TimeDelta::days(1));
        books.tell(worked_example("A-2")).await;
        assert_eq!(statement("24", "25").await, (texts(["-34.22", "65.87", "-8.64", "23.01"]), ("PAYABLE".into(), "23.01".into())));
        assert_eq!(statement("23", "24").await.1, ("OWED_BEYOND_LIMIT".into(), "34.22".into()), "what is over does not change");
        assert_eq!(books.balance(&books.tokens[0], 0).await, json!([money("23.01", "EUR")]));
        books.are_right().await;
    }

    async fn corrections_name_what_they_correct(db: Db) {
        let books = Books::open(db).await;
        books.tell(worked_example("A-1")).await;
        books.tell(sale("B-1", "brio", ("7.00", 2, "1.50", "EUR"))).await;
        books.payout(0, "57.23", "EUR", "po-1").await;
        let first = books.adjust("k", "CREDIT", "2.50").await;
        assert_eq!((&first["note"], &first["cause"]), (&json!("Counted twice"), &json!("NAMED")));
        assert_eq!(books.adjust("k", "CREDIT", "2.50").await, first);
        assert_eq!(books.balance(&books.tokens[0], 0).await, json!([money("2.50", "EUR")]));
        let payout = first["corrects"]["id"].clone();
        let brio = books.app.ask(&books.tokens[1], "{ ledgerEntries { nodes { posting { id } } } }", json!({})).await["ledgerEntries"]["nodes"][0]["posting"]["id"].clone();
        let good = json!({ "sellerId": books.sellers[0], "kind": "DEBIT", "amount": money("1", "EUR"), "correctsPostingId": payout, "note": "x", "idempotencyKey": "n" });
        for (token, field, value, path, code) in [
            (&books.operator, "note", json!("  "), json!(["note"]), "LENGTH"),
            (&books.operator, "note", json!("x".repeat(501)), json!(["note"]), "LENGTH"),
            (&books.operator, "amount", money("0", "EUR"), json!(["amount"]), "INVALID"),
            (&books.operator, "amount", money("-1", "EUR"), json!(["amount"]), "INVALID"),
            (&books.operator, "amount", money("90000000000000.00", "EUR"), json!(["amount"]), "INVALID"),
            (&books.operator, "idempotencyKey", json!(""), json!(["idempotencyKey"]), "LENGTH"),
            (&books.operator, "idempotencyKey", json!("k"), json!(["idempotencyKey"]), "IDEMPOTENCY_CONFLICT"),
            (&books.operator, "sellerId", json!("sel_0192f000000000000000000000000000"), json!(["sellerId"]), "NOT_FOUND"),
            (&books.operator, "sellerId", books.sellers[1].clone(), json!(["correctsPostingId"]), "INVALID"),
            (&books.operator, "correctsPostingId", brio, json!(["correctsPostingId"]), "INVALID"),
            (&books.operator, "correctsPostingId", json!("pst_0192f000000000000000000000000000"), json!(["correctsPostingId"]), "NOT_FOUND"),
            (&books.vendor, "note", json!("x"), Value::Null, "NOT_ALLOWED"),
            (&books.tokens[0], "note", json!("x"), Value::Null, "NOT_ALLOWED"),
        ] {
            let mut input = good.clone();
            input[field] = value;
            let refused = books.app.try_act(token, "ledgerAdjust", "posting { id }", input.clone()).await;
            assert_eq!((&refused["userErrors"][0]["field"], &refused["userErrors"][0]["code"]), (&path, &json!(code)), "{input}");
        }
        for (token, field, value, path, code) in [
            (&books.vendor, "reference", json!(""), json!(["reference"]), "LENGTH"),
            (&books.vendor, "amount", money("0.00", "EUR"), json!(["amount"]), "INVALID"),
            (&books.vendor, "sellerId", json!("sel_0192f000000000000000000000000000"), json!(["sellerId"]), "NOT_FOUND"),
            (&books.tokens[0], "reference", json!("r"), Value::Null, "NOT_ALLOWED"),
        ] {
            let mut input = json!({ "sellerId": books.sellers[0], "amount": money("1", "EUR"), "reference": "r" });
            input[field] = value;
            let refused = books.app.try_act(token, "payoutReport", "posting { id }", input.clone()).await;
            assert_eq!((&refused["userErrors"][0]["field"], &refused["userErrors"][0]["code"]), (&path, &json!(code)), "{input}");
        }
        assert_eq!(books.balance(&books.tokens[0], 0).await, json!([money("2.50", "EUR")]), "nothing changed");
        books.are_right().await;
    }
}
