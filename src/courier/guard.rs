//! Where a webhook may go: to the public internet, and not to the machines around us.
//!
//! A name is looked up where the connection is made, and the address that was judged is the address that is used, so a
//! name that changes its mind in between gains nothing.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Public ones, by `https`.
    Public,
    /// Any, by `http` too: for development.
    Any,
}

impl Targets {
    /// What is wrong with an address as it is written, as a sentence. Names are judged when they are called.
    pub fn fault(self, url: &Url) -> Option<&'static str> {
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Some("The address must have no user name, password or fragment.");
        }
        let address = match url.host() {
            None => return Some("The address names no host."),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        };
        match self {
            Self::Any if matches!(url.scheme(), "http" | "https") => None,
            Self::Any => Some("The address must begin with https:// or http://."),
            Self::Public if url.scheme() != "https" => Some("The address must begin with https://."),
            Self::Public if address.is_some_and(|address| !is_public(address)) => Some("The address must be a public one."),
            Self::Public => None,
        }
    }
}

/// Whether an address belongs to the public internet, by the registries of special purposes:
/// <https://www.iana.org/assignments/iana-ipv4-special-registry> and `-ipv6-`.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // This network, private use, loopback, multicast and all above it.
    let wide = matches!(a, 0 | 10 | 127 | 224..);
    // Shared by carriers; link-local, where clouds keep their metadata; private use.
    let local = matches!((a, b), (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168));
    // Protocol assignments, documentation, the old relay to IPv6, measurements.
    let reserved = matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113));
    !(wide || local || reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        // An IPv4 address in another coat: mapped, translated, or tunnelled.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Protocol assignments and Teredo; documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // Everything else that is given out at all begins so: loopback, private, link-local and multicast do not.
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

/// That a name leads to no address that may be called.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(super) struct NotPublic;

type LookUp = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Looks names up, and keeps back the addresses that may not be called.
#[derive(Clone)]
pub(super) struct Guarded {
    targets: Targets,
    look_up: LookUp,
}

impl Guarded {
    pub(super) fn new(targets: Targets) -> Self {
        let look_up = |name: String| async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }.boxed();
        Self { targets, look_up: Arc::new(look_up) }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (targets, looking) = (self.targets, (self.look_up)(name.as_str().to_owned()));
        Box::pin(async move {
            let mut found = looking.await?;
            if targets == Targets::Public {
                found.retain(|address| is_public(address.ip()));
                if found.is_empty() {
                    return Err(NotPublic.into());
                }
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for wrong in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(wrong.parse().unwrap()), "{wrong}");
        }
        for right in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.1.1.1",
            "198.17.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ] {
            assert!(is_public(right.parse().unwrap()), "{right}");
        }
    }

    #[test]
    fn an_address_is_judged_as_it_is_written() {
        let fault = |targets: Targets, url: &str| targets.fault(&url.parse().unwrap()).is_some();
        for wrong in [
            "http://shop.example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://user:pass@shop.example.com/",
            "https://shop.example.com/#here",
            "ftp://shop.example.com/",
            "file:///etc/passwd",
        ] {
            assert!(fault(Targets::Public, wrong), "{wrong}");
        }
        assert!(!fault(Targets::Public, "https://shop.example.com:8443/hooks?x=1"));
        assert!(!fault(Targets::Any, "http://127.0.0.1:9000/hooks"));
        assert!(fault(Targets::Any, "ftp://shop.example.com/") && fault(Targets::Any, "http://user@127.0.0.1/"));
    }

    #[tokio::test]
    async fn a_name_leads_to_its_public_addresses_only_whatever_it_said_before() {
        let answers = Arc::new(std::sync::Mutex::new(vec![vec!["10.0.0.1:0", "[::1]:0"], vec!["10.0.0.1:0", "1.1.1.1:0"]]));
        let look_up = move |_: String| {
            let now = answers.lock().unwrap().pop().unwrap();
            async move { Ok(now.into_iter().map(|address| address.parse().unwrap()).collect()) }.boxed()
        };
        let guarded = Guarded { targets: Targets::Public, look_up: Arc::new(look_up) };
        let first: Vec<_> = guarded.resolve("shop.example.com".parse().unwrap()).await.unwrap().collect();
        assert_eq!(first, ["1.1.1.1:0".parse().unwrap()]);
        let second = guarded.resolve("shop.example.com".parse().unwrap()).await.err().unwrap();
        assert!(second.downcast_ref::<NotPublic>().is_some());
    }
}
