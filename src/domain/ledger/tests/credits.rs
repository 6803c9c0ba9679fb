//! Credit and codes.

use super::*;

fn credit(amount: i64) -> StoreCredit {
    StoreCredit::issue(StoreCreditId::generate(), eur(amount), Some(at(100))).unwrap()
}

fn spend(amount: i64) -> CreditMove {
    CreditMove::Use { order: OrderId::generate(), amount: eur(amount) }
}

#[test]
fn a_refund_as_credit_is_owed_to_the_buyer_and_not_paid() {
    let mut books = Books::sold(three_units());
    let credit = credit(6587);
    let paid = books.line.sold.paid();
    books.refund_as(paid, CostPlan::default(), CommissionReversal::Full, PaidAs::StoreCredit(credit.id), ProviderCost::Unknown);
    let account = Account::StoreCredit(credit.id);
    assert_eq!((books.on(Account::Buyer, "EUR"), books.on(account, "EUR"), books.balance("EUR")), (-6587, 6587, 0));
    let (credit, posting) = credit.apply(spend(5000), at(1)).unwrap();
    books.postings.push(posting);
    let (_, posting) = credit.apply(CreditMove::Expire, at(100)).unwrap();
    books.postings.push(posting);
    assert_eq!((books.on(Account::Buyer, "EUR"), books.on(account, "EUR"), books.on(Account::Operator, "EUR")), (-1587, 0, 1587));
}

#[test]
fn credit_is_used_to_the_last_cent_and_not_beyond() {
    let (first, posting) = credit(1000).apply(spend(400), at(1)).unwrap();
    assert_eq!((first.remaining, first.state, first.revision), (eur(600), CreditState::Open, 2));
    assert_eq!(posting.cause(), &Cause::StoreCredit { credit: first.id, revision: 2 });
    assert_eq!(first.apply(spend(601), at(2)), Err(CreditRefusal::NotEnough { remaining: eur(600) }));
    let (last, _) = first.apply(spend(600), at(2)).unwrap();
    assert_eq!((last.remaining, last.state), (eur(0), CreditState::UsedUp));
    let (void, posting) = first.apply(CreditMove::Void, at(2)).unwrap();
    assert_eq!((void.state, net(&posting, Account::Operator)), (CreditState::Void, 600));
    for (action, hour, refusal) in [
        (CreditMove::Expire, 99, CreditRefusal::NotYet),
        (spend(1), 100, CreditRefusal::NotOpen { state: CreditState::Expired }),
        (spend(0), 1, LedgerError::NotPositive.into()),
        (spend(-1), 1, LedgerError::NotPositive.into()),
    ] {
        assert_eq!(first.apply(action, at(hour)), Err(refusal), "{action:?} at {hour}");
    }
    for closed in [last, void] {
        assert!(closed.apply(spend(1), at(3)).is_err() && closed.apply(CreditMove::Void, at(3)).is_err());
    }
    assert!(StoreCredit::issue(StoreCreditId::generate(), eur(0), None).is_err());
    let endless = StoreCredit { expires_at: None, ..first };
    assert_eq!(endless.apply(CreditMove::Expire, at(1_000_000)), Err(CreditRefusal::NotYet));
}

#[test]
fn a_code_is_used_once_within_its_time_and_the_rest_goes_back_to_its_budget() {
    let seller = SellerId::generate();
    let validity = Validity { from: at(10), until: at(20) };
    for (budget, account) in [(BudgetOwner::Seller(seller), Account::Seller(seller)), (BudgetOwner::Operator, Account::Operator)] {
        let code = PromoCode::issue(PromoCodeId::generate(), eur(1000), budget, validity).unwrap();
        let given = code.gesture(at(5)).unwrap();
        assert_eq!((net(&given, account), net(&given, Account::PromoCode(code.id))), (-1000, 1000));
        let spend = |amount| PromoMove::Use { order: OrderId::generate(), amount: eur(amount) };
        let (used, posting) = code.apply(spend(700), at(10)).unwrap();
        let sums = [Account::Buyer, account, Account::PromoCode(code.id)].map(|account| net(&posting, account));
        assert_eq!(sums, [700, 300, -1000]);
        assert_eq!(used.apply(spend(1), at(11)), Err(CreditRefusal::NotOpen { state: CreditState::UsedUp }));
        for (action, hour, refusal) in [
            (spend(1), 9, CreditRefusal::NotYet),
            (spend(1), 20, CreditRefusal::NotOpen { state: CreditState::Expired }),
            (spend(1001), 15, CreditRefusal::NotEnough { remaining: eur(1000) }),
            (spend(0), 15, LedgerError::NotPositive.into()),
            (PromoMove::Expire, 19, CreditRefusal::NotYet),
        ] {
            assert_eq!(code.apply(action, at(hour)), Err(refusal), "{action:?} at {hour}");
        }
        for (action, hour, state) in [(PromoMove::Expire, 20, PromoState::Expired), (PromoMove::Void, 11, PromoState::Void)] {
            let (code, posting) = code.apply(action, at(hour)).unwrap();
            assert_eq!((code.state, net(&posting, account)), (state, 1000));
        }
    }
    assert!(PromoCode::issue(PromoCodeId::generate(), eur(1), BudgetOwner::Operator, Validity { from: at(2), until: at(2) }).is_err());
}

proptest! {
    #[test]
    fn credit_is_never_below_zero_and_its_account_says_the_same(moves in prop::collection::vec((0_u8..8, -10_i64..2000, 0_i64..200), 0..20)) {
        let mut credit = credit(5000);
        let mut booked = 5000;
        for (kind, amount, hour) in moves {
            let action = match kind {
                0 => CreditMove::Expire,
                1 => CreditMove::Void,
                _ => spend(amount),
            };
            let Ok((after, posting)) = credit.apply(action, at(hour)) else { continue };
            booked += net(&posting, Account::StoreCredit(credit.id));
            prop_assert!(after.revision == credit.revision + 1);
            credit = after;
            prop_assert!(!credit.remaining.is_negative());
            prop_assert_eq!(credit.remaining.minor, booked);
            prop_assert_eq!(credit.remaining.is_zero(), credit.state != CreditState::Open);
        }
    }
}
