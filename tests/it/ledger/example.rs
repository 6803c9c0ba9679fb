//! The worked example of the accounting rules, to the cent, through the store.

use serde_json::{Value, json};
use trilogue::domain::refunds::Refund;
use trilogue::store::Booked;

use super::{Books, Way, money, sale, worked_example};
use crate::harness::on_both_databases;

const KINDS: [&str; 4] = ["REFUND_ORDER_AMOUNT", "REFUND_ORDER_SHIPPING_AMOUNT", "REFUND_COMMISSION_FEE", "REFUND_COMMISSION_VAT"];

/// What the last entries of a seller come to, in cents: goods, delivery, commission and its tax that went back, and all of it.
async fn effect(books: &Books<'_>, refund: &Refund) -> [i64; 5] {
    let store = &books.app.cx.store;
    let scope = trilogue::domain::parties::Actor::system(books.app.marketplace.id).scope();
    let found = store.postings_of_refunds(scope, &[refund.id]).await.unwrap();
    let posting = found.last().unwrap();
    let seller = trilogue::domain::ledger::Account::Seller(books.seller(0));
    let own = posting.entries.iter().filter(|row| row.entry.account == seller);
    let mut sums = [0; 5];
    for row in own {
        let kind = serde_json::to_value(row.entry.kind).unwrap().as_str().unwrap().replace("_TAX", "");
        let column = KINDS.iter().position(|known| *known == kind).unwrap();
        sums[column] += row.entry.amount.minor;
        sums[4] += row.entry.amount.minor;
    }
    sums
}

/// The sums of the whole ledger by account, in the currency's smallest units.
async fn by_account(books: &Books<'_>) -> Value {
    let mut sums = serde_json::Map::new();
    for (account, _, amount) in books.entries(&books.operator, Value::Null).await {
        let minor: i64 = amount.replace('.', "").parse().unwrap();
        let sum = sums.entry(account).or_insert(json!(0));
        *sum = json!(sum.as_i64().unwrap() + minor);
    }
    Value::Object(sums)
}

