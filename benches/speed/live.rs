//! How long it takes until a subscriber hears: of a buyer's words in the helpdesk, of a seller's words in a mutation.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use trilogue::app::Work;
use trilogue::clock::SystemClock;
use trilogue::demo::peer::{Audience, Opening, Person, SimulatedHelpdesk};
use trilogue::demo::zendesk::{WebhookMode, ZendeskOptions, ZendeskSim};
use trilogue::domain::parties::Role;

use crate::Scale;
use crate::databases::{Databases, Kind};
use crate::house::{House, SECRET, Serving};
use crate::load::{self, Requests};
use crate::socket::Socket;
use crate::tables::{self, Latencies};

/// The pause between two events.
const PAUSE: Duration = Duration::from_millis(25);
const LISTEN: &str = "subscription { timelineItemAdded { __typename ... on MessagePostedEvent { message { id text } } } }";

/// A marketplace with a ticket, and its people.
struct Scene {
    sim: ZendeskSim,
    buyer: Person,
    ticket: u64,
    serving: Serving,
    operator: String,
    seller: String,
}

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let database = databases.fresh(kind).await?;
    let sim = ZendeskSim::start(ZendeskOptions::new(Arc::new(SystemClock))).await?;
    let house = House::found(&database, sim.base_url()).await?;
    let scene = Scene::set(&house, sim).await?;
    let mut socket = Socket::subscribe(scene.serving.address, &scene.operator, LISTEN).await?;
    let from_webhook = scene.webhooks(&mut socket, scale.events).await?;
    let thread = scene.private_thread().await?;
    let from_mutation = scene.mutations(&mut socket, &thread, scale.events).await?;
    let row = |from: &str, times: &Latencies| {
        let [p50, p99] = times.cells();
        vec![from.to_owned(), times.count().to_string(), p50, p99]
    };
    tables::print(
        &format!("live, {}: from the first byte sent to the item received by a subscriber", kind.name()),
        &["from", "events", "p50 ms", "p99 ms"],
        &[row("webhook (read again by REST, filed)", &from_webhook), row("messagePost", &from_mutation)],
    );
    drop(socket);
    scene.serving.server.stop().await?;
    house.cx.store.close().await;
    databases.remove(database).await
}

fn says(data: &Value, text: &str) -> bool {
    data["timelineItemAdded"]["message"]["text"] == text
}

impl Scene {
    async fn set(house: &House, sim: ZendeskSim) -> anyhow::Result<Self> {
        let serving = house.serve(Work::Here).await?;
        let vendor = house.token(Role::Vendor, None).await?;
        let told = "mutation { sellersUpsert(input: { sellers: [{ externalId: \"alma\", name: \"Boutique Alma\" }] }) { userErrors { message } }
            ordersUpsert(input: { orders: [{ reference: \"MK-1001\", sellerExternalId: \"alma\", buyerEmail: \"marie@example.org\",
                total: { amount: \"29.90\", currencyCode: \"EUR\" }, placedAt: \"2026-11-01T10:00:00Z\",
                lines: [{ externalId: \"1\", title: \"Theiere\", quantity: 1, unitPrice: { amount: \"29.90\", currencyCode: \"EUR\" } }] }] })
            { userErrors { message } } }";
        let told = serving.post(&vendor, &json!({ "query": told })).await?;
        ensure!(told.get("errors").is_none(), "the order was refused: {told}");
        let url = format!("http://{}/webhooks/zendesk/{}", serving.address, house.connection);
        sim.connect_webhook_with(&url, SECRET, WebhookMode::EventSubscribed);
        let buyer = sim.add_end_user("Marie Dupont", "marie@example.org");
        let ticket = sim.open_ticket(&buyer, Opening::new("Colis perdu, commande MK-1001", "Où est mon colis ?"));
        let operator = house.token(Role::Operator, None).await?;
        let seller = house.token(Role::Seller, Some("alma")).await?;
        let scene = Self { sim, buyer, ticket, serving, operator, seller };
        let mut socket = Socket::subscribe(scene.serving.address, &scene.operator, LISTEN).await?;
        scene.deliver().await?;
        socket.next(|data| says(data, "Où est mon colis ?")).await?;
        Ok(scene)
    }

    async fn deliver(&self) -> anyhow::Result<()> {
        for webhook in self.sim.take_webhooks() {
            ensure!(self.sim.outbox().send(&webhook).await.is_success(), "a webhook was refused");
        }
        Ok(())
    }

    /// The buyer writes again and again.
    async fn webhooks(&self, socket: &mut Socket, events: usize) -> anyhow::Result<Latencies> {
        let mut times = Vec::new();
        for event in 0..events {
            tokio::time::sleep(PAUSE).await;
            let text = format!("Toujours rien, jour {event}.");
            self.sim.comment(self.ticket, &self.buyer, &text, Audience::Public)?;
            let begun = Instant::now();
            let (delivered, heard) = tokio::join!(self.deliver(), socket.next(|data| says(data, &text)));
            delivered?;
            heard?;
            times.push(begun.elapsed());
        }
        Ok(Latencies::of(times))
    }

    /// A thread of operator and seller, whose words go to no helpdesk.
    async fn private_thread(&self) -> anyhow::Result<String> {
        let by = json!({ "ticket": { "helpdesk": "ZENDESK", "externalId": self.ticket.to_string() } });
        let found = json!({ "query": "query($by: CaseByInput!) { case(by: $by) { id } }", "variables": { "by": by } });
        let found = self.serving.post(&self.operator, &found).await?;
        let input = json!({ "caseIds": [found["data"]["case"]["id"]], "kind": "OPERATOR_SELLER" });
        let open = "mutation($input: ThreadOpenInput!) { threadOpen(input: $input) { thread { id } userErrors { message } } }";
        let opened = self.serving.post(&self.operator, &json!({ "query": open, "variables": { "input": input } })).await?;
        opened["data"]["threadOpen"]["thread"]["id"].as_str().map(str::to_owned).with_context(|| format!("no thread: {opened}"))
    }

    /// The seller writes again and again.
    async fn mutations(&self, socket: &mut Socket, thread: &str, events: usize) -> anyhow::Result<Latencies> {
        let mut times = Vec::new();
        for event in 0..events {
            tokio::time::sleep(PAUSE).await;
            let text = format!("Le transporteur cherche, jour {event}.");
            let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
            let post = "mutation($input: MessagePostInput!) { messagePost(input: $input) { message { id } userErrors { message } } }";
            let body = json!({ "query": post, "variables": { "input": input } }).to_string();
            let begun = Instant::now();
            let (posted, heard) = tokio::join!(self.send(&body), socket.next(|data| says(data, &text)));
            posted?;
            heard?;
            times.push(begun.elapsed());
        }
        Ok(Latencies::of(times))
    }

    async fn send(&self, body: &str) -> anyhow::Result<()> {
        let mut requests = Requests::default();
        requests.push("/graphql", &format!("authorization: Bearer {}\r\n", self.seller), body.as_bytes());
        let address: SocketAddr = self.serving.address;
        load::put(address, Arc::new(requests), 1, Duration::from_secs(20)).await.map(drop)
    }
}
