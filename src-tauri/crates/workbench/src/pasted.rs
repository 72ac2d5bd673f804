//! A request as people paste it: from a log, a ticket, a terminal, a debugger.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookglass_model::{Header, HeaderList, limits::MAX_HEADERS};
use serde_json::{Map, Value};

use crate::CommandError;

mod curl;
mod pairs;

/// The largest body that the listener takes; nothing larger is looked at here either.
const TEXT_MAX_BYTES: usize = 25 * 1024 * 1024;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pasted {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// The whole address, where the text has it.
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
}

/// What is collected while reading.
#[derive(Default)]
struct Collected {
    method: Option<String>,
    target: Option<String>,
    headers: HeaderList,
    body: Option<Vec<u8>>,
}

/// Reads the text; `body` takes the place of a body that stands in it.
///
/// # Errors
/// `invalid_input` with what to do; what was pasted is never repeated.
pub(crate) fn read(request: &str, body: Option<&str>) -> Result<Pasted, CommandError> {
    if request.len().max(body.map_or(0, str::len)) > TEXT_MAX_BYTES {
        return Err(CommandError::invalid("The text is longer than 25 MiB. Paste one request alone."));
    }
    let text = request.trim_start_matches('\u{feff}');
    let start = text.trim_start();
    let collected = if start.starts_with("curl ") || start.starts_with("curl.exe ") || start.starts_with("$ curl ") {
        curl::read(start)?
    } else if let Some(read) = of_json(start) {
        read
    } else if start.starts_with(['{', '[', '"', '\'', '(']) || start.starts_with("array") {
        of_pairs(start)
    } else {
        of_lines(text, body.is_some())
    };
    if collected.headers.is_empty() {
        return Err(CommandError::invalid(
            "No header was found in the text. Paste header lines such as “Stripe-Signature: t=…”, a whole request, a cURL \
             command, or headers as JSON.",
        ));
    }
    if collected.headers.len() > MAX_HEADERS {
        return Err(CommandError::invalid(format!(
            "The text has more than {MAX_HEADERS} headers. Paste one request alone."
        )));
    }
    Ok(collected.finished(body))
}

impl Collected {
    fn finished(self, body: Option<&str>) -> Pasted {
        let whole = self.target.unwrap_or_else(|| "/".to_owned());
        let (url, target) = match whole.split_once("://") {
            Some((_, rest)) => {
                let path = rest.find(['/', '?']).map_or("/", |at| &rest[at..]);
                let target = if path.starts_with('?') { format!("/{path}") } else { path.to_owned() };
                (Some(whole.clone()), target)
            }
            None => (None, whole),
        };
        Pasted {
            method: self.method.unwrap_or_else(|| "POST".to_owned()),
            target,
            url,
            headers: self.headers,
            body: body.map(|text| text.as_bytes().to_vec()).or(self.body).unwrap_or_default(),
        }
    }

    /// Takes a name and its value, whatever the name turns out to be. False when it can be none.
    fn take(&mut self, name: &str, value: &str) -> bool {
        let name = name.trim();
        match name {
            "REQUEST_METHOD" | ":method" => self.method = Some(value.trim().to_owned()),
            "REQUEST_URI" | ":path" => self.target = Some(value.trim().to_owned()),
            "PATH_INFO" if self.target.is_none() => self.target = Some(value.trim().to_owned()),
            _ => {
                let name = of_gateway(name);
                let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
                if name.is_empty() || !name.bytes().all(token) {
                    return false;
                }
                self.headers.push(Header::new(name, value.trim_matches([' ', '\t', '\r']).as_bytes()));
            }
        }
        true
    }
}

/// `HTTP_STRIPE_SIGNATURE` and `CONTENT_TYPE` as CGI, WSGI, PHP and Rack name headers (RFC 3875 §4.1.18).
fn of_gateway(name: &str) -> String {
    let is_gateway = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let rest = match name.strip_prefix("HTTP_") {
        Some(rest) if is_gateway => rest,
        _ if matches!(name, "CONTENT_TYPE" | "CONTENT_LENGTH") => name,
        _ => return name.to_owned(),
    };
    let word = |word: &str| {
        let (first, more) = word.split_at(word.len().min(1));
        format!("{first}{}", more.to_ascii_lowercase())
    };
    rest.split('_').map(word).collect::<Vec<_>>().join("-")
}

/// A request line, header lines, an empty line, the body; log marks before lines are left out.
fn of_lines(text: &str, has_own_body: bool) -> Collected {
    let mut collected = Collected::default();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let line = line.trim_end_matches(['\n', '\r']);
        if line.trim().is_empty() {
            if collected.headers.is_empty() && collected.method.is_none() {
                continue;
            }
            if !has_own_body {
                collected.body = Some(rest.as_bytes().to_vec());
                break;
            }
            continue;
        }
        of_line(line, &mut collected);
    }
    collected
}

