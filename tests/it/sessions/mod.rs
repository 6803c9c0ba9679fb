//! Agents who work in a page of ours: how they are let in, for how long, and what their sessions may do.

mod origins;
mod pairing;
pub(crate) mod provider;
mod rates;
pub(crate) mod signed_urls;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Response;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::demo::peer::Person;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::sessions::{self, NotLetIn, PairingRequest};
use trilogue::workflow::tenants;

use crate::harness::{Db, Desk, Socket, Story, TestApp, on_both_databases};
use signed_urls::{Key, Token};

const FORM: &str = "application/x-www-form-urlencoded";
/// The operation that the built pages know, and one that they do not.
const LISTED: &str = "query Viewer { viewer { role name } }";
const UNLISTED: &str = "{ viewer { role } }";

/// A marketplace whose Zendesk has our app.
struct Office {
    app: TestApp,
    desk: Desk,
    ida: Person,
}

impl Office {
    async fn open(db: Db) -> Self {
        Box::pin(async {
            let app = TestApp::start(db).await;
            let desk = Desk::connect_with(&app, HelpdeskKind::Zendesk, |settings| settings.apps = vec![Key::App.installed(26)]).await;
            let ida = desk.sim.add_agent("Ida Agent");
            Self { app, desk, ida }
        })
        .await
    }

    /// What Zendesk would sign for Ida now.
    fn token(&self) -> Token {
        Token::of(&self.desk, &self.ida, self.app.clock.as_ref())
    }

    /// Opens the app as Zendesk does.
    async fn post(&self, token: &str) -> Response {
        let address = format!("{}/app/zendesk/{}?origin=https%3A%2F%2Facme.zendesk.com&app_guid=g", self.app.url, self.desk.connection);
        self.app
            .http
            .post(address)
            .header("accept", "text/html")
            .header("content-type", FORM)
            .body(format!("token={token}"))
            .send()
            .await
            .unwrap()
    }

    /// A session of Ida's.
    async fn session(&self) -> Value {
        let answer = self.post(&self.token().signed(Key::App)).await;
        assert_eq!(answer.status(), 200);
        boot(&answer.text().await.unwrap())["session"].clone()
    }

