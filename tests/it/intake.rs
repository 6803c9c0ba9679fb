//! From ticket to case: what comes in from a helpdesk, whose case it becomes, and who sees which words of it.

use serde_json::{Value, json};
use trilogue::demo::freshdesk::{FieldKind, FreshdeskOptions, FreshdeskSim, Language, Requirement, WebhookContent, WebhookSecret};
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::demo::peer::{Opening, TicketState, Urgency};
use trilogue::demo::zendesk::{WebhookMode, ZendeskOptions, ZendeskSim};
use trilogue::domain::charter::{Charter, ConversationMode, TicketSync};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::Credentials;
use trilogue::helpdesk::freshdesk::webhook::SECRET_HEADER;
use trilogue::jobs;

use crate::harness::{Db, Desk, ORDER, SECRET, Story, TestApp, on_both_databases, order};

/// Everything of a case that these tests look at.
const WHOLE: &str = "reference status owner priority buyer { displayName email } seller { name } order { reference }
    tickets { externalId presence } threads { id kind participants { party right }
    messages(first: 100) { nodes { id author text audience redactedAt } } }";

/// The words of the case's threads with the buyer, with who may see them.
fn words(case: &Value) -> Vec<(String, String, Value)> {
    let threads = case["threads"].as_array().unwrap().iter().filter(|thread| thread["kind"] != "OPERATOR_SELLER");
    let messages = threads.flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.map(|message| (text(&message["author"]), text(&message["text"]), message["audience"].clone())).collect()
}

fn all() -> Value {
    json!(["BUYER", "SELLER", "OPERATOR"])
}

fn operator_only() -> Value {
    json!(["OPERATOR"])
}

impl Story {
    async fn whole(&self, ticket: u64) -> Value {
        self.case(ticket, WHOLE).await
    }

    async fn open(&self, opening: Opening) -> u64 {
        let ticket = self.desk.sim.open_ticket(&self.buyer, opening);
        self.desk.settle(&self.app).await;
        ticket
    }

    /// The texts that the seller sees in the case of a ticket; none when the seller does not see the case.
    async fn seen_by_seller(&self, ticket: u64) -> Option<Vec<String>> {
        let reference = self.case(ticket, "reference").await["reference"].clone();
        let query = "{ cases(first: 20) { nodes { reference threads { messages(first: 20) { nodes { text } } } } } }";
        let seen = self.app.ask(&self.seller, query, json!({})).await;
        let case = seen["cases"]["nodes"].as_array().unwrap().iter().find(|case| case["reference"] == reference)?.clone();
        let threads = case["threads"].as_array().unwrap().clone();
        let messages = threads.iter().flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap().clone());
        Some(messages.map(|message| message["text"].as_str().unwrap().to_owned()).collect())
    }

    /// What happens when no webhook of it comes: the periodic reconcile finds it.
    async fn find_without_webhooks(&self) {
        self.desk.sim.take_webhooks();
        self.app.advance(chrono::TimeDelta::minutes(2));
        jobs::reconcile_now(&self.app.cx).await;
        self.desk.settle(&self.app).await;
    }
}

/// A story whose helpdesk has a field for the order.
async fn story_with_field(db: Db, kind: HelpdeskKind) -> (Story, String) {
    let app = TestApp::start(db).await;
    let (desk, field) = match kind {
        HelpdeskKind::Zendesk => {
            let sim = ZendeskSim::start(ZendeskOptions::new(app.clock.clone())).await.unwrap();
            let field = sim.add_ticket_field("Commande").to_string();
            let token = Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() };
            let desk =
                Desk::register(&app, kind, std::sync::Arc::new(sim.clone()), token, |set| set.order_field = Some(field.clone())).await;
            sim.connect_webhook_with(&desk.webhook_url, SECRET, WebhookMode::Trigger);
            (desk, field)
        }
        HelpdeskKind::Freshdesk => {
            let sim = FreshdeskSim::start(FreshdeskOptions::new(app.clock.clone())).await.unwrap();
            let field = sim.add_ticket_field("Commande", FieldKind::Text, Requirement::Optional);
            (freshdesk_desk(&app, &sim, Some(field.clone())).await, field)
        }
    };
    (Story::around(app, desk).await, field)
}

