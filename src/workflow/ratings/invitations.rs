//! Invitations to rate: planned after a delivery or the close of a case, handed out as links and QR codes, sent, reminded of once,
//! and over when they were used or their time ran out.

use std::collections::HashMap;

use super::super::threads::acknowledge_to;
use super::super::{Cx, Error, Result, effects, refused};
use super::submitting::delivered;
use crate::domain::cases::{Case, CaseStatus, Outcome};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::ids::{BuyerId, InvitationId, MarketplaceId, OrderId};
use crate::domain::mails::{Language, MailKind, Receiver};
use crate::domain::orders::{Order, OrderLine};
use crate::domain::parties::{Actor, Audience, Party};
use crate::domain::ratings::{
    Asking, Call, Criteria, Invitation, InvitationAbout, InvitationRules, InvitationState, InvitationStep, InvitationWay, Reward,
    SurveyedBy, invitation_words,
};
use crate::domain::refusal::Refusal;
use crate::domain::shipments::Shipment;
use crate::policy::{self, Permission};
use crate::store::{DueInvitation, Tx};
use crate::workflow::links::ClosedLink;

/// Plans to ask about what the buyer has just got. `before` are the parcels as they were known.
pub(in crate::workflow) async fn plan_after_delivery(
    tx: &Tx,
    marketplace: &Marketplace,
    before: &HashMap<(OrderId, String), Shipment>,
    changed: &[Shipment],
) -> Result<()> {
    let rules = &marketplace.charter.ratings.invitations;
    let mut planned = Vec::new();
    for shipment in changed {
        let known = before.get(&(shipment.known.order, shipment.known.external_id.clone()));
        let Some(at) = shipment.known.delivered_at.filter(|_| known.is_none_or(|known| known.known.delivered_at.is_none())) else {
            continue;
        };
        for part in &shipment.known.lines {
            let about = InvitationAbout::OrderLine { order: shipment.known.order, line: part.line.clone() };
            planned.extend(Invitation::plan(None, about, rules, (at, tx.now())));
        }
    }
    // Two parcels may carry the same line: it is asked about once, and always in the same order.
    planned.sort_by_key(|one| one.about.key());
    planned.dedup_by_key(|one| one.about.key());
    Ok(tx.plan_invitations(&planned, rules).await?)
}

/// Plans to ask about a case that has just been closed.
pub(in crate::workflow) async fn plan_after_closing(tx: &Tx, terms: &Terms, case: &Case) -> Result<()> {
    let rules = &terms.house.ratings.invitations;
    if case.outcome == Some(Outcome::Merged) {
        return Ok(());
    }
    let about = InvitationAbout::Case { case: case.id };
    let planned: Vec<_> = Invitation::plan(Some(case.buyer), about, rules, (tx.now(), tx.now())).into_iter().collect();
    Ok(tx.plan_invitations(&planned, rules).await?)
}

/// An invitation, and the address that opens it.
#[derive(Debug, Clone)]
pub struct Handed {
    /// The invitation.
    pub invitation: Invitation,
    /// The address, which is a secret of the buyer's.
    pub url: String,
}

/// Hands an invitation out, to be sent or printed by whoever asks. Done twice it is the same one.
pub async fn hand_out(cx: &Cx, actor: &Actor, about: InvitationAbout, reward: Reward) -> Result<Handed> {
    policy::require(&actor.who, Permission::InviteToRate)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let rules = &marketplace.charter.ratings.invitations;
    let tx = cx.store.begin(actor.marketplace).await?;
    let buyer = invited(cx, &tx, actor, &about).await?;
    if tx.is_muted(Receiver::Buyer(buyer), MailKind::RatingInvitation).await? {
        return Err(Refusal::InvitationOver { state: InvitationState::OptedOut }.into());
    }
    let known = tx.lock_invitation_about(&about).await?;

    let invitation = match known {
        None => Invitation::hand_out(buyer, about, reward, cx.now()),
        Some(planned) if planned.state == InvitationState::Planned || planned.was_never_sent() => {
            Invitation { reward, ..planned.sent(InvitationWay::Link, buyer, cx.now()) }
        }
        Some(known) => {
            let state = known.state_at(rules, cx.now());
            if state.is_over() {
                return Err(Refusal::InvitationOver { state }.into());
            }
            // Who gets something for it now is said to, whoever asked first (article D111-18).
            let invitation = if reward == Reward::Given { Invitation { reward, ..known } } else { known };
            tx.save_invitation(&invitation, rules).await?;
            tx.commit().await?;
            return Ok(Handed { url: url(cx, actor.marketplace, invitation.id)?, invitation });
        }
    };

    tx.plan_invitations(std::slice::from_ref(&invitation), rules).await?;
    // One that was planned before keeps its id; of two that hand out at once the second finds the first's.
    let stored = tx.lock_invitation_about(&invitation.about).await?.ok_or(Error::NotFound)?;
    let invitation = if stored.state == InvitationState::Planned { Invitation { id: stored.id, ..invitation } } else { stored };
    tx.save_invitation(&invitation, rules).await?;
    tx.commit().await?;
    Ok(Handed { url: url(cx, actor.marketplace, invitation.id)?, invitation })
}

