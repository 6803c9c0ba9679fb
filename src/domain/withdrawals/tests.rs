//! The two steps, the receipt, and the days that it names.

use chrono_tz::Tz;
use proptest::prelude::*;

use sha2::{Digest, Sha256};

use super::*;
use crate::domain::calendar::Place;
use crate::domain::law::{Deliveries, Information, WayBackCost};
use crate::domain::returns::{BuyerKind, FinalSale, Seal};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn days() -> LegalDays {
    LegalDays::new(Tz::Europe__Paris, Some(Place::find("FR", None).unwrap()))
}

fn line(id: &str, exclusion: Option<WithdrawalExclusion>) -> LineFacts {
    LineFacts {
        order_line: id.into(),
        bought: 2,
        delivered_at: Some(at("2026-11-02T09:00:00Z")),
        exclusion,
        seal: Seal::Unknown,
        remedied: Vec::new(),
        goodwill: FinalSale::Ordinary,
    }
}

fn order() -> WithdrawnOrder {
    let deliveries = Deliveries::Staggered { received: vec![Some(at("2026-11-02T09:00:00Z"))] };
    let sale = SaleTerms { buyer: BuyerKind::Consumer, deliveries, information: Information::InTime, way_back: WayBackCost::Told };
    let lines = vec![line("L1", None), line("L2", Some(WithdrawalExclusion::Perishable))];
    WithdrawnOrder { id: OrderId::generate(), sale, lines }
}

fn statement() -> Statement {
    Statement {
        name: "Marie Dupont".into(),
        contract: "MK-1".into(),
        address: "marie@example.org".into(),
        lines: vec![WithdrawnLine { order_line: "L1".into(), quantity: 1 }],
        locale: "fr-FR".into(),
    }
}

fn declared(when: &str) -> (Withdrawal, WithdrawnOrder) {
    let order = order();
    (Withdrawal::declare(&statement(), &order, &days(), at(when)).unwrap().after, order)
}

#[test]
fn the_buttons_bear_the_words_of_the_law() {
    let words = |locale| ButtonWords::in_language(locale);
    assert_eq!((words("fr-FR").declare, words("fr").confirm), ("Renoncer au contrat ici", "Confirmer la rétractation"));
    assert_eq!((words("en-GB").declare, words("de").confirm), ("Withdraw from contract here", "Confirm withdrawal"));
}

#[test]
fn a_confirmed_withdrawal_is_acknowledged_with_its_content_its_time_and_a_hash() {
    let (one, order) = declared("2026-11-10T22:15:30.250Z");
    assert_eq!((one.state, &one.acknowledgement), (WithdrawalState::Declared, &None), "nothing takes effect before it is confirmed");
    let moved = one.confirm(&order, &days(), at("2026-11-10T22:16:00.500Z")).unwrap();
    let receipt = moved.after.acknowledgement.clone().unwrap();
    let expected = format!(
        "Accusé de réception de votre rétractation: {}\nNom: Marie Dupont\nContrat: MK-1\nAdresse électronique: marie@example.org\n\
         Articles: 1 x L1\nDéclaration: Je me rétracte du contrat pour les articles ci-dessus.\n\
         Date et heure de l'envoi: 2026-11-10 23:16:00 Europe/Paris\nUTC: 2026-11-10T22:16:00.500Z\n\
         Renvoi des biens au plus tard le: 2026-11-24\nRemboursement au plus tard le: 2026-11-24\n\
         Le vendeur peut différer le remboursement jusqu'à la récupération des biens ou la preuve de leur expédition.\n",
        one.id
    );
    assert_eq!(receipt.text, expected);
    assert_eq!(receipt.sha256, hex::encode(Sha256::digest(expected.as_bytes())));
    assert!(receipt.is_intact());
    assert!(!Acknowledgement { text: expected.replace("MK-1", "MK-2"), ..receipt.clone() }.is_intact());
    assert_eq!(
        moved.effects,
        [
            WithdrawalEffect::SendAcknowledgement,
            WithdrawalEffect::AlertSellerAndOperator,
            WithdrawalEffect::OpenReturn(WithdrawnLine { order_line: "L1".into(), quantity: 1 }),
            WithdrawalEffect::StartRefundClock(receipt.deadlines.unwrap()),
        ]
    );
}

