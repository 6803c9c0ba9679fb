//! Contact details: what buyer and seller do not read of each other's words, whatever way they read them.

use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, Opening};
use trilogue::domain::charter::Charter;
use trilogue::domain::masking::{Masking, MaskingMode};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, ORDER, Socket, Story, on_both_databases};

const BUYERS: &str = "Appelez-moi au 06 12 34 56 78 ou marie@example.org, commande MK-1001";
const BUYERS_MASKED: &str = "Appelez-moi au [numéro de téléphone masqué] ou [adresse e-mail masquée], commande MK-1001";
const SELLERS: &str = "😀 Écrivez à shop@alma.example, suivi https://carrier.example/MK-1001 et https://alma.example/x";
const SELLERS_MASKED: &str = "😀 Écrivez à [adresse e-mail masquée], suivi https://carrier.example/MK-1001 et [lien masqué]";

fn rules(mode: MaskingMode) -> Charter {
    let allowed_hosts = ["carrier.example".parse().unwrap()].into();
    Charter { masking: Masking { mode, allowed_hosts, ..Masking::default() }, ..Charter::default() }
}

const TEXTS: &str = "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { text html } } } } }";

/// Text and markup of every message of a thread, as this viewer reads them.
async fn read(story: &Story, token: &str, thread: &str) -> Vec<(Value, Value)> {
    let seen = story.app.ask(token, TEXTS, json!({ "id": thread })).await;
    let messages = seen["node"]["messages"]["nodes"].as_array().unwrap_or_else(|| panic!("{seen:#}"));
    messages.iter().map(|message| (message["text"].clone(), message["html"].clone())).collect()
}

/// A ticket whose buyer gives contact details away, in its subject too.
async fn ticket(story: &Story) -> (u64, String) {
    let subject = format!("{ORDER} : rappelez le 06 12 34 56 78");
    let ticket = story.open(Opening::new(&subject, BUYERS)).await;
    (ticket, story.thread(ticket, "SELLER_BUYER").await)
}

const LIVE: &str = "subscription($since: ID) { timelineItemAdded(since: $since) { ... on MessagePostedEvent { message { text } } } }";

/// The viewer's live timeline, from now on.
async fn live(story: &Story, token: &str) -> Socket {
    let last = "{ cases(first: 1) { nodes { timeline(last: 1) { nodes { id } } } } }";
    let last = story.app.ask(token, last, json!({})).await["cases"]["nodes"][0]["timeline"]["nodes"][0]["id"].clone();
    Socket::follow(&story.app.url, token, LIVE, json!({ "since": last })).await
}

