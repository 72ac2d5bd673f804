//! The exact lines that the HTTP library will write for a list of headers.
//!
//! hyper groups lines of one name and keeps no case (hyper#2695, #3914). It is asked for title case, which is what
//! most senders use, so that most captures go out as they came; the record states the rest.

use hookglass_model::{AttemptError, AttemptErrorKind, HeaderList};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Checks every line and builds the library's map. Lines whose name is no token, or whose value holds a control
/// character, are refused: a CR or LF would start another header line (RFC 9110 §5.5).
pub(crate) fn header_map(headers: &HeaderList) -> Result<HeaderMap, AttemptError> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for header in headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| {
            request_error(format!(
                "The header name “{}” is not allowed: it may have letters, digits and !#$%&'*+-.^_`|~ only.",
                header.name.escape_debug()
            ))
        })?;
        let value = HeaderValue::from_bytes(&header.value).map_err(|_| {
            request_error(format!(
                "The value of the header {} holds {}, which is not allowed. Remove it.",
                header.name,
                forbidden_character(&header.value)
            ))
        })?;
        map.try_append(name, value).map_err(|_| request_error("There are too many headers."))?;
    }
    Ok(map)
}

/// Request line, headers and the empty line, as the library writes them.
pub(crate) fn request_head(method: &str, path_and_query: &str, map: &HeaderMap) -> Vec<u8> {
    let mut head = format!("{method} {path_and_query} HTTP/1.1\r\n").into_bytes();
    for (name, value) in map {
        head.extend_from_slice(title_case(name.as_str()).as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Names what the library changes about case and order.
pub(crate) fn name_changes(headers: &HeaderList, map: &HeaderMap, changes: &mut Vec<String>) {
    let mut recased = Vec::new();
    for header in headers {
        let written = title_case(&header.name);
        if written != header.name && !recased.contains(&written) {
            recased.push(written);
        }
    }
    if !recased.is_empty() {
        changes.push(format!("Header names written as {} (receivers ignore case)", recased.join(", ")));
    }
    let as_listed = headers.iter().map(|header| header.name.to_ascii_lowercase());
    if !as_listed.eq(map.iter().map(|(name, _)| name.as_str().to_owned())) {
        changes.push("Headers of the same name moved together".to_owned());
    }
}

/// A name with a capital at the start and after each dash, the rest in lower case.
fn title_case(name: &str) -> String {
    let mut previous = '-';
    name.chars()
        .map(|c| {
            let written = if previous == '-' { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            previous = c;
            written
        })
        .collect()
}

fn forbidden_character(value: &[u8]) -> String {
    match value.iter().find(|&&byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f) {
        Some(b'\r') => "a carriage return (CR)".to_owned(),
        Some(b'\n') => "a line feed (LF)".to_owned(),
        Some(0) => "a NUL character".to_owned(),
        Some(byte) => format!("the control character 0x{byte:02x}"),
        None => "a character".to_owned(),
    }
}

fn request_error(message: impl Into<String>) -> AttemptError {
    AttemptError { kind: AttemptErrorKind::Request, message: message.into() }
}

#[cfg(test)]
mod tests {
    use hookglass_model::Header;

    use super::*;

    #[test]
    fn control_characters_are_named_with_their_header() {
        for (value, what) in [("a\rb", "(CR)"), ("a\nX: y", "(LF)"), ("a\0", "NUL"), ("\x1b[0m", "0x1b")] {
            let error = header_map(&[Header::new("X-Evil", value)].into_iter().collect()).unwrap_err();
            assert!(error.message.contains("X-Evil") && error.message.contains(what), "{}", error.message);
        }
        let error = header_map(&[Header::new("X Bad\r\n", "v")].into_iter().collect()).unwrap_err();
        assert!(error.message.contains(r"X Bad\r\n"), "{}", error.message);
    }

    #[test]
    fn says_what_the_library_changes() {
        let headers: HeaderList =
            [Header::new("X-GitHub-Event", "push"), Header::new("Accept", "*/*"), Header::new("x-github-event", "2")]
                .into_iter()
                .collect();
        let map = header_map(&headers).unwrap();
        let mut changes = Vec::new();
        name_changes(&headers, &map, &mut changes);
        assert_eq!(
            changes,
            [
                "Header names written as X-Github-Event (receivers ignore case)",
                "Headers of the same name moved together"
            ]
        );
    }
}
