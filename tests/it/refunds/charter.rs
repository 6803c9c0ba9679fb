//! The charter's rules for refunds.

use serde_json::json;
use trilogue::domain::refunds::{Execution, RefundRules};

use super::{Shop, eur, fault, succeeded};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn the_charter_sets_the_rules(db: Db) {
        let shop = Shop::open(db).await;
        let fields = "charter { effect refunds { sellerHours consentDays pendingAlertDays sellerLimit { amount currencyCode } secondApproverAbove { amount }
            shipping commission execution legalRateBasisPoints interest } }";
        for (rules, field) in [
            (json!({ "sellerHours": 0 }), "sellerHours"),
            (json!({ "sellerHours": 721 }), "sellerHours"),
            (json!({ "consentDays": 61 }), "consentDays"),
            (json!({ "pendingAlertDays": -1 }), "pendingAlertDays"),
            (json!({ "sellerLimit": eur("-0.01") }), "sellerLimit"),
            (json!({ "sellerLimit": eur("0.001") }), "sellerLimit"),
            (json!({ "secondApproverAbove": { "amount": "1", "currencyCode": "€" } }), "secondApproverAbove"),
            (json!({ "legalRateBasisPoints": 10_001 }), "legalRateBasisPoints"),
        ] {
            let refused = shop.app.try_act(&shop.operator, "charterPublish", fields, json!({ "charter": { "refunds": rules } })).await;
            assert_eq!(fault(&refused), (json!(["charter", "refunds", field]), json!("INVALID")), "{rules}");
        }
        // How the operator works among its own changes at once; what binds the seller is announced.
        let rules = json!({ "secondApproverAbove": eur("500.00"), "execution": "AT_ONCE", "legalRateBasisPoints": 665, "interest": "PER_YEAR" });
        let published = shop.app.act(&shop.operator, "charterPublish", fields, json!({ "charter": { "refunds": rules } })).await;
        assert_eq!(published["charter"], json!({ "effect": "TECHNICAL", "refunds": {
            "sellerHours": 48, "consentDays": 5, "pendingAlertDays": 5, "sellerLimit": null, "secondApproverAbove": { "amount": "500.00" },
            "shipping": "PRO_RATA_VALUE", "commission": "FULL", "execution": "AT_ONCE", "legalRateBasisPoints": 665, "interest": "PER_YEAR",
        } }));
        let rules = json!({ "sellerHours": 24, "sellerLimit": eur("50.00"), "shipping": "ONLY_IF_ALL_RETURNED", "commission": "KEEP_FIXED_PART" });
        let published = shop.app.act(&shop.operator, "charterPublish", fields, json!({ "charter": { "refunds": rules } })).await;
        assert_eq!(published["charter"]["effect"], "BINDING");
        assert_eq!(published["charter"]["refunds"]["sellerLimit"], eur("50.00"));
    }

    async fn where_the_rules_say_so_it_goes_out_at_once(db: Db) {
        let shop = Shop::open_with(db, RefundRules { execution: Execution::AtOnce, ..RefundRules::default() }).await;
        let refund = shop.ask_for(&shop.vendor, "WITHDRAWAL", json!({ "units": 1 })).await;
        let granted = shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "PARTIAL" })).await;
        assert_eq!((&granted["status"], granted["attempts"].as_array().unwrap().len()), (&json!("SUBMITTED"), 1));
        shop.hear(&refund, 1, succeeded(2196)).await;
        let credit = shop.ask_for(&shop.vendor, "WITHDRAWAL", json!({ "units": 1 })).await;
        let granted = shop.decide(&shop.seller, "refundGrant", &credit, json!({ "form": "STORE_CREDIT" })).await;
        assert_eq!(granted["status"], "GRANTED", "the buyer has to be asked first");
        let agreed = shop.decide(&shop.vendor, "refundConsent", &credit, json!({ "text": "Un avoir me va." })).await;
        assert_eq!(agreed["status"], "SUCCEEDED");
    }
}