async fn freshdesk_desk(app: &TestApp, sim: &FreshdeskSim, order_field: Option<String>) -> Desk {
    let key = Credentials::Freshdesk { api_key: FreshdeskSim::API_KEY.to_owned().into() };
    let desk =
        Desk::register(app, HelpdeskKind::Freshdesk, std::sync::Arc::new(sim.clone()), key, |set| set.order_field = order_field).await;
    let secret = WebhookSecret::Header { name: SECRET_HEADER.to_owned(), value: SECRET.to_owned() };
    sim.connect_webhook(&desk.webhook_url, WebhookContent::Advanced, secret);
    desk
}

async fn the_order_is_found(db: Db, kind: HelpdeskKind) {
    let (story, field) = story_with_field(db, kind).await;
    let foreign = json!({ "orders": [{ "reference": "MK-9009", "sellerExternalId": "brio", "buyerEmail": "paul@example.org",
        "total": { "amount": "1.00", "currencyCode": "EUR" }, "placedAt": "2026-11-01T10:00:00Z", "lines": [] }] });
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", foreign).await;
    for (what, opening, expected) in [
        ("in the field", Opening::new("Bonjour", "Où est-il ?").field(&field, ORDER), json!(ORDER)),
        ("in the field, before what the subject names", Opening::new("Commande MK-2002", "?").field(&field, ORDER), json!(ORDER)),
        ("in the field, with blanks", Opening::new("Bonjour", "?").field(&field, " MK-1001 "), json!(ORDER)),
        ("nonsense in the field, but in the subject", Opening::new("MK-1001 perdu", "?").field(&field, "?"), json!(ORDER)),
        ("in the subject", Opening::new("Colis perdu (commande MK-1001).", "?"), json!(ORDER)),
        ("in the words", Opening::new("Bonjour", "Ma commande n° MK-1001, merci"), json!(ORDER)),
        ("nowhere", Opening::new("Bonjour", "Où est mon colis de 2026 ?"), Value::Null),
        ("another buyer's, in free text", Opening::new("Commande MK-9009", "MK-9009"), Value::Null),
        ("another buyer's, named before one's own", Opening::new("MK-9009 et MK-1001", "?"), json!(ORDER)),
    ] {
        let ticket = story.open(opening).await;
        let case = story.whole(ticket).await;
        assert_eq!(case["order"]["reference"], expected, "{what}: {case:#}");
        let (status, thread) = if expected.is_null() { ("WAITING_OPERATOR", "OPERATOR_BUYER") } else { ("WAITING_SELLER", "SELLER_BUYER") };
        assert_eq!((&case["status"], &case["threads"][0]["kind"]), (&json!(status), &json!(thread)), "{what}");
        assert_eq!(story.seen_by_seller(ticket).await.is_some(), expected == ORDER, "{what}");
    }
    // Not everything that looks like an order is one: the seller of the foreign one hears nothing.
    let others = story.app.ask(&story.other_seller, "{ cases { nodes { reference } } }", json!({})).await;
    assert_eq!(others["cases"]["nodes"], json!([]));
}

async fn the_order_is_named_later(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.open(Opening::new("Bonjour", "Où est mon colis ?")).await;
    assert_eq!(story.whole(ticket).await["owner"], "OPERATOR");
    sim.comment(ticket, &story.buyer, "C'est la commande MK-1001", Public).unwrap();
    story.desk.settle(&story.app).await;
    let case = story.whole(ticket).await;
    assert_eq!((&case["order"]["reference"], &case["status"], &case["owner"]), (&json!(ORDER), &json!("WAITING_SELLER"), &json!("SELLER")));
    assert_eq!(story.seen_by_seller(ticket).await.unwrap(), ["Où est mon colis ?", "C'est la commande MK-1001"]);

    // The words are there before the marketplace's software tells of the order.
    let late = story.open(Opening::new("Bonjour", "La commande MK-7007 n'arrive pas")).await;
    assert_eq!(story.whole(late).await["order"], Value::Null);
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order("MK-7007", "alma")] })).await;
    sim.comment(late, &story.buyer, "Toujours rien", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.whole(late).await["order"]["reference"], "MK-7007", "the first words are still read");

    let third = story.open(Opening::new("Bonjour", "Rien reçu")).await;
    let input = json!({ "caseId": story.case(third, "id").await["id"], "orderReference": ORDER });
    story.app.act(&story.vendor, "caseAttachOrder", "case { id }", input).await;
    story.desk.settle(&story.app).await;
    assert_eq!(story.whole(third).await["status"], "WAITING_SELLER");
    assert_eq!(sim.ticket(third).unwrap().state, TicketState::OnHold);
}

