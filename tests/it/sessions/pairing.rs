//! A code that is sent to the agent's address in the helpdesk.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim, KeyOwner};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::Credentials;
use trilogue::workflow::connections::ConnectionSettings;

use crate::harness::{Db, Desk, Node, TestApp, on_both_databases};

pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A marketplace with a Freshdesk and a mail server.
struct Office {
    app: TestApp,
    desk: Desk,
    mailbox: Node,
}

impl Office {
    async fn open(db: Db, kind: HelpdeskKind) -> Self {
        Box::pin(async {
            let mut app = TestApp::start(db).await;
            let mut mailbox = Node::audit("mailbox.mjs").await;
            let url = mailbox.heard().await["url"].as_str().unwrap().to_owned();
            app.settings.smtp_url = Some(url.into());
            app.settings.smtp_from = Some("Bazar <alerts@bazar.example>".to_owned());
            app.restart().await;
            let desk = match kind {
                HelpdeskKind::Zendesk => Desk::connect(&app, kind).await,
                HelpdeskKind::Freshdesk => freshdesk(&app, KeyOwner::Admin, |_| {}).await,
            };
            desk.sim.add_agent("Ida Agent");
            Self { app, desk, mailbox }
        })
        .await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.app.http.post(format!("{}{path}", self.app.url)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn pair(&self, email: &str) -> (u16, Value) {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        self.post("/auth/pairing", json!({ "connection": self.desk.connection, "email": email, "challenge": challenge })).await
    }

    async fn show(&self, pairing: &Value, code: &str) -> (u16, Value) {
        self.post("/auth/session", json!({ "pairing": pairing["pairing"], "code": code, "verifier": VERIFIER })).await
    }

    /// The code in the next e-mail, to this address.
    async fn code(&mut self) -> String {
        let mail = self.mailbox.heard().await;
        assert_eq!(mail["to"][0], "ida.agent@example.com");
        let text = mail["text"].as_str().unwrap();
        text.lines().nth(2).unwrap().to_owned()
    }
}

/// A Freshdesk, with the key of such an agent.
pub(super) async fn freshdesk(app: &TestApp, key_owner: KeyOwner, change: impl FnOnce(&mut ConnectionSettings)) -> Desk {
    let options = FreshdeskOptions { key_owner, ..FreshdeskOptions::new(app.clock.clone()) };
    let sim = FreshdeskSim::start(options).await.unwrap();
    let key = Credentials::Freshdesk { api_key: FreshdeskSim::API_KEY.to_owned().into() };
    Desk::register(app, HelpdeskKind::Freshdesk, Arc::new(sim), key, change).await
}

fn code_of(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["code"].as_str().unwrap_or_default())
}

/// Another code than this.
fn wrong(code: &str) -> String {
    if code == "000 000" { "111 111".to_owned() } else { "000 000".to_owned() }
}

on_both_databases! {
    async fn an_agent_signs_in_with_the_code_that_was_sent(db: Db) {
        for kind in HelpdeskKind::ALL {
            let mut office = Office::open(db, kind).await;
            let (status, pairing) = office.pair(" Ida.Agent@example.com ").await;
            assert_eq!((status, &pairing["expiresAt"]), (202, &json!("2026-11-22T09:10:00Z")));
            let code = office.code().await;
            assert_eq!(code_of(&office.show(&pairing, &wrong(&code)).await), (401, "WRONG_CODE"));
            let (status, session) = office.show(&pairing, &code).await;
            assert_eq!((status, &session["expiresAt"]), (200, &json!("2026-11-22T09:15:00Z")));
            let digest = hex::encode(Sha256::digest(crate::sessions::LISTED));
            let body = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": digest } } });
            let answer = office.app.http.post(format!("{}/graphql", office.app.url)).bearer_auth(session["token"].as_str().unwrap());
            let seen: Value = answer.json(&body).send().await.unwrap().json().await.unwrap();
            assert_eq!(seen["data"]["viewer"], json!({ "role": "OPERATOR", "name": "Ida Agent" }), "{kind:?}");
            assert_eq!(code_of(&office.show(&pairing, &code).await), (401, "EXPIRED"), "a code is good once");
        }
    }

    async fn nobody_learns_who_is_an_agent(db: Db) {
        let mut office = Office::open(db, HelpdeskKind::Freshdesk).await;
        office.desk.sim.add_end_user("Marie Dupont", "marie@example.org");
        let known = office.pair("ida.agent@example.com").await;
        office.code().await;
        for stranger in ["nobody@example.com", "marie@example.org"] {
            let unknown = office.pair(stranger).await;
            assert_eq!((unknown.0, &unknown.1["expiresAt"]), (known.0, &known.1["expiresAt"]));
            assert_eq!(unknown.1["pairing"].as_str().unwrap().len(), known.1["pairing"].as_str().unwrap().len());
            assert_eq!(code_of(&office.show(&unknown.1, "123456").await), (401, "WRONG_CODE"));
        }
    }

    async fn a_code_is_not_guessed(db: Db) {
        let mut office = Office::open(db, HelpdeskKind::Freshdesk).await;
        let (_, pairing) = office.pair("ida.agent@example.com").await;
        let code = office.code().await;
        for _ in 0..5 {
            assert_eq!(code_of(&office.show(&pairing, &wrong(&code)).await), (401, "WRONG_CODE"));
        }
        assert_eq!(code_of(&office.show(&pairing, &code).await), (429, "TOO_MANY"), "not even the right one any more");
        // Another page cannot use it, and time ends it.
        let (_, pairing) = office.pair("ida.agent@example.com").await;
        let code = office.code().await;
        let stolen = json!({ "pairing": pairing["pairing"], "code": code, "verifier": "another-page-of-somebody-else" });
        assert_eq!(code_of(&office.post("/auth/session", stolen).await), (400, "BAD_USER_INPUT"));
        office.app.advance(TimeDelta::minutes(10));
        assert_eq!(code_of(&office.show(&pairing, &code).await), (401, "EXPIRED"));
        // Five an hour.
        for _ in 0..3 {
            assert_eq!(office.pair("ida.agent@example.com").await.0, 202);
            office.code().await;
        }
        assert_eq!(code_of(&office.pair("ida.agent@example.com").await), (429, "TOO_MANY"));
        office.app.advance(TimeDelta::hours(1));
        assert_eq!(office.pair("ida.agent@example.com").await.0, 202);
        office.code().await;
    }

    async fn without_the_right_to_look_agents_up_nobody_signs_in(db: Db) {
        let office = Office::open(db, HelpdeskKind::Freshdesk).await;
        let desk = freshdesk(&office.app, KeyOwner::Agent, |_| {}).await;
        desk.sim.add_agent("Ida Agent");
        let office = Office { desk, ..office };
        assert_eq!(code_of(&office.pair("ida.agent@example.com").await), (404, "NO_SUCH_DOOR"));
    }

    async fn what_cannot_be_is_refused(db: Db) {
        let office = Office::open(db, HelpdeskKind::Freshdesk).await;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        for body in [
            json!({ "connection": office.desk.connection, "email": "no address", "challenge": challenge }),
            json!({ "connection": office.desk.connection, "email": "ida.agent@example.com", "challenge": "short" }),
            json!({ "connection": "x", "email": "ida.agent@example.com", "challenge": challenge }),
            json!([]),
        ] {
            let (status, answer) = office.post("/auth/pairing", body.clone()).await;
            assert!((400..=422).contains(&status) && answer["error"]["code"] == "BAD_USER_INPUT", "{body}: {status} {answer}");
        }
        let elsewhere = json!({ "connection": "con_00000000000000000000000000000000", "email": "ida.agent@example.com", "challenge": challenge });
        assert_eq!(office.post("/auth/pairing", elsewhere).await.0, 404);
        assert_eq!(code_of(&office.show(&json!({ "pairing": "trl_pa_nothing" }), "123456").await), (401, "EXPIRED"));
        let form = office.app.http.post(format!("{}/auth/session", office.app.url)).header("content-type", "application/x-www-form-urlencoded").body("pairing=x").send().await.unwrap();
        assert_eq!(form.status(), 415, "no form of another site");
    }

    async fn without_a_mail_server_no_code_is_offered(db: Db) {
        let app = TestApp::start(db).await;
        let desk = Desk::connect(&app, HelpdeskKind::Freshdesk).await;
        let page = app.http.get(format!("{}/app/freshdesk/{}?ticket=7", app.url, desk.connection)).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains(&format!("frame-ancestors {}", desk.sim.base_url())) && policy.contains("script-src 'self';"), "{policy}");
        let boot = crate::sessions::boot(&page.text().await.unwrap());
        assert_eq!((&boot["host"], &boot["signIn"], &boot["ticket"]), (&json!("FRESHDESK"), &json!([]), &json!("7")));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let body = json!({ "connection": desk.connection, "email": "ida.agent@example.com", "challenge": challenge });
        assert_eq!(app.http.post(format!("{}/auth/pairing", app.url)).json(&body).send().await.unwrap().status(), 404);
    }
}
