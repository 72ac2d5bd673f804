//! From the text a user pastes to the bytes that are the key.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use hookglass_model::ConfigProblem;
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::{KeyKind, Secret, key_text};

/// Dashboards show some secrets without padding, and the reference libraries of Standard Webhooks pad them
/// themselves; Python's decoder also ignores stray low bits. What every library accepts is accepted here.
pub(crate) const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Longest secret that is read. Keys have up to 64 bytes and sets of public keys some kilobytes; a file pasted by mistake
/// must not cost time on every capture.
const SECRET_MAX_BYTES: usize = 64 * 1024;

/// The `[secret]` table of a recipe: how the text of a secret becomes the key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretForm {
    form: KeyForm,
    /// Taken off the front when it is there.
    optional_prefix: Option<String>,
    /// The same, of a private key where `optional_prefix` is that of a public one.
    private_prefix: Option<String>,
    /// How a text without that prefix becomes the key, where that differs from `form`.
    form_without_prefix: Option<KeyForm>,
    /// The key is what follows the first of these in the text, when there is one.
    after: Option<String>,
    /// The key's id stands before the first of these in the text, and the key after it.
    id_before: Option<String>,
    /// Put after the key.
    #[serde(default)]
    append: String,
    /// Made of the decoded text, `append` included, where the key is not that itself.
    derive: Option<Derivation>,
    /// What a secret looks like, for the input field.
    pub(crate) hint: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeyForm {
    /// The bytes of the text are the key.
    Text,
    /// Standard alphabet, padding optional.
    Base64,
    /// Hexadecimal digits of either case.
    Hex,
    /// Text in which the five entities of HTML's special characters stand for the characters.
    HtmlText,
    /// Text in UTF-8, brought into Unicode's normalization form KD.
    NfkdText,
    /// A public key or its private key, as PEM, base64 of DER, JWK or JWKS. The key stays the text and is read again
    /// where it is used: a set of keys has no other form that keeps their ids.
    PublicKey,
}

/// How the decoded text becomes the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Derivation {
    /// The SHA-1 hash, its 20 bytes.
    Sha1,
}

/// The entities that `WordPress` decodes in a secret (`wp_specialchars_decode` with `ENT_QUOTES`).
const HTML_ENTITIES: [(&[u8], u8); 5] =
    [(b"&amp;", b'&'), (b"&quot;", b'"'), (b"&#039;", b'\''), (b"&lt;", b'<'), (b"&gt;", b'>')];

