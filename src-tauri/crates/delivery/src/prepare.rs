//! From a draft to exactly what will be sent, with every automatic change named.

use bytes::Bytes;
use hookglass_model::{AttemptError, AttemptErrorKind, Draft, Header, HeaderList};
use http::Method;

use crate::{hop_by_hop, target, wire};

/// A request ready to be sent, and what was changed on the way from the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The method token.
    pub method: String,
    /// The absolute URL, canonical, without credentials and fragment.
    pub url: String,
    /// Every header line to be sent, Host and Content-Length included, in the draft's order and case.
    pub headers: HeaderList,
    /// The body, byte for byte the draft's.
    pub body: Bytes,
    /// Request line and headers with the empty line in HTTP/1.1 form, exactly as they go over the wire.
    pub request_head: Vec<u8>,
    /// One plain sentence for each automatic change, for example `Host set to localhost:3000`.
    pub changes: Vec<String>,
}

/// Checks a draft and makes it ready: hop-by-hop fields go (RFC 9110 §7.6.1), `signature_headers` replace lines of
/// their name, Host and Content-Length are computed. URLs with credentials are refused, because URLs are stored and
/// shown; the message says to use an Authorization header.
///
/// # Errors
/// [`AttemptErrorKind::Request`] when URL, method or a header cannot be sent, naming which and why;
/// [`AttemptErrorKind::Forbidden`] when the URL's host is a link-local or metadata address.
pub fn prepare(draft: &Draft, signature_headers: &[Header]) -> Result<Prepared, AttemptError> {
    let mut changes = Vec::new();
    let method = Method::from_bytes(draft.method.as_bytes()).map_err(|_| AttemptError {
        kind: AttemptErrorKind::Request,
        message: format!("“{}” is not a method. Use one word, for example POST.", draft.method.escape_debug()),
    })?;
    if method == Method::CONNECT {
        return Err(AttemptError {
            kind: AttemptErrorKind::Request,
            message: "CONNECT asks a proxy for a tunnel and cannot be sent to a webhook handler.".to_owned(),
        });
    }
    let target = target::parse(&draft.target_url, &mut changes)?;

    let mut headers = hop_by_hop::strip(&draft.headers, &mut changes);
    for header in signature_headers {
        if headers.first(&header.name) != Some(&header.value[..]) {
            changes.push(format!("{} signed again", header.name));
        }
        headers.set(&header.name, header.value.clone());
    }
    let mut headers = with_host(headers, &target.host, &mut changes);
    set_content_length(&mut headers, &method, &draft.body, &mut changes);
    if !headers.contains("accept") {
        // reqwest adds this line to every request that has none; setting it here makes the record complete.
        headers.push(Header::new("Accept", "*/*"));
        changes.push("Accept set to */*".to_owned());
    }

    let map = wire::header_map(&headers)?;
    wire::name_changes(&headers, &map, &mut changes);
    Ok(Prepared {
        request_head: wire::request_head(method.as_str(), &target.path_and_query, &map),
        method: method.as_str().to_owned(),
        url: target.url.into(),
        headers,
        body: Bytes::copy_from_slice(&draft.body),
        changes,
    })
}

/// Puts the one Host line where the draft has it, else first, where RFC 9110 §7.2 wants it.
fn with_host(headers: HeaderList, host: &str, changes: &mut Vec<String>) -> HeaderList {
    if headers.first("host") != Some(host.as_bytes()) || headers.all("host").count() > 1 {
        changes.push(format!("Host set to {host}"));
    }
    if headers.contains("host") {
        let mut headers = headers;
        headers.set("Host", host);
        return headers;
    }
    std::iter::once(Header::new("Host", host)).chain(headers.iter().cloned()).collect()
}

/// A body always has its length said; an empty one where the method expects a body (RFC 9110 §8.6).
fn set_content_length(headers: &mut HeaderList, method: &Method, body: &[u8], changes: &mut Vec<String>) {
    let expects_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
    if body.is_empty() && !expects_body {
        if headers.contains("content-length") {
            headers.remove("content-length");
            changes.push("Content-Length removed: there is no body".to_owned());
        }
        return;
    }
    let length = body.len().to_string();
    if headers.first("content-length") != Some(length.as_bytes()) || headers.all("content-length").count() > 1 {
        changes.push(format!("Content-Length set to {length}"));
    }
    headers.set("Content-Length", length);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(headers: &[(&str, &str)], body: &[u8]) -> Draft {
        Draft {
            parent: None,
            method: "POST".to_owned(),
            target_url: "http://localhost:3000/hook".to_owned(),
            headers: headers.iter().map(|(name, value)| Header::new(*name, *value)).collect(),
            body: body.to_vec(),
            resign: None,
        }
    }

    #[test]
    fn an_unchanged_request_has_no_changes() {
        let headers = [("Host", "localhost:3000"), ("Content-Length", "2"), ("Accept", "*/*"), ("X-A", "1")];
        let prepared = prepare(&draft(&headers, b"{}"), &[]).unwrap();
        assert_eq!(prepared.changes, Vec::<String>::new());
        assert_eq!(prepared.headers, draft(&headers, b"").headers);
        assert_eq!(
            String::from_utf8(prepared.request_head).unwrap(),
            "POST /hook HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: 2\r\nAccept: */*\r\nX-A: 1\r\n\r\n"
        );
    }

    #[test]
    fn every_automatic_change_is_named() {
        let headers = [
            ("Host", "hooks.example"),
            ("Stripe-Signature", "t=1,v1=old"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
        ];
        let signature = [Header::new("Stripe-Signature", "t=2,v1=new")];
        let prepared = prepare(&draft(&headers, b"abc"), &signature).unwrap();
        assert_eq!(
            prepared.changes,
            [
                "Transfer-Encoding removed (the body is sent with a content length)",
                "Connection removed (hop-by-hop)",
                "Stripe-Signature signed again",
                "Host set to localhost:3000",
                "Content-Length set to 3",
                "Accept set to */*",
            ]
        );
        assert_eq!(prepared.headers.first_text("stripe-signature"), Some("t=2,v1=new"));
    }

    #[test]
    fn an_empty_body_says_its_length_only_where_one_is_expected() {
        assert_eq!(prepare(&draft(&[], b""), &[]).unwrap().headers.first_text("content-length"), Some("0"));
        let get = Draft { method: "GET".to_owned(), ..draft(&[("Content-Length", "7")], b"") };
        assert!(!prepare(&get, &[]).unwrap().headers.contains("content-length"));
    }

    #[test]
    fn methods_are_one_token() {
        for method in ["", "PO ST", "GET / HTTP/1.1\r\nX: y", "CONNECT"] {
            let error = prepare(&Draft { method: method.to_owned(), ..draft(&[], b"") }, &[]).unwrap_err();
            assert_eq!(error.kind, AttemptErrorKind::Request, "{method:?}");
        }
        assert!(prepare(&Draft { method: "PURGE".to_owned(), ..draft(&[], b"") }, &[]).is_ok());
    }
}
