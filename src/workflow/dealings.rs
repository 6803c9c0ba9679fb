//! What returns, refunds and disputes about an order share: which case they belong to, under which lock they move, and how
//! those concerned are told.
//!
//! Whoever decides anything about money or goods of an order holds the lock of the order first, then that of the case. So of
//! two decisions about one order the second always knows the first.

use super::connections::ConnectionSettings;
use super::threads::{acknowledge, open_buyer_thread};
use super::{Error, Result, effects, refused, shipments};
use crate::domain::cases::{Case, CaseMove, Opening};
use crate::domain::charter::{Marketplace, Terms};
use crate::domain::hands::{Hand, Happened};
use crate::domain::ids::{CaseId, OrderId};
use crate::domain::language;
use crate::domain::orders::Buyer;
use crate::domain::parties::{Actor, Who};
use crate::domain::purchases::{LineKey, Purchase};
use crate::domain::refusal::Refusal;
use crate::domain::templates::{Eyes, Names, Situation, Template, TemplateOwner, choose, in_use, render};
use crate::domain::tickets::{Channel, Priority};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::{OutboundCommand, TicketMarks};
use crate::store::{NewOutbox, Tx, lane};

/// An order and the case in which something about it is decided, both under lock.
#[derive(Debug, Clone)]
pub(super) struct Dealing {
    /// Where.
    pub(super) marketplace: Marketplace,
    /// The terms of the case.
    pub(super) terms: Terms,
    /// The case.
    pub(super) case: Case,
    /// The order, in money.
    pub(super) purchase: Purchase,
}

/// For something new about an order: the case that is named, else the newest one about the order that is not closed, else a
/// new one. Refused when the actor does not know the order or the case.
pub(super) async fn about(tx: &mut Tx, actor: &Actor, order: OrderId, line: Option<&LineKey>, case: Option<CaseId>) -> Result<Dealing> {
    begun(tx, actor, order, (line, case), Opener::Party).await
}

/// For something that was said elsewhere, which neither buyer nor seller told us: a new case is the team's until it lets them in.
pub(super) async fn overheard(tx: &mut Tx, actor: &Actor, order: OrderId) -> Result<Dealing> {
    begun(tx, actor, order, (None, None), Opener::Rumour).await
}

/// For something that the house tells a buyer who asked nothing: a new case waits for the buyer, and nobody's time runs.
pub(super) async fn told(tx: &mut Tx, actor: &Actor, order: OrderId) -> Result<Dealing> {
    begun(tx, actor, order, (None, None), Opener::House).await
}

/// What a case begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opener {
    /// A party does something.
    Party,
    /// Something is said elsewhere.
    Rumour,
    /// The house has something to tell.
    House,
}

async fn begun(
    tx: &mut Tx,
    actor: &Actor,
    order: OrderId,
    (line, case): (Option<&LineKey>, Option<CaseId>),
    opener: Opener,
) -> Result<Dealing> {
    let unknown = || refused(&["orderId"], Refusal::NotFound { what: "Order" });
    tx.knows_order(actor.scope(), order).await?.ok_or_else(unknown)?;
    let purchase = tx.lock_purchase(order).await?.ok_or_else(unknown)?;
    if line.is_some_and(|line| purchase.line(line).is_none()) {
        return Err(refused(&["lineId"], Refusal::NotFound { what: "Order line" }));
    }
    let marketplace = tx.own_marketplace().await?;
    let whole = Actor::system(actor.marketplace).scope();
    let found = match case {
        Some(id) => {
            let known = tx.lock_case(actor.scope(), id).await?.filter(|case| case.order == Some(order));
            Some(known.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?)
        }
        None => match tx.newest_case_about(order).await? {
            Some(id) => tx.lock_case(whole, id).await?,
            None => None,
        },
    };
    let case = match found {
        Some(case) => case,
        None => open(tx, &marketplace, actor, &purchase, line, opener).await?,
    };
    let terms = tx.terms(&marketplace, &case).await?;
    Ok(Dealing { marketplace, terms, case, purchase })
}

/// What something that is there already belongs to. Its row is to be read again under these locks.
pub(super) async fn of(tx: &Tx, case: CaseId, order: OrderId) -> Result<Dealing> {
    let purchase = tx.lock_purchase(order).await?.ok_or(Error::NotFound)?;
    let marketplace = tx.own_marketplace().await?;
    let whole = Actor::system(tx.marketplace()).scope();
    let case = tx.lock_case(whole, case).await?.ok_or(Error::NotFound)?;
    let terms = tx.terms(&marketplace, &case).await?;
    Ok(Dealing { marketplace, terms, case, purchase })
}

/// A new case for an order about which there is none.
async fn open(
    tx: &mut Tx,
    marketplace: &Marketplace,
    actor: &Actor,
    purchase: &Purchase,
    line: Option<&LineKey>,
    opener: Opener,
) -> Result<Case> {
    let buyer = match &actor.who {
        Who::Buyer { buyer } => tx.buyer(*buyer).await?.ok_or(Error::NotFound)?,
        _ => tx.buyer_of_order(purchase.order).await?,
    };
    let house = marketplace.locale.as_str();
    let subject = match language::of_buyer(&[], None, house) {
        Some(tag) if tag.as_str().starts_with("fr") => format!("Commande {}", purchase.reference),
        _ => format!("Order {}", purchase.reference),
    };
    let terms = Terms::today(marketplace);
    let line = line.map(|line| line.as_str().to_owned());
    let opening = Opening {
        reference: tx.next_reference().await?,
        subject,
        priority: Priority::Normal,
        buyer: buyer.id,
        order: Some((purchase.order, purchase.seller)),
        phase: shipments::phase(tx, Some(purchase.order), line.as_deref()).await?,
        order_line: line,
        reason: None,
        channel: if opener == Opener::Rumour { Channel::Social } else { Channel::Api },
        parent: None,
    };
    let mut case = match opener {
        Opener::Party | Opener::House => Case::open(opening, &terms, tx.now()),
        Opener::Rumour => Case::open_for_team(opening, &terms, tx.now()),
    };
    case.language = language::of_buyer(&[], None, house);
    if opener == Opener::House {
        // There is nothing to acknowledge: it is we who write.
        case.acknowledge_at = None;
    }
    tx.insert_case(&case, None).await?;
    effects::announce(tx, &terms, &actor.who, &case.opening()).await?;
    if opener == Opener::House {
        let moved = case.apply(&CaseMove::AwaitBuyer, &terms, tx.now())?;
        effects::record(tx, &terms, &actor.who, &moved).await?;
        case = moved.case;
    }
    open_buyer_thread(tx, &actor.who, &case).await?;
    Ok(case)
}

