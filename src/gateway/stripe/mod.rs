//! Stripe, by its public interface: <https://docs.stripe.com/api/refunds>.

mod api;
mod events;
mod form;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::SecretString;
use url::Url;

use super::{Answer, Attempt, Delivery, Gateway, GatewayError, News, NewsError, RefundOrder, SellerAccount, Sought};
use crate::clock::SharedClock;
use crate::domain::refunds::ProviderReference;
use wire::{Call, Wire};

/// The version of the interface that is spoken, whatever the account's own is. The first of its line; it has `pending_reason`,
/// and tells of every refund by `refund.*`. <https://docs.stripe.com/changelog/clover>
pub const VERSION: &str = "2025-09-30.clover";

/// Where Stripe is.
pub const ADDRESS: &str = "https://api.stripe.com";

/// The metadata that carries our key, by which a refund is found again.
pub const KEY_FIELD: &str = "trilogue_key";

/// How long a key surely protects: Stripe forgets keys when they are 24 hours old at the earliest. The last hour is for clocks
/// that differ and calls that take long. <https://docs.stripe.com/api/idempotent_requests>
const KEY_LIFE: TimeDelta = TimeDelta::hours(23);

/// When what was not found is sure not to come any more: an hour after the last call that can have been made.
const SETTLED: TimeDelta = TimeDelta::hours(24);

/// How old a report may be, as Stripe's own libraries have it.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// How long one call may take; Stripe's own libraries wait for 80 s.
const TIMEOUT: Duration = Duration::from_secs(80);

/// The most that a page of a list holds. <https://docs.stripe.com/api/pagination>
const PAGE: u32 = 100;

/// The most pages of refunds of one payment that are looked through.
const PAGES: usize = 20;

/// On whose account buyers pay. <https://docs.stripe.com/connect/charges>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChargeModel {
    /// On the operator's, with the seller as the destination.
    #[default]
    Destination,
    /// On the operator's; the seller's share is moved by a transfer of its own, which a refund cannot reverse.
    SeparateTransfers,
    /// On the seller's.
    Direct,
}

/// All that is needed to speak with one account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it is: [`ADDRESS`]. Plain `http` is taken for loopback hosts only.
    pub base_url: Url,
    /// The secret key, best a restricted one that may write refunds and nothing else: `rk_live_…`.
    pub secret_key: SecretString,
    /// The signing secrets of the endpoint that are valid now, `whsec_…`: one, or two during a rotation.
    pub news_secrets: Vec<SecretString>,
    /// On whose account buyers pay.
    pub charges: ChargeModel,
    /// How long one call may take.
    pub timeout: Duration,
}

impl Settings {
    /// Those of an account at Stripe.
    pub fn new(base_url: Url, secret_key: SecretString, news_secrets: Vec<SecretString>, charges: ChargeModel) -> Self {
        Self { base_url, secret_key, news_secrets, charges, timeout: TIMEOUT }
    }
}

/// A Stripe account.
pub struct Stripe {
    wire: Wire,
    clock: SharedClock,
    news_secrets: Vec<SecretString>,
    charges: ChargeModel,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("charges", &self.charges).finish_non_exhaustive()
    }
}

impl Stripe {
    /// A client of the account.
    pub fn new(settings: Settings, clock: SharedClock) -> Result<Self, reqwest::Error> {
        let wire = Wire::new(&settings)?;
        Ok(Self { wire, clock, news_secrets: settings.news_secrets, charges: settings.charges })
    }

