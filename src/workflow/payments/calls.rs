//! One call to a payment system, and what is done after it. Nothing here gives up by count: an unknown outcome is not an end.

use chrono::TimeDelta;

use super::{Result, UNAUTHORIZED, hear, lane, learn};
use crate::domain::ids::{CaseId, DeliveryId};
use crate::domain::parties::{Actor, Who};
use crate::domain::refunds::{IdempotencyKey, ProviderWord};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::gateway::{Answer, Attempt, GatewayError, RefundOrder, Remedy, Sought};
use crate::store::{CallPhase, PaymentCall, Settlement, Tx};
use crate::workflow::Cx;

/// How soon it is asked what became of a try of which nothing was heard; after that once a day.
const FIRST_LOOK: TimeDelta = TimeDelta::hours(1);
const NEXT_LOOK: TimeDelta = TimeDelta::days(1);
/// How long a connection that cannot be used is left alone.
const REST: TimeDelta = TimeDelta::minutes(5);

/// 1 s, 10 s, 1 min, 5 min, then every 15 minutes; after a hundred of those, when every payment system should know, each hour.
pub fn back_off(attempts: i32) -> TimeDelta {
    match attempts {
        ..=1 => TimeDelta::seconds(1),
        2 => TimeDelta::seconds(10),
        3 => TimeDelta::minutes(1),
        4 => TimeDelta::minutes(5),
        5..=104 => TimeDelta::minutes(15),
        _ => TimeDelta::hours(1),
    }
}

/// What is known about a call's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// It had none; an earlier one may have.
    Nothing,
    /// Nobody knows, or it is known by now and does not matter.
    Stays,
}

/// What became of a call.
struct Outcome {
    settlement: Settlement,
    begun: Begun,
    /// A word for it; none when nothing went wrong.
    code: Option<String>,
}

/// Sends an instruction, or asks what became of one, and writes down what came of it.
pub async fn deliver(cx: &Cx, row: &PaymentCall) -> Result<Settlement> {
    let order: RefundOrder = row.instruction()?;
    let system = match row.connection {
        Some(connection) => cx.payments.get(connection).await,
        None => Err(crate::workflow::Error::NotFound),
    };
    let system = match system {
        Ok(system) => system,
        Err(error) => {
            let error = format!("its connection cannot be used: {error}");
            let settlement = Settlement::Retry { at: cx.now() + REST, error };
            return conclude(cx, row, Outcome { settlement, begun: Begun::Nothing, code: Some("CONNECTION".to_owned()) }, None).await;
        }
    };
    match row.phase {
        CallPhase::Send => {
            let attempt = row.begun_at.map_or(Attempt::First, |begun_at| Attempt::Again { begun_at });
            sent(cx, row, system.gateway.refund(&order, attempt).await).await
        }
        CallPhase::Look => {
            let sought = Sought { reference: row.reference.clone(), ..Sought::of(&order) };
            looked(cx, row, system.gateway.look(&sought).await).await
        }
    }
}

async fn sent(cx: &Cx, row: &PaymentCall, outcome: Result<Answer, GatewayError>) -> Result<Settlement> {
    let error = match outcome {
        Ok(answer) => return answered(cx, row, answer).await,
        Err(error) => error,
    };
    tracing::warn!(refund.key = %row.key, %error, "an instruction to a payment system was not carried out");
    let reason = error.to_string();
    let settlement = match error.remedy() {
        Remedy::Fail(kind) => {
            let answer = Answer { reference: None, word: ProviderWord::Failed { kind } };
            hear(cx, row.marketplace, row.key, &answer).await?;
            let outcome = Outcome { settlement: Settlement::Done, begun: Begun::Stays, code: Some(code(&error)) };
            return conclude(cx, row, outcome, Some(answer)).await;
        }
        Remedy::Wait(time) => {
            let at = cx.now() + TimeDelta::from_std(time).unwrap_or(TimeDelta::minutes(1)).max(TimeDelta::seconds(1));
            Settlement::Defer { at, reason }
        }
        Remedy::Again => Settlement::Retry { at: cx.now() + back_off(row.attempts), error: reason },
        Remedy::AskPerson => Settlement::Parked(reason),
    };
    let begun = if error.leaves_unknown() { Begun::Stays } else { Begun::Nothing };
    conclude(cx, row, Outcome { settlement, begun, code: Some(code(&error)) }, None).await
}

/// A word of the payment system: final, or the next look is an hour away.
async fn answered(cx: &Cx, row: &PaymentCall, answer: Answer) -> Result<Settlement> {
    hear(cx, row.marketplace, row.key, &answer).await?;
    let settlement = match answer.word {
        ProviderWord::Pending => Settlement::Defer { at: cx.now() + FIRST_LOOK, reason: "the payment system works on it".to_owned() },
        _ => Settlement::Done,
    };
    conclude(cx, row, Outcome { settlement, begun: Begun::Stays, code: None }, Some(answer)).await
}

