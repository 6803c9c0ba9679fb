//! Addresses that open without a token, for a while, with the eyes of whom they were made for: signed, never stored.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use uuid::Uuid;

use crate::domain::ids::{BuyerId, InvitationId, MarketplaceId, MediatorId};
use crate::domain::parties::{Scope, View};
use crate::vault::SigningKey;

/// How long a link is good for.
pub const LIFE: TimeDelta = TimeDelta::minutes(15);

/// What a link opens; a signature for one means nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A file of a message.
    Attachment,
    /// All that a viewer may see of a case.
    CaseExport,
    /// The file of a piece of evidence.
    Evidence,
    /// All the evidence of a dispute that a viewer may see.
    EvidenceBundle,
    /// What was booked for a seller in a quarter.
    QuarterExport,
    /// The figures of a marketplace.
    MeasuresExport,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Attachment => "attachment",
            Self::CaseExport => "case-export",
            Self::Evidence => "evidence",
            Self::EvidenceBundle => "evidence-bundle",
            Self::QuarterExport => "quarter-export",
            Self::MeasuresExport => "measures-export",
        }
    }
}

/// Why a link does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClosedLink {
    /// Its time is over.
    #[error("this link is no longer good")]
    Expired,
    /// We did not make it.
    #[error("this is no link of ours")]
    Forged,
}

/// A link, as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address.
    pub url: String,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
}

/// What a link carries beside its path.
#[derive(Debug, Clone, Copy)]
pub struct Seal<'a> {
    /// Whose eyes.
    pub viewer: &'a str,
    /// Until when, in seconds since 1970.
    pub expires: &'a str,
    /// The signature over all of it.
    pub signature: &'a str,
}

/// Makes links, and knows its own again.
#[derive(Clone)]
pub struct Links {
    key: SigningKey,
    base: Arc<str>,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Links {
    /// Links under this address, signed with this key.
    pub fn new(key: SigningKey, base: String) -> Self {
        Self { key, base: base.into() }
    }

    /// The address of a path of ours, as others reach it.
    pub fn address(&self, path: &str) -> Result<Url, url::ParseError> {
        format!("{}{path}", self.base).parse()
    }

    /// A link to `subject` at `path`, with the eyes of `scope`, good from now on for a while.
    pub fn make(&self, purpose: Purpose, subject: &str, path: &str, scope: Scope, now: DateTime<Utc>) -> Link {
        // In whole seconds, as it is written.
        let longest = match scope.view {
            View::Mediator { until, .. } => until.min(now + LIFE),
            _ => now + LIFE,
        };
        let expires = longest.timestamp();
        let (viewer, time) = (written(scope), expires.to_string());
        let signature = self.key.sign(&[purpose.word(), subject, &viewer, &time]);
        let url = format!("{}{path}?viewer={viewer}&expires={time}&signature={signature}", self.base);
        Link { url, expires_at: DateTime::from_timestamp(expires, 0).unwrap_or(now) }
    }

    /// Whose eyes a link to `subject` opens with.
    pub fn open(&self, purpose: Purpose, subject: &str, seal: Seal<'_>, now: DateTime<Utc>) -> Result<Scope, ClosedLink> {
        // First the signature: whoever tries links must not learn which would have been good once.
        if !self.key.has_signed(&[purpose.word(), subject, seal.viewer, seal.expires], seal.signature) {
            return Err(ClosedLink::Forged);
        }
        let expires: i64 = seal.expires.parse().map_err(|_| ClosedLink::Forged)?;
        if now.timestamp() >= expires {
            return Err(ClosedLink::Expired);
        }
        read(seal.viewer).ok_or(ClosedLink::Forged)
    }
}

/// What the token of a buyer begins with.
const BUYER: &str = "trl_bu";

impl Links {
    /// A token by which a buyer reads and acts until then. It is signed and not kept, so it cannot be taken back.
    pub fn buyer_token(&self, marketplace: MarketplaceId, buyer: BuyerId, until: DateTime<Utc>) -> SecretString {
        let (marketplace, buyer, until) = (marketplace.uuid().simple(), buyer.uuid().simple(), until.timestamp());
        let signature = self.key.sign(&[BUYER, &marketplace.to_string(), &buyer.to_string(), &until.to_string()]);
        SecretString::from(format!("{BUYER}_{marketplace}.{buyer}.{until}.{signature}"))
    }

