//! Who is told what of a dispute.
//!
//! News goes out by templates, which a marketplace can replace. What the law wants said goes out as it is.

use super::super::dealings::{self, Dealing};
use super::super::{Result, threads};
use crate::domain::disputes::{Decision, Dispute, DisputeEvent, Remedy, Teller};
use crate::domain::hands::Happened;
use crate::domain::money::Money;
use crate::domain::parties::Party;
use crate::domain::refunds::CostPlan;
use crate::store::Tx;

/// The template by which the buyer is told of it.
const TO_BUYER: &str = "dispute_news";
/// The template by which the team is.
const TO_TEAM: &str = "dispute_note";

fn to_buyer(dealing: &Dealing) -> Teller {
    Teller::new(dealing.case.language_or(&dealing.marketplace.locale), dealing.marketplace.timezone)
}

fn to_team(dealing: &Dealing) -> Teller {
    Teller::new(&dealing.marketplace.locale, dealing.marketplace.timezone)
}

/// Tells buyer and team what happened. The seller reads it in the timeline, as webhooks and e-mails tell it.
pub(super) async fn news(tx: &mut Tx, dealing: &Dealing, after: &Dispute, events: &[Happened<DisputeEvent>]) -> Result<()> {
    let (buyer, team) = (to_buyer(dealing), to_team(dealing));
    let masked = |text: &str, author: Party| match author {
        Party::Seller => dealing.marketplace.words_for(text, Party::Seller, Party::Buyer),
        _ => text.to_owned(),
    };
    let plain = |text: &str, _: Party| text.to_owned();
    let seen = |reader: Party| events.iter().filter(move |event| event.audience.contains(reader));
    let news: Vec<_> = seen(Party::Buyer).filter_map(|event| buyer.news(after, &event.kind, Party::Buyer, &masked)).collect();
    if !news.is_empty() {
        dealings::tell_buyer(tx, dealing, TO_BUYER, &[("news", news.join("\n\n"))]).await?;
    }
    let news: Vec<_> = seen(Party::Operator).filter_map(|event| team.news(after, &event.kind, Party::Operator, &plain)).collect();
    if !news.is_empty() {
        note(tx, dealing, news.join(" ")).await?;
    }
    Ok(())
}

/// Leaves word for the team.
pub(super) async fn note(tx: &mut Tx, dealing: &Dealing, news: String) -> Result<()> {
    dealings::note_team(tx, dealing, TO_TEAM, &[("news", news)]).await
}

/// What people know the dispute by.
fn subject(dealing: &Dealing, teller: &Teller) -> String {
    teller.order(&dealing.purchase.reference)
}

async fn to_seller(tx: &Tx, dealing: &Dealing) -> Result<(Teller, String)> {
    let own = tx.seller_locale(dealing.purchase.seller).await?;
    let language = own.unwrap_or_else(|| dealing.marketplace.locale.clone());
    Ok((Teller::new(&language, dealing.marketplace.timezone), language))
}

/// Sends the statement of reasons to both parties.
pub(super) async fn statement(tx: &mut Tx, dealing: &Dealing, after: &Dispute, decision: &Decision) -> Result<()> {
    let teller = to_buyer(dealing);
    let text = teller.statement(after, decision, Party::Buyer, &subject(dealing, &teller));
    threads::acknowledge(tx, &dealing.marketplace, &dealing.case, text).await?;
    let (teller, _) = to_seller(tx, dealing).await?;
    let text = teller.statement(after, decision, Party::Seller, &subject(dealing, &teller));
    threads::tell_seller(tx, &dealing.marketplace, &dealing.case, text).await
}

/// Tells the buyer of an end, of the consumer mediator and of the courts.
pub(super) async fn end_to_buyer(tx: &mut Tx, dealing: &Dealing, after: &Dispute) -> Result<()> {
    let teller = to_buyer(dealing);
    let language = dealing.case.language_or(&dealing.marketplace.locale);
    let mediator = dealing.marketplace.charter.mediator.as_ref().map(|mediator| mediator.notice(language));
    if mediator.is_none() {
        note(tx, dealing, to_team(dealing).lacks_mediator()).await?;
    }
    let text = teller.ended(after, &subject(dealing, &teller), mediator.as_deref());
    threads::acknowledge(tx, &dealing.marketplace, &dealing.case, text).await?;
    Ok(())
}

/// Tells the seller of an end, of the complaint and of the mediators.
pub(super) async fn end_to_seller(tx: &mut Tx, dealing: &Dealing, after: &Dispute) -> Result<()> {
    let (teller, language) = to_seller(tx, dealing).await?;
    let complaints = dealing.marketplace.charter.complaints.as_ref().map(|complaints| complaints.notice(&language));
    if complaints.is_none() {
        note(tx, dealing, to_team(dealing).lacks_complaints()).await?;
    }
    let text = teller.ended_for_seller(after, &subject(dealing, &teller), complaints.as_deref());
    threads::tell_seller(tx, &dealing.marketplace, &dealing.case, text).await
}

/// Tells the team what it must do by hand.
pub(super) async fn by_hand(tx: &mut Tx, dealing: &Dealing, chore: Chore) -> Result<()> {
    let teller = to_team(dealing);
    note(
        tx,
        dealing,
        match chore {
            Chore::OtherRemedy(remedy) => teller.remedy_by_hand(remedy),
            Chore::ReturnFirst => teller.return_first(),
            Chore::NothingLeft => teller.nothing_left(),
            Chore::NotPaid(why) => teller.not_paid(&why),
            Chore::Lowered(by) => teller.lowered(by),
            Chore::CostMoved(costs) => teller.cost_moved(costs),
        },
    )
    .await
}

/// Something that a person must see to.
pub(super) enum Chore {
    /// Other goods, or a repair.
    OtherRemedy(Remedy),
    /// The goods go back before money does, and there is no return yet.
    ReturnFirst,
    /// All was refunded before.
    NothingLeft,
    /// The money side refused.
    NotPaid(String),
    /// An appeal gives the buyer less than was paid already.
    Lowered(Money),
    /// An appeal lets somebody else pay.
    CostMoved(CostPlan),
}
