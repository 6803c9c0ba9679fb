//! Templates: written, found, and turned into text that says only what it may.

use serde_json::{Value, json};
use trilogue::demo::peer::Opening;
use trilogue::domain::ids::{CaseId, TemplateId, ThreadId};
use trilogue::domain::templates::built_in;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{ORDER, Story, on_both_databases};

fn draft(key: &str, texts: &[(&str, &str)]) -> Value {
    let texts: Vec<_> = texts.iter().map(|(locale, text)| json!({ "locale": locale, "text": text })).collect();
    json!({ "key": key, "title": format!("Title of {key}"), "reader": "BUYER", "texts": texts })
}

fn with(mut value: Value, field: &str, other: Value) -> Value {
    value[field] = other;
    value
}

const FIELDS: &str =
    "template { id key title origin users revision updatedAt reason phase variables texts { locale text } seller { externalId } }";

async fn create(story: &Story, token: &str, input: Value) -> Value {
    story.app.act(token, "templateCreate", FIELDS, input).await["template"].clone()
}

async fn keys(story: &Story, token: &str, filter: Value) -> Vec<String> {
    let query = "query($filter: TemplateFilterInput) { templates(first: 100, filter: $filter) { nodes { key origin } } }";
    let seen = story.app.ask(token, query, json!({ "filter": filter })).await;
    let nodes = seen["templates"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| format!("{} {}", node["key"].as_str().unwrap(), node["origin"].as_str().unwrap())).collect()
}

const RENDER: &str =
    "query($input: TemplateRenderInput!) { templateRender(input: $input) { text locale userErrors { field message code } } }";

async fn render(story: &Story, token: &str, input: Value) -> Value {
    story.app.ask(token, RENDER, json!({ "input": input })).await["templateRender"].clone()
}

fn code(payload: &Value) -> (Value, Value) {
    (payload["userErrors"][0]["field"].clone(), payload["userErrors"][0]["code"].clone())
}

