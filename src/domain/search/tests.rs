//! Whatever is typed becomes words or a reason why not.

use proptest::prelude::*;

use super::*;

fn plain(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.plain).collect()
}

#[test]
fn words_are_plain() {
    for (text, expected) in [
        ("Où est ma Théière ?", vec!["ou", "est", "ma", "theiere"]),
        ("The\u{301}ie\u{300}re", vec!["theiere"]),
        ("MK-1001/a", vec!["mk", "1001", "a"]),
        ("Straße ŒUVRE Łódź İstanbul", vec!["strasse", "oeuvre", "lodz", "istanbul"]),
        ("Ζωής όνομα, ёлка й и\u{306}", vec!["ζωησ", "ονομα", "елка", "и", "и"]),
        ("退款 2個", vec!["退", "款", "2", "個"]),
        ("👩‍👩‍👧 \0 ' \" \\ * : ( )", vec![]),
    ] {
        assert_eq!(plain(text), expected, "{text}");
    }
}

fn clause(words: &[&str]) -> Clause {
    Clause { words: words.iter().map(|word| (*word).to_owned()).collect(), sense: Sense::Wanted, ending: Ending::Whole }
}

#[test]
fn a_query_is_words_phrases_and_what_must_not_be_there() {
    let begun = |words| Clause { ending: Ending::Begun, ..clause(words) };
    let unwanted = |words| Clause { sense: Sense::Unwanted, ..clause(words) };
    for (text, expected) in [
        ("colis perdu", vec![clause(&["colis"]), begun(&["perdu"])]),
        ("colis perdu ", vec![clause(&["colis"]), clause(&["perdu"])]),
        ("\"Colis perdu\" -casse", vec![clause(&["colis", "perdu"]), unwanted(&["casse"])]),
        ("-\"tout va bien\" «mon colis» li", vec![unwanted(&["tout", "va", "bien"]), clause(&["mon", "colis"]), clause(&["li"])]),
        ("MK-1001", vec![begun(&["mk", "1001"])]),
        ("\"never closed", vec![clause(&["never", "closed"])]),
        (
            "a OR b NOT c NEAR(d)",
            vec![clause(&["a"]), clause(&["or"]), clause(&["b"]), clause(&["not"]), clause(&["c"]), clause(&["near", "d"])],
        ),
        ("款", vec![clause(&["款"])]),
    ] {
        assert_eq!(SearchQuery::parse(text).map(|query| query.0), Ok(expected), "{text}");
    }
    for (text, expected) in [
        ("", Unsearchable::TooShort),
        ("é", Unsearchable::TooShort),
        ("\"\" - -- *", Unsearchable::TooShort),
        ("-spam", Unsearchable::OnlyUnwanted),
        (&"x ".repeat(17), Unsearchable::TooMany),
        (&"x".repeat(201), Unsearchable::TooLong),
    ] {
        assert_eq!(SearchQuery::parse(text), Err(expected), "{text}");
    }
}

fn marked(query: &str, text: &str) -> String {
    let snippet = SearchQuery::parse(query).unwrap().snippet(text);
    let units: Vec<_> = snippet.text.encode_utf16().collect();
    let (mut out, mut at) = (String::new(), 0);
    for highlight in &snippet.highlights {
        out += &String::from_utf16(&units[at..highlight.start]).unwrap();
        let found = String::from_utf16(&units[highlight.clone()]).unwrap();
        out.extend(["[", &found, "]"]);
        at = highlight.end;
    }
    out + &String::from_utf16(&units[at..]).unwrap()
}

#[test]
fn a_snippet_shows_what_was_found() {
    assert_eq!(marked("theiere cas", "👩‍👧 Ma théière\nest cassée"), "👩‍👧 Ma [théière] est [cassée]");
    assert_eq!(marked("\"ma theiere\" theiere", "Ma théière"), "[Ma théière]");
    assert_eq!(marked("absent", "Rien de tel"), "Rien de tel");
    let long = format!("{} le colis est perdu {}", "mot ".repeat(100), "fin ".repeat(100));
    let shown = marked("perdu", &long);
    assert!(shown.starts_with("…mot") && shown.contains("colis est [perdu] fin") && shown.ends_with('…'), "{shown}");
    assert!(shown.chars().count() < 170);
}

proptest! {
    #[test]
    fn whatever_is_typed_becomes_letters_and_digits(text in "(\\PC|[\"\\-*:()'\\\\\0 \u{1f600}é]){0,120}") {
        if let Ok(query) = SearchQuery::parse(&text) {
            prop_assert!(query.clauses().len() <= MOST_CLAUSES);
            for word in query.clauses().iter().flat_map(|clause| &clause.words) {
                prop_assert!(!word.is_empty() && word.len() <= WORD + 8);
                prop_assert!(word.chars().all(|letter| !letter.is_ascii() || letter.is_ascii_lowercase() || letter.is_ascii_digit()), "{word:?}");
            }
        }
    }

    #[test]
    fn a_snippet_is_short_and_its_highlights_are_in_it(text in "(\\PC|[ \n\u{1f600}éa-c]){0,400}", query in "[a-cé]{2,4}( [a-c]{1,3})?") {
        let snippet = SearchQuery::parse(&query).unwrap().snippet(&text);
        let units = utf16(&snippet.text);
        prop_assert!(snippet.text.chars().count() <= SHOWN + 2);
        prop_assert!(snippet.highlights.iter().all(|place| place.start < place.end && place.end <= units));
        prop_assert!(snippet.highlights.is_sorted_by(|one, other| one.end <= other.start));
    }

    #[test]
    fn folding_twice_changes_nothing(text in "\\PC{0,80}") {
        let once = plain(&text);
        prop_assert_eq!(plain(&once.join(" ")), once.clone(), "{:?}", once);
    }
}
