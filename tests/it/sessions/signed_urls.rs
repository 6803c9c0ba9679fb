//! Zendesk's signed addresses: whom they let in, and whom not.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use trilogue::clock::Clock;
use trilogue::demo::peer::Person;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::connections::ZendeskApp;

use super::{FORM, Office, boot};
use crate::harness::{Desk, on_both_databases};

/// Keys of apps, made for these tests alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    App,
    Other,
}

impl Key {
    pub(super) fn private(self) -> EncodingKey {
        let pem: &[u8] = match self {
            Self::App => include_bytes!("../../fixtures/keys/app.private.pem"),
            Self::Other => include_bytes!("../../fixtures/keys/other.private.pem"),
        };
        EncodingKey::from_rsa_pem(pem).unwrap()
    }

    fn public(self) -> &'static str {
        match self {
            Self::App => include_str!("../../fixtures/keys/app.public.pem"),
            Self::Other => include_str!("../../fixtures/keys/other.public.pem"),
        }
    }

    /// The app with this key, as it is installed.
    pub(crate) fn installed(self, installation: u64) -> ZendeskApp {
        ZendeskApp { installation, key: self.public().to_owned() }
    }
}

/// What Zendesk signs.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    claims: Value,
}

impl Token {
    /// For an agent who opens the app now.
    pub(crate) fn of(desk: &Desk, agent: &Person, clock: &dyn Clock) -> Self {
        let host = desk.sim.base_url().trim_start_matches("http://").to_owned();
        let now: DateTime<Utc> = clock.now();
        // No two are alike: that they are made for different moments is all that tells them apart.
        let apart: u32 = rand::random();
        let claims = json!({
            "iss": host, "aud": format!("https://{host}/api/v2/apps/installations/26.json"),
            "sub": format!("https://{host}/api/v2/users/{}.json", agent.id), "nbf": now.timestamp(), "iat": now.timestamp(),
            "exp": (now + TimeDelta::minutes(5)).timestamp(), "qsh": apart.to_string(),
            "context": { "product": "support", "location": "ticket_sidebar" },
        });
        Self { claims }
    }

    /// The same with another claim.
    pub(crate) fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims[claim] = value.into();
        self
    }

    /// The same, good for so many seconds more.
    pub(crate) fn later(self, seconds: i64) -> Self {
        let until = self.claims["exp"].as_i64().unwrap() + seconds;
        self.with("exp", until)
    }

    pub(crate) fn signed(&self, key: Key) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &self.claims, &key.private()).unwrap()
    }
}

