//! `kill -9` of the real server at every step of a refund: the money moves once, and it is known.

use std::sync::Arc;
use std::time::Duration;

use trilogue::clock::SystemClock;
use trilogue::demo::peer::{Fault, On};

use super::*;
use crate::durability::House;
use crate::harness::on_both_databases;
use crate::refunds::{eur, sold};

/// A step that the server cannot take, until it may again. It is killed in front of it.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// To take the instruction up.
    Claim,
    /// To let the refund hear what the payment system answered.
    Hear,
    /// To write down that it has heard.
    Settle,
    /// To take a report up.
    TakeReport,
    /// To let the refund hear a report.
    HearReport,
    /// To be done with a report.
    SettleReport,
}

impl Stop {
    const fn table(self) -> &'static str {
        match self {
            Self::Claim | Self::Settle => "payment_calls",
            Self::Hear | Self::HearReport => "refunds",
            Self::TakeReport | Self::SettleReport => "payment_news",
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Claim | Self::TakeReport => "NEW.status = 'RUNNING'",
            Self::Hear | Self::HearReport => "NEW.state = 'SUCCEEDED'",
            Self::Settle => "NEW.standing = 'SUCCEEDED'",
            Self::SettleReport => "NEW.status = 'DONE'",
        }
    }
}

/// A server of its own process, and a payment system.
struct Scene {
    house: House,
    peer: Peer,
    hook: String,
    db: Db,
    vendor: String,
    operator: String,
}

/// A refund of 12.50 of an order that was paid so: asked for, granted and submitted.
pub(super) async fn decided(house: &House, (vendor, operator): (&str, &str), payment: &str, grant: Value) -> IdempotencyKey {
    let act = async |token: &str, mutation: &str, fields: &str, input: Value| {
        let input_type = format!("{}Input", mutation[..1].to_uppercase() + &mutation[1..]);
        let query = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ message }} }} }}");
        let payload = house.ask(token, &query, input).await[mutation].clone();
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload
    };
    let sellers = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma" }] });
    act(vendor, "sellersUpsert", "sellers { id }", sellers).await;
    let mut order = sold(&format!("O-{payment}"), "alma");
    order["sale"] = json!({ "paymentReference": payment, "sellerAccount": "acct_9" });
    let stored = act(vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
    let asked = json!({ "orderId": stored["orders"][0]["id"], "lineId": "1", "basis": "COMMERCIAL", "amount": eur("12.50") });
    let refund = act(vendor, "refundRequest", "refund { id }", asked).await["refund"]["id"].clone();
    for (mutation, mut input) in [("refundGrant", grant), ("refundSubmit", json!({}))] {
        let query = format!("{{ node(id: {refund}) {{ ... on Refund {{ revision }} }} }}");
        let revision = house.ask(operator, &query, Value::Null).await["node"]["revision"].clone();
        (input["refundId"], input["revision"]) = (refund.clone(), revision);
        act(operator, mutation, "refund { status }", input).await;
    }
    format!("refund:{}:1", refund.as_str().unwrap()).parse().unwrap()
}

