//! A provider that signs what no honest one would.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use trilogue::clock::{Clock, SystemClock};
use url::Url;

use super::{Office, challenge};
use crate::harness::SECRET;
use crate::sessions::signed_urls::Key;

/// What is wrong with what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    None,
    Nonce,
    NoNonce,
    Audience,
    SecondAudience,
    Issuer,
    OtherKey,
    OurSecret,
    Unsigned,
    NoToken,
    NoAddress,
    Refusal,
    Elsewhere,
    Endless,
}

impl Lie {
    pub(super) const ALL: [Self; 14] = [
        Self::None,
        Self::Nonce,
        Self::NoNonce,
        Self::Audience,
        Self::SecondAudience,
        Self::Issuer,
        Self::OtherKey,
        Self::OurSecret,
        Self::Unsigned,
        Self::NoToken,
        Self::NoAddress,
        Self::Refusal,
        Self::Elsewhere,
        Self::Endless,
    ];

    /// Whether it is no provider at all while it tells this.
    pub(super) fn is_broken(self) -> bool {
        matches!(self, Self::NoToken | Self::Elsewhere | Self::Endless)
    }
}

#[derive(Debug)]
struct Mind {
    lie: Lie,
    nonce: String,
}

#[derive(Clone)]
struct House {
    issuer: String,
    mind: Arc<Mutex<Mind>>,
}

pub(super) struct Liar {
    pub(super) issuer: String,
    mind: Arc<Mutex<Mind>>,
}

impl Liar {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let mind = Arc::new(Mutex::new(Mind { lie: Lie::None, nonce: String::new() }));
        let house = House { issuer: issuer.clone(), mind: Arc::clone(&mind) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(house);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { issuer, mind }
    }

    pub(super) fn tell(&self, lie: Lie) {
        self.mind.lock().unwrap().lie = lie;
    }

    /// The way back of somebody who was sent here, without the detour.
    pub(super) async fn back(&self, office: &mut Office) -> String {
        let way = office.way_in(&challenge());
        let lie = std::mem::replace(&mut self.mind.lock().unwrap().lie, Lie::None);
        let (status, on, page) = office.get(&way).await;
        let on: Url = on.unwrap_or_else(|| panic!("{status} {page}")).parse().unwrap();
        let asked = |name: &str| on.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(
            (asked("scope").as_str(), asked("code_challenge_method").as_str(), asked("client_id").as_str()),
            ("openid email", "S256", "trilogue")
        );
        *self.mind.lock().unwrap() = Mind { lie, nonce: asked("nonce") };
        format!("{}?state={}&code=any", asked("redirect_uri"), asked("state"))
    }
}

async fn configuration(State(house): State<House>) -> Json<Value> {
    let issuer = &house.issuer;
    let lie = house.mind.lock().unwrap().lie;
    let token = if lie == Lie::Elsewhere { "http://token.example.com/token".to_owned() } else { format!("{issuer}/token") };
    let padding = if lie == Lie::Endless { "x".repeat(600_000) } else { String::new() };
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": token, "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        "padding": padding,
    }))
}

async fn keys() -> Json<Value> {
    let mut key = serde_json::to_value(Jwk::from_encoding_key(&Key::App.private(), Algorithm::RS256).unwrap()).unwrap();
    key["use"] = json!("sig");
    Json(json!({ "keys": [key] }))
}

async fn token(State(house): State<House>) -> (axum::http::StatusCode, Json<Value>) {
    let (lie, nonce) = {
        let mind = house.mind.lock().unwrap();
        (mind.lie, mind.nonce.clone())
    };
    if lie == Lie::Refusal {
        return (axum::http::StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    }
    let now = SystemClock.now().timestamp();
    let mut claims = json!({
        "iss": house.issuer, "aud": "trilogue", "sub": "p1", "iat": now, "exp": now + 300, "nonce": nonce,
        "email": "ida.agent@example.com", "email_verified": true,
    });
    match lie {
        Lie::Nonce => claims["nonce"] = json!("another"),
        Lie::NoNonce => drop(claims.as_object_mut().unwrap().remove("nonce")),
        Lie::Audience => claims["aud"] = json!("another"),
        Lie::SecondAudience => claims["aud"] = json!(["trilogue", "another"]),
        Lie::Issuer => claims["iss"] = json!("https://another.example"),
        Lie::NoAddress => drop(claims.as_object_mut().unwrap().remove("email")),
        _ => {}
    }
    let signed = |algorithm, key: &EncodingKey| jsonwebtoken::encode(&Header::new(algorithm), &claims, key).unwrap();
    let token = match lie {
        Lie::OtherKey => signed(Algorithm::RS256, &Key::Other.private()),
        Lie::OurSecret => signed(Algorithm::HS256, &EncodingKey::from_secret(SECRET.as_bytes())),
        Lie::Unsigned => unsigned(&claims),
        _ => signed(Algorithm::RS256, &Key::App.private()),
    };
    let mut answer = json!({ "access_token": "opens nothing", "token_type": "Bearer", "expires_in": 300, "id_token": token });
    if lie == Lie::NoToken {
        answer.as_object_mut().unwrap().remove("id_token");
    }
    (axum::http::StatusCode::OK, Json(answer))
}

/// With the algorithm that asks for no signature (RFC 7518, section 3.6).
fn unsigned(claims: &Value) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()))
}
