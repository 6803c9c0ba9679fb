//! Money that returns, withdrawals and disputes decide on.

use std::num::NonZeroU32;

use serde_json::{Value, json};
use trilogue::domain::ids::{DisputeId, RefundId, ReturnId, WithdrawalId};
use trilogue::domain::money::Money;
use trilogue::domain::purchases::LineKey;
use trilogue::domain::refunds::{
    Asked, Bearing, CostPlan, DisputeGuard, Hold, RefundBasis, RefundClock, RefundForm, RefundOrigin, RefundRules,
};
use trilogue::workflow::refunds::{self, MoneyClaim};

use super::{Shop, eur, succeeded};
use crate::harness::on_both_databases;

fn claim(line: Option<&str>, asked: Asked, origin: RefundOrigin) -> MoneyClaim {
    MoneyClaim {
        line: line.map(|line| LineKey::try_from(line.to_owned()).unwrap()),
        asked,
        basis: RefundBasis::Commercial,
        established: None,
        form: RefundForm::Full,
        costs: CostPlan::all(Bearing::Operator),
        guard: DisputeGuard::None,
        origin,
    }
}

const fn euros(minor: i64, currency: trilogue::domain::money::Currency) -> Money {
    Money { minor, currency }
}

impl Shop {
    /// A case about the order, as the one that a machine belongs to.
    async fn case(&self) -> Value {
        let opening = json!({ "subject": "Retour", "buyerName": "Marie", "buyerEmail": "marie@example.org", "text": "Bonjour", "orderReference": "A-1", "idempotencyKey": "k" });
        self.app.act(&self.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone()
    }

    async fn carry_out(&self, case: &Value, claim: MoneyClaim) -> (Option<RefundId>, Money) {
        let places = (case.as_str().unwrap().parse().unwrap(), self.order.as_str().unwrap().parse().unwrap());
        Box::pin(refunds::carry_out_alone(&self.app.cx, self.app.marketplace.id, places, claim)).await.unwrap()
    }
}

on_both_databases! {
    async fn what_is_decided_is_granted_and_sent(db: Db) {
        let shop = Shop::open(db).await;
        let (case, currency) = (shop.case().await, "EUR".parse().unwrap());
        let origin = RefundOrigin::Return(ReturnId::generate());
        let units = Asked::Units { units: NonZeroU32::new(2).unwrap() };
        let (first, left) = shop.carry_out(&case, claim(Some("1"), units, origin)).await;
        let seen = shop.see(&shop.operator, &json!(first.unwrap().to_string())).await;
        assert_eq!((&seen["status"], &seen["grant"]["form"], &seen["origin"]), (&json!("SUBMITTED"), &json!("PARTIAL"), &json!("RETURN")));
        assert_eq!((&seen["grant"]["amount"], &seen["grant"]["costs"]["goods"]["operator"]), (&eur("43.91"), &json!(10000)));
        assert_eq!((&seen["originId"], &seen["askedBy"], &seen["case"]["id"]), (&json!(match origin { RefundOrigin::Return(id) => id.to_string(), _ => unreachable!() }), &Value::Null, &case));
        assert_eq!(left.minor, 7587 - 4391);
        // A sum over the whole order, and more than is left: all that is left, and then nothing.
        let amount = Asked::Amount { amount: euros(2000, currency) };
        let (second, left) = shop.carry_out(&case, claim(None, amount, RefundOrigin::Dispute(DisputeId::generate()))).await;
        let seen = shop.see(&shop.operator, &json!(second.unwrap().to_string())).await;
        assert_eq!((&seen["grant"]["amount"], seen["grant"]["items"].as_array().unwrap().len()), (&eur("20.00"), 2));
        assert_eq!(left.minor, 7587 - 4391 - 2000);
        let amount = Asked::Amount { amount: euros(100_000, currency) };
        let (third, left) = shop.carry_out(&case, claim(None, amount, RefundOrigin::Dispute(DisputeId::generate()))).await;
        assert_eq!((third.is_some(), left.minor), (true, 0));
        for line in [None, Some("1"), Some("2")] {
            let (none, _) = shop.carry_out(&case, claim(line, Asked::Everything, origin)).await;
            assert_eq!(none, None);
        }
        assert_eq!(shop.told().await.len(), 4, "the buyer's own words, and once for each");
    }

    async fn a_request_that_waits_becomes_what_was_decided(db: Db) {
        let shop = Shop::open(db).await;
        let asked = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        let clock = RefundClock::withdrawal(shop.app.cx.now(), Hold::Never);
        let withdrawal = MoneyClaim {
            basis: RefundBasis::Withdrawal,
            established: Some(clock),
            ..claim(None, Asked::Everything, RefundOrigin::Withdrawal(WithdrawalId::generate()))
        };
        let (carried, left) = shop.carry_out(&asked["case"]["id"], withdrawal).await;
        assert_eq!((json!(carried.unwrap().to_string()), left.minor), (asked["id"].clone(), 0));
        let seen = shop.see(&shop.operator, &asked["id"]).await;
        assert_eq!((&seen["basis"], &seen["standing"], &seen["origin"]), (&json!("WITHDRAWAL"), &json!("ESTABLISHED"), &json!("WITHDRAWAL")));
        assert_eq!((&seen["status"], &seen["grant"]["amount"], &seen["grant"]["form"]), (&json!("SUBMITTED"), &eur("75.87"), &json!("FULL")));
        shop.hear(&asked, 1, succeeded(7587)).await;
        assert_eq!(shop.see(&shop.vendor, &asked["id"]).await["status"], "SUCCEEDED");
    }

    async fn consent_and_a_second_person_are_waited_for(db: Db) {
        let rules = RefundRules { second_approver_above: Some(euros(5000, "EUR".parse().unwrap())), ..RefundRules::default() };
        let shop = Shop::open_with(db, rules).await;
        let case = shop.case().await;
        let credit = MoneyClaim {
            basis: RefundBasis::LegalConformity,
            form: RefundForm::StoreCredit,
            ..claim(Some("2"), Asked::Everything, RefundOrigin::Return(ReturnId::generate()))
        };
        let (id, _) = shop.carry_out(&case, credit).await;
        let credit = json!({ "id": id.unwrap().to_string() });
        assert_eq!(shop.see(&shop.vendor, &credit["id"]).await["grant"]["consent"]["state"], "AWAITED");
        let agreed = shop.decide(&shop.vendor, "refundConsent", &credit, json!({ "text": "Oui." })).await;
        assert_eq!(agreed["status"], "SUCCEEDED", "nobody has to send it");
        let (id, _) = shop.carry_out(&case, claim(Some("1"), Asked::Everything, RefundOrigin::Return(ReturnId::generate()))).await;
        let large = json!({ "id": id.unwrap().to_string() });
        assert_eq!(shop.see(&shop.operator, &large["id"]).await["proposal"]["amount"], eur("65.87"));
        let approved = shop.decide(&shop.operator, "refundApprove", &large, json!({})).await;
        assert_eq!(approved["status"], "SUBMITTED");
        // What arbitration decided has had its two pairs of eyes; nothing is left here to show it on.
        let executing = MoneyClaim { guard: DisputeGuard::Executing, ..claim(None, Asked::Everything, RefundOrigin::Dispute(DisputeId::generate())) };
        assert_eq!(shop.carry_out(&case, executing).await.0, None);
    }
}
