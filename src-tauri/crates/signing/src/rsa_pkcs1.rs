//! RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) over a hash that is made already.

use rsa::{
    PrivateKey, PublicKey,
    pkcs1v15::{Signature, SigningKey, VerifyingKey},
    signature::{
        SignatureEncoding as _,
        hazmat::{PrehashSigner as _, PrehashVerifier as _},
    },
};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::algorithm::UnusableKey;

/// The hash that is signed; its name is a part of what RSA signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

/// Whether the signature holds for the hash. Its length must be the modulus's, so that hostile ones cost nothing.
pub(crate) fn holds(key: &PublicKey, hash: Hash, hashed: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::try_from(signature) else { return false };
    let key = key.clone();
    match hash {
        Hash::Sha1 => VerifyingKey::<Sha1>::new(key).verify_prehash(hashed, &signature),
        Hash::Sha256 => VerifyingKey::<Sha256>::new(key).verify_prehash(hashed, &signature),
        Hash::Sha512 => VerifyingKey::<Sha512>::new(key).verify_prehash(hashed, &signature),
    }
    .is_ok()
}

/// Signs the hash. The library blinds the private operation with the operating system's randomness; the signature is
/// the same each time.
pub(crate) fn sign(key: &PrivateKey, hash: Hash, hashed: &[u8]) -> Result<Vec<u8>, UnusableKey> {
    let key = key.clone();
    let signature = match hash {
        Hash::Sha1 => SigningKey::<Sha1>::new(key).sign_prehash(hashed),
        Hash::Sha256 => SigningKey::<Sha256>::new(key).sign_prehash(hashed),
        Hash::Sha512 => SigningKey::<Sha512>::new(key).sign_prehash(hashed),
    };
    Ok(signature.map_err(|_| UnusableKey)?.to_vec())
}
