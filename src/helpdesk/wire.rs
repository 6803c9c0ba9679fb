//! What all products share on the wire: the HTTP client, the rate gate, secrets compared in constant time.

use std::time::Duration;

pub(super) fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .user_agent(concat!("trilogue/", env!("CARGO_PKG_VERSION")))
        .build()
}
