//! What requests cost the database: a number of statements that does not grow with what they show.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, Opening};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;

use crate::harness::{Story, on_both_databases};

pub(crate) const SIDEBAR: &str = "query($by: CaseByInput!) { viewer { role name } case(by: $by) { id reference subject status mode priority owner updatedAt availableActions
    awaiting { party dueAt } buyer { displayName email } seller { name email } tickets { externalId url status }
    order { reference total { amount currencyCode } seller { name } lines { title quantity unitPrice { amount } } }
    threads { id kind subject unreadCount viewerCanPost participants { party right seller { name } }
    messages(last: 50) { pageInfo { hasPreviousPage startCursor } nodes { id author authorName text delivery sentAt } } } } }";
pub(crate) const LIST: &str = "{ cases(first: 50) { pageInfo { hasNextPage endCursor } edges { cursor node { id reference status updatedAt
    buyer { displayName } seller { name } order { reference total { amount } lines { title } } tickets { externalId } availableActions
    threads { id kind unreadCount participants { party seller { name } } messages(last: 1) { nodes { author text } } } } } } }";
pub(crate) const TIMELINE: &str = "query($by: CaseByInput!) { case(by: $by) { timeline(first: 100) { nodes { id at actor { kind name } case { reference }
    ... on MessagePostedEvent { message { text } thread { kind } } ... on ThreadOpenedEvent { thread { kind } }
    ... on ParticipantAddedEvent { participant { right } thread { kind } } ... on OrderAttachedEvent { order { reference } seller { name } } } } } }";

/// The statements that went to the database in one call: SQLite gets them one after the other, PostgreSQL as parts of one.
pub(crate) fn parts(sql: &str) -> Vec<&str> {
    if !sql.starts_with("WITH \"") {
        return sql.split(";\n").collect();
    }
    let begins = |(at, _): &(usize, &str)| ["INSERT INTO \"", "UPDATE \""].iter().any(|verb| sql[*at..].starts_with(verb));
    let mut begins: Vec<_> = sql.match_indices(['I', 'U']).filter(begins).map(|(at, _)| at).collect();
    begins.push(sql.len());
    begins.windows(2).map(|part| &sql[part[0]..part[1]]).collect()
}

/// A statement by what it does to which table: `SELECT messages`.
fn shape(sql: &str) -> String {
    let parts = parts(sql);
    if parts.len() > 1 {
        return format!("all at once: {}", parts.iter().map(|part| shape(part)).collect::<Vec<_>>().join(", "));
    }
    let words: Vec<_> = sql.split_whitespace().collect();
    let verb = words[0].to_uppercase();
    let mark = match verb.as_str() {
        "INSERT" => "INTO",
        "UPDATE" => "UPDATE",
        _ => "FROM",
    };
    let next = words.iter().skip_while(|word| !word.eq_ignore_ascii_case(mark)).nth(1).unwrap_or(&"");
    let table = if next.starts_with('(') { "pages of messages" } else { next.split('.').next().unwrap().trim_matches('"') };
    let locked = if sql.ends_with("FOR UPDATE") { " for update" } else { "" };
    format!("{verb} {table}{locked}").trim().to_owned()
}

fn shapes(statements: &[String]) -> Vec<String> {
    // SQLite has no row locks; the rest is the same.
    statements.iter().map(|sql| shape(sql).replace(" for update", "")).collect()
}

fn tally(statements: &[String]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for shape in shapes(statements) {
        *tally.entry(shape).or_default() += 1;
    }
    tally
}

/// What a query costs, and that it costs the same whenever it is asked.
async fn cost(story: &Story, token: &str, query: &str, variables: Value) -> BTreeMap<String, usize> {
    let mut costs = Vec::new();
    for _ in 0..5 {
        let (_, statements) = story.app.statements(story.app.ask(token, query, variables.clone())).await;
        let mut cost = tally(&statements);
        // Cases, orders and participants ask for their sellers, each on a level of its own; two of them may share one.
        let sellers = cost.remove("SELECT sellers").unwrap_or_default();
        assert!((1..=3).contains(&sellers), "{sellers} statements for sellers");
        cost.insert("SELECT sellers, up to".to_owned(), 3);
        costs.push(cost);
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "the cost changes from one time to the next: {costs:#?}");
    costs.swap_remove(0)
}

