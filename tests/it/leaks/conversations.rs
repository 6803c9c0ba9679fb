//! Random conversations of every kind, then everything read as every role: a secret shows only where an oracle that
//! knows nothing of the house's tables allows it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use trilogue::demo::peer::{Audience, Opening, Person};
use trilogue::domain::charter::{Charter, ConversationMode};
use trilogue::domain::ids::{BuyerId, MediatorId, SellerId};
use trilogue::domain::parties::{Scope, View};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::store::{CaseFilter, CaseOrder, Feed, PageRequest};

use super::post::Post;
use crate::harness::{Db, Desk, Socket, Story, TestApp, random_stories};

const KINDS: [&str; 4] = ["TRIPARTITE", "SELLER_BUYER", "OPERATOR_BUYER", "OPERATOR_SELLER"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Viewer {
    Operator,
    Alma,
    Brio,
    Vendor,
    /// By their number among those who were let in.
    Mediator(usize),
}

/// One step of a conversation; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    Post(Viewer, usize),
    BuyerWrites(usize),
    AgentComments(usize, Audience),
    OpenThread(Viewer, usize, usize),
    Admit { thread: usize, party: &'static str, right: &'static str, history: &'static str },
    Escalate(Viewer, usize),
    LetIn { case: usize, thread: usize, history: &'static str },
    SendAway(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let viewer = || prop_oneof![Just(Viewer::Operator), Just(Viewer::Alma), Just(Viewer::Brio), Just(Viewer::Vendor)];
    prop_oneof![
        4 => (viewer(), any::<usize>()).prop_map(|(who, thread)| Step::Post(who, thread)),
        2 => any::<usize>().prop_map(Step::BuyerWrites),
        2 => (any::<usize>(), prop_oneof![Just(Audience::Public), Just(Audience::Internal)]).prop_map(|(case, audience)| Step::AgentComments(case, audience)),
        3 => (viewer(), any::<usize>(), 0..4_usize).prop_map(|(who, case, kind)| Step::OpenThread(who, case, kind)),
        3 => (any::<usize>(), prop_oneof![Just("SELLER"), Just("BUYER"), Just("OPERATOR")], prop_oneof![Just("FOLLOW"), Just("REPLY")], prop_oneof![Just("SHOWN"), Just("HIDDEN")])
            .prop_map(|(thread, party, right, history)| Step::Admit { thread, party, right, history }),
        1 => (viewer(), any::<usize>()).prop_map(|(who, case)| Step::Escalate(who, case)),
        2 => (any::<usize>(), any::<usize>(), prop_oneof![Just("SHOWN"), Just("HIDDEN")]).prop_map(|(case, thread, history)| Step::LetIn { case, thread, history }),
        1 => any::<usize>().prop_map(Step::SendAway),
    ]
}

/// A secret, and what the oracle needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secret {
    /// Said in a thread.
    Words,
    /// An agent's internal note.
    Note,
    /// A thread's subject.
    Subject,
    /// The note of an escalation: for everybody in the case.
    Escalation { case: usize },
    /// Why a mediator was let in: for operators.
    Statement,
}

/// Somebody from outside who was let in.
struct LetIn {
    id: String,
    token: String,
    case: usize,
    /// The one thread that they are shown.
    thread: String,
    /// How many messages there were that stay hidden.
    hidden: usize,
    sent_away: bool,
}

struct Telling<'a> {
    story: &'a Story,
    tickets: Vec<(u64, Person)>,
    /// By case: who sells.
    cases: Vec<(String, Viewer)>,
    threads: Vec<String>,
    secrets: BTreeMap<String, Secret>,
    /// For threads that a seller was let into by hand: how many messages there were then that stay hidden.
    admitted: BTreeMap<String, usize>,
    mediators: Vec<LetIn>,
    post: &'a mut Post,
}

impl<'a> Telling<'a> {
    async fn begin(story: &'a Story, post: &'a mut Post) -> Self {
        post.subscribe(story).await;
        let paul = story.desk.sim.add_end_user("Paul Roux", "paul@example.org");
        let brio = json!({ "orders": [{ "reference": "MK-3003", "sellerExternalId": "brio", "total": { "amount": "1.00", "currencyCode": "EUR" }, "placedAt": "2026-11-01T10:00:00Z", "lines": [] }] });
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", brio).await;
        let mut telling = Self {
            story,
            tickets: Vec::new(),
            cases: Vec::new(),
            threads: Vec::new(),
            secrets: BTreeMap::new(),
            admitted: BTreeMap::new(),
            mediators: Vec::new(),
            post,
        };
        for (buyer, order, seller) in [(story.buyer.clone(), "MK-1001", Viewer::Alma), (paul, "MK-3003", Viewer::Brio)] {
            let text = telling.secret(Secret::Words);
            let ticket = story.desk.sim.open_ticket(&buyer, Opening::new(&format!("Commande {order}"), &text));
            story.desk.settle(&story.app).await;
            telling.cases.push((story.case(ticket, "id").await["id"].as_str().unwrap().to_owned(), seller));
            telling.tickets.push((ticket, buyer));
        }
        telling.look_for_threads().await;
        telling.let_in(0, 0, "SHOWN").await;
        telling
    }

    fn secret(&mut self, kind: Secret) -> String {
        let secret = format!("zq{:04}x", self.secrets.len());
        self.secrets.insert(secret.clone(), kind);
        secret
    }

    /// Lets somebody from outside into a case, to see one thread; the house refuses threads of other cases, and private ones.
    async fn let_in(&mut self, case: usize, thread: usize, history: &str) {
        let (case, thread) = (case % self.cases.len(), self.threads[thread % self.threads.len()].clone());
        let hidden = if history == "SHOWN" { 0 } else { self.said_in(&thread).await };
        let until = (self.story.app.cx.now() + TimeDelta::days(30)).to_rfc3339();
        let statement = self.secret(Secret::Statement);
        let input = json!({ "caseId": self.cases[case].0, "name": "Claire", "statement": statement, "threadIds": [thread], "history": history, "expiresAt": until });
        let done = self.story.app.try_act(&self.story.operator, "mediatorAdmit", "mediator { id } token", input).await;
        if let (Some(id), Some(token)) = (done["mediator"]["id"].as_str(), done["token"].as_str()) {
            self.mediators.push(LetIn { id: id.to_owned(), token: token.to_owned(), case, thread, hidden, sent_away: false });
        } else {
            self.secrets.remove(&statement);
        }
    }

    fn token(&self, viewer: Viewer) -> &str {
        match viewer {
            Viewer::Operator => &self.story.operator,
            Viewer::Alma => &self.story.seller,
            Viewer::Brio => &self.story.other_seller,
            Viewer::Vendor => &self.story.vendor,
            Viewer::Mediator(number) => &self.mediators[number].token,
        }
    }

    async fn look_for_threads(&mut self) {
        for (case, _) in &self.cases {
            let found =
                self.ask(Viewer::Operator, "query($id: ID!) { case(by: { id: $id }) { threads { id } } }", json!({ "id": case })).await;
            for thread in found["case"]["threads"].as_array().unwrap() {
                let id = thread["id"].as_str().unwrap().to_owned();
                if !self.threads.contains(&id) {
                    self.threads.push(id);
                }
            }
        }
    }

    async fn ask(&self, viewer: Viewer, query: &str, variables: Value) -> Value {
        self.story.app.ask(self.token(viewer), query, variables).await
    }

    /// Does a step; the house may refuse it.
    async fn take(&mut self, step: &Step) {
        let app = &self.story.app;
        app.advance(TimeDelta::seconds(1));
        match *step {
            Step::Post(who, thread) => {
                let text = self.secret(Secret::Words);
                let input = json!({ "threadId": self.threads[thread % self.threads.len()], "text": text, "idempotencyKey": text });
                app.try_act(self.token(who), "messagePost", "message { id }", input).await;
            }
            Step::BuyerWrites(case) => {
                let text = self.secret(Secret::Words);
                let (ticket, buyer) = &self.tickets[case % self.tickets.len()];
                self.story.desk.sim.comment(*ticket, buyer, &text, Audience::Public).unwrap();
            }
            Step::AgentComments(case, audience) => {
                let text = self.secret(if audience == Audience::Internal { Secret::Note } else { Secret::Words });
                let agent = self.story.desk.sim.add_agent("Ines Moreau");
                self.story.desk.sim.comment(self.tickets[case % self.tickets.len()].0, &agent, &text, audience).unwrap();
            }
            Step::OpenThread(who, case, kind) => {
                let subject = self.secret(Secret::Subject);
                let input = json!({ "caseIds": [self.cases[case % self.cases.len()].0], "kind": KINDS[kind], "subject": subject });
                app.try_act(self.token(who), "threadOpen", "thread { id }", input).await;
            }
            Step::Admit { thread, party, right, history } => {
                let thread = self.threads[thread % self.threads.len()].clone();
                let input = json!({ "threadId": thread, "party": party, "right": right, "history": history });
                let before = self.said_in(&thread).await;
                let done = app.try_act(&self.story.operator, "participantAdd", "participant { id }", input).await;
                if party == "SELLER" && done["userErrors"] == json!([]) {
                    let hidden = if history == "SHOWN" { 0 } else { before };
                    self.admitted.entry(thread).and_modify(|known| *known = hidden.min(*known)).or_insert(hidden);
                }
            }
            Step::Escalate(who, case) => {
                let case = case % self.cases.len();
                let note = self.secret(Secret::Escalation { case });
                let input = json!({ "caseId": self.cases[case].0, "reason": "OTHER", "note": note });
                app.try_act(self.token(who), "caseEscalate", "case { id }", input).await;
            }
            Step::LetIn { case, thread, history } => self.let_in(case, thread, history).await,
            Step::SendAway(number) => {
                let number = number % self.mediators.len();
                let input = json!({ "mediatorId": self.mediators[number].id });
                app.act(&self.story.operator, "mediatorRevoke", "mediator { id }", input).await;
                self.mediators[number].sent_away = true;
            }
        }
        self.story.desk.settle(app).await;
        self.look_for_threads().await;
    }

    async fn said_in(&self, thread: &str) -> usize {
        let query = "query($id: ID!) { node(id: $id) { ... on Thread { messages(first: 100) { nodes { id } } } } }";
        self.ask(Viewer::Operator, query, json!({ "id": thread })).await["node"]["messages"]["nodes"].as_array().unwrap().len()
    }

    /// The secrets that a viewer may come to see: the oracle.
    async fn allowed(&self, viewer: Viewer) -> BTreeSet<String> {
        let mut allowed = BTreeSet::new();
        for thread in &self.threads {
            let query = "query($id: ID!) { node(id: $id) { ... on Thread { kind subject cases { id } messages(first: 100) { nodes { text audience } } } } }";
            let seen = self.ask(Viewer::Operator, query, json!({ "id": thread })).await["node"].clone();
            let (_, seller) = self.cases.iter().find(|(case, _)| seen["cases"][0]["id"] == **case).unwrap();
            let kind = seen["kind"].as_str().unwrap();
            // From which message on they see the thread.
            let from = match viewer {
                Viewer::Operator => Some(0),
                Viewer::Mediator(number) => {
                    let known = &self.mediators[number];
                    (known.thread == *thread && !known.sent_away).then_some(known.hidden)
                }
                Viewer::Vendor => (kind != "OPERATOR_SELLER").then_some(0),
                other if other != *seller => None,
                _ if kind == "OPERATOR_BUYER" => self.admitted.get(thread).copied(),
                _ => Some(0),
            };
            let Some(from) = from else { continue };
            let said = seen["messages"]["nodes"].as_array().unwrap().iter().skip(from);
            // What is said behind one side's back is not for mediators either.
            let said = said.filter(|message| !matches!(viewer, Viewer::Mediator(_)) || message["audience"].as_array().unwrap().len() == 3);
            let said = said.map(|message| message["text"].as_str().unwrap());
            let texts = said.chain(seen["subject"].as_str()).collect::<Vec<_>>().join(" ");
            let fits = |secret: &Secret| *secret != Secret::Note || viewer == Viewer::Operator;
            allowed.extend(
                self.secrets.iter().filter(|(text, secret)| fits(secret) && texts.contains(text.as_str())).map(|(text, _)| text.clone()),
            );
        }
        for (text, secret) in &self.secrets {
            let fits = match (secret, viewer) {
                (Secret::Escalation { .. }, Viewer::Operator | Viewer::Vendor) | (Secret::Statement, Viewer::Operator) => true,
                (Secret::Escalation { case }, Viewer::Mediator(number)) => {
                    self.mediators[number].case == *case && !self.mediators[number].sent_away
                }
                (Secret::Escalation { case }, _) => self.cases[*case].1 == viewer,
                _ => false,
            };
            if fits {
                allowed.insert(text.clone());
            }
        }
        allowed
    }

    /// Everything that a viewer can read, as one text.
    async fn everything(&self, viewer: Viewer) -> String {
        let mut all = String::new();
        all.push_str(&self.ask(viewer, CASES, json!({})).await.to_string());
        for (case, _) in &self.cases {
            all.push_str(&self.ask(viewer, CASE, json!({ "id": case })).await.to_string());
            all.push_str(&self.live(viewer, Some(case)).await);
        }
        all.push_str(&self.live(viewer, None).await);
        for secret in self.secrets.keys() {
            all.push_str(&self.ask(viewer, FIND, json!({ "q": secret })).await.to_string());
        }
        for id in self.ids().await {
            all.push_str(&self.ask(viewer, NODE, json!({ "id": id })).await.to_string());
        }
        all
    }

    /// The id of every node that the operator can find.
    async fn ids(&self) -> BTreeSet<String> {
        let mut all = String::new();
        for (case, _) in &self.cases {
            all.push_str(&self.ask(Viewer::Operator, CASE, json!({ "id": case })).await.to_string());
        }
        let words = all.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let is_node = |word: &&str| ["cas_", "thr_", "msg_", "par_", "ord_", "sel_"].iter().any(|prefix| word.starts_with(prefix));
        words.filter(is_node).map(str::to_owned).collect()
    }

    /// What webhooks and e-mails carried: no words at all, and of no event whose words their receiver may not read.
    async fn check_post(&mut self, mode: ConversationMode) {
        let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (case, _) in &self.cases {
            let query = format!("query($id: ID!) {{ case(by: {{ id: $id }}) {{ timeline(first: 100) {{ nodes {{ {SAID} }} }} }} }}");
            let found = self.ask(Viewer::Operator, &query, json!({ "id": case })).await;
            for item in found["case"]["timeline"]["nodes"].as_array().unwrap() {
                let text = item.to_string();
                let said = self.secrets.keys().filter(|secret| text.contains(secret.as_str())).cloned().collect();
                words.insert(item["id"].as_str().unwrap().to_owned(), said);
            }
        }
        let told = self.post.told().await;
        for (address, viewer) in [
            ("vendor", Viewer::Vendor),
            ("operator", Viewer::Operator),
            ("alma@example.org", Viewer::Alma),
            ("brio@example.org", Viewer::Brio),
            ("chef@example.org", Viewer::Operator),
        ] {
            let allowed = self.allowed(viewer).await;
            for (event, text) in told.get(address).into_iter().flatten() {
                let carried: Vec<_> = self.secrets.keys().filter(|secret| text.contains(secret.as_str())).collect();
                assert!(carried.is_empty(), "{address} was sent {carried:?} under {mode:?}: {text}");
                let of: Vec<_> = words.get(event).into_iter().flatten().filter(|secret| !allowed.contains(*secret)).collect();
                assert!(of.is_empty(), "{address} was told of {of:?} under {mode:?}: {text}");
            }
        }
        for address in ["vendor", "operator", "alma@example.org", "chef@example.org"] {
            assert!(told.contains_key(address), "{address} was told nothing under {mode:?}: {:?}", told.keys());
        }
    }

    /// Everything that a subscription brings from the viewer's first item on: what the timeline has, in its order.
    async fn live(&self, viewer: Viewer, case: Option<&String>) -> String {
        let mut expected = Vec::new();
        for id in self.cases.iter().map(|(id, _)| id).filter(|id| case.is_none_or(|case| case == *id)) {
            let query = format!("query($id: ID!) {{ case(by: {{ id: $id }}) {{ timeline(first: 100) {{ nodes {{ {ITEM} }} }} }} }}");
            let found = self.ask(viewer, &query, json!({ "id": id })).await;
            expected.extend(found["case"]["timeline"]["nodes"].as_array().cloned().unwrap_or_default());
        }
        let key = |item: &Value| (item["at"].as_str().unwrap().to_owned(), item["id"].as_str().unwrap().to_owned());
        let Some(first) = expected.iter().min_by_key(|item| key(item)).cloned() else { return String::new() };
        let (query, field) = match case {
            Some(_) => (
                format!("subscription($id: ID!, $since: ID) {{ caseTimelineItemAdded(caseId: $id, since: $since) {{ {ITEM} }} }}"),
                "caseTimelineItemAdded",
            ),
            None => (format!("subscription($since: ID) {{ timelineItemAdded(since: $since) {{ {ITEM} }} }}"), "timelineItemAdded"),
        };
        let variables = if case.is_some() { json!({ "id": case, "since": first["id"] }) } else { json!({ "since": first["id"] }) };
        let mut socket = Socket::follow(&self.story.app.url, self.token(viewer), &query, variables).await;
        let mut items = vec![first];
        while items.len() < expected.len() {
            items.push(socket.next().await[field].clone());
        }
        let ids = |items: &[Value]| items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(ids(&items), ids(&expected), "{viewer:?}: the subscription brings something else than the timeline has");
        json!(items).to_string()
    }
}

const CASES: &str =
    "{ cases(first: 100) { pageInfo { startCursor endCursor } edges { cursor node { id reference subject status priority updatedAt } } } }";
const CASE: &str = "query($id: ID!) { case(by: { id: $id }) { id reference subject status updatedAt buyer { displayName email } seller { id } order { id } mediators { id name statement }
    tickets { externalId } threads { id kind subject unreadCount participants { id party right seller { id } }
    messages(first: 100) { pageInfo { endCursor hasNextPage } edges { cursor node { id author authorName text html delivery audience } } } }
    timeline(first: 100) { pageInfo { hasNextPage endCursor } nodes { id at actor { kind name } __typename ... on CaseEscalatedEvent { note }
    ... on MessagePostedEvent { message { id text } thread { id subject } } ... on ParticipantAddedEvent { participant { id } thread { subject } }
    ... on ThreadOpenedEvent { thread { id subject } } ... on DeliveryStoppedEvent { reason } } } } }";
