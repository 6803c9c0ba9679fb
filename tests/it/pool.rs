//! The pool: several sellers may answer, the first accepted answer wins, and nobody learns what is not theirs.

mod refusals;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use trilogue::demo::peer::Opening;
use trilogue::domain::charter::Charter;
use trilogue::domain::ids::{IncentiveId, PoolAnswerId, PoolQuestionId};
use trilogue::domain::parties::Role;
use trilogue::domain::pool::{PoolMode, Reward, Rules};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, TestApp, on_both_databases, order};

fn charter() -> Charter {
    let rules = Rules { mode: PoolMode::On, reward: Some(Reward::Points { points: 10 }), ..Rules::default() };
    Charter { pool: rules, ..Charter::default() }
}

/// A marketplace without a helpdesk, with three sellers; the third is asked nothing.
struct Pool {
    app: TestApp,
    operator: String,
    vendor: String,
    /// Tokens and ids of Alma, Brio and Cleo.
    tokens: Vec<String>,
    sellers: Vec<Value>,
}

const NAMES: [&str; 3] = ["alma", "brio", "cleo"];
const QUESTION: &str = "question { id state text expiresAt answers { id state } }";
const ANSWER: &str = "answer { id state text }";

impl Pool {
    async fn open(db: Db) -> Self {
        Self::open_with(db, charter()).await
    }

    async fn open_with(db: Db, charter: Charter) -> Self {
        let app = TestApp::start_with(db, charter).await;
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        let drafts: Vec<_> = NAMES.iter().map(|name| json!({ "externalId": name, "name": format!("Boutique {name}") })).collect();
        let stored = app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": drafts })).await;
        let sellers = stored["sellers"].as_array().unwrap().iter().map(|seller| seller["id"].clone()).collect();
        app.act(&vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order("A-1", "alma")] })).await;
        let mut tokens = Vec::new();
        for name in NAMES {
            tokens.push(app.token(Role::Seller, Some(name)).await);
        }
        Self { app, operator, vendor, tokens, sellers }
    }

    /// A buyer asks about nothing that was bought, or about an order.
    async fn case(&self, order: Option<&str>, phase: &str, key: &str) -> Value {
        let opening = json!({
            "subject": format!("Question {key}"), "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org", "phase": phase,
            "text": "Existe-t-elle en bleu ?", "orderReference": order, "idempotencyKey": key,
        });
        self.app.act(&self.vendor, "caseOpen", "case { id }", opening).await["case"]["id"].clone()
    }

    /// What offers a question to Alma and Brio.
    fn offering(&self, case: &Value, key: &str) -> Value {
        json!({ "caseId": case, "question": "Existe-t-elle en bleu ?", "sellerIds": self.sellers[..2], "idempotencyKey": key })
    }

    async fn offer(&self, case: &Value) -> Value {
        let offered = self.app.act(&self.operator, "poolOffer", QUESTION, self.offering(case, "offer")).await;
        offered["question"]["id"].clone()
    }

    async fn answer(&self, seller: usize, question: &Value, text: &str) -> Value {
        let input = json!({ "questionId": question, "text": text, "idempotencyKey": text });
        self.app.act(&self.tokens[seller], "poolAnswer", ANSWER, input).await["answer"]["id"].clone()
    }

    async fn try_accept(&self, answer: &Value) -> Value {
        self.app.try_act(&self.operator, "poolAccept", QUESTION, json!({ "answerId": answer })).await
    }

    async fn seen(&self, token: &str, id: &Value, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ {fields} }} }}");
        self.app.ask(token, &query, json!({ "id": id })).await["node"].clone()
    }

    async fn state(&self, question: &Value) -> Value {
        self.seen(&self.operator, question, "... on PoolQuestion { state answers { state seller { externalId } } }").await
    }

    /// What the buyer's thread says, and what has happened to the case's questions.
    async fn told(&self, case: &Value) -> (Vec<Value>, Vec<Value>) {
        let query = "query($id: ID!) { case(by: { id: $id }) { threads { kind messages { nodes { text author } } }
            timeline(first: 100) { nodes { ... on PoolChangedEvent { change actor { kind } question { id } answer { id } } } } } }";
        let seen = self.app.ask(&self.operator, query, json!({ "id": case })).await["case"].clone();
        let changes = seen["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item.get("change").is_some());
        (seen["threads"][0]["messages"]["nodes"].as_array().unwrap().clone(), changes.map(|item| item["change"].clone()).collect())
    }

    async fn incentives(&self, token: &str, of: usize) -> Vec<Value> {
        let fields = "... on Seller { incentives { nodes { id reward { kind points } answer { id } question { id } } } }";
        self.seen(token, &self.sellers[of], fields).await["incentives"]["nodes"].as_array().unwrap().clone()
    }
}

