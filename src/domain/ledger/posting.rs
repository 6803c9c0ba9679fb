//! Entries that belong together and sum to zero.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::ids::{OrderId, PostingId, PromoCodeId, RefundId, StoreCreditId};
use super::super::money::{ExchangeRate, Money, MoneyError};
use super::super::purchases::{FactsVersion, LineKey};
use super::super::refunds::AttemptNumber;
use super::{Account, EntryKind, LedgerError};

/// One line of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Whose account.
    pub account: Account,
    /// What for.
    pub kind: EntryKind,
    /// Above zero what they get, below what they give.
    pub amount: Money,
    /// The order line it is about, where it is about one.
    pub line: Option<LineKey>,
}

/// Why something was booked. Each cause is booked once: its key is unique in the ledger, so a replay changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Cause {
    /// A line was sold.
    Sale {
        /// The order.
        order: OrderId,
        /// The line.
        line: LineKey,
        /// Which telling of it.
        version: FactsVersion,
    },
    /// A line was told again with other amounts: the sale as it was booked is taken back, and booked anew.
    SaleCorrected {
        /// The order.
        order: OrderId,
        /// The line.
        line: LineKey,
        /// The telling that is not true any more.
        version: FactsVersion,
    },
    /// A refund succeeded.
    Refund {
        /// Which.
        refund: RefundId,
        /// In which attempt.
        attempt: AttemptNumber,
    },
    /// A refund was reversed.
    RefundReversed {
        /// Which.
        refund: RefundId,
        /// Which attempt.
        attempt: AttemptNumber,
    },
    /// A refund was late.
    LateIncrease {
        /// Which.
        refund: RefundId,
    },
    /// Goods were sent back.
    ReturnShipping {
        /// The order.
        order: OrderId,
        /// The marketplace's or carrier's number of the parcel.
        parcel: CauseName,
    },
    /// A store credit changed.
    StoreCredit {
        /// Which.
        credit: StoreCreditId,
        /// Its revision after that.
        revision: u32,
    },
    /// A promo code changed.
    PromoCode {
        /// Which.
        code: PromoCodeId,
        /// Its revision after that.
        revision: u32,
    },
    /// A person or another machine booked it: a penalty, a payout, a correction. Whoever calls gives it a name of its own.
    Named {
        /// The name, unique in the marketplace.
        name: CauseName,
    },
}

/// What makes a cause unique that has no id of ours: the number of a parcel, the name of a payout. 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CauseName(String);

impl CauseName {
    /// The most characters it may have.
    pub const LIMIT: usize = 200;
}

impl TryFrom<String> for CauseName {
    type Error = LedgerError;

    fn try_from(name: String) -> Result<Self, LedgerError> {
        let fits = !name.trim().is_empty() && name.chars().count() <= Self::LIMIT;
        if fits { Ok(Self(name)) } else { Err(LedgerError::Name { limit: Self::LIMIT }) }
    }
}

impl From<CauseName> for String {
    fn from(name: CauseName) -> Self {
        name.0
    }
}

impl fmt::Display for CauseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sale { order, line, version } => write!(f, "sale:{order}:{}:{line}", version.get()),
            Self::SaleCorrected { order, line, version } => write!(f, "sale-corrected:{order}:{}:{line}", version.get()),
            Self::Refund { refund, attempt } => write!(f, "refund:{refund}:{attempt}"),
            Self::RefundReversed { refund, attempt } => write!(f, "refund-reversed:{refund}:{attempt}"),
            Self::LateIncrease { refund } => write!(f, "late-increase:{refund}"),
            Self::ReturnShipping { order, parcel } => write!(f, "return-shipping:{order}:{parcel}"),
            Self::StoreCredit { credit, revision } => write!(f, "store-credit:{credit}:{revision}"),
            Self::PromoCode { code, revision } => write!(f, "promo-code:{code}:{revision}"),
            Self::Named { name } => write!(f, "named:{name}"),
        }
    }
}

/// Entries that sum to zero in every currency. There is no way to have one that do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    id: PostingId,
    cause: Cause,
    at: DateTime<Utc>,
    corrects: Option<PostingId>,
    note: Option<String>,
    entries: Vec<Entry>,
}

impl Posting {
    /// The most characters of a note.
    pub const NOTE_LIMIT: usize = 500;

