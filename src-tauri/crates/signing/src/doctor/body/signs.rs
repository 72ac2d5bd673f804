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
    if is_placeholder(body) {
        add(
            "object_placeholder",
            "Body is [object Object]",
            "The body is the text [object Object]: an object was turned into text without writing its content."
                .to_owned(),
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
    let has_body = !["GET", "HEAD", "DELETE", "OPTIONS"].contains(&message.method);
    if says_json(message) && has_body && body.is_empty() && announced.is_none_or(|length| length > 0) {
        add(
            "empty",
            "Body is missing",
            "The request says that its body is JSON, and the body is empty: something on its way here took it."
                .to_owned(),
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

/// At least two question marks where letters should be, in words that are nothing but letters otherwise.
fn question_marks(body: &[u8]) -> bool {
    if !body.is_ascii() || memchr::memchr(b'?', body).is_none() {
        return false;
    }
    let words = body.split(|byte| byte.is_ascii_whitespace() || *byte == b'"');
    words.map(lost_letters).sum::<usize>() >= 2
}

/// How many letters a word shows to be lost: `?str?m` two, `Gr??e` and `?nchen` one, `so?` none. What stands in URLs,
/// patterns and code has other characters beside letters.
fn lost_letters(word: &[u8]) -> usize {
    let is_edge = |byte: &u8| b".,:;!'".contains(byte);
    let start = word.iter().position(|byte| !is_edge(byte)).unwrap_or(word.len());
    let end = word.iter().rposition(|byte| !is_edge(byte)).map_or(start, |last| last + 1);
    let word = &word[start..end];
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if letters < 2 || !word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'?') {
        return 0;
    }
    // A sentence that goes on without a space has a capital letter there.
    let goes_on = |pair: &[u8]| pair[0] == b'?' && pair[1].is_ascii_lowercase();
    let leads = word[0] == b'?';
    let inside = word[usize::from(leads)..].windows(2).any(goes_on);
    let trails = leads && word[1] != b'?' && word.ends_with(b"?");
    usize::from(leads) + usize::from(inside || trails)
}

/// Whether the body is the name of an object, alone, in quotes, as an item of a list, or as the value of a field.
fn is_placeholder(body: &[u8]) -> bool {
    let text = body.trim_ascii();
    let text = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text);
    let text = text.iter().position(|byte| *byte == b'=').map_or(text, |at| &text[at + 1..]);
    !text.is_empty()
        && text
            .split(|byte| *byte == b',')
            .all(|item| [&b"[object Object]"[..], b"%5Bobject%20Object%5D", b"%5Bobject+Object%5D"].contains(&item))
}
