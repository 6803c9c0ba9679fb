//! The life of a refund, printed whole, and what holds for every life.

use std::fmt::Write;
use std::num::NonZeroU32;

use chrono::TimeDelta;

use super::*;
use crate::domain::ids::{BuyerId, ConnectionId, SellerId, TokenId};
use crate::domain::purchases::tests::{eur, three_units};
use crate::domain::purchases::{LineFacts, RecordedLine};

mod amounts;
mod costs;
mod lates;
mod lives;
mod moves;
mod news;
mod spreads;

/// Who acts in these tests; each is always the same.
#[derive(Debug, Clone)]
struct People {
    buyer: Who,
    shop: Who,
    seller: Who,
    operator: Who,
    second: Who,
    agent: Who,
    helpdesk: Who,
}

impl People {
    fn new() -> Self {
        let connection = ConnectionId::generate();
        let operator = |name: &str| Who::Operator { token: TokenId::generate(), name: name.into() };
        Self {
            buyer: Who::Buyer { buyer: BuyerId::generate() },
            shop: Who::Vendor { token: TokenId::generate(), name: "shop".into() },
            seller: Who::Seller { seller: SellerId::generate(), token: TokenId::generate(), name: "seller".into() },
            operator: operator("Ada"),
            second: operator("Grace"),
            agent: Who::Agent { connection, name: "Alan".into() },
            helpdesk: Who::Helpdesk { connection },
        }
    }

    fn all(&self) -> [(&'static str, &Who); 7] {
        [
            ("buyer", &self.buyer),
            ("shop", &self.shop),
            ("seller", &self.seller),
            ("operator", &self.operator),
            ("agent", &self.agent),
            ("helpdesk", &self.helpdesk),
            ("system", &Who::System),
        ]
    }
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hours)
}

fn line(name: &str) -> LineKey {
    LineKey::try_from(name.to_owned()).unwrap()
}

fn standing(facts: LineFacts) -> LineStanding {
    LineStanding::untouched(RecordedLine::first(facts, at(0)).unwrap())
}

/// One line of three times 19.99 with a delivery of 5.90.
fn one_line() -> Vec<LineStanding> {
    vec![standing(three_units())]
}

fn rules() -> RefundRules {
    RefundRules { shipping: ShippingPolicy::OnlyIfAllReturned, ..RefundRules::default() }
}

fn ground<'a>(lines: &'a [LineStanding], rules: &'a RefundRules) -> Ground<'a> {
    Ground { lines, rules, dispute: DisputeGuard::None, quote: DeliveryQuote::Unknown, timezone: chrono_tz::Europe::Paris }
}

fn asked(asked: Asked, basis: RefundBasis, by: &Who, ground: &Ground<'_>) -> Refund {
    let request = RefundRequest { order: OrderId::generate(), line: line("line-1"), asked, basis, by: by.clone() };
    match Refund::request(request, None, ground, at(0)).unwrap() {
        Requested::Opened(moved) => moved.refund,
        Requested::AlreadyOpen(_) => panic!("nothing was open"),
    }
}

fn units(count: u32) -> Asked {
    Asked::Units { units: NonZeroU32::new(count).unwrap() }
}

fn grant(form: RefundForm, means: RefundMeans) -> RefundMove {
    RefundMove::Grant(GrantOrder { items: None, form, means, costs: CostPlan::default() })
}

fn full() -> RefundMove {
    grant(RefundForm::Full, RefundMeans::OriginalPayment)
}

impl Refund {
    fn after(&self, action: &RefundMove, by: &Who, ground: &Ground<'_>) -> Self {
        self.apply(action, self.revision, by, ground, at(1)).unwrap().refund
    }

    fn told(&self, word: ProviderWord) -> Moved {
        let attempt = self.last_attempt().map_or(AttemptNumber::FIRST, |attempt| attempt.number);
        self.hear(&ProviderNews { attempt, reference: None, word }, at(2))
    }
}

/// A refund of everything in each state that it can be in, with what its name says.
fn of_every_state(people: &People, ground: &Ground<'_>) -> Vec<(&'static str, Refund)> {
    let claimed = asked(Asked::Everything, RefundBasis::Withdrawal, &people.buyer, ground);
    let rules = RefundRules { second_approver_above: Some(eur(1)), ..ground.rules.clone() };
    let proposed = claimed.after(&full(), &people.operator, &Ground { rules: &rules, ..*ground });
    let clock = RefundClock::withdrawal(at(0), Hold::Never);
    let established = claimed.after(&RefundMove::Establish { clock }, &people.operator, ground);
    let credit = claimed.after(&grant(RefundForm::StoreCredit, RefundMeans::StoreCredit), &people.seller, ground);
    let granted = claimed.after(&full(), &people.seller, ground);
    let decline = RefundMove::Decline { reason: DeclineReason::NotDue, text: "No.".into() };
    let declined = claimed.after(&decline, &people.seller, ground);
    let submitted = granted.after(&RefundMove::Submit, &Who::System, ground);
    let pending = submitted.told(ProviderWord::Pending).refund;
    let failed = pending.told(ProviderWord::Failed { kind: FailureKind::Declined }).refund;
    let succeeded = pending.told(ProviderWord::Succeeded { amount: eur(6587) }).refund;
    let reversed = succeeded.told(ProviderWord::Reversed).refund;
    let canceled = granted.after(&RefundMove::Cancel, &people.operator, ground);
    let handed = claimed.elapse(at(48)).unwrap().refund;
    vec![
        ("requested", claimed),
        ("handed to the operator", handed),
        ("established", established),
        ("waits for approval", proposed),
        ("waits for consent", credit),
        ("granted", granted),
        ("declined", declined),
        ("submitted", submitted),
        ("pending", pending),
        ("failed", failed),
        ("succeeded", succeeded),
        ("reversed", reversed),
        ("canceled", canceled),
    ]
}

