//! How a refund begins.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::hands::Happened;
use super::super::ids::{OrderId, RefundId};
use super::super::parties::{Party, Who};
use super::super::purchases::LineKey;
use super::amounts::refundable;
use super::{
    Asked, Claim, ClaimStanding, Ground, Moved, Refund, RefundBasis, RefundEffect, RefundEvent, RefundRefusal, RefundStatus, Revision,
};

/// Somebody asks for a refund. Nothing but the line has to be said: the amount is then all that can be refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The order.
    pub order: OrderId,
    /// The line.
    pub line: LineKey,
    /// How much.
    pub asked: Asked,
    /// On what basis.
    pub basis: RefundBasis,
    /// Who asks: the buyer, the seller, the operator for either, or another machine.
    pub by: Who,
}

/// What asking came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// A refund was opened.
    Opened(Box<Moved>),
    /// One is open on the line already; whoever asks again is shown that one, and nothing is changed.
    AlreadyOpen(RefundId),
}

impl Refund {
    /// Asks for a refund. `open` is the refund on the line that is open, if there is one.
    ///
    /// The seller has the first word, for as long as the rules say; then the operator decides.
    pub fn request(
        request: RefundRequest,
        open: Option<&Self>,
        ground: &Ground<'_>,
        at: DateTime<Utc>,
    ) -> Result<Requested, RefundRefusal> {
        if let Some(open) = open.filter(|open| open.status.is_open()) {
            return Ok(Requested::AlreadyOpen(open.id));
        }
        if matches!(request.by, Who::Helpdesk { .. }) {
            return Err(RefundRefusal::NotAllowed);
        }
        refundable(ground, &request.line, request.asked, request.basis)?;
        let decide_by = at + TimeDelta::hours(i64::from(ground.rules.seller_hours));
        Ok(Requested::Opened(Box::new(Self::opened(request, (Party::Seller, Some(decide_by)), at))))
    }

    /// Opens what another of our machines has decided on: nobody's word is waited for. How much it can be is for the grant to say.
    pub fn ordered(request: RefundRequest, at: DateTime<Utc>) -> Moved {
        Self::opened(request, (Party::Operator, None), at)
    }

    fn opened(request: RefundRequest, (decider, decide_by): (Party, Option<DateTime<Utc>>), at: DateTime<Utc>) -> Moved {
        let RefundRequest { order, line, asked, basis, by } = request;
        let refund = Self {
            id: RefundId::generate(),
            order,
            line,
            status: RefundStatus::Requested,
            revision: Revision::default().next(),
            claim: Claim { basis, standing: ClaimStanding::Claimed, clock: None },
            asked,
            asked_by: by,
            decider,
            decide_by,
            proposal: None,
            grant: None,
            decline: None,
            attempts: Vec::new(),
            alert_at: None,
            opened_at: at,
            updated_at: at,
        };
        let events = vec![Happened::for_all(RefundEvent::Requested { basis })];
        // What the operator asks for, it decides about as well: the buyer is told of that.
        let waits_for_somebody = !matches!(refund.asked_by, Who::Operator { .. } | Who::Agent { .. } | Who::System);
        let effects = if waits_for_somebody { vec![RefundEffect::TellBuyer] } else { Vec::new() };
        Moved { refund, events, effects }
    }
}