/// A case with three threads in which this many words each were said.
async fn talk(story: &Story, threads: usize, words: usize) -> u64 {
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    let first = story.thread(ticket, "SELLER_BUYER").await;
    let mut all = vec![(first, &story.seller)];
    for kind in ["OPERATOR_SELLER", "OPERATOR_BUYER"].iter().take(threads - 1) {
        let opened = story.app.act(&story.operator, "threadOpen", "thread { id }", json!({ "caseIds": [case], "kind": kind })).await;
        all.push((opened["thread"]["id"].as_str().unwrap().to_owned(), &story.operator));
    }
    for (thread, token) in &all {
        for number in 1..words {
            story.post(token, thread, &format!("{thread} {number}")).await;
        }
    }
    story.desk.settle(&story.app).await;
    ticket
}

/// What the queues' work costs.
async fn work(story: &Story) -> Vec<String> {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let (mut cx, log) = (story.app.cx.clone(), Arc::clone(&statements));
    cx.store.on_statement(move |sql| log.lock().unwrap().push(sql.to_owned()));
    jobs::run_due(&cx).await;
    std::mem::take(&mut *statements.lock().unwrap())
}

on_both_databases! {
    async fn the_sidebar_costs_the_same_whatever_is_in_it(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let mut costs = Vec::new();
        for (threads, words) in [(1, 5), (3, 5), (3, 50)] {
            let ticket = talk(&story, threads, words).await;
            for query in [SIDEBAR, TIMELINE] {
                costs.push((query == SIDEBAR, threads, words, cost(&story, &story.operator, query, json!({ "by": story.desk.key(ticket) })).await));
            }
        }
        for (sidebar, threads, words, cost) in &costs {
            let (_, _, _, first) = costs.iter().find(|(other, ..)| other == sidebar).unwrap();
            assert_eq!(cost, first, "{threads} threads of {words} words, sidebar: {sidebar}");
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("cost_of_the_sidebar", format!("the sidebar {:#?}\nthe timeline {:#?}", costs[0].3, costs[1].3));
        });
    }

    async fn the_list_costs_the_same_however_long_it_is(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let orders: Vec<_> = (0..49).map(|number| crate::harness::order(&format!("MK-5{number:03}"), "alma")).collect();
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
        let mut costs = Vec::new();
        for round in 0..2 {
            if round == 0 {
                story.ticket().await;
            }
            for number in (0..49).filter(|_| round > 0) {
                let buyer = story.desk.sim.add_end_user(&format!("Paul R{number}"), "marie@example.org");
                story.desk.sim.open_ticket(&buyer, Opening::new(&format!("Commande MK-5{number:03}"), "Allô ?"));
            }
            story.desk.settle(&story.app).await;
            for token in [&story.operator, &story.seller, &story.vendor] {
                costs.push(cost(&story, token, LIST, json!({})).await);
            }
        }
        let shown = story.app.ask(&story.seller, LIST, json!({})).await;
        assert_eq!(shown["cases"]["edges"].as_array().unwrap().len(), 50);
        assert_eq!(costs[..3], costs[3..], "the cost grows with the list");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("cost_of_the_list", format!("as operator {:#?}\nas seller {:#?}\nas vendor {:#?}", costs[0], costs[1], costs[2]));
        });
    }

    async fn changes_cost_what_they_are_known_to_cost(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let (small, large) = (talk(&story, 1, 3).await, talk(&story, 3, 30).await);
        let mut out = String::new();
        let mut posts = Vec::new();
        for ticket in [small, large] {
            let thread = story.thread(ticket, "SELLER_BUYER").await;
            story.desk.sim.comment(ticket, &story.buyer, "Et alors ?", Audience::Public).unwrap();
            story.desk.settle(&story.app).await;
            let (_, statements) = story.app.statements(story.post(&story.seller, &thread, &format!("compté {thread}"))).await;
            posts.push(shapes(&statements));
        }
        assert_eq!(posts[0], posts[1], "a message costs more where more was said");
        writeln!(out, "messagePost ({})\n  {}", posts[0].len(), posts[0].join("\n  ")).unwrap();
        story.desk.settle(&story.app).await;
        let (mut deliveries, mut looks) = (Vec::new(), Vec::new());
        for ticket in [small, large] {
            story.desk.sim.comment(ticket, &story.buyer, "Toujours rien", Audience::Public).unwrap();
            let (_, statements) = story.app.statements(story.desk.deliver()).await;
            deliveries.push(shapes(&statements));
            looks.push(tally(&work(&story).await));
            story.desk.settle(&story.app).await;
        }
        assert_eq!(looks[0], looks[1], "a look at a ticket costs more where more was said");
        assert_eq!(deliveries[0], deliveries[1]);
        writeln!(out, "a webhook at the door ({})\n  {}", deliveries[0].len(), deliveries[0].join("\n  ")).unwrap();
        writeln!(out, "all work that follows ({}) {:#?}", looks[0].values().sum::<usize>(), looks[0]).unwrap();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("cost_of_changes", out);
        });
    }
}
