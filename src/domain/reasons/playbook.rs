//! What is done when somebody gets in touch for a reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::charter::PartyTargets;
use super::ReasonKey;

/// A contact reason with its playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactReason {
    /// Its short name.
    pub key: ReasonKey,
    /// What kind of request it is.
    pub family: Family,
    /// How people call it, by language tag: `en`, `fr`.
    pub labels: BTreeMap<String, String>,
    /// Who is asked first.
    #[serde(default)]
    pub handling: Handling,
    /// What must be known before it can be worked on.
    #[serde(default)]
    pub required: Vec<RequiredField>,
    /// How it may end; empty for any way.
    #[serde(default)]
    pub resolutions: Vec<ResolutionKind>,
    /// Who pays unless somebody decides otherwise.
    #[serde(default)]
    pub cost_bearer: CostBearer,
    /// How long the parties have; none for the charter's usual targets.
    #[serde(default)]
    pub targets: Option<PartyTargets>,
    /// Whether better information would have spared the contact.
    #[serde(default)]
    pub avoidable: Avoidable,
}

impl ContactReason {
    /// Whether the seller is left out at first.
    pub fn skips_seller(&self) -> bool {
        self.handling == Handling::SkipSeller
    }

    /// How people call it in a language: the tag as given, its language alone, English, any.
    pub fn label(&self, tag: &str) -> &str {
        let language = tag.split('-').next().unwrap_or_default();
        let found = [tag, language, "en"].into_iter().find_map(|tag| self.labels.get(tag));
        found.or_else(|| self.labels.values().next()).map_or(self.key.as_str(), String::as_str)
    }

    /// What is wrong with its labels, if anything.
    pub(in super::super) fn label_fault(&self) -> Option<String> {
        const LIMIT: usize = 80;
        if self.labels.is_empty() {
            return Some("A contact reason needs a label in at least one language.".to_owned());
        }
        let bad = self.labels.values().any(|label| label.trim().is_empty() || label.chars().count() > LIMIT);
        bad.then(|| format!("A label has 1 to {LIMIT} characters."))
    }
}

macro_rules! closed {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $each:literal])+ $(#[$default:ident])? $variant:ident),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[doc = $each])+ $(#[$default])? $variant),+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

closed! {
    /// The kinds of requests.
    Family {
        /// A question about a product, an order, a delivery.
        #[default]
        Information,
        /// Help in choosing or using.
        Advice,
        /// The buyer's account, payment, data.
        Account,
        /// Something went wrong.
        Complaint,
    }
}

closed! {
    /// Who is asked first.
    Handling {
        /// As the charter's routes say.
        #[default]
        ByRoute,
        /// The operator; the seller is left out until somebody lets it in.
        SkipSeller,
    }
}

closed! {
    /// What must be known.
    RequiredField {
        /// The order.
        #[default]
        Order,
        /// Which line of it.
        OrderLine,
    }
}

closed! {
    /// How a case can end for the buyer.
    ResolutionKind {
        /// The question was answered.
        #[default]
        Information,
        /// The goods arrived after all, or what was missing was sent.
        Delivered,
        /// The money went back in full.
        Refund,
        /// Some of it went back.
        PartialRefund,
        /// The goods were or will be sent back.
        Return,
        /// Other goods were sent.
        Replacement,
        /// The goods were repaired.
        Repair,
        /// Credit for the shop.
        StoreCredit,
        /// A code for a discount.
        PromoCode,
        /// The order was cancelled.
        Cancellation,
        /// Words of regret, and nothing else.
        Apology,
        /// What was asked for was not granted.
        Declined,
        /// Any other.
        Other,
    }
}

closed! {
    /// Who pays.
    CostBearer {
        /// The seller.
        #[default]
        Seller,
        /// The operator.
        Operator,
        /// The carrier.
        Carrier,
        /// The buyer.
        Buyer,
    }
}

closed! {
    /// Whether a contact could have been spared.
    Avoidable {
        /// No.
        #[default]
        No,
        /// By better information before.
        Yes,
    }
}
