//! What goes wrong between servers: forgeries, repetitions, and a helpdesk that asks to wait.

use anyhow::{Context, ensure};

use crate::cli::demo::scene::{Case, Scene, patiently, status_of, topic};
use crate::cli::demo::voice::Ink;
use crate::demo::peer::{Fault, On, RequestRecord, Webhook};

const DUPLICATES: &str = r#"trilogue_webhooks_total{outcome="duplicate"}"#;
const NEWS: &str = "Here is the tracking number of the new parcel: LX 204 817.";
/// How long Zendesk asks to wait, in seconds.
const WAIT: u32 = 2;

/// Plays the chapter.
pub(in crate::cli::demo) async fn survive(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    scene.chapter("What could go wrong").await?;
    let sent = scene.zendesk.sim.outbox().sent();
    let created = sent.into_iter().find(|webhook| webhook.ticket == case.ticket).context("Zendesk sent no webhook")?;
    forge(scene, &created).await?;
    repeat(scene, case, &created).await?;
    wait(scene, case).await
}

async fn forge(scene: &mut Scene<'_>, created: &Webhook) -> anyhow::Result<()> {
    let forged = Webhook { body: created.body.replace("Parcel lost", "Free teapots"), ..created.clone() };
    ensure!(forged.body != created.body, "the forgery is the original");
    let status = status_of(scene.zendesk.sim.outbox().send(&forged).await)?;
    ensure!(status == 401, "a forged webhook was answered with {status}");
    scene.voice.line(Ink::Bad, "forger", "replays Marie's webhook with other words under its signature").await?;
    scene.voice.wire("webhook", &format!("? → Trilogue  {}, forged", topic(&created.about)), status).await?;
    Ok(())
}

async fn repeat(scene: &mut Scene<'_>, case: &Case, created: &Webhook) -> anyhow::Result<()> {
    let (before, seen) = (scene.operator.metric(DUPLICATES).await?, everything(scene, case).await?);
    let status = status_of(scene.zendesk.sim.outbox().send(created).await)?;
    scene.voice.line(Ink::Title, "Zendesk", "delivers the same webhook twice, as it may after a time-out").await?;
    scene.voice.wire("webhook", &format!("Zendesk → Trilogue  {}, again", topic(&created.about)), status).await?;
    scene.settle().await?;
    let counted = scene.operator.metric(DUPLICATES).await? - before;
    ensure!(counted > 0.5, "the repetition was not recognised");
    ensure!(everything(scene, case).await? == seen, "the repetition changed something");
    scene.voice.proof("Recognised as a duplicate: no second case, no second message, nothing in the timeline.").await?;
    Ok(())
}

/// The whole timeline of the case, and how many cases there are.
async fn everything(scene: &Scene<'_>, case: &Case) -> anyhow::Result<(serde_json::Value, serde_json::Value)> {
    let timeline = scene.case_of("ZENDESK", case.ticket, "timeline(first: 100) { nodes { id } }").await?;
    let cases = scene.operator.ask("{ cases(first: 100) { nodes { id updatedAt } } }", serde_json::json!({})).await?;
    Ok((timeline, cases))
}

async fn wait(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    let sim = scene.zendesk.sim;
    sim.faults().next(On::put("/api/v2/tickets/"), Fault::RateLimited { retry_after: WAIT });
    scene.alma.post(&case.thread, NEWS).await?;
    scene.voice.line(Ink::Seller, "Alma", "writes to Marie again, while Zendesk has had too many requests:").await?;
    scene.voice.quote(Ink::Seller, NEWS).await?;
    let refused = write(scene, 0).await?;
    ensure!(refused.status == Some(429), "Zendesk did not ask to wait");
    let taken = write(scene, 1).await?;
    ensure!(taken.status == Some(200), "Zendesk did not take the message");
    let waited = (taken.at - refused.at).num_milliseconds();
    ensure!(waited >= i64::from(WAIT) * 1000, "Trilogue waited for {waited} ms only");
    scene.hear("MessageDeliveredEvent").await?;
    scene.settle().await?;

    ensure!(writes(scene).len() == 2, "Zendesk got the message {} times", writes(scene).len());
    let there = sim.comments(case.ticket).iter().filter(|comment| comment.text.contains(NEWS)).count();
    ensure!(there == 1, "the message stands {there} times in the ticket");
    scene.voice.proof("Trilogue waited as long as it was told and tried again: the message stands there once.").await?;
    Ok(())
}

/// The requests that brought the message, once they are answered.
fn writes(scene: &Scene<'_>) -> Vec<RequestRecord> {
    let requests = scene.zendesk.sim.requests().into_iter();
    requests.filter(|request| request.status.is_some() && request.body.contains("LX 204 817")).collect()
}

/// Waits for one of them and tells it.
async fn write(scene: &mut Scene<'_>, index: usize) -> anyhow::Result<RequestRecord> {
    patiently("a request to Zendesk", scene.zendesk.sim.until(Box::new(|| writes(scene).len() > index))).await?;
    let request = writes(scene).swap_remove(index);
    let status = request.status.context("Zendesk did not answer")?;
    let remark = if status == 429 { format!(", wait {WAIT} s") } else { String::new() };
    let text = format!("Trilogue → Zendesk  {} {}{remark}", request.method, request.path);
    scene.voice.wire(&request.at.format("%H:%M:%S").to_string(), &text, status).await?;
    Ok(request)
}
