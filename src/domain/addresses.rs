//! Addresses of other machines.

use url::{Host, Url};

/// Whether nobody on the way can read what goes to an address: by `https`, or to this machine.
pub fn is_private_way(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_keep_secrets() {
        for (address, private) in [
            ("https://login.example.com", true),
            ("http://localhost:8080/realm", true),
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://login.example.com", false),
            ("http://localhost.example.com", false),
            ("ftp://localhost", false),
            ("data:text/plain,https", false),
        ] {
            assert_eq!(is_private_way(&address.parse().unwrap()), private, "{address}");
        }
    }
}