/// Whose hand an actor's is. The marketplace's software stands for the buyer who clicks on its pages.
pub(super) fn hand(who: &Who) -> Result<Hand> {
    match who {
        Who::Buyer { .. } | Who::Vendor { .. } => Ok(Hand::Buyer),
        Who::Seller { .. } => Ok(Hand::Seller),
        Who::Operator { .. } | Who::Agent { .. } => Ok(Hand::Operator),
        Who::System => Ok(Hand::System),
        Who::Mediator { .. } | Who::Helpdesk { .. } => Err(Refusal::NotAllowed.into()),
    }
}

/// Writes down what happened, each for those who may know, and has the case's tickets marked anew where that is wanted.
pub(super) async fn tell<K>(
    tx: &mut Tx,
    case: CaseId,
    who: &Who,
    happened: Vec<Happened<K>>,
    event: impl Fn(K) -> EventKind,
) -> Result<()> {
    if happened.is_empty() {
        return Ok(());
    }
    for what in happened {
        tx.record(case, who, NewEvent { kind: event(what.kind), audience: what.audience, message: None });
    }
    for ticket in tx.tickets_of(case).await?.iter().filter(|ticket| effects::can_carry(ticket)) {
        let settings = tx.connection_settings(ticket.connection).await?;
        let wanted = settings.and_then(|settings| serde_json::from_value::<ConnectionSettings>(settings).ok());
        if wanted.is_some_and(|settings| settings.marks.any()) {
            let command = OutboundCommand::MarkTicket { ticket: ticket.number.clone(), marks: TicketMarks::default() };
            let mut delivery = NewOutbox::new(ticket.connection, lane(ticket.connection, &ticket.number), command);
            delivery.case = Some(case);
            tx.send_once(delivery);
        }
    }
    Ok(())
}

/// Tells the buyer something by a rule, from the template of this key, in the case's language. A template of the marketplace's
/// own that cannot be filled gives way to the one that comes with Trilogue.
pub(super) async fn tell_buyer(tx: &mut Tx, dealing: &Dealing, template: &'static str, words: &[(&'static str, String)]) -> Result<()> {
    let language = dealing.case.language_or(&dealing.marketplace.locale).to_owned();
    if let Some(text) = words_of(tx, dealing, template, &language, words).await? {
        acknowledge(tx, &dealing.marketplace, &dealing.case, text).await?;
    }
    Ok(())
}

/// Leaves word for the team in the case's tickets, in the marketplace's language.
pub(super) async fn note_team(tx: &mut Tx, dealing: &Dealing, template: &'static str, words: &[(&'static str, String)]) -> Result<()> {
    let language = dealing.marketplace.locale.clone();
    let Some(text) = words_of(tx, dealing, template, &language, words).await? else { return Ok(()) };
    let tickets = tx.tickets_of(dealing.case.id).await?;
    if let Some(ticket) = tickets.iter().find(|ticket| effects::can_carry(ticket)) {
        effects::note(tx, &dealing.case, ticket, text);
    }
    Ok(())
}

/// What is said by the template of this key; nothing when it cannot be filled.
pub(super) async fn words_of(
    tx: &Tx,
    dealing: &Dealing,
    key: &'static str,
    language: &str,
    words: &[(&'static str, String)],
) -> Result<Option<String>> {
    let own = tx.templates_of(TemplateOwner::Marketplace, key).await?;
    let buyer = tx.buyer(dealing.case.buyer).await?;
    let used = in_use(own, Eyes::Operator).into_iter().filter(|template| template.key.as_str() == key);
    let shipped = in_use(Vec::new(), Eyes::Operator).into_iter().filter(|template| template.key.as_str() == key);
    for template in used.chain(shipped) {
        match fill(dealing, &template, buyer.as_ref(), language, words) {
            Ok(text) => return Ok(Some(text)),
            Err(error) => tracing::warn!(case.id = %dealing.case.id, template = key, error, "a template cannot be filled"),
        }
    }
    Ok(None)
}

fn fill(
    dealing: &Dealing,
    template: &Template,
    buyer: Option<&Buyer>,
    language: &str,
    words: &[(&'static str, String)],
) -> Result<String, String> {
    let house = dealing.marketplace.locale.as_str();
    let (tag, source) = choose(&template.body.texts, &[language, house]).ok_or("it has no text")?;
    let situation = Situation {
        marketplace: &dealing.marketplace,
        case: &dealing.case,
        buyer,
        seller: None,
        order: None,
        sender: &dealing.marketplace.name,
        names: Names::Alias,
    };
    let order = [("order.reference".to_owned(), dealing.purchase.reference.clone())];
    let given = words.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).chain(order);
    render(source, &situation.variables(tag).with(given.collect())).map_err(|error| error.to_string())
}
