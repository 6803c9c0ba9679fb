//! What sellers say of their own time: when they are away, and when somebody is there.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::errors::{Result, UserError, split};
use super::super::orders::SellerObject;
use super::super::session::{Session, session};
use super::ClosureInput;
use super::hours::{BusinessHoursInput, calendar};
use crate::domain::calendar::Closure;
use crate::domain::parties::Who;
use crate::domain::refusal::Refusal;
use crate::workflow::charter as workflow;

/// When the viewer's shop is away.
#[derive(InputObject)]
pub(in super::super) struct SellerSetClosuresInput {
    /// All closures, at most 50, of at most 90 days to come; they replace those that were there.
    closures: Vec<ClosureInput>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in super::super) struct SellerSetClosuresPayload {
    /// The seller; null when nothing was done.
    seller: Option<SellerObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// When somebody of the viewer's shop is there.
#[derive(InputObject)]
pub(in super::super) struct SellerSetHoursInput {
    /// The hours, with the shop's holidays; null to take them back.
    business_hours: Option<BusinessHoursInput>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in super::super) struct SellerSetHoursPayload {
    /// The seller; null when nothing was done.
    seller: Option<SellerObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The viewer's shop as it is then.
async fn own(session: &Session, done: Option<()>) -> Result<Option<SellerObject>> {
    match (&session.actor().who, done) {
        (Who::Seller { seller, .. }, Some(())) => Ok(session.loaders().seller(*seller).await?.map(SellerObject)),
        _ => Ok(None),
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(in super::super) struct SellerTimesMutations;

#[Object]
impl SellerTimesMutations {
    /// Says when the viewer's shop is away. Deadlines that start or go on later know of it; days that are over stay as they were. For
    /// sellers.
    async fn seller_set_closures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When.")] input: SellerSetClosuresInput,
    ) -> Option<Result<SellerSetClosuresPayload>> {
        let run = async {
            let session = session(ctx)?;
            let set = match closures(input.closures) {
                Ok(closures) => workflow::set_closures(session.cx(), session.actor(), closures).await,
                Err(error) => Err(error),
            };
            let (done, user_errors) = split(set)?;
            Ok(SellerSetClosuresPayload { seller: own(session, done).await?, user_errors })
        };
        Some(run.await)
    }

    /// Says when somebody of the viewer's shop is there to answer: `Scorecard.coverage` holds it against what is asked. Deadlines run by
    /// the marketplace's hours all the same. For sellers.
    async fn seller_set_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When.")] input: SellerSetHoursInput,
    ) -> Option<Result<SellerSetHoursPayload>> {
        let run = async {
            let session = session(ctx)?;
            let hours = input.business_hours.as_ref().map(|given| calendar(given, &["businessHours"])).transpose();
            let set = match hours {
                Ok(hours) => workflow::set_hours(session.cx(), session.actor(), hours.as_deref()).await,
                Err(error) => Err(error),
            };
            let (done, user_errors) = split(set)?;
            Ok(SellerSetHoursPayload { seller: own(session, done).await?, user_errors })
        };
        Some(run.await)
    }
}

fn closures(input: Vec<ClosureInput>) -> std::result::Result<Vec<Closure>, crate::workflow::Error> {
    let closure = |(position, input): (usize, ClosureInput)| {
        Closure::new(input.first, input.last, input.label.unwrap_or_default()).map_err(|error| {
            let message = format!("{error}.");
            crate::workflow::refused(&["closures", &position.to_string()], Refusal::Invalid { message })
        })
    };
    input.into_iter().enumerate().map(closure).collect()
}
