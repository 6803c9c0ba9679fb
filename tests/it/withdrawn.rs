//! What the helpdesk takes back: words redacted or made private, tickets merged, binned, thrown out as spam, closed.

use serde_json::json;
use trilogue::demo::peer::Audience::Public;
use trilogue::demo::peer::{Opening, TicketState};
use trilogue::domain::charter::Charter;
use trilogue::domain::masking::{Masking, MaskingMode};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, ORDER, Story, all, in_both_products, on_both_databases, operator_only, words};

#[derive(Clone, Copy)]
enum Leaving {
    Bin,
    Spam,
}

async fn redacted_words(db: Db, kind: HelpdeskKind) {
    // Without masking, so that the seller has something to lose.
    let masking = Masking { mode: MaskingMode::Off, ..Masking::default() };
    let story = Story::begin_with(db, kind, Charter { masking, ..Charter::default() }).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let said = sim.comment(ticket, &story.buyer, "Ma carte 4111111111111111 a été débitée", Public).unwrap().comment.unwrap();
    story.desk.settle(&story.app).await;
    let thread = story.thread(ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Votre code est motdepasse.").await;
    story.desk.settle(&story.app).await;
    assert!(story.seen_by_seller(ticket).await.unwrap().iter().any(|text| text.contains("41111111")));

    sim.redact_comment(ticket, said, "4111111111111111").unwrap();
    let ours = sim.comments(ticket).last().unwrap().number;
    sim.redact_comment(ticket, ours, "motdepasse").unwrap();
    match kind {
        HelpdeskKind::Zendesk => story.desk.settle(&story.app).await,
        // Freshdesk's rules hear nothing of it.
        HelpdeskKind::Freshdesk => story.find_without_webhooks().await,
    }
    for gone in ["4111111111111111", "motdepasse"] {
        let hits = story
            .app
            .ask(&story.operator, "query($q: String!) { search(query: $q) { nodes { match { field } } } }", json!({ "q": gone }))
            .await;
        assert_eq!(hits["search"]["nodes"], json!([]), "{gone} is still found");
    }
    let left = story.app.ask(&story.seller, "{ search(query: \"votre code\") { nodes { match { snippet } } } }", json!({})).await;
    assert!(left.to_string().contains("Votre code est ▇"), "{left}");
    let case = story.whole(ticket).await.to_string();
    assert!(!case.contains("41111111") && !case.contains("motdepasse"), "{case}");
    assert!(case.contains("Ma carte ▇") && case.contains("\"Votre code est ▇"), "{case}");
    let seen = story.seen_by_seller(ticket).await.unwrap();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen.iter().all(|text| !text.contains("41111111") && !text.contains("motdepasse")), "{seen:?}");
}

/// A redaction whose webhook was lost is found too.
async fn redacted_unheard(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let ticket = story.ticket().await;
    let said = story.desk.sim.comment(ticket, &story.buyer, "IBAN FR7612345", Public).unwrap().comment.unwrap();
    story.desk.settle(&story.app).await;
    story.app.advance(chrono::TimeDelta::minutes(2));
    story.desk.sim.redact_comment(ticket, said, "FR7612345").unwrap();
    story.find_without_webhooks().await;
    assert!(!story.whole(ticket).await.to_string().contains("FR7612345"));
}

async fn made_private(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let agent = sim.add_agent("Ana Agent");
    let said = sim.comment(ticket, &agent, "Le client ment.", Public).unwrap().comment.unwrap();
    story.desk.settle(&story.app).await;
    assert!(story.seen_by_seller(ticket).await.unwrap().contains(&"Le client ment.".to_owned()));
    sim.make_private(ticket, said).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.seen_by_seller(ticket).await.unwrap(), ["Où est mon colis ?"]);
    assert_eq!(words(&story.whole(ticket).await)[1], ("OPERATOR".to_owned(), "Le client ment.".to_owned(), operator_only()));
}

