//! What is booked, to the cent.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::ids::{OrderId, PostingId, RefundId};
use crate::domain::money::{BasisPoints, ExchangeRate};
use crate::domain::parties::Who;
use crate::domain::purchases::tests::{any_facts, currency, eur, three_units};
use crate::domain::purchases::{CommissionReversal, CommissionTerms, DeliveryCost, LineFacts, LineKey, Parts, RecordedLine};
use crate::domain::refunds::{AttemptNumber, Bearing, Consent, CostPlan, Grant, GrantedItem, RefundForm, RefundMeans, SharedCost};

mod balances;
mod credits;
mod machine;
mod properties;

fn at(hours: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

fn named(name: &str) -> CauseName {
    CauseName::try_from(name.to_owned()).unwrap()
}

/// A line, its seller, what was booked for them, and what the refunds came to.
struct Books {
    seller: SellerId,
    order: OrderId,
    line: RecordedLine,
    held: Parts,
    units: u32,
    steps: Vec<LineProgress>,
    postings: Vec<Posting>,
}

impl Books {
    fn sold(facts: LineFacts) -> Self {
        let line = RecordedLine::first(facts, at(0)).unwrap();
        let held = Parts::nothing(line.sold.currency());
        let (seller, order) = (SellerId::generate(), OrderId::generate());
        let postings = sale(order, seller, &line, at(0)).into_iter().collect();
        Self { seller, order, line, held, units: 0, steps: Vec::new(), postings }
    }

    /// One unit more, and all of the delivery with the last one.
    fn unit(&mut self) -> Parts {
        self.units += 1;
        let sold = &self.line.sold;
        let goods = sold.goods_step(self.held, self.units).unwrap();
        let last = self.units == sold.facts().quantity.get();
        let gross = if last { sold.paid().delivery_gross() } else { Money::zero(sold.currency()) };
        goods.plus(sold.delivery_amount(self.held, DeliveryCost::Whole, gross).unwrap()).unwrap()
    }

    fn refund(&mut self, parts: Parts, costs: CostPlan, commission: CommissionReversal) -> Posting {
        self.refund_as(parts, costs, commission, PaidAs::Money, ProviderCost::Unknown)
    }

    fn refund_as(
        &mut self,
        parts: Parts,
        costs: CostPlan,
        commission: CommissionReversal,
        paid_as: PaidAs,
        provider_cost: ProviderCost,
    ) -> Posting {
        let before = LineProgress::sum(self.steps.clone()).unwrap();
        let grant = Grant {
            items: vec![GrantedItem { units: 1, parts, version: self.line.version, sold: self.line.sold.clone() }],
            form: RefundForm::Partial,
            means: RefundMeans::OriginalPayment,
            fallback: RefundForm::Partial,
            costs,
            commission,
            consent: Consent::NotNeeded,
            by: Who::System,
            approved_by: None,
            at: at(0),
        };
        let post = RefundToPost {
            refund: RefundId::generate(),
            attempt: AttemptNumber::FIRST,
            seller: self.seller,
            grant: &grant,
            before: &before,
            paid_as,
            provider_cost,
        };
        let posted = refund(&post, at(i64::from(self.units))).unwrap();
        self.held = self.held.plus(parts).unwrap();
        self.steps.extend(posted.steps);
        self.postings.push(posted.posting.clone());
        posted.posting
    }

    fn balance(&self, code: &str) -> i64 {
        seller_balance(&self.postings, self.seller, currency(code)).unwrap().minor
    }

    /// What stands on an account over all postings.
    fn on(&self, account: Account, code: &str) -> i64 {
        let sums = self.postings.iter().flat_map(|posting| posting.on(account).unwrap());
        sums.filter(|sum| sum.currency == currency(code)).map(|sum| sum.minor).sum()
    }
}

fn net(posting: &Posting, account: Account) -> i64 {
    posting.on(account).unwrap().iter().map(|sum| sum.minor).sum()
}

fn of_kind(posting: &Posting, account: Account, kinds: &[EntryKind]) -> i64 {
    let own = posting.entries().iter().filter(|entry| entry.account == account && kinds.contains(&entry.kind));
    own.map(|entry| entry.amount.minor).sum()
}

const GOODS: [EntryKind; 2] = [EntryKind::RefundOrderAmount, EntryKind::RefundOrderAmountTax];
const DELIVERY: [EntryKind; 2] = [EntryKind::RefundOrderShippingAmount, EntryKind::RefundOrderShippingAmountTax];

/// The worked example of the accounting rules, to the cent: 3 x 19.99, delivery 5.90, commission 7.20 and its tax 1.44. The
/// buyer withdraws unit after unit; the commission goes back in full, the delivery with the last unit, the seller bears all.
#[test]
fn the_worked_example() {
    let mut books = Books::sold(three_units());
    assert_eq!((books.balance("EUR"), books.on(Account::Buyer, "EUR")), (5997 + 590 - 720 - 144, -6587));
    for (goods, delivery, fee, vat, seller) in [(1999, 0, 240, 48, -1711), (1999, 0, 240, 48, -1711), (1999, 590, 240, 48, -2301)] {
        let parts = books.unit();
        let posting = books.refund(parts, CostPlan::default(), CommissionReversal::Full);
        let account = Account::Seller(books.seller);
        assert_eq!(of_kind(&posting, account, &GOODS), -goods);
        assert_eq!(of_kind(&posting, account, &DELIVERY), -delivery);
        assert_eq!(of_kind(&posting, account, &[EntryKind::RefundCommissionFee]), fee);
        assert_eq!(of_kind(&posting, account, &[EntryKind::RefundCommissionVat]), vat);
        assert_eq!(net(&posting, account), seller);
        assert_eq!(net(&posting, Account::Buyer), goods + delivery);
        assert_eq!((net(&posting, Account::Operator), net(&posting, Account::CommissionTax)), (-fee, -vat));
    }
    let sums: Vec<i64> = books.postings[1..].iter().map(|posting| net(posting, Account::Seller(books.seller))).collect();
    assert_eq!(sums.iter().sum::<i64>(), -5723);
    for account in [Account::Buyer, Account::Operator, Account::CommissionTax, Account::Seller(books.seller)] {
        assert_eq!(books.on(account, "EUR"), 0, "{account}: nothing is left of the sale");
    }
}

/// The second example: 10.00 for three equal units are refunded as 3.33, 3.34 and 3.33.
#[test]
fn ten_over_three_units_in_the_books() {
    let facts = three_units();
    let shipping = crate::domain::purchases::ShippingShare { standard: eur(0), ..facts.shipping };
    // 3 x 3.34 less 0.02.
    let mut books = Books::sold(LineFacts { unit_price: eur(334), discounts: vec![eur(2)], shipping, ..facts });
    let mut refunds = Vec::new();
    for _ in 0..3 {
        let parts = books.unit();
        refunds.push(net(&books.refund(parts, CostPlan::default(), CommissionReversal::Full), Account::Buyer));
    }
    assert_eq!(refunds, [333, 334, 333]);
}

/// One unit of 19.99 with a commission of 7.50, of which 0.30 are fixed, under each policy: the seller's net, and what it is
/// left with when all is refunded.
#[test]
fn each_commission_policy_in_the_books() {
    let facts = three_units();
    let terms = CommissionTerms { fixed: eur(30), ..facts.commission };
    let facts = LineFacts { commission: terms, ..facts };
    for (policy, first, left) in [
        (CommissionReversal::Full, -1999 + 250 + 50, 0),
        (CommissionReversal::KeepFixedPart, -1999 + 240 + 48, -30 - 6),
        (CommissionReversal::None, -1999, -750 - 150),
    ] {
        let mut books = Books::sold(facts.clone());
        let mut nets = Vec::new();
        for _ in 0..3 {
            let parts = books.unit();
            nets.push(net(&books.refund(parts, CostPlan::default(), policy), Account::Seller(books.seller)));
        }
        assert_eq!((nets[0], books.balance("EUR")), (first, left), "{policy:?}");
    }
}

#[test]
fn whoever_bears_it_the_buyer_gets_the_same() {
    let points = |points| BasisPoints::new(points).unwrap();
    let halves = Bearing::Shared(SharedCost::new(points(5000), points(2500), points(2500)).unwrap());
    for (costs, seller, operator, carrier) in [
        (CostPlan::all(Bearing::Seller), -6587 + 864, -720, 0),
        // The sale stands, and so does its commission.
        (CostPlan::all(Bearing::Operator), 0, -6587, 0),
        (CostPlan::all(Bearing::Carrier), 0, 0, -6587),
        (CostPlan { goods: Bearing::Seller, delivery: Bearing::Operator }, -5997 + 864, -590 - 720, 0),
        // Part by part: 24.99 + 4.99 + 2.46 + 0.49, 12.50 + 2.50 + 1.23 + 0.25 and 12.49 + 2.50 + 1.23 + 0.24. The commission
        // goes back on the 29.98 of 59.97 that the seller bears.
        (CostPlan::all(halves), -3293 + 360 + 72, -1648 - 360, -1646),
    ] {
        let mut books = Books::sold(three_units());
        let posting = books.refund(books.line.sold.paid(), costs, CommissionReversal::Full);
        let sums =
            [Account::Seller(books.seller), Account::Operator, Account::Carrier, Account::Buyer].map(|account| net(&posting, account));
        assert_eq!(sums, [seller, operator, carrier, 6587], "{costs:?}");
    }
    let mut books = Books::sold(three_units());
    let posting = books.refund(books.line.sold.paid(), CostPlan::all(Bearing::Operator), CommissionReversal::Full);
    let kinds: Vec<_> = posting.entries().iter().filter(|entry| entry.account == Account::Operator).map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::OperatorPaidRefundOrderAmount, EntryKind::OperatorPaidRefundOrderShippingAmount]);
}