async fn a_pattern_of_ones_own(db: Db, kind: HelpdeskKind) {
    let charter = Charter { order_pattern: Some(r"cde\s*([A-Z]{2}-\d+)".parse().unwrap()), ..Charter::default() };
    let story = Story::begin_with(db, kind, charter).await;
    let named = story.open(Opening::new("Retard", "Ma cde MK-1001 !")).await;
    let unmarked = story.open(Opening::new("Retard de MK-1001", "?")).await;
    assert_eq!(story.whole(named).await["order"]["reference"], ORDER);
    assert_eq!(story.whole(unmarked).await["order"], Value::Null, "only what the marketplace's pattern takes");
}

async fn words_of_agents(db: Db, kind: HelpdeskKind) {
    for (mode, order, shown) in [
        (ConversationMode::SellerFirst, ORDER, all()),
        (ConversationMode::Tripartite, ORDER, all()),
        (ConversationMode::OperatorOnly, ORDER, json!(["BUYER", "OPERATOR"])),
        (ConversationMode::SellerFirst, "sans commande", all()),
    ] {
        let story = Story::begin_with(db, kind, Charter { conversation_mode: mode, ..Charter::default() }).await;
        let sim = &story.desk.sim;
        let ticket = story.open(Opening::new(order, "Bonjour")).await;
        let agent = sim.add_agent("Ana Agent");
        sim.comment(ticket, &agent, "Nous regardons.", Public).unwrap();
        sim.comment(ticket, &agent, "Client difficile.", Internal).unwrap();
        story.desk.settle(&story.app).await;
        let case = story.whole(ticket).await;
        let expected = [
            ("BUYER", "Bonjour", all()),
            ("OPERATOR", "Nous regardons.", shown.clone()),
            ("OPERATOR", "Client difficile.", operator_only()),
        ];
        assert_eq!(words(&case), expected.map(|(author, text, audience)| (author.to_owned(), text.to_owned(), audience)), "{mode:?}");
        let seen = story.seen_by_seller(ticket).await;
        match (mode, order) {
            (ConversationMode::SellerFirst | ConversationMode::Tripartite, ORDER) => {
                assert_eq!(seen.unwrap(), ["Bonjour", "Nous regardons."], "{mode:?}");
            }
            (ConversationMode::OperatorOnly, _) => assert_eq!(seen, Some(vec![]), "the case is the seller's, the talk is not"),
            _ => assert_eq!(seen, None),
        }
        let storefront = "query($by: CaseByInput!) { case(by: $by) { threads { messages(first: 100) { nodes { text } } } } }";
        let by = json!({ "by": { "reference": case["reference"] } });
        let storefront = story.app.ask(&story.vendor, storefront, by).await.to_string();
        assert!(storefront.contains("Nous regardons") && !storefront.contains("difficile"), "a note is not for the buyer: {storefront}");
        assert_eq!(sim.comments(ticket).len(), 3, "nothing is said back");
    }
}

/// An agent's comment when the seller was let into the operator's thread with the buyer: the mode alone does not decide.
async fn an_admitted_seller(db: Db, kind: HelpdeskKind) {
    let story = Story::begin_with(db, kind, Charter { conversation_mode: ConversationMode::OperatorOnly, ..Charter::default() }).await;
    let ticket = story.ticket().await;
    let agent = story.desk.sim.add_agent("Ana Agent");
    story.desk.sim.comment(ticket, &agent, "Avant.", Public).unwrap();
    story.desk.settle(&story.app).await;
    let thread = story.thread(ticket, "OPERATOR_BUYER").await;
    let input = json!({ "threadId": thread, "party": "SELLER", "right": "FOLLOW", "history": "HIDDEN" });
    story.app.act(&story.operator, "participantAdd", "participant { id }", input).await;
    story.desk.sim.comment(ticket, &agent, "Après.", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.seen_by_seller(ticket).await.unwrap(), ["Après."]);
    let audiences: Vec<_> = words(&story.whole(ticket).await).into_iter().map(|(_, _, audience)| audience).collect();
    assert_eq!(audiences[1..], [json!(["BUYER", "OPERATOR"]), all()]);
}

