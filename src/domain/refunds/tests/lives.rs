//! Whatever people, timers and payment systems do, in any order.

use proptest::prelude::*;

use super::*;
use crate::domain::purchases::Parts;
use crate::domain::purchases::tests::{any_facts, currency};

/// What other refunds than this one hold of every line: what a store reads under the lock of the order.
fn standings(lines: &[LineStanding], refunds: &[Refund], but: Option<RefundId>) -> Vec<LineStanding> {
    let mut lines = lines.to_vec();
    for standing in &mut lines {
        for refund in refunds.iter().filter(|refund| Some(refund.id) != but) {
            if let Some(item) = refund.held_on(standing.line.sold.line()) {
                standing.held = standing.held.plus(item.parts).unwrap();
                standing.held_units += item.units;
            }
        }
    }
    lines
}

fn any_move(pick: u32, amount: i64, ground: &Ground<'_>, refund: &Refund) -> RefundMove {
    let items = (amount % 3 == 0).then(|| {
        let left = ground.lines.iter().map(|line| (line, line.left().unwrap()));
        // Too much on purpose, now and then.
        left.map(|(line, left)| {
            let parts = if amount % 2 == 0 { left } else { left.plus(left).unwrap() };
            ItemOrder { line: line.line.sold.line().clone(), units: 0, parts }
        })
        .filter(|item| !item.parts.is_nothing())
        .collect()
    });
    let (form, means) = [
        (RefundForm::Partial, RefundMeans::OriginalPayment),
        (RefundForm::Full, RefundMeans::OriginalPayment),
        (RefundForm::StoreCredit, RefundMeans::StoreCredit),
        (RefundForm::PromoCode, RefundMeans::Voucher),
    ][usize::try_from(amount % 4).unwrap()];
    match pick % 10 {
        0..=2 => RefundMove::Grant(GrantOrder { items, form, means, costs: CostPlan::default() }),
        3 => RefundMove::Approve,
        4 if amount % 5 == 0 => RefundMove::Decline { reason: DeclineReason::Other, text: "No.".into() },
        5 => RefundMove::Consent { text: "Yes.".into() },
        6 if amount % 5 == 0 => RefundMove::Cancel,
        7 if refund.status == RefundStatus::Failed => RefundMove::Retry,
        8 => RefundMove::Establish { clock: RefundClock::withdrawal(at(0), Hold::Never) },
        _ => RefundMove::Submit,
    }
}

fn any_word(pick: u32, refund: &Refund) -> ProviderWord {
    let granted = refund.grant.as_ref().map_or(eur(1), |grant| grant.total().unwrap());
    match pick % 6 {
        0 => ProviderWord::Pending,
        1 | 2 => ProviderWord::Succeeded { amount: granted },
        3 => ProviderWord::Failed { kind: FailureKind::Other },
        4 => ProviderWord::Reversed,
        _ => ProviderWord::Succeeded { amount: granted.plus(eur(1)).unwrap() },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn no_life_refunds_more_than_was_paid(
        facts in prop::collection::vec(any_facts(), 1..3),
        steps in prop::collection::vec((0_u32..5, 0_u32..60, 0_i64..20_000, 0_usize..7), 1..60),
    ) {
        let people = People::new();
        let rules = RefundRules { second_approver_above: Some(eur(15_000)), ..rules() };
        let numbered = (1..).zip(facts).map(|(number, facts)| LineFacts { line: line(&format!("line-{number}")), ..facts });
        let lines: Vec<_> = numbered.map(standing).collect();
        let everybody = [
            &people.buyer, &people.seller, &people.operator, &people.second, &Who::System, &people.agent, &people.shop,
        ];
        let mut refunds: Vec<Refund> = Vec::new();
        for (hour, (kind, pick, amount, who)) in (1..).zip(steps) {
            let who = everybody[who].clone();
            let slot = usize::try_from(pick).unwrap() % refunds.len().max(1);
            let now = standings(&lines, &refunds, refunds.get(slot).map(|refund| refund.id));
            let standing_ground = ground(&now, &rules);
            let moved = match (kind, refunds.get(slot)) {
                (0, _) | (_, None) => {
                    let all = standings(&lines, &refunds, None);
                    let named = line(&format!("line-{}", usize::try_from(amount).unwrap() % lines.len() + 1));
                    let asked = [Asked::Everything, units(1), Asked::Amount { amount: eur(amount) }][usize::try_from(pick % 3).unwrap()];
                    let basis = RefundBasis::ALL[usize::try_from(amount % 4).unwrap()];
                    let open = refunds.iter().find(|refund| refund.line == named && refund.status.is_open());
                    let request = RefundRequest { order: OrderId::generate(), line: named, asked, basis, by: who };
                    if let Ok(Requested::Opened(moved)) = Refund::request(request, open, &ground(&all, &rules), at(hour)) {
                        refunds.push(moved.refund);
                    }
                    continue;
                }
                (1, Some(refund)) => {
                    let last = refund.last_attempt().map_or(1, |attempt| attempt.number.get());
                    let attempt = AttemptNumber::from_number(if pick % 4 == 0 { 1 } else { last });
                    Some(refund.hear(&ProviderNews { attempt, reference: None, word: any_word(pick, refund) }, at(hour)))
                }
                (2, Some(refund)) if pick % 10 == 0 => refund.elapse(at(hour * 24)),
                (_, Some(refund)) => {
                    let action = any_move(pick, amount, &standing_ground, refund);
                    refund.apply(&action, refund.revision, &who, &standing_ground, at(hour)).ok()
                }
            };
            let Some(moved) = moved else { continue };
            let before = &refunds[slot];
            prop_assert_eq!(moved.refund.revision == before.revision, moved.refund == *before, "every change counts, and nothing else does");
            prop_assert!(moved.refund.attempts.len() >= before.attempts.len(), "attempts are never forgotten");
            let posts = moved.effects.iter().any(|effect| matches!(effect, RefundEffect::PostRefund));
            prop_assert_eq!(posts, moved.refund.status == RefundStatus::Succeeded && before.status != RefundStatus::Succeeded);
            let takes_back = moved.effects.iter().any(|effect| matches!(effect, RefundEffect::PostReversal));
            prop_assert_eq!(takes_back, before.status == RefundStatus::Succeeded && moved.refund.status != RefundStatus::Succeeded);
            refunds[slot] = moved.refund;
            let mut all = Parts::nothing(currency("EUR"));
            for standing in standings(&lines, &refunds, None) {
                prop_assert_eq!(standing.held.exceeds(standing.line.sold.paid()), Ok(None), "no part of a line beyond what was paid");
                all = all.plus(standing.held).unwrap();
            }
            for standing in &lines {
                let open = refunds.iter().filter(|refund| refund.line == *standing.line.sold.line() && refund.status.is_open()).count();
                prop_assert!(open <= 1, "one open refund on a line");
            }
        }
    }
}
