//! People from outside who are let into one case for a while, to read.

use chrono::{DateTime, SubsecRound, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::orders::email;
use super::tenants::{digest, secret};
use super::{Check, Cx, Error, Result, refused};
use crate::domain::ids::{CaseId, MediatorId, ThreadId};
use crate::domain::mediators::{MOST, Mediator, Standing, check_end};
use crate::domain::parties::{Actor, Who};
use crate::domain::refusal::Refusal;
use crate::domain::threads::{History, Thread};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::policy::{self, Permission};
use crate::store::{NewMediator, Tx};

/// What their tokens begin with.
const PREFIX: &str = "trl_md";
const NAME_LIMIT: usize = 200;
const STATEMENT_LIMIT: usize = 2_000;
const THREADS_LIMIT: usize = 20;

/// Somebody to let in.
#[derive(Debug, Clone)]
pub struct MediatorRequest {
    /// Into which case.
    pub case: CaseId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Why.
    pub statement: String,
    /// Which threads they are shown; none for all in which the buyer takes part now.
    pub threads: Option<Vec<ThreadId>>,
    /// Whether they see what was said before.
    pub history: History,
    /// Until when.
    pub until: DateTime<Utc>,
}

fn check(request: &MediatorRequest, now: DateTime<Utc>) -> Result<()> {
    let mut check = Check::default();
    check.text(&["name"], "The name", &request.name, NAME_LIMIT);
    email(&mut check, &["email"], request.email.as_deref());
    check.text(&["statement"], "The statement", &request.statement, STATEMENT_LIMIT);
    if let Err(refusal) = check_end(now, request.until) {
        check.fault(&["expiresAt"], refusal);
    }
    match request.threads.as_deref() {
        Some([]) => check.fault(&["threadIds"], Refusal::Invalid { message: "Name at least one thread.".into() }),
        Some(threads) if threads.len() > THREADS_LIMIT => check.fault(&["threadIds"], Refusal::TooMany { limit: THREADS_LIMIT }),
        _ => {}
    }
    check.done()
}

/// The threads of a case that are to be shown: those that were named, or all with the buyer.
fn chosen(of_case: Vec<Thread>, named: Option<&[ThreadId]>) -> Result<Vec<Thread>> {
    let mut check = Check::default();
    for (index, id) in named.unwrap_or_default().iter().enumerate() {
        let fault = match of_case.iter().find(|thread| thread.id == *id) {
            None => Refusal::NotFound { what: "Thread" },
            Some(thread) if !thread.kind.reaches_buyer() => {
                Refusal::Invalid { message: "Private talk of operator and seller is shown to nobody else.".into() }
            }
            Some(_) => continue,
        };
        check.fault(&["threadIds", &index.to_string()], fault);
    }
    check.done()?;
    let wanted = |thread: &Thread| thread.kind.reaches_buyer() && named.is_none_or(|named| named.contains(&thread.id));
    let chosen: Vec<_> = of_case.into_iter().filter(wanted).collect();
    if chosen.is_empty() {
        return Err(refused(&["caseId"], Refusal::Invalid { message: "The case has no thread that could be shown yet.".into() }));
    }
    Ok(chosen)
}

/// Lets somebody from outside read a case for a while, and gives their token, this once.
pub async fn admit(cx: &Cx, actor: &Actor, request: MediatorRequest) -> Result<(Mediator, SecretString)> {
    policy::require(&actor.who, Permission::AdmitMediators)?;
    let now = cx.now();
    check(&request, now)?;
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let case = tx.lock_case(actor.scope(), request.case).await?;
    let case = case.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?;
    let threads = chosen(tx.threads_of_case(case.id).await?, request.threads.as_deref())?;
    if present(&tx, case.id, now).await? >= MOST {
        let message = format!("At most {MOST} mediators can read along in a case at a time.");
        return Err(refused(&["caseId"], Refusal::Invalid { message }));
    }

    let token = secret(PREFIX);
    let mediator = Mediator {
        id: MediatorId::generate(),
        case: case.id,
        name: request.name.trim().to_owned(),
        email: request.email.map(|email| email.trim().to_owned()),
        statement: request.statement.trim().to_owned(),
        threads: threads.iter().map(|thread| thread.id).collect(),
        admitted_by: actor.who.clone(),
        admitted_at: now,
        // The finest that both databases keep.
        expires_at: request.until.trunc_subsecs(6),
        revoked_at: None,
    };
    let from = |thread: &Thread| match request.history {
        History::Shown => 1,
        History::Hidden => thread.last_number + 1,
    };
    let places = threads.iter().map(|thread| (thread.id, from(thread))).collect();

    tx.insert_mediator(&NewMediator { mediator: mediator.clone(), digest: digest(&token), places }).await?;
    let event = EventKind::MediatorAdmitted { mediator: mediator.id, name: mediator.name.clone(), until: mediator.expires_at };
    // Everybody in the case may know who else reads it.
    tx.record(case.id, &actor.who, NewEvent::for_all(event));
    tx.commit().await?;
    Ok((mediator, token))
}

/// Sends somebody away before their time is over. Safe to repeat.
pub async fn revoke(cx: &Cx, actor: &Actor, id: MediatorId) -> Result<Mediator> {
    policy::require(&actor.who, Permission::AdmitMediators)?;
    let not_found = || refused(&["mediatorId"], Refusal::NotFound { what: "Mediator" });
    let mut tx = cx.store.begin(actor.marketplace).await?;
    let found = tx.mediator(id).await?.ok_or_else(not_found)?;
    tx.lock_case(actor.scope(), found.case).await?.ok_or_else(not_found)?;
    // Read again under the lock: somebody may have done it meanwhile.
    let found = tx.mediator(id).await?.ok_or_else(not_found)?;
    if found.revoked_at.is_some() {
        return Ok(found);
    }

    let revoked = Mediator { revoked_at: Some(cx.now()), ..found };
    tx.revoke_mediator(&revoked, cx.now()).await?;
    let event = EventKind::MediatorRevoked { mediator: id, name: revoked.name.clone() };
    tx.record(revoked.case, &actor.who, NewEvent::for_all(event));
    tx.commit().await?;
    Ok(revoked)
}

async fn present(tx: &Tx, case: CaseId, now: DateTime<Utc>) -> Result<usize> {
    let all = tx.mediators_of(case).await?;
    Ok(all.iter().filter(|mediator| mediator.standing(now) == Standing::Admitted).count())
}

/// Whether anybody from outside reads a case now.
pub(super) async fn reads_along(tx: &Tx, case: CaseId, now: DateTime<Utc>) -> Result<bool> {
    Ok(present(tx, case, now).await? > 0)
}

/// Whether a token is one of theirs, by its form.
pub(super) fn is_one(token: &SecretString) -> bool {
    token.expose_secret().starts_with(PREFIX)
}

/// Who a mediator's token stands for, as long as they are let in.
pub(super) async fn authenticate(cx: &Cx, token: &SecretString) -> Result<Actor> {
    let (marketplace, found) = cx.store.mediator_by_digest(&digest(token), cx.now()).await?.ok_or(Error::NotFound)?;
    let who = Who::Mediator { mediator: found.id, case: found.case, name: found.name, until: found.expires_at };
    Ok(Actor { marketplace, who })
}
