//! The composition root: builds every concrete thing once, starts it, and stops it in order.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::SharedClock;
use crate::config::{Settings, WebhookTargets};
use crate::courier::{Courier, Mailer, Targets};
use crate::files::{Bucket, Files};
use crate::graphql::limits::Limited;
use crate::graphql::{TrilogueSchema, schema};
use crate::helpdesk;
use crate::http::{self, Doors, Pages, RateLimits};
use crate::jobs::{self, JobSettings};
use crate::store::{Backend, Committer, Store, StoreOptions};
use crate::telemetry;
use crate::workflow::Cx;
use crate::workflow::alerts::Alerts;
use crate::workflow::articles::Articles;
use crate::workflow::attachments::Depot;
use crate::workflow::connections::Connections;
use crate::workflow::links::Links;
use crate::workflow::mails::Post;
use crate::workflow::payments::Payments;

/// What the use cases work with, on a database that is up to date.
pub async fn context(settings: &Settings, clock: SharedClock) -> anyhow::Result<Cx> {
    client_address(settings).context("client_address_header is no name of a header")?;
    page_origins(settings).context("page_origins cannot be read; it names origins such as https://acme.example.com")?;
    let vault = settings.vault()?;
    let store = Store::open(&settings.database_url, StoreOptions { connections: settings.database_connections }, Arc::clone(&clock))
        .await
        .context("the database cannot be opened; check DATABASE_URL")?;
    store.migrate().await.context("the tables cannot be brought up to date")?;
    let http = helpdesk::http_client()?;
    let courier = courier(settings)?;
    let alerts = Alerts::new(courier.clone(), vault.clone(), post(settings)?);
    let payments = Payments::new(store.clone(), vault.clone(), courier, Arc::clone(&clock));
    let links = Links::new(vault.signing_key().clone(), settings.public_url());
    let connections = Connections::new(store.clone(), vault, http, Arc::clone(&clock));
    let depot = Depot { files: files(settings)?, limit: settings.attachment_limit, per_message: settings.attachments_per_message };
    Ok(Cx { store, clock, connections, depot, links, alerts, articles: Articles::default(), payments })
}

/// What carries signed calls to addresses that people typed in.
pub fn courier(settings: &Settings) -> anyhow::Result<Courier> {
    let targets = match settings.webhook_targets {
        WebhookTargets::Public => Targets::Public,
        WebhookTargets::Any => Targets::Any,
    };
    Ok(Courier::new(targets)?)
}

/// The place for files that the settings name.
fn files(settings: &Settings) -> anyhow::Result<Files> {
    let files = match settings.attachments.strip_prefix("s3://") {
        Some(name) => Files::in_bucket(&Bucket {
            name: name.trim_end_matches('/').to_owned(),
            endpoint: settings.s3_endpoint.clone(),
            region: settings.s3_region.clone(),
            access_key: settings.s3_access_key.clone(),
            secret_key: settings.s3_secret_key.clone(),
        }),
        None => Files::in_folder(&settings.attachments_folder()),
    };
    files.context("files cannot be kept there; check TRILOGUE_ATTACHMENTS")
}

fn post(settings: &Settings) -> anyhow::Result<Option<Post>> {
    let Some(url) = &settings.smtp_url else { return Ok(None) };
    let from = settings.smtp_from.as_deref().context("smtp_url is set, so smtp_from is required: who e-mails are from")?;
    let public_url = settings.public_url.as_ref().map(|_| settings.public_url());
    Ok(Some(Post { mailer: Mailer::new(url.expose_secret(), from)?, public_url }))
}

fn client_address(settings: &Settings) -> anyhow::Result<Option<HeaderName>> {
    Ok(settings.client_address_header.as_deref().map(HeaderName::try_from).transpose()?)
}

/// The origins whose pages may call us: each to the letter as a browser writes it.
fn page_origins(settings: &Settings) -> anyhow::Result<Vec<HeaderValue>> {
    let named = settings.page_origins.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    named
        .map(|origin| {
            let url: url::Url = origin.parse().with_context(|| origin.to_owned())?;
            anyhow::ensure!(url.origin().ascii_serialization() == origin, "{origin} is no bare origin");
            Ok(HeaderValue::from_str(origin)?)
        })
        .collect()
}

