//! A request as people paste it: from a log, a ticket, a terminal, a debugger.

use hookglass_model::{Header, HeaderList, limits::MAX_HEADERS};

use crate::CommandError;

mod curl;
mod json;
mod lines;
mod pairs;
mod shell_words;

/// The largest body that the listener takes (25 MiB); nothing larger is looked at here either.
const TEXT_MAX_BYTES: usize = hookglass_model::limits::DEFAULT_BODY_LIMIT_BYTES;

/// No registered method is longer than 17 letters (IANA, UPDATEREDIRECTREF).
const METHOD_MAX_BYTES: usize = 17;

/// Stands before and after a block of code in tickets and chats.
const FENCE: &str = "```";

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
    /// Path and query, or a whole address.
    target: Option<String>,
    /// The query where it stands apart from the path.
    query: Option<String>,
    headers: Vec<Header>,
    /// Whether a name was written as CGI writes it.
    is_gateway: bool,
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
    let text = without_fence(request.trim_start_matches('\u{feff}'));
    let start = text.trim_start();
    let first_bracket = start.lines().next().and_then(|line| line.find(['{', '[']));
    let (before, map) = start.split_at(first_bracket.unwrap_or_default());
    let last_word = before.trim_end_matches([' ', '\t', ':', '=']).rsplit([' ', '\t', '.']).next().unwrap_or_default();
    let is_named = ["headers", "rawHeaders"].iter().any(|name| last_word.eq_ignore_ascii_case(name));
    // A line of a log has words of its own before the JSON.
    let is_logged = || !before.is_empty() && json::holds_request(map);
    let mut collected = if let Some(command) = curl::command(start) {
        curl::read(command, body.is_some())?
    } else if curl::is_options(start)
        && let read = curl::read(start, body.is_some())?
        && !read.headers.is_empty()
    {
        read
    } else if let Some(read) = json::read(if is_named || is_logged() { map } else { start }, body.is_some())? {
        read
    } else if is_named {
        pairs::read(map)
    } else if start.starts_with(['"', '\'']) || is_map(start) {
        pairs::read(start)
    } else {
        lines::read(text, body.is_some())
    };
    if collected.headers.is_empty() {
        // Words may stand before a map: `Request headers {…`.
        collected = pairs::read(start);
    }
    collected.leave_out_environment();
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
        let mut whole = self.target.unwrap_or_default();
        let end = whole.find(|c: char| c == '#' || c.is_whitespace() || c.is_control()).unwrap_or(whole.len());
        whole.truncate(end);
        if let Some(query) = self.query.filter(|query| !query.is_empty() && !whole.contains('?')) {
            whole = format!("{whole}?{query}");
        }
        let rest = after_scheme(&whole).map(|rest| rest.find(['/', '?']).map_or("", |at| &rest[at..]));
        let path = rest.unwrap_or(&whole);
        let target = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Pasted {
            method: self.method.filter(|method| is_method(method)).unwrap_or_else(|| "POST".to_owned()),
            target,
            url: rest.is_some().then_some(whole),
            headers: self.headers.into_iter().collect(),
            body: body.map(|text| text.as_bytes().to_vec()).or(self.body).unwrap_or_default(),
        }
    }

    /// Takes a name and its value, whatever the name turns out to be. False when it can be none.
    fn take(&mut self, name: &str, value: impl AsRef<[u8]>) -> bool {
        let (name, value) = (name.trim(), value.as_ref().trim_ascii());
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            "REQUEST_METHOD" | ":method" => self.method = Some(text()),
            "REQUEST_URI" | ":path" => self.target = Some(text()),
            "PATH_INFO" if self.target.is_none() => self.target = Some(text()),
            "QUERY_STRING" => self.query = Some(text()),
            ":authority" => self.headers.push(Header::new("Host", one_line(value))),
            _ => {
                let plain = of_gateway(name);
                self.is_gateway |= plain.is_some() && name.starts_with("HTTP_");
                let name = plain.unwrap_or_else(|| name.to_owned());
                if !is_token(&name) {
                    return false;
                }
                self.headers.push(Header::new(name, one_line(value)));
            }
        }
        true
    }

    /// Adds what one line of several holds; a body is no part of a line.
    fn join(&mut self, line: Self) {
        self.method = line.method.or(self.method.take());
        self.target = line.target.or(self.target.take());
        self.query = line.query.or(self.query.take());
        self.headers.extend(line.headers);
        self.is_gateway |= line.is_gateway;
    }

    /// A CGI environment holds more than headers: `SERVER_NAME`, `wsgi.input`, `rack.version`.
    fn leave_out_environment(&mut self) {
        if self.is_gateway {
            let is_other = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            self.headers.retain(|header| {
                !(header.name.contains('.') || (header.name.contains('_') && header.name.bytes().all(is_other)))
            });
        }
    }
}

/// What stands between the marks of a code block; the line end before the second mark is the block's own.
fn without_fence(text: &str) -> &str {
    let Some((_, inner)) = text.trim_start().strip_prefix(FENCE).and_then(|rest| rest.split_once('\n')) else {
        return text;
    };
    let inner = inner.trim_end().strip_suffix(FENCE).unwrap_or(inner);
    let inner = inner.strip_suffix('\n').unwrap_or(inner);
    inner.strip_suffix('\r').unwrap_or(inner)
}

/// A bracket, or a word before one: `{…`, `Headers({…`, `Array (…`, `map[…`.
fn is_map(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    after.trim_start().starts_with(['{', '[', '('])
}

/// A value must be one line without NUL; what is none becomes a space (RFC 9110 §5.5).
fn one_line(value: &[u8]) -> Vec<u8> {
    value.iter().map(|byte| if matches!(byte, b'\r' | b'\n' | 0) { b' ' } else { *byte }).collect()
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_method(word: &str) -> bool {
    (1..=METHOD_MAX_BYTES).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
}

/// What follows `https://`; none when this is no absolute address, whatever its query holds.
fn after_scheme(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_scheme.then_some(rest)
}

/// A name of a CGI environment that says something about the request.
fn is_of_gateway(name: &str) -> bool {
    of_gateway(name).is_some() || ["REQUEST_METHOD", "REQUEST_URI", "PATH_INFO", "QUERY_STRING"].contains(&name)
}

/// `HTTP_STRIPE_SIGNATURE` and `CONTENT_TYPE` as CGI, WSGI, PHP and Rack name headers (RFC 3875 §4.1.18).
fn of_gateway(name: &str) -> Option<String> {
    let is_gateway = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let rest = match name.strip_prefix("HTTP_") {
        Some(rest) if is_gateway => rest,
        _ if matches!(name, "CONTENT_TYPE" | "CONTENT_LENGTH") => name,
        _ => return None,
    };
    let word = |word: &str| {
        let (first, more) = word.split_at(word.len().min(1));
        format!("{first}{}", more.to_ascii_lowercase())
    };
    Some(rest.split('_').map(word).collect::<Vec<_>>().join("-"))
}

/// What follows the first empty line, exactly.
fn after_empty_line(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (line, after) = next_line(rest)?;
        if line.trim().is_empty() {
            return Some(after);
        }
        rest = after;
    }
}

/// The first line without its end, and what follows; none at the end.
fn next_line(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    let end = text.find('\n').map_or(text.len(), |at| at + 1);
    let (line, after) = text.split_at(end);
    Some((line.trim_end_matches(['\n', '\r']), after))
}

#[cfg(test)]
#[path = "pasted_tests.rs"]
mod tests;
