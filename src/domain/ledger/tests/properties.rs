//! What holds for all books.

use super::*;
use crate::domain::purchases::Part;

fn any_costs() -> impl Strategy<Value = CostPlan> {
    let bearing = (0_u8..4, 0_u16..=10_000).prop_map(|(kind, seller)| match kind {
        0 => Bearing::Seller,
        1 => Bearing::Operator,
        2 => Bearing::Carrier,
        _ => {
            let seller = BasisPoints::new(seller).unwrap();
            Bearing::Shared(SharedCost::new(seller, seller.rest(), BasisPoints::ZERO).unwrap())
        }
    });
    (bearing.clone(), bearing).prop_map(|(goods, delivery)| CostPlan { goods, delivery })
}

fn any_policy() -> impl Strategy<Value = CommissionReversal> {
    prop::sample::select(vec![CommissionReversal::Full, CommissionReversal::None, CommissionReversal::KeepFixedPart])
}

fn is_balanced(posting: &Posting) -> bool {
    ["EUR", "JPY"].iter().all(|code| {
        let all = posting.entries().iter().filter(|entry| entry.amount.currency == currency(code));
        all.map(|entry| entry.amount.minor).sum::<i64>() == 0
    })
}

/// A line sold in euros, whose seller may be paid in yen.
fn any_sale() -> impl Strategy<Value = LineFacts> {
    let rate = prop::option::of(prop::sample::select(vec!["163.93", "1.5", "0.007"]));
    (any_facts(), rate).prop_map(|(facts, rate)| {
        let settlement = rate.map(|rate| ExchangeRate::parse(currency("EUR"), currency("JPY"), rate).unwrap());
        LineFacts { settlement, ..facts }
    })
}

proptest! {
    /// Unit after unit, each at somebody's cost under some policy, some of them reversed and given again.
    #[test]
    fn every_posting_sums_to_zero_and_every_refund_reaches_the_buyer(
        facts in any_sale(),
        steps in prop::collection::vec((any_costs(), any_policy(), 0_u8..4), 8),
    ) {
        let mut books = Books::sold(facts);
        for (costs, policy, reverse) in steps {
            if books.units == books.line.sold.facts().quantity.get() {
                break;
            }
            let parts = books.unit();
            if parts.is_nothing() {
                continue;
            }
            let (held, count) = (books.held, books.steps.len());
            let posting = books.refund(parts, costs, policy);
            prop_assert_eq!(net(&posting, Account::Buyer), parts.total().minor, "the buyer gets it all, whoever pays");
            if reverse == 0 {
                let cause = Cause::RefundReversed { refund: RefundId::generate(), attempt: AttemptNumber::FIRST };
                let undone = posting.reversed(cause, at(9)).unwrap();
                books.postings.push(undone);
                books.steps.truncate(count);
                books.held = held;
                books.units -= 1;
            }
        }
        prop_assert!(books.postings.iter().all(is_balanced));
        prop_assert_eq!(tripwire(&books.postings), Ok(()));
        prop_assert!(books.on(Account::Buyer, "EUR") <= 0, "no buyer gets more than they paid");
        prop_assert!(books.on(Account::Operator, "EUR") >= -books.line.sold.paid().total().minor);
        for code in ["EUR", "JPY"] {
            prop_assert!(books.on(Account::CommissionTax, code) >= 0, "no tax is given back that was not taken");
        }
        let code = books.line.sold.facts().settlement.map_or("EUR", |_| "JPY");
        let quarters = quarterly(&books.postings, books.seller, currency(code), chrono_tz::UTC).unwrap();
        let net: i64 = quarters.values().map(|totals| totals.net().unwrap().minor).sum();
        prop_assert_eq!(net, books.balance(code), "the report is the ledger");
    }

    /// Whatever the steps, a line that is refunded whole at the seller's cost leaves nothing on any account.
    #[test]
    fn a_full_refund_at_the_sellers_cost_leaves_nothing(facts in any_sale(), amounts in prop::collection::vec(1_i64..5000, 0..8)) {
        let mut books = Books::sold(facts);
        let sold = books.line.sold.clone();
        for amount in amounts {
            let parts = sold.goods_amount(books.held, eur(amount)).unwrap();
            if !parts.is_nothing() {
                books.refund(parts, CostPlan::default(), CommissionReversal::Full);
            }
        }
        let rest = sold.left(books.held).unwrap();
        if !rest.is_nothing() {
            books.refund(rest, CostPlan::default(), CommissionReversal::Full);
        }
        for code in ["EUR", "JPY"] {
            for account in [Account::Buyer, Account::Exchange] {
                prop_assert_eq!(books.on(account, code), 0, "{} in {}", account, code);
            }
            // Without a base there was nothing to refund of the commission: a fixed fee on a gift stays.
            if sold.commission().base.is_positive() {
                for account in [Account::Seller(books.seller), Account::Operator, Account::CommissionTax] {
                    prop_assert_eq!(books.on(account, code), 0, "{} in {}", account, code);
                }
            }
        }
    }

    /// The seller's share of the tax of a sale is never mixed with the tax of the commission.
    #[test]
    fn the_two_taxes_never_mix(facts in any_sale(), costs in any_costs(), policy in any_policy()) {
        let mut books = Books::sold(facts);
        let paid = books.line.sold.paid();
        if !paid.is_nothing() {
            books.refund(paid, costs, policy);
        }
        for entry in books.postings.iter().flat_map(Posting::entries) {
            let of_commission = matches!(entry.kind, EntryKind::CommissionVat | EntryKind::RefundCommissionVat);
            let to_state = entry.account == Account::CommissionTax;
            prop_assert!(!to_state || of_commission, "{:?}", entry);
            prop_assert!(entry.account != Account::Rounding);
        }
        let tax = paid.get(Part::ItemTax).minor + paid.get(Part::ShippingTax).minor;
        let kinds = [EntryKind::OrderAmountTax, EntryKind::OrderShippingAmountTax];
        let sold: i64 = books.postings.iter().map(|posting| of_kind(posting, Account::Buyer, &kinds)).sum();
        prop_assert_eq!(sold, -tax);
    }
}
