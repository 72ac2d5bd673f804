//! Texts that a secret may have been before it was copied, stored and pasted.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::edit::Edit;
use crate::secret_form::LENIENT_BASE64;

/// What people paste in front of a secret, longest first where one begins another.
const PREFIXES: [&str; 11] =
    ["Bearer ", "Basic ", "Token ", "sha256=", "sha512=", "sha1=", "whsec_", "whsk_", "secret_", "v1,", "secret="];

/// What vendors write in front of theirs, for secrets that were pasted without it.
const VENDOR_PREFIXES: [&str; 3] = ["whsec_", "secret_", "whsk_"];

/// Code points that nobody sees: zero-width spaces and joiners, the byte order mark, no-break spaces, the soft hyphen.
const INVISIBLE: [char; 12] = [
    '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{a0}', '\u{202f}', '\u{ad}', '\u{200e}', '\u{200f}',
    '\u{2028}', '\u{2029}',
];

/// The quotation marks that may stand around a secret.
const QUOTES: [(&str, &str); 7] = [
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("\u{201c}", "\u{201d}"),
    ("\u{2018}", "\u{2019}"),
    ("\\\"", "\\\""),
    ("<", ">"),
];

/// The entities of HTML's special characters, as templates and dashboards write them.
const ENTITIES: [(&str, &str); 7] = [
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#39;", "'"),
    ("&#039;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    // Last, so that an entity is decoded once.
    ("&amp;", "&"),
];

/// A text and how it comes of the one that was entered.
pub(super) struct SecretText {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) edit: Edit,
}

/// Every other text, most likely first. Texts of one secret are few: most hypotheses do not apply.
pub(super) fn texts(label: &str, secret: &[u8], own_prefix: Option<&str>) -> Vec<SecretText> {
    let of = named(label);
    let mut all: Vec<SecretText> = Vec::new();
    let mut add = |text: Vec<u8>, edit: Edit| {
        let text = Zeroizing::new(text);
        if text.as_slice() != secret && !text.is_empty() && !all.iter().any(|known| *known.text == *text) {
            all.push(SecretText { text, edit });
        }
    };
    let trimmed = secret.trim_ascii();
    if trimmed != secret {
        let ends_in_line = trimmed.len() + 2 >= secret.len()
            && secret.starts_with(trimmed)
            && secret[trimmed.len()..].iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        add(trimmed.to_vec(), if ends_in_line { newline(&of) } else { whitespace(&of) });
    }
    let Ok(text) = std::str::from_utf8(secret) else { return all };
    let visible: String =
        text.chars().filter(|c| !INVISIBLE.contains(c) && (!c.is_control() || c.is_whitespace())).collect();
    if visible.trim() != text.trim() {
        add(visible.trim().as_bytes().to_vec(), invisible(&of));
    }
    let text = visible.trim();
    for (open, close) in QUOTES {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            add(inner.trim().as_bytes().to_vec(), quotes(&of));
        }
    }
    if let Some(inner) = text.strip_suffix([',', ';']) {
        let inner = inner.trim_matches(['"', '\'']);
        add(inner.as_bytes().to_vec(), quotes(&of));
    }
    if text.contains(char::is_whitespace) && !text.starts_with("-----") {
        let joined: String = text.split_whitespace().collect();
        add(joined.into_bytes(), whitespace(&of));
    }
    for prefix in own_prefix.into_iter().chain(PREFIXES) {
        if let Some(rest) = text.strip_prefix(prefix) {
            add(rest.trim().as_bytes().to_vec(), prefix_kept(&of, prefix));
        }
    }
    // `STRIPE_SECRET=whsec_…`, as a line of a file of environment variables.
    if let Some((name, rest)) = text.trim_start_matches("export ").split_once('=')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    {
        add(rest.trim_matches(['"', '\'', ' ']).as_bytes().to_vec(), prefix_kept(&of, "NAME="));
    }
    for prefix in own_prefix.into_iter().chain(VENDOR_PREFIXES) {
        if !text.starts_with(prefix) {
            add([prefix.as_bytes(), text.as_bytes()].concat(), prefix_stripped(&of, prefix));
        }
    }
    if text.contains('&') {
        let decoded = ENTITIES.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
        add(decoded.into_bytes(), entities(&of));
    }
    if text.contains(['&', '<', '>', '"', '\'']) {
        let escaped = |apostrophe: &str| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            text.replace('\'', apostrophe).into_bytes()
        };
        add(escaped("&#039;"), entities(&of));
        add(escaped("'"), entities(&of));
        add(escaped("&#39;"), entities(&of));
    }
    if text.contains('%') {
        add(percent_decode(text.as_bytes()).collect(), percent(&of));
    }
    if text.contains('+') {
        add(text.replace('+', " ").into_bytes(), percent(&of));
    }
    if text.contains(' ') {
        add(text.replace(' ', "+").into_bytes(), percent(&of));
    }
    if text.contains('\\') {
        let lines = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\/", "/").replace("\\\"", "\"");
        add(lines.into_bytes(), escaped_text(&of));
        let quoted = format!("\"{text}\"");
        if let Ok(plain) = serde_json::from_str::<String>(&quoted) {
            add(plain.into_bytes(), escaped_text(&of));
        }
    }
    add(text.to_lowercase().into_bytes(), letter_case(&of, "lower"));
    add(text.to_uppercase().into_bytes(), letter_case(&of, "upper"));
    // After a prefix that stays as it is, too: `whsec_ABC`.
    if let Some(at) = text.find('_') {
        let (prefix, rest) = text.split_at(at + 1);
        add([prefix, &rest.to_lowercase()].concat().into_bytes(), letter_case(&of, "lower"));
        add([prefix, &rest.to_uppercase()].concat().into_bytes(), letter_case(&of, "upper"));
    }
    all
}