async fn state_and_priority(db: Db, kind: HelpdeskKind) {
    for sync in [TicketSync::BothWays, TicketSync::FromHelpdesk, TicketSync::ToHelpdesk, TicketSync::Off] {
        let story = Story::begin_with(db, kind, Charter { ticket_sync: sync, ..Charter::default() }).await;
        let (app, sim) = (&story.app, &story.desk.sim);
        let ticket = story.ticket().await;
        let opened = sim.ticket(ticket).unwrap();
        assert_eq!(opened.state == TicketState::OnHold, sync.writes(), "{sync:?}: {:?}", opened.state);

        let id = story.case(ticket, "id").await["id"].clone();
        app.act(&story.operator, "casePrioritize", "case { id }", json!({ "caseId": id, "priority": "URGENT" })).await;
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "Il part demain.").await;
        story.desk.settle(app).await;
        let answered = sim.ticket(ticket).unwrap();
        assert_eq!(answered.urgency == Some(Urgency::Urgent), sync.writes(), "{sync:?}: {answered:?}");
        assert_eq!(answered.state == TicketState::Pending, sync.writes(), "{sync:?}: {answered:?}");
        assert_eq!(sim.comments(ticket).len(), 2, "words go out whatever is said about states");

        sim.set_urgency(ticket, Urgency::High).unwrap();
        sim.set_state(ticket, TicketState::Solved).unwrap();
        story.desk.settle(app).await;
        let case = story.whole(ticket).await;
        let expected = if sync.reads() { ("RESOLVED", "HIGH") } else { ("WAITING_BUYER", "URGENT") };
        assert_eq!((case["status"].as_str().unwrap(), case["priority"].as_str().unwrap()), expected, "{sync:?}");

        sim.comment(ticket, &story.buyer, "Non, toujours rien !", Public).unwrap();
        story.desk.settle(app).await;
        assert_eq!(story.whole(ticket).await["status"], "WAITING_SELLER", "{sync:?}: the buyer's words count in any case");
        let end = sim.ticket(ticket).unwrap();
        assert_eq!(end.state == TicketState::OnHold, sync.writes(), "{sync:?}: {end:?}");
    }
}

/// The agent's states that mean something to a case, each from each.
async fn what_agents_set(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let set = async |state: TicketState| {
        sim.set_state(ticket, state).unwrap();
        story.desk.settle(&story.app).await;
        (story.whole(ticket).await["status"].as_str().unwrap().to_owned(), sim.ticket(ticket).unwrap().state)
    };
    assert_eq!(set(TicketState::Pending).await, ("WAITING_BUYER".to_owned(), TicketState::Pending));
    assert_eq!(set(TicketState::Solved).await, ("RESOLVED".to_owned(), TicketState::Solved));
    assert_eq!(set(TicketState::Pending).await, ("WAITING_BUYER".to_owned(), TicketState::Pending), "taken up again, with the buyer");
    assert_eq!(set(TicketState::Solved).await, ("RESOLVED".to_owned(), TicketState::Solved));
    assert_eq!(set(TicketState::OnHold).await, ("WAITING_SELLER".to_owned(), TicketState::OnHold));
    assert_eq!(set(TicketState::Solved).await, ("RESOLVED".to_owned(), TicketState::Solved));
    assert_eq!(set(TicketState::Open).await.0, "WAITING_SELLER");
    assert_eq!(set(TicketState::Closed).await, ("CLOSED".to_owned(), TicketState::Closed));
}

