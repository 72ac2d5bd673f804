//! Checking a request's signatures.

use hookglass_model::{
    ConfigProblem, InvalidReason, NotCheckedReason, SignatureMatch, UnixMillis, Verdict,
    limits::MAX_SIGNATURES_COMPARED,
};
use subtle::Choice;
use zeroize::Zeroizing;

use crate::{
    LabelledSecret, Message, Provider,
    content::Piece,
    layout::{Element, Fault, Signatures},
    located::{Located, PartSource, SignatureLine},
    recipe::Recipe,
    wire_text,
};

/// The signatures of a request: at least one and not too many.
struct FoundSignatures<'a> {
    /// In wire order, each with the line it stands in.
    kept: Vec<(SignatureLine<'a>, Element<'a>)>,
    total: usize,
}

/// The signatures that could be decoded, each with its place among those on the wire.
struct Candidates {
    indexes: Vec<usize>,
    signatures: Vec<Vec<u8>>,
}

impl Provider {
    /// Judges the request as of `received_at`. Every signature is compared with every secret; any agreement is
    /// enough. `tolerance_seconds` replaces the provider's own tolerance, and zero switches the age check off.
    ///
    /// Order of judgement: secrets, a URL that is needed, presence, grammar, missing pieces, the signature, and only then the
    /// timestamp, so that a verdict about age also says that the signature matches.
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
        let keys: Result<Vec<_>, _> = secrets.iter().map(|secret| recipe.key(secret.label, secret.secret)).collect();
        let keys = match keys {
            Ok(keys) => keys,
            Err(problem) => return Verdict::ConfigError { problem },
        };
        if self.signs_url() && message.url.is_none() {
            return Verdict::ConfigError { problem: ConfigProblem::UrlMissing };
        }
        let located = Located::new(recipe, message);
        if located.lines.is_empty() {
            return Verdict::Unsigned { header: recipe.signature.from.name().to_owned() };
        }
        match recipe.judge(&located, &keys, received_at, tolerance_seconds) {
            Err(Failure::Invalid(reason)) => Verdict::Invalid { reason },
            Err(Failure::UnusableKey { secret_index }) => {
                let label = secrets[secret_index].label.to_owned();
                let expected = format!("a key for {}", recipe.signature.algorithm.label());
                Verdict::ConfigError { problem: ConfigProblem::SecretMalformed { label, expected } }
            }
            Ok((secret_index, signature_index)) => Verdict::Valid {
                matched: SignatureMatch {
                    secret_index: wire_text::count(secret_index),
                    secret_label: secrets[secret_index].label.to_owned(),
                    signature_index: wire_text::count(signature_index),
                    body_covered: self.covers_body(),
                },
            },
        }
    }
}

/// Why a signed request is not valid.
enum Failure {
    Invalid(InvalidReason),
    UnusableKey { secret_index: usize },
}

impl From<InvalidReason> for Failure {
    fn from(reason: InvalidReason) -> Self {
        Self::Invalid(reason)
    }
}

impl Recipe {
    /// The indexes of the secret and the signature that agree.
    fn judge(
        &self,
        located: &Located<'_>,
        keys: &[Zeroizing<Vec<u8>>],
        received_at: UnixMillis,
        tolerance_seconds: Option<u32>,
    ) -> Result<(usize, usize), Failure> {
        let signatures = self.signatures(&located.lines)?;
        // Pieces stand in the signature's header only where the recipe names a single one.
        if let (Some(fault), Some(line)) = (located.fault(), located.lines.first()) {
            return Err(malformed(*line, fault).into());
        }
        let inputs = located.inputs();
        let content = self.content().resolve(&inputs).map_err(|part| self.missing(part))?;
        let candidates = self.candidates(&signatures.kept)?;

        let Some(matched) = self.first_match(keys, &content, &candidates)? else {
            return Err(InvalidReason::SignatureMismatch {
                secrets_tried: wire_text::count(keys.len()),
                signatures_tried: wire_text::count(signatures.total),
            }
            .into());
        };
        if let (Some(rule), Some(text)) = (&self.timestamp, inputs.timestamp) {
            rule.judge(text, received_at, tolerance_seconds)?;
        }
        Ok(matched)
    }

    /// The signatures in the lines, or why there are none to compare.
    fn signatures<'a>(&self, lines: &[SignatureLine<'a>]) -> Result<FoundSignatures<'a>, InvalidReason> {
        let layout = self.signature.layout.get_ref();
        let ignored = self.other_elements();
        let mut all = FoundSignatures { kept: Vec::new(), total: 0 };
        let mut first_problem = None;
        for line in lines {
            let found = layout.signatures(line.value, &ignored);
            if found.total == 0 {
                first_problem.get_or_insert_with(|| self.no_signature(*line, &found));
            }
            all.total += found.total;
            all.kept.extend(found.kept.into_iter().map(|element| (*line, element)));
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
    fn no_signature(&self, line: SignatureLine<'_>, found: &Signatures<'_>) -> InvalidReason {
        if let Some(fault) = &found.fault {
            return malformed(line, fault);
        }
        if found.other_names.is_empty() {
            let expected = self.signature.layout.get_ref().expected_start();
            return malformed(line, &Fault { offset: line.value.len(), expected });
        }
        let found = wire_text::quoted(&found.other_names.join(&b", "[..]));
        InvalidReason::UnknownVersion { header: line.name.to_owned(), found }
    }

    /// Names of the elements in the signature header that have another purpose.
    fn other_elements(&self) -> Vec<&str> {
        let timestamp = self.timestamp.as_ref().map(|rule| rule.from.get_ref());
        let message_id = self.message_id.as_ref().map(|rule| rule.from.get_ref());
        [timestamp, message_id]
            .into_iter()
            .flatten()
            .filter_map(|source| match source {
                PartSource::SignatureElement(name) => Some(name.as_str()),
                PartSource::Header(_) | PartSource::Headers(_) => None,
            })
            .collect()
    }

    /// The signatures that can be decoded. When none can, the first one's fault is the verdict.
    fn candidates(&self, found: &[(SignatureLine<'_>, Element<'_>)]) -> Result<Candidates, InvalidReason> {
        let (encoding, bytes) = (self.signature.encoding, self.signature.algorithm.signature_bytes());
        let mut candidates = Candidates { indexes: Vec::new(), signatures: Vec::new() };
        let mut first_fault = None;
        for (index, (line, element)) in found.iter().enumerate() {
            match encoding.decode(element.value, bytes) {
                Ok(signature) => {
                    candidates.indexes.push(index);
                    candidates.signatures.push(signature);
                }
                Err(fault) => {
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
        &self,
        keys: &[Zeroizing<Vec<u8>>],
        content: &[Piece<'_>],
        candidates: &Candidates,
    ) -> Result<Option<(usize, usize)>, Failure> {
        let mut results: Vec<Vec<Choice>> = Vec::with_capacity(keys.len());
        for (secret_index, key) in keys.iter().enumerate() {
            let result = self.signature.algorithm.compare(key, content, &candidates.signatures);
            results.push(result.map_err(|_| Failure::UnusableKey { secret_index })?);
        }
        Ok(results.iter().enumerate().find_map(|(secret_index, result)| {
            let at = result.iter().position(|&equal| bool::from(equal))?;
            Some((secret_index, candidates.indexes[at]))
        }))
    }
}

fn malformed(line: SignatureLine<'_>, fault: &Fault) -> InvalidReason {
    InvalidReason::HeaderMalformed {
        header: line.name.to_owned(),
        column: wire_text::column(line.value, fault.offset),
        expected: fault.expected.clone(),
    }
}
