//! What was booked stays, whoever wants it otherwise; and whoever gets at the tables all the same is found out.

use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::store::{Booked, LedgerFault};

use super::{Books, Way, money, sale, worked_example};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn nothing_that_was_booked_is_changed_or_removed(db: Db) {
        let books = Books::open(db).await;
        books.busy_day().await;
        for table in ["postings", "entries", "credit_uses"] {
            let count = format!("SELECT CAST(count(*) AS bigint) FROM {table}");
            let before = books.sql(&count).await.unwrap();
            for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET marketplace_id = marketplace_id")] {
                let refused = books.sql(&sql).await.unwrap_err();
                assert!(refused.contains("neither changed nor taken away"), "{sql}: {refused}");
            }
            assert_eq!(books.sql(&count).await, Ok(before));
        }
        books.are_right().await;
    }

    async fn a_touched_ledger_is_found_out(db: Db) {
        let books = Books::open(db).await;
        books.tell(worked_example("A-1")).await;
        books.are_right().await;
        let more = "INSERT INTO entries (marketplace_id, id, posting_id, position, account, account_id, kind, minor, currency, line, at)
            SELECT marketplace_id, posting_id, posting_id, 99, 'ROUNDING', NULL, kind, 1, currency, line, at FROM entries WHERE position = 0";
        books.sql("UPDATE balances SET minor = minor + 1").await.unwrap();
        let audit = async || books.app.cx.store.audit_ledger(books.app.marketplace.id).await.unwrap();
        let faults = audit().await;
        assert!(matches!(faults[..], [LedgerFault::Balance { .. }]), "{faults:?}");
        books.sql("UPDATE balances SET minor = minor - 1").await.unwrap();
        books.are_right().await;
        assert_eq!(books.sql(more).await, Ok(1));
        let faults = audit().await;
        assert!(matches!(faults[..], [LedgerFault::Unbalanced { .. }, LedgerFault::DoesNotSum { .. }, LedgerFault::Tripwire { .. }]), "{faults:?}");
        // What does not sum to zero is told by nobody.
        let answer = books.app.answer(&books.operator, "{ ledgerEntries { nodes { posting { id } } } }", json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
        books.sql("DELETE FROM balances").await.unwrap();
        assert!(audit().await.iter().any(|fault| matches!(fault, LedgerFault::Balance { .. })));
    }

    /// A sale, a refund and a payout, each told by ten at the same time, are booked once.
    async fn ten_at_the_same_time_book_once(db: Db) {
        let books = Books::open(db).await;
        let orders: Vec<_> = (0..10).map(|_| books.tell(worked_example("A-1"))).collect();
        let order = join_all(orders).await[0];
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("57.23", "EUR")]));
        let refund = books.paid(order, &[], Way::units(1)).await;
        let outcomes = join_all((0..10).map(|_| books.book(books.seller(0), &refund))).await;
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Booked::Now).count(), 1);
        let payouts = join_all((0..10).map(|_| books.payout(0, "10.00", "EUR", "po"))).await;
        assert!(payouts.iter().all(|payout| *payout == payouts[0] && payout["userErrors"] == json!([])), "{payouts:#?}");
        assert_eq!(books.balance(&books.operator, 0).await, json!([money("30.12", "EUR")]));
        books.are_right().await;
    }

    /// Two sellers' sales and payouts at the same time, in batches that name them in either order.
    async fn batches_do_not_wait_for_each_other(db: Db) {
        let books = Books::open(db).await;
        let batch = |number: usize| {
            let names = if number.is_multiple_of(2) { ["alma", "brio"] } else { ["brio", "alma"] };
            let orders: Vec<_> =
                names.iter().map(|name| sale(&format!("{name}-{number}"), name, ("10.00", 1, "0", "EUR"))).collect();
            books.app.act(&books.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders }))
        };
        join_all((0..12).map(batch)).await;
        // 10.00 less 1.20 and 0.24, twelve times.
        for index in [0, 1] {
            assert_eq!(books.balance(&books.operator, index).await, json!([money("102.72", "EUR")]));
        }
        books.are_right().await;
        let none: Value = books.balance(&books.vendor, 0).await;
        assert_eq!(none, json!([]));
    }
}
