//! Signing a request as the provider would.

use std::ops::Range;

use hookglass_model::{ConfigProblem, Header, Verdict};
use thiserror::Error;

use crate::{
    Message, Provider, Secret,
    content::{Pieces, with_key_id},
    contents::ContentHash,
    form_fields,
    layout::WrittenSignature,
    located::{Located, PartSource, SignatureSource},
    outgoing::Outgoing,
    place::Place,
    recipe::Recipe,
    source::{Inputs, Source},
    verify::ReadyKey,
};

/// What a new signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOptions {
    /// The moment the signature names, in Unix seconds.
    pub timestamp: i64,
    /// The message id, for schemes that sign one; `None` keeps the one in the message.
    pub id: Option<String>,
}

/// What signing changes in a request. All else stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// Headers to put in place of the lines with their names.
    pub headers: Vec<Header>,
    /// Query parameters to set, as decoded names and values, for schemes that carry something there.
    pub query: Vec<(String, String)>,
    /// The new body, for schemes that write into it.
    pub body: Option<Vec<u8>>,
}

impl Signed {
    /// A path or URL with the query parameters of the signature.
    pub fn apply_query(&self, target: &str) -> String {
        let set = |target: String, (name, value): &(String, String)| form_fields::with_query(&target, name, value);
        self.query.iter().fold(target.to_owned(), set)
    }
}

/// Why a request cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignError {
    /// No secret was given.
    #[error("there is no secret to sign with; give one")]
    NoSecret,
    /// A secret cannot be used with this provider. Its label is empty: signing does not know labels.
    #[error("{}", sentence(.0))]
    Secret(ConfigProblem),
    /// The scheme has room for one signature.
    #[error("this scheme carries one signature, and {given} secrets were given; sign with one")]
    OneSecretOnly {
        /// How many were given.
        given: usize,
    },
    /// The scheme signs a message id, and neither the options nor the message have one.
    #[error("this scheme signs a message id, and there is none; give one")]
    IdNeeded,
    /// The scheme signs the URL that the sender was told, and the message has none.
    #[error("this scheme signs the URL that receives the webhook, and there is none; enter the endpoint's public URL")]
    UrlNeeded,
    /// The scheme signs a part that the message lacks.
    #[error("this scheme signs the {part}, which the request does not have; add it")]
    PartNeeded {
        /// The piece, for example `header X-Nonce`.
        part: String,
    },
    /// The scheme writes into the body, and the body has no room for it.
    #[error("this scheme writes its {place}, and the body has no place for it; {expected}")]
    BodyUnsuited {
        /// What is written, for example `JSON field /signature`.
        place: String,
        /// What the body must be.
        expected: &'static str,
    },
    /// The scheme's form of a timestamp has no text for the moment.
    #[error("this scheme cannot write the moment {timestamp} (Unix seconds); choose one between the years 0 and 9999")]
    TimestampUnusable {
        /// The moment that was given, in Unix seconds.
        timestamp: i64,
    },
    /// The message id cannot stand in its header unchanged.
    #[error(
        "the message id cannot be sent in a header: it must be free of control characters, spaces at its ends and the header's separators"
    )]
    IdUnusable,
}

fn sentence(problem: &ConfigProblem) -> String {
    Verdict::ConfigError { problem: problem.clone() }.sentence()
}

