//! A request on its way to being signed: what was written into it so far.

use std::{borrow::Cow, ops::Range};

use hookglass_model::{Header, HeaderList};

use crate::{Message, SignError, Signed, form_fields, json_facts::JsonPointer, json_place, place::Place};

/// The message with the changes that signing makes. Nothing is copied until something is written.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    method: &'a str,
    target: Cow<'a, str>,
    url: Option<Cow<'a, str>>,
    headers: Cow<'a, HeaderList>,
    body: Cow<'a, [u8]>,
    changes: Signed,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn new(message: &Message<'a>) -> Self {
        Self {
            method: message.method,
            target: Cow::Borrowed(message.target),
            url: message.url.map(Cow::Borrowed),
            headers: Cow::Borrowed(message.headers),
            body: Cow::Borrowed(message.body),
            changes: Signed::default(),
        }
    }

    /// As it stands now.
    pub(crate) fn message(&self) -> Message<'_> {
        Message {
            method: self.method,
            target: &self.target,
            url: self.url.as_deref(),
            headers: &self.headers,
            body: &self.body,
        }
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// What was written.
    pub(crate) fn into_signed(self) -> Signed {
        let body = if let Cow::Owned(body) = self.body { Some(body) } else { None };
        Signed { body, ..self.changes }
    }

    /// Writes a value in its place. `is_number` keeps a JSON number a number.
    pub(crate) fn write(&mut self, place: &Place, value: &[u8], is_number: bool) -> Result<(), SignError> {
        let text = String::from_utf8_lossy(value);
        let unsuited = |expected| SignError::BodyUnsuited { place: place.name(), expected };
        match place {
            Place::Header(name) => {
                self.headers.to_mut().set(name.as_str(), value);
                let again = self.changes.headers.iter().position(|header| header.name == name.as_str());
                let header = Header::new(name.as_str(), value);
                match again {
                    Some(at) => self.changes.headers[at] = header,
                    None => self.changes.headers.push(header),
                }
            }
            Place::Query(name) => {
                self.target = Cow::Owned(form_fields::with_query(&self.target, name.as_str(), &text));
                let url = self.url.take();
                self.url = url.map(|url| Cow::Owned(form_fields::with_query(&url, name.as_str(), &text)));
                self.changes.query.push((name.as_str().to_owned(), text.into_owned()));
            }
            Place::Form(name) => {
                let form = std::str::from_utf8(&self.body).map_err(|_| unsuited("it must be a form"))?;
                self.body = Cow::Owned(form_fields::set(form, name.as_str(), &text).into_bytes());
            }
            Place::Json(pointer) => {
                let body = json_place::set(&self.body, pointer, &text, is_number);
                self.body = Cow::Owned(body.ok_or_else(|| unsuited("it must be a JSON object"))?);
            }
        }
        Ok(())
    }

    /// Writes a value inside the item that stands at `span`.
    pub(crate) fn write_in_item(
        &mut self,
        span: Option<&Range<usize>>,
        pointer: &JsonPointer,
        value: &[u8],
    ) -> Result<(), SignError> {
        let unsuited = || SignError::BodyUnsuited {
            place: format!("item field {pointer}"),
            expected: "each item must be a JSON object",
        };
        let span = span.ok_or_else(unsuited)?;
        let item = self.body.get(span.clone()).ok_or_else(unsuited)?;
        let item = json_place::set(item, pointer, &String::from_utf8_lossy(value), false).ok_or_else(unsuited)?;
        self.body = Cow::Owned([&self.body[..span.start], &item, &self.body[span.end..]].concat());
        Ok(())
    }
}
