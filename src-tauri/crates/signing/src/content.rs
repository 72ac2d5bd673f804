//! The signed content: a template such as `{timestamp}.{body}`, filled from a request.

use std::borrow::Cow;

use serde::Deserialize;
use smallvec::SmallVec;

use crate::{
    filters::{self, Filter},
    source::{Inputs, Source},
};

/// Longest template. The longest of the known schemes has some 250 bytes.
const TEMPLATE_MAX_BYTES: usize = 2048;

/// The pieces of the signed content in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ContentTemplate(Vec<Part>);

/// One piece of the signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Fixed text.
    Literal(String),
    /// Something of the request or the settings.
    Taken(Taken),
    /// Pieces that are left out together when one of them is missing.
    Segment(Vec<Self>),
}

/// A source and what its bytes go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) source: Source,
    /// Whether nothing stands for it when it is missing.
    optional: bool,
    filters: Vec<Filter>,
}

/// Filled pieces; the usual schemes have no more than fit without an allocation.
pub(crate) type Pieces<'a> = SmallVec<[Piece<'a>; 6]>;

/// A filled piece, ready to be signed.
#[derive(Clone, Debug)]
pub(crate) enum Piece<'a> {
    /// Bytes of the request or the recipe.
    Bytes(Cow<'a, [u8]>),
    /// The secret stands here; it differs from key to key and is never kept with the rest.
    Secret,
    /// The key's id stands here, which differs from key to key too.
    KeyId,
}

impl Piece<'_> {
    /// What is hashed in this place under `key`. The id of a key is filled in before: see [`with_key_id`].
    pub(crate) fn bytes<'k>(&'k self, key: &'k [u8]) -> &'k [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Secret => key,
            Self::KeyId => &[],
        }
    }
}

/// The content with this key's id in its places.
pub(crate) fn with_key_id<'a>(content: &[Piece<'a>], key_id: &'a [u8]) -> Pieces<'a> {
    let filled = |piece: &Piece<'a>| match piece {
        Piece::KeyId => Piece::Bytes(Cow::Borrowed(key_id)),
        piece => piece.clone(),
    };
    content.iter().map(filled).collect()
}

impl Part {
    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Literal(_) | Self::Segment(_) => "separator".to_owned(),
            Self::Taken(taken) => taken.name(),
        }
    }
}

impl Taken {
    /// The source as it is.
    pub(crate) fn plain(source: Source) -> Self {
        Self { source, optional: false, filters: Vec::new() }
    }

    /// The source through these filters.
    pub(crate) fn filtered(source: Source, filters: Vec<Filter>) -> Self {
        Self { source, optional: false, filters }
    }

    fn name(&self) -> String {
        let mut name = self.source.name();
        for filter in &self.filters {
            name.push_str(", ");
            name.push_str(filter.label());
        }
        name
    }

    /// The piece, `None` when the request lacks it.
    fn fill<'a>(&self, inputs: &Inputs<'a>) -> Option<Piece<'a>> {
        match self.source {
            Source::Secret => return Some(Piece::Secret),
            Source::KeyId => return Some(Piece::KeyId),
            _ => {}
        }
        let bytes = match self.source.read(inputs) {
            None if self.optional => return Some(Piece::Bytes(Cow::Borrowed(&[]))),
            read => read?,
        };
        Some(Piece::Bytes(self.filters.iter().fold(bytes, |bytes, filter| Cow::Owned(filter.apply(&bytes)))))
    }
}

impl ContentTemplate {
    /// The pieces in order.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// A template of these pieces, for trying others than a recipe has.
    pub(crate) fn of(parts: Vec<Part>) -> Self {
        Self(parts)
    }

