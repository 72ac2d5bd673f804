//! The signed content: a template such as `{timestamp}.{body}`, filled from a request.

use std::borrow::Cow;

use serde::Deserialize;

/// The pieces of the signed content in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ContentTemplate(Vec<Part>);

/// One piece of the signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Fixed text.
    Literal(String),
    /// The timestamp exactly as it stands in the request.
    Timestamp,
    /// The message id exactly as it stands in the request.
    MessageId,
    /// The raw body.
    Body,
}

/// What the pieces are filled with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs<'a> {
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) message_id: Option<&'a [u8]>,
    pub(crate) body: &'a [u8],
}

impl Part {
    /// What people call it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Literal(_) => "separator",
            Self::Timestamp => "timestamp",
            Self::MessageId => "message id",
            Self::Body => "body",
        }
    }

    /// Its bytes, `None` when the request lacks them.
    pub(crate) fn bytes<'a>(&'a self, inputs: &Inputs<'a>) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Literal(text) => Some(text.as_bytes()),
            Self::Timestamp => inputs.timestamp,
            Self::MessageId => inputs.message_id,
            Self::Body => Some(inputs.body),
        }
        .map(Cow::Borrowed)
    }

    fn placeholder(name: &str) -> Result<Self, String> {
        match name {
            "timestamp" => Ok(Self::Timestamp),
            "message_id" => Ok(Self::MessageId),
            "body" => Ok(Self::Body),
            _ => {
                Err(format!("unknown placeholder {{{name}}}, expected one of {{timestamp}}, {{message_id}}, {{body}}"))
            }
        }
    }
}

impl ContentTemplate {
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Whether the piece is signed.
    pub(crate) fn covers(&self, part: &Part) -> bool {
        self.0.contains(part)
    }

    /// Fills every piece. The error is the first piece the request lacks.
    pub(crate) fn resolve<'a>(&'a self, inputs: &Inputs<'a>) -> Result<Vec<Cow<'a, [u8]>>, &'a Part> {
        self.0.iter().map(|part| part.bytes(inputs).ok_or(part)).collect()
    }
}

impl TryFrom<String> for ContentTemplate {
    type Error = String;

    fn try_from(template: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = template.as_str();
        while !rest.is_empty() {
            let literal_end = rest.find(['{', '}']).unwrap_or(rest.len());
            if literal_end > 0 {
                parts.push(Part::Literal(rest[..literal_end].to_owned()));
            }
            rest = &rest[literal_end..];
            if rest.is_empty() {
                break;
            }
            let Some((name, after)) = rest.strip_prefix('{').and_then(|inside| inside.split_once('}')) else {
                return Err("every { needs its }, and every } its {".to_owned());
            };
            parts.push(Part::placeholder(name)?);
            rest = after;
        }
        if parts.iter().all(|part| matches!(part, Part::Literal(_))) {
            return Err("a signature that covers no part of the request proves nothing".to_owned());
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Result<ContentTemplate, String> {
        ContentTemplate::try_from(text.to_owned())
    }

    #[test]
    fn reads_literals_and_placeholders() {
        let parts = template("v0:{timestamp}:{body}").unwrap().0;
        let literal = |text: &str| Part::Literal(text.to_owned());
        assert_eq!(parts, [literal("v0:"), Part::Timestamp, literal(":"), Part::Body]);
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        for text in ["", "fixed", "{body", "body}", "{bdy}", "{}", "{{body}}"] {
            assert!(template(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_the_first_piece_that_is_missing() {
        let template = template("{message_id}.{timestamp}.{body}").unwrap();
        let inputs = Inputs { timestamp: None, message_id: Some(b"i"), body: b"" };
        assert_eq!(template.resolve(&inputs).unwrap_err(), &Part::Timestamp);
    }
}
