//! A real mail server, and what it was handed.

use serde_json::{Value, json};

use super::app::TestApp;
use super::node::Node;

/// The mail server that an app sends by.
pub(crate) struct Mailbox(Node);

impl Mailbox {
    /// Starts one, and has the app send by it under this name.
    pub(crate) async fn of(app: &mut TestApp, from: &str) -> Self {
        let mut server = Node::audit("mailbox.mjs").await;
        app.settings.smtp_url = Some(server.heard().await["url"].as_str().unwrap().to_owned().into());
        app.settings.smtp_from = Some(from.to_owned());
        app.settings.public_url = Some("https://t.example".parse().unwrap());
        app.restart().await;
        Self(server)
    }

    /// The next e-mails, as many as there must be, and no more.
    pub(crate) async fn mails(&mut self, app: &TestApp, count: usize) -> Vec<Value> {
        app.work().await;
        let mut mails = Vec::new();
        for _ in 0..count {
            mails.push(self.0.heard().await);
        }
        self.answers(0, 0).await;
        mails
    }

    /// Who an e-mail was for that was not taken.
    pub(crate) async fn refused(&mut self) -> Value {
        self.0.heard().await["refused"].clone()
    }

    /// How the next e-mails are answered: by this code, so many times. Nothing else may have come in.
    pub(crate) async fn answers(&mut self, code: u16, times: u8) {
        self.0.say(&json!({ "code": code, "times": times }).to_string()).await;
        assert_eq!(self.0.heard().await, json!({ "ready": true }), "no more than that");
    }
}