on_both_databases! {
    async fn an_agent_who_opens_the_app_is_let_in(db: Db) {
        let office = Office::open(db).await;
        let answer = office.post(&office.token().signed(Key::App)).await;
        assert_eq!(answer.status(), 200);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains(&format!("frame-ancestors {}", office.desk.sim.base_url())), "{policy}");
        assert!(policy.contains("script-src 'self' https://static.zdassets.com;") && !policy.contains("unsafe"), "{policy}");
        assert_eq!((header("cache-control"), header("referrer-policy")), ("private, no-store".to_owned(), "no-referrer".to_owned()));
        assert!(!answer.headers().contains_key("x-frame-options") && !answer.headers().contains_key("set-cookie"));
        let page = answer.text().await.unwrap();
        assert!(page.contains("zaf_sdk.min.js\"></script>"));
        let boot = boot(&page);
        assert_eq!((&boot["host"], &boot["connection"]), (&json!("ZENDESK"), &json!(office.desk.connection.to_string())));
        let token = boot["session"]["token"].as_str().unwrap();
        assert_eq!(office.listed(token).await.1["data"]["viewer"], json!({ "role": "OPERATOR", "name": "Ida Agent" }));
    }

    async fn who_was_not_sent_by_zendesk_sees_nothing(db: Db) {
        let office = Office::open(db).await;
        let good = office.token();
        let host = office.desk.sim.base_url().trim_start_matches("http://").to_owned();
        let marie = office.desk.sim.add_end_user("Marie Dupont", "marie@example.org");
        let now = office.app.cx.now().timestamp();
        let users = |id: i64| format!("https://{host}/api/v2/users/{id}.json");
        let parts: Vec<_> = good.signed(Key::App).split('.').map(str::to_owned).collect();
        let none = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, r#"{"alg":"none","typ":"JWT"}"#);
        let by_secret = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &good.claims, &EncodingKey::from_secret(Key::App.public().as_bytes())).unwrap();
        for (what, token) in [
            ("another app's key", good.signed(Key::Other)),
            ("no signature", format!("{none}.{}.", parts[1])),
            ("the public key as a secret", by_secret),
            ("another token's signature", format!("{}.{}.{}", parts[0], parts[1], office.token().later(1).signed(Key::App).rsplit('.').next().unwrap())),
            ("another account", good.clone().with("iss", "evil.zendesk.com").signed(Key::App)),
            ("another installation", good.clone().with("aud", format!("https://{host}/api/v2/apps/installations/27.json")).signed(Key::App)),
            ("no audience", good.clone().with("aud", json!([])).signed(Key::App)),
            ("over", good.clone().with("nbf", now - 900).with("exp", now - 61).signed(Key::App)),
            ("not yet", good.clone().with("nbf", now + 62).signed(Key::App)),
            ("good for too long", good.clone().with("exp", now + 7_200).signed(Key::App)),
            ("a customer", good.clone().with("sub", users(marie.id)).signed(Key::App)),
            ("nobody", good.clone().with("sub", users(999_999)).signed(Key::App)),
            ("no user", good.clone().with("sub", "me").signed(Key::App)),
            ("nothing", String::new()),
        ] {
            let answer = office.post(&token).await;
            let status = answer.status().as_u16();
            let page = answer.text().await.unwrap();
            assert_eq!(status, 403, "{what}: {page}");
            assert!(!page.contains("trl_se") && page.contains("lang=\"en\""), "{what}: {page}");
        }
        assert_eq!(office.post(&"x".repeat(17 * 1024)).await.status(), 413, "nobody reads that much");
        assert_eq!(office.post(&good.signed(Key::App)).await.status(), 200, "the good one is as good as before");
    }

    async fn a_signed_address_lets_in_once(db: Db) {
        let office = Office::open(db).await;
        let token = office.token().signed(Key::App);
        let (first, second) = tokio::join!(office.post(&token), office.post(&token));
        let mut both = [first.status().as_u16(), second.status().as_u16()];
        both.sort_unstable();
        assert_eq!(both, [200, 403], "of two at the same time one is let in");
        office.app.advance(TimeDelta::minutes(5) + TimeDelta::seconds(30));
        trilogue::jobs::prune_now(&office.app.cx, TimeDelta::days(30)).await;
        assert_eq!(office.post(&token).await.status(), 403, "it is remembered for as long as it would be good");
    }

    async fn an_installation_has_its_own_key(db: Db) {
        let office = Office::open(db).await;
        let host = office.desk.sim.base_url().trim_start_matches("http://").to_owned();
        let desk = Desk::connect_with(&office.app, HelpdeskKind::Zendesk, |settings| {
            settings.apps = vec![Key::App.installed(26), Key::Other.installed(27)];
        }).await;
        let ida = desk.sim.add_agent("Ida Agent");
        let there = Office { desk, ida, app: office.app };
        let aud = |number: u64| format!("https://{}/api/v2/apps/installations/{number}.json", there.desk.sim.base_url().trim_start_matches("http://"));
        assert_eq!(there.post(&there.token().signed(Key::App)).await.status(), 200);
        assert_eq!(there.post(&there.token().with("aud", json!([aud(27)])).signed(Key::Other)).await.status(), 200);
        assert_eq!(there.post(&there.token().with("aud", aud(27)).signed(Key::App)).await.status(), 403, "with another one's key");
        let foreign = there.token().with("iss", host.clone()).with("aud", format!("https://{host}/api/v2/apps/installations/26.json"));
        assert_eq!(there.post(&foreign.signed(Key::App)).await.status(), 403, "for another account");
    }

    async fn without_an_app_nobody_is_let_in(db: Db) {
        let office = Office::open(db).await;
        let desk = Desk::connect(&office.app, HelpdeskKind::Zendesk).await;
        let ida = desk.sim.add_agent("Ida Agent");
        let without = Office { desk, ida, app: office.app };
        let answer = without.post(&without.token().signed(Key::App)).await;
        assert_eq!(answer.status(), 403);
        assert!(answer.text().await.unwrap().contains("n’est pas installée"));
        let by_hand = without.app.http.get(format!("{}/app/zendesk/{}", without.app.url, without.desk.connection)).send().await.unwrap();
        assert_eq!(by_hand.status(), 403);
        for nowhere in ["con_00000000000000000000000000000000", "x"] {
            let answer = without.app.http.post(format!("{}/app/zendesk/{nowhere}", without.app.url)).header("content-type", FORM).body("token=x").send().await.unwrap();
            assert_eq!(answer.status(), 404, "{nowhere}");
        }
    }
}
