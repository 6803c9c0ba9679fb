//! Who may do what: the whole of it, in one place. The matrix of it is a reviewed snapshot.
//!
//! What a reader may *see* follows from the [`Scope`](crate::domain::parties::Scope) that every finder of the store
//! demands; what an actor may *do* is decided here, before a workflow decides anything else.

use crate::domain::cases::{Case, CaseAction, CaseMove, CaseStatus, EscalationReason, Outcome};
use crate::domain::charter::Terms;
use crate::domain::ids::SellerId;
use crate::domain::parties::{Party, Role, Who};
use crate::domain::refusal::Refusal;
use crate::domain::templates::TemplateOwner;
use crate::domain::threads::{Member, Participant, Right, Thread, ThreadKind};
use crate::domain::tickets::Priority;

#[cfg(test)]
mod tests;

/// Everything that can be asked for beyond a case's own actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Store sellers.
    UpsertSellers,
    /// Store orders.
    UpsertOrders,
    /// Open a case.
    OpenCase,
    /// Tell what is said of the marketplace elsewhere.
    ReportMentions,
    /// Let somebody into a thread.
    AddParticipant,
    /// See helpdesk tickets and their addresses.
    SeeTickets,
    /// See a buyer's full name and e-mail address.
    SeeBuyerContact,
    /// See deliveries that stopped.
    SeeDeliveries,
    /// Change the charter.
    PublishCharter,
    /// Use templates, and write one's own.
    UseTemplates,
    /// Send files, to post them with messages.
    UploadFiles,
    /// Share saved searches with the other operators.
    ShareSearches,
    /// Manage the webhook endpoints of one's own view.
    ManageWebhooks,
    /// Say whom of the operator's staff e-mails tell what happened.
    ManageAlerts,
    /// Let somebody from outside read a case for a while.
    AdmitMediators,
    /// Hand buyers tokens by which they act for themselves.
    AdmitBuyers,
    /// Tell what happened to money outside: refunds that no payment system speaks of by itself, credit that was spent, sellers
    /// who were paid.
    ReportMoney,
    /// Decide against sellers, answer their complaints, and take decisions back.
    SanctionSellers,
    /// Hand out invitations to rate.
    InviteToRate,
    /// Decide about reviews: what is published, refused, removed, and what was reported.
    ModerateReviews,
    /// Say what is asked of sellers, and what they can do.
    SetStandingRules,
    /// Correct the ledger, and take credit back.
    CorrectLedger,
    /// Say what is wanted of figures and what service costs, and have things bettered.
    ManageMeasures,
    /// Tell what became of visits to the help pages.
    ReportHelpVisits,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 24] = [
        Self::UpsertSellers,
        Self::UpsertOrders,
        Self::OpenCase,
        Self::ReportMentions,
        Self::AddParticipant,
        Self::SeeTickets,
        Self::SeeBuyerContact,
        Self::SeeDeliveries,
        Self::PublishCharter,
        Self::UseTemplates,
        Self::UploadFiles,
        Self::ShareSearches,
        Self::ManageWebhooks,
        Self::ManageAlerts,
        Self::AdmitMediators,
        Self::AdmitBuyers,
        Self::ReportMoney,
        Self::SanctionSellers,
        Self::InviteToRate,
        Self::ModerateReviews,
        Self::SetStandingRules,
        Self::CorrectLedger,
        Self::ManageMeasures,
        Self::ReportHelpVisits,
    ];
}

const fn role(who: &Who) -> Option<Role> {
    match who {
        Who::Operator { .. } | Who::Agent { .. } => Some(Role::Operator),
        Who::Seller { .. } => Some(Role::Seller),
        Who::Vendor { .. } => Some(Role::Vendor),
        // A mediator reads, and has a right to nothing else.
        Who::Buyer { .. } | Who::Mediator { .. } | Who::Helpdesk { .. } | Who::System => None,
    }
}

/// Whether somebody has a permission.
pub const fn has(who: &Who, permission: Permission) -> bool {
    match role(who) {
        Some(Role::Operator) => true,
        Some(Role::Vendor) => {
            use Permission::{
                AdmitBuyers, InviteToRate, ManageWebhooks, OpenCase, ReportHelpVisits, ReportMentions, ReportMoney, UpsertOrders,
                UpsertSellers,
            };
            matches!(
                permission,
                UpsertSellers
                    | UpsertOrders
                    | OpenCase
                    | ManageWebhooks
                    | AdmitBuyers
                    | ReportMoney
                    | ReportMentions
                    | InviteToRate
                    | ReportHelpVisits
            )
        }
        Some(Role::Seller) => matches!(permission, Permission::UseTemplates | Permission::UploadFiles),
        // The command line, used by whoever can read the database; and rules of the charter.
        None => matches!((who, permission), (Who::System, Permission::PublishCharter | Permission::UseTemplates)),
    }
}

