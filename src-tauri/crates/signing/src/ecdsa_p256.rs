//! ECDSA on P-256 (FIPS 186-5) over a hash that is made already.

use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::hazmat::{PrehashSigner as _, PrehashVerifier as _},
};

use crate::algorithm::UnusableKey;

/// How the two numbers of a signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// An ASN.1 sequence of two integers (RFC 3279 §2.2.3): 8 to 72 bytes.
    Der,
    /// 32 bytes each, one after the other (IEEE P1363, RFC 7518 §3.4).
    Raw,
}

/// Whether the signature holds for the hash. Only the one DER text of two numbers between 1 and the group's order is
/// taken.
pub(crate) fn holds(key: &VerifyingKey, form: Form, hashed: &[u8], signature: &[u8]) -> bool {
    let signature = match form {
        Form::Der => Signature::from_der(signature),
        Form::Raw => Signature::from_slice(signature),
    };
    signature.is_ok_and(|signature| key.verify_prehash(hashed, &signature).is_ok())
}

/// Signs the hash with the deterministic nonce of RFC 6979, drawn by HMAC-SHA-256 whichever hash is signed.
pub(crate) fn sign(key: &SigningKey, form: Form, hashed: &[u8]) -> Result<Vec<u8>, UnusableKey> {
    let signature: Signature = key.sign_prehash(hashed).map_err(|_| UnusableKey)?;
    Ok(match form {
        Form::Der => signature.to_der().as_bytes().to_vec(),
        Form::Raw => signature.to_bytes().to_vec(),
    })
}