/// Whose opinion is asked; refuses what is not there.
async fn invited(cx: &Cx, tx: &Tx, actor: &Actor, about: &InvitationAbout) -> Result<BuyerId> {
    match about {
        InvitationAbout::OrderLine { order, line } => {
            if !tx.has_line(*order, line).await? {
                return Err(refused(&["lineExternalId"], Refusal::NotFound { what: "Order line" }));
            }
            Ok(tx.buyer_of_order(*order).await?.id)
        }
        InvitationAbout::Case { case } => {
            let found = cx.store.cases_by_id(actor.scope(), &[*case]).await?.pop();
            let case = found.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?;
            if !matches!(case.status, CaseStatus::Resolved | CaseStatus::Closed) {
                return Err(refused(&["caseId"], Refusal::NotInThisState { status: case.status }));
            }
            Ok(case.buyer)
        }
    }
}

/// The address of an invitation.
pub fn url(cx: &Cx, marketplace: MarketplaceId, id: InvitationId) -> Result<String> {
    let path = format!("/rate/{}", cx.links.invitation_token(marketplace, id));
    cx.links.address(&path).map(Into::into).map_err(|_| Error::NotFound)
}

/// Which invitation a token opens.
pub fn open_link(cx: &Cx, token: &str) -> std::result::Result<(MarketplaceId, InvitationId), ClosedLink> {
    cx.links.invitation_of(token)
}

/// What somebody who holds an invitation may know.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The tenant.
    pub marketplace: Marketplace,
    /// The invitation.
    pub invitation: Invitation,
    /// Where it stands now.
    pub state: InvitationState,
    /// What it asks about, as people call it.
    pub what: String,
    /// The seller's name; none of a case.
    pub seller: Option<String>,
    /// What is asked.
    pub criteria: Criteria,
    /// In which language.
    pub language: Language,
}

/// Opens an invitation; none of what we did not make.
pub async fn open(cx: &Cx, token: &str) -> Result<Opened> {
    let (tenant, id) = open_link(cx, token).map_err(|_| Refusal::InvitationForged)?;
    let invitation = cx.store.invitation(tenant, id).await?.ok_or(Refusal::InvitationForged)?;
    let marketplace = cx.marketplace(tenant).await?;
    let scope = Actor::system(tenant).scope();
    let (what, seller, spoken) = match &invitation.about {
        InvitationAbout::OrderLine { order, line } => {
            let order = cx.store.orders_by_id(scope, &[*order]).await?.pop().ok_or(Error::NotFound)?;
            let seller = cx.store.sellers_by_id(scope, &[order.seller]).await?.pop();
            (title(&order, line), seller.map(|seller| seller.name), None)
        }
        InvitationAbout::Case { case } => {
            let case = cx.store.cases_by_id(scope, &[*case]).await?.pop().ok_or(Error::NotFound)?;
            let spoken = case.language.as_ref().map(|tag| tag.as_str().to_owned());
            (case.reference, None, spoken)
        }
    };
    let state = invitation.state_at(&marketplace.charter.ratings.invitations, cx.now());
    let language = Language::best(spoken.as_deref().into_iter().chain([marketplace.locale.as_str()]));
    let criteria = marketplace.charter.ratings.criteria.clone();
    Ok(Opened { marketplace, invitation, state, what, seller, criteria, language })
}

fn line_of<'a>(order: &'a Order, line: &str) -> Option<&'a OrderLine> {
    order.lines.iter().find(|one| one.external_id == line)
}

fn title(order: &Order, line: &str) -> String {
    line_of(order, line).map_or_else(|| order.reference.clone(), |line| line.title.clone())
}

/// The buyer does not want to be asked any more, about this or anything else.
pub async fn opt_out(cx: &Cx, token: &str) -> Result<()> {
    let (marketplace, id) = open_link(cx, token).map_err(|_| Refusal::InvitationForged)?;
    let rules = cx.marketplace(marketplace).await?.charter.ratings.invitations;
    let tx = cx.store.begin(marketplace).await?;
    let invitation = tx.lock_invitation(id).await?.ok_or(Refusal::InvitationForged)?;
    tx.save_invitation(&invitation.opt_out(cx.now()), &rules).await?;
    tx.commit().await?;
    if let Some(buyer) = invitation.buyer {
        cx.store.mute(marketplace, Receiver::Buyer(buyer), MailKind::RatingInvitation).await?;
    }
    Ok(())
}

