//! What a signature check looks at, laid open for people.

use std::borrow::Cow;

use hookglass_model::limits::MAX_SIGNATURES_COMPARED;

use crate::{Message, Provider, content::Piece, located::Located};

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
    /// Lays open what a check of this request looks at, also when it is malformed or unsigned. Of alternative contents
    /// the first that the request has all pieces of is shown; where each item is signed, one item after another.
    pub fn explain<'a>(&'a self, message: &Message<'a>) -> Explanation<'a> {
        let recipe = self.recipe();
        let Some(rule) = &recipe.items else { return self.explain_one(message, None) };
        let mut all = Explanation::default();
        for span in rule.spans(message.body).into_iter().take(MAX_SIGNATURES_COMPARED).flatten() {
            let one = self.explain_one(message, message.body.get(span));
            all.received.extend(one.received);
            all.parts.extend(one.parts);
        }
        all
    }

    fn explain_one<'a>(&'a self, message: &Message<'a>, item: Option<&'a [u8]>) -> Explanation<'a> {
        let recipe = self.recipe();
        let located = Located::new(recipe, message, item);
        let layout = recipe.signature.layout.get_ref();
        let others = recipe.other_elements();
        let found = located.lines.iter().flat_map(|line| layout.signatures(&line.value, &others).kept);
        let received = found
            .take(MAX_SIGNATURES_COMPARED)
            .map(|element| ReceivedSignature {
                label: layout.version().to_owned(),
                value: if recipe.is_token() {
                    TOKEN_HIDDEN.to_owned()
                } else {
                    String::from_utf8_lossy(element.value).into_owned()
                },
            })
            .collect::<Vec<_>>();
        if recipe.jws.is_some() {
            let input = received.first().and_then(|token| token.value.rsplit_once('.'));
            let bytes = input.map_or_else(Cow::default, |(input, _)| Cow::Owned(input.as_bytes().to_vec()));
            return Explanation {
                received,
                parts: vec![SignedPart { name: "token's header and claims".to_owned(), bytes }],
            };
        }
        let inputs = located.inputs();
        let templates = recipe.contents();
        let complete = templates.iter().find(|template| template.resolve(&inputs).is_ok());
        let pieces = complete.or(templates.first()).map(|template| template.named_pieces(&inputs)).unwrap_or_default();
        let parts = pieces
            .into_iter()
            .map(|(part, piece)| {
                let bytes = match piece {
                    Some(Piece::Bytes(bytes)) => bytes,
                    Some(Piece::Secret | Piece::KeyId) | None => Cow::default(),
                };
                SignedPart { name: part.name(), bytes }
            })
            .collect();
        Explanation { received, parts }
    }
}
