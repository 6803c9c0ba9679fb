//! What the charter says about the ledger.

use async_graphql::{InputObject, SimpleObject};

use super::super::scalars::{MoneyInput, MoneyObject};
use super::super::triage::money;
use crate::domain::ledger::Rules;
use crate::domain::refusal::Refusal;
use crate::workflow::{Error, refused};

/// How long credit and codes are good for, and how much a seller may owe.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LedgerRules {
    /// For how many days a store credit can be used; null for ever.
    store_credit_days: Option<i32>,
    /// For how many days a promo code can be used.
    promo_code_days: i32,
    /// How much a seller may owe before its statement says so; null for no limit.
    owed_limit: Option<MoneyObject>,
}

impl From<&Rules> for LedgerRules {
    fn from(rules: &Rules) -> Self {
        Self {
            store_credit_days: rules.store_credit_days.map(Into::into),
            promo_code_days: rules.promo_code_days.into(),
            owed_limit: rules.owed_limit.map(Into::into),
        }
    }
}

/// How long credit and codes are good for, and how much a seller may owe. It replaces what was there; what was given keeps the
/// time that it was given for.
#[derive(InputObject)]
pub(in crate::graphql) struct LedgerRulesInput {
    /// For how many days a store credit can be used, 1 to 3,660; null for ever.
    store_credit_days: Option<i32>,
    /// For how many days a promo code can be used, 1 to 3,660.
    #[graphql(default = 365)]
    promo_code_days: i32,
    /// How much a seller may owe before its statement says so; null for no limit.
    owed_limit: Option<MoneyInput>,
}

/// The rules that were given.
pub(in crate::graphql) fn ledger_rules(input: &LedgerRulesInput) -> Result<Rules, Error> {
    let limit = input.owed_limit.as_ref().map(money).transpose();
    // Numbers beyond the column are beyond what a charter may say, which its own check tells.
    let days = |days: i32| u16::try_from(days.max(0)).unwrap_or(u16::MAX);
    Ok(Rules {
        store_credit_days: input.store_credit_days.map(days),
        promo_code_days: days(input.promo_code_days),
        owed_limit: limit.map_err(|message| refused(&["charter", "ledger", "owedLimit"], Refusal::Invalid { message }))?,
    })
}