fn of_line(line: &str, collected: &mut Collected) {
    let line = line.trim_start();
    let line = line.strip_prefix("> ").or_else(|| line.strip_prefix("< ")).unwrap_or(line);
    if line.starts_with("* ") || line.starts_with('#') {
        return;
    }
    let mut words = line.split_whitespace();
    if let (Some(method), Some(target)) = (words.next(), words.next())
        && method.len() <= 16
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
        && (target.starts_with('/') || target.contains("://"))
        && collected.headers.is_empty()
    {
        collected.method = Some(method.to_owned());
        collected.target = Some(target.to_owned());
        return;
    }
    if let Some(rest) = line.strip_prefix("-H ").or_else(|| line.strip_prefix("--header ")) {
        let rest = rest.trim_end_matches('\\').trim().trim_matches(['\'', '"']);
        if let Some((name, value)) = rest.split_once(':') {
            collected.take(name, value);
        }
        return;
    }
    if line.starts_with(['\'', '"']) || line.contains("=>") {
        for (name, value) in pairs::read(line) {
            collected.take(&name, &value);
        }
        return;
    }
    // Pseudo headers of HTTP/2 begin with a colon.
    let (pseudo, plain) = line.strip_prefix(':').map_or(("", line), |rest| (":", rest));
    if let Some((name, value)) = plain.split_once(':')
        && collected.take(&format!("{pseudo}{name}"), value)
    {
        return;
    }
    if let Some((name, value)) = line.split_once('=')
        && name.starts_with("HTTP_")
    {
        collected.take(name, value);
    }
}

/// An object of headers, or one that holds them, as functions in the cloud and debuggers write it.
fn of_json(text: &str) -> Option<Collected> {
    let Value::Object(object) = serde_json::from_str::<Value>(text).ok()? else { return None };
    let mut collected = Collected::default();
    let nested = ["headers", "multiValueHeaders", "rawHeaders"].iter().find_map(|name| object.get(*name));
    match nested {
        Some(Value::Object(headers)) => of_object(headers, &mut collected),
        // Node's rawHeaders: names and values in turn; or a list of pairs or of objects.
        Some(Value::Array(items)) => of_list(items, &mut collected),
        _ => {
            of_object(&object, &mut collected);
            return Some(collected);
        }
    }
    let text_of = |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str()).map(str::to_owned);
    collected.method = text_of(&["httpMethod", "method"])
        .or_else(|| Some(object.get("requestContext")?.get("http")?.get("method")?.as_str()?.to_owned()));
    collected.target =
        text_of(&["url", "rawPath", "path", "originalUrl"]).map(|path| match text_of(&["rawQueryString"]) {
            Some(query) if !query.is_empty() && !path.contains('?') => format!("{path}?{query}"),
            _ => path,
        });
    let is_base64 = object.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
    collected.body = match object.get("body").or_else(|| object.get("rawBody")) {
        Some(Value::String(body)) if is_base64 => {
            STANDARD.decode(body).ok().or_else(|| Some(body.clone().into_bytes()))
        }
        Some(Value::String(body)) => Some(body.clone().into_bytes()),
        Some(Value::Null) | None => None,
        // A parsed body is no longer what was sent; written compactly it may be.
        Some(parsed) => serde_json::to_vec(parsed).ok(),
    };
    Some(collected)
}

fn of_object(headers: &Map<String, Value>, collected: &mut Collected) {
    for (name, value) in headers {
        match value {
            Value::Array(values) => {
                for value in values {
                    collected.take(name, &text(value));
                }
            }
            value => {
                collected.take(name, &text(value));
            }
        }
    }
}

fn of_list(items: &[Value], collected: &mut Collected) {
    let is_flat = items.iter().all(Value::is_string);
    if is_flat {
        for pair in items.chunks_exact(2) {
            collected.take(&text(&pair[0]), &text(&pair[1]));
        }
        return;
    }
    for item in items {
        match item {
            Value::Array(pair) if pair.len() == 2 => {
                collected.take(&text(&pair[0]), &text(&pair[1]));
            }
            Value::Object(one) => {
                let of = |names: [&str; 2]| names.iter().find_map(|name| one.get(*name)).map(text);
                if let (Some(name), Some(value)) = (of(["name", "key"]), of(["value", "Value"])) {
                    collected.take(&name, &value);
                }
            }
            _ => {}
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Pairs as languages print their maps.
fn of_pairs(text: &str) -> Collected {
    let mut collected = Collected::default();
    for (name, value) in pairs::read(text) {
        collected.take(&name, &value);
    }
    collected
}

#[cfg(test)]
#[path = "pasted_tests.rs"]
mod tests;
