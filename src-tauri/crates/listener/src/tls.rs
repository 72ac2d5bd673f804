//! The certificate of the TLS port: the user's own, or one that is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookglass_model::UnixMillis;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use thiserror::Error;
use time::OffsetDateTime;
use tokio_rustls::TlsAcceptor;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// How long a made certificate is valid: Apple's systems refuse more (support.apple.com/en-us/103769).
const VALID_FOR: Duration = Duration::from_secs(825 * 24 * 60 * 60);

/// A clock at the sender that is somewhat slow must not refuse a certificate that was just made.
const VALID_BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// Names that every made certificate has.
pub const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What is spoken after the handshake, in the order of preference (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why a certificate cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlsError {
    /// The text holds no certificate.
    #[error("there is no certificate in it; a PEM file begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// The text holds no private key.
    #[error("there is no private key in it; a PEM file begins with -----BEGIN PRIVATE KEY-----")]
    NoKey,
    /// The key is not that of the certificate, or either is of a kind that cannot be used.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(String),
    /// A name cannot stand in a certificate.
    #[error("“{0}” cannot stand in a certificate; write a host name or an IP address")]
    BadName(String),
}

/// A certificate with its key, ready to serve.
#[derive(Clone)]
pub struct TlsIdentity {
    pub(crate) acceptor: TlsAcceptor,
    facts: CertificateFacts,
}

/// What is to be known of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of the certificate, as pairs of capital hex digits with colons between them.
    pub fingerprint_sha256: String,
    /// The host names and addresses it is for.
    pub names: Vec<String>,
    /// From when on it is valid.
    pub valid_from: UnixMillis,
    /// Until when it is valid.
    pub valid_until: UnixMillis,
}

/// A certificate that was made, with its key.
pub struct SelfSigned {
    /// The certificate, as PEM.
    pub certificate_pem: String,
    /// Its private key (PKCS #8), as PEM.
    pub key_pem: String,
}

impl SelfSigned {
    /// Makes a certificate for [`OWN_NAMES`] and `names` with a fresh key (ECDSA, P-256), valid from yesterday on.
    ///
    /// # Errors
    /// [`TlsError::BadName`] when a name cannot stand in it.
    pub fn make(names: &[String], now: UnixMillis) -> Result<Self, TlsError> {
        let unusable = |error: rcgen::Error| TlsError::Unusable(error.to_string());
        let mut all: Vec<String> = OWN_NAMES.map(str::to_owned).to_vec();
        for name in names {
            if !all.contains(name) {
                CertificateParams::new(vec![name.clone()]).map_err(|_| TlsError::BadName(name.clone()))?;
                all.push(name.clone());
            }
        }
        let mut params = CertificateParams::new(all).map_err(unusable)?;
        let now = OffsetDateTime::from_unix_timestamp(now.unix_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        params.not_before = now - VALID_BEFORE;
        params.not_after = params.not_before + VALID_FOR;
        params.distinguished_name.push(DnType::CommonName, "Hookglass on this computer");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(unusable)?;
        let certificate = params.self_signed(&key).map_err(unusable)?;
        Ok(Self { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }
}

impl fmt::Debug for SelfSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelfSigned").finish_non_exhaustive()
    }
}

impl TlsIdentity {
    /// Reads a certificate, with those that signed it, and its key.
    ///
    /// # Errors
    /// [`TlsError`], which says what is missing. It never holds a part of the key.
    pub fn from_pem(certificate_pem: &[u8], key_pem: &[u8]) -> Result<Self, TlsError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate_pem)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::NoCertificate)?;
        let first = chain.first().ok_or(TlsError::NoCertificate)?;
        let facts = CertificateFacts::of(first)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(|_| TlsError::NoKey)?;
        let unusable = |error: rustls::Error| TlsError::Unusable(error.to_string());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), facts })
    }

    /// What is to be known of the certificate.
    pub fn facts(&self) -> &CertificateFacts {
        &self.facts
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl CertificateFacts {
    fn of(der: &CertificateDer<'_>) -> Result<Self, TlsError> {
        let unusable = |error: x509_cert::der::Error| TlsError::Unusable(error.to_string());
        let certificate = x509_cert::Certificate::from_der(der).map_err(unusable)?;
        let tbs = certificate.tbs_certificate();
        let mut names = Vec::new();
        if let Some((_, alternative)) = tbs.get_extension::<SubjectAltName>().map_err(unusable)? {
            for name in &alternative.0 {
                match name {
                    GeneralName::DnsName(name) => names.push(name.as_str().to_owned()),
                    GeneralName::IpAddress(bytes) => names.extend(address(bytes.as_bytes())),
                    _ => {}
                }
            }
        }
        let ms = |time: &x509_cert::time::Time| {
            UnixMillis(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
        };
        let digest = Sha256::digest(der);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Self {
            fingerprint_sha256: pairs.join(":"),
            names,
            valid_from: ms(&tbs.validity().not_before),
            valid_until: ms(&tbs.validity().not_after),
        })
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| std::net::Ipv4Addr::from(bytes).to_string());
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| std::net::Ipv6Addr::from(bytes).to_string())).ok()
}

/// What rustls says of a failed handshake, in plain words.
pub(crate) fn handshake_problem(error: &std::io::Error) -> String {
    use std::io::ErrorKind;

    use rustls::AlertDescription as Alert;
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::AlertReceived(
            Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::CertificateUnknown
            | Alert::UnsupportedCertificate
            // The sender trusts another certificate of the same name, one that was made before this.
            | Alert::DecryptError,
        )) => "the sender does not trust the certificate. Export it from the settings and let the sender trust it, or let it \
               skip the check."
            .to_owned(),
        Some(rustls::Error::AlertReceived(Alert::CertificateExpired)) => {
            "the sender finds the certificate expired. Check its clock, or make a new certificate.".to_owned()
        }
        Some(rustls::Error::PeerIncompatible(_)) => {
            "the sender speaks no version of TLS or no cipher that is safe today; TLS 1.2 is the least.".to_owned()
        }
        Some(other) => format!("{other}."),
        None if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
            "the sender hung up within it. Usually it does not trust the certificate.".to_owned()
        }
        None => format!("{error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    #[test]
    fn a_made_certificate_has_its_names_and_its_time() {
        let made = SelfSigned::make(&["hooks.test".to_owned(), "192.168.1.7".to_owned()], NOW).unwrap();
        let identity = TlsIdentity::from_pem(made.certificate_pem.as_bytes(), made.key_pem.as_bytes()).unwrap();
        let facts = identity.facts();
        assert_eq!(facts.names, ["localhost", "127.0.0.1", "::1", "hooks.test", "192.168.1.7"]);
        assert!(facts.valid_from < NOW && facts.valid_until > NOW);
        assert_eq!(facts.fingerprint_sha256.len(), 32 * 3 - 1);
        assert!(!format!("{made:?} {identity:?}").contains("PRIVATE"));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let (one, other) = (SelfSigned::make(&[], NOW).unwrap(), SelfSigned::make(&[], NOW).unwrap());
        let of = |certificate: &str, key: &str| TlsIdentity::from_pem(certificate.as_bytes(), key.as_bytes()).map(drop);
        assert_eq!(of("", &one.key_pem), Err(TlsError::NoCertificate));
        assert_eq!(of(&one.certificate_pem, ""), Err(TlsError::NoKey));
        assert!(matches!(of(&one.certificate_pem, &other.key_pem), Err(TlsError::Unusable(_))));
        let bad = SelfSigned::make(&["späti".to_owned()], NOW).map(drop);
        assert_eq!(bad, Err(TlsError::BadName("späti".to_owned())));
    }
}
