//! What can be seen of a body without any proof. Only strong evidence counts: a false alarm sends people astray.

use super::BodySign;
use crate::Message;

/// The content types that say JSON.
fn says_json(message: &Message<'_>) -> bool {
    message.headers.first_text("content-type").is_some_and(|value| value.to_ascii_lowercase().contains("json"))
}

/// Every sign, strongest first.
pub(super) fn of(message: &Message<'_>) -> Vec<BodySign> {
    let body = message.body;
    let mut all = Vec::new();
    let mut add = |cause, badge: &str, sentence: String, remedy: &str| {
        all.push(BodySign { cause, sentence, remedy: remedy.to_owned(), badge: badge.to_owned() });
    };
    if memchr::memmem::find(body, b"[object Object]").is_some() && body.len() < 64 {
        add(
            "object_placeholder",
            "Body is [object Object]",
            "The body is the text [object Object]: an object was turned into text without writing its content.".to_owned(),
            "Write the body with JSON.stringify before it is sent",
        );
    }
    if let Some(encoding) = unpacked_encoding(message) {
        add(
            "decompressed",
            "Body was decompressed",
            format!(
                "The request says Content-Encoding: {encoding}, and the body is not compressed: something on its way here \
                 decompressed it, and the compressed bytes were most likely signed."
            ),
            "Let the proxy or relay in between pass the body on compressed",
        );
    }
    let announced = message.headers.first_text("content-length").and_then(|text| text.trim().parse::<usize>().ok());
    if says_json(message) && body.is_empty() && announced.is_none_or(|length| length > 0) {
        add(
            "empty",
            "Body is missing",
            "The request says that its body is JSON, and the body is empty: something on its way here took it.".to_owned(),
            "Let the proxy or relay in between pass the body on; redirects often drop it",
        );
    } else if is_cut(body) && (is_round(body.len()) || announced.is_some_and(|length| length > body.len())) {
        add(
            "truncated",
            "Body was cut",
            format!("The JSON of the body ends in the middle after {} bytes: it was cut on its way here.", body.len()),
            "Raise the size limit of what stands between the sender and Hookglass",
        );
    }
    if memchr::memmem::find(body, "\u{fffd}".as_bytes()).is_some() {
        add(
            "characters_lost",
            "Characters were lost",
            "The body holds replacement characters (U+FFFD): it was read in the wrong encoding, and its bytes are lost."
                .to_owned(),
            "Let everything in between pass the body on as bytes, or read it as UTF-8",
        );
    } else if question_marks(body) {
        add(
            "characters_lost",
            "Characters were lost",
            "The body has question marks inside words where letters should be: it was written in an encoding without them."
                .to_owned(),
            "Let everything in between pass the body on as bytes, or write it as UTF-8",
        );
    }
    all
}

/// The encoding that the headers name and the body does not have.
fn unpacked_encoding(message: &Message<'_>) -> Option<String> {
    let encoding = message.headers.first_text("content-encoding")?.trim().to_ascii_lowercase();
    let is_text = !message.body.is_empty() && std::str::from_utf8(message.body).is_ok();
    let is_packed = matches!(encoding.as_str(), "gzip" | "x-gzip" | "deflate" | "br" | "zstd");
    (is_packed && is_text).then_some(encoding)
}

/// Whether it is JSON that ends too early.
fn is_cut(body: &[u8]) -> bool {
    matches!(body.trim_ascii().first(), Some(b'{' | b'['))
        && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err_and(|error| error.is_eof())
        || cut_inside_a_character(body)
}

/// A cut may fall into a character.
fn cut_inside_a_character(body: &[u8]) -> bool {
    matches!(body.trim_ascii().first(), Some(b'{' | b'['))
        && std::str::from_utf8(body).is_err_and(|error| {
            error.error_len().is_none()
                && serde_json::from_slice::<serde::de::IgnoredAny>(&body[..error.valid_up_to()])
                    .is_err_and(|error| error.is_eof())
        })
}

/// Powers of two from 256, and one or five with at least two noughts.
fn is_round(length: usize) -> bool {
    let is_decimal = length.to_string().trim_end_matches('0').len() == 1 && length >= 100;
    length >= 100 && (length.is_multiple_of(256) || is_decimal || length.is_multiple_of(1000))
}

/// At least two words with a question mark between letters, and no query of a URL around it.
fn question_marks(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let is_lost = |word: &str| {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '?');
        let plain = inner.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'?');
        let letters = inner.bytes().filter(u8::is_ascii_alphabetic).count();
        let inside = inner.trim_matches('?').contains('?') || inner.starts_with('?');
        plain && letters >= 2 && inside
    };
    text.is_ascii() && text.split(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | ':')).filter(|word| is_lost(word)).count() >= 2
}
