//! A strict Stripe on loopback, as far as refunds go: <https://docs.stripe.com/api/refunds>.
//!
//! It keeps the traps of the real one: amounts in units of its own, a first answer that is repeated for its key even if it was a
//! 500, limits that stand before the keys, reports that come twice and out of order. Where the real one would let carelessness
//! pass, such as a missing key or an unpinned version, it refuses.

mod api;
mod problem;
mod state;
mod webhooks;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::DropGuard;

pub use state::{Crash, Payment, RefundView, Settled, Settlement, Transfer};
pub use webhooks::{StripeEndpoint, signature};

use crate::clock::SharedClock;
use crate::demo::peer::{Call, Desk, Faults, Furniture, Journal, Outbox, Premises, Reply, Rules, Sending, StartError};
use problem::Problem;
use state::State;

/// How the simulated account is set up.
#[derive(Debug, Clone)]
pub struct StripeOptions {
    /// Its time.
    pub clock: SharedClock,
    /// The secret key that it takes.
    pub secret_key: String,
    /// The one version of the interface that it speaks.
    pub version: String,
    /// Who sends its webhooks.
    pub sending: Sending,
}

impl StripeOptions {
    /// Takes [`StripeSim::SECRET_KEY`], speaks this version, and sends nothing by itself.
    pub fn new(clock: SharedClock, version: &str) -> Self {
        Self { clock, secret_key: StripeSim::SECRET_KEY.to_owned(), version: version.to_owned(), sending: Sending::Manual }
    }
}

struct Stripe(Mutex<State>);

impl Stripe {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Stripe {
    fn answer(&self, call: &Call) -> Reply {
        self.state().answer(call)
    }

    fn rate_limited(&self, retry_after: u32) -> Reply {
        Problem::rate_limited().reply().with("Retry-After", retry_after)
    }
}

/// The simulated account. Clones are the same account; it closes when the last one is dropped.
#[derive(Clone)]
pub struct StripeSim {
    desk: Arc<Stripe>,
    furniture: Furniture,
    base_url: String,
    _open: Arc<DropGuard>,
}

impl StripeSim {
    /// The secret key that is taken by default.
    pub const SECRET_KEY: &'static str = "rk_test_of_the_simulator";

    /// Opens the account on a free loopback port.
    pub async fn start(options: StripeOptions) -> Result<Self, StartError> {
        let rules = Rules { timeout: Duration::from_secs(10), retry_in: webhooks::retry_in, before_retry: webhooks::sign };
        let furniture = Furniture::new(Arc::clone(&options.clock), options.sending, rules)?;
        let premises = Premises::rent().await?;
        let base_url = premises.base_url.clone();
        let desk = Arc::new(Stripe(Mutex::new(State::new(options, furniture.outbox.clone()))));
        let open = premises.open(Arc::clone(&desk) as Arc<dyn Desk>, &furniture);
        Ok(Self { desk, furniture, base_url, _open: Arc::new(open) })
    }

    /// Where it is.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What goes wrong on the line.
    pub fn faults(&self) -> &Faults {
        &self.furniture.faults
    }

    /// What was asked.
    pub fn journal(&self) -> &Journal {
        &self.furniture.journal
    }

    /// Its reports.
    pub fn outbox(&self) -> &Outbox {
        &self.furniture.outbox
    }

    /// Closes it.
    pub fn stop(&self) {
        self.furniture.stop();
    }

    /// A buyer pays: so many of Stripe's own units.
    pub fn pay(&self, units: i64, currency: &str, transfer: Transfer) -> Payment {
        self.desk.state().pay(units, currency, transfer, None)
    }

    /// A buyer pays to a connected account.
    pub fn pay_to(&self, account: &str, units: i64, currency: &str) -> Payment {
        self.desk.state().pay(units, currency, Transfer::None, Some(account))
    }

    /// The bank takes the payment back.
    pub fn dispute(&self, payment: &Payment) {
        self.desk.state().dispute(&payment.charge);
    }

    /// Every refund that was made, oldest first.
    pub fn refunds(&self) -> Vec<RefundView> {
        self.desk.state().views()
    }

    /// What becomes of refunds from now on when they are made.
    pub fn settle_new(&self, settlement: Settlement) {
        self.desk.state().settlement = settlement;
    }

    /// The next order that gets as far as being worked on ends in a 500, which is kept under its key.
    pub fn crash_next(&self, crash: Crash) {
        self.desk.state().crashes.push_back(crash);
    }

    /// The next order finds the payment locked.
    pub fn lock_next(&self) {
        self.desk.state().locked += 1;
    }

    /// Somebody refunds in the Dashboard, without a key of ours.
    pub fn refund_by_hand(&self, payment: &Payment, units: i64) -> Option<String> {
        self.desk.state().by_hand(&payment.charge, units)
    }

    /// What becomes of a refund later, with reports of it.
    pub fn settle(&self, refund: &str, settled: Settled) {
        self.desk.state().settle(refund, settled);
    }

    /// An administrator sets up an endpoint for reports.
    pub fn connect_webhook(&self, url: &str) -> StripeEndpoint {
        self.desk.state().connect(url)
    }

    /// An administrator rolls the endpoint's secret; reports carry a signature of both until the old one is dropped.
    pub fn roll_secret(&self, endpoint: &str) -> String {
        self.desk.state().roll(endpoint)
    }
}
