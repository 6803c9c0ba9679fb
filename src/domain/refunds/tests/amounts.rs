//! How much can be refunded.

use proptest::prelude::*;

use super::*;
use crate::domain::purchases::tests::currency;
use crate::domain::purchases::{Part, Parts, ShippingShare};

fn other_line(name: &str, price: i64, delivery: i64) -> LineStanding {
    let facts = three_units();
    let shipping = ShippingShare { standard: eur(delivery), ..facts.shipping };
    standing(LineFacts { line: line(name), quantity: NonZeroU32::MIN, unit_price: eur(price), shipping, ..facts })
}

fn hold(lines: &mut [LineStanding], items: &[ItemOrder]) {
    for item in items {
        let standing = lines.iter_mut().find(|standing| standing.line.sold.line() == &item.line).unwrap();
        standing.held = standing.held.plus(item.parts).unwrap();
        standing.held_units += item.units;
    }
}

/// What each line gets: goods with tax and fees, delivery with tax.
fn gross(items: &[ItemOrder]) -> Vec<(String, i64, i64)> {
    let of = |item: &ItemOrder| (item.line.to_string(), item.parts.total_of(&Part::GOODS).minor, item.parts.delivery_gross().minor);
    items.iter().map(of).collect()
}

/// The example of the accounting rules: three units one after the other, delivery only when all are back.
#[test]
fn three_units_one_after_the_other() {
    let (mut lines, rules) = (one_line(), rules());
    let mut steps = Vec::new();
    for _ in 0..3 {
        let items = refundable(&ground(&lines, &rules), &line("line-1"), units(1), RefundBasis::Withdrawal).unwrap();
        hold(&mut lines, &items);
        steps.extend(gross(&items));
    }
    let expected = [("line-1", 1999, 0), ("line-1", 1999, 0), ("line-1", 1999, 590)];
    assert_eq!(steps, expected.map(|(line, goods, delivery)| (line.to_owned(), goods, delivery)));
    let more = refundable(&ground(&lines, &rules), &line("line-1"), Asked::Everything, RefundBasis::Withdrawal);
    assert_eq!(more, Err(RefundRefusal::NothingLeft));
    let more = refundable(&ground(&lines, &rules), &line("line-1"), units(1), RefundBasis::Withdrawal);
    assert_eq!(more, Err(RefundRefusal::TooManyUnits { line: line("line-1"), left: 0 }));
}

/// An order of three times 19.99 with 5.90 of delivery and once 40.00 with 4.10, under each policy.
#[test]
fn each_policy_shares_the_delivery_in_its_own_way() {
    type Steps = [&'static [(&'static str, i64, i64)]; 3];
    let kept = DeliveryQuote::Kept(eur(700));
    let cases: [(ShippingPolicy, DeliveryQuote, Steps); 4] = [
        (
            ShippingPolicy::ProRataValue,
            DeliveryQuote::Unknown,
            [&[("line-1", 1999, 197)], &[("line-2", 4000, 410)], &[("line-1", 3998, 393)]],
        ),
        (
            ShippingPolicy::OnlyIfAllReturned,
            DeliveryQuote::Unknown,
            [&[("line-1", 1999, 0)], &[("line-2", 4000, 0)], &[("line-1", 3998, 590), ("line-2", 0, 410)]],
        ),
        // 10.00 were paid and delivering the rest alone costs 7.00: 3.00 go back at once, by what is left of each line.
        (
            ShippingPolicy::Recompute,
            kept,
            [&[("line-1", 1999, 177), ("line-2", 0, 123)], &[("line-2", 4000, 0)], &[("line-1", 3998, 413), ("line-2", 0, 287)]],
        ),
        (
            ShippingPolicy::Recompute,
            DeliveryQuote::Unknown,
            [&[("line-1", 1999, 0)], &[("line-2", 4000, 0)], &[("line-1", 3998, 590), ("line-2", 0, 410)]],
        ),
    ];
    for (shipping, quote, steps) in cases {
        let rules = RefundRules { shipping, ..RefundRules::default() };
        let mut lines = vec![standing(three_units()), other_line("line-2", 4000, 410)];
        for (asked, expected) in [("line-1", units(1)), ("line-2", Asked::Everything), ("line-1", Asked::Everything)].into_iter().zip(steps)
        {
            let (name, amount) = asked;
            let items = refundable(&Ground { quote, ..ground(&lines, &rules) }, &line(name), amount, RefundBasis::Withdrawal).unwrap();
            hold(&mut lines, &items);
            let expected: Vec<_> = expected.iter().map(|(line, goods, delivery)| ((*line).to_owned(), *goods, *delivery)).collect();
            assert_eq!(gross(&items), expected, "{shipping:?} {quote:?}");
        }
        assert!(lines.iter().all(|line| line.left().unwrap().is_nothing()), "{shipping:?}: all back is all paid back");
    }
}

