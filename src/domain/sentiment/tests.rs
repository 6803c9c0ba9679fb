//! The sentiment of hand-written messages, and of anything at all.

use proptest::prelude::*;

use super::*;

struct Message {
    part: &'static str,
    kind: &'static str,
    language: Language,
    expected: Label,
    text: &'static str,
}

fn messages() -> Vec<Message> {
    include_str!("../../../tests/fixtures/messages.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [part, language, kind, label, text] = columns[..] else { panic!("five columns: {line}") };
            let language = if language == "FR" { Language::Fr } else { Language::En };
            let expected = match label {
                "STRONGLY_NEGATIVE" => Label::StronglyNegative,
                "NEGATIVE" => Label::Negative,
                "NEUTRAL" => Label::Neutral,
                "POSITIVE" => Label::Positive,
                other => panic!("{other}"),
            };
            Message { part, kind, language, expected, text }
        })
        .collect()
}

fn sounds_bad(label: Label) -> bool {
    label <= Label::Negative
}

/// How many messages of a part fulfil something, in per cent. Misses of the tuning part are printed; those of the held-out part
/// are not, so that nobody tunes on them.
fn share(part: &str, language: Option<Language>, right: impl Fn(&Message, &Sentiment) -> bool) -> usize {
    let chosen: Vec<Message> =
        messages().into_iter().filter(|each| each.part == part && language.is_none_or(|only| each.language == only)).collect();
    let mut hits = 0;
    for each in &chosen {
        let found = assess(each.text, None);
        if right(each, &found) {
            hits += 1;
        } else if part == "TUNE" {
            println!("{} {:?} not {:?}: {} {:?}", each.kind, found.label, each.expected, each.text, found);
        }
    }
    println!("{part} {language:?}: {hits} of {}", chosen.len());
    100 * hits / chosen.len()
}

#[test]
fn the_fixture_is_balanced() {
    let all = messages();
    assert!(all.len() >= 60);
    let french = all.iter().filter(|each| each.language == Language::Fr).count();
    assert_eq!(french * 2, all.len());
    assert_eq!(all.iter().filter(|each| each.part == "HELD").count() * 3, all.len());
    for kind in ["HOSTILE", "COMPLAINT", "QUESTION", "THANKS", "SAFETY"] {
        assert!(all.iter().filter(|each| each.kind == kind).count() >= 10, "{kind}");
    }
}

#[test]
fn the_label_is_right_for_most_messages() {
    assert!(share("TUNE", None, |each, found| found.label == each.expected) >= 85);
    for language in Language::ALL {
        assert!(share("HELD", Some(language), |each, found| found.label == each.expected) >= 60);
    }
}

#[test]
fn bad_news_is_told_from_the_rest() {
    let right = |each: &Message, found: &Sentiment| sounds_bad(found.label) == sounds_bad(each.expected);
    assert!(share("TUNE", None, right) >= 90);
    for language in Language::ALL {
        assert!(share("HELD", Some(language), right) >= 70);
    }
}

#[test]
fn no_thanks_and_no_question_is_called_strongly_negative() {
    for each in messages().iter().filter(|each| matches!(each.kind, "THANKS" | "QUESTION")) {
        assert_ne!(assess(each.text, None).label, Label::StronglyNegative, "{}", each.text);
    }
}

#[test]
fn the_language_of_every_message_is_told() {
    for each in messages() {
        assert_eq!(assess(each.text, None).language, Some(each.language), "{}", each.text);
    }
}

#[test]
fn rules_move_the_score_the_way_they_should() {
    let score = |text: &str| assess(text, None).score;
    let worse = [
        ("Le produit est très mauvais", "Le produit est mauvais"),
        ("Le produit n'est pas bon", "Le produit est bon"),
        ("Ce produit est mauvais !!!", "Ce produit est mauvais"),
        ("Ce produit est NUL", "Ce produit est nul"),
        ("Le service est bon mais le produit est mauvais", "Le produit est mauvais mais le service est bon"),
        ("The product is very bad", "The product is bad"),
        ("The product isn't good", "The product is good"),
        ("This is BAD, really", "This is bad, really"),
        ("The service was good but the product is bad", "The product is bad but the service was good"),
        ("I got the parcel 😡", "I got the parcel 😊"),
        ("Vous ne repondez pas, c'est honteux", "Vous ne répondez pas"),
    ];
    for (worse, better) in worse {
        assert!(score(worse) < score(better), "{worse}: {:?}, {better}: {:?}", score(worse), score(better));
    }
}

#[test]
fn quotations_do_not_count() {
    let own = "Merci beaucoup, tout est parfait.";
    let with = format!("{own}\n\nLe lun. 3 mars 2025 à 10:02, Anne <a@b.fr> a écrit :\n> Vous êtes des voleurs, c'est une honte !");
    assert_eq!(assess(&with, None), assess(own, None));
}

#[test]
fn an_unknown_language_is_neutral() {
    for text in ["Das ist eine Katastrophe, ich bin sehr enttäuscht und wütend!", "Это ужасно!", "", "42", "???"] {
        let found = assess(text, None);
        assert_eq!((found.score, found.label, found.language, found.evidence.len()), (Score::NEUTRAL, Label::Neutral, None, 0), "{text}");
    }
}

#[test]
fn what_lies_beyond_the_longest_text_is_not_read() {
    let filler = "The parcel is here. ".repeat(LONGEST / 20 + 1);
    assert_eq!(assess(&format!("{filler}Thieves!"), None).score, Score::NEUTRAL);
    assert!(assess(&format!("Thieves! {filler}"), None).score < Score::NEUTRAL);
}

#[test]
fn hostile_texts_come_to_an_end() {
    for piece in [
        "a",
        "not ",
        "bad ",
        "pas ",
        "!",
        "? ",
        ".",
        "> ",
        "le 1:00 ",
        "\n",
        "on 1:00\nwrote:",
        "😡",
        "'",
        "a'",
        "-- \n",
        "É",
        "mais ",
        "\u{300}",
    ] {
        let found = assess(&piece.repeat(20_000 / piece.len()), Some(Language::Fr));
        assert!(found.evidence.len() <= MOST_EVIDENCE, "{piece:?}");
    }
}

#[test]
fn scores_know_their_bounds() {
    assert!(Score::try_from(1001).is_err() && Score::try_from(-1001).is_err());
    for (given, label) in [(-1000, Label::StronglyNegative), (-300, Label::Negative), (0, Label::Neutral), (1000, Label::Positive)] {
        assert_eq!(Score::try_from(given).unwrap().label(), label);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_at_all_is_read(text in any::<String>(), hint in prop::sample::select(vec![None, Some(Language::En), Some(Language::Fr)])) {
        let found = assess(&text, hint);
        prop_assert!((-1000..=1000).contains(&found.score.thousandths()));
        prop_assert_eq!(found.label, found.score.label());
        prop_assert!(found.evidence.len() <= 5);
        prop_assert_eq!(&found, &assess(&text, hint));
    }

    #[test]
    fn words_in_any_order_are_read(words in prop::collection::vec(prop::sample::select(vec!["not", "bad", "very", "but", "pas", "mais", "nul", "TRÈS", "!", "?", ",", ".", "😡", ":(", "\n> ", "\n-- \n", "'", "don't", "the", "le", "est"]), 0..60)) {
        let found = assess(&words.join(" "), None);
        prop_assert!(found.language.is_some() || found.score == Score::NEUTRAL);
    }
}
