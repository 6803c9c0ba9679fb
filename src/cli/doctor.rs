//! `trilogue doctor`: what is well, what is not, and what to do about it.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::output::{Output, reason};
use crate::app;
use crate::clock::SystemClock;
use crate::config::Settings;
use crate::domain::calendar::BusinessCalendar;
use crate::domain::ids::ConnectionId;
use crate::helpdesk::{self, HelpdeskError};
use crate::store::{PaymentConnectionState, Store, StoreOptions};
use crate::workflow::Error;
use crate::workflow::connections::Connections;
use crate::workflow::payments::Payments;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Well,
    Warning,
    Ill,
}

/// One thing that was looked at.
struct Finding {
    what: String,
    verdict: Verdict,
    /// What was seen, and, unless all is well, what to do.
    say: String,
}

#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, what: impl Into<String>, verdict: Verdict, say: impl Into<String>) {
        self.0.push(Finding { what: what.into(), verdict, say: say.into() });
    }
}

/// Looks at everything. Fails when something is ill, so that scripts notice.
pub(super) async fn examine(settings: &Settings, out: Output) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    look_at_settings(settings, &mut report);
    if let Some(store) = look_at_database(settings, &mut report).await {
        look_at_connections(settings, &store, &mut report).await;
        look_at_payments(settings, &store, &mut report).await;
        look_at_calendars(&store, &mut report).await;
        look_at_ledgers(&store, &mut report).await;
        look_at_queues(&store, &mut report).await;
    }
    let ill = report.0.iter().any(|finding| finding.verdict == Verdict::Ill);
    let rows: Vec<Value> =
        report.0.iter().map(|finding| json!({ "check": finding.what, "verdict": word(finding.verdict), "say": finding.say })).collect();
    let width = report.0.iter().map(|finding| finding.what.chars().count()).max().unwrap_or(0);
    let text: Vec<_> =
        report.0.iter().map(|finding| format!("{} {:<width$}  {}", mark(finding.verdict), finding.what, finding.say)).collect();
    out.both(|| json!({ "healthy": !ill, "checks": rows }), &text.join("\n"));
    Ok(if ill { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Well => "well",
        Verdict::Warning => "warning",
        Verdict::Ill => "ill",
    }
}

const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Well => "✔",
        Verdict::Warning => "!",
        Verdict::Ill => "✘",
    }
}

fn look_at_settings(settings: &Settings, report: &mut Report) {
    let url = settings.public_url();
    if url.starts_with("https://") {
        report.add("public address", Verdict::Well, url);
    } else {
        report.add(
            "public address",
            Verdict::Warning,
            format!("{url} cannot be reached by a helpdesk; set TRILOGUE_PUBLIC_URL to the https address that leads here"),
        );
    }
    match settings.vault() {
        Ok(_) => report.add(
            "secret key",
            Verdict::Well,
            settings
                .key_file()
                .filter(|_| settings.secret_key.is_none())
                .map_or_else(|| "set".to_owned(), |path| format!("in {}; back it up with the database", path.display())),
        ),
        Err(error) => report.add("secret key", Verdict::Ill, error.to_string()),
    }
}

async fn look_at_database(settings: &Settings, report: &mut Report) -> Option<Store> {
    let opened = Store::open(&settings.database_url, StoreOptions { connections: 2 }, Arc::new(SystemClock)).await;
    let store = match opened {
        Ok(store) => store,
        Err(error) => {
            report.add(
                "database",
                Verdict::Ill,
                format!("cannot be opened ({}); check DATABASE_URL and that the server runs", reason(&error)),
            );
            return None;
        }
    };
    match store.pending_migrations().await {
        Ok(0) => report.add("database", Verdict::Well, "open, tables up to date"),
        Ok(count) => {
            report.add("database", Verdict::Ill, format!("the tables are {count} step(s) behind; run `trilogue migrate`"));
            return None;
        }
        Err(error) => {
            report.add("database", Verdict::Ill, format!("cannot be read ({})", reason(&error)));
            return None;
        }
    }
    Some(store)
}

async fn look_at_connections(settings: &Settings, store: &Store, report: &mut Report) {
    let (Ok(vault), Ok(http)) = (settings.vault(), helpdesk::http_client()) else { return };
    let connections = Connections::new(store.clone(), vault, http, Arc::new(SystemClock));
    match store.connections(None).await {
        Ok(rows) if rows.is_empty() => {
            report.add(
                "connections",
                Verdict::Warning,
                "none yet; see `trilogue connect zendesk --help` and `trilogue connect freshdesk --help`",
            );
        }
        Ok(rows) => {
            for row in rows {
                let (verdict, say) = greet(&connections, row.id).await;
                report.add(format!("{} {}", row.kind.name(), row.id), verdict, format!("{}: {say}", row.base_url));
                look_at_identity(&connections, row.id, report).await;
            }
        }
        Err(error) => report.add("connections", Verdict::Ill, reason(&error)),
    }
}

