//! Identifiers. All are `UUIDv7` (RFC 9562 §5.7), made by the host's id source, so they sort by age and
//! never collide when captures move between installations.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(feature = "bindings", specta(type = String))] pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// Names one captured request for ever, also after export and import.
    CaptureId
);
uuid_id!(
    /// Names an endpoint; its slug may change, this does not.
    EndpointId
);
uuid_id!(
    /// Names one sending of a draft, with all its attempts.
    DeliveryId
);
uuid_id!(
    /// Names one attempt of a delivery.
    AttemptId
);
uuid_id!(
    /// Names a secret in the vault. The value itself lives only there.
    SecretId
);

impl EndpointId {
    /// The built-in endpoint that takes every request no other endpoint claims. It always exists.
    pub const DEFAULT: Self = Self(Uuid::nil());
}

/// The identifier of a provider file, for example `stripe` or `standard-webhooks`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct ProviderId(pub String);

impl ProviderId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ProviderId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderId({})", self.0)
    }
}
