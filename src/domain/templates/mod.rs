//! Pre-written replies: by situation and language, with variables.
//!
//! A template is plain text with `{{ variables }}` and `{% if %}`. It is written by the operator for the marketplace, or by a
//! seller for itself; a handful come with Trilogue and are replaced by writing one under the same key.

mod catalogue;
mod engine;
mod locale;
#[cfg(test)]
mod tests;
mod variables;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::cases::CasePhase;
use super::ids::{SellerId, TemplateId};
use super::parties::{Party, View};
use super::reasons::ReasonKey;
pub use catalogue::built_in;
pub use engine::{Broken, Unrendered, can_be_declared, check, render, tells_buyer_name};
pub use locale::{LanguageTag, MalformedTag, amount, choose, day_words, moment};
pub use variables::{Names, Situation, Variables};

/// The longest template and the longest text that may come of it, in characters.
pub const TEXT_LIMIT: usize = 10_000;
/// The longest title, in characters.
pub const TITLE_LIMIT: usize = 200;
/// At most this many languages in one template.
pub const MOST_LANGUAGES: usize = 20;
/// At most this many variables of its own in one template.
pub const MOST_VARIABLES: usize = 30;
/// At most this many templates of one owner.
pub const MOST_TEMPLATES: usize = 200;
/// The longest value of a variable that is given by who renders, in characters.
pub const VALUE_LIMIT: usize = 1_000;

const KEY_LIMIT: usize = 40;

/// A name: lower-case letters, digits and underscores, beginning with a letter, at most 40.
fn is_name(text: &str) -> bool {
    text.len() <= KEY_LIMIT
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The short name of a template: `acknowledgement`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TemplateKey(String);

/// A text that cannot be the short name of a template or of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("It must have 1 to {KEY_LIMIT} lower-case letters, digits and underscores, beginning with a letter.")]
pub struct MalformedName;

impl TemplateKey {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TemplateKey {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        if is_name(text) { Ok(Self(text.to_owned())) } else { Err(MalformedName) }
    }
}

impl TryFrom<String> for TemplateKey {
    type Error = MalformedName;

    fn try_from(text: String) -> Result<Self, MalformedName> {
        text.parse()
    }
}

impl From<TemplateKey> for String {
    fn from(key: TemplateKey) -> Self {
        key.0
    }
}

impl fmt::Display for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateOwner {
    /// It comes with Trilogue.
    BuiltIn,
    /// The marketplace's; the operator writes it.
    Marketplace,
    /// One seller's, which alone uses it.
    Seller(SellerId),
}

/// Who uses a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TemplateUsers {
    /// The operator alone.
    Operator,
    /// The operator, and every seller.
    Everybody,
    /// The seller it belongs to.
    Owner,
}

/// What a template says, and when it fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateBody {
    /// What people choose it by.
    pub title: String,
    /// Which side reads what comes of it.
    pub reader: Party,
    /// Who uses it.
    pub users: TemplateUsers,
    /// For this contact reason; none for any.
    pub reason: Option<ReasonKey>,
    /// On this side of the purchase; none for any.
    pub phase: Option<CasePhase>,
    /// The variables beyond those of every case, which who renders it must give.
    pub variables: BTreeSet<String>,
    /// Its text in each language.
    pub texts: BTreeMap<LanguageTag, String>,
}

/// A pre-written reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Our id.
    pub id: TemplateId,
    /// Its short name, unique among its owner's.
    pub key: TemplateKey,
    /// Whose it is.
    pub owner: TemplateOwner,
    /// What it says.
    pub body: TemplateBody,
    /// How often it was changed, from 1; a change names the revision it has seen.
    pub revision: i32,
    /// When it last changed; none for one that comes with Trilogue.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Who looks for a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eyes {
    /// The operator.
    Operator,
    /// A seller.
    Seller,
}

impl Eyes {
    /// How a viewer looks for templates, and whose it finds beside those that come with Trilogue; none for viewers who use
    /// none.
    pub fn of(view: View) -> Option<(Self, Vec<TemplateOwner>)> {
        match view {
            View::Whole => Some((Self::Operator, vec![TemplateOwner::Marketplace])),
            View::Seller(seller) => Some((Self::Seller, vec![TemplateOwner::Marketplace, TemplateOwner::Seller(seller)])),
            View::Storefront | View::Buyer(_) | View::Mediator { .. } => None,
        }
    }
}

/// The templates that a viewer uses: of those with the same key its own, else the marketplace's, else the one that comes with
/// Trilogue. By key.
pub fn in_use(stored: Vec<Template>, eyes: Eyes) -> Vec<Template> {
    let mut by_key: BTreeMap<TemplateKey, Template> = BTreeMap::new();
    let built_in = built_in().iter().filter(|template| eyes == Eyes::Operator || template.body.users == TemplateUsers::Everybody);
    let mut all: Vec<_> = built_in.cloned().chain(stored).collect();
    all.sort_by_key(|template| match template.owner {
        TemplateOwner::BuiltIn => 0,
        TemplateOwner::Marketplace => 1,
        TemplateOwner::Seller(_) => 2,
    });
    for template in all {
        by_key.insert(template.key.clone(), template);
    }
    by_key.into_values().collect()
}

/// What is known of a case when a template is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Need<'a> {
    /// Its contact reason; none when nobody knows.
    pub reason: Option<&'a ReasonKey>,
    /// Its side of the purchase.
    pub phase: CasePhase,
    /// The language to write in.
    pub language: &'a str,
}

/// The templates that fit a case, the best first: its reason before its phase before its language; then by key. Those for
/// another reason or another phase are left out; without a known reason, those for one come last.
pub fn suggested(templates: impl IntoIterator<Item = Template>, need: &Need<'_>) -> Vec<Template> {
    let mut ranked: Vec<_> = templates.into_iter().filter_map(|template| Some((fit(&template.body, need)?, template))).collect();
    ranked.sort_by(|(one, first), (other, second)| (Reverse(one), &first.key).cmp(&(Reverse(other), &second.key)));
    ranked.into_iter().map(|(_, template)| template).collect()
}

/// How well it fits: reason, phase, language. None when it does not.
fn fit(body: &TemplateBody, need: &Need<'_>) -> Option<(u8, u8, u8)> {
    let reason = match (&body.reason, need.reason) {
        (Some(wanted), Some(known)) if wanted == known => 2,
        (Some(_), Some(_)) => return None,
        (None, _) => 1,
        (Some(_), None) => 0,
    };
    let phase = match body.phase {
        Some(phase) if phase == need.phase => 1,
        Some(_) => return None,
        None => 0,
    };
    let language = u8::from(body.texts.keys().any(|tag| tag.speaks(need.language)));
    Some((reason, phase, language))
}
