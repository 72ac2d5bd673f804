//! What must agree beside the signature: a hash of the body that stands in a signed claim or URL.

use std::borrow::Cow;

use hookglass_model::InvalidReason;
use serde::Deserialize;

use crate::{
    content::{ContentTemplate, Piece},
    json_facts::JsonPointer,
    place::Place,
    source::{Inputs, Source},
};

/// Most assertions of one recipe. The known schemes have two.
pub(crate) const ASSERTIONS_MAX: usize = 8;

/// An `[[assert]]` entry of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assertion {
    /// Where the claim stands.
    pub(crate) at: AssertedPlace,
    /// What it must be.
    pub(crate) equals: ContentTemplate,
    /// What its absence means.
    #[serde(default)]
    when_absent: WhenAbsent,
}

/// Where an asserted value stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AssertedPlace {
    /// A claim of the JWS.
    Claim(JsonPointer),
    /// The first header line of this name.
    Header(crate::place::HeaderName),
    /// A query parameter.
    Query(crate::place::FieldName),
    /// A form field.
    Form(crate::place::FieldName),
    /// A JSON field.
    Json(JsonPointer),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WhenAbsent {
    /// The request is invalid.
    #[default]
    Fails,
    /// Nothing is asserted.
    Passes,
    /// Nothing is asserted when the body is empty, and then the claim must be absent.
    PassesForEmptyBody,
}

impl AssertedPlace {
    /// The place outside the JWS, if it is one.
    pub(crate) fn place(&self) -> Option<Place> {
        Some(match self {
            Self::Claim(_) => return None,
            Self::Header(name) => Place::Header(name.clone()),
            Self::Query(name) => Place::Query(name.clone()),
            Self::Form(name) => Place::Form(name.clone()),
            Self::Json(pointer) => Place::Json(pointer.clone()),
        })
    }

    /// The claim, if it is one.
    pub(crate) fn claim(&self) -> Option<&JsonPointer> {
        if let Self::Claim(pointer) = self { Some(pointer) } else { None }
    }

    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Claim(pointer) => format!("claim {}", pointer.to_string().trim_start_matches('/')),
            other => other.place().map(|place| place.name()).unwrap_or_default(),
        }
    }
}

impl Assertion {
    /// Judges a request. `claims` is the JSON text of a JWS's payload.
    pub(crate) fn judge(&self, inputs: &Inputs<'_>, claims: Option<&[u8]>) -> Result<(), InvalidReason> {
        let found = match (&self.at, self.at.place()) {
            (_, Some(place)) => place.read(&inputs.message),
            (AssertedPlace::Claim(pointer), None) => claims.and_then(|claims| crate::json_place::text(claims, pointer)),
            _ => None,
        };
        let body_is_empty = inputs.message.body.is_empty();
        let found = match (found, self.when_absent) {
            (None, WhenAbsent::Passes) => return Ok(()),
            (None, WhenAbsent::PassesForEmptyBody) if body_is_empty => return Ok(()),
            (None, _) => return Err(InvalidReason::PartMissing { part: self.at.name() }),
            (Some(_), WhenAbsent::PassesForEmptyBody) if body_is_empty => {
                return Err(InvalidReason::ClaimDiffers { claim: self.at.name(), of: "empty body".to_owned() });
            }
            (Some(found), _) => found,
        };
        let expected = self.expected(inputs).map_err(|source| InvalidReason::PartMissing { part: source.name() })?;
        // Hashes of what the receiver has anyway: nothing secret to keep time constant for.
        if found.eq_ignore_ascii_case(&expected) && (found == expected || is_hex(&found)) {
            Ok(())
        } else {
            let of = self.equals.sources().next().map_or_else(String::new, Source::name);
            Err(InvalidReason::ClaimDiffers { claim: self.at.name(), of })
        }
    }

    /// What the claim must be for this request.
    pub(crate) fn expected<'a>(&'a self, inputs: &Inputs<'a>) -> Result<Cow<'a, [u8]>, &'a Source> {
        let mut pieces = self.equals.resolve(inputs)?;
        if pieces.len() == 1
            && let Some(Piece::Bytes(bytes)) = pieces.pop()
        {
            return Ok(bytes);
        }
        Ok(Cow::Owned(pieces.iter().flat_map(|piece| piece.bytes(&[]).to_vec()).collect()))
    }

    /// Whether signing leaves the claim out.
    pub(crate) fn is_left_out(&self, body: &[u8]) -> bool {
        self.when_absent == WhenAbsent::PassesForEmptyBody && body.is_empty()
    }
}

/// Hashes in hexadecimal digits are compared without regard to case, as signatures are.
fn is_hex(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit)
}