#[test]
fn a_reversal_undoes_its_refund_and_the_next_one_makes_up_for_rounding() {
    let mut books = Books::sold(three_units());
    let first = books.unit();
    let posting = books.refund(first, CostPlan::default(), CommissionReversal::Full);
    let (refund, attempt) = (RefundId::generate(), AttemptNumber::FIRST);
    let undone = posting.reversed(Cause::RefundReversed { refund, attempt }, at(9)).unwrap();
    assert_eq!(undone.corrects(), Some(posting.id()));
    for account in [Account::Buyer, Account::Operator, Account::CommissionTax, Account::Seller(books.seller)] {
        assert_eq!(net(&posting, account) + net(&undone, account), 0, "{account}");
    }
    books.postings.push(undone);
    books.steps.clear();
    books.held = Parts::nothing(currency("EUR"));
    let all = books.line.sold.paid();
    books.refund(all, CostPlan::default(), CommissionReversal::Full);
    assert_eq!(books.balance("EUR"), 0);
}

/// 65.87 USD were paid when a dollar was worth 0.92 EUR. At the refund the payment system takes 63.00 EUR for it.
#[test]
fn a_refund_in_another_currency_uses_the_rate_of_the_sale() {
    let dollars = |minor| Money { minor, currency: currency("USD") };
    let facts = three_units();
    let rate = ExchangeRate::parse(currency("USD"), currency("EUR"), "0.92").unwrap();
    let shipping = crate::domain::purchases::ShippingShare { standard: dollars(590), faster_extra: dollars(0), ..facts.shipping };
    let commission = CommissionTerms { fixed: dollars(0), ..facts.commission };
    let facts = LineFacts { unit_price: dollars(1999), shipping, fees: dollars(0), commission, settlement: Some(rate), ..facts };
    let mut books = Books::sold(facts);
    // By parts: 49.98, 9.99, 4.92 and 0.98 USD are 45.98, 9.19, 4.53 and 0.90 EUR; the commission 6.62 and 1.32.
    assert_eq!((books.on(Account::Buyer, "USD"), books.balance("EUR"), books.balance("USD")), (-6587, 6060 - 662 - 132, 0));
    for _ in 0..2 {
        let parts = books.unit();
        books.refund(parts, CostPlan::default(), CommissionReversal::Full);
    }
    let parts = books.unit();
    books.refund_as(parts, CostPlan::default(), CommissionReversal::Full, PaidAs::Money, ProviderCost::Took(eur(2700)));
    assert_eq!((books.on(Account::Buyer, "USD"), books.balance("EUR")), (0, 0), "bought and given back at one rate");
    let expected = 6060 - 2 * 1839;
    assert_eq!(books.on(Account::ExchangeDifference, "EUR"), -(2700 - expected), "the difference has a name");
    assert_eq!((books.on(Account::Exchange, "USD"), books.on(Account::Exchange, "EUR")), (0, 2700 - expected));
    let mut again = Books::sold(books.line.sold.facts().clone());
    let parts = again.unit();
    let took = ProviderCost::Took(eur(1839 - 100));
    let posting = again.refund_as(parts, CostPlan::default(), CommissionReversal::Full, PaidAs::Money, took);
    assert_eq!(net(&posting, Account::ExchangeDifference), 100, "it can be a gain as well");
}

