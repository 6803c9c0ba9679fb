//! What people decide.

use super::*;
use crate::domain::hands::Happened;
use crate::domain::law::WithdrawalExclusion;
use crate::domain::parties::Audience;
use crate::domain::purchases::WithdrawalRight;

fn apply(refund: &Refund, action: &RefundMove, by: &Who, ground: &Ground<'_>) -> Result<Refund, RefundRefusal> {
    refund.apply(action, refund.revision, by, ground, at(1)).map(|moved| moved.refund)
}

#[test]
fn granting_and_moving_money_are_two_steps() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, &ground);
    let granted = refund.apply(&full(), refund.revision, &people.seller, &ground, at(1)).unwrap();
    assert_eq!(granted.effects, [RefundEffect::TellBuyer]);
    let amount = eur(6587);
    assert_eq!(granted.events, [Happened::for_all(RefundEvent::Granted { amount, form: RefundForm::Full })]);
    let granted = granted.refund;
    assert_eq!((granted.wakes_at(), granted.held_on(&line("line-1")).unwrap().parts.total()), (None, amount));
    let submitted = granted.apply(&RefundMove::Submit, granted.revision, &Who::System, &ground, at(2)).unwrap();
    let key = IdempotencyKey::of(refund.id, AttemptNumber::FIRST);
    assert_eq!(submitted.effects, [RefundEffect::Instruct { key, means: RefundMeans::OriginalPayment, amount }]);
    assert_eq!(key.to_string(), format!("refund:{}:1", refund.id));
    assert_eq!(submitted.refund.wakes_at(), Some(at(2 + 5 * 24)));
}

#[test]
fn a_form_takes_only_its_own_way_and_full_is_full() {
    use RefundForm::{Full, Partial, PromoCode, StoreCredit};
    use RefundMeans::{BankTransfer, OriginalPayment, Voucher};
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(units(1), RefundBasis::Commercial, &people.buyer, &ground);
    let not_full = Err(RefundRefusal::NotFull { full: eur(6587) });
    for (form, means, outcome) in [
        (Partial, OriginalPayment, Ok(())),
        (Partial, BankTransfer, Ok(())),
        (StoreCredit, RefundMeans::StoreCredit, Ok(())),
        (PromoCode, Voucher, Ok(())),
        (Full, OriginalPayment, not_full),
        (Full, RefundMeans::StoreCredit, Err(RefundRefusal::FormAndMeans)),
        (Partial, Voucher, Err(RefundRefusal::FormAndMeans)),
        (StoreCredit, OriginalPayment, Err(RefundRefusal::FormAndMeans)),
        (PromoCode, RefundMeans::StoreCredit, Err(RefundRefusal::FormAndMeans)),
    ] {
        let granted = apply(&refund, &grant(form, means), &people.operator, &ground);
        assert_eq!(granted.map(|_| ()), outcome, "{form:?} by {means:?}");
    }
}

/// The delivery is not due with the goods of one line, but the operator may give it as well.
#[test]
fn more_than_what_is_due_is_full_too() {
    let (people, rules) = (People::new(), rules());
    let second = LineFacts { line: line("line-2"), ..three_units() };
    let lines = vec![standing(three_units()), standing(second)];
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, &ground);
    let granted = |parts, form| {
        let items = Some(vec![ItemOrder { line: line("line-1"), units: 3, parts }]);
        let order = GrantOrder { items, form, means: RefundMeans::OriginalPayment, costs: CostPlan::default() };
        apply(&refund, &RefundMove::Grant(order), &people.operator, &ground).map(|refund| refund.grant.unwrap().fallback)
    };
    let paid = lines[0].line.sold.paid();
    assert_eq!(granted(paid, RefundForm::Full), Ok(RefundForm::Full));
    assert_eq!(granted(paid.only(&crate::domain::purchases::Part::GOODS), RefundForm::Full), Ok(RefundForm::Full));
    let less = lines[0].line.sold.goods_amount(lines[0].held, eur(5996)).unwrap();
    assert_eq!(granted(less, RefundForm::Full), Err(RefundRefusal::NotFull { full: eur(5997) }));
    assert_eq!(granted(less, RefundForm::Partial), Ok(RefundForm::Partial));
}

