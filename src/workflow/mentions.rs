//! What is said of the marketplace elsewhere, as the vendor's software or a service that watches tells it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, Utc};
use url::Url;

use super::orders::ID_LIMIT;
use super::{Check, Cx, Error, Result, dealings};
use crate::domain::ids::{CaseId, OrderId};
use crate::domain::mentions::{Mention, MentionRating, Said, plain_address};
use crate::domain::orders::OrderPattern;
use crate::domain::parties::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::timeline::{EventKind, NewEvent};
use crate::policy::{self, Permission};
use crate::store::Tx;

/// The most that is told at once.
pub const MOST: usize = 100;
/// The longest name of a source or an author, in characters.
const NAME_LIMIT: usize = 200;
/// The longest words, in characters.
const TEXT_LIMIT: usize = 10_000;
/// The longest address, in characters.
const URL_LIMIT: usize = 2_000;
/// So much of the words stands in the note to the team, in characters.
const NOTE_LIMIT: usize = 1_000;
const TO_TEAM: &str = "mention_note";

/// Something that is said elsewhere, as it is told.
#[derive(Debug, Clone)]
pub struct MentionInput {
    /// Where.
    pub source: String,
    /// The source's own id of it.
    pub external_id: Option<String>,
    /// Where it can be read.
    pub url: String,
    /// By whom.
    pub author: Option<String>,
    /// The words; empty when there is only a rating.
    pub text: String,
    /// What was given, the worst and the best that can be, in hundredths.
    pub rating: Option<(i32, i32, i32)>,
    /// The order that it names.
    pub order_reference: Option<String>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
}