async fn each_side_reads_its_own(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, rules(MaskingMode::Mask)).await;
    let (ticket, thread) = ticket(&story).await;
    let second = "Mon mail : marie@example.org, ou https://marie.example/me";
    story.desk.sim.comment(ticket, &story.buyer, second, Audience::Public).unwrap();
    story.desk.settle(&story.app).await;
    let (mut storefront, mut sellers) = (live(&story, &story.vendor).await, live(&story, &story.seller).await);

    let input = json!({ "threadId": thread, "text": SELLERS, "idempotencyKey": "k" });
    let fields = "message { text } warnings { reader kind start end replacedBy }";
    let posted = story.app.act(&story.seller, "messagePost", fields, input).await;
    assert_eq!(posted["message"]["text"], SELLERS, "the author reads what it wrote");
    let warnings = posted["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2);
    assert_eq!(
        warnings[0],
        json!({ "reader": "BUYER", "kind": "EMAIL", "start": 13, "end": 30, "replacedBy": "[adresse e-mail masquée]" })
    );
    assert_eq!(warnings[1]["kind"], "LINK");
    assert_eq!(storefront.next().await["timelineItemAdded"]["message"]["text"], SELLERS_MASKED, "through the buyer's eyes");
    assert_eq!(sellers.next().await["timelineItemAdded"]["message"]["text"], SELLERS);
    story.desk.settle(&story.app).await;

    let texts = |seen: &[(Value, Value)]| seen.iter().map(|(text, _)| text.as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let seen = read(&story, &story.seller, &thread).await;
    assert!(texts(&seen)[0].contains(BUYERS_MASKED), "{seen:#?}");
    for (text, html) in &seen[..2] {
        for secret in ["06 12", "marie@", "marie.example"] {
            assert!(!text.as_str().unwrap().contains(secret) && !html.to_string().contains(secret), "{text} {html}");
        }
    }
    assert!(seen[1].1.is_string(), "the markup is there, without the details: {seen:#?}");
    for (token, sellers) in [(&story.operator, SELLERS), (&story.vendor, SELLERS_MASKED)] {
        let seen = texts(&read(&story, token, &thread).await);
        assert!(seen[0].contains(BUYERS), "{seen:#?}");
        assert!(seen[1].contains("marie@example.org"), "{seen:#?}");
        assert_eq!(seen[2], sellers);
    }

    // The buyer reads the ticket.
    story.assert_said_once_in_ticket(ticket, SELLERS_MASKED);
    assert_eq!(story.said(ticket, "shop@alma.example").len(), 0);
    assert_eq!(story.on_their_way(ticket).await[2], (SELLERS.to_owned(), "DELIVERED".to_owned()), "the echo is no second message");
    let subject = "{ cases(first: 1) { nodes { subject } } }";
    assert_eq!(
        story.app.ask(&story.seller, subject, json!({})).await["cases"]["nodes"][0]["subject"],
        format!("{ORDER} : rappelez le [numéro de téléphone masqué]")
    );
    assert_eq!(
        story.app.ask(&story.operator, subject, json!({})).await["cases"]["nodes"][0]["subject"],
        format!("{ORDER} : rappelez le 06 12 34 56 78")
    );
}

impl Story {
    fn assert_said_once_in_ticket(&self, ticket: u64, words: &str) {
        let said = self.said(ticket, words);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert_eq!(said[0].audience, Audience::Public);
    }
}

const PREVIEW: &str = "query($input: MessagePreviewInput!) { messagePreview(input: $input) {
    readings { reader text hidden { kind start end replacedBy } } userErrors { field code } } }";

async fn preview(story: &Story, token: &str, thread: &str, text: &str) -> Value {
    let input = json!({ "threadId": thread, "text": text });
    story.app.ask(token, PREVIEW, json!({ "input": input })).await["messagePreview"].clone()
}

crate::harness::in_both_products! {
    who_may_not_read_a_detail_does_not_find_it => hidden_details_are_not_found;
    buyer_and_seller_read_each_other_masked => each_side_reads_its_own;
}

/// Who may not read a detail cannot find out about it by searching for it either.
async fn hidden_details_are_not_found(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, rules(MaskingMode::Mask)).await;
    let (_, thread) = ticket(&story).await;
    story.post(&story.seller, &thread, SELLERS).await;
    let found = async |token: &str, words: &str| {
        let query = "query($words: String!) { search(query: $words, first: 9) { nodes { node { __typename } } } }";
        story.app.ask(token, query, json!({ "words": words })).await["search"]["nodes"].as_array().unwrap().len()
    };
    for (words, operator, seller, vendor) in
        [("\"06 12 34 56 78\"", 2, 0, 0), ("appelez", 1, 1, 1), ("\"shop@alma.example\"", 1, 0, 0), ("rappelez", 1, 1, 1)]
    {
        let seen = (found(&story.operator, words).await, found(&story.seller, words).await, found(&story.vendor, words).await);
        assert_eq!(seen, (operator, seller, vendor), "{words}");
    }
}

