//! The simulator through its doors.

mod furniture;
mod rest;
mod webhooks;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ZendeskOptions, ZendeskSim};
use crate::clock::ManualClock;
use crate::demo::peer::testing::{Answered, Client, clock};
use crate::demo::peer::{CommentView, Opening, Person, SimulatedHelpdesk};

struct Desk {
    sim: ZendeskSim,
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

    async fn open_with(change: impl FnOnce(&mut ZendeskOptions)) -> Self {
        let clock = clock();
        let mut options = ZendeskOptions::new(clock.clone());
        change(&mut options);
        let sim = ZendeskSim::start(options).await.unwrap();
        let api = Client::new(sim.base_url(), Some(format!("Bearer {}", ZendeskSim::OAUTH_TOKEN)));
        let buyer = sim.add_end_user("Berta Buyer", "berta@example.org");
        let agent = sim.add_agent("Ann Agent");
        let ticket = sim.open_ticket(&buyer, Opening::new("Where is it?", "My parcel is late."));
        Self { sim, api, clock, buyer, agent, ticket }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v2/tickets/{}{rest}", self.ticket)
    }

    async fn put(&self, ticket: Value) -> Answered {
        self.api.put(&self.path(".json"), json!({"ticket": ticket})).await
    }

    fn last_comment(&self) -> CommentView {
        self.sim.comments(self.ticket).pop().unwrap()
    }
}

fn error(answered: &Answered) -> (u16, Value) {
    (answered.status, answered.json["error"].clone())
}