/// The bytes that a text stands for in the usual encodings, each with its name.
pub(super) fn decodings(text: &[u8]) -> Vec<(Zeroizing<Vec<u8>>, &'static str)> {
    let mut all = Vec::new();
    let text = text.trim_ascii();
    if let Ok(bytes) = hex::decode(text) {
        all.push((Zeroizing::new(bytes), "hex"));
    }
    if let Ok(bytes) = LENIENT_BASE64.decode(text) {
        all.push((Zeroizing::new(bytes), "base64"));
    }
    let unpadded = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    if (unpadded.contains(&b'-') || unpadded.contains(&b'_'))
        && let Ok(bytes) = URL_SAFE_NO_PAD.decode(unpadded)
    {
        all.push((Zeroizing::new(bytes), "base64url"));
    }
    all.retain(|(bytes, _)| !bytes.is_empty());
    all
}

/// Texts that a truncated paste may have been: one character more at either end, or two more at the end: 256 for
/// hexadecimal digits, for others some four thousand, which `thoroughly` says to try.
pub(super) fn completions(secret: &[u8], thoroughly: bool) -> Vec<Zeroizing<Vec<u8>>> {
    const ALPHANUMERIC: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/-_=";
    const HEX: &[u8] = b"0123456789abcdef";
    let digits = secret.rsplit(|byte| *byte == b'_').next().unwrap_or(secret);
    let is_hex = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let alphabet = if is_hex { HEX } else { ALPHANUMERIC };
    let with = |before: &[u8], after: &[u8]| Zeroizing::new([before, secret, after].concat());
    let mut all: Vec<_> = alphabet.iter().map(|digit| with(&[], &[*digit])).collect();
    all.extend(alphabet.iter().map(|digit| with(&[*digit], &[])));
    for first in alphabet.iter().filter(|_| is_hex || thoroughly) {
        all.extend(alphabet.iter().map(|second| with(&[], &[*first, *second])));
    }
    all
}

/// How a sentence names a secret.
pub(super) fn named(label: &str) -> String {
    if label.is_empty() { "the secret".to_owned() } else { format!("the secret “{label}”") }
}

fn newline(of: &str) -> Edit {
    Edit::new(
        "secret.newline",
        "Secret has a newline",
        format!("{of} was entered with a line end after it, which became part of the key"),
        "Enter the secret without the line end",
        "Take the line end off the secret",
    )
}

fn whitespace(of: &str) -> Edit {
    Edit::new(
        "secret.whitespace",
        "Secret has white space",
        format!("{of} was entered with white space around or inside it, which became part of the key"),
        "Enter the secret without the white space",
        "Take the white space off the secret",
    )
}

fn invisible(of: &str) -> Edit {
    Edit::new(
        "secret.invisible_characters",
        "Secret has invisible characters",
        format!("{of} holds characters that nobody sees, such as a zero-width space from the page it was copied from"),
        "Enter the secret without them: type it, or copy it from a plain text",
        "Take the invisible characters out of the secret",
    )
}

fn quotes(of: &str) -> Edit {
    Edit::new(
        "secret.quotes",
        "Secret has quotes",
        format!("{of} was entered with the quotation marks or punctuation around it"),
        "Enter the secret without the quotation marks",
        "Take the quotation marks off the secret",
    )
}

