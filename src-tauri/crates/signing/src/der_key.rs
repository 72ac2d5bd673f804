//! Keys in DER: X.509 `SubjectPublicKeyInfo` and certificate (RFC 5280), PKCS#1 (RFC 8017), PKCS#8 (RFC 5958), SEC 1.

use p256::ecdsa::{SigningKey as P256Private, VerifyingKey as P256Public};
use rsa::{
    BoxedUint,
    pkcs1::{RsaPrivateKey, RsaPublicKey, UintRef},
    pkcs8::PrivateKeyInfoRef,
};
use sec1::{EcParameters, EcPrivateKey};
use x509_cert::{
    certificate::{CertificateInner, Raw},
    der::{Decode as _, Encode as _, asn1::ObjectIdentifier, asn1::OctetStringRef},
    spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef},
};

use crate::asymmetric_key::{Key, PrivateKey, PublicKey};

/// RFC 8017 appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// RFC 5480 §2.1.1.
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// RFC 5480 §2.1.1.1, there called `secp256r1`.
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// RFC 8410 §3.
pub(crate) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Reads the public key in a `SubjectPublicKeyInfo`.
pub(crate) fn spki(der: &[u8]) -> Result<Key, String> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| "the public key is damaged")?;
    let bytes = info.subject_public_key.as_bytes().ok_or("the public key is damaged")?;
    match info.algorithm.oid {
        RSA => pkcs1_public(bytes),
        ELLIPTIC_CURVE => {
            expect_p256(info.algorithm.parameters_oid().ok())?;
            let key =
                P256Public::from_sec1_bytes(bytes).map_err(|_| "the public key is no point on the curve P-256")?;
            Ok(PublicKey::P256(key).into())
        }
        ED25519 => ed25519_public(bytes).map(Into::into),
        other => Err(unknown_kind(other)),
    }
}

/// Reads the public key in a certificate. Nothing is judged about the certificate itself: whoever pastes it trusts it.
pub(crate) fn certificate(der: &[u8]) -> Result<Key, String> {
    // Real certificates break rules of RFC 5280 that do not matter here, such as a serial number of 0.
    let certificate = CertificateInner::<Raw>::from_der(der).map_err(|_| "the certificate is damaged")?;
    let info = certificate.tbs_certificate().subject_public_key_info().to_der();
    spki(&info.map_err(|_| "the certificate is damaged")?)
}

/// Reads an RSA public key.
pub(crate) fn pkcs1_public(der: &[u8]) -> Result<Key, String> {
    let parts = RsaPublicKey::<UintRef<'_>>::from_der(der).map_err(|_| "the RSA public key is damaged")?;
    rsa_public(parts.modulus.as_bytes(), parts.public_exponent.as_bytes()).map(Into::into)
}

/// Reads an RSA private key.
pub(crate) fn pkcs1_private(der: &[u8]) -> Result<Key, String> {
    let parts = RsaPrivateKey::<UintRef<'_>>::from_der(der).map_err(|_| "the RSA private key is damaged")?;
    expect_rsa_size(parts.modulus.as_bytes())?;
    let key = rsa::PrivateKey::try_from(parts).map_err(|_| "the parts of the RSA private key contradict each other")?;
    Ok(PrivateKey::Rsa(Box::new(key)).into())
}

/// Reads a private key of any kind.
pub(crate) fn pkcs8(der: &[u8]) -> Result<Key, String> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| "the private key is damaged")?;
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => pkcs1_private(inner),
        ELLIPTIC_CURVE => {
            expect_p256(curve(&info.algorithm))?;
            sec1(inner)
        }
        ED25519 => {
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| "the private key is damaged")?;
            let seed = seed.as_bytes().try_into().map_err(|_| "the private key is damaged")?;
            Ok(PrivateKey::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed)).into())
        }
        other => Err(unknown_kind(other)),
    }
}

/// Reads a private key on an elliptic curve. Inside PKCS#8 the curve is named outside.
pub(crate) fn sec1(der: &[u8]) -> Result<Key, String> {
    let parts = EcPrivateKey::from_der(der).map_err(|_| "the EC private key is damaged")?;
    if let Some(EcParameters::NamedCurve(curve)) = parts.parameters {
        expect_p256(Some(curve))?;
    }
    let key =
        P256Private::from_slice(parts.private_key).map_err(|_| "the EC private key is none on the curve P-256")?;
    if let Some(public) = parts.public_key {
        let fits = P256Public::from_sec1_bytes(public).is_ok_and(|public| public == *key.verifying_key());
        if !fits {
            return Err("the halves of the EC private key do not belong together".to_owned());
        }
    }
    Ok(PrivateKey::P256(key).into())
}

/// The key in DER of whichever structure it is.
pub(crate) fn any(der: &[u8]) -> Result<Key, String> {
    // The public key first: its error is the one that is told when nothing fits.
    let public = spki(der);
    if public.is_ok() {
        return public;
    }
    for read in [certificate, pkcs8, pkcs1_public, pkcs1_private, sec1] {
        if let Ok(key) = read(der) {
            return Ok(key);
        }
    }
    public
}

/// The RSA public key of these big-endian numbers.
pub(crate) fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, String> {
    expect_rsa_size(modulus)?;
    let unusable = "the RSA modulus is even, or its exponent is even, 1 or above 33 bits";
    if significant(exponent).len() > 5 {
        return Err(unusable.to_owned());
    }
    let [modulus, exponent] = [modulus, exponent].map(|number| BoxedUint::from_be_slice_vartime(significant(number)));
    rsa::PublicKey::new(modulus, exponent).map(PublicKey::Rsa).map_err(|_| unusable.to_owned())
}

/// The big-endian number without the zeros in front, which cost time in arithmetic.
pub(crate) fn significant(number: &[u8]) -> &[u8] {
    number.iter().position(|&byte| byte != 0).map_or(&[], |at| &number[at..])
}

/// The Ed25519 public key of these bytes.
pub(crate) fn ed25519_public(bytes: &[u8]) -> Result<PublicKey, String> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| "an Ed25519 public key has 32 bytes")?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| "the Ed25519 public key is no point")?;
    Ok(PublicKey::Ed25519(key))
}

/// Refuses an RSA modulus below 1024 bits, which can be factored, or above 8192: the work of a check grows with the
/// square of it.
fn expect_rsa_size(modulus: &[u8]) -> Result<(), String> {
    let significant = significant(modulus);
    let leading_zero_bits = significant.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = significant.len() * 8 - leading_zero_bits;
    if (rsa::PublicKey::MIN_SIZE..=rsa::PublicKey::MAX_SIZE).contains(&bits) {
        return Ok(());
    }
    Err(format!("the RSA key has {bits} bits, and 1024 to 8192 are taken"))
}

fn curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Option<ObjectIdentifier> {
    algorithm.parameters_oid().ok()
}

fn expect_p256(curve: Option<ObjectIdentifier>) -> Result<(), String> {
    let Some(curve) = curve else { return Err("the elliptic-curve key does not name its curve".to_owned()) };
    if curve == P256 {
        return Ok(());
    }
    let name = match curve.to_string().as_str() {
        "1.3.132.0.34" => "P-384".to_owned(),
        "1.3.132.0.35" => "P-521".to_owned(),
        "1.3.132.0.10" => "secp256k1".to_owned(),
        other => format!("of the identifier {other}"),
    };
    Err(format!("the key is on the curve {name}, and P-256 is supported"))
}

fn unknown_kind(kind: ObjectIdentifier) -> String {
    format!("the key is of a kind that is not supported (identifier {kind}); RSA, P-256 and Ed25519 are")
}
