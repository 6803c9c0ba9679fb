//! After the story: every now and then a buyer writes and a seller answers, so that live subscriptions have something
//! to show. What is done in GraphiQL meanwhile is told as well.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::scene::Scene;
use super::voice::Ink;
use crate::demo::peer::Opening;

/// Between two happenings. Not scaled by the pace: nobody waits for them.
const CALM: Duration = Duration::from_secs(15);

#[derive(Clone, Copy)]
enum Where {
    Zendesk,
    Freshdesk,
}

struct Visit {
    place: Where,
    buyer: (&'static str, &'static str),
    subject: &'static str,
    question: &'static str,
    seller: &'static str,
    answer: &'static str,
}

const VISITS: [Visit; 3] = [
    Visit {
        place: Where::Freshdesk,
        buyer: ("Chloé Petit", "chloe@example.org"),
        subject: "One cup is missing, MK-1003",
        question: "There were only five cups in the box.",
        seller: "alma",
        answer: "Sorry for that! The sixth is on its way.",
    },
    Visit {
        place: Where::Zendesk,
        buyer: ("Tom Becker", "tom@example.org"),
        subject: "MK-2004: which oil for the oak?",
        question: "What should I treat the stool with?",
        seller: "brio",
        answer: "Linseed oil, twice a year. Enjoy it!",
    },
    Visit {
        place: Where::Zendesk,
        buyer: ("Inès Laurent", "ines@example.org"),
        subject: "Change of address, MK-1005",
        question: "I have moved. Can you send it to 12 rue des Lilas?",
        seller: "alma",
        answer: "Done, it leaves tomorrow.",
    },
];

/// Goes on for ever.
pub(super) async fn go_on(scene: &mut Scene<'_>) -> anyhow::Result<()> {
    for visit in VISITS.iter().cycle() {
        listen(scene).await?;
        let ticket = ask(scene, visit).await?;
        listen(scene).await?;
        answer(scene, visit, ticket).await?;
    }
    Ok(())
}

/// Tells whatever happens for a while.
async fn listen(scene: &mut Scene<'_>) -> anyhow::Result<()> {
    let end = Instant::now() + CALM;
    loop {
        tokio::select! {
            event = scene.watch.next() => {
                let event = event?;
                scene.tell(&event).await?;
            }
            () = sleep_until(end) => return Ok(()),
        }
    }
}

async fn ask(scene: &mut Scene<'_>, visit: &Visit) -> anyhow::Result<u64> {
    let desk = match visit.place {
        Where::Zendesk => &scene.zendesk,
        Where::Freshdesk => &scene.freshdesk,
    };
    let (name, email) = visit.buyer;
    let ticket = desk.sim.open_ticket(&desk.sim.add_end_user(name, email), Opening::new(visit.subject, visit.question));
    let said = format!("in {}, ticket {ticket}: “{}”", desk.name, visit.subject);
    let first_name = name.split(' ').next().unwrap_or(name);
    scene.voice.line(Ink::Buyer, first_name, &said).await?;
    Ok(ticket)
}

/// The seller answers, unless somebody else did in the meantime.
async fn answer(scene: &mut Scene<'_>, visit: &Visit, ticket: u64) -> anyhow::Result<()> {
    let helpdesk = match visit.place {
        Where::Zendesk => "ZENDESK",
        Where::Freshdesk => "FRESHDESK",
    };
    let case = scene.names_of(helpdesk, ticket).await?;
    let seller = if visit.seller == "alma" { &scene.alma } else { &scene.brio };
    let turn = seller.ask("query($by: CaseByInput!) { case(by: $by) { status } }", json!({ "by": { "id": case.id } })).await?;
    if turn["case"]["status"] != "WAITING_SELLER" {
        return Ok(());
    }
    // The key is the ticket's: the same words are said again and again.
    let input = json!({ "threadId": case.thread, "text": visit.answer, "idempotencyKey": format!("answer-{ticket}") });
    seller.act("messagePost", "message { id }", input).await?;
    let name = if visit.seller == "alma" { "Alma" } else { "Brio" };
    scene.voice.line(Ink::Seller, name, &format!("“{}”", visit.answer)).await?;
    Ok(())
}
