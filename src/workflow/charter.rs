//! The charter: published, accepted; and when sellers are away.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Check, Cx, Error, Result, refused};
use crate::domain::calendar::{BusinessCalendar, Closure};
use crate::domain::charter::{Charter, CharterVersion, Effect, Publication};
use crate::domain::parties::{Actor, Who};
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::{Acceptance, Tx};

/// The longest summary of a change, in characters.
pub const SUMMARY_LIMIT: usize = 2_000;
/// The most closures that a seller may have set at once.
pub const CLOSURES_LIMIT: usize = 50;
/// The most days on which a seller may be away in a year to come: beyond that it is not one seller's holiday, but a way out
/// of every deadline.
pub const CLOSED_DAYS_LIMIT: i64 = 90;

/// A change of the charter: what was given of it replaces what was there.
pub struct Change<'a> {
    /// What the charter becomes, from what it is.
    pub edit: &'a (dyn Fn(&Charter) -> Charter + Sync),
    /// What changes, for people.
    pub summary: String,
    /// From when on; none for as soon as the notice allows.
    pub effective_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change").field("summary", &self.summary).field("effective_at", &self.effective_at).finish_non_exhaustive()
    }
}

/// Reports all that is wrong with a charter.
pub(super) fn check(check: &mut Check, path: &[&str], charter: &Charter) {
    for fault in charter.faults() {
        let path: Vec<_> = path.iter().copied().chain(fault.path.iter().map(String::as_str)).collect();
        check.fault(&path, Refusal::Invalid { message: fault.message });
    }
}

/// Publishes a change of the charter and gives the version that carries it; a change that changes nothing gives the version
/// that is there.
pub async fn publish(cx: &Cx, actor: &Actor, change: Change<'_>) -> Result<Publication> {
    policy::require(&actor.who, Permission::PublishCharter)?;
    let mut faults = Check::default();
    if change.summary.chars().count() > SUMMARY_LIMIT {
        faults.fault(&["summary"], Refusal::Length { what: "The summary", limit: SUMMARY_LIMIT });
    }
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let newest = tx.lock_charter().await?;
    let next = (change.edit)(&newest.charter);
    check(&mut faults, &["charter"], &next);
    faults.done()?;
    if next == *newest.charter {
        return Ok(newest);
    }

    let now = cx.now();
    let effect = newest.charter.effect_of(&next);
    let pending = newest.effective_at > now;
    let today = (change.edit)(&marketplace.charter);
    // An edit may say again what was announced: that is no news beside it, and would bind today without notice.
    let concerns_nobody = effect == Effect::Technical && marketplace.charter.effect_of(&today) == Effect::Technical;
    if concerns_nobody && pending {
        // It holds at once, and in what was announced as well.
        let at_once = publication(&newest, effect, today, &change, &actor.who, now, now);
        tx.publish(&at_once).await?;
        tx.publish(&publication(&at_once, newest.effect, next, &change, &actor.who, newest.announced_at, newest.effective_at)).await?;
        tx.commit().await?;
        return Ok(at_once);
    }
    let earliest = earliest(&tx, &newest, effect, now).await?;
    let effective_at = change.effective_at.unwrap_or(earliest);
    if effective_at < earliest {
        let message = format!("The change can take effect on {} at the earliest.", earliest.format("%Y-%m-%d %H:%M UTC"));
        return Err(refused(&["effectiveAt"], Refusal::Invalid { message }));
    }
    let new = publication(&newest, effect, next, &change, &actor.who, now, effective_at);
    tx.publish(&new).await?;
    tx.commit().await?;
    Ok(new)
}

/// A change of what binds the parties waits for its notice and for what was announced before it. Nobody needs notice where
/// there is no seller yet.
async fn earliest(tx: &Tx, newest: &Publication, effect: Effect, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    if effect == Effect::Technical || !tx.has_sellers().await? {
        return Ok(now.max(newest.effective_at));
    }
    Ok(newest.charter.earliest_effect(effect, now).max(newest.effective_at))
}

fn publication(
    before: &Publication,
    effect: Effect,
    charter: Charter,
    change: &Change<'_>,
    by: &Who,
    announced_at: DateTime<Utc>,
    effective_at: DateTime<Utc>,
) -> Publication {
    Publication {
        version: CharterVersion(before.version.0 + 1),
        charter: Arc::new(charter),
        effect,
        summary: change.summary.clone(),
        by: by.clone(),
        announced_at,
        effective_at,
    }
}

/// A seller accepts a version that was announced. Accepting it again changes nothing.
pub async fn accept(cx: &Cx, actor: &Actor, version: CharterVersion) -> Result<Acceptance> {
    let Who::Seller { seller, .. } = &actor.who else { return Err(Refusal::NotAllowed.into()) };
    let known = cx.store.charter(actor.marketplace, version).await?;
    known.ok_or_else(|| refused(&["version"], Refusal::NotFound { what: "Charter version" }))?;
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.accept_charter(&Acceptance { seller: *seller, version, by: actor.who.clone(), at: cx.now() }).await?;
    tx.commit().await?;
    let newest = cx.store.acceptances(actor.marketplace, &[*seller]).await?;
    newest.into_values().next().ok_or(Error::NotFound)
}

/// A seller says when it is away; what was said before of days to come is replaced. Deadlines that start or go on later know of it.
/// Days that are over stay as they were, or whoever answered late could say afterwards that it was away.
pub async fn set_closures(cx: &Cx, actor: &Actor, closures: Vec<Closure>) -> Result<()> {
    let Who::Seller { seller, .. } = &actor.who else { return Err(Refusal::NotAllowed.into()) };
    if closures.len() > CLOSURES_LIMIT {
        return Err(refused(&["closures"], Refusal::TooMany { limit: CLOSURES_LIMIT }));
    }
    let today = cx.now().with_timezone(&cx.marketplace(actor.marketplace).await?.timezone).date_naive();
    let days: i64 =
        closures.iter().map(|closure| (closure.last() - closure.first().max(today)).num_days() + 1).filter(|days| *days > 0).sum();
    if days > CLOSED_DAYS_LIMIT {
        let message = format!("A seller can be away on at most {CLOSED_DAYS_LIMIT} days to come.");
        return Err(refused(&["closures"], Refusal::Invalid { message }));
    }
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.lock_seller(*seller).await?;
    let known = tx.closures(*seller).await?;
    let invented = |closure: &Closure| {
        let past = closure.before(today);
        past.is_some_and(|past| past.days().any(|day| known.iter().all(|before| !before.covers(day))))
    };
    if let Some(position) = closures.iter().position(invented) {
        let message = "Nobody can be away on days that are over.".into();
        return Err(refused(&["closures", &position.to_string(), "first"], Refusal::Invalid { message }));
    }
    let over = known.iter().filter_map(|closure| closure.before(today));
    let to_come = closures.iter().filter_map(|closure| closure.since(today));
    let closures: Vec<_> = over.chain(to_come).collect();
    tx.save_closures(*seller, &closures).await?;
    Ok(tx.commit().await?)
}

/// A seller says when somebody is there to answer; none takes it back. What is promised to buyers goes by the charter's hours all the
/// same: this says how much of the week the seller covers.
pub async fn set_hours(cx: &Cx, actor: &Actor, hours: Option<&BusinessCalendar>) -> Result<()> {
    let Who::Seller { seller, .. } = &actor.who else { return Err(Refusal::NotAllowed.into()) };
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.save_hours(*seller, hours).await?;
    Ok(tx.commit().await?)
}
