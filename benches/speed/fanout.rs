//! How long until thousands of subscribers of one process have one message, beside what it takes to write the same bytes
//! to as many connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use trilogue::app::Work;
use trilogue::domain::parties::Role;

use crate::Scale;
use crate::databases::{Databases, Kind};
use crate::house::{House, Serving};
use crate::load::{self, Requests};
use crate::socket::Socket;
use crate::tables::{self, Latencies, milliseconds, ratio};

const LISTEN: &str =
    "subscription { timelineItemAdded { __typename id at case { reference } ... on MessagePostedEvent { message { id author text } } } }";
/// How often a message is posted.
const ROUNDS: usize = 8;
/// How many connections are opened at a time.
const OPENING: usize = 64;
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(300);

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale) -> anyhow::Result<()> {
    let database = databases.fresh(kind).await?;
    let house = House::found(&database, "https://bench.example.com").await?;
    let serving = house.serve(Work::Elsewhere).await?;
    let (operator, seller) = (house.token(Role::Operator, None).await?, {
        let vendor = house.token(Role::Vendor, None).await?;
        told(&serving, &vendor, "sellersUpsert", json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma" }] })).await?;
        house.token(Role::Seller, Some("alma")).await?
    });
    let thread = thread(&house, &serving, &operator).await?;
    let (heard, mut arrivals) = mpsc::unbounded_channel();
    let begun = Instant::now();
    let mut sockets = stream::iter(0..scale.subscribers)
        .map(|number| Socket::subscribe(serving.address, if number % 2 == 0 { &operator } else { &seller }, LISTEN))
        .buffer_unordered(OPENING);
    let mut listeners = Vec::new();
    while let Some(mut socket) = sockets.try_next().await? {
        let heard = heard.clone();
        listeners.push(tokio::spawn(async move {
            while let Ok(bytes) = socket.text().await {
                if heard.send((Instant::now(), bytes)).is_err() {
                    break;
                }
            }
        }));
    }
    drop(sockets);
    let opened = begun.elapsed();
    let (mut all, mut lasts, mut bytes) = (Vec::new(), Vec::new(), 0);
    for round in 0..ROUNDS {
        tokio::time::sleep(PAUSE).await;
        let begun = Instant::now();
        let ((), times) = tokio::try_join!(post(&serving, &operator, &thread, round), async {
            let mut times = Vec::new();
            while times.len() < scale.subscribers {
                let (at, length) = tokio::time::timeout(PATIENCE, arrivals.recv()).await?.context("nobody arrivals any more")?;
                bytes = length;
                times.push(at - begun);
            }
            Ok(times)
        })?;
        lasts.extend(times.iter().max());
        all.extend(times);
    }
    for listener in listeners {
        listener.abort();
    }
    let (bare_all, bare_lasts) = bare(scale.subscribers, bytes).await?;
    let (all, bare_all) = (Latencies::of(all), Latencies::of(bare_all));
    let (lasts, bare_lasts) = (Latencies::of(lasts), Latencies::of(bare_lasts));
    let row = |what: &str, all: &Latencies, lasts: &Latencies| {
        let [p50, p99] = all.cells();
        let share = ratio(bare_lasts.percentile(50).as_secs_f64(), lasts.percentile(50).as_secs_f64());
        vec![what.to_owned(), p50, p99, milliseconds(lasts.percentile(50)), milliseconds(lasts.percentile(100)), share]
    };
    tables::print(
        &format!("live, {}: one message to {} WebSocket subscribers of one process, {bytes} bytes each", kind.name(), scale.subscribers),
        &["", "p50 ms", "p99 ms", "last ms (p50)", "last ms (worst)", "of ceiling"],
        &[row("messagePost to the item", &all, &lasts), row("the same bytes over bare TCP", &bare_all, &bare_lasts)],
    );
    println!(
        "  {ROUNDS} messages; half of them operators, half one seller. Subscribers came in {:.1} s. Clients are in the same process.",
        opened.as_secs_f64()
    );
    serving.server.stop().await?;
    house.cx.store.close().await;
    databases.remove(database).await
}

async fn told(serving: &Serving, token: &str, mutation: &str, input: Value) -> anyhow::Result<()> {
    let name = mutation[..1].to_uppercase() + &mutation[1..];
    let query = format!("mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ userErrors {{ message }} }} }}");
    let answer = serving.post(token, &json!({ "query": query, "variables": { "input": input } })).await?;
    ensure!(answer["data"][mutation]["userErrors"] == json!([]), "{mutation} was refused: {answer}");
    Ok(())
}

/// A thread of operator and seller, whose words go to no helpdesk.
async fn thread(house: &House, serving: &Serving, operator: &str) -> anyhow::Result<String> {
    let vendor = house.token(Role::Vendor, None).await?;
    let order = json!({ "reference": "MK-1", "sellerExternalId": "alma", "total": { "amount": "1.00", "currencyCode": "EUR" }, "placedAt": "2026-11-01T10:00:00Z", "lines": [] });
    told(serving, &vendor, "ordersUpsert", json!({ "orders": [order] })).await?;
    let opening = json!({ "subject": "Colis perdu", "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org", "text": "Allô ?", "orderReference": "MK-1", "idempotencyKey": "1" });
    told(serving, &vendor, "caseOpen", opening).await?;
    let case = serving.post(operator, &json!({ "query": "{ cases { nodes { id } } }" })).await?["data"]["cases"]["nodes"][0]["id"].clone();
    let open = "mutation($input: ThreadOpenInput!) { threadOpen(input: $input) { thread { id } userErrors { message } } }";
    let input = json!({ "caseIds": [case], "kind": "OPERATOR_SELLER" });
    let opened = serving.post(operator, &json!({ "query": open, "variables": { "input": input } })).await?;
    opened["data"]["threadOpen"]["thread"]["id"].as_str().map(str::to_owned).with_context(|| format!("no thread: {opened}"))
}

async fn post(serving: &Serving, token: &str, thread: &str, round: usize) -> anyhow::Result<()> {
    let input =
        json!({ "threadId": thread, "text": format!("Le transporteur cherche, jour {round}."), "idempotencyKey": round.to_string() });
    let post = "mutation($input: MessagePostInput!) { messagePost(input: $input) { message { id } userErrors { message } } }";
    let body = json!({ "query": post, "variables": { "input": input } }).to_string();
    let mut requests = Requests::default();
    requests.push("/graphql", &format!("authorization: Bearer {token}\r\n"), body.as_bytes());
    load::put(serving.address, Arc::new(requests), 1, PATIENCE).await.map(drop)
}

/// As many connections, each with a task that waits for a call and writes as many bytes.
async fn bare(count: usize, bytes: usize) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (call, calls) = watch::channel(0_usize);
    let message = Arc::new(vec![b'x'; bytes]);
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut calls, message) = (calls.clone(), Arc::clone(&message));
            tokio::spawn(async move { while calls.changed().await.is_ok() && stream.write_all(&message).await.is_ok() {} });
        }
    });
    let (heard, mut arrivals) = mpsc::unbounded_channel();
    let mut clients = Vec::new();
    for _ in 0..count {
        let (mut stream, heard) = (TcpStream::connect(address).await?, heard.clone());
        clients.push(tokio::spawn(async move {
            let mut buffer = vec![0; bytes];
            while stream.read_exact(&mut buffer).await.is_ok() && heard.send(Instant::now()).is_ok() {}
        }));
    }
    let (mut all, mut lasts) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        tokio::time::sleep(PAUSE).await;
        let begun = Instant::now();
        call.send_replace(round);
        let mut times = Vec::new();
        while times.len() < count {
            times.push(tokio::time::timeout(PATIENCE, arrivals.recv()).await?.context("nobody arrivals any more")? - begun);
        }
        lasts.extend(times.iter().max());
        all.extend(times);
    }
    for client in clients {
        client.abort();
    }
    server.abort();
    Ok((all, lasts))
}