async fn merged(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let (source, target) = (story.ticket().await, story.open(Opening::new(ORDER, "Encore moi")).await);
    let references = (story.case(source, "reference").await, story.case(target, "reference").await);
    sim.merge(source, target).unwrap();
    story.desk.settle(&story.app).await;
    let (old, new) = (story.whole(source).await, story.whole(target).await);
    assert_eq!((&old["status"], &new["status"]), (&json!("CLOSED"), &json!("WAITING_SELLER")));
    assert_eq!((&old["reference"], &new["reference"]), (&references.0["reference"], &references.1["reference"]));
    if kind == HelpdeskKind::Zendesk {
        assert_eq!(old["tickets"][0]["presence"], "MERGED");
        let events = story.case(source, "timeline(first: 100) { nodes { ... on TicketChangedEvent { change mergedInto } } }").await;
        assert!(events.to_string().contains(&format!(r#""mergedInto":"{target}""#)), "{events:#}");
    }
    sim.comment(target, &story.buyer, "Alors ?", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert!(words(&story.whole(target).await).iter().any(|(author, text, _)| author == "BUYER" && text == "Alors ?"));
}

async fn gone_and_back(db: Db, kind: HelpdeskKind) {
    for (leave, presence) in [(Leaving::Bin, "DELETED"), (Leaving::Spam, "SPAM")] {
        let story = Story::begin(db, kind).await;
        let sim = &story.desk.sim;
        let ticket = story.ticket().await;
        match leave {
            Leaving::Bin => sim.delete(ticket).unwrap(),
            Leaving::Spam => sim.mark_spam(ticket).unwrap(),
        }
        heard(&story, kind).await;
        let case = story.whole(ticket).await;
        assert_eq!((&case["status"], &case["tickets"][0]["presence"]), (&json!("RESOLVED"), &json!(presence)), "{case:#}");
        let thread = story.thread(ticket, "SELLER_BUYER").await;
        story.post(&story.seller, &thread, "Bonjour ?").await;
        story.desk.settle(&story.app).await;
        assert_eq!(sim.comments(ticket).len(), 1, "nothing is written to a ticket that is gone");

        sim.restore(ticket).unwrap();
        heard(&story, kind).await;
        let case = story.whole(ticket).await;
        assert_eq!((&case["status"], &case["tickets"][0]["presence"]), (&json!("WAITING_SELLER"), &json!("ACTIVE")), "{case:#}");
    }
}

/// Freshdesk's rules hear nothing of bin and spam.
async fn heard(story: &Story, kind: HelpdeskKind) {
    match kind {
        HelpdeskKind::Zendesk => story.desk.settle(&story.app).await,
        HelpdeskKind::Freshdesk => story.find_without_webhooks().await,
    }
}

async fn back_but_over(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    sim.set_state(ticket, TicketState::Solved).unwrap();
    story.desk.settle(&story.app).await;
    sim.delete(ticket).unwrap();
    heard(&story, kind).await;
    sim.restore(ticket).unwrap();
    heard(&story, kind).await;
    assert_eq!(story.whole(ticket).await["status"], "RESOLVED", "it was settled before it was binned");
    assert_eq!(sim.ticket(ticket).unwrap().state, TicketState::Solved);
}

async fn after_the_end(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let sim = &story.desk.sim;
    let ticket = story.ticket().await;
    let first = story.case(ticket, "reference").await["reference"].clone();
    sim.set_state(ticket, TicketState::Closed).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(story.whole(ticket).await["status"], "CLOSED");
    let posted = sim.comment(ticket, &story.buyer, "Il est cassé !", Public).unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(posted.ticket == ticket, kind == HelpdeskKind::Freshdesk, "Zendesk opens a follow-up");
    let case = story.whole(posted.ticket).await;
    assert_ne!(case["reference"], first, "what is closed stays closed; a new case begins");
    assert_eq!((&case["status"], &case["seller"]["name"]), (&json!("WAITING_SELLER"), &json!("Boutique Alma")));
    assert_eq!(words(&case), [("BUYER".to_owned(), "Il est cassé !".to_owned(), all())]);
    let thread = story.thread(posted.ticket, "SELLER_BUYER").await;
    story.post(&story.seller, &thread, "Je le remplace.").await;
    story.desk.settle(&story.app).await;
    assert_eq!(sim.comments(posted.ticket).last().unwrap().audience, Public);
}

/// Whether they were seen in public first must not tell: the buyer wrote, and waits for an answer.
async fn made_private_unseen(db: Db) {
    let story = Story::begin(db, HelpdeskKind::Zendesk).await;
    let (ticket, thread) = story.ticket_and_thread().await;
    story.post(&story.seller, &thread, "Quel est votre RIB ?").await;
    story.desk.settle(&story.app).await;
    assert_eq!(story.whole(ticket).await["status"], "WAITING_BUYER");
    let said = story.desk.sim.comment(ticket, &story.buyer, "FR76 3000", Public).unwrap().comment.unwrap();
    story.desk.sim.make_private(ticket, said).unwrap();
    story.desk.settle(&story.app).await;
    let case = story.whole(ticket).await;
    assert_eq!(case["status"], "WAITING_SELLER");
    assert_eq!(words(&case)[2], ("BUYER".to_owned(), "FR76 3000".to_owned(), operator_only()));
    assert!(!story.seen_by_seller(ticket).await.unwrap().contains(&"FR76 3000".to_owned()));
}

in_both_products! {
    redacted_words_go_everywhere => redacted_words;
    a_redaction_is_found_without_its_webhook => redacted_unheard;
    a_merged_ticket_goes_on_in_the_other => merged;
    bin_and_spam_settle_and_come_back => gone_and_back;
    what_was_settled_before_the_bin_stays_settled => back_but_over;
    a_closed_case_stays_closed => after_the_end;
}

on_both_databases! {
    async fn words_made_private_are_hidden(db: Db) {
        made_private(db).await;
    }

    async fn words_made_private_unseen_wait_for_an_answer(db: Db) {
        made_private_unseen(db).await;
    }
}
