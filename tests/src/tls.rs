//! A sender that speaks TLS and trusts one certificate alone, as somebody who imported an exported one does.

use std::sync::Arc;

use anyhow::{Context, Result};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::http::{Answer, Connection};

/// A certificate as a sender is given it.
pub struct Trusted(CertificateDer<'static>);

impl Trusted {
    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// When there is none.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        Ok(Self(CertificateDer::from_pem_slice(pem).context("no certificate in the PEM text")?))
    }

    /// Its SHA-256 as openssl and browsers write it: `9F:2C:…`.
    pub fn fingerprint(&self) -> String {
        let bytes = Sha256::digest(&self.0);
        bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }

    /// Sends one HTTP/1.1 request over TLS to an address, as to the host `localhost`, and reads the answer.
    ///
    /// # Errors
    /// When nothing listens, when the certificate is another one, or when no answer comes.
    pub async fn send(&self, address: &str, request: &[u8]) -> Result<Answer> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.clone()).context("the certificate cannot be trusted")?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("no TLS version")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpStream::connect(address).await.with_context(|| format!("nothing listens on {address}"))?;
        let host = ServerName::try_from("localhost").context("no host name")?;
        let stream = TlsConnector::from(Arc::new(config)).connect(host, socket).await.context("no TLS")?;
        Connection::over(stream).exchange(request).await
    }
}
