//! The matrix of rights, printed whole, so that a reviewer reads every change of it.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use super::*;
use crate::domain::cases::{CasePhase, Opening};
use crate::domain::charter::Charter;
use crate::domain::ids::{BuyerId, CaseId, ConnectionId, MediatorId, OrderId, ParticipantId, SellerId, ThreadId, TokenId};
use crate::domain::pool::{PoolMode, Rules};
use crate::domain::tickets::Channel;

fn everybody() -> Vec<(&'static str, Who)> {
    let (token, name) = (TokenId::generate(), String::new());
    let until = DateTime::<Utc>::MAX_UTC;
    let mediator = Who::Mediator { mediator: MediatorId::generate(), case: CaseId::generate(), name: name.clone(), until };
    vec![
        ("operator", Who::Operator { token, name: name.clone() }),
        ("agent", Who::Agent { connection: ConnectionId::generate(), name: name.clone() }),
        ("seller", Who::Seller { seller: SellerId::generate(), token, name: name.clone() }),
        ("vendor", Who::Vendor { token, name }),
        ("buyer", Who::Buyer { buyer: BuyerId::generate() }),
        ("mediator", mediator),
        ("helpdesk", Who::Helpdesk { connection: ConnectionId::generate() }),
        ("system", Who::System),
    ]
}

fn mark(yes: bool) -> char {
    if yes { '✔' } else { '·' }
}

fn row(out: &mut String, name: &str, cells: impl Iterator<Item = bool>) {
    let cells: Vec<String> = cells.map(|yes| mark(yes).to_string()).collect();
    writeln!(out, "{name:<54}{}", cells.join("         ")).unwrap();
}

#[test]
fn the_matrix_of_rights() {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let everybody = everybody();
    let mut out = String::new();
    writeln!(out, "{:<54}{}", "", everybody.iter().map(|(name, _)| format!("{name:<9}")).collect::<Vec<_>>().join(" ").trim_end()).unwrap();
    for permission in Permission::ALL {
        row(&mut out, &format!("{permission:?}"), everybody.iter().map(|(_, who)| has(who, permission)));
    }
    let opening = Opening {
        reference: "C-1".into(),
        subject: String::new(),
        priority: Priority::Normal,
        buyer: BuyerId::generate(),
        order: Some((OrderId::generate(), SellerId::generate())),
        order_line: None,
        reason: None,
        channel: Channel::Email,
        phase: None,
        parent: None,
    };
    // With a pool for cases like these: without one nobody could offer anything.
    let pool = Rules { mode: PoolMode::On, phases: vec![CasePhase::AfterSale], ..Rules::default() };
    let terms = Terms::of(Charter { pool, ..Charter::default() });
    for (status, owner) in CaseStatus::ALL.into_iter().flat_map(|status| [(status, Party::Seller), (status, Party::Operator)]) {
        let case = Case { status, owner, ..Case::open(opening.clone(), &terms, at) };
        for action in CaseAction::ALL {
            let name = format!("{action:?} while {status}, {owner:?}'s");
            row(&mut out, &name, everybody.iter().map(|(_, who)| available_actions(who, &case, &terms).contains(&action)));
        }
    }
    for kind in ThreadKind::ALL {
        row(&mut out, &format!("open a thread {kind:?}"), everybody.iter().map(|(_, who)| may_open_thread(who, kind)));
        let thread = Thread { id: ThreadId::generate(), kind, subject: None, last_number: 0, opened_at: at };
        let founders = |who: &Who| -> Vec<Participant> {
            kind.founders()
                .iter()
                .map(|(party, right)| Participant {
                    id: ParticipantId::generate(),
                    thread: thread.id,
                    member: match (party, who) {
                        (Party::Buyer, Who::Buyer { buyer }) => Member::Buyer(*buyer),
                        (Party::Buyer, _) => Member::Buyer(BuyerId::generate()),
                        (Party::Seller, Who::Seller { seller, .. }) => Member::Seller(*seller),
                        (Party::Seller, _) => Member::Seller(SellerId::generate()),
                        (Party::Operator, _) => Member::Operator,
                    },
                    right: *right,
                    visible_from: 1,
                    read_up_to: 0,
                    joined_at: at,
                })
                .collect()
        };
        row(&mut out, &format!("write in {kind:?}"), everybody.iter().map(|(_, who)| may_post(who, &thread, &founders(who)).is_ok()));
        let stranger = Who::Seller { seller: SellerId::generate(), token: TokenId::generate(), name: String::new() };
        assert!(may_post(&stranger, &thread, &founders(&Who::System)).is_err(), "another seller in {kind:?}");
    }
    insta::assert_snapshot!("matrix_of_rights", out);
}
