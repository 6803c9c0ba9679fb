//! What the story is played in: the real server on a scratch database, and two simulated helpdesks.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::stage::{self, Cast, Stage};
use crate::app::{self, Server, Work};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Settings;
use crate::demo::freshdesk::{FreshdeskOptions, FreshdeskSim};
use crate::demo::peer::{Sending, SimulatedHelpdesk};
use crate::demo::zendesk::{ZendeskOptions, ZendeskSim};
use crate::helpdesk;
use crate::http::Pages;
use crate::workflow::Cx;

/// The house. Whatever happens, its folder goes when it is dropped.
pub(super) struct House {
    pub(super) cx: Cx,
    /// Where the server answers.
    pub(super) url: String,
    pub(super) zendesk: ZendeskSim,
    pub(super) freshdesk: FreshdeskSim,
    pub(super) http: reqwest::Client,
    /// Who plays in the pages, once the story is told.
    pub(super) cast: Arc<OnceLock<Cast>>,
    /// Whether there are pages to play in.
    pub(super) has_pages: bool,
    server: Server,
    folder: TempDir,
}

impl House {
    /// Opens it on free ports of this machine.
    pub(super) async fn open() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("trilogue-demo-").tempdir().context("there is no place for a scratch folder")?;
        let listener = listen(8080).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let settings = Settings {
            database_url: format!("sqlite://{}/trilogue.db", folder.path().display()),
            // An open browser tab must not hold up the end.
            drain_seconds: 2,
            ..Settings::defaults()?
        };
        let clock: SharedClock = Arc::new(SystemClock);
        let cx = app::context(&settings, Arc::clone(&clock)).await?;
        let zendesk = ZendeskSim::start(ZendeskOptions { sending: Sending::Live, ..ZendeskOptions::new(Arc::clone(&clock)) }).await?;
        let freshdesk = FreshdeskSim::start(FreshdeskOptions { sending: Sending::Live, ..FreshdeskOptions::new(clock) }).await?;
        let pages = Pages::load(&settings.pages)?.with_own_zendesk_sdk();
        let cast = Arc::default();
        let stage =
            Stage { cx: cx.clone(), pages: pages.clone(), zendesk: zendesk.clone(), freshdesk: freshdesk.clone(), cast: Arc::clone(&cast) };
        let has_pages = pages.have("demo-zendesk");
        let server = Server::start_with(&cx, &settings, listener, Work::Here, (pages, stage::routes(stage)));
        Ok(Self { cast, has_pages, cx, url, zendesk, freshdesk, http: helpdesk::http_client()?, server, folder })
    }

    /// Where the data is.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops everything in order and removes the folder.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.server.stop().await?;
        self.zendesk.stop();
        self.freshdesk.stop();
        self.cx.store.close().await;
        self.folder.close().context("the scratch folder cannot be removed")
    }
}

/// This port of the loopback, or any other when it is taken.
pub(super) async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(("127.0.0.1", port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await.context("there is no free port on 127.0.0.1"),
    }
}
