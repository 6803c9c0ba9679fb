//! Whether goods may go back: on which right, until when, and at whose cost.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::super::law::{
    Deliveries, Information, LegalDays, Length, Remedied, Roll, WayBackCost, WithdrawalExclusion, WithdrawalWindow, conformity_until,
    way_back_cost,
};
pub use super::super::purchases::{BuyerKind, FinalSale};
use super::super::reasons::CostBearer;
use super::{Cause, LegalBasis, ReasonKind, ReturnPolicy};

/// What is known of the sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleTerms {
    /// In what quality the buyer bought.
    pub buyer: BuyerKind,
    /// When the goods of the whole order came.
    pub deliveries: Deliveries,
    /// Whether the buyer was told of the right to withdraw.
    pub information: Information,
    /// Whether the buyer was told who pays the way back.
    pub way_back: WayBackCost,
}

/// Whether a seal of the goods is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Seal {
    /// It is.
    Whole,
    /// The buyer has said that it is broken.
    Broken,
    /// Nobody knows before the goods are back.
    Unknown,
}

/// What is known of the order line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFacts {
    /// The line, by the marketplace's own id.
    pub order_line: String,
    /// How many pieces were bought.
    pub bought: u32,
    /// When the last piece of the line came; none while it has not.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why there is no right to withdraw from it; none when there is one.
    pub exclusion: Option<WithdrawalExclusion>,
    /// Whether its seal is whole, where an exclusion asks for that.
    pub seal: Seal,
    /// What was done under the guarantee, oldest first.
    pub remedied: Vec<Remedied>,
    /// Whether the charter's goodwill holds for it.
    pub goodwill: FinalSale,
}

/// A right to send goods back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// Which.
    pub basis: LegalBasis,
    /// The last day on which it can be used; none while that is not known.
    pub last_day: Option<NaiveDate>,
    /// The midnight that ends that day.
    pub until: Option<DateTime<Utc>>,
    /// Who pays the way back.
    pub way_back: CostBearer,
    /// An exclusion that hangs on a seal which nobody has seen yet.
    pub unless: Option<WithdrawalExclusion>,
}

/// Why there is no such right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEligible {
    /// It has not come yet.
    #[error("This has not been delivered yet.")]
    NotDelivered,
    /// It is too late.
    #[error("The last day for this was {last_day}.")]
    WindowClosed {
        /// The last day.
        last_day: NaiveDate,
    },
    /// The law leaves these goods out.
    #[error("The law gives no right to withdraw from a contract on goods of this kind.")]
    Excluded(WithdrawalExclusion),
    /// Only consumers have it.
    #[error("Only consumers have this right.")]
    NotAConsumer,
    /// It is for goods that are not what was sold.
    #[error("This right is for goods that are not what was sold; name what is wrong with them.")]
    NothingWrong,
    /// It was sold as final.
    #[error("This was sold as final.")]
    FinalSale,
    /// The charter grants nothing beyond the law.
    #[error("The marketplace grants no returns beyond the law.")]
    NotGranted,
}

/// Each right with its answer, the one that serves the buyer best first: for goods that are not what was sold conformity,
/// which costs the buyer nothing; else withdrawal.
pub fn grounds(
    line: &LineFacts,
    sale: &SaleTerms,
    reason: ReasonKind,
    policy: &ReturnPolicy,
    days: &LegalDays,
    at: DateTime<Utc>,
) -> [(LegalBasis, Result<Ground, NotEligible>); 3] {
    let order = match reason.cause() {
        Cause::NotConform => [LegalBasis::LegalConformity, LegalBasis::Withdrawal, LegalBasis::Commercial],
        Cause::BuyersChoice | Cause::Open => [LegalBasis::Withdrawal, LegalBasis::Commercial, LegalBasis::LegalConformity],
    };
    order.map(|basis| {
        let answer = match basis {
            LegalBasis::Withdrawal => withdrawal_ground(line, sale, days, at),
            LegalBasis::LegalConformity => conformity(line, sale, reason, days, at),
            LegalBasis::Commercial => commercial(line, reason, policy, days, at),
        };
        (basis, answer)
    })
}

/// The right to withdraw: articles L221-18 to L221-20, L221-23 and L221-28.
pub fn withdrawal_ground(line: &LineFacts, sale: &SaleTerms, days: &LegalDays, at: DateTime<Utc>) -> Result<Ground, NotEligible> {
    if sale.buyer == BuyerKind::Professional {
        return Err(NotEligible::NotAConsumer);
    }
    let unless = match line.exclusion {
        Some(exclusion) if exclusion.needs_broken_seal() => match line.seal {
            Seal::Whole => None,
            Seal::Broken => return Err(NotEligible::Excluded(exclusion)),
            Seal::Unknown => Some(exclusion),
        },
        Some(exclusion) => return Err(NotEligible::Excluded(exclusion)),
        None => None,
    };
    let window = WithdrawalWindow::of(&sale.deliveries, sale.information, days);
    let period = window.period();
    match period {
        Some(period) if !period.holds(at) => Err(NotEligible::WindowClosed { last_day: period.last_day }),
        _ => Ok(Ground {
            basis: LegalBasis::Withdrawal,
            last_day: period.map(|period| period.last_day),
            until: period.map(|period| period.ends_at),
            way_back: way_back_cost(sale.way_back),
            unless,
        }),
    }
}

/// Article L217-3: two years from delivery; L217-9 and L217-10: free of charge for the buyer.
fn conformity(line: &LineFacts, sale: &SaleTerms, reason: ReasonKind, days: &LegalDays, at: DateTime<Utc>) -> Result<Ground, NotEligible> {
    if sale.buyer == BuyerKind::Professional {
        return Err(NotEligible::NotAConsumer);
    }
    if reason.cause() == Cause::BuyersChoice {
        return Err(NotEligible::NothingWrong);
    }
    let period = conformity_until(line.delivered_at.ok_or(NotEligible::NotDelivered)?, &line.remedied, days);
    if !period.holds(at) {
        return Err(NotEligible::WindowClosed { last_day: period.last_day });
    }
    Ok(Ground {
        basis: LegalBasis::LegalConformity,
        last_day: Some(period.last_day),
        until: Some(period.ends_at),
        way_back: CostBearer::Seller,
        unless: None,
    })
}

/// What the charter grants. Goods that are not what was sold never cost the buyer the way back.
fn commercial(
    line: &LineFacts,
    reason: ReasonKind,
    policy: &ReturnPolicy,
    days: &LegalDays,
    at: DateTime<Utc>,
) -> Result<Ground, NotEligible> {
    if policy.goodwill.days == 0 {
        return Err(NotEligible::NotGranted);
    }
    if line.goodwill == FinalSale::Final {
        return Err(NotEligible::FinalSale);
    }
    let delivered = days.date_of(line.delivered_at.ok_or(NotEligible::NotDelivered)?);
    let last_day = days.last_day(delivered, Length::Days(policy.goodwill.days), Roll::AsItFalls);
    let until = days.end_of(last_day);
    if at >= until {
        return Err(NotEligible::WindowClosed { last_day });
    }
    let way_back = if reason.cause() == Cause::NotConform { CostBearer::Seller } else { policy.goodwill.way_back };
    Ok(Ground { basis: LegalBasis::Commercial, last_day: Some(last_day), until: Some(until), way_back, unless: None })
}
