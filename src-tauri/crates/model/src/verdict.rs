//! What the check of a signature found. A verdict is data a program can act on, with one plain sentence for people.

use serde::{Deserialize, Serialize};

use crate::ProviderId;

/// The result of checking one capture against its endpoint's provider and secrets, judged at the moment it
/// was received. It never decays when looked at later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// A signature on the wire was reproduced with a configured secret.
    Valid {
        /// Which secret and which signature matched.
        matched: SignatureMatch,
    },
    /// There is a signature, and it does not hold.
    Invalid {
        /// Why.
        reason: InvalidReason,
    },
    /// The place of the scheme's signature is missing or empty.
    Unsigned {
        /// Where the signature was expected, for example `header Stripe-Signature`.
        #[serde(alias = "header")]
        place: String,
    },
    /// No check was made.
    NotChecked {
        /// Why not.
        reason: NotCheckedReason,
    },
    /// The endpoint's settings make a check impossible.
    ConfigError {
        /// What to mend.
        problem: ConfigProblem,
    },
}

/// A verdict without its reason: what filters, badges and columns use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// See [`Verdict::Valid`].
    Valid,
    /// See [`Verdict::Invalid`].
    Invalid,
    /// See [`Verdict::Unsigned`].
    Unsigned,
    /// See [`Verdict::NotChecked`].
    NotChecked,
    /// See [`Verdict::ConfigError`].
    ConfigError,
}

impl VerdictKind {
    /// The stable word used by the command line, the database and the filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unsigned => "unsigned",
            Self::NotChecked => "not_checked",
            Self::ConfigError => "config_error",
        }
    }
}

/// Which secret and which signature agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignatureMatch {
    /// Position of the secret in the list that was given, from 0.
    pub secret_index: u32,
    /// The label the user gave that secret; empty when it has none.
    pub secret_label: String,
    /// Position of the signature among those on the wire, from 0.
    pub signature_index: u32,
    /// Whether the signature covers the body. A token does not, nor do signatures over other parts alone.
    #[serde(default = "covered")]
    pub body_covered: bool,
    /// Whether it covers fields of the body, where it does not cover the whole.
    #[serde(default)]
    pub body_fields_covered: bool,
}

/// Verdicts stored before the field was there are all of schemes that cover the body.
fn covered() -> bool {
    true
}

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum InvalidReason {
    /// No secret reproduces any of the signatures.
    SignatureMismatch {
        /// How many secrets were tried.
        secrets_tried: u32,
        /// How many signatures stood on the wire.
        signatures_tried: u32,
    },
    /// The signature is right but older than the tolerance allows.
    TimestampTooOld {
        /// Age at the moment of receipt, in seconds.
        age_seconds: i64,
        /// The tolerance that was applied, in seconds.
        tolerance_seconds: i64,
    },
    /// The signature is right but its timestamp lies in the future by more than the tolerance.
    TimestampInFuture {
        /// How far ahead of the moment of receipt, in seconds.
        ahead_seconds: i64,
        /// The tolerance that was applied, in seconds.
        tolerance_seconds: i64,
    },
    /// The scheme signs a timestamp, and the request has none.
    TimestampMissing {
        /// Where it should stand, for example `header webhook-timestamp`.
        expected_at: String,
    },
    /// The timestamp is not of the scheme's form.
    TimestampMalformed {
        /// The text found, shortened to 64 characters.
        found: String,
    },
    /// The text that holds the signature does not follow its grammar.
    HeaderMalformed {
        /// Where it stands, for example `header Stripe-Signature` or `JSON field /signature`.
        #[serde(alias = "header")]
        place: String,
        /// Where it goes wrong, in characters from 1.
        column: u32,
        /// What should stand there.
        expected: String,
    },
    /// The header holds signatures, none of a version this scheme knows.
    UnknownVersion {
        /// Where they stand.
        #[serde(alias = "header")]
        place: String,
        /// The versions found, comma-separated, shortened to 64 characters.
        found: String,
    },
    /// A part of the signed content is missing from the request.
    PartMissing {
        /// Which part, for example `header webhook-id`.
        part: String,
    },
    /// The request names an algorithm that this scheme does not allow.
    AlgorithmNotAllowed {
        /// The name found, shortened to 64 characters.
        found: String,
        /// The names allowed, comma-separated.
        allowed: String,
    },
    /// The signature is right, and what it covers says something else about the request than the request itself.
    ClaimDiffers {
        /// What differs, for example `claim payload_hash`.
        claim: String,
        /// What it should describe, for example `body`.
        of: String,
    },
    /// The token's own time limit has passed.
    TokenExpired {
        /// By how much, in seconds.
        late_seconds: i64,
    },
    /// Each item of the body is signed, and one does not hold.
    ItemMismatch {
        /// Which one, from 1.
        item: u32,
        /// How many there are.
        items: u32,
    },
    /// More signatures than [`crate::limits::MAX_SIGNATURES_COMPARED`] stand in the header.
    TooManySignatures {
        /// How many were counted.
        found: u32,
    },
}

