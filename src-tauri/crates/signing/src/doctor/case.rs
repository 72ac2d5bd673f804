//! What the doctor is asked, and what it answers.

use std::fmt;

use hookglass_model::{Diagnosis, ProviderId, UnixMillis};

use crate::{Message, Provider, Secret};

/// A request whose signature is to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The request, with the endpoint's public URL when it has one.
    pub message: Message<'a>,
    /// Whose scheme it should follow.
    pub provider: &'a Provider,
    /// Every secret that may be tried, those of the endpoint first.
    pub secrets: &'a [KnownSecret<'a>],
    /// When the request arrived; its age is judged by it.
    pub received_at: UnixMillis,
    /// Replaces the provider's tolerance, in seconds; zero switches the age check off.
    pub tolerance_seconds: Option<u32>,
}

/// A secret with what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct KnownSecret<'a> {
    /// The name its user gave it; may be empty.
    pub label: &'a str,
    /// The secret as it was entered.
    pub secret: &'a Secret,
    /// Where it stands.
    pub standing: SecretStanding,
}

/// Where a secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretStanding {
    /// The endpoint has it, so that it should match.
    Configured,
    /// Another endpoint has it, or it was given to be tried.
    Elsewhere,
    /// The endpoint has it, and a newer one of the endpoint took over: see the rotation of secrets.
    Replaced,
}

/// What the doctor found, with the bytes that prove it.
#[derive(Debug)]
pub struct Examination {
    /// For people and programs. Holds no secret and no bytes of the request.
    pub diagnosis: Diagnosis,
    /// What reproduced the signature, when anything did.
    pub proof: Option<Proof>,
}

/// The combination that reproduces a received signature.
pub struct Proof {
    /// Whose scheme it is; another than the case's when that is the cause.
    pub provider: ProviderId,
    /// Which of the case's secrets it rests on; `None` for a hash that nobody keyed.
    pub secret_index: Option<usize>,
    /// The secret as it has to be entered for `provider`; `None` when it is right as it is, or when no text has this key.
    pub secret: Option<Secret>,
    /// The exact bytes that were signed, piece by piece.
    pub signed: Vec<SignedBytes>,
    /// The body as it was signed, where another arrived.
    pub body: Option<Vec<u8>>,
    /// The URL that was signed, where it is not the endpoint's.
    pub url: Option<String>,
    /// The signature that was reproduced, as it stands in the request.
    pub signature: String,
}

/// A named piece of the signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedBytes {
    /// What it is, for example `timestamp`, `body`, or `separator` for fixed text.
    pub name: String,
    /// Its bytes; none for a secret, which is a piece of plain hashes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, secret_index, .. } = self;
        f.debug_struct("Proof").field("provider", provider).field("secret_index", secret_index).finish_non_exhaustive()
    }
}
