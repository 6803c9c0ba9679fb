//! The door of sellers' quarters: what was booked, for programs and for spreadsheets.

use std::fmt::Write;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use futures_util::stream;
use serde_json::json;

use super::answers;
use super::csv::{row, text};
use super::papers::{Sealed, Way, document, plain, word};
use crate::workflow::ledger::export::{self, Export, Header, Line, Totals};
use crate::workflow::{Cx, Error};

/// The routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(cx: &Cx) -> Router<S> {
    Router::new().route("/sellers/{seller}/quarters/{quarter}/{file}", get(answer)).with_state(cx.clone())
}

/// How a quarter is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Totals,
    Entries,
    Json,
}

impl Style {
    fn of(file: &str) -> Option<Self> {
        match file {
            "totals.csv" => Some(Self::Totals),
            "entries.csv" => Some(Self::Entries),
            "quarter.json" => Some(Self::Json),
            _ => None,
        }
    }
}

async fn answer(
    State(cx): State<Cx>,
    Path((seller, quarter, file)): Path<(String, String, String)>,
    Query(sealed): Query<Sealed>,
    headers: HeaderMap,
) -> Response {
    let scope = match sealed.scope(&cx, &headers, |seal| export::open_link(&cx, &seller, &quarter, &file, seal)).await {
        Ok(scope) => scope,
        Err(refusal) => return *refusal,
    };
    let (Some(style), Ok(seller), Ok(quarter)) = (Style::of(&file), seller.parse(), quarter.parse()) else { return answers::not_found() };
    match export::begin(&cx, scope, seller, quarter).await {
        Ok((header, export)) => served(style, header, export),
        Err(Error::NotFound) => answers::not_found(),
        Err(error) => answers::failed(&error),
    }
}

fn served(style: Style, header: Header, export: Export) -> Response {
    let (content_type, extension) = match style {
        Style::Totals | Style::Entries => ("text/csv; charset=utf-8; header=present", "csv"),
        Style::Json => ("application/json; charset=utf-8", "json"),
    };
    let what = if style == Style::Entries { "-entries" } else { "" };
    let name = format!("{}-{}{what}.{extension}", plain(&header.seller.external_id), header.quarter);
    document(content_type, Way::Attachment, &name, Body::from_stream(written(style, header, export)))
}

struct Writer {
    style: Style,
    header: Header,
    export: Export,
    begun: bool,
    over: bool,
    /// Whether an entry was written, so that a comma goes before the next.
    listed: bool,
}

fn written(style: Style, header: Header, export: Export) -> impl stream::Stream<Item = Result<String, Error>> + Send {
    let writer = Writer { style, header, export, begun: false, over: false, listed: false };
    stream::try_unfold(writer, async |mut writer| match writer.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, writer))),
        Err(error) => {
            tracing::error!(%error, "an export broke off");
            Err(error)
        }
    })
}

