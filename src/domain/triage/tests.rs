//! The pinned examples, and what holds for every set of facts.

use proptest::prelude::*;

use super::*;

fn reason(key: &str) -> Fact {
    Fact::Reason(key.parse().unwrap())
}

fn words(text: &str) -> Fact {
    Fact::Words(text.into())
}

fn euros(amount: &str) -> Money {
    Money::parse(amount, "EUR".parse().unwrap()).unwrap()
}

fn rules() -> Rules {
    Rules { high_total: Some(euros("300")), ..Rules::default() }
}

const HOSTILE: &str = "C'est une honte, vous êtes des voleurs ! Rendez-moi mon argent, bande d'escrocs !";

#[test]
fn the_pinned_examples() {
    use CauseKind::{Escalated, HighTotal, Late, ManyContacts, Safety, SellerSuspended, StronglyNegative, VeryLate};
    use Priority::{High, Low, Normal, Urgent};
    let total = |amount: &str| Fact::OrderTotal(euros(amount));
    let dollars = Fact::OrderTotal(Money::parse("900", "USD".parse().unwrap()).unwrap());
    let suspended = || Fact::Seller(SellerStanding::Suspended);
    let table: Vec<(Vec<Fact>, Priority, &[CauseKind])> = vec![
        (vec![], Normal, &[]),
        (vec![reason("invoice")], Low, &[]),
        (vec![reason("not_received")], Normal, &[]),
        (vec![reason("something_else")], Normal, &[]),
        (vec![reason("counterfeit")], High, &[]),
        (vec![reason("safety")], Urgent, &[]),
        (vec![reason("invoice"), reason("charged_twice")], High, &[]),
        (vec![total("299.99")], Normal, &[]),
        (vec![total("300")], Normal, &[HighTotal]),
        (vec![dollars], Normal, &[]),
        (vec![total("300"), Fact::DaysLate(3)], High, &[Late, HighTotal]),
        (vec![reason("invoice"), total("900"), Fact::Contacts(3)], Normal, &[HighTotal, ManyContacts]),
        (vec![Fact::DaysLate(0)], Normal, &[]),
        (vec![Fact::DaysLate(2)], Normal, &[]),
        (vec![Fact::DaysLate(3)], Normal, &[Late]),
        (vec![Fact::DaysLate(13)], Normal, &[Late]),
        (vec![Fact::DaysLate(14)], High, &[VeryLate]),
        (vec![Fact::DaysLate(14), Fact::DaysLate(3)], High, &[VeryLate]),
        (vec![Fact::DaysLate(30), reason("not_received"), total("500"), Fact::Contacts(4)], Urgent, &[VeryLate, HighTotal, ManyContacts]),
        (vec![Fact::Contacts(2)], Normal, &[]),
        (vec![Fact::Contacts(3)], Normal, &[ManyContacts]),
        (vec![Fact::Contacts(3), suspended()], High, &[ManyContacts, SellerSuspended]),
        (vec![Fact::Seller(SellerStanding::Good)], Normal, &[]),
        (vec![Fact::Seller(SellerStanding::Warned)], Normal, &[]),
        (vec![suspended()], Normal, &[SellerSuspended]),
        (vec![suspended(), Fact::DaysLate(5)], High, &[Late, SellerSuspended]),
        (vec![Fact::Escalated(EscalationReason::SellerSilent)], High, &[Escalated]),
        (vec![Fact::Escalated(EscalationReason::Fraud), reason("fraud")], Urgent, &[Escalated]),
        (vec![Fact::Escalated(EscalationReason::Safety)], Urgent, &[Safety]),
        (vec![reason("invoice"), Fact::Escalated(EscalationReason::Safety)], Urgent, &[Safety]),
        (vec![words("Bonjour, où est mon colis ? Merci d'avance.")], Normal, &[]),
        (vec![words("Merci beaucoup, tout est parfait !")], Normal, &[]),
        (vec![words("Bonjour, le vase est arrivé cassé. Cordialement.")], Normal, &[]),
        (vec![words(HOSTILE)], High, &[StronglyNegative]),
        (vec![reason("invoice"), words(HOSTILE)], Normal, &[StronglyNegative]),
        (vec![reason("counterfeit"), words(HOSTILE)], Urgent, &[StronglyNegative]),
        (vec![words(HOSTILE), words("Merci beaucoup, tout est parfait !")], High, &[StronglyNegative]),
        (vec![words(HOSTILE), words(HOSTILE)], High, &[StronglyNegative]),
        (vec![words(HOSTILE), Fact::Escalated(EscalationReason::Disagreement)], Urgent, &[StronglyNegative, Escalated]),
        (vec![words("You are thieves and liars, this is a disgusting scam!")], High, &[StronglyNegative]),
        (vec![words("Le chargeur a pris feu cette nuit.")], Urgent, &[Safety]),
        (vec![reason("product_question"), words("Le chargeur a pris feu cette nuit.")], Urgent, &[Safety]),
        (vec![words("My son was injured when the chair broke.")], Urgent, &[Safety, StronglyNegative]),
        (vec![words("Bonjour,\n\nmerci.\n\nLe 3 mars à 10:02, Anne a écrit :\n> Le chargeur a pris feu")], Normal, &[]),
    ];
    assert!(table.len() >= 40);
    for (facts, priority, kinds) in table {
        let found = assess(&facts, &rules());
        let causes: Vec<_> = found.causes.iter().map(|cause| cause.kind).collect();
        assert_eq!((found.priority, causes.as_slice()), (priority, kinds), "{facts:?}");
    }
}