/// An agent was faster than our first look.
async fn seen_late(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let agent = sim.add_agent("Ana Agent");
    let acted = async |state: TicketState, words: Option<&str>| {
        let ticket = sim.open_ticket(&story.buyer, Opening::new(ORDER, "Bonjour"));
        if let Some(words) = words {
            sim.comment(ticket, &agent, words, Public).unwrap();
        }
        sim.set_state(ticket, state).unwrap();
        story.desk.settle(&story.app).await;
        (story.whole(ticket).await, sim.ticket(ticket).unwrap().state)
    };
    let (case, state) = acted(TicketState::Pending, Some("Un instant.")).await;
    assert_eq!((case["status"].as_str().unwrap(), state), ("WAITING_BUYER", TicketState::Pending), "what the agent set is not undone");
    let (case, state) = acted(TicketState::Solved, None).await;
    assert_eq!((case["status"].as_str().unwrap(), state), ("RESOLVED", TicketState::Solved));
    assert_eq!(words(&case).len(), 1, "a ticket of our time is ours, even if it is over by now");
}

async fn older_than_we_are(db: Db, kind: HelpdeskKind) {
    let app = TestApp::start(db).await;
    let sim = ZendeskSim::start(ZendeskOptions::new(app.clock.clone())).await.unwrap();
    let other = FreshdeskSim::start(FreshdeskOptions::new(app.clock.clone())).await.unwrap();
    let peer: std::sync::Arc<dyn trilogue::demo::peer::SimulatedHelpdesk> = match kind {
        HelpdeskKind::Zendesk => std::sync::Arc::new(sim.clone()),
        HelpdeskKind::Freshdesk => std::sync::Arc::new(other.clone()),
    };
    let buyer = peer.add_end_user("Marie Dupont", "marie@example.org");
    let (done, running) =
        (peer.open_ticket(&buyer, Opening::new("Vieux", "fini")), peer.open_ticket(&buyer, Opening::new("Vieux", "en cours")));
    peer.set_state(done, TicketState::Solved).unwrap();
    app.advance(chrono::TimeDelta::days(3));
    let desk = match kind {
        HelpdeskKind::Zendesk => {
            let token = Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() };
            let desk = Desk::register(&app, kind, peer, token, |_| {}).await;
            sim.connect_webhook_with(&desk.webhook_url, SECRET, WebhookMode::EventSubscribed);
            desk
        }
        HelpdeskKind::Freshdesk => freshdesk_desk(&app, &other, None).await,
    };
    let story = Story::around(app, desk).await;
    for ticket in [done, running] {
        story.desk.sim.set_urgency(ticket, Urgency::High).unwrap();
    }
    story.desk.settle(&story.app).await;
    assert_eq!(story.case(done, "id").await, Value::Null, "history is not imported");
    assert_eq!(story.whole(running).await["status"], "WAITING_OPERATOR");
}

async fn redacted_words(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let said = sim.comment(ticket, &story.buyer, "Ma carte 4111111111111111 a été débitée", Public).unwrap().comment.unwrap();
    story.desk.settle(&story.app).await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Votre code est motdepasse.").await;
    story.desk.settle(&story.app).await;
    assert!(story.seen_by_seller(ticket).await.unwrap().iter().any(|text| text.contains("41111111")));

    sim.redact_comment(ticket, said, "4111111111111111").unwrap();
    let ours = sim.comments(ticket).last().unwrap().number;
    sim.redact_comment(ticket, ours, "motdepasse").unwrap();
    match kind {
        HelpdeskKind::Zendesk => story.desk.settle(&story.app).await,
        // Freshdesk's rules hear nothing of it.
        HelpdeskKind::Freshdesk => story.find_without_webhooks().await,
    }
    let case = story.whole(ticket).await.to_string();
    assert!(!case.contains("41111111") && !case.contains("motdepasse"), "{case}");
    assert!(case.contains("Ma carte ▇") && case.contains("\"Votre code est ▇"), "{case}");
    let seen = story.seen_by_seller(ticket).await.unwrap();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen.iter().all(|text| !text.contains("41111111") && !text.contains("motdepasse")), "{seen:?}");
}

/// A redaction whose webhook was lost is found too.
async fn redacted_unheard(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    let said = story.desk.sim.comment(ticket, &story.buyer, "IBAN FR7612345", Public).unwrap().comment.unwrap();
    story.desk.settle(&story.app).await;
    story.app.advance(chrono::TimeDelta::minutes(2));
    story.desk.sim.redact_comment(ticket, said, "FR7612345").unwrap();
    story.find_without_webhooks().await;
    assert!(!story.whole(ticket).await.to_string().contains("FR7612345"));
}

