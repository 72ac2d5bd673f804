//! Why an attempt has no answer, in plain words.

use std::{error::Error, io, time::Duration};

use hookglass_model::{AttemptError, AttemptErrorKind};

use crate::{resolver::ForbiddenAddress, sender::Timeouts, stage::Stage};

/// What a sentence about a failure needs to know.
pub(crate) struct Circumstances<'a> {
    /// Host and port as the user knows them, for example `localhost:3000`.
    pub(crate) authority: &'a str,
    pub(crate) timeouts: &'a Timeouts,
    pub(crate) stage: Stage,
    /// The status of the answer whose body could not be read.
    pub(crate) status: Option<u16>,
}

impl Circumstances<'_> {
    /// The whole attempt took longer than allowed.
    pub(crate) fn timed_out(&self) -> AttemptError {
        let Self { authority, stage, .. } = self;
        let total = seconds(self.timeouts.total);
        let message = match (stage, self.status) {
            (Stage::Resolving, _) => format!("The name of {authority} could not be resolved within {total}."),
            (Stage::Connecting, _) => format!("No connection to {authority} within {total}."),
            (Stage::Reading, Some(status)) => {
                format!("{authority} answered {status}, but its body was not complete within {total}.")
            }
            _ => format!("{authority} took the connection but did not answer within {total}."),
        };
        failure(AttemptErrorKind::Timeout, message)
    }

    /// Puts an error of the HTTP library into its class.
    pub(crate) fn classify(&self, error: &reqwest::Error) -> AttemptError {
        let Self { authority, stage, .. } = self;
        if let Some(ForbiddenAddress(ip)) = find(error) {
            return failure(
                AttemptErrorKind::Forbidden,
                format!(
                    "{authority} leads to {ip}, a link-local or cloud metadata address. Hookglass never sends to these."
                ),
            );
        }
        if error.is_timeout() {
            return self.connect_timed_out();
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return failure(AttemptErrorKind::Tls, tls_sentence(authority, tls));
        }
        if error.is_dns() || *stage == Stage::Resolving {
            let host = authority.rsplit_once(':').map_or(*authority, |(host, _)| host);
            return failure(AttemptErrorKind::Dns, format!("The name {host} cannot be resolved. Check its spelling."));
        }
        if let Some(http) = find::<hyper::Error>(error) {
            if http.is_parse() {
                let message = format!("{authority} does not answer with HTTP: {http}.");
                return failure(AttemptErrorKind::Protocol, message);
            }
            if http.is_incomplete_message() {
                return failure(AttemptErrorKind::Reset, self.ended_early("closed"));
            }
        }
        match find::<io::Error>(error) {
            Some(io) => self.classify_io(io),
            None => failure(AttemptErrorKind::Protocol, format!("{authority}: {}.", innermost(error))),
        }
    }

    fn connect_timed_out(&self) -> AttemptError {
        let Self { authority, stage, .. } = self;
        let limit = seconds(self.timeouts.connect.min(self.timeouts.total));
        let message = match stage {
            Stage::Resolving => format!("The name of {authority} could not be resolved within {limit}."),
            _ => format!("No connection to {authority} within {limit}."),
        };
        failure(AttemptErrorKind::Timeout, message)
    }

    fn classify_io(&self, error: &io::Error) -> AttemptError {
        let Self { authority, stage, .. } = self;
        match error.kind() {
            io::ErrorKind::ConnectionRefused => {
                failure(AttemptErrorKind::Refused, format!("Nothing listens on {authority}."))
            }
            io::ErrorKind::TimedOut => self.connect_timed_out(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                failure(AttemptErrorKind::Reset, self.ended_early("reset"))
            }
            io::ErrorKind::UnexpectedEof => failure(AttemptErrorKind::Reset, self.ended_early("closed")),
            // hyper's reader of chunked bodies reports a broken chunk this way.
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                failure(AttemptErrorKind::Protocol, format!("The answer of {authority} is not valid HTTP: {error}."))
            }
            _ if *stage <= Stage::Connecting => {
                failure(AttemptErrorKind::Refused, format!("{authority} cannot be reached: {error}."))
            }
            _ => failure(AttemptErrorKind::Reset, format!("The connection to {authority} failed: {error}.")),
        }
    }

    fn ended_early(&self, how: &str) -> String {
        let authority = self.authority;
        match (self.stage, self.status) {
            (Stage::Resolving | Stage::Connecting, _) => {
                format!("{authority} {how} the connection during the handshake.")
            }
            (_, Some(status)) => {
                format!("{authority} answered {status} and then {how} the connection before the body was complete.")
            }
            _ => format!("{authority} {how} the connection without an answer."),
        }
    }
}

fn tls_sentence(authority: &str, error: &rustls::Error) -> String {
    use rustls::{CertificateError, Error as Tls};
    match error {
        Tls::InvalidMessage(_) => format!("{authority} does not speak TLS. Try http:// instead of https://."),
        Tls::InvalidCertificate(CertificateError::UnknownIssuer) => {
            format!("The certificate of {authority} is from an issuer this computer does not trust.")
        }
        // What most tools make when asked for a self-signed certificate is an authority's, which the verifier
        // refuses for a server before it looks at trust.
        Tls::InvalidCertificate(CertificateError::Other(other)) if other.to_string().contains("CaUsedAsEndEntity") => {
            format!("The certificate of {authority} is self-signed, and this computer does not trust it.")
        }
        Tls::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!("The certificate of {authority} has expired.")
        }
        Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            format!("The certificate of {authority} is for another name.")
        }
        other => format!("TLS with {authority} failed: {other}."),
    }
}

/// Looks for an error of type `E` in a chain of causes, also inside [`io::Error`], which hides what it wraps.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<E>() {
            // An io::Error around another one is only its envelope.
            let envelope = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            return envelope.and_then(|inner| find::<E>(inner)).or(Some(found));
        }
        current = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn innermost(error: &dyn Error) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}

fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}

fn failure(kind: AttemptErrorKind, message: String) -> AttemptError {
    AttemptError { kind, message }
}
