//! Helpdesks that are connected to the server under test, and a small marketplace around them.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim, WebhookContent, WebhookSecret};
use trilogue::demo::peer::{Opening, Person, SimulatedHelpdesk};
use trilogue::demo::zendesk::{WebhookMode, ZendeskOptions, ZendeskSim};
use trilogue::domain::charter::Charter;
use trilogue::domain::ids::ConnectionId;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::{Credentials, freshdesk};
use trilogue::workflow::connections::{self, ConnectionSettings, NewConnection};

use super::app::{Db, TestApp};

/// The secret that the tests' webhooks are signed with, or carry.
pub(crate) const SECRET: &str = "dGhlLXNlY3JldC1vZi10aGUtdGVzdHM=";

/// A connected helpdesk.
pub(crate) struct Desk {
    pub(crate) kind: HelpdeskKind,
    pub(crate) sim: Arc<dyn SimulatedHelpdesk>,
    pub(crate) connection: ConnectionId,
    pub(crate) webhook_url: String,
}

impl Desk {
    /// Connects a simulated helpdesk of this kind.
    pub(crate) async fn connect(app: &TestApp, kind: HelpdeskKind) -> Self {
        Self::connect_with(app, kind, |_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn connect_with(app: &TestApp, kind: HelpdeskKind, change: impl FnOnce(&mut ConnectionSettings)) -> Self {
        match kind {
            HelpdeskKind::Zendesk => {
                let sim = ZendeskSim::start(ZendeskOptions::new(app.clock.clone())).await.unwrap();
                let token = Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() };
                let desk = Self::register(app, kind, Arc::new(sim.clone()), token, change).await;
                sim.connect_webhook_with(&desk.webhook_url, SECRET, WebhookMode::EventSubscribed);
                desk
            }
            HelpdeskKind::Freshdesk => {
                let sim = FreshdeskSim::start(FreshdeskOptions::new(app.clock.clone())).await.unwrap();
                let key = Credentials::Freshdesk { api_key: FreshdeskSim::API_KEY.to_owned().into() };
                let desk = Self::register(app, kind, Arc::new(sim.clone()), key, change).await;
                let secret = WebhookSecret::Header { name: freshdesk::webhook::SECRET_HEADER.to_owned(), value: SECRET.to_owned() };
                sim.connect_webhook(&desk.webhook_url, WebhookContent::Simple, secret);
                desk
            }
        }
    }

    /// Makes the connection to a helpdesk that the test has set up itself; its webhooks are for the test to connect.
    pub(crate) async fn register(
        app: &TestApp,
        kind: HelpdeskKind,
        sim: Arc<dyn SimulatedHelpdesk>,
        credentials: Credentials,
        change: impl FnOnce(&mut ConnectionSettings),
    ) -> Self {
        // Short, so that a peer that never answers costs little.
        let mut settings = ConnectionSettings { timeout_ms: 1_500, ..ConnectionSettings::default() };
        change(&mut settings);
        let new = NewConnection {
            base_url: sim.base_url().parse().unwrap(),
            credentials,
            webhook_secret: SECRET.to_owned().into(),
            identity_secret: settings.identity.is_some().then(|| SECRET.to_owned().into()),
            settings,
        };
        let row = Box::pin(connections::connect(&app.cx, app.marketplace.id, new)).await.unwrap();
        let webhook_url = format!("{}/webhooks/{}/{}", app.url, kind.slug(), row.id);
        Self { kind, sim, connection: row.id, webhook_url }
    }

    /// The ticket's name in GraphQL.
    pub(crate) fn key(&self, ticket: u64) -> Value {
        let helpdesk = match self.kind {
            HelpdeskKind::Zendesk => "ZENDESK",
            HelpdeskKind::Freshdesk => "FRESHDESK",
        };
        json!({ "ticket": { "helpdesk": helpdesk, "externalId": ticket.to_string() } })
    }

    /// Delivers every webhook that waits; each must be taken.
    pub(crate) async fn deliver(&self) -> usize {
        let webhooks = self.sim.take_webhooks();
        for webhook in &webhooks {
            let outcome = self.sim.outbox().send(webhook).await;
            assert!(outcome.is_success(), "{}: {outcome:?}", webhook.about);
        }
        webhooks.len()
    }

    /// Delivers webhooks and does all work until nothing is left; waits out short delays on the test's clock.
    pub(crate) async fn settle(&self, app: &TestApp) {
        Box::pin(self.come_to_rest(app)).await;
    }

    async fn come_to_rest(&self, app: &TestApp) {
        for _ in 0..100 {
            let delivered = self.deliver().await;
            app.work().await;
            let next = [app.cx.store.inbox_next_due().await.unwrap(), app.cx.store.outbox_next_due().await.unwrap()];
            let soon = next.into_iter().flatten().min().filter(|due| *due < app.cx.now() + TimeDelta::minutes(2));
            match soon {
                Some(due) => app.advance((due - app.cx.now()).max(TimeDelta::milliseconds(1))),
                None if delivered == 0 && self.sim.outbox().waiting().is_empty() => return,
                None => {}
            }
        }
        panic!("the house does not come to rest");
    }
}

/// A marketplace with two sellers, an order of the first, a helpdesk, and tokens for everybody.
pub(crate) struct Story {
    pub(crate) app: TestApp,
    pub(crate) desk: Desk,
    pub(crate) operator: String,
    pub(crate) seller: String,
    pub(crate) other_seller: String,
    pub(crate) vendor: String,
    pub(crate) buyer: Person,
}

/// The order of the story, placed with the seller `alma`.
pub(crate) const ORDER: &str = "MK-1001";

impl Story {
    /// Tells it up to the point where a ticket may come in.
    pub(crate) async fn begin(db: Db, kind: HelpdeskKind) -> Self {
        Self::begin_with(db, kind, Charter::default()).await
    }

