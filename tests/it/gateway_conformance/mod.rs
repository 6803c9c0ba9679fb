//! What every way to a payment system must keep, whatever happens on the line: the money moves once for each key, what is final is
//! final, and nobody is believed without a signature. The peers are strict and share no code with the room.

mod amounts;
mod example;
mod finals;
mod once;
mod reports;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use trilogue::clock::{Clock, ManualClock, SharedClock};
use trilogue::courier::{Courier, Key, Targets};
use trilogue::demo::peer::{Faults, Sending, Webhook};
use trilogue::demo::shop::{Manner, ShopSim};
use trilogue::demo::stripe::{Settled, Settlement, StripeOptions, StripeSim, Transfer};
use trilogue::domain::ids::RefundId;
use trilogue::domain::money::Money;
use trilogue::domain::purchases::{LineKey, Part, Parts};
use trilogue::domain::refunds::{AttemptNumber, IdempotencyKey, RefundMeans};
use trilogue::gateway::stripe::{self, ChargeModel, Stripe};
use trilogue::gateway::webhook::{self, Backend};
use trilogue::gateway::{
    Answer, ApplicationFee, Attempt, Delivery, Gateway, GatewayError, News, NewsError, PaymentReference, RefundOrder, RefundReason,
    RefundedItem, Remedy, SellerAccount, TransferReversal,
};

/// How long a call may take here. Only calls that hang get to know it.
const PATIENCE: Duration = Duration::from_millis(300);

const INSTRUCTION_KEY: &[u8] = b"key of instructions";
const REPORT_KEY: &[u8] = b"key of reports";

/// The ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Stripe,
    Webhook,
}

const WAYS: [Way; 2] = [Way::Stripe, Way::Webhook];

/// Who is at the other end.
enum Peer {
    Stripe(StripeSim),
    Webhook(ShopSim),
}

struct Bench {
    clock: Arc<ManualClock>,
    peer: Peer,
    /// What reports of the peer are signed with, as its administrator gave it to us.
    secret: String,
    order: RefundOrder,
}

fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency.parse().unwrap()).unwrap()
}

impl Bench {
    /// Something was paid for 40.00, of which 12.50 is to be given back.
    async fn open(way: Way) -> Self {
        Self::with(way, money("12.50", "EUR"), 4000).await
    }

