//! Money's way back as the house goes it: instructions that are written down before they are sent, what is done after each kind
//! of answer, and what payment systems report by themselves.

mod calls;
mod connecting;
mod crash;
mod example;
mod hooks;
mod reports;
mod whole;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use trilogue::demo::peer::{Faults, Sending, Webhook};
use trilogue::demo::shop::{Manner, ShopSim};
use trilogue::demo::stripe::{Settled, Settlement, StripeOptions, StripeSim, Transfer};
use trilogue::domain::ids::{CaseId, ConnectionId, RefundId};
use trilogue::domain::money::Money;
use trilogue::domain::purchases::{LineKey, Part, Parts};
use trilogue::domain::refunds::{AttemptNumber, IdempotencyKey, RefundMeans};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::gateway::{ApplicationFee, PaymentReference, RefundOrder, RefundReason, RefundedItem, SellerAccount, TransferReversal};
use trilogue::store::{NewPaymentCall, PaymentCall, PaymentNewsRow, QueueStatus, Standing};
use trilogue::workflow::payments::{
    Account, ChargeModel, Rotation, STRIPE_VERSION, StripeAccount, WebhookAddress, connect_stripe, connect_webhook,
};

use crate::harness::{Db, Receiver, Reply, Story, TestApp};

/// By which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Stripe,
    Shop,
}

const WAYS: [Way; 2] = [Way::Stripe, Way::Shop];

enum Peer {
    Stripe(StripeSim),
    Shop { sim: ShopSim, report_key: Vec<u8> },
}

/// A marketplace with a case and a payment system.
struct Till {
    story: Story,
    case: CaseId,
    peer: Peer,
    connection: ConnectionId,
    hook: String,
}

pub(crate) fn money(amount: &str) -> Money {
    Money::parse(amount, "EUR".parse().unwrap()).unwrap()
}

/// The bytes behind a `whsec_…`.
pub(crate) fn bytes(secret: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap()
}

/// What is to be given back of a payment.
pub(crate) fn order(key: IdempotencyKey, amount: Money, payment: &str, means: RefundMeans) -> RefundOrder {
    let parts = Parts::of(amount.currency, [(Part::Item, amount)]).unwrap();
    RefundOrder {
        key,
        amount,
        means,
        order: "MK-1001".to_owned(),
        payment: Some(PaymentReference(payment.to_owned())),
        seller: Some(SellerAccount("acct_9".to_owned())),
        items: vec![RefundedItem { line: LineKey::try_from("1".to_owned()).unwrap(), units: 1, parts }],
        reason: RefundReason::RequestedByBuyer,
        transfer: TransferReversal::Leave,
        fee: ApplicationFee::Keep,
        metadata: BTreeMap::new(),
        ordered_at: "2026-11-22T09:00:00Z".parse().unwrap(),
    }
}

/// The row as the decision to refund leaves it behind.
pub(crate) fn row(order: &RefundOrder, connection: Option<ConnectionId>, case: CaseId) -> NewPaymentCall {
    let payment = &order.payment.as_ref().unwrap().0;
    NewPaymentCall {
        key: order.key,
        connection,
        case,
        lane: payment.clone(),
        instruction: serde_json::to_value(order).unwrap(),
        status: QueueStatus::Pending,
        reason: None,
    }
}

fn hook(app: &TestApp, connection: ConnectionId) -> String {
    format!("{}/hooks/payments/{connection}", app.url)
}

impl Till {
    async fn open(db: Db, way: Way) -> Self {
        Self::open_with(db, way, ChargeModel::Destination).await
    }

    async fn open_with(db: Db, way: Way, charges: ChargeModel) -> Self {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        Box::pin(Self::beside(story, way, charges)).await
    }

