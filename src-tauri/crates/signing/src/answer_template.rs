//! What a handshake's answer repeats: text with pieces such as `{query:challenge}` and filters behind them.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha1::Sha1;
use sha2::Sha256;
use thiserror::Error;

use crate::{Secret, filters::Filter, message::Message, place::Place, request_value};

/// Longest value that is repeated. The longest known challenge, Microsoft Graph's validation token, stays under 1 KiB.
const VALUE_MAX_BYTES: usize = 4096;

/// Longest value that is signed. Challenges are random tokens; bodies are longer.
const KEYED_VALUE_MAX_BYTES: usize = 256;

/// Most parts of one template. The longest, Zoom's answer, has five.
const PARTS_MAX: usize = 16;

/// Most filters behind one piece.
const STEPS_MAX: usize = 4;

/// Text with pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AnswerTemplate(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Piece { source: PieceSource, may_lack: bool, steps: Vec<Step> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PieceSource {
    /// A value of the request.
    Value(Place),
    /// The absolute URL the provider was told.
    Url,
    /// What stands before the key in the secret's text.
    KeyId,
    /// The text from the provider's set-up page that the recipe names.
    SetupText,
    /// A text of the rule's `compute` table.
    Computed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    HmacSha1,
    HmacSha256,
    /// One that signed contents have too.
    Filter(Filter),
}

/// What pieces are filled with.
pub(crate) struct Scope<'a> {
    pub(crate) message: &'a Message<'a>,
    /// The key for keyed filters, or why there is none.
    pub(crate) key: Result<&'a [u8], Unfit>,
    /// What stands before the key in that secret.
    pub(crate) key_id: Option<&'a [u8]>,
    pub(crate) setup_text: Option<&'a Secret>,
    pub(crate) computed: &'a BTreeMap<String, AnswerTemplate>,
}

/// Why a template cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unfit {
    #[error("the request lacks the {0}, which the answer repeats")]
    Missing(String),
    #[error("the {0} is longer than {VALUE_MAX_BYTES} bytes, and nothing that long is repeated")]
    TooLong(String),
    #[error(
        "the answer would sign a text that is no plain token of at most {KEYED_VALUE_MAX_BYTES} characters, and such \
         a signature could pass for one of a delivery"
    )]
    NotAToken,
    #[error("the answer is made with the endpoint's secret; enter it")]
    NoSecret,
    #[error("the endpoint's secret cannot be used: {0}")]
    Secret(String),
    #[error("the answer is made with the endpoint's public URL; enter it")]
    NoUrl,
    #[error("the answer is made with a text from the provider's set-up page that is not known here")]
    NoSetupText,
    #[error("the text for the header {0} has characters that no header can carry")]
    Unsendable(String),
}

impl AnswerTemplate {
    /// The text with every piece in its place.
    pub(crate) fn fill(&self, scope: &Scope<'_>) -> Result<Vec<u8>, Unfit> {
        let mut filled = Vec::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => filled.extend_from_slice(text.as_bytes()),
                Part::Piece { source, may_lack, steps } => {
                    let mut value = match source.read(scope) {
                        Err(Unfit::Missing(_)) if *may_lack => continue,
                        value => value?,
                    };
                    for step in steps {
                        value = step.apply(&value, &scope.key)?;
                    }
                    filled.extend_from_slice(&value);
                }
            }
        }
        Ok(filled)
    }

    /// Whether anything of the request is repeated.
    pub(crate) fn repeats(&self) -> bool {
        self.pieces().next().is_some()
    }

    /// Whether every piece is text that stands in JSON without changing its structure.
    pub(crate) fn is_safe_in_json(&self) -> bool {
        use Filter::{Base64, Base64url, Hex, JsonString};
        let is_safe = |step: &Step| matches!(step, Step::Filter(JsonString | Hex | Base64 | Base64url));
        self.pieces().all(|(_, steps)| steps.last().is_some_and(is_safe))
    }

    /// Whether a piece is made under the secret.
    pub(crate) fn needs_key(&self) -> bool {
        self.pieces().any(|(_, steps)| steps.iter().any(|step| matches!(step, Step::HmacSha1 | Step::HmacSha256)))
    }

    /// Whether a piece is the text from the set-up page.
    pub(crate) fn needs_setup_text(&self) -> bool {
        self.pieces().any(|(source, _)| *source == PieceSource::SetupText)
    }

    /// The names of computed texts that stand here.
    pub(crate) fn computed_names(&self) -> impl Iterator<Item = &str> {
        self.pieces().filter_map(|(source, _)| match source {
            PieceSource::Computed(name) => Some(name.as_str()),
            _ => None,
        })
    }

    fn pieces(&self) -> impl Iterator<Item = (&PieceSource, &[Step])> {
        self.0.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Piece { source, steps, .. } => Some((source, steps.as_slice())),
        })
    }
}

