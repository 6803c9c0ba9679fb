//! How often somebody may ask: so many times a second, and ten seconds' worth at once.
//!
//! A replica counts what it sees itself. Limits that must hold across replicas, such as the codes that an agent is sent, are counted
//! in the database.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::answers;
use crate::workflow::Cx;

/// How much may come at once, in seconds' worth.
const BURST: u32 = 10;
/// After so many questions, whoever has not asked for long is forgotten.
const TIDY_EVERY: u32 = 4_096;

/// The house's clock, as the limiter reads it.
#[derive(Clone)]
struct HouseClock(Cx);

impl governor::clock::Clock for HouseClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0.now() - chrono::DateTime::UNIX_EPOCH).to_std().unwrap_or_default()
    }
}

/// Somebody asks too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooOften {
    /// When they may ask again.
    pub(super) after: Duration,
}

/// How often each of many may ask.
pub(super) struct Rate<Key: Hash + Eq + Clone> {
    limiter: RateLimiter<Key, HashMapStateStore<Key>, HouseClock, NoOpMiddleware<Duration>>,
    clock: HouseClock,
    asked: AtomicU32,
}

impl<Key: Hash + Eq + Clone> Rate<Key> {
    /// So many times a second; none for as often as they like.
    pub(super) fn new(cx: &Cx, per_second: u32) -> Option<Arc<Self>> {
        let (each, burst) = (NonZeroU32::new(per_second)?, NonZeroU32::new(per_second.saturating_mul(BURST))?);
        let (quota, clock) = (Quota::per_second(each).allow_burst(burst), HouseClock(cx.clone()));
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Some(Arc::new(Self { limiter, clock, asked: AtomicU32::new(0) }))
    }

    /// Counts a question.
    pub(super) fn ask(&self, key: &Key) -> Result<(), TooOften> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|wait| TooOften { after: wait.wait_time_from(self.clock.now()) })
    }
}

/// Who knocks at a door that is open to everybody: told apart by their network address.
#[derive(Clone)]
pub(super) struct Knocks {
    rate: Option<Arc<Rate<IpAddr>>>,
    /// Where a proxy before us writes the address; none where there is no proxy.
    written: Option<HeaderName>,
}

impl Knocks {
    /// So many times a second from an address, which a proxy writes into this header.
    pub(super) fn new(cx: &Cx, per_second: u32, written: Option<HeaderName>) -> Self {
        Self { rate: Rate::new(cx, per_second), written }
    }

    fn address(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let told = self.written.as_ref().and_then(|name| last(request.headers(), name));
        told.or(peer).map(network)
    }
}

/// The last address of a list: the nearest proxy wrote it, and what stands before it anybody may have.
fn last(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// Whoever has one address of IPv6 has a network of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

/// Lets through who knocks not too often.
pub(super) async fn knock(State(knocks): State<Knocks>, request: Request, next: Next) -> Response {
    let refusal = match (&knocks.rate, knocks.address(&request)) {
        (Some(rate), Some(address)) => rate.ask(&address).err(),
        _ => None,
    };
    match refusal {
        None => next.run(request).await,
        Some(TooOften { after }) => {
            let mut answer = answers::refused(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY", "Too many requests: wait, then try again.");
            answer.headers_mut().insert(header::RETRY_AFTER, seconds(after));
            answer
        }
    }
}

/// A time to wait, in whole seconds, rounded up.
pub(super) fn seconds(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_proxy_is_believed() {
        let name = HeaderName::from_static("x-forwarded-for");
        for (written, address) in [
            (&["203.0.113.7"][..], Some("203.0.113.7")),
            (&["10.0.0.1, 203.0.113.7"], Some("203.0.113.7")),
            (&["10.0.0.1", "203.0.113.7 , 2001:db8::1"], Some("2001:db8::1")),
            (&["unknown"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in written {
                headers.append(&name, HeaderValue::from_static(value));
            }
            assert_eq!(last(&headers, &name), address.map(|address| address.parse().unwrap()), "{written:?}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_ipv4_is_itself() {
        for (address, known_as) in
            [("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
        {
            assert_eq!(network(address.parse().unwrap()), known_as.parse::<IpAddr>().unwrap());
        }
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!((seconds(Duration::from_millis(1)), seconds(Duration::from_secs(2))), (HeaderValue::from(1), HeaderValue::from(2)));
    }
}