    /// Every source in the template.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        taken_of(&self.0).into_iter().map(|taken| &taken.source)
    }

    /// Whether the piece is signed.
    pub(crate) fn covers(&self, source: &Source) -> bool {
        self.sources().any(|taken| taken == source)
    }

    /// Whether a change of the body changes the content.
    pub(crate) fn covers_the_body(&self) -> bool {
        self.sources().any(Source::covers_the_body)
    }

    /// Whether a field of the body is signed.
    pub(crate) fn covers_body_fields(&self) -> bool {
        self.sources().any(Source::is_body_field)
    }

    /// Whether the URL that the provider was told is needed.
    pub(crate) fn covers_the_url(&self) -> bool {
        self.covers(&Source::Url) || self.covers(&Source::UrlWithoutQuery)
    }

    /// Fills every piece. The error is the first source the request lacks.
    pub(crate) fn resolve<'a>(&'a self, inputs: &Inputs<'a>) -> Result<Pieces<'a>, &'a Source> {
        let mut pieces = Pieces::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => pieces.push(Piece::Bytes(Cow::Borrowed(text.as_bytes()))),
                Part::Taken(taken) => pieces.push(taken.fill(inputs).ok_or(&taken.source)?),
                Part::Segment(inner) => {
                    let filled: Option<Vec<_>> = inner.iter().map(|part| filled(part, inputs)).collect();
                    pieces.extend(filled.unwrap_or_default());
                }
            }
        }
        Ok(pieces)
    }

    /// Every piece with the part it stands for, in order; `None` for what the request lacks. Segments that are left out
    /// are not there.
    pub(crate) fn named_pieces<'a>(&'a self, inputs: &Inputs<'a>) -> Vec<(&'a Part, Option<Piece<'a>>)> {
        let mut pieces = Vec::with_capacity(self.0.len());
        for part in &self.0 {
            match part {
                Part::Segment(inner) => {
                    let filled: Option<Vec<_>> =
                        inner.iter().map(|part| Some((part, Some(filled(part, inputs)?)))).collect();
                    pieces.extend(filled.unwrap_or_default());
                }
                part => pieces.push((part, filled(part, inputs))),
            }
        }
        pieces
    }
}

fn filled<'a>(part: &'a Part, inputs: &Inputs<'a>) -> Option<Piece<'a>> {
    match part {
        Part::Literal(text) => Some(Piece::Bytes(Cow::Borrowed(text.as_bytes()))),
        Part::Taken(taken) => taken.fill(inputs),
        // Segments hold no segments: the reader sees to that.
        Part::Segment(_) => None,
    }
}

fn taken_of(parts: &[Part]) -> Vec<&Taken> {
    let mut all = Vec::new();
    for part in parts {
        match part {
            Part::Literal(_) => {}
            Part::Taken(taken) => all.push(taken),
            Part::Segment(inner) => all.extend(taken_of(inner)),
        }
    }
    all
}

impl TryFrom<String> for ContentTemplate {
    type Error = String;

    fn try_from(template: String) -> Result<Self, String> {
        if template.len() > TEMPLATE_MAX_BYTES {
            return Err(format!("a template has at most {TEMPLATE_MAX_BYTES} bytes"));
        }
        let mut reader = Reader { rest: &template, parts: Vec::new(), segment: None };
        while reader.step()? {}
        let content = Self(reader.parts);
        if !content.sources().any(Source::is_of_the_request) {
            return Err("a signature that covers no part of the request proves nothing".to_owned());
        }
        Ok(content)
    }
}

/// Reads a template from its start to its end.
struct Reader<'t> {
    rest: &'t str,
    parts: Vec<Part>,
    /// The parts of the segment that is open.
    segment: Option<Vec<Part>>,
}

impl Reader<'_> {
    /// Reads one part; false at the end.
    fn step(&mut self) -> Result<bool, String> {
        let mut characters = self.rest.chars();
        let Some(first) = characters.next() else {
            return if self.segment.is_some() { Err("every [ needs its ]".to_owned()) } else { Ok(false) };
        };
        let doubled = "{}[]".contains(first) && characters.next() == Some(first);
        match first {
            _ if doubled => {
                self.rest = &self.rest[2..];
                self.literal(&first.to_string());
            }
            '{' => {
                let (inside, after) =
                    self.rest[1..].split_once('}').ok_or("every { needs its }; {{ writes one brace")?;
                self.rest = after;
                let part = Part::Taken(taken(inside)?);
                self.push(part);
            }
            '}' => return Err("every } needs its {; }} writes one brace".to_owned()),
            '[' if self.segment.is_some() => return Err("a [ ] cannot stand inside another; [[ writes one".to_owned()),
            '[' => {
                self.segment = Some(Vec::new());
                self.rest = &self.rest[1..];
            }
            ']' => {
                let segment = self.segment.take().ok_or("every ] needs its [; ]] writes one")?;
                self.parts.push(Part::Segment(segment));
                self.rest = &self.rest[1..];
            }
            _ => {
                let end = self.rest.find(['{', '}', '[', ']']).unwrap_or(self.rest.len());
                let (text, after) = self.rest.split_at(end);
                self.rest = after;
                self.literal(text);
            }
        }
        Ok(true)
    }

    fn literal(&mut self, text: &str) {
        let parts = self.segment.as_mut().unwrap_or(&mut self.parts);
        match parts.last_mut() {
            Some(Part::Literal(before)) => before.push_str(text),
            _ => parts.push(Part::Literal(text.to_owned())),
        }
    }

    fn push(&mut self, part: Part) {
        self.segment.as_mut().unwrap_or(&mut self.parts).push(part);
    }
}

