//! What a verdict's reasons say to people: what happened and what to do. Never a secret or an expected signature.

use crate::{ConfigProblem, InvalidReason, NotCheckedReason};

impl InvalidReason {
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::SignatureMismatch { secrets_tried, signatures_tried } => {
                let tried = match secrets_tried {
                    1 => "The secret does not reproduce".to_owned(),
                    n => format!("None of the {n} secrets reproduces"),
                };
                let signatures = match signatures_tried {
                    1 => "the signature".to_owned(),
                    n => format!("any of the {n} signatures"),
                };
                format!(
                    "{tried} {signatures}. Either the request was signed with another secret, or the body changed on \
                     its way here."
                )
            }
            Self::TimestampTooOld { age_seconds, tolerance_seconds } => format!(
                "The signature matches, but its timestamp is {age_seconds} s old and the tolerance is \
                 {tolerance_seconds} s. It was replayed, delayed, or a clock is wrong."
            ),
            Self::TimestampInFuture { ahead_seconds, tolerance_seconds } => format!(
                "The signature matches, but its timestamp is {ahead_seconds} s ahead of this computer's clock and the \
                 tolerance is {tolerance_seconds} s. One of the two clocks is wrong."
            ),
            Self::TimestampMissing { expected_at } => {
                format!("The scheme signs a timestamp, and {expected_at} has none.")
            }
            Self::TimestampMalformed { found } => {
                format!("The timestamp “{found}” is not written the way this scheme writes moments.")
            }
            Self::HeaderMalformed { place, column, expected } => {
                format!("The {place} is malformed at character {column}: expected {expected}.")
            }
            Self::UnknownVersion { place, found } => {
                format!("The {place} holds only versions this scheme does not know: {found}.")
            }
            Self::AlgorithmNotAllowed { found, allowed } => format!(
                "The request names the algorithm “{found}”, and this scheme allows only {allowed}. A sender must not \
                 choose a weaker one."
            ),
            Self::ClaimDiffers { claim, of } => format!(
                "The signature matches, but its {claim} does not agree with the {of} that arrived. It was changed on \
                 its way here, or the signature belongs to another request."
            ),
            Self::TokenExpired { late_seconds } => format!(
                "The signature matches, but its token expired {late_seconds} s before it arrived. It was replayed, \
                 delayed, or a clock is wrong."
            ),
            Self::ItemMismatch { item, items } => format!(
                "No secret reproduces the signature of item {item} of {items}. Every item of the body carries its own, \
                 and all must match."
            ),
            Self::PartMissing { part } => format!("The signature covers {part}, which the request does not have."),
            Self::TooManySignatures { found } => format!(
                "The request holds {found} signatures; at most {} are compared.",
                crate::limits::MAX_SIGNATURES_COMPARED
            ),
        }
    }
}

impl NotCheckedReason {
    pub(crate) fn sentence(&self) -> &'static str {
        match self {
            Self::NoProvider => "The endpoint has no provider, so there is no scheme to check by. Choose one.",
            Self::NoSecret => "The endpoint has no secret to check with. Add one.",
            Self::SecretUnavailable => "The endpoint's secret cannot be read now. Enter it again.",
            Self::VaultLocked => {
                "The vault is locked, so the endpoint's secret could not be read. Unlock it in Settings."
            }
            Self::BodyTruncated => "The body was cut at the size limit, so its signature cannot be computed.",
            Self::BodyTooLarge => {
                "The body is larger than 64 MiB, so it was stored whole and its signature was not computed."
            }
        }
    }
}

impl ConfigProblem {
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::EmptySecret { label } => {
                format!("The secret {}is empty. Enter the one the provider shows.", quoted(label))
            }
            Self::SecretMalformed { label, expected } => {
                format!("The secret {}is not of this provider's form: expected {expected}.", quoted(label))
            }
            Self::UrlMissing => {
                "This provider signs the URL that it sends to. Enter the endpoint's public URL, exactly as \
                                 it is entered at the provider."
                    .to_owned()
            }
            Self::UnknownProvider { provider } => {
                format!("This version does not know the provider “{provider}”. Choose another.")
            }
        }
    }
}

fn quoted(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!("“{label}” ") }
}