/// Where the law gives money, credit needs the buyer's express words; silence or a no sends the money back as it came.
#[test]
fn credit_instead_of_money_needs_the_buyers_recorded_consent() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let credit = grant(RefundForm::StoreCredit, RefundMeans::StoreCredit);
    for basis in RefundBasis::ALL {
        let refund = asked(Asked::Everything, basis, &people.buyer, &ground);
        let granted = apply(&refund, &credit, &people.seller, &ground).unwrap();
        let consent = granted.grant.as_ref().unwrap().consent.clone();
        let submit = apply(&granted, &RefundMove::Submit, &Who::System, &ground);
        if basis == RefundBasis::Commercial {
            assert_eq!((consent, submit.is_ok()), (Consent::NotNeeded, true));
            continue;
        }
        let until = at(1 + 5 * 24);
        assert_eq!(consent, Consent::Awaited { until }, "{basis:?}");
        assert_eq!((submit, granted.wakes_at()), (Err(RefundRefusal::ConsentAwaited), Some(until)));
        let words = RefundMove::Consent { text: " I take 65.87 as credit. ".into() };
        let empty = apply(&granted, &RefundMove::Consent { text: " ".into() }, &people.buyer, &ground);
        assert!(matches!(empty, Err(RefundRefusal::Length { .. })), "{empty:?}");
        assert_eq!(apply(&granted, &words, &people.operator, &ground), Err(RefundRefusal::NotAllowed), "nobody agrees for the buyer");
        let agreed = apply(&granted, &words, &people.buyer, &ground).unwrap();
        let given = Consent::Given { text: "I take 65.87 as credit.".into(), by: people.buyer.clone(), at: at(1) };
        assert_eq!(agreed.grant.as_ref().unwrap().consent, given);
        assert!(apply(&agreed, &RefundMove::Submit, &Who::System, &ground).is_ok());
        let late = granted.apply(&words, granted.revision, &people.buyer, &ground, until);
        assert_eq!(late, Err(RefundRefusal::NoConsentAwaited), "whether or not the timer came first");
        let silent = granted.elapse(until).unwrap().refund;
        let no = apply(&granted, &RefundMove::RefuseConsent, &people.buyer, &ground).unwrap();
        for back in [silent, no] {
            let grant = back.grant.as_ref().unwrap();
            assert_eq!((grant.form, grant.means), (RefundForm::Full, RefundMeans::OriginalPayment));
            assert!(matches!(grant.consent, Consent::FellBack { .. }));
            assert!(apply(&back, &RefundMove::Submit, &Who::System, &ground).is_ok());
            assert!(apply(&back, &words, &people.buyer, &ground).is_err(), "too late");
        }
    }
}

#[test]
fn waiting_for_consent_never_makes_a_refund_late() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, &ground);
    let clock = RefundClock::withdrawal(at(-13 * 24), Hold::Never);
    let due = clock.due_at(ground.timezone).unwrap();
    let (credit, establish) = (grant(RefundForm::StoreCredit, RefundMeans::StoreCredit), RefundMove::Establish { clock });
    let before = refund.after(&establish, &Who::System, &ground).after(&credit, &people.operator, &ground);
    let after = refund.after(&credit, &people.operator, &ground).after(&establish, &Who::System, &ground);
    for refund in [before, after] {
        assert_eq!(refund.grant.unwrap().consent, Consent::Awaited { until: due });
    }
}

#[test]
fn what_the_law_gives_cannot_be_declined_once_it_is_certain() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let decline = |reason| RefundMove::Decline { reason, text: "The seal is broken.".into() };
    let refund = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, &ground);
    let excluded = apply(&refund, &decline(DeclineReason::WithdrawalExcluded), &people.seller, &ground);
    assert_eq!(excluded, Err(RefundRefusal::NotExcluded));
    let established = refund.after(&RefundMove::Establish { clock: RefundClock::withdrawal(at(0), Hold::Waiting) }, &Who::System, &ground);
    for who in [&people.seller, &people.operator] {
        assert_eq!(apply(&established, &decline(DeclineReason::Other), who, &ground), Err(RefundRefusal::DueByLaw));
    }
    let withdrawal = WithdrawalRight::Excluded(WithdrawalExclusion::HygieneUnsealed);
    let sealed = vec![standing(LineFacts { withdrawal, ..three_units() })];
    let ground = Ground { lines: &sealed, ..ground };
    let establish = RefundMove::Establish { clock: RefundClock::withdrawal(at(0), Hold::Waiting) };
    assert_eq!(apply(&refund, &establish, &Who::System, &ground), Err(RefundRefusal::ExclusionToJudge));
    assert!(apply(&refund, &establish, &people.operator, &ground).is_ok(), "the seal was not broken");
    let declined = apply(&refund, &decline(DeclineReason::WithdrawalExcluded), &people.seller, &ground).unwrap();
    assert_eq!(declined.decline.unwrap().reason, DeclineReason::WithdrawalExcluded);
    let wordless = RefundMove::Decline { reason: DeclineReason::Other, text: String::new() };
    assert!(matches!(apply(&refund, &wordless, &people.seller, &ground), Err(RefundRefusal::Length { .. })));
    let long = RefundMove::Decline { reason: DeclineReason::Other, text: "é".repeat(2001) };
    assert!(matches!(apply(&refund, &long, &people.seller, &ground), Err(RefundRefusal::Length { .. })));
}

