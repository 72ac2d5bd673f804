//! Lists whose elements are known by their position, such as `1700000000000,<signature>,<signature>`.

use serde::Deserialize;

use crate::{
    element_list::ElementName,
    layout::{Element, Fault, Signatures, WrittenSignature},
    punctuation::Separator,
    recipe_text::List,
};

/// Most elements before the signatures. The known schemes have one.
const LEADING_MAX: usize = 4;

/// A list without names: leading elements in a fixed order, then one or more signatures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PositionalList {
    /// Between elements.
    separator: Separator,
    /// What the elements before the signatures are called in this file.
    #[serde(default)]
    leading: List<ElementName, 0, LEADING_MAX>,
}

impl PositionalList {
    /// Adds the list's signatures to `found`.
    pub(crate) fn find<'a>(&self, header: &'a [u8], found: &mut Signatures<'a>) {
        for (offset, value) in self.separator.split(header).skip(self.leading.0.len()) {
            found.add(Element { name: b"signature", value, offset });
        }
        if found.total == 0 {
            found.fault = Some(Fault { offset: header.len(), expected: self.expected() });
        }
    }

    /// The leading element of this name.
    pub(crate) fn leading<'a>(&self, header: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let at = self.leading.0.iter().position(|leading| leading.as_str() == name)?;
        self.separator.split(header).nth(at).map(|(_, value)| value)
    }

    /// Whether there is a leading element of this name.
    pub(crate) fn has_leading(&self, name: &ElementName) -> bool {
        self.leading.0.contains(name)
    }

    /// Writes the header's value.
    pub(crate) fn write(&self, leading: &[(&str, &[u8])], signatures: &[WrittenSignature]) -> Vec<u8> {
        let leading = self.leading.0.iter().map(|name| {
            let named = leading.iter().find(|(given, _)| *given == name.as_str());
            named.map(|(_, value)| *value).unwrap_or_default()
        });
        let mut header = Vec::new();
        for (at, value) in leading.chain(signatures.iter().map(|signature| signature.text.as_bytes())).enumerate() {
            if at > 0 {
                self.separator.write(&mut header);
            }
            header.extend_from_slice(value);
        }
        header
    }

    /// What a list without a signature should hold.
    pub(crate) fn expected(&self) -> String {
        let mark = char::from(self.separator.mark.0);
        let mut text = String::new();
        for name in &self.leading.0 {
            text.push_str(name.as_str());
            text.push(mark);
        }
        text.push_str("the signature");
        text
    }

    /// Whether a value would break the list apart.
    pub(crate) fn breaks_on(&self, value: &[u8]) -> bool {
        value.contains(&self.separator.mark.0)
    }
}