async fn case_of(story: &Story, ticket: u64) -> String {
    story.case(ticket, "id").await["id"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn what_comes_along_is_listed_and_replaced_by_key(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        assert_eq!(keys(&story, &story.operator, json!({})).await.len(), built_in().len());
        let sellers = keys(&story, &story.seller, json!({})).await;
        assert_eq!(sellers.len(), 6, "{sellers:?}");
        assert!(!sellers.iter().any(|key| key.starts_with("operator_cannot_intervene")));
        assert_eq!(keys(&story, &story.vendor, json!({})).await, Vec::<String>::new());

        let shared = with(draft("resolved", &[("fr", "Réglé.")]), "users", json!("EVERYBODY"));
        let made = create(&story, &story.operator, shared).await;
        assert_eq!((&made["origin"], &made["revision"]), (&json!("MARKETPLACE"), &json!(1)));
        assert!(keys(&story, &story.operator, json!({})).await.contains(&"resolved MARKETPLACE".to_owned()));
        assert!(keys(&story, &story.seller, json!({})).await.contains(&"resolved MARKETPLACE".to_owned()));
        let own = create(&story, &story.seller, draft("resolved", &[("fr", "Voilà.")])).await;
        assert_eq!((&own["users"], &own["seller"]["externalId"]), (&json!("OWNER"), &json!("alma")));
        assert!(keys(&story, &story.seller, json!({})).await.contains(&"resolved SELLER".to_owned()));
        assert!(keys(&story, &story.other_seller, json!({})).await.contains(&"resolved MARKETPLACE".to_owned()));
        assert!(keys(&story, &story.operator, json!({})).await.contains(&"resolved MARKETPLACE".to_owned()), "a seller's stays the seller's");
        let alma = story.app.ask(&story.operator, "{ seller(by: { externalId: \"alma\" }) { id } }", json!({})).await["seller"]["id"].clone();
        assert_eq!(keys(&story, &story.operator, json!({ "sellerId": alma })).await, ["resolved SELLER"]);
        assert_eq!(keys(&story, &story.other_seller, json!({ "sellerId": alma })).await, Vec::<String>::new());

        let by = |by: Value| json!({ "by": by });
        let query = "query($by: TemplateByInput!) { template(by: $by) { id origin } }";
        let node = "query($id: ID!) { node(id: $id) { id ... on Template { origin } } }";
        for (token, origin) in [(&story.seller, "SELLER"), (&story.other_seller, "MARKETPLACE"), (&story.operator, "MARKETPLACE")] {
            let found = story.app.ask(token, query, by(json!({ "key": "resolved" }))).await;
            assert_eq!(found["template"]["origin"], origin);
            assert_eq!(story.app.ask(token, query, by(json!({ "id": found["template"]["id"] }))).await, found);
            assert_eq!(story.app.ask(token, node, json!({ "id": found["template"]["id"] })).await["node"], found["template"]);
        }
        for (token, id) in [(&story.other_seller, &own["id"]), (&story.vendor, &made["id"]), (&story.operator, &json!(TemplateId::generate().to_string()))] {
            assert_eq!(story.app.ask(token, query, by(json!({ "id": id }))).await["template"], Value::Null);
            assert_eq!(story.app.ask(token, node, json!({ "id": id })).await["node"], Value::Null);
        }
        let elsewhere = story.app.another_marketplace("souk").await;
        let foreign = story.app.token_in(&elsewhere, trilogue::domain::parties::Role::Operator, None).await;
        assert_eq!(story.app.ask(&foreign, query, by(json!({ "id": made["id"] }))).await["template"], Value::Null);

        let gone = story.app.act(&story.operator, "templateDelete", "deletedId", json!({ "id": made["id"], "revision": 1 })).await;
        assert_eq!(gone["deletedId"], made["id"]);
        assert!(keys(&story, &story.operator, json!({})).await.contains(&"resolved BUILT_IN".to_owned()), "ours shows again");
    }

    async fn pages_go_by_key(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let query = "query($first: Int, $after: String, $last: Int, $before: String) { templates(first: $first, after: $after, last: $last, before: $before) { nodes { key } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
        let mut walked = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = story.app.ask(&story.operator, query, json!({ "first": 4, "after": after })).await["templates"].clone();
            walked.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["key"].as_str().unwrap().to_owned()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!((walked.len(), walked.is_sorted()), (built_in().len(), true), "{walked:?}");
        let last = story.app.ask(&story.operator, query, json!({ "last": 2 })).await["templates"].clone();
        assert_eq!(last["nodes"], json!(walked[walked.len() - 2..].iter().map(|key| json!({ "key": key })).collect::<Vec<_>>()));
        let before = story.app.ask(&story.operator, query, json!({ "last": 2, "before": last["pageInfo"]["startCursor"] })).await;
        assert_eq!(before["templates"]["nodes"], json!([{ "key": walked[walked.len() - 4] }, { "key": walked[walked.len() - 3] }]));
        let refused = story.app.answer(&story.operator, query, json!({ "first": 2, "after": "nonsense!" })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    async fn a_change_names_the_revision_it_has_seen(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let made = create(&story, &story.operator, draft("promise", &[("fr", "Demain.")])).await;
        let change = |revision: i32, title: &str| json!({ "id": made["id"], "revision": revision, "title": title, "reader": "BUYER", "reason": "not_received", "phase": "AFTER_SALE", "variables": ["day"], "texts": [{ "locale": "FR", "text": "Le {{ day }}." }] });
        let changed = story.app.act(&story.operator, "templateUpdate", FIELDS, change(1, "Deux")).await["template"].clone();
        assert_eq!(changed["revision"], 2);
        assert_eq!((&changed["title"], &changed["reason"], &changed["phase"]), (&json!("Deux"), &json!("not_received"), &json!("AFTER_SALE")));
        assert_eq!(changed["texts"], json!([{ "locale": "fr", "text": "Le {{ day }}." }]));
        let late = story.app.try_act(&story.operator, "templateUpdate", FIELDS, change(1, "Trois")).await;
        assert_eq!(code(&late), (json!(["revision"]), json!("WRONG_REVISION")));
        assert!(late["userErrors"][0]["message"].as_str().unwrap().contains("revision 2"));
        let late = story.app.try_act(&story.operator, "templateDelete", "deletedId", json!({ "id": made["id"], "revision": 1 })).await;
        assert_eq!(code(&late), (json!(["revision"]), json!("WRONG_REVISION")));
        // At the same time: one wins, the others hear of it.
        let calls = (0..6).map(|number| {
            let change = change(2, &format!("N° {number}"));
            async { story.app.try_act(&story.operator, "templateUpdate", FIELDS, change).await }
        });
        let outcomes = futures_util::future::join_all(calls).await;
        let won: Vec<_> = outcomes.iter().filter(|outcome| outcome["userErrors"] == json!([])).collect();
        assert_eq!(won.len(), 1, "{outcomes:#?}");
        assert!(outcomes.iter().filter(|outcome| outcome["userErrors"] != json!([])).all(|outcome| outcome["userErrors"][0]["code"] == "WRONG_REVISION"));
        let now = story.app.ask(&story.operator, "{ template(by: { key: \"promise\" }) { revision title } }", json!({})).await["template"].clone();
        assert_eq!((&now["revision"], &now["title"]), (&json!(3), &won[0]["template"]["title"]));
    }

    async fn what_cannot_be_a_template_is_refused(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let made = create(&story, &story.operator, draft("mine", &[("en", "Hello")])).await;
        let good = || draft("other", &[("en", "Hello")]);
        let text = |source: &str| draft("other", &[("en", source)]);
        let texts: Vec<_> = (0..21).map(|number| json!({ "locale": "fr", "text": number.to_string() })).collect();
        for (input, field, code_, part) in [
            (with(good(), "key", json!("Not a key")), json!(["key"]), "INVALID", "lower-case"),
            (with(good(), "key", json!("mine")), json!(["key"]), "INVALID", "already"),
            (with(good(), "title", json!("")), json!(["title"]), "LENGTH", "title"),
            (with(good(), "reason", json!("Not A Reason")), json!(["reason"]), "INVALID", "contact reason"),
            (with(good(), "users", json!("OWNER")), json!(["users"]), "INVALID", "operator"),
            (with(good(), "texts", json!([])), json!(["texts"]), "INVALID", "one language"),
            (with(good(), "texts", json!(texts)), json!(["texts"]), "TOO_MANY", "20"),
            (with(good(), "texts", json!([{ "locale": "french", "text": "x" }])), json!(["texts", "0", "locale"]), "INVALID", "language tag"),
            (draft("other", &[("fr", "a"), ("FR", "b")]), json!(["texts", "1", "locale"]), "DUPLICATE", "fr"),
            (text(""), json!(["texts", "0", "text"]), "LENGTH", "10000"),
            (text(&"x".repeat(10_001)), json!(["texts", "0", "text"]), "LENGTH", "10000"),
            (text("a\nb {{ buyer.alias"), json!(["texts", "0", "text"]), "INVALID", "Line 2"),
            (text("{% for x in order %}{% endfor %}"), json!(["texts", "0", "text"]), "INVALID", "`for`"),
            (text("{{ mediator }} {{ buyer.email }}"), json!(["texts", "0", "text"]), "INVALID", "buyer.email, mediator"),
            (with(text("{{ buyer.name }}"), "users", json!("EVERYBODY")), json!(["texts", "0", "text"]), "INVALID", "buyer.alias"),
            (with(text("{{ buyer.name }}"), "reader", json!("SELLER")), json!(["texts", "0", "text"]), "INVALID", "buyer.alias"),
            (with(good(), "variables", json!(["case"])), json!(["variables", "0"]), "INVALID", "named by"),
            (with(good(), "variables", json!(["a", "a"])), json!(["variables", "1"]), "DUPLICATE", "`a`"),
            (with(good(), "variables", json!(vec!["a"; 31])), json!(["variables"]), "TOO_MANY", "30"),
        ] {
            let refused = story.app.try_act(&story.operator, "templateCreate", FIELDS, input.clone()).await;
            assert_eq!(code(&refused), (field, json!(code_)), "{input:#} {refused:#}");
            assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains(part), "{refused:#}");
        }
        let none = json!({ "id": TemplateId::generate().to_string(), "revision": 1 });
        let mine = json!({ "id": made["id"], "revision": 1 });
        let shipped = story.app.ask(&story.operator, "{ template(by: { key: \"resolved\" }) { id } }", json!({})).await["template"]["id"].clone();
        let shipped = json!({ "id": shipped, "revision": 1 });
        for (token, input, expected) in [
            (&story.operator, &none, (json!(["id"]), json!("NOT_FOUND"))),
            (&story.operator, &shipped, (json!(["id"]), json!("INVALID"))),
            (&story.seller, &mine, (json!(["id"]), json!("NOT_FOUND"))),
            (&story.vendor, &mine, (Value::Null, json!("NOT_ALLOWED"))),
        ] {
            assert_eq!(code(&story.app.try_act(token, "templateDelete", "deletedId", input.clone()).await), expected);
        }
        let offered = create(&story, &story.operator, with(draft("offered", &[("en", "Hi")]), "users", json!("EVERYBODY"))).await;
        let refused = story.app.try_act(&story.seller, "templateDelete", "deletedId", json!({ "id": offered["id"], "revision": 1 })).await;
        assert_eq!(code(&refused), (json!(["id"]), json!("NOT_ALLOWED")), "seen, and not theirs");
        let refused = story.app.try_act(&story.vendor, "templateCreate", FIELDS, good()).await;
        assert_eq!(code(&refused).1, "NOT_ALLOWED");
        assert_eq!(keys(&story, &story.operator, json!({})).await.len(), built_in().len() + 2, "nothing was written");
    }

    async fn a_text_says_what_it_may(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.open(Opening::new(&format!("{ORDER}, appelez le 06 12 34 56 78"), "Bonjour, où est mon colis ?")).await;
        let case = case_of(&story, ticket).await;
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        let all = "{{ buyer.alias }} | {{ seller.name }} | {{ marketplace.name }} | {{ case.subject }} | {{ case.status }} | {{ case.due }} | {{ order.reference }} | {{ order.total }} | {{ sender.name }} | {{ word }}";
        let input = with(with(draft("all", &[("fr", all), ("en", all)]), "variables", json!(["word"])), "users", json!("EVERYBODY"));
        create(&story, &story.operator, input).await;
        let ask = |locale: Value| json!({ "template": { "key": "all" }, "caseId": case, "locale": locale, "variables": [{ "name": "word", "value": "{{ mot }}" }] });
        let said = render(&story, &story.seller, ask(Value::Null)).await;
        let expected = format!("Marie D. | Boutique Alma | Bazar | {ORDER}, appelez le [numéro de téléphone masqué] | en attente d’une réponse du vendeur | mardi 24\u{a0}novembre 2026 à 10\u{a0}h | {ORDER} | 59,80\u{a0}€ | Boutique Alma | {{{{ mot }}}}");
        assert_eq!((&said["locale"], &said["text"]), (&json!("fr"), &json!(expected)), "{said:#}");
        let said = render(&story, &story.seller, ask(json!("en-GB"))).await;
        assert_eq!(said["locale"], "en");
        assert!(said["text"].as_str().unwrap().contains("Tuesday 24 November 2026 at 10:00 | MK-1001 | €59.80"), "{said:#}");

        // The full name: where no seller writes or reads it.
        create(&story, &story.operator, draft("name", &[("fr", "{{ buyer.name }}")])).await;
        let name = |thread: Option<&Value>| json!({ "template": { "key": "name" }, "caseId": case, "threadId": thread });
        let missing = (json!(["variables", "buyer.name"]), json!("INVALID"));
        assert_eq!(code(&render(&story, &story.operator, name(None)).await), missing, "the seller reads the buyer's thread");
        assert_eq!(code(&render(&story, &story.operator, name(Some(&json!(thread)))).await), missing);
        let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case], "kind": "OPERATOR_BUYER" })).await;
        assert_eq!(render(&story, &story.operator, name(Some(&opened["thread"]["id"]))).await["text"], "Marie Dupont");
        assert_eq!(code(&render(&story, &story.seller, name(None)).await), (json!(["template"]), json!("NOT_FOUND")), "the operator's alone");
    }

    async fn a_case_keeps_the_language_of_its_buyer(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        // The simulated Zendesk has everybody in `en-US`.
        for (subject, text, language) in [
            ("Question", "Bonjour, est-ce que vous avez cette théière en bleu ?", "fr"),
            ("Question", "Hello, do you have this teapot in blue? Thank you very much.", "en-US"),
            ("4711", "4711 ?!", "en-US"),
        ] {
            let ticket = story.desk.sim.open_ticket(&story.buyer, Opening::new(subject, text));
            story.desk.settle(&story.app).await;
            assert_eq!(story.case(ticket, "language").await["language"], language, "{text}");
        }
        let other = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let ticket = other.desk.sim.open_ticket(&other.buyer, Opening::new("4711", "4711 ?!"));
        other.desk.settle(&other.app).await;
        assert_eq!(other.case(ticket, "language").await["language"], "fr", "the marketplace's");

        let opening = |text: &str, language: Value, key: &str| json!({ "subject": "4711", "buyerName": "Marie", "buyerEmail": "marie@example.org", "text": text, "language": language, "idempotencyKey": key });
        let english = "Hello, do you have this teapot in blue? Thank you very much.";
        for (text, told, language) in [("4711", Value::Null, "fr"), (english, Value::Null, "en"), (english, json!("PT-br"), "pt-BR")] {
            let opened = story.app.act(&story.vendor, "caseOpen", "case { language }", opening(text, told.clone(), &format!("{text} {told}"))).await;
            assert_eq!(opened["case"]["language"], language);
        }
        let refused = story.app.try_act(&story.vendor, "caseOpen", "case { id }", opening(english, json!("portugais"), "k")).await;
        assert_eq!(code(&refused), (json!(["language"]), json!("INVALID")));
        let refused = story.app.try_act(&story.vendor, "caseOpen", "case { id }", opening(english, json!("fr"), &format!("{english} null"))).await;
        assert_eq!(code(&refused), (json!(["idempotencyKey"]), json!("IDEMPOTENCY_CONFLICT")));
    }

    async fn templates_go_by_the_language_of_the_case(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let case = case_of(&story, ticket).await;
        create(&story, &story.operator, draft("three", &[("de", "Guten Tag"), ("fr", "Bonjour"), ("en", "Hello")])).await;
        let said = async || render(&story, &story.operator, json!({ "template": { "key": "three" }, "caseId": case })).await["text"].clone();
        assert_eq!(said().await, "Bonjour");
        let set = |language: &str| json!({ "caseId": case, "language": language });
        for (language, text) in [("de-AT", "Guten Tag"), ("pt", "Bonjour"), ("en-GB", "Hello")] {
            let done = story.app.act(&story.operator, "caseSetLanguage", "case { language }", set(language)).await;
            assert_eq!((&done["case"]["language"], said().await), (&json!(language), json!(text)));
        }
        story.app.act(&story.operator, "caseSetLanguage", "case { language }", set("en-GB")).await;
        let query = "query($by: CaseByInput!) { case(by: $by) { language timeline { nodes { ... on CaseLanguageSetEvent { from to } } } } }";
        let seen = story.app.ask(&story.seller, query, json!({ "by": { "id": case } })).await["case"].clone();
        let events: Vec<_> = seen["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item.get("to").is_some()).collect();
        assert_eq!(events, [&json!({ "from": "fr", "to": "de-AT" }), &json!({ "from": "de-AT", "to": "pt" }), &json!({ "from": "pt", "to": "en-GB" })]);
        for (token, input, expected) in [
            (&story.operator, set("deutsch"), (json!(["language"]), json!("INVALID"))),
            (&story.operator, json!({ "caseId": CaseId::generate().to_string(), "language": "de" }), (json!(["caseId"]), json!("NOT_FOUND"))),
            (&story.other_seller, set("de"), (json!(["caseId"]), json!("NOT_FOUND"))),
            (&story.seller, set("de"), (Value::Null, json!("NOT_ALLOWED"))),
            (&story.vendor, set("de"), (Value::Null, json!("NOT_ALLOWED"))),
        ] {
            assert_eq!(code(&story.app.try_act(token, "caseSetLanguage", "case { id }", input).await), expected);
        }
        story.app.act(&story.operator, "caseClose", "case { id }", json!({ "caseId": case })).await;
        let late = story.app.try_act(&story.operator, "caseSetLanguage", "case { id }", set("de")).await;
        assert_eq!(code(&late).1, "NOT_IN_THIS_STATE");
    }

    async fn what_is_missing_or_wrong_is_told(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.desk.sim.open_ticket(&story.buyer, Opening::new("A question", "Hello, do you have this in blue? Thank you very much."));
        story.desk.settle(&story.app).await;
        let case = case_of(&story, ticket).await;
        let key = |key: &str, variables: Value| json!({ "template": { "key": key }, "caseId": case, "variables": variables });
        let told = render(&story, &story.operator, key("operator_cannot_intervene", json!([]))).await;
        let fields: Vec<_> = told["userErrors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, [json!(["variables", "mediator"]), json!(["variables", "reason"])]);
        assert_eq!((&told["text"], &told["locale"]), (&Value::Null, &Value::Null));
        assert!(told["userErrors"][0]["message"].as_str().unwrap().contains("`mediator`"));
        let given = json!([{ "name": "mediator", "value": "CM2C, 49 rue de Ponthieu, 75008 Paris" }, { "name": "reason", "value": "none." }]);
        let said = render(&story, &story.operator, key("operator_cannot_intervene", given)).await;
        assert_eq!(said["locale"], "en", "the buyer writes English in a French marketplace");
        assert!(said["text"].as_str().unwrap().contains("free of charge: CM2C, 49 rue"), "{said:#}");
        let french = render(&story, &story.operator, with(key("acknowledgement", json!([])), "locale", json!("fr-BE"))).await;
        assert_eq!(french["locale"], "fr");
        create(&story, &story.operator, draft("german", &[("de", "Guten Tag")])).await;
        assert_eq!(render(&story, &story.operator, key("german", json!([]))).await["locale"], "de", "any, when there is no better");
        create(&story, &story.operator, draft("total", &[("de", "{{ order.total }}")])).await;
        let elsewhere = story.ticket().await;
        let foreign = story.thread(elsewhere, "SELLER_BUYER").await;
        let value = |name: &str, value: &str| json!([{ "name": name, "value": value }]);
        for (input, expected) in [
            (key("total", json!([])), (json!(["variables", "order.total"]), json!("INVALID"))),
            (key("nothing", json!([])), (json!(["template"]), json!("NOT_FOUND"))),
            (with(key("german", json!([])), "caseId", json!(CaseId::generate().to_string())), (json!(["caseId"]), json!("NOT_FOUND"))),
            (with(key("german", json!([])), "threadId", json!(ThreadId::generate().to_string())), (json!(["threadId"]), json!("NOT_FOUND"))),
            (with(key("german", json!([])), "threadId", json!(foreign)), (json!(["threadId"]), json!("NOT_FOUND"))),
            (with(key("german", json!([])), "locale", json!("deutsch")), (json!(["locale"]), json!("INVALID"))),
            (key("german", value("x", "y")), (json!(["variables", "0", "name"]), json!("INVALID"))),
            (key("ask_clarification", value("question", &"x".repeat(1_001))), (json!(["variables", "0", "value"]), json!("LENGTH"))),
        ] {
            assert_eq!(code(&render(&story, &story.operator, input.clone()).await), expected, "{input:#}");
        }
        assert_eq!(code(&render(&story, &story.vendor, key("german", json!([]))).await), (Value::Null, json!("NOT_ALLOWED")));
        assert_eq!(code(&render(&story, &story.seller, key("resolved", json!([]))).await), (json!(["caseId"]), json!("NOT_FOUND")), "not the seller's case");
    }

    async fn a_case_names_the_templates_that_fit(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        create(&story, &story.operator, with(draft("after", &[("fr", "x")]), "phase", json!("AFTER_SALE"))).await;
        create(&story, &story.operator, with(draft("before", &[("fr", "x")]), "phase", json!("PRE_SALE"))).await;
        create(&story, &story.operator, with(draft("late", &[("fr", "x")]), "reason", json!("not_received"))).await;
        let fitting = story.case(ticket, "suggestedTemplates(first: 100) { key }").await["suggestedTemplates"].clone();
        let keys: Vec<_> = fitting.as_array().unwrap().iter().map(|template| template["key"].as_str().unwrap()).collect();
        assert_eq!((keys.len(), keys[0], keys[keys.len() - 1]), (built_in().len() + 2, "after", "late"), "{keys:?}");
        assert!(!keys.contains(&"before"));
        assert_eq!(story.case(ticket, "suggestedTemplates { key }").await["suggestedTemplates"].as_array().unwrap().len(), 5);
        let query = "{ cases(first: 50) { nodes { suggestedTemplates { key } } } }";
        let count = |statements: Vec<String>| statements.iter().filter(|sql| sql.contains("\"templates\"")).count();
        let (seen, statements) = story.app.statements(story.app.ask(&story.seller, query, json!({}))).await;
        assert_eq!(seen["cases"]["nodes"][0]["suggestedTemplates"].as_array().unwrap().len(), 5);
        assert_eq!(count(statements), 1, "one statement, however many cases");
        assert_eq!(story.app.ask(&story.vendor, query, json!({})).await["cases"]["nodes"][0]["suggestedTemplates"], json!([]));
    }
}
