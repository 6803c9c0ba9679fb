//! Why goods go back, why a return is declined, and what was wrong with what came: typed, and in the words of others.

use serde::{Deserialize, Serialize};

/// Whose list of reasons a code is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Vocabulary {
    /// Mirakl's reason codes of a connector, `RETURN_…` (its `OpenAPI` document of the Shopify operator connector).
    Mirakl,
    /// Shopify's `ReturnReason` of the Admin GraphQL API.
    Shopify,
    /// eBay's `ReturnReasonEnum` of the Post-Order API.
    Ebay,
    /// Medusa's reason of a claim item, in lower case.
    Medusa,
}

impl Vocabulary {
    /// Every list.
    pub const ALL: [Self; 4] = [Self::Mirakl, Self::Shopify, Self::Ebay, Self::Medusa];
}

/// Whose doing it is that the goods go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// The buyer does not want them any more, or chose wrongly.
    BuyersChoice,
    /// They are not what was sold.
    NotConform,
    /// Nobody said.
    Open,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident $cause:ident, $mirakl:literal, $shopify:literal, $ebay:literal, $medusa:literal $(, also $also:literal)*;)+) => {
        /// Why goods go back. The base is Mirakl's list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum ReasonKind {
            $($(#[doc = $doc])+ $variant),+
        }

        impl ReasonKind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Whose doing it is.
            pub const fn cause(self) -> Cause {
                match self {
                    $(Self::$variant => Cause::$cause),+
                }
            }

            /// The nearest code of a list.
            pub const fn code(self, vocabulary: Vocabulary) -> &'static str {
                match (self, vocabulary) {
                    $((Self::$variant, Vocabulary::Mirakl) => $mirakl,
                    (Self::$variant, Vocabulary::Shopify) => $shopify,
                    (Self::$variant, Vocabulary::Ebay) => $ebay,
                    (Self::$variant, Vocabulary::Medusa) => $medusa),+
                }
            }

            /// Codes that mean it but that nothing is written as.
            const fn also(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($also),*]),+
                }
            }
        }
    };
}

// Where several kinds share a code of a list, the first of them is what the code is read as.
kinds! {
    /// The buyer changed their mind.
    ChangedMind BuyersChoice, "RETURN_CHANGED_MIND", "UNWANTED", "NO_LONGER_NEED_ITEM", "other", also "RETURNING_GIFT", also "FOUND_BETTER_PRICE";
    /// The buyer does not like it.
    DislikesIt BuyersChoice, "RETURN_CM_DONT_LIKE", "STYLE", "NO_LONGER_NEED_ITEM", "other";
    /// The buyer does not want it any more.
    NoLongerWanted BuyersChoice, "RETURN_CM_DONT_WANT", "UNWANTED", "NO_LONGER_NEED_ITEM", "other";
    /// The buyer had expected better quality.
    PoorQuality BuyersChoice, "RETURN_CM_QUALITY", "UNWANTED", "NO_LONGER_NEED_ITEM", "other";
    /// The buyer ordered the wrong thing, or by mistake.
    OrderedByMistake BuyersChoice, "RETURN_CHANGED_MIND", "UNWANTED", "ORDERED_ACCIDENTALLY", "other", also "ORDERED_WRONG_ITEM";
    /// The buyer withdraws and owes no reason.
    NoReason BuyersChoice, "RETURN_CHANGED_MIND", "UNWANTED", "NO_REASON", "other", also "WITHDRAW_FROM_PURCHASE_CONTRACT";
    /// It does not fit.
    DoesNotFit BuyersChoice, "RETURN_PRODUCT_DOES_NOT_FIT", "SIZE_TOO_SMALL", "WRONG_SIZE", "other", also "RETURN_DOESNT_FIT";
    /// It is too large.
    TooBig BuyersChoice, "RETURN_PDNT_TOO_BIG", "SIZE_TOO_LARGE", "WRONG_SIZE", "other";
    /// It is too small.
    TooSmall BuyersChoice, "RETURN_PDNT_TOO_SMALL", "SIZE_TOO_SMALL", "WRONG_SIZE", "other";
    /// It came late.
    ArrivedLate NotConform, "RETURN_OTHER", "OTHER", "ARRIVED_LATE", "other";
    /// It is broken.
    Broken NotConform, "RETURN_BROKEN_ITEM", "DEFECTIVE", "ARRIVED_DAMAGED", "production_failure";
    /// It does not work.
    Defective NotConform, "RETURN_DEFECTIVE_ITEM", "DEFECTIVE", "DEFECTIVE_ITEM", "production_failure";
    /// It did not work from the start.
    DefectiveOnArrival NotConform, "RETURN_DEFECTIVE_ON_ARRIVAL", "DEFECTIVE", "DEFECTIVE_ITEM", "production_failure";
    /// The packaging is damaged.
    DamagedPackaging NotConform, "RETURN_DAMAGED_PACKAGING", "DEFECTIVE", "ARRIVED_DAMAGED", "production_failure";
    /// It is another product than the one ordered.
    WrongItem NotConform, "RETURN_DELIVERED_PRODUCT_DIFFERENT", "WRONG_ITEM", "ORDERED_DIFFERENT_ITEM", "wrong_item", also "RETURN_WRONG_ITEM";
    /// It came in another colour than ordered.
    WrongColor NotConform, "RETURN_DPD_WRONG_COLOR", "COLOR", "ORDERED_DIFFERENT_ITEM", "wrong_item";
    /// It came in another size than ordered.
    WrongSizeSent NotConform, "RETURN_DPD_WRONG_SIZE", "WRONG_ITEM", "ORDERED_DIFFERENT_ITEM", "wrong_item";
    /// It is not what the description says.
    NotAsDescribed NotConform, "RETURN_INACCURATE_ITEM_DESCRIPTION", "NOT_AS_DESCRIBED", "NOT_AS_DESCRIBED", "other", also "DIFFERENT_FROM_LISTING";
    /// Something is missing.
    MissingItem NotConform, "RETURN_MISSING_ITEM", "NOT_AS_DESCRIBED", "MISSING_PARTS", "missing_item";
    /// It is a counterfeit.
    Counterfeit NotConform, "RETURN_COUNTERFEIT_ITEM", "NOT_AS_DESCRIBED", "FAKE_OR_COUNTERFEIT", "other";
    /// The guarantee is called on.
    Warranty NotConform, "RETURN_WARRANTY", "DEFECTIVE", "DEFECTIVE_ITEM", "production_failure";
    /// Any other; the words say which.
    Other Open, "RETURN_OTHER", "OTHER", "OTHER", "other", also "UNKNOWN", also "CUSTOMIZED";
}

