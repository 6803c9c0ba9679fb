//! Who pays in the end.

use proptest::prelude::*;

use super::*;
use crate::domain::money::BasisPoints;
use crate::domain::purchases::SoldLine;
use crate::domain::purchases::tests::any_facts;

fn points(points: u16) -> BasisPoints {
    BasisPoints::new(points).unwrap()
}

#[test]
fn shares_are_the_whole_or_nothing() {
    assert!(SharedCost::new(points(5000), points(3000), points(2000)).is_ok());
    assert_eq!(SharedCost::new(points(5000), points(3000), points(1999)), Err(RefundRefusal::SharesDoNotSum { sum: 9999 }));
    assert_eq!(SharedCost::new(points(10_000), points(1), points(0)), Err(RefundRefusal::SharesDoNotSum { sum: 10_001 }));
    assert!(serde_json::from_str::<Bearing>(r#"{"SHARED":{"seller":5000,"operator":5000}}"#).is_ok());
    assert!(serde_json::from_str::<Bearing>(r#"{"SHARED":{"seller":5000}}"#).is_err());
}

#[test]
fn the_delivery_may_have_another_bearer_than_the_goods() {
    let paid = SoldLine::new(three_units()).unwrap().paid();
    let borne = CostPlan { goods: Bearing::Seller, delivery: Bearing::Operator }.split(paid).unwrap();
    assert_eq!((borne.seller.total(), borne.operator.total(), borne.carrier.total()), (eur(5997), eur(590), eur(0)));
    let thirds = SharedCost::new(points(3334), points(3333), points(3333)).unwrap();
    let borne = CostPlan { goods: Bearing::Shared(thirds), delivery: Bearing::Carrier }.split(paid).unwrap();
    assert_eq!((borne.seller.total(), borne.operator.total(), borne.carrier.total()), (eur(1999), eur(1999), eur(1999 + 590)));
}

proptest! {
    #[test]
    fn bearers_sum_to_the_refund_in_every_part(facts in any_facts(), seller in 0_u16..=10_000, of_rest in 0_u16..=10_000, pick in 0_usize..16) {
        let operator = u16::try_from(u32::from(10_000 - seller) * u32::from(of_rest) / 10_000).unwrap();
        let shared = SharedCost::new(points(seller), points(operator), points(10_000 - seller - operator)).unwrap();
        let bearings = [Bearing::Seller, Bearing::Operator, Bearing::Carrier, Bearing::Shared(shared)];
        let paid = SoldLine::new(facts).unwrap().paid();
        let plan = CostPlan { goods: bearings[pick % 4], delivery: bearings[pick / 4] };
        let borne = plan.split(paid).unwrap();
        prop_assert_eq!(borne.seller.plus(borne.operator).unwrap().plus(borne.carrier).unwrap(), paid);
    }
}
