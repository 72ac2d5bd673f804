//! The cryptography behind a signature.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

/// How a signature is made from a key and the signed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Algorithm {
    /// HMAC with SHA-256 (RFC 2104, FIPS 180-4).
    HmacSha256,
}

/// The key cannot be used with the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnusableKey;

impl Algorithm {
    /// As it reads in a scheme's description.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    /// Length of a signature.
    pub(crate) fn signature_bytes(self) -> usize {
        match self {
            Self::HmacSha256 => 32,
        }
    }

    /// Makes the signature. The content is fed part by part, so nothing is allocated in proportion to the body.
    pub(crate) fn sign(self, key: &[u8], content: &[Cow<'_, [u8]>]) -> Result<Vec<u8>, UnusableKey> {
        match self {
            Self::HmacSha256 => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| UnusableKey)?;
                for part in content {
                    mac.update(part);
                }
                Ok(mac.finalize().into_bytes().to_vec())
            }
        }
    }

    /// Compares every candidate with the right signature, each in constant time and none skipped. The
    /// candidates' lengths are public: they stood on the wire.
    pub(crate) fn compare(
        self,
        key: &[u8],
        content: &[Cow<'_, [u8]>],
        candidates: &[Vec<u8>],
    ) -> Result<Vec<Choice>, UnusableKey> {
        match self {
            Self::HmacSha256 => {
                let right = zeroize::Zeroizing::new(self.sign(key, content)?);
                Ok(candidates.iter().map(|candidate| right.ct_eq(candidate)).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 §4.3, test case 2.
    #[test]
    fn hmac_sha256_gives_the_published_value_however_the_content_is_cut() {
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        for cut in [0, 1, 13, 28] {
            let (head, tail) = b"what do ya want for nothing?".split_at(cut);
            let content = [head, tail].map(Cow::Borrowed);
            assert_eq!(hex::encode(Algorithm::HmacSha256.sign(b"Jefe", &content).unwrap()), right);
        }
    }

    #[test]
    fn every_candidate_gets_its_own_answer() {
        let content = [];
        let right = Algorithm::HmacSha256.sign(b"k", &content).unwrap();
        let candidates = [vec![0; 32], right.clone(), right[..31].to_vec(), right];
        let found = Algorithm::HmacSha256.compare(b"k", &content, &candidates).unwrap();
        assert_eq!(found.into_iter().map(bool::from).collect::<Vec<_>>(), [false, true, false, true]);
    }
}
