//! What the doctor found out about a signature that does not hold: causes, proofs and remedies, as data.

use serde::{Deserialize, Serialize};

use crate::ProviderId;

/// Everything the doctor says about one request. Holds no secret, no expected signature and no bytes of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Diagnosis {
    /// Best first. Empty when the signature holds.
    pub findings: Vec<Finding>,
    /// How many combinations were tried: a key, a content and an algorithm each.
    pub tried: u64,
    /// What was tried, in order.
    pub steps_tried: Vec<TriedStep>,
    /// Whether the search went through all it knows. Not after a proof, nor when it was stopped or met a bound.
    pub exhausted: bool,
}

/// One explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Finding {
    /// A stable name such as `secret.newline`; a combination is joined with `+`, as in
    /// `secret.newline+body.json_respaced`. The first word is `secret`, `body`, `timestamp`, `url` or `scheme`.
    pub cause: String,
    /// Whether the received signature was reproduced, which proves the cause. Without it the finding is what the
    /// request looks like, or says what was ruled out.
    pub reproduced: bool,
    /// The few words for a badge, for example `Secret has a newline`.
    pub badge: String,
    /// What happened, in one plain sentence.
    pub sentence: String,
    /// How to mend it, in one sentence.
    pub remedy: String,
    /// The combination that reproduces the signature, one step each, in plain words.
    pub steps: Vec<String>,
    /// What can be done with one click.
    pub actions: Vec<Remedy>,
    /// The label of the secret that reproduces it; `None` without proof, empty for one without a label.
    pub secret_label: Option<String>,
    /// Whether the receiver's framework is where it can be mended, so that the guides to a raw body help.
    pub raw_body_guide: bool,
}

/// Something that mends a cause with one click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remedy {
    /// Put the secret that matches beside those of the endpoint.
    AddSecret {
        /// Its label; may be empty.
        label: String,
    },
    /// Put the secret as it has to be written in the place of the endpoint's own.
    ReplaceSecret {
        /// The label of the one that is replaced; may be empty.
        label: String,
    },
    /// Judge this capture again with the secret that matches, and leave the endpoint as it is.
    UseOnce {
        /// Its label; may be empty.
        label: String,
    },
    /// Give the endpoint this public URL.
    SetPublicUrl {
        /// Absolute.
        url: String,
    },
    /// Give the endpoint another provider.
    ChangeProvider {
        /// Which.
        provider: ProviderId,
        /// What people call it.
        name: String,
    },
    /// Give the endpoint this tolerance.
    RaiseTolerance {
        /// In seconds.
        seconds: u32,
    },
    /// Open or resend the body as it was signed.
    RestoreBody,
}

/// A family of hypotheses and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TriedStep {
    /// What was tried, for example `Body changed: re-serialised JSON, line ends, byte order mark`.
    pub what: String,
    /// How many combinations of it were tried.
    pub tried: u64,
    /// What came of it.
    pub outcome: TriedOutcome,
}

/// What came of a family of hypotheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum TriedOutcome {
    /// One of them reproduces the signature.
    Matches,
    /// None does.
    Differs,
    /// The proof was found before.
    NotNeeded,
    /// The scheme has nothing of the kind.
    NotUsed,
    /// A bound was met, or the search was stopped.
    CutShort,
}
