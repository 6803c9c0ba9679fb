//! What the charter says about the pool.

use async_graphql::{Enum, InputObject, Object, OneofObject, SimpleObject};

use super::super::enums::CasePhase;
use super::super::scalars::{MoneyInput, MoneyObject};
use super::super::triage::money;
use crate::domain::calendar::Percent;
use crate::domain::pool::{Reward, Rules};
use crate::domain::reasons::{MalformedReason, ReasonKey};
use crate::domain::refusal::Refusal;
use crate::workflow::{Error, refused};

/// Whether questions are offered to a pool of sellers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::pool::PoolMode")]
pub(in super::super) enum PoolMode {
    /// They are not.
    Off,
    /// They can be, by the operator.
    On,
}

/// The kinds of what an accepted answer brings its seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in super::super) enum RewardKind {
    /// Points, for a badge.
    Points,
    /// A discount on what the marketplace asks of the seller.
    Discount,
    /// Credit for the site.
    Credit,
}

/// What an accepted answer brings its seller. Trilogue records it; the marketplace's software grants it.
#[derive(SimpleObject)]
#[graphql(name = "Reward")]
pub(in super::super) struct RewardObject {
    /// What kind of thing.
    kind: RewardKind,
    /// How many points; null for other kinds.
    points: Option<u32>,
    /// Which discount; null for other kinds.
    discount_percent: Option<i32>,
    /// How much credit; null for other kinds.
    credit: Option<MoneyObject>,
}

impl From<Reward> for RewardObject {
    fn from(reward: Reward) -> Self {
        let bare = |kind| Self { kind, points: None, discount_percent: None, credit: None };
        match reward {
            Reward::Points { points } => Self { points: Some(points), ..bare(RewardKind::Points) },
            Reward::Discount { percent } => Self { discount_percent: Some(u8::from(percent).into()), ..bare(RewardKind::Discount) },
            Reward::Credit { amount } => Self { credit: Some(amount.into()), ..bare(RewardKind::Credit) },
        }
    }
}

/// What the charter says about the pool.
pub(in super::super) struct PoolRules(pub(in super::super) Rules);

#[Object]
/// What the charter says about questions that are offered to several sellers.
impl PoolRules {
    /// Whether there are any.
    async fn mode(&self) -> PoolMode {
        self.0.mode.into()
    }

    /// Of cases on these sides of the purchase.
    async fn phases(&self) -> Vec<CasePhase> {
        self.0.phases.iter().copied().map(Into::into).collect()
    }

    /// Of cases with one of these contact reasons, by key; empty for any.
    async fn reasons(&self) -> Vec<&str> {
        self.0.reasons.iter().map(ReasonKey::as_str).collect()
    }

    /// What an accepted answer brings its seller; null for nothing.
    async fn reward(&self) -> Option<RewardObject> {
        self.0.reward.map(Into::into)
    }

    /// For how many hours of day and night a question stands when nobody says.
    async fn answer_hours(&self) -> i32 {
        self.0.answer_hours.into()
    }
}

/// What an accepted answer brings its seller; exactly one.
#[derive(OneofObject)]
pub(in super::super) enum RewardInput {
    /// So many points, 1 to 1,000,000.
    Points(u32),
    /// A discount on what the marketplace asks of the seller, 1 to 100 per cent.
    DiscountPercent(i32),
    /// So much credit for the site.
    Credit(MoneyInput),
}

/// What the charter says about questions that are offered to several sellers. It replaces what was there; a question keeps
/// what was promised when it was offered.
#[derive(InputObject)]
pub(in super::super) struct PoolRulesInput {
    /// Whether there are any.
    mode: PoolMode,
    /// Of cases on these sides of the purchase.
    #[graphql(default_with = "vec![CasePhase::PreSale]")]
    phases: Vec<CasePhase>,
    /// Of cases with one of these contact reasons, by key, at most 100; empty for any.
    #[graphql(default)]
    reasons: Vec<String>,
    /// What an accepted answer brings its seller; null for nothing.
    reward: Option<RewardInput>,
    /// For how many hours of day and night a question stands when nobody says, 1 to 720.
    #[graphql(default = 48)]
    answer_hours: i32,
}

/// The rules that were given.
pub(in super::super) fn pool_rules(input: &PoolRulesInput) -> Result<Rules, Error> {
    const MOST: usize = 100;
    let at = |rest: &[&str], refusal| refused(&[&["charter", "pool"], rest].concat(), refusal);
    if input.reasons.len() > MOST {
        return Err(at(&["reasons"], Refusal::TooMany { limit: MOST }));
    }
    let reason = |(position, reason): (usize, &String)| {
        reason
            .parse::<ReasonKey>()
            .map_err(|error: MalformedReason| at(&["reasons", &position.to_string()], Refusal::Invalid { message: format!("{error}.") }))
    };
    let mut phases: Vec<crate::domain::cases::CasePhase> = Vec::new();
    for phase in input.phases.iter().copied().map(Into::into) {
        if !phases.contains(&phase) {
            phases.push(phase);
        }
    }
    let reward = input.reward.as_ref().map(|reward| match reward {
        RewardInput::Points(points) => Ok::<_, Error>(Reward::Points { points: *points }),
        RewardInput::DiscountPercent(percent) => {
            let share = u8::try_from(*percent).ok().and_then(|percent| Percent::try_from(percent).ok());
            let percent = share.ok_or_else(|| {
                at(&["reward", "discountPercent"], Refusal::Invalid { message: "A discount is between 1 and 100 per cent.".into() })
            })?;
            Ok(Reward::Discount { percent })
        }
        RewardInput::Credit(credit) => {
            let amount = money(credit).map_err(|message| at(&["reward", "credit"], Refusal::Invalid { message }))?;
            Ok(Reward::Credit { amount })
        }
    });
    Ok(Rules {
        mode: input.mode.into(),
        phases,
        reasons: input.reasons.iter().enumerate().map(reason).collect::<Result<_, _>>()?,
        reward: reward.transpose()?,
        // Numbers beyond the column are beyond what a charter may say, which its own check tells.
        answer_hours: u16::try_from(input.answer_hours.max(0)).unwrap_or(u16::MAX),
    })
}
