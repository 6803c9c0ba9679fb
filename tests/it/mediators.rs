//! People from outside, let into one case for a while: what they see, what they can do, and that it ends.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use trilogue::demo::peer::Audience;
use trilogue::domain::ids::{
    CaseId, DefectId, ImprovementId, MediatorId, RatingId, ReportId, SanctionId, SanctionProposalId, SavedSearchId, SellerId, TemplateId,
    ThreadId, WebhookDeliveryId, WebhookEndpointId,
};
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::attachments;
use crate::harness::{Socket, Story, TestApp, on_both_databases};
use crate::leaks::conversations::the_two_rules_agree;

const FOLLOW: &str = "subscription($id: ID!, $since: ID) { caseTimelineItemAdded(caseId: $id, since: $since) { id __typename
    ... on MessagePostedEvent { message { text } } } }";

/// Somebody who was let in.
pub(crate) struct Mediator {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A moment, as an input has it.
fn at(moment: DateTime<Utc>) -> Value {
    json!(moment.to_rfc3339_opts(SecondsFormat::Micros, true))
}

fn request(app: &TestApp, case: &Value) -> Value {
    json!({ "caseId": case, "name": "Claire Médiation", "statement": "Saisine du 20 novembre", "expiresAt": at(app.cx.now() + TimeDelta::days(30)) })
}

/// Lets somebody into a case for 30 days, with these changes to what is asked for.
pub(crate) async fn admit(story: &Story, case: &Value, changes: Value) -> Mediator {
    let mut input = request(&story.app, case);
    input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let payload = story.app.act(&story.operator, "mediatorAdmit", "mediator { id state } token", input).await;
    assert_eq!(payload["mediator"]["state"], "ADMITTED");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Mediator { id: text(&payload["mediator"]["id"]), token: text(&payload["token"]) }
}

/// A case with a thread of each kind that a seller-first case can have, and words of everybody in it.
struct Matter {
    story: Story,
    ticket: u64,
    case: Value,
    with_buyer: String,
    without_seller: String,
    private: String,
}

impl Matter {
    async fn begin(db: crate::harness::Db) -> Self {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let (ticket, with_buyer) = story.ticket_and_thread().await;
        let case = story.case(ticket, "id").await["id"].clone();
        let open = async |kind: &str| {
            let input = json!({ "caseIds": [case], "kind": kind });
            story.app.act(&story.operator, "threadOpen", "thread { id }", input).await["thread"]["id"].as_str().unwrap().to_owned()
        };
        let (without_seller, private) = (open("OPERATOR_BUYER").await, open("OPERATOR_SELLER").await);
        Self { story, ticket, case, with_buyer, without_seller, private }
    }

    async fn internal_note(&self, text: &str) {
        let agent = self.story.desk.sim.add_agent("Ines Moreau");
        self.story.desk.sim.comment(self.ticket, &agent, text, Audience::Internal).unwrap();
        self.story.desk.settle(&self.story.app).await;
    }

    async fn shown(&self, thread: &str) -> Mediator {
        admit(&self.story, &self.case, json!({ "threadIds": [thread] })).await
    }

    /// Subscribes from the first item on that somebody sees, and takes all that is there.
    async fn follow(&self, token: &str) -> Socket {
        let query = "query($id: ID!) { case(by: { id: $id }) { timeline(first: 100) { nodes { id } } } }";
        let known = self.story.app.ask(token, query, json!({ "id": self.case })).await;
        let known = known["case"]["timeline"]["nodes"].as_array().unwrap();
        let variables = json!({ "id": self.case, "since": known[0]["id"] });
        let mut socket = Socket::follow(&self.story.app.url, token, FOLLOW, variables).await;
        for item in &known[1..] {
            assert_eq!(socket.next().await["caseTimelineItemAdded"]["id"], item["id"]);
        }
        socket
    }

    async fn standing(&self) -> Value {
        let query =
            "query($id: ID!) { case(by: { id: $id }) { mediators { id name email statement state admittedBy revokedAt threads { id } } } }";
        self.story.app.ask(&self.story.operator, query, json!({ "id": self.case })).await["case"]["mediators"].clone()
    }

