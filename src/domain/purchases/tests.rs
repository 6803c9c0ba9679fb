//! What was paid, what is left of it, and what later tellings change.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::money::Currency;

pub(in crate::domain) fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

pub(in crate::domain) fn eur(minor: i64) -> Money {
    Money { minor, currency: currency("EUR") }
}

/// Three times 19.99, delivery 5.90, 20 % tax included, commission 12 % of the goods with 20 % on top.
pub(in crate::domain) fn three_units() -> LineFacts {
    LineFacts {
        line: LineKey::try_from("line-1".to_owned()).unwrap(),
        quantity: NonZeroU32::new(3).unwrap(),
        unit_price: eur(1999),
        tax_mode: TaxMode::Inclusive,
        tax_rate: BasisPoints::percent(20),
        discounts: Vec::new(),
        shipping: ShippingShare { standard: eur(590), faster_extra: eur(0), tax_rate: BasisPoints::percent(20) },
        fees: eur(0),
        commission: CommissionTerms {
            rate: BasisPoints::percent(12),
            fixed: eur(0),
            maximum: None,
            base: CommissionBase::Items,
            vat_rate: BasisPoints::percent(20),
        },
        withdrawal: WithdrawalRight::Given,
        settlement: None,
    }
}

/// Any line that can be sold.
pub(in crate::domain) fn any_facts() -> impl Strategy<Value = LineFacts> {
    let rates = || (0_u16..=10_000).prop_map(|points| BasisPoints::new(points).unwrap());
    let modes = prop::sample::select(vec![TaxMode::Inclusive, TaxMode::Exclusive]);
    let goods = (1_u32..7, 0_i64..20_000, rates(), modes, 0_i64..1000);
    let delivery = (0_i64..2000, 0_i64..2000, rates(), 0_i64..500);
    let bases = prop::sample::select(vec![CommissionBase::Items, CommissionBase::ItemsAndShipping]);
    let commission = (rates(), 0_i64..300, prop::option::of(0_i64..1500), bases, rates());
    (goods, delivery, commission).prop_map(|(goods, delivery, commission)| {
        let (quantity, price, tax_rate, tax_mode, discount) = goods;
        let (standard, faster, shipping_rate, fees) = delivery;
        let (rate, fixed, maximum, base, vat_rate) = commission;
        LineFacts {
            quantity: NonZeroU32::new(quantity).unwrap(),
            unit_price: eur(price),
            tax_mode,
            tax_rate,
            discounts: vec![eur(discount.min(price * i64::from(quantity)))],
            shipping: ShippingShare { standard: eur(standard), faster_extra: eur(faster), tax_rate: shipping_rate },
            fees: eur(fees),
            commission: CommissionTerms { rate, fixed: eur(fixed), maximum: maximum.map(eur), base, vat_rate },
            ..three_units()
        }
    })
}

fn minors(parts: Parts) -> [i64; 5] {
    Part::ALL.map(|part| parts.get(part).minor)
}

#[test]
fn what_was_paid_is_what_is_left_of_prices_after_discounts() {
    let inclusive = SoldLine::new(three_units()).unwrap();
    assert_eq!(minors(inclusive.paid()), [4998, 999, 492, 98, 0]);
    assert_eq!(inclusive.paid().total(), eur(6587));
    let exclusive = SoldLine::new(LineFacts { tax_mode: TaxMode::Exclusive, fees: eur(250), ..three_units() }).unwrap();
    assert_eq!(minors(exclusive.paid()), [5997, 1199, 590, 118, 250]);
    let discounted = SoldLine::new(LineFacts { discounts: vec![eur(997), eur(500)], ..three_units() }).unwrap();
    assert_eq!(discounted.paid().goods_gross(), eur(4500), "5997 less two discounts: no promotion is forgotten");
    let faster = ShippingShare { standard: eur(590), faster_extra: eur(410), tax_rate: BasisPoints::percent(20) };
    let faster = SoldLine::new(LineFacts { shipping: faster, ..three_units() }).unwrap();
    assert_eq!(faster.paid().delivery_gross(), eur(1000));
    assert_eq!(faster.paid_with(DeliveryCost::Standard).unwrap().delivery_gross(), eur(590));
}

#[test]
fn commissions_follow_their_terms() {
    let terms = three_units().commission;
    for (terms, fee, vat) in [
        (terms, 720, 144),
        (CommissionTerms { fixed: eur(30), ..terms }, 750, 150),
        (CommissionTerms { fixed: eur(30), maximum: Some(eur(700)), ..terms }, 700, 140),
        (CommissionTerms { base: CommissionBase::ItemsAndShipping, ..terms }, 790, 158),
        (CommissionTerms { rate: BasisPoints::ZERO, ..terms }, 0, 0),
    ] {
        let commission = SoldLine::new(LineFacts { commission: terms, ..three_units() }).unwrap().commission();
        assert_eq!((commission.fee, commission.vat), (eur(fee), eur(vat)), "{terms:?}");
    }
}

