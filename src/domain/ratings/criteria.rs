//! What is asked: criteria for each subject, with weights, versioned whole.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{RatingRefusal, Subject};

/// A grade, 1 to 5; 5 is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Grade(u8);

impl Grade {
    /// The grade from which a buyer counts as satisfied: 4 and 5.
    pub const SATISFIED: Self = Self(4);
    /// The best.
    pub const BEST: Self = Self(5);
    /// Neither good nor bad.
    pub const MIDDLE: Self = Self(3);
    /// The worst.
    pub const WORST: Self = Self(1);

    /// As a number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Grade {
    type Error = RatingRefusal;

    fn try_from(given: i64) -> Result<Self, RatingRefusal> {
        match u8::try_from(given) {
            Ok(grade @ 1..=5) => Ok(Self(grade)),
            _ => Err(RatingRefusal::Grade { given }),
        }
    }
}

impl From<Grade> for i64 {
    fn from(grade: Grade) -> Self {
        Self::from(grade.0)
    }
}

/// The short name of a criterion: `value_for_money`. Lower-case letters, digits and underscores, at most 40.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CriterionKey(String);

/// A text that cannot be the short name of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a criterion's key has 1 to {LIMIT} lower-case letters, digits and underscores, beginning with a letter")]
pub struct MalformedCriterion;

const LIMIT: usize = 40;

impl CriterionKey {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CriterionKey {
    type Err = MalformedCriterion;

    fn from_str(text: &str) -> Result<Self, MalformedCriterion> {
        let fits = text.len() <= LIMIT
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if fits { Ok(Self(text.to_owned())) } else { Err(MalformedCriterion) }
    }
}

impl TryFrom<String> for CriterionKey {
    type Error = MalformedCriterion;

    fn try_from(text: String) -> Result<Self, MalformedCriterion> {
        text.parse()
    }
}

impl From<CriterionKey> for String {
    fn from(key: CriterionKey) -> Self {
        key.0
    }
}

impl fmt::Display for CriterionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much a criterion counts in the overall score, beside the others of its subject. 0 asks without counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(pub u16);

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Criterion {
    /// Its short name. One that was used keeps its meaning for ever, as old answers are read by it.
    pub key: CriterionKey,
    /// How much it counts.
    pub weight: Weight,
    /// How people call it, by language tag: `en`, `fr`.
    pub labels: BTreeMap<String, String>,
}

impl Criterion {
    /// How people of a locale call it; else in English, else in the first language there is.
    pub fn label(&self, locale: &str) -> &str {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        let found = [locale, language, "en"].into_iter().find_map(|tag| self.labels.get(tag)).or_else(|| self.labels.values().next());
        found.map_or(self.key.as_str(), String::as_str)
    }
}

/// Which version of the criteria, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CriteriaVersion(pub u32);

/// What a marketplace asks about. A change is a new version; answers remember theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Criteria {
    /// Which version.
    pub version: CriteriaVersion,
    /// What is asked of a product.
    pub product: Vec<Criterion>,
    /// What is asked of a seller.
    pub seller: Vec<Criterion>,
    /// What is asked of the support.
    pub support: Vec<Criterion>,
}

/// What is wrong with criteria.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CriteriaFault {
    /// A subject without any, or with more than people answer.
    #[error("There must be between 1 and {MOST} criteria.")]
    Count {
        /// Of which subject.
        subject: Subject,
    },
    /// The same name twice.
    #[error("`{key}` stands twice in the list.")]
    Twice {
        /// Of which subject.
        subject: Subject,
        /// Which name.
        key: CriterionKey,
    },
    /// None of them counts.
    #[error("At least one criterion must have a weight above 0.")]
    Weightless {
        /// Of which subject.
        subject: Subject,
    },
    /// A criterion that nobody could read, or not on a page.
    #[error("`{key}` needs a label in at least one language, of at most {LONGEST_LABEL} characters.")]
    Label {
        /// Of which subject.
        subject: Subject,
        /// Which one.
        key: CriterionKey,
    },
}

/// The most criteria of one subject.
const MOST: usize = 10;
/// The most characters of a label.
const LONGEST_LABEL: usize = 80;

impl Criteria {
    /// The criteria of a subject.
    pub fn of(&self, subject: Subject) -> &[Criterion] {
        match subject {
            Subject::Product => &self.product,
            Subject::Seller => &self.seller,
            Subject::Support => &self.support,
        }
    }

    /// How much a criterion of a subject counts; nothing when it is not, or no longer, asked.
    pub fn weight(&self, subject: Subject, key: &CriterionKey) -> Weight {
        self.of(subject).iter().find(|one| one.key == *key).map_or(Weight(0), |one| one.weight)
    }

    /// What is wrong with them, if anything.
    pub fn faults(&self) -> Vec<CriteriaFault> {
        Subject::ALL.into_iter().flat_map(|subject| faults_of(subject, self.of(subject))).collect()
    }
}

fn faults_of(subject: Subject, criteria: &[Criterion]) -> Vec<CriteriaFault> {
    let mut faults = Vec::new();
    if criteria.is_empty() || criteria.len() > MOST {
        faults.push(CriteriaFault::Count { subject });
    }
    if criteria.iter().all(|one| one.weight == Weight(0)) {
        faults.push(CriteriaFault::Weightless { subject });
    }
    for (index, one) in criteria.iter().enumerate() {
        let key = one.key.clone();
        if one.labels.is_empty() || one.labels.values().any(|label| label.trim().is_empty() || label.chars().count() > LONGEST_LABEL) {
            faults.push(CriteriaFault::Label { subject, key });
        } else if criteria[..index].iter().any(|earlier| earlier.key == key) {
            faults.push(CriteriaFault::Twice { subject, key });
        }
    }
    faults
}

/// The usual criteria: short name, in English, in French. All count the same.
type Usual = &'static [(&'static str, &'static str, &'static str)];
const PRODUCT: Usual = &[
    ("conformity", "As described", "Conforme à la description"),
    ("quality", "Quality", "Qualité"),
    ("value_for_money", "Value for money", "Rapport qualité-prix"),
];
const SELLER: Usual = &[
    ("delivery_time", "Delivery time", "Délai de livraison"),
    ("packaging", "Packaging", "Emballage"),
    ("communication", "Communication", "Communication"),
    ("after_sale", "After-sale handling", "Service après-vente"),
];
const SUPPORT: Usual = &[
    ("speed", "Speed", "Rapidité"),
    ("clarity", "Clarity", "Clarté"),
    ("courtesy", "Courtesy", "Courtoisie"),
    ("outcome", "Outcome", "Résultat"),
];

impl Default for Criteria {
    fn default() -> Self {
        let labels = |english: &str, french: &str| [("en", english), ("fr", french)].map(|(tag, label)| (tag.to_owned(), label.to_owned()));
        let usual = |usual: Usual| {
            let criterion = |(key, english, french): &(&str, &str, &str)| Criterion {
                key: CriterionKey((*key).to_owned()),
                weight: Weight(1),
                labels: labels(english, french).into(),
            };
            usual.iter().map(criterion).collect()
        };
        Self { version: CriteriaVersion(1), product: usual(PRODUCT), seller: usual(SELLER), support: usual(SUPPORT) }
    }
}
