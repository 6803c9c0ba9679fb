//! Secrets at rest: AES-256-GCM, each text bound to the row that it belongs to.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What can go wrong with a sealed text. No variant says what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The key is not 32 bytes in base64.
    #[error("the secret key must be 32 bytes, written in base64")]
    BadKey,
    /// The text was sealed with another key.
    #[error("sealed with another secret key")]
    OtherKey,
    /// The text was damaged, or belongs to another row.
    #[error("the sealed text is damaged or does not belong here")]
    Damaged,
}

/// The key, and what it seals.
#[derive(Clone)]
pub struct Vault {
    cipher: Aes256Gcm,
    key_id: [u8; 4],
    signing: SigningKey,
    standing: SigningKey,
}

/// Signs what goes out into the world and must come back unchanged.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// A key of its own for this purpose, so that what is signed for one means nothing to another.
    fn derive(secret: &[u8], purpose: &str) -> Self {
        let mut mac = keyed(secret);
        mac.update(purpose.as_bytes());
        Self(Zeroizing::new(mac.finalize().into_bytes().into()))
    }

    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = keyed(self.0.as_slice());
        for part in parts {
            // With their lengths, so that no two lists of parts read the same.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }

    /// The signature of these parts, in hexadecimal digits.
    pub fn sign(&self, parts: &[&str]) -> String {
        hex::encode(self.mac(parts).finalize().into_bytes())
    }

    /// Whether that is the signature of these parts; takes the same time for every wrong one.
    pub fn has_signed(&self, parts: &[&str], signature: &str) -> bool {
        hex::decode(signature).is_ok_and(|signature| self.mac(parts).verify_slice(&signature).is_ok())
    }
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("key_id", &hex::encode(self.key_id)).finish_non_exhaustive()
    }
}

const VERSION: u8 = 1;
const HEADER: usize = 5;
const NONCE: usize = 12;

impl Vault {
    /// A vault with this key: 32 bytes in base64.
    pub fn new(key: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(STANDARD.decode(key.trim()).map_err(|_| VaultError::BadKey)?);
        let key = Key::<Aes256Gcm>::try_from(bytes.as_slice()).map_err(|_| VaultError::BadKey)?;
        let digest = Sha256::digest(bytes.as_slice());
        let signing = SigningKey::derive(bytes.as_slice(), "trilogue: signed links");
        let standing = SigningKey::derive(bytes.as_slice(), "trilogue: links that stand");
        Ok(Self { cipher: Aes256Gcm::new(&key), key_id: [digest[0], digest[1], digest[2], digest[3]], signing, standing })
    }

    /// What links are signed with. Another secret key makes another one, and so ends every link.
    pub const fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// A new random key, in base64.
    pub fn generate_key() -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::rng().fill_bytes(bytes.as_mut_slice());
        Zeroizing::new(STANDARD.encode(bytes.as_slice()))
    }

    /// Seals a text for the row named by `owner`: version, key id, nonce, ciphertext.
    pub fn seal(&self, owner: &str, text: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0_u8; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: text, aad: owner.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| VaultError::Damaged)?;
        Ok([&[VERSION], self.key_id.as_slice(), &nonce, &sealed].concat())
    }

    /// A signature of a text that goes out in a link, in letters that a path can hold. No expiry.
    pub fn sign(&self, text: &str) -> String {
        self.standing.sign(&[text])
    }

    /// Whether a signature is ours.
    pub fn signed(&self, text: &str, signature: &str) -> bool {
        self.standing.has_signed(&[text], signature)
    }

    /// Opens what was sealed for that row.
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (header, rest) = sealed.split_at_checked(HEADER).ok_or(VaultError::Damaged)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(VaultError::Damaged)?;
        if header[0] != VERSION {
            return Err(VaultError::Damaged);
        }
        if header[1..] != self.key_id {
            return Err(VaultError::OtherKey);
        }
        let payload = Payload { msg: text, aad: owner.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| VaultError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_its_parts_and_key_only() {
        let vault = Vault::new(&Vault::generate_key()).unwrap();
        let signed = vault.signing_key().sign(&["a", "bc"]);
        assert!(vault.signing_key().has_signed(&["a", "bc"], &signed));
        assert!(vault.signing_key().has_signed(&["a", "bc"], &signed.to_uppercase()));
        for other in [&["ab", "c"][..], &["abc"], &["a", "bc", ""], &["a", "bd"], &[]] {
            assert!(!vault.signing_key().has_signed(other, &signed), "{other:?}");
        }
        for wrong in ["", "00", "zz", &signed[..62], &format!("{signed}00")] {
            assert!(!vault.signing_key().has_signed(&["a", "bc"], wrong), "{wrong}");
        }
        assert!(!Vault::new(&Vault::generate_key()).unwrap().signing_key().has_signed(&["a", "bc"], &signed));
    }

    #[test]
    fn a_sealed_text_opens_for_its_row_and_key_only() {
        let vault = Vault::new(&Vault::generate_key()).unwrap();
        let sealed = vault.seal("con_1", b"secret").unwrap();
        assert_eq!(vault.open("con_1", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(vault.open("con_2", &sealed), Err(VaultError::Damaged));
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert_eq!(vault.open("con_1", &bent), Err(VaultError::Damaged));
        assert_eq!(vault.open("con_1", &sealed[..10]), Err(VaultError::Damaged));
        assert_eq!(Vault::new(&Vault::generate_key()).unwrap().open("con_1", &sealed), Err(VaultError::OtherKey));
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert!(vault.signed("a/b", &vault.sign("a/b")) && !vault.signed("a/c", &vault.sign("a/b")));
        assert!(!vault.signed("a/b", "") && !Vault::new(&Vault::generate_key()).unwrap().signed("a/b", &vault.sign("a/b")));
        assert_eq!(Vault::new("c2hvcnQ=").unwrap_err(), VaultError::BadKey);
    }
}
