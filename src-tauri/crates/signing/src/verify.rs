//! Checking a request's signatures.

use hookglass_model::{
    ConfigProblem, InvalidReason, NotCheckedReason, SignatureMatch, UnixMillis, Verdict,
    limits::MAX_SIGNATURES_COMPARED,
};
use smallvec::SmallVec;
use zeroize::Zeroizing;

use crate::{
    LabelledSecret, Message, Provider,
    algorithm::Algorithm,
    content::{Piece, with_key_id},
    contents::ContentHash,
    items::ITEMS_MAX,
    layout::{Element, Fault, Signatures, USUAL_SIGNATURES},
    located::{Located, PartSource, SignatureLine},
    recipe::Recipe,
    source::{Inputs, Source},
    wire_text,
};

/// How many secrets an endpoint usually has, as with [`USUAL_SIGNATURES`].
const USUAL_SECRETS: usize = 2;

/// A secret made ready for the algorithm.
pub(crate) struct ReadyKey<'s> {
    pub(crate) key: KeyBytes<'s>,
    /// What stands before the key in the secret's text, for schemes whose secrets have an id.
    pub(crate) id: &'s [u8],
}

/// The bytes of a key: those of the secret itself where its text is the key, which is the usual case and needs no copy.
pub(crate) enum KeyBytes<'s> {
    Text(&'s [u8]),
    Made(Zeroizing<Vec<u8>>),
}

impl std::ops::Deref for KeyBytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Text(bytes) => bytes,
            Self::Made(bytes) => bytes,
        }
    }
}

/// When a request is judged, and how strictly.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) received_at: UnixMillis,
    /// Replaces the recipe's tolerance; zero switches the age check off.
    pub(crate) tolerance_seconds: Option<u32>,
}

/// The indexes of the secret and the signature that agree.
#[derive(Clone, Copy)]
pub(crate) struct Matched {
    pub(crate) secret_index: usize,
    pub(crate) signature_index: usize,
}

