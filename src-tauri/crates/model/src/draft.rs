//! A request being made: from a capture or from nothing, edited, signed again, sent.

use serde::{Deserialize, Serialize};

use crate::{CaptureId, HeaderList, ProviderId, SecretId};

/// What is to be sent. Sending turns it into a delivery; the capture it came from is never touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The capture it was made from.
    pub parent: Option<CaptureId>,
    /// The method token.
    pub method: String,
    /// The absolute `http` or `https` URL it goes to.
    pub target_url: String,
    /// The headers in order.
    pub headers: HeaderList,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// How to sign it again; `None` sends the headers as they are.
    pub resign: Option<Resign>,
}

/// How a draft is signed again before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Resign {
    /// Whose scheme.
    pub provider: ProviderId,
    /// Which secret.
    pub secret: SecretId,
    /// Which moment the signature names.
    pub timestamp: TimestampChoice,
    /// Which event id the headers name.
    pub id: IdChoice,
}

/// Which moment a new signature names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimestampChoice {
    /// The moment of sending.
    Now,
    /// A fixed moment in Unix seconds, for tests of the receiver's tolerance.
    At {
        /// Unix seconds.
        unix_seconds: i64,
    },
}

/// Which event id a newly signed message carries in its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum IdChoice {
    /// The one it has, so that the receiver sees a duplicate, as with a provider's own retry.
    Keep,
    /// A fresh one.
    New,
}