async fn made_private(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let agent = sim.add_agent("Ana Agent");
    let said = sim.comment(ticket, &agent, "Le client ment.", Public).unwrap().comment.unwrap();
    story.desk.settle(&story.app).await;
    assert!(story.seen_by_seller(ticket).await.unwrap().contains(&"Le client ment.".to_owned()));
    sim.make_private(ticket, said).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.seen_by_seller(ticket).await.unwrap(), ["Où est mon colis ?"]);
    assert_eq!(words(&story.whole(ticket).await)[1], ("OPERATOR".to_owned(), "Le client ment.".to_owned(), operator_only()));
}

async fn merged(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let (source, target) = (story.ticket().await, story.open(Opening::new(ORDER, "Encore moi")).await);
    let references = (story.case(source, "reference").await, story.case(target, "reference").await);
    sim.merge(source, target).unwrap();
    story.desk.settle(&story.app).await;
    let (old, new) = (story.whole(source).await, story.whole(target).await);
    assert_eq!((&old["status"], &new["status"]), (&json!("CLOSED"), &json!("WAITING_SELLER")));
    assert_eq!((&old["reference"], &new["reference"]), (&references.0["reference"], &references.1["reference"]));
    if kind == HelpdeskKind::Zendesk {
        assert_eq!(old["tickets"][0]["presence"], "MERGED");
        let events = story.case(source, "timeline(first: 100) { nodes { ... on TicketChangedEvent { change mergedInto } } }").await;
        assert!(events.to_string().contains(&format!(r#""mergedInto":"{target}""#)), "{events:#}");
    }
    sim.comment(target, &story.buyer, "Alors ?", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert!(words(&story.whole(target).await).iter().any(|(author, text, _)| author == "BUYER" && text == "Alors ?"));
}

async fn gone_and_back(db: Db, kind: HelpdeskKind) {
    for (leave, presence) in [(Leaving::Bin, "DELETED"), (Leaving::Spam, "SPAM")] {
        let story = Story::begin(db, kind).await;
        let sim = &story.desk.sim;
        let ticket = story.ticket().await;
        match leave {
            Leaving::Bin => sim.delete(ticket).unwrap(),
            Leaving::Spam => sim.mark_spam(ticket).unwrap(),
        }
        heard(&story, kind).await;
        let case = story.whole(ticket).await;
        assert_eq!((&case["status"], &case["tickets"][0]["presence"]), (&json!("RESOLVED"), &json!(presence)), "{case:#}");
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "Bonjour ?").await;
        story.desk.settle(&story.app).await;
        assert_eq!(sim.comments(ticket).len(), 1, "nothing is written to a ticket that is gone");

        sim.restore(ticket).unwrap();
        heard(&story, kind).await;
        let case = story.whole(ticket).await;
        assert_eq!((&case["status"], &case["tickets"][0]["presence"]), (&json!("WAITING_SELLER"), &json!("ACTIVE")), "{case:#}");
    }
}

#[derive(Clone, Copy)]
enum Leaving {
    Bin,
    Spam,
}

/// Freshdesk's rules hear nothing of bin and spam.
async fn heard(story: &Story, kind: HelpdeskKind) {
    match kind {
        HelpdeskKind::Zendesk => story.desk.settle(&story.app).await,
        HelpdeskKind::Freshdesk => story.find_without_webhooks().await,
    }
}

async fn back_but_over(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    sim.set_state(ticket, TicketState::Solved).unwrap();
    story.desk.settle(&story.app).await;
    sim.delete(ticket).unwrap();
    heard(&story, kind).await;
    sim.restore(ticket).unwrap();
    heard(&story, kind).await;
    assert_eq!(story.whole(ticket).await["status"], "RESOLVED", "it was settled before it was binned");
    assert_eq!(sim.ticket(ticket).unwrap().state, TicketState::Solved);
}

async fn after_the_end(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let first = story.case(ticket, "reference").await["reference"].clone();
    sim.set_state(ticket, TicketState::Closed).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.whole(ticket).await["status"], "CLOSED");
    let posted = sim.comment(ticket, &story.buyer, "Il est cassé !", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(posted.ticket == ticket, kind == HelpdeskKind::Freshdesk, "Zendesk opens a follow-up");
    let case = story.whole(posted.ticket).await;
    assert_ne!(case["reference"], first, "what is closed stays closed; a new case begins");
    assert_eq!((&case["status"], &case["seller"]["name"]), (&json!("WAITING_SELLER"), &json!("Boutique Alma")));
    assert_eq!(words(&case), [("BUYER".to_owned(), "Il est cassé !".to_owned(), all())]);
    let thread = story.thread(posted.ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Je le remplace.").await;
    story.desk.settle(&story.app).await;
    assert_eq!(sim.comments(posted.ticket).last().unwrap().audience, Public);
}

async fn people(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let nameless = sim.add_end_user("Jean Sansadresse", "");
    let ticket = sim.open_ticket(&nameless, Opening::new(ORDER, "Allô"));
    story.desk.settle(&story.app).await;
    let case = story.whole(ticket).await;
    assert_eq!(case["buyer"], json!({ "displayName": "Jean Sansadresse", "email": null }));
    assert_eq!(case["order"], Value::Null, "somebody without an address does not get another's order");

    let (one, two) = (story.ticket().await, story.open(Opening::new("MK-2002", "Et celui-ci ?")).await);
    let (one, two) = (story.case(one, "id buyer { id } seller { name }").await, story.case(two, "id buyer { id } seller { name }").await);
    assert_eq!(one["buyer"]["id"], two["buyer"]["id"], "one buyer");
    assert_ne!(one["id"], two["id"], "two cases");
    assert_eq!((&one["seller"]["name"], &two["seller"]["name"]), (&json!("Boutique Alma"), &json!("Brio & Fils")));
}

async fn labels_in_french(db: Db) {
    let app = TestApp::start(db).await;
    let sim =
        FreshdeskSim::start(FreshdeskOptions { language: Language::French, ..FreshdeskOptions::new(app.clock.clone()) }).await.unwrap();
    let desk = freshdesk_desk(&app, &sim, None).await;
    let secret = WebhookSecret::Basic { user: "x".to_owned(), password: SECRET.to_owned() };
    sim.connect_webhook(&desk.webhook_url, WebhookContent::Simple, secret);
    let waiting = sim.add_status("En attente du transporteur");
    let story = Story::around(app, desk).await;
    let ticket = story.ticket().await;
    story.desk.sim.set_urgency(ticket, Urgency::Urgent).unwrap();
    sim.set_status_code(ticket, 6).unwrap();
    story.desk.settle(&story.app).await;
    let case = story.whole(ticket).await;
    assert_eq!((&case["status"], &case["priority"]), (&json!("WAITING_BUYER"), &json!("URGENT")));
    sim.set_status_code(ticket, waiting).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(words(&story.whole(ticket).await).len(), 1, "a state of the account's own is no error");
}

/// Tells the same story in both products.
macro_rules! in_both {
    ($($(#[doc = $doc:literal])* $name:ident => $body:path;)+) => {
        on_both_databases! {$(
            $(#[doc = $doc])*
            async fn $name(db: Db) {
                for kind in HelpdeskKind::ALL {
                    $body(db, kind).await;
                }
            }
        )+}
    };
}

in_both! {
    an_order_is_found_where_it_stands => the_order_is_found;
    an_order_may_be_named_later => the_order_is_named_later;
    the_pattern_is_the_marketplaces => a_pattern_of_ones_own;
    agents_words_are_shown_by_the_mode => words_of_agents;
    an_admitted_seller_sees_what_follows => an_admitted_seller;
    state_and_priority_follow_the_charter => state_and_priority;
    agents_states_move_the_case => what_agents_set;
    an_agent_may_be_faster_than_we_are => seen_late;
    history_is_not_imported => older_than_we_are;
    redacted_words_go_everywhere => redacted_words;
    a_redaction_is_found_without_its_webhook => redacted_unheard;
    a_merged_ticket_goes_on_in_the_other => merged;
    bin_and_spam_settle_and_come_back => gone_and_back;
    what_was_settled_before_the_bin_stays_settled => back_but_over;
    a_closed_case_stays_closed => after_the_end;
    buyers_are_people => people;
}

on_both_databases! {
    async fn words_made_private_are_hidden(db: Db) {
        made_private(db).await;
    }

    async fn freshdesk_may_speak_french(db: Db) {
        labels_in_french(db).await;
    }
}
