//! A seller's quarter as a file: what was booked on its account, page by page, and what it comes to.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use chrono::{DateTime, Utc};

use super::super::links::{ClosedLink, Link, Purpose, Seal};
use super::super::{Cx, Error, Result};
use crate::domain::charter::Marketplace;
use crate::domain::ids::{OrderId, PostingId, SellerId};
use crate::domain::ledger::{Account, EntryKind, Quarter, QuarterTotals};
use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::orders::Seller;
use crate::domain::parties::{Scope, View};
use crate::store::{PostingRow, StoreError};

/// How much is read at once.
const PAGE: u64 = 100;

/// What stands before the entries.
#[derive(Debug, Clone)]
pub struct Header {
    /// When the file was begun.
    pub generated_at: DateTime<Utc>,
    /// The tenant.
    pub marketplace: Marketplace,
    /// Whose quarter.
    pub seller: Seller,
    /// Which.
    pub quarter: Quarter,
    /// From when until just before when that is.
    pub time: Range<DateTime<Utc>>,
}

/// What a quarter comes to in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// What the seller had at its beginning.
    pub opening: Money,
    /// What came and went.
    pub quarter: QuarterTotals,
    /// What was paid out to the seller, as an amount below zero.
    pub payouts: Money,
    /// What it had at its end.
    pub closing: Money,
}

/// A posting of the quarter, with the reference of its order.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was booked, as its seller may see it.
    pub posting: PostingRow,
    /// The reference of the order that it is about.
    pub order: Option<String>,
}

/// A file under way.
pub struct Export {
    cx: Cx,
    scope: Scope,
    seller: SellerId,
    time: Range<DateTime<Utc>>,
    after: Option<(DateTime<Utc>, PostingId)>,
    over: bool,
    totals: BTreeMap<&'static str, Totals>,
}

const fn may_export(scope: Scope, seller: SellerId) -> bool {
    match scope.view {
        View::Whole => true,
        View::Seller(own) => own.uuid().as_u128() == seller.uuid().as_u128(),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => false,
    }
}

/// The address at which a viewer can have the file `file` of a seller's quarter for a while; none when it is not theirs to have.
pub async fn link(cx: &Cx, scope: Scope, seller: SellerId, quarter: Quarter, file: &str) -> Result<Option<Link>> {
    let known = may_export(scope, seller) && !cx.store.sellers_by_id(scope, &[seller]).await?.is_empty();
    let path = || format!("/sellers/{seller}/quarters/{quarter}/{file}");
    let subject = || subject(&seller.to_string(), &quarter.to_string(), file);
    Ok(known.then(|| cx.links.make(Purpose::QuarterExport, &subject(), &path(), scope, cx.now())))
}

/// Whose eyes a link to a file opens with.
pub fn open_link(cx: &Cx, seller: &str, quarter: &str, file: &str, seal: Seal<'_>) -> std::result::Result<Scope, ClosedLink> {
    cx.links.open(Purpose::QuarterExport, &subject(seller, quarter, file), seal, cx.now())
}

fn subject(seller: &str, quarter: &str, file: &str) -> String {
    format!("{seller}/{quarter}/{file}")
}

/// Begins a file.
pub async fn begin(cx: &Cx, scope: Scope, seller: SellerId, quarter: Quarter) -> Result<(Header, Export)> {
    if !may_export(scope, seller) {
        return Err(Error::NotFound);
    }
    let found = cx.store.sellers_by_id(scope, &[seller]).await?.pop().ok_or(Error::NotFound)?;
    let marketplace = cx.marketplace(scope.marketplace).await?;
    let time = quarter.range(marketplace.timezone);
    let mut totals = BTreeMap::new();
    // Whatever it has an account in, also where nothing happened.
    for (_, balance) in cx.store.seller_balances(scope, &[seller]).await? {
        let opening = opening(cx, scope, seller, balance.currency, &time).await?;
        totals.insert(balance.currency.code(), Totals::of(opening));
    }
    let header = Header { generated_at: cx.now(), marketplace, seller: found, quarter, time: time.clone() };
    Ok((header, Export { cx: cx.clone(), scope, seller, time, after: None, over: false, totals }))
}

async fn opening(cx: &Cx, scope: Scope, seller: SellerId, currency: Currency, time: &Range<DateTime<Utc>>) -> Result<Money> {
    let statement = cx.store.seller_statement(scope, seller, currency, time).await?;
    Ok(statement.ok_or(Error::NotFound)?.opening)
}

fn too_large(_: MoneyError) -> Error {
    StoreError::Inconsistent { table: "entries", column: "minor" }.into()
}

impl Totals {
    const fn of(opening: Money) -> Self {
        let currency = opening.currency;
        Self { opening, quarter: QuarterTotals::none(currency), payouts: Money::zero(currency), closing: opening }
    }

    fn count(&mut self, posting: &PostingRow, seller: SellerId) -> Result<(), MoneyError> {
        let own: Vec<_> =
            posting.entries.iter().map(|row| &row.entry).filter(|entry| entry.amount.currency == self.opening.currency).collect();
        if own.is_empty() {
            return Ok(());
        }
        self.quarter.count(&posting.whole, seller)?;
        for entry in own {
            self.closing = self.closing.plus(entry.amount)?;
            if entry.kind == EntryKind::Payout {
                self.payouts = self.payouts.plus(entry.amount)?;
            }
        }
        Ok(())
    }
}

impl Export {
    /// The next postings, with what of them is on the seller's account; none when the quarter is whole.
    pub async fn next(&mut self) -> Result<Option<Vec<Line>>> {
        if self.over {
            return Ok(None);
        }
        let mut page = self.cx.store.postings_of_seller(self.scope, self.seller, &self.time, self.after, PAGE).await?;
        self.after = page.last().map(|posting| (posting.at, posting.id));
        self.over = (page.len() as u64) < PAGE;
        for posting in &mut page {
            posting.entries.retain(|row| row.entry.account == Account::Seller(self.seller));
            for currency in posting.entries.iter().map(|row| row.entry.amount.currency).collect::<Vec<_>>() {
                if !self.totals.contains_key(currency.code()) {
                    let opening = opening(&self.cx, self.scope, self.seller, currency, &self.time).await?;
                    self.totals.insert(currency.code(), Totals::of(opening));
                }
            }
            for totals in self.totals.values_mut() {
                totals.count(posting, self.seller).map_err(too_large)?;
            }
        }
        let mut orders: Vec<OrderId> = page.iter().filter_map(|posting| posting.order).collect();
        orders.sort_unstable();
        orders.dedup();
        let found = self.cx.store.orders_by_id(self.scope, &orders).await?;
        let references: HashMap<_, _> = found.into_iter().map(|order| (order.id, order.reference)).collect();
        let line = |posting: PostingRow| Line { order: posting.order.and_then(|order| references.get(&order).cloned()), posting };
        Ok(Some(page.into_iter().map(line).collect()))
    }

    /// What the quarter comes to, by currency, once it is whole.
    pub fn totals(&self) -> Vec<Totals> {
        self.totals.values().copied().collect()
    }
}
