//! A cURL command, as browsers and documents write them.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Collected, after_empty_line, after_scheme, shell_words};
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

/// What may stand before a command that was copied from a terminal.
const BEFORE_COMMAND: [&str; 4] = ["$ ", "# ", "% ", "sudo "];

/// With these a command goes on whose beginning was not copied.
const OPTIONS_OF_REQUEST: [&str; 7] = ["-H", "-X", "-d", "--header", "--request", "--data", "--url"];

/// The command itself, when the text begins with one.
pub(super) fn command(mut text: &str) -> Option<&str> {
    while let Some(rest) = BEFORE_COMMAND.iter().find_map(|before| text.strip_prefix(before)) {
        text = rest.trim_start();
    }
    let rest = text.strip_prefix("curl.exe").or_else(|| text.strip_prefix("curl"))?;
    rest.starts_with([' ', '\t', '\\', '^']).then_some(rest)
}

/// Whether the text begins with options of a command that was not copied from its beginning.
pub(super) fn is_options(text: &str) -> bool {
    OPTIONS_OF_REQUEST.iter().any(|option| text.starts_with(option))
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
    let (words, after) = words_of(command).ok_or_else(|| {
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
    Ok(read.finished(after))
}

/// The words of the command, and what follows it. A line that begins with an option belongs to it, since chats and
/// documents lose the backslash before its line end.
fn words_of(command: &str) -> Option<(Vec<Vec<u8>>, &str)> {
    let mut words = Vec::new();
    let mut rest = command.as_bytes();
    loop {
        let (more, after) = shell_words::split(rest)?;
        words.extend(more);
        let next = after.trim_ascii_start();
        let gap = after.get(..after.len() - next.len())?;
        let is_option = matches!(next, [b'-', second, ..] if second.is_ascii_alphabetic() || *second == b'-');
        if !is_option || gap.split(|byte| *byte == b'\n').count() != 2 {
            // Words end before ASCII alone, so this is a place between characters.
            return Some((words, command.get(command.len() - after.len()..)?));
        }
        rest = next;
    }
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
    /// Whether the command sets the content type or takes it away.
    has_content_type: bool,
    is_json: bool,
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
                self.is_json |= name == "json";
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
        let Some(Ok(name)) = name.map(std::str::from_utf8) else { return };
        self.has_content_type |= name.trim().eq_ignore_ascii_case("content-type");
        if let Some(value) = value {
            self.collected.take(name, value);
        }
    }

    /// Gives data the content type that cURL sends by itself; without data, the body is what follows an empty line.
    fn finished(mut self, after: &str) -> Collected {
        if self.data.is_empty() {
            let after = after.split_once('\n').and_then(|(_, after)| after_empty_line(after));
            self.collected.body = after.map(|body| body.as_bytes().to_vec());
            return self.collected;
        }
        if !self.has_content_type {
            let content_type = if self.is_json { "application/json" } else { "application/x-www-form-urlencoded" };
            self.collected.take("Content-Type", content_type);
        }
        self.collected.body = Some(self.data.join(&b'&'));
        self.collected
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
