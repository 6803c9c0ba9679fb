//! The door by which scenarios get what no public door gives: time, other people's signatures, the mail that was sent.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use trilogue::domain::parties::Role;

use super::world::{Premises, Signature, World};
use crate::harness::{Db, Node};

/// How long an e-mail may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a scenario asks for.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Wish {
    /// A server of its own.
    Begin(Premises),
    /// No more of it.
    End { world: usize },
    /// A token of a role.
    Token { world: usize, role: Role, seller: Option<String> },
    /// That time passes, and what was due is done.
    Advance { world: usize, hours: i64 },
    /// That the helpdesk and the server have told each other everything.
    Settle { world: usize },
    /// What Zendesk signs when the agent opens the app.
    Sign { world: usize, signature: Signature },
    /// That this person sits at the identity provider.
    Arrive { world: usize, person: Value },
    /// That the agent's token is taken back, and all sessions with it.
    Revoke { world: usize },
    /// That the server stops, and another begins on its database.
    Restart { world: usize },
    /// The code in the next e-mail.
    Code,
}

struct Backstage {
    db: Db,
    mailbox: Node,
    mail_server: String,
    begun: usize,
    worlds: HashMap<usize, World>,
}

/// The door; open until it is dropped.
pub(super) struct Control {
    pub(super) url: String,
    serving: JoinHandle<()>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Control {
    pub(super) async fn open(db: Db) -> Self {
        let mut mailbox = Node::audit("mailbox.mjs").await;
        let mail_server = mailbox.heard().await["url"].as_str().unwrap().to_owned();
        let backstage = Backstage { db, mailbox, mail_server, begun: 0, worlds: HashMap::new() };
        let routes = Router::new().route("/", post(grant)).with_state(Arc::new(Mutex::new(backstage)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, serving }
    }
}

async fn grant(State(backstage): State<Arc<Mutex<Backstage>>>, Json(wish): Json<Wish>) -> Json<Value> {
    Json(Box::pin(async move { backstage.lock().await.grant(wish).await }).await)
}

impl Backstage {
    fn world(&mut self, number: usize) -> &mut World {
        self.worlds.get_mut(&number).unwrap()
    }

    async fn grant(&mut self, wish: Wish) -> Value {
        match wish {
            Wish::Begin(premises) => {
                self.begun += 1;
                let world = World::begin(self.db, &self.mail_server, &premises).await;
                let said = world.said(self.begun);
                self.worlds.insert(self.begun, world);
                said
            }
            Wish::End { world } => {
                self.worlds.remove(&world).unwrap().app.stop().await;
                json!({})
            }
            Wish::Token { world, role, seller } => json!({ "token": self.world(world).app.token(role, seller.as_deref()).await }),
            Wish::Advance { world, hours } => {
                let app = &self.world(world).app;
                app.advance(TimeDelta::hours(hours));
                app.work().await;
                json!({ "now": app.cx.now() })
            }
            Wish::Settle { world } => {
                let world = self.world(world);
                for desk in [&world.zendesk, &world.freshdesk] {
                    desk.settle(&world.app).await;
                }
                json!({ "now": world.app.cx.now() })
            }
            Wish::Sign { world, signature } => json!({ "token": self.world(world).signed(signature) }),
            Wish::Arrive { world, person } => {
                self.world(world).arrive(&person).await;
                json!({})
            }
            Wish::Revoke { world } => {
                self.world(world).revoke_agent().await;
                json!({})
            }
            Wish::Restart { world } => {
                let app = &mut self.world(world).app;
                app.restart().await;
                json!({ "url": app.url })
            }
            Wish::Code => json!({ "code": tokio::time::timeout(PATIENCE, self.code()).await.expect("no code was sent") }),
        }
    }

    /// The next code that was mailed, past whatever else was.
    async fn code(&mut self) -> String {
        loop {
            let mail = self.mailbox.heard().await;
            let line = mail["text"].as_str().unwrap().lines().nth(2).unwrap_or_default().replace(' ', "");
            if line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()) {
                return line;
            }
        }
    }
}
