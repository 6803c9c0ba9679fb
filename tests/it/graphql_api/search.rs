//! Search: what the viewer may see and nothing else, the newest first, whatever is typed.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use trilogue::domain::parties::{Actor, Role};
use trilogue::domain::search::{Ending, LONGEST, SearchQuery, Sense, words};
use trilogue::store::{PageRequest, SearchFilter};

use super::{Shop, opening, post};
use crate::harness::{Db, on_both_databases, random_stories};

const SEARCH: &str = "query($q: String!, $filter: SearchFilterInput, $first: Int, $after: String) { search(query: $q, filter: $filter, first: $first, after: $after) {
    pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { case { id } match { field snippet highlights { start end } }
    node { __typename ... on Case { id } ... on Message { id text } } } } } }";

/// What is found: the field and the snippet of each hit, the newest first.
async fn found(shop: &Shop, token: &str, query: &str) -> Vec<String> {
    found_in(shop, token, query, json!({})).await
}

async fn found_in(shop: &Shop, token: &str, query: &str, filter: Value) -> Vec<String> {
    let answer = shop.app.ask(token, SEARCH, json!({ "q": query, "filter": filter })).await;
    let edges = answer["search"]["edges"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    edges.iter().map(|edge| &edge["node"]["match"]).map(|found| format!("{} {}", text(&found["field"]), text(&found["snippet"]))).collect()
}

async fn say(shop: &Shop, token: &str, thread: &str, text: &str) -> String {
    // A key of its own for each call: texts may be longer than a key.
    static KEY: AtomicUsize = AtomicUsize::new(0);
    let key = KEY.fetch_add(1, Ordering::Relaxed).to_string();
    let payload = shop.app.act(token, "messagePost", "message { id }", post(thread, text, &key)).await;
    payload["message"]["id"].as_str().unwrap().to_owned()
}

/// Whether a text has what a query asks for, looked for from end to end.
fn has(text: &str, query: &SearchQuery) -> bool {
    let text: Vec<_> = words(text).into_iter().map(|word| word.plain).collect();
    query.clauses().iter().all(|clause| {
        let last = clause.words.len() - 1;
        let begun = |index: usize| index == last && clause.ending == Ending::Begun;
        let fits = |run: &[String]| {
            run.iter()
                .zip(&clause.words)
                .enumerate()
                .all(|(index, (word, asked))| if begun(index) { word.starts_with(asked) } else { word == asked })
        };
        text.windows(clause.words.len()).any(fits) == (clause.sense == Sense::Wanted)
    })
}

fn some<T: std::fmt::Debug>(runner: &mut TestRunner, count: usize, strategy: &impl Strategy<Value = T>) -> Vec<T> {
    (0..count).map(|_| strategy.new_tree(runner).unwrap().current()).collect()
}

on_both_databases! {
    async fn each_finds_what_they_may_see(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let with_both = shop.thread(&case, "SELLER_BUYER").await;
        let private = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        let with_buyer = shop.open_thread(&[&case], "OPERATOR_BUYER").await;
        say(&shop, &shop.alma, &with_both, "La théière part demain").await;
        say(&shop, &shop.operator, &private, "Théière refusée par le transporteur").await;
        say(&shop, &shop.operator, &with_buyer, "Nous remboursons la théière").await;
        let (both, private, buyer) = ("TEXT La théière part demain", "TEXT Théière refusée par le transporteur", "TEXT Nous remboursons la théière");
        for (token, expected) in [(&shop.operator, vec![buyer, private, both]), (&shop.alma, vec![private, both]), (&shop.vendor, vec![buyer, both]), (&shop.brio, vec![])] {
            assert_eq!(found(&shop, token, "THEIERE").await, expected);
            assert_eq!(found(&shop, token, "théi").await, expected, "the last word may be begun");
        }
        assert_eq!(found(&shop, &shop.operator, "la theiere").await, [buyer, both]);
        assert_eq!(found(&shop, &shop.operator, "\"la theiere\" -demain").await, [buyer]);
        assert_eq!(found(&shop, &shop.alma, "theiere -transporteur").await, [both]);
        // The case itself: by what each viewer may know of it.
        let everywhere = [("question", "SUBJECT Question 1"), ("C-1001", "REFERENCE C-1001"), ("A-1", "ORDER_REFERENCE A-1"), ("boutique alm", "SELLER_NAME Boutique Alma")];
        for (query, expected) in everywhere {
            for token in [&shop.operator, &shop.alma, &shop.vendor] {
                assert_eq!(found(&shop, token, query).await, [expected], "{query}");
            }
            assert!(found(&shop, &shop.brio, query).await.is_empty());
        }
        for (query, expected) in [("dupont", "BUYER_NAME Marie Dupont"), ("marie@example.org", "BUYER_EMAIL marie@example.org")] {
            assert_eq!(found(&shop, &shop.operator, query).await, [expected]);
            for token in [&shop.alma, &shop.vendor, &shop.brio] {
                assert!(found(&shop, token, query).await.is_empty(), "{query}");
            }
        }
        // What must not be there is not looked for where the viewer cannot look.
        assert_eq!(found(&shop, &shop.alma, "question -dupont").await, ["SUBJECT Question 1"]);
        assert!(found(&shop, &shop.operator, "question -dupont").await.is_empty());
        // Each field for itself: no phrase reaches over its end.
        assert!(found(&shop, &shop.operator, "\"question 1 C\"").await.is_empty());
        let elsewhere = shop.app.another_marketplace("ailleurs").await;
        let stranger = shop.app.token_in(&elsewhere, Role::Operator, None).await;
        assert!(found(&shop, &stranger, "theiere").await.is_empty());
    }

    async fn a_seller_finds_words_from_when_they_are_in(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(None, "1").await;
        assert!(found(&shop, &shop.alma, "colis").await.is_empty());
        shop.app.act(&shop.operator, "caseAttachOrder", "case { id }", json!({ "caseId": case, "orderReference": "A-1" })).await;
        assert_eq!(found(&shop, &shop.alma, "colis").await, ["TEXT Où est mon colis ?"]);
        assert_eq!(found(&shop, &shop.alma, "A-1").await, ["ORDER_REFERENCE A-1"]);
        let hidden = shop.open_thread(&[&case], "OPERATOR_BUYER").await;
        say(&shop, &shop.operator, &hidden, "avant secret").await;
        let admission = json!({ "threadId": hidden, "party": "SELLER", "right": "FOLLOW", "history": "HIDDEN" });
        shop.app.act(&shop.operator, "participantAdd", "participant { id }", admission).await;
        say(&shop, &shop.operator, &hidden, "après secret").await;
        assert_eq!(found(&shop, &shop.alma, "secret").await, ["TEXT après secret"]);
        assert_eq!(found(&shop, &shop.operator, "secret").await.len(), 2);
        let page = shop.app.ask(&shop.alma, SEARCH, json!({ "q": "secret", "first": 1 })).await["search"]["pageInfo"].clone();
        assert_eq!(page["hasNextPage"], false, "what is hidden makes no page: {page}");
        // A new name is found, the old one no longer.
        let renamed = json!({ "sellers": [{ "externalId": "alma", "name": "Maison Zinc" }] });
        shop.app.act(&shop.vendor, "sellersUpsert", "sellers { id }", renamed).await;
        assert_eq!(found(&shop, &shop.operator, "zinc").await, ["SELLER_NAME Maison Zinc"]);
        assert!(found(&shop, &shop.operator, "boutique").await.is_empty());
    }

    async fn pages_go_on_from_a_hit(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let (open, private) = (shop.thread(&case, "SELLER_BUYER").await, shop.open_thread(&[&case], "OPERATOR_SELLER").await);
        let mut hidden = Vec::new();
        for number in 0..12 {
            say(&shop, &shop.alma, &open, &format!("mot {number}")).await;
            hidden.push(say(&shop, &shop.operator, &private, &format!("mot caché {number}")).await);
        }
        let (mut after, mut all, mut pages) = (Value::Null, Vec::new(), 0);
        loop {
            let page = shop.app.ask(&shop.vendor, SEARCH, json!({ "q": "mot", "first": 5, "after": after })).await["search"].clone();
            all.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["match"]["snippet"].as_str().unwrap().to_owned()));
            pages += 1;
            if page["pageInfo"]["hasNextPage"] == false || pages > 5 {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
            // What comes in between is newer and shifts nothing.
            say(&shop, &shop.alma, &open, &format!("mot en plus {pages}")).await;
        }
        assert_eq!((all, pages), ((0..12).rev().map(|number| format!("mot {number}")).collect::<Vec<_>>(), 3));
        let never = trilogue::domain::ids::MessageId::generate().to_string();
        let mut answers = Vec::new();
        for cursor in [hidden[3].as_str(), &never, "x", "evt_0"] {
            let answer = shop.app.answer(&shop.vendor, SEARCH, json!({ "q": "mot", "after": cursor })).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{cursor}");
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1], "what the viewer may not know of looks like what never was");
    }

    async fn a_filter_says_where(db: Db) {
        let shop = Shop::open(db).await;
        let (one, two) = (shop.case(Some("A-1"), "1").await, shop.case(Some("B-1"), "2").await);
        let brio = shop.app.ask(&shop.operator, "{ seller(by: { externalId: \"brio\" }) { id } }", json!({})).await["seller"]["id"].clone();
        for (filter, hits) in [
            (json!({}), 2), (json!({ "kind": "MESSAGE" }), 2), (json!({ "kind": "CASE" }), 0), (json!({ "caseId": one }), 1), (json!({ "sellerId": brio }), 1),
            (json!({ "caseId": one, "sellerId": brio }), 0), (json!({ "from": "2026-11-22T09:00:00Z" }), 2), (json!({ "before": "2026-11-22T09:00:00Z" }), 0),
            (json!({ "from": "+262142-01-01T00:00:00Z" }), 0),
        ] {
            assert_eq!(found_in(&shop, &shop.operator, "colis", filter.clone()).await.len(), hits, "{filter}");
        }
        assert!(found_in(&shop, &shop.alma, "colis", json!({ "caseId": two })).await.is_empty());
        let listed = async |token: &str, filter: Value| {
            let query = "query($filter: CaseFilterInput) { cases(filter: $filter) { nodes { id } } }";
            shop.app.ask(token, query, json!({ "filter": filter })).await["cases"]["nodes"].as_array().unwrap().len()
        };
        for (filter, operator, alma) in [
            (json!({ "text": "question" }), 2, 1), (json!({ "text": "dupont 2" }), 1, 0), (json!({ "text": "B-1" }), 1, 0), (json!({ "text": "colis" }), 0, 0),
            (json!({ "priority": ["NORMAL"] }), 2, 1), (json!({ "priority": ["URGENT"] }), 0, 0),
            (json!({ "openedAfter": "2026-11-22T08:59:00Z", "openedBefore": "2026-11-22T09:01:00Z" }), 2, 1), (json!({ "openedBefore": "2026-11-22T08:00:00Z" }), 0, 0),
            (json!({ "updatedBefore": "2026-11-22T08:00:00Z" }), 0, 0), (json!({ "updatedBefore": "2027-01-01T00:00:00Z" }), 2, 1),
        ] {
            assert_eq!((listed(&shop.operator, filter.clone()).await, listed(&shop.alma, filter.clone()).await), (operator, alma), "{filter}");
        }
        let refused = shop.app.answer(&shop.alma, "{ cases(filter: { text: \"*\" }) { nodes { id } } }", json!({})).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    /// Random words and random queries: what is found is what has them, and both databases find the same.
    async fn what_is_found_is_what_has_the_words(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        let mut runner = TestRunner::new(random_stories(1));
        let word = "[aéb]{1,4}|MK-[12]|Ωμέγα|ёж|退款|L'été|1e5|[aéb]{80}";
        let mut texts = some(&mut runner, 60, &proptest::collection::vec(word, 1..9).prop_map(|words| words.join(" ")));
        for (number, text) in texts.iter_mut().enumerate() {
            *text = format!("{text} n{number}");
            say(&shop, &shop.alma, &thread, text).await;
        }
        let clause = (prop_oneof![3 => Just(""), 1 => Just("-")], proptest::collection::vec(word, 1..4)).prop_map(|(not, words)| match words.as_slice() {
            [word] => format!("{not}{word}"),
            words => format!("{not}\"{}\"", words.join(" ")),
        });
        let queries = some(&mut runner, 150, &(proptest::collection::vec(clause, 1..4), prop_oneof![Just(""), Just(" ")]).prop_map(|(clauses, end)| clauses.join(" ") + end));
        let (mut asked, mut hits) = (0, 0);
        for text in queries {
            let Ok(query) = SearchQuery::parse(&text) else { continue };
            let expected: Vec<_> = texts.iter().rev().filter(|text| has(text, &query)).collect();
            let answer = shop.app.ask(&shop.alma, SEARCH, json!({ "q": text, "first": 100 })).await;
            let messages = answer["search"]["edges"].as_array().unwrap().iter().filter(|edge| edge["node"]["node"]["__typename"] == "Message");
            let found: Vec<_> = messages.filter(|edge| edge["node"]["node"]["text"] != "Où est mon colis ?").map(|edge| edge["node"]["node"]["text"].as_str().unwrap()).collect();
            assert_eq!(found, expected, "{text}");
            asked += 1;
            hits += found.len();
        }
        assert!(asked > 100 && hits > 300, "{asked} queries with {hits} hits prove nothing");
    }

    async fn whatever_is_typed_is_answered(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        say(&shop, &shop.alma, &shop.thread(&case, "SELLER_BUYER").await, "un ' \" \\ * (texte) : NEAR <-> & ! 👩‍👩‍👧 \u{e000} fin").await;
        let scope = Actor::system(shop.app.marketplace.id).scope();
        let nasty = ["\" OR 1=1 --", "a* b*", "NEAR(un fin)", "words : un", "un \" fin", "'un':* & 'fin'", "un<->fin", "\\'", "{gate} : m", "\0un\0fin", "👩‍👩‍👧 un", "un\u{e000}fin", "-\"\"", "^un", "un + fin", "%_", "; DROP TABLE cases"];
        let mut runner = TestRunner::new(random_stories(1));
        let random = some(&mut runner, 80, &"(\\PC|[\"\\-*:()'\\\\\0|&!<> \u{1f600}unfi]){0,60}");
        let mut answered = 0;
        for text in nasty.into_iter().map(str::to_owned).chain(random) {
            if let Ok(query) = SearchQuery::parse(&text) {
                shop.app.cx.store.search(scope, &query, &SearchFilter::default(), &PageRequest::first(5)).await.unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
                answered += 1;
            }
            let answer = shop.app.answer(&shop.operator, SEARCH, json!({ "q": text })).await;
            let codes = answer["errors"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|error| error["extensions"]["code"].as_str().unwrap());
            assert!(codes.clone().all(|code| code == "BAD_USER_INPUT"), "{text:?}: {answer:#}");
        }
        assert!(answered > 40, "only {answered} of them were asked");
        for (text, says) in [("", "two letters"), ("-x", "must be there"), (&"x".repeat(LONGEST + 1), "at most 200"), (&"x".repeat(10_000), "at most 200"), (&"xy ".repeat(17), "at most 16")] {
            let answer = shop.app.answer(&shop.operator, SEARCH, json!({ "q": text })).await;
            assert!(answer["errors"][0]["message"].as_str().unwrap().contains(says), "{answer:#}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        }
        assert_eq!(found(&shop, &shop.alma, "un texte").await, ["TEXT un ' \" \\ * (texte) : NEAR <-> & ! 👩‍👩‍👧 \u{e000} fin"]);
    }

    async fn everything_is_found_again_after_a_rebuild(db: Db) {
        let shop = Shop::open(db).await;
        let case = shop.case(Some("A-1"), "1").await;
        let thread = shop.open_thread(&[&case], "OPERATOR_SELLER").await;
        for number in 0..30 {
            say(&shop, &shop.alma, &thread, &format!("mot {number}")).await;
        }
        let all = async || (found(&shop, &shop.alma, "mot").await, found(&shop, &shop.vendor, "mot OR").await, found(&shop, &shop.operator, "question").await, found(&shop, &shop.operator, "dupont").await);
        let before = all().await;
        assert_eq!(before.0.len(), 20);
        for _ in 0..2 {
            assert_eq!(shop.app.cx.store.rebuild_search(shop.app.marketplace.id).await.unwrap(), 32);
            assert_eq!(all().await, before);
        }
    }

    async fn searches_are_kept(db: Db) {
        let shop = Shop::open(db).await;
        shop.case(Some("A-1"), "1").await;
        shop.case(Some("B-1"), "2").await;
        let colleague = shop.app.token(Role::Operator, None).await;
        let fields = "savedSearch { id name sharing filter { status text priority } orderBy cases { nodes { subject } } }";
        let kept = async |token: &str, input: Value| shop.app.act(token, "savedSearchCreate", fields, input).await["savedSearch"].clone();
        let listed = async |token: &str| {
            let found = shop.app.ask(token, "{ savedSearches { name } }", json!({})).await;
            found["savedSearches"].as_array().unwrap().iter().map(|search| search["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let own = kept(&shop.operator, json!({ "name": " Mine ", "filter": { "text": "B-1" }, "orderBy": "OPENED_DESC" })).await;
        assert_eq!((&own["name"], &own["sharing"], &own["orderBy"], &own["filter"]["text"]), (&json!("Mine"), &json!("OWNER"), &json!("OPENED_DESC"), &json!("B-1")));
        assert_eq!(own["cases"]["nodes"], json!([{ "subject": "Question 2" }]));
        let shared = kept(&shop.operator, json!({ "name": "Ours", "sharing": "OPERATORS", "filter": { "status": ["WAITING_SELLER"] } })).await;
        let seller = kept(&shop.alma, json!({ "name": "Alma's" })).await;
        assert_eq!(seller["cases"]["nodes"], json!([{ "subject": "Question 1" }]), "the viewer's cases");
        assert_eq!((listed(&shop.operator).await, listed(&colleague).await, listed(&shop.alma).await, listed(&shop.brio).await), (vec!["Mine".to_owned(), "Ours".to_owned()], vec!["Ours".to_owned()], vec!["Alma's".to_owned()], vec![]));

        let change = |id: &Value, sharing: &str| json!({ "savedSearchId": id, "name": "Changed", "sharing": sharing, "orderBy": "DUE_ASC" });
        let refused = async |token: &str, mutation: &str, input: Value, field: Value, code: &str| {
            let field_of = if mutation == "savedSearchDelete" { "deletedId" } else { "savedSearch { id }" };
            let payload = shop.app.try_act(token, mutation, field_of, input.clone()).await;
            assert_eq!((&payload["userErrors"][0]["code"], &payload["userErrors"][0]["field"]), (&json!(code), &field), "{input}: {payload:#}");
        };
        for (token, id) in [(&colleague, &own["id"]), (&shop.alma, &shared["id"]), (&shop.brio, &seller["id"]), (&shop.operator, &seller["id"])] {
            refused(token, "savedSearchUpdate", change(id, "OWNER"), json!(["savedSearchId"]), "NOT_FOUND").await;
            refused(token, "savedSearchDelete", json!({ "savedSearchId": id }), json!(["savedSearchId"]), "NOT_FOUND").await;
        }
        refused(&colleague, "savedSearchUpdate", change(&shared["id"], "OWNER"), json!(["sharing"]), "NOT_ALLOWED").await;
        for (input, field, code) in [
            (json!({ "name": "" }), json!(["name"]), "LENGTH"), (json!({ "name": "x".repeat(101) }), json!(["name"]), "LENGTH"),
            (json!({ "name": "x", "sharing": "OPERATORS" }), json!(["sharing"]), "NOT_ALLOWED"), (json!({ "name": "x", "filter": { "text": "*" } }), json!(["filter", "text"]), "INVALID"),
            (json!({ "name": "x", "filter": { "orderReference": "x".repeat(129) } }), json!(["filter", "orderReference"]), "LENGTH"),
            (json!({ "name": "x", "filter": { "status": vec!["CLOSED"; 21] } }), json!(["filter", "status"]), "TOO_MANY"),
        ] {
            refused(&shop.alma, "savedSearchCreate", input, field, code).await;
        }
        let changed = shop.app.act(&colleague, "savedSearchUpdate", fields, change(&shared["id"], "OPERATORS")).await;
        assert_eq!((&changed["savedSearch"]["name"], &changed["savedSearch"]["filter"]["status"]), (&json!("Changed"), &json!([])));
        let deleted = shop.app.act(&colleague, "savedSearchDelete", "deletedId", json!({ "savedSearchId": shared["id"] })).await;
        assert_eq!(deleted["deletedId"], shared["id"]);
        assert_eq!(listed(&shop.operator).await, ["Mine"]);
        for number in 1..50 {
            kept(&shop.alma, json!({ "name": format!("n{number}") })).await;
        }
        refused(&shop.alma, "savedSearchCreate", json!({ "name": "one more" }), Value::Null, "INVALID").await;
        assert_eq!(listed(&shop.alma).await.len(), 50);
    }
}

/// The first words of a case are found too, whichever way it came in; and a key used twice makes no second entry.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_opened_twice_is_found_once() {
    let shop = Shop::open(Db::Sqlite).await;
    for _ in 0..2 {
        shop.app.act(&shop.vendor, "caseOpen", "case { id }", opening(Some("A-1"), "1")).await;
    }
    assert_eq!(found(&shop, &shop.alma, "colis").await.len(), 1);
    assert_eq!(found(&shop, &shop.alma, "question").await.len(), 1);
}
