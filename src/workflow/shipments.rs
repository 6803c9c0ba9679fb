//! What the marketplace's software tells about parcels.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use url::Url;

use super::orders::{ID_LIMIT, LINES_LIMIT, limit};
use super::{Check, Cx, Error, Result, ratings};
use crate::domain::cases::CasePhase;
use crate::domain::ids::OrderId;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::shipments::{self, Shipment, ShipmentReport, ShippedLine};
use crate::policy::{self, Permission};
use crate::store::{KnownOrder, Tx};

/// The longest address at which a parcel is followed, in characters.
const URL_LIMIT: usize = 2_000;
/// So much may the reporter's clock be ahead of ours.
const CLOCK_LEEWAY: TimeDelta = TimeDelta::minutes(5);

/// A parcel as the vendor tells it.
#[derive(Debug, Clone)]
pub struct ShipmentInput {
    /// The order's reference.
    pub order_reference: String,
    /// The marketplace's own id of it, unique in the order.
    pub external_id: String,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number of it.
    pub tracking_number: Option<String>,
    /// Where it can be followed.
    pub tracking_url: Option<String>,
    /// What is in it: the marketplace's ids of order lines, and how many.
    pub lines: Vec<ShippedLine>,
    /// By when the buyer was promised to have it.
    pub promised_at: Option<DateTime<Utc>>,
    /// When it left.
    pub shipped_at: Option<DateTime<Utc>>,
    /// When the buyer got it.
    pub delivered_at: Option<DateTime<Utc>>,
    /// As of when all this is so; now when nobody says.
    pub reported_at: Option<DateTime<Utc>>,
}

/// Stores what is known of parcels: all of it, or nothing when one has a fault. Done twice, it is done once; what is older
/// than what is known changes nothing. Gives the parcels as they are known now.
pub async fn report(cx: &Cx, actor: &Actor, inputs: Vec<ShipmentInput>) -> Result<Vec<Shipment>> {
    policy::require(&actor.who, Permission::UpsertOrders)?;
    let mut check = Check::default();
    limit(&mut check, "shipments", inputs.len());
    check.done()?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let references: Vec<_> = inputs.iter().map(|input| input.order_reference.clone()).collect::<HashSet<_>>().into_iter().collect();
    let orders = tx.lock_orders(&references).await?;

    let mut check = Check::default();
    let mut seen = HashSet::new();
    let mut reports = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.into_iter().enumerate() {
        let index = index.to_string();
        if !seen.insert((input.order_reference.clone(), input.external_id.clone())) {
            check.fault(&["shipments", &index, "externalId"], Refusal::Twice { key: input.external_id.chars().take(ID_LIMIT).collect() });
        }
        reports.extend(read(&mut check, &index, input, &orders, cx.now()));
    }
    check.done()?;

    let ids: Vec<_> = orders.values().map(|order| order.id).collect();
    let key = |report: &ShipmentReport| (report.order, report.external_id.clone());
    let known: HashMap<_, _> = tx.shipments(&ids).await?.into_iter().map(|shipment| (key(&shipment.known), shipment)).collect();
    let (mut changed, mut result) = (Vec::new(), Vec::with_capacity(reports.len()));
    for report in reports {
        let before = known.get(&key(&report));
        match (Shipment::after(before, report, cx.now()), before) {
            (Some(after), _) => {
                changed.push(after.clone());
                result.push(after);
            }
            (None, Some(before)) => result.push(before.clone()),
            (None, None) => return Err(Error::NotFound),
        }
    }
    tx.save_shipments(&changed).await?;
    ratings::plan_after_delivery(&tx, &marketplace, &known, &changed).await?;
    tx.commit().await?;
    Ok(result)
}

