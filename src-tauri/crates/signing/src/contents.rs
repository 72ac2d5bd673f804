//! What a scheme may sign: one template, or several of which any may match.

use std::fmt;

use serde::{
    Deserialize,
    de::{Deserializer, Error, SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use sha2::{Digest as _, Sha256};

use crate::{
    content::{ContentTemplate, Piece, Pieces},
    recipe_text::List,
};

/// The hash that a scheme takes of its content before it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ContentHash {
    /// The 32 bytes of the SHA-256.
    Sha256,
}

impl ContentHash {
    /// What is signed: the content, or its hash in its place. Secrets and key ids are no part of a hashed content.
    pub(crate) fn applied(hash: Option<Self>, content: Pieces<'_>) -> Pieces<'_> {
        let Some(Self::Sha256) = hash else { return content };
        let hash = content.iter().fold(Sha256::new(), |hash, piece| hash.chain_update(piece.bytes(&[])));
        [Piece::Bytes(hash.finalize().to_vec().into())].into_iter().collect()
    }
}

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
