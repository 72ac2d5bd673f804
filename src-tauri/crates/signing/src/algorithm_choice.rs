//! Which algorithm a request's signature is made with: one, one of several that the request names, or a JWS.

use std::{collections::BTreeMap, fmt};

use hookglass_model::InvalidReason;
use serde::{
    Deserialize,
    de::{Deserializer, Error, IntoDeserializer as _, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{algorithm::Algorithm, message::Message, place::Place, wire_text};

/// Most algorithms that a request may choose from. The known schemes allow three.
const ALLOWED_MAX: usize = 8;

/// The `signature.algorithm` of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AlgorithmChoice {
    /// Always this one.
    One(Algorithm),
    /// The request names it; only those listed are believed.
    Named(NamedAlgorithms),
    /// The signature is a JSON Web Signature that names its algorithm itself; see the `[jws]` table.
    Jws,
}

/// Algorithms by the names they have on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedAlgorithms {
    /// Where the name stands.
    pub(crate) named_by: NamedBy,
    /// What each name means. Other names are refused: the sender must not choose freely.
    allowed: BTreeMap<String, Algorithm>,
    /// The name that signing writes.
    pub(crate) written: String,
    /// What a request without a name means; without it that is an error.
    when_absent: Option<Algorithm>,
}

/// Where an algorithm's name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NamedBy {
    /// Before the signature, in the layout `named-prefix`.
    Prefix,
    /// In a place of its own.
    Place(Place),
}

impl AlgorithmChoice {
    /// The algorithm of this request. `prefix` is the name before the signature, where the layout has one.
    pub(crate) fn of(&self, message: &Message<'_>, prefix: Option<&[u8]>) -> Result<Option<Algorithm>, InvalidReason> {
        let named = match self {
            Self::One(algorithm) => return Ok(Some(*algorithm)),
            Self::Jws => return Ok(None),
            Self::Named(named) => named,
        };
        let name = match &named.named_by {
            NamedBy::Prefix => prefix.map(Into::into),
            NamedBy::Place(place) => place.read(message),
        };
        let Some(name) = name else {
            let missing = || InvalidReason::PartMissing { part: format!("algorithm's name ({})", named.place_name()) };
            return named.when_absent.map(Some).ok_or_else(missing);
        };
        let known = std::str::from_utf8(&name).ok().and_then(|name| named.allowed.get(name));
        known.copied().map(Some).ok_or_else(|| InvalidReason::AlgorithmNotAllowed {
            found: wire_text::quoted(&name),
            allowed: named.allowed.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })
    }

    /// What signing uses; `None` is a JWS.
    pub(crate) fn written(&self) -> Option<Algorithm> {
        match self {
            Self::One(algorithm) => Some(*algorithm),
            Self::Named(named) => named.allowed.get(&named.written).copied(),
            Self::Jws => None,
        }
    }

    /// Where signing writes the algorithm's name, and the name.
    pub(crate) fn written_place(&self) -> Option<(&Place, &str)> {
        match self {
            Self::Named(NamedAlgorithms { named_by: NamedBy::Place(place), written, .. }) => Some((place, written)),
            _ => None,
        }
    }

    /// The name that signing writes before the signature.
    pub(crate) fn written_prefix(&self) -> Option<&str> {
        match self {
            Self::Named(NamedAlgorithms { named_by: NamedBy::Prefix, written, .. }) => Some(written),
            _ => None,
        }
    }

    /// Every algorithm that a signature may be made with.
    pub(crate) fn all(&self) -> Vec<Algorithm> {
        match self {
            Self::One(algorithm) => vec![*algorithm],
            Self::Named(named) => named.allowed.values().chain(&named.when_absent).copied().collect(),
            Self::Jws => Vec::new(),
        }
    }

    /// As it reads in a scheme's description.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::One(algorithm) => algorithm.label().to_owned(),
            Self::Jws => "JWS".to_owned(),
            Self::Named(named) => {
                let mut labels: Vec<_> = named.allowed.values().map(|algorithm| algorithm.label()).collect();
                labels.sort_unstable();
                labels.dedup();
                labels.join(" or ")
            }
        }
    }

    /// Why the table contradicts itself, if so.
    pub(crate) fn problem(&self, has_named_prefix: bool) -> Option<String> {
        let named = match self {
            Self::Named(named) => named,
            _ if has_named_prefix => return Some("the layout named-prefix needs named_by = \"prefix\"".to_owned()),
            _ => return None,
        };
        if !named.allowed.contains_key(&named.written) {
            return Some(format!("written is {:?}, which is not among the allowed", named.written));
        }
        if named.allowed.len() > ALLOWED_MAX {
            return Some(format!("{} algorithms are allowed here, at most {ALLOWED_MAX} may be", named.allowed.len()));
        }
        if named.allowed.values().any(|algorithm| *algorithm == Algorithm::Token) {
            return Some("a token is no algorithm that a request may choose".to_owned());
        }
        match (&named.named_by, has_named_prefix) {
            (NamedBy::Prefix, false) => Some("named_by = \"prefix\" needs the layout named-prefix".to_owned()),
            (NamedBy::Place(_), true) => Some("the layout named-prefix needs named_by = \"prefix\"".to_owned()),
            _ => None,
        }
    }
}

impl NamedAlgorithms {
    fn place_name(&self) -> String {
        match &self.named_by {
            NamedBy::Prefix => "the text before the signature".to_owned(),
            NamedBy::Place(place) => place.name(),
        }
    }
}

impl<'de> Deserialize<'de> for AlgorithmChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChoiceVisitor)
    }
}

/// A name, or a table of names.
struct ChoiceVisitor;

impl<'de> Visitor<'de> for ChoiceVisitor {
    type Value = AlgorithmChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an algorithm's name, or a table with named_by, allowed and written")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<AlgorithmChoice, E> {
        if name == "jws" {
            return Ok(AlgorithmChoice::Jws);
        }
        Algorithm::deserialize(name.into_deserializer()).map(AlgorithmChoice::One)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AlgorithmChoice, A::Error> {
        NamedAlgorithms::deserialize(MapAccessDeserializer::new(map)).map(AlgorithmChoice::Named)
    }
}

impl<'de> Deserialize<'de> for NamedBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedByVisitor)
    }
}

/// `"prefix"`, or a place.
struct NamedByVisitor;

impl<'de> Visitor<'de> for NamedByVisitor {
    type Value = NamedBy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"prefix\", or a place such as { header = \"X-Algorithm\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<NamedBy, E> {
        if text == "prefix" { Ok(NamedBy::Prefix) } else { Err(E::custom(format!("{text:?} is not \"prefix\""))) }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<NamedBy, A::Error> {
        Place::deserialize(MapAccessDeserializer::new(map)).map(NamedBy::Place)
    }
}