impl Provider {
    /// Makes what a signed request carries. With several secrets there is one signature for each, as during a
    /// provider's rotation.
    pub fn sign(&self, message: &Message<'_>, secrets: &[&Secret], options: &SignOptions) -> Result<Signed, SignError> {
        let recipe = self.recipe();
        if secrets.is_empty() {
            return Err(SignError::NoSecret);
        }
        let keys: Vec<_> = secrets
            .iter()
            .map(|secret| recipe.ready_key("", secret).map_err(SignError::Secret))
            .collect::<Result<_, _>>()?;
        let mut outgoing = Outgoing::new(message);
        let unusable = SignError::TimestampUnusable { timestamp: options.timestamp };
        let timestamp = match &recipe.timestamp {
            Some(rule) => Some(rule.format.write(options.timestamp).ok_or(unusable)?.into_bytes()),
            None => None,
        };
        let message_id = recipe.message_id_for(message, options)?;
        let pieces = [
            (recipe.message_id.as_ref().map(|rule| rule.from.get_ref()), &message_id, false),
            (recipe.timestamp.as_ref().map(|rule| rule.from.get_ref()), &timestamp, true),
        ];
        let mut leading = Vec::new();
        for (source, value, is_number) in pieces {
            let (Some(source), Some(value)) = (source, value) else { continue };
            if let PartSource::SignatureElement(name) = source {
                leading.push((name.as_str(), value.as_slice()));
            } else if let Some(place) = source.place() {
                outgoing.write(&place, value, is_number)?;
            }
        }
        if let Some(place) = recipe.signature.algorithm.written_place() {
            outgoing.write(place.0, place.1.as_bytes(), false)?;
        }
        recipe.write_assertions(&mut outgoing)?;
        let parts = Parts { timestamp: timestamp.as_deref(), message_id: message_id.as_deref(), leading: &leading };
        if let Some(rule) = &recipe.jws {
            let token = recipe.token(rule, &outgoing, &keys, &parts, options)?;
            recipe.write_signatures(&mut outgoing, None, &parts, &[token])?;
        } else if let Some(rule) = &recipe.items {
            let count = rule.spans(outgoing.body()).len();
            for at in 0..count {
                // Writing into one item moves those behind it.
                let Some(span) = rule.spans(outgoing.body()).get(at).cloned().flatten() else {
                    return Err(SignError::PartNeeded { part: format!("item {} of the body", at + 1) });
                };
                let signatures = recipe.signatures_of(&outgoing, Some(&span), &keys, &parts)?;
                recipe.write_signatures(&mut outgoing, Some(&span), &parts, &signatures)?;
            }
            if count == 0 {
                return Err(SignError::PartNeeded { part: "item of the body".to_owned() });
            }
        } else {
            let signatures = recipe.signatures_of(&outgoing, None, &keys, &parts)?;
            recipe.write_signatures(&mut outgoing, None, &parts, &signatures)?;
        }
        Ok(outgoing.into_signed())
    }
}

/// What the new signature names.
pub(crate) struct Parts<'p> {
    pub(crate) timestamp: Option<&'p [u8]>,
    pub(crate) message_id: Option<&'p [u8]>,
    /// The elements before the signatures.
    pub(crate) leading: &'p [(&'p str, &'p [u8])],
}

impl<'p> Parts<'p> {
    pub(crate) fn inputs<'a>(&self, message: Message<'a>, item: Option<&'a [u8]>) -> Inputs<'a>
    where
        'p: 'a,
    {
        let (timestamp, message_id) = (self.timestamp.map(Into::into), self.message_id.map(Into::into));
        Inputs { timestamp, message_id, signature: None, item, message }
    }
}

/// What the request lacks, in an error's words.
pub(crate) fn lacking(source: &Source) -> SignError {
    match source {
        Source::Url | Source::UrlWithoutQuery => SignError::UrlNeeded,
        Source::MessageId => SignError::IdNeeded,
        source => SignError::PartNeeded { part: source.name() },
    }
}

