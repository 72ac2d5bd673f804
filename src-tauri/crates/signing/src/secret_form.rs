//! From the text a user pastes to the bytes that are the key.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hookglass_model::ConfigProblem;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Secret;

/// Dashboards show some secrets without padding, and the reference libraries of Standard Webhooks pad them
/// themselves; Python's decoder also ignores stray low bits. What every library accepts is accepted here.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The `[secret]` table of a recipe: how the text of a secret becomes the key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretForm {
    form: KeyForm,
    /// Taken off the front when it is there.
    optional_prefix: Option<String>,
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
}

impl SecretForm {
    /// The key, or what is wrong with the secret. A key of no bytes is an empty secret: an HMAC under it could
    /// be made by anybody.
    pub(crate) fn key(&self, label: &str, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigProblem> {
        let entered = secret.bytes();
        let text =
            self.optional_prefix.as_ref().and_then(|prefix| entered.strip_prefix(prefix.as_bytes())).unwrap_or(entered);
        let key =
            match self.form {
                KeyForm::Text => Zeroizing::new(text.to_vec()),
                KeyForm::Base64 => Zeroizing::new(LENIENT_BASE64.decode(text).map_err(|_| {
                    ConfigProblem::SecretMalformed { label: label.to_owned(), expected: self.expected() }
                })?),
            };
        if key.is_empty() {
            return Err(ConfigProblem::EmptySecret { label: label.to_owned() });
        }
        Ok(key)
    }

    fn expected(&self) -> String {
        let form = match self.form {
            KeyForm::Text => "text",
            KeyForm::Base64 => "base64",
        };
        match &self.optional_prefix {
            Some(prefix) => format!("{prefix} followed by {form}"),
            None => form.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(form: KeyForm, prefix: Option<&str>) -> SecretForm {
        SecretForm { form, optional_prefix: prefix.map(ToOwned::to_owned), hint: String::new() }
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
}
