//! Keys of signature schemes with a public half, and what they are called.

use ed25519_dalek::{SigningKey as Ed25519Private, VerifyingKey as Ed25519Public};
use p256::ecdsa::{SigningKey as P256Private, VerifyingKey as P256Public};
use rsa::{PrivateKey as RsaPrivate, PublicKey as RsaPublic};
use serde::Serialize;

/// What kind of key a provider's secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// A text that sender and receiver share.
    Shared,
    /// RSA, 1024 to 8192 bits.
    Rsa,
    /// The elliptic curve P-256, also called prime256v1 and secp256r1.
    P256,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    /// As it reads before "key" in a sentence.
    pub(crate) fn article_and_name(self) -> &'static str {
        match self {
            Self::Shared => "a shared",
            Self::Rsa => "an RSA",
            Self::P256 => "a P-256",
            Self::Ed25519 => "an Ed25519",
        }
    }
}

/// The half that checks.
#[derive(Clone, Debug)]
pub(crate) enum PublicKey {
    Rsa(RsaPublic),
    P256(P256Public),
    Ed25519(Ed25519Public),
}

/// The half that signs. All of them overwrite themselves when dropped.
#[derive(Clone)]
pub(crate) enum PrivateKey {
    Rsa(Box<RsaPrivate>),
    P256(P256Private),
    Ed25519(Ed25519Private),
}

/// A key as it was pasted.
#[derive(Clone)]
pub(crate) struct Key {
    /// The `kid` of a JWK.
    pub(crate) id: Option<String>,
    pub(crate) public: PublicKey,
    /// There when the private half was given.
    pub(crate) private: Option<PrivateKey>,
}

/// The keys of one secret, at least one.
#[derive(Clone)]
pub(crate) struct KeySet(Vec<Key>);

impl PublicKey {
    pub(crate) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa(_) => KeyKind::Rsa,
            Self::P256(_) => KeyKind::P256,
            Self::Ed25519(_) => KeyKind::Ed25519,
        }
    }
}

impl PrivateKey {
    pub(crate) fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.to_public_key()),
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
            Self::Ed25519(key) => PublicKey::Ed25519(key.verifying_key()),
        }
    }
}

impl From<PublicKey> for Key {
    fn from(public: PublicKey) -> Self {
        Self { id: None, public, private: None }
    }
}

impl From<PrivateKey> for Key {
    fn from(private: PrivateKey) -> Self {
        Self { id: None, public: private.public(), private: Some(private) }
    }
}

impl From<Key> for KeySet {
    fn from(key: Key) -> Self {
        Self(vec![key])
    }
}

impl KeySet {
    /// The keys, `None` when there are none.
    pub(crate) fn new(keys: Vec<Key>) -> Option<Self> {
        (!keys.is_empty()).then_some(Self(keys))
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.0
    }

    /// The keys of this kind.
    pub(crate) fn of(&self, kind: KeyKind) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| key.public.kind() == kind)
    }

    /// What is wrong when no key has the kind that is needed, in an error's words.
    pub(crate) fn refusal(&self, kind: KeyKind) -> Option<String> {
        if self.of(kind).next().is_some() {
            return None;
        }
        let found = self.0.first().map_or(KeyKind::Shared, |key| key.public.kind()).article_and_name();
        Some(format!("{} public key, found {found} one", kind.article_and_name()))
    }
}