/// What a faster delivery cost more is kept on a withdrawal (art. L221-24), and goes back where the seller did not deliver.
#[test]
fn the_extra_for_a_faster_delivery_depends_on_the_basis() {
    let facts = three_units();
    let shipping = ShippingShare { faster_extra: eur(410), ..facts.shipping };
    let lines = vec![standing(LineFacts { shipping, ..facts })];
    for (basis, delivery) in [
        (RefundBasis::Withdrawal, 590),
        (RefundBasis::NonDelivery, 1000),
        (RefundBasis::LegalConformity, 1000),
        (RefundBasis::Commercial, 1000),
    ] {
        let items = refundable(&ground(&lines, &rules()), &line("line-1"), Asked::Everything, basis).unwrap();
        assert_eq!(gross(&items), [("line-1".to_owned(), 5997, delivery)], "{basis:?}");
    }
}

/// The policy is for what the law leaves open. Goods that never came take their share of the delivery with them.
#[test]
fn the_policy_for_shared_deliveries_is_for_withdrawals() {
    let lines = one_line();
    for (basis, delivery) in [(RefundBasis::Withdrawal, 0), (RefundBasis::NonDelivery, 197), (RefundBasis::Commercial, 197)] {
        let items = refundable(&ground(&lines, &rules()), &line("line-1"), units(1), basis).unwrap();
        assert_eq!(gross(&items), [("line-1".to_owned(), 1999, delivery)], "{basis:?}");
    }
}

#[test]
fn a_price_reduction_has_no_units_and_later_units_make_up_for_it() {
    let (mut lines, rules) = (one_line(), rules());
    let reduction = Asked::Amount { amount: eur(500) };
    let items = refundable(&ground(&lines, &rules), &line("line-1"), reduction, RefundBasis::LegalConformity).unwrap();
    assert_eq!((items[0].units, items[0].parts.total()), (0, eur(500)));
    hold(&mut lines, &items);
    let items = refundable(&ground(&lines, &rules), &line("line-1"), units(1), RefundBasis::Withdrawal).unwrap();
    assert_eq!(items[0].parts.total(), eur(1499), "what is due for one unit less what was paid back");
    hold(&mut lines, &items);
    let items = refundable(&ground(&lines, &rules), &line("line-1"), Asked::Everything, RefundBasis::Withdrawal).unwrap();
    hold(&mut lines, &items);
    assert!(lines[0].left().unwrap().is_nothing());
    let above = Asked::Amount { amount: eur(5998) };
    let above = refundable(&ground(&one_line(), &rules), &line("line-1"), above, RefundBasis::Commercial);
    assert_eq!(above, Err(RefundRefusal::AboveLeft { line: line("line-1"), part: None, left: eur(5997) }));
}

