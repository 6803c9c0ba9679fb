//! Who pays for what a decision gives.

use async_graphql::{InputObject, SimpleObject};

use crate::domain::money::BasisPoints;
use crate::domain::refunds::{Bearing, CostPlan, SharedCost};
use crate::domain::refusal::Refusal;
use crate::workflow::{Error, refused};

/// Who pays for what the buyer gets. The buyer gets the same whoever it is.
#[derive(SimpleObject)]
#[graphql(name = "DisputeCosts")]
pub(in crate::graphql) struct Costs {
    /// For the goods, their tax and the fees.
    goods: Shares,
    /// For the delivery and its tax.
    delivery: Shares,
}

/// Shares that are the whole together: 10,000 basis points.
#[expect(clippy::struct_field_names, reason = "a unit belongs to its name")]
#[derive(SimpleObject)]
#[graphql(name = "DisputeCostShares")]
pub(in crate::graphql) struct Shares {
    /// The seller's, in basis points.
    seller_basis_points: i32,
    /// The operator's, in basis points.
    operator_basis_points: i32,
    /// The carrier's, in basis points.
    carrier_basis_points: i32,
}

impl From<Bearing> for Shares {
    fn from(bearing: Bearing) -> Self {
        const WHOLE: i32 = BasisPoints::WHOLE.get() as i32;
        let of = |seller_basis_points, operator_basis_points, carrier_basis_points| Self {
            seller_basis_points,
            operator_basis_points,
            carrier_basis_points,
        };
        match bearing {
            Bearing::Seller => of(WHOLE, 0, 0),
            Bearing::Operator => of(0, WHOLE, 0),
            Bearing::Carrier => of(0, 0, WHOLE),
            Bearing::Shared(shares) => of(shares.seller().get().into(), shares.operator().get().into(), shares.carrier().get().into()),
        }
    }
}

impl From<CostPlan> for Costs {
    fn from(plan: CostPlan) -> Self {
        Self { goods: plan.goods.into(), delivery: plan.delivery.into() }
    }
}

/// Who pays for what the buyer gets.
#[derive(InputObject)]
#[graphql(name = "DisputeCostsInput")]
pub(in crate::graphql) struct CostsInput {
    /// For the goods, their tax and the fees.
    goods: SharesInput,
    /// For the delivery and its tax; null for the same.
    delivery: Option<SharesInput>,
}

/// Shares that are the whole together: 10,000 basis points.
#[expect(clippy::struct_field_names, reason = "a unit belongs to its name")]
#[derive(InputObject, Clone, Copy)]
#[graphql(name = "DisputeCostSharesInput")]
pub(in crate::graphql) struct SharesInput {
    /// The seller's, in basis points.
    #[graphql(default)]
    seller_basis_points: i32,
    /// The operator's, in basis points.
    #[graphql(default)]
    operator_basis_points: i32,
    /// The carrier's, in basis points.
    #[graphql(default)]
    carrier_basis_points: i32,
}

impl SharesInput {
    pub(super) fn bearing(self, path: &[&str]) -> Result<Bearing, Error> {
        let no = |message: String| refused(path, Refusal::Invalid { message });
        let points = |points: i32| {
            let points = u16::try_from(points).ok().and_then(|points| BasisPoints::new(points).ok());
            points.ok_or_else(|| no("A share is 0 to 10000 basis points.".to_owned()))
        };
        let whole = i32::from(BasisPoints::WHOLE.get());
        Ok(match (self.seller_basis_points, self.operator_basis_points, self.carrier_basis_points) {
            (seller, 0, 0) if seller == whole => Bearing::Seller,
            (0, operator, 0) if operator == whole => Bearing::Operator,
            (0, 0, carrier) if carrier == whole => Bearing::Carrier,
            (seller, operator, carrier) => {
                let shared = SharedCost::new(points(seller)?, points(operator)?, points(carrier)?);
                Bearing::Shared(shared.map_err(|error| refused(path, Refusal::Refund(error)))?)
            }
        })
    }
}

impl CostsInput {
    pub(super) fn plan(&self) -> Result<CostPlan, Error> {
        let goods = self.goods.bearing(&["costBearer", "goods"])?;
        let delivery = self.delivery.map(|shares| shares.bearing(&["costBearer", "delivery"])).transpose()?;
        Ok(CostPlan { goods, delivery: delivery.unwrap_or(goods) })
    }
}
