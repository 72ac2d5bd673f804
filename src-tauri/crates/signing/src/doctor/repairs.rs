//! Signature headers that were moved, repeated, joined or wrapped on the way, put right again.

use std::borrow::Cow;

use hookglass_model::{Header, HeaderList};

use super::{
    edit::Edit,
    sighting::{duplicated_edit, folded_edit, other_place_edit},
};
use crate::{Message, place::HeaderName, recipe::Recipe};

/// Most repairs that are tried. A request has a few dozen headers, of which few read as a signature.
const REPAIRS_MAX: usize = 16;

/// Longest header value that is taken apart.
const VALUE_MAX_BYTES: usize = 8 * 1024;

/// The headers with the scheme's own in the form that it may have been sent in, most likely first.
pub(super) fn repaired(recipe: &Recipe, message: &Message<'_>) -> Vec<(HeaderList, Edit)> {
    let mut all = Vec::new();
    let names = recipe.signature.from.header_names();
    let is_there = |name: &&HeaderName| message.headers.contains(name.as_str());
    // Of several headers that a scheme may use, those that are there; when none is, the first is looked for elsewhere.
    let present: Vec<&HeaderName> = names.iter().filter(is_there).collect();
    let looked_at = if present.is_empty() { names.iter().take(1).collect() } else { present };
    for name in looked_at {
        let lines: Vec<&Header> =
            message.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name.as_str())).collect();
        let mut add = |value: Cow<'_, [u8]>, edit: Edit| {
            let is_new = lines.first().is_none_or(|line| pieces(recipe, &line.value) != pieces(recipe, &value));
            if all.len() < REPAIRS_MAX && is_new && reads(recipe, &value) {
                let mut headers = message.headers.clone();
                headers.set(name.as_str(), value.into_owned());
                all.push((headers, edit));
            }
        };
        let Some(first) = lines.first() else {
            moved(recipe, message, name, &mut add);
            continue;
        };
        for line in lines.iter().skip(1) {
            add(Cow::Borrowed(&line.value), duplicated_edit(name.as_str()));
        }
        if first.value.len() <= VALUE_MAX_BYTES {
            unjoined(&first.value, name, &mut add);
        }
    }
    all
}

/// The scheme's header is missing, and another reads like it.
fn moved(recipe: &Recipe, message: &Message<'_>, name: &HeaderName, add: &mut impl FnMut(Cow<'_, [u8]>, Edit)) {
    let others = recipe.signature.from.header_names();
    for header in message.headers {
        let is_own = others.iter().any(|other| header.name.eq_ignore_ascii_case(other.as_str()));
        if !is_own && header.value.len() <= VALUE_MAX_BYTES && header.value.len() >= 16 {
            let mut edit = other_place_edit(&format!("header {}", header.name), recipe);
            edit.step = format!("Read the header {} as the header {}", header.name, name.as_str()).into();
            add(Cow::Borrowed(&header.value), edit);
        }
    }
}

/// One line that was several, or that was wrapped or quoted.
fn unjoined(value: &[u8], name: &HeaderName, add: &mut impl FnMut(Cow<'_, [u8]>, Edit)) {
    let place = format!("header {}", name.as_str());
    let bare: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'"').collect();
    if bare != value {
        add(Cow::Owned(bare), folded_edit(&place));
    }
    for mark in [b',', b';'] {
        for (at, _) in value.iter().enumerate().filter(|(_, byte)| **byte == mark) {
            let (before, after) = (value[..at].trim_ascii(), value[at + 1..].trim_ascii());
            add(Cow::Borrowed(after), folded_edit(&place));
            add(Cow::Borrowed(before), folded_edit(&place));
        }
    }
}

/// What a value reads as: spaces that a list may have or not make no difference.
fn pieces(recipe: &Recipe, value: &[u8]) -> Vec<Vec<u8>> {
    let layout = recipe.signature.layout.get_ref();
    let others = recipe.other_elements();
    let signatures = layout.signatures(value, &others).kept.into_iter().map(|element| element.value.to_vec());
    let beside = others.iter().filter_map(|name| layout.element(value, name).ok().flatten().map(<[u8]>::to_vec));
    signatures.chain(beside).collect()
}

/// Whether a signature of this layout stands in the value, and every piece that the layout has beside it.
fn reads(recipe: &Recipe, value: &[u8]) -> bool {
    let layout = recipe.signature.layout.get_ref();
    let others = recipe.other_elements();
    let found = layout.signatures(value, &others);
    let is_whole = others.iter().all(|name| matches!(layout.element(value, name), Ok(Some(_))));
    let is_signature = |text: &[u8]| text.len() >= 16 && recipe.signature.encoding.decode(text, None).is_ok();
    is_whole && found.kept.iter().any(|element| recipe.is_token() || is_signature(element.value))
}