/// Does what time asks for. Whoever comes second finds nothing to do.
pub async fn look(cx: &Cx, due: DueInvitation) -> Result<()> {
    let marketplace = cx.marketplace(due.marketplace).await?;
    let rules = &marketplace.charter.ratings.invitations;
    let Some(seen) = cx.store.invitation(due.marketplace, due.invitation).await? else { return Ok(()) };
    let mut tx = cx.store.begin(due.marketplace).await?;
    // The case first, as everywhere: its buyer may just be answering.
    if let InvitationAbout::Case { case } = &seen.about {
        tx.lock_case(Actor::system(due.marketplace).scope(), *case).await?;
    }
    let Some(invitation) = tx.lock_invitation(due.invitation).await? else { return Ok(()) };

    let after = match invitation.due(rules, cx.now()) {
        None => invitation,
        Some(InvitationStep::Expire) => invitation.expired(cx.now()),
        Some(InvitationStep::Send) => Asker { cx, marketplace: &marketplace, rules }.ask(&mut tx, &invitation, Call::First).await?,
        Some(InvitationStep::Remind) => Asker { cx, marketplace: &marketplace, rules }.ask(&mut tx, &invitation, Call::Reminder).await?,
    };

    tx.save_invitation(&after, rules).await?;
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(())
}

struct Asker<'a> {
    cx: &'a Cx,
    marketplace: &'a Marketplace,
    rules: &'a InvitationRules,
}

impl Asker<'_> {
    /// Asks, where there is a way and nobody has said no; gives the invitation afterwards.
    async fn ask(&self, tx: &mut Tx, invitation: &Invitation, call: Call) -> Result<Invitation> {
        let now = self.cx.now();
        let (buyer, email, case) = match &invitation.about {
            InvitationAbout::OrderLine { order, line } => {
                // Its parcel may have been told of by mistake.
                if delivered(&tx.shipments(&[*order]).await?, line).is_none() {
                    return Ok(invitation.cancel(now));
                }
                let buyer = tx.buyer_of_order(*order).await?;
                (buyer.id, buyer.email, tx.case_awaiting(*order, Some(buyer.id), std::slice::from_ref(line)).await?)
            }
            InvitationAbout::Case { case } => {
                let scope = Actor::system(self.marketplace.id).scope();
                let case = tx.lock_case(scope, *case).await?.ok_or(Error::NotFound)?;
                let buyer = tx.buyer(case.buyer).await?;
                (case.buyer, buyer.and_then(|buyer| buyer.email), Some(case))
            }
        };
        // It may be open again, or the helpdesk asks by now.
        let not_ours = |case: &Case| case.status != CaseStatus::Closed || self.rules.surveyed_by == SurveyedBy::Helpdesk;
        if matches!((&invitation.about, &case), (InvitationAbout::Case { .. }, Some(case)) if not_ours(case)) {
            return Ok(invitation.cancel(now));
        }
        if tx.is_muted(Receiver::Buyer(buyer), MailKind::RatingInvitation).await? {
            return Ok(invitation.opt_out(now));
        }
        let mailed = email.is_some() && self.cx.alerts.post.is_some();
        let way = match (self.rules.asking, &case) {
            // What is handed out by others is not sent again.
            (Asking::Off, _) => return Ok(invitation.cancel(now)),
            (Asking::Helpdesk, Some(case)) if can_be_told(tx, case).await? => InvitationWay::Case,
            _ if mailed => InvitationWay::Email,
            _ => return Ok(invitation.cancel(now)),
        };
        match (way, case) {
            (InvitationWay::Case, Some(case)) => self.tell_in_case(tx, invitation, &case, call).await?,
            _ => tx.mail_news(MailKind::RatingInvitation, &call.key(invitation.id), &[Receiver::Buyer(buyer)], now).await?,
        }
        Ok(match call {
            Call::First => invitation.sent(way, buyer, now),
            Call::Reminder => invitation.reminded(),
        })
    }

    async fn tell_in_case(&self, tx: &mut Tx, invitation: &Invitation, case: &Case, call: Call) -> Result<()> {
        let house = self.marketplace.locale.as_str();
        let language = Language::best([case.language_or(house), house]);
        let link = url(self.cx, self.marketplace.id, invitation.id)?;
        let what = match &invitation.about {
            InvitationAbout::Case { .. } => case.reference.clone(),
            InvitationAbout::OrderLine { order, line } => {
                let ordered = tx.ordered(*order).await?;
                ordered.iter().find(|one| one.external_id == *line).map_or_else(String::new, |line| line.title.clone())
            }
        };
        let about = (invitation.about.subjects(), what.as_str());
        let (_, words) = invitation_words(&self.marketplace.name, about, (call, invitation.reward), &link, language);
        // The link is the buyer's: with it the seller could rate itself.
        let audience = Audience::of([Party::Buyer, Party::Operator]);
        acknowledge_to(tx, self.marketplace, case, words, audience).await?;
        Ok(())
    }
}

/// Whether words of ours still reach the buyer of a case through its ticket.
async fn can_be_told(tx: &Tx, case: &Case) -> Result<bool> {
    Ok(tx.tickets_of(case.id).await?.iter().any(effects::can_carry))
}