on_both_databases! {
    /// 3 × 19.99 and delivery 5.90; commission 7.20 and its tax 1.44. The buyer withdraws unit after unit, the commission goes back in
    /// proportion, the delivery with the last unit, the seller bears all of it.
    async fn the_worked_example_to_the_cent(db: Db) {
        let books = Books::open(db).await;
        let order = books.tell(worked_example("A-1")).await;
        assert_eq!(by_account(&books).await, json!({ "BUYER": -6587, "SELLER": 5723, "OPERATOR": 720, "COMMISSION_TAX": 144 }));
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("57.23", "EUR")]));

        let mut refunds: Vec<Refund> = Vec::new();
        for (unit, (table, left)) in [
            ([-1999, 0, 240, 48, -1711], "40.12"),
            ([-1999, 0, 240, 48, -1711], "23.01"),
            ([-1999, -590, 240, 48, -2301], "0.00"),
        ].into_iter().enumerate() {
            let refund = books.paid(order, &refunds, Way::units(1)).await;
            assert_eq!(books.book(books.seller(0), &refund).await, Booked::Now);
            assert_eq!(books.book(books.seller(0), &refund).await, Booked::Before, "a replay changes nothing");
            assert_eq!(effect(&books, &refund).await, table, "unit {unit}");
            assert_eq!(books.balance(&books.tokens[0], 0).await, json!([money(left, "EUR")]), "unit {unit}");
            refunds.push(refund);
        }
        assert_eq!(by_account(&books).await, json!({ "BUYER": 0, "SELLER": 0, "OPERATOR": 0, "COMMISSION_TAX": 0 }), "nothing is left of it");
        books.are_right().await;

        // The second one is reversed by the payment system: exactly what it had booked comes back, once.
        assert_eq!(books.take_back(&refunds[1]).await, Booked::Now);
        assert_eq!(books.take_back(&refunds[1]).await, Booked::Before);
        assert_eq!(by_account(&books).await, json!({ "BUYER": -1999, "SELLER": 1711, "OPERATOR": 240, "COMMISSION_TAX": 48 }));
        // Its steps count no more, so the unit can be refunded anew, and nothing is left again.
        let held = [refunds[0].clone(), refunds[2].clone()];
        let again = books.paid(order, &held, Way::units(1)).await;
        assert_eq!(books.book(books.seller(0), &again).await, Booked::Now);
        assert_eq!(by_account(&books).await, json!({ "BUYER": 0, "SELLER": 0, "OPERATOR": 0, "COMMISSION_TAX": 0 }));
        assert_eq!(books.book(books.seller(0), &refunds[1]).await, Booked::Before, "a late replay of what was reversed");
        books.are_right().await;
    }

    /// 10.00 for three units are refunded as 3.33, 3.34 and 3.33.
    async fn rounding_never_gets_lost(db: Db) {
        let books = Books::open(db).await;
        let mut order = sale("A-1", "alma", ("3.34", 3, "0", "EUR"));
        order["lines"][0]["discounts"] = json!([money("0.02", "EUR")]);
        let order = books.tell(order).await;
        let (mut refunds, mut amounts): (Vec<Refund>, Vec<String>) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let refund = books.paid(order, &refunds, Way::units(1)).await;
            books.book(books.seller(0), &refund).await;
            amounts.push(refund.grant.as_ref().unwrap().total().unwrap().amount());
            refunds.push(refund);
        }
        assert_eq!(amounts, ["3.33", "3.34", "3.33"]);
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("0.00", "EUR")]));
        books.are_right().await;
    }

    /// Currencies with no, two and three decimals: what is sold and refunded unit after unit leaves nothing behind in any.
    async fn currencies_with_other_decimals(db: Db) {
        let books = Books::open(db).await;
        for (currency, price, shipping, sold, after) in [
            ("JPY", "1999", "590", "5723", "4012"),
            ("EUR", "19.99", "5.90", "57.23", "40.12"),
            ("KWD", "1.999", "0.590", "5.723", "4.012"),
        ] {
            let order = books.tell(sale(currency, "alma", (price, 3, shipping, currency))).await;
            let now = |all: &Value| all.as_array().unwrap().iter().find(|one| one["currencyCode"] == currency).unwrap()["amount"].clone();
            assert_eq!(now(&books.balance(&books.operator, 0).await), sold);
            let mut refunds = Vec::new();
            for left in [after, "", ""] {
                let refund = books.paid(order, &refunds, Way::units(1)).await;
                books.book(books.seller(0), &refund).await;
                refunds.push(refund);
                assert!(left.is_empty() || now(&books.balance(&books.operator, 0).await) == left);
            }
        }
        let nothing = json!([money("0.00", "EUR"), money("0", "JPY"), money("0.000", "KWD")]);
        assert_eq!(books.balance(&books.tokens[0], 0).await, nothing);
        let refused = books.payout(0, "10.5", "JPY", "p").await;
        assert_eq!(refused["userErrors"][0]["field"], json!(["amount", "amount"]));
        books.are_right().await;
    }

    /// A line that is told again with other amounts: the sale is taken back as it was booked, and booked anew.
    async fn a_corrected_sale(db: Db) {
        let books = Books::open(db).await;
        let mut order = worked_example("A-1");
        books.tell(order.clone()).await;
        books.tell(order.clone()).await;
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("57.23", "EUR")]), "told twice, sold once");
        order["lines"][0]["quantity"] = json!(2);
        books.app.advance(chrono::TimeDelta::minutes(1));
        books.tell(order.clone()).await;
        // 39.98 + 5.90 less 4.80 and 0.96.
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("40.12", "EUR")]));
        books.app.advance(chrono::TimeDelta::minutes(1));
        order["lines"][0]["quantity"] = json!(3);
        books.tell(order).await;
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("57.23", "EUR")]));
        let query = "{ ledgerEntries(first: 100) { nodes { posting { id cause corrects { cause } } } } }";
        let seen = books.app.ask(&books.operator, query, json!({})).await["ledgerEntries"]["nodes"].clone();
        let mut causes: Vec<_> = seen.as_array().unwrap().iter().map(|entry| entry["posting"].clone()).collect();
        causes.dedup();
        let causes: Vec<_> = causes.iter().rev().map(|one| (one["cause"].as_str().unwrap(), one["corrects"]["cause"].as_str())).collect();
        let corrected = ("SALE_CORRECTED", Some("SALE"));
        assert_eq!(causes, [("SALE", None), corrected, ("SALE", None), corrected, ("SALE", None)]);
        books.are_right().await;
    }
}
