//! The words for families of hypotheses and for changes of the body.

use super::{
    body::BodyVariant,
    edit::{Edit, Edits, Mend},
};

pub(super) const REPAIRS: &str = "Signature header moved, repeated, joined or wrapped";
pub(super) const OWN_SECRETS: &str = "The endpoint's secrets, the request as it arrived";
pub(super) const OTHER_SECRETS: &str = "Every other known secret";
pub(super) const CHANGED_SECRETS: &str = "Secret trimmed, unquoted, with and without prefix, decoded, in another case";
pub(super) const TIMES: &str = "Timestamp: seconds and milliseconds, from another place, written otherwise";
pub(super) const URLS: &str = "URL: http and https, host, port, path, trailing slash, query";
pub(super) const BODIES: &str =
    "Body changed: JSON written anew, line ends, byte order mark, forms, compression, characters";
pub(super) const SCHEMES: &str = "Scheme: algorithm, order, separators, pieces, other providers";
pub(super) const COMPLETIONS: &str = "Secret cut short, timestamp lost on the way";
pub(super) const PAIRS: &str = "Two of these at once";
pub(super) const TOKENS: &str = "Secret and body, by the rules of the token";

/// What a body that was written anew undoes: one change, or two that were undone one after the other. `arrived_as` names the
/// stack that writes JSON the way it arrived.
pub(super) fn of_variant(variant: &BodyVariant, arrived_as: Option<&'static str>) -> Edits {
    let Some(second) = variant.second else {
        return [body(variant.cause, Some(&variant.step), arrived_as)].into_iter().collect();
    };
    let (before, after) = variant.step.split_once("; ").unwrap_or((&variant.step, ""));
    let after = raised(after);
    let after = Some(after.as_str()).filter(|step| !step.is_empty());
    [body(variant.cause, Some(before), arrived_as), body(second, after, arrived_as)].into_iter().collect()
}

/// The same with a capital at its start.
pub(super) fn raised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The same with a small letter at its start.
pub(super) fn lowered(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// A change of the body. `step` is what undoes it; without one a plain sentence stands for it. `arrived_as` names the
/// stack that writes JSON the way it arrived.
pub(super) fn body(cause: &'static str, step: Option<&str>, arrived_as: Option<&'static str>) -> Edit {
    let (name, what) = told(cause);
    let by = match arrived_as {
        Some(stack) if cause.starts_with("json_") => format!(", as {stack} writes it"),
        _ => String::new(),
    };
    let badge = match cause {
        "truncated" => "Body was cut",
        "empty" => "Empty body was signed",
        "decompressed" | "compressed" => "Body compression changed",
        _ => "Body changed in transit",
    };
    Edit::new(
        name,
        badge,
        format!("{what}{by}"),
        remedy(cause),
        step.map_or_else(|| format!("Undo that {what}"), ToOwned::to_owned),
    )
    .mended_by(Mend::Body)
}

fn told(cause: &'static str) -> (&'static str, &'static str) {
    match cause {
        "json_respaced" => (
            "body.json_respaced",
            "the JSON was parsed and written anew with other white space before it reached Hookglass",
        ),
        "json_key_order" => {
            ("body.json_key_order", "the JSON was parsed and written anew with its keys in another order")
        }
        "json_slashes" => {
            ("body.json_slashes", "the JSON was parsed and written anew with slashes escaped otherwise (/ and \\/)")
        }
        "json_unicode" => (
            "body.json_unicode",
            "the JSON was parsed and written anew with other escapes for characters beyond ASCII (\\uXXXX)",
        ),
        "json_html" => {
            ("body.json_html", "the JSON was parsed and written anew with other escapes for <, > and & (\\u003c)")
        }
        "json_numbers" => {
            ("body.json_numbers", "the JSON was parsed and written anew with its numbers in another form")
        }
        "json_in_string" => {
            ("body.json_in_string", "the JSON was written into a string of JSON once more, or taken out of one")
        }
        "newline_added" => ("body.newline_added", "white space or a line end was added at the end of the body"),
        "newline_removed" => ("body.newline_removed", "the line end at the end of the body was removed"),
        "line_endings" => ("body.line_endings", "the line ends of the body were changed (LF and CRLF)"),
        "bom" => ("body.bom", "a byte order mark was added to the body or removed"),
        "form_encoding" => {
            ("body.form_encoding", "the form was parsed and written anew with other escapes or in another order")
        }
        "form_decoded" => ("body.form_decoded", "the form was decoded, or its content was put into another form"),
        "compressed" => ("body.compressed", "the body was compressed after it had been signed"),
        "decompressed" => ("body.decompressed", "the body was decompressed after it had been signed"),
        "charset" => ("body.charset", "the characters of the body were re-encoded, as when UTF-8 is read as Latin-1"),
        "truncated" => ("body.truncated", "only a part of the body was signed, or only a part of it arrived"),
        "empty" => ("body.empty", "the sender signed an empty body and sent another"),
        "characters_lost" => ("body.characters_lost", "characters of the body were lost on the way"),
        "object_placeholder" => ("body.object_placeholder", "the body is the name of an object and not its content"),
        _ => ("body.changed", "the body was changed on its way here"),
    }
}

fn remedy(cause: &str) -> &'static str {
    match cause {
        "empty" => "Let the sender sign the bytes that it sends",
        "compressed" | "decompressed" => {
            "Let the proxy in between pass the body on as it is, or check the signature where the body is as it was signed"
        }
        "truncated" => "Let the sender sign the whole body, and raise the size limit of what stands in between",
        _ => {
            "Pass the raw bytes of the body on instead of a parsed object: in the relay or tunnel before Hookglass, and in \
             the sender if it is yours"
        }
    }
}

/// Whether the cause is one that a receiver's framework makes, too, when it hands out a parsed body.
pub(super) fn is_of_parsing(cause: &str) -> bool {
    cause.starts_with("body.json_")
        || [
            "body.newline_added",
            "body.newline_removed",
            "body.form_encoding",
            "body.form_decoded",
            "body.charset",
            "body.bom",
            "body.line_endings",
        ]
        .contains(&cause)
}