impl SecretForm {
    /// The key, or what is wrong with the secret. A key of no bytes is an empty secret: an HMAC under it could
    /// be made by anybody.
    pub(crate) fn key(&self, label: &str, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigProblem> {
        self.key_of(label, secret, false)
    }

    /// The secret's bytes, where they are the key as they are; `None` where anything has to be done or said about them.
    pub(crate) fn text_key<'s>(&self, secret: &'s Secret) -> Option<&'s [u8]> {
        let is_plain = self.form == KeyForm::Text
            && self.optional_prefix.is_none()
            && self.private_prefix.is_none()
            && self.after.is_none()
            && self.id_before.is_none()
            && self.append.is_empty()
            && self.derive.is_none();
        let bytes = secret.bytes();
        (is_plain && (1..=SECRET_MAX_BYTES).contains(&bytes.len())).then_some(bytes)
    }

    /// The same for an algorithm with a public half, whose key may also be the text of a PEM, JWK or JWKS where the
    /// recipe has hexadecimal digits or base64.
    pub(crate) fn asymmetric_key(&self, label: &str, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigProblem> {
        self.key_of(label, secret, true)
    }

    fn key_of(&self, label: &str, secret: &Secret, any_text: bool) -> Result<Zeroizing<Vec<u8>>, ConfigProblem> {
        let malformed = |expected| ConfigProblem::SecretMalformed { label: label.to_owned(), expected };
        let mut entered = secret.bytes();
        if entered.len() > SECRET_MAX_BYTES {
            return Err(malformed(format!("at most {SECRET_MAX_BYTES} bytes, found {}", entered.len())));
        }
        if let Some(mark) = &self.id_before {
            if entered.is_empty() {
                return Err(ConfigProblem::EmptySecret { label: label.to_owned() });
            }
            let parts = self.split_id(secret).filter(|(id, _)| !id.is_empty());
            (_, entered) = parts.ok_or_else(|| malformed(format!("the key's id, then {mark} and the key")))?;
        }
        if let Some(mark) = &self.after
            && let Some(at) = memchr::memmem::find(entered, mark.as_bytes())
        {
            entered = &entered[at + mark.len()..];
        }
        let prefixes = [&self.optional_prefix, &self.private_prefix];
        let without_prefix = prefixes.into_iter().flatten().find_map(|prefix| entered.strip_prefix(prefix.as_bytes()));
        let form = if without_prefix.is_none() { self.form_without_prefix.unwrap_or(self.form) } else { self.form };
        let text = without_prefix.unwrap_or(entered);
        let is_key_text = form == KeyForm::PublicKey || any_text && key_text::is_meant_as_key(text);
        let mut key = if is_key_text {
            public_key(text).map_err(malformed)?
        } else {
            form.decode(text).ok_or_else(|| malformed(self.expected()))?
        };
        if key.is_empty() {
            return Err(ConfigProblem::EmptySecret { label: label.to_owned() });
        }
        key.extend_from_slice(self.append.as_bytes());
        Ok(match self.derive {
            Some(Derivation::Sha1) => Zeroizing::new(Sha1::digest(&key).to_vec()),
            None => key,
        })
    }

    /// The key's id, `None` when the recipe knows none or the text has none.
    pub(crate) fn key_id<'a>(&self, secret: &'a Secret) -> Option<&'a [u8]> {
        self.split_id(secret).map(|(id, _)| id)
    }

    /// What is wrong with the table for a key of this kind.
    pub(crate) fn conflict(&self, kind: KeyKind) -> Option<&'static str> {
        let is_public_key = self.is_public_key();
        match kind {
            KeyKind::Shared if is_public_key => Some("a public key is no shared secret; choose another form"),
            KeyKind::Rsa | KeyKind::P256 if !is_public_key => {
                Some("the keys of this algorithm have the form public-key")
            }
            _ if is_public_key && (!self.append.is_empty() || self.derive.is_some()) => {
                Some("append and derive make no public key; leave them out")
            }
            _ => None,
        }
    }

    /// Whether the text is that of a public key, and not its bytes in an encoding.
    pub(crate) fn is_public_key(&self) -> bool {
        self.form == KeyForm::PublicKey
    }

    /// The text that stands for these bytes of a key, `None` where the form has none for every bytes.
    pub(crate) fn write(&self, key: &[u8], is_private: bool) -> Option<Zeroizing<String>> {
        let text = Zeroizing::new(match self.form {
            KeyForm::Hex => hex::encode(key),
            KeyForm::Base64 => STANDARD.encode(key),
            _ => return None,
        });
        let own_prefix = if is_private { self.private_prefix.as_ref() } else { None };
        let prefix = own_prefix.or(self.optional_prefix.as_ref()).map_or("", String::as_str);
        Some(Zeroizing::new([prefix, &text].concat()))
    }

    /// What this provider's secrets begin with, as the recipe or its hint says: `whsec_` of `whsec_…`.
    pub(crate) fn own_prefix(&self) -> Option<&str> {
        let of_hint =
            || self.hint.split_once('…').map(|(prefix, _)| prefix).filter(|prefix| prefix.ends_with(['_', '-', '=']));
        self.optional_prefix.as_deref().or_else(of_hint).filter(|prefix| !prefix.is_empty())
    }

    /// The secret that stands for these bytes of a shared key, `None` where no text does for certain.
    pub(crate) fn text_for(&self, key: &[u8]) -> Option<Secret> {
        let is_more =
            self.after.is_some() || self.id_before.is_some() || !self.append.is_empty() || self.derive.is_some();
        match self.form {
            _ if is_more => None,
            KeyForm::Text => Some(Secret::new(key)),
            _ => self.write(key, false).map(|text| Secret::new(text.as_bytes())),
        }
    }

    /// The text of a key with its id, where the recipe knows ids.
    pub(crate) fn with_key_id(&self, id: &str, key: &str) -> Zeroizing<String> {
        Zeroizing::new(self.id_before.as_ref().map_or_else(|| key.to_owned(), |mark| [id, mark, key].concat()))
    }

    fn split_id<'a>(&self, secret: &'a Secret) -> Option<(&'a [u8], &'a [u8])> {
        let mark = self.id_before.as_ref()?.as_bytes();
        let text = secret.bytes();
        let at = memchr::memmem::find(text, mark)?;
        Some((&text[..at], &text[at + mark.len()..]))
    }

    fn expected(&self) -> String {
        let form = match self.form {
            KeyForm::Text | KeyForm::HtmlText => "text",
            KeyForm::NfkdText => "text in UTF-8",
            KeyForm::Base64 => "base64",
            KeyForm::Hex => "hexadecimal digits",
            KeyForm::PublicKey => "a public key",
        };
        match &self.optional_prefix {
            Some(prefix) => format!("{prefix} followed by {form}"),
            None => form.to_owned(),
        }
    }
}

