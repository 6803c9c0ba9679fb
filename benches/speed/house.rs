//! The real server, as it is composed in production, on a database of the benches.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use trilogue::app::{self, Server, Work};
use trilogue::clock::SystemClock;
use trilogue::config::Settings;
use trilogue::demo::zendesk::ZendeskSim;
use trilogue::domain::charter::{Charter, Marketplace};
use trilogue::domain::ids::ConnectionId;
use trilogue::domain::parties::Role;
use trilogue::helpdesk::Credentials;
use trilogue::workflow::Cx;
use trilogue::workflow::connections::{self, ConnectionSettings, NewConnection};
use trilogue::workflow::tenants::{self, NewMarketplace, TokenRequest};

use crate::databases::Fresh;

/// The secret that webhooks are signed with.
pub(crate) const SECRET: &str = "dGhlLXNlY3JldC1vZi10aGUtYmVuY2hlcw==";
/// The key of every vault of the benches: 32 zero bytes.
pub(crate) const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The default settings, with what the environment says of them.
fn settings(database: &Fresh) -> anyhow::Result<Settings> {
    // Empty, so that the one in the folder where somebody works is not read.
    let file = tempfile::Builder::new().suffix(".toml").tempfile()?;
    Ok(Settings {
        database_url: database.url.clone(),
        secret_key: Some(KEY.to_owned().into()),
        rate_limit: 0,
        ..Settings::load(Some(file.path()))?
    })
}

/// A marketplace with one connected helpdesk.
pub(crate) struct House {
    pub(crate) cx: Cx,
    pub(crate) settings: Settings,
    pub(crate) marketplace: Marketplace,
    pub(crate) connection: ConnectionId,
}

impl House {
    /// Founds it in an empty database.
    pub(crate) async fn found(database: &Fresh, helpdesk: &str) -> anyhow::Result<Self> {
        let settings = settings(database)?;
        let cx = Box::pin(app::context(&settings, Arc::new(SystemClock))).await?;
        let new = NewMarketplace {
            slug: "bazar".to_owned(),
            name: "Bazar".to_owned(),
            currency: "EUR".parse()?,
            locale: "fr".to_owned(),
            timezone: chrono_tz::Europe::Paris,
            charter: Charter::default(),
        };
        let marketplace = Box::pin(tenants::create_marketplace(&cx, new)).await?;
        let new = NewConnection {
            base_url: helpdesk.parse()?,
            credentials: Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() },
            webhook_secret: SECRET.to_owned().into(),
            identity_secret: None,
            settings: ConnectionSettings::default(),
        };
        let connection = connections::connect(&cx, marketplace.id, new).await?.id;
        Ok(Self { cx, settings, marketplace, connection })
    }

    /// Finds it again in a copy of its database.
    pub(crate) async fn in_copy(database: &Fresh) -> anyhow::Result<Self> {
        let settings = settings(database)?;
        let cx = Box::pin(app::context(&settings, Arc::new(SystemClock))).await?;
        let marketplace = cx.store.marketplaces().await?.pop().context("the copy has no marketplace")?;
        let connection = cx.store.connections(Some(marketplace.id)).await?.pop().context("the copy has no connection")?.id;
        Ok(Self { cx, settings, marketplace, connection })
    }

    /// Opens the doors on loopback.
    pub(crate) async fn serve(&self, work: Work) -> anyhow::Result<Serving> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Serving { address, server: Server::start(&self.cx, &self.settings, listener, work)? })
    }

    /// A token of a role.
    pub(crate) async fn token(&self, role: Role, seller: Option<&str>) -> anyhow::Result<String> {
        let request = TokenRequest { role, seller: seller.map(str::to_owned), name: format!("{role:?} of the bench") };
        Ok(tenants::create_token(&self.cx, self.marketplace.id, request).await?.1.expose_secret().to_owned())
    }
}

/// A server with open doors.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    pub(crate) server: Server,
}

impl Serving {
    /// Sends an operation and gives the whole answer.
    pub(crate) async fn post(&self, token: &str, operation: &serde_json::Value) -> anyhow::Result<serde_json::Value> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let request = client.post(format!("http://{}/graphql", self.address)).bearer_auth(token).json(operation);
        Ok(request.send().await?.json().await?)
    }
}