fn taken(inside: &str) -> Result<Taken, String> {
    let mut names = inside.split('|');
    let name = names.next().unwrap_or_default();
    let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
    let source = Source::named(name)?;
    let filters = filters::parse(names)?;
    if !source.is_of_the_request() && (optional || !filters.is_empty()) {
        return Err(format!("{{{name}}} takes neither ? nor filters"));
    }
    Ok(Taken { source, optional, filters })
}

#[cfg(test)]
mod tests {
    use hookglass_model::HeaderList;

    use super::*;
    use crate::{Message, place::Place};

    fn template(text: &str) -> Result<ContentTemplate, String> {
        ContentTemplate::try_from(text.to_owned())
    }

    fn inputs<'a>(message: &Message<'a>) -> Inputs<'a> {
        Inputs { timestamp: None, message_id: None, signature: None, item: None, message: *message }
    }

    fn filled(text: &str, message: &Message<'_>) -> Vec<u8> {
        let template = template(text).unwrap();
        template.resolve(&inputs(message)).unwrap().iter().flat_map(|piece| piece.bytes(b"KEY").to_vec()).collect()
    }

    #[test]
    fn reads_literals_and_placeholders() {
        let parts = template("v0:{timestamp}:{body}").unwrap().0;
        let literal = |text: &str| Part::Literal(text.to_owned());
        let plain = |source| Part::Taken(Taken::plain(source));
        assert_eq!(parts, [literal("v0:"), plain(Source::Timestamp), literal(":"), plain(Source::Body)]);
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        for text in [
            "",
            "fixed",
            "{body",
            "body}",
            "{bdy}",
            "{}",
            "{{body}}",
            "{secret}.",
            "{key_id}",
            "{header:a b}{body}",
            "[{body}",
            "{body}]",
            "[[{body}[a[b]]",
            "{body|sha3}",
            "{secret|hex}{body}",
            "{json:a}",
        ] {
            assert!(template(text).is_err(), "{text}");
        }
        assert!(template(&"{body}".repeat(400)).is_err(), "a template is bounded");
    }

    #[test]
    fn doubled_brackets_are_text() {
        let headers = HeaderList::new();
        let message = Message { method: "PUT", target: "/", url: None, headers: &headers, body: b"b" };
        assert_eq!(filled(r#"{{"Body":[[{body|json_string}]]}}"#, &message), br#"{"Body":["b"]}"#);
    }

    #[test]
    fn names_the_first_piece_that_is_missing() {
        let headers = HeaderList::new();
        let message = Message { method: "POST", target: "/", url: None, headers: &headers, body: b"" };
        let template = template("{message_id}.{timestamp}.{url}.{header:x}.{body}").unwrap();
        let inputs = Inputs { message_id: Some(Cow::Borrowed(b"i")), ..inputs(&message) };
        assert_eq!(template.resolve(&inputs).unwrap_err(), &Source::Timestamp);
        let inputs = Inputs { timestamp: Some(Cow::Borrowed(b"1")), ..inputs };
        assert_eq!(template.resolve(&inputs).unwrap_err(), &Source::Url);
        let inputs = Inputs { message: Message { url: Some("u"), ..message }, ..inputs };
        assert_eq!(template.resolve(&inputs).unwrap_err().name(), "header x");
    }

    #[test]
    fn what_is_missing_may_be_nothing_or_take_its_segment_along() {
        let headers = HeaderList::new();
        let message = Message { method: "POST", target: "/?id=A", url: None, headers: &headers, body: b"{\"s\":null}" };
        let text = "[id:{query:id|lower};][request-id:{header:x};]{json:/s?}:{method}[{json:/s}]";
        assert_eq!(filled(text, &message), b"id:a;:POST");
        assert!(template(text).unwrap().covers(&Source::Place(Place::Json("/s".to_owned().try_into().unwrap()))));
    }

    #[test]
    fn takes_every_kind_of_piece_from_the_request() {
        let mut headers = HeaderList::new();
        headers.set("X-Nonce", "n");
        let url = Some("https://a.example/hook?x=1");
        let message = Message { method: "PUT", target: "/", url, headers: &headers, body: b"b=2&a=1+1&b=2" };
        assert_eq!(
            filled(
                "{secret}|{method}|{url}|{url_without_query}|{header:x-nonce}|{form_fields}|{distinct_form_fields}",
                &message
            ),
            b"KEY|PUT|https://a.example/hook?x=1|https://a.example/hook|n|a1 1b2b2|a1 1b2"
        );
        // FIPS 180-4's empty message.
        let empty = Message { body: b"", ..message };
        let right = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(filled("{body|sha256|hex}", &empty), right);
    }
}
