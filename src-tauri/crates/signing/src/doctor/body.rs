//! Bodies that a sender may have signed where another arrived.

mod forms;
mod json;
mod json_numbers;
mod json_style;
mod json_text;
mod packed;
mod plain;
mod signs;
mod windows_1252;

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
};

use hookglass_model::HeaderList;

use crate::Message;

pub(crate) use json::written_by;

/// How many of the likeliest single changes are combined with a second one.
const COMBINED_MAX: usize = 12;

/// A body that may have been signed in place of the one that arrived.
#[derive(Debug)]
pub(crate) struct BodyVariant {
    /// The cause without its family, for example `json_respaced`.
    pub(crate) cause: &'static str,
    /// A second one, where two independent changes were undone.
    pub(crate) second: Option<&'static str>,
    /// What was undone, in the imperative, without a full stop.
    pub(crate) step: String,
    pub(crate) bytes: Vec<u8>,
}

/// Something seen of the body without proof.
#[derive(Debug)]
pub(crate) struct BodySign {
    /// As of [`BodyVariant::cause`].
    pub(crate) cause: &'static str,
    pub(crate) sentence: String,
    /// In the imperative, without a full stop.
    pub(crate) remedy: String,
    pub(crate) badge: String,
}

/// Hands on every body that may have been signed, most likely first, each once and none like the one that arrived: one
/// change, then two. Ends when so many bytes were made, or when `wanted` says false.
pub(crate) fn for_each(message: &Message<'_>, budget_bytes: u64, wanted: &mut dyn FnMut(BodyVariant) -> bool) {
    let mut left_bytes = budget_bytes;
    let hasher = RandomState::new();
    let mut seen = HashSet::from([(message.body.len(), hasher.hash_one(message.body))]);
    let mut firsts: Vec<BodyVariant> = Vec::new();
    let mut go_on = true;
    let mut add = |variant: BodyVariant| {
        let made = variant.bytes.len() as u64;
        if made > left_bytes {
            go_on = false;
            return false;
        }
        left_bytes -= made;
        if seen.insert((variant.bytes.len(), hasher.hash_one(&variant.bytes))) {
            if variant.second.is_none() && firsts.len() < COMBINED_MAX && is_combined(&variant) {
                firsts.push(BodyVariant { bytes: variant.bytes.clone(), step: variant.step.clone(), ..variant });
            }
            go_on = wanted(variant);
        }
        go_on
    };
    if !(singles(message, budget_bytes, &mut add)) {
        return;
    }
    pairs(message, &mut add);
    // The likeliest single changes, each with a second at the ends of the body.
    drop(add);
    for first in firsts {
        let mut ended = false;
        plain::ends(&first.bytes, &mut |second| {
            let made = second.bytes.len() as u64;
            if made > left_bytes {
                ended = true;
                return false;
            }
            left_bytes -= made;
            if second.cause != first.cause && seen.insert((second.bytes.len(), hasher.hash_one(&second.bytes))) {
                let step = format!("{}; {}", first.step, lowered(&second.step));
                ended = !wanted(BodyVariant { cause: first.cause, second: Some(second.cause), step, bytes: second.bytes });
            }
            !ended
        });
        if ended {
            return;
        }
    }
}

/// Whether a change goes with a second one at the ends of the body.
fn is_combined(variant: &BodyVariant) -> bool {
    variant.cause.starts_with("json_") || matches!(variant.cause, "charset" | "compressed" | "line_endings" | "form_encoding")
}

fn singles(message: &Message<'_>, budget_bytes: u64, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let body = message.body;
    plain::ends(body, add)
        && plain::lines(body, add)
        && json::variants(body, add)
        && forms::variants(message, add)
        && packed::unpacked(body, budget_bytes, add)
        && plain::characters(body, add)
        && plain::nothing(body, add)
        && packed::strings(body, add)
        && plain::beginnings(body, add)
        && packed::packed(message, add)
}

/// Two independent changes of which the first is undone before the second: what was compressed or read in the wrong
/// encoding, and then JSON that was written anew.
fn pairs(message: &Message<'_>, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut outer: Vec<BodyVariant> = Vec::new();
    let mut keep = |variant: BodyVariant| {
        outer.push(variant);
        true
    };
    plain::characters(message.body, &mut keep);
    packed::unpacked(message.body, u64::MAX, &mut keep);
    if message.body.starts_with(b"\xef\xbb\xbf") {
        plain::ends(message.body, &mut |variant| variant.cause != "bom" || keep(variant));
    }
    let headers = HeaderList::new();
    outer.iter().all(|first| {
        let inner = Message { body: &first.bytes, headers: &headers, ..*message };
        let mut second = |variant: BodyVariant| {
            let step = format!("{}; {}", first.step, lowered(&variant.step));
            add(BodyVariant { cause: first.cause, second: Some(variant.cause), step, bytes: variant.bytes })
        };
        plain::ends(inner.body, &mut second) && json::variants(inner.body, &mut second)
    })
}

/// What can be seen of the body without any proof, strongest first.
pub(crate) fn signs(message: &Message<'_>) -> Vec<BodySign> {
    signs::of(message)
}

fn lowered(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