    /// Whether a token is one of a buyer's, by its form.
    pub fn is_buyer_token(token: &SecretString) -> bool {
        token.expose_secret().starts_with(BUYER)
    }

    /// Whose token it is, and until when it is good.
    pub fn buyer_of(&self, token: &SecretString, now: DateTime<Utc>) -> Result<(MarketplaceId, BuyerId, DateTime<Utc>), ClosedLink> {
        let text = token.expose_secret().strip_prefix(BUYER).and_then(|rest| rest.strip_prefix('_')).ok_or(ClosedLink::Forged)?;
        let mut parts = text.splitn(4, '.');
        let mut next = || parts.next().ok_or(ClosedLink::Forged);
        let (marketplace, buyer, until, signature) = (next()?, next()?, next()?, next()?);
        if !self.key.has_signed(&[BUYER, marketplace, buyer, until], signature) {
            return Err(ClosedLink::Forged);
        }
        let id = |text: &str| Uuid::try_parse(text).map_err(|_| ClosedLink::Forged);
        let until = until.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or(ClosedLink::Forged)?;
        if now >= until {
            return Err(ClosedLink::Expired);
        }
        Ok((MarketplaceId::from_uuid(id(marketplace)?), BuyerId::from_uuid(id(buyer)?), until))
    }
}

/// What the signature of an invitation begins with.
const INVITATION: &str = "rate";

impl Links {
    /// What opens an invitation to rate, short enough for a QR code. Good until the invitation is over.
    pub fn invitation_token(&self, marketplace: MarketplaceId, invitation: InvitationId) -> String {
        let (marketplace, invitation) = (marketplace.uuid().simple().to_string(), invitation.uuid().simple().to_string());
        let signature = self.key.sign(&[INVITATION, &marketplace, &invitation]);
        format!("{marketplace}.{invitation}.{signature}")
    }