/// Stores what is said elsewhere: all of it, or nothing when one has a fault. Each is known once. What is bad and names an order
/// that is known comes to the order's case, or opens one. Gives all of them as they are known now, in the order of the input.
pub async fn report(cx: &Cx, actor: &Actor, inputs: Vec<MentionInput>) -> Result<Vec<Mention>> {
    policy::require(&actor.who, Permission::ReportMentions)?;
    let told: Vec<Said> = read_all(inputs)?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let mut tx = cx.store.begin(actor.marketplace).await?;

    let mut new: Vec<Mention> = told.iter().map(|said| Mention::new(said.clone(), cx.now())).collect();
    // In one order whoever tells, so that two who tell the same do not wait for each other.
    new.sort_by_key(|mention| mention.said.digest());
    let mut known = tx.claim_mentions(&new).await?;
    let orders = orders_named(&tx, &told, marketplace.charter.order_pattern.as_ref()).await?;
    let mut after: Vec<Mention> = Vec::with_capacity(told.len());
    for said in &told {
        let before = known.remove(&said.digest()).ok_or(Error::NotFound)?;
        let order = before.order.or_else(|| orders.get(&said.digest()).copied());
        after.push(Mention { order, ..before.told(said.clone(), cx.now()) });
    }
    // Orders are locked in one order too.
    let mut turns: Vec<_> = (0..after.len()).collect();
    turns.sort_by_key(|index| after[*index].order);
    for index in turns {
        after[index].case = take_up(&mut tx, actor, &after[index]).await?;
        tx.save_mention(&after[index]).await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// Brings what must be looked at to its case. Gives the case that knows of it.
async fn take_up(tx: &mut Tx, actor: &Actor, mention: &Mention) -> Result<Option<CaseId>> {
    let Some(order) = mention.order.filter(|_| mention.wants_case()) else { return Ok(mention.case) };
    let dealing = dealings::overheard(tx, actor, order).await?;
    let event = EventKind::MentionFound { mention: mention.id };
    tx.record(dealing.case.id, &actor.who, NewEvent::for_operator(event));
    let words: String = mention.said.text.chars().take(NOTE_LIMIT).collect();
    let words = [("source", mention.said.source.clone()), ("url", mention.said.url.to_string()), ("words", words)];
    dealings::note_team(tx, &dealing, TO_TEAM, &words).await?;
    Ok(Some(dealing.case.id))
}

/// The orders that are named, by the digests of who names them: as the teller says, else in the words, where the marketplace says
/// what its references look like. What only looks like one names none.
async fn orders_named(tx: &Tx, told: &[Said], pattern: Option<&OrderPattern>) -> Result<HashMap<[u8; 32], OrderId>> {
    let named = |said: &Said| match (&said.order_reference, pattern) {
        (Some(reference), _) => vec![reference.clone()],
        (None, Some(pattern)) => pattern.candidates(&said.text),
        (None, None) => Vec::new(),
    };
    let references: Vec<_> = told.iter().flat_map(named).collect::<HashSet<_>>().into_iter().collect();
    if references.is_empty() {
        return Ok(HashMap::new());
    }
    let orders = tx.order_sellers(&references).await?;
    let first = |said: &Said| named(said).iter().find_map(|reference| orders.get(reference)).map(|(order, _)| *order);
    Ok(told.iter().filter_map(|said| Some((said.digest(), first(said)?))).collect())
}

fn read_all(inputs: Vec<MentionInput>) -> Result<Vec<Said>> {
    let mut check = Check::default();
    if inputs.is_empty() || inputs.len() > MOST {
        check.fault(&["mentions"], Refusal::TooMany { limit: MOST });
        check.done()?;
        return Ok(Vec::new());
    }
    let mut told = Vec::with_capacity(inputs.len());
    let mut seen = HashSet::new();
    for (index, input) in inputs.into_iter().enumerate() {
        let index = index.to_string();
        let Some(said) = read(&mut check, &index, input) else { continue };
        if !seen.insert(said.digest()) {
            check.fault(&["mentions", &index], Refusal::Twice { key: said.source.clone() });
        }
        told.push(said);
    }
    check.done()?;
    Ok(told)
}

/// What the input says; its faults are in `check`.
fn read(check: &mut Check, index: &str, input: MentionInput) -> Option<Said> {
    let path = |field| ["mentions", index, field];
    check.text(&path("source"), "The source", &input.source, NAME_LIMIT);
    let named = [
        ("externalId", "The external id", &input.external_id, ID_LIMIT),
        ("author", "The author", &input.author, NAME_LIMIT),
        ("orderReference", "The order's reference", &input.order_reference, ID_LIMIT),
    ];
    for (field, what, text, limit) in named {
        if let Some(text) = text {
            check.text(&path(field), what, text, limit);
        }
    }
    if input.text.chars().count() > TEXT_LIMIT {
        check.fault(&path("text"), Refusal::Length { what: "The text", limit: TEXT_LIMIT });
    }
    if input.text.trim().is_empty() && input.rating.is_none() {
        check.fault(&path("text"), Refusal::Invalid { message: "There must be a text, a rating, or both.".into() });
    }
    let rating = input.rating.map(|(value, worst, best)| MentionRating::new(value, worst, best));
    if let Some(Err(why)) = &rating {
        check.fault(&path("rating"), Refusal::Invalid { message: why.to_string() });
    }
    if input.published_at.is_some_and(|at| !(1970..=9999).contains(&at.year())) {
        check.fault(&path("publishedAt"), Refusal::Invalid { message: "The year must be between 1970 and 9999.".into() });
    }
    let url = Url::parse(&input.url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && input.url.len() <= URL_LIMIT);
    let Some(url) = url else {
        let message = format!("This must be a web address that begins with https:// or http://, of at most {URL_LIMIT} characters.");
        check.fault(&path("url"), Refusal::Invalid { message });
        return None;
    };
    Some(Said {
        source: input.source.trim().to_owned(),
        external_id: input.external_id,
        url: plain_address(&url),
        author: input.author,
        text: input.text,
        rating: rating.and_then(Result::ok),
        order_reference: input.order_reference,
        published_at: input.published_at,
    })
}
