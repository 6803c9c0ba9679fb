//! The same in the other helpdesk: an internal note stays internal, and the operator takes over from a silent seller.

use anyhow::{Context, ensure};
use serde_json::json;

use crate::cli::demo::scene::{Case, Scene};
use crate::cli::demo::voice::Ink;
use crate::demo::peer::{Audience, Opening};

const SUBJECT: &str = "Lampe cassée, commande MK-2002";
const QUESTION: &str = "Bonjour, la lampe est arrivée fissurée. Que dois-je faire ? Julien";
const NOTE: &str = "Second broken lamp from this seller this week. Watch it.";
const ANSWER: &str = "Bonjour Julien, nous vous remboursons aujourd’hui. Gardez la lampe, inutile de la renvoyer.";
const EMAIL: &str = "julien@example.org";

/// Plays the chapter.
pub(in crate::cli::demo) async fn escalate(scene: &mut Scene<'_>) -> anyhow::Result<()> {
    let case = ask(scene).await?;
    write_note(scene, &case).await?;
    take_over(scene, &case).await
}

async fn ask(scene: &mut Scene<'_>) -> anyhow::Result<Case> {
    scene.chapter("Another buyer, in Freshdesk; the seller stays silent").await?;
    let sim = scene.freshdesk.sim;
    let julien = sim.add_end_user("Julien Moreau", EMAIL);
    let ticket = sim.open_ticket(&julien, Opening::new(SUBJECT, QUESTION));
    scene.voice.line(Ink::Buyer, "Julien", &format!("writes a mail, now ticket {ticket}: “{SUBJECT}”")).await?;
    scene.voice.quote(Ink::Buyer, QUESTION).await?;
    scene.freshdesk.webhooks(scene.voice, "ticket_action:created").await?;
    scene.hear("MessagePostedEvent").await?;
    scene.names_of("FRESHDESK", ticket).await
}

async fn write_note(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    let sim = scene.freshdesk.sim;
    scene.settle().await?;
    scene.freshdesk.skip();
    let nadia = sim.add_agent("Nadia Klein");
    sim.comment(case.ticket, &nadia, NOTE, Audience::Internal)?;
    scene.voice.line(Ink::Operator, "Nadia", "an agent, writes an internal note in Freshdesk:").await?;
    scene.voice.quote(Ink::Operator, NOTE).await?;
    scene.freshdesk.webhooks(scene.voice, "note_type:private").await?;
    scene.hear("MessagePostedEvent").await?;

    let query = "query($by: CaseByInput!) { case(by: $by) { threads { messages { nodes { text } } } } }";
    let seen = scene.brio.ask(query, json!({ "by": { "id": case.id } })).await?;
    let texts = seen["case"]["threads"][0]["messages"]["nodes"].as_array().cloned().context("the seller sees no thread")?;
    ensure!(texts == [json!({ "text": QUESTION })], "the seller sees something else than the question: {texts:?}");
    scene.voice.proof("Asked with the seller's token, the thread holds Julien's words and nothing of the note.").await?;
    Ok(())
}

async fn take_over(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    scene.voice.line(Ink::Seller, "Brio", "says nothing. After 48 hours the operator would get it; we do not wait.").await?;
    let input = json!({ "caseId": case.id, "reason": "SELLER_SILENT" });
    let moved = scene.operator.act("caseEscalate", "case { status owner mode }", input).await?["case"].take();
    ensure!(moved["owner"] == "OPERATOR" && moved["mode"] == "TRIPARTITE", "the case does not go to the operator: {moved}");
    scene.voice.line(Ink::Operator, "operator", "takes over with caseEscalate, reason SELLER_SILENT, and writes:").await?;
    scene.operator.post(&case.thread, ANSWER).await?;
    scene.voice.quote(Ink::Operator, ANSWER).await?;
    scene.hear("MessageDeliveredEvent").await?;
    scene.settle().await?;
    scene.catch_up().await?;

    let comments: Vec<_> = scene.freshdesk.sim.comments(case.ticket).into_iter().filter(|comment| comment.text.contains(ANSWER)).collect();
    ensure!(comments.len() == 1 && comments[0].audience == Audience::Public, "the answer stands {} times in the ticket", comments.len());
    let mails = scene.freshdesk.sim.mails_to(EMAIL);
    ensure!(mails.len() == 1 && !mails[0].text.contains(NOTE), "Julien got {} mails", mails.len());
    let said = format!("Ticket {} has it once, as a reply; Julien got one mail. The operator owns {} now.", case.ticket, case.reference);
    scene.voice.proof(&said).await?;
    Ok(())
}