/// Why no check was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum NotCheckedReason {
    /// The endpoint names no provider.
    NoProvider,
    /// The endpoint has no secret.
    NoSecret,
    /// The endpoint's secrets cannot be read now: their key is gone, or they were kept for one run only.
    SecretUnavailable,
    /// The vault is locked; unlocking it makes the endpoint's secrets readable.
    VaultLocked,
    /// The body was cut at the limit, so its signature cannot be computed.
    BodyTruncated,
    /// The body is larger than is read for a signature.
    BodyTooLarge,
}

/// Which setting makes a check impossible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ConfigProblem {
    /// A secret is empty. An empty key would accept anybody's signature.
    EmptySecret {
        /// The secret's label.
        label: String,
    },
    /// A secret is not of the form this provider's secrets have.
    SecretMalformed {
        /// The secret's label.
        label: String,
        /// The form it should have, for example `whsec_ followed by base64`.
        expected: String,
    },
    /// The scheme signs the URL that the sender was told, and the endpoint has none.
    UrlMissing,
    /// The endpoint names a provider that this version does not know.
    UnknownProvider {
        /// The name.
        provider: ProviderId,
    },
}

impl Verdict {
    /// The verdict without its reason.
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Valid { .. } => VerdictKind::Valid,
            Self::Invalid { .. } => VerdictKind::Invalid,
            Self::Unsigned { .. } => VerdictKind::Unsigned,
            Self::NotChecked { .. } => VerdictKind::NotChecked,
            Self::ConfigError { .. } => VerdictKind::ConfigError,
        }
    }

    /// The stable code of the reason, `None` when valid or unsigned says it all.
    pub fn reason_code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Valid { .. } | Self::Unsigned { .. } => return None,
            Self::Invalid { reason } => match reason {
                InvalidReason::SignatureMismatch { .. } => "signature_mismatch",
                InvalidReason::TimestampTooOld { .. } => "timestamp_too_old",
                InvalidReason::TimestampInFuture { .. } => "timestamp_in_future",
                InvalidReason::TimestampMissing { .. } => "timestamp_missing",
                InvalidReason::TimestampMalformed { .. } => "timestamp_malformed",
                InvalidReason::HeaderMalformed { .. } => "header_malformed",
                InvalidReason::UnknownVersion { .. } => "unknown_version",
                InvalidReason::PartMissing { .. } => "part_missing",
                InvalidReason::AlgorithmNotAllowed { .. } => "algorithm_not_allowed",
                InvalidReason::ClaimDiffers { .. } => "claim_differs",
                InvalidReason::TokenExpired { .. } => "token_expired",
                InvalidReason::ItemMismatch { .. } => "item_mismatch",
                InvalidReason::TooManySignatures { .. } => "too_many_signatures",
            },
            Self::NotChecked { reason } => match reason {
                NotCheckedReason::NoProvider => "no_provider",
                NotCheckedReason::NoSecret => "no_secret",
                NotCheckedReason::SecretUnavailable => "secret_unavailable",
                NotCheckedReason::VaultLocked => "vault_locked",
                NotCheckedReason::BodyTruncated => "body_truncated",
                NotCheckedReason::BodyTooLarge => "body_too_large",
            },
            Self::ConfigError { problem } => match problem {
                ConfigProblem::EmptySecret { .. } => "empty_secret",
                ConfigProblem::SecretMalformed { .. } => "secret_malformed",
                ConfigProblem::UrlMissing => "url_missing",
                ConfigProblem::UnknownProvider { .. } => "unknown_provider",
            },
        })
    }

    /// The few words that stand on a badge in the list.
    pub fn badge(&self) -> String {
        match self {
            Self::Valid { .. } => "Valid".to_owned(),
            Self::Unsigned { .. } => "Unsigned".to_owned(),
            Self::NotChecked { reason: NotCheckedReason::VaultLocked } => "Secret locked".to_owned(),
            Self::NotChecked { .. } => "Not checked".to_owned(),
            Self::ConfigError { .. } => "Check settings".to_owned(),
            Self::Invalid { reason } => match reason {
                InvalidReason::SignatureMismatch { .. } => "No secret matches".to_owned(),
                InvalidReason::TimestampTooOld { age_seconds, .. } => format!("{age_seconds} s too old"),
                InvalidReason::TimestampInFuture { ahead_seconds, .. } => format!("{ahead_seconds} s in the future"),
                InvalidReason::TimestampMissing { .. } => "Timestamp missing".to_owned(),
                InvalidReason::TimestampMalformed { .. } => "Timestamp malformed".to_owned(),
                InvalidReason::HeaderMalformed { .. } => "Header malformed".to_owned(),
                InvalidReason::UnknownVersion { .. } => "Unknown version".to_owned(),
                InvalidReason::PartMissing { .. } => "Part missing".to_owned(),
                InvalidReason::AlgorithmNotAllowed { .. } => "Algorithm not allowed".to_owned(),
                InvalidReason::ClaimDiffers { .. } => "Claim differs".to_owned(),
                InvalidReason::TokenExpired { late_seconds } => format!("Expired {late_seconds} s ago"),
                InvalidReason::ItemMismatch { item, .. } => format!("Item {item} does not match"),
                InvalidReason::TooManySignatures { .. } => "Too many signatures".to_owned(),
            },
        }
    }

    /// What happened and what to do, in plain words. Never contains a secret or an expected signature.
    pub fn sentence(&self) -> String {
        match self {
            Self::Valid { matched } => {
                let secret = if matched.secret_label.is_empty() {
                    String::new()
                } else {
                    format!(" the secret “{}”", matched.secret_label)
                };
                if matched.body_covered {
                    format!("The signature matches{secret}, and the body arrived unchanged.")
                } else if matched.body_fields_covered {
                    format!(
                        "The signature matches{secret}. This scheme protects some fields of the body and not the rest."
                    )
                } else {
                    format!("What the sender shows matches{secret}. This scheme does not protect the body.")
                }
            }
            Self::Unsigned { place } => {
                format!("The request has no {place}. Check that signing is switched on at the sender.")
            }
            Self::Invalid { reason } => reason.sentence(),
            Self::NotChecked { reason } => reason.sentence().to_owned(),
            Self::ConfigError { problem } => problem.sentence(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_secret_and_several_read_well() {
        let sentence = |secrets_tried, signatures_tried| {
            Verdict::Invalid { reason: InvalidReason::SignatureMismatch { secrets_tried, signatures_tried } }.sentence()
        };
        assert!(sentence(1, 1).starts_with("The secret does not reproduce the signature."));
        assert!(sentence(3, 2).starts_with("None of the 3 secrets reproduces any of the 2 signatures."));
    }
}