impl Writer {
    /// The next piece of the file; none when it is whole.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        if !self.begun {
            self.begun = true;
            return Ok(Some(self.opening()));
        }
        if self.over {
            return Ok(None);
        }
        if let Some(lines) = self.export.next().await? {
            return Ok(Some(lines.iter().map(|line| self.line(line)).collect()));
        }
        self.over = true;
        Ok(Some(self.closing()))
    }

    fn opening(&self) -> String {
        let Header { generated_at, marketplace, seller, quarter, time } = &self.header;
        match self.style {
            Style::Totals => row(TOTALS.map(str::to_owned)),
            Style::Entries => row(ENTRIES.map(str::to_owned)),
            Style::Json => {
                let header = json!({
                    "format": "trilogue-quarter-export", "version": 1, "generatedAt": generated_at,
                    "marketplace": { "id": marketplace.id, "name": marketplace.name, "timeZone": marketplace.timezone.name() },
                    "seller": { "id": seller.id, "externalId": seller.external_id, "name": seller.name },
                    "quarter": { "year": quarter.year, "number": quarter.number, "from": time.start, "until": time.end },
                });
                format!("{{\"header\":{header},\n\"entries\":[")
            }
        }
    }

    fn line(&mut self, line: &Line) -> String {
        let Line { posting, order } = line;
        let mut out = String::new();
        for entry in &posting.entries {
            let (kind, amount) = (word(entry.entry.kind), entry.entry.amount);
            let line = entry.entry.line.as_ref().map(ToString::to_string);
            match self.style {
                Style::Totals => {}
                Style::Entries => out.push_str(&row([
                    posting.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                    entry.id.to_string(),
                    posting.id.to_string(),
                    posting.corrects.map(|id| id.to_string()).unwrap_or_default(),
                    cause(posting),
                    kind,
                    amount.amount(),
                    amount.currency.code().to_owned(),
                    text(order.as_deref()),
                    text(line.as_deref()),
                    posting.refund.map(|id| id.to_string()).unwrap_or_default(),
                    text(posting.note.as_deref()),
                ])),
                Style::Json => {
                    let shown = json!({
                        "at": posting.at, "id": entry.id, "posting": posting.id, "corrects": posting.corrects, "cause": cause(posting),
                        "kind": kind, "amount": amount.amount(), "currency": amount.currency.code(), "orderReference": order,
                        "orderLine": line, "refund": posting.refund, "note": posting.note,
                    });
                    let comma = if std::mem::replace(&mut self.listed, true) { ",\n" } else { "\n" };
                    // A `String` takes all that is written to it.
                    let _ = write!(out, "{comma}{shown}");
                }
            }
        }
        out
    }

    fn closing(&self) -> String {
        let totals = self.export.totals();
        match self.style {
            Style::Totals => totals.iter().map(|totals| row(self.totals(totals).map(|(_, value)| value))).collect(),
            Style::Entries => String::new(),
            Style::Json => {
                let shown: Vec<_> = totals
                    .iter()
                    .map(|totals| {
                        let [_, _, _, _, fields @ ..] = self.totals(totals);
                        let amounts = fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value)));
                        let mut shown: serde_json::Map<_, _> = amounts.collect();
                        shown.insert("sales".to_owned(), json!(totals.quarter.sales));
                        serde_json::Value::Object(shown)
                    })
                    .collect();
                format!("\n],\n\"totals\":{}}}\n", json!(shown))
            }
        }
    }

    /// What a quarter comes to, as named texts in the order of the columns.
    fn totals(&self, totals: &Totals) -> [(&'static str, String); 14] {
        let Header { seller, quarter, .. } = &self.header;
        let Totals { opening, quarter: sums, payouts, closing } = totals;
        // Sums of what was summed before cannot be too large.
        let net = sums.net().map(crate::domain::money::Money::amount).unwrap_or_default();
        [
            ("sellerId", seller.id.to_string()),
            ("sellerExternalId", text(Some(&seller.external_id))),
            ("sellerName", text(Some(&seller.name))),
            ("quarter", quarter.to_string()),
            ("currency", opening.currency.code().to_owned()),
            ("sales", sums.sales.to_string()),
            ("gross", sums.gross.amount()),
            ("refunds", sums.refunds.amount()),
            ("commissions", sums.commissions.amount()),
            ("other", sums.other.amount()),
            ("net", net),
            ("payouts", payouts.amount()),
            ("openingBalance", opening.amount()),
            ("closingBalance", closing.amount()),
        ]
    }
}

const TOTALS: [&str; 14] = [
    "seller_id",
    "seller_external_id",
    "seller_name",
    "quarter",
    "currency",
    "sales",
    "gross",
    "refunds",
    "commissions",
    "other",
    "net",
    "payouts",
    "opening_balance",
    "closing_balance",
];
const ENTRIES: [&str; 12] = [
    "at",
    "entry_id",
    "posting_id",
    "corrects_posting_id",
    "cause",
    "kind",
    "amount",
    "currency",
    "order_reference",
    "order_line",
    "refund_id",
    "note",
];

/// Why a posting was booked: the kind of cause, without its ids.
fn cause(posting: &crate::store::PostingRow) -> String {
    serde_json::to_value(&posting.cause).ok().and_then(|cause| cause["type"].as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_and_of_fields_agree() {
        let snake = |name: &str| {
            name.chars().fold(String::new(), |out, letter| {
                if letter.is_ascii_uppercase() { format!("{out}_{}", letter.to_ascii_lowercase()) } else { format!("{out}{letter}") }
            })
        };
        assert_eq!(snake("openingBalance"), TOTALS[12]);
        assert_eq!(snake("sellerExternalId"), TOTALS[1]);
    }
}
