//! Signed tokens: JWS in compact form (RFC 7515) whose payload is a JSON object, as JWT has it (RFC 7519).

use base64::{DecodeError, Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use subtle::Choice;

use crate::{algorithm::UnusableKey, jws_algorithm::JwsAlgorithm, wire_text};

/// Longest token that is read. Header lines of webhooks have at most some 8 kB.
const TOKEN_MAX_BYTES: usize = 64 * 1024;

/// Where a text stops being a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenFault {
    /// Byte offset in the token.
    pub(crate) offset: usize,
    /// What should stand there.
    pub(crate) expected: String,
}

/// The token names an algorithm that the caller does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlgorithmNotAllowed {
    /// What the token says, shortened for a verdict.
    pub(crate) found: String,
}

/// A token whose signature is not judged yet.
#[derive(Clone, Debug)]
pub(crate) struct Jws<'a> {
    signing_input: &'a [u8],
    algorithm: String,
    key_id: Option<String>,
    claims: Map<String, Value>,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a token.
    pub(crate) fn parse(token: &'a [u8]) -> Result<Self, TokenFault> {
        let fault = |offset, expected: &str| TokenFault { offset, expected: expected.to_owned() };
        if token.len() > TOKEN_MAX_BYTES {
            return Err(fault(TOKEN_MAX_BYTES, "a token of at most 65536 bytes"));
        }
        let mut stops = memchr::memchr_iter(b'.', token);
        let (Some(first), Some(second), None) = (stops.next(), stops.next(), stops.next()) else {
            let extra = memchr::memchr_iter(b'.', token).nth(2);
            return Err(fault(extra.unwrap_or(token.len()), "three parts of base64url with a full stop between them"));
        };
        let header = object(token, 0, first)?;
        let Some(Value::String(algorithm)) = header.get("alg") else {
            return Err(fault(0, "a header that names its algorithm (alg)"));
        };
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(fault(0, "a header whose key id (kid) is text")),
        };
        // RFC 7515 §4.1.11: what stands there must be understood, and nothing that could stand there is.
        if header.contains_key("crit") {
            return Err(fault(0, "a header without extensions (crit)"));
        }
        let algorithm = algorithm.clone();
        let claims = object(token, first + 1, second)?;
        let signature = part(token, second + 1, token.len())?;
        Ok(Self { signing_input: &token[..second], algorithm, key_id, claims, signature })
    }

    /// The algorithm that the token names, when the caller allows it.
    pub(crate) fn algorithm(&self, allowed: &[JwsAlgorithm]) -> Result<JwsAlgorithm, AlgorithmNotAllowed> {
        let named = allowed.iter().find(|algorithm| algorithm.name() == self.algorithm);
        named.copied().ok_or_else(|| AlgorithmNotAllowed { found: wire_text::quoted(self.algorithm.as_bytes()) })
    }

    /// The payload, which says nothing before the signature holds.
    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Whether the signature holds. Of a set of keys those are tried that have the token's key id, or none of their own.
    pub(crate) fn verify(&self, algorithm: JwsAlgorithm, key: &[u8]) -> Result<Choice, UnusableKey> {
        algorithm.verify(key, self.key_id.as_deref(), self.signing_input, &self.signature)
    }
}

/// Makes a token. Its key id is `key_id`, else that of the JWK which signs.
pub(crate) fn sign(
    algorithm: JwsAlgorithm,
    key: &[u8],
    key_id: Option<&str>,
    claims: &Map<String, Value>,
) -> Result<String, UnusableKey> {
    let mut header = Map::new();
    header.insert("alg".to_owned(), algorithm.name().into());
    header.insert("typ".to_owned(), "JWT".into());
    let own_id = algorithm.signing_key_id(key, key_id)?;
    if let Some(id) = key_id.map(ToOwned::to_owned).or(own_id) {
        header.insert("kid".to_owned(), id.into());
    }
    let encoded = |object: &Map<String, Value>| {
        serde_json::to_vec(object).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|_| UnusableKey)
    };
    let signing_input = format!("{}.{}", encoded(&header)?, encoded(claims)?);
    let signature = algorithm.sign(key, key_id, signing_input.as_bytes())?;
    Ok(format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Decodes the part from `start` to `end`. RFC 7515 §2: no padding, and one text for each value.
fn part(token: &[u8], start: usize, end: usize) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD.decode(&token[start..end]).map_err(|error| {
        let within = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => at,
            DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => end - start,
        };
        TokenFault { offset: start + within, expected: "base64url without padding".to_owned() }
    })
}

fn object(token: &[u8], start: usize, end: usize) -> Result<Map<String, Value>, TokenFault> {
    serde_json::from_slice(&part(token, start, end)?)
        .map_err(|_| TokenFault { offset: start, expected: "a JSON object in base64url".to_owned() })
}

#[cfg(test)]
#[path = "jws_tests.rs"]
mod tests;
