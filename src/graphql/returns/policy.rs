//! What the charter says about returns.

use std::num::NonZeroU16;

use async_graphql::{InputObject, Object, OneofObject, SimpleObject};

use super::super::charter_enums::CostBearer;
use super::enums::ReturnMethod;
use crate::domain::calendar::{BusinessDuration, Span};
use crate::domain::refusal::Refusal;
use crate::domain::returns::{Goodwill, ReturnPolicy};
use crate::workflow::{Error, refused};

/// How long somebody has: exactly one of these is set.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ReturnSpan {
    /// In days on which somebody is there, the day of the start not counted.
    working_days: Option<i32>,
    /// In hours during which somebody is there.
    open_hours: Option<i32>,
    /// In hours of day and night.
    hours: Option<i32>,
}

impl From<BusinessDuration> for ReturnSpan {
    fn from(duration: BusinessDuration) -> Self {
        let hours = |span: Span| i32::try_from(span.length().num_hours()).ok();
        match duration {
            BusinessDuration::WorkingDays(days) => Self { working_days: Some(i32::from(days.get())), open_hours: None, hours: None },
            BusinessDuration::Open(span) => Self { working_days: None, open_hours: hours(span), hours: None },
            BusinessDuration::Wall(span) => Self { working_days: None, open_hours: None, hours: hours(span) },
        }
    }
}

/// What the charter says about returns.
pub(in crate::graphql) struct ReturnPolicyObject(pub(in crate::graphql) ReturnPolicy);

#[Object(name = "ReturnPolicy")]
/// What the charter says about returns: how long each step may take, and what is granted beyond the law. The clocks of the law
/// run whatever stands here.
impl ReturnPolicyObject {
    /// In which the seller decides; silence approves.
    async fn decide(&self) -> ReturnSpan {
        self.0.decide.into()
    }

    /// In which the seller provides a label or a number; after it the buyer sends by own means.
    async fn papers(&self) -> ReturnSpan {
        self.0.papers.into()
    }

    /// In how many days the buyer sends the goods when the law does not say; after them the return expires.
    async fn ship_days(&self) -> i32 {
        self.0.ship_days.into()
    }

    /// How many days the buyer has at least once there is a label.
    async fn ship_after_papers_days(&self) -> i32 {
        self.0.ship_after_papers_days.into()
    }

    /// In which the seller says that a parcel has come which the carrier delivered; silence counts as received.
    async fn acknowledge_delivery(&self) -> ReturnSpan {
        self.0.acknowledge_delivery.into()
    }

    /// After how many days without a delivery a parcel counts as lost.
    async fn lost_days(&self) -> i32 {
        self.0.lost_days.into()
    }

    /// How many days the rest of a partial return is waited for.
    async fn rest_days(&self) -> i32 {
        self.0.rest_days.into()
    }

    /// In which the seller looks at what came; silence finds it good.
    async fn inspect(&self) -> ReturnSpan {
        self.0.inspect.into()
    }

    /// How many days the buyer may think about an offer to keep the item; silence declines it.
    async fn offer_days(&self) -> i32 {
        self.0.offer_days.into()
    }

    /// How many such offers one return may have.
    async fn most_offers(&self) -> i32 {
        self.0.most_offers.into()
    }

    /// In how many days the buyer may dispute a refusal; silence ends the return.
    async fn dispute_days(&self) -> i32 {
        self.0.dispute_days.into()
    }

    /// After how many days an open dispute no longer keeps a return open.
    async fn dispute_limit_days(&self) -> i32 {
        self.0.dispute_limit_days.into()
    }

    /// In how many days the money or the replacement follows; after them it is the operator's to see to.
    async fn settle_days(&self) -> i32 {
        self.0.settle_days.into()
    }

    /// How goods come back when nobody says.
    async fn usual_method(&self) -> ReturnMethod {
        self.0.usual_method.into()
    }

    /// For how many days from delivery returns are granted beyond the law; 0 for none.
    async fn goodwill_days(&self) -> i32 {
        self.0.goodwill.days.into()
    }

    /// Who pays the way back of such a return.
    async fn goodwill_way_back(&self) -> CostBearer {
        self.0.goodwill.way_back.into()
    }
}

/// How long somebody has; exactly one.
#[derive(OneofObject, Clone, Copy)]
pub(in crate::graphql) enum ReturnSpanInput {
    /// In days on which somebody is there, 1 to 365.
    WorkingDays(i32),
    /// In hours during which somebody is there, 1 to 8,760.
    OpenHours(i32),
    /// In hours of day and night, 1 to 8,760.
    Hours(i32),
}

