//! The webhook door: who is believed, what is stored, and what each sender is told.

mod pages;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{SecondsFormat, TimeDelta};
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trilogue::domain::ids::ConnectionId;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::Credentials;
use trilogue::helpdesk::freshdesk::webhook::SECRET_HEADER;
use trilogue::helpdesk::zendesk::webhook::{INVOCATION_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature};
use trilogue::store::QueueStatus::{self, Dead, Ignored, Pending};
use trilogue::workflow::connections::{self, ConnectionSettings, NewConnection};

use crate::harness::{Db, SECRET, TestApp, on_both_databases};

/// What Zendesk signs test calls with before a webhook exists. It must open nothing.
const PUBLIC_TEST_SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
/// A time that lies weeks before the test's.
const LONG_AGO: &str = "2026-11-01T09:00:00Z";

/// A server with one connection of each product; nobody ever calls the helpdesks.
struct Door {
    app: TestApp,
    zendesk: ConnectionId,
    strict: ConnectionId,
    freshdesk: ConnectionId,
}

impl Door {
    async fn open(db: Db) -> Self {
        let app = TestApp::start(db).await;
        let zendesk = connect(&app, "https://acme.zendesk.com", SECRET, None).await;
        let strict = connect(&app, "https://strict.zendesk.com", SECRET, Some(300)).await;
        let freshdesk = connect(&app, "https://acme.freshdesk.com", SECRET, None).await;
        Self { app, zendesk, strict, freshdesk }
    }

    fn url(&self, kind: HelpdeskKind, connection: ConnectionId) -> String {
        format!("{}/webhooks/{}/{connection}", self.app.url, kind.slug())
    }

    fn now(&self) -> String {
        self.app.cx.now().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Signed as Zendesk signs.
    fn zendesk(&self, body: impl Into<Vec<u8>>) -> RequestBuilder {
        zendesk(&self.app.http, &self.url(HelpdeskKind::Zendesk, self.zendesk), SECRET, &self.now(), body)
    }

    /// With a signature header of the test's making.
    fn signed(&self, signature: &str, timestamp: &str, body: &str) -> RequestBuilder {
        let request = self.app.http.post(self.url(HelpdeskKind::Zendesk, self.zendesk)).body(body.to_owned());
        request.header(SIGNATURE_HEADER, signature).header(TIMESTAMP_HEADER, timestamp)
    }

    /// With the secret in the header.
    fn freshdesk(&self, body: &str) -> RequestBuilder {
        self.unproven(body).header(SECRET_HEADER, SECRET)
    }

    /// Without any proof.
    fn unproven(&self, body: &str) -> RequestBuilder {
        let url = self.url(HelpdeskKind::Freshdesk, self.freshdesk);
        self.app.http.post(url).header("content-type", "application/json").body(body.to_owned())
    }

    async fn stored(&self) -> usize {
        self.app.cx.store.inbox(self.app.marketplace.id, None, 1000).await.unwrap().len()
    }

    /// Sends the request and checks the answer and the row that it left.
    async fn expect(&self, what: &str, request: RequestBuilder, status: u16, stored: Option<QueueStatus>) {
        let before = self.stored().await;
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{what}");
        let rows = self.app.cx.store.inbox(self.app.marketplace.id, None, 1).await.unwrap();
        assert_eq!(self.stored().await - before, usize::from(stored.is_some()), "{what}: what is stored");
        if let Some(expected) = stored {
            assert_eq!(rows[0].status, expected, "{what}: {:?}", rows[0].last_error);
            assert_eq!(rows[0].last_error.is_some(), expected != Pending, "{what}: a reason is kept");
        }
    }
}

async fn connect(app: &TestApp, base_url: &str, secret: &str, window: Option<u32>) -> ConnectionId {
    let credentials = if base_url.contains("zendesk") {
        Credentials::ZendeskOauth { token: "token".to_owned().into() }
    } else {
        Credentials::Freshdesk { api_key: "key".to_owned().into() }
    };
    let settings = ConnectionSettings { timestamp_window_seconds: window, ..ConnectionSettings::default() };
    let new = NewConnection {
        base_url: base_url.parse().unwrap(),
        credentials,
        webhook_secret: secret.to_owned().into(),
        identity_secret: None,
        settings,
    };
    connections::connect(&app.cx, app.marketplace.id, new).await.unwrap().id
}

/// A delivery signed as Zendesk signs it.
pub(crate) fn zendesk(http: &reqwest::Client, url: &str, secret: &str, timestamp: &str, body: impl Into<Vec<u8>>) -> RequestBuilder {
    let body = body.into();
    let signature = signature(secret, timestamp, &body);
    http.post(url).header(SIGNATURE_HEADER, signature).header(TIMESTAMP_HEADER, timestamp).body(body)
}

/// An event as an event-subscribed webhook of Zendesk carries it.
pub(crate) fn event(id: &str, kind: &str, ticket: u64) -> String {
    json!({
        "account_id": 22_129_848, "detail": { "id": ticket.to_string(), "status": "OPEN", "subject": "Où est mon colis ?" },
        "event": {}, "id": id, "subject": format!("zen:ticket:{ticket}"), "time": "2026-11-22T09:00:00Z",
        "type": format!("zen:event-type:{kind}"), "zendesk_event_version": "2022-11-06",
    })
    .to_string()
}

/// What a sender is told when it should come again: 503, and soon enough for Zendesk to obey.
fn assert_come_again(response: &Response) {
    assert_eq!(response.status().as_u16(), 503);
    let pause: u32 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..60).contains(&pause), "Zendesk loses an event whose Retry-After is {pause}");
}

