//! The simulator through its doors.

mod rest;
mod webhooks;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{FreshdeskOptions, FreshdeskSim};
use crate::clock::ManualClock;
use crate::demo::peer::testing::{Answered, Client, clock};
use crate::demo::peer::{CommentView, Opening, Person, SimulatedHelpdesk};

struct Desk {
    sim: FreshdeskSim,
    api: Client,
    clock: Arc<ManualClock>,
    buyer: Person,
    agent: Person,
    ticket: u64,
}

impl Desk {
    async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    async fn open_with(change: impl FnOnce(&mut FreshdeskOptions)) -> Self {
        let clock = clock();
        let mut options = FreshdeskOptions::new(clock.clone());
        change(&mut options);
        let sim = FreshdeskSim::start(options).await.unwrap();
        let api = Client::new(sim.base_url(), Some(basic(&format!("{}:X", FreshdeskSim::API_KEY))));
        let buyer = sim.add_end_user("Berta Buyer", "berta@example.org");
        let agent = sim.add_agent("Ann Agent");
        let ticket = sim.open_ticket(&buyer, Opening::new("Where is it?", "My parcel is late."));
        Self { sim, api, clock, buyer, agent, ticket }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v2/tickets/{}{rest}", self.ticket)
    }

    async fn put(&self, body: Value) -> Answered {
        self.api.put(&self.path(""), body).await
    }

    async fn post(&self, rest: &str, body: Value) -> Answered {
        self.api.post(&self.path(rest), body).await
    }

    fn last_comment(&self) -> CommentView {
        self.sim.comments(self.ticket).pop().unwrap()
    }
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

/// Field and code of each error.
fn errors(answered: &Answered) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    answered.json["errors"].as_array().into_iter().flatten().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}
