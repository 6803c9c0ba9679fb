//! Sums that are laid on lines, and what a refund would be.

use proptest::prelude::*;

use super::*;
use crate::domain::parties::Party;
use crate::domain::purchases::Part;
use crate::domain::purchases::tests::any_facts;

fn two_lines() -> Vec<LineStanding> {
    let second = LineFacts { line: line("line-2"), unit_price: eur(1000), ..three_units() };
    vec![standing(three_units()), standing(second)]
}

#[test]
fn a_sum_takes_goods_first_then_delivery_then_fees() {
    let rules = rules();
    let lines = vec![standing(LineFacts { fees: eur(250), ..three_units() })];
    let ground = ground(&lines, &rules);
    for (amount, minors) in [(5997, [4998, 999, 0, 0, 0]), (6000, [4998, 999, 3, 0, 0]), (6837, [4998, 999, 492, 98, 250])] {
        let parts = parts_of(&ground.lines[0], eur(amount)).unwrap();
        assert_eq!(Part::ALL.map(|part| parts.get(part).minor), minors, "{amount}");
    }
    let left = eur(6837);
    let above = RefundRefusal::AboveLeft { line: line("line-1"), part: None, left };
    assert_eq!(parts_of(&ground.lines[0], eur(6838)), Err(above));
    assert_eq!(parts_of(&ground.lines[0], eur(0)), Err(RefundRefusal::NothingAsked));
    assert_eq!(parts_of(&ground.lines[0], eur(-1)), Err(RefundRefusal::NothingAsked));
}

#[test]
fn a_sum_over_an_order_goes_by_what_is_left_and_never_beyond() {
    let (rules, lines) = (rules(), two_lines());
    let ground = ground(&lines, &rules);
    let keys = [line("line-1"), line("line-2")];
    let whole = 6587 + 3590;
    for (asked, given) in [(1, 1), (1000, 1000), (whole, whole), (whole + 1, whole)] {
        let items = spread(&ground, &keys, eur(asked)).unwrap();
        assert_eq!(items.iter().map(|item| item.parts.total().minor).sum::<i64>(), given);
    }
    let all = spread(&ground, &keys, eur(whole)).unwrap();
    assert_eq!(all.iter().map(|item| item.units).collect::<Vec<_>>(), [3, 3], "what is whole has its units");
    let mut spent = lines.clone();
    for standing in &mut spent {
        standing.held = standing.line.sold.paid();
    }
    assert_eq!(spread(&Ground { lines: &spent, ..ground }, &keys, eur(1)), Err(RefundRefusal::NothingLeft));
}

#[test]
fn a_quote_says_what_it_would_take() {
    let rules = RefundRules { seller_limit: Some(eur(3000)), second_approver_above: Some(eur(5000)), ..rules() };
    let lines = one_line();
    let ground = ground(&lines, &rules);
    let ask = |asked, basis| quote(&ground, &line("line-1"), asked, basis, []).unwrap();
    let one = ask(units(1), RefundBasis::Commercial);
    assert_eq!((one.amount, one.due, one.most.total(), one.units_left), (eur(2196), eur(6587), eur(6587), 3));
    assert_eq!((one.granted_by, one.approval, one.consent_for), (vec![Party::Seller, Party::Operator], Approval::NotNeeded, vec![]));
    assert_eq!((one.commission.fee, one.commission.vat), (eur(240), eur(48)));
    let two = ask(units(2), RefundBasis::Withdrawal);
    assert_eq!((two.granted_by, two.approval), (vec![Party::Operator], Approval::NotNeeded));
    assert_eq!(two.consent_for, [RefundMeans::StoreCredit, RefundMeans::Voucher, RefundMeans::BankTransfer]);
    assert_eq!(ask(Asked::Everything, RefundBasis::Commercial).approval, Approval::SecondPerson);
}

#[test]
fn a_refund_reads_back_as_it_was_written() {
    let (people, rules, lines) = (People::new(), rules(), one_line());
    for (name, refund) in of_every_state(&people, &ground(&lines, &rules)) {
        let written = serde_json::to_value(&refund).unwrap();
        assert_eq!(serde_json::from_value::<Refund>(written).unwrap(), refund, "{name}");
    }
}

proptest! {
    #[test]
    fn a_sum_is_all_there_and_within_what_is_left(facts in any_facts(), first in 1_i64..60_000, second in 1_i64..60_000) {
        let rules = rules();
        let mut lines = vec![standing(facts)];
        let key = [lines[0].line.sold.line().clone()];
        for amount in [first, second] {
            let left = lines[0].left().unwrap();
            match spread(&ground(&lines, &rules), &key, eur(amount)) {
                Ok(items) => {
                    let parts = items[0].parts;
                    prop_assert_eq!(parts.total().minor, amount.min(left.total().minor));
                    prop_assert_eq!(parts.exceeds(left).unwrap(), None);
                    lines[0].held = lines[0].held.plus(parts).unwrap();
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal, RefundRefusal::NothingLeft);
                    prop_assert!(left.is_nothing());
                }
            }
        }
    }
}
