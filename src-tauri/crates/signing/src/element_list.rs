//! Lists of named elements, such as `t=1,v1=<signature>` or `v1,<signature> v1,<signature>`.

use memchr::memchr;
use serde::Deserialize;

use crate::{
    layout::{Element, Fault, OTHER_NAMES_KEPT, Signatures, WrittenSignature},
    punctuation::{Punctuation, Separator, is_name_byte},
};

/// The punctuation of a list of named elements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElementList {
    /// What stands before the first element.
    #[serde(default)]
    pub(crate) prefix: String,
    /// Between elements.
    pub(crate) separator: Separator,
    /// Between an element's name and its value.
    pub(crate) assign: Punctuation,
    /// The name of the elements that are signatures of this scheme. Other names are other versions.
    pub(crate) signature: SignatureName,
    /// Whether signatures are written before the other elements. Any order is read.
    #[serde(default)]
    pub(crate) signature_first: bool,
}

/// What names the elements that are signatures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum SignatureName {
    /// This name.
    Fixed(ElementName),
    /// The id of the key it was made with, so that any name is one: `{key_id}`.
    KeyId,
}

/// Letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ElementName(String);

impl ElementList {
    /// Adds the list's signatures to `found`.
    pub(crate) fn find<'a>(&self, header: &'a [u8], ignored: &[&str], found: &mut Signatures<'a>) {
        for element in self.elements(header) {
            match element {
                Ok(element) if ignored.iter().any(|name| name.as_bytes() == element.name) => {}
                Ok(element) if self.signature.is(element.name) => found.add(element),
                Ok(element) if found.other_names.len() < OTHER_NAMES_KEPT => found.other_names.push(element.name),
                Ok(_) => {}
                Err(fault) => found.fault = found.fault.take().or(Some(fault)),
            }
        }
    }

    /// The value of the one element with this name; the error is its repetition.
    pub(crate) fn one<'a>(&self, header: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, Fault> {
        let mut named = self.elements(header).flatten().filter(|element| element.name == name.as_bytes());
        let first = named.next();
        match named.next() {
            Some(second) => {
                Err(Fault { offset: second.offset, expected: format!("no second {name} element in the header") })
            }
            None => Ok(first.map(|element| element.value)),
        }
    }

    /// Writes the header's value.
    pub(crate) fn write(&self, others: &[(&str, &[u8])], signatures: &[WrittenSignature]) -> Vec<u8> {
        let name = |signature: &'_ WrittenSignature| match &self.signature {
            SignatureName::Fixed(name) => name.0.clone(),
            SignatureName::KeyId => signature.name.clone(),
        };
        let signatures = signatures.iter().map(|signature| (name(signature), signature.text.as_bytes()));
        let others = others.iter().map(|(name, value)| ((*name).to_owned(), *value));
        let elements: Vec<_> =
            if self.signature_first { signatures.chain(others).collect() } else { others.chain(signatures).collect() };
        let mut header = self.prefix.clone().into_bytes();
        for (at, (name, value)) in elements.into_iter().enumerate() {
            if at > 0 {
                self.separator.write(&mut header);
            }
            header.extend_from_slice(name.as_bytes());
            header.push(self.assign.0);
            header.extend_from_slice(value);
        }
        header
    }

    /// What an empty list should hold.
    pub(crate) fn expected_start(&self) -> String {
        format!("{}{}{} followed by the signature", self.prefix, self.signature.as_str(), char::from(self.assign.0))
    }

    /// Every element, or its fault.
    pub(crate) fn elements<'a>(&self, header: &'a [u8]) -> impl Iterator<Item = Result<Element<'a>, Fault>> {
        let list = header.strip_prefix(self.prefix.as_bytes());
        let wrong = || Err(Fault { offset: 0, expected: format!("{:?} before the list", self.prefix) });
        let missing = list.is_none().then(wrong);
        let elements = list.into_iter().flat_map(|list| self.separator.split(list));
        missing.into_iter().chain(elements.map(|(offset, text)| self.element(text, self.prefix.len() + offset)))
    }

    fn element<'a>(&self, text: &'a [u8], offset: usize) -> Result<Element<'a>, Fault> {
        let Some(at) = memchr(self.assign.0, text) else {
            let assign = char::from(self.assign.0);
            return Err(Fault {
                offset: offset + text.len(),
                expected: format!("`{assign}` between an element's name and its value"),
            });
        };
        let name = &text[..at];
        if !is_name(name) {
            let fault = name.iter().position(|&byte| !is_name_byte(byte)).unwrap_or_default();
            let expected = format!("an element's name, such as {}", self.signature.as_str());
            return Err(Fault { offset: offset + fault, expected });
        }
        Ok(Element { name, value: &text[at + 1..], offset: offset + at + 1 })
    }

    /// Whether a value would break the list apart.
    pub(crate) fn breaks_on(&self, value: &[u8]) -> bool {
        value.contains(&self.separator.mark.0)
    }

    /// Why the punctuation cannot work, if so.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.separator.mark == self.assign).then_some("separator and assign must differ")
    }
}

impl SignatureName {
    fn is(&self, name: &[u8]) -> bool {
        match self {
            Self::Fixed(fixed) => fixed.0.as_bytes() == name,
            Self::KeyId => true,
        }
    }

    /// The name, or what stands for it in words.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Fixed(name) => name.as_str(),
            Self::KeyId => "key id",
        }
    }
}

impl TryFrom<String> for SignatureName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if name == "{key_id}" { Ok(Self::KeyId) } else { ElementName::try_from(name).map(Self::Fixed) }
    }
}

impl ElementName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the text can name an element.
pub(crate) fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| is_name_byte(byte))
}

impl TryFrom<String> for ElementName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if is_name(name.as_bytes()) {
            Ok(Self(name))
        } else {
            Err(format!("{name:?} is not a name: letters, digits, _ and - only"))
        }
    }
}
