//! What is given back, and who pays for it.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use super::super::enums::Party;
use super::super::purchases::PartsObject;
use super::super::scalars::MoneyObject;
use super::enums::{ConsentState, RefundForm, RefundMeans};
use crate::domain::money::BasisPoints;
use crate::domain::parties::{View, Who};
use crate::domain::refunds::{Bearing, Consent, CostPlan, Grant, ItemOrder};

/// What is given back on one line.
#[derive(SimpleObject)]
#[graphql(name = "RefundItem")]
pub(in crate::graphql) struct ItemObject {
    /// The line, by the marketplace's id.
    line_id: String,
    /// For how many units. It is information: the amount decides, and a price reduction has no units.
    units: u32,
    /// How much, by what it is for.
    parts: PartsObject,
}

impl From<&ItemOrder> for ItemObject {
    fn from(item: &ItemOrder) -> Self {
        Self { line_id: item.line.to_string(), units: item.units, parts: item.parts.into() }
    }
}

/// Who bears a cost, in basis points that sum to 10,000.
#[derive(SimpleObject)]
#[graphql(name = "CostShares")]
pub(in crate::graphql) struct SharesObject {
    /// The seller.
    seller: i32,
    /// The operator.
    operator: i32,
    /// The carrier.
    carrier: i32,
}

impl From<Bearing> for SharesObject {
    fn from(bearing: Bearing) -> Self {
        let whole = i32::from(BasisPoints::WHOLE.get());
        let (seller, operator, carrier) = match bearing {
            Bearing::Seller => (whole, 0, 0),
            Bearing::Operator => (0, whole, 0),
            Bearing::Carrier => (0, 0, whole),
            Bearing::Shared(shares) => (shares.seller().get().into(), shares.operator().get().into(), shares.carrier().get().into()),
        };
        Self { seller, operator, carrier }
    }
}

/// Who pays for a refund in the end. The buyer gets the same money whoever it is.
#[derive(SimpleObject)]
#[graphql(name = "RefundCosts")]
pub(in crate::graphql) struct CostsObject {
    /// For the goods, their tax and the fees.
    goods: SharesObject,
    /// For the delivery and its tax.
    delivery: SharesObject,
}

impl From<CostPlan> for CostsObject {
    fn from(plan: CostPlan) -> Self {
        Self { goods: plan.goods.into(), delivery: plan.delivery.into() }
    }
}

/// Whether the buyer has to agree, and has.
#[derive(SimpleObject)]
#[graphql(name = "RefundConsent")]
pub(in crate::graphql) struct ConsentObject {
    /// Where it stands.
    state: ConsentState,
    /// Until when the buyer is asked; null when nobody is.
    until: Option<DateTime<Utc>>,
    /// What the buyer agreed to, in the words that were shown; null while they have not.
    text: Option<String>,
    /// When they agreed, or when it fell back; null until then.
    at: Option<DateTime<Utc>>,
}

impl From<&Consent> for ConsentObject {
    fn from(consent: &Consent) -> Self {
        let bare = |state| Self { state, until: None, text: None, at: None };
        match consent {
            Consent::NotNeeded => bare(ConsentState::NotNeeded),
            Consent::Awaited { until } => Self { until: Some(*until), ..bare(ConsentState::Awaited) },
            Consent::Given { text, at, .. } => Self { text: Some(text.clone()), at: Some(*at), ..bare(ConsentState::Given) },
            Consent::FellBack { at } => Self { at: Some(*at), ..bare(ConsentState::FellBack) },
        }
    }
}

/// Somebody who did something to a refund.
#[derive(SimpleObject)]
#[graphql(name = "RefundPerson")]
pub(in crate::graphql) struct PersonObject {
    /// On which side; null for Trilogue itself and for the marketplace's software.
    party: Option<Party>,
    /// By which name; null for viewers other than the operator, and when there is none.
    name: Option<String>,
}

impl PersonObject {
    pub(super) fn of(who: &Who, view: View) -> Self {
        let name = match who {
            Who::Operator { name, .. } | Who::Agent { name, .. } | Who::Seller { name, .. } | Who::Vendor { name, .. } => Some(name),
            Who::Buyer { .. } | Who::Mediator { .. } | Who::Helpdesk { .. } | Who::System => None,
        };
        Self { party: who.party().map(Into::into), name: name.filter(|_| view == View::Whole).cloned() }
    }
}

/// What is given back.
#[derive(SimpleObject)]
#[graphql(name = "RefundGrant")]
pub(in crate::graphql) struct GrantObject {
    /// All of it, with tax; null when it cannot be summed, which does not happen.
    amount: Option<MoneyObject>,
    /// By line, and in each by part.
    items: Vec<ItemObject>,
    /// As what.
    form: RefundForm,
    /// By which way.
    means: RefundMeans,
    /// As what, if the buyer does not take it so: back the way it was paid.
    fallback_form: RefundForm,
    /// Whether the buyer has to agree, and has.
    consent: ConsentObject,
    /// When it was granted.
    granted_at: DateTime<Utc>,
    /// Who pays for it in the end; null for the buyer's side and for mediators.
    costs: Option<CostsObject>,
    /// Who granted it; null for the buyer's side and for mediators.
    granted_by: Option<PersonObject>,
    /// The second person who approved it; null where none was needed, for the buyer's side and for mediators.
    approved_by: Option<PersonObject>,
}

impl GrantObject {
    pub(super) fn of(grant: &Grant, view: View) -> Self {
        let staff = is_staff(view);
        let item = |item: &crate::domain::refunds::GrantedItem| ItemObject {
            line_id: item.sold.line().to_string(),
            units: item.units,
            parts: item.parts.into(),
        };
        Self {
            amount: grant.total().ok().map(Into::into),
            items: grant.items.iter().map(item).collect(),
            form: grant.form.into(),
            means: grant.means.into(),
            fallback_form: grant.fallback.into(),
            consent: (&grant.consent).into(),
            granted_at: grant.at,
            costs: staff.then(|| grant.costs.into()),
            granted_by: staff.then(|| PersonObject::of(&grant.by, view)),
            approved_by: grant.approved_by.as_ref().filter(|_| staff).map(|who| PersonObject::of(who, view)),
        }
    }
}

/// Whether a viewer sees how a refund is decided and paid: seller and operator do.
pub(super) const fn is_staff(view: View) -> bool {
    matches!(view, View::Whole | View::Seller(_))
}
