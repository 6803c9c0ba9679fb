//! Reasons in the words of others.

use super::*;

#[test]
fn codes_of_others_are_read_and_written() {
    for (vocabulary, code, kind) in [
        (Vocabulary::Mirakl, "RETURN_PDNT_TOO_BIG", ReasonKind::TooBig),
        (Vocabulary::Mirakl, "RETURN_CHANGED_MIND", ReasonKind::ChangedMind),
        (Vocabulary::Mirakl, "RETURN_WRONG_ITEM", ReasonKind::WrongItem),
        (Vocabulary::Mirakl, "RETURN_OTHER", ReasonKind::Other),
        (Vocabulary::Shopify, "SIZE_TOO_LARGE", ReasonKind::TooBig),
        (Vocabulary::Shopify, "UNWANTED", ReasonKind::ChangedMind),
        (Vocabulary::Shopify, "UNKNOWN", ReasonKind::Other),
        (Vocabulary::Ebay, "WITHDRAW_FROM_PURCHASE_CONTRACT", ReasonKind::NoReason),
        (Vocabulary::Ebay, "FAKE_OR_COUNTERFEIT", ReasonKind::Counterfeit),
        (Vocabulary::Ebay, "ORDERED_WRONG_ITEM", ReasonKind::OrderedByMistake),
        (Vocabulary::Medusa, "missing_item", ReasonKind::MissingItem),
        (Vocabulary::Medusa, "other", ReasonKind::Other),
    ] {
        let reason = ReturnReason::read(vocabulary, code);
        assert_eq!(reason.kind, kind, "{code}");
        assert_eq!(reason.code(vocabulary), code, "as it came");
    }
}

#[test]
fn a_code_that_nobody_has_seen_is_other_and_kept() {
    for vocabulary in Vocabulary::ALL {
        let reason = ReturnReason::read(vocabulary, "RETURN_FROM_MARS");
        assert_eq!((reason.kind, reason.code(vocabulary)), (ReasonKind::Other, "RETURN_FROM_MARS"));
        let raw = RawReason { vocabulary, code: "RETURN_FROM_MARS".into() };
        assert_eq!(reason.raw, Some(raw), "{vocabulary:?}");
        assert_eq!(ReturnReason::read(vocabulary, &"é".repeat(300)).raw.unwrap().code.chars().count(), 100);
    }
    assert_eq!(ReturnReason::read(Vocabulary::Ebay, "RETURN_FROM_MARS").code(Vocabulary::Mirakl), "RETURN_OTHER");
}

#[test]
fn every_reason_can_be_written_everywhere_and_stays_whose_doing_it_is() {
    for kind in ReasonKind::ALL {
        for vocabulary in Vocabulary::ALL {
            let back = ReturnReason::read(vocabulary, kind.code(vocabulary)).kind;
            assert!(
                back.cause() == kind.cause() || back == ReasonKind::Other || vocabulary == Vocabulary::Medusa,
                "{kind:?} {vocabulary:?}: {back:?}"
            );
        }
        let mirakl = kind.code(Vocabulary::Mirakl);
        assert!(mirakl.starts_with("RETURN_"), "{kind:?}");
    }
    for reason in DeclineReason::ALL {
        assert!(reason.mirakl().starts_with("RETURN_REJECTION_") && !reason.shopify().is_empty());
    }
    for fault in NonCompliance::ALL {
        assert!(fault.mirakl().starts_with("RETURN_NON_COMPLIANT_") && !fault.shopify().is_empty());
    }
    for state in ReturnState::ALL {
        assert!(!state.mirakl().is_empty() && !state.shopify().is_empty() && !state.to_string().is_empty());
    }
}