    /// The account that a call is made for; none for the operator's own.
    fn account<'a>(&self, seller: Option<&'a SellerAccount>) -> Result<Option<&'a str>, GatewayError> {
        match (self.charges, seller) {
            (ChargeModel::Destination | ChargeModel::SeparateTransfers, _) => Ok(None),
            (ChargeModel::Direct, Some(SellerAccount(account))) if form::is_id(account, "acct_") => Ok(Some(account)),
            (ChargeModel::Direct, _) => Err(GatewayError::unsendable("the seller has no account at Stripe")),
        }
    }

    async fn by_reference(&self, reference: &ProviderReference, sought: &Sought) -> Result<Option<Answer>, GatewayError> {
        if !form::is_id(reference.as_str(), "re_") && !form::is_id(reference.as_str(), "pyr_") {
            return Ok(None);
        }
        let call = Call::get(format!("v1/refunds/{}", reference.as_str())).account(self.account(sought.seller.as_ref())?);
        match self.wire.ask::<api::Refund>(call).await {
            Ok(refund) => refund.answer().map(Some).map_err(GatewayError::unavailable),
            Err(GatewayError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(not_seen(error)),
        }
    }

    /// Goes through the refunds of the payment to the last one: were two made under one key, both are seen.
    async fn by_key(&self, sought: &Sought) -> Result<Option<Answer>, GatewayError> {
        let payment = sought.payment.as_ref().ok_or_else(|| GatewayError::unsendable("it names no payment"))?;
        let (name, id) = form::payment(payment)?;
        let key = sought.key.to_string();
        let (mut found, mut after) = (Vec::new(), None);
        for _ in 0..PAGES {
            let call = Call::get("v1/refunds").account(self.account(sought.seller.as_ref())?).query(name, id).query("limit", &PAGE);
            let call = match &after {
                Some(after) => call.query("starting_after", after),
                None => call,
            };
            let page: api::Page = self.wire.ask(call).await.map_err(not_seen)?;
            after = page.data.last().map(|refund| refund.id.clone()).filter(|_| page.has_more);
            found.extend(page.data.into_iter().filter(|refund| refund.key() == Some(key.as_str())));
            if after.is_none() {
                return match found.as_slice() {
                    [] => Ok(None),
                    [one] => one.answer().map(Some).map_err(GatewayError::unavailable),
                    _ => Err(GatewayError::Undecidable { reason: "two refunds carry the same key".to_owned() }),
                };
            }
        }
        Err(GatewayError::Undecidable { reason: "the payment has too many refunds".to_owned() })
    }
}

/// A refusal to let us look is no word on what is looked for: the money may have moved all the same.
fn not_seen(error: GatewayError) -> GatewayError {
    match error {
        GatewayError::Refused { status, code, .. } => {
            GatewayError::Undecidable { reason: format!("Stripe does not let us look ({status} {code})") }
        }
        GatewayError::KeyConflict => GatewayError::Undecidable { reason: "Stripe does not let us look".to_owned() },
        other => other,
    }
}

#[async_trait]
impl Gateway for Stripe {
    async fn refund(&self, order: &RefundOrder, attempt: Attempt) -> Result<Answer, GatewayError> {
        let form = form::refund(order, self.charges)?;
        let account = self.account(order.seller.as_ref())?;
        // A stored 500 is repeated for as long as its key lives, though the refund may have been made.
        if let Attempt::Again { begun_at } = attempt {
            if let Some(answer) = self.look(&Sought::of(order)).await? {
                return Ok(answer);
            }
            let age = self.clock.now() - begun_at;
            if age >= SETTLED {
                return Err(GatewayError::NotDone);
            }
            if age >= KEY_LIFE {
                return Err(GatewayError::uncertain("its key is worn out, and an earlier call may still arrive"));
            }
        }
        let call = Call::post("v1/refunds", form, order.key.to_string()).account(account);
        let refund: api::Refund = self.wire.ask(call).await?;
        refund.answer().map_err(GatewayError::uncertain)
    }

    async fn look(&self, sought: &Sought) -> Result<Option<Answer>, GatewayError> {
        if let Some(reference) = &sought.reference
            && let Some(answer) = self.by_reference(reference, sought).await?
        {
            return Ok(Some(answer));
        }
        self.by_key(sought).await
    }

    fn read_news(&self, delivery: &Delivery<'_>) -> Result<Vec<News>, NewsError> {
        events::verify(delivery, &self.news_secrets, TOLERANCE)?;
        events::read(delivery.body, self.charges)
    }
}
