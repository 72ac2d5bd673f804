//! Two independent changes of a body: JSON that was written anew and something at its ends, or something around JSON
//! that was written anew.

use super::{BodyVariant, forms, json, plain};
use crate::Message;
use crate::doctor::words::lowered;

/// How many of the likeliest single changes beside JSON are combined with one at the ends of the body.
const COMBINED_MAX: usize = 8;

/// Whether a single change is kept for being combined with one at the ends of the body.
pub(super) fn is_combined(variant: &BodyVariant, kept: &[BodyVariant]) -> bool {
    let is_usual =
        matches!(variant.cause, "charset" | "compressed" | "line_endings" | "form_encoding" | "form_decoded");
    let of_cause = kept.iter().filter(|known| known.cause == variant.cause).count();
    is_usual && kept.len() < COMBINED_MAX && of_cause < COMBINED_MAX / 2
}

/// Every pair, most likely first.
pub(super) fn of(message: &Message<'_>, firsts: &[BodyVariant], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let body = message.body;
    json_and_ends(body, add)
        && form_without_end(message, add)
        && undone(body, firsts, add)
        && forms::of_rewritten(body, &mut |variant| add(variant))
        && firsts.iter().all(|first| plain::ends(&first.bytes, &mut |second| add(joined(first, second))))
}

/// JSON that was written anew without the line end that was signed, or with one that was not.
fn json_and_ends(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let trimmed = body.trim_ascii();
    let mut with = |before: &[u8], after: &[u8], second: &'static str, step: &str| {
        let around = json::Around { before, after };
        json::usual_variants(trimmed, around, &mut |variant| {
            let step = format!("{}; {step}", variant.step);
            add(BodyVariant { second: Some(second), step, ..variant })
        })
    };
    if trimmed.len() < body.len() {
        return with(b"", b"", "newline_added", "take the white space off the ends of the body");
    }
    with(b"", b"\n", "newline_removed", "put a line end after the body")
        && json::pretty_variants(trimmed, &mut |variant| {
            let step = format!("{}; write line ends as CRLF", variant.step);
            add(BodyVariant { second: Some("line_endings"), step, ..variant })
        })
}

/// A form that was written anew, and white space after it that was not signed.
fn form_without_end(message: &Message<'_>, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let body = message.body.trim_ascii_end();
    body.len() == message.body.len()
        || forms::variants(&Message { body, ..*message }, &mut |variant| {
            let step = format!("{}; take the white space off the end of the body", variant.step);
            add(BodyVariant { second: Some("newline_added"), step, ..variant })
        })
}

/// What was added or changed around JSON, and the JSON then written anew.
fn undone(body: &[u8], firsts: &[BodyVariant], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    // Text that was mistaken for another encoding has grown by it; what was written in none of UTF-8 was not.
    let is_repaired = |first: &BodyVariant| {
        let is_text = std::str::from_utf8(&first.bytes).is_ok();
        is_text && (first.bytes.len() < body.len() || std::str::from_utf8(body).is_err())
    };
    let is_outer = |first: &&BodyVariant| first.cause == "compressed" || first.cause == "charset" && is_repaired(first);
    let mut outer: Vec<BodyVariant> = firsts.iter().filter(is_outer).cloned().collect();
    if body.starts_with(plain::BOM) {
        plain::ends(body, &mut |variant| {
            outer.extend((variant.cause == "bom").then_some(variant));
            true
        });
    }
    outer.iter().all(|first| {
        let inner = first.bytes.as_slice();
        let around = json::Around { before: b"", after: &inner[inner.trim_ascii_end().len()..] };
        json::usual_variants(inner.trim_ascii(), around, &mut |second| add(joined(first, second)))
    })
}

/// Both as one; the second was undone after the first.
fn joined(first: &BodyVariant, second: BodyVariant) -> BodyVariant {
    let step = format!("{}; {}", first.step, lowered(&second.step));
    // Twice the same is one cause.
    let other = (second.cause != first.cause).then_some(second.cause);
    BodyVariant { cause: first.cause, second: other, step, bytes: second.bytes }
}
