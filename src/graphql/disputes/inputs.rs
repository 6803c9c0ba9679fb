//! What the mutations of disputes take and give.

use async_graphql::{InputObject, SimpleObject};

use super::DisputeObject;
use super::enums::{CountsAgainstSeller, DecisionReason, DisputeOutcome, DisputeReason, Fault, Remedy};
use crate::domain::disputes::{Bid, Ruling};
use crate::domain::ids::{AttachmentId, CaseId, DisputeId, OfferId, OrderId, ReturnId};
use crate::domain::money::Money;
use crate::domain::parties::Audience;
use crate::domain::refusal::Refusal;
use crate::graphql::enums::Party;
use crate::graphql::errors::UserError;
use crate::graphql::refunds::RefundCostsInput;
use crate::graphql::scalars::MoneyInput;
use crate::workflow::disputes::{Piece, Step};
use crate::workflow::{Error, refused};

/// What a mutation takes beside the dispute and its revision, and what it gives.
macro_rules! step {
    ($($(#[doc = $doc:literal])+ $input:ident, $payload:ident { $($(#[$meta:meta])* $field:ident : $type:ty),* $(,)? })+) => {$(
        $(#[doc = $doc])+
        #[derive(InputObject)]
        pub(in crate::graphql) struct $input {
            /// Which dispute.
            dispute_id: DisputeId,
            /// The revision of it that this was decided on.
            revision: i32,
            $($(#[$meta])* pub(super) $field: $type,)*
        }

        impl $input {
            pub(super) const fn step(&self) -> Step {
                Step { dispute: self.dispute_id, revision: self.revision }
            }
        }

        payload!($payload);
    )+};
}

/// What comes of a mutation.
macro_rules! payload {
    ($payload:ident) => {
        /// What came of it.
        #[derive(SimpleObject)]
        pub(in crate::graphql) struct $payload {
            /// The dispute as the viewer sees it now; null when nothing was done.
            dispute: Option<DisputeObject>,
            /// What is wrong with the input; when there is anything, nothing was done.
            user_errors: Vec<UserError>,
        }

        impl From<Outcome> for $payload {
            fn from((dispute, user_errors): Outcome) -> Self {
                Self { dispute, user_errors }
            }
        }
    };
}

/// The two halves of a payload.
pub(super) type Outcome = (Option<DisputeObject>, Vec<UserError>);

/// A dispute to open.
#[derive(InputObject)]
pub(in crate::graphql) struct DisputeOpenInput {
    /// About which order.
    pub(super) order_id: OrderId,
    /// About which line of it, by the marketplace's id; null for the whole order.
    pub(super) line_id: Option<String>,
    /// In which case; null for the newest open one about the order, or a new one.
    pub(super) case_id: Option<CaseId>,
    /// About which return; null for none.
    pub(super) return_id: Option<ReturnId>,
    /// Why.
    pub(super) reason: DisputeReason,
    /// In the opener's words, 1 to 5,000 characters.
    pub(super) text: String,
    /// What the opener would like.
    pub(super) wanted: Remedy,
    /// How much it is about: what the buyer gets at most. Null for all that can be refunded, or for nothing where what is wanted
    /// has no amount.
    pub(super) amount: Option<MoneyInput>,
}

payload!(DisputeOpenPayload);

/// A piece of evidence to hand in.
#[derive(InputObject)]
#[graphql(name = "DisputeEvidenceInput")]
pub(in crate::graphql) struct EvidenceInput {
    /// What it shows, in words, 1 to 2,000 characters.
    text: String,
    /// The file: one that the viewer uploaded and has not used, or one of a message of the case that the viewer sees. Null for
    /// words alone.
    attachment_id: Option<AttachmentId>,
    /// Who may see it: the operator and the side that hands it in always.
    #[graphql(default_with = "vec![Party::Buyer, Party::Seller, Party::Operator]")]
    audience: Vec<Party>,
}

impl From<EvidenceInput> for Piece {
    fn from(input: EvidenceInput) -> Self {
        Self { text: input.text, attachment: input.attachment_id, audience: sides(&input.audience) }
    }
}

fn sides(audience: &[Party]) -> Audience {
    Audience::of(audience.iter().copied().map(Into::into))
}

step! {
    /// An answer to a dispute.
    DisputeAnswerInput, DisputeAnswerPayload {
        /// In the words of the party that did not open it, 1 to 5,000 characters.
        text: String,
    }
    /// An offer to the other party.
    DisputeMakeOfferInput, DisputeMakeOfferPayload {
        /// What the buyer would get.
        remedy: Remedy,
        /// How much; null for what has no amount.
        amount: Option<MoneyInput>,
        /// In words, at most 2,000 characters; null for none.
        text: Option<String>,
    }
    /// Another offer, in answer to the open one.
    DisputeCounterOfferInput, DisputeCounterOfferPayload {
        /// What the buyer would get.
        remedy: Remedy,
        /// How much; null for what has no amount.
        amount: Option<MoneyInput>,
        /// In words, at most 2,000 characters; null for none.
        text: Option<String>,
    }
    /// An offer to accept.
    DisputeAcceptOfferInput, DisputeAcceptOfferPayload {
        /// Which: this one, and no other that came in between.
        offer_id: OfferId,
    }
    /// An offer to refuse.
    DisputeRefuseOfferInput, DisputeRefuseOfferPayload {
        /// Which.
        offer_id: OfferId,
    }
    /// A dispute to take back.
    DisputeWithdrawInput, DisputeWithdrawPayload {}
    /// A dispute in which the operator's help is asked for.
    DisputeEscalateInput, DisputeEscalatePayload {}
    /// A dispute that the operator does not decide.
    DisputeStandBackInput, DisputeStandBackPayload {
        /// Why, in words for the buyer, 1 to 5,000 characters.
        text: String,
    }
    /// A dispute to conciliate in.
    DisputeTakeUpInput, DisputeTakeUpPayload {}
    /// A proposal to both parties.
    DisputeProposeInput, DisputeProposePayload {
        /// What the buyer would get.
        remedy: Remedy,
        /// How much; null for what has no amount.
        amount: Option<MoneyInput>,
        /// In words, at most 2,000 characters; null for none.
        text: Option<String>,
    }
    /// A proposal to accept.
    DisputeAcceptProposalInput, DisputeAcceptProposalPayload {
        /// Which.
        proposal_id: OfferId,
    }
    /// A proposal to refuse.
    DisputeRefuseProposalInput, DisputeRefuseProposalPayload {
        /// Which.
        proposal_id: OfferId,
    }
    /// Something to ask a party for.
    DisputeRequestEvidenceInput, DisputeRequestEvidencePayload {
        /// Whom: buyer or seller.
        of: Party,
        /// For what, 1 to 2,000 characters.
        text: String,
    }
    /// Something to hand in.
    DisputeSubmitEvidenceInput, DisputeSubmitEvidencePayload {
        /// What it shows, in words, 1 to 2,000 characters.
        text: String,
        /// The file: one that the viewer uploaded and has not used, or one of a message of the case that the viewer sees. Null
        /// for words alone.
        attachment_id: Option<AttachmentId>,
        /// Who may see it: the operator and the side that hands it in always.
        #[graphql(default_with = "vec![Party::Buyer, Party::Seller, Party::Operator]")]
        audience: Vec<Party>,
    }
    /// A decision. Who won, who was at fault, who pays and whether it counts are four answers, never one.
    DisputeDecideInput, DisputeDecidePayload {
        /// Whom it favours.
        outcome: DisputeOutcome,
        /// Who was at fault.
        fault: Fault,
        /// Who pays for what the buyer gets.
        cost_bearer: RefundCostsInput,
        /// Whether it counts in the measures of the seller.
        counts_against_seller: CountsAgainstSeller,
        /// How much the buyer gets, at most what the dispute is about and what can still be refunded; zero for nothing.
        amount: MoneyInput,
        /// How the buyer gets it, or what else; null for nothing.
        remedy: Option<Remedy>,
        /// Why, as a code.
        reason: DecisionReason,
        /// Why, in words: the statement of reasons that both parties are sent, 1 to 8,000 characters.
        statement: String,
        /// The clause of the charter that it rests on, 1 to 200 characters.
        clause: String,
    }
    /// An appeal.
    DisputeAppealInput, DisputeAppealPayload {
        /// Why, 1 to 5,000 characters.
        text: String,
        /// What is new, 1 to 20 pieces: at least one that was not handed in before.
        evidence: Vec<EvidenceInput>,
    }
    /// The decision of an appeal: all of it anew, so that cost and measures may change apart from who won.
    DisputeDecideAppealInput, DisputeDecideAppealPayload {
        /// Whom it favours.
        outcome: DisputeOutcome,
        /// Who was at fault.
        fault: Fault,
        /// Who pays for what the buyer gets.
        cost_bearer: RefundCostsInput,
        /// Whether it counts in the measures of the seller.
        counts_against_seller: CountsAgainstSeller,
        /// How much the buyer gets in all, with what the first decision gave; zero for nothing.
        amount: MoneyInput,
        /// How the buyer gets it, or what else; null for nothing.
        remedy: Option<Remedy>,
        /// Why, as a code.
        reason: DecisionReason,
        /// Why, in words: the statement of reasons that both parties are sent, 1 to 8,000 characters.
        statement: String,
        /// The clause of the charter that it rests on, 1 to 200 characters.
        clause: String,
    }
}

/// An amount that was given.
pub(super) fn money(input: &MoneyInput) -> Result<Money, Error> {
    crate::graphql::triage::money(input).map_err(|message| refused(&["amount"], Refusal::Invalid { message }))
}

fn bid(remedy: Remedy, amount: Option<&MoneyInput>, text: Option<String>) -> Result<Bid, Error> {
    let text = text.unwrap_or_default();
    if text.chars().count() > 2000 {
        return Err(refused(&["text"], Refusal::Length { what: "The text", limit: 2000 }));
    }
    Ok(Bid { remedy: remedy.into(), amount: amount.map(money).transpose()?, text })
}

macro_rules! bids {
    ($($input:ident),+) => {$(
        impl $input {
            pub(super) fn bid(self) -> Result<Bid, Error> {
                bid(self.remedy, self.amount.as_ref(), self.text)
            }
        }
    )+};
}

bids!(DisputeMakeOfferInput, DisputeCounterOfferInput, DisputeProposeInput);

macro_rules! rulings {
    ($($input:ident),+) => {$(
        impl $input {
            pub(super) fn ruling(self) -> Result<Box<Ruling>, Error> {
                Ok(Box::new(Ruling {
                    outcome: self.outcome.into(),
                    fault: self.fault.into(),
                    costs: self.cost_bearer.read("costBearer")?,
                    counts: self.counts_against_seller.into(),
                    amount: money(&self.amount)?,
                    remedy: self.remedy.map(Into::into),
                    reason: self.reason.into(),
                    statement: self.statement,
                    clause: self.clause,
                }))
            }
        }
    )+};
}

rulings!(DisputeDecideInput, DisputeDecideAppealInput);

impl DisputeSubmitEvidenceInput {
    pub(super) fn piece(self) -> Piece {
        Piece { text: self.text, attachment: self.attachment_id, audience: sides(&self.audience) }
    }
}

/// The most pieces of evidence of one appeal.
const MOST_PIECES: usize = 20;

impl DisputeAppealInput {
    pub(super) fn pieces(self) -> Result<(String, Vec<Piece>), Error> {
        if self.evidence.len() > MOST_PIECES {
            return Err(refused(&["evidence"], Refusal::TooMany { limit: MOST_PIECES }));
        }
        Ok((self.text, self.evidence.into_iter().map(Into::into).collect()))
    }
}
