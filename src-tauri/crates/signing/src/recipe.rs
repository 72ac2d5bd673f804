//! What a provider's file may say. Every table refuses fields it does not know, so that a typing mistake is
//! an error and never a silently weaker check.

use std::collections::BTreeMap;

use hookglass_model::{ConfigProblem, ProviderId};
use serde::Deserialize;
use toml::Spanned;
use zeroize::Zeroizing;

use crate::{
    KeyKind, Secret,
    algorithm::Algorithm,
    algorithm_choice::AlgorithmChoice,
    assertion::{ASSERTIONS_MAX, Assertion},
    clue::Clue,
    content::ContentTemplate,
    contents::{ContentHash, Contents},
    encoding::Encoding,
    event::EventRule,
    handshake_rule::{HANDSHAKES_MAX, HandshakeRule},
    items::ItemsRule,
    jws_rule::JwsRule,
    layout::Layout,
    located::{PartSource, SignatureSource},
    recipe_text::{DocsUrl, Hue, List, Monogram},
    recognise::CLUES_MAX,
    retry_schedule::RetrySchedule,
    secret_form::SecretForm,
    timestamp::TimestampRule,
    url_candidates::UrlRule,
};

/// Most places of evidence one recipe names.
const EVIDENCE_MAX: usize = 16;

/// One provider's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    /// The file's name without `.toml`.
    pub(crate) id: Spanned<ProviderId>,
    /// What people call the provider.
    pub(crate) name: String,
    /// One or two letters for the tile.
    pub(crate) monogram: Monogram,
    /// The tile's hue in degrees; neutral without one.
    pub(crate) hue: Option<Hue>,
    /// The scheme in a line, for the list of providers.
    pub(crate) summary: String,
    /// Where the vendor documents the scheme, else where the recipe's source can be read.
    pub(crate) docs: Option<DocsUrl>,
    /// What the recipe rests on.
    pub(crate) evidence: List<Evidence, 1, EVIDENCE_MAX>,
    /// How a secret's text becomes the key.
    pub(crate) secret: Spanned<SecretForm>,
    /// Where the signature stands and how it is made.
    pub(crate) signature: SignatureRule,
    /// The signed timestamp, if the scheme has one.
    pub(crate) timestamp: Option<TimestampRule>,
    /// The message id, if the scheme has one outside the body.
    pub(crate) message_id: Option<MessageIdRule>,
    /// What the tokens of a JWS scheme must be.
    pub(crate) jws: Option<JwsRule>,
    /// The elements of the body that are signed one by one.
    pub(crate) items: Option<ItemsRule>,
    /// What must agree beside the signature.
    #[serde(default)]
    pub(crate) assert: List<Assertion, 0, ASSERTIONS_MAX>,
    /// Which URLs are tried.
    #[serde(default)]
    pub(crate) url: UrlRule,
    /// Where the event's type and id stand.
    #[serde(default)]
    pub(crate) event: EventRule,
    /// How the provider is told from others.
    #[serde(default)]
    pub(crate) recognise: List<Clue, 0, CLUES_MAX>,
    /// Requests that ask for an answer of their own.
    #[serde(default)]
    pub(crate) handshake: List<HandshakeRule, 0, HANDSHAKES_MAX>,
    /// How the provider tries again.
    pub(crate) retry: Option<RetrySchedule>,
}

/// The `[signature]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureRule {
    /// Where it stands.
    pub(crate) from: SignatureSource,
    /// The grammar of that place.
    pub(crate) layout: Spanned<Layout>,
    /// How it is made.
    pub(crate) algorithm: AlgorithmChoice,
    /// How its bytes are written.
    pub(crate) encoding: Encoding,
    /// What it covers; absent for tokens and for a JWS, which covers itself.
    pub(crate) content: Option<Spanned<Contents>>,
    /// The hash of the content that is signed in its place, where the algorithm is given no more than that.
    pub(crate) content_hash: Option<ContentHash>,
    /// Further elements of its list that signing writes when the request has none.
    #[serde(default)]
    pub(crate) other_elements: BTreeMap<String, String>,
}

