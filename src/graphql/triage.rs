//! How urgent cases are, and why.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::enums::Priority;
use super::errors::{Result, store};
use super::scalars::{MoneyInput, MoneyObject};
use super::session::session;
use crate::domain::cases::Case;
use crate::domain::money::Money;
use crate::domain::parties::View;
use crate::domain::reasons::ReasonKey;
use crate::domain::refusal::Refusal;
use crate::domain::triage::{Assessment, Cause, Fact, Rules, assess};
use crate::workflow::{Error, refused};

/// Why a case is as urgent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::triage::CauseKind", name = "TriageCauseKind")]
pub(super) enum CauseKind {
    /// Words of danger to people, or an escalation for safety.
    Safety,
    /// A strongly negative message.
    StronglyNegative,
    /// It was escalated.
    Escalated,
    /// Something is late.
    Late,
    /// Something is very late.
    VeryLate,
    /// The order is worth much.
    HighTotal,
    /// The buyer has asked several times.
    ManyContacts,
    /// The seller is suspended.
    SellerSuspended,
}

/// One cause, with its weight.
#[derive(SimpleObject)]
pub(super) struct TriageCause {
    /// What it is.
    kind: CauseKind,
    /// By how many half steps it raises the case; two make one step of priority.
    half_steps: i32,
}

impl From<Cause> for TriageCause {
    fn from(cause: Cause) -> Self {
        Self { kind: cause.kind.into(), half_steps: cause.half_steps.into() }
    }
}

/// How urgent a case looks from what is known of it now.
#[derive(SimpleObject)]
pub(super) struct Triage {
    /// How urgent.
    priority: Priority,
    /// Where its contact reason starts.
    start: Priority,
    /// What raised it from there. Nothing lowers it.
    causes: Vec<TriageCause>,
}

impl From<Assessment> for Triage {
    fn from(assessed: Assessment) -> Self {
        Self {
            priority: assessed.priority.into(),
            start: assessed.start.into(),
            causes: assessed.causes.into_iter().map(Into::into).collect(),
        }
    }
}

/// How urgent a case looks, for the operator.
pub(super) async fn triage(ctx: &Context<'_>, case: &Case) -> Option<Result<Triage>> {
    let look = async {
        let session = session(ctx)?;
        if session.scope().view != View::Whole {
            return Ok(None);
        }
        let marketplace = session.marketplace().await?;
        let words = session.cx().store.buyer_words(session.scope(), case.id).await.map_err(|error| store(&error))?;
        let mut facts: Vec<_> = words.into_iter().chain([case.subject.clone()]).map(Fact::Words).collect();
        facts.push(Fact::Reason(case.reason.clone()));
        if let Some(order) = case.order {
            facts.extend(session.loaders().order(order).await?.map(|order| Fact::OrderTotal(order.total)));
        }
        Ok(Some(assess(&facts, &marketplace.charter.triage).into()))
    };
    look.await.transpose()
}

/// What a charter says about urgency.
pub(super) struct TriageRules(pub(super) Rules);

#[Object]
/// What the charter says about urgency.
impl TriageRules {
    /// Where cases of a contact reason start; of any other, at NORMAL.
    async fn starts(&self) -> Vec<TriageStart> {
        self.0.starts.iter().map(|(reason, priority)| TriageStart { reason: reason.to_string(), priority: (*priority).into() }).collect()
    }

    /// From which total on an order weighs more; null when all weigh the same.
    async fn high_order_total(&self) -> Option<MoneyObject> {
        self.0.high_total.map(Into::into)
    }
}

/// Where cases of a contact reason start.
#[derive(SimpleObject)]
pub(super) struct TriageStart {
    /// The reason's key.
    reason: String,
    /// How urgent they are to begin with.
    priority: Priority,
}

/// What the charter says about urgency.
#[derive(InputObject)]
pub(super) struct TriageRulesInput {
    /// Where cases of a contact reason start, at most 100; of any other, at NORMAL. Null for the usual ones.
    starts: Option<Vec<TriageStartInput>>,
    /// From which total on an order weighs more, in the order's currency; null when all weigh the same.
    high_order_total: Option<MoneyInput>,
}

/// Where cases of a contact reason start.
#[derive(InputObject)]
pub(super) struct TriageStartInput {
    /// The reason's key.
    reason: String,
    /// How urgent they are to begin with.
    priority: Priority,
}

/// The rules that were given.
pub(super) fn rules(input: &TriageRulesInput) -> std::result::Result<Rules, Error> {
    const MOST: usize = 100;
    let usual = Rules::default();
    let path = |rest: &[&str]| [&["charter", "triage"], rest].concat().iter().map(ToString::to_string).collect::<Vec<_>>();
    let at = |rest: &[&str], refusal| {
        let path = path(rest);
        refused(&path.iter().map(String::as_str).collect::<Vec<_>>(), refusal)
    };
    let starts = match &input.starts {
        None => usual.starts.clone(),
        Some(starts) if starts.len() > MOST => return Err(at(&["starts"], Refusal::TooMany { limit: MOST })),
        Some(starts) => {
            let start = |(position, start): (usize, &TriageStartInput)| {
                let key = start.reason.parse::<ReasonKey>();
                let key = key
                    .map_err(|error| at(&["starts", &position.to_string(), "reason"], Refusal::Invalid { message: format!("{error}.") }))?;
                Ok((key, start.priority.into()))
            };
            starts.iter().enumerate().map(start).collect::<std::result::Result<_, Error>>()?
        }
    };
    let high_total = input.high_order_total.as_ref().map(money).transpose();
    let high_total = high_total.map_err(|message| at(&["highOrderTotal"], Refusal::Invalid { message }))?;
    Ok(Rules { starts, high_total, ..usual })
}

/// An amount that was given, or what is wrong with it.
pub(super) fn money(input: &MoneyInput) -> std::result::Result<Money, String> {
    let currency = input.currency_code.0.parse().map_err(|_| format!("`{}` is no currency.", input.currency_code.0))?;
    Money::parse(&input.amount.0, currency).map_err(|error| format!("{error}."))
}
