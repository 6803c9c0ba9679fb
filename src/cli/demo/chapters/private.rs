//! Operator and seller talk, and nobody else can tell that they do.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::cli::demo::api::{Api, text_of};
use crate::cli::demo::scene::{Case, Scene};
use crate::cli::demo::voice::Ink;
use crate::demo::peer::SimulatedHelpdesk;

const QUESTION: &str = "Between us: is this carrier a problem more often?";
const ANSWER: &str = "The third parcel this month. I am changing to another one.";

/// Plays the chapter.
pub(in crate::cli::demo) async fn talk(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    scene.chapter("Operator and seller talk in private").await?;
    let before = traces(scene.zendesk.sim, case.ticket);
    let input = json!({ "caseIds": [case.id], "kind": "OPERATOR_SELLER" });
    let thread = text_of(&scene.operator.act("threadOpen", "thread { id }", input).await?["thread"]["id"])?;
    scene.voice.line(Ink::Operator, "operator", "opens a thread with threadOpen, kind OPERATOR_SELLER, and writes:").await?;
    scene.operator.post(&thread, QUESTION).await?;
    scene.voice.quote(Ink::Operator, QUESTION).await?;
    scene.hear("MessagePostedEvent").await?;
    scene.alma.post(&thread, ANSWER).await?;
    scene.voice.line(Ink::Seller, "Alma", "answers with messagePost:").await?;
    scene.voice.quote(Ink::Seller, ANSWER).await?;
    scene.hear("MessagePostedEvent").await?;
    scene.settle().await?;

    ensure!(traces(scene.zendesk.sim, case.ticket) == before, "private talk left a trace in the ticket");
    let (comments, mails) = before;
    let said = format!("The ticket holds nothing of it: still {} comments and {} mail to Marie.", comments.len(), mails.len());
    scene.voice.proof(&said).await?;
    for (name, api) in [("the vendor", &scene.vendor), ("another seller", &scene.brio)] {
        ensure!(look_for(api, &thread).await? == Value::Null, "{name} can see the private thread");
    }
    let said = "The vendor's token and another seller's ask for the thread by its id: both get null, as for a thread that never was.";
    scene.voice.proof(said).await?;
    Ok(())
}

/// Everything that Marie and the agents can read in Zendesk.
fn traces(sim: &dyn SimulatedHelpdesk, ticket: u64) -> (Vec<String>, Vec<String>) {
    let comments = sim.comments(ticket).into_iter().map(|comment| comment.text).collect();
    (comments, sim.mails_to("marie@example.org").into_iter().map(|mail| mail.text).collect())
}

async fn look_for(api: &Api, id: &str) -> anyhow::Result<Value> {
    Ok(api.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await?["node"].take())
}