fn limits(settings: &Settings) -> RateLimits {
    // Whoever has a context has good settings.
    let client_address = client_address(settings).ok().flatten();
    RateLimits { token: settings.rate_limit, sign_in: settings.sign_in_rate_limit, client_address }
}

/// A server that runs.
pub struct Server {
    stop: CancellationToken,
    doors: tokio::task::JoinHandle<std::io::Result<()>>,
    committing: tokio::task::JoinHandle<()>,
    jobs: TaskTracker,
    graphql: Limited<TrilogueSchema>,
    patience: Duration,
}

/// Whether a server does the work of its queues itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It does.
    Here,
    /// Somebody else does: another process, or a test.
    Elsewhere,
}

impl Server {
    /// Starts everything on the listener.
    pub fn start(cx: &Cx, settings: &Settings, listener: TcpListener, work: Work) -> anyhow::Result<Self> {
        let pages = Pages::load(&settings.pages).context("the pages cannot be used; check TRILOGUE_PAGES")?;
        Ok(Self::start_with(cx, settings, listener, work, (pages, Router::new())))
    }

    /// The same with these pages, and with more routes.
    pub fn start_with(cx: &Cx, settings: &Settings, listener: TcpListener, work: Work, (pages, more): (Pages, Router)) -> Self {
        let stop = CancellationToken::new();
        let (committer, committing) = Committer::start(cx.store.clone(), settings.inbox_queue);
        let graphql = Limited::new(schema());
        let doors = Doors {
            cx: cx.clone(),
            committer,
            graphql: graphql.clone(),
            metrics: telemetry::metrics(),
            webhook_limit: settings.webhook_limit,
            origins: page_origins(settings).unwrap_or_default(),
            limits: limits(settings),
            pages,
        };
        let router = http::router(doors, &stop).merge(more);
        let shut = stop.clone().cancelled_owned();
        let doors = tokio::spawn(
            axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(shut).into_future(),
        );
        let jobs = TaskTracker::new();
        if work == Work::Here {
            let job_settings = JobSettings {
                concurrency: settings.concurrency,
                reconcile_every: TimeDelta::minutes(settings.reconcile_minutes.into()),
                keep_finished: TimeDelta::days(settings.keep_days.into()),
            };
            jobs::start(cx, job_settings, &jobs, &stop);
        }
        jobs.close();
        let patience = Duration::from_secs(settings.drain_seconds.into());
        Self { stop, doors, committing, jobs, graphql, patience }
    }

    /// Stops: no new request is taken, what was begun is finished, what was acknowledged is stored.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        let drained = async {
            self.doors.await??;
            self.graphql.finish().await;
            self.jobs.wait().await;
            // The doors held the only other ways into the inbox, so the committer ends with everything stored.
            self.committing.await?;
            anyhow::Ok(())
        };
        tokio::time::timeout(self.patience, drained).await.unwrap_or_else(|_| {
            tracing::warn!("not everything was finished in time; what is left goes on at the next start");
            Ok(())
        })
    }
}

/// Serves until `until` is over, then stops in order.
pub async fn serve(settings: &Settings, clock: SharedClock, until: impl Future<Output = ()>) -> anyhow::Result<()> {
    let cx = context(settings, clock).await?;
    if cx.store.backend() == Backend::Sqlite {
        // Nobody else works on it, so what was begun before is nobody's now and need not wait for its lease.
        cx.store.release_leases().await?;
    }
    let listener =
        TcpListener::bind(settings.bind).await.with_context(|| format!("cannot listen on {}; is another server there?", settings.bind))?;
    tracing::info!(address = %listener.local_addr()?, public_url = settings.public_url(), "trilogue serves");
    let server = Server::start(&cx, settings, listener, Work::Here)?;
    until.await;
    tracing::info!("trilogue stops");
    server.stop().await
}
