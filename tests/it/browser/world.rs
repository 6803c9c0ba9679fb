//! A server of a scenario's own, with both helpdesks and an agent in them.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim, KeyOwner};
use trilogue::demo::peer::Person;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::helpdesk::Credentials;
use trilogue::workflow::connections::IdentitySettings;
use url::Url;

use crate::harness::{Db, Desk, Node, TestApp};
use crate::sessions::provider::{certified, who_is_there};
use crate::sessions::signed_urls::{Key, Token};

const AGENT: &str = "Ida Agent";

/// How good a token of Zendesk's is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Signature {
    Good,
    Forged,
    Expired,
}

/// By what agents show who they are where the helpdesk does not sign for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SignIn {
    /// A code in an e-mail.
    Code,
    /// The operator's own identity provider.
    Provider,
}

/// What a server stands among.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Premises {
    /// Who may frame its pages.
    origins: Vec<String>,
    /// Where browsers reach it.
    public_url: Url,
    /// Whose pages may ask it.
    page_origins: Vec<String>,
    sign_in: SignIn,
}

pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) zendesk: Desk,
    pub(super) freshdesk: Desk,
    provider: Option<Node>,
    agent: Person,
    operator: String,
    vendor: String,
}

impl World {
    pub(super) async fn begin(db: Db, mail_server: &str, premises: &Premises) -> Self {
        let Premises { origins, public_url, page_origins, sign_in } = premises;
        let mut app = TestApp::start(db).await;
        app.settings.smtp_url = Some(mail_server.to_owned().into());
        app.settings.smtp_from = Some("Bazar <alerts@bazar.example>".to_owned());
        app.settings.pages = super::PAGES.into();
        app.settings.public_url = Some(public_url.clone());
        app.settings.page_origins = page_origins.join(",");
        app.restart().await;
        let zendesk = Desk::connect_with(&app, HelpdeskKind::Zendesk, |settings| {
            settings.apps = vec![Key::App.installed(26)];
            settings.frame_ancestors.clone_from(origins);
        })
        .await;
        let options = FreshdeskOptions { key_owner: KeyOwner::Admin, ..FreshdeskOptions::new(app.clock.clone()) };
        let sim = Arc::new(FreshdeskSim::start(options).await.unwrap());
        let key = Credentials::Freshdesk { api_key: FreshdeskSim::API_KEY.to_owned().into() };
        let (provider, identity) = match sign_in {
            SignIn::Code => (None, None),
            SignIn::Provider => {
                let (node, issuer) = certified(public_url, "token").await;
                (Some(node), Some(IdentitySettings { issuer, client_id: "trilogue".to_owned() }))
            }
        };
        let freshdesk = Desk::register(&app, HelpdeskKind::Freshdesk, sim, key, |settings| {
            settings.frame_ancestors.clone_from(origins);
            settings.identity = identity;
        })
        .await;
        freshdesk.sim.add_agent(AGENT);
        let agent = zendesk.sim.add_agent(AGENT);
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        Self { app, zendesk, freshdesk, provider, agent, operator, vendor }
    }

    /// What the scenario is told of it.
    pub(super) fn said(&self, number: usize) -> Value {
        json!({
            "world": number, "url": self.app.url, "now": self.app.cx.now(),
            "zendesk": self.zendesk.connection, "freshdesk": self.freshdesk.connection,
            "agentEmail": self.agent.email, "operator": self.operator, "vendor": self.vendor,
        })
    }

    pub(super) fn signed(&self, signature: Signature) -> String {
        let good = Token::of(&self.zendesk, &self.agent, self.app.clock.as_ref());
        match signature {
            Signature::Good => good.signed(Key::App),
            Signature::Forged => good.signed(Key::Other),
            Signature::Expired => {
                let ended = self.app.cx.now() - TimeDelta::minutes(15);
                good.with("nbf", (ended - TimeDelta::minutes(5)).timestamp()).with("exp", ended.timestamp()).signed(Key::App)
            }
        }
    }

    /// Who sits at the identity provider from now on.
    pub(super) async fn arrive(&mut self, person: &Value) {
        who_is_there(self.provider.as_mut().unwrap(), person).await;
    }

    /// Takes back what the agent's sessions hang on.
    pub(super) async fn revoke_agent(&self) {
        let (store, marketplace) = (&self.app.cx.store, self.app.marketplace.id);
        for token in store.tokens(marketplace).await.unwrap() {
            if token.name == AGENT {
                assert!(store.revoke_token(marketplace, token.id).await.unwrap());
            }
        }
    }
}
