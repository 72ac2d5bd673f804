//! What a signature check looks at, laid open for people.

use std::borrow::Cow;

use hookglass_model::limits::MAX_SIGNATURES_COMPARED;

use crate::{Message, Provider, algorithm::Algorithm, content::Piece, located::Located};

/// What stands in a token's place.
const TOKEN_HIDDEN: &str = "(not shown)";

/// The signatures as received and the bytes they cover. Never contains a secret or an expected signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// This scheme's signatures in wire order, at most `limits::MAX_SIGNATURES_COMPARED` of them.
    pub received: Vec<ReceivedSignature>,
    /// The signed content, piece by piece in order; joined they are exactly what is signed. A piece that the
    /// request lacks has no bytes, nor has the secret, which is a piece of plain hashes.
    pub parts: Vec<SignedPart<'a>>,
}

/// A signature as it stood in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedSignature {
    /// Its version, for example `v1` or `sha256`.
    pub label: String,
    /// Its text, invalid UTF-8 replaced. A token's is not shown: it is the secret when it is right.
    pub value: String,
}

/// A piece of the signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPart<'a> {
    /// What it is, for example `timestamp`, `message id` or `body`; `separator` for fixed text.
    pub name: String,
    /// Its bytes, borrowed from the message where they stand there.
    pub bytes: Cow<'a, [u8]>,
}

impl Provider {
    /// Lays open what a check of this request looks at, also when it is malformed or unsigned.
    pub fn explain<'a>(&'a self, message: &Message<'a>) -> Explanation<'a> {
        let recipe = self.recipe();
        let located = Located::new(recipe, message);
        let layout = recipe.signature.layout.get_ref();
        let found = located.lines.iter().flat_map(|line| layout.signatures(line.value, &[]).kept);
        let received = found
            .take(MAX_SIGNATURES_COMPARED)
            .map(|element| ReceivedSignature {
                label: layout.version().to_owned(),
                value: if recipe.signature.algorithm == Algorithm::Token {
                    TOKEN_HIDDEN.to_owned()
                } else {
                    String::from_utf8_lossy(element.value).into_owned()
                },
            })
            .collect();
        let inputs = located.inputs();
        let parts = recipe.content().parts().iter();
        let parts = parts
            .map(|part| {
                let bytes = match part.fill(&inputs) {
                    Some(Piece::Bytes(bytes)) => bytes,
                    Some(Piece::Secret) | None => Cow::default(),
                };
                SignedPart { name: part.name(), bytes }
            })
            .collect();
        Explanation { received, parts }
    }
}
