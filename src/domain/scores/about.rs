//! Whose score it is.

use std::fmt;
use std::str::FromStr;

use super::super::ids::SellerId;

/// Whose score: a seller's, a product's, or the support's of the whole marketplace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScoreAbout {
    /// A seller.
    Seller(SellerId),
    /// A product, by the marketplace's own id, whoever sells it.
    Product(String),
    /// The support.
    Support,
}

impl fmt::Display for ScoreAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seller(seller) => write!(f, "seller:{seller}"),
            Self::Product(product) => write!(f, "product:{product}"),
            Self::Support => f.write_str("support"),
        }
    }
}

/// A text that names nothing that has a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not something that has a score")]
pub struct NothingScored;

impl FromStr for ScoreAbout {
    type Err = NothingScored;

    fn from_str(text: &str) -> Result<Self, NothingScored> {
        match text.split_once(':') {
            Some(("seller", id)) => id.parse().map(Self::Seller).map_err(|_| NothingScored),
            Some(("product", product)) => Ok(Self::Product(product.to_owned())),
            None if text == "support" => Ok(Self::Support),
            _ => Err(NothingScored),
        }
    }
}
