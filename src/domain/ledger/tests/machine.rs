//! From the first word to the books: the machine of refunds and the ledger together.

use std::num::NonZeroU32;

use super::*;
use crate::domain::ids::BuyerId;
use crate::domain::refunds::{
    Asked, DeliveryQuote, DisputeGuard, GrantOrder, Ground, LineStanding, ProviderNews, ProviderWord, Refund, RefundBasis, RefundEffect,
    RefundMove, RefundRequest, RefundRules, Requested, ShippingPolicy,
};

/// Asks for one unit, grants it, has it paid, and tells whether it is to be booked.
fn one_unit_back(lines: &[LineStanding], rules: &RefundRules, order: OrderId) -> Refund {
    let ground = Ground { lines, rules, dispute: DisputeGuard::None, quote: DeliveryQuote::Unknown, timezone: chrono_tz::Europe::Paris };
    let request = RefundRequest {
        order,
        line: lines[0].line.sold.line().clone(),
        asked: Asked::Units { units: NonZeroU32::MIN },
        basis: RefundBasis::Withdrawal,
        by: Who::Buyer { buyer: BuyerId::generate() },
    };
    let Ok(Requested::Opened(moved)) = Refund::request(request, None, &ground, at(1)) else { panic!("nothing was open") };
    let (form, means) = (RefundForm::Partial, RefundMeans::OriginalPayment);
    let grant = RefundMove::Grant(GrantOrder { items: None, form, means, costs: CostPlan::default() });
    let mut refund = moved.refund;
    for action in [grant, RefundMove::Submit] {
        refund = refund.apply(&action, refund.revision, &Who::System, &ground, at(2)).unwrap().refund;
    }
    let amount = refund.grant.as_ref().unwrap().total().unwrap();
    let news = ProviderNews { attempt: AttemptNumber::FIRST, reference: None, word: ProviderWord::Succeeded { amount } };
    let paid = refund.hear(&news, at(3));
    assert!(paid.effects.contains(&RefundEffect::PostRefund));
    paid.refund
}

/// The worked example again, asked for, granted, paid and booked: the figures of the table, and nothing left at the end.
#[test]
fn the_worked_example_from_the_first_word_to_the_books() {
    let mut books = Books::sold(three_units());
    let rules = RefundRules { shipping: ShippingPolicy::OnlyIfAllReturned, ..RefundRules::default() };
    let mut lines = vec![LineStanding::untouched(books.line.clone())];
    for (buyer, seller) in [(1999, -1711), (1999, -1711), (2589, -2301)] {
        let refund = one_unit_back(&lines, &rules, books.order);
        let grant = refund.grant.as_ref().unwrap();
        let before = LineProgress::sum(books.steps.clone()).unwrap();
        let post = RefundToPost {
            refund: refund.id,
            attempt: refund.last_attempt().unwrap().number,
            seller: books.seller,
            grant,
            before: &before,
            paid_as: PaidAs::Money,
            provider_cost: ProviderCost::Unknown,
        };
        let posted = super::super::refund(&post, at(4)).unwrap();
        assert_eq!((net(&posted.posting, Account::Buyer), net(&posted.posting, Account::Seller(books.seller))), (buyer, seller));
        books.steps.extend(posted.steps);
        books.postings.push(posted.posting);
        for item in &grant.items {
            lines[0].held = lines[0].held.plus(item.parts).unwrap();
            lines[0].held_units += item.units;
        }
    }
    assert_eq!((books.balance("EUR"), books.on(Account::Buyer, "EUR"), books.on(Account::Operator, "EUR")), (0, 0, 0));
    assert!(lines[0].left().unwrap().is_nothing());
}
