//! Trying one combination: a key, a content, an algorithm, compared with everything that may be the signature.

use std::{borrow::Cow, cell::Cell, ops::Range};

use hookglass_model::ProviderId;

use super::{
    case::{Case, SignedBytes},
    edit::{Edit, Edits, Varied},
    keys::Keys,
    schemes::{KeyUse, Scheme},
    sighting::Sightings,
    urls::Address,
};
use crate::{
    Message,
    algorithm::{Algorithm, Signature},
    content::{ContentTemplate, Piece, Pieces, with_key_id},
    contents::ContentHash,
    located::Located,
    recipe::Recipe,
    source::Inputs,
};

/// Most combinations of one search. Ten secrets against a usual body come to some ten thousand.
const COMBINATIONS_MAX: u64 = 60_000;

/// Most bytes that are hashed in one search: a second to a second and a half at the 1 to 2 GB/s of SHA-256 in hardware.
const HASHED_MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Bodies are written anew for at most this many bytes in all: a megabyte comes to some forty ways.
const BODIES_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What checking with a public key costs, told in hashed bytes: some 60 to 150 µs are spent on as many, and 2,000 checks
/// are enough.
const PUBLIC_KEY_COST_BYTES: u64 = 1024 * 1024;

/// How often the caller is asked whether to stop: at most so many hashed bytes apart, a few milliseconds.
const STOP_ASKED_BYTES: u64 = 4 * 1024 * 1024;

/// Why a search ends before it has tried everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A combination reproduces a signature.
    Found,
    /// The caller wants no more.
    Stopped,
    /// A bound was met.
    Bound,
}

/// The combination that reproduces a signature.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    /// The index of its key; `None` for a hash that nobody keyed.
    pub(super) key: Option<usize>,
    /// The index of what it reproduces.
    pub(super) sighting: usize,
    /// Everything that was undone.
    pub(super) edits: Edits,
    /// The content, piece by piece.
    pub(super) signed: Vec<SignedBytes>,
    /// The body, where it is not the one that arrived.
    pub(super) body: Option<Vec<u8>>,
    /// The URL, where it is not the endpoint's.
    pub(super) url: Option<String>,
    /// The timestamp that was signed.
    pub(super) timestamp: Option<Vec<u8>>,
}

/// What a combination takes in place of what stands in the request; `None` leaves it.
#[derive(Clone, Copy, Default)]
pub(super) struct Choice<'c, 'a> {
    pub(super) time: Option<&'c Varied<Cow<'a, [u8]>>>,
    pub(super) address: Option<&'c Address<'a>>,
    pub(super) body: Option<&'c Varied<Vec<u8>>>,
}

impl Choice<'_, '_> {
    fn edits(&self) -> impl Iterator<Item = &Edit> {
        let time = self.time.map(|time| &time.edits);
        let address = self.address.map(|address| &address.edits);
        let body = self.body.map(|body| &body.edits);
        [body, time, address].into_iter().flatten().flatten()
    }
}