/// The signatures of a request: at least one and not too many.
pub(crate) struct FoundSignatures<'l, 'a> {
    /// In wire order, each with the line it stands in.
    pub(crate) kept: SmallVec<[(&'l SignatureLine<'a>, Element<'l>); USUAL_SIGNATURES]>,
    total: usize,
}

/// The signatures that could be decoded.
struct Candidates {
    signatures: SmallVec<[Vec<u8>; USUAL_SIGNATURES]>,
    /// The places on the wire of those that could not, in order.
    undecodable: Vec<usize>,
}

impl Candidates {
    /// The place on the wire of a decoded signature.
    fn wire_index(&self, at: usize) -> usize {
        self.undecodable.iter().fold(at, |index, skipped| if *skipped <= index { index + 1 } else { index })
    }
}

impl Provider {
    /// Judges the request as of `received_at`. Every signature is compared with every secret; any agreement is
    /// enough. `tolerance_seconds` replaces the provider's own tolerance, and zero switches the age check off. Where each
    /// item of the body is signed, every item must hold.
    ///
    /// Order of judgement: secrets, a URL that is needed, presence, grammar, the algorithm, missing pieces, the
    /// signature, what must agree beside it, and only then the timestamp, so that a verdict about age also says that
    /// the signature matches.
    pub fn verify(
        &self,
        message: &Message<'_>,
        secrets: &[LabelledSecret<'_>],
        received_at: UnixMillis,
        tolerance_seconds: Option<u32>,
    ) -> Verdict {
        if secrets.is_empty() {
            return Verdict::NotChecked { reason: NotCheckedReason::NoSecret };
        }
        let recipe = self.recipe();
        let keys: Result<SmallVec<[_; USUAL_SECRETS]>, _> =
            secrets.iter().map(|secret| recipe.ready_key(secret.label, secret.secret)).collect();
        let keys = match keys {
            Ok(keys) => keys,
            Err(problem) => return Verdict::ConfigError { problem },
        };
        if self.signs_url() && message.url.is_none() {
            return Verdict::ConfigError { problem: ConfigProblem::UrlMissing };
        }
        match recipe.judge(message, &keys, Moment { received_at, tolerance_seconds }) {
            Err(Failure::Unsigned) => Verdict::Unsigned { place: recipe.signature.from.place() },
            Err(Failure::Invalid(reason)) => Verdict::Invalid { reason },
            Err(Failure::UnusableKey { secret_index }) => {
                let label = secrets[secret_index].label.to_owned();
                let expected = format!("a key for {}", recipe.signature.algorithm.label());
                Verdict::ConfigError { problem: ConfigProblem::SecretMalformed { label, expected } }
            }
            Ok(matched) => Verdict::Valid {
                matched: SignatureMatch {
                    secret_index: wire_text::count(matched.secret_index),
                    secret_label: secrets[matched.secret_index].label.to_owned(),
                    signature_index: wire_text::count(matched.signature_index),
                    body_covered: self.covers_body(),
                    body_fields_covered: self.covers_body_fields(),
                },
            },
        }
    }
}

/// Why a request is not valid.
pub(crate) enum Failure {
    Unsigned,
    Invalid(InvalidReason),
    UnusableKey { secret_index: usize },
}

impl From<InvalidReason> for Failure {
    fn from(reason: InvalidReason) -> Self {
        Self::Invalid(reason)
    }
}

impl Recipe {
    /// The key of a secret with its id.
    pub(crate) fn ready_key<'s>(&self, label: &str, secret: &'s crate::Secret) -> Result<ReadyKey<'s>, ConfigProblem> {
        if self.takes_any_bytes()
            && let Some(text) = self.secret.get_ref().text_key(secret)
        {
            return Ok(ReadyKey { key: KeyBytes::Text(text), id: &[] });
        }
        let id = self.secret.get_ref().key_id(secret).unwrap_or_default();
        Ok(ReadyKey { key: KeyBytes::Made(self.key(label, secret)?), id })
    }

    /// The secret and the signature that agree, of the first item where items are signed.
    fn judge(&self, message: &Message<'_>, keys: &[ReadyKey<'_>], moment: Moment) -> Result<Matched, Failure> {
        let Some(rule) = &self.items else { return self.judge_one(message, None, keys, moment) };
        let items = rule.spans(message.body);
        if items.len() > ITEMS_MAX {
            return Err(InvalidReason::TooManySignatures { found: wire_text::count(items.len()) }.into());
        }
        let count = items.len();
        let mut first = None;
        for (at, span) in items.into_iter().enumerate() {
            let item = span.map(|span| &message.body[span]).unwrap_or_default();
            let judged = self.judge_one(message, Some(item), keys, moment);
            let matched = judged.map_err(|failure| match failure {
                // A request without any signature is unsigned; one signature missing among several is not.
                Failure::Unsigned if first.is_some() => InvalidReason::PartMissing {
                    part: format!("{} of item {} of {count}", self.signature.from.place(), at + 1),
                }
                .into(),
                Failure::Invalid(InvalidReason::SignatureMismatch { .. }) if count > 1 => {
                    InvalidReason::ItemMismatch { item: wire_text::count(at + 1), items: wire_text::count(count) }
                        .into()
                }
                other => other,
            })?;
            first.get_or_insert(matched);
        }
        first.ok_or(Failure::Unsigned)
    }

