//! A cURL command, as browsers and documents write them.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Collected, after_scheme, shell_words};
use crate::CommandError;

/// Short options with a value (curl.se/docs/manpage.html); all others are switches.
const SHORT_WITH_VALUE: &[u8] = b"AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// Long options with a value that says nothing about the bytes of the request.
const LONG_OTHERS: [&str; 22] = [
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "ciphers",
    "config",
    "connect-timeout",
    "connect-to",
    "cookie-jar",
    "dump-header",
    "interface",
    "key",
    "limit-rate",
    "max-redirs",
    "max-time",
    "output",
    "proxy",
    "resolve",
    "retry",
    "retry-delay",
    "trace-ascii",
    "write-out",
];

/// The command itself, when the text begins with one.
pub(super) fn command(text: &str) -> Option<&str> {
    let text = text.strip_prefix("$ ").unwrap_or(text).trim_start();
    let rest = text.strip_prefix("curl.exe").or_else(|| text.strip_prefix("curl"))?;
    rest.starts_with([' ', '\t', '\\', '^']).then_some(rest)
}

/// Reads what follows the word `curl`. A body that stands elsewhere makes the command's own needless.
pub(super) fn read(command: &str, has_own_body: bool) -> Result<Collected, CommandError> {
    let carets_gone;
    let is_windows =
        command.find(['"', '\'']).is_some_and(|at| command.get(..at).is_some_and(|text| text.ends_with('^')));
    let command = if is_windows {
        carets_gone = without_carets(command);
        &carets_gone
    } else {
        command
    };
    let words = shell_words::split(command).ok_or_else(|| {
        CommandError::invalid("The cURL command has a quotation mark without its end. Paste the whole command.")
    })?;
    let mut read = Command { has_own_body, ..Command::default() };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let text = String::from_utf8_lossy(&word).into_owned();
        if let Some(long) = text.strip_prefix("--") {
            let (name, joined) = match long.split_once('=') {
                Some((name, _)) => (name, word.get(name.len() + 3..).map(<[u8]>::to_vec)),
                None => (long, None),
            };
            if takes_value(name) {
                let value = joined.or_else(|| words.next()).unwrap_or_default();
                read.option(name, &value)?;
            }
        } else if let Some(switches) = word.strip_prefix(b"-").filter(|switches| !switches.is_empty()) {
            if let Some(at) = switches.iter().position(|letter| SHORT_WITH_VALUE.contains(letter)) {
                let (letter, joined) = (switches.get(at).copied().unwrap_or_default(), switches.get(at + 1..));
                let joined = joined.filter(|value| !value.is_empty()).map(<[u8]>::to_vec);
                let value = joined.or_else(|| words.next()).unwrap_or_default();
                read.option(long_name(letter), &value)?;
            }
        } else if read.collected.target.is_none() {
            read.address(&word);
        }
    }
    if !read.data.is_empty() {
        read.collected.body = Some(read.data.join(&b'&'));
    }
    Ok(read.collected)
}

/// The Windows prompt writes `^` before what it would act on; a caret and a line end go on with the command, and another
/// line end behind them is one of the text.
fn without_carets(command: &str) -> String {
    let mut plain = String::with_capacity(command.len());
    let mut rest = command;
    while let Some((before, after)) = rest.split_once('^') {
        plain.push_str(before);
        let line_end = |text: &str| text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')).map(str::len);
        let Some(length) = line_end(after) else {
            let mut characters = after.chars();
            plain.extend(characters.next());
            rest = characters.as_str();
            continue;
        };
        rest = after.get(after.len() - length..).unwrap_or_default();
        match line_end(rest) {
            Some(length) => {
                plain.push('\n');
                rest = rest.get(rest.len() - length..).unwrap_or_default();
            }
            None => plain.push(' '),
        }
    }
    plain + rest
}

fn takes_value(name: &str) -> bool {
    name.starts_with("data")
        || LONG_OTHERS.contains(&name)
        || ["header", "request", "url", "json", "user-agent", "user", "cookie", "referer", "form", "form-string"]
            .contains(&name)
}

fn long_name(letter: u8) -> &'static str {
    match letter {
        b'H' => "header",
        b'X' => "request",
        b'd' => "data",
        b'A' => "user-agent",
        b'u' => "user",
        b'b' => "cookie",
        b'e' => "referer",
        b'F' => "form",
        _ => "",
    }
}

#[derive(Default)]
struct Command {
    collected: Collected,
    data: Vec<Vec<u8>>,
    has_own_body: bool,
}

impl Command {
    fn option(&mut self, name: &str, value: &[u8]) -> Result<(), CommandError> {
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            "header" => self.header(value),
            "request" => self.collected.method = Some(text()),
            "url" => self.address(value),
            "user-agent" => drop(self.collected.take("User-Agent", value)),
            "referer" => drop(self.collected.take("Referer", value)),
            "cookie" if value.contains(&b'=') => drop(self.collected.take("Cookie", value)),
            "user" => drop(self.collected.take("Authorization", format!("Basic {}", STANDARD.encode(value)))),
            "form" | "form-string" if !self.has_own_body => {
                return Err(CommandError::invalid(
                    "cURL chooses the boundary of a form anew each time. Paste the body into the field for it.",
                ));
            }
            "data-raw" => self.data.push(value.to_vec()),
            "data-urlencode" => self.data.push(url_encoded(value)),
            "json" | "data" | "data-ascii" | "data-binary" => {
                if value.starts_with(b"@") && !self.has_own_body {
                    return Err(CommandError::invalid(
                        "The cURL command reads its body from a file. Paste the body into the field for it.",
                    ));
                }
                if name == "json" {
                    self.collected.take("Content-Type", "application/json");
                }
                self.data.push(value.to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    /// `Name: value`; `Name;` for an empty value. `Name:` takes one of cURL's own away and sends nothing.
    fn header(&mut self, line: &[u8]) {
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = match colon {
            Some(at) => (line.get(..at), line.get(at + 1..).filter(|value| !value.trim_ascii().is_empty())),
            None => (line.strip_suffix(b";"), Some(&b""[..])),
        };
        if let (Some(Ok(name)), Some(value)) = (name.map(std::str::from_utf8), value) {
            self.collected.take(name, value);
        }
    }

    /// cURL takes an address without a scheme for one of http.
    fn address(&mut self, word: &[u8]) {
        let text = String::from_utf8_lossy(word).into_owned();
        self.collected.target = Some(if after_scheme(&text).is_some() { text } else { format!("http://{text}") });
    }
}

/// `content`, `=content` or `name=content`; the content is percent-encoded but for unreserved characters.
fn url_encoded(value: &[u8]) -> Vec<u8> {
    let at = value.iter().position(|byte| *byte == b'=');
    let (name, content) = at.map_or((&b""[..], value), |at| value.split_at(at));
    let content = content.strip_prefix(b"=").unwrap_or(content);
    let mut encoded = name.to_vec();
    if !name.is_empty() {
        encoded.push(b'=');
    }
    for byte in content {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(*byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}