#[test]
fn what_cannot_be_granted_is_refused_part_by_part() {
    let (people, rules) = (People::new(), rules());
    let lines = vec![standing(three_units()), other_line("line-2", 4000, 410)];
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Commercial, &people.buyer, &ground);
    let parts = |amounts: &[(Part, i64)]| Parts::of(currency("EUR"), amounts.iter().map(|(part, minor)| (*part, eur(*minor)))).unwrap();
    let item = |name: &str, units, parts| ItemOrder { line: line(name), units, parts };
    let left = |part, left| RefundRefusal::AboveLeft { line: line("line-1"), part: Some(part), left: eur(left) };
    let all = [(Part::Item, 4998), (Part::ItemTax, 999)];
    for (items, refusal) in [
        (vec![item("line-1", 1, parts(&[(Part::Item, 4999)]))], left(Part::Item, 4998)),
        (vec![item("line-1", 1, parts(&[(Part::Item, 10), (Part::ShippingTax, 99)]))], left(Part::ShippingTax, 98)),
        (vec![item("line-1", 1, parts(&[(Part::Fees, 1)]))], left(Part::Fees, 0)),
        (vec![item("line-1", 4, parts(&all))], RefundRefusal::TooManyUnits { line: line("line-1"), left: 3 }),
        (vec![item("line-9", 1, parts(&all))], RefundRefusal::UnknownLine { line: line("line-9") }),
        (vec![item("line-1", 1, parts(&all)), item("line-1", 1, parts(&all))], RefundRefusal::LineTwice { line: line("line-1") }),
        (vec![item("line-1", 1, parts(&[]))], RefundRefusal::NothingAsked),
        (vec![], RefundRefusal::NothingAsked),
    ] {
        let (form, means) = (RefundForm::Partial, RefundMeans::OriginalPayment);
        let order = GrantOrder { items: Some(items), form, means, costs: CostPlan::default() };
        let refused = refund.apply(&RefundMove::Grant(order), refund.revision, &people.operator, &ground, at(1));
        assert_eq!(refused.map(|_| ()), Err(refusal));
    }
    let dollars = Parts::of(currency("USD"), [(Part::Item, Money { minor: 1, currency: currency("USD") })]).unwrap();
    let order = GrantOrder {
        items: Some(vec![item("line-1", 1, dollars)]),
        form: RefundForm::Partial,
        means: RefundMeans::OriginalPayment,
        costs: CostPlan::default(),
    };
    let refused = refund.apply(&RefundMove::Grant(order), refund.revision, &people.operator, &ground, at(1));
    assert!(matches!(refused, Err(RefundRefusal::Money(_))), "{refused:?}");
}

proptest! {
    #[test]
    fn units_in_any_order_over_lines_and_policies_sum_to_the_full_refund(
        facts in prop::collection::vec(crate::domain::purchases::tests::any_facts(), 1..4),
        order in prop::collection::vec(0_usize..16, 0..24),
        policy in prop::sample::select(vec![ShippingPolicy::ProRataValue, ShippingPolicy::OnlyIfAllReturned, ShippingPolicy::Recompute]),
        basis in prop::sample::select(RefundBasis::ALL.to_vec()),
        kept in 0_i64..5000,
    ) {
        let rules = RefundRules { shipping: policy, ..RefundRules::default() };
        let numbered = (1..).zip(facts).map(|(number, facts): (u8, _)| LineFacts { line: line(&number.to_string()), ..facts });
        let mut lines: Vec<_> = numbered.map(standing).collect();
        let names: Vec<_> = lines.iter().map(|line| line.line.sold.line().clone()).collect();
        let rest = names.iter().flat_map(|name| std::iter::repeat_n(name.clone(), 7));
        let picks: Vec<_> = order.iter().map(|pick| names[pick % names.len()].clone()).chain(rest).collect();
        for name in picks {
            let quote = DeliveryQuote::Kept(eur(kept));
            let Ok(items) = refundable(&Ground { quote, ..ground(&lines, &rules) }, &name, units(1), basis) else { continue };
            hold(&mut lines, &items);
            for line in &lines {
                prop_assert_eq!(line.held.exceeds(line.line.sold.paid()), Ok(None));
            }
        }
        for line in &lines {
            let due = line.line.sold.paid_with(basis.delivery()).unwrap();
            // Free units are refunded without an item, so nobody knows that the last one came back.
            if lines.iter().all(|line| line.units_left() == 0) {
                prop_assert_eq!(line.held, due, "{:?} {:?}", policy, basis);
            }
        }
    }
}
