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

use crate::harness::{Db, Desk, ORDER, SECRET, Story, TestApp, all, in_both_products, on_both_databases, operator_only, order, words};

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
            // Where the operator talks alone the seller knows of nothing, whosever the order is.
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

in_both_products! {
    an_order_is_found_where_it_stands => the_order_is_found;
    an_order_may_be_named_later => the_order_is_named_later;
    the_pattern_is_the_marketplaces => a_pattern_of_ones_own;
    agents_words_are_shown_by_the_mode => words_of_agents;
    an_admitted_seller_sees_what_follows => an_admitted_seller;
    state_and_priority_follow_the_charter => state_and_priority;
    agents_states_move_the_case => what_agents_set;
    an_agent_may_be_faster_than_we_are => seen_late;
    history_is_not_imported => older_than_we_are;
    buyers_are_people => people;
}

on_both_databases! {
    async fn freshdesk_may_speak_french(db: Db) {
        Box::pin(labels_in_french(db)).await;
    }
}
