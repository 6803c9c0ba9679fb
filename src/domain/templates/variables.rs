//! What a template can speak of, and what of it may be said.

use std::collections::BTreeMap;

use super::locale::{LanguageTag, amount, moment, status};
use crate::domain::cases::Case;
use crate::domain::charter::Marketplace;
use crate::domain::orders::{Buyer, Order, Seller};
use crate::domain::parties::Party;

/// The variables of every case. Not each has a value in each case: one that is used and has none is an error.
pub(super) const KNOWN: &[&str] = &[
    "buyer.alias",
    "buyer.name",
    "seller.name",
    "marketplace.name",
    "case.reference",
    "case.subject",
    "case.status",
    "case.due",
    "order.reference",
    "order.total",
    "sender.name",
];

/// The values of variables, by their dotted names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables(pub(super) BTreeMap<String, String>);

impl Variables {
    /// The same with values for variables that the template has of its own; they never replace those of the case.
    #[must_use]
    pub fn with(mut self, given: BTreeMap<String, String>) -> Self {
        for (name, value) in given {
            self.0.entry(name).or_insert(value);
        }
        self
    }
}

/// How much of the buyer's name may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// The alias: a seller writes or reads it.
    Alias,
    /// The full name: operator and buyer are among themselves.
    Full,
}

/// What a text is written about.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Where.
    pub marketplace: &'a Marketplace,
    /// The case.
    pub case: &'a Case,
    /// Its buyer.
    pub buyer: Option<&'a Buyer>,
    /// Its seller, when it has one.
    pub seller: Option<&'a Seller>,
    /// Its order, when it has one.
    pub order: Option<&'a Order>,
    /// The name of who writes.
    pub sender: &'a str,
    /// What may be said of the buyer.
    pub names: Names,
}

impl Situation<'_> {
    /// The values, as that language writes them. What is not known, or may not be said, has none.
    pub fn variables(&self, tag: &LanguageTag) -> Variables {
        let mut values = BTreeMap::new();
        let mut say = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                values.insert(name.to_owned(), value);
            }
        };
        let named = self.buyer.filter(|buyer| buyer.has_name());
        say("buyer.alias", named.map(Buyer::alias));
        say("buyer.name", named.filter(|_| self.names == Names::Full).map(|buyer| buyer.name.clone()));
        say("seller.name", self.seller.map(|seller| seller.name.clone()));
        say("marketplace.name", Some(self.marketplace.name.clone()));
        say("case.reference", Some(self.case.reference.clone()));
        let subject = match self.names {
            Names::Full => self.case.subject.clone(),
            // The buyer's words, which a seller reads without contact details.
            Names::Alias => self.marketplace.words_for(&self.case.subject, Party::Buyer, Party::Seller),
        };
        say("case.subject", Some(subject));
        say("case.status", Some(status(self.case.status, tag)));
        say("case.due", self.case.reply_due_at().map(|due| moment(due, self.marketplace.timezone, tag)));
        say("order.reference", self.order.map(|order| order.reference.clone()));
        say("order.total", self.order.map(|order| amount(order.total, tag)));
        say("sender.name", Some(self.sender.to_owned()));
        Variables(values)
    }
}
