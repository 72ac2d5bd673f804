//! From what people paste to keys: PEM, base64 of DER, JWK or JWKS.

use crate::{
    asymmetric_key::{Key, KeySet},
    der_key, jwk, pem,
};

/// Largest text that is read. A chain of certificates or a set of keys has some 10 kB.
const TEXT_MAX_BYTES: usize = 64 * 1024;

/// What the text should be, in an error's words.
const EXPECTED: &str = "a public key (PEM, X.509 certificate, base64 of DER, JWK or JWKS) or its private key";

/// Reads the keys, or says what the text is instead.
pub(crate) fn read(text: &[u8]) -> Result<KeySet, String> {
    keys(text).map_err(|problem| format!("{EXPECTED}, and {problem}"))
}

/// Whether the text is meant to be such a key, whole or damaged, so that it is no shared secret.
pub(crate) fn is_meant_as_key(text: &[u8]) -> bool {
    let Some(text) = as_text(text) else { return false };
    pem::is_pem(text) || jwk::is_meant_as_jwk(text) || keys(text.as_bytes()).is_ok()
}

/// The text without what stands around it.
pub(crate) fn trimmed(text: &[u8]) -> &[u8] {
    as_text(text).map_or(text, str::as_bytes)
}

fn as_text(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok().map(|text| text.trim_start_matches('\u{feff}').trim())
}

fn keys(text: &[u8]) -> Result<KeySet, String> {
    if text.len() > TEXT_MAX_BYTES {
        return Err(format!("this has {} bytes, of which at most {TEXT_MAX_BYTES} are read", text.len()));
    }
    let text = as_text(text).ok_or("this is no text")?;
    if pem::is_pem(text) {
        return from_pem(text).map(Into::into);
    }
    if text.starts_with('{') {
        return jwk::read(text);
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return Err("this is an address; paste what it shows, nothing is downloaded".to_owned());
    }
    if text.starts_with("ssh-") || text.starts_with("ecdsa-sha2-") {
        return Err("this is a key for OpenSSH; ssh-keygen -e -m PKCS8 -f writes it as PEM".to_owned());
    }
    let der = pem::base64(text).filter(|der| !der.is_empty()).ok_or("this is none of them")?;
    match std::str::from_utf8(&der) {
        Ok(inner) if pem::is_pem(inner) => from_pem(inner).map(Into::into),
        _ => der_key::any(&der).map(Into::into),
    }
}

/// The first private key in the text, else the first key or certificate: in a chain that is the signer's own.
fn from_pem(text: &str) -> Result<Key, String> {
    let mut rest = text;
    let mut first: Option<Result<Key, String>> = None;
    while let Some(next) = pem::next_block(rest) {
        let (block, after) = match next {
            Ok(next) => next,
            Err(problem) => return first.unwrap_or(Err(problem)),
        };
        rest = after;
        if block.label.ends_with(" PARAMETERS") {
            continue;
        }
        if first.is_some() && !block.label.ends_with("PRIVATE KEY") {
            continue;
        }
        let key = from_block(&block);
        if key.as_ref().is_ok_and(|key| key.private.is_some()) {
            return key;
        }
        first.get_or_insert(key);
    }
    first.unwrap_or_else(|| Err("this PEM holds parameters and no key".to_owned()))
}

fn from_block(block: &pem::Block<'_>) -> Result<Key, String> {
    let read = match block.label {
        "PUBLIC KEY" => der_key::spki,
        "RSA PUBLIC KEY" => der_key::pkcs1_public,
        // The other two are older names of the same (RFC 7468 §5.1).
        "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" => der_key::certificate,
        "PRIVATE KEY" => der_key::pkcs8,
        "RSA PRIVATE KEY" => der_key::pkcs1_private,
        "EC PRIVATE KEY" => der_key::sec1,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
            return Err("this is a certificate request; paste the certificate or the public key".to_owned());
        }
        "ENCRYPTED PRIVATE KEY" => {
            return Err("this private key is encrypted; decrypt it first (openssl pkey writes it so)".to_owned());
        }
        "OPENSSH PRIVATE KEY" | "SSH2 PUBLIC KEY" => {
            return Err("this is a key for OpenSSH; ssh-keygen -e -m PKCS8 -f writes it as PEM".to_owned());
        }
        other => return Err(format!("this is a PEM of the label {other:.64}")),
    };
    read(&block.decode()?)
}

#[cfg(test)]
#[path = "key_text_tests.rs"]
mod tests;
