//! `refundReportSettlement`: the word of the marketplace's software, and of a person of the operator.

use trilogue::domain::parties::Role;

use super::*;
use crate::harness::on_both_databases;

fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

/// What is paid by bank transfer, by hand, has no call; its row waits for a report.
async fn by_hand(till: &Till) -> IdempotencyKey {
    let key = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
    let order = order(key, money("12.50"), "P-1", RefundMeans::BankTransfer);
    let row = NewPaymentCall {
        status: QueueStatus::Ignored,
        reason: Some(("BY_HAND", "it is paid by hand".to_owned())),
        ..row(&order, None, till.case)
    };
    till.write(&row).await;
    key
}

on_both_databases! {
    async fn what_is_paid_by_hand_is_reported_by_vendor_or_operator(db: Db) {
        let till = Till::open(db, Way::Shop).await;
        let (vendor, operator) = (till.story.vendor.clone(), till.story.operator.clone());
        for (token, status, standing) in [
            (&vendor, "SUCCEEDED", Standing::Succeeded),
            (&operator, "FAILED", Standing::Failed),
            (&vendor, "PENDING", Standing::Pending),
        ] {
            let key = by_hand(&till).await;
            till.work().await;
            assert_eq!(till.stands(key).await, (QueueStatus::Ignored, Standing::Unknown), "nothing is sent");
            let amount = (status == "SUCCEEDED").then(|| euros("12.50"));
            let input = json!({ "idempotencyKey": key.to_string(), "reference": "SEPA-1", "status": status, "amount": amount });
            for _ in 0..2 {
                assert_eq!(till.report(token, input.clone()).await, Vec::<String>::new());
                let call = till.call(key).await;
                assert_eq!((call.standing, call.reference.as_ref().unwrap().as_str()), (standing, "SEPA-1"));
            }
        }
        let Peer::Shop { sim, .. } = &till.peer else { unreachable!() };
        assert!(sim.journal().all().is_empty());
    }

    async fn the_marketplace_s_software_reports_what_came_off_later(db: Db) {
        let till = Till::open(db, Way::Shop).await;
        till.take_time();
        let key = till.submit("12.50", &till.pay()).await;
        till.work().await;
        assert_eq!(till.stands(key).await, (QueueStatus::Pending, Standing::Pending));
        let failed = json!({ "idempotencyKey": key.to_string(), "status": "FAILED", "failure": "DECLINED" });
        assert_eq!(till.report(&till.story.vendor, failed.clone()).await, Vec::<String>::new());
        assert_eq!(till.stands(key).await, (QueueStatus::Done, Standing::Failed));
        assert_eq!(till.report(&till.story.vendor, failed).await, Vec::<String>::new());
        till.story.app.advance(TimeDelta::days(3));
        till.work().await;
        assert_eq!(till.stands(key).await, (QueueStatus::Done, Standing::Failed), "nobody asks any more");
    }

    async fn every_fault_of_a_report_is_named_and_nothing_changes(db: Db) {
        let till = Till::open(db, Way::Shop).await;
        let (app, vendor) = (&till.story.app, &till.story.vendor);
        let key = by_hand(&till).await;
        let report = |more: Value| {
            let mut input = json!({ "idempotencyKey": key.to_string(), "status": "SUCCEEDED", "amount": euros("12.50") });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let never = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST).to_string();
        let second = IdempotencyKey::of(key.refund(), AttemptNumber::from_number(2)).to_string();
        for (more, faults) in [
            (json!({ "idempotencyKey": never }), vec!["idempotencyKey: NOT_FOUND"]),
            (json!({ "idempotencyKey": second }), vec!["idempotencyKey: NOT_FOUND"]),
            (json!({ "idempotencyKey": "refund:1" }), vec!["idempotencyKey: NOT_FOUND"]),
            (json!({ "amount": { "amount": "12.50", "currencyCode": "USD" } }), vec!["amount.currencyCode: INVALID"]),
            (json!({ "amount": { "amount": "12.50", "currencyCode": "euro" } }), vec!["amount.currencyCode: INVALID"]),
            (json!({ "amount": euros("12.505") }), vec!["amount.amount: INVALID"]),
            (json!({ "amount": euros("-12.50") }), vec!["amount.amount: INVALID"]),
            (json!({ "amount": euros("0") }), vec!["amount.amount: INVALID"]),
            (json!({ "amount": null }), vec!["amount: INVALID"]),
            (json!({ "reference": "" , "failure": "OTHER" }), vec!["reference: LENGTH", "failure: INVALID"]),
            (json!({ "reference": "x".repeat(256) }), vec!["reference: LENGTH"]),
        ] {
            assert_eq!(till.report(vendor, report(more.clone())).await, faults, "{more}");
        }
        let other = app.another_marketplace("souk").await;
        let stranger = app.token_in(&other, Role::Vendor, None).await;
        assert_eq!(till.report(&stranger, report(json!({}))).await, ["idempotencyKey: NOT_FOUND"]);
        assert_eq!(till.report(&till.story.seller, report(json!({}))).await, [": NOT_ALLOWED"]);
        assert_eq!(till.stands(key).await, (QueueStatus::Ignored, Standing::Unknown));
        assert_eq!(till.report(vendor, report(json!({}))).await, Vec::<String>::new());
    }

    async fn nobody_speaks_for_stripe(db: Db) {
        let till = Till::open(db, Way::Stripe).await;
        till.take_time();
        let key = till.submit("12.50", &till.pay()).await;
        till.work().await;
        let input = json!({ "idempotencyKey": key.to_string(), "status": "SUCCEEDED", "amount": euros("12.50") });
        for token in [&till.story.vendor, &till.story.operator] {
            assert_eq!(till.report(token, input.clone()).await, ["idempotencyKey: NOT_IN_THIS_STATE"]);
        }
        assert_eq!(till.stands(key).await, (QueueStatus::Pending, Standing::Pending));
        // But somebody must be able to say what they found where nobody could tell.
        let again = order(key, money("12.49"), &till.pay(), RefundMeans::OriginalPayment);
        let stuck = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
        till.write(&NewPaymentCall { key: stuck, ..row(&again, Some(till.connection), till.case) }).await;
        till.work().await;
        assert_eq!(till.stands(stuck).await.0, QueueStatus::Parked);
        let found = json!({ "idempotencyKey": stuck.to_string(), "status": "FAILED" });
        assert_eq!(till.report(&till.story.vendor, found.clone()).await, ["idempotencyKey: NOT_IN_THIS_STATE"]);
        assert_eq!(till.report(&till.story.operator, found).await, Vec::<String>::new());
        assert_eq!(till.stands(stuck).await, (QueueStatus::Done, Standing::Failed));
    }
}
