//! Turning a [`Reply`] into what hyper sends. A reply is the receiver's word; nothing captured is added to it.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{Method, StatusCode};

use crate::Reply;

/// Builds the answer to a request of this method. `close` adds `connection: close`, which only HTTP/1 knows.
pub(crate) fn response(reply: Reply, method: &Method, close: bool) -> Response {
    let status = status(reply.status);
    // RFC 9110 §9.3.6: a 2xx answer to CONNECT has no body. For HEAD, axum takes the body off and keeps its length.
    let bodiless = *method == Method::CONNECT && status.is_success();
    let mut response = Response::new(if bodiless { Body::empty() } else { Body::from(reply.body) });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in &reply.headers {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            tracing::warn!(name, "reply header skipped: not a valid HTTP header");
            continue;
        };
        if [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&name) {
            tracing::debug!(%name, "reply header skipped: the listener sets it");
            continue;
        }
        headers.append(name, value);
    }
    if close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// An answer of the listener's own: a bare status, then the end of the connection.
pub(crate) fn refusal(status: StatusCode, method: &Method, close: bool) -> Response {
    // RFC 9110 §15.5.6 and §15.6.4 ask for these.
    let headers = match status {
        StatusCode::METHOD_NOT_ALLOWED => vec![("allow".to_owned(), "GET, HEAD, POST, PUT, PATCH, DELETE".to_owned())],
        StatusCode::SERVICE_UNAVAILABLE => vec![("retry-after".to_owned(), "5".to_owned())],
        _ => Vec::new(),
    };
    let reply = Reply { status: status.as_u16(), headers, body: bytes::Bytes::new(), close, track: None };
    response(reply, method, close)
}

/// hyper cannot send 1xx as an answer (RFC 9110 §15.2: they are interim), and `http` knows 100 to 999.
fn status(code: u16) -> StatusCode {
    match StatusCode::from_u16(code) {
        Ok(status) if !status.is_informational() => status,
        _ => {
            tracing::warn!(code, "reply status cannot be sent; 500 is sent instead");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn built(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        response(
            Reply { status, headers, body: Bytes::from_static(b"ok"), close: false, track: None },
            &Method::POST,
            false,
        )
    }

    #[test]
    fn invalid_headers_are_skipped_and_valid_ones_kept_in_order() {
        let response = built(
            200,
            &[("x-a", "1"), ("bad name", "1"), ("x-b", "a\r\nb: c"), ("Content-Length", "99"), ("x-a", "2")],
        );
        assert_eq!(response.headers().get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(response.headers().len(), 2);
    }

    #[test]
    fn a_status_that_cannot_be_sent_becomes_500() {
        for code in [0, 99, 100, 101, 1000] {
            assert_eq!(built(code, &[]).status(), 500, "{code}");
        }
        assert_eq!(built(299, &[]).status().as_u16(), 299);
    }
}