#[test]
fn a_posting_that_does_not_sum_to_zero_cannot_be_had() {
    let entry = |account, amount| Entry { account, kind: EntryKind::ManualCredit, amount, line: None };
    let cause = || Cause::Named { name: named("x") };
    let make = |entries| Posting::new(PostingId::generate(), cause(), at(0), None, None, entries);
    let dollar = Money { minor: 1, currency: currency("USD") };
    assert_eq!(make(Vec::new()), Err(LedgerError::Nothing));
    for (entries, sum) in [
        (vec![entry(Account::Buyer, eur(1))], eur(1)),
        (vec![entry(Account::Buyer, eur(2)), entry(Account::Operator, eur(-1))], eur(1)),
        (vec![entry(Account::Buyer, eur(1)), entry(Account::Operator, eur(-1)), entry(Account::Carrier, dollar)], dollar),
    ] {
        assert_eq!(make(entries), Err(LedgerError::Unbalanced { currency: sum.currency, sum }));
    }
    assert!(make(vec![entry(Account::Buyer, eur(1)), entry(Account::Operator, eur(-1))]).is_ok());
    let mut draft = Draft::new();
    let backwards = draft.transfer(EntryKind::ManualCredit, Account::Buyer, Account::Operator, eur(-1), None);
    assert_eq!((backwards, draft.is_empty()), (Err(LedgerError::NotPositive), true));
    assert_eq!(draft.post(cause(), at(0)), Err(LedgerError::Nothing));
}

