//! Header fields that concern one connection only and may not be passed on.

use hookglass_model::{Header, HeaderList};

/// Fields with the reason they are not sent on. The first six are the list of RFC 9110 §7.6.1; the proxy fields
/// are credentials for somebody else (RFC 9110 §11.7); a trailer announcement is false once the body is sent
/// whole (§6.6.2); Expect would make the sender wait for a go-ahead it does not need (§10.1.1).
const NOT_SENT_ON: [(&str, &str); 11] = [
    ("Connection", "hop-by-hop"),
    ("Keep-Alive", "hop-by-hop"),
    ("Proxy-Connection", "hop-by-hop"),
    ("TE", "hop-by-hop"),
    ("Transfer-Encoding", "the body is sent with a content length"),
    ("Upgrade", "hop-by-hop"),
    ("HTTP2-Settings", "hop-by-hop"),
    ("Proxy-Authenticate", "meant for a proxy"),
    ("Proxy-Authorization", "meant for a proxy"),
    ("Trailer", "the body is sent whole"),
    ("Expect", "the body is sent at once"),
];

/// Removes hop-by-hop fields, those that Connection lists included, and adds a sentence for each line removed.
pub(crate) fn strip(headers: &HeaderList, changes: &mut Vec<String>) -> HeaderList {
    let listed = listed_by_connection(headers);
    let mut kept = HeaderList::new();
    for header in headers {
        if let Some(reason) = reason_to_remove(header, &listed) {
            let sentence = format!("{} removed ({reason})", header.name);
            if !changes.contains(&sentence) {
                changes.push(sentence);
            }
        } else {
            kept.push(header.clone());
        }
    }
    kept
}

fn reason_to_remove(header: &Header, listed: &[String]) -> Option<&'static str> {
    let known = NOT_SENT_ON.iter().find(|(name, _)| header.name.eq_ignore_ascii_case(name)).map(|(_, reason)| *reason);
    let by_connection = || {
        listed.iter().any(|name| header.name.eq_ignore_ascii_case(name)).then_some("hop-by-hop, listed in Connection")
    };
    known.or_else(by_connection)
}

fn listed_by_connection(headers: &HeaderList) -> Vec<String> {
    headers
        .all("connection")
        .flat_map(|value| value.split(|&byte| byte == b','))
        .map(|token| String::from_utf8_lossy(token.trim_ascii()).into_owned())
        .filter(|token| !token.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_and_listed_fields_go_and_the_rest_keeps_its_order() {
        let headers: HeaderList = [
            Header::new("X-First", "1"),
            Header::new("connection", "close, x-private"),
            Header::new("X-Private", "secret"),
            Header::new("Transfer-Encoding", "chunked"),
            Header::new("Proxy-Authorization", "Basic eA=="),
            Header::new("X-Last", "2"),
        ]
        .into_iter()
        .collect();
        let mut changes = Vec::new();
        let kept = strip(&headers, &mut changes);
        assert_eq!(kept.iter().map(|header| header.name.as_str()).collect::<Vec<_>>(), ["X-First", "X-Last"]);
        assert_eq!(
            changes,
            [
                "connection removed (hop-by-hop)",
                "X-Private removed (hop-by-hop, listed in Connection)",
                "Transfer-Encoding removed (the body is sent with a content length)",
                "Proxy-Authorization removed (meant for a proxy)",
            ]
        );
    }
}
