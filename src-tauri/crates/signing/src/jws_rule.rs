//! What a recipe says about a scheme whose signature is a JSON Web Signature (RFC 7515) with claims (RFC 7519).

use std::{borrow::Cow, collections::BTreeMap, num::NonZeroU32};

use hookglass_model::{InvalidReason, UnixMillis};
use serde::Deserialize;

use crate::{json_facts::JsonPointer, json_place, jws_algorithm::JwsAlgorithm, recipe_text::List};

/// Most algorithms that one scheme may allow: all there are.
const ALGORITHMS_MAX: usize = 8;

/// The `[jws]` table of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwsRule {
    /// What the token's header may name; signing uses the first that the key fits.
    pub(crate) algorithms: List<JwsAlgorithm, 1, ALGORITHMS_MAX>,
    /// What `iss` must be, and what signing writes; `{key_id}` is the id of the secret.
    pub(crate) issuer: Option<String>,
    /// How long after its moment a new token expires.
    pub(crate) expires_after_seconds: Option<NonZeroU32>,
    /// Further claims that signing writes.
    #[serde(default)]
    pub(crate) claims: BTreeMap<String, String>,
}

impl JwsRule {
    /// What a key must be that none of the algorithms can use.
    pub(crate) fn refusal(&self, key: &[u8]) -> Option<String> {
        JwsAlgorithm::refusal(&self.algorithms.0, key)
    }

    /// The issuer of tokens made with this key.
    pub(crate) fn issuer_for<'a>(&'a self, key_id: &'a [u8]) -> Option<Cow<'a, str>> {
        let issuer = self.issuer.as_deref()?;
        Some(if issuer == "{key_id}" { String::from_utf8_lossy(key_id) } else { Cow::Borrowed(issuer) })
    }

    /// Judges the claims that every token may have: `iss`, `exp` and `nbf` (RFC 7519 §4.1).
    ///
    /// `leeway_seconds` is the tolerance; RFC 7519 leaves room for a few minutes of clock skew.
    pub(crate) fn judge(
        &self,
        claims: &[u8],
        key_id: &[u8],
        received_at: UnixMillis,
        leeway_seconds: i64,
    ) -> Result<(), InvalidReason> {
        if let Some(issuer) = self.issuer_for(key_id)
            && claim(claims, "/iss").as_deref() != Some(&*issuer)
        {
            return Err(InvalidReason::ClaimDiffers { claim: "claim iss".to_owned(), of: format!("issuer {issuer}") });
        }
        let now = received_at.unix_seconds();
        if let Some(expiry) = moment(claims, "/exp")? {
            let late_seconds = now.saturating_sub(expiry);
            if late_seconds > leeway_seconds {
                return Err(InvalidReason::TokenExpired { late_seconds });
            }
        }
        if let Some(start) = moment(claims, "/nbf")? {
            let ahead_seconds = start.saturating_sub(now);
            if ahead_seconds > leeway_seconds {
                return Err(InvalidReason::TimestampInFuture { ahead_seconds, tolerance_seconds: leeway_seconds });
            }
        }
        Ok(())
    }
}

fn claim(claims: &[u8], pointer: &str) -> Option<String> {
    let pointer = JsonPointer::try_from(pointer.to_owned()).ok()?;
    json_place::text(claims, &pointer).and_then(|text| String::from_utf8(text.into_owned()).ok())
}

/// A `NumericDate` (RFC 7519 §2), fractions left off.
fn moment(claims: &[u8], pointer: &str) -> Result<Option<i64>, InvalidReason> {
    let Some(text) = claim(claims, pointer) else { return Ok(None) };
    let whole = text.split('.').next().unwrap_or_default();
    whole.parse().map(Some).map_err(|_| InvalidReason::TimestampMalformed { found: text.chars().take(64).collect() })
}