    async fn beside(story: Story, way: Way, charges: ChargeModel) -> Self {
        let ticket = story.ticket().await;
        let case = story.case(ticket, "id").await["id"].as_str().unwrap().parse().unwrap();
        let (cx, marketplace) = (&story.app.cx, story.app.marketplace.id);
        let (peer, connection) = match way {
            Way::Stripe => {
                let sim = StripeSim::start(StripeOptions::new(story.app.clock.clone(), STRIPE_VERSION)).await.unwrap();
                let made = connect_stripe(cx, marketplace, stripe(&sim, charges)).await.unwrap();
                let secret = sim.connect_webhook(&hook(&story.app, made.id)).secret;
                // Its administrator learns the secret from Stripe, and gives it afterwards.
                let again = StripeAccount { news_secret: Some(secret.into()), ..StripeAccount::default() };
                assert_eq!(connect_stripe(cx, marketplace, again).await.unwrap().id, made.id);
                (Peer::Stripe(sim), made.id)
            }
            Way::Shop => {
                let address = |url: &str| WebhookAddress { url: url.parse().unwrap(), rotation: Rotation::Keep, account: Account::Same };
                let made = connect_webhook(cx, marketplace, address("http://127.0.0.1:9/")).await.unwrap();
                let key = |secret: &Option<secrecy::SecretString>| bytes(secret.as_ref().unwrap().expose_secret());
                let sim = ShopSim::start(story.app.clock.clone(), &key(&made.secret), Sending::Manual).await.unwrap();
                let again = connect_webhook(cx, marketplace, address(&sim.url())).await.unwrap();
                assert!(again.secret.is_none() && again.report_secret.is_none(), "shown a second time");
                assert_eq!(again.id, made.id);
                (Peer::Shop { sim, report_key: key(&made.report_secret) }, made.id)
            }
        };
        let hook = hook(&story.app, connection);
        let till = Self { story, case, peer, connection, hook };
        // What was kept of the connection before it changed.
        till.story.app.advance(TimeDelta::seconds(11));
        till
    }

    /// A buyer pays 40.00.
    fn pay(&self) -> String {
        match &self.peer {
            Peer::Stripe(sim) => sim.pay(4000, "EUR", Transfer::Destination).intent,
            Peer::Shop { .. } => format!("P-{}", RefundId::generate()),
        }
    }

    /// A refund is decided.
    async fn submit(&self, amount: &str, payment: &str) -> IdempotencyKey {
        let key = IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
        self.write(&row(&order(key, money(amount), payment, RefundMeans::OriginalPayment), Some(self.connection), self.case)).await;
        key
    }

