//! Invitations to rate: handed out, and opened by whoever holds the link.

use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::super::charter::RatingCriterionObject;
use super::super::errors::{Result, UserError, failure, split};
use super::super::session::session;
use super::{RatingReward, RatingSubject};
use crate::domain::ids::{CaseId, InvitationId, OrderId};
use crate::domain::ratings::{Invitation, InvitationAbout, Reward};
use crate::domain::refusal::Refusal;
use crate::workflow::Error;
use crate::workflow::ratings::{self, Handed, Opened};

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::ratings::InvitationState")]
enum InvitationState {
    /// It waits for its time.
    Planned,
    /// It was sent, or handed out.
    Sent,
    /// A reminder was sent.
    Reminded,
    /// It was used.
    Used,
    /// Its time ran out.
    Expired,
    /// The buyer does not want to be asked.
    OptedOut,
    /// There was no way to ask, or nothing to ask about any more.
    Canceled,
}

/// An invitation that was handed out.
pub(in crate::graphql) struct HandedObject(Handed);

#[Object(name = "RatingInvitation")]
/// An invitation to rate that was handed out: a link, the same as a QR code. Single use; bound to an order line or a case.
impl HandedObject {
    /// An id that stays the same. Not a node.
    async fn id(&self) -> InvitationId {
        self.0.invitation.id
    }

    /// The page on which the buyer answers. Whoever has the address can rate in the buyer's name: hand it to nobody else.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// The address as a QR code, an SVG picture. As secret as the address.
    async fn qr_svg_url(&self) -> String {
        format!("{}/qr.svg", self.0.url)
    }

    /// The address as a QR code, a PNG picture. As secret as the address.
    async fn qr_png_url(&self) -> String {
        format!("{}/qr.png", self.0.url)
    }

    /// Where it stands.
    async fn state(&self) -> InvitationState {
        self.0.invitation.state.into()
    }

    /// Since when it can be used.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.invitation.sent_at
    }
}

/// An invitation, for whoever holds it.
pub(in crate::graphql) struct OpenedObject(Opened);

impl OpenedObject {
    const fn invitation(&self) -> &Invitation {
        &self.0.invitation
    }
}

#[Object(name = "RatingForm")]
/// What an invitation asks, for software that shows a form of its own instead of the page at the address.
impl OpenedObject {
    /// Where it stands now.
    async fn state(&self) -> InvitationState {
        self.0.state.into()
    }

    /// What can be rated with it.
    async fn subjects(&self) -> Vec<RatingSubject> {
        self.invitation().about.subjects().iter().map(|subject| (*subject).into()).collect()
    }

    /// What it asks about, as people call it: what was bought, or the case's reference.
    async fn about(&self) -> &str {
        &self.0.what
    }

    /// The seller's name; null of a case.
    async fn seller_name(&self) -> Option<&str> {
        self.0.seller.as_deref()
    }

    /// Whether who answers gets something for it.
    async fn reward(&self) -> RatingReward {
        self.invitation().reward.into()
    }

    /// The questions about one of the subjects, each answered by a grade from 1 to 5, of which 5 is best.
    async fn criteria(&self, #[graphql(desc = "About what.")] subject: RatingSubject) -> Vec<RatingCriterionObject> {
        let locale = &self.0.marketplace.locale;
        self.0.criteria.of(subject.into()).iter().map(|one| RatingCriterionObject::new(one, locale)).collect()
    }
}

/// The line of an order.
#[derive(InputObject)]
struct RatedLineInput {
    /// The order.
    order_id: OrderId,
    /// The marketplace's own id of the line.
    line_external_id: String,
}

/// What to ask about: one of these.
#[derive(OneofObject)]
enum InvitationAboutInput {
    /// A line of an order: product and seller.
    OrderLine(RatedLineInput),
    /// A case that is resolved or closed: the support.
    CaseId(CaseId),
}

/// An invitation to hand out.
#[derive(InputObject)]
pub(in crate::graphql) struct RatingInviteInput {
    /// What to ask about.
    about: InvitationAboutInput,
    /// Whether who answers gets something for it. It stands beside the review for ever.
    #[graphql(default_with = "RatingReward::None")]
    reward: RatingReward,
}

/// What came of it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RatingInvitePayload {
    /// The invitation; null when there is none.
    invitation: Option<HandedObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The queries of this file.
#[derive(Default)]
pub(in crate::graphql) struct InvitationQueries;

#[Object]
impl InvitationQueries {
    /// What an invitation asks, by the last part of its address. Null when the marketplace never made it.
    async fn rating_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What follows `/rate/` in the address.")] token: String,
    ) -> Option<Result<OpenedObject>> {
        let open = async {
            let session = session(ctx)?;
            match ratings::open(session.cx(), &token).await {
                // Another marketplace's is none of ours.
                Ok(opened) => Ok((opened.marketplace.id == session.actor().marketplace).then_some(OpenedObject(opened))),
                Err(Error::Refused { faults }) if faults.iter().any(|fault| fault.refusal == Refusal::InvitationForged) => Ok(None),
                Err(error) => Err(failure(&error)),
            }
        };
        open.await.transpose()
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(in crate::graphql) struct InvitationMutations;

#[Object]
impl InvitationMutations {
    /// Hands out an invitation to rate, to be sent by the marketplace itself, or printed as a QR code and put into the parcel. For
    /// operators and the marketplace's software. There is one for each order line and case: asked for again, the same is given.
    async fn rating_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About what.")] input: RatingInviteInput,
    ) -> Option<Result<RatingInvitePayload>> {
        let run = async {
            let session = session(ctx)?;
            let about = match input.about {
                InvitationAboutInput::OrderLine(line) => InvitationAbout::OrderLine { order: line.order_id, line: line.line_external_id },
                InvitationAboutInput::CaseId(case) => InvitationAbout::Case { case },
            };
            let reward: Reward = input.reward.into();
            let (handed, user_errors) = split(Box::pin(ratings::hand_out(session.cx(), session.actor(), about, reward)).await)?;
            Ok(RatingInvitePayload { invitation: handed.map(HandedObject), user_errors })
        };
        Some(run.await)
    }
}
