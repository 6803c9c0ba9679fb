//! Returns, refunds and disputes of one order, moved by everybody in any order: buyer, seller, two people of the operator, time,
//! a payment system that answers well, badly, late or not at all, reports that come twice or never, and restarts.
//!
//! After each step a small reference model, which knows nothing of how the machines work, looks at what everybody can see and at
//! the books. At the end time passes, and everything must have come to an end.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

mod acts;
mod model;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sea_orm::{Database, DatabaseConnection};
use serde_json::{Value, json};
use trilogue::demo::stripe::{Settled, Settlement, StripeOptions, StripeSim, Transfer};
use trilogue::domain::charter::Charter;
use trilogue::domain::money::Money;
use trilogue::domain::parties::Role;
use trilogue::domain::refunds::RefundRules;
use trilogue::workflow::payments::{ChargeModel, STRIPE_VERSION, StripeAccount, connect_stripe};

use crate::harness::{Db, TestApp, random_stories};

/// What the buyer paid, in cents.
pub(super) const PAID: i64 = 7_587;

/// One choice of who does what: places in lists whose length is known only then.
#[derive(Debug, Clone)]
struct Choice {
    act: usize,
    detail: usize,
}

/// An order with everybody who may do something about it.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) stripe: StripeSim,
    hook: String,
    pub(super) db: DatabaseConnection,
    pub(super) order: Value,
    /// Buyer (through the vendor), seller, operator, and another person of the operator.
    pub(super) hands: [String; 4],
    /// What was done, for whoever reads a failure.
    pub(super) story: Vec<String>,
    asked: u32,
}

fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

fn sold(payment: &str) -> Value {
    let commission = json!({ "rate": 1200, "base": "ITEMS", "vatRate": 2000 });
    json!({
        "reference": "A-1", "sellerExternalId": "alma", "buyerEmail": "marie@example.org", "total": eur("75.87"),
        "placedAt": "2026-11-10T10:00:00Z", "sale": { "paymentReference": payment, "sellerAccount": "acct_9" },
        "lines": [
            { "externalId": "1", "title": "Théière", "quantity": 3, "unitPrice": eur("19.99"), "taxRate": 2000,
              "shipping": { "standard": eur("5.90"), "taxRate": 2000 }, "commission": commission },
            { "externalId": "2", "title": "Tasse", "quantity": 1, "unitPrice": eur("10.00"), "taxRate": 2000, "commission": commission },
        ],
    })
}

