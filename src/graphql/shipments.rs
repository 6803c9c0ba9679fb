//! Parcels on their way to buyers.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::errors::{Result, UserError, split};
use super::session::session;
use crate::domain::shipments::{Shipment, ShippedLine};
use crate::workflow::shipments::{self, ShipmentInput};

/// A parcel of an order. The marketplace's software tells it by `shipmentsReport`.
#[derive(SimpleObject)]
#[graphql(name = "Shipment")]
pub(super) struct ShipmentObject {
    /// The marketplace's own id of it, unique in the order.
    external_id: String,
    /// Who carries it; null when unknown.
    carrier: Option<String>,
    /// The carrier's number of it; null when unknown.
    tracking_number: Option<String>,
    /// Where it can be followed: a web address. Null when unknown.
    tracking_url: Option<String>,
    /// What is in it.
    lines: Vec<ShipmentLineObject>,
    /// By when the buyer was promised to have it; null when nothing was promised.
    promised_at: Option<DateTime<Utc>>,
    /// When it left; null when it has not, as far as is known.
    shipped_at: Option<DateTime<Utc>>,
    /// When the buyer got it; null when they have not, as far as is known.
    delivered_at: Option<DateTime<Utc>>,
    /// As of when all this is so.
    reported_at: DateTime<Utc>,
}

/// So much of an order line is in a parcel.
#[derive(SimpleObject)]
#[graphql(name = "ShipmentLine")]
struct ShipmentLineObject {
    /// The marketplace's id of the order line.
    line_external_id: String,
    /// How many.
    quantity: u32,
}

impl From<Shipment> for ShipmentObject {
    fn from(shipment: Shipment) -> Self {
        let known = shipment.known;
        let line = |part: ShippedLine| ShipmentLineObject { line_external_id: part.line, quantity: part.quantity };
        Self {
            external_id: known.external_id,
            carrier: known.carrier,
            tracking_number: known.tracking_number,
            tracking_url: known.tracking_url,
            lines: known.lines.into_iter().map(line).collect(),
            promised_at: known.promised_at,
            shipped_at: known.shipped_at,
            delivered_at: known.delivered_at,
            reported_at: known.reported_at,
        }
    }
}

/// So much of an order line is in a parcel.
#[derive(InputObject)]
pub(super) struct ShipmentLineInput {
    /// The marketplace's id of the order line.
    line_external_id: String,
    /// How many: at least 1, at most as many as were ordered.
    quantity: u32,
}

/// What is known of a parcel. It replaces what was known before, unless that is of a later time.
#[derive(InputObject)]
#[graphql(name = "ShipmentInput")]
pub(super) struct ShipmentFields {
    /// The reference of the order, which must be stored already.
    order_reference: String,
    /// The marketplace's own id of the parcel, 1 to 128 characters, unique in the order.
    external_id: String,
    /// Who carries it, 1 to 128 characters; null when unknown.
    carrier: Option<String>,
    /// The carrier's number of it, 1 to 128 characters; null when unknown.
    tracking_number: Option<String>,
    /// Where it can be followed: a web address, at most 2,000 characters. Null when unknown.
    tracking_url: Option<String>,
    /// What is in it: 1 to 200 lines of the order, each once.
    lines: Vec<ShipmentLineInput>,
    /// By when the buyer was promised to have it: the last moment of the promise. Null when nothing was promised.
    promised_at: Option<DateTime<Utc>>,
    /// When it left; null when it has not.
    shipped_at: Option<DateTime<Utc>>,
    /// When the buyer got it, not in the future; null when they have not.
    delivered_at: Option<DateTime<Utc>>,
    /// As of when all this is so, not in the future; null for now. A report as of an earlier time than what is known changes
    /// nothing.
    reported_at: Option<DateTime<Utc>>,
}

/// Parcels to store.
#[derive(InputObject)]
pub(super) struct ShipmentsReportInput {
    /// At most 500, each parcel once.
    shipments: Vec<ShipmentFields>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct ShipmentsReportPayload {
    /// The parcels as they are known now, in the order of the input; null when nothing was stored.
    shipments: Option<Vec<ShipmentObject>>,
    /// What is wrong with the input; when there is anything, nothing was stored.
    user_errors: Vec<UserError>,
}

impl From<ShipmentFields> for ShipmentInput {
    fn from(shipment: ShipmentFields) -> Self {
        let line = |line: ShipmentLineInput| ShippedLine { line: line.line_external_id, quantity: line.quantity };
        Self {
            order_reference: shipment.order_reference,
            external_id: shipment.external_id,
            carrier: shipment.carrier,
            tracking_number: shipment.tracking_number,
            tracking_url: shipment.tracking_url,
            lines: shipment.lines.into_iter().map(line).collect(),
            promised_at: shipment.promised_at,
            shipped_at: shipment.shipped_at,
            delivered_at: shipment.delivered_at,
            reported_at: shipment.reported_at,
        }
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct ShipmentMutations;

#[Object]
impl ShipmentMutations {
    /// Stores what is known of parcels: all of it, or nothing when one has a fault. For vendors and operators. Safe to repeat,
    /// and reports may come late or in any order: the one as of the latest time counts.
    async fn shipments_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The parcels.")] input: ShipmentsReportInput,
    ) -> Option<Result<ShipmentsReportPayload>> {
        let run = async {
            let session = session(ctx)?;
            let inputs = input.shipments.into_iter().map(Into::into).collect();
            let (stored, user_errors) = split(shipments::report(session.cx(), session.actor(), inputs).await)?;
            let shipments = stored.map(|all| all.into_iter().map(Into::into).collect());
            Ok(ShipmentsReportPayload { shipments, user_errors })
        };
        Some(run.await)
    }
}