    /// The same under other rules.
    pub(crate) async fn begin_with(db: Db, kind: HelpdeskKind, charter: Charter) -> Self {
        let app = TestApp::start_with(db, charter).await;
        let desk = Desk::connect(&app, kind).await;
        Self::around(app, desk).await
    }

    /// The same around a server and a helpdesk that the test has set up itself.
    pub(crate) async fn around(app: TestApp, desk: Desk) -> Self {
        Box::pin(Self::furnished(app, desk)).await
    }

    async fn furnished(app: TestApp, desk: Desk) -> Self {
        let vendor = app.token(Role::Vendor, None).await;
        let operator = app.token(Role::Operator, None).await;
        let sellers = json!({ "sellers": [
            { "externalId": "alma", "name": "Boutique Alma" },
            { "externalId": "brio", "name": "Brio & Fils" },
        ]});
        app.act(&vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let orders = json!({ "orders": [order(ORDER, "alma"), order("MK-2002", "brio")] });
        app.act(&vendor, "ordersUpsert", "orders { id }", orders).await;
        let seller = app.token(Role::Seller, Some("alma")).await;
        let other_seller = app.token(Role::Seller, Some("brio")).await;
        let buyer = desk.sim.add_end_user("Marie Dupont", "marie@example.org");
        Self { app, desk, operator, seller, other_seller, vendor, buyer }
    }

    /// The buyer writes about the order; the case is opened.
    pub(crate) async fn ticket(&self) -> u64 {
        let ticket = self.desk.sim.open_ticket(&self.buyer, Opening::new(&format!("Colis perdu, commande {ORDER}"), "Où est mon colis ?"));
        self.desk.settle(&self.app).await;
        ticket
    }

    /// The case of a ticket, as the operator sees these fields of it.
    pub(crate) async fn case(&self, ticket: u64, fields: &str) -> Value {
        let query = format!("query($by: CaseByInput!) {{ case(by: $by) {{ {fields} }} }}");
        self.app.ask(&self.operator, &query, json!({ "by": self.desk.key(ticket) })).await["case"].clone()
    }

    /// The thread of this kind on the ticket's case, by id.
    pub(crate) async fn thread(&self, ticket: u64, kind: &str) -> String {
        let case = self.case(ticket, "threads { id kind }").await;
        let found = case["threads"].as_array().unwrap().iter().find(|thread| thread["kind"] == kind);
        found.unwrap_or_else(|| panic!("no {kind} thread: {case:#}"))["id"].as_str().unwrap().to_owned()
    }

    /// Posts words and gives the message's id.
    pub(crate) async fn post(&self, token: &str, thread: &str, text: &str) -> String {
        let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
        let payload = self.app.act(token, "messagePost", "message { id }", input).await;
        payload["message"]["id"].as_str().unwrap().to_owned()
    }
}

impl Story {
    /// The id of an order.
    pub(crate) async fn order_id(&self, reference: &str) -> String {
        let found =
            self.app.ask(&self.vendor, "query($r: String!) { order(by: { reference: $r }) { id } }", json!({ "r": reference })).await;
        found["order"]["id"].as_str().unwrap().to_owned()
    }

    /// A token of whoever placed the story's order.
    pub(crate) async fn buyer_token(&self) -> String {
        let input = json!({ "orderId": self.order_id(ORDER).await });
        self.app.act(&self.vendor, "buyerAdmit", "token expiresAt", input).await["token"].as_str().unwrap().to_owned()
    }
}

/// An order of the story's buyer.
pub(crate) fn order(reference: &str, seller: &str) -> Value {
    json!({
        "reference": reference, "sellerExternalId": seller, "buyerEmail": "marie@example.org",
        "total": { "amount": "59.80", "currencyCode": "EUR" }, "placedAt": "2026-11-01T10:00:00Z",
        "lines": [{ "externalId": "1", "title": "Théière", "sku": "TH-1", "quantity": 2, "unitPrice": { "amount": "29.90", "currencyCode": "EUR" } }],
    })
}