impl World {
    async fn begin(db: Db) -> Self {
        let limit = |minor| Some(Money { minor, currency: "EUR".parse().unwrap() });
        let refunds = RefundRules { seller_limit: limit(5_000), second_approver_above: limit(6_000), ..RefundRules::default() };
        let app = TestApp::start_with(db, Charter { refunds, ..Charter::default() }).await;
        let stripe = StripeSim::start(StripeOptions::new(app.clock.clone(), STRIPE_VERSION)).await.unwrap();
        let account = StripeAccount {
            base_url: Some(stripe.base_url().parse().unwrap()),
            secret_key: Some(StripeSim::SECRET_KEY.into()),
            charges: Some(ChargeModel::Destination),
            ..StripeAccount::default()
        };
        let connection = connect_stripe(&app.cx, app.marketplace.id, account).await.unwrap().id;
        let hook = format!("/hooks/payments/{connection}");
        let secret = stripe.connect_webhook(&format!("{}{hook}", app.url)).secret;
        let again = StripeAccount { news_secret: Some(secret.into()), ..StripeAccount::default() };
        connect_stripe(&app.cx, app.marketplace.id, again).await.unwrap();
        let payment = stripe.pay(PAID, "EUR", Transfer::Destination).intent;

        let vendor = app.token(Role::Vendor, None).await;
        app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": [{ "externalId": "alma", "name": "Alma" }] })).await;
        let stored = app.act(&vendor, "ordersUpsert", "orders { id }", json!({ "orders": [sold(&payment)] })).await;
        let parcel = json!({ "orderReference": "A-1", "externalId": "P-1", "deliveredAt": "2026-11-20T10:00:00Z", "reportedAt": "2026-11-20T10:00:00Z",
            "lines": [{ "lineExternalId": "1", "quantity": 3 }, { "lineExternalId": "2", "quantity": 1 }] });
        app.act(&vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
        let seller = app.token(Role::Seller, Some("alma")).await;
        let hands = [vendor, seller, app.token(Role::Operator, None).await, app.token(Role::Operator, None).await];
        let books = Database::connect(&app.settings.database_url).await.unwrap();
        app.advance(TimeDelta::seconds(11));
        let order = stored["orders"][0]["id"].clone();
        Self { app, stripe, hook, db: books, order, hands, story: Vec::new(), asked: 0 }
    }

    fn note(&mut self, what: impl Into<String>) {
        self.story.push(what.into());
    }

    /// Everything that is due is done. What the payment system left without an answer comes back later.
    async fn work(&self) {
        self.app.work().await;
    }

    /// Time passes.
    async fn pass(&mut self, hours: i64) {
        self.note(format!("{hours} h pass"));
        self.app.advance(TimeDelta::hours(hours));
        self.work().await;
    }

    /// The reports of the payment system arrive: as they were sent, backwards, or each of them twice.
    async fn reports(&mut self, manner: usize) {
        let mut reports = self.stripe.outbox().take();
        match manner % 4 {
            0 => {}
            1 => reports.reverse(),
            2 => reports = reports.iter().flat_map(|report| [report.clone(), report.clone()]).collect(),
            _ => reports.clear(),
        }
        self.note(format!("{} reports in manner {}", reports.len(), manner % 4));
        for report in reports {
            let mut request = self.app.http.post(format!("{}{}", self.app.url, self.hook)).body(report.body);
            for (name, value) in &report.headers {
                request = request.header(name, value);
            }
            let status = request.send().await.unwrap().status().as_u16();
            assert!(status == 200 || status == 401, "a late report may have outlived its signature: {status}");
        }
        self.work().await;
    }

    /// How the payment system behaves from now on, or how what it works on ends.
    async fn provider(&mut self, detail: usize) {
        use trilogue::demo::peer::{Fault, On};
        let faults = self.stripe.faults();
        match detail % 8 {
            0 => self.stripe.settle_new(Settlement::Later),
            1 | 2 => self.stripe.settle_new(Settlement::AtOnce),
            3 => faults.next(On::post("/v1/refunds"), Fault::ApplyThenReset),
            4 => faults.next(On::post("/v1/refunds"), Fault::ResetBeforeApply),
            5 => faults.next(On::post("/v1/refunds"), Fault::Status(500)),
            _ => {
                let refunds = self.stripe.refunds();
                let Some(refund) = (!refunds.is_empty()).then(|| &refunds[detail / 8 % refunds.len()]) else { return };
                let end = if detail % 8 == 6 { Settled::Succeeded } else { Settled::Failed("declined") };
                self.stripe.settle(&refund.id, end);
            }
        }
        self.note(format!("provider {}", detail % 8));
        self.work().await;
    }

    /// The server is stopped and another one begins; where it had stopped in the middle of a call nobody knows.
    async fn restart(&mut self) {
        self.note("restart");
        self.app.restart().await;
        self.work().await;
    }

    async fn step(&mut self, choice: &Choice) {
        match choice.act % 10 {
            0 => self.pass(i64::try_from(choice.detail % 30).unwrap()).await,
            1 => self.reports(choice.detail).await,
            2 => self.provider(choice.detail).await,
            3 if choice.detail.is_multiple_of(3) => self.restart().await,
            4 => Box::pin(self.ask(choice.detail)).await,
            _ => Box::pin(self.act(choice.act / 10, choice.detail)).await,
        }
    }

    /// Nobody does anything any more, and the payment system answers what it was asked.
    async fn come_to_an_end(&mut self) {
        self.stripe.faults().clear();
        self.stripe.settle_new(Settlement::AtOnce);
        for refund in self.stripe.refunds().iter().filter(|refund| refund.status == "pending") {
            self.stripe.settle(&refund.id, Settled::Succeeded);
        }
        self.reports(0).await;
        for _ in 0..30 {
            self.pass(14 * 24).await;
            self.reports(0).await;
            model::check(self).await;
        }
        model::everything_has_ended(self).await;
    }
}

async fn tell(db: Db, story: &[Choice]) -> Vec<String> {
    let mut world = Box::pin(World::begin(db)).await;
    for choice in story {
        Box::pin(world.step(choice)).await;
        model::check(&world).await;
    }
    Box::pin(world.come_to_an_end()).await;
    std::mem::take(&mut world.story)
}

fn stories(db: Db, count: u32, length: usize) {
    let choice = (0_usize..1_000, 0_usize..1_000).prop_map(|(act, detail)| Choice { act, detail });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { max_shrink_iters: 40, ..random_stories(count) });
    let all = std::cell::RefCell::new(Vec::new());
    let outcome = runner.run(&prop::collection::vec(choice, length), |story| {
        let told = runtime.block_on(async { tokio::spawn(async move { tell(db, &story).await }).await });
        told.map(|told| all.borrow_mut().extend(told)).map_err(|failure| TestCaseError::fail(failure.to_string()))
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    // Stories in which nothing is taken would prove nothing.
    let all = all.into_inner();
    for mutation in ["refundRequest", "refundGrant", "refundSubmit", "returnRequest", "disputeOpen", "disputeMakeOffer"] {
        let taken = all.iter().filter(|step| step.contains(&format!(" {mutation} ")) && step.ends_with("-> []")).count();
        assert!(taken > 0, "{mutation} was never taken\n{all:#?}");
    }
}

#[test]
fn whoever_moves_first_the_money_is_right_sqlite() {
    stories(Db::Sqlite, 8, 45);
}

#[test]
fn whoever_moves_first_the_money_is_right_postgres() {
    stories(Db::Postgres, 4, 45);
}
