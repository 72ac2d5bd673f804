//! The parts of a URL, and what each of them may have been.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::form_fields;

/// RFC 3986 §2.3: what is never escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parts of an absolute URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: Option<String>,
    pub(super) path: String,
    pub(super) query: Option<String>,
}

impl Parts {
    pub(super) fn read(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split('#').next()?;
        let (authority, after) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = split_port(authority);
        let (path, query) = after.split_once('?').map_or((after, None), |(path, query)| (path, Some(query.to_owned())));
        Some(Self { scheme: scheme.to_owned(), host: host.to_owned(), port, path: path.to_owned(), query })
    }

    pub(super) fn write(&self) -> String {
        let port = self.port.as_ref().map(|port| format!(":{port}")).unwrap_or_default();
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}://{}{port}{}{query}", self.scheme, self.host, self.path)
    }
}

pub(super) fn split_port(authority: &str) -> (&str, Option<String>) {
    // An IPv6 address holds colons of its own, inside brackets.
    let after_address = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_address..].rfind(':') {
        Some(at) => {
            let (host, port) = authority.split_at(after_address + at);
            (host, Some(port[1..].to_owned()))
        }
        None => (authority, None),
    }
}

pub(super) fn path_and_query(target: &str) -> (String, Option<String>) {
    target
        .split_once('?')
        .map_or_else(|| (target.to_owned(), None), |(path, query)| (path.to_owned(), Some(query.to_owned())))
}

/// Other paths: a slash more or less, a prefix that a proxy took away or added, the request's own.
pub(super) fn paths(path: &str, target: &str, forwarded_prefix: Option<&str>) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let mut add = |cause: &'static str, other: String| {
        if other != path && !all.iter().any(|(_, known)| *known == other) {
            all.push((cause, other));
        }
    };
    match path.strip_suffix('/') {
        Some(without) => add("url.trailing_slash", without.to_owned()),
        None => add("url.trailing_slash", format!("{path}/")),
    }
    let (own, _) = path_and_query(target);
    let without_first = |path: &str| path.get(1..).and_then(|rest| rest.find('/')).map(|at| path[at + 1..].to_owned());
    if own != path {
        let is_prefix = path.ends_with(own.as_str()) || own.ends_with(path);
        add(if is_prefix { "url.path_prefix" } else { "url.path" }, own.clone());
        add("url.path_prefix", format!("{}{own}", path.trim_end_matches('/')));
    }
    if let Some(prefix) = forwarded_prefix.map(|prefix| prefix.trim().trim_end_matches('/')) {
        add("url.path_prefix", format!("{prefix}{path}"));
        add("url.path_prefix", format!("{prefix}{own}"));
    }
    if let Some(shorter) = without_first(path) {
        add("url.path_prefix", shorter);
    } else if !path.is_empty() && path != "/" {
        add("url.path_prefix", "/".to_owned());
    }
    if let Some(last) = path.rfind('/').filter(|at| *at > 0) {
        add("url.path", path[..last].to_owned());
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
    add("url.path", decoded);
    all
}

/// Other queries: the request's own, none, sorted, escaped otherwise.
pub(super) fn queries(query: Option<&str>, target_query: Option<&str>) -> Vec<(&'static str, Option<String>)> {
    let mut all: Vec<(&'static str, Option<String>)> = Vec::new();
    let mut add = |cause: &'static str, other: Option<String>| {
        if other.as_deref() != query && !all.iter().any(|(_, known)| *known == other) {
            all.push((cause, other));
        }
    };
    let same_fields = |other: &str| {
        let fields = |text: &str| {
            let mut fields: Vec<_> = text
                .split('&')
                .map(|field| percent_decode_str(&field.replace('+', " ")).collect::<Vec<u8>>())
                .collect();
            fields.sort();
            fields
        };
        query.is_some_and(|query| fields(query) == fields(other))
    };
    if let Some(own) = target_query {
        let in_order = query.is_some_and(|query| form_fields::sorted_query(query) == form_fields::sorted_query(own));
        let cause = if in_order {
            "url.query_order"
        } else if same_fields(own) {
            "url.query_encoding"
        } else {
            "url.query"
        };
        add(cause, Some(own.to_owned()));
    }
    for base in [query, target_query].into_iter().flatten() {
        let fields: Vec<&str> = base.split('&').collect();
        add("url.query_order", Some(form_fields::sorted_query(base)));
        let mut reversed = fields.clone();
        reversed.reverse();
        add("url.query_order", Some(reversed.join("&")));
        // Every order of a few fields, else each field moved to the front or the end.
        if fields.len() <= 4 {
            for order in permutations(&fields) {
                add("url.query_order", Some(order.join("&")));
            }
        } else {
            for at in 0..fields.len().min(12) {
                let mut moved = fields.clone();
                let field = moved.remove(at);
                moved.push(field);
                add("url.query_order", Some(moved.join("&")));
                moved.pop();
                moved.insert(0, field);
                add("url.query_order", Some(moved.join("&")));
            }
        }
        add("url.query_encoding", Some(base.replace("%20", "+")));
        add("url.query_encoding", Some(base.replace('+', "%20")));
        add("url.query_encoding", Some(form_fields::with_escapes(base, str::to_ascii_uppercase)));
        add("url.query_encoding", Some(form_fields::with_escapes(base, str::to_ascii_lowercase)));
        add("url.query_encoding", Some(percent_decode_str(base).decode_utf8_lossy().into_owned()));
        add("url.query_encoding", Some(percent_decode_str(&base.replace('+', " ")).decode_utf8_lossy().into_owned()));
        add("url.query_encoding", Some(escaped_anew(base)));
        add("url.query_encoding", Some(escaped_anew(base).replace("%20", "+")));
    }
    add("url.query", None);
    all
}

/// Every order of at most four fields.
pub(super) fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.len() <= 1 {
        return vec![items.to_vec()];
    }
    let mut all = Vec::new();
    for at in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        for mut order in permutations(&rest) {
            order.insert(0, first.clone());
            all.push(order);
        }
    }
    all
}

/// Names and values decoded and escaped as `encodeURIComponent` does.
fn escaped_anew(query: &str) -> String {
    let anew = |text: &str| {
        let decoded = percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        utf8_percent_encode(&decoded, RESERVED).to_string()
    };
    let fields = query.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) => format!("{}={}", anew(name), anew(value)),
        None => anew(field),
    });
    fields.collect::<Vec<_>>().join("&")
}