impl Scene {
    async fn begin(db: Db, way: Way) -> Self {
        let house = House::found(db).await;
        let clock = Arc::new(SystemClock);
        let connect = |more: Vec<String>| {
            let house = &house;
            async move {
                let line: Vec<_> = ["connect"].into_iter().chain(more.iter().map(String::as_str)).collect();
                house.run(&line).await
            }
        };
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (peer, hook) = match way {
            Way::Stripe => {
                let sim = StripeSim::start(StripeOptions::new(clock, STRIPE_VERSION)).await.unwrap();
                let key = StripeSim::SECRET_KEY;
                let line = format!("stripe --marketplace bazar --secret-key {key} --base-url {}", sim.base_url());
                let made = connect(words(&line)).await;
                let hook = made["hookUrl"].as_str().unwrap().to_owned();
                let secret = sim.connect_webhook(&hook).secret;
                connect(words(&format!("stripe --marketplace bazar --webhook-secret {secret}"))).await;
                (Peer::Stripe(sim), hook)
            }
            Way::Shop => {
                let made = connect(words("payments --marketplace bazar --url http://127.0.0.1:9/")).await;
                let key = |name: &str| bytes(made[name].as_str().unwrap());
                let sim = ShopSim::start(clock, &key("secret"), Sending::Manual).await.unwrap();
                connect(words(&format!("payments --marketplace bazar --url {}", sim.url()))).await;
                (Peer::Shop { sim, report_key: key("reportSecret") }, made["hookUrl"].as_str().unwrap().to_owned())
            }
        };
        let (vendor, operator) = (house.token(&["vendor"]).await, house.token(&["operator"]).await);
        let mut scene = Self { house, peer, hook, db, vendor, operator };
        scene.house.serve().await;
        scene
    }

    fn faults(&self) -> &Faults {
        match &self.peer {
            Peer::Stripe(sim) => sim.faults(),
            Peer::Shop { sim, .. } => sim.faults(),
        }
    }

    fn moved(&self) -> usize {
        match &self.peer {
            Peer::Stripe(sim) => sim.refunds().len(),
            Peer::Shop { sim, .. } => sim.refunds().len(),
        }
    }

    /// A refund is decided: its row is committed.
    async fn submit(&self) -> IdempotencyKey {
        let payment = match &self.peer {
            Peer::Stripe(sim) => sim.pay(4000, "EUR", Transfer::Destination).intent,
            Peer::Shop { .. } => "P-77".to_owned(),
        };
        decided(&self.house, (&self.vendor, &self.operator), &payment, json!({ "form": "PARTIAL" })).await
    }

    async fn block(&self, stop: Stop) {
        let (table, condition) = (stop.table(), stop.condition());
        let statement = match self.db {
            Db::Sqlite => {
                format!("CREATE TRIGGER stop BEFORE UPDATE ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'stop'); END")
            }
            Db::Postgres => format!(
                "CREATE FUNCTION stop() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$ LANGUAGE plpgsql; \
                 CREATE TRIGGER stop BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION stop()"
            ),
        };
        self.house.execute(&statement).await;
    }

    /// The server is killed; what it could not do it may do from now on; another one begins.
    async fn kill_and_restart(&mut self, stop: Option<Stop>) {
        self.house.kill().await;
        self.faults().settled().await;
        if let Some(stop) = stop {
            let statement = match self.db {
                Db::Sqlite => "DROP TRIGGER stop".to_owned(),
                Db::Postgres => format!("DROP TRIGGER stop ON {}; DROP FUNCTION stop()", stop.table()),
            };
            self.house.execute(&statement).await;
        }
        for table in ["payment_calls", "payment_news"] {
            self.house.execute(&format!("UPDATE {table} SET lease_until = created_at WHERE status = 'RUNNING'")).await;
        }
        self.house.serve().await;
    }

    /// The row of the only refund, once it is as it should be.
    async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let asking = async {
            loop {
                let listed = self.house.run(&["payments", "list", "--marketplace", "bazar"]).await;
                let rows = listed["payments"].as_array().unwrap().clone();
                if let [row] = rows.as_slice()
                    && holds(row)
                {
                    return row.clone();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), asking).await.unwrap_or_else(|_| panic!("it does not come about: {what}"))
    }

