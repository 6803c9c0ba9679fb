//! Sellers, buyers and what was ordered: the ground that a case stands on.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::calendar::{BusinessCalendar, Closure};
use super::ids::{BuyerId, OrderId, SellerId};
use super::money::Money;

/// A third-party seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// Our id.
    pub id: SellerId,
    /// The marketplace's own id of it.
    pub external_id: String,
    /// The shop's name.
    pub name: String,
    /// Where to write to; none when unknown.
    pub email: Option<String>,
    /// The seller's language, a BCP 47 tag; none for the marketplace's.
    pub locale: Option<String>,
    /// When it is away.
    pub closures: Vec<Closure>,
    /// When somebody is there to answer, by its own word; none when it did not say.
    pub hours: Option<Arc<BusinessCalendar>>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Our id.
    pub id: BuyerId,
    /// The full name, for the operator's eyes; may be empty.
    pub name: String,
    /// The e-mail address, for the operator's eyes.
    pub email: Option<String>,
}

/// What a buyer without a name is called.
const NAMELESS: &str = "Buyer";

impl Buyer {
    /// Whether there is a name to call them by.
    pub fn has_name(&self) -> bool {
        self.alias() != NAMELESS
    }

    /// The name a seller sees: the first name and an initial, `Marie D.`; never an address, nor a number to call.
    pub fn alias(&self) -> String {
        let speaks = |word: &&str| !word.contains('@') && !word.chars().any(|each| each.is_ascii_digit());
        let mut words = self.name.split_whitespace().filter(speaks);
        match (words.next(), words.next_back().and_then(|word| word.chars().next())) {
            (Some(first), Some(initial)) => format!("{first} {}.", initial.to_uppercase()),
            (Some(first), None) => first.to_owned(),
            (None, _) => NAMELESS.to_owned(),
        }
    }
}

/// An order, placed with one seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Our id.
    pub id: OrderId,
    /// The reference that the marketplace and the buyer know it by.
    pub reference: String,
    /// Who sells.
    pub seller: SellerId,
    /// The buyer's e-mail address as the order has it.
    pub buyer_email: Option<String>,
    /// What was paid in all.
    pub total: Money,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    /// The marketplace's id of the line, unique in the order.
    pub external_id: String,
    /// What it is.
    pub title: String,
    /// The stock-keeping unit, when known.
    pub sku: Option<String>,
    /// The marketplace's own name of the category it was sold in, when known.
    #[serde(default)]
    pub category: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub unit_price: Money,
}

impl OrderLine {
    /// What the product is known by: its stock-keeping unit, or its title where the marketplace told none.
    pub fn product(&self) -> &str {
        self.sku.as_deref().unwrap_or(&self.title)
    }
}

/// How an order reference looks in free text, as a regular expression.
///
/// The first capture group is the reference; without a group, the whole match is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderPattern(Regex);

/// Why a text is not an order pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a usable regular expression: {0}")]
pub struct BadPattern(String);

impl OrderPattern {
    /// At most this many different candidates are looked up for one text.
    pub const MOST_CANDIDATES: usize = 32;

    /// What is looked for when a marketplace names no pattern: words that hold a digit, with hyphens, underscores,
    /// slashes or dots inside. Each is compared with the known orders, so a wide net does no harm.
    pub fn usual() -> Self {
        static USUAL: LazyLock<OrderPattern> = LazyLock::new(|| {
            r"\b((?:[A-Za-z]+[-_./])*[A-Za-z]*[0-9][A-Za-z0-9]*(?:[-_./][A-Za-z0-9]+)*)\b"
                .parse()
                .unwrap_or_else(|error| unreachable!("{error}"))
        });
        USUAL.clone()
    }

    /// The expression.
    pub(super) const fn regex(&self) -> &Regex {
        &self.0
    }

    /// What may be order references in the text, in reading order, each once.
    pub fn candidates(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for captures in self.0.captures_iter(text) {
            let Some(hit) = captures.get(1).or_else(|| captures.get(0)) else { continue };
            if !hit.is_empty() && !found.iter().any(|known| known == hit.as_str()) {
                found.push(hit.as_str().to_owned());
            }
            if found.len() == Self::MOST_CANDIDATES {
                break;
            }
        }
        found
    }
}

impl PartialEq for OrderPattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for OrderPattern {}

impl fmt::Display for OrderPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl FromStr for OrderPattern {
    type Err = BadPattern;

    fn from_str(pattern: &str) -> Result<Self, BadPattern> {
        // The crate matches in linear time; the size limit bounds the memory that a pattern can ask for.
        regex::RegexBuilder::new(pattern).size_limit(1 << 18).build().map(Self).map_err(|error| BadPattern(error.to_string()))
    }
}

impl TryFrom<String> for OrderPattern {
    type Error = BadPattern;

    fn try_from(pattern: String) -> Result<Self, BadPattern> {
        pattern.parse()
    }
}

impl From<OrderPattern> for String {
    fn from(pattern: OrderPattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_references_are_found_in_reading_order_and_once() {
        let pattern: OrderPattern = r"\b(?:order|commande)\s*#?\s*([A-Z]{2}-\d{4,})|\b(MK\d{6})\b".parse().unwrap();
        assert_eq!(pattern.candidates("Ma commande #AB-1234 et la commande AB-1234, order CD-99999."), ["AB-1234", "CD-99999"]);
        let usual = OrderPattern::usual();
        assert_eq!(usual.candidates("Commande MK-2024-0001 (n°4711), #ORD_77/b et fin."), ["MK-2024-0001", "4711", "ORD_77/b"]);
        assert_eq!(pattern.candidates("rien"), Vec::<String>::new());
        let many = (0..100).map(|n| format!("order AB-{n:04}")).collect::<Vec<_>>().join(" ");
        assert_eq!(pattern.candidates(&many).len(), OrderPattern::MOST_CANDIDATES);
        assert!("(".parse::<OrderPattern>().is_err());
        assert!(r"(\w{100}){100}".parse::<OrderPattern>().is_err(), "too large a program");
    }

    #[test]
    fn a_seller_sees_an_alias() {
        let alias = |name: &str| Buyer { id: BuyerId::generate(), name: name.into(), email: Some("marie@example.org".into()) }.alias();
        assert_eq!(alias("Marie Dupont"), "Marie D.");
        assert_eq!(alias("Marie Anne élodie"), "Marie É.");
        assert_eq!(alias("Marie"), "Marie");
        assert_eq!(alias(""), "Buyer");
        assert_eq!(alias("marie@example.org"), "Buyer");
        assert_eq!(alias("Marie 06 12 34 56 78"), "Marie");
        assert_eq!(alias("0612345678"), "Buyer");
    }
}
