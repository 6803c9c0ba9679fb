//! Everybody and everything that a chapter works with, and the ways to wait for what it tells.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::api::{Api, text_of};
use super::house::House;
use super::voice::Voice;
use super::witness::{Event, Witness};
use crate::demo::peer::{DeliveryRecord, Outcome, SimulatedHelpdesk};

/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(20);

/// One of the simulated helpdesks.
pub(super) struct Desk<'a> {
    pub(super) name: &'static str,
    pub(super) sim: &'a dyn SimulatedHelpdesk,
    /// How many webhooks were told already.
    told: usize,
}

impl<'a> Desk<'a> {
    pub(super) fn new(name: &'static str, sim: &'a dyn SimulatedHelpdesk) -> Self {
        Self { name, sim, told: 0 }
    }

    fn untold(&self) -> Vec<DeliveryRecord> {
        self.sim.outbox().deliveries().split_off(self.told)
    }

    /// Leaves out what came so far.
    pub(super) fn skip(&mut self) {
        self.told = self.sim.outbox().deliveries().len();
    }

    /// Waits for the webhook about this, and tells it and all before it.
    pub(super) async fn webhooks(&mut self, voice: &mut Voice, about: &str) -> anyhow::Result<()> {
        let came = self.sim.until(Box::new(|| self.untold().iter().any(|record| record.about.contains(about))));
        patiently(&format!("{}'s webhook about {about}", self.name), came).await?;
        for record in self.untold() {
            self.told += 1;
            let status = status_of(record.outcome)?;
            ensure!(record.outcome.is_success(), "{}'s webhook about {} was answered with {status}", self.name, record.about);
            voice.wire("webhook", &format!("{} → Trilogue  {}", self.name, topic(&record.about)), status).await?;
        }
        Ok(())
    }
}

/// What a webhook is about, without the vendor's ornaments.
pub(super) fn topic(about: &str) -> &str {
    about.trim_start_matches("zen:event-type:").trim_matches(['{', '}'])
}

/// The status that a webhook was answered with.
pub(super) fn status_of(outcome: Outcome) -> anyhow::Result<u16> {
    match outcome {
        Outcome::Answered(status) => Ok(status),
        Outcome::TimedOut | Outcome::Unreachable => Err(anyhow::anyhow!("a webhook was not answered")),
    }
}

/// A case, and the ticket that tells it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) ticket: u64,
    /// The thread in which its buyer talks.
    pub(super) thread: String,
}

/// What a chapter works with.
pub(super) struct Scene<'a> {
    pub(super) house: &'a House,
    pub(super) voice: &'a mut Voice,
    pub(super) zendesk: Desk<'a>,
    pub(super) freshdesk: Desk<'a>,
    pub(super) operator: Api,
    pub(super) vendor: Api,
    /// Boutique Alma.
    pub(super) alma: Api,
    /// Maison Brio.
    pub(super) brio: Api,
    pub(super) watch: Witness,
}

impl Scene<'_> {
    /// Tells the timeline up to the next event of this kind.
    pub(super) async fn hear(&mut self, kind: &str) -> anyhow::Result<Event> {
        loop {
            let event = patiently(&format!("a {kind} in the timeline"), self.watch.next()).await??;
            self.tell(&event).await?;
            if event.kind() == kind {
                return Ok(event);
            }
        }
    }

    /// Tells what was heard in the meantime.
    pub(super) async fn catch_up(&mut self) -> anyhow::Result<()> {
        while let Some(event) = self.watch.heard() {
            self.tell(&event).await?;
        }
        Ok(())
    }

    /// Tells one event.
    pub(super) async fn tell(&mut self, event: &Event) -> anyhow::Result<()> {
        Ok(self.voice.note("timeline", &format!("{}  {}", event.case(), event.say())).await?)
    }

    /// A new headline, when everything before it is told.
    pub(super) async fn chapter(&mut self, title: &str) -> anyhow::Result<()> {
        self.settle().await?;
        self.catch_up().await?;
        self.zendesk.skip();
        self.freshdesk.skip();
        Ok(self.voice.chapter(title).await?)
    }

    /// Waits until every webhook is delivered and both queues are empty.
    pub(super) async fn settle(&mut self) -> anyhow::Result<()> {
        let rest = async {
            loop {
                self.zendesk.sim.outbox().idle().await;
                self.freshdesk.sim.outbox().idle().await;
                let inbox = self.operator.metric(r#"trilogue_queue_depth{queue="inbox",state="unfinished"}"#).await?;
                let outbox = self.operator.metric(r#"trilogue_queue_depth{queue="outbox",state="unfinished"}"#).await?;
                if inbox + outbox < 0.5 {
                    return anyhow::Ok(());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        patiently("the queues to be empty", rest).await?
    }

    /// The case of a ticket as the operator sees these fields of it. `helpdesk` is the word of the schema.
    pub(super) async fn case_of(&self, helpdesk: &str, ticket: u64, fields: &str) -> anyhow::Result<Value> {
        let query = format!("query($by: CaseByInput!) {{ case(by: $by) {{ {fields} }} }}");
        let by = json!({ "ticket": { "helpdesk": helpdesk, "externalId": ticket.to_string() } });
        let case = self.operator.ask(&query, json!({ "by": by })).await?["case"].take();
        ensure!(case.is_object(), "ticket {ticket} has no case");
        Ok(case)
    }

    /// The names of a ticket's case.
    pub(super) async fn names_of(&self, helpdesk: &str, ticket: u64) -> anyhow::Result<Case> {
        let case = self.case_of(helpdesk, ticket, "id reference threads { id }").await?;
        let thread = text_of(&case["threads"][0]["id"])?;
        Ok(Case { id: text_of(&case["id"])?, reference: text_of(&case["reference"])?, ticket, thread })
    }
}

/// Waits for something that is sure to come, and fails if it does not.
pub(super) async fn patiently<T>(what: &str, wait: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::time::timeout(PATIENCE, wait).await.with_context(|| format!("waited in vain for {what}"))
}