    /// What happened in the case, by the names of the types, as somebody sees it.
    async fn happened(&self, token: &str) -> Vec<String> {
        let query = "query($id: ID!) { case(by: { id: $id }) { timeline(first: 100) { nodes { __typename ... on MediatorAdmittedEvent { name expiresAt } } } } }";
        let found = self.story.app.ask(token, query, json!({ "id": self.case })).await;
        let items = found["case"]["timeline"]["nodes"].as_array().unwrap();
        items.iter().map(|item| item["__typename"].as_str().unwrap().to_owned()).collect()
    }
}

const WORLD: &str = "{
    viewer { role party name seller { id } marketplace { connections { id } } }
    cases(first: 5) { nodes { id subject updatedAt buyer { displayName email } seller { name email } order { reference buyerEmail }
        tickets { externalId } mediators { id } triage { __typename } availableActions suggestedTemplates { id } parent { id }
        threads { id kind unreadCount viewerCanPost participants { id party seller { name email } } cases { id }
            messages(first: 20) { nodes { id text author authorName audience sentiment { __typename } } } }
        timeline(first: 50) { nodes { id __typename actor { name } } } } }
    savedSearches { id } webhookEndpoints { id } alertRecipients { email }
}";

on_both_databases! {
    async fn a_mediator_reads_what_was_shown_to_them_and_nothing_else(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        story.post(&story.seller, &matter.with_buyer, "Écrivez à boutique@alma.example ou au 06 12 34 56 78").await;
        story.desk.sim.comment(matter.ticket, &story.buyer, "Appelez-moi au 07 98 76 54 32", Audience::Public).unwrap();
        story.desk.settle(app).await;
        story.post(&story.operator, &matter.without_seller, "Sans vendeur").await;
        story.post(&story.operator, &matter.private, "Entre operateur et vendeur").await;
        matter.internal_note("Note interne").await;
        let other = story.ticket().await;
        let (other_case, other_thread) = (story.case(other, "id").await["id"].clone(), story.thread(other, "SELLER_BUYER").await);
        let sellers = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org" }] });
        app.act(&story.vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let mediator = matter.shown(&matter.with_buyer).await;

        let world = app.ask(&mediator.token, WORLD, json!({})).await;
        assert_eq!(world["viewer"], json!({ "role": "MEDIATOR", "party": null, "name": "Claire Médiation", "seller": null, "marketplace": { "connections": [] } }));
        let cases = world["cases"]["nodes"].as_array().unwrap();
        assert_eq!(cases.len(), 1, "{world:#}");
        let case = &cases[0];
        assert_eq!((&case["id"], &case["buyer"]), (&matter.case, &json!({ "displayName": "Marie D.", "email": null })));
        assert_eq!((&case["seller"], &case["order"]), (&json!({ "name": "Boutique Alma", "email": null }), &json!({ "reference": "MK-1001", "buyerEmail": null })));
        for nothing in ["tickets", "mediators", "availableActions", "suggestedTemplates"] {
            assert_eq!(case[nothing], json!([]), "{nothing}");
        }
        assert_eq!((&case["triage"], &case["parent"]), (&Value::Null, &Value::Null));
        let threads = case["threads"].as_array().unwrap();
        assert_eq!(threads.len(), 1, "{threads:#?}");
        assert_eq!((&threads[0]["id"], &threads[0]["viewerCanPost"], &threads[0]["unreadCount"]), (&json!(matter.with_buyer), &json!(false), &json!(0)));
        let messages = threads[0]["messages"]["nodes"].as_array().unwrap();
        assert_eq!(messages.len(), 3, "{messages:#?}");
        assert!(messages.iter().all(|message| message["audience"].is_null() && message["sentiment"].is_null()));
        for list in ["savedSearches", "webhookEndpoints", "alertRecipients"] {
            assert_eq!(world[list], json!([]), "{list}");
        }
        let text = world.to_string();
        for secret in ["boutique@", "06 12", "07 98", "marie@", "alma@", "Dupont", "Moreau", "Sans vendeur", "Entre operateur", "Note interne"] {
            assert!(!text.contains(secret), "{secret}: {world:#}");
        }

        // Everything else is not there, and cannot be told from what never was.
        let private = story.case(matter.ticket, "threads { id messages { nodes { id } } participants { id } }").await;
        let hidden = private["threads"].as_array().unwrap().iter().filter(|thread| thread["id"] != json!(matter.with_buyer));
        let ids = hidden.flat_map(|thread| [&thread["id"], &thread["messages"]["nodes"][0]["id"], &thread["participants"][0]["id"]]);
        let order = app.ask(&story.operator, "{ order(by: { reference: \"MK-2002\" }) { id seller { id } } }", json!({})).await["order"].clone();
        let node = "query($id: ID!) { node(id: $id) { id } }";
        for id in ids.chain([&other_case, &json!(other_thread), &order["id"], &order["seller"]["id"]]) {
            assert_eq!(app.ask(&mediator.token, node, json!({ "id": id })).await["node"], Value::Null, "{id}");
        }
        for question in ["order(by: { reference: \"MK-2002\" }) { id }", "seller(by: { externalId: \"brio\" }) { id }", "case(by: { reference: \"C-1002\" }) { id }"] {
            let answer = app.ask(&mediator.token, &format!("{{ it: {question} }}"), json!({})).await;
            assert_eq!(answer["it"], Value::Null, "{question}");
        }
        let export = "query($id: ID!) { caseExportLink(caseId: $id, format: JSON) { url } }";
        assert_eq!(app.ask(&mediator.token, export, json!({ "id": matter.case })).await["caseExportLink"], Value::Null);
        let export = app.http.get(format!("{}/cases/{}/export.json", app.url, matter.case.as_str().unwrap())).bearer_auth(&mediator.token);
        assert_eq!(export.send().await.unwrap().status(), 404);
        let presence = "subscription($id: ID!) { threadPresenceChanged(threadId: $id) { typing { id } } }";
        let refused = Socket::follow(&app.url, &mediator.token, presence, json!({ "id": matter.with_buyer })).await.receive().await;
        assert_eq!(refused["payload"]["errors"][0]["extensions"]["code"], "NOT_FOUND", "{refused:#}");
        the_two_rules_agree(story).await;
    }

    async fn a_search_finds_words_of_the_case_alone(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        for (token, thread, text) in [
            (&story.seller, &matter.with_buyer, "tulipe 06 12 34 56 78"),
            (&story.operator, &matter.without_seller, "tulipe noire"),
            (&story.operator, &matter.private, "tulipe rouge"),
        ] {
            story.post(token, thread, text).await;
        }
        matter.internal_note("tulipe interne").await;
        let other = story.ticket().await;
        let thread = story.thread(other, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "tulipe ailleurs").await;
        let mediator = matter.shown(&matter.with_buyer).await;
        let find = async |words: &str| {
            let query = "query($q: String!) { search(query: $q) { nodes { match { snippet } node { ... on Message { text } ... on Case { reference } } } } }";
            let found = app.ask(&mediator.token, query, json!({ "q": words })).await;
            let nodes = found["search"]["nodes"].as_array().unwrap().clone();
            nodes.iter().map(|hit| hit["node"]["text"].as_str().or(hit["node"]["reference"].as_str()).unwrap().to_owned()).collect::<Vec<_>>()
        };
        let found = find("tulipe").await;
        assert!(found.len() == 1 && found[0].starts_with("tulipe [") && !found[0].contains("06"), "{found:?}");
        assert_eq!(find("colis").await.len(), 2, "the case and the buyer's first words");
        for words in ["marie", "dupont", "12 34 56", "brio", "MK-2002"] {
            assert_eq!(find(words).await, Vec::<String>::new(), "{words}");
        }
    }

    async fn a_mediator_changes_nothing(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        let message = story.post(&story.seller, &matter.with_buyer, "Il part demain").await;
        let mediator = matter.shown(&matter.with_buyer).await;
        let before = app.ask(&story.operator, WORLD, json!({})).await;
        let mut known = json!({
            "caseId": matter.case, "intoCaseId": CaseId::generate(), "caseIds": [matter.case], "threadId": matter.with_buyer, "threadIds": [matter.with_buyer],
            "upToMessageId": message, "moveMessageIds": [message], "copyMessageIds": [], "sellerId": SellerId::generate(), "mediatorId": mediator.id, "savedSearchId": SavedSearchId::generate(), "sanctionId": SanctionId::generate(), "proposalId": SanctionProposalId::generate(), "defectId": DefectId::generate(), "reviewId": RatingId::generate(), "reportId": ReportId::generate(), "improvementId": ImprovementId::generate(), "id": null,
        });
        let schema = app.ask(&story.operator, SCHEMA, json!({})).await["__schema"].clone();
        let mut out = String::new();
        for field in schema["mutationType"]["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            known["id"] = match name {
                "webhookDeliveryReplay" => json!(WebhookDeliveryId::generate()),
                "templateUpdate" | "templateDelete" => json!(TemplateId::generate()),
                _ => json!(WebhookEndpointId::generate()),
            };
            let input = made_up(&schema, &field["args"][0]["type"], "input", &known);
            let query = format!("mutation($input: {}Input!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}", name[..1].to_uppercase() + &name[1..]);
            let answer = app.answer(&mediator.token, &query, json!({ "input": input })).await;
            let code = answer["data"][name]["userErrors"][0]["code"].as_str().or(answer["errors"][0]["extensions"]["code"].as_str());
            writeln!(out, "{name:<30}{}", code.unwrap_or("DONE")).unwrap();
        }
        assert_eq!(app.ask(&story.operator, WORLD, json!({})).await, before);
        let file = attachments::send(app, &mediator.token, "a.png", "image/png", attachments::PNG).await;
        assert_eq!(file.status(), 403);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("what_a_mediator_can_change", out);
        });
    }

    async fn their_time_ends(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        let file = attachments::upload(app, &story.seller, "a.png", "image/png", attachments::PNG).await;
        let message = attachments::post(story, &story.seller, &matter.with_buyer, "avec une photo", &[file]).await;
        let end = app.cx.now() + TimeDelta::minutes(10);
        let mediator = admit(story, &matter.case, json!({ "expiresAt": at(end) })).await;
        assert_eq!(app.ask(&mediator.token, "{ viewer { expiresAt } }", json!({})).await["viewer"]["expiresAt"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap(), end);
        let files = attachments::files(app, &mediator.token, &message).await.unwrap();
        let link = attachments::here(app, files[0]["url"].as_str().unwrap());
        let opens = async || app.http.get(&link).send().await.unwrap().status().as_u16();
        assert_eq!(opens().await, 200);
        let socket = matter.follow(&mediator.token).await;

        app.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
        assert_eq!(app.ask(&mediator.token, "{ cases { nodes { id } } }", json!({})).await["cases"]["nodes"][0]["id"], matter.case);
        app.advance(TimeDelta::microseconds(1));
        let question = "{ cases { nodes { id } } }";
        let answer = app.raw(&mediator.token, question, json!({})).await;
        assert_eq!(answer, app.raw("trl_md_neverwas", question, json!({})).await);
        assert_eq!(answer, app.raw("trl_op_neverwas", question, json!({})).await);
        assert!(answer.contains("UNAUTHENTICATED"), "{answer}");
        assert!(opens().await >= 400, "a link outlives the access");
        assert_eq!(matter.standing().await[0]["state"], "EXPIRED");
        // The next thing that happens ends what is open, and is not told.
        story.post(&story.seller, &matter.with_buyer, "Après la fin").await;
        assert_eq!(socket.rest().await, (Vec::new(), Some(4403)));
    }

    async fn they_can_be_sent_away(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        let file = attachments::upload(app, &story.seller, "a.png", "image/png", attachments::PNG).await;
        let message = attachments::post(story, &story.seller, &matter.with_buyer, "avec une photo", &[file]).await;
        let mediator = matter.shown(&matter.with_buyer).await;
        let staying = admit(story, &matter.case, json!({ "email": "jean@mediation.example", "name": "Jean" })).await;
        let files = attachments::files(app, &mediator.token, &message).await.unwrap();
        let link = attachments::here(app, files[0]["url"].as_str().unwrap());
        assert_eq!(app.http.get(&link).send().await.unwrap().status(), 200);
        let (socket, mut other) = (matter.follow(&mediator.token).await, matter.follow(&staying.token).await);

        let revoked = app.act(&story.operator, "mediatorRevoke", "mediator { state revokedAt }", json!({ "mediatorId": mediator.id })).await;
        assert_eq!(revoked["mediator"]["state"], "REVOKED");
        // Nothing else has to happen: it closes by itself, and tells nothing more.
        assert_eq!(socket.rest().await, (Vec::new(), Some(4403)));
        assert!(app.raw(&mediator.token, "{ viewer { role } }", json!({})).await.contains("UNAUTHENTICATED"));
        assert_eq!(app.http.get(&link).send().await.unwrap().status(), 404, "what was opened before shows nothing");
        assert_eq!(other.next().await["caseTimelineItemAdded"]["__typename"], "MediatorRevokedEvent");

        let again = app.act(&story.operator, "mediatorRevoke", "mediator { state revokedAt }", json!({ "mediatorId": mediator.id })).await;
        assert_eq!(again, revoked);
        for token in [&story.operator, &story.seller, &story.vendor, &staying.token] {
            let happened = matter.happened(token).await;
            let count = |name: &str| happened.iter().filter(|known| *known == name).count();
            assert_eq!((count("MediatorAdmittedEvent"), count("MediatorRevokedEvent")), (2, 1), "{happened:?}");
        }
        let standing = matter.standing().await;
        assert_eq!((&standing[0]["state"], &standing[0]["statement"], &standing[0]["threads"]), (&json!("REVOKED"), &json!("Saisine du 20 novembre"), &json!([{ "id": matter.with_buyer }])));
        assert_eq!((&standing[1]["state"], &standing[1]["email"], &standing[1]["admittedBy"]), (&json!("ADMITTED"), &json!("jean@mediation.example"), &json!("Operator of the test")));
        assert_eq!(standing[1]["threads"].as_array().unwrap().len(), 2, "without a word about it, all threads with the buyer");
        the_two_rules_agree(story).await;
    }

    async fn what_was_said_before_can_stay_hidden(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        story.post(&story.seller, &matter.with_buyer, "Avant").await;
        let mediator = admit(story, &matter.case, json!({ "threadIds": [matter.with_buyer], "history": "HIDDEN" })).await;
        let mut socket = matter.follow(&mediator.token).await;
        let quiet = async || {
            let everything = "{ cases { pageInfo { startCursor endCursor } nodes { id status updatedAt threads { id messages { pageInfo { endCursor hasNextPage } nodes { id text } } } timeline(first: 100) { pageInfo { endCursor hasNextPage } nodes { id at } } } } }";
            app.advance(TimeDelta::minutes(1));
            app.raw(&mediator.token, everything, json!({})).await
        };
        let before = quiet().await;
        assert!(!before.contains("Avant") && !before.contains("colis"), "{before}");
        story.post(&story.operator, &matter.private, "Entre nous").await;
        story.post(&story.operator, &matter.without_seller, "Sans le vendeur").await;
        story.desk.settle(app).await;
        matter.internal_note("Note").await;
        assert_eq!(quiet().await, before, "what happens out of sight moves something");
        story.post(&story.seller, &matter.with_buyer, "Après").await;
        let heard = loop {
            let item = socket.next().await["caseTimelineItemAdded"].clone();
            if item["__typename"] == "MessagePostedEvent" {
                break item["message"]["text"].clone();
            }
        };
        assert_eq!(heard, "Après");
        let after = quiet().await;
        assert!(after.contains("Après") && !after.contains("Avant"), "{after}");
        the_two_rules_agree(story).await;
    }

    async fn who_may_be_let_in_and_by_whom(db: Db) {
        let matter = Matter::begin(db).await;
        let (story, app) = (&matter.story, &matter.story.app);
        let other = story.ticket().await;
        let other_thread = story.thread(other, "SELLER_BUYER").await;
        let elsewhere = app.another_marketplace("souk").await;
        let stranger = app.token_in(&elsewhere, Role::Operator, None).await;
        let inside = matter.shown(&matter.with_buyer).await;
        let now = app.cx.now();
        let wrong = [
            (json!({ "caseId": CaseId::generate() }), "NOT_FOUND", "caseId"),
            (json!({ "name": " " }), "LENGTH", "name"),
            (json!({ "name": "n".repeat(201) }), "LENGTH", "name"),
            (json!({ "statement": "" }), "LENGTH", "statement"),
            (json!({ "statement": "s".repeat(2_001) }), "LENGTH", "statement"),
            (json!({ "email": "claire" }), "INVALID", "email"),
            (json!({ "expiresAt": at(now) }), "INVALID", "expiresAt"),
            (json!({ "expiresAt": at(now - TimeDelta::days(1)) }), "INVALID", "expiresAt"),
            (json!({ "expiresAt": at(now + TimeDelta::days(90) + TimeDelta::seconds(1)) }), "INVALID", "expiresAt"),
            (json!({ "threadIds": [] }), "INVALID", "threadIds"),
            (json!({ "threadIds": vec![json!(matter.with_buyer); 21] }), "TOO_MANY", "threadIds"),
            (json!({ "threadIds": [ThreadId::generate()] }), "NOT_FOUND", "threadIds"),
            (json!({ "threadIds": [other_thread] }), "NOT_FOUND", "threadIds"),
            (json!({ "threadIds": [matter.private] }), "INVALID", "threadIds"),
        ];
        let attempt = async |token: &str, changes: &Value| {
            let mut input = request(app, &matter.case);
            input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            app.try_act(token, "mediatorAdmit", "mediator { id } token", input).await
        };
        let before = app.ask(&story.operator, WORLD, json!({})).await;
        for (changes, code, field) in wrong {
            let refused = attempt(&story.operator, &changes).await;
            assert_eq!((&refused["token"], &refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"][0]), (&Value::Null, &json!(code), &json!(field)), "{changes}: {refused:#}");
        }
        for token in [&story.seller, &story.other_seller, &story.vendor, &inside.token] {
            assert_eq!(attempt(token, &json!({})).await["userErrors"][0]["code"], "NOT_ALLOWED");
            let refused = app.try_act(token, "mediatorRevoke", "mediator { id }", json!({ "mediatorId": inside.id })).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
        }
        assert_eq!(attempt(&stranger, &json!({})).await["userErrors"][0]["code"], "NOT_FOUND");
        for (token, id) in [(&stranger, inside.id.clone()), (&story.operator, MediatorId::generate().to_string())] {
            let refused = app.try_act(token, "mediatorRevoke", "mediator { id }", json!({ "mediatorId": id })).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
        }
        assert_eq!(app.ask(&story.operator, WORLD, json!({})).await, before, "nothing was written");
        for token in [&story.seller, &story.vendor] {
            let listed = app.ask(token, "query($id: ID!) { case(by: { id: $id }) { mediators { id } } }", json!({ "id": matter.case })).await;
            assert_eq!(listed["case"]["mediators"], json!([]));
        }

        // Five at a time; who is gone leaves room.
        for _ in 0..4 {
            admit(story, &matter.case, json!({})).await;
        }
        assert_eq!(attempt(&story.operator, &json!({})).await["userErrors"][0]["code"], "INVALID");
        app.act(&story.operator, "mediatorRevoke", "mediator { id }", json!({ "mediatorId": inside.id })).await;
        admit(story, &matter.case, json!({})).await;
        // The words of another case do not come to them by a merge.
        let merge = json!({ "caseId": story.case(other, "id").await["id"], "intoCaseId": matter.case });
        let refused = app.try_act(&story.operator, "caseMerge", "case { id }", merge.clone()).await;
        assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]), (&json!("INVALID"), &json!(["intoCaseId"])));
        app.advance(TimeDelta::days(31));
        app.act(&story.operator, "caseMerge", "case { id }", merge).await;
        admit(story, &matter.case, json!({})).await;
    }
}