/// A code as another system wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawReason {
    /// Whose it is.
    pub vocabulary: Vocabulary,
    /// The code, cut to 100 characters.
    pub code: String,
}

/// Why goods go back, with the code that said so where another system did.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReturnReason {
    /// What it comes to.
    pub kind: ReasonKind,
    /// As it came; none when it was named here.
    #[serde(default)]
    pub raw: Option<RawReason>,
}

impl ReturnReason {
    /// A reason named here.
    pub const fn of(kind: ReasonKind) -> Self {
        Self { kind, raw: None }
    }

    /// Reads a code of a list. One that nobody here has seen is [`ReasonKind::Other`], and kept as it came.
    pub fn read(vocabulary: Vocabulary, code: &str) -> Self {
        let code: String = code.chars().take(100).collect();
        // "Other" is what several kinds are written as, and so comes first when it is read.
        let others = std::iter::once(&ReasonKind::Other).chain(ReasonKind::ALL);
        let mut kinds = others.clone();
        let exact = kinds.find(|kind| kind.code(vocabulary) == code);
        let kind = exact.or_else(|| others.clone().find(|kind| kind.also().contains(&code.as_str())));
        Self { kind: kind.copied().unwrap_or(ReasonKind::Other), raw: Some(RawReason { vocabulary, code }) }
    }

    /// The code to write in a list: the one that came from there, else the nearest.
    pub fn code(&self, vocabulary: Vocabulary) -> &str {
        match &self.raw {
            Some(raw) if raw.vocabulary == vocabulary => &raw.code,
            _ => self.kind.code(vocabulary),
        }
    }
}

macro_rules! coded {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $each:literal])+ $variant:ident = $mirakl:literal, $shopify:literal;)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[doc = $each])+ $variant),+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Mirakl's code of it.
            pub const fn mirakl(self) -> &'static str {
                match self { $(Self::$variant => $mirakl),+ }
            }

            /// Shopify's code of it.
            pub const fn shopify(self) -> &'static str {
                match self { $(Self::$variant => $shopify),+ }
            }
        }
    };
}

coded! {
    /// Why a return is declined.
    DeclineReason {
        /// These goods cannot be returned.
        NotEligible = "RETURN_REJECTION_NOT_ELIGIBLE", "OTHER";
        /// It is too late.
        WindowClosed = "RETURN_REJECTION_WINDOW_CLOSED", "RETURN_PERIOD_ENDED";
        /// They were sold as final.
        FinalSale = "RETURN_REJECTION_NOT_ELIGIBLE", "FINAL_SALE";
        /// They need not come back: the matter is settled otherwise.
        NotNeeded = "RETURN_REJECTION_NOT_NEEDED", "OTHER";
        /// Any other; the text says which.
        Other = "RETURN_REJECTION_NOT_ELIGIBLE", "OTHER";
    }
}

coded! {
    /// What is wrong with what came back. The second code is Shopify's disposition of such an item.
    NonCompliance {
        /// Something is missing.
        MissingItem = "RETURN_NON_COMPLIANT_MISSING_ITEM", "MISSING";
        /// It is another product.
        WrongProduct = "RETURN_NON_COMPLIANT_WRONG_PRODUCT", "NOT_RESTOCKED";
        /// It is damaged.
        DamagedProduct = "RETURN_NON_COMPLIANT_DAMAGED_PRODUCT", "NOT_RESTOCKED";
        /// It came too late.
        WindowClosed = "RETURN_NON_COMPLIANT_WINDOW_CLOSED", "NOT_RESTOCKED";
        /// Any other; the text says which.
        Other = "RETURN_NON_COMPLIANT_OTHER", "PROCESSING_REQUIRED";
    }
}
