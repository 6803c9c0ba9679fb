//! Every eye, every kind of thread, every audience: one reviewed table. Words are asked for in five ways, by id, page,
//! event, search, and by the rule in memory, and all five must say the same.

use std::collections::BTreeSet;
use std::fmt::Write;

use chrono::TimeDelta;
use trilogue::domain::cases::Case;
use trilogue::domain::ids::{BuyerId, ConnectionId, MarketplaceId, MediatorId, MessageId, SellerId, ThreadId, TokenId};
use trilogue::domain::mediators::Mediator;
use trilogue::domain::parties::{Actor, Audience, Party, Scope, View, Who};
use trilogue::domain::search::SearchQuery;
use trilogue::domain::threads::{Member, Message, MessageDelivery, NewMessage, Origin, Right, Thread, ThreadKind};
use trilogue::domain::tickets::{Channel, HelpdeskKind};
use trilogue::domain::timeline::{EventKind, NewEvent};
use trilogue::store::{CaseFilter, CaseOrder, Feed, Findable, Found, NewMediator, PageRequest, SearchFilter, Tx};

use crate::harness::{Story, TestApp, on_both_databases};

/// A thread, and whether its seller was let in by hand: with which right, and from which message on.
type Row = (&'static str, ThreadKind, Option<(Right, i64)>);

const ROWS: [Row; 7] = [
    ("TRIPARTITE", ThreadKind::Tripartite, None),
    ("SELLER_BUYER", ThreadKind::SellerBuyer, None),
    ("OPERATOR_BUYER", ThreadKind::OperatorBuyer, None),
    ("OPERATOR_BUYER, the seller follows", ThreadKind::OperatorBuyer, Some((Right::Follow, 1))),
    ("OPERATOR_BUYER, the seller writes", ThreadKind::OperatorBuyer, Some((Right::Reply, 1))),
    ("OPERATOR_BUYER, the seller follows from the second on", ThreadKind::OperatorBuyer, Some((Right::Follow, 2))),
    ("OPERATOR_SELLER", ThreadKind::OperatorSeller, None),
];

const MESSAGES: [(&str, Audience); 4] = [
    ("the first, for all", Audience::ALL),
    ("the second, for all", Audience::ALL),
    ("not for the seller", Audience::ALL.without(Party::Seller)),
    ("for the operator alone", Audience::OPERATOR),
];

async fn say(tx: &mut Tx, case: &Case, thread: &mut Thread, audience: Audience) -> Message {
    let new = NewMessage {
        author: Party::Operator,
        author_name: String::new(),
        text: "tulipe".to_owned(),
        html: None,
        audience,
        channel: Channel::Api,
        origin: Origin::Person,
        copied_from: None,
        delivery: MessageDelivery::None,
        comment: None,
        idempotency_key: None,
        sent_at: tx.now(),
    };
    let message = tx.add_message(thread, std::slice::from_ref(case), new).await.unwrap();
    let event = EventKind::MessagePosted { thread: thread.id, message: message.id };
    tx.record(case.id, &Who::System, NewEvent::in_thread(event, thread.id, message.number, audience));
    message
}

fn mediator(tx: &Tx, case: &Case, digest: u8, places: Vec<(ThreadId, i64)>) -> NewMediator {
    let mediator = Mediator {
        id: MediatorId::generate(),
        case: case.id,
        name: "Claire".to_owned(),
        email: None,
        statement: "Saisine".to_owned(),
        threads: places.iter().map(|(thread, _)| *thread).collect(),
        admitted_by: Who::System,
        admitted_at: tx.now(),
        expires_at: tx.now() + TimeDelta::days(1),
        revoked_at: None,
    };
    NewMediator { mediator, digest: [digest; 32], places }
}

/// What is there: each message with what it is, and everybody who looks.
struct World {
    messages: Vec<(String, MessageId)>,
    threads: Vec<ThreadId>,
    eyes: Vec<(&'static str, Scope)>,
}

async fn world(app: &TestApp, case: &Case, elsewhere: MarketplaceId) -> World {
    let (marketplace, seller) = (app.marketplace.id, case.seller.unwrap());
    let mut tx = app.cx.store.begin(marketplace).await.unwrap();
    let (mut messages, mut threads) = (Vec::new(), Vec::new());
    for (name, kind, let_in) in ROWS {
        let member = |party: &Party| match party {
            Party::Buyer => Member::Buyer(case.buyer),
            Party::Seller => Member::Seller(seller),
            Party::Operator => Member::Operator,
        };
        let founders: Vec<_> = kind.founders().iter().map(|(party, right)| (member(party), *right)).collect();
        let mut thread = tx.insert_thread(kind, None, &[case.id], &founders).await.unwrap();
        if let Some((right, from)) = let_in {
            tx.insert_participant(thread.id, Member::Seller(seller), right, from).await.unwrap();
        }
        for (what, audience) in MESSAGES {
            messages.push((format!("{name}: {what}"), say(&mut tx, case, &mut thread, audience).await.id));
        }
        threads.push((thread.id, kind));
    }
    let shown = |from: i64| threads.iter().filter(|(_, kind)| kind.reaches_buyer()).map(move |(id, _)| (*id, from)).collect::<Vec<_>>();
    let aside = tx.insert_thread(ThreadKind::Tripartite, None, &[case.id], &[(Member::Operator, Right::Reply)]).await.unwrap();
    let mut mediators = Vec::new();
    for (number, (name, places)) in
        [("mediator", shown(1)), ("late mediator", shown(2)), ("mediator aside", vec![(aside.id, 1)]), ("sent away", shown(1))]
            .into_iter()
            .enumerate()
    {
        let new = mediator(&tx, case, u8::try_from(number).unwrap(), places);
        tx.insert_mediator(&new).await.unwrap();
        if name == "sent away" {
            tx.revoke_mediator(&new.mediator, tx.now()).await.unwrap();
        }
        let known = new.mediator;
        mediators.push((name, Who::Mediator { mediator: known.id, case: known.case, name: known.name, until: known.expires_at }));
    }
    tx.commit().await.unwrap();

    let (token, name) = (TokenId::generate(), String::new());
    let known = vec![
        ("operator", Who::Operator { token, name: name.clone() }),
        ("agent", Who::Agent { connection: ConnectionId::generate(), name: name.clone() }),
        ("seller", Who::Seller { seller, token, name: name.clone() }),
        ("other seller", Who::Seller { seller: SellerId::generate(), token, name: name.clone() }),
        ("vendor", Who::Vendor { token, name }),
        ("buyer", Who::Buyer { buyer: case.buyer }),
        ("other buyer", Who::Buyer { buyer: BuyerId::generate() }),
    ];
    let mut eyes: Vec<_> = known.into_iter().chain(mediators).map(|(name, who)| (name, Actor { marketplace, who }.scope())).collect();
    eyes.push(("elsewhere", Scope { marketplace: elsewhere, view: View::Whole }));
    World { messages, threads: threads.into_iter().map(|(id, _)| id).collect(), eyes }
}

/// The messages that somebody sees, the same by whatever way they are asked for.
async fn seen(app: &TestApp, world: &World, name: &str, scope: Scope) -> BTreeSet<MessageId> {
    let store = &app.cx.store;
    let all: Vec<_> = world.messages.iter().map(|(_, id)| *id).collect();
    let of = |found: Vec<MessageId>| found.into_iter().filter(|id| all.contains(id)).collect::<BTreeSet<_>>();
    let posted = |kind: &EventKind| match kind {
        EventKind::MessagePosted { message, .. } => Some(*message),
        _ => None,
    };
    let by_id = of(store.messages_by_id(scope, &all).await.unwrap().into_iter().map(|message| message.id).collect());
    let found = store.message_pages(scope, &world.threads, &PageRequest::first(100)).await.unwrap();
    let by_page = of(found.into_values().flat_map(|page| page.items).map(|message| message.id).collect());
    let events = store.events_after(scope, Feed::All, 0, 10_000).await.unwrap();
    let told = store.told_after(scope.marketplace, 0, 10_000).await.unwrap();
    let live = told.iter().filter(|told| told.is_for(scope)).filter_map(|told| posted(&told.event.kind));
    let query = SearchQuery::parse("tulipe").unwrap();
    let filter = SearchFilter { kind: Some(Findable::Message), ..SearchFilter::default() };
    let hits = store.search(scope, &query, &filter, &PageRequest::first(100)).await.unwrap().items;
    let searched = hits.into_iter().filter_map(|hit| match hit {
        Found::Message(id) => Some(id),
        Found::Case(_) => None,
    });
    let ways = [
        ("page", by_page),
        ("event", of(events.iter().filter_map(|event| posted(&event.kind)).collect())),
        ("live", of(live.collect())),
        ("search", of(searched.collect())),
    ];
    for (way, found) in ways {
        assert_eq!(found, by_id, "{name}: by {way} and by id is not the same");
    }
    by_id
}

on_both_databases! {
    async fn one_table_for_every_way_to_read(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let app = &story.app;
        story.ticket().await;
        let elsewhere = app.another_marketplace("souk").await.id;
        let whole = Scope { marketplace: app.marketplace.id, view: View::Whole };
        let cases = app.cx.store.cases(whole, &CaseFilter::default(), CaseOrder::default(), &PageRequest::first(1)).await.unwrap().items;
        let world = world(app, &cases[0], elsewhere).await;
        let mut columns = Vec::new();
        for (name, scope) in &world.eyes {
            columns.push((*name, seen(app, &world, name, *scope).await));
        }
        let mut out = String::new();
        let heads: Vec<_> = columns.iter().map(|(name, _)| format!("{name:<16}")).collect();
        writeln!(out, "{:<80}{}", "", heads.concat().trim_end()).unwrap();
        for (name, id) in &world.messages {
            let cells: Vec<_> = columns.iter().map(|(_, seen)| format!("{:<16}", if seen.contains(id) { '✔' } else { '·' })).collect();
            writeln!(out, "{name:<80}{}", cells.concat().trim_end()).unwrap();
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("who_sees_which_words", out);
        });
    }
}