const SCHEMA: &str = "{ __schema { mutationType { fields { name args { type { ...it } } } }
    types { name kind inputFields { name defaultValue type { ...it } } enumValues { name } isOneOf } } }
    fragment it on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// An input with everything that must be there: ids of what the asker knows, and otherwise whatever fits.
fn made_up(schema: &Value, of: &Value, field: &str, known: &Value) -> Value {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => made_up(schema, &of["ofType"], field, known),
        "LIST" if known[field].is_array() => known[field].clone(),
        "LIST" => json!([made_up(schema, &of["ofType"], field, known)]),
        "ENUM" => definition(schema, of)["enumValues"][0]["name"].clone(),
        "INPUT_OBJECT" => {
            let definition = definition(schema, of);
            let fields = definition["inputFields"].as_array().unwrap();
            let one_of = definition["isOneOf"] == true;
            let must = |field: &&Value| field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null();
            let wanted: Vec<_> = if one_of { fields.iter().take(1).collect() } else { fields.iter().filter(must).collect() };
            let value = |field: &&Value| {
                let name = field["name"].as_str().unwrap();
                (name.to_owned(), made_up(schema, &field["type"], name, known))
            };
            Value::Object(wanted.iter().map(value).collect())
        }
        _ => match (of["name"].as_str().unwrap(), &known[field]) {
            ("ID", id) if !id.is_null() => id.clone(),
            ("Int", _) => json!(1),
            ("Boolean", _) => json!(true),
            ("NaiveDate", _) => json!("2026-12-24"),
            ("DateTime", _) => json!("2026-12-01T00:00:00Z"),
            ("CurrencyCode", _) => json!("EUR"),
            ("Decimal", _) => json!("1.00"),
            _ => json!("x"),
        },
    }
}

fn definition<'a>(schema: &'a Value, of: &Value) -> &'a Value {
    schema["types"].as_array().unwrap().iter().find(|known| known["name"] == of["name"]).unwrap()
}
