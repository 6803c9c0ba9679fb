//! What is hidden and what stays, from tables; and that nothing else can happen.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::domain::charter::{Charter, CharterVersion, Marketplace};
use crate::domain::ids::MarketplaceId;
use crate::domain::parties::Party;

fn policy(language: Language) -> Policy {
    let hosts = ["laposte.fr", "market.example"].map(|name| LinkHost::parse(name).unwrap());
    Policy::new(language).allowing(hosts).protecting([Regex::new(r"\bMKP[ -][0-9 -]{6,20}").unwrap()])
}

fn rows(file: &'static str) -> Vec<&'static str> {
    file.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).collect()
}

#[test]
fn what_must_be_hidden_is() {
    let mut wrong = Vec::new();
    let braces = Regex::new(r"\{[^}]*\}").unwrap();
    let all = rows(include_str!("../../../tests/fixtures/masking_hide.txt"));
    assert!(all.len() >= 80);
    for row in all {
        let (kind, marked) = row.split_once('\t').unwrap();
        let kind = *Kind::ALL.iter().find(|each| format!("{each:?}").to_uppercase() == kind).unwrap();
        // The braces around "AT" belong to the text.
        let marked = marked.replace("{AT}", "\u{1}");
        let text = marked.replace(['{', '}'], "").replace('\u{1}', "{AT}");
        for language in Language::ALL {
            let expected = braces.replace_all(&marked, kind.placeholder(language)).into_owned();
            let found = mask(&text, &policy(language));
            if found.text != expected || found.findings.iter().any(|each| each.kind != kind) {
                wrong.push(format!("{text}\n  gave {}\n  not  {expected}", found.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_must_stay_does() {
    let all = rows(include_str!("../../../tests/fixtures/masking_leave.txt"));
    assert!(all.len() >= 60);
    let wrong: Vec<String> = all
        .iter()
        .map(|text| (text, mask(text, &policy(Language::Fr)).text))
        .filter(|(text, found)| *text != found)
        .map(|(text, found)| format!("{text}\n  gave {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn disguises_are_noticed() {
    let policy = policy(Language::En);
    for (text, expected) in [
        ("jean@gmail.com", Disguise::None),
        ("mail:\u{200B}jean@gmail.com", Disguise::None),
        ("thé@maison.fr", Disguise::None),
        ("06 12 34 56 78", Disguise::None),
        ("06\u{A0}12\u{A0}34\u{A0}56\u{A0}78", Disguise::None),
        ("je\u{200B}an@gmail.com", Disguise::Characters),
        ("j\u{435}an@gmail.com", Disguise::Characters),
        ("\u{435}an@gmail.com", Disguise::Characters),
        ("０6 12 34 56 78", Disguise::Characters),
        ("https://l\u{430}poste.fr/x", Disguise::Characters),
    ] {
        let found = find(text, &policy);
        assert_eq!(found.iter().map(|each| each.disguise).collect::<Vec<_>>(), [expected], "{text}");
    }
}

#[test]
fn only_the_kinds_that_are_asked_for_are_hidden() {
    let text = "a@b.fr, 06 12 34 56 78, https://x.com/0612345678, FR76 3000 6000 0112 3456 7890 189";
    let kinds = |kinds: &[Kind]| {
        find(text, &Policy::new(Language::En).only(kinds.iter().copied())).iter().map(|each| each.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&Kind::ALL), [Kind::Email, Kind::Phone, Kind::Link, Kind::Payment]);
    // Digits inside a link or an IBAN that may stay are no telephone.
    assert_eq!(kinds(&[Kind::Phone]), [Kind::Phone]);
    assert_eq!(kinds(&[Kind::Email, Kind::Payment]), [Kind::Email, Kind::Payment]);
    assert_eq!(kinds(&[]), []);
}

#[test]
fn a_reference_protects_itself_and_nothing_longer() {
    let policy = policy(Language::En);
    assert_eq!(mask("MKP 06 12 34 56 78", &policy).text, "MKP 06 12 34 56 78");
    assert_eq!(mask("see evil.com/MKP-0612345678", &policy).text, "see [link hidden]");
}

#[test]
fn a_pattern_of_digits_alone_protects_nothing() {
    let policy = Policy::new(Language::En).protecting([Regex::new(r"\b\d{10}\b").unwrap()]);
    assert_eq!(mask("0612345678", &policy).text, "[phone number hidden]");
}

fn marketplace(masking: Masking) -> Marketplace {
    Marketplace {
        id: MarketplaceId::generate(),
        slug: "bazar".into(),
        name: "Bazar".into(),
        currency: "EUR".parse().unwrap(),
        locale: "fr-FR".into(),
        timezone: chrono_tz::Europe::Paris,
        charter: Arc::new(Charter { masking, order_pattern: Some(r"\bMK-\d{4,12}\b".parse().unwrap()), ..Charter::default() }),
        charter_version: CharterVersion::FIRST,
    }
}

#[test]
fn buyer_and_seller_read_each_other_masked_and_nobody_else_does() {
    let text = "Écrivez à a@b.fr pour MK-0612345678 😀 ou au 06 12 34 56 78";
    let rules = |mode| marketplace(Masking { mode, ..Masking::default() });
    for author in Party::ALL {
        for reader in Party::ALL {
            let between = matches!((author, reader), (Party::Buyer, Party::Seller) | (Party::Seller, Party::Buyer));
            let read = Reading::of(&rules(MaskingMode::Mask), text, author, reader);
            assert_eq!(read.text != text, between, "{author:?} to {reader:?}");
            assert_eq!(Reading::of(&rules(MaskingMode::Off), text, author, reader).text, text);
        }
    }
    let read = Reading::of(&rules(MaskingMode::Mask), text, Party::Seller, Party::Buyer);
    assert_eq!(read.text, "Écrivez à [adresse e-mail masquée] pour MK-0612345678 😀 ou au [numéro de téléphone masqué]");
    let units: Vec<u16> = text.encode_utf16().collect();
    let cut: Vec<_> = read.hidden.iter().map(|part| String::from_utf16(&units[part.start..part.end]).unwrap()).collect();
    assert_eq!(cut, ["a@b.fr", "06 12 34 56 78"], "places count UTF-16 units, of which the face has two");
}

#[test]
fn everybody_else_in_the_thread_is_told_of() {
    let home = marketplace(Masking::default());
    let readers = |author, present: &[Party]| {
        readings(&home, "a@b.fr", author, present).into_iter().map(|read| (read.reader, read.hidden.len())).collect::<Vec<_>>()
    };
    assert_eq!(readers(Party::Seller, &[Party::Buyer, Party::Seller, Party::Operator]), [(Party::Buyer, 1), (Party::Operator, 0)]);
    assert_eq!(readers(Party::Seller, &[Party::Seller, Party::Operator]), [(Party::Operator, 0)]);
    assert_eq!(
        readers(Party::Buyer, &[Party::Buyer, Party::Seller]),
        [(Party::Seller, 1), (Party::Operator, 0)],
        "the operator reads along"
    );
    assert_eq!(readers(Party::Operator, &[Party::Buyer, Party::Operator]), [(Party::Buyer, 0)]);
}

#[test]
fn a_charter_names_kinds_and_hosts() {
    let written = r#"{"kinds":["PHONE"],"allowedHosts":["bazar.example"]}"#;
    let rules: Masking = serde_json::from_str(written).unwrap();
    assert_eq!(rules.mode, MaskingMode::Mask, "what is not said is the usual");
    let home = marketplace(rules);
    let text = "a@b.fr 06 12 34 56 78";
    assert_eq!(Reading::of(&home, text, Party::Buyer, Party::Seller).text, "a@b.fr [numéro de téléphone masqué]");
    assert!(serde_json::from_str::<Masking>(r#"{"allowedHosts":["nohost"]}"#).is_err());
}

#[test]
fn hosts_are_read_strictly() {
    for name in ["", "fr", "localhost", "a b.fr", "https://laposte.fr", "laposte.fr/x", "10.0.0.1", "laposte.fr."] {
        assert!(LinkHost::parse(name).is_err(), "{name}");
    }
    assert!(LinkHost::parse("LaPoste.FR").is_ok());
}

#[test]
fn markup_is_masked_across_tags_and_in_attributes() {
    let policy = policy(Language::En);
    for (html, expected) in [
        ("<p>Mail a@b.fr</p>", "<p>Mail [e-mail address hidden]</p>"),
        ("06 <b>12</b> 34 56 78 ok", "[phone number hidden]<b></b> ok"),
        ("<p>06 12</p><p>34 56 78</p>", "<p>06 12</p><p>34 56 78</p>"),
        ("a&#64;b.fr &amp; co", "[e-mail address hidden] &amp; co"),
        ("06&nbsp;12&nbsp;34&nbsp;56&nbsp;78", "[phone number hidden]"),
        (r#"<a href="https://evil.com/x" rel="nofollow">here</a>"#, r#"<a rel="nofollow">here</a>"#),
        (r#"<a href="mailto:a@b.fr">write</a>"#, "<a>write</a>"),
        (r#"<a href="tel:0612345678" title="call">x</a>"#, r#"<a title="call">x</a>"#),
        (r#"<a href="https://www.laposte.fr/a?b=1&amp;c=2">suivi</a>"#, r#"<a href="https://www.laposte.fr/a?b=1&amp;c=2">suivi</a>"#),
        (r#"<a href="//evil.com/x">x</a>"#, "<a>x</a>"),
        ("1 &lt; 2 > 0 & <3", "1 &lt; 2 > 0 & <3"),
        ("<p", "<p"),
        ("<", "<"),
        ("<b title=\"a>b\">ok</b>", "<b title=\"a>b\">ok</b>"),
    ] {
        let found = mask_html(html, &policy);
        assert_eq!(found.html, expected);
        assert_eq!(found.kinds.is_empty(), html == expected);
        assert_eq!(mask_html(&found.html, &policy).html, found.html);
    }
}

/// Long texts made to send a careless pattern back and forth: with one, this would not end.
#[test]
fn hostile_texts_come_to_an_end() {
    let policy = policy(Language::Fr);
    let pieces = [
        "a",
        "a.",
        "a@",
        "@",
        "a@a.",
        "a@b.cc-",
        "0",
        "06 ",
        "0 6.",
        "+33 ",
        "1 ",
        "1-",
        "(0)",
        "at ",
        "a dot ",
        "a at b dot ",
        "www.",
        "http://",
        "h:/",
        "x.com.a.",
        "FR76",
        "fr 12 ",
        "4111 ",
        "411111111111111",
        "[",
        "[lien masqué",
        "contact ",
        "contact a ",
        "zero six ",
        "telegram ",
        "tel 1",
        "call a b c ",
        "\u{200B}",
        "\u{435}",
        "é",
        "a\u{200B}@",
        "- ",
        "<",
        "<a ",
        "<a \"",
        "&#",
        "&",
        "a@b.fr ",
        "06 12 34 56 78 ",
        "MKP 123456 ",
    ];
    for piece in pieces {
        let text = piece.repeat(20_000 / piece.len());
        let masked = mask(&text, &policy);
        let html = mask_html(&text, &policy);
        assert!(masked.text.len() <= text.len() * 8);
        assert!(html.html.len() <= text.len() * 8);
    }
}

/// Pieces of details, glue and noise: put together at random they make near misses and overlaps.
fn salad() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "jean",
        "@",
        "gmail",
        ".",
        "com",
        "fr",
        " ",
        " at ",
        " dot ",
        " point ",
        "(at)",
        "arobase",
        "06",
        "12",
        "34 56 78",
        "+33",
        "(0)",
        "-",
        "/",
        "0612345678",
        "FR76",
        "3000 6000 0112 3456 7890 189",
        "4111 1111 1111 1111",
        "https://",
        "www.",
        "t.me",
        "telegram",
        "@nom_1",
        "whatsapp",
        "contact me on ",
        "tel ",
        "phone ",
        "commande n° ",
        "\u{200B}",
        "\u{435}",
        "é",
        "０",
        "[lien masqué]",
        "[phone number hidden]",
        "[",
        "]",
        "\n",
        ",",
        ":",
        "€",
        "zero six deux trois quatre cinq",
        "laposte.fr",
        "<b>",
        "</b>",
        "&nbsp;",
        "&amp;",
        "<a href=\"",
        "\">",
        "'",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|all| all.concat())
}

fn some_policy() -> impl Strategy<Value = Policy> {
    (any::<bool>(), prop::collection::btree_set(prop::sample::select(Kind::ALL.to_vec()), 0..5))
        .prop_map(|(french, kinds): (_, BTreeSet<Kind>)| policy(if french { Language::Fr } else { Language::En }).only(kinds))
}

fn holds(text: &str, policy: &Policy) {
    let masked = mask(text, policy);
    let mut last = 0;
    for finding in &masked.findings {
        assert!(finding.range.start >= last && finding.range.start < finding.range.end);
        assert!(text.get(finding.range.clone()).is_some());
        last = finding.range.end;
    }
    let again = mask(&masked.text, policy);
    assert_eq!(again.text, masked.text);
    let html = mask_html(text, policy);
    assert_eq!(mask_html(&html.html, policy).html, html.html);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn masking_twice_is_masking_once(text in salad(), policy in some_policy()) {
        holds(&text, &policy);
    }

    #[test]
    fn anything_at_all_is_taken(text in any::<String>(), policy in some_policy()) {
        holds(&text, &policy);
    }
}
