//! Payments and what was given back of them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::StripeOptions;
use super::problem::Problem;
use super::webhooks::Connection;
use crate::demo::peer::{Ids, Outbox, Reply};

/// A payment, by both its ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// `pi_…`.
    pub intent: String,
    /// `ch_…`.
    pub charge: String,
}

/// Whether a payment has a seller as its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// It has, and an application fee was taken.
    Destination,
    /// It has not.
    None,
}

/// What becomes of a refund when it is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Settlement {
    /// It has succeeded.
    #[default]
    AtOnce,
    /// It is worked on.
    Later,
}

/// What becomes of a refund later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The money is with the buyer.
    Succeeded,
    /// It is not, or came back; with Stripe's reason.
    Failed(&'static str),
    /// It was called off.
    Canceled,
    /// The buyer has to do something.
    RequiresAction,
}

/// Where a call breaks down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Before the money moved.
    BeforeWork,
    /// After.
    AfterWork,
}

/// A refund, for tests to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundView {
    /// `re_…`.
    pub id: String,
    /// How many of Stripe's units.
    pub units: i64,
    /// In capitals.
    pub currency: String,
    /// Its status.
    pub status: String,
    /// What the caller wrote on it.
    pub metadata: BTreeMap<String, String>,
    /// Whether the seller's share came back from the seller, and the fee to the seller.
    pub flags: [bool; 2],
}

#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) intent: Option<String>,
    pub(super) charge: Option<String>,
    pub(super) amount: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) reverse_transfer: bool,
    pub(super) refund_fee: bool,
    pub(super) metadata: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Charge {
    payment: Payment,
    units: i64,
    currency: String,
    transfer: Transfer,
    account: Option<String>,
    disputed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) charge: String,
    pub(super) intent: String,
    pub(super) account: Option<String>,
    units: i64,
    currency: String,
    status: &'static str,
    failure_reason: Option<&'static str>,
    reason: Option<String>,
    metadata: BTreeMap<String, String>,
    flags: [bool; 2],
    created: DateTime<Utc>,
}

impl Refund {
    pub(super) fn json(&self) -> Value {
        let mut refund = json!({
            "id": self.id, "object": "refund", "amount": self.units, "currency": self.currency.to_lowercase(),
            "charge": self.charge, "payment_intent": self.intent, "created": self.created.timestamp(), "reason": self.reason,
            "status": self.status, "metadata": self.metadata, "balance_transaction": null, "receipt_number": null,
        });
        // Both are there only where they say something.
        if let Some(reason) = self.failure_reason {
            refund["failure_reason"] = reason.into();
        }
        if self.status == "pending" {
            refund["pending_reason"] = "processing".into();
        }
        refund
    }

    /// Failed and canceled refunds give the money back to the balance.
    fn holds_money(&self) -> bool {
        !matches!(self.status, "failed" | "canceled")
    }
}

/// A first answer.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) body: Bytes,
    pub(super) reply: Reply,
    pub(super) at: DateTime<Utc>,
}

pub(super) struct State {
    pub(super) options: StripeOptions,
    pub(super) outbox: Outbox,
    pub(super) ids: Ids,
    charges: Vec<Charge>,
    pub(super) refunds: Vec<Refund>,
    pub(super) keys: HashMap<(Option<String>, String), Stored>,
    pub(super) settlement: Settlement,
    pub(super) crashes: VecDeque<Crash>,
    pub(super) locked: u32,
    pub(super) connections: Vec<Connection>,
}

impl State {
    pub(super) fn new(options: StripeOptions, outbox: Outbox) -> Self {
        Self {
            options,
            outbox,
            ids: Ids::salted(0x57),
            charges: Vec::new(),
            refunds: Vec::new(),
            keys: HashMap::new(),
            settlement: Settlement::default(),
            crashes: VecDeque::new(),
            locked: 0,
            connections: Vec::new(),
        }
    }