/// A fee of 7.50 of which 0.30 are fixed, with 1.50 of tax; then 19.99 and all 59.97 of the base are refunded.
#[test]
fn each_policy_gives_its_own_part_of_a_commission_back() {
    let terms = CommissionTerms { fixed: eur(30), ..three_units().commission };
    let commission = SoldLine::new(LineFacts { commission: terms, ..three_units() }).unwrap().commission();
    for (policy, refunded, fee, vat) in [
        (CommissionReversal::Full, 1999, 250, 50),
        (CommissionReversal::Full, 5997, 750, 150),
        (CommissionReversal::KeepFixedPart, 1999, 240, 48),
        (CommissionReversal::KeepFixedPart, 5997, 720, 144),
        (CommissionReversal::None, 1999, 0, 0),
        (CommissionReversal::None, 5997, 0, 0),
    ] {
        let back = commission.back(policy, eur(refunded)).unwrap();
        assert_eq!((back.fee, back.vat), (eur(fee), eur(vat)), "{policy:?} after {refunded}");
    }
}

#[test]
fn units_sum_to_the_line_and_leave_the_tax_of_the_sale() {
    let sold = SoldLine::new(LineFacts { fees: eur(100), ..three_units() }).unwrap();
    let mut held = Parts::nothing(currency("EUR"));
    let mut steps = Vec::new();
    for units in 1..=3 {
        let step = sold.goods_step(held, units).unwrap();
        held = held.plus(step).unwrap();
        steps.push(minors(step));
    }
    assert_eq!(steps, [[1666, 333, 0, 0, 33], [1666, 333, 0, 0, 34], [1666, 333, 0, 0, 33]]);
    assert_eq!(sold.left(held).unwrap().total(), eur(590));
    let reduction = sold.goods_amount(Parts::nothing(currency("EUR")), eur(600)).unwrap();
    assert_eq!(minors(reduction), [500, 100, 0, 0, 0], "a price reduction carries its share of the tax");
}

