//! When a product counts as defective, and when not.

use proptest::prelude::*;

use super::*;

fn category(products: &[(u64, u64)], reason: ReasonKind) -> BTreeMap<ProductKey, ProductTally> {
    let seller = SellerId::generate();
    let product = |(number, (sold, returned)): (usize, &(u64, u64))| {
        (ProductKey { seller, product: number.to_string() }, ProductTally { sold: *sold, returned: [(reason, *returned)].into() })
    };
    products.iter().enumerate().map(product).collect()
}

fn found(products: &[(u64, u64)], reason: ReasonKind) -> Vec<String> {
    DefectRules::default().find(&category(products, reason)).into_iter().map(|defect| defect.product.product).collect()
}

#[test]
fn chance_is_no_defect() {
    let usual = [(1000, 20), (1000, 20), (1000, 20)];
    for (product, expected) in [
        ((100, 12), true),
        // Twice the usual rate, but few.
        ((100, 4), false),
        // Too few sold to say anything.
        ((19, 10), false),
        ((1000, 20), false),
    ] {
        let all: Vec<_> = [product].into_iter().chain(usual).collect();
        let names: &[&str] = if expected { &["0"] } else { &[] };
        assert_eq!(found(&all, ReasonKind::Defective), names, "{product:?}");
    }
}

#[test]
fn what_buyers_choose_or_carriers_do_says_nothing_of_a_product() {
    let products = [(100, 60), (1000, 20)];
    for (reason, expected) in
        [(ReasonKind::Broken, true), (ReasonKind::PoorQuality, true), (ReasonKind::ChangedMind, false), (ReasonKind::ArrivedLate, false)]
    {
        assert_eq!(!found(&products, reason).is_empty(), expected, "{reason:?}");
    }
}

#[test]
fn a_product_is_not_held_against_itself() {
    let products = category(&[(10_000, 2000), (100, 1)], ReasonKind::Broken);
    let defects = DefectRules::default().find(&products);
    let [defect] = &defects[..] else { panic!("{defects:?}") };
    assert_eq!((defect.returned, defect.category), (Share { hits: 2000, of: 10_000 }, Share { hits: 1, of: 100 }));
    assert_eq!(found(&[(100, 50)], ReasonKind::Broken), [] as [&str; 0], "alone there is nothing to compare with");
}

#[test]
fn others_that_hardly_sold_are_nothing_to_hold_against() {
    assert_eq!(found(&[(100, 50), (19, 0)], ReasonKind::Broken), [] as [&str; 0]);
    assert_eq!(found(&[(100, 50), (20, 0)], ReasonKind::Broken), ["0"]);
}

#[test]
fn no_seller_learns_a_rivals_numbers() {
    for rivals in [1, 4, 5] {
        let mut products = category(&[(100, 50), (100, 1)], ReasonKind::Broken);
        for number in 0..rivals {
            let key = ProductKey { seller: SellerId::generate(), product: number.to_string() };
            products.insert(key, ProductTally { sold: 100, returned: [(ReasonKind::Broken, 2)].into() });
        }
        let [defect] = &DefectRules::default().find(&products)[..] else { panic!("one") };
        assert_eq!(defect.others_for_seller().is_some(), rivals == 5, "{rivals}: its own other product is nobody else's");
        let state = DefectState::Open;
        let (id, on, against) = (DefectId::generate(), NaiveDate::default(), HeldAgainst::Category);
        let found =
            DefectFound { id, defect: defect.clone(), category: None, against, on, state, found_at: DateTime::UNIX_EPOCH, case: None };
        for (language, against) in [(Language::English, "of the others"), (Language::French, "contre")] {
            assert_eq!(found.words(language).contains(against), rivals == 5);
            assert!(found.words_for_staff("Alma", language).contains("Alma"));
        }
    }
}

proptest! {
    #[test]
    fn product_counts_merge(parts in prop::collection::vec((0_u64..50, 0_usize..22, 0_u64..9), 0..20), cut in 0_usize..20) {
        let tally = |rows: &[(u64, usize, u64)]| {
            let mut whole = ProductTally::default();
            for (sold, reason, returned) in rows {
                whole.merge(&ProductTally { sold: *sold, returned: [(ReasonKind::ALL[*reason], *returned)].into() });
            }
            whole
        };
        let (first, second) = parts.split_at(cut.min(parts.len()));
        let mut merged = tally(second);
        merged.merge(&tally(first));
        prop_assert_eq!(merged, tally(&parts));
    }
}
