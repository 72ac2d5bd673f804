//! Where captures arrive, and how their signatures are to be checked.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{EndpointId, ProviderId, SecretId};

/// A receiving address: requests to `/<slug>` and below belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Endpoint {
    /// Its lasting name.
    pub id: EndpointId,
    /// The first path segment that selects it.
    pub slug: Slug,
    /// Whose scheme its signatures follow; `None` means nothing is checked.
    pub provider: Option<ProviderId>,
    /// The secrets to try, in order. Values live in the vault.
    pub secrets: Vec<EndpointSecret>,
    /// The address the provider believes it sends to, for schemes that sign the URL.
    pub public_url: Option<String>,
    /// Largest accepted age of a signature in seconds; `None` takes the provider's own, 0 turns the check off.
    pub tolerance_seconds: Option<u32>,
    /// Where resends of its captures go by default.
    pub target_url: Option<String>,
    /// The text beside the secret that the provider's handshakes compare or answer with, for example a verify token.
    /// Its value lives in the vault, too.
    pub setup_text: Option<SecretId>,
}

/// One secret of an endpoint, by name. The value is never part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EndpointSecret {
    /// The vault's name for it.
    pub id: SecretId,
    /// What the user calls it, for example `Dashboard · test mode`.
    pub label: String,
}

/// The first path segment that selects an endpoint: 1 to 48 of `a-z`, `0-9`, `-` and `_`, starting with a
/// letter or digit, so that it never needs escaping in a URL.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
pub struct Slug(#[cfg_attr(feature = "bindings", specta(type = String))] String);

/// Why a text is not a slug.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SlugError {
    /// Nothing was given.
    #[error("a path name is needed, for example stripe")]
    Empty,
    /// Longer than [`Slug::MAX_CHARS`].
    #[error("a path name has at most {max} characters", max = Slug::MAX_CHARS)]
    TooLong,
    /// Holds something else than the allowed characters.
    #[error("a path name has only a-z, 0-9, - and _ and starts with a letter or digit; found “{0}”")]
    Character(char),
}

impl Slug {
    /// Longest slug; more would not fit a column, and nobody types it.
    pub const MAX_CHARS: usize = 48;

    /// The slug of the built-in endpoint.
    pub const DEFAULT: &'static str = "default";

    /// Checks and takes a text.
    ///
    /// # Errors
    /// [`SlugError`] with the rule that is broken.
    pub fn new(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(SlugError::TooLong);
        }
        let allowed =
            |at: usize, c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || (at > 0 && (c == '-' || c == '_'));
        match text.char_indices().find(|&(at, c)| !allowed(at, c)) {
            Some((_, c)) => Err(SlugError::Character(c)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path segment of a request path that would select an endpoint: what stands between the first
    /// slash and the next.
    pub fn segment_of(path: &str) -> &str {
        let rest = path.strip_prefix('/').unwrap_or(path);
        rest.split('/').next().unwrap_or_default()
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slug({})", self.0)
    }
}

impl Endpoint {
    /// The endpoint that takes what no other claims.
    pub fn built_in() -> Self {
        Self {
            id: EndpointId::DEFAULT,
            slug: Slug(Slug::DEFAULT.to_owned()),
            provider: None,
            secrets: Vec::new(),
            public_url: None,
            tolerance_seconds: None,
            target_url: None,
            setup_text: None,
        }
    }

    /// Everything of this endpoint that the vault keeps: its secrets and its setup text.
    pub fn vault_ids(&self) -> impl Iterator<Item = SecretId> {
        self.secrets.iter().map(|secret| secret.id).chain(self.setup_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_need_no_escaping() {
        assert!(Slug::new("stripe-billing_2").is_ok());
        assert_eq!(Slug::new(Slug::DEFAULT).unwrap(), Endpoint::built_in().slug);
        assert_eq!(Slug::new(""), Err(SlugError::Empty));
        assert_eq!(Slug::new("-a"), Err(SlugError::Character('-')));
        assert_eq!(Slug::new("Stripe"), Err(SlugError::Character('S')));
        assert_eq!(Slug::new("a/b"), Err(SlugError::Character('/')));
        assert_eq!(Slug::new(&"a".repeat(49)), Err(SlugError::TooLong));
    }

    #[test]
    fn the_first_segment_selects() {
        assert_eq!(Slug::segment_of("/stripe/hook"), "stripe");
        assert_eq!(Slug::segment_of("/stripe"), "stripe");
        assert_eq!(Slug::segment_of("/"), "");
        assert_eq!(Slug::segment_of("*"), "*");
    }
}