impl PieceSource {
    fn read(&self, scope: &Scope<'_>) -> Result<Vec<u8>, Unfit> {
        match self {
            Self::Value(source) => {
                let value = request_value::read(source, scope.message);
                let value = value.ok_or_else(|| Unfit::Missing(source.name()))?;
                if value.len() > VALUE_MAX_BYTES {
                    return Err(Unfit::TooLong(source.name()));
                }
                Ok(value.into_owned())
            }
            Self::Url => scope.message.url.map(|url| url.as_bytes().to_vec()).ok_or(Unfit::NoUrl),
            Self::KeyId => scope.key_id.map(<[u8]>::to_vec).ok_or(Unfit::NoSecret),
            Self::SetupText => scope.setup_text.map(|text| text.bytes().to_vec()).ok_or(Unfit::NoSetupText),
            // A computed text holds no computed one: rules that do are refused.
            Self::Computed(name) => scope.computed.get(name).map_or(Ok(Vec::new()), |template| template.fill(scope)),
        }
    }
}

impl Step {
    fn apply(self, value: &[u8], key: &Result<&[u8], Unfit>) -> Result<Vec<u8>, Unfit> {
        match self {
            Self::HmacSha1 => keyed::<Hmac<Sha1>>(value, key),
            Self::HmacSha256 => keyed::<Hmac<Sha256>>(value, key),
            Self::Filter(filter) => Ok(filter.apply(value)),
        }
    }
}

/// Signs a challenge. Whoever sends one chooses it, and some providers sign deliveries under the same key, so a text
/// that could be what a delivery's signature covers (JSON, a form, a timestamp before a body) is refused.
fn keyed<M: Mac + KeyInit>(value: &[u8], key: &Result<&[u8], Unfit>) -> Result<Vec<u8>, Unfit> {
    let key = key.clone()?;
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    if value.len() > KEYED_VALUE_MAX_BYTES || !value.iter().all(token) {
        return Err(Unfit::NotAToken);
    }
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| Unfit::NoSecret)?;
    mac.update(value);
    Ok(mac.finalize().into_bytes().to_vec())
}

impl TryFrom<String> for AnswerTemplate {
    type Error = String;

