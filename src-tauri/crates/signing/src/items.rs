//! Bodies whose elements each carry a signature of their own.

use std::ops::Range;

use serde::Deserialize;

use crate::{json_facts::JsonPointer, json_place};

/// Most items that are judged. The one known scheme sends one or a few.
pub(crate) const ITEMS_MAX: usize = 256;

/// The `[items]` table of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemsRule {
    /// The array in the JSON body.
    json: JsonPointer,
    /// The part of each element that is the item; without it the element itself.
    element: Option<JsonPointer>,
}

impl ItemsRule {
    /// Where each item stands in the body, `None` for an element without one; at most [`ITEMS_MAX`] and one more.
    pub(crate) fn spans(&self, body: &[u8]) -> Vec<Option<Range<usize>>> {
        json_place::elements(body, &self.json, self.element.as_ref(), ITEMS_MAX)
    }
}