/// The `[message_id]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageIdRule {
    /// Where it stands.
    pub(crate) from: Spanned<PartSource>,
}

/// What a recipe rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Whose word it is.
    pub kind: EvidenceKind,
    /// The place: package and version, repository and path, or address.
    pub source: String,
}

/// Whose word a recipe rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// The source of a library that the vendor publishes.
    OfficialSdkSource,
    /// The source of the vendor's own sender.
    OfficialSenderSource,
    /// The vendor's documentation.
    OfficialDocs,
    /// The specification of an open scheme.
    Spec,
    /// Other people's code or articles; the vendor has not confirmed it.
    ThirdParty,
}

impl EvidenceKind {
    /// Whether it is the vendor's own word.
    pub fn is_official(self) -> bool {
        match self {
            Self::OfficialSdkSource | Self::OfficialSenderSource | Self::OfficialDocs | Self::Spec => true,
            Self::ThirdParty => false,
        }
    }
}

impl Recipe {
    /// What may be signed, the first as signing writes it; nothing for tokens and a JWS.
    pub(crate) fn contents(&self) -> &[ContentTemplate] {
        self.signature.content.as_ref().map_or(&[], |contents| contents.get_ref().all())
    }

    /// The key that the secret's text stands for, or what is wrong with it.
    pub(crate) fn key(&self, label: &str, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigProblem> {
        let key = match self.key_kind() {
            KeyKind::Shared => self.secret.get_ref().key(label, secret)?,
            KeyKind::Rsa | KeyKind::P256 | KeyKind::Ed25519 => self.secret.get_ref().asymmetric_key(label, secret)?,
        };
        if self.takes_any_bytes() {
            return Ok(key);
        }
        let malformed = |expected: String| ConfigProblem::SecretMalformed { label: label.to_owned(), expected };
        let algorithms = self.signature.algorithm.all();
        let mut refusals: Vec<_> = algorithms.iter().filter_map(|algorithm| algorithm.refusal(&key)).collect();
        // Of several algorithms one must take the key.
        if !refusals.is_empty() && refusals.len() == algorithms.len() {
            return Err(malformed(refusals.swap_remove(0)));
        }
        if let Some(rule) = &self.jws
            && let Some(expected) = rule.refusal(&key)
        {
            return Err(malformed(expected));
        }
        // RFC 9110 §5.5, without obs-text: what else stands in a header does not arrive unchanged.
        let visible = |byte: &u8| byte.is_ascii_graphic();
        let sendable = key.first().is_some_and(visible)
            && key.last().is_some_and(visible)
            && key.iter().all(|byte| visible(byte) || *byte == b' ');
        if self.signature.encoding == Encoding::Text && !sendable {
            return Err(malformed("ASCII text that can stand in a header, without spaces at its ends".to_owned()));
        }
        Ok(key)
    }

    /// Whether any bytes are a key: the usual case, of HMACs and plain hashes, on the path of every capture.
    pub(crate) fn takes_any_bytes(&self) -> bool {
        matches!(&self.signature.algorithm, AlgorithmChoice::One(one) if one.key_kind() == KeyKind::Shared)
            && self.signature.encoding != Encoding::Text
    }

    /// What kind of key the secret is: shared where any algorithm of the scheme takes a shared one.
    pub(crate) fn key_kind(&self) -> KeyKind {
        if let AlgorithmChoice::One(algorithm) = &self.signature.algorithm {
            return algorithm.key_kind();
        }
        let mut kinds = match &self.jws {
            Some(rule) => rule.algorithms.0.iter().map(|algorithm| algorithm.key_kind()).collect::<Vec<_>>(),
            None => self.signature.algorithm.all().into_iter().map(Algorithm::key_kind).collect(),
        };
        if kinds.is_empty() || kinds.contains(&KeyKind::Shared) {
            return KeyKind::Shared;
        }
        kinds.swap_remove(0)
    }

    /// Whether the signature is the secret itself.
    pub(crate) fn is_token(&self) -> bool {
        self.signature.algorithm == AlgorithmChoice::One(Algorithm::Token)
    }
}
