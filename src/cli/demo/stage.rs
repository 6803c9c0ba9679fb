//! The pages of the demo: a ticket in each simulated helpdesk with the real sidebar beside it, and the seller's side.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::demo::freshdesk::FreshdeskSim;
use crate::demo::peer::{Audience, Person, Side, SimulatedHelpdesk};
use crate::demo::zendesk::ZendeskSim;
use crate::domain::ids::{ConnectionId, SignInId};
use crate::http::{Pages, demo_page, sidebar_page};
use crate::workflow::connections::ZendeskApp;
use crate::workflow::{Cx, sessions};

/// The installation of our app in the simulated Zendesk, with the halves of its key. They are for this simulation alone: the
/// server that takes them is gone with it, and is reached from this machine only.
const INSTALLATION: u64 = 26;
const APP_KEY: &str = include_str!("stage/app.private.pem");
const APP_PUBLIC_KEY: &str = include_str!("stage/app.public.pem");

/// Our app, as the simulated Zendesk has it.
pub(super) fn app() -> ZendeskApp {
    ZendeskApp { installation: INSTALLATION, key: APP_PUBLIC_KEY.to_owned() }
}

/// What is known when the story is told.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) zendesk: ConnectionId,
    pub(super) freshdesk: ConnectionId,
    /// Who works in each helpdesk.
    pub(super) zendesk_agent: Person,
    pub(super) freshdesk_agent: Person,
    /// The tickets of the story.
    pub(super) zendesk_tickets: Vec<u64>,
    pub(super) freshdesk_tickets: Vec<u64>,
    /// The sellers, by name, with their tokens.
    pub(super) sellers: Vec<(&'static str, String)>,
}

/// Where the pages are played.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) cx: Cx,
    pub(super) pages: Pages,
    pub(super) zendesk: ZendeskSim,
    pub(super) freshdesk: FreshdeskSim,
    pub(super) cast: Arc<OnceLock<Cast>>,
}

/// One of the simulated helpdesks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Host {
    Zendesk,
    Freshdesk,
}

/// What a visitor writes into a ticket.
#[derive(Deserialize)]
struct Words {
    #[serde(rename = "as")]
    writer: Writer,
    text: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Writer {
    Buyer,
    Agent,
}

/// The routes, beside those of the server.
pub(super) fn routes(stage: Stage) -> Router {
    Router::new()
        .route("/app/demo-zendesk.html", get(async |State(stage): State<Stage>| page(&stage, "demo-zendesk")))
        .route("/app/demo-freshdesk.html", get(async |State(stage): State<Stage>| page(&stage, "demo-freshdesk")))
        .route("/app/seller.html", get(async |State(stage): State<Stage>| page(&stage, "seller")))
        .route("/app/demo/freshdesk", get(in_freshdesk))
        .route("/app/demo/tickets/{host}/{ticket}", get(conversation).post(write))
        .route("/app/demo/tickets/{host}/{ticket}/token", get(token))
        .with_state(stage)
}

/// Why there is nothing to see yet.
fn not_yet() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "The story is still being told. Come back when it says where to look.\n").into_response()
}

fn failed(error: &anyhow::Error) -> Response {
    tracing::error!(error = format!("{error:#}"), "a page of the demo cannot be shown");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.\n").into_response()
}

fn page(stage: &Stage, name: &'static str) -> Response {
    let Some(cast) = stage.cast.get() else { return not_yet() };
    let (zendesk, freshdesk) = (format!("/app/zendesk/{}", cast.zendesk), "/app/demo/freshdesk".to_owned());
    let of_zendesk = cast.zendesk_tickets.iter().map(|ticket| stage.ticket(Host::Zendesk, *ticket, &zendesk));
    let of_freshdesk = cast.freshdesk_tickets.iter().map(|ticket| stage.ticket(Host::Freshdesk, *ticket, &freshdesk));
    let tickets: Vec<_> = of_zendesk.chain(of_freshdesk).collect();
    let until = stage.cx.now() + TimeDelta::days(1);
    let sellers: Vec<_> =
        cast.sellers.iter().map(|(name, token)| json!({ "name": name, "session": { "token": token, "expiresAt": until } })).collect();
    let agent = json!({ "name": cast.freshdesk_agent.name, "email": cast.freshdesk_agent.email });
    demo_page(&stage.pages, name, &json!({ "demo": { "tickets": tickets, "agent": agent, "sellers": sellers } }))
}

