//! A capture as a cURL command for a POSIX shell. Running it sends the same method, headers in the same order, and
//! the same body bytes; nothing in the capture can make the shell do anything else.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use hookglass_model::Header;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{ExportCapture, Redaction, posix, redact::Redactor};

/// Longest body that is given as an argument. Linux takes at most 128 KiB in one (`MAX_ARG_STRLEN`); quoting can
/// make a body up to four times as long. Longer ones go through `printf`, which the shell runs itself.
const MAX_ARGUMENT_BODY_BYTES: usize = 32 * 1024;

/// From this size curl asks `Expect: 100-continue` before it sends a body: 1 MiB since curl 7.64, 1 KiB before.
const EXPECT_THRESHOLD_BYTES: usize = 1024;

/// Headers that belong to the connection the capture came by. curl computes its own (RFC 9110 §7.2, §8.6, §10.1.1;
/// RFC 9112 §6.1).
const COMPUTED: [&str; 4] = ["host", "content-length", "transfer-encoding", "expect"];

/// Writes the command. `target_url` is where it sends to. The command spans several lines, each ended by a
/// backslash; no newline, control or invisible character of the capture stands in it as itself.
pub fn to_sh(capture: &ExportCapture, target_url: &str, redaction: &Redaction) -> String {
    let mut redactor = Redactor::new(*redaction);
    let target = url_text(&redactor.url(target_url));
    let headers = redactor.headers(&capture.headers, &capture.secret_headers);

    let mut command = String::from("curl");
    let body = BodyArgument::choose(capture);
    if let BodyArgument::Piped(producer) = &body {
        command.insert_str(0, &format!("{producer} | "));
    }
    if capture.method == "HEAD" && capture.body.is_empty() {
        // With --request HEAD curl would wait for a body that never comes.
        command.push_str(" --head");
    } else {
        let _ = write!(command, " --request {}", method_word(&capture.method));
    }
    let _ = write!(command, " --url {}", posix::word(target.as_bytes()));
    if target.contains(['[', ']', '{', '}']) {
        command.push_str(" --globoff");
    }
    if target.contains("/.") {
        command.push_str(" --path-as-is");
    }
    if headers.contains("accept-encoding") {
        // The captured line is sent as it is; this only lets curl show a compressed answer as text.
        command.push_str(" --compressed");
    }
    for header in &headers {
        if !COMPUTED.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
            let _ = write!(command, " \\\n  --header {}", header_word(header));
        }
    }
    for name in added_by_curl(capture).filter(|name| !headers.contains(name)) {
        // A name without a value keeps curl from adding its own line.
        let _ = write!(command, " \\\n  --header '{name}:'");
    }
    match body {
        BodyArgument::None => {}
        BodyArgument::Inline(option, text) => {
            let _ = write!(command, " \\\n  {option} {}", posix::quoted(&text));
        }
        BodyArgument::Piped(_) => command.push_str(" \\\n  --data-binary @-"),
    }
    command
}

/// How the body reaches curl.
enum BodyArgument {
    None,
    /// An option and its value.
    Inline(&'static str, String),
    /// A command whose output is piped into curl.
    Piped(String),
}

impl BodyArgument {
    fn choose(capture: &ExportCapture) -> Self {
        let body = &capture.body;
        if body.is_empty() {
            // An empty body has its length said where a body was announced: curl then sends Content-Length: 0.
            let announced = capture.headers.contains("content-length") && capture.method != "HEAD";
            return if announced { Self::Inline("--data-binary", String::new()) } else { Self::None };
        }
        match std::str::from_utf8(body) {
            Ok(text) if posix::is_plain(text) && body.len() <= MAX_ARGUMENT_BODY_BYTES => {
                // --data-binary reads a file when its value starts with @; --data-raw never does.
                let option = if text.starts_with('@') { "--data-raw" } else { "--data-binary" };
                Self::Inline(option, text.to_owned())
            }
            // Text of several lines stays readable.
            Ok(text) if !text.contains('\0') => Self::Piped(posix::printf(body)),
            _ => Self::Piped(format!("printf %s '{}' | base64 -d", STANDARD.encode(body))),
        }
    }
}

fn method_word(method: &str) -> String {
    if !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return method.to_owned();
    }
    posix::word(&without_line_breaks(method.as_bytes()))
}

fn header_word(header: &Header) -> String {
    let value = without_line_breaks(&header.value);
    if value.trim_ascii().is_empty() {
        // curl sends a header without a value only when a semicolon stands for the colon.
        return posix::quoted(&format!("{};", header.name));
    }
    posix::word(&[header.name.as_bytes(), b": ", &value].concat())
}

/// A header value never holds these; should one, it must not start another line (RFC 9110 §5.5 allows the space).
fn without_line_breaks(value: &[u8]) -> Vec<u8> {
    value.iter().map(|&byte| if matches!(byte, b'\r' | b'\n' | 0) { b' ' } else { byte }).collect()
}

/// The header lines curl adds to a request that has none of the name.
fn added_by_curl(capture: &ExportCapture) -> impl Iterator<Item = &'static str> {
    let has_body = !capture.body.is_empty() || capture.headers.contains("content-length");
    let candidates = [
        (true, "User-Agent"),
        (true, "Accept"),
        (has_body, "Content-Type"),
        (capture.body.len() > EXPECT_THRESHOLD_BYTES, "Expect"),
    ];
    candidates.into_iter().filter_map(|(applies, name)| applies.then_some(name))
}

/// A URL in the characters curl takes: spaces, controls and everything outside ASCII percent-encoded.
fn url_text(url: &str) -> String {
    const KEPT_OUT: &AsciiSet = &CONTROLS.add(b' ');
    utf8_percent_encode(url, KEPT_OUT).to_string()
}
