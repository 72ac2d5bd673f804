//! Bodies that a sender may have signed where another arrived.

mod forms;
mod json;
mod json_features;
mod json_looks;
mod json_numbers;
mod json_renumbered;
mod json_stack;
mod json_style;
mod json_text;
mod json_writer;
mod packed;
mod pairs;
mod plain;
mod signs;
#[cfg(test)]
mod stacks_tests;
#[cfg(test)]
mod tests;
mod windows_1252;

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
};

use crate::Message;

pub(crate) use json_stack::written_by;

/// A body that may have been signed in place of the one that arrived.
#[derive(Clone, Debug)]
pub(crate) struct BodyVariant {
    /// The cause without its family, for example `json_respaced`.
    pub(crate) cause: &'static str,
    /// A second one, where two independent changes were undone.
    pub(crate) second: Option<&'static str>,
    /// What was undone, in the imperative, without a full stop; of two one after the other, with `; ` between.
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
    let mut add = |variant: BodyVariant| {
        let Some(left) = left_bytes.checked_sub(variant.bytes.len() as u64) else { return false };
        left_bytes = left;
        !seen.insert((variant.bytes.len(), hasher.hash_one(&variant.bytes))) || wanted(variant)
    };
    let mut combined = Vec::new();
    let go_on = singles(message, budget_bytes, &mut |variant| {
        if pairs::is_combined(&variant, &combined) {
            combined.push(variant.clone());
        }
        add(variant)
    });
    if go_on {
        pairs::of(message, &combined, &mut add);
    }
}

/// One change each.
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

/// What can be seen of the body without any proof, strongest first.
pub(crate) fn signs(message: &Message<'_>) -> Vec<BodySign> {
    signs::of(message)
}