/// Declining by halves: a seller cannot grant a cent of what the law gives. The operator can, for goods that were used.
#[test]
fn a_seller_grants_what_the_law_gives_in_full() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let clock = RefundClock::withdrawal(at(0), Hold::Never);
    let claimed = asked(units(1), RefundBasis::Withdrawal, &people.buyer, &ground);
    let established = claimed.after(&RefundMove::Establish { clock }, &Who::System, &ground);
    let parts = lines[0].line.sold.goods_amount(lines[0].held, eur(1998)).unwrap();
    let items = Some(vec![ItemOrder { line: line("line-1"), units: 1, parts }]);
    let (form, means) = (RefundForm::Partial, RefundMeans::OriginalPayment);
    let less = RefundMove::Grant(GrantOrder { items, form, means, costs: CostPlan::default() });
    let refused = apply(&established, &less, &people.seller, &ground);
    assert_eq!(refused, Err(RefundRefusal::BelowDue { due: eur(1999) }));
    assert!(apply(&established, &less, &people.operator, &ground).is_ok());
    assert!(apply(&claimed, &less, &people.seller, &ground).is_ok());
    assert!(apply(&established, &grant(form, means), &people.seller, &ground).is_ok());
}

#[test]
fn a_gesture_has_no_legal_clock() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Commercial, &people.buyer, &ground);
    let establish = RefundMove::Establish { clock: RefundClock::withdrawal(at(0), Hold::Never) };
    assert_eq!(apply(&refund, &establish, &people.operator, &ground), Err(RefundRefusal::NotALegalClaim));
}

/// A seller may grant 40.00 on a line in all: 19.99, and another 19.99, but not a third, nor all at once.
#[test]
fn a_sellers_limit_cannot_be_dodged_in_slices() {
    let people = People::new();
    let rules = RefundRules { seller_limit: Some(eur(4000)), ..rules() };
    let partial = grant(RefundForm::Partial, RefundMeans::OriginalPayment);
    let refused = Err(RefundRefusal::AboveSellerLimit { limit: eur(4000) });
    let mut lines = one_line();
    for round in 0..3 {
        let before = lines.clone();
        let ground = ground(&before, &rules);
        let refund = asked(units(1), RefundBasis::Withdrawal, &people.buyer, &ground);
        let granted = apply(&refund, &partial, &people.seller, &ground);
        if round == 2 {
            assert_eq!(granted.map(|_| ()), refused);
            assert!(apply(&refund, &partial, &people.operator, &ground).is_ok(), "the operator has no such limit");
            continue;
        }
        let held = granted.unwrap().held_on(&line("line-1")).unwrap().clone();
        lines[0].held = lines[0].held.plus(held.parts).unwrap();
        lines[0].held_units += held.units;
    }
    let lines = one_line();
    let refund = asked(Asked::Everything, RefundBasis::Commercial, &people.seller, &ground(&lines, &rules));
    assert_eq!(apply(&refund, &full(), &people.seller, &ground(&lines, &rules)).map(|_| ()), refused);
    let dollars = Money { minor: 1_000_000, currency: "USD".parse().unwrap() };
    let other = RefundRules { seller_limit: Some(dollars), ..rules };
    assert!(apply(&refund, &full(), &people.seller, &ground(&lines, &other)).is_err(), "what cannot be compared is beyond");
}

