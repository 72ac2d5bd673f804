//! Signing a request as the provider would.

use hookglass_model::{ConfigProblem, Header, Verdict};
use thiserror::Error;

use crate::{
    Message, Provider, Secret,
    content::{Inputs, Part},
    located::{Located, PartSource},
    recipe::Recipe,
};

/// What a new signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOptions {
    /// The moment the signature names, in Unix seconds.
    pub timestamp: i64,
    /// The message id, for schemes that sign one; `None` keeps the one in the message's headers.
    pub id: Option<String>,
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
    /// The scheme signs a header that the message lacks.
    #[error("this scheme signs the {part}, which the request does not have; add it")]
    PartNeeded {
        /// The piece, for example `header X-Nonce`.
        part: String,
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
    /// Makes the headers that a signed request carries. The caller puts each in place of the lines with its
    /// name. With several secrets there is one signature for each, as during a provider's rotation.
    pub fn sign(
        &self,
        message: &Message<'_>,
        secrets: &[&Secret],
        options: &SignOptions,
    ) -> Result<Vec<Header>, SignError> {
        let recipe = self.recipe();
        if secrets.is_empty() {
            return Err(SignError::NoSecret);
        }
        let unusable = SignError::TimestampUnusable { timestamp: options.timestamp };
        let timestamp = match &recipe.timestamp {
            Some(rule) => Some(rule.format.write(options.timestamp).ok_or(unusable)?.into_bytes()),
            None => None,
        };
        let message_id = recipe.message_id_for(message, options)?;
        let inputs = Inputs { timestamp: timestamp.as_deref(), message_id: message_id.as_deref(), message: *message };
        let content = recipe.content().resolve(&inputs).map_err(|part| match part {
            Part::Url | Part::UrlWithoutQuery => SignError::UrlNeeded,
            Part::MessageId => SignError::IdNeeded,
            part => SignError::PartNeeded { part: part.name() },
        })?;

        let mut signatures = Vec::with_capacity(secrets.len());
        for secret in secrets {
            let key = recipe.key("", secret).map_err(SignError::Secret)?;
            let signature = recipe.signature.algorithm.sign(&key, &content).map_err(|_| {
                let expected = recipe.signature.algorithm.signing_key_expected();
                SignError::Secret(ConfigProblem::SecretMalformed { label: String::new(), expected })
            })?;
            signatures.push(recipe.signature.encoding.encode(&signature));
        }

        let mut headers = Vec::new();
        let mut leading = Vec::new();
        let pieces = [
            (recipe.message_id.as_ref().map(|rule| &rule.from), &message_id),
            (recipe.timestamp.as_ref().map(|rule| &rule.from), &timestamp),
        ];
        for (source, value) in pieces {
            let (Some(source), Some(value)) = (source, value) else { continue };
            match source.get_ref() {
                PartSource::Header(name) => headers.push(Header::new(name.as_str(), value.clone())),
                PartSource::Headers(names) => {
                    headers.extend(names.0.first().map(|name| Header::new(name.as_str(), value.clone())));
                }
                PartSource::SignatureElement(name) => leading.push((name.as_str(), value.as_slice())),
            }
        }
        let layout = recipe.signature.layout.get_ref();
        let names = recipe.signature.from.names();
        // Where a line holds one signature, further ones go into the further headers.
        let lines: Vec<_> = if layout.holds_several() { vec![&signatures[..]] } else { signatures.chunks(1).collect() };
        if lines.len() > names.len() {
            return Err(SignError::OneSecretOnly { given: secrets.len() });
        }
        for (name, signatures) in names.iter().zip(lines) {
            let value = layout.write(&leading, signatures).ok_or(SignError::OneSecretOnly { given: secrets.len() })?;
            headers.push(Header::new(name.as_str(), value));
        }
        Ok(headers)
    }
}

impl Recipe {
    /// The id to sign, `None` when the scheme has none.
    fn message_id_for(&self, message: &Message<'_>, options: &SignOptions) -> Result<Option<Vec<u8>>, SignError> {
        let Some(rule) = &self.message_id else { return Ok(None) };
        let id = match &options.id {
            Some(id) => id.as_bytes(),
            None => Located::new(self, message).inputs().message_id.ok_or(SignError::IdNeeded)?,
        };
        let breaks_list = matches!(rule.from.get_ref(), PartSource::SignatureElement(_))
            && self.signature.layout.get_ref().breaks_on(id);
        // Receivers trim the value (RFC 9110 §5.5), so what stands at its ends would not be what was signed.
        let trimmed = id.first().is_none_or(u8::is_ascii_whitespace) || id.last().is_none_or(u8::is_ascii_whitespace);
        if breaks_list || trimmed || id.iter().any(u8::is_ascii_control) {
            return Err(SignError::IdUnusable);
        }
        Ok(Some(id.to_vec()))
    }
}