    fn try_from(template: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = template.as_str();
        while let Some(first) = rest.chars().next() {
            if first == '{' && !rest.starts_with("{{") {
                let (piece, after) =
                    rest[1..].split_once('}').ok_or("every { needs its }; {{ writes the character itself")?;
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(Part::piece(piece)?);
                rest = after;
                continue;
            }
            // Square brackets mean segments elsewhere in recipes, so they are doubled here too.
            let special = matches!(first, '{' | '}' | '[' | ']');
            let doubled = special && rest[1..].starts_with(first);
            if special && !doubled {
                return Err(format!(
                    "a single {first} has no meaning here; {first}{first} writes the character itself"
                ));
            }
            literal.push(first);
            rest = &rest[if doubled { 2 } else { first.len_utf8() }..];
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        if parts.len() > PARTS_MAX {
            return Err(format!("{} parts stand here, expected at most {PARTS_MAX}", parts.len()));
        }
        Ok(Self(parts))
    }
}

impl Part {
    fn piece(text: &str) -> Result<Self, String> {
        let mut words = text.split('|');
        let name = words.next().unwrap_or_default();
        let (name, may_lack) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        let steps = words.map(Step::named).collect::<Result<Vec<_>, _>>()?;
        if steps.len() > STEPS_MAX {
            return Err(format!("{} filters stand behind {{{name}}}, expected at most {STEPS_MAX}", steps.len()));
        }
        let source = match name.split_once(':') {
            Some(("query", name)) => PieceSource::Value(Place::Query(name.to_owned().try_into()?)),
            Some(("form", name)) => PieceSource::Value(Place::Form(name.to_owned().try_into()?)),
            Some(("header", name)) => PieceSource::Value(Place::Header(name.to_owned().try_into()?)),
            Some(("json", pointer)) => PieceSource::Value(Place::Json(pointer.to_owned().try_into()?)),
            Some(("computed", name)) if !name.is_empty() => PieceSource::Computed(name.to_owned()),
            None if name == "url" => PieceSource::Url,
            None if name == "key_id" => PieceSource::KeyId,
            None if name == "setup_text" => PieceSource::SetupText,
            _ => {
                return Err(format!(
                    "unknown piece {{{name}}}, expected one of {{query:name}}, {{form:name}}, {{header:Name}}, \
                     {{json:/pointer}}, {{url}}, {{key_id}}, {{setup_text}}, {{computed:name}}"
                ));
            }
        };
        Ok(Self::Piece { source, may_lack, steps })
    }
}

impl Step {
    fn named(name: &str) -> Result<Self, String> {
        match name {
            "hmac_sha1" => Ok(Self::HmacSha1),
            "hmac_sha256" => Ok(Self::HmacSha256),
            _ => match Filter::named(name) {
                Ok(filter) => Ok(Self::Filter(filter)),
                Err(problem) => Err(format!("{problem}, hmac_sha1, hmac_sha256")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use hookglass_model::HeaderList;

    use super::*;

    fn fill(template: &str, target: &str, key: Result<&[u8], Unfit>) -> Result<String, Unfit> {
        let headers = HeaderList::new();
        let message =
            Message { method: "GET", target, url: Some("https://a.example/"), headers: &headers, body: b"{\"a\":1}" };
        let computed =
            BTreeMap::from([("both".to_owned(), AnswerTemplate::try_from("{url}{query:c}".to_owned()).unwrap())]);
        let scope = Scope { message: &message, key, key_id: None, setup_text: None, computed: &computed };
        let template = AnswerTemplate::try_from(template.to_owned()).unwrap();
        template.fill(&scope).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn pieces_and_filters_give_the_published_values() {
        let target = "/?c=abc&q=%22%0d%0a";
        assert_eq!(fill("{{[[{query:c}]]}}", target, Err(Unfit::NoSecret)).unwrap(), "{[abc]}");
        assert_eq!(fill("{query:q|json_string}{json:/a}", target, Err(Unfit::NoSecret)).unwrap(), r#""\"\r\n"1"#);
        // FIPS 180-4's example, and RFC 4231 §4.3 in base64.
        let right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fill("{query:c|sha256|hex}", target, Err(Unfit::NoSecret)).unwrap(), right);
        assert_eq!(
            fill("{computed:both|hex}", "/?c=!", Err(Unfit::NoSecret)).unwrap(),
            hex::encode("https://a.example/!")
        );
        let signed = fill("{query:c|hmac_sha256|hex}", "/?c=abc", Ok(b"key")).unwrap();
        // printf abc | openssl dgst -sha256 -hmac key
        assert_eq!(signed, "9c196e32dc0175f86f4b1cb89289d6619de6bee699e4c378e68309ed97a1a6ab");
        assert_eq!(fill("x{query:none?}y{header:X?}", target, Err(Unfit::NoSecret)).unwrap(), "xy");
    }

    #[test]
    fn nothing_that_could_be_a_delivery_is_signed() {
        for challenge in ["{}", "v0:1:x", "a%20b", "a%0a", "%C3%A9", &"a".repeat(257)] {
            let filled = fill("{query:c|hmac_sha256|hex}", &format!("/?c={challenge}"), Ok(b"key"));
            assert_eq!(filled.unwrap_err(), Unfit::NotAToken, "{challenge}");
        }
        assert_eq!(fill("{query:c|hmac_sha1|hex}", "/?c=a", Err(Unfit::NoSecret)).unwrap_err(), Unfit::NoSecret);
    }

    #[test]
    fn long_and_missing_values_are_named() {
        let long = format!("/?c={}", "a".repeat(4097));
        assert_eq!(fill("{query:c}", &long[..4100], Err(Unfit::NoSecret)).unwrap().len(), 4096);
        assert!(matches!(fill("{query:c?}", &long, Err(Unfit::NoSecret)), Err(Unfit::TooLong(_))));
        let error = fill("{json:/b}", "/", Err(Unfit::NoSecret)).unwrap_err().to_string();
        assert_eq!(error, "the request lacks the JSON field /b, which the answer repeats");
        assert_eq!(fill("{setup_text}", "/", Err(Unfit::NoSecret)).unwrap_err(), Unfit::NoSetupText);
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        for text in ["{", "}", "{a", "[", "]", "{}", "{query:}", "{json:a}", "{header:a b}", "{url|md6}", "{secret}"] {
            assert!(AnswerTemplate::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert!(AnswerTemplate::try_from("{url}".repeat(17)).is_err());
    }
}