#[test]
fn above_an_amount_a_second_person_of_the_operator_approves() {
    let (people, lines) = (People::new(), one_line());
    let rules = RefundRules { second_approver_above: Some(eur(5000)), ..rules() };
    let ground = ground(&lines, &rules);
    let small = asked(units(1), RefundBasis::Commercial, &people.buyer, &ground);
    let partial = grant(RefundForm::Partial, RefundMeans::OriginalPayment);
    assert_eq!(small.after(&partial, &people.operator, &ground).status, RefundStatus::Granted);
    let refund = asked(Asked::Everything, RefundBasis::Commercial, &people.buyer, &ground);
    assert_eq!(apply(&refund, &RefundMove::Approve, &people.operator, &ground), Err(RefundRefusal::NothingToApprove));
    let proposed = refund.apply(&full(), refund.revision, &people.operator, &ground, at(1)).unwrap();
    assert!(proposed.events.iter().all(|event| event.audience == Audience::ALL.without(Party::Buyer)), "the buyer is not told");
    let proposed = proposed.refund;
    assert_eq!((proposed.status, proposed.held_on(&line("line-1"))), (RefundStatus::Requested, None));
    assert_eq!(apply(&proposed, &RefundMove::Approve, &people.operator, &ground), Err(RefundRefusal::SameApprover));
    assert_eq!(apply(&proposed, &RefundMove::Approve, &people.seller, &ground), Err(RefundRefusal::NotAllowed));
    let approved = apply(&proposed, &RefundMove::Approve, &people.second, &ground).unwrap();
    let grant = approved.grant.as_ref().unwrap();
    assert_eq!((approved.status, &grant.by, &grant.approved_by), (RefundStatus::Granted, &people.operator, &Some(people.second.clone())));
    let by_seller = apply(&refund, &full(), &people.seller, &ground).unwrap();
    assert_eq!(by_seller.status, RefundStatus::Requested, "a seller's large grant waits as well");
    // In the meantime others were granted.
    let mut used = one_line();
    used[0].held = used[0].line.sold.goods_step(used[0].held, 1).unwrap();
    let late = apply(&proposed, &RefundMove::Approve, &people.second, &Ground { lines: &used, ..ground });
    assert!(matches!(late, Err(RefundRefusal::AboveLeft { .. })), "{late:?}");
}

#[test]
fn silence_of_the_seller_gives_the_decision_to_the_operator() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Commercial, &people.buyer, &ground);
    assert_eq!((refund.wakes_at(), refund.elapse(at(47))), (Some(at(48)), None));
    let late = refund.apply(&full(), refund.revision, &people.seller, &ground, at(48));
    assert_eq!(late, Err(RefundRefusal::OperatorDecides), "whether or not the timer came first");
    let handed = refund.elapse(at(48)).unwrap();
    assert_eq!(handed.events, [Happened::for_all(RefundEvent::HandedToOperator)]);
    let handed = handed.refund;
    assert_eq!((handed.decider, handed.wakes_at(), handed.elapse(at(99))), (Party::Operator, None, None));
    assert_eq!(apply(&handed, &full(), &people.seller, &ground), Err(RefundRefusal::OperatorDecides));
    assert!(apply(&handed, &full(), &people.operator, &ground).is_ok());
}

#[test]
fn nobody_moves_money_while_arbitration_decides() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let free = ground(&lines, &rules);
    let frozen = Ground { dispute: DisputeGuard::Arbitration, ..free };
    let executing = Ground { dispute: DisputeGuard::Executing, ..free };
    let refund = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, &free);
    for who in [&people.seller, &people.operator, &Who::System] {
        assert_eq!(apply(&refund, &full(), who, &frozen), Err(RefundRefusal::Frozen));
    }
    let granted = refund.after(&full(), &people.seller, &free);
    for (action, who) in [(RefundMove::Submit, &Who::System), (RefundMove::Cancel, &people.operator)] {
        assert_eq!(apply(&granted, &action, who, &frozen), Err(RefundRefusal::Frozen));
        assert!(apply(&granted, &action, who, &executing).is_ok());
    }
    assert_eq!(apply(&refund, &full(), &people.seller, &executing), Err(RefundRefusal::Frozen));
    let open = Ground { dispute: DisputeGuard::Open, ..free };
    let settling = refund.apply(&full(), refund.revision, &people.seller, &open, at(1)).unwrap();
    assert!(settling.effects.contains(&RefundEffect::SettleDispute));
    let strict = RefundRules { second_approver_above: Some(eur(1)), ..rules.clone() };
    let decided = apply(&refund, &full(), &Who::System, &Ground { rules: &strict, ..executing }).unwrap();
    assert_eq!(decided.status, RefundStatus::Granted, "what arbitration decided needs no third decision");
}

/// Two units are granted; then the order is told again with one unit at another price, tax and commission.
#[test]
fn what_was_granted_stands_whatever_is_told_of_the_order_later() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(units(2), RefundBasis::Withdrawal, &people.buyer, &ground);
    let granted = refund.after(&grant(RefundForm::Partial, RefundMeans::OriginalPayment), &people.seller, &ground);
    let later = vec![standing(LineFacts { quantity: NonZeroU32::MIN, unit_price: eur(1000), ..three_units() })];
    let ground = Ground { lines: &later, ..ground };
    let submitted = granted.after(&RefundMove::Submit, &Who::System, &ground);
    let paid = submitted.told(ProviderWord::Succeeded { amount: eur(3998) }).refund;
    assert_eq!(paid.status, RefundStatus::Succeeded);
    let item = paid.held_on(&line("line-1")).unwrap();
    assert_eq!((item.sold.facts(), item.version.get()), (&three_units(), 1), "the snapshot explains the amount");
}