#[test]
fn danger_is_told_from_what_only_sounds_like_it() {
    for text in [
        "La batterie a explosé sur la table",
        "J'ai reçu une décharge électrique en le branchant",
        "Ma fille s'est blessée avec",
        "Je me suis brûlé la main",
        "ça sent le brûlé dès qu'on l'allume",
        "Il y a un départ de feu",
        "Réaction allergique : son visage a gonflé",
        "Mon fils a avalé une pièce",
        "C'est dangereux pour les enfants",
        "Ce n'est pas normal que l'appareil prenne l'eau et ait pris feu",
        "MON TÉLÉPHONE A PRIS FEU",
        "Nous avons dû appeler les pompiers",
        "Éclats de verre dans la confiture",
        "je vais me suicider",
        "It caught fire",
        "The charger gave me a shock",
        "I did not expect it to catch fire",
        "There is smoke coming out of it",
        "burning smell after five minutes",
        "My daughter had an allergic reaction",
        "The battery is swollen",
        "We are in the hospital",
        "This toy is unsafe",
    ] {
        assert!(names_danger(text), "{text}");
    }
    for text in [
        "Les feux arrière ne fonctionnent pas",
        "Une plaque à quatre feux",
        "La couleur burnt orange me plaît",
        "Je suis choquée par votre réponse",
        "I am shocked by the price",
        "Heureusement, personne n'a été blessé",
        "L'appareil n'a pas pris feu",
        "Sans danger pour les enfants",
        "Il n'y a pas eu d'incendie",
        "Est-ce dangereux pour un chien ?",
        "Is it toxic for fish?",
        "Nobody was injured",
        "It didn't catch fire",
        "No smoke, no burning smell",
        "Une crème brûlée",
        "a fire TV stick",
        "Firewall settings",
        "Le prix a augmenté",
        "",
    ] {
        assert!(!names_danger(text), "{text}");
    }
}

#[test]
fn an_insult_stays_one_at_the_end_of_a_friendly_letter() {
    let friendly = "Bonjour, merci beaucoup pour votre aide, le produit est très joli et la livraison était parfaite.\n".repeat(6);
    let found = assess(&[words(&format!("{friendly}{HOSTILE}"))], &rules());
    assert_eq!(found.priority, Priority::High);
}

