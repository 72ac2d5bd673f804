//! What a scheme may sign: one template, or several of which any may match.

use std::fmt;

use serde::{
    Deserialize,
    de::{Deserializer, Error, SeqAccess, Visitor, value::SeqAccessDeserializer},
};

use crate::{content::ContentTemplate, recipe_text::List};

/// Most alternatives. The known schemes have two.
const ALTERNATIVES_MAX: usize = 4;

/// The `signature.content` of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents(List<ContentTemplate, 1, ALTERNATIVES_MAX>);

impl Contents {
    /// Every template, the one that signing uses first.
    pub(crate) fn all(&self) -> &[ContentTemplate] {
        &self.0.0
    }
}

impl<'de> Deserialize<'de> for Contents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentsVisitor).map(Self)
    }
}

/// A template, or a list of them.
struct ContentsVisitor;

impl<'de> Visitor<'de> for ContentsVisitor {
    type Value = List<ContentTemplate, 1, ALTERNATIVES_MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a template such as \"{timestamp}.{body}\", or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        ContentTemplate::try_from(text.to_owned()).map(|template| List(vec![template])).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        List::deserialize(SeqAccessDeserializer::new(list))
    }
}
