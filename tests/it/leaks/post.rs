//! What leaves the house unasked: webhooks of vendor and operator, and e-mails.

use std::collections::BTreeMap;

use serde_json::json;

use crate::harness::{Node, Receiver, Story, TestApp};

/// The receivers.
pub(super) struct Post {
    vendor: Receiver,
    operator: Receiver,
    mailbox: Node,
}

impl Post {
    /// Opens them, and points the server, which begins anew, at the mail server.
    pub(super) async fn open(app: &mut TestApp) -> Self {
        let mut mailbox = Node::audit("mailbox.mjs").await;
        let url = mailbox.heard().await["url"].as_str().unwrap().to_owned();
        app.settings.smtp_url = Some(url.into());
        app.settings.smtp_from = Some("Bazar <alerts@bazar.example>".to_owned());
        app.restart().await;
        Self { vendor: Receiver::start().await, operator: Receiver::start().await, mailbox }
    }

    /// Asks for everything, in everybody's name.
    pub(super) async fn subscribe(&self, story: &Story) {
        let sellers = json!({ "sellers": [
            { "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org" },
            { "externalId": "brio", "name": "Brio & Fils", "email": "brio@example.org" },
        ] });
        story.app.act(&story.vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let staff = json!({ "recipients": [{ "email": "chef@example.org" }] });
        story.app.act(&story.operator, "alertRecipientsSet", "recipients { email }", staff).await;
        for (token, receiver) in [(&story.vendor, &self.vendor), (&story.operator, &self.operator)] {
            let input = json!({ "url": receiver.url, "eventTypes": [] });
            story.app.act(token, "webhookEndpointCreate", "endpoint { id }", input).await;
        }
    }

    /// Everything that was sent, by receiver: about which event, and all of it as one text.
    pub(super) async fn told(&mut self) -> BTreeMap<String, Vec<(String, String)>> {
        let mut told: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (name, receiver) in [("vendor", &self.vendor), ("operator", &self.operator)] {
            for heard in receiver.heard() {
                let event = heard.body()["data"]["eventId"].as_str().unwrap().to_owned();
                told.entry(name.to_owned()).or_default().push((event, heard.text));
            }
        }
        // Mails were handed over before this is answered.
        self.mailbox.say(&json!({ "code": 0, "times": 0 }).to_string()).await;
        loop {
            let mail = self.mailbox.heard().await;
            if mail == json!({ "ready": true }) {
                return told;
            }
            let id = mail["headers"]["message-id"].as_str().unwrap().trim_start_matches('<');
            let event = id.split('.').next().unwrap().to_owned();
            told.entry(mail["to"][0].as_str().unwrap().to_owned()).or_default().push((event, mail.to_string()));
        }
    }
}