    /// So many of Stripe's units were paid.
    async fn with(way: Way, amount: Money, paid: i64) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-22T09:00:00Z".parse::<DateTime<Utc>>().unwrap()));
        let (peer, payment, secret) = match way {
            Way::Stripe => {
                let sim = StripeSim::start(StripeOptions::new(clock.clone(), stripe::VERSION)).await.unwrap();
                let payment = sim.pay(paid, amount.currency.code(), Transfer::Destination).intent;
                let secret = sim.connect_webhook("http://127.0.0.1:9/").secret;
                (Peer::Stripe(sim), payment, secret)
            }
            Way::Webhook => {
                let sim = ShopSim::start(clock.clone(), INSTRUCTION_KEY, Sending::Manual).await.unwrap();
                (Peer::Webhook(sim), "P-77".to_owned(), String::new())
            }
        };
        let parts = Parts::of(amount.currency, [(Part::Item, amount)]).unwrap();
        let order = RefundOrder {
            key: IdempotencyKey::of(RefundId::generate(), AttemptNumber::FIRST),
            amount,
            means: RefundMeans::OriginalPayment,
            order: "A-1001".to_owned(),
            payment: Some(PaymentReference(payment)),
            seller: Some(SellerAccount("acct_9".to_owned())),
            items: vec![RefundedItem { line: LineKey::try_from("A-1001-1".to_owned()).unwrap(), units: 1, parts }],
            reason: RefundReason::RequestedByBuyer,
            transfer: TransferReversal::Reverse,
            fee: ApplicationFee::GiveBack,
            metadata: BTreeMap::new(),
            ordered_at: clock.now(),
        };
        Self { clock, peer, secret, order }
    }

    /// A gateway as a process makes it that has just started.
    fn gateway(&self) -> Arc<dyn Gateway> {
        self.gateway_with(&[&self.secret], &[REPORT_KEY])
    }

    fn gateway_with(&self, secrets: &[&str], keys: &[&[u8]]) -> Arc<dyn Gateway> {
        let clock: SharedClock = self.clock.clone();
        match &self.peer {
            Peer::Stripe(sim) => {
                let secrets = secrets.iter().map(|secret| (*secret).into()).collect();
                let (base, credentials) = (sim.base_url().parse().unwrap(), StripeSim::SECRET_KEY.into());
                let mut settings = stripe::Settings::new(base, credentials, secrets, ChargeModel::Destination);
                settings.timeout = PATIENCE;
                Arc::new(Stripe::new(settings, clock).unwrap())
            }
            Peer::Webhook(sim) => {
                let key = |bytes: &[u8]| Key(bytes.to_vec().into());
                let news_keys = keys.iter().map(|bytes| key(bytes)).collect();
                let settings = webhook::Settings { url: sim.url().parse().unwrap(), keys: vec![key(INSTRUCTION_KEY)], news_keys };
                Arc::new(Backend::new(settings, Courier::with_timeout(Targets::Any, PATIENCE).unwrap(), clock))
            }
        }
    }

    fn faults(&self) -> &Faults {
        match &self.peer {
            Peer::Stripe(sim) => sim.faults(),
            Peer::Webhook(sim) => sim.faults(),
        }
    }

    /// The peer goes away.
    async fn close(&self) {
        let url = match &self.peer {
            Peer::Stripe(sim) => {
                sim.stop();
                sim.base_url().to_owned()
            }
            Peer::Webhook(sim) => {
                sim.stop();
                sim.url()
            }
        };
        let url: url::Url = url.parse().unwrap();
        while tokio::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    /// Every time that money moved or is about to, in the peer's own words.
    fn moved(&self) -> Vec<String> {
        match &self.peer {
            Peer::Stripe(sim) => sim.refunds().into_iter().map(|refund| format!("{} {}", refund.units, refund.currency)).collect(),
            Peer::Webhook(sim) => {
                let refunds = sim.refunds().into_iter().filter(|refund| refund.status != "FAILED");
                refunds.map(|refund| format!("{} {}", refund.amount, refund.currency)).collect()
            }
        }
    }

    /// `12.50` of EUR, in the peer's own words.
    fn once(&self) -> Vec<String> {
        let words = match &self.peer {
            Peer::Stripe(_) => "1250 EUR",
            Peer::Webhook(_) => "12.50 EUR",
        };
        vec![words.to_owned()]
    }

    /// From now on the peer needs time.
    fn take_time(&self) {
        match &self.peer {
            Peer::Stripe(sim) => sim.settle_new(Settlement::Later),
            Peer::Webhook(sim) => sim.behave(Manner::Later),
        }
    }

    /// The peer comes to know the outcome. Answers what it reports, in order.
    fn settle(&self, how: How) -> Vec<Webhook> {
        match &self.peer {
            Peer::Stripe(sim) => {
                let refund = sim.refunds().remove(0).id;
                sim.settle(&refund, if how == How::Succeeded { Settled::Succeeded } else { Settled::Failed("declined") });
                sim.outbox().take()
            }
            Peer::Webhook(sim) => {
                let (status, code) = if how == How::Succeeded { ("SUCCEEDED", None) } else { ("FAILED", Some("DECLINED")) };
                sim.report(&self.order.key.to_string(), status, code, "http://127.0.0.1:9/", REPORT_KEY);
                sim.outbox().take()
            }
        }
    }

    /// Hands a report to a gateway, so many seconds after it was signed.
    fn hear(&self, gateway: &Arc<dyn Gateway>, webhook: &Webhook, late: i64) -> Result<Vec<News>, NewsError> {
        let headers = webhook.headers.iter().map(|(name, value)| (name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap()));
        let received_at = self.clock.now() + TimeDelta::seconds(late);
        gateway.read_news(&Delivery { headers: &headers.collect(), body: webhook.body.as_bytes(), received_at })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Succeeded,
    Failed,
}

/// Sends an order as the outbox does, until an answer comes. What may have arrived is sent again as such.
async fn until_answered(bench: &Bench, gateway: &Arc<dyn Gateway>, mut attempt: Attempt) -> Result<Answer, GatewayError> {
    let again = Attempt::Again { begun_at: bench.clock.now() };
    for _ in 0..30 {
        let result = gateway.refund(&bench.order, attempt).await;
        bench.faults().settled().await;
        let Err(error) = result else { return result };
        if error.leaves_unknown() {
            attempt = again;
        }
        match error.remedy() {
            Remedy::Again => {}
            Remedy::Wait(pause) => bench.clock.advance(TimeDelta::from_std(pause).unwrap()),
            Remedy::Fail(_) | Remedy::AskPerson => return Err(error),
        }
    }
    panic!("no answer in thirty attempts");
}