/// Everything a combination is tried with.
pub(super) struct Bench<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) case: &'a Case<'a>,
    pub(super) sightings: Sightings,
    pub(super) keys: Keys,
    pub(super) inputs: Inputs<'a>,
    pub(super) hit: Option<Hit>,
    /// A signature that was reproduced with all as it is, beside which something else does not agree.
    pub(super) assertion_fails: bool,
    pub(super) tried: u64,
    /// Whose scheme the hit follows, where it is not the case's.
    pub(super) other_provider: Option<ProviderId>,
    /// The signature that was reproduced, where it is none of the sightings.
    pub(super) received_text: Option<String>,
    /// What was undone before the search began: a header that was put right.
    before: Edits,
    claims: Option<Vec<u8>>,
    hashed_bytes: u64,
    asked_at: Cell<u64>,
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        recipe: &'a Recipe,
        case: &'a Case<'a>,
        item: Option<&'a [u8]>,
        before: Option<Edit>,
        stop: &'a dyn Fn() -> bool,
    ) -> Self {
        let located = Located::new(recipe, &case.message, item);
        let sightings = Sightings::of(recipe, &case.message, &located);
        Self {
            recipe,
            case,
            sightings,
            keys: Keys::of(recipe, case.secrets),
            inputs: located.inputs(),
            hit: None,
            assertion_fails: false,
            tried: 0,
            other_provider: None,
            received_text: None,
            before: before.into_iter().collect(),
            claims: located.claims,
            hashed_bytes: 0,
            asked_at: Cell::new(0),
            stop,
        }
    }

    /// Whether the caller or a bound ends the search.
    pub(super) fn end(&self) -> Option<End> {
        if self.tried >= COMBINATIONS_MAX || self.hashed_bytes >= HASHED_MAX_BYTES {
            return Some(End::Bound);
        }
        if self.hashed_bytes.saturating_sub(self.asked_at.get()) >= STOP_ASKED_BYTES || self.asked_at.get() == 0 {
            self.asked_at.set(self.hashed_bytes.max(1));
            if (self.stop)() {
                return Some(End::Stopped);
            }
        }
        None
    }

    /// How many bytes of bodies may be written anew: they are kept, and what is written is hashed at least once.
    pub(super) fn bytes_for_bodies(&self) -> u64 {
        BODIES_MAX_BYTES.min(HASHED_MAX_BYTES.saturating_sub(self.hashed_bytes))
    }

    /// Counts work that was done elsewhere.
    pub(super) fn count(&mut self, combinations: u64, bytes: u64) {
        self.tried += combinations;
        self.hashed_bytes += bytes;
    }

    /// Tries a scheme with a choice of what stands in the request, under every key of the ranges.
    pub(super) fn attempt(
        &mut self,
        scheme: &Scheme<'a>,
        choice: Choice<'_, 'a>,
        keys: &[Range<usize>],
    ) -> Result<(), End> {
        if !self.sightings.may_hold(scheme.algorithm) {
            return Ok(());
        }
        let target: Cow<'_, str>;
        let url: Option<Cow<'_, str>>;
        let base = &self.inputs;
        let mut message = base.message;
        if let Some(address) = choice.address {
            (target, url) = (address.target.clone(), address.url.clone());
            message = Message { target: &target, url: url.as_deref(), ..message };
        }
        if let Some(body) = choice.body {
            message = Message { body: &body.value, ..message };
        }
        let timestamp = choice.time.map_or_else(|| base.timestamp.clone(), |time| Some(time.value.clone()));
        let inputs = Inputs {
            timestamp,
            message_id: base.message_id.clone(),
            signature: base.signature.clone(),
            item: base.item,
            message,
        };
        let Some(content) = resolved(scheme, &inputs) else { return Ok(()) };
        let bytes: u64 = content.iter().map(|piece| piece.bytes(&[]).len() as u64).sum();
        let cost =
            if scheme.algorithm.key_kind() == crate::KeyKind::Shared { bytes } else { bytes + PUBLIC_KEY_COST_BYTES };
        let has_key_id = content.iter().any(|piece| matches!(piece, Piece::KeyId));
        let keyless = !needs_key(scheme, &content);
        for at in keys.iter().cloned().flatten() {
            if let Some(end) = self.end() {
                return Err(end);
            }
            let key = &self.keys.all[at];
            self.tried += 1;
            self.hashed_bytes += cost;
            let agreeing = if scheme.key_use == KeyUse::Message {
                swapped(scheme.algorithm, &content, &key.bytes, &self.sightings.bytes)
            } else if scheme.key_use == KeyUse::Nothing {
                scheme.algorithm.compare(&[], &content, &self.sightings.bytes).unwrap_or(0)
            } else if has_key_id {
                scheme
                    .algorithm
                    .compare(&key.bytes, &with_key_id(&content, &key.id), &self.sightings.bytes)
                    .unwrap_or(0)
            } else {
                scheme.algorithm.compare(&key.bytes, &content, &self.sightings.bytes).unwrap_or(0)
            };
            if agreeing == 0 {
                if keyless {
                    break;
                }
                continue;
            }
            let sighting = agreeing.trailing_zeros() as usize;
            // Anybody's hash of a body may stand in a header for another purpose.
            if keyless && !self.sightings.all.get(sighting).is_some_and(|sighting| sighting.in_place) {
                break;
            }
            if self.recipe.assert.0.iter().any(|assertion| assertion.judge(&inputs, self.claims.as_deref()).is_err()) {
                self.assertion_fails = true;
                break;
            }
            self.hit = Some(self.hit_of((!keyless).then_some(at), sighting, scheme, choice, &inputs));
            return Err(End::Found);
        }
        Ok(())
    }

    fn hit_of(
        &self,
        key: Option<usize>,
        sighting: usize,
        scheme: &Scheme<'a>,
        choice: Choice<'_, 'a>,
        inputs: &Inputs<'_>,
    ) -> Hit {
        let of_key = key.into_iter().flat_map(|key| &self.keys.all[key].edits);
        let of_sighting = self.sightings.all.get(sighting).into_iter().flat_map(|sighting| &sighting.edits);
        let edits =
            of_key.chain(choice.edits()).chain(&self.before).chain(&scheme.edits).chain(of_sighting).cloned().collect();
        let other_url = choice.address.and_then(|address| address.url.as_deref());
        Hit {
            key,
            sighting,
            edits,
            signed: signed_bytes(scheme.template.as_deref(), inputs),
            body: choice.body.map(|body| body.value.clone()),
            url: other_url.filter(|url| self.case.message.url != Some(url)).map(ToOwned::to_owned),
            timestamp: inputs.timestamp.as_ref().map(|text| text.to_vec()),
        }
    }
}