#[test]
fn penalties_parcels_and_increases() {
    let seller = SellerId::generate();
    let account = Account::Seller(seller);
    let posting = penalty(seller, eur(1500), BasisPoints::percent(20), named("penalty-1"), at(0)).unwrap();
    assert_eq!([account, Account::Operator, Account::CommissionTax].map(|account| net(&posting, account)), [-1800, 1500, 300]);
    let refund = RefundId::generate();
    for (bearing, nets) in [(Bearing::Seller, [-500, 0]), (Bearing::Operator, [0, -500])] {
        let posting = late_increase(refund, seller, bearing, eur(500), None, at(0)).unwrap();
        assert_eq!([account, Account::Operator].map(|account| net(&posting, account)), nets);
        assert_eq!(net(&posting, Account::Buyer), 500);
    }
    for payer in [LabelPayer::Buyer, LabelPayer::Operator, LabelPayer::Seller(seller)] {
        let posting = return_shipping(OrderId::generate(), named("parcel"), payer, eur(490), at(0)).unwrap();
        assert_eq!(net(&posting, Account::Carrier), 490);
    }
    assert_eq!(penalty(seller, eur(0), BasisPoints::ZERO, named("x"), at(0)), Err(LedgerError::NotPositive));
    assert_eq!(payout(seller, eur(-5), named("x"), at(0)), Err(LedgerError::NotPositive));
}

#[test]
fn a_correction_names_what_it_corrects_and_why() {
    let seller = SellerId::generate();
    let old = payout(seller, eur(100), named("payout-1"), at(0)).unwrap();
    let correct = |kind, note: &str| manual(seller, kind, eur(7), (old.id(), note), named("manual-1"), at(1));
    for (kind, amount) in [(ManualKind::Credit, 7), (ManualKind::Debit, -7)] {
        let posting = correct(kind, " Paid twice. ").unwrap();
        assert_eq!((posting.corrects(), posting.note()), (Some(old.id()), Some("Paid twice.")));
        assert_eq!((net(&posting, Account::Seller(seller)), net(&posting, Account::Operator)), (amount, -amount));
    }
    let too_long = "x".repeat(501);
    for wordless in ["", "  ", too_long.as_str()] {
        assert_eq!(correct(ManualKind::Credit, wordless), Err(LedgerError::Note { limit: 500 }));
    }
}

#[test]
fn a_cause_is_booked_under_one_key() {
    let (order, refund) = (OrderId::generate(), RefundId::generate());
    let line = LineKey::try_from("a:b".to_owned()).unwrap();
    let version = crate::domain::purchases::FactsVersion::FIRST;
    let attempt = AttemptNumber::FIRST;
    for (cause, key) in [
        (Cause::Sale { order, line, version }, format!("sale:{order}:1:a:b")),
        (Cause::Refund { refund, attempt }, format!("refund:{refund}:1")),
        (Cause::RefundReversed { refund, attempt }, format!("refund-reversed:{refund}:1")),
        (Cause::LateIncrease { refund }, format!("late-increase:{refund}")),
    ] {
        assert_eq!(cause.to_string(), key);
    }
    for nameless in [String::new(), "  ".into(), "x".repeat(201)] {
        assert_eq!(CauseName::try_from(nameless), Err(LedgerError::Name { limit: 200 }));
    }
}