on_both_databases! {
    async fn the_author_is_told_before(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, rules(MaskingMode::Mask)).await;
        let (_, thread) = ticket(&story).await;
        let told = preview(&story, &story.seller, &thread, SELLERS).await;
        assert_eq!(told["userErrors"], json!([]));
        let readings = told["readings"].as_array().unwrap();
        assert_eq!(readings.len(), 2, "{told:#}");
        assert_eq!((&readings[0]["reader"], &readings[0]["text"]), (&json!("BUYER"), &json!(SELLERS_MASKED)));
        assert_eq!((&readings[1]["reader"], &readings[1]["text"], &readings[1]["hidden"]), (&json!("OPERATOR"), &json!(SELLERS), &json!([])));
        let units: Vec<u16> = SELLERS.encode_utf16().collect();
        let part = |index: usize, field: &str| usize::try_from(readings[0]["hidden"][index][field].as_u64().unwrap()).unwrap();
        let cut = String::from_utf16(&units[part(1, "start")..part(1, "end")]).unwrap();
        assert_eq!(cut, "https://alma.example/x");
        // Nothing was written, and what cannot be posted cannot be previewed.
        assert_eq!(read(&story, &story.operator, &thread).await.len(), 1);
        let code = |told: &Value| (told["userErrors"][0]["code"].clone(), told["userErrors"][0]["field"].clone(), told["readings"].clone());
        let expected = |code: &str, field: &str| (json!(code), json!([field]), json!([]));
        assert_eq!(code(&preview(&story, &story.seller, &thread, " ").await), expected("LENGTH", "text"));
        assert_eq!(code(&preview(&story, &story.seller, &thread, &"x".repeat(10_001)).await), expected("LENGTH", "text"));
        assert_eq!(code(&preview(&story, &story.other_seller, &thread, "a").await), expected("NOT_FOUND", "threadId"));
        assert_eq!(code(&preview(&story, &story.vendor, &thread, "a").await), expected("NOT_ALLOWED", "threadId"));
        assert_eq!(code(&preview(&story, &story.operator, &thread, "a").await), expected("ESCALATE_FIRST", "threadId"));
    }

    async fn private_talk_stays_as_it_is(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, rules(MaskingMode::Mask)).await;
        let (ticket, _) = ticket(&story).await;
        let case = story.case(ticket, "id").await["id"].clone();
        let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case], "kind": "OPERATOR_SELLER" })).await;
        let thread = opened["thread"]["id"].as_str().unwrap().to_owned();
        story.post(&story.operator, &thread, "Appelez le 06 12 34 56 78").await;
        story.post(&story.seller, &thread, SELLERS).await;
        for token in [&story.seller, &story.operator] {
            let seen: Vec<_> = read(&story, token, &thread).await.into_iter().map(|(text, _)| text).collect();
            assert_eq!(seen, ["Appelez le 06 12 34 56 78", SELLERS]);
        }
        let told = preview(&story, &story.seller, &thread, SELLERS).await;
        assert_eq!(told["readings"], json!([{ "reader": "OPERATOR", "text": SELLERS, "hidden": [] }]));
    }

    async fn a_marketplace_can_do_without(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Freshdesk, rules(MaskingMode::Off)).await;
        let (ticket, thread) = ticket(&story).await;
        story.post(&story.seller, &thread, SELLERS).await;
        story.desk.settle(&story.app).await;
        let seen = read(&story, &story.seller, &thread).await;
        assert!(seen[0].0.as_str().unwrap().contains(BUYERS));
        story.assert_said_once_in_ticket(ticket, SELLERS);
        let masking = "{ marketplace { masking { mode kinds allowedHosts } } }";
        let shown = story.app.ask(&story.vendor, masking, json!({})).await["marketplace"]["masking"].clone();
        assert_eq!(shown, json!({ "mode": "OFF", "kinds": [], "allowedHosts": ["carrier.example"] }));
    }

    async fn how_words_sound_is_for_the_operator(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.open(Opening::new(ORDER, "C'est une honte, vous êtes des voleurs ! Rendez-moi mon argent !")).await;
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        let query = "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { sentiment { label score language } } } } } }";
        let heard = |seen: Value| seen["node"]["messages"]["nodes"][0]["sentiment"].clone();
        let operator = heard(story.app.ask(&story.operator, query, json!({ "id": thread })).await);
        assert_eq!((&operator["label"], &operator["language"]), (&json!("STRONGLY_NEGATIVE"), &json!("fr")));
        assert!(operator["score"].as_i64().unwrap() < -700);
        for token in [&story.seller, &story.vendor] {
            assert_eq!(heard(story.app.ask(token, query, json!({ "id": thread })).await), Value::Null);
        }
    }
}
