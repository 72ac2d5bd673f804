//! Schemes whose signature is a token: checking it, reading its claims, making one.

use hookglass_model::{ConfigProblem, InvalidReason};
use serde_json::{Map, Value};

use crate::{
    SignError, SignOptions,
    json_facts::JsonPointer,
    jws::{self, Jws, TokenFault},
    jws_algorithm::JwsAlgorithm,
    jws_rule::JwsRule,
    layout::{Fault, WrittenSignature},
    located::PartSource,
    outgoing::Outgoing,
    recipe::Recipe,
    sign::{Parts, lacking},
    verify::{Failure, FoundSignatures, Matched, ReadyKey, malformed, mismatch},
};

/// The claims of a token as JSON text, not yet verified; `None` when it is no token.
pub(crate) fn claims_of(token: &[u8]) -> Option<Vec<u8>> {
    serde_json::to_vec(Jws::parse(token).ok()?.claims()).ok()
}

impl JwsRule {
    /// The secret under which the token's signature holds.
    pub(crate) fn judge_token(
        &self,
        signatures: &FoundSignatures<'_, '_>,
        keys: &[ReadyKey<'_>],
    ) -> Result<Matched, Failure> {
        let Some((line, element)) = signatures.kept.first() else { return Err(mismatch(keys, signatures)) };
        let token = Jws::parse(element.value).map_err(|TokenFault { offset, expected }| {
            malformed(line, &Fault { offset: element.offset + offset, expected })
        })?;
        let algorithm = token.algorithm(&self.algorithms.0).map_err(|refused| InvalidReason::AlgorithmNotAllowed {
            found: refused.found.chars().take(64).collect(),
            allowed: self.algorithms.0.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", "),
        })?;
        // Every key is tried before any answer is looked at, so that time says nothing about which one agreed. A key
        // of another kind than the token's cannot agree.
        let holds: Vec<bool> =
            keys.iter().map(|ready| token.verify(algorithm, &ready.key).is_ok_and(bool::from)).collect();
        let secret_index = holds.iter().position(|holds| *holds).ok_or_else(|| mismatch(keys, signatures))?;
        Ok(Matched { secret_index, signature_index: 0 })
    }
}

impl Recipe {
    /// A new token for the request.
    pub(crate) fn token(
        &self,
        rule: &JwsRule,
        outgoing: &Outgoing<'_>,
        keys: &[ReadyKey<'_>],
        parts: &Parts<'_>,
        options: &SignOptions,
    ) -> Result<WrittenSignature, SignError> {
        let [ready] = keys else { return Err(SignError::OneSecretOnly { given: keys.len() }) };
        let mut claims = Map::new();
        claims.extend(rule.claims.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))));
        if let Some(issuer) = rule.issuer_for(ready.id) {
            claims.insert("iss".to_owned(), issuer.into_owned().into());
        }
        if let Some(seconds) = rule.expires_after_seconds {
            let expiry = options.timestamp.saturating_add(i64::from(seconds.get()));
            claims.insert("exp".to_owned(), expiry.into());
        }
        let places = [
            (self.timestamp.as_ref().map(|rule| rule.from.get_ref()), parts.timestamp, true),
            (self.message_id.as_ref().map(|rule| rule.from.get_ref()), parts.message_id, false),
        ];
        for (source, value, is_number) in places {
            let (Some(PartSource::Claim(pointer)), Some(value)) = (source, value) else { continue };
            let text = String::from_utf8_lossy(value).into_owned();
            let number = text.parse::<i64>().ok().filter(|_| is_number);
            set_claim(&mut claims, pointer, number.map_or_else(|| Value::from(text), Value::from));
        }
        for assertion in &self.assert.0 {
            let Some(pointer) = assertion.at.claim() else { continue };
            if assertion.is_left_out(outgoing.body()) {
                continue;
            }
            let expected = assertion.expected(&parts.inputs(outgoing.message(), None)).map_err(lacking)?;
            set_claim(&mut claims, pointer, String::from_utf8_lossy(&expected).into_owned().into());
        }
        let unusable = || {
            let expected = match rule.algorithms.0.first() {
                Some(algorithm) => format!("a key to sign {} with", algorithm.name()),
                None => "a key to sign with".to_owned(),
            };
            SignError::Secret(ConfigProblem::SecretMalformed { label: String::new(), expected })
        };
        let algorithm = JwsAlgorithm::to_sign_with(&rule.algorithms.0, &ready.key).ok_or_else(unusable)?;
        let key_id = Some(ready.id).filter(|id| !id.is_empty()).and_then(|id| std::str::from_utf8(id).ok());
        let text = jws::sign(algorithm, &ready.key, key_id, &claims).map_err(|_| unusable())?;
        Ok(WrittenSignature { name: String::new(), text })
    }
}

/// Sets a claim by pointer; objects on the way are made.
fn set_claim(claims: &mut Map<String, Value>, pointer: &JsonPointer, value: Value) {
    let Some((name, way)) = pointer.segments().split_last() else { return };
    let mut object = claims;
    for segment in way {
        let next = object.entry(segment.as_str()).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(next) = next else { return };
        object = next;
    }
    object.insert(name.clone(), value);
}
