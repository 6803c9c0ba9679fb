//! What a story shows: cases as operator and seller see them, and words on their way.

use serde_json::{Value, json};
use trilogue::demo::peer::Audience::Public;
use trilogue::demo::peer::{CommentView, Opening};
use trilogue::jobs;

use super::desks::Story;

/// Everything of a case that these tests look at.
const WHOLE: &str = "reference status owner priority buyer { displayName email } seller { name } order { reference }
    tickets { externalId presence } threads { id kind participants { party right }
    messages(first: 100) { nodes { id author text audience redactedAt } } }";

/// The words of the case's threads with the buyer, with who may see them.
pub(crate) fn words(case: &Value) -> Vec<(String, String, Value)> {
    let threads = case["threads"].as_array().unwrap().iter().filter(|thread| thread["kind"] != "OPERATOR_SELLER");
    let messages = threads.flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.map(|message| (text(&message["author"]), text(&message["text"]), message["audience"].clone())).collect()
}

pub(crate) fn all() -> Value {
    json!(["BUYER", "SELLER", "OPERATOR"])
}

pub(crate) fn operator_only() -> Value {
    json!(["OPERATOR"])
}

impl Story {
    pub(crate) async fn whole(&self, ticket: u64) -> Value {
        self.case(ticket, WHOLE).await
    }

    pub(crate) async fn open(&self, opening: Opening) -> u64 {
        let ticket = self.desk.sim.open_ticket(&self.buyer, opening);
        self.desk.settle(&self.app).await;
        ticket
    }

    /// The texts that the seller sees in the case of a ticket; none when the seller does not see the case.
    pub(crate) async fn seen_by_seller(&self, ticket: u64) -> Option<Vec<String>> {
        let reference = self.case(ticket, "reference").await["reference"].clone();
        let query = "{ cases(first: 20) { nodes { reference threads { messages(first: 20) { nodes { text } } } } } }";
        let seen = self.app.ask(&self.seller, query, json!({})).await;
        let case = seen["cases"]["nodes"].as_array().unwrap().iter().find(|case| case["reference"] == reference)?.clone();
        let threads = case["threads"].as_array().unwrap().clone();
        let messages = threads.iter().flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap().clone());
        Some(messages.map(|message| message["text"].as_str().unwrap().to_owned()).collect())
    }

    /// What happens when no webhook of it comes: the periodic reconcile finds it.
    pub(crate) async fn find_without_webhooks(&self) {
        self.desk.sim.take_webhooks();
        self.app.advance(chrono::TimeDelta::minutes(2));
        jobs::reconcile_now(&self.app.cx).await;
        self.desk.settle(&self.app).await;
    }

    pub(crate) fn said(&self, ticket: u64, words: &str) -> Vec<CommentView> {
        self.desk.sim.comments(ticket).into_iter().filter(|comment| comment.text.contains(words)).collect()
    }

    /// The messages of the thread with the buyer: text and where they stand on their way.
    pub(crate) async fn on_their_way(&self, ticket: u64) -> Vec<(String, String)> {
        let case = self.case(ticket, "threads { kind messages(first: 100) { nodes { text delivery } } }").await;
        let threads = case["threads"].as_array().unwrap().iter().filter(|thread| thread["kind"] != "OPERATOR_SELLER");
        let messages = threads.flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        messages.map(|message| (text(&message["text"]), text(&message["delivery"]))).collect()
    }

    /// A ticket, settled, and the thread in which the seller answers.
    pub(crate) async fn ticket_and_thread(&self) -> (u64, String) {
        let ticket = self.ticket().await;
        (ticket, self.thread(ticket, "SELLER_BUYER").await)
    }

    /// Says that the words arrived once: in the ticket, in the buyer's mail, and in the case.
    pub(crate) async fn assert_said_once(&self, ticket: u64, words: &str, what: &str) {
        let said = self.said(ticket, words);
        assert_eq!(said.len(), 1, "{what}: {said:#?}");
        assert_eq!(said[0].audience, Public, "{what}");
        let mails = self.desk.sim.mails_to("marie@example.org").into_iter().filter(|mail| mail.text.contains(words)).count();
        assert_eq!(mails, 1, "{what}");
        let messages: Vec<_> = self.on_their_way(ticket).await.into_iter().filter(|(text, _)| text.contains(words)).collect();
        assert_eq!(messages, [(words.to_owned(), "DELIVERED".to_owned())], "{what}: the echo is no message of its own");
    }
}