fn fault(payload: &Value) -> (Value, Value) {
    (payload["userErrors"][0]["field"].clone(), payload["userErrors"][0]["code"].clone())
}

on_both_databases! {
    async fn the_buyer_gets_the_first_accepted_answer(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, charter()).await;
        let ticket = story.desk.sim.open_ticket(&story.buyer, Opening::new("La théière", "Existe-t-elle en bleu ?"));
        story.desk.settle(&story.app).await;
        let case = story.case(ticket, "id phase availableActions").await;
        assert_eq!(case["phase"], "PRE_SALE");
        assert!(case["availableActions"].as_array().unwrap().contains(&json!("OFFER_TO_POOL")), "{case:#}");
        let mut sellers = Vec::new();
        for name in ["alma", "brio"] {
            let query = format!("{{ seller(by: {{ externalId: \"{name}\" }}) {{ id }} }}");
            sellers.push(story.app.ask(&story.operator, &query, json!({})).await["seller"]["id"].clone());
        }
        let asked = "Une cliente (06 12 34 56 78) demande : la théière existe-t-elle en bleu ?";
        let input = json!({ "caseId": case["id"], "question": asked, "sellerIds": sellers, "idempotencyKey": "1" });
        let offered = story.app.act(&story.operator, "poolOffer", "question { id text state case { id } sellers { id } reward { kind points } }", input).await;
        let question = &offered["question"];
        assert_eq!((&question["text"], &question["state"], &question["case"]["id"]), (&json!(asked), &json!("OPEN"), &case["id"]));
        assert_eq!(question["sellers"].as_array().unwrap().len(), 2);

        let list = "{ poolQuestions { nodes { id text case { id } sellers { id } answers { text } reward { kind points credit { amount } } } } }";
        for token in [&story.seller, &story.other_seller] {
            let seen = story.app.ask(token, list, json!({})).await["poolQuestions"]["nodes"].clone();
            assert_eq!(seen, json!([{
                "id": question["id"], "text": "Une cliente ([numéro de téléphone masqué]) demande : la théière existe-t-elle en bleu ?",
                "case": null, "sellers": [], "answers": [], "reward": { "kind": "POINTS", "points": 10, "credit": null },
            }]));
        }
        let words = [(&story.seller, "Non."), (&story.other_seller, "Oui, appelez le 06 98 76 54 32.")];
        let mut answers = Vec::new();
        for (token, text) in words {
            let input = json!({ "questionId": question["id"], "text": text, "idempotencyKey": "1" });
            answers.push(story.app.act(token, "poolAnswer", "answer { id state }", input).await["answer"]["id"].clone());
        }
        for (token, text) in words {
            let seen = story.app.ask(token, list, json!({})).await["poolQuestions"]["nodes"][0]["answers"].clone();
            assert_eq!(seen, json!([{ "text": text }]), "its own alone");
        }
        let cases = story.app.ask(&story.other_seller, "{ cases { nodes { id } } }", json!({})).await;
        assert_eq!(cases["cases"]["nodes"], json!([]), "who answers does not know the case");

        let fields = "question { state settledAt answers { text state seller { name } } }";
        let accepted = story.app.act(&story.operator, "poolAccept", fields, json!({ "answerId": answers[1] })).await;
        assert_eq!(accepted["question"]["state"], "ANSWERED");
        assert_eq!(accepted["question"]["answers"], json!([
            { "text": "Non.", "state": "DECLINED", "seller": { "name": "Boutique Alma" } },
            { "text": "Oui, appelez le 06 98 76 54 32.", "state": "ACCEPTED", "seller": { "name": "Brio & Fils" } },
        ]));
        story.desk.settle(&story.app).await;
        let said = story.desk.sim.comments(ticket).pop().unwrap();
        let text = format!("{said:?}");
        assert!(text.contains("Brio & Fils répond") && text.contains("Oui, appelez le [numéro de téléphone masqué]."), "{text}");
        assert!(!text.contains("06 98") && !text.contains("Alma"), "{text}");
        assert_eq!(story.case(ticket, "status").await["status"], "WAITING_BUYER", "it is the operator's answer");
        let query = "query($by: CaseByInput!) { case(by: $by) { poolQuestions { id state answers { state } } timeline(first: 50) { nodes { ... on PoolChangedEvent { change answer { id } } ... on MessagePostedEvent { message { author authorName } } } } } }";
        let by = json!({ "by": story.desk.key(ticket) });
        let seen = story.app.ask(&story.operator, query, by.clone()).await["case"].clone();
        assert_eq!(seen["poolQuestions"][0]["state"], "ANSWERED");
        let changes: Vec<_> = seen["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item.get("change").is_some()).collect();
        assert_eq!(changes, [
            &json!({ "change": "OFFERED", "answer": null }),
            &json!({ "change": "ANSWERED", "answer": { "id": answers[0] } }),
            &json!({ "change": "ANSWERED", "answer": { "id": answers[1] } }),
            &json!({ "change": "ACCEPTED", "answer": { "id": answers[1] } }),
        ]);
        // The vendor reads what the buyer reads, and nothing of how it came about.
        let query = query.replace("by: $by", "by: { id: $id }").replace("$by: CaseByInput!", "$id: ID!");
        let seen = story.app.ask(&story.vendor, &query, json!({ "id": case["id"] })).await["case"].clone();
        assert_eq!(seen["poolQuestions"], json!([]));
        assert!(!seen.to_string().contains("change"), "{seen:#}");
    }

    async fn what_was_promised_is_recorded_once(db: Db) {
        let pool = Pool::open(db).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let question = pool.offer(&case).await;
        let (one, two) = (pool.answer(0, &question, "Oui").await, pool.answer(1, &question, "Non").await);
        // What was promised stays, whatever the charter says later.
        let change = json!({ "charter": { "pool": { "mode": "ON", "reward": { "discountPercent": 5 } } } });
        pool.app.act(&pool.operator, "charterPublish", "charter { version }", change).await;
        let outcomes = join_all((0..8).map(|turn| pool.try_accept(if turn % 2 == 0 { &one } else { &two }))).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome["userErrors"] == json!([]));
        assert_eq!(won.len(), 1, "{outcomes:#?}");
        for outcome in lost {
            assert_eq!(fault(outcome), (json!(["answerId"]), json!("NOT_IN_THIS_STATE")));
            assert_eq!(outcome["userErrors"][0]["message"], "The question is answered already.");
        }
        let states = pool.state(&question).await;
        let accepted: Vec<_> = states["answers"].as_array().unwrap().iter().filter(|answer| answer["state"] == "ACCEPTED").collect();
        assert_eq!(accepted.len(), 1);
        let (messages, changes) = pool.told(&case).await;
        assert_eq!(messages.len(), 2, "the buyer's, and one answer: {messages:#?}");
        assert_eq!(messages[1]["author"], "OPERATOR");
        assert_eq!(changes, ["OFFERED", "ANSWERED", "ANSWERED", "ACCEPTED"]);
        let winner = usize::from(accepted[0]["seller"]["externalId"] == "brio");
        let (shop, word) = ([("alma", "Oui"), ("brio", "Non")])[winner];
        assert_eq!(messages[1]["text"], format!("Boutique {shop} répond\u{a0}:\n\n{word}"));

        let earned = pool.incentives(&pool.operator, winner).await;
        assert_eq!(earned.len(), 1);
        assert_eq!((&earned[0]["reward"], &earned[0]["question"]["id"]), (&json!({ "kind": "POINTS", "points": 10 }), &question));
        assert_eq!(pool.incentives(&pool.tokens[winner], winner).await, earned);
        assert_eq!(pool.incentives(&pool.operator, 1 - winner).await, Vec::<Value>::new());
        for (token, sees) in [(&pool.tokens[winner], true), (&pool.operator, true), (&pool.tokens[1 - winner], false), (&pool.vendor, false)] {
            let seen = pool.seen(token, &earned[0]["id"], "... on Incentive { seller { externalId } }").await;
            assert_eq!(seen.is_object(), sees, "{seen}");
        }
        assert_eq!(pool.seen(&pool.vendor, &pool.sellers[winner], "... on Seller { incentives { nodes { id } } }").await["incentives"]["nodes"], json!([]));
    }

    async fn nobody_else_can_tell_that_there_is_a_question(db: Db) {
        let pool = Pool::open(db).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let question = pool.offer(&case).await;
        let answer = pool.answer(0, &question, "Oui").await;
        pool.app.act(&pool.operator, "poolAccept", QUESTION, json!({ "answerId": answer })).await;
        let incentive = pool.incentives(&pool.operator, 0).await[0]["id"].clone();
        let elsewhere = pool.app.another_marketplace("souk").await;
        let foreign = pool.app.token_in(&elsewhere, Role::Operator, None).await;
        let nowhere = [PoolQuestionId::generate().to_string(), PoolAnswerId::generate().to_string(), IncentiveId::generate().to_string()].map(Value::from);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        let mutation = |name: &str, kind: &str| format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ userErrors {{ field message code }} }} }}");
        for token in [&pool.tokens[2], &pool.vendor, &foreign] {
            for (real, never) in [&question, &answer, &incentive].into_iter().zip(&nowhere) {
                let seen = pool.app.raw(token, node, json!({ "id": real })).await;
                assert_eq!(seen, pool.app.raw(token, node, json!({ "id": never })).await);
                assert!(seen.contains("null"), "{seen}");
            }
            let listed = pool.app.ask(token, "{ poolQuestions { nodes { id } } }", json!({})).await;
            assert_eq!(listed["poolQuestions"]["nodes"], json!([]));
            for (name, kind, field, index) in [
                ("poolAnswer", "PoolAnswer", "questionId", 0),
                ("poolWithdraw", "PoolWithdraw", "questionId", 0),
                ("poolAccept", "PoolAccept", "answerId", 1),
                ("poolAnswerWithdraw", "PoolAnswerWithdraw", "answerId", 1),
            ] {
                let ask = |id: &Value| {
                    let mut input = json!({ field: id });
                    if name == "poolAnswer" {
                        input["text"] = json!("Oui");
                        input["idempotencyKey"] = json!("k");
                    }
                    (mutation(name, kind), json!({ "input": input }))
                };
                let ((query, real), (_, never)) = (ask([&question, &answer][index]), ask(&nowhere[index]));
                let told = pool.app.raw(token, &query, real).await;
                assert_eq!(told, pool.app.raw(token, &query, never).await, "{name}");
                assert!(told.contains("NOT_FOUND") || told.contains("NOT_ALLOWED"), "{name}: {told}");
            }
        }
        // Brio was asked, and knows nothing of what Alma said or got.
        let seen = pool.seen(&pool.tokens[1], &question, "... on PoolQuestion { state case { id } sellers { id } answers { id } }").await;
        assert_eq!(seen, json!({ "state": "ANSWERED", "case": null, "sellers": [], "answers": [] }));
        assert_eq!(pool.seen(&pool.tokens[1], &answer, "id").await, Value::Null);
        assert_eq!(pool.seen(&pool.tokens[1], &incentive, "id").await, Value::Null);
        for (token, input, mutation) in [
            (&pool.tokens[1], json!({ "questionId": question }), "poolWithdraw"),
            (&pool.tokens[0], json!({ "answerId": answer }), "poolAccept"),
            (&pool.operator, json!({ "answerId": answer }), "poolAnswerWithdraw"),
            (&pool.operator, json!({ "questionId": question, "text": "Oui", "idempotencyKey": "k" }), "poolAnswer"),
        ] {
            let refused = pool.app.try_act(token, mutation, "__typename", input).await;
            assert_eq!(fault(&refused).1, "NOT_ALLOWED", "{mutation}: {refused:#}");
        }
    }

    async fn time_runs_out(db: Db) {
        let pool = Pool::open(db).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let question = pool.offer(&case).await;
        let answer = pool.answer(0, &question, "Oui").await;
        pool.app.advance(TimeDelta::hours(48) - TimeDelta::seconds(1));
        pool.app.work().await;
        assert_eq!(pool.state(&question).await["state"], "OPEN");
        pool.app.advance(TimeDelta::seconds(1));
        // Nobody has written it down yet, and still it is so.
        assert_eq!(pool.state(&question).await["state"], "EXPIRED");
        let refused = pool.try_accept(&answer).await;
        assert_eq!(fault(&refused), (json!(["answerId"]), json!("NOT_IN_THIS_STATE")));
        assert_eq!(refused["userErrors"][0]["message"], "The question is expired already.");
        let late = json!({ "questionId": question, "text": "Moi aussi", "idempotencyKey": "late" });
        assert_eq!(fault(&pool.app.try_act(&pool.tokens[1], "poolAnswer", ANSWER, late).await), (json!(["questionId"]), json!("NOT_IN_THIS_STATE")));
        pool.app.work().await;
        assert_eq!(pool.state(&question).await, json!({ "state": "EXPIRED", "answers": [{ "state": "DECLINED", "seller": { "externalId": "alma" } }] }));
        assert_eq!(pool.told(&case).await.1, ["OFFERED", "ANSWERED", "EXPIRED"]);
        pool.app.work().await;
        assert_eq!(pool.told(&case).await.1.len(), 3, "once");
    }

    async fn an_answer_that_cannot_be_told_is_not_accepted(db: Db) {
        let pool = Pool::open(db).await;
        // The seller talks with the buyer, and the operator only reads along.
        let case = pool.case(Some("A-1"), "PRE_SALE", "1").await;
        let question = pool.offer(&case).await;
        let answer = pool.answer(1, &question, "Oui").await;
        let refused = pool.try_accept(&answer).await;
        assert_eq!(fault(&refused), (json!(["answerId"]), json!("ESCALATE_FIRST")));
        let closing = json!({ "caseId": case });
        assert_eq!(pool.state(&question).await["state"], "OPEN");
        assert_eq!(pool.incentives(&pool.operator, 1).await, Vec::<Value>::new());
        assert_eq!(pool.told(&case).await.0.len(), 1);
        // Also the seller whose case it is learns nothing of where the question comes from.
        let seen = pool.seen(&pool.tokens[0], &question, "... on PoolQuestion { case { id } }").await;
        assert_eq!(seen, json!({ "case": null }));
        let seen = pool.app.ask(&pool.tokens[0], "query($id: ID!) { case(by: { id: $id }) { poolQuestions { id } timeline { nodes { __typename } } } }", json!({ "id": case })).await;
        assert_eq!(seen["case"]["poolQuestions"], json!([]));
        assert!(!seen.to_string().contains("PoolChangedEvent"), "{seen:#}");

        pool.app.act(&pool.operator, "caseClose", "case { status }", closing).await;
        assert_eq!(fault(&pool.try_accept(&answer).await), (json!(["answerId"]), json!("NOT_IN_THIS_STATE")));
        assert_eq!(pool.state(&question).await["state"], "OPEN");
        pool.app.act(&pool.operator, "poolWithdraw", QUESTION, json!({ "questionId": question })).await;
    }

    async fn a_question_goes_on_in_the_case_that_its_own_went_on_in(db: Db) {
        let pool = Pool::open(db).await;
        let (one, two) = (pool.case(None, "PRE_SALE", "1").await, pool.case(None, "PRE_SALE", "2").await);
        let question = pool.offer(&one).await;
        let answer = pool.answer(0, &question, "Oui").await;
        pool.app.act(&pool.operator, "caseMerge", "case { id }", json!({ "caseId": one, "intoCaseId": two })).await;
        pool.app.act(&pool.operator, "poolAccept", QUESTION, json!({ "answerId": answer })).await;
        let (messages, changes) = pool.told(&two).await;
        assert!(messages.last().unwrap()["text"].as_str().unwrap().ends_with("Oui"), "{messages:#?}");
        assert_eq!(changes, ["ACCEPTED"]);
    }

    async fn lists_are_read_in_pages(db: Db) {
        let pool = Pool::open(db).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let mut ids = Vec::new();
        for number in 0..5 {
            let offered = pool.app.act(&pool.operator, "poolOffer", "question { id }", pool.offering(&case, &number.to_string())).await;
            ids.insert(0, offered["question"]["id"].clone());
        }
        pool.app.act(&pool.operator, "poolWithdraw", QUESTION, json!({ "questionId": ids[0] })).await;
        let query = "query($first: Int, $after: String, $last: Int, $before: String, $filter: PoolQuestionFilterInput) { poolQuestions(first: $first, after: $after, last: $last, before: $before, filter: $filter) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
        let listed = |page: &Value| page["poolQuestions"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect::<Vec<_>>();
        for token in [&pool.operator, &pool.tokens[0]] {
            let page = pool.app.ask(token, query, json!({ "first": 2 })).await;
            assert_eq!((listed(&page), &page["poolQuestions"]["pageInfo"]["hasNextPage"]), (ids[..2].to_vec(), &json!(true)));
            let page = pool.app.ask(token, query, json!({ "first": 5, "after": page["poolQuestions"]["pageInfo"]["endCursor"] })).await;
            assert_eq!((listed(&page), &page["poolQuestions"]["pageInfo"]["hasNextPage"]), (ids[2..].to_vec(), &json!(false)));
            let page = pool.app.ask(token, query, json!({ "last": 2, "before": page["poolQuestions"]["pageInfo"]["startCursor"] })).await;
            assert_eq!(listed(&page), ids[..2]);
            let page = pool.app.ask(token, query, json!({ "filter": { "state": "OPEN" } })).await;
            assert_eq!(listed(&page), ids[1..]);
            let refused = pool.app.answer(token, query, json!({ "first": 2, "after": "nonsense" })).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        }
        let listed = pool.app.ask(&pool.tokens[2], query, json!({})).await;
        assert_eq!(listed["poolQuestions"]["nodes"], json!([]));
    }

    async fn the_charter_decides(db: Db) {
        let pool = Pool::open_with(db, Charter::default()).await;
        let case = pool.case(None, "PRE_SALE", "1").await;
        let actions = "query($id: ID!) { case(by: { id: $id }) { availableActions } }";
        let may = async || pool.app.ask(&pool.operator, actions, json!({ "id": case })).await.to_string().contains("OFFER_TO_POOL");
        assert!(!may().await);
        let refused = pool.app.try_act(&pool.operator, "poolOffer", QUESTION, pool.offering(&case, "k")).await;
        assert_eq!(fault(&refused), (json!(["caseId"]), json!("NOT_IN_THIS_STATE")));
        assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains("switch it on"));
        let fields = "charter { effect pool { mode phases reasons reward { kind points discountPercent credit { amount currencyCode } } answerHours } }";
        let euros = |amount: &str| json!({ "credit": { "amount": amount, "currencyCode": "EUR" } });
        for (rules, field) in [
            (json!({ "mode": "ON", "answerHours": 0 }), json!(["charter", "pool", "answerHours"])),
            (json!({ "mode": "ON", "answerHours": 721 }), json!(["charter", "pool", "answerHours"])),
            (json!({ "mode": "ON", "phases": [] }), json!(["charter", "pool", "phases"])),
            (json!({ "mode": "ON", "reasons": ["nowhere"] }), json!(["charter", "pool", "reasons", "0"])),
            (json!({ "mode": "ON", "reasons": ["No key"] }), json!(["charter", "pool", "reasons", "0"])),
            (json!({ "mode": "ON", "reward": { "points": 0 } }), json!(["charter", "pool", "reward"])),
            (json!({ "mode": "ON", "reward": { "discountPercent": 101 } }), json!(["charter", "pool", "reward", "discountPercent"])),
            (json!({ "mode": "ON", "reward": euros("0") }), json!(["charter", "pool", "reward"])),
            (json!({ "mode": "ON", "reward": euros("1.234") }), json!(["charter", "pool", "reward", "credit"])),
        ] {
            let refused = pool.app.try_act(&pool.operator, "charterPublish", fields, json!({ "charter": { "pool": rules } })).await;
            assert_eq!(fault(&refused), (field, json!("INVALID")), "{rules}");
        }
        let rules = json!({ "mode": "ON", "phases": ["PRE_SALE", "AFTER_SALE", "PRE_SALE"], "reasons": ["other"], "reward": euros("2.50"), "answerHours": 6 });
        let published = pool.app.act(&pool.operator, "charterPublish", fields, json!({ "charter": { "pool": rules } })).await;
        assert_eq!(published["charter"], json!({ "effect": "TECHNICAL", "pool": {
            "mode": "ON", "phases": ["PRE_SALE", "AFTER_SALE"], "reasons": ["other"], "answerHours": 6,
            "reward": { "kind": "CREDIT", "points": null, "discountPercent": null, "credit": { "amount": "2.50", "currencyCode": "EUR" } },
        } }));
        assert!(may().await);
        let offered = pool.app.act(&pool.operator, "poolOffer", "question { offeredAt expiresAt reward { credit { amount } } }", pool.offering(&case, "k")).await;
        let time = |field: &str| offered["question"][field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert_eq!(time("expiresAt") - time("offeredAt"), TimeDelta::hours(6));
        assert_eq!(offered["question"]["reward"]["credit"]["amount"], "2.50");
    }
}
