//! The door of figures as files.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::answers;
use super::csv::{row, text};
use super::papers::{Sealed, Way, document, plain, word};
use crate::domain::kpis::{ContactRate, CostLine, Kpi, ReplyFigure, Served, TimeBasis, Verdict};
use crate::domain::money::Money;
use crate::workflow::measures::Asked;
use crate::workflow::measures::export::{self, Content};
use crate::workflow::{Cx, Error};

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new().route("/measures/{*path}", get(answer)).with_state(cx.clone())
}

async fn answer(State(cx): State<Cx>, Path(path): Path<String>, Query(sealed): Query<Sealed>, headers: HeaderMap) -> Response {
    let scope = match sealed.scope(&cx, &headers, |seal| export::open_link(&cx, &path, seal)).await {
        Ok(scope) => scope,
        Err(refusal) => return *refusal,
    };
    match export::content(&cx, scope, &path).await {
        Ok((marketplace, asked, content)) => {
            let (what, lines) = written(&asked, &content);
            let name = format!("{}-{what}-{}-{}.csv", plain(&marketplace.slug), asked.days.from, asked.days.to);
            document("text/csv; charset=utf-8; header=present", Way::Attachment, &name, Body::from(lines))
        }
        Err(Error::NotFound) => answers::not_found(),
        Err(error) => answers::failed(&error),
    }
}

fn written(asked: &Asked, content: &Content) -> (&'static str, String) {
    match content {
        Content::Figures(verdicts) => {
            let head =
                row(["from", "to", "seller", "channel", "reason", "team", "figure", "time", "value", "unit", "sample", "target", "status"]
                    .map(str::to_owned));
            ("figures", head + &verdicts.iter().map(|verdict| figure(asked, verdict)).collect::<String>())
        }
        Content::ContactRates(rates) => {
            let head =
                row(["from", "to", "seller", "channel", "reason", "cases", "avoidable", "orders", "cases_per_100_orders"]
                    .map(str::to_owned));
            ("contact-rates", head + &rates.iter().map(|one| rate(asked, one)).collect::<String>())
        }
        Content::ServiceCosts(lines) => {
            let head = row([
                "from",
                "to",
                "seller",
                "channel",
                "phase",
                "cases",
                "cost",
                "cost_per_case",
                "target_per_case",
                "currency",
                "status",
            ]
            .map(str::to_owned));
            ("service-costs", head + &lines.iter().map(|one| cost(asked, one)).collect::<String>())
        }
    }
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The name of a figure in files, and in what time it is told.
fn named(kpi: Kpi) -> (String, &'static str) {
    let basis = match kpi {
        Kpi::FirstReply(_, TimeBasis::Calendar) => "CALENDAR",
        Kpi::FirstReply(_, TimeBasis::Business) => "BUSINESS",
        _ => "",
    };
    let name = match kpi {
        Kpi::FirstReply(ReplyFigure::Mean, _) => "FIRST_REPLY_MEAN".to_owned(),
        Kpi::FirstReply(ReplyFigure::Median, _) => "FIRST_REPLY_MEDIAN".to_owned(),
        Kpi::FirstReply(ReplyFigure::Percentile(percent), _) => format!("FIRST_REPLY_P{}", u8::from(percent)),
        Kpi::Retention(None) => "RETENTION".to_owned(),
        Kpi::Retention(Some(Served::HadCase)) => "RETENTION_HAD_CASE".to_owned(),
        Kpi::Retention(Some(Served::HadNone)) => "RETENTION_HAD_NONE".to_owned(),
        other => word(other),
    };
    (name, basis)
}

/// Of which days and which seller a row is; of all sellers it is empty.
fn of(asked: &Asked) -> [String; 3] {
    [asked.days.from.to_string(), asked.days.to.to_string(), asked.seller.map(|seller| seller.to_string()).unwrap_or_default()]
}

fn figure(asked: &Asked, verdict: &Verdict) -> String {
    let (name, basis) = named(verdict.figure.kpi);
    let measured = verdict.figure.measured;
    let [from, to, seller] = of(asked);
    row([
        from,
        to,
        seller,
        asked.channel.map(word).unwrap_or_default(),
        text(asked.reason.as_ref().map(ToString::to_string).as_deref()),
        asked.team.map(|team| team.to_string()).unwrap_or_default(),
        name,
        basis.to_owned(),
        number(measured.value),
        word(verdict.figure.kpi.unit()),
        measured.sample.to_string(),
        number(verdict.target),
        word(verdict.status),
    ])
}

fn rate(asked: &Asked, rate: &ContactRate) -> String {
    let reason = rate.reason.as_ref().map(ToString::to_string);
    let [from, to, seller] = of(asked);
    row([
        from,
        to,
        seller,
        rate.channel.map(word).unwrap_or_default(),
        text(reason.as_deref()),
        rate.cases.to_string(),
        rate.avoidable.to_string(),
        rate.per_hundred.sample.to_string(),
        number(rate.per_hundred.value),
    ])
}

fn cost(asked: &Asked, line: &CostLine) -> String {
    let [from, to, seller] = of(asked);
    row([
        from,
        to,
        seller,
        line.channel.map(word).unwrap_or_default(),
        line.phase.map(word).unwrap_or_default(),
        line.cases.to_string(),
        line.cost.amount(),
        line.per_case.amount(),
        line.target.map(Money::amount).unwrap_or_default(),
        line.cost.currency.code().to_owned(),
        word(line.status),
    ])
}