const SAID: &str = "id ... on CaseEscalatedEvent { note } ... on MessagePostedEvent { message { text } } ... on ParticipantAddedEvent { thread { subject } }
    ... on ThreadOpenedEvent { thread { subject } }";
const ITEM: &str = "id at actor { kind name } __typename ... on CaseEscalatedEvent { note } ... on MessagePostedEvent { message { id text html } thread { subject } }
    ... on ParticipantAddedEvent { thread { subject } } ... on ThreadOpenedEvent { thread { subject messages { nodes { text } } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { id ... on Case { subject threads { subject messages { nodes { text } } } }
    ... on Thread { subject messages(last: 100) { nodes { text html } } } ... on Message { text html thread { subject } } ... on Participant { party right } } }";

const FIND: &str = "query($q: String!) { search(query: $q) { pageInfo { hasNextPage endCursor } edges { cursor node { match { field snippet } case { id } node { ... on Message { id text } ... on Case { id } } } } } }";

/// Live subscribers are told by a rule in memory what readers are told by one in SQL.
pub(crate) async fn the_two_rules_agree(story: &Story) {
    let (db, marketplace) = (&story.app.cx.store, story.app.marketplace.id);
    let whole = Scope { marketplace, view: View::Whole };
    let told = db.told_after(marketplace, 0, 10_000).await.unwrap();
    let cases = db.cases(whole, &CaseFilter::default(), CaseOrder::default(), &PageRequest::first(100)).await.unwrap().items;
    let sellers = cases.iter().filter_map(|case| case.seller).map(View::Seller);
    let buyers = cases.iter().map(|case| View::Buyer(case.buyer));
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let mediators = db.mediators_of_cases(whole, &ids).await.unwrap();
    let mediators = mediators.iter().map(|known| View::Mediator { mediator: known.id, case: known.case, until: known.expires_at });
    let stranger =
        ids.first().map(|case| View::Mediator { mediator: MediatorId::generate(), case: *case, until: DateTime::<Utc>::MAX_UTC });
    let strangers = [View::Seller(SellerId::generate()), View::Buyer(BuyerId::generate())];
    for view in [View::Whole, View::Storefront].into_iter().chain(sellers).chain(buyers).chain(mediators).chain(stranger).chain(strangers) {
        let scope = Scope { marketplace, view };
        let by_sql = db.events_after(scope, Feed::All, 0, 10_000).await.unwrap();
        let in_memory = told.iter().filter(|told| told.is_for(scope)).map(|told| told.event.clone());
        assert!(by_sql.iter().cloned().eq(in_memory), "{view:?}");
    }
}

async fn tell(db: Db, mode: ConversationMode, steps: &[Step]) {
    let charter = Charter { conversation_mode: mode, ..Charter::default() };
    let mut app = TestApp::start_with(db, charter).await;
    let mut post = Post::open(&mut app).await;
    let desk = Desk::connect(&app, HelpdeskKind::Zendesk).await;
    let story = Story::around(app, desk).await;
    let mut telling = Telling::begin(&story, &mut post).await;
    for step in steps {
        telling.take(step).await;
    }
    // So that everything hidden comes before something that everybody sees.
    for (case, _) in &telling.cases {
        let input = json!({ "caseId": case, "priority": "URGENT" });
        story.app.act(&story.operator, "casePrioritize", "case { id }", input).await;
    }
    the_two_rules_agree(&story).await;
    story.desk.settle(&story.app).await;
    telling.check_post(mode).await;
    let mediators = (0..telling.mediators.len()).map(Viewer::Mediator);
    for viewer in [Viewer::Operator, Viewer::Alma, Viewer::Brio, Viewer::Vendor].into_iter().chain(mediators) {
        if matches!(viewer, Viewer::Mediator(number) if telling.mediators[number].sent_away) {
            let answer = story.app.raw(telling.token(viewer), CASES, json!({})).await;
            assert!(answer.contains("UNAUTHENTICATED"), "{answer}");
            continue;
        }
        let everything = telling.everything(viewer).await;
        let allowed = telling.allowed(viewer).await;
        let seen: BTreeSet<_> = telling.secrets.keys().filter(|secret| everything.contains(secret.as_str())).cloned().collect();
        let leaked: Vec<_> = seen.difference(&allowed).collect();
        assert!(leaked.is_empty(), "{viewer:?} sees {leaked:?} under {mode:?}");
        // And what is meant for them arrives, but for escalations that were refused and words that an agent said to the
        // buyer alone.
        let missing: Vec<_> = allowed.difference(&seen).filter(|secret| telling.secrets[*secret] == Secret::Subject).collect();
        assert!(missing.is_empty(), "{viewer:?} misses {missing:?} under {mode:?}");
        assert!(viewer != Viewer::Operator || seen.len() >= 2, "the operator sees nothing");
    }
}

fn run(db: Db, cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mode = prop_oneof![Just(ConversationMode::SellerFirst), Just(ConversationMode::Tripartite), Just(ConversationMode::OperatorOnly)];
    let config = Config { max_shrink_iters: 60, ..random_stories(cases) };
    let conversation = (mode, proptest::collection::vec(step(), 8..28));
    let outcome = TestRunner::new(config).run(&conversation, |(mode, steps)| {
        // A panic in it is caught and shrunk by the runner.
        runtime.block_on(tell(db, mode, &steps));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn secrets_stay_where_they_belong_on_sqlite() {
    run(Db::Sqlite, 8);
}

#[test]
fn secrets_stay_where_they_belong_on_postgres() {
    run(Db::Postgres, 4);
}