#[test]
fn confirming_again_gives_the_same_receipt_and_does_nothing() {
    let (one, order) = declared("2026-11-10T10:00:00Z");
    let first = one.confirm(&order, &days(), at("2026-11-10T10:01:00Z")).unwrap().after;
    let again = first.confirm(&order, &days(), at("2026-12-10T10:01:00Z")).unwrap();
    assert_eq!(again, WithdrawalMoved { after: first.clone(), events: vec![], effects: vec![] });
    assert!(one.says(&statement(), &order), "a repeated declaration finds the first");
    assert!(!one.says(&Statement { name: "Paul".into(), ..statement() }, &order));
    let proof = || DeliveryProof { at: at("2026-11-10T10:02:00Z"), proof: "250 2.0.0 Ok".into() };
    assert!(one.acknowledgement_delivered(proof()).is_err(), "nothing was sent");
    let delivered = first.acknowledgement_delivered(proof()).unwrap().after;
    let later = DeliveryProof { at: at("2026-11-11T10:02:00Z"), proof: String::new() };
    assert_eq!(delivered.acknowledgement_delivered(later).unwrap().after.delivered, Some(proof()));
}

#[test]
fn what_counts_is_when_it_was_declared() {
    let order = order();
    // The window ends with 16 November in Paris.
    assert!(order.offers_withdrawal(&days(), at("2026-11-16T22:59:59Z")));
    assert!(!order.offers_withdrawal(&days(), at("2026-11-16T23:00:00Z")));
    let late = Withdrawal::declare(&statement(), &order, &days(), at("2026-11-16T23:00:00Z"));
    assert_eq!(late, Err(Refusal::NotNow { message: "The last day for this was 2026-11-16.".into() }));
    let one = Withdrawal::declare(&statement(), &order, &days(), at("2026-11-16T22:59:00Z")).unwrap().after;
    let moved = one.confirm(&order, &days(), at("2026-11-16T23:05:00Z")).unwrap();
    assert!(moved.effects.iter().any(|effect| matches!(effect, WithdrawalEffect::OpenReturn(_))), "confirmed after midnight");
    let deadlines = moved.after.acknowledgement.unwrap().deadlines.unwrap();
    assert_eq!(deadlines.refund_by.to_string(), "2026-12-01", "from the confirmation");
    let confirmed = one.confirm(&order, &days(), at("2026-11-16T23:05:00Z")).unwrap().after;
    let declared = confirmed.declared().unwrap();
    assert_eq!((declared.declared_at, declared.submitted_at), (at("2026-11-16T22:59:00Z"), at("2026-11-16T23:05:00Z")));
}

#[test]
fn a_line_without_the_right_is_acknowledged_and_not_returned() {
    let (order, whole) = (order(), Statement { lines: Vec::new(), ..statement() });
    let one = Withdrawal::declare(&whole, &order, &days(), at("2026-11-10T10:00:00Z")).unwrap().after;
    assert_eq!(one.lines.len(), 2, "the whole contract");
    let moved = one.confirm(&order, &days(), at("2026-11-10T10:01:00Z")).unwrap();
    let opened = moved.effects.iter().filter_map(|effect| match effect {
        WithdrawalEffect::OpenReturn(line) => Some((line.order_line.as_str(), line.quantity)),
        _ => None,
    });
    assert_eq!(opened.collect::<Vec<_>>(), [("L1", 2)]);
    let verdicts = order.verdicts(&days(), at("2026-11-10T10:00:00Z"));
    assert_eq!(verdicts[1].1, Verdict::Without(NotEligible::Excluded(WithdrawalExclusion::Perishable)));
}

#[test]
fn before_delivery_there_is_nothing_to_send_and_nothing_to_wait_for() {
    let mut order = order();
    order.sale.deliveries = Deliveries::Staggered { received: vec![None] };
    order.lines.iter_mut().for_each(|line| line.delivered_at = None);
    let one = Withdrawal::declare(&statement(), &order, &days(), at("2026-11-01T10:00:00Z")).unwrap().after;
    let moved = one.confirm(&order, &days(), at("2026-11-01T10:01:00Z")).unwrap();
    let receipt = moved.after.acknowledgement.unwrap();
    assert_eq!(receipt.deadlines.unwrap().seller_may_wait, SellerMayWait::No);
    assert!(!receipt.text.contains("différer") && !receipt.text.contains("Renvoi"));
    assert!(!moved.effects.iter().any(|effect| matches!(effect, WithdrawalEffect::OpenReturn(_))));
    assert!(moved.effects.contains(&WithdrawalEffect::CancelUndelivered(WithdrawnLine { order_line: "L1".into(), quantity: 1 })));
}

