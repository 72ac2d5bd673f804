//! A scheme as its recipe says it is, read from the recipe's text, and signatures made by hand: the crate under test
//! signs only as the scheme says.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookglass_signing::{Provider, Registry};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use toml::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Hex,
    HexUpper,
    Base64,
    Base64Unpadded,
    Base64Url,
}

/// How a digest is made of a content and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    Hmac,
    /// The hash of the content, with the key before it, after it, or nowhere.
    Hash(KeyPlace),
    /// An HMAC of the key under the content.
    KeyAsMessage,
    /// An HMAC under an empty key.
    NoKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    Before,
    After,
    Nowhere,
}

/// Where a timestamp stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StampPlace {
    Header(String),
    Element(String),
    Body,
}

#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) place: StampPlace,
    pub(crate) format: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Scheme {
    pub(crate) provider: &'static Provider,
    /// The headers that the signature may stand in; none for one inside the body.
    pub(crate) headers: Vec<String>,
    /// `None` for key pairs.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) encoding: Encoding,
    /// What stands before the signature, such as `v1=`; empty without anything.
    pub(crate) before: String,
    pub(crate) is_list: bool,
    pub(crate) stamp: Option<Stamp>,
    /// `text`, `hex`, `base64`, …
    pub(crate) secret_form: String,
    pub(crate) secret_prefix: String,
    pub(crate) content: ContentShape,
}

/// What is signed, as far as ways ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContentShape {
    /// Whether a form is taken apart, so that JSON is nothing for it.
    pub(crate) takes_form_apart: bool,
    /// Whether anything follows the body.
    pub(crate) goes_on_after_body: bool,
    /// Whether the separators between its pieces are its own. Of several templates each has others, some of a URL.
    pub(crate) has_plain_separators: bool,
}

impl Scheme {
    pub(crate) fn of(id: &str) -> Self {
        let provider = Registry::built_in().get(id).unwrap_or_else(|| panic!("there is no recipe {id}"));
        Self::read(provider).unwrap_or_else(|| panic!("{id} has a recipe that these tests do not read"))
    }

    pub(crate) fn id(&self) -> &'static str {
        self.provider.id().as_str()
    }

    pub(crate) fn read(provider: &'static Provider) -> Option<Self> {
        let recipe: toml::Table = toml::from_str(provider.recipe_text()).ok()?;
        let signature = recipe.get("signature")?;
        let text = |table: &Value, key: &str| table.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
        let templates = signature.get("content")?;
        let layout = signature.get("layout")?;
        let list = layout.get("list");
        let before = match list {
            Some(list) => format!("{}{}", text(list, "signature")?, text(list, "assign")?),
            None => text(layout, "prefix").unwrap_or_default(),
        };
        let algorithm = match text(signature, "algorithm")?.as_str() {
            "hmac-sha1" => Some(Algorithm::Sha1),
            "hmac-sha256" => Some(Algorithm::Sha256),
            "hmac-sha512" => Some(Algorithm::Sha512),
            _ => None,
        };
        let encoding = match text(signature, "encoding")?.as_str() {
            "hex" => Encoding::Hex,
            "base64" => Encoding::Base64,
            _ => return None,
        };
        let secret = recipe.get("secret")?;
        let stamp = recipe.get("timestamp").map(|table| {
            let from = &table["from"];
            let first = from.get("headers").and_then(|all| all.as_array()?.first()?.as_str().map(ToOwned::to_owned));
            let place = match (text(from, "header").or(first), text(from, "signature_element")) {
                (Some(header), _) => StampPlace::Header(header),
                (None, Some(element)) => StampPlace::Element(element),
                (None, None) => StampPlace::Body,
            };
            Stamp { place, format: text(table, "format").unwrap_or_default() }
        });
        Some(Self {
            provider,
            headers: provider.signature_headers().to_vec(),
            algorithm,
            encoding,
            before,
            is_list: list.is_some(),
            content: ContentShape::of(templates),
            stamp,
            secret_form: text(secret, "form")?,
            secret_prefix: text(secret, "optional_prefix").unwrap_or_default(),
        })
    }

    /// The bytes that a shared secret stands for.
    pub(crate) fn key(&self, secret: &[u8]) -> Vec<u8> {
        let bare = secret.strip_prefix(self.secret_prefix.as_bytes()).unwrap_or(secret);
        match self.secret_form.as_str() {
            "hex" => hex::decode(bare).unwrap(),
            "base64" => STANDARD_NO_PAD.decode(String::from_utf8_lossy(bare).trim_end_matches('=')).unwrap(),
            _ => secret.to_vec(),
        }
    }
}

impl ContentShape {
    fn of(templates: &Value) -> Self {
        let takes = |template: &Value| template.as_str().is_some_and(|text| text.contains("form_fields"));
        Self {
            takes_form_apart: takes(templates) || templates.as_array().is_some_and(|all| all.iter().any(takes)),
            goes_on_after_body: templates
                .as_str()
                .is_some_and(|text| text.contains("{body}") && !text.ends_with("{body}")),
            has_plain_separators: templates.is_str(),
        }
    }
}

impl Algorithm {
    pub(crate) fn digest(self, made: Made, key: &[u8], content: &[u8]) -> Vec<u8> {
        match made {
            Made::Hmac => self.hmac(key, content),
            Made::KeyAsMessage => self.hmac(content, key),
            Made::NoKey => self.hmac(b"", content),
            Made::Hash(KeyPlace::Before) => self.hash(&[key, content].concat()),
            Made::Hash(KeyPlace::After) => self.hash(&[content, key].concat()),
            Made::Hash(KeyPlace::Nowhere) => self.hash(content),
        }
    }

    fn hmac(self, key: &[u8], content: &[u8]) -> Vec<u8> {
        macro_rules! mac {
            ($hash:ty) => {{
                let mut mac = Hmac::<$hash>::new_from_slice(key).unwrap();
                mac.update(content);
                mac.finalize().into_bytes().to_vec()
            }};
        }
        match self {
            Self::Sha1 => mac!(Sha1),
            Self::Sha256 => mac!(Sha256),
            Self::Sha512 => mac!(Sha512),
        }
    }

    fn hash(self, content: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(content).to_vec(),
            Self::Sha256 => Sha256::digest(content).to_vec(),
            Self::Sha512 => Sha512::digest(content).to_vec(),
        }
    }
}

impl Encoding {
    pub(crate) fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(bytes),
            Self::HexUpper => hex::encode_upper(bytes),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Unpadded => STANDARD_NO_PAD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        }
    }

    pub(crate) fn read(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex | Self::HexUpper => hex::decode(text).ok(),
            _ => STANDARD.decode(text).ok(),
        }
    }
}