    /// Which invitation a token opens.
    pub fn invitation_of(&self, token: &str) -> Result<(MarketplaceId, InvitationId), ClosedLink> {
        let mut parts = token.splitn(3, '.');
        let mut next = || parts.next().ok_or(ClosedLink::Forged);
        let (marketplace, invitation, signature) = (next()?, next()?, next()?);
        if !self.key.has_signed(&[INVITATION, marketplace, invitation], signature) {
            return Err(ClosedLink::Forged);
        }
        let id = |text: &str| Uuid::try_parse(text).map_err(|_| ClosedLink::Forged);
        Ok((MarketplaceId::from_uuid(id(marketplace)?), InvitationId::from_uuid(id(invitation)?)))
    }
}

fn written(scope: Scope) -> String {
    let eyes = match scope.view {
        View::Whole => "operator".to_owned(),
        View::Storefront => "storefront".to_owned(),
        View::Seller(seller) => seller.to_string(),
        View::Buyer(buyer) => buyer.to_string(),
        View::Mediator { mediator, case, until } => format!("{mediator}.{case}.{}", until.timestamp_micros()),
    };
    format!("{}.{eyes}", scope.marketplace)
}

fn read(viewer: &str) -> Option<Scope> {
    let (marketplace, eyes) = viewer.split_once('.')?;
    let marketplace: MarketplaceId = marketplace.parse().ok()?;
    let view = match eyes {
        "operator" => View::Whole,
        "storefront" => View::Storefront,
        other if other.starts_with(MediatorId::PREFIX) => mediator(other)?,
        other => other.parse().map(View::Seller).or_else(|_| other.parse().map(View::Buyer)).ok()?,
    };
    Some(Scope { marketplace, view })
}

fn mediator(eyes: &str) -> Option<View> {
    let mut parts = eyes.splitn(3, '.');
    let mut next = || parts.next();
    let (mediator, case, until) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
    Some(View::Mediator { mediator, case, until: DateTime::from_timestamp_micros(until)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{CaseId, SellerId};
    use crate::vault::Vault;

    #[test]
    fn a_link_opens_with_the_eyes_it_was_made_for_and_for_its_time() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00.5Z".parse().unwrap();
        let links = Links::new(Vault::new(&Vault::generate_key()).unwrap().signing_key().clone(), "https://t.example".to_owned());
        let marketplace = MarketplaceId::generate();
        let until = now + TimeDelta::days(1);
        let mediator = View::Mediator { mediator: MediatorId::generate(), case: CaseId::generate(), until };
        for view in [View::Whole, View::Storefront, View::Seller(SellerId::generate()), View::Buyer(BuyerId::generate()), mediator] {
            let scope = Scope { marketplace, view };
            let link = links.make(Purpose::Attachment, "att_1", "/attachments/att_1", scope, now);
            assert_eq!(link.expires_at, "2026-11-22T12:15:00Z".parse::<DateTime<Utc>>().unwrap());
            let url: url::Url = link.url.parse().unwrap();
            assert_eq!((url.host_str(), url.path()), (Some("t.example"), "/attachments/att_1"));
            let parts: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
            let seal = Seal { viewer: &parts[0], expires: &parts[1], signature: &parts[2] };
            assert_eq!(links.open(Purpose::Attachment, "att_1", seal, now), Ok(scope));
            let late = now + LIFE;
            assert_eq!(links.open(Purpose::Attachment, "att_1", seal, late), Err(ClosedLink::Expired));
            assert_eq!(links.open(Purpose::CaseExport, "att_1", seal, now), Err(ClosedLink::Forged));
            assert_eq!(links.open(Purpose::Attachment, "att_2", seal, now), Err(ClosedLink::Forged));
            let longer = (now.timestamp() + 1_000_000).to_string();
            assert_eq!(links.open(Purpose::Attachment, "att_1", Seal { expires: &longer, ..seal }, now), Err(ClosedLink::Forged));
            let operator = format!("{marketplace}.operator");
            if view != View::Whole {
                assert_eq!(links.open(Purpose::Attachment, "att_1", Seal { viewer: &operator, ..seal }, now), Err(ClosedLink::Forged));
            }
        }
        let until = now + TimeDelta::seconds(90);
        let scope = Scope { marketplace, view: View::Mediator { mediator: MediatorId::generate(), case: CaseId::generate(), until } };
        let link = links.make(Purpose::Attachment, "att_1", "/attachments/att_1", scope, now);
        assert!(link.expires_at <= until, "no link outlives the access of whom it was made for");
    }

    #[test]
    fn a_buyers_token_is_theirs_and_ends() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00.5Z".parse().unwrap();
        let links = |key: &str| Links::new(Vault::new(key).unwrap().signing_key().clone(), String::new());
        let (key, other) = (Vault::generate_key(), Vault::generate_key());
        let (marketplace, buyer) = (MarketplaceId::generate(), BuyerId::generate());
        let until: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let token = links(&key).buyer_token(marketplace, buyer, until);
        assert!(Links::is_buyer_token(&token) && token.expose_secret().len() <= 256, "it fits a header");
        assert_eq!(links(&key).buyer_of(&token, now), Ok((marketplace, buyer, until)));
        assert_eq!(links(&key).buyer_of(&token, until), Err(ClosedLink::Expired));
        assert_eq!(links(&other).buyer_of(&token, now), Err(ClosedLink::Forged));
        let text = token.expose_secret();
        let elsewhere = text.replace(&buyer.uuid().simple().to_string(), &BuyerId::generate().uuid().simple().to_string());
        let longer = text.replace(&until.timestamp().to_string(), &(until.timestamp() + 1).to_string());
        for wrong in [elsewhere, longer, "trl_bu_".to_owned(), "trl_bu_a.b.c.d".to_owned(), format!("{text}x")] {
            assert_eq!(links(&key).buyer_of(&SecretString::from(wrong), now), Err(ClosedLink::Forged));
        }
    }

    #[test]
    fn an_invitation_opens_what_it_was_made_for_alone() {
        let links = |key: &str| Links::new(Vault::new(key).unwrap().signing_key().clone(), String::new());
        let (key, other) = (Vault::generate_key(), Vault::generate_key());
        let (marketplace, invitation) = (MarketplaceId::generate(), InvitationId::generate());
        let token = links(&key).invitation_token(marketplace, invitation);
        assert_eq!(links(&key).invitation_of(&token), Ok((marketplace, invitation)));
        assert_eq!(links(&other).invitation_of(&token), Err(ClosedLink::Forged));
        let elsewhere = token.replace(&invitation.uuid().simple().to_string(), &InvitationId::generate().uuid().simple().to_string());
        for wrong in [elsewhere, format!("{token}x"), "a.b.c".to_owned(), String::new()] {
            assert_eq!(links(&key).invitation_of(&wrong), Err(ClosedLink::Forged), "{wrong}");
        }
    }
}
