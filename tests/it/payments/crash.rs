//! `kill -9` of the real server at every step of a refund: the money moves once, and it is known.

use std::sync::Arc;
use std::time::Duration;

use trilogue::clock::SystemClock;
use trilogue::demo::peer::{Fault, On};
use trilogue::store::{Store, StoreOptions};

use super::*;
use crate::durability::House;
use crate::harness::on_both_databases;

/// A step that the server cannot take, until it may again. It is killed in front of it.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// To take the instruction up.
    Claim,
    /// To write down what the payment system answered.
    Settle,
    /// To take a report up.
    TakeReport,
    /// To be done with a report.
    SettleReport,
}

impl Stop {
    const fn table(self) -> &'static str {
        match self {
            Self::Claim | Self::Settle => "payment_calls",
            Self::TakeReport | Self::SettleReport => "payment_news",
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Claim | Self::TakeReport => "NEW.status = 'RUNNING'",
            Self::Settle => "NEW.standing = 'SUCCEEDED'",
            Self::SettleReport => "NEW.status = 'DONE'",
        }
    }
}

/// A server of its own process, and a payment system.
pub(super) struct Scene {
    house: House,
    peer: Peer,
    connection: ConnectionId,
    hook: String,
    db: Db,
}

impl Scene {
    async fn begin(db: Db, way: Way) -> Self {
        let house = House::found(db).await;
        let clock = Arc::new(SystemClock);
        let connect = |more: Vec<String>| {
            let house = &house;
            async move {
                let line: Vec<_> = ["connect"].into_iter().chain(more.iter().map(String::as_str)).collect();
                let made = house.run(&line).await;
                (made["connectionId"].as_str().unwrap().parse::<ConnectionId>().unwrap(), made)
            }
        };
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (peer, connection, hook) = match way {
            Way::Stripe => {
                let sim = StripeSim::start(StripeOptions::new(clock, STRIPE_VERSION)).await.unwrap();
                let key = StripeSim::SECRET_KEY;
                let line = format!("stripe --marketplace bazar --secret-key {key} --base-url {}", sim.base_url());
                let (id, made) = connect(words(&line)).await;
                let hook = made["hookUrl"].as_str().unwrap().to_owned();
                let secret = sim.connect_webhook(&hook).secret;
                connect(words(&format!("stripe --marketplace bazar --webhook-secret {secret}"))).await;
                (Peer::Stripe(sim), id, hook)
            }
            Way::Shop => {
                let (id, made) = connect(words("payments --marketplace bazar --url http://127.0.0.1:9/")).await;
                let key = |name: &str| bytes(made[name].as_str().unwrap());
                let sim = ShopSim::start(clock, &key("secret"), Sending::Manual).await.unwrap();
                connect(words(&format!("payments --marketplace bazar --url {}", sim.url()))).await;
                (Peer::Shop { sim, report_key: key("reportSecret") }, id, made["hookUrl"].as_str().unwrap().to_owned())
            }
        };
        let mut scene = Self { house, peer, connection, hook, db };
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
        Self::write_down(&self.house, self.connection, &payment, RefundMeans::OriginalPayment).await
    }

    /// As the decision leaves it behind.
    pub(super) async fn write_down(house: &House, connection: ConnectionId, payment: &str, means: RefundMeans) -> IdempotencyKey {
        let store = Store::open(&house.database_url(), StoreOptions::default(), Arc::new(SystemClock)).await.unwrap();
        let marketplace = store.marketplace_by_slug("bazar").await.unwrap().unwrap().id;
        let key = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
        let order = order(key, money("12.50"), payment, means);
        let tx = store.begin(marketplace).await.unwrap();
        tx.insert_payment_call(&row(&order, Some(connection), CaseId::generate())).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        key
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
        tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("it does not come about: {what}"))
    }

    /// One refund at the payment system, and one here.
    async fn ends_well(&self, what: &str) {
        let row = self.until(what, |row| row["status"] == "DONE").await;
        assert_eq!((&row["standing"], self.moved()), (&json!("SUCCEEDED"), 1), "{what}: {row:#}");
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
            for stop in [Stop::Claim, Stop::Settle] {
                killed_before(db, way, stop).await;
            }
        }
    }

    async fn a_report_outlives_the_process_that_answered_it(db: Db) {
        for way in WAYS {
            for stop in [Stop::TakeReport, Stop::SettleReport] {
                killed_with_a_report(db, way, stop).await;
            }
        }
    }
}