async fn zendesk_answers(door: &Door) {
    let flood = "x".repeat(70_000);
    for (what, body, stored) in [
        ("an event", event("e1", "ticket.comment_added", 7), Pending),
        ("an event of a kind that came later", event("e2", "ticket.teleported", 7), Pending),
        ("an event of another object", event("e3", "organization.created", 7), Ignored),
        ("a trigger with ids only", json!({ "source": "zendesk-trigger", "v": 1, "ticket_id": "7", "actor_id": "1" }).to_string(), Pending),
        ("another template", r##"{"ticket":{"id":"#35436","status":"Open"},"new":{"field":[1,null]}}"##.to_owned(), Pending),
        ("a template of a hurried administrator", r#"{"ticketID":12345,"priority":"Normal"}"#.to_owned(), Pending),
        ("a template without a ticket", r#"{"hello":"world"}"#.to_owned(), Dead),
        ("an event without a ticket", r#"{"type":"zen:event-type:ticket.created","id":"e4","detail":{}}"#.to_owned(), Dead),
        ("no JSON", "status=open&{{".to_owned(), Dead),
        ("half a JSON", r#"{"ticket_id":"7""#.to_owned(), Dead),
        ("nothing", String::new(), Dead),
    ] {
        door.expect(what, door.zendesk(body), 200, Some(stored)).await;
    }
    door.expect("bytes that are no text", door.zendesk(vec![0xff, 0xfe, 0x00]), 200, Some(Dead)).await;

    let body = event("e9", "ticket.created", 9);
    let right = signature(SECRET, &door.now(), body.as_bytes());
    let hexed = hex::encode(BASE64.decode(&right).unwrap());
    let decoded = String::from_utf8_lossy(&BASE64.decode(SECRET).unwrap()).into_owned();
    for (what, signature, timestamp) in [
        ("a signature of other words", signature(SECRET, &door.now(), b"{}"), door.now()),
        ("the signature in hexadecimal digits", hexed, door.now()),
        ("another secret", signature("not the secret", &door.now(), body.as_bytes()), door.now()),
        ("the secret decoded", signature(&decoded, &door.now(), body.as_bytes()), door.now()),
        ("the vendor's public test secret", signature(PUBLIC_TEST_SECRET, &door.now(), body.as_bytes()), door.now()),
        ("an empty secret", signature("", &door.now(), body.as_bytes()), door.now()),
        ("another time stamp", right.clone(), LONG_AGO.to_owned()),
        ("an empty signature", String::new(), door.now()),
        ("half a signature", right[..20].to_owned(), door.now()),
    ] {
        door.expect(what, door.signed(&signature, &timestamp, &body), 401, None).await;
    }
    let url = door.url(HelpdeskKind::Zendesk, door.zendesk);
    door.expect("no header at all", door.app.http.post(&url).body(body.clone()), 401, None).await;
    door.expect("no time stamp", door.app.http.post(&url).body(body.clone()).header(SIGNATURE_HEADER, &right), 401, None).await;
    door.expect("a Freshdesk secret", door.app.http.post(&url).body(body.clone()).header(SECRET_HEADER, SECRET), 401, None).await;

    door.expect("a retry that carries its first time", zendesk(&door.app.http, &url, SECRET, LONG_AGO, body.clone()), 200, Some(Pending))
        .await;
    let strict = door.url(HelpdeskKind::Zendesk, door.strict);
    door.expect("the same where a window is set", zendesk(&door.app.http, &strict, SECRET, LONG_AGO, body.clone()), 401, None).await;
    door.expect("one within the window", zendesk(&door.app.http, &strict, SECRET, &door.now(), body), 200, Some(Pending)).await;

    door.expect("a flood, announced", door.zendesk(flood.clone()), 413, None).await;
    assert_eq!(send_in_chunks(door, 70).await, 413, "a flood that does not say how long it is");
    assert_eq!(send_in_chunks(door, 1).await, 401, "a trickle of the same kind");
}

/// Sends so many chunks of a thousand bytes, without a length before them, and gives the status of the answer.
async fn send_in_chunks(door: &Door, chunks: usize) -> u16 {
    let address = door.app.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /webhooks/zendesk/{} HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\
         {SIGNATURE_HEADER}: x\r\n{TIMESTAMP_HEADER}: x\r\n\r\n",
        door.zendesk
    );
    let body = format!("3e8\r\n{}\r\n", "x".repeat(1_000)).repeat(chunks);
    // The server may answer and hang up before it has heard everything.
    drop(stream.write_all(format!("{head}{body}0\r\n\r\n").as_bytes()).await);
    let mut status_line = [0; 12];
    stream.read_exact(&mut status_line).await.unwrap();
    String::from_utf8_lossy(&status_line[9..]).parse().unwrap()
}

async fn freshdesk_answers(door: &Door) {
    let simple =
        json!({ "freshdesk_webhook": { "ticket_id": 4711, "ticket_status": "Ouvert", "triggered_event": "{ticket_action:created}" } });
    let advanced = r#"{"freshdesk_webhook":{"triggered_event":"{status:{from:2,to:3}}","ticket_id":"4712"}}"#;
    let flat = r#"{"ticket_id":"4713","triggered_event":"{reply_sent:public}"}"#;
    for (what, body, stored) in [
        ("simple content", simple.to_string(), Pending),
        ("advanced content", advanced.to_owned(), Pending),
        ("flat content", flat.to_owned(), Pending),
        ("an event that nobody knows", r#"{"ticket_id":"4714","triggered_event":"{moon:{from:new,to:full}}","x":{}}"#.to_owned(), Pending),
        ("no ticket", r#"{"freshdesk_webhook":{"ticket_subject":"?"}}"#.to_owned(), Dead),
        ("a ticket that is no number", r#"{"ticket_id":"../../agents/me"}"#.to_owned(), Dead),
        ("no JSON", "<xml/>".to_owned(), Dead),
    ] {
        door.expect(what, door.freshdesk(&body), 200, Some(stored)).await;
    }
    let form = door.app.http.post(door.url(HelpdeskKind::Freshdesk, door.freshdesk)).header(SECRET_HEADER, SECRET);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("freshdesk_webhook%5Bticket_id%5D=4715");
    door.expect("a form", form, 200, Some(Pending)).await;

    let url = door.url(HelpdeskKind::Freshdesk, door.freshdesk);
    let with_body = |url: String, ticket: u32| door.app.http.post(url).body(json!({ "ticket_id": ticket }).to_string());
    door.expect("HTTP Basic", with_body(url.clone(), 1).basic_auth("trilogue", Some(SECRET)), 200, Some(Pending)).await;
    door.expect("the secret in the address", with_body(format!("{url}?key={SECRET}"), 2), 200, Some(Pending)).await;
    door.expect("under its other name", with_body(format!("{url}?a=b&secret={SECRET}"), 3), 200, Some(Pending)).await;
    door.expect("HTTP Basic with another password", with_body(url.clone(), 4).basic_auth("trilogue", Some("x")), 401, None).await;
    door.expect("HTTP Basic with the secret as the user", with_body(url.clone(), 4).basic_auth(SECRET, Some("")), 401, None).await;
    door.expect("another secret in the address", with_body(format!("{url}?key=x"), 4), 401, None).await;
    door.expect("another header", with_body(url.clone(), 4).header(SECRET_HEADER, "x"), 401, None).await;
    door.expect("no proof", door.unproven(flat), 401, None).await;
    door.expect("a flood", door.freshdesk(&"x".repeat(70_000)), 413, None).await;
}

async fn wrong_doors(door: &Door) {
    let body = event("w1", "ticket.created", 9);
    let stranger = ConnectionId::generate();
    let (own, base) = (door.zendesk, &door.app.url);
    for (what, path) in [
        ("an unknown connection", format!("zendesk/{stranger}")),
        ("another product's connection", format!("zendesk/{}", door.freshdesk)),
        ("another product's name", format!("freshdesk/{own}")),
        ("a product that nobody knows", format!("intercom/{own}")),
        ("a capital", format!("Zendesk/{own}")),
        ("an id of another kind", format!("zendesk/{}", own.to_string().replace("con_", "cas_"))),
        ("half an id", format!("zendesk/{}", &own.to_string()[..12])),
        ("no id", "zendesk/x".to_owned()),
        ("an id with a tail", format!("zendesk/{own}0")),
        ("nobody", "zendesk/".to_owned()),
    ] {
        let request = zendesk(&door.app.http, &format!("{base}/webhooks/{path}"), SECRET, &door.now(), body.clone());
        door.expect(what, request, 404, None).await;
    }
    let url = door.url(HelpdeskKind::Zendesk, own);
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        door.expect(method.as_str(), door.app.http.request(method.clone(), &url), 405, None).await;
    }
    let bad = door.app.http.post(format!("{base}/webhooks/zendesk/%FF%FE")).body(body).send().await.unwrap();
    assert!(bad.status().is_client_error(), "{bad:?}");
}

/// Runs while nothing can be written, until the guard goes.
enum Stall {
    Sqlite(#[expect(dead_code, reason = "held for its drop")] Box<trilogue::store::Tx>),
    Postgres(PgConnection),
}

impl Stall {
    async fn begin(app: &TestApp) -> Self {
        if app.settings.database_url.starts_with("sqlite:") {
            return Self::Sqlite(Box::new(app.cx.store.begin(app.marketplace.id).await.unwrap()));
        }
        let mut connection = PgConnection::connect(&app.settings.database_url).await.unwrap();
        connection.execute("BEGIN; LOCK TABLE inbox IN EXCLUSIVE MODE").await.unwrap();
        Self::Postgres(connection)
    }

    async fn end(self) {
        if let Self::Postgres(connection) = self {
            connection.close().await.unwrap();
        }
    }
}

async fn metric(app: &TestApp, name: &str) -> f64 {
    let page = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    let line = page.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

async fn ready(app: &TestApp) -> u16 {
    app.http.get(format!("{}/readyz", app.url)).send().await.unwrap().status().as_u16()
}

async fn many_share_a_commit(door: &Door) {
    let stall = Stall::begin(&door.app).await;
    let sent = (0..200).map(|number| {
        let request = door.zendesk(event(&format!("many-{number}"), "ticket.comment_added", number % 7 + 1));
        tokio::spawn(request.header(INVOCATION_HEADER, format!("{number}")).send())
    });
    let sent: Vec<_> = sent.collect();
    // The first of them wait in the commit that is stalled, the others before it.
    while metric(&door.app, "trilogue_inbox_committing").await < 100.0 {
        tokio::task::yield_now().await;
    }
    let (answers, statements) = door
        .app
        .statements(async {
            stall.end().await;
            join_all(sent).await
        })
        .await;
    for answer in answers {
        assert_eq!(answer.unwrap().unwrap().status().as_u16(), 200);
    }
    assert_eq!(door.stored().await, 200, "what was acknowledged is stored");
    // Those that waited when the stall ended went together, and at most a few more statements took the stragglers.
    let inserts = statements.iter().filter(|sql| sql.starts_with("INSERT INTO inbox")).count();
    assert!((1..150).contains(&inserts), "{inserts} commits for 200 deliveries, of which at least 100 waited together");
}

async fn the_same_comes_at_once(door: &Door) {
    for (what, event_id, invocation) in [
        ("the same delivery", (|_| "d0".to_owned()) as fn(u32) -> String, (|_| "i0".to_owned()) as fn(u32) -> String),
        ("the same event by other deliveries", |_| "d1".to_owned(), |number| format!("i1-{number}")),
        ("a delivery that says something else now", |number| format!("d2-{number}"), |_| "i2".to_owned()),
    ] {
        let before = door.stored().await;
        let all = (0..40).map(|number| {
            let body = event(&event_id(number), "ticket.comment_added", 5);
            door.zendesk(body).header(INVOCATION_HEADER, invocation(number)).send()
        });
        for answer in join_all(all).await {
            assert_eq!(answer.unwrap().status().as_u16(), 200, "{what}");
        }
        assert_eq!(door.stored().await - before, 1, "{what}");
    }
    // Freshdesk gives no id: as long as the first waits, an equal body says nothing new.
    let before = door.stored().await;
    for answer in join_all((0..40).map(|_| door.freshdesk(r#"{"ticket_id":"1"}"#).send())).await {
        assert_eq!(answer.unwrap().status().as_u16(), 200);
    }
    assert_eq!(door.stored().await - before, 1);
}

async fn the_crowd_is_bounded(door: &mut Door) {
    door.app.settings.inbox_queue = 4;
    door.app.restart().await;
    let busy = r#"trilogue_webhooks_total{outcome="busy"}"#;
    let busy_before = metric(&door.app, busy).await;
    let stall = Stall::begin(&door.app).await;
    let mut crowd: FuturesUnordered<_> =
        (0..40).map(|number| door.zendesk(event(&format!("crowd-{number}"), "ticket.created", 1)).send()).collect();
    // At most four are in the commit under way and four behind it; the others need not wait for either to hear so.
    for _ in 0..32 {
        assert_come_again(&crowd.next().await.unwrap().unwrap());
    }
    stall.end().await;
    let rest: Vec<_> = crowd.map(|answer| answer.unwrap()).collect().await;
    let (taken, refused): (Vec<_>, Vec<_>) = rest.iter().partition(|answer| answer.status().is_success());
    refused.into_iter().for_each(assert_come_again);
    assert!((4..=8).contains(&taken.len()), "{}", taken.len());
    assert_eq!(door.stored().await, taken.len(), "stored is what was acknowledged, and only that");
    assert!(metric(&door.app, busy).await > busy_before);
    assert_eq!(ready(&door.app).await, 200);
}

async fn a_secret_is_changed(door: &Door) {
    let url = door.url(HelpdeskKind::Zendesk, door.zendesk);
    let deliver = async |secret: &str, id: &str| {
        let request = zendesk(&door.app.http, &url, secret, &door.now(), event(id, "ticket.created", 1));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(deliver(SECRET, "s1").await, 200);
    assert_eq!(connect(&door.app, "https://acme.zendesk.com", "the second", None).await, door.zendesk, "the address stays");
    door.app.advance(TimeDelta::seconds(11));
    assert_eq!(deliver(SECRET, "s2").await, 200, "what is on its way is signed with the old one");
    assert_eq!(deliver("the second", "s3").await, 200);
    // Said once more, so that a settings change does not end the rotation.
    connect(&door.app, "https://acme.zendesk.com", "the second", None).await;
    door.app.advance(TimeDelta::seconds(11));
    assert_eq!((deliver(SECRET, "s4").await, deliver("the second", "s5").await), (200, 200));
    connect(&door.app, "https://acme.zendesk.com", "the third", None).await;
    door.app.advance(TimeDelta::seconds(11));
    assert_eq!((deliver("the third", "s6").await, deliver("the second", "s7").await, deliver(SECRET, "s8").await), (200, 200, 401));

    connect(&door.app, "https://acme.freshdesk.com", "the second", None).await;
    door.app.advance(TimeDelta::seconds(11));
    let body = |ticket: u32| json!({ "ticket_id": ticket }).to_string();
    door.expect("the new secret", door.unproven(&body(1)).header(SECRET_HEADER, "the second"), 200, Some(Pending)).await;
    door.expect("the old secret", door.freshdesk(&body(2)), 200, Some(Pending)).await;
}

/// Makes the database refuse connections, or take them again.
async fn let_in(app: &TestApp, allowed: bool) {
    let mut url: url::Url = app.settings.database_url.parse().unwrap();
    let name = url.path().trim_start_matches('/').to_owned();
    url.set_path("postgres");
    let mut admin = PgConnection::connect(url.as_str()).await.unwrap();
    let change = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}");
    admin.execute(sqlx::AssertSqlSafe(change)).await.unwrap();
    if !allowed {
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        admin.execute(sqlx::AssertSqlSafe(end)).await.unwrap();
    }
    admin.close().await.unwrap();
}

async fn the_store_is_gone(door: &Door, db: Db) {
    assert_eq!(door.zendesk(event("g0", "ticket.created", 1)).send().await.unwrap().status().as_u16(), 200);
    match db {
        Db::Sqlite => door.app.cx.store.clone().close().await,
        Db::Postgres => let_in(&door.app, false).await,
    }
    // Many at once, as they share a commit: no one may wait for the failure of the others.
    let crowd = (0..20).map(|number| door.zendesk(event(&format!("g-{number}"), "ticket.created", 1)).send());
    let crowd = tokio::time::timeout(Duration::from_secs(11), join_all(crowd)).await.expect("Zendesk waits 12 seconds");
    for answer in crowd {
        assert_come_again(&answer.unwrap());
    }
    door.app.advance(TimeDelta::seconds(11));
    assert_come_again(&door.zendesk(event("g2", "ticket.created", 1)).send().await.unwrap());
    assert_come_again(&door.freshdesk(r#"{"ticket_id":"1"}"#).send().await.unwrap());
    assert_eq!(ready(&door.app).await, 503);
    let alive = door.app.http.get(format!("{}/healthz", door.app.url)).send().await.unwrap();
    assert_eq!(alive.status().as_u16(), 200, "nobody should restart us for the database's sake");
    let metrics = door.app.http.get(format!("{}/metrics", door.app.url)).send().await.unwrap();
    assert_eq!(metrics.status().as_u16(), 200);
    if db == Db::Postgres {
        let_in(&door.app, true).await;
        assert_eq!(door.zendesk(event("g3", "ticket.created", 1)).send().await.unwrap().status().as_u16(), 200, "it comes back by itself");
        assert_eq!((door.stored().await, ready(&door.app).await), (2, 200));
    }
}

async fn what_is_shown_of_the_inbox(door: &Door) {
    door.expect("one that is dead", door.zendesk("secret words, no JSON"), 200, Some(Dead)).await;
    let row = door.app.cx.store.inbox(door.app.marketplace.id, Some(Dead), 1).await.unwrap().remove(0);
    let reason = row.last_error.unwrap();
    assert!(reason.contains("not JSON") && !reason.contains("secret words"), "{reason}");
    assert_eq!(row.body, b"secret words, no JSON", "kept whole, for `inbox show`");
    let stranger = door.app.another_marketplace("elsewhere").await;
    assert!(door.app.cx.store.inbox_row(stranger.id, row.id).await.unwrap().is_none(), "not another tenant's");
    let kept: Value = serde_json::from_str(&event("k", "ticket.created", 3)).unwrap();
    door.expect("one that is not", door.zendesk(kept.to_string()), 200, Some(Pending)).await;
}

on_both_databases! {
    async fn every_sender_gets_the_answer_it_understands(db: Db) {
        let door = Door::open(db).await;
        zendesk_answers(&door).await;
        freshdesk_answers(&door).await;
        wrong_doors(&door).await;
        what_is_shown_of_the_inbox(&door).await;
    }

    async fn deliveries_share_commits(db: Db) {
        many_share_a_commit(&Door::open(db).await).await;
    }

    async fn a_delivery_that_comes_twice_is_stored_once(db: Db) {
        the_same_comes_at_once(&Door::open(db).await).await;
    }

    async fn a_crowd_is_told_to_come_again(db: Db) {
        the_crowd_is_bounded(&mut Door::open(db).await).await;
    }

    async fn two_secrets_are_valid_during_a_rotation(db: Db) {
        a_secret_is_changed(&Door::open(db).await).await;
    }

    async fn without_a_store_senders_are_told_to_come_again(db: Db) {
        the_store_is_gone(&Door::open(db).await, db).await;
    }
}
