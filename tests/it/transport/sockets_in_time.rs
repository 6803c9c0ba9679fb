//! What sockets do when time passes, on a paused clock.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use tokio::io::DuplexStream;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;
use trilogue::http::prepare::{Denied, Lapse};
use trilogue::http::websocket::SocketSettings;

use super::server::{InMemory, in_the_end};
use super::sockets::Peer;

async fn connect(server: &InMemory) -> Peer<DuplexStream> {
    let mut peer = Peer::over(server.dial().await).await;
    peer.init().await;
    peer
}

#[tokio::test(start_paused = true)]
async fn no_introduction_within_ten_seconds_closes_4408() {
    let server = InMemory::start(SocketSettings::default());
    let mut peer = Peer::over(server.dial().await).await;
    let start = Instant::now();
    // Pings are no introduction.
    peer.send(json!({ "type": "ping" })).await;
    assert_eq!(peer.closed().await, (4408, "Connection initialisation timeout".to_owned()));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn the_server_pings_every_twenty_seconds() {
    let server = InMemory::start(SocketSettings::default());
    let mut peer = connect(&server).await;
    let start = Instant::now();
    for round in 1..=5 {
        assert!(matches!(peer.socket.next().await, Some(Ok(Message::Ping(_)))));
        assert_eq!(start.elapsed().as_secs(), 20 * round);
    }
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_token_closes_4403_at_the_next_check() {
    let server = InMemory::start(SocketSettings::default());
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { silent }").await;
    server.inside.gate.subscribed.notified().await;
    server.inside.doorkeeper.say(Some(Denied::Unavailable));
    assert!(matches!(peer.socket.next().await, Some(Ok(Message::Ping(_)))), "a check that cannot be made is no refusal");
    server.inside.doorkeeper.say(Some(Denied::Unauthenticated));
    assert_eq!(in_the_end(peer.closed()).await.0, 4403);
    server.inside.gate.dropped.notified().await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_end_close_4403_when_they_do() {
    let server = InMemory::start(SocketSettings::default());
    *server.inside.doorkeeper.lapse.lock().unwrap() = Some(Lapse { after: Duration::from_secs(7) });
    let mut peer = connect(&server).await;
    let start = Instant::now();
    peer.subscribe("1", "subscription { silent }").await;
    server.inside.gate.subscribed.notified().await;
    server.inside.doorkeeper.say(Some(Denied::Unauthenticated));
    assert_eq!(in_the_end(peer.closed()).await.0, 4403);
    assert_eq!(start.elapsed().as_secs(), 7, "and not at the next ping");
}

#[tokio::test(start_paused = true)]
async fn credentials_that_end_are_looked_at_before_each_item() {
    let server = InMemory::start(SocketSettings::default());
    *server.inside.doorkeeper.lapse.lock().unwrap() = Some(Lapse { after: Duration::from_hours(1) });
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { onDemand }").await;
    server.inside.gate.subscribed.notified().await;
    server.inside.gate.open.notify_one();
    assert_eq!(peer.next().await["payload"]["data"]["onDemand"], 1);
    server.inside.doorkeeper.say(Some(Denied::Unauthenticated));
    server.inside.gate.open.notify_one();
    let last = loop {
        match peer.socket.next().await.unwrap().unwrap() {
            Message::Ping(_) | Message::Pong(_) => {}
            other => break other,
        }
    };
    assert!(matches!(last, Message::Close(Some(frame)) if u16::from(frame.code) == 4403), "the second item was handed over");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_not_heard_of_is_given_up() {
    let server = InMemory::start(SocketSettings::default());
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { silent }").await;
    server.inside.gate.subscribed.notified().await;
    // Not reading means not answering pings either.
    let start = Instant::now();
    server.inside.gate.dropped.notified().await;
    assert_eq!(start.elapsed().as_secs(), 40);
    server.inside.executor.finish().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_holds_back_its_subscription_and_then_loses_the_socket() {
    let server = InMemory::start(SocketSettings::default());
    let mut peer = connect(&server).await;
    let start = Instant::now();
    peer.subscribe("1", "subscription { endless { number ballast } }").await;
    // On the paused clock this second passes when nobody has anything left to do.
    sleep(Duration::from_secs(1)).await;
    let produced = server.inside.gate.produced.load(Ordering::SeqCst);
    assert!((6..20).contains(&produced), "the line holds 64 kB, a parcel has 10 kB, and {produced} were made");
    server.inside.gate.dropped.notified().await;
    server.inside.executor.finish().await;
    assert_eq!(start.elapsed().as_secs(), 20);
    let produced_in_the_end = server.inside.gate.produced.load(Ordering::SeqCst);
    assert_eq!(produced, produced_in_the_end);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_does_not_hold_up_a_shutdown() {
    let server = InMemory::start(SocketSettings::default());
    let mut peer = connect(&server).await;
    peer.subscribe("1", "subscription { endless { number ballast } }").await;
    sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    server.inside.shutdown.cancel();
    server.inside.executor.finish().await;
    assert_eq!(start.elapsed().as_secs(), 3);
}