/// Whose templates somebody writes; nobody's for those who write none.
pub const fn template_owner(who: &Who) -> Option<TemplateOwner> {
    match who {
        Who::Operator { .. } | Who::Agent { .. } => Some(TemplateOwner::Marketplace),
        Who::Seller { seller, .. } => Some(TemplateOwner::Seller(*seller)),
        _ => None,
    }
}

/// For which seller somebody answers questions of the pool; none for those who answer none.
pub const fn pool_seller(who: &Who) -> Option<SellerId> {
    match who {
        Who::Seller { seller, .. } => Some(*seller),
        _ => None,
    }
}

/// Refuses those who do not have a permission.
pub fn require(who: &Who, permission: Permission) -> Result<(), Refusal> {
    if has(who, permission) { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// Whether somebody who sees the case has a right to this action on it.
pub fn may(who: &Who, action: CaseAction, case: &Case) -> bool {
    match (role(who), action) {
        (Some(Role::Operator), _)
        | (Some(Role::Seller), CaseAction::Escalate | CaseAction::OpenThread | CaseAction::NameReason)
        | (Some(Role::Vendor), CaseAction::AttachOrder) => true,
        // What the operator has taken over, the operator settles.
        (Some(Role::Seller), CaseAction::Resolve | CaseAction::AskClarification | CaseAction::MarkNoReplyNeeded | CaseAction::Split) => {
            case.owner == Party::Seller
        }
        (None, CaseAction::Escalate) => matches!(who, Who::System | Who::Buyer { .. }),
        _ => false,
    }
}

/// Refuses those who may not.
pub fn require_action(who: &Who, action: CaseAction, case: &Case) -> Result<(), Refusal> {
    if may(who, action, case) { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// What somebody who sees the case may do with it now: the rights above and the rules of the case together.
pub fn available_actions(who: &Who, case: &Case, terms: &Terms) -> Vec<CaseAction> {
    let possible = |action: &CaseAction| {
        let step = match action {
            CaseAction::Escalate => CaseMove::Escalate { reason: EscalationReason::Other, note: String::new() },
            CaseAction::Resolve => CaseMove::Resolve { outcome: Outcome::Solved, resolution: None },
            CaseAction::Reopen => CaseMove::Reopen,
            CaseAction::Prioritize => CaseMove::Prioritize(Priority::High),
            CaseAction::AttachOrder => return case.order.is_none(),
            CaseAction::OpenThread => return case.seller.is_some(),
            CaseAction::AskClarification => CaseMove::Clarify,
            CaseAction::MarkNoReplyNeeded => CaseMove::WaiveReply { reason: String::new() },
            CaseAction::Close => CaseMove::Close(Outcome::Solved),
            CaseAction::OfferToPool => return terms.house.pool.admit(case).is_ok(),
            CaseAction::NameReason | CaseAction::Split | CaseAction::Merge | CaseAction::SetLanguage => {
                return case.status != CaseStatus::Closed;
            }
        };
        case.apply(&step, terms, case.updated_at).is_ok()
    };
    CaseAction::ALL.into_iter().filter(|action| may(who, *action, case) && possible(action)).collect()
}

/// The place of somebody in a thread.
pub fn place<'a>(who: &Who, participants: &'a [Participant]) -> Option<&'a Participant> {
    let member = match who {
        Who::Operator { .. } | Who::Agent { .. } => Member::Operator,
        Who::Seller { seller, .. } => Member::Seller(*seller),
        Who::Buyer { buyer } => Member::Buyer(*buyer),
        Who::Vendor { .. } | Who::Mediator { .. } | Who::Helpdesk { .. } | Who::System => return None,
    };
    participants.iter().find(|participant| participant.member == member)
}

/// Whether somebody may write in a thread that they see.
pub fn may_post(who: &Who, thread: &Thread, participants: &[Participant]) -> Result<(), Refusal> {
    match place(who, participants).map(|place| place.right) {
        Some(Right::Reply) => Ok(()),
        Some(Right::Follow) if thread.kind == ThreadKind::SellerBuyer && role(who) == Some(Role::Operator) => Err(Refusal::EscalateFirst),
        Some(Right::Follow) => Err(Refusal::FollowOnly),
        None => Err(Refusal::NotAllowed),
    }
}

/// Whether somebody may open a thread of a kind by hand.
pub const fn may_open_thread(who: &Who, kind: ThreadKind) -> bool {
    matches!((role(who), kind), (Some(Role::Operator), _) | (Some(Role::Seller), ThreadKind::OperatorSeller))
}

/// Whether a side may be let into a thread.
pub fn may_admit(thread: &Thread, party: Party) -> Result<(), Refusal> {
    if thread.kind.admits(party) { Ok(()) } else { Err(Refusal::PartyNotAdmitted { party }) }
}