impl KeyForm {
    /// The key's bytes, `None` when the text is not of this form.
    fn decode(self, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(match self {
            Self::Text | Self::PublicKey => text.to_vec(),
            Self::Base64 => LENIENT_BASE64.decode(text).ok()?,
            Self::Hex => hex::decode(text).ok()?,
            Self::HtmlText => without_entities(text),
            Self::NfkdText => std::str::from_utf8(text).ok()?.nfkd().collect::<String>().into_bytes(),
        }))
    }
}

/// The text of a key, checked and without what stands around it; of no text nothing.
fn public_key(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
    let text = key_text::trimmed(text);
    if !text.is_empty() {
        key_text::read(text)?;
    }
    Ok(Zeroizing::new(text.to_vec()))
}

/// Each entity replaced once: `&amp;lt;` gives `&lt;`.
fn without_entities(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let entity = HTML_ENTITIES.iter().find_map(|(name, byte)| Some((rest.strip_prefix(*name)?, *byte)));
        let (next, byte) = entity.unwrap_or((after, first));
        plain.push(byte);
        rest = next;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(form: KeyForm, prefix: Option<&str>) -> SecretForm {
        SecretForm {
            form,
            optional_prefix: prefix.map(ToOwned::to_owned),
            private_prefix: None,
            form_without_prefix: None,
            after: None,
            id_before: None,
            append: String::new(),
            derive: None,
            hint: String::new(),
        }
    }

    fn key(form: &SecretForm, secret: &str) -> Result<Vec<u8>, ConfigProblem> {
        form.key("main", &Secret::new(secret)).map(|key| key.to_vec())
    }

    #[test]
    fn text_is_the_key_prefix_and_spaces_included() {
        let text = form(KeyForm::Text, None);
        assert_eq!(key(&text, "whsec_a b\n").unwrap(), b"whsec_a b\n");
    }

    #[test]
    fn base64_takes_prefix_and_padding_or_neither() {
        let base64 = form(KeyForm::Base64, Some("whsec_"));
        for secret in ["whsec_aGk=", "whsec_aGk", "aGk=", "aGk"] {
            assert_eq!(key(&base64, secret).unwrap(), b"hi", "{secret}");
        }
    }

    #[test]
    fn no_key_bytes_are_an_empty_secret_whatever_stands_around_them() {
        let base64 = form(KeyForm::Base64, Some("whsec_"));
        let empty = ConfigProblem::EmptySecret { label: "main".to_owned() };
        assert_eq!(key(&base64, "").unwrap_err(), empty);
        assert_eq!(key(&base64, "whsec_").unwrap_err(), empty);
        assert_eq!(key(&form(KeyForm::Text, None), "").unwrap_err(), empty);
    }

    #[test]
    fn undecodable_secrets_say_what_was_expected_and_not_what_was_given() {
        let base64 = form(KeyForm::Base64, Some("whsec_"));
        for secret in ["whsec_aGk=\n", "sk_live_nothing", "whsec_\u{e9}"] {
            let problem = key(&base64, secret).unwrap_err();
            let expected = "whsec_ followed by base64".to_owned();
            assert_eq!(problem, ConfigProblem::SecretMalformed { label: "main".to_owned(), expected });
        }
    }

    #[test]
    fn hex_and_html_text_are_decoded() {
        let hex = form(KeyForm::Hex, None);
        assert_eq!(key(&hex, "00fFaB").unwrap(), [0, 0xff, 0xab]);
        for secret in ["0", "0g", " 00", "0x00"] {
            assert!(matches!(key(&hex, secret), Err(ConfigProblem::SecretMalformed { .. })), "{secret}");
        }
        let html = form(KeyForm::HtmlText, None);
        assert_eq!(key(&html, "a&amp;lt;&quot;&#039;&lt;&gt;&b&amp").unwrap(), b"a&lt;\"'<>&b&amp");
    }

    #[test]
    fn a_key_id_stands_before_its_mark() {
        let form = SecretForm { id_before: Some(":".to_owned()), ..form(KeyForm::Text, None) };
        assert_eq!(key(&form, "id:a:b").unwrap(), b"a:b");
        assert_eq!(form.key_id(&Secret::new("id:a:b")), Some(&b"id"[..]));
        for secret in ["no mark", ":a"] {
            let expected = "the key's id, then : and the key".to_owned();
            assert_eq!(
                key(&form, secret).unwrap_err(),
                ConfigProblem::SecretMalformed { label: "main".into(), expected }
            );
        }
        for secret in ["", "id:"] {
            assert!(matches!(key(&form, secret), Err(ConfigProblem::EmptySecret { .. })), "{secret}");
        }
        assert_eq!(SecretForm { id_before: None, ..form }.key_id(&Secret::new("id:a")), None);
    }

    #[test]
    fn a_form_must_fit_the_kind_of_key() {
        let (public, hex) = (form(KeyForm::PublicKey, None), form(KeyForm::Hex, None));
        for (form, kind, fits) in [
            (&public, KeyKind::Rsa, true),
            (&public, KeyKind::Ed25519, true),
            (&public, KeyKind::Shared, false),
            (&hex, KeyKind::Ed25519, true),
            (&hex, KeyKind::P256, false),
            (&SecretForm { append: "&".to_owned(), ..public.clone() }, KeyKind::Rsa, false),
            (&SecretForm { derive: Some(Derivation::Sha1), ..public.clone() }, KeyKind::Rsa, false),
        ] {
            assert_eq!(form.conflict(kind).is_none(), fits, "{form:?} {kind:?}");
        }
    }

    /// FIPS 180-4's example.
    #[test]
    fn a_key_may_be_the_hash_of_the_text() {
        let form = SecretForm { derive: Some(Derivation::Sha1), ..form(KeyForm::Text, None) };
        assert_eq!(hex::encode(key(&form, "abc").unwrap()), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert!(matches!(key(&form, ""), Err(ConfigProblem::EmptySecret { .. })));
    }

    #[test]
    fn the_prefix_may_choose_the_form_and_text_may_follow_the_key() {
        let either = SecretForm { form_without_prefix: Some(KeyForm::Text), ..form(KeyForm::Base64, Some("whsec_")) };
        assert_eq!(key(&either, "whsec_aGk=").unwrap(), b"hi");
        assert_eq!(key(&either, "aGk=").unwrap(), b"aGk=");
        let suffixed = SecretForm { append: "&".to_owned(), ..form(KeyForm::Text, None) };
        assert_eq!(key(&suffixed, "a").unwrap(), b"a&");
        let second_half = SecretForm { after: Some(":".to_owned()), ..form(KeyForm::Text, None) };
        assert_eq!(key(&second_half, "name:a:b").unwrap(), b"a:b");
        assert_eq!(key(&second_half, "a").unwrap(), b"a");
        assert!(matches!(key(&second_half, "name:"), Err(ConfigProblem::EmptySecret { .. })));
        let normalised = form(KeyForm::NfkdText, None);
        assert_eq!(key(&normalised, "s\u{e9}cret").unwrap(), "se\u{301}cret".as_bytes());
        assert!(matches!(key(&suffixed, ""), Err(ConfigProblem::EmptySecret { .. })));
    }
}
