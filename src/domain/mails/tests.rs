//! E-mails, word for word.

use std::fmt::Write;

use super::*;
use crate::domain::ids::{DisputeId, OrderId, RefundId, ReturnId, TicketId};
use crate::domain::refunds::RefundBasis;
use crate::domain::tickets::Priority;

#[test]
fn every_kind_is_written_in_both_languages() {
    let mut out = String::new();
    for language in [Language::English, Language::French] {
        for kind in MailKind::ALL {
            for to in [Party::Seller, Party::Operator] {
                let facts = Facts {
                    kind,
                    to,
                    marketplace: "Bazar & <Fils>",
                    reference: "C-1001",
                    link: Some("https://t.example"),
                    unsubscribe: Some("https://t.example/unsubscribe/x"),
                };
                let letter = letter(&facts, language);
                assert!(!letter.html.contains("<Fils>"), "markup in a name means nothing");
                writeln!(out, "{}\n{}", letter.subject, letter.text).unwrap();
            }
        }
    }
    let bare =
        Facts { kind: MailKind::NewCase, to: Party::Seller, marketplace: "Bazar", reference: "C-1001", link: None, unsubscribe: None };
    let letter = letter(&bare, Language::French);
    writeln!(out, "{}\n{}", letter.text, letter.html).unwrap();
    assert!(!letter.html.contains("href"));
    for language in [Language::English, Language::French] {
        for wish in [Wish::Wanted, Wish::Stopped] {
            writeln!(out, "{}", page(MailKind::NewCase, "Bazar & <Fils>", wish, language).html).unwrap();
        }
    }
    writeln!(out, "{}", no_page().html).unwrap();
    for language in [Language::English, Language::French] {
        let letter = notice(
            MailKind::DeliveryNotice,
            "Retard".into(),
            "Bonjour,\n\n<b>\nBazar",
            "Bazar & <Fils>",
            Some("https://t.example/unsubscribe/x"),
            language,
        );
        writeln!(out, "{}\n{}\n{}", letter.subject, letter.text, letter.html).unwrap();
    }
    insta::assert_snapshot!("letters", out);
}

#[test]
fn a_language_is_the_first_that_is_ours() {
    for (tags, expected) in [
        (vec!["fr"], Language::French),
        (vec!["en-GB", "fr"], Language::English),
        (vec!["de", "fr-CA"], Language::French),
        (vec!["de"], Language::English),
        (vec![], Language::English),
    ] {
        assert_eq!(Language::best(tags.clone()), expected, "{tags:?}");
    }
}

#[test]
fn names_are_read_back_as_they_are_written() {
    for kind in MailKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.to_string());
    }
    assert_eq!("DELIVERY_NOTICE".parse(), Ok(MailKind::DeliveryNotice));
    let all =
        [Receiver::Seller(SellerId::generate()), Receiver::Operator(AlertRecipientId::generate()), Receiver::Buyer(BuyerId::generate())];
    for receiver in all {
        assert_eq!(receiver.to_string().parse(), Ok(receiver));
    }
    assert!("mkt_0".parse::<Receiver>().is_err() && "NOTHING".parse::<MailKind>().is_err());
}

#[test]
fn each_side_is_told_what_concerns_it() {
    use EventKind::{CaseEscalated, CaseOpened, OrderAttached, PriorityChanged, StatusChanged, TicketLinked};
    let escalated = |reason| CaseEscalated { reason, note: String::new() };
    let refund = |what| EventKind::Refund { refund: RefundId::generate(), what };
    let returned = |what| EventKind::Return { return_id: ReturnId::generate(), what };
    let dispute = |what| EventKind::Dispute { dispute: DisputeId::generate(), what };
    let waiting = CaseStatus::WaitingSeller;
    for (kind, seller, operator) in [
        (CaseOpened { status: waiting }, Some(MailKind::NewCase), Some(MailKind::NewCase)),
        (OrderAttached { order: OrderId::generate(), seller: SellerId::generate() }, Some(MailKind::NewCase), None),
        (escalated(EscalationReason::SellerSilent), Some(MailKind::DeadlineMissed), Some(MailKind::Escalated)),
        (escalated(EscalationReason::Fraud), Some(MailKind::Escalated), Some(MailKind::Escalated)),
        (StatusChanged { from: waiting, to: CaseStatus::Resolved }, Some(MailKind::Resolved), Some(MailKind::Resolved)),
        (StatusChanged { from: waiting, to: CaseStatus::Closed }, None, None),
        (PriorityChanged { from: Priority::Low, to: Priority::High }, None, None),
        (TicketLinked { ticket: TicketId::generate() }, None, None),
        (refund(RefundEvent::Requested { basis: RefundBasis::Commercial }), Some(MailKind::Refund), None),
        (refund(RefundEvent::HandedToOperator), None, Some(MailKind::Refund)),
        (refund(RefundEvent::Consented), None, None),
        (returned(ReturnEvent::Expired), Some(MailKind::Return), None),
        (returned(ReturnEvent::Disputed { dispute: DisputeId::generate() }), Some(MailKind::Return), Some(MailKind::Return)),
        (dispute(DisputeEvent::EvidenceRequested { of: Party::Seller, text: String::new() }), Some(MailKind::Dispute), None),
        (dispute(DisputeEvent::EvidenceRequested { of: Party::Buyer, text: String::new() }), None, None),
        (dispute(DisputeEvent::DecisionLate), None, Some(MailKind::Dispute)),
    ] {
        assert_eq!((MailKind::of(&kind, Party::Seller), MailKind::of(&kind, Party::Operator)), (seller, operator), "{kind:?}");
    }
}