/// What the charter says about returns. A field that is left out takes its usual value: it replaces what was there.
#[derive(InputObject)]
pub(in crate::graphql) struct ReturnPolicyInput {
    /// In which the seller decides; three working days.
    decide: Option<ReturnSpanInput>,
    /// In which the seller provides a label or a number; 48 hours.
    papers: Option<ReturnSpanInput>,
    /// In how many days the buyer sends the goods when the law does not say, 1 to 365; 14.
    ship_days: Option<i32>,
    /// How many days the buyer has at least once there is a label, 1 to 365; 5.
    ship_after_papers_days: Option<i32>,
    /// In which the seller says that a parcel has come which the carrier delivered; two working days.
    acknowledge_delivery: Option<ReturnSpanInput>,
    /// After how many days without a delivery a parcel counts as lost, 1 to 365; 30.
    lost_days: Option<i32>,
    /// How many days the rest of a partial return is waited for, 1 to 365; 10.
    rest_days: Option<i32>,
    /// In which the seller looks at what came; two working days.
    inspect: Option<ReturnSpanInput>,
    /// How many days the buyer may think about an offer to keep the item, 1 to 365; 5.
    offer_days: Option<i32>,
    /// How many such offers one return may have, at most 10; 2.
    most_offers: Option<i32>,
    /// In how many days the buyer may dispute a refusal, 1 to 365; 30.
    dispute_days: Option<i32>,
    /// After how many days an open dispute no longer keeps a return open, 1 to 365; 150.
    dispute_limit_days: Option<i32>,
    /// In how many days the money or the replacement follows, 1 to 365; 14.
    settle_days: Option<i32>,
    /// How goods come back when nobody says; by post.
    usual_method: Option<ReturnMethod>,
    /// For how many days from delivery returns are granted beyond the law, at most 365; 0 for none, usually 30.
    goodwill_days: Option<i32>,
    /// Who pays the way back of such a return; the buyer.
    goodwill_way_back: Option<CostBearer>,
}

/// The policy that was given.
pub(in crate::graphql) fn return_policy(input: &ReturnPolicyInput) -> Result<ReturnPolicy, Error> {
    let usual = ReturnPolicy::default();
    // Numbers beyond the column are beyond what a charter may say, which its own check tells.
    let days = |given: Option<i32>, usual: u16| given.map_or(usual, |days| u16::try_from(days.max(0)).unwrap_or(u16::MAX));
    let span = |field: &str, given: Option<ReturnSpanInput>, usual: BusinessDuration| {
        let Some(given) = given else { return Ok::<_, Error>(usual) };
        let wrong =
            || refused(&["charter", "returns", field], Refusal::Invalid { message: "This must be at least 1 and at most a year.".into() });
        let hours = |hours: i32| u16::try_from(hours).ok().filter(|hours| (1..=8_760).contains(hours)).map(Span::hours).ok_or_else(wrong);
        Ok(match given {
            ReturnSpanInput::WorkingDays(days) => {
                BusinessDuration::WorkingDays(u16::try_from(days).ok().and_then(NonZeroU16::new).ok_or_else(wrong)?)
            }
            ReturnSpanInput::OpenHours(given) => BusinessDuration::Open(hours(given)?),
            ReturnSpanInput::Hours(given) => BusinessDuration::Wall(hours(given)?),
        })
    };
    Ok(ReturnPolicy {
        decide: span("decide", input.decide, usual.decide)?,
        papers: span("papers", input.papers, usual.papers)?,
        ship_days: days(input.ship_days, usual.ship_days),
        ship_after_papers_days: days(input.ship_after_papers_days, usual.ship_after_papers_days),
        acknowledge_delivery: span("acknowledgeDelivery", input.acknowledge_delivery, usual.acknowledge_delivery)?,
        lost_days: days(input.lost_days, usual.lost_days),
        rest_days: days(input.rest_days, usual.rest_days),
        inspect: span("inspect", input.inspect, usual.inspect)?,
        offer_days: days(input.offer_days, usual.offer_days),
        most_offers: input.most_offers.map_or(usual.most_offers, |most| u8::try_from(most.max(0)).unwrap_or(u8::MAX)),
        dispute_days: days(input.dispute_days, usual.dispute_days),
        dispute_limit_days: days(input.dispute_limit_days, usual.dispute_limit_days),
        settle_days: days(input.settle_days, usual.settle_days),
        usual_method: input.usual_method.map_or(usual.usual_method, Into::into),
        goodwill: Goodwill {
            days: days(input.goodwill_days, usual.goodwill.days),
            way_back: input.goodwill_way_back.map_or(usual.goodwill.way_back, Into::into),
        },
    })
}
