//! The operator's own identity provider: a certified one that plays by the rules, and one that does not.

mod liar;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::demo::freshdesk::KeyOwner;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::connections::IdentitySettings;
use trilogue::workflow::sessions;
use url::Url;

use super::pairing::{VERIFIER, freshdesk};
use super::{LISTED, boot, token_of};
use crate::harness::{Db, Desk, Node, SECRET, TestApp, on_both_databases};
use liar::{Liar, Lie};

const PUBLIC: &str = "https://care.bazar.example";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// A marketplace whose agents sign in at a provider.
struct Office {
    app: TestApp,
    desk: Desk,
    /// A browser's cookies, for all hosts alike.
    cookies: HashMap<String, String>,
    http: reqwest::Client,
}

impl Office {
    async fn open(db: Db, issuer: &str) -> Self {
        Box::pin(async {
            let mut app = TestApp::start(db).await;
            app.settings.public_url = Some(PUBLIC.parse().unwrap());
            // So that a code could be sent, if it were for that alone.
            app.settings.smtp_url = Some("smtp://127.0.0.1:9".to_owned().into());
            app.settings.smtp_from = Some("Bazar <alerts@bazar.example>".to_owned());
            app.restart().await;
            let identity = IdentitySettings { issuer: issuer.to_owned(), client_id: "trilogue".to_owned() };
            let desk = freshdesk(&app, KeyOwner::Admin, |settings| settings.identity = Some(identity)).await;
            desk.sim.add_agent("Ida Agent");
            let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
            Self { app, desk, cookies: HashMap::new(), http }
        })
        .await
    }

    fn way_in(&self, challenge: &str) -> String {
        format!("{}/auth/oidc/{}?challenge={challenge}", self.app.url, self.desk.connection)
    }

    /// What a browser gets at an address, and where it is sent on to.
    async fn get(&mut self, address: &str) -> (u16, Option<String>, String) {
        let ours = address.replacen(PUBLIC, &self.app.url, 1);
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self.http.get(&ours).header("accept", "text/html").header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let on = answer.headers().get("location").map(|on| Url::parse(&ours).unwrap().join(on.to_str().unwrap()).unwrap().to_string());
        (answer.status().as_u16(), on, answer.text().await.unwrap())
    }

    /// Goes to the provider, and back to the address that it gives.
    async fn travel(&mut self) -> String {
        let mut at = self.way_in(&challenge());
        for _ in 0..10 {
            let (status, on, page) = self.get(&at).await;
            at = on.unwrap_or_else(|| panic!("{at} leads nowhere: {status} {page}"));
            if at.starts_with(PUBLIC) {
                return at;
            }
        }
        panic!("in a circle at {at}");
    }

    /// What the page is handed at the end of the way.
    async fn handed(&mut self, back: &str) -> Result<String, (u16, String)> {
        let (status, _, page) = self.get(back).await;
        if status == 200 { Ok(boot(&page)["code"].as_str().unwrap().to_owned()) } else { Err((status, page)) }
    }

