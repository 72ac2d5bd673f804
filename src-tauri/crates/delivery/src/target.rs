//! The URL a draft goes to.

use hookglass_model::{AttemptError, AttemptErrorKind};
use reqwest::Url;

use crate::address;

/// A checked target.
pub(crate) struct Target {
    /// Absolute `http` or `https`, without credentials and fragment, ASCII only.
    pub(crate) url: Url,
    /// Path and query as they stand in the request line.
    pub(crate) path_and_query: String,
    /// The value of Host: the port only when it is not the scheme's own.
    pub(crate) host: String,
}

/// Checks a target and writes it in its canonical form, naming what that changed.
pub(crate) fn parse(text: &str, changes: &mut Vec<String>) -> Result<Target, AttemptError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(request_error("The target is empty. Enter a URL such as http://localhost:3000/webhooks."));
    }
    let mut url = Url::parse(text).map_err(|error| {
        request_error(format!("The target is not a URL: {error}. It should look like http://localhost:3000/webhooks."))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(request_error(format!(
            "The target starts with {}:. Only http:// and https:// can be sent to.",
            url.scheme()
        )));
    }
    // A URL is stored and shown; credentials in it would be too.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(request_error(
            "The target holds a user name or password. Remove it from the URL and add an Authorization header.",
        ));
    }
    if url.fragment().is_some() {
        url.set_fragment(None);
        changes.push("The part of the target after # removed: it is never sent".to_owned());
    }
    let without_fragment = text.split_once('#').map_or(text, |(before, _)| before);
    if url.as_str() != without_fragment && url.as_str() != format!("{without_fragment}/") {
        changes.push(format!("The target is written {url}"));
    }
    refuse_forbidden(&url)?;
    let uri: http::Uri =
        url.as_str().parse().map_err(|error| request_error(format!("The target cannot be sent as it is: {error}.")))?;
    let host = authority(&url);
    Ok(Target { path_and_query: uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(), host, url })
}

/// Refuses a URL whose host is a forbidden address. Names are checked when they are resolved.
pub(crate) fn refuse_forbidden(url: &Url) -> Result<(), AttemptError> {
    match url.host_str().and_then(address::literal) {
        Some(ip) if address::is_forbidden(ip) => Err(AttemptError {
            kind: AttemptErrorKind::Forbidden,
            message: format!("{ip} is a link-local or cloud metadata address. Hookglass never sends to these."),
        }),
        _ => Ok(()),
    }
}

/// Host, and port when it is not the scheme's own, as in a Host header (RFC 9110 §7.2).
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn request_error(message: impl Into<String>) -> AttemptError {
    AttemptError { kind: AttemptErrorKind::Request, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> AttemptError {
        parse(text, &mut Vec::new()).err().unwrap()
    }

    #[test]
    fn accepts_http_and_https_and_names_what_is_rewritten() {
        let mut changes = Vec::new();
        let target = parse("http://localhost:3000", &mut changes).unwrap();
        assert_eq!((target.path_and_query.as_str(), target.host.as_str()), ("/", "localhost:3000"));
        assert_eq!(changes, Vec::<String>::new());

        let target = parse("HTTPS://Example.com:443/a/../b c?x={y}#frag", &mut changes).unwrap();
        assert_eq!((target.path_and_query.as_str(), target.host.as_str()), ("/b%20c?x={y}", "example.com"));
        assert_eq!(
            changes,
            [
                "The part of the target after # removed: it is never sent",
                "The target is written https://example.com/b%20c?x={y}",
            ]
        );
    }

    #[test]
    fn refuses_other_schemes_credentials_and_no_urls() {
        for text in ["", "localhost:3000", "/webhooks", "ftp://x/", "file:///etc/passwd", "http://", "http://a b/"] {
            assert_eq!(error_of(text).kind, AttemptErrorKind::Request, "{text}");
        }
        assert!(error_of("http://user:secret@localhost/").message.contains("Authorization"));
        assert!(!error_of("http://user:secret@localhost/").message.contains("secret@"));
    }

    #[test]
    fn refuses_metadata_addresses_in_every_spelling_of_a_host() {
        for host in
            ["169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]", "[fe80::1]"]
        {
            assert_eq!(error_of(&format!("http://{host}/latest")).kind, AttemptErrorKind::Forbidden, "{host}");
        }
    }
}