#[test]
fn a_withdrawal_from_what_is_excluded_starts_no_clock() {
    let (order, excluded) = (order(), vec![WithdrawnLine { order_line: "L2".into(), quantity: 1 }]);
    let one =
        Withdrawal::declare(&Statement { lines: excluded, ..statement() }, &order, &days(), at("2026-11-10T10:00:00Z")).unwrap().after;
    let moved = one.confirm(&order, &days(), at("2026-11-10T10:01:00Z")).unwrap();
    assert_eq!(moved.effects, [WithdrawalEffect::SendAcknowledgement, WithdrawalEffect::AlertSellerAndOperator]);
    assert!(!moved.after.acknowledgement.unwrap().text.contains("Remboursement"), "nor does the receipt promise anything");
}

#[test]
fn an_unconfirmed_declaration_lapses_and_can_be_made_again() {
    let (one, order) = declared("2026-11-10T10:00:00Z");
    assert_eq!(one.elapse(at("2026-11-11T09:59:59Z")), None);
    let lapsed = one.elapse(at("2026-11-11T10:00:00Z")).unwrap().after;
    assert_eq!((lapsed.state, lapsed.wakes_at(), lapsed.elapse(at("2027-01-01T00:00:00Z"))), (WithdrawalState::Lapsed, None, None));
    for one in [one, lapsed] {
        assert!(matches!(one.confirm(&order, &days(), at("2026-11-11T10:00:00Z")), Err(Refusal::NotNow { .. })));
    }
    assert!(Withdrawal::declare(&statement(), &order, &days(), at("2026-11-11T10:00:00Z")).is_ok());
}

#[test]
fn bad_input_is_refused() {
    let order = order();
    let declare =
        |statement: Statement| Withdrawal::declare(&statement, &order, &days(), at("2026-11-10T10:00:00Z")).map(|moved| moved.after.state);
    let piece = |line: &str, quantity| WithdrawnLine { order_line: line.into(), quantity };
    assert!(matches!(declare(Statement { name: " ".into(), ..statement() }), Err(Refusal::Length { .. })));
    assert!(matches!(declare(Statement { address: "x".repeat(201), ..statement() }), Err(Refusal::Length { .. })));
    assert_eq!(declare(Statement { lines: vec![piece("L9", 1)], ..statement() }), Err(Refusal::NotFound { what: "Order line" }));
    assert!(matches!(declare(Statement { lines: vec![piece("L1", 3)], ..statement() }), Err(Refusal::Invalid { .. })));
    assert!(matches!(declare(Statement { lines: vec![piece("L1", 0)], ..statement() }), Err(Refusal::Invalid { .. })));
    let twice = Statement { lines: vec![piece("L1", 1), piece("L1", 2)], ..statement() };
    assert_eq!(declare(twice), Err(Refusal::Twice { key: "L1".into() }));
    let many = Statement { lines: (0..201).map(|n| piece(&n.to_string(), 1)).collect(), ..statement() };
    assert_eq!(declare(many), Err(Refusal::TooMany { limit: 200 }));
}

#[test]
fn returns_are_linked_once() {
    let (one, order) = declared("2026-11-10T10:00:00Z");
    let id = ReturnId::generate();
    assert!(one.link_return(id, 1).is_err(), "not confirmed");
    let one = one.confirm(&order, &days(), at("2026-11-10T10:01:00Z")).unwrap().after;
    assert_eq!(one.link_return(id, 1), Err(Refusal::WrongRevision { current: 2 }));
    let linked = one.link_return(id, 2).unwrap().after;
    assert_eq!((linked.returns.as_slice(), linked.revision), ([id].as_slice(), 3));
    assert_eq!(linked.link_return(id, 1).unwrap().after, linked, "again");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_writes_lines_of_their_own_into_the_receipt(name in "\\PC{1,40}", breaks in "[\r\n\t\u{b}\u{c}\u{85}]{1,3}", tail in "[a-z: ]{1,20}") {
        let order = order();
        let entered = Statement { name: format!("M{name}{breaks}{tail}e"), ..statement() };
        let one = Withdrawal::declare(&entered, &order, &days(), at("2026-11-10T10:00:00Z")).unwrap().after;
        let receipt = one.confirm(&order, &days(), at("2026-11-10T10:01:00Z")).unwrap().after.acknowledgement.unwrap();
        prop_assert_eq!(receipt.text.lines().count(), 11);
        prop_assert!(receipt.is_intact());
    }
}
