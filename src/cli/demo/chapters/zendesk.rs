//! The main job: a buyer's ticket becomes a case, the seller answers, and the answer reaches the buyer once.

use anyhow::{Context, ensure};
use serde_json::json;

use crate::cli::demo::scene::{Case, Scene};
use crate::cli::demo::voice::Ink;
use crate::demo::peer::{Audience, Opening};

const SUBJECT: &str = "Parcel lost? Order MK-1001";
const QUESTION: &str = "Hello, my teapot should have come on Monday. Where is it? Marie";
const ANSWER: &str = "Hello Marie, the carrier lost it, sorry. A new one leaves today.";
const SIGNATURE: &str = "X-Zendesk-Webhook-Signature";
const EMAIL: &str = "marie@example.org";

/// Plays both chapters.
pub(in crate::cli::demo) async fn ask_and_answer(scene: &mut Scene<'_>) -> anyhow::Result<Case> {
    let case = ask(scene).await?;
    answer(scene, &case).await?;
    Ok(case)
}

async fn ask(scene: &mut Scene<'_>) -> anyhow::Result<Case> {
    scene.chapter("A buyer writes to support, in Zendesk").await?;
    let sim = scene.zendesk.sim;
    let marie = sim.add_end_user("Marie Dupont", EMAIL);
    let ticket = sim.open_ticket(&marie, Opening::new(SUBJECT, QUESTION));
    scene.voice.line(Ink::Buyer, "Marie", &format!("writes a mail, now ticket {ticket}: “{SUBJECT}”")).await?;
    scene.voice.quote(Ink::Buyer, QUESTION).await?;
    scene.zendesk.webhooks(scene.voice, "ticket.created").await?;
    let signature = sim.outbox().sent().last().and_then(|webhook| webhook.header(SIGNATURE).map(str::to_owned));
    scene.voice.note("", &format!("signature: {}", signature.context("the webhook is not signed")?)).await?;
    scene.hear("MessagePostedEvent").await?;
    scene.settle().await?;
    scene.catch_up().await?;

    let case = scene.case_of("ZENDESK", ticket, "status seller { name } awaiting { party dueAt }").await?;
    ensure!(case["status"] == "WAITING_SELLER" && case["seller"]["name"] == "Boutique Alma", "the case has no seller: {case}");
    let state = sim.ticket(ticket).context("the ticket is gone")?.raw_state;
    let said = format!("Seller first: Boutique Alma has 48 hours to answer. In Zendesk the ticket is on “{state}”, so no agent need look.");
    scene.voice.proof(&said).await?;
    scene.names_of("ZENDESK", ticket).await
}

async fn answer(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    scene.chapter("The seller answers, over GraphQL").await?;
    let query =
        "{ cases { nodes { reference buyer { displayName email } tickets { externalId } threads { messages { nodes { text } } } } } }";
    let seen = scene.alma.ask(query, json!({})).await?["cases"]["nodes"][0].take();
    ensure!(seen["buyer"] == json!({ "displayName": "Marie D.", "email": null }), "the seller sees more of the buyer: {seen}");
    ensure!(seen["tickets"] == json!([]), "the seller sees the ticket: {seen}");
    ensure!(seen["threads"][0]["messages"]["nodes"][0]["text"] == QUESTION, "the seller does not see the question: {seen}");
    let said = format!("reads {} with a seller's token. It is from “Marie D.”; there is no address and no ticket in it.", case.reference);
    scene.voice.line(Ink::Seller, "Alma", &said).await?;
    scene.alma.post(&case.thread, ANSWER).await?;
    scene.voice.line(Ink::Seller, "Alma", "answers with messagePost:").await?;
    scene.voice.quote(Ink::Seller, ANSWER).await?;
    scene.hear("MessageDeliveredEvent").await?;
    scene.zendesk.webhooks(scene.voice, "comment_added").await?;
    scene.settle().await?;
    scene.catch_up().await?;
    look_at_answer(scene, case).await
}

async fn look_at_answer(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<()> {
    let sim = scene.zendesk.sim;
    let comments: Vec<_> = sim.comments(case.ticket).into_iter().filter(|comment| comment.text.contains(ANSWER)).collect();
    let [comment] = comments.as_slice() else { anyhow::bail!("the answer stands {} times in the ticket", comments.len()) };
    ensure!(comment.audience == Audience::Public, "the answer is not public in the ticket");
    let said = format!("Ticket {} has it once, as a public comment by {}.", case.ticket, comment.author.name);
    scene.voice.proof(&said).await?;
    let mails = sim.mails_to(EMAIL);
    ensure!(mails.len() == 1, "Marie got {} mails", mails.len());
    scene.voice.proof(&format!("Zendesk mailed it to {EMAIL}, one mail.")).await?;
    let thread = scene.case_of("ZENDESK", case.ticket, "status threads { messages { nodes { delivery } } }").await?;
    let messages = thread["threads"][0]["messages"]["nodes"].as_array().map_or(0, Vec::len);
    ensure!(messages == 2, "the thread has {messages} messages");
    scene.voice.proof("Zendesk's webhook about our own comment was recognised: the thread has two messages, not three.").await?;
    Ok(())
}
