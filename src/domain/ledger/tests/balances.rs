//! What a seller has coming.

use chrono::{DateTime, Utc};

use super::*;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Sold, paid out, then refunded: the seller owes, the next period begins with that, and the next sale sets it off.
#[test]
fn a_payout_before_a_refund_is_carried_as_a_debt() {
    let mut books = Books::sold(three_units());
    let sold = books.balance("EUR");
    books.postings.push(payout(books.seller, eur(sold), named("payout-1"), at(24)).unwrap());
    let parts = books.unit();
    let mut posting = books.refund(parts, CostPlan::default(), CommissionReversal::Full);
    posting = Posting::new(posting.id(), posting.cause().clone(), at(30), None, None, posting.entries().to_vec()).unwrap();
    *books.postings.last_mut().unwrap() = posting;
    let statement = |from, until| SellerStatement::of(&books.postings, books.seller, currency("EUR"), &(at(from)..at(until))).unwrap();
    let first = statement(0, 25);
    assert_eq!((first.opening, first.closing, first.carry(eur(0)).unwrap()), (eur(0), eur(0), Carry::Payable(eur(0))));
    let second = statement(25, 50);
    assert_eq!((second.opening, second.debits, second.credits, second.closing), (eur(0), eur(-1999), eur(288), eur(-1711)));
    assert_eq!(second.carry(eur(1711)).unwrap(), Carry::Owed(eur(1711)));
    assert_eq!(second.carry(eur(1710)).unwrap(), Carry::OwedBeyondLimit(eur(1711)));
    assert_eq!((statement(25, 30).closing, statement(30, 31).debits), (eur(0), eur(-1999)), "the first moment belongs to a period");
    assert_eq!(statement(50, 60).opening, eur(-1711), "it does not go away");
    let again = RecordedLine::first(LineFacts { line: LineKey::try_from("line-2".to_owned()).unwrap(), ..three_units() }, at(0)).unwrap();
    books.postings.push(sale(books.order, books.seller, &again, at(55)).unwrap());
    let third = SellerStatement::of(&books.postings, books.seller, currency("EUR"), &(at(50)..at(60))).unwrap();
    assert_eq!(third.carry(eur(0)).unwrap(), Carry::Payable(eur(sold - 1711)));
}

/// The year changes at 23:00 UTC in Paris.
#[test]
fn quarters_follow_the_marketplaces_calendar() {
    let paris = chrono_tz::Europe::Paris;
    for (moment, year, number) in [
        ("2026-12-31T22:59:59Z", 2026, 4),
        ("2026-12-31T23:00:00Z", 2027, 1),
        ("2026-03-31T21:59:59Z", 2026, 1),
        ("2026-03-31T22:00:00Z", 2026, 2),
        ("2026-09-30T21:59:59Z", 2026, 3),
    ] {
        assert_eq!(Quarter::of(instant(moment), paris), Quarter { year, number }, "{moment}");
    }
}

#[test]
fn a_quarters_columns_sum_to_the_ledger() {
    let mut books = Books::sold(three_units());
    let parts = books.unit();
    books.refund(parts, CostPlan::default(), CommissionReversal::Full);
    let seller = books.seller;
    let old = books.postings[0].id();
    books.postings.extend([
        penalty(seller, eur(1500), BasisPoints::percent(20), named("penalty"), at(3)).unwrap(),
        manual(seller, ManualKind::Credit, eur(100), (old, "Sorry."), named("manual"), at(4)).unwrap(),
        return_shipping(books.order, named("parcel"), LabelPayer::Seller(seller), eur(490), at(5)).unwrap(),
        payout(seller, eur(2000), named("payout"), at(6)).unwrap(),
    ]);
    let quarters = quarterly(&books.postings, seller, currency("EUR"), chrono_tz::UTC).unwrap();
    let totals = quarters[&Quarter { year: 1970, number: 1 }];
    let expected =
        QuarterTotals { sales: 1, gross: eur(6587), refunds: eur(-1999), commissions: eur(-864 + 288), other: eur(-1800 + 100 - 490) };
    assert_eq!((quarters.len(), totals), (1, expected));
    assert_eq!(totals.net().unwrap(), eur(books.balance("EUR") + 2000), "all but the payouts");
    let stranger = quarterly(&books.postings, SellerId::generate(), currency("EUR"), chrono_tz::UTC).unwrap();
    assert!(stranger.is_empty());
}

#[test]
fn a_corrected_sale_counts_once() {
    let mut books = Books::sold(three_units());
    let version = books.line.version;
    let line = books.line.sold.line().clone();
    let undone = books.postings[0].reversed(Cause::SaleCorrected { order: books.order, line, version }, at(1)).unwrap();
    let later = RecordedLine::first(LineFacts { discounts: vec![eur(97)], ..three_units() }, at(1)).unwrap();
    books.postings.extend([undone, sale(books.order, books.seller, &later, at(1)).unwrap()]);
    let quarters = quarterly(&books.postings, books.seller, currency("EUR"), chrono_tz::UTC).unwrap();
    let totals = quarters[&Quarter { year: 1970, number: 1 }];
    assert_eq!((totals.sales, totals.gross), (1, eur(6490)));
}

#[test]
fn the_tripwire_is_seen() {
    let books = Books::sold(three_units());
    assert_eq!(tripwire(&books.postings), Ok(()));
    let mut draft = Draft::new();
    draft.transfer(EntryKind::Rounding, Account::Operator, Account::Rounding, eur(1), None).unwrap();
    let wrong = draft.post(Cause::Named { name: named("wrong") }, at(0)).unwrap();
    assert_eq!(tripwire([&wrong]), Err(LedgerError::Tripwire { sum: eur(1) }));
}