    async fn renew(&self, token: &str) -> (u16, Value) {
        let answer = self.app.http.post(format!("{}/auth/renew", self.app.url)).bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends an operation that the pages know, as they do.
    async fn listed(&self, token: &str) -> (u16, Value) {
        let digest = hex::encode(Sha256::digest(LISTED));
        self.send(token, json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": digest } } })).await
    }

    async fn send(&self, token: &str, body: Value) -> (u16, Value) {
        let answer = self.app.http.post(format!("{}/graphql", self.app.url)).bearer_auth(token).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// Agents sign in by both ways, and go on; so that every statement of it was made once, and every column filled.
pub(crate) async fn used(story: &Story) {
    let cx = &story.app.cx;
    let desk = Desk::connect_with(&story.app, HelpdeskKind::Zendesk, |settings| settings.apps = vec![Key::App.installed(26)]).await;
    let ida = desk.sim.add_agent("Ida Agent");
    for seconds in [1, 2] {
        let token = Token::of(&desk, &ida, story.app.clock.as_ref()).later(seconds).signed(Key::App);
        let opened = sessions::by_signed_url(cx, desk.connection, &token.into()).await.unwrap();
        sessions::renew(cx, &opened.token).await.unwrap();
        tenants::authenticate(cx, &opened.token).await.unwrap();
    }
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(pairing::VERIFIER));
    let request = PairingRequest { connection: desk.connection, email: "ida.agent@example.com".to_owned(), challenge };
    let pairing = sessions::pair(cx, &request).await.unwrap();
    let shown = sessions::paired(cx, &pairing.handle, &"no code".to_owned().into(), &pairing::VERIFIER.to_owned().into()).await;
    assert!(matches!(shown, Err(NotLetIn::NoAgent)));
}

/// What a page is told first.
fn boot(page: &str) -> Value {
    let (_, rest) = page.split_once("<meta name=\"trilogue\" content=\"").unwrap();
    let text = rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap()
}

fn token_of(session: &Value) -> &str {
    session["token"].as_str().unwrap()
}

on_both_databases! {
    async fn a_session_is_short_and_is_renewed_for_a_day(db: Db) {
        let office = Office::open(db).await;
        let first = office.session().await;
        assert_eq!((&first["expiresAt"], office.listed(token_of(&first)).await.0), (&json!("2026-11-22T09:15:00Z"), 200));
        office.app.advance(TimeDelta::minutes(14));
        let (status, second) = office.renew(token_of(&first)).await;
        assert_eq!((status, &second["expiresAt"]), (200, &json!("2026-11-22T09:29:00Z")));
        assert_eq!(office.listed(token_of(&first)).await.0, 200, "what is under way is not cut off");
        office.app.advance(TimeDelta::minutes(1));
        assert_eq!(office.listed(token_of(&first)).await.0, 401);
        assert_eq!(office.renew(token_of(&first)).await.0, 401, "what is over is not renewed");
        assert_eq!(office.listed(token_of(&second)).await.1["data"]["viewer"], json!({ "role": "OPERATOR", "name": "Ida Agent" }));

        let mut session = second;
        for _ in 0..54 {
            office.app.advance(TimeDelta::minutes(13));
            session = office.renew(token_of(&session)).await.1;
        }
        assert_eq!(session["expiresAt"], "2026-11-22T21:00:00Z", "twelve hours after the agent signed in");
        office.app.advance(TimeDelta::minutes(10));
        assert_eq!((office.renew(token_of(&session)).await.0, office.listed(token_of(&session)).await.0), (401, 401));
        trilogue::jobs::prune_now(&office.app.cx, TimeDelta::days(30)).await;
    }

    async fn only_a_session_is_renewed(db: Db) {
        let office = Office::open(db).await;
        let operator = office.app.token(trilogue::domain::parties::Role::Operator, None).await;
        for token in [operator.as_str(), "trl_se_", "trl_se_nothing", "x"] {
            assert_eq!(office.renew(token).await.0, 401, "{token}");
        }
        let bare = office.app.http.post(format!("{}/auth/renew", office.app.url)).send().await.unwrap();
        assert_eq!(bare.status(), 401);
    }

    async fn a_page_sends_what_it_was_built_with_and_nothing_else(db: Db) {
        let office = Office::open(db).await;
        let session = office.session().await;
        let token = token_of(&session);
        let digest = hex::encode(Sha256::digest(LISTED));
        let named = |digest: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": digest } });
        let forbidden = |answer: (u16, Value)| assert_eq!((answer.0, &answer.1["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")), "{answer:?}");
        forbidden(office.send(token, json!({ "query": UNLISTED })).await);
        forbidden(office.send(token, json!({ "query": LISTED })).await);
        forbidden(office.send(token, json!({ "extensions": named(&hex::encode(Sha256::digest(UNLISTED))) })).await);
        // What is written out beside a digest does not count.
        let (status, answer) = office.send(token, json!({ "query": UNLISTED, "extensions": named(&digest) })).await;
        assert_eq!((status, &answer["data"]["viewer"]["name"]), (200, &json!("Ida Agent")));
        // Others write what they like, or use the list too.
        let operator = office.app.token(trilogue::domain::parties::Role::Operator, None).await;
        assert_eq!(office.send(&operator, json!({ "query": UNLISTED })).await.0, 200);
        assert_eq!(office.listed(&operator).await.0, 200);
        assert_eq!(office.send(&operator, json!({})).await.0, 400, "no operation at all");

        let mut socket = Socket::open(&office.app.url, token).await;
        socket.send(json!({ "id": "1", "type": "subscribe", "payload": { "query": "subscription { timelineItemAdded { __typename } }" } })).await;
        let refused = socket.receive().await;
        assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("FORBIDDEN")));
        socket.send(json!({ "id": "2", "type": "subscribe", "payload": { "query": "", "extensions": named(&digest) } })).await;
        assert_eq!(socket.receive().await["payload"]["data"]["viewer"]["name"], "Ida Agent");
    }

    async fn revoking_an_agents_token_ends_their_sessions(db: Db) {
        let office = Office::open(db).await;
        let session = office.session().await;
        let tokens = office.app.cx.store.tokens(office.app.marketplace.id).await.unwrap();
        let own: Vec<_> = tokens.iter().filter(|token| token.name == "Ida Agent").collect();
        assert_eq!(own.len(), 1);
        assert_eq!(token_of(&office.session().await).len(), token_of(&session).len(), "a second window, the same person");
        assert_eq!(office.app.cx.store.tokens(office.app.marketplace.id).await.unwrap().len(), tokens.len());
        assert!(office.app.cx.store.revoke_token(office.app.marketplace.id, own[0].id).await.unwrap());
        assert_eq!(office.listed(token_of(&session)).await.0, 401);
        assert_eq!(office.post(&office.token().later(5).signed(Key::App)).await.status(), 403, "and nobody lets them in again");
    }

    async fn the_pages_files_are_served_for_ever_and_framed_by_nobody_else(db: Db) {
        let office = Office::open(db).await;
        let file = office.app.http.get(format!("{}/app/assets/sidebar-1.js", office.app.url)).send().await.unwrap();
        assert_eq!((file.status().as_u16(), file.headers()["cache-control"].to_str().unwrap()), (200, "public, max-age=31536000, immutable"));
        for none in ["documents.json", "..%2Fsidebar.html", "nothing.js"] {
            let answer = office.app.http.get(format!("{}/app/assets/{none}", office.app.url)).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{none}");
        }
        let page = office.app.http.get(format!("{}/app/page/{}?ticket=7%22%3E%3Cscript%3E", office.app.url, office.desk.connection)).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe") && !policy.contains("zdassets"), "{policy}");
        let html = page.text().await.unwrap();
        let boot = boot(&html);
        assert_eq!((&boot["host"], &boot["session"], &boot["ticket"]), (&json!("PAGE"), &Value::Null, &json!("7\"><script>")));
        assert!(!html.contains("<script"), "{html}");
        let elsewhere = office.app.http.get(format!("{}/app/freshdesk/{}", office.app.url, office.desk.connection)).send().await.unwrap();
        assert_eq!(elsewhere.status(), 404, "this is a Zendesk");
    }
}

/// A socket of a session is closed when the session is over. Round a server of its own, as sockets go by the machine's clock.
#[tokio::test]
async fn a_socket_does_not_outlive_its_session() {
    let office = Office::open(Db::Sqlite).await;
    let session = office.session().await;
    office.app.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    let socket = Socket::open(&office.app.url, token_of(&session)).await;
    office.app.advance(TimeDelta::seconds(1));
    let closed = tokio::time::timeout(Duration::from_secs(20), socket.closed()).await.unwrap();
    assert_eq!(closed, Some(4403));
}

/// What is stored of a session is no use to who reads the database.
#[tokio::test]
async fn what_is_stored_opens_nothing() {
    let office = Office::open(Db::Sqlite).await;
    let session = office.session().await;
    let digest: [u8; 32] = Sha256::digest(token_of(&session)).into();
    let row = office.app.cx.store.session_by_digest(&digest, office.app.cx.now()).await.unwrap().unwrap();
    assert_eq!(row.name, "Ida Agent");
    assert!(!format!("{row:?}").contains(token_of(&session)));
    let opened = sessions::renew(&office.app.cx, &token_of(&session).to_owned().into()).await.unwrap();
    assert!(!format!("{opened:?}").contains(opened.token.expose_secret()), "never logged");
}