/// A report whose order is known; its faults are in `check`.
fn read(
    check: &mut Check,
    index: &str,
    input: ShipmentInput,
    orders: &HashMap<String, KnownOrder>,
    now: DateTime<Utc>,
) -> Option<ShipmentReport> {
    let path = |field| ["shipments", index, field];
    check.text(&path("externalId"), "The external id", &input.external_id, ID_LIMIT);
    if let Some(carrier) = &input.carrier {
        check.text(&path("carrier"), "The carrier", carrier, ID_LIMIT);
    }
    if let Some(number) = &input.tracking_number {
        check.text(&path("trackingNumber"), "The tracking number", number, ID_LIMIT);
    }
    if let Some(address) = &input.tracking_url {
        check.text(&path("trackingUrl"), "The address", address, URL_LIMIT);
        if !Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            let message = "This must be a web address that begins with https:// or http://.";
            check.fault(&path("trackingUrl"), Refusal::Invalid { message: message.into() });
        }
    }
    let times = [
        ("promisedAt", input.promised_at),
        ("shippedAt", input.shipped_at),
        ("deliveredAt", input.delivered_at),
        ("reportedAt", input.reported_at),
    ];
    for (field, time) in times {
        if time.is_some_and(|time| !(1970..=9999).contains(&time.year())) {
            check.fault(&path(field), Refusal::Invalid { message: "The year must be between 1970 and 9999.".into() });
        }
    }
    // One from the future would keep out every report until then.
    for (field, time) in [("deliveredAt", input.delivered_at), ("reportedAt", input.reported_at)] {
        if time.is_some_and(|time| time > now + CLOCK_LEEWAY) {
            check.fault(&path(field), Refusal::Invalid { message: "This must not be in the future.".into() });
        }
    }
    let Some(order) = orders.get(&input.order_reference) else {
        check.fault(&path("orderReference"), Refusal::NotFound { what: "Order" });
        return None;
    };
    read_lines(check, index, &input.lines, order);
    Some(ShipmentReport {
        order: order.id,
        external_id: input.external_id,
        carrier: input.carrier,
        tracking_number: input.tracking_number,
        tracking_url: input.tracking_url,
        lines: input.lines,
        promised_at: input.promised_at,
        shipped_at: input.shipped_at,
        delivered_at: input.delivered_at,
        reported_at: input.reported_at.unwrap_or(now),
    })
}

fn read_lines(check: &mut Check, index: &str, lines: &[ShippedLine], order: &KnownOrder) {
    if lines.is_empty() {
        check.fault(&["shipments", index, "lines"], Refusal::Invalid { message: "Name at least one order line.".into() });
    }
    if lines.len() > LINES_LIMIT {
        check.fault(&["shipments", index, "lines"], Refusal::TooMany { limit: LINES_LIMIT });
        return;
    }
    let mut seen = HashSet::new();
    for (number, part) in lines.iter().enumerate() {
        let number = number.to_string();
        let path = |field| ["shipments", index, "lines", number.as_str(), field];
        if !seen.insert(part.line.as_str()) {
            check.fault(&path("lineExternalId"), Refusal::Twice { key: part.line.chars().take(ID_LIMIT).collect() });
        }
        match order.lines.get(&part.line) {
            None => check.fault(&path("lineExternalId"), Refusal::NotFound { what: "Order line" }),
            Some(ordered) if !(1..=*ordered).contains(&part.quantity) => {
                let message = format!("The quantity must be between 1 and the {ordered} that were ordered.");
                check.fault(&path("quantity"), Refusal::Invalid { message });
            }
            Some(_) => {}
        }
    }
}

/// On which side of delivery a case about an order, or a line of it, stands; none when nothing is known of its parcels.
pub(super) async fn phase(tx: &Tx, order: Option<OrderId>, line: Option<&str>) -> Result<Option<CasePhase>> {
    let Some(order) = order else { return Ok(None) };
    let known = tx.shipments(&[order]).await?;
    if known.is_empty() {
        return Ok(None);
    }
    Ok(shipments::phase(&tx.ordered(order).await?, &known, line))
}
