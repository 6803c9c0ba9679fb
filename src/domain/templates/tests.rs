//! What templates are let in, what comes of them, and which one is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::locale::{amount, moment};
use super::variables::KNOWN;
use super::*;
use crate::domain::cases::{Case, Opening};
use crate::domain::charter::{Charter, CharterVersion, Marketplace, Terms};
use crate::domain::ids::{BuyerId, MarketplaceId, OrderId};
use crate::domain::money::Money;
use crate::domain::orders::{Buyer, Order, Seller};
use crate::domain::tickets::{Channel, Priority};

fn tag(text: &str) -> LanguageTag {
    text.parse().unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn values(pairs: &[(&str, &str)]) -> Variables {
    Variables(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

#[test]
fn what_is_no_template_is_told_with_its_line() {
    for (source, line, part) in [
        ("Hello {{ buyer.alias", 1, "unexpected end"),
        ("Hello\n{{ buyer.alias }", 2, "unexpected"),
        ("a\nb\n{% if case.due %}x", 3, "unexpected end"),
        ("{% endif %}", 1, ""),
        ("a\n{% for x in [1] %}{% endfor %}", 2, "`for` cannot be used"),
        ("{% set a = 1 %}", 1, "`set` cannot be used"),
        ("{%- macro a() %}{% endmacro %}", 1, "`macro` cannot be used"),
        ("{% include 'other' %}", 1, "`include` cannot be used"),
        ("{% raw %}{{ x }}{% endraw %}", 1, "`raw` cannot be used"),
        ("x\n\n{{ 'x' * 1000000 }}", 3, "multiplied"),
        ("{% if 'x' * 9 %}{% endif %}", 1, "multiplied"),
        ("{{ case.reference|replace('a', 'b') }}", 1, "replace"),
        ("{% if case.due %}{{ case.due|nosuch }}{% endif %}", 1, "nosuch"),
        ("{{ range(10) }}", 1, "Unknown variables: range"),
        ("{{ order }}", 1, ""),
    ] {
        let told = check(source, &BTreeSet::new()).unwrap_err();
        let said = told.to_string();
        assert!(said.contains(part), "{source}: {said}");
        if let Broken::Unreadable { line: found, .. } = told {
            assert_eq!(found, line, "{source}: {said}");
        }
    }
    let many = "{{ case.reference }}".repeat(501);
    assert!(check(&many, &BTreeSet::new()).is_err());
}

#[test]
fn what_is_a_template_is_let_in() {
    for source in [
        "Plain text, 2 * 2, {curly}, %}",
        "{# a * comment #}{{ case.reference }}",
        "{{ 'a * b' }}{{ \"}} * \" }}",
        "{%- if order.total is defined and order.reference != 'x' -%}{{ order.total }}{%- else %}none{% endif %}",
        "{% if order %}{{ order.reference|upper }}{% elif case.due %}{{ case.due|default('soon') }}{% endif %}",
    ] {
        assert_eq!(check(source, &BTreeSet::new()), Ok(()), "{source}");
    }
}

#[test]
fn unknown_variables_are_all_named() {
    let told = check("{{ buyer.email }} {{ mediator }} {{ order.total }} {% if x %}{% endif %}", &names(&["mediator"])).unwrap_err();
    assert_eq!(told, Broken::UnknownVariables { names: vec!["buyer.email".into(), "x".into()] });
    for bad in ["", "order", "case", "Upper", "a b", "a.b", "1st", "true", "if", &"a".repeat(41)] {
        assert!(!can_be_declared(bad), "{bad}");
    }
    assert!(can_be_declared("next_step"));
    assert!(tells_buyer_name("{% if buyer.name is defined %}x{% endif %}"));
    assert!(!tells_buyer_name("{{ buyer.alias }}"));
}

#[test]
fn a_missing_variable_is_named_and_never_a_hole() {
    let known = values(&[("case.reference", "C-1"), ("buyer.alias", "Marie D.")]);
    let missing = |source: &str| match render(source, &known) {
        Err(Unrendered::Missing { names }) => names.join(" "),
        other => panic!("{source}: {other:?}"),
    };
    assert_eq!(missing("{{ order.total }}"), "order.total");
    assert_eq!(missing("{{ b }} {{ order.total }} {{ a }} {{ case.reference }}"), "a b order.total");
    assert_eq!(missing("{{ a ~ b }}"), "a b");
    assert_eq!(missing("{{ a|upper }}"), "a");
    assert_eq!(missing("{% if b %}x{% endif %}"), "b");
    assert_eq!(missing("{% if order.total is defined %}x{% endif %}{{ b }}"), "b", "what is only asked for is not missing");
    assert_eq!(render("{% if order %}o{% else %}no order{% endif %}", &known), Ok("no order".into()));
    assert_eq!(render("{{ b|default('b') }} {{ buyer.alias }}", &known), Ok("b Marie D.".into()));
    assert_eq!(render(" {{ case.reference }}\n", &known), Ok("C-1".into()), "edges are trimmed");
}

#[test]
fn a_value_is_text_and_nothing_else() {
    let given = values(&[("a", "{{ case.reference }} <b>&amp;</b> {% if x %}"), ("case.reference", "C-1")]);
    assert_eq!(render("{{ a }}", &given), Ok("{{ case.reference }} <b>&amp;</b> {% if x %}".into()));
    let replaced = values(&[("case.reference", "C-1")]).with(BTreeMap::from([("case.reference".into(), "C-2".into())]));
    assert_eq!(render("{{ case.reference }}", &replaced), Ok("C-1".into()), "a given value does not replace the case's");
}

#[test]
fn a_text_ends_at_its_limit() {
    let long = values(&[("a", &"é".repeat(1_000))]);
    assert_eq!(render(&"{{ a }}".repeat(10), &long).map(|text| text.chars().count()), Ok(TEXT_LIMIT));
    assert_eq!(render(&"{{ a }}".repeat(11), &long), Err(Unrendered::TooLong));
    // Joined and thrown away: the length counts as work.
    let joined = format!("{{% if {} %}}x{{% endif %}}", vec!["a"; 400].join(" ~ "));
    assert_eq!(render(&joined, &long), Err(Unrendered::TooMuchWork));
    let deep = format!("{{{{ {}a{} }}}}", "(".repeat(3_000), ")".repeat(3_000));
    assert!(render(&deep, &long).is_err(), "too deep to read");
}

#[test]
fn the_text_of_the_best_language_is_taken() {
    let texts = |tags: &[&str]| tags.iter().map(|text| (tag(text), (*text).to_owned())).collect::<BTreeMap<_, _>>();
    for (tags, wishes, taken) in [
        (&["de", "en", "fr"][..], &["fr"][..], "fr"),
        (&["en", "fr", "fr-CA"], &["fr-CA", "en"], "fr-CA"),
        (&["en", "fr", "fr-BE"], &["fr-CA", "en"], "fr"),
        (&["en", "fr-BE"], &["fr-CA", "en"], "fr-BE"),
        (&["de", "es", "fr"], &["it", "es-MX", "fr"], "es"),
        (&["de", "en-GB", "fr"], &["it"], "en-GB"),
        (&["de", "fr"], &["it"], "de"),
        (&["de", "fr"], &[], "de"),
        (&["FR"], &["fr"], "fr"),
    ] {
        let texts = texts(tags);
        assert_eq!(choose(&texts, wishes).map(|(tag, _)| tag.as_str()), Some(taken), "{tags:?} for {wishes:?}");
    }
    assert_eq!(choose(&BTreeMap::new(), &["fr"]), None);
}

#[test]
fn tags_are_spelled_one_way() {
    for (given, spelled) in [("FR", "fr"), ("en-gb", "en-GB"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")] {
        assert_eq!(tag(given).as_str(), spelled);
    }
    for bad in ["", "f", "french", "fr_FR", "fr-", "-fr", "fr-FRA", "fr-FR-x-y", "é-FR", "fr-1a"] {
        assert!(bad.parse::<LanguageTag>().is_err(), "{bad}");
    }
}

#[test]
fn amounts_and_moments_are_written_as_people_do() {
    let money = |amount: &str, code: &str| Money::parse(amount, code.parse().unwrap()).unwrap();
    for (given, language, written) in [
        (money("1234567.50", "EUR"), "fr", "1\u{202f}234\u{202f}567,50\u{a0}€"),
        (money("12.5", "CHF"), "fr-CH", "12,50\u{a0}CHF"),
        (money("1200", "JPY"), "fr", "1\u{202f}200\u{a0}JPY"),
        (money("-1234.5", "EUR"), "en", "-€1,234.50"),
        (money("999.99", "USD"), "en-US", "$999.99"),
        (money("1.234", "TND"), "en", "TND\u{a0}1.234"),
        (money("1234.5", "EUR"), "de", "1234.50\u{a0}EUR"),
    ] {
        assert_eq!(amount(given, &tag(language)), written);
    }
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    for (given, language, written) in [
        (at("2026-11-24T09:05:59Z"), "fr", "mardi 24\u{a0}novembre 2026 à 10\u{a0}h\u{a0}05"),
        (at("2026-08-01T06:00:00Z"), "fr", "samedi 1er\u{a0}août 2026 à 8\u{a0}h"),
        (at("2026-11-24T23:30:00Z"), "en", "Wednesday 25 November 2026 at 00:30"),
        (at("2026-11-24T09:05:00Z"), "it", "2026-11-24 10:05"),
    ] {
        assert_eq!(moment(given, chrono_tz::Europe::Paris, &tag(language)), written);
    }
}

struct World {
    home: Marketplace,
    case: Case,
    buyer: Buyer,
    seller: Seller,
    order: Order,
}

fn world() -> World {
    let at: DateTime<Utc> = "2026-11-22T09:00:00Z".parse().unwrap();
    let charter = Charter::default();
    let (buyer, seller, order) = (BuyerId::generate(), SellerId::generate(), OrderId::generate());
    let opening = Opening {
        reference: "C-1042".into(),
        subject: "Appelez le 06 12 34 56 78".into(),
        priority: Priority::Normal,
        buyer,
        order: Some((order, seller)),
        order_line: None,
        reason: None,
        channel: Channel::Email,
        phase: None,
        parent: None,
    };
    let total = Money::parse("59.80", "EUR".parse().unwrap()).unwrap();
    World {
        case: Case::open(opening, &Terms::of(charter.clone()), at),
        home: Marketplace {
            id: MarketplaceId::generate(),
            slug: "bazar".into(),
            name: "Bazar".into(),
            currency: "EUR".parse().unwrap(),
            locale: "fr".into(),
            timezone: chrono_tz::Europe::Paris,
            charter: Arc::new(charter),
            charter_version: CharterVersion::FIRST,
        },
        buyer: Buyer { id: buyer, name: "Marie Dupont".into(), email: None },
        seller: Seller {
            id: seller,
            external_id: "alma".into(),
            name: "Boutique Alma".into(),
            email: None,
            locale: None,
            closures: Vec::new(),
            hours: None,
            updated_at: at,
        },
        order: Order {
            id: order,
            reference: "MK-1001".into(),
            seller,
            buyer_email: None,
            total,
            placed_at: at,
            lines: Vec::new(),
            updated_at: at,
        },
    }
}

impl World {
    fn situation(&self, names: Names) -> Situation<'_> {
        Situation {
            marketplace: &self.home,
            case: &self.case,
            buyer: Some(&self.buyer),
            seller: Some(&self.seller),
            order: Some(&self.order),
            sender: "Ines",
            names,
        }
    }
}

#[test]
fn every_known_variable_has_a_value_somewhere() {
    let world = world();
    let all = world.situation(Names::Full).variables(&tag("fr"));
    let found: Vec<_> = all.0.keys().map(String::as_str).collect();
    let known: BTreeSet<_> = KNOWN.iter().copied().collect();
    assert_eq!(found, known.into_iter().collect::<Vec<_>>());
    assert_eq!(all.0["case.due"], "mardi 24\u{a0}novembre 2026 à 10\u{a0}h");
    assert_eq!(all.0["case.status"], "en attente d’une réponse du vendeur");
}

#[test]
fn a_seller_learns_neither_name_nor_number() {
    let world = world();
    let told = world.situation(Names::Alias).variables(&tag("fr"));
    assert_eq!(told.0.get("buyer.name"), None);
    assert_eq!(told.0["buyer.alias"], "Marie D.");
    assert_eq!(told.0["case.subject"], "Appelez le [numéro de téléphone masqué]");
    let nameless = Buyer { name: "marie@example.org".into(), ..world.buyer.clone() };
    let told = Situation { buyer: Some(&nameless), ..world.situation(Names::Full) }.variables(&tag("fr"));
    assert_eq!((told.0.get("buyer.name"), told.0.get("buyer.alias")), (None, None), "an address is no name");
}

#[test]
fn the_templates_that_come_along_are_sound_and_well_set() {
    let all = built_in();
    let keys: Vec<_> = all.iter().map(|template| template.key.as_str()).collect();
    let expected = [
        "acknowledgement",
        "ask_clarification",
        "hostile_reply",
        "escalated_to_operator",
        "seller_silent",
        "delay_notice",
        "resolved",
        "operator_cannot_intervene",
        "channel_redirect",
    ];
    let (house, others) = keys.split_at(expected.len());
    assert_eq!(house, expected);
    let machines = ["dispute_", "mention_", "refund_", "return_", "withdrawal_"];
    assert!(others.iter().all(|key| machines.iter().any(|machine| key.starts_with(machine))), "{others:?}");
    let ids: BTreeSet<_> = all.iter().map(|template| template.id).collect();
    assert_eq!(ids.len(), all.len(), "each has a number of its own");
    let world = world();
    let bare = Case { order: None, seller: None, clocks: Box::default(), ..world.case.clone() };
    for template in all {
        assert_eq!(template.body.texts.len(), 2, "{}", template.key);
        for (language, source) in &template.body.texts {
            check(source, &template.body.variables).unwrap();
            assert!(!tells_buyer_name(source));
            let given: BTreeMap<_, _> = template.body.variables.iter().map(|name| (name.clone(), format!("⟨{name}⟩"))).collect();
            let full = world.situation(Names::Alias);
            let empty = Situation { case: &bare, buyer: None, seller: None, order: None, ..full };
            for situation in [full, empty] {
                let text = render(source, &situation.variables(language).with(given.clone())).unwrap();
                // What a rule fills in need not all be said.
                assert!(!house.contains(&template.key.as_str()) || given.values().all(|value| text.contains(value)), "{text}");
                assert!(!text.contains("  ") && !text.contains(" ,") && !text.contains('{'), "{text}");
                if language.as_str() == "fr" {
                    assert!(!text.contains([':', ';', '?', '!', '»', '«']) || text.contains('\u{a0}'), "{text}");
                    assert!(![" :", " ;", " ?", " !", " »", "« ", "'"].iter().any(|slip| text.contains(slip)), "{text}");
                    assert!(!text.to_lowercase().contains("médiation"), "the operator's own stage is no mediation");
                }
            }
        }
    }
    let mediator = &all[7].body;
    assert!(mediator.variables.contains("mediator") && mediator.texts.values().all(|text| text.contains("{{ mediator }}")));
}

fn template(key: &str, owner: TemplateOwner, reason: Option<&str>, phase: Option<CasePhase>, language: &str) -> Template {
    let body = TemplateBody {
        title: key.into(),
        reader: Party::Buyer,
        users: TemplateUsers::Everybody,
        reason: reason.map(|reason| reason.parse().unwrap()),
        phase,
        variables: BTreeSet::new(),
        texts: BTreeMap::from([(tag(language), "x".to_owned())]),
    };
    Template { id: TemplateId::from_uuid(Uuid::from_u128(99)), key: key.parse().unwrap(), owner, body, revision: 1, updated_at: None }
}

#[test]
fn ones_own_template_stands_before_the_marketplaces_and_that_before_ours() {
    let own = TemplateOwner::Seller(SellerId::generate());
    let stored = vec![
        template("resolved", own, None, None, "fr"),
        template("resolved", TemplateOwner::Marketplace, None, None, "fr"),
        template("delay_notice", TemplateOwner::Marketplace, None, None, "fr"),
        template("zebra", own, None, None, "fr"),
    ];
    let owner = |eyes, key: &str| in_use(stored.clone(), eyes).into_iter().find(|each| each.key.as_str() == key).map(|each| each.owner);
    assert_eq!(owner(Eyes::Seller, "resolved"), Some(own));
    assert_eq!(owner(Eyes::Seller, "delay_notice"), Some(TemplateOwner::Marketplace));
    assert_eq!(owner(Eyes::Seller, "acknowledgement"), Some(TemplateOwner::BuiltIn));
    assert_eq!(owner(Eyes::Seller, "seller_silent"), None, "the operator's alone");
    assert_eq!(owner(Eyes::Operator, "seller_silent"), Some(TemplateOwner::BuiltIn));
    let all = in_use(stored, Eyes::Seller);
    assert!(all.is_sorted_by(|one, other| one.key < other.key), "by key, each once");
}

#[test]
fn the_best_fit_comes_first() {
    let home = TemplateOwner::Marketplace;
    let after = Some(CasePhase::AfterSale);
    let all = [
        template("a_any", home, None, None, "de"),
        template("b_language", home, None, None, "fr-CA"),
        template("c_phase", home, None, after, "de"),
        template("d_reason", home, Some("not_received"), None, "de"),
        template("e_all", home, Some("not_received"), after, "fr"),
        template("f_other_reason", home, Some("invoice"), after, "fr"),
        template("g_other_phase", home, None, Some(CasePhase::PreSale), "fr"),
    ];
    let order = |reason: Option<&ReasonKey>| {
        let need = Need { reason, phase: CasePhase::AfterSale, language: "fr" };
        suggested(all.clone(), &need).into_iter().map(|each| each.key.as_str()[..1].to_owned()).collect::<String>()
    };
    assert_eq!(order(Some(&"not_received".parse().unwrap())), "edcba");
    assert_eq!(order(None), "cbaefd", "without a known reason, those for one come last");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_source_does_harm(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{{", "}}", "{%", "%}", "{#", "#}", " if ", " endif ", " else ", "buyer.alias", "a", "'", "\"", "|upper", "~", "(", ")", "[", "]", ".", "*", "-", "\n", "é", " is defined ", " in ", "1", ":", "x",
        ]), 0..40)
    ) {
        let source = parts.concat();
        let given = values(&[("buyer.alias", "Marie"), ("a", "b")]);
        let _ = check(&source, &names(&["a"]));
        if let Ok(text) = render(&source, &given) {
            prop_assert!(text.chars().count() <= TEXT_LIMIT);
        }
    }
}
