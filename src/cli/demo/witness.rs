//! A subscriber to the live timeline, as an operator's screen would be: what it hears is what the story tells.

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::api::Api;

const TIMELINE: &str = "subscription {
  timelineItemAdded {
    __typename
    case { reference }
    ... on CaseOpenedEvent { status }
    ... on OrderAttachedEvent { order { reference } seller { name } }
    ... on CaseStatusChangedEvent { to }
    ... on CasePriorityChangedEvent { toPriority: to }
    ... on CaseEscalatedEvent { reason }
    ... on ThreadOpenedEvent { kind }
    ... on ParticipantAddedEvent { party right }
    ... on MessagePostedEvent { message { author authorName audience } thread { kind } }
    ... on MessageDeliveredEvent { message { author } }
    ... on DeliveryStoppedEvent { reason }
    ... on TicketChangedEvent { change }
  }
}";

/// Something that happened.
#[derive(Debug, Clone)]
pub(super) struct Event(Value);

impl Event {
    /// The name of its type in the schema.
    pub(super) fn kind(&self) -> &str {
        self.0["__typename"].as_str().unwrap_or_default()
    }

    /// The case in which it happened, as people call it.
    pub(super) fn case(&self) -> &str {
        self.text("/case/reference")
    }

    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn word(&self, pointer: &str) -> String {
        words(self.text(pointer))
    }

    /// In a few words.
    pub(super) fn say(&self) -> String {
        match self.kind() {
            "CaseOpenedEvent" => format!("opened, {}", status(self.text("/status"))),
            "OrderAttachedEvent" => format!("order {} found, sold by {}", self.text("/order/reference"), self.text("/seller/name")),
            "CaseStatusChangedEvent" => format!("now {}", status(self.text("/to"))),
            "CasePriorityChangedEvent" => format!("priority now {}", self.word("/toPriority")),
            "CaseEscalatedEvent" => format!("escalated, because: {}", self.word("/reason")),
            "ThreadOpenedEvent" => format!("thread {} opened", self.text("/kind")),
            "ParticipantAddedEvent" => format!("{} let into the thread with the right {}", self.word("/party"), self.text("/right")),
            "MessagePostedEvent" => format!("message by the {}, for {}", self.word("/message/author"), self.audience()),
            "MessageDeliveredEvent" => format!("message by the {} stands in the helpdesk", self.word("/message/author")),
            "DeliveryStoppedEvent" => format!("a delivery waits for a person: {}", self.text("/reason")),
            "TicketChangedEvent" => format!("ticket {}", self.word("/change")),
            other => other.to_owned(),
        }
    }

    /// Who may see a message: the sides it is meant for, as far as they take part in its thread.
    fn audience(&self) -> String {
        let sides = match self.text("/thread/kind") {
            "OPERATOR_SELLER" => vec!["SELLER", "OPERATOR"],
            "OPERATOR_BUYER" => vec!["BUYER", "OPERATOR"],
            _ => vec!["BUYER", "SELLER", "OPERATOR"],
        };
        let meant = self.0.pointer("/message/audience").and_then(Value::as_array).cloned().unwrap_or_default();
        let seen: Vec<_> = sides.into_iter().filter(|side| meant.iter().any(|party| party == side)).map(words).collect();
        match seen.split_last() {
            Some((last, [])) => format!("the {last} alone"),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => "nobody".to_owned(),
        }
    }
}

/// `WAITING_SELLER` as people say it: "waiting for the seller".
fn status(name: &str) -> String {
    match name.strip_prefix("WAITING_") {
        Some(party) => format!("waiting for the {}", words(party)),
        None => words(name),
    }
}

fn words(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

/// The subscriber.
#[derive(Debug)]
pub(super) struct Witness(mpsc::Receiver<Event>);

impl Witness {
    /// Subscribes, and comes back when the server listens.
    pub(super) async fn subscribe(api: &Api) -> anyhow::Result<Self> {
        let address = api.server.trim_start_matches("http://");
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let (mut socket, _) = tokio_tungstenite::client_async(request, TcpStream::connect(address).await?).await?;
        send(&mut socket, json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {}", api.token) } })).await?;
        let welcome = receive(&mut socket).await?;
        ensure!(welcome["type"] == "connection_ack", "the socket does not open: {welcome}");
        send(&mut socket, json!({ "id": "timeline", "type": "subscribe", "payload": { "query": TIMELINE } })).await?;
        // A subscription is silent when it begins; the answer to a query that was sent after it comes after it has begun.
        send(&mut socket, json!({ "id": "ready", "type": "subscribe", "payload": { "query": "{ __typename }" } })).await?;
        let ready = receive(&mut socket).await?;
        ensure!(ready["id"] == "ready", "the subscription does not begin: {ready}");
        let (sender, events) = mpsc::channel(256);
        // It ends with the receiver, or with the server.
        tokio::spawn(async move {
            while let Ok(message) = receive(&mut socket).await {
                let item = &message["payload"]["data"]["timelineItemAdded"];
                if item.is_object() && sender.send(Event(item.clone())).await.is_err() {
                    return;
                }
            }
        });
        Ok(Self(events))
    }

    /// The next thing that happens.
    pub(super) async fn next(&mut self) -> anyhow::Result<Event> {
        self.0.recv().await.context("the live timeline broke off")
    }

    /// The next thing, if it has happened already.
    pub(super) fn heard(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}

type Socket = WebSocketStream<TcpStream>;

async fn send(socket: &mut Socket, message: Value) -> anyhow::Result<()> {
    Ok(socket.send(Message::text(message.to_string())).await?)
}

async fn receive(socket: &mut Socket) -> anyhow::Result<Value> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text)?),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => bail!("the server closed the socket"),
        }
    }
}