fn prefix_kept(of: &str, prefix: &str) -> Edit {
    let prefix = prefix.trim();
    Edit::new(
        "secret.prefix_kept",
        "Secret has a prefix",
        format!("{of} was entered with “{prefix}” before it, and the sender signs without"),
        format!("Enter the secret without “{prefix}”"),
        format!("Take “{prefix}” off the secret"),
    )
}

fn prefix_stripped(of: &str, prefix: &str) -> Edit {
    Edit::new(
        "secret.prefix_stripped",
        "Secret lacks its prefix",
        format!("{of} was entered without “{prefix}”, which is part of the key"),
        format!("Enter the secret with “{prefix}” before it"),
        format!("Put “{prefix}” before the secret"),
    )
}

fn entities(of: &str) -> Edit {
    Edit::new(
        "secret.html_entities",
        "Secret has HTML entities",
        format!("{of} went through HTML, where special characters are written as entities such as &amp;"),
        "Enter the secret with the characters that the sender uses",
        "Change HTML entities in the secret to characters, or back",
    )
}

fn percent(of: &str) -> Edit {
    Edit::new(
        "secret.percent_encoded",
        "Secret is percent-encoded",
        format!("{of} was entered as it stands in a URL, with escapes such as %2B"),
        "Enter the secret with the characters that the escapes stand for",
        "Decode the percent escapes in the secret",
    )
}

fn escaped_text(of: &str) -> Edit {
    Edit::new(
        "secret.escaped",
        "Secret has backslashes",
        format!("{of} was entered as it stands in JSON or a configuration file, with escapes such as \\n"),
        "Enter the secret with the characters that the escapes stand for",
        "Undo the backslash escapes in the secret",
    )
}

fn letter_case(of: &str, case: &str) -> Edit {
    Edit::new(
        "secret.letter_case",
        "Secret in wrong letter case",
        format!("{of} was entered in the wrong letter case"),
        format!("Enter the secret in {case} case, as the sender has it"),
        format!("Write the secret in {case} case"),
    )
}

/// The text was an encoding of the key.
pub(super) fn decoded(of: &str, encoding: &'static str) -> Edit {
    let cause = match encoding {
        "hex" => "secret.decode_hex",
        "base64" => "secret.decode_base64",
        _ => "secret.decode_base64url",
    };
    Edit::new(
        cause,
        format!("Secret is {encoding}"),
        format!("{of} is {encoding} of the key, and the sender signs with the bytes it stands for"),
        format!("Use the bytes that the {encoding} stands for as the key"),
        format!("Decode the secret from {encoding}"),
    )
}

/// The sender signs with the text itself where the scheme decodes it.
pub(super) fn as_text(of: &str) -> Edit {
    Edit::new(
        "secret.as_text",
        "Secret used as text",
        format!("the sender signs with the characters of {of}, where this scheme decodes them into a key"),
        "Let the sender decode the secret as the scheme says, or enter a secret that decodes to those characters",
        "Use the characters of the secret as the key",
    )
}

pub(super) fn truncated(of: &str) -> Edit {
    Edit::new(
        "secret.truncated",
        "Secret is cut short",
        format!("{of} was entered without its first or last characters"),
        "Copy the whole secret again",
        "Complete the secret by the characters it lost",
    )
}

/// Another one that is known matches.
pub(super) fn other(configured: Option<&str>, label: &str) -> Edit {
    let which = named(label);
    let trusted = match configured {
        None => "and the endpoint has no secret of its own".to_owned(),
        Some("") => "and the endpoint trusts another one".to_owned(),
        Some(own) => format!("and the endpoint trusts “{own}”"),
    };
    let shown: Cow<'static, str> = which.clone().into();
    Edit::new(
        "secret.other",
        "Other secret matches",
        format!("the request was signed with {which}, {trusted}"),
        "Add that secret to the endpoint, or let the sender use the endpoint's own",
        format!("Use {shown}"),
    )
}

pub(super) fn other_mode(configured: &str, label: &str, mode: &str) -> Edit {
    let which = named(label);
    Edit::new(
        "secret.other_mode",
        format!("Signed in {mode} mode"),
        format!(
            "the request was signed with {which}, which is of {mode} mode, and the endpoint has {}",
            named(configured)
        ),
        format!("Add the {mode} secret to the endpoint, or send from the mode whose secret it has"),
        format!("Use {which}"),
    )
}

pub(super) fn replaced(label: &str) -> Edit {
    let which = named(label);
    Edit::new(
        "secret.replaced",
        "Signed with an old secret",
        format!("the request was signed with {which}, which a newer one has replaced"),
        "Finish the rotation at the sender, or keep the old secret beside the new one until it has",
        format!("Use {which}, the older one"),
    )
}