    /// Takes entries, if they sum to zero. This is also how a store gives back what it kept.
    pub fn new(
        id: PostingId,
        cause: Cause,
        at: DateTime<Utc>,
        corrects: Option<PostingId>,
        note: Option<String>,
        entries: Vec<Entry>,
    ) -> Result<Self, LedgerError> {
        if entries.is_empty() {
            return Err(LedgerError::Nothing);
        }
        let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
        for Entry { amount, .. } in &entries {
            let sum = sums.entry(amount.currency.code()).or_insert(Money::zero(amount.currency));
            *sum = sum.plus(*amount)?;
        }
        match sums.into_values().find(|sum| !sum.is_zero()) {
            Some(sum) => Err(LedgerError::Unbalanced { currency: sum.currency, sum }),
            None => Ok(Self { id, cause, at, corrects, note, entries }),
        }
    }

    /// Our id.
    pub const fn id(&self) -> PostingId {
        self.id
    }

    /// Why it was booked.
    pub const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// When.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The posting that it corrects.
    pub const fn corrects(&self) -> Option<PostingId> {
        self.corrects
    }

    /// What a person wrote to it.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What it does to an account, in the order of first mention of the currencies.
    pub fn on(&self, account: Account) -> Result<Vec<Money>, MoneyError> {
        let mut sums: Vec<Money> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.account == account) {
            match sums.iter_mut().find(|sum| sum.currency == entry.amount.currency) {
                Some(sum) => *sum = sum.plus(entry.amount)?,
                None => sums.push(entry.amount),
            }
        }
        Ok(sums)
    }

    /// The posting that undoes it, entry by entry. The old one stays where it is.
    pub fn reversed(&self, cause: Cause, at: DateTime<Utc>) -> Result<Self, LedgerError> {
        let turned = |entry: &Entry| Ok(Entry { amount: entry.amount.negated()?, ..entry.clone() });
        let entries = self.entries.iter().map(turned).collect::<Result<Vec<_>, MoneyError>>()?;
        Self::new(PostingId::generate(), cause, at, Some(self.id), None, entries)
    }
}

/// A posting that is being written, out of transfers from one account to another: whatever is added, it sums to zero.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    entries: Vec<Entry>,
}

impl Draft {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// So much goes from one account to another. Nothing is written for an amount of zero; one below zero is refused.
    pub fn transfer(
        &mut self,
        kind: EntryKind,
        from: Account,
        to: Account,
        amount: Money,
        line: Option<&LineKey>,
    ) -> Result<(), LedgerError> {
        if amount.is_negative() {
            return Err(LedgerError::NotPositive);
        }
        if !amount.is_zero() {
            let entry = |account, amount| Entry { account, kind, amount, line: line.cloned() };
            self.entries.extend([entry(from, amount.negated()?), entry(to, amount)]);
        }
        Ok(())
    }

    /// The same between accounts of two currencies: what is given in one is got in the other. `got` is reckoned by whoever
    /// knows what was converted before, so that steps add up.
    pub fn exchange(
        &mut self,
        kind: EntryKind,
        (from, given): (Account, Money),
        (to, got): (Account, Money),
        line: Option<&LineKey>,
    ) -> Result<(), LedgerError> {
        if given.currency == got.currency {
            return self.transfer(kind, from, to, given, line);
        }
        self.transfer(kind, from, Account::Exchange, given, line)?;
        self.transfer(kind, Account::Exchange, to, got, line)
    }

    /// Whether there is nothing to book.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes it a posting.
    pub fn post(self, cause: Cause, at: DateTime<Utc>) -> Result<Posting, LedgerError> {
        Posting::new(PostingId::generate(), cause, at, None, None, self.entries)
    }

    /// Makes it a posting that corrects another one, for a reason in words.
    pub(super) fn correct(self, cause: Cause, at: DateTime<Utc>, corrects: PostingId, note: &str) -> Result<Posting, LedgerError> {
        let note = note.trim();
        if note.is_empty() || note.chars().count() > Posting::NOTE_LIMIT {
            return Err(LedgerError::Note { limit: Posting::NOTE_LIMIT });
        }
        Posting::new(PostingId::generate(), cause, at, Some(corrects), Some(note.to_owned()), self.entries)
    }
}

/// An amount in the seller's currency, at the rate of the sale.
pub(super) fn settled(amount: Money, rate: Option<ExchangeRate>) -> Result<Money, MoneyError> {
    rate.map_or(Ok(amount), |rate| rate.convert(amount))
}