/// The sidebar in the simulated Freshdesk. Its agent is let in without a proof: there is nobody to send a code to.
async fn in_freshdesk(State(stage): State<Stage>) -> Response {
    let Some(cast) = stage.cast.get() else { return not_yet() };
    let number = cast.freshdesk_agent.id.to_string();
    let shown = async {
        let connected = stage.cx.connections.get(cast.freshdesk).await?;
        let opened = sessions::without_proof(&stage.cx, &connected, &number, &cast.freshdesk_agent.name).await?;
        anyhow::Ok(sidebar_page(&stage.cx, &stage.pages, &connected, opened))
    };
    shown.await.unwrap_or_else(|error| failed(&error))
}

impl Stage {
    fn sim(&self, host: Host) -> &dyn SimulatedHelpdesk {
        match host {
            Host::Zendesk => &self.zendesk,
            Host::Freshdesk => &self.freshdesk,
        }
    }

    fn ticket(&self, host: Host, number: u64, app: &str) -> Value {
        let subject = self.sim(host).ticket(number).map(|ticket| ticket.subject).unwrap_or_default();
        let word = match host {
            Host::Zendesk => "ZENDESK",
            Host::Freshdesk => "FRESHDESK",
        };
        json!({ "host": word, "id": number.to_string(), "subject": subject, "appUrl": app })
    }

    /// What Zendesk would sign now for its agent.
    fn signed(&self, cast: &Cast) -> anyhow::Result<String> {
        let address = self.zendesk.base_url();
        let host = address.split_once("//").map_or(address, |(_, host)| host);
        let now = self.cx.now();
        // Two that are asked for in the same second are two all the same.
        let apart = SignInId::generate();
        let claims = json!({
            "iss": host, "aud": format!("https://{host}/api/v2/apps/installations/{INSTALLATION}.json"),
            "sub": format!("https://{host}/api/v2/users/{}.json", cast.zendesk_agent.id), "jti": apart,
            "iat": now.timestamp(), "nbf": now.timestamp(), "exp": (now + TimeDelta::minutes(5)).timestamp(),
        });
        let key = EncodingKey::from_rsa_pem(APP_KEY.as_bytes()).context("the demo's own key cannot be read")?;
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).context("the demo's own key does not sign")
    }
}

/// A token for one loading of the sidebar, as each is good once.
async fn token(State(stage): State<Stage>, Path((host, _)): Path<(Host, u64)>) -> Response {
    let Some(cast) = stage.cast.get() else { return not_yet() };
    match host {
        Host::Zendesk => stage.signed(cast).map_or_else(|error| failed(&error), |token| Json(json!({ "token": token })).into_response()),
        Host::Freshdesk => Json(json!({ "token": null })).into_response(),
    }
}

async fn conversation(State(stage): State<Stage>, Path((host, number)): Path<(Host, u64)>) -> Response {
    let sim = stage.sim(host);
    let Some(ticket) = sim.ticket(number) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = |author: &Person| match author.side {
        Side::EndUser if author.id == ticket.requester.id => "BUYER",
        // Zendesk shows a seller's words under a user of the seller's name.
        Side::EndUser => "SELLER",
        Side::Agent | Side::System => "AGENT",
    };
    let comments: Vec<_> = sim
        .comments(number)
        .into_iter()
        .map(|comment| {
            json!({
                "id": comment.number.to_string(), "author": { "name": comment.author.name, "kind": kind(&comment.author) },
                "public": comment.audience == Audience::Public, "text": comment.text, "at": comment.created_at,
            })
        })
        .collect();
    let shown = json!({
        "subject": ticket.subject, "status": format!("{:?}", ticket.state).to_lowercase().replace("onhold", "on hold"), "requester": { "name": ticket.requester.name }, "comments": comments,
    });
    Json(shown).into_response()
}

async fn write(State(stage): State<Stage>, Path((host, number)): Path<(Host, u64)>, Json(words): Json<Words>) -> Response {
    let (Some(cast), sim) = (stage.cast.get(), stage.sim(host)) else { return not_yet() };
    let Some(ticket) = sim.ticket(number) else { return StatusCode::NOT_FOUND.into_response() };
    let author = match (words.writer, host) {
        (Writer::Buyer, _) => &ticket.requester,
        (Writer::Agent, Host::Zendesk) => &cast.zendesk_agent,
        (Writer::Agent, Host::Freshdesk) => &cast.freshdesk_agent,
    };
    match sim.comment(number, author, &words.text, Audience::Public) {
        Ok(_) => StatusCode::CREATED.into_response(),
        Err(refused) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{refused:?}\n")).into_response(),
    }
}