    async fn write(&self, new: &NewPaymentCall) {
        let tx = self.story.app.cx.store.begin(self.story.app.marketplace.id).await.unwrap();
        tx.insert_payment_call(new).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn call(&self, key: IdempotencyKey) -> PaymentCall {
        self.story.app.cx.store.payment_call(self.story.app.marketplace.id, key).await.unwrap().unwrap()
    }

    /// Where it stands: in the queue, and by the last word about it.
    async fn stands(&self, key: IdempotencyKey) -> (QueueStatus, Standing) {
        let call = self.call(key).await;
        (call.status, call.standing)
    }

    async fn news(&self) -> Vec<PaymentNewsRow> {
        self.story.app.cx.store.payment_news(self.story.app.marketplace.id, 100).await.unwrap()
    }

    async fn work(&self) {
        self.story.app.work().await;
    }

    /// Lets time pass until the next call is due, again and again, and says how often.
    async fn work_on(&self, key: IdempotencyKey) -> u32 {
        for round in 0..50 {
            self.work().await;
            let call = self.call(key).await;
            if call.status != QueueStatus::Pending || call.standing != Standing::Unknown {
                return round;
            }
            self.story.app.advance((call.run_at - self.story.app.cx.now()).max(TimeDelta::zero()));
        }
        panic!("it does not come to an end: {:#?}", self.call(key).await);
    }

    fn faults(&self) -> &Faults {
        match &self.peer {
            Peer::Stripe(sim) => sim.faults(),
            Peer::Shop { sim, .. } => sim.faults(),
        }
    }

    /// Every time that money moved or is about to, in the peer's own words.
    fn moved(&self) -> Vec<String> {
        match &self.peer {
            Peer::Stripe(sim) => {
                let refunds = sim.refunds().into_iter();
                refunds.map(|refund| format!("{}.{:02} {}", refund.units / 100, refund.units % 100, refund.currency)).collect()
            }
            Peer::Shop { sim, .. } => {
                let refunds = sim.refunds().into_iter().filter(|refund| refund.status != "FAILED");
                refunds.map(|refund| format!("{} {}", refund.amount, refund.currency)).collect()
            }
        }
    }

    fn take_time(&self) {
        match &self.peer {
            Peer::Stripe(sim) => sim.settle_new(Settlement::Later),
            Peer::Shop { sim, .. } => sim.behave(Manner::Later),
        }
    }

    /// The peer comes to know how its only refund ended, and makes a report of it.
    fn come_off(&self, key: IdempotencyKey, well: bool) {
        match &self.peer {
            Peer::Stripe(sim) => {
                sim.settle(&sim.refunds()[0].id, if well { Settled::Succeeded } else { Settled::Failed("declined") });
            }
            Peer::Shop { sim, report_key } => {
                let (status, code) = if well { ("SUCCEEDED", None) } else { ("FAILED", Some("DECLINED")) };
                sim.report(&key.to_string(), status, code, &self.hook, report_key);
            }
        }
    }

    /// What the peer reports, unsent.
    fn reports(&self) -> Vec<Webhook> {
        match &self.peer {
            Peer::Stripe(sim) => sim.outbox().take(),
            Peer::Shop { sim, .. } => sim.outbox().take(),
        }
    }

    /// Sends a report as it is, and gives the status and the body of the answer.
    async fn post(&self, webhook: &Webhook) -> (u16, String) {
        self.post_to(&self.hook, &webhook.headers, webhook.body.clone()).await
    }

    async fn post_to(&self, hook: &str, headers: &[(String, String)], body: impl Into<reqwest::Body>) -> (u16, String) {
        let mut request = self.story.app.http.post(hook).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        // A server that refuses a body may hang up before all of it was sent: then nobody reads what it said.
        let answer = loop {
            match request.try_clone().unwrap().send().await {
                Err(error) if error.is_request() => {}
                answer => break answer.unwrap(),
            }
        };
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// How often the operator was told that something waits for a person, and what.
    async fn alerts(&self) -> Vec<String> {
        let query = "query($id: ID!) { node(id: $id) { ... on Case { timeline(first: 100) { nodes { ... on DeliveryStoppedEvent { reason } } } } } }";
        let seen = self.story.app.ask(&self.story.operator, query, json!({ "id": self.case })).await;
        let events = seen["node"]["timeline"]["nodes"].as_array().unwrap().clone();
        events.iter().filter_map(|event| event["reason"].as_str().map(str::to_owned)).collect()
    }

    /// Reports by GraphQL, and gives the faults as `path: code`.
    async fn report(&self, token: &str, input: Value) -> Vec<String> {
        let payload = self.story.app.try_act(token, "refundReportSettlement", "refundId", input).await;
        let fault = |error: &Value| {
            let path: Vec<_> = error["field"].as_array().into_iter().flatten().map(|part| part.as_str().unwrap()).collect();
            format!("{}: {}", path.join("."), error["code"].as_str().unwrap())
        };
        payload["userErrors"].as_array().unwrap().iter().map(fault).collect()
    }
}

fn stripe(sim: &StripeSim, charges: ChargeModel) -> StripeAccount {
    StripeAccount {
        base_url: Some(sim.base_url().parse().unwrap()),
        secret_key: Some(StripeSim::SECRET_KEY.into()),
        charges: Some(charges),
        ..StripeAccount::default()
    }
}

/// Everything that is commonly done about money on its way back, once.
pub(crate) async fn errands(story: &Story) {
    let (app, kept) = (&story.app, &story.app.cx.store);
    let seen = app.ask(&story.operator, "{ cases(first: 1) { nodes { id } } }", json!({})).await;
    let case: CaseId = seen["cases"]["nodes"][0]["id"].as_str().unwrap().parse().unwrap();
    let receiver = Receiver::start().await;
    receiver.always(Reply::of(500));
    let address = WebhookAddress { url: receiver.url.parse().unwrap(), rotation: Rotation::Keep, account: Account::Same };
    let key = || IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST);
    let (sent, unconnected, by_hand) = (key(), key(), key());
    let order = |key| order(key, money("12.50"), "P-1", RefundMeans::OriginalPayment);
    let waits = |key, status, code| NewPaymentCall { status, reason: Some((code, "it waits".to_owned())), ..row(&order(key), None, case) };
    let made = connect_webhook(&app.cx, app.marketplace.id, address.clone()).await.unwrap();
    let tx = kept.begin(app.marketplace.id).await.unwrap();
    assert_eq!(tx.active_payment_connection().await.unwrap().unwrap().id, made.id);
    tx.insert_payment_call(&row(&order(sent), Some(made.id), case)).await.unwrap();
    tx.insert_payment_call(&waits(unconnected, QueueStatus::Parked, "NO_CONNECTION")).await.unwrap();
    tx.insert_payment_call(&waits(by_hand, QueueStatus::Ignored, "BY_HAND")).await.unwrap();
    tx.hold_payment_calls(made.id, app.cx.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.work().await;
    connect_webhook(&app.cx, app.marketplace.id, WebhookAddress { account: Account::New, ..address }).await.unwrap();
    app.work().await;
    let hook = format!("{}/hooks/payments/{}", app.url, made.id);
    let report_key = bytes(made.report_secret.unwrap().expose_secret());
    let data =
        json!({ "idempotencyKey": sent.to_string(), "reference": "RF-1", "status": "SUCCEEDED", "amount": "12.50", "currency": "EUR" });
    let report = json!({ "version": 1, "type": "refund.settled", "timestamp": app.cx.now(), "data": data }).to_string();
    for (id, body) in [("r-1", report.as_str()), ("r-1", &report), ("r-2", "{}")] {
        let at = app.cx.now().timestamp().to_string();
        let signature = trilogue::demo::shop::signature(&report_key, id, &at, body);
        let request = app.http.post(&hook).header("webhook-id", id).header("webhook-timestamp", at).header("webhook-signature", signature);
        assert_eq!(request.body(body.to_owned()).send().await.unwrap().status(), 200);
    }
    app.work().await;
    let reference = trilogue::domain::refunds::ProviderReference::new("RF-1");
    assert!(kept.payment_call_by_reference(app.marketplace.id, made.id, &reference).await.unwrap().is_some());
    let input = json!({ "idempotencyKey": by_hand.to_string(), "reference": "T-1", "status": "FAILED" });
    app.act(&story.vendor, "refundReportSettlement", "refundId", input).await;
    kept.payment_connections(None).await.unwrap();
    kept.payment_connections(Some(app.marketplace.id)).await.unwrap();
    kept.payment_calls(app.marketplace.id, None, 10).await.unwrap();
    kept.payment_calls(app.marketplace.id, Some(QueueStatus::Parked), 10).await.unwrap();
    kept.payment_news(app.marketplace.id, 10).await.unwrap();
    let call = kept.payment_call(app.marketplace.id, by_hand).await.unwrap().unwrap();
    assert!(!kept.replay_payment_call(app.marketplace.id, call.id).await.unwrap(), "it is over");
    kept.payments_next_due().await.unwrap();
    kept.payment_news_next_due().await.unwrap();
    kept.payments_depth().await.unwrap();
    kept.payment_news_depth().await.unwrap();
}