async fn looked(cx: &Cx, row: &PaymentCall, outcome: Result<Option<Answer>, GatewayError>) -> Result<Settlement> {
    let again = |reason: &str| Settlement::Defer { at: cx.now() + NEXT_LOOK, reason: reason.to_owned() };
    let (settlement, code, answer) = match outcome {
        Ok(Some(answer)) => {
            hear(cx, row.marketplace, row.key, &answer).await?;
            let pending = answer.word == ProviderWord::Pending;
            (if pending { again("the payment system works on it") } else { Settlement::Done }, None, Some(answer))
        }
        // It said that it has it: that it does not find it now is no failure.
        Ok(None) => (again("the payment system does not find it now"), None, None),
        Err(error) => match error.remedy() {
            Remedy::Wait(time) => {
                let at = cx.now() + TimeDelta::from_std(time).unwrap_or(TimeDelta::minutes(1)).max(TimeDelta::seconds(1));
                (Settlement::Defer { at, reason: error.to_string() }, Some(code(&error)), None)
            }
            _ => (again(&error.to_string()), Some(code(&error)), None),
        },
    };
    conclude(cx, row, Outcome { settlement, begun: Begun::Stays, code }, answer).await
}

/// The word for an error; a payment system's own where it gave one.
fn code(error: &GatewayError) -> String {
    match error {
        GatewayError::RateLimited { .. } => "RATE_LIMITED".to_owned(),
        GatewayError::Unavailable { .. } => "UNAVAILABLE".to_owned(),
        GatewayError::Uncertain { .. } => "UNCERTAIN".to_owned(),
        GatewayError::Undecidable { .. } => "UNDECIDABLE".to_owned(),
        GatewayError::KeyConflict => "KEY_CONFLICT".to_owned(),
        GatewayError::Unauthorized { .. } => UNAUTHORIZED.to_owned(),
        GatewayError::Refused { code, status, .. } if code.is_empty() => format!("REFUSED_{status}"),
        GatewayError::Refused { code, .. } => code.clone(),
        GatewayError::NotDone => "NOT_DONE".to_owned(),
        GatewayError::Unsendable { .. } => "UNSENDABLE".to_owned(),
    }
}

async fn conclude(cx: &Cx, row: &PaymentCall, outcome: Outcome, answer: Option<Answer>) -> Result<Settlement> {
    let Outcome { mut settlement, begun, code } = outcome;
    let mut tx = cx.store.begin(row.marketplace).await?;
    if matches!(settlement, Settlement::Parked(_)) {
        // The case goes before the row, as everywhere.
        tx.lock_case(Actor::system(row.marketplace).scope(), row.case).await?;
    }
    // A report may have come while the call was on its way.
    let Some(mut call) = tx.lock_payment_call(row.key).await? else { return Ok(settlement) };
    if let Some(answer) = &answer {
        learn(&mut call, answer.reference.as_ref(), answer.word);
        call.phase = CallPhase::Look;
        // What it works on holds up no other refund of the payment.
        call.lane = lane(row.marketplace, &call.key.to_string());
    }
    if row.phase == CallPhase::Look {
        call.looks += 1;
    }
    if begun == Begun::Nothing {
        call.begun_at = row.begun_at;
    }
    call.error_code = code;
    if call.standing.is_final() {
        settlement = Settlement::Done;
    }
    if let (Settlement::Defer { at, .. }, Some("RATE_LIMITED"), Some(connection)) =
        (&settlement, call.error_code.as_deref(), call.connection)
    {
        tx.hold_payment_calls(connection, *at).await?;
    }
    tx.settle_payment_call(&call, &settlement).await?;
    if let Settlement::Parked(reason) = &settlement {
        alert(&mut tx, call.case, call.key, call.id, reason);
    }
    tx.commit().await?;
    Ok(settlement)
}

/// Tells the operator that a refund does not go on by itself.
pub(super) fn alert(tx: &mut Tx, case: CaseId, key: IdempotencyKey, delivery: DeliveryId, reason: &str) {
    let reason = format!("{key}: {reason}");
    tx.record(case, &Who::System, NewEvent::for_operator(EventKind::DeliveryStopped { delivery, reason }));
}

/// Puts a row back whose work did not come to an end. What it did there nobody knows, so the next call looks first.
pub async fn later(cx: &Cx, row: &PaymentCall, error: String) -> Result<Settlement> {
    let settlement = Settlement::Retry { at: cx.now() + back_off(row.attempts), error };
    let outcome = Outcome { settlement, begun: Begun::Stays, code: Some("UNFINISHED".to_owned()) };
    conclude(cx, row, outcome, None).await
}