#[test]
fn facts_that_do_not_fit_are_refused() {
    let usd = Money { minor: 1, currency: currency("USD") };
    let rate = |from, to| ExchangeRate::parse(currency(from), currency(to), "0.92").unwrap();
    for (facts, wrong) in [
        (LineFacts { unit_price: eur(-1), ..three_units() }, "below zero"),
        (LineFacts { discounts: vec![eur(5998)], ..three_units() }, "discounts"),
        (LineFacts { discounts: vec![eur(-1)], ..three_units() }, "below zero"),
        (LineFacts { fees: usd, ..three_units() }, "reckoned together"),
        (LineFacts { settlement: Some(rate("USD", "EUR")), ..three_units() }, "exchange rate"),
        (LineFacts { unit_price: eur(i64::MAX), ..three_units() }, "too large"),
        (LineFacts { fees: eur(i64::MAX), ..three_units() }, "too large"),
    ] {
        let error = SoldLine::new(facts).unwrap_err().to_string();
        assert!(error.contains(wrong), "{error}");
    }
    assert!(LineKey::try_from(String::new()).is_err());
    assert!(LineKey::try_from("x".repeat(201)).is_err());
    let parts = Parts::of(currency("EUR"), [(Part::Item, eur(10)), (Part::ItemTax, eur(2))]).unwrap();
    assert_eq!(parts.summing_to(eur(12)), Ok(parts));
    assert_eq!(parts.summing_to(eur(13)), Err(PartsError::DoNotSum { total: eur(13), sum: eur(12) }));
    assert!(serde_json::from_str::<Parts>(r#"{"currency":"EUR","item":-1}"#).is_err());
}

#[test]
fn a_later_telling_changes_amounts_and_never_terms() {
    let at = |hours| chrono::DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
    let known = RecordedLine::first(three_units(), at(10)).unwrap();
    assert_eq!(known.update(three_units(), at(11)), Ok(Update::Unchanged), "told twice");
    let corrected = LineFacts { discounts: vec![eur(100)], ..three_units() };
    assert_eq!(known.update(corrected.clone(), at(9)), Ok(Update::Stale), "told late");
    let terms = CommissionTerms { rate: BasisPoints::percent(50), ..corrected.commission };
    let excluded = WithdrawalRight::Excluded(WithdrawalExclusion::MadeToMeasure);
    let all = LineFacts { tax_rate: BasisPoints::percent(5), commission: terms, withdrawal: excluded, ..corrected.clone() };
    let Ok(Update::Taken { record, kept }) = known.update(all, at(11)) else { panic!("it was to be taken") };
    assert_eq!(kept, [FrozenFact::Tax, FrozenFact::Commission, FrozenFact::Withdrawal]);
    assert_eq!((record.sold.facts(), record.version.get()), (&corrected, 2));
    let dollars = Money { minor: 1999, currency: currency("USD") };
    assert_eq!(known.update(LineFacts { unit_price: dollars, ..three_units() }, at(11)), Err(FactsError::CurrencyChanged));
    let other = LineKey::try_from("line-2".to_owned()).unwrap();
    assert_eq!(known.update(LineFacts { line: other, ..three_units() }, at(11)), Err(FactsError::OtherLine));
}

/// Two units were refunded; then the order says that only one was bought, and cheaper.
#[test]
fn a_correction_below_what_was_decided_leaves_nothing_and_breaks_nothing() {
    let known = RecordedLine::first(three_units(), chrono::DateTime::UNIX_EPOCH).unwrap();
    let held = known.sold.goods_step(Parts::nothing(currency("EUR")), 2).unwrap();
    let less = LineFacts { quantity: NonZeroU32::MIN, unit_price: eur(1500), ..three_units() };
    let Ok(Update::Taken { record, .. }) = known.update(less, chrono::DateTime::UNIX_EPOCH) else { panic!("it was to be taken") };
    assert_eq!(record.sold.left(held).unwrap().total(), eur(590), "the goods are used up, the delivery is not");
    assert!(record.sold.goods_step(held, 1).unwrap().is_nothing());
    assert_eq!(held.total(), eur(3998), "what was decided stands");
    assert_eq!(known.sold.left(held).unwrap().goods_gross(), eur(1999), "and can still be explained by its snapshot");
}

#[test]
fn a_snapshot_reads_back_as_it_was() {
    let sold = SoldLine::new(LineFacts { discounts: vec![eur(7)], ..three_units() }).unwrap();
    let json = serde_json::to_string(&sold).unwrap();
    assert_eq!(serde_json::from_str::<SoldLine>(&json).unwrap(), sold);
    let broken = json.replace("\"minor\":1999", "\"minor\":-1999");
    assert!(serde_json::from_str::<SoldLine>(&broken).is_err());
}

proptest! {
    #[test]
    fn unit_refunds_sum_to_the_full_refund(facts in any_facts()) {
        let sold = SoldLine::new(facts).unwrap();
        let mut held = Parts::nothing(sold.currency());
        for units in 1..=sold.facts().quantity.get() {
            let step = sold.goods_step(held, units).unwrap();
            prop_assert_eq!(step.exceeds(sold.left(held).unwrap()), Ok(None));
            held = held.plus(step).unwrap();
        }
        prop_assert_eq!(held, sold.paid().only(&Part::GOODS));
    }

    #[test]
    fn any_amounts_in_any_order_never_exceed_the_payment(facts in any_facts(), asks in prop::collection::vec((0_u8..3, 0_i64..30_000), 1..15)) {
        let sold = SoldLine::new(facts).unwrap();
        let mut held = Parts::nothing(sold.currency());
        for (kind, gross) in asks {
            let step = match kind {
                0 => sold.goods_amount(held, eur(gross)),
                1 => sold.delivery_amount(held, DeliveryCost::Whole, eur(gross)),
                _ => sold.goods_step(held, u32::try_from(gross % 8).unwrap()),
            }
            .unwrap();
            held = held.plus(step).unwrap();
            prop_assert_eq!(held.exceeds(sold.paid()), Ok(None));
        }
        let rest = sold.goods_amount(held, eur(i64::MAX)).unwrap();
        prop_assert_eq!(held.plus(rest).unwrap().goods_gross(), sold.paid().goods_gross(), "the last one empties the rest");
    }

    /// Whatever somebody itemised by hand before.
    #[test]
    fn a_step_fits_into_what_is_left_of_net_and_tax(facts in any_facts(), hands in prop::array::uniform5(0_i64..=100), gross in 0_i64..60_000) {
        let sold = SoldLine::new(facts).unwrap();
        let by_hand = Part::ALL.into_iter().zip(hands).map(|(part, percent)| (part, eur(sold.paid().get(part).minor * percent / 100)));
        let held = Parts::of(sold.currency(), by_hand).unwrap();
        for step in [sold.goods_amount(held, eur(gross)), sold.delivery_amount(held, DeliveryCost::Whole, eur(gross))] {
            let step = step.unwrap();
            prop_assert_eq!(held.plus(step).unwrap().exceeds(sold.paid()), Ok(None));
            prop_assert!(Part::ALL.iter().all(|part| !step.get(*part).is_negative()), "{step:?}");
            let pair = if step.delivery_gross().is_positive() { &Part::DELIVERY[..] } else { &[Part::Item, Part::ItemTax] };
            let left = sold.left(held).unwrap().total_of(pair).minor;
            prop_assert!(step.is_nothing() || step.total().minor == gross.min(left), "no cent is lost");
        }
    }

    #[test]
    fn commissions_come_back_whole_and_never_more(facts in any_facts(), portions in prop::collection::vec(0_i64..30_000, 1..10)) {
        let commission = SoldLine::new(facts).unwrap().commission();
        let mut before = commission.back(CommissionReversal::Full, eur(0)).unwrap();
        let mut done = eur(0);
        for portion in portions {
            done = done.plus(eur(portion)).unwrap();
            let back = commission.back(CommissionReversal::Full, done).unwrap();
            prop_assert!(back.fee.minor >= before.fee.minor && back.fee.minor <= commission.fee.minor);
            prop_assert!(back.vat.minor >= before.vat.minor && back.vat.minor <= commission.vat.minor);
            before = back;
        }
        if commission.base.is_positive() {
            let all = commission.back(CommissionReversal::Full, commission.base).unwrap();
            prop_assert_eq!((all.fee, all.vat), (commission.fee, commission.vat));
        }
    }
}