async fn greet(connections: &Connections, id: ConnectionId) -> (Verdict, String) {
    let connected = match connections.get(id).await {
        Ok(connected) => connected,
        Err(Error::Vault(error)) => return (Verdict::Ill, format!("{error}; restore the key, or connect again")),
        Err(error) => return (Verdict::Ill, reason(&error)),
    };
    match connected.account().await {
        Ok(account) => (Verdict::Well, format!("signed in as user {}", account.user)),
        Err(HelpdeskError::Unauthorized { .. }) => {
            (Verdict::Ill, "our credentials are refused; run `trilogue connect` again with good ones".to_owned())
        }
        Err(error) => (Verdict::Warning, error.to_string()),
    }
}

/// Whether agents can sign in at the provider that the connection names.
async fn look_at_identity(connections: &Connections, id: ConnectionId, report: &mut Report) {
    let Ok(connected) = connections.get(id).await else { return };
    let Some(provider) = &connected.identity else { return };
    let (verdict, say) = match provider.look().await {
        Ok(()) => (Verdict::Well, format!("{} answers", provider.issuer())),
        Err(error) => (Verdict::Ill, format!("{}: {}", provider.issuer(), reason(&error))),
    };
    report.add(format!("sign-in of {id}"), verdict, say);
}

/// Whether money can go back, and its reports be believed. Nothing is asked of the payment system: its key may do no more than refund.
async fn look_at_payments(settings: &Settings, store: &Store, report: &mut Report) {
    let (Ok(vault), Ok(courier)) = (settings.vault(), app::courier(settings)) else { return };
    let payments = Payments::new(store.clone(), vault, courier, Arc::new(SystemClock));
    let rows = match store.payment_connections(None).await {
        Ok(rows) => rows,
        Err(error) => return report.add("payments", Verdict::Ill, reason(&error)),
    };
    for row in rows.iter().filter(|row| row.state == PaymentConnectionState::Active) {
        let (verdict, say) = match payments.hears(row) {
            Ok(true) => (Verdict::Well, "its reports can be checked".to_owned()),
            Ok(false) => (Verdict::Warning, "its reports cannot be checked; give `trilogue connect stripe --webhook-secret`".to_owned()),
            Err(error) => (Verdict::Ill, format!("{}; restore the key, or connect again", reason(&error))),
        };
        report.add(format!("payments {}", row.id), verdict, say);
    }
    match (store.payments_depth().await, store.payment_news_depth().await) {
        (Ok(calls), Ok(news)) if calls.parked + calls.dead + news.parked + news.dead > 0 => report.add(
            "refunds",
            Verdict::Warning,
            format!(
                "{} wait for a person, and {} reports cannot be read; see `trilogue payments list --status parked`",
                calls.parked + calls.dead,
                news.parked + news.dead
            ),
        ),
        (Ok(calls), Ok(_)) => report.add("refunds", Verdict::Well, format!("{} on their way", calls.unfinished)),
        (Err(error), _) | (_, Err(error)) => report.add("refunds", Verdict::Ill, reason(&error)),
    }
}

/// Holidays are known for some years ahead; past them, deadlines would be counted by the clock.
async fn look_at_calendars(store: &Store, report: &mut Report) {
    let Ok(marketplaces) = store.marketplaces().await else { return };
    let in_a_year = store.clock().now().date_naive() + TimeDelta::days(366);
    for marketplace in marketplaces {
        let known_until = marketplace.charter.business_hours.as_deref().and_then(BusinessCalendar::known_until);
        if let Some(last) = known_until.filter(|last| *last < in_a_year) {
            let say = format!("the public holidays of its business hours are known until {last} only; a newer release knows more");
            report.add(format!("marketplace {}", marketplace.slug), Verdict::Warning, say);
        }
    }
}

/// Adds up what was booked.
async fn look_at_ledgers(store: &Store, report: &mut Report) {
    let Ok(marketplaces) = store.marketplaces().await else { return };
    for marketplace in marketplaces {
        let what = format!("ledger of {}", marketplace.slug);
        match store.audit_ledger(marketplace.id).await {
            Ok(faults) if faults.is_empty() => report.add(what, Verdict::Well, "everything sums to zero"),
            Ok(faults) => {
                let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
                report.add(what, Verdict::Ill, format!("{}; no program of ours does this: keep a copy and tell us", told.join("; ")));
            }
            Err(error) => report.add(what, Verdict::Ill, reason(&error)),
        }
    }
}

async fn look_at_queues(store: &Store, report: &mut Report) {
    for (name, depth) in [("inbox", store.inbox_depth().await), ("outbox", store.outbox_depth().await)] {
        match depth {
            Ok(depth) if depth.parked + depth.dead > 0 => report.add(
                name,
                Verdict::Warning,
                format!("{} wait for a person and {} were given up; see `trilogue {name} list`", depth.parked, depth.dead),
            ),
            Ok(depth) => report.add(name, Verdict::Well, format!("{} waiting", depth.unfinished)),
            Err(error) => report.add(name, Verdict::Ill, reason(&error)),
        }
    }
}
