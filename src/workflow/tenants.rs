//! Marketplaces and the tokens that open the API.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::links::Links;
use super::{Check, Cx, Error, Result, buyers, mediators, refused, sessions};
use crate::domain::charter::{Charter, CharterVersion, Effect, Marketplace, Publication};
use crate::domain::ids::{MarketplaceId, SellerId, TokenId};
use crate::domain::money::Currency;
use crate::domain::parties::{Actor, Role, Who};
use crate::domain::refusal::Refusal;
use crate::store::{NewToken, SellerDraft, StoreError, TokenRow};

/// A marketplace to create.
#[derive(Debug, Clone)]
pub struct NewMarketplace {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its currency.
    pub currency: Currency,
    /// Its language.
    pub locale: String,
    /// Its time zone.
    pub timezone: chrono_tz::Tz,
    /// Its rules.
    pub charter: Charter,
}

/// Creates a marketplace.
pub async fn create_marketplace(cx: &Cx, new: NewMarketplace) -> Result<Marketplace> {
    let mut check = Check::default();
    let slug_fits = (2..=40).contains(&new.slug.len())
        && new.slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && new.slug.starts_with(|c: char| c.is_ascii_lowercase());
    if !slug_fits {
        let message = "The short name must be 2 to 40 lower-case letters, digits and hyphens, beginning with a letter.";
        check.fault(&["slug"], Refusal::Invalid { message: message.into() });
    }
    check.text(&["name"], "The name", &new.name, 200);
    if !is_language_tag(&new.locale) {
        check.fault(&["locale"], Refusal::Invalid { message: "The locale must be a language tag such as fr or en-GB.".into() });
    }
    super::charter::check(&mut check, &[], &new.charter);
    check.done()?;
    let marketplace = Marketplace {
        id: MarketplaceId::generate(),
        slug: new.slug,
        name: new.name,
        currency: new.currency,
        locale: new.locale,
        timezone: new.timezone,
        charter: Arc::new(new.charter),
        charter_version: CharterVersion::FIRST,
    };
    let first = Publication {
        version: CharterVersion::FIRST,
        charter: Arc::clone(&marketplace.charter),
        effect: Effect::Binding,
        summary: String::new(),
        by: Who::System,
        announced_at: cx.now(),
        effective_at: cx.now(),
    };
    match cx.store.insert_marketplace(&marketplace, &first).await {
        Err(StoreError::Conflict { .. }) => {
            Err(refused(&["slug"], Refusal::Invalid { message: format!("There is a marketplace `{}` already.", marketplace.slug) }))
        }
        other => Ok(other.map(|()| marketplace)?),
    }
}

/// Language, and perhaps script and region: the part of BCP 47 that helpdesks use.
pub(super) fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_lowercase()));
    let rest: Vec<_> = parts.collect();
    language && rest.len() <= 2 && rest.iter().all(|part| (2..=4).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// What it stands for.
    pub role: Role,
    /// The seller, by the marketplace's own id; for the role seller, and only for it.
    pub seller: Option<String>,
    /// What people call it.
    pub name: String,
}

/// Makes a token and gives it, this once: 256 random bits, of which only a digest is kept.
pub async fn create_token(cx: &Cx, marketplace: MarketplaceId, request: TokenRequest) -> Result<(TokenRow, SecretString)> {
    let mut check = Check::default();
    check.text(&["name"], "The name", &request.name, 200);
    match (request.role, &request.seller) {
        (Role::Seller, None) => check.fault(&["seller"], Refusal::Invalid { message: "A seller token needs the seller's id.".into() }),
        (Role::Operator | Role::Vendor, Some(_)) => {
            check.fault(&["seller"], Refusal::Invalid { message: "Only a seller token names a seller.".into() });
        }
        _ => {}
    }
    check.done()?;
    let seller = match &request.seller {
        Some(external_id) => Some(seller_of(cx, marketplace, external_id).await?),
        None => None,
    };
    let token = secret(match request.role {
        Role::Operator => "trl_op",
        Role::Seller => "trl_sl",
        Role::Vendor => "trl_vd",
    });
    let new = NewToken { id: TokenId::generate(), marketplace, name: request.name, role: request.role, seller, digest: digest(&token) };
    cx.store.insert_token(&new).await?;
    let row = TokenRow { id: new.id, marketplace, name: new.name, role: new.role, seller, created_at: cx.now(), revoked_at: None };
    Ok((row, token))
}

/// The seller with this id of the marketplace's own. One that nobody has told us of yet is stored under that id, so that
/// tokens can be handed out before the marketplace's software is connected; `sellersUpsert` fills it in.
async fn seller_of(cx: &Cx, marketplace: MarketplaceId, external_id: &str) -> Result<SellerId> {
    let scope = Actor::system(marketplace).scope();
    if let Some(known) = cx.store.sellers_by_external_id(scope, &[external_id.to_owned()]).await?.first() {
        return Ok(known.id);
    }
    let mut check = Check::default();
    check.text(&["seller"], "The seller's id", external_id, 128);
    check.done()?;
    let draft = SellerDraft { external_id: external_id.to_owned(), name: external_id.to_owned(), email: None, locale: None };
    let tx = cx.store.begin(marketplace).await?;
    let made = tx.upsert_sellers(&[draft]).await?;
    tx.commit().await?;
    made.first().map(|seller| seller.id).ok_or(Error::NotFound)
}

/// A new token: what it begins with, and 256 random bits.
pub(super) fn secret(prefix: &str) -> SecretString {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    SecretString::from(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes)))
}

pub(super) fn digest(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret().as_bytes()).into()
}

/// Who was let in by a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who.
    pub actor: Actor,
    /// When the token ends by itself; none when it does not.
    pub until: Option<DateTime<Utc>>,
    /// Who holds it.
    pub held_by: Holder,
}

/// Who holds a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A person or a program, to do with as they like.
    Client,
    /// A page of ours, in somebody's browser.
    Page,
}

/// Who a token stands for. A token that was never made, is revoked or expired, is [`Error::NotFound`].
pub async fn authenticate(cx: &Cx, token: &SecretString) -> Result<Admitted> {
    if Links::is_buyer_token(token) {
        let (actor, until) = buyers::authenticate(cx, token)?;
        return Ok(Admitted { actor, until: Some(until), held_by: Holder::Client });
    }
    if sessions::is_one(token) {
        return sessions::authenticate(cx, token).await;
    }
    if mediators::is_one(token) {
        let actor = mediators::authenticate(cx, token).await?;
        let until = if let Who::Mediator { until, .. } = actor.who { Some(until) } else { None };
        return Ok(Admitted { actor, until, held_by: Holder::Client });
    }
    // Looked up by a digest: the token is random, so neither its digest nor the time of the look-up tells anything.
    let row = cx.store.token_by_digest(&digest(token)).await?.ok_or(Error::NotFound)?;
    let who = match (row.role, row.seller) {
        (Role::Operator, _) => Who::Operator { token: row.id, name: row.name },
        (Role::Vendor, _) => Who::Vendor { token: row.id, name: row.name },
        (Role::Seller, Some(seller)) => Who::Seller { seller, token: row.id, name: row.name },
        (Role::Seller, None) => return Err(Error::NotFound),
    };
    Ok(Admitted { actor: Actor { marketplace: row.marketplace, who }, until: None, held_by: Holder::Client })
}