fn move_of(action: RefundAction) -> RefundMove {
    match action {
        RefundAction::Establish => RefundMove::Establish { clock: RefundClock::withdrawal(at(0), Hold::Never) },
        RefundAction::Grant => full(),
        RefundAction::Approve => RefundMove::Approve,
        RefundAction::Decline => RefundMove::Decline { reason: DeclineReason::Other, text: "No.".into() },
        RefundAction::Consent => RefundMove::Consent { text: "I take credit.".into() },
        RefundAction::RefuseConsent => RefundMove::RefuseConsent,
        RefundAction::Submit => RefundMove::Submit,
        RefundAction::Retry => RefundMove::Retry,
        RefundAction::Cancel => RefundMove::Cancel,
    }
}

const DISPUTES: [DisputeGuard; 4] = [DisputeGuard::None, DisputeGuard::Open, DisputeGuard::Arbitration, DisputeGuard::Executing];

#[test]
fn who_may_do_what() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let mut out = String::new();
    for dispute in DISPUTES {
        writeln!(out, "dispute: {dispute:?}").unwrap();
        for (state, refund) in of_every_state(&people, &ground) {
            writeln!(out, "  {state}").unwrap();
            for (name, who) in people.all() {
                let actions = refund.available_actions(who, dispute, at(1));
                if !actions.is_empty() {
                    let until =
                        |until: Option<DateTime<Utc>>| until.map_or(String::new(), |until| format!(" until {}", until.format("%d %H:%M")));
                    let actions: Vec<_> = actions.iter().map(|each| format!("{:?}{}", each.action, until(each.until))).collect();
                    writeln!(out, "    {name:<9} {}", actions.join(", ")).unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!("who_may_do_what", out);
}

#[test]
fn a_button_is_there_exactly_when_the_move_is_possible() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let mut pressed = 0;
    for dispute in DISPUTES {
        let ground = Ground { dispute, ..ground(&lines, &rules) };
        for (state, refund) in of_every_state(&people, &Ground { dispute: DisputeGuard::None, ..ground }) {
            for (name, who) in people.all() {
                let buttons: Vec<_> = refund.available_actions(who, dispute, at(1)).into_iter().map(|each| each.action).collect();
                for action in RefundAction::ALL {
                    let moved = refund.apply(&move_of(action), refund.revision, who, &ground, at(1));
                    assert_eq!(buttons.contains(&action), moved.is_ok(), "{action:?} by {name} of what {state} ({dispute:?}): {moved:?}");
                    pressed += usize::from(moved.is_ok());
                }
            }
        }
    }
    assert!(pressed > 100, "{pressed}");
}

#[test]
fn a_refund_is_changed_only_by_who_saw_it_as_it_is() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    let refund = asked(Asked::Everything, RefundBasis::Commercial, &people.buyer, &ground);
    let granted = refund.after(&full(), &people.operator, &ground);
    assert_eq!((refund.revision.get(), granted.revision.get()), (1, 2));
    let stale = granted.apply(&RefundMove::Submit, refund.revision, &Who::System, &ground, at(1));
    assert_eq!(stale, Err(RefundRefusal::WrongRevision { current: 2 }));
}

#[test]
fn asking_again_shows_the_first_request() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    for (state, refund) in of_every_state(&people, &ground) {
        let again = RefundRequest {
            order: refund.order,
            line: refund.line.clone(),
            asked: Asked::Everything,
            basis: RefundBasis::Commercial,
            by: people.seller.clone(),
        };
        let asked = Refund::request(again, Some(&refund), &ground, at(3)).unwrap();
        match asked {
            Requested::AlreadyOpen(id) => assert!(refund.status.is_open() && id == refund.id, "{state}"),
            Requested::Opened(moved) => assert!(!refund.status.is_open() && moved.refund.id != refund.id, "{state}"),
        }
    }
}

#[test]
fn one_click_is_enough_for_both_and_a_program_outside_has_no_say() {
    let (people, lines, rules) = (People::new(), one_line(), rules());
    let ground = ground(&lines, &rules);
    for (name, who) in people.all() {
        let request = RefundRequest {
            order: OrderId::generate(),
            line: line("line-1"),
            asked: Asked::Everything,
            basis: RefundBasis::Commercial,
            by: who.clone(),
        };
        let opened = Refund::request(request, None, &ground, at(0));
        assert_eq!(opened.is_ok(), name != "helpdesk", "{name}");
    }
}