    async fn exchange(&self, code: &str, verifier: &str) -> (u16, Value) {
        let body = json!({ "code": code, "verifier": verifier });
        let answer = self.http.post(format!("{}/auth/session", self.app.url)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn viewer(&self, session: &Value) -> Value {
        let digest = hex::encode(Sha256::digest(LISTED));
        let body = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": digest } } });
        let request = self.http.post(format!("{}/graphql", self.app.url)).bearer_auth(token_of(session)).json(&body);
        request.send().await.unwrap().json::<Value>().await.unwrap()["data"]["viewer"].clone()
    }
}

/// The certified provider, which knows a server by its address and tells an e-mail address in this place.
pub(crate) async fn certified(server: &Url, place: &str) -> (Node, String) {
    crate::harness::install(crate::harness::AUDITS).await;
    let back = server.join(sessions::BACK).unwrap().to_string();
    let mut node = Node::start(crate::harness::AUDITS, &["provider.mjs", &back, SECRET, place], &[]);
    let issuer = node.heard().await["issuer"].as_str().unwrap().to_owned();
    (node, issuer)
}

pub(crate) async fn who_is_there(provider: &mut Node, person: &Value) {
    provider.say(&person.to_string()).await;
    provider.heard().await;
}

on_both_databases! {
    async fn an_agent_signs_in_at_the_operators_own_provider(db: Db) {
        for place in ["token", "userinfo"] {
            let (mut provider, issuer) = certified(&PUBLIC.parse().unwrap(), place).await;
            who_is_there(&mut provider, &json!({ "email": "Ida.Agent@example.com", "verified": true })).await;
            let mut office = Office::open(db, &issuer).await;
            let shown = office.http.get(format!("{}/app/page/{}", office.app.url, office.desk.connection)).send().await.unwrap();
            assert_eq!(boot(&shown.text().await.unwrap())["signIn"], json!(["OIDC"]));

            let back = office.travel().await;
            let code = office.handed(&back).await.unwrap();
            assert_eq!(office.exchange(&code, "somebody-else").await.0, 400, "another page has another verifier");
            let (status, session) = office.exchange(&code, VERIFIER).await;
            assert_eq!((status, &session["expiresAt"]), (200, &json!("2026-11-22T09:15:00Z")));
            assert_eq!(office.viewer(&session).await, json!({ "role": "OPERATOR", "name": "Ida Agent" }));
            assert_eq!(office.exchange(&code, VERIFIER).await.0, 401, "a code is good once");
            assert_eq!(office.handed(&back).await.unwrap_err().0, 403, "and so is the way back");
        }
    }

    async fn whom_the_helpdesk_does_not_know_is_not_let_in(db: Db) {
        let (mut provider, issuer) = certified(&PUBLIC.parse().unwrap(), "token").await;
        let mut office = Office::open(db, &issuer).await;
        office.desk.sim.add_end_user("Marie Dupont", "marie@example.org");
        for (person, words) in [
            (json!({ "email": "stranger@example.com", "verified": true }), "Only agents of the helpdesk"),
            (json!({ "email": "marie@example.org", "verified": true }), "Only agents of the helpdesk"),
            (json!({ "email": "ida.agent@example.com", "verified": false }), "does not confirm your e-mail"),
            (json!({ "email": null }), "You are not signed in"),
        ] {
            who_is_there(&mut provider, &person).await;
            office.cookies.clear();
            let back = office.travel().await;
            let (status, page) = office.handed(&back).await.unwrap_err();
            assert!(status == 403 && page.contains(words) && page.contains("lang=\"fr\""), "{person}: {status} {page}");
        }
        who_is_there(&mut provider, &json!({ "email": "ida.agent@example.com" })).await;
        office.cookies.clear();
        let back = office.travel().await;
        assert!(office.handed(&back).await.is_ok(), "a directory of the operator's own says nothing of it");
    }

    async fn a_way_back_is_good_for_a_while_and_for_its_own_door(db: Db) {
        let (mut provider, issuer) = certified(&PUBLIC.parse().unwrap(), "token").await;
        who_is_there(&mut provider, &json!({ "email": "ida.agent@example.com", "verified": true })).await;
        let mut office = Office::open(db, &issuer).await;
        let back = office.travel().await;
        for (address, status) in [
            (format!("{PUBLIC}/auth/callback"), 403),
            (format!("{PUBLIC}/auth/callback?state=trl_st_nothing&code=x"), 403),
            (back.replace("code=", "cod="), 403),
        ] {
            assert_eq!(office.handed(&address).await.unwrap_err().0, status, "{address}");
        }
        assert_eq!(office.handed(&back).await.unwrap_err().0, 403, "without a code it was used up");

        let back = office.travel().await;
        let mut elsewhere: Url = back.parse().unwrap();
        let pairs: Vec<_> = elsewhere.query_pairs().filter(|(name, _)| name != "iss").map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        elsewhere.query_pairs_mut().clear().extend_pairs(pairs).append_pair("iss", "https://other.example");
        assert_eq!(office.handed(elsewhere.as_str()).await.unwrap_err().0, 403, "of another provider");
        let code = office.handed(&back).await.unwrap();
        office.app.advance(TimeDelta::minutes(1));
        assert_eq!(office.exchange(&code, VERIFIER).await.0, 401, "a page does not take a minute");

        let back = office.travel().await;
        office.app.advance(TimeDelta::minutes(10));
        assert_eq!(office.handed(&back).await.unwrap_err().0, 403);
        trilogue::jobs::prune_now(&office.app.cx, TimeDelta::days(30)).await;
    }

    async fn what_was_not_said_by_the_provider_for_us_lets_nobody_in(db: Db) {
        let liar = Liar::start().await;
        let mut office = Office::open(db, &liar.issuer).await;
        for lie in Lie::ALL {
            liar.tell(lie);
            let back = liar.back(&mut office).await;
            match (lie, office.handed(&back).await) {
                (Lie::None, Ok(_)) => {}
                (_, Err((status, page))) => {
                    assert!(lie != Lie::None, "{page}");
                    assert_eq!(status, if lie.is_broken() { 502 } else { 403 }, "{lie:?}: {page}");
                }
                (_, Ok(_)) => panic!("{lie:?} was believed"),
            }
        }
        // Long after what it signed.
        liar.tell(Lie::None);
        office.app.advance(TimeDelta::days(36_500));
        let back = liar.back(&mut office).await;
        assert_eq!(office.handed(&back).await.unwrap_err().0, 403, "its token is over");
    }

    async fn a_door_that_is_not_there_leads_nowhere(db: Db) {
        let mut office = Office::open(db, "http://127.0.0.1:9").await;
        let way = office.way_in(&challenge());
        assert_eq!(office.get(&way).await.0, 502, "nobody answers there");
        for challenge in ["", "short"] {
            let way = office.way_in(challenge);
            assert_eq!(office.get(&way).await.0, 403, "{challenge}");
        }
        let (unknown, bare) = ("con_00000000000000000000000000000000", Desk::connect(&office.app, HelpdeskKind::Zendesk).await.connection.to_string());
        for connection in [unknown, "x", &bare] {
            let way = format!("{}/auth/oidc/{connection}?challenge={}", office.app.url, challenge());
            assert_eq!(office.get(&way).await.0, 403, "{connection}");
        }
        let body = json!({ "connection": office.desk.connection, "email": "ida.agent@example.com", "challenge": challenge() });
        let answer = office.http.post(format!("{}/auth/pairing", office.app.url)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 404, "no code by e-mail gets around the provider");
    }
}
