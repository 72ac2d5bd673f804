//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2), one or a set.

use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use p256::ecdsa::{SigningKey as P256Private, VerifyingKey as P256Public};
use rsa::BoxedUint;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::{
    asymmetric_key::{Key, KeySet, PrivateKey, PublicKey},
    der_key,
};

/// Keys that are read of a set; vendors publish two to four. Each costs a check of each signature: 16 signatures under
/// 16 keys of the largest size are 0.7 s.
const KEYS_MAX: usize = 16;

/// RFC 7515 §2 leaves padding out; some tools write it.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A set or one key; which it is shows in the fields.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Option<Vec<&'a RawValue>>,
}

/// The fields that matter, borrowed so that no copy of a private one is left behind.
#[derive(Deserialize)]
struct Jwk<'a> {
    #[serde(borrow)]
    kty: Option<Cow<'a, str>>,
    #[serde(borrow)]
    crv: Option<Cow<'a, str>>,
    #[serde(borrow)]
    kid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    n: Option<Cow<'a, str>>,
    #[serde(borrow)]
    e: Option<Cow<'a, str>>,
    #[serde(borrow)]
    x: Option<Cow<'a, str>>,
    #[serde(borrow)]
    y: Option<Cow<'a, str>>,
    #[serde(borrow)]
    d: Option<Cow<'a, str>>,
    #[serde(borrow)]
    p: Option<Cow<'a, str>>,
    #[serde(borrow)]
    q: Option<Cow<'a, str>>,
}

/// Reads one key or a set. Keys of a set that are of another kind are passed over while one is left.
pub(crate) fn read(text: &str) -> Result<KeySet, String> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| broken_json(&error))?;
    let Some(parts) = document.keys else { return one(text).map(Into::into) };
    if parts.len() > KEYS_MAX {
        return Err(format!("the set has {} keys, and at most {KEYS_MAX} are read", parts.len()));
    }
    let mut keys = Vec::new();
    let mut first_problem = "the set has no keys".to_owned();
    for part in parts.iter().rev() {
        match one(part.get()) {
            Ok(key) => keys.insert(0, key),
            Err(problem) => first_problem = problem,
        }
    }
    KeySet::new(keys).ok_or(first_problem)
}

/// Whether the text is an object with a field that only keys and sets of them have.
pub(crate) fn is_meant_as_jwk(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Marks {
        kty: Option<IgnoredAny>,
        keys: Option<IgnoredAny>,
    }
    text.starts_with('{') && serde_json::from_str(text).is_ok_and(|Marks { kty, keys }| kty.is_some() || keys.is_some())
}

fn broken_json(error: &serde_json::Error) -> String {
    format!("the JSON breaks at line {}, column {}", error.line(), error.column())
}

fn one(text: &str) -> Result<Key, String> {
    let jwk: Jwk<'_> = serde_json::from_str(text).map_err(|error| broken_json(&error))?;
    let id = jwk.kid.as_deref().map(ToOwned::to_owned);
    let key = match (jwk.kty.as_deref(), jwk.crv.as_deref()) {
        (Some("RSA"), _) => jwk.rsa()?,
        (Some("EC"), Some("P-256")) => jwk.p256()?,
        (Some("OKP"), Some("Ed25519")) => jwk.ed25519()?,
        (Some("EC" | "OKP"), Some(curve)) => {
            return Err(format!("the JWK is on the curve {curve:.32}, and P-256 and Ed25519 are supported"));
        }
        (Some("oct"), _) => return Err("the JWK is a shared secret (kty oct) and no public key".to_owned()),
        (Some(kind), _) => return Err(format!("the JWK has the kty {kind:.32}, and RSA, EC and OKP are supported")),
        (None, _) => return Err("the JSON is no JWK: it has no kty".to_owned()),
    };
    Ok(Key { id, ..key })
}

impl Jwk<'_> {
    fn rsa(&self) -> Result<Key, String> {
        let (modulus, exponent) = (field("n", self.n.as_deref())?, field("e", self.e.as_deref())?);
        let public = der_key::rsa_public(&modulus, &exponent)?;
        if self.d.is_none() {
            return Ok(public.into());
        }
        let modulus = der_key::significant(&modulus);
        let bits = u32::try_from(modulus.len() * 8).unwrap_or(u32::MAX);
        let secret = |name, value: Option<&str>| {
            BoxedUint::from_be_slice(der_key::significant(&field(name, value)?), bits)
                .map_err(|_| format!("the {name} of the JWK is too long"))
        };
        let primes = vec![secret("p", self.p.as_deref())?, secret("q", self.q.as_deref())?];
        let [modulus, exponent] = [modulus, der_key::significant(&exponent)].map(BoxedUint::from_be_slice_vartime);
        let key = rsa::PrivateKey::from_components(modulus, exponent, secret("d", self.d.as_deref())?, primes)
            .map_err(|_| "the parts of the JWK contradict each other")?;
        Ok(PrivateKey::Rsa(Box::new(key)).into())
    }

    fn p256(&self) -> Result<Key, String> {
        let (x, y) = (field("x", self.x.as_deref())?, field("y", self.y.as_deref())?);
        if x.len() != 32 || y.len() != 32 {
            return Err("the x and y of a JWK on P-256 have 32 bytes each".to_owned());
        }
        let point = [&[4][..], &x, &y].concat();
        let public = P256Public::from_sec1_bytes(&point).map_err(|_| "the JWK is no point on the curve P-256")?;
        let Some(private) = self.d.as_deref() else { return Ok(PublicKey::P256(public).into()) };
        let private = P256Private::from_slice(&field("d", Some(private))?).ok();
        let private = private.filter(|private| *private.verifying_key() == public);
        Ok(PrivateKey::P256(private.ok_or("the parts of the JWK contradict each other")?).into())
    }

    fn ed25519(&self) -> Result<Key, String> {
        let public = der_key::ed25519_public(&field("x", self.x.as_deref())?)?;
        let Some(private) = self.d.as_deref() else { return Ok(public.into()) };
        let seed = field("d", Some(private))?;
        let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| "the d of a JWK of Ed25519 has 32 bytes")?;
        let private = ed25519_dalek::SigningKey::from_bytes(seed);
        match public {
            PublicKey::Ed25519(public) if private.verifying_key() == public => Ok(PrivateKey::Ed25519(private).into()),
            _ => Err("the parts of the JWK contradict each other".to_owned()),
        }
    }
}

fn field(name: &str, value: Option<&str>) -> Result<Zeroizing<Vec<u8>>, String> {
    let value = value.ok_or_else(|| format!("the JWK has no {name}"))?;
    let bytes = BASE64URL.decode(value).map_err(|_| format!("the {name} of the JWK is not base64url"))?;
    Ok(Zeroizing::new(bytes))
}