    /// One refund at the payment system, and one here, that was told of once.
    async fn ends_well(&self, what: &str) {
        let row = self.until(what, |row| row["status"] == "DONE").await;
        assert_eq!((&row["standing"], self.moved()), (&json!("SUCCEEDED"), 1), "{what}: {row:#}");
        let query = "{ cases { nodes { refunds { status attempts { state } } timeline(first: 100) { nodes { ... on RefundChangedEvent { change } } } } } }";
        let seen = self.house.ask(&self.operator, query, Value::Null).await;
        let [case] = seen["cases"]["nodes"].as_array().unwrap().as_slice() else { panic!("{what}: {seen:#}") };
        assert_eq!(case["refunds"], json!([{ "status": "SUCCEEDED", "attempts": [{ "state": "SUCCEEDED" }] }]), "{what}");
        let told = case["timeline"]["nodes"].as_array().unwrap().iter().filter(|event| event["change"] == "SUCCEEDED").count();
        assert_eq!(told, 1, "{what}: {case:#}");
    }

    /// The payment system comes to know that it has come off, and its report is taken.
    async fn report(&self, key: IdempotencyKey) {
        let outbox = match &self.peer {
            Peer::Stripe(sim) => {
                sim.outbox().take();
                sim.settle(&sim.refunds()[0].id, Settled::Succeeded);
                sim.outbox()
            }
            Peer::Shop { sim, report_key } => {
                sim.report(&key.to_string(), "SUCCEEDED", None, &self.hook, report_key);
                sim.outbox()
            }
        };
        let reports = outbox.take();
        assert!(!reports.is_empty());
        for report in &reports {
            assert!(outbox.send(report).await.is_success());
        }
    }
}

/// Killed while the payment system is being asked.
async fn killed_in_a_call(db: Db, way: Way, fault: Fault) {
    let mut scene = Scene::begin(db, way).await;
    scene.faults().next(On::post("/"), fault);
    scene.submit().await;
    scene.faults().hanging().await;
    scene.kill_and_restart(None).await;
    scene.ends_well(&format!("{way:?} {fault:?}")).await;
}

/// Killed before it could begin, or before it could write down what came of it.
async fn killed_before(db: Db, way: Way, stop: Stop) {
    let mut scene = Scene::begin(db, way).await;
    scene.block(stop).await;
    scene.submit().await;
    match stop {
        Stop::Claim => {}
        _ => drop(scene.until("it was answered, and nothing is known of it", |row| row["code"] == "UNFINISHED").await),
    }
    scene.kill_and_restart(Some(stop)).await;
    scene.ends_well(&format!("{way:?} {stop:?}")).await;
}

/// Killed with a report that was answered and not yet worked through.
async fn killed_with_a_report(db: Db, way: Way, stop: Stop) {
    let mut scene = Scene::begin(db, way).await;
    match &scene.peer {
        Peer::Stripe(sim) => sim.settle_new(Settlement::Later),
        Peer::Shop { sim, .. } => sim.behave(Manner::Later),
    }
    let key = scene.submit().await;
    scene.until("it is worked on", |row| row["standing"] == "PENDING").await;
    scene.block(stop).await;
    scene.report(key).await;
    if matches!(stop, Stop::SettleReport) {
        scene.until("the report was heard", |row| row["standing"] == "SUCCEEDED").await;
    }
    scene.kill_and_restart(Some(stop)).await;
    scene.ends_well(&format!("{way:?} {stop:?}")).await;
}

on_both_databases! {
    async fn money_that_was_moved_as_the_process_died_is_moved_once(db: Db) {
        for way in WAYS {
            for fault in [Fault::HangThenApply, Fault::HangThenDrop, Fault::ApplyThenHang] {
                killed_in_a_call(db, way, fault).await;
            }
        }
    }

    async fn an_instruction_outlives_the_process_that_took_it_down(db: Db) {
        for way in WAYS {
            for stop in [Stop::Claim, Stop::Hear, Stop::Settle] {
                killed_before(db, way, stop).await;
            }
        }
    }

    async fn a_report_outlives_the_process_that_answered_it(db: Db) {
        for way in WAYS {
            for stop in [Stop::TakeReport, Stop::HearReport, Stop::SettleReport] {
                killed_with_a_report(db, way, stop).await;
            }
        }
    }
}