/// The pieces of a content with their names. A secret that is a piece has no bytes here.
pub(super) fn signed_bytes(template: Option<&ContentTemplate>, inputs: &Inputs<'_>) -> Vec<SignedBytes> {
    let pieces = template.map(|template| template.named_pieces(inputs)).unwrap_or_default();
    let bytes = |piece: Option<Piece<'_>>| match piece {
        Some(Piece::Bytes(bytes)) => bytes.into_owned(),
        Some(Piece::Secret | Piece::KeyId) | None => Vec::new(),
    };
    pieces.into_iter().map(|(part, piece)| SignedBytes { name: part.name(), bytes: bytes(piece) }).collect()
}

/// The content as it is hashed, `None` when the request lacks a piece of it.
pub(super) fn resolved<'i>(scheme: &'i Scheme<'_>, inputs: &Inputs<'i>) -> Option<Pieces<'i>> {
    let content = match scheme.template.as_deref() {
        Some(template) => template.resolve(inputs).ok()?,
        None => Pieces::new(),
    };
    Some(ContentHash::applied(scheme.content_hash, content))
}

/// Whether the result depends on a secret: a plain hash does only where the secret is one of its pieces.
fn needs_key(scheme: &Scheme<'_>, content: &[Piece<'_>]) -> bool {
    let is_piece = content.iter().any(|piece| matches!(piece, Piece::Secret));
    scheme.key_use != KeyUse::Nothing && (!scheme.algorithm.hashes_the_secret() || is_piece)
}

/// The HMAC whose key is the content.
fn swapped(algorithm: Algorithm, content: &[Piece<'_>], secret: &[u8], candidates: &[Vec<u8>]) -> u32 {
    let key: Vec<u8> = content.iter().flat_map(|piece| piece.bytes(&[]).to_vec()).collect();
    if key.is_empty() {
        return 0;
    }
    let made: Result<Signature, _> = algorithm.sign(&key, &[Piece::Bytes(Cow::Borrowed(secret))]);
    let Ok(made) = made else { return 0 };
    let at = candidates.iter().position(|candidate| candidate.as_slice() == made.as_slice());
    at.map_or(0, |at| 1 << at)
}

/// A piece that no longer borrows.
pub(super) fn owned(piece: Piece<'_>) -> Piece<'static> {
    match piece {
        Piece::Bytes(bytes) => Piece::Bytes(Cow::Owned(bytes.into_owned())),
        Piece::Secret => Piece::Secret,
        Piece::KeyId => Piece::KeyId,
    }
}
