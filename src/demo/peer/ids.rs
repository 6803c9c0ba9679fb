//! Ids that look like the vendors' and are the same on every run but for the salt.

use sha2::{Digest, Sha256};
use uuid::Builder;

/// Hands out ids.
#[derive(Debug)]
pub(crate) struct Ids {
    salt: u64,
    last: u64,
}

impl Ids {
    /// Two desks with different salts never hand out the same UUID.
    pub(crate) fn salted(salt: u64) -> Self {
        Self { salt, last: 0 }
    }

    /// A number above all earlier ones, long enough that it is no `i32` and no index.
    pub(crate) fn long(&mut self) -> i64 {
        self.last += 1;
        8_447_388_090_000_i64.saturating_add_unsigned(self.last * 7)
    }

    /// A random-looking UUID.
    pub(crate) fn uuid(&mut self) -> String {
        self.last += 1;
        let digest = Sha256::digest(format!("{}/{}", self.salt, self.last));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// A random-looking secret in the alphabet of base64.
    pub(crate) fn secret(&mut self) -> String {
        use base64::Engine;
        self.last += 1;
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(format!("secret/{}/{}", self.salt, self.last)))
    }
}
