//! What a provider's file may say. Every table refuses fields it does not know, so that a typing mistake is
//! an error and never a silently weaker check.

use hookglass_model::{ConfigProblem, ProviderId};
use serde::Deserialize;
use toml::Spanned;
use zeroize::Zeroizing;

use crate::{
    KeyKind, Secret,
    algorithm::Algorithm,
    content::{ContentTemplate, NOTHING, Part},
    encoding::Encoding,
    event::EventRule,
    layout::Layout,
    located::{PartSource, SignatureSource},
    recipe_text::{DocsUrl, Hue, List, Monogram},
    recognise::{CLUES_MAX, Clue},
    secret_form::SecretForm,
    timestamp::TimestampRule,
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
    pub(crate) secret: SecretForm,
    /// Where the signature stands and how it is made.
    pub(crate) signature: SignatureRule,
    /// The signed timestamp, if the scheme has one.
    pub(crate) timestamp: Option<TimestampRule>,
    /// The message id, if the scheme has one outside the body.
    pub(crate) message_id: Option<MessageIdRule>,
    /// Where the event's type and id stand.
    #[serde(default)]
    pub(crate) event: EventRule,
    /// How the provider is told from others.
    #[serde(default)]
    pub(crate) recognise: List<Clue, 0, CLUES_MAX>,
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
    pub(crate) algorithm: Algorithm,
    /// How its bytes are written.
    pub(crate) encoding: Encoding,
    /// What it covers; absent for tokens.
    content: Option<Spanned<ContentTemplate>>,
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
    /// What cannot be read from one field alone: the first conflict between fields, with the byte offset and
    /// the path of the field to mend.
    pub(crate) fn conflict(&self) -> Option<Conflict> {
        self.token_conflict().or_else(|| self.content_conflict()).or_else(|| self.layout_conflict())
    }

    /// What is signed.
    pub(crate) fn content(&self) -> &ContentTemplate {
        self.signature.content.as_ref().map_or(&NOTHING, Spanned::get_ref)
    }

    /// The key that the secret's text stands for, or what is wrong with it.
    pub(crate) fn key(&self, label: &str, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigProblem> {
        let key = match self.signature.algorithm.key_kind() {
            KeyKind::Shared => self.secret.key(label, secret)?,
            KeyKind::Rsa | KeyKind::P256 | KeyKind::Ed25519 => self.secret.asymmetric_key(label, secret)?,
        };
        if let Some(expected) = self.signature.algorithm.refusal(&key) {
            return Err(ConfigProblem::SecretMalformed { label: label.to_owned(), expected });
        }
        // RFC 9110 §5.5, without obs-text: what else stands in a header does not arrive unchanged.
        let visible = |byte: &u8| byte.is_ascii_graphic();
        let sendable = key.first().is_some_and(visible)
            && key.last().is_some_and(visible)
            && key.iter().all(|byte| visible(byte) || *byte == b' ');
        if self.signature.encoding == Encoding::Text && !sendable {
            let expected = "ASCII text that can stand in a header, without spaces at its ends".to_owned();
            return Err(ConfigProblem::SecretMalformed { label: label.to_owned(), expected });
        }
        Ok(key)
    }

    fn token_conflict(&self) -> Option<Conflict> {
        let SignatureRule { layout, algorithm, encoding, content, .. } = &self.signature;
        let offset = layout.span().start;
        let is_token = *algorithm == Algorithm::Token;
        let (field, problem) = match content {
            Some(_) if is_token => ("signature.content", "a token covers nothing; leave content out"),
            None if !is_token => ("signature.content", "missing: only a token covers nothing"),
            _ if is_token && layout.get_ref().holds_several() => {
                ("signature.layout", "a token stands alone: bare or behind a prefix")
            }
            _ if *encoding == Encoding::Text && !is_token => ("signature.encoding", "only a token is sent as text"),
            _ => return None,
        };
        Some(Conflict { offset, field, problem: problem.to_owned() })
    }

    fn content_conflict(&self) -> Option<Conflict> {
        let content = self.signature.content.as_ref()?;
        for (part, placeholder, table, declared) in [
            (Part::Timestamp, "{timestamp}", "timestamp", self.timestamp.is_some()),
            (Part::MessageId, "{message_id}", "message_id", self.message_id.is_some()),
        ] {
            if content.get_ref().covers(&part) && !declared {
                let problem = format!("{placeholder} needs a table [{table}] that says where it stands");
                return Some(Conflict { offset: content.span().start, field: "signature.content", problem });
            }
        }
        let (algorithm, label) = (self.signature.algorithm, self.signature.algorithm.label());
        let problem = match (algorithm.hashes_the_secret(), content.get_ref().covers(&Part::Secret)) {
            (true, false) => Some(format!("anybody can compute {label} without {{secret}} in the content")),
            (false, true) => Some(format!("{{secret}} is the key of {label} and no part of the content")),
            _ => None,
        };
        if let Some(problem) = problem {
            return Some(Conflict { offset: content.span().start, field: "signature.content", problem });
        }
        None
    }

    fn layout_conflict(&self) -> Option<Conflict> {
        let layout = &self.signature.layout;
        if let Layout::List(list) = layout.get_ref()
            && let Some(problem) = list.problem()
        {
            let problem = problem.to_owned();
            return Some(Conflict { offset: layout.span().start, field: "signature.layout", problem });
        }
        let sources = [
            ("timestamp.from", self.timestamp.as_ref().map(|rule| &rule.from)),
            ("message_id.from", self.message_id.as_ref().map(|rule| &rule.from)),
        ];
        for (field, source) in sources {
            let Some(source) = source else { continue };
            let PartSource::SignatureElement(name) = source.get_ref() else { continue };
            let problem = match layout.get_ref().lacks_element(name) {
                Some(problem) => problem,
                None if self.signature.from.names().len() > 1 => {
                    "signature_element needs a single signature.from.header"
                }
                None => continue,
            };
            return Some(Conflict { offset: source.span().start, field, problem: problem.to_owned() });
        }
        None
    }
}

/// Two fields that cannot both be right.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// Byte offset in the file.
    pub(crate) offset: usize,
    /// The path of the field to mend.
    pub(crate) field: &'static str,
    /// What is wrong and what to do.
    pub(crate) problem: String,
}