    pub(super) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.ids.uuid().replace('-', ""))
    }

    pub(super) fn pay(&mut self, units: i64, currency: &str, transfer: Transfer, account: Option<&str>) -> Payment {
        let payment = Payment { intent: self.id("pi"), charge: self.id("ch") };
        self.charges.push(Charge {
            payment: payment.clone(),
            units,
            currency: currency.to_owned(),
            transfer,
            account: account.map(str::to_owned),
            disputed: false,
        });
        payment
    }

    pub(super) fn dispute(&mut self, charge: &str) {
        for known in self.charges.iter_mut().filter(|known| known.payment.charge == charge) {
            known.disputed = true;
        }
    }

    pub(super) fn views(&self) -> Vec<RefundView> {
        let view = |refund: &Refund| RefundView {
            id: refund.id.clone(),
            units: refund.units,
            currency: refund.currency.clone(),
            status: refund.status.to_owned(),
            metadata: refund.metadata.clone(),
            flags: refund.flags,
        };
        self.refunds.iter().map(view).collect()
    }

    pub(super) fn by_hand(&mut self, charge: &str, units: i64) -> Option<String> {
        let account = self.charges.iter().find(|known| known.payment.charge == charge)?.account.clone();
        let asked = Asked { charge: Some(charge.to_owned()), amount: Some(units), ..Asked::default() };
        self.refund(asked, account.as_deref()).ok()?["id"].as_str().map(str::to_owned)
    }

    pub(super) fn refund(&mut self, asked: Asked, account: Option<&str>) -> Result<Value, Problem> {
        let named = |charge: &&Charge| {
            Some(&charge.payment.charge) == asked.charge.as_ref() || Some(&charge.payment.intent) == asked.intent.as_ref()
        };
        let (param, what) = if asked.charge.is_some() { ("charge", "charge") } else { ("payment_intent", "payment_intent") };
        let charge = self.charges.iter().find(named).filter(|charge| charge.account.as_deref() == account);
        let charge = charge.ok_or_else(|| Problem::missing(param, what))?;
        if charge.disputed {
            return Err(Problem::invalid("charge_disputed", param, "Charge has been charged back; cannot issue a refund."));
        }
        let given: i64 =
            self.refunds.iter().filter(|known| known.charge == charge.payment.charge && known.holds_money()).map(|known| known.units).sum();
        let left = charge.units - given;
        if left == 0 {
            return Err(Problem::invalid("charge_already_refunded", param, "Charge has already been refunded."));
        }
        let units = asked.amount.unwrap_or(left);
        if units > left {
            return Err(Problem::invalid("amount_too_large", "amount", "Refund amount is greater than unrefunded amount on charge"));
        }
        if units % step(&charge.currency) != 0 {
            return Err(Problem::invalid("", "amount", "The amount has more decimals than the currency"));
        }
        if asked.reverse_transfer && charge.transfer == Transfer::None {
            return Err(Problem::invalid("", "reverse_transfer", "The charge has no transfer"));
        }
        if asked.refund_fee && charge.transfer == Transfer::None && account.is_none() {
            return Err(Problem::invalid("", "refund_application_fee", "The charge has no application fee"));
        }
        let (payment, currency) = (charge.payment.clone(), charge.currency.clone());
        let refund = Refund {
            id: self.id("re"),
            charge: payment.charge,
            intent: payment.intent,
            account: account.map(str::to_owned),
            units,
            currency,
            status: match self.settlement {
                Settlement::AtOnce => "succeeded",
                Settlement::Later => "pending",
            },
            failure_reason: None,
            reason: asked.reason,
            metadata: asked.metadata,
            flags: [asked.reverse_transfer, asked.refund_fee],
            created: self.options.clock.now(),
        };
        let made = refund.json();
        self.announce("refund.created", &refund);
        self.refunds.push(refund);
        Ok(made)
    }

    pub(super) fn settle(&mut self, id: &str, settled: Settled) {
        let Some(refund) = self.refunds.iter_mut().find(|refund| refund.id == id) else { return };
        (refund.status, refund.failure_reason) = match settled {
            Settled::Succeeded => ("succeeded", None),
            Settled::Failed(reason) => ("failed", Some(reason)),
            Settled::Canceled => ("canceled", None),
            Settled::RequiresAction => ("requires_action", None),
        };
        let refund = refund.clone();
        let also: &[&str] = if let Settled::Failed(_) = settled { &["refund.failed"] } else { &[] };
        for kind in ["refund.updated", "charge.refund.updated"].iter().chain(also) {
            self.announce(kind, &refund);
        }
    }
}

/// What an amount must be a multiple of. <https://docs.stripe.com/currencies>
fn step(currency: &str) -> i64 {
    match currency {
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 10,
        "ISK" | "UGX" => 100,
        _ => 1,
    }
}