    fn judge_one(
        &self,
        message: &Message<'_>,
        item: Option<&[u8]>,
        keys: &[ReadyKey<'_>],
        moment: Moment,
    ) -> Result<Matched, Failure> {
        let located = Located::new(self, message, item);
        if located.lines.is_empty() {
            return Err(Failure::Unsigned);
        }
        let signatures = self.signatures(&located.lines)?;
        // Pieces stand in the signature's header only where the recipe names a single one.
        if let (Some(fault), Some(line)) = (located.fault(), located.lines.first()) {
            return Err(malformed(line, fault).into());
        }
        let inputs = located.inputs();
        let prefix = signatures.kept.first().map(|(_, element)| element.name);
        let matched = if let Some(algorithm) = self.signature.algorithm.of(message, prefix)? {
            self.judge_signature(algorithm, &signatures, &inputs, keys)?
        } else {
            let rule = self.jws.as_ref().ok_or_else(|| mismatch(keys, &signatures))?;
            rule.judge_token(&signatures, keys)?
        };
        for assertion in &self.assert.0 {
            assertion.judge(&inputs, located.claims.as_deref())?;
        }
        if let (Some(rule), Some(claims)) = (&self.jws, &located.claims) {
            rule.judge(claims, keys[matched.secret_index].id, moment.received_at, self.leeway_seconds(moment))?;
        }
        match (&self.timestamp, &inputs.timestamp) {
            (Some(rule), Some(text)) => rule.judge(text, moment.received_at, moment.tolerance_seconds)?,
            // A claim is no piece of a content, so its absence shows only here.
            (Some(rule), None) if matches!(rule.from.get_ref(), PartSource::Claim(_)) => {
                return Err(self.missing(&Source::Timestamp).into());
            }
            _ => {}
        }
        Ok(matched)
    }

    /// Tries every URL and every template until one of the signatures agrees with one of the keys.
    fn judge_signature(
        &self,
        algorithm: Algorithm,
        signatures: &FoundSignatures<'_, '_>,
        inputs: &Inputs<'_>,
        keys: &[ReadyKey<'_>],
    ) -> Result<Matched, Failure> {
        let candidates = self.candidates(&signatures.kept, algorithm)?;
        if algorithm == Algorithm::Token {
            return Self::first_match(algorithm, keys, &[], &candidates)?.ok_or_else(|| mismatch(keys, signatures));
        }
        let urls = inputs.message.url.map(|url| self.url.candidates(url)).unwrap_or_default();
        let (mut missing, mut compared) = (None, false);
        for at in 0..urls.len().max(1) {
            let variant;
            let inputs = if at == 0 {
                inputs
            } else {
                let message = Message { url: urls.get(at).map(AsRef::as_ref), ..inputs.message };
                variant = Inputs { message, ..inputs.clone() };
                &variant
            };
            for template in self.contents() {
                // Another URL changes nothing for a template without one.
                if at > 0 && !template.covers_the_url() {
                    continue;
                }
                let content = match template.resolve(inputs) {
                    Ok(content) => content,
                    Err(source) => {
                        missing.get_or_insert(source);
                        continue;
                    }
                };
                let content = ContentHash::applied(self.signature.content_hash, content);
                compared = true;
                if let Some(matched) = Self::first_match(algorithm, keys, &content, &candidates)? {
                    return Ok(matched);
                }
            }
        }
        match missing {
            Some(source) if !compared => Err(self.missing(source).into()),
            _ => Err(mismatch(keys, signatures)),
        }
    }

    /// The signatures in the lines, or why there are none to compare.
    fn signatures<'l, 'a>(&self, lines: &'l [SignatureLine<'a>]) -> Result<FoundSignatures<'l, 'a>, InvalidReason> {
        let layout = self.signature.layout.get_ref();
        // Only lists have other elements.
        let ignored = if layout.holds_several() { self.other_elements() } else { SmallVec::new() };
        let mut all = FoundSignatures { kept: SmallVec::new(), total: 0 };
        let mut first_problem = None;
        for line in lines {
            let found = layout.signatures(&line.value, &ignored);
            if found.total == 0 {
                first_problem.get_or_insert_with(|| self.no_signature(line, &found));
            }
            all.total += found.total;
            all.kept.extend(found.kept.into_iter().map(|element| (line, element)));
        }
        match first_problem {
            _ if all.total > MAX_SIGNATURES_COMPARED => {
                Err(InvalidReason::TooManySignatures { found: wire_text::count(all.total) })
            }
            Some(problem) if all.total == 0 => Err(problem),
            _ => Ok(all),
        }
    }

    /// Why a line has no signature.
    fn no_signature(&self, line: &SignatureLine<'_>, found: &Signatures<'_>) -> InvalidReason {
        if let Some(fault) = &found.fault {
            return malformed(line, fault);
        }
        if found.other_names.is_empty() {
            let expected = self.signature.layout.get_ref().expected_start();
            return malformed(line, &Fault { offset: line.value.len(), expected });
        }
        let found = wire_text::quoted(&found.other_names.join(&b", "[..]));
        InvalidReason::UnknownVersion { place: line.place(), found }
    }

    /// Names of the elements in the signature header that have another purpose.
    pub(crate) fn other_elements(&self) -> SmallVec<[&str; 4]> {
        let timestamp = self.timestamp.as_ref().map(|rule| rule.from.get_ref());
        let message_id = self.message_id.as_ref().map(|rule| rule.from.get_ref());
        let parts = [timestamp, message_id].into_iter().flatten().filter_map(|source| match source {
            PartSource::SignatureElement(name) => Some(name.as_str()),
            _ => None,
        });
        parts.chain(self.signature.other_elements.keys().map(String::as_str)).collect()
    }

    /// The signatures that can be decoded. When none can, the first one's fault is the verdict.
    fn candidates(
        &self,
        found: &[(&SignatureLine<'_>, Element<'_>)],
        algorithm: Algorithm,
    ) -> Result<Candidates, InvalidReason> {
        let (encoding, bytes) = (self.signature.encoding, algorithm.signature_bytes());
        let mut candidates = Candidates { signatures: SmallVec::new(), undecodable: Vec::new() };
        let mut first_fault = None;
        for (index, (line, element)) in found.iter().enumerate() {
            match encoding.decode(element.value, bytes) {
                Ok(signature) => candidates.signatures.push(signature),
                Err(fault) => {
                    candidates.undecodable.push(index);
                    let offset = element.offset + fault.offset;
                    first_fault.get_or_insert((*line, Fault { offset, expected: fault.expected }));
                }
            }
        }
        match first_fault {
            Some((line, fault)) if candidates.signatures.is_empty() => Err(malformed(line, &fault)),
            _ => Ok(candidates),
        }
    }

    /// Compares all with all before looking at any result, so that time says nothing about which one agreed.
    fn first_match(
        algorithm: Algorithm,
        keys: &[ReadyKey<'_>],
        content: &[Piece<'_>],
        candidates: &Candidates,
    ) -> Result<Option<Matched>, Failure> {
        let has_key_id = content.iter().any(|piece| matches!(piece, Piece::KeyId));
        let mut results: SmallVec<[u32; USUAL_SECRETS]> = SmallVec::new();
        for (secret_index, ready) in keys.iter().enumerate() {
            let result = if has_key_id {
                algorithm.compare(&ready.key, &with_key_id(content, ready.id), &candidates.signatures)
            } else {
                algorithm.compare(&ready.key, content, &candidates.signatures)
            };
            results.push(result.map_err(|_| Failure::UnusableKey { secret_index })?);
        }
        Ok(results.iter().enumerate().find_map(|(secret_index, agreeing)| {
            let at = (*agreeing != 0).then(|| agreeing.trailing_zeros() as usize)?;
            Some(Matched { secret_index, signature_index: candidates.wire_index(at) })
        }))
    }

    /// How far off the clocks may be for a token's own limits.
    fn leeway_seconds(&self, moment: Moment) -> i64 {
        let own = self.timestamp.as_ref().and_then(|rule| rule.tolerance_seconds).map(std::num::NonZeroU32::get);
        match moment.tolerance_seconds.or(own) {
            // Zero switches the age check off.
            Some(0) => i64::MAX,
            Some(seconds) => i64::from(seconds),
            None => 0,
        }
    }
}

pub(crate) fn mismatch(keys: &[ReadyKey<'_>], signatures: &FoundSignatures<'_, '_>) -> Failure {
    InvalidReason::SignatureMismatch {
        secrets_tried: wire_text::count(keys.len()),
        signatures_tried: wire_text::count(signatures.total),
    }
    .into()
}

pub(crate) fn malformed(line: &SignatureLine<'_>, fault: &Fault) -> InvalidReason {
    InvalidReason::HeaderMalformed {
        place: line.place(),
        column: wire_text::column(&line.value, fault.offset),
        expected: fault.expected.clone(),
    }
}
