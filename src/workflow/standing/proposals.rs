//! What measures propose: to a person, who decides. By itself a rule warns at most, and gives back what is due.

use chrono::TimeDelta;

use super::super::sanctions::name;
use super::super::{Cx, Error, Result, refused};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::hands::StaffId;
use crate::domain::ids::SanctionProposalId;
use crate::domain::law::LegalDays;
use crate::domain::mails::{self, Language, Letter, MailKind, Receiver};
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::scorecards::Scorecard;
use crate::domain::standing::{
    Proposal, ProposalTurn, Sanction, SanctionNews, SanctionOrder, SanctionProposal, SanctionStep, StandingRules, Warnings, facts, propose,
    turn,
};
use crate::domain::statements::{DecidedBy, Ground, Means, StatementOfReasons};
use crate::policy::{self, Permission};
use crate::store::{SanctionPeople, SanctionRow, Tx};

/// Gives back what the measures no longer ask for. The sanctions as they are then.
pub(super) async fn recover(cx: &Cx, tx: &Tx, marketplace: &Marketplace, card: &Scorecard) -> Result<Vec<Sanction>> {
    let days = LegalDays::of(marketplace.timezone, &Terms::today(marketplace));
    let mut history = Vec::new();
    for SanctionRow { sanction, people } in tx.sanctions_against(card.seller).await? {
        let mild = sanction.step <= SanctionStep::RestrictedVisibility;
        match sanction.recover(card, &days, DecidedBy::Rule, cx.now()) {
            Ok(recovered) if mild => {
                let row = SanctionRow { sanction: recovered, people };
                tx.save_sanction(&row).await?;
                tx.mail_sanction(row.sanction.id, SanctionNews::Lifted, &[Receiver::Seller(card.seller)], cx.now()).await?;
                history.push(row.sanction);
            }
            _ => history.push(sanction),
        }
    }
    Ok(history)
}

/// Proposes what the measures ask for, or no longer; warns where the rules say so.
pub(super) async fn follow(
    cx: &Cx,
    tx: &Tx,
    marketplace: &Marketplace,
    rules: &StandingRules,
    card: &Scorecard,
    history: &[Sanction],
    receivers: &[Receiver],
) -> Result<()> {
    let last = tx.last_proposal(card.seller).await?;
    let proposed = propose(card, history, cx.now());
    let rest = TimeDelta::days(i64::from(rules.fix_days));
    match turn(last.as_ref(), card.seller, card.on, proposed.clone(), history, (rest, cx.now())) {
        ProposalTurn::Stays => {}
        ProposalTurn::Changes(changed) => tx.save_proposal(&changed).await?,
        ProposalTurn::New(new) => {
            if let Some(open) = last.filter(|last| last.state == crate::domain::standing::ProposalState::Open) {
                let over = SanctionProposal { state: crate::domain::standing::ProposalState::Over, ..open };
                tx.save_proposal(&over).await?;
            }
            let warned = proposed.filter(|one| one.step == SanctionStep::Warning && rules.warnings == Warnings::Automatic);
            if let Some(proposal) = warned {
                warn(cx, tx, marketplace, rules, *new, &proposal, history, receivers).await?;
            } else {
                tx.save_proposal(&new).await?;
                tx.mail_proposal(new.id, receivers, cx.now()).await?;
            }
        }
    }
    Ok(())
}

/// Warns by the rule, where it can say why and how to complain; else it is proposed to a person.
#[expect(clippy::too_many_arguments, reason = "all that a statement of reasons is made of")]
async fn warn(
    cx: &Cx,
    tx: &Tx,
    marketplace: &Marketplace,
    rules: &StandingRules,
    new: SanctionProposal,
    proposal: &Proposal,
    history: &[Sanction],
    receivers: &[Receiver],
) -> Result<()> {
    let locale = cx.store.sellers_by_id(Actor::system(marketplace.id).scope(), &[new.seller]).await?.pop().and_then(|seller| seller.locale);
    let language = Language::best(locale.as_deref().into_iter().chain([marketplace.locale.as_str()]));
    let clause = rules.clause.as_ref().zip(marketplace.charter.complaints.as_ref());
    let statement = clause.and_then(|(clause, complaints)| {
        let ground = Ground::Terms { text: clause.clone() };
        StatementOfReasons::new(&facts(&proposal.lines, language), ground, Means::ByRule, &complaints.route).ok()
    });
    let days = LegalDays::of(marketplace.timezone, &Terms::today(marketplace));
    let imposed = statement.and_then(|statement| {
        let order = SanctionOrder {
            seller: new.seller,
            step: SanctionStep::Warning,
            statement,
            measures: proposal.measures(),
            decided_by: DecidedBy::Rule,
            effective_at: cx.now(),
            fix_until: Some(cx.now() + TimeDelta::days(i64::from(rules.fix_days))),
            grave: None,
            exception: None,
        };
        order.impose(history, &days, cx.now()).ok()
    });
    let Some(sanction) = imposed else {
        tx.save_proposal(&new).await?;
        return Ok(tx.mail_proposal(new.id, receivers, cx.now()).await?);
    };
    tx.insert_sanction(&SanctionRow { sanction: sanction.clone(), people: SanctionPeople::default() }).await?;
    tx.save_proposal(&new.take(sanction.id)?).await?;
    Ok(tx.mail_sanction(sanction.id, SanctionNews::Imposed, &[Receiver::Seller(sanction.seller)], cx.now()).await?)
}

/// Says that nothing follows from a proposal.
pub async fn dismiss(cx: &Cx, actor: &Actor, id: SanctionProposalId, reasons: &str) -> Result<SanctionProposal> {
    policy::require(&actor.who, Permission::SanctionSellers)?;
    let staff = StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let unknown = || refused(&["proposalId"], Refusal::NotFound { what: "Proposal" });
    let proposal = tx.lock_proposal(id).await?.ok_or_else(unknown)?;
    let dismissed = proposal.dismiss(reasons, staff, name(&actor.who), cx.now()).map_err(|why| {
        let field: &[&str] = if matches!(why, Refusal::NotNow { .. }) { &["proposalId"] } else { &["reasons"] };
        refused(field, why)
    })?;
    tx.save_proposal(&dismissed).await?;
    tx.commit().await?;
    Ok(dismissed)
}

/// The e-mail that tells the operator of a proposal.
pub(in super::super) async fn letter(cx: &Cx, marketplace: &Marketplace, id: SanctionProposalId, language: Language) -> Result<Letter> {
    let whole = Actor::system(marketplace.id).scope();
    let proposal = cx.store.sanction_proposal(whole, id).await?.ok_or(Error::NotFound)?;
    let seller = cx.store.sellers_by_id(whole, &[proposal.seller]).await?.pop().ok_or(Error::NotFound)?.name;
    let numbers = facts(&proposal.lines, language);
    let (subject, first, last) = match language {
        Language::English => (
            format!("[{}] {seller}: measures beyond their bounds", marketplace.name),
            format!("The measures of {seller} are beyond their bounds, and propose a decision:"),
            "A person decides; nothing follows by itself.",
        ),
        Language::French => (
            format!("[{}] {seller}\u{a0}: mesures hors limites", marketplace.name),
            format!("Les mesures de {seller} dépassent leurs limites et proposent une décision\u{a0}:"),
            "Une personne décide\u{a0}; rien ne se fait tout seul.",
        ),
    };
    Ok(mails::unstoppable(MailKind::Sanction, subject, &[first.as_str(), &numbers, last].join("\n\n"), &marketplace.name, language))
}