#[test]
fn rules_are_kept_as_json() {
    let written = serde_json::to_string(&rules()).unwrap();
    assert_eq!(serde_json::from_str::<Rules>(&written).unwrap(), rules());
    assert_eq!(serde_json::from_str::<Rules>("{}").unwrap(), Rules::default());
    assert_eq!(Rules::default().starts.len(), STARTS.len(), "every name in the table is one");
}

fn fact() -> impl Strategy<Value = Fact> {
    let texts = ["Bonjour", "Merci, tout est parfait", HOSTILE, "Le chargeur a pris feu", "Où est mon colis ?", "nul", "not bad at all"];
    prop_oneof![
        prop::sample::select(vec!["invoice", "not_received", "fraud", "safety", "other"]).prop_map(reason),
        (0_i64..100_000).prop_map(|minor| Fact::OrderTotal(Money { minor, ..euros("0") })),
        prop::sample::select(texts.to_vec()).prop_map(words),
        (0_u16..40).prop_map(Fact::DaysLate),
        prop::sample::select(vec![SellerStanding::Good, SellerStanding::Warned, SellerStanding::Suspended]).prop_map(Fact::Seller),
        prop::sample::select(vec![EscalationReason::SellerSilent, EscalationReason::Safety, EscalationReason::Abuse])
            .prop_map(Fact::Escalated),
        (0_u16..8).prop_map(Fact::Contacts),
    ]
}

fn is_safety(found: &Assessment) -> bool {
    found.causes.iter().any(|cause| cause.kind == CauseKind::Safety)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_words_raise_by_one_step_and_never_lower(facts in prop::collection::vec(fact(), 0..8)) {
        let before = assess(&facts, &rules());
        let mut more = facts.clone();
        more.push(words(HOSTILE));
        let after = assess(&more, &rules());
        let known = before.causes.iter().any(|cause| cause.kind == CauseKind::StronglyNegative);
        prop_assert_eq!(after.priority, if known { before.priority } else { raised(before.priority, 1) });
        // Said in the same message, they do not lower it either.
        let joined: Vec<_> = facts.iter().map(|fact| match fact {
            Fact::Words(text) => words(&format!("{text}\n{HOSTILE}")),
            other => other.clone(),
        }).collect();
        prop_assert!(assess(&joined, &rules()).priority >= before.priority);
    }

    #[test]
    fn no_fact_but_a_calmer_reason_lowers(facts in prop::collection::vec(fact(), 0..8), one in fact()) {
        let before = assess(&facts, &rules());
        let mut more = facts.clone();
        more.push(one.clone());
        // A first reason says where the case starts; every other fact adds to what is known.
        let first_reason = matches!(one, Fact::Reason(_)) && !facts.iter().any(|fact| matches!(fact, Fact::Reason(_)));
        if !first_reason {
            prop_assert!(assess(&more, &rules()).priority >= before.priority);
        }
    }

    #[test]
    fn the_order_of_facts_says_nothing(facts in prop::collection::vec(fact(), 0..8), turn in 0_usize..8) {
        let mut turned = facts.clone();
        turned.rotate_left(turn % facts.len().max(1));
        prop_assert_eq!(assess(&facts, &rules()), assess(&turned, &rules()));
        turned.reverse();
        prop_assert_eq!(assess(&facts, &rules()), assess(&turned, &rules()));
    }

    #[test]
    fn danger_is_always_urgent(facts in prop::collection::vec(fact(), 0..8)) {
        let found = assess(&facts, &rules());
        prop_assert!(!is_safety(&found) || found.priority == Priority::Urgent);
        prop_assert_eq!(found.priority >= found.start, true);
        prop_assert_eq!(&found, &assess(&facts, &rules()));
    }

    #[test]
    fn any_text_can_be_read(text in any::<String>()) {
        assess(&[Fact::Words(text)], &rules());
    }
}