impl Recipe {
    /// The signatures of the request or of one item of it, one for each key.
    fn signatures_of(
        &self,
        outgoing: &Outgoing<'_>,
        item: Option<&Range<usize>>,
        keys: &[ReadyKey<'_>],
        parts: &Parts<'_>,
    ) -> Result<Vec<WrittenSignature>, SignError> {
        let Some(algorithm) = self.signature.algorithm.written() else { return Ok(Vec::new()) };
        let message = outgoing.message();
        let item = item.and_then(|span| message.body.get(span.clone()));
        let mut inputs = parts.inputs(message, item);
        // Other elements of the list are read as they will stand there.
        let others = self.elements_around(outgoing, parts);
        let others: Vec<_> = others.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let layout = self.signature.layout.get_ref();
        inputs.signature = layout.write(&others, &[]).map(|header| (layout, header.into()));
        // The first whose pieces are all there, else what the first one lacks.
        let mut resolved = self.contents().iter().map(|template| template.resolve(&inputs));
        let content = match resolved.next() {
            Some(Err(source)) => resolved.find_map(Result::ok).ok_or_else(|| lacking(source))?,
            Some(Ok(content)) => content,
            None => Pieces::new(),
        };
        let content = ContentHash::applied(self.signature.content_hash, content);
        let mut signatures = Vec::with_capacity(keys.len());
        for ready in keys {
            let content = with_key_id(&content, ready.id);
            let signature = algorithm.sign(&ready.key, &content).map_err(|_| {
                let expected = algorithm.signing_key_expected();
                SignError::Secret(ConfigProblem::SecretMalformed { label: String::new(), expected })
            })?;
            let name = self
                .signature
                .algorithm
                .written_prefix()
                .map_or_else(|| String::from_utf8_lossy(ready.id).into_owned(), ToOwned::to_owned);
            signatures.push(WrittenSignature { name, text: self.signature.encoding.encode(&signature) });
        }
        Ok(signatures)
    }

    /// Every element of the signature's list that is no signature: those of the request, else the recipe's own.
    fn elements_around(&self, outgoing: &Outgoing<'_>, parts: &Parts<'_>) -> Vec<(String, Vec<u8>)> {
        let message = outgoing.message();
        let located = Located::new(self, &message, None);
        let layout = self.signature.layout.get_ref();
        let mut elements = Vec::new();
        for (name, default) in &self.signature.other_elements {
            let present = located.lines.first().and_then(|line| layout.element(&line.value, name).ok().flatten());
            elements.push((name.clone(), present.unwrap_or(default.as_bytes()).to_vec()));
        }
        elements.extend(parts.leading.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())));
        elements
    }

    /// Puts the signatures where the scheme has them.
    fn write_signatures(
        &self,
        outgoing: &mut Outgoing<'_>,
        item: Option<&Range<usize>>,
        parts: &Parts<'_>,
        signatures: &[WrittenSignature],
    ) -> Result<(), SignError> {
        let layout = self.signature.layout.get_ref();
        let others = self.elements_around(outgoing, parts);
        let others: Vec<_> = others.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let one_only = || SignError::OneSecretOnly { given: signatures.len() };
        // Where a line holds one signature, further ones go into the further headers.
        let lines: Vec<_> = if layout.holds_several() { vec![signatures] } else { signatures.chunks(1).collect() };
        let names = self.signature.from.header_names();
        if lines.len() > names.len().max(1) {
            return Err(one_only());
        }
        for (at, signatures) in lines.into_iter().enumerate() {
            let value = layout.write(&others, signatures).ok_or_else(one_only)?;
            match &self.signature.from {
                SignatureSource::Header(_) | SignatureSource::Headers(_) => {
                    if let Some(name) = names.get(at) {
                        outgoing.write(&Place::Header(name.clone()), &value, false)?;
                    }
                }
                SignatureSource::Query(name) => outgoing.write(&Place::Query(name.clone()), &value, false)?,
                SignatureSource::Form(name) => outgoing.write(&Place::Form(name.clone()), &value, false)?,
                SignatureSource::Json(pointer) => outgoing.write(&Place::Json(pointer.clone()), &value, false)?,
                SignatureSource::EncodedJson(place) => {
                    let part = || SignError::PartNeeded { part: self.signature.from.place() };
                    let value = place.written(outgoing.message().headers, &value).ok_or_else(part)?;
                    outgoing.write(&Place::Header(place.header.clone()), &value, false)?;
                }
                SignatureSource::FormJson(place) => {
                    let part = || SignError::PartNeeded { part: self.signature.from.place() };
                    let value = place.written(&outgoing.message(), &value).ok_or_else(part)?;
                    outgoing.write(&place.place(), &value, false)?;
                }
                SignatureSource::Item(pointer) => outgoing.write_in_item(item, pointer, &value)?,
            }
        }
        Ok(())
    }

    /// Writes what must agree beside the signature, as far as it stands outside a token.
    fn write_assertions(&self, outgoing: &mut Outgoing<'_>) -> Result<(), SignError> {
        for assertion in &self.assert.0 {
            let Some(place) = assertion.at.place() else { continue };
            if assertion.is_left_out(outgoing.body()) {
                continue;
            }
            let parts = Parts { timestamp: None, message_id: None, leading: &[] };
            let expected = assertion.expected(&parts.inputs(outgoing.message(), None)).map_err(lacking)?.into_owned();
            outgoing.write(&place, &expected, false)?;
        }
        Ok(())
    }

    /// The id to sign, `None` when the scheme has none.
    fn message_id_for(&self, message: &Message<'_>, options: &SignOptions) -> Result<Option<Vec<u8>>, SignError> {
        let Some(rule) = &self.message_id else { return Ok(None) };
        let id = match &options.id {
            Some(id) => id.as_bytes().to_vec(),
            None => Located::new(self, message, None).inputs().message_id.ok_or(SignError::IdNeeded)?.into_owned(),
        };
        let breaks_list = matches!(rule.from.get_ref(), PartSource::SignatureElement(_))
            && self.signature.layout.get_ref().breaks_on(&id);
        // Receivers trim the value (RFC 9110 §5.5), so what stands at its ends would not be what was signed.
        let trimmed = id.first().is_none_or(u8::is_ascii_whitespace) || id.last().is_none_or(u8::is_ascii_whitespace);
        if breaks_list || trimmed || id.iter().any(u8::is_ascii_control) {
            return Err(SignError::IdUnusable);
        }
        Ok(Some(id))
    }
}
