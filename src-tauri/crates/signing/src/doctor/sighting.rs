//! Everything in a request that may be the signature, read in every usual encoding.

use std::borrow::Cow;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use hookglass_model::Header;
use percent_encoding::percent_decode;

use super::edit::{Edit, Edits};
use crate::{
    Message, algorithm::Algorithm, encoding::Encoding, form_fields, layout::Layout, located::Located, recipe::Recipe,
    wire_text,
};

/// As many as [`Algorithm::compare`] has bits for.
const SIGHTINGS_MAX: usize = 32;

/// Texts above this are no signature: the longest have 1024 bytes (RSA), written in hex.
const TEXT_MAX_BYTES: usize = 4096;

/// What the digests and signatures that are looked for measure: MD5, SHA-1, SHA-256, SHA-384, SHA-512 or Ed25519.
const DIGEST_BYTES: [usize; 5] = [16, 20, 32, 48, 64];

/// Bytes that may be the signature.
#[derive(Debug)]
pub(super) struct Sighting {
    /// The text as it stands in the request.
    pub(super) text: String,
    /// What has to be undone to read it so.
    pub(super) edits: Edits,
    /// Whether it stands where the scheme puts its signature.
    pub(super) in_place: bool,
}

/// All of them, the scheme's own first; the bytes beside, as comparing takes them.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    pub(super) all: Vec<Sighting>,
    pub(super) bytes: Vec<Vec<u8>>,
}

/// A text that may be a signature, and how it was found.
struct Text {
    bytes: Vec<u8>,
    edit: Option<Edit>,
    in_place: bool,
}

impl Sightings {
    pub(super) fn of(recipe: &Recipe, message: &Message<'_>, located: &Located<'_>) -> Self {
        let mut found = Self::default();
        let texts = texts(recipe, message, located);
        if recipe.is_token() {
            for text in texts {
                found.add(&text, text.bytes.clone(), None);
            }
            return found;
        }
        let any_length = recipe.signature.algorithm.all().iter().any(|algorithm| algorithm.signature_bytes().is_none());
        // As the scheme writes it, then otherwise: of two readings of one text the usual one comes first.
        for text in &texts {
            if let Ok(bytes) = recipe.signature.encoding.decode(&text.bytes, None)
                && (DIGEST_BYTES.contains(&bytes.len()) || any_length && text.in_place && bytes.len() >= 64)
            {
                found.add(text, bytes, None);
            }
        }
        for text in &texts {
            for (bytes, written) in readings(&text.bytes) {
                if DIGEST_BYTES.contains(&bytes.len()) || any_length && text.in_place && bytes.len() >= 64 {
                    found.add(text, bytes, Some((written, recipe.signature.encoding)));
                }
            }
        }
        found
    }

    /// Whether a signature of this algorithm may be among them.
    pub(super) fn may_hold(&self, algorithm: Algorithm) -> bool {
        algorithm.signature_bytes().is_none_or(|length| self.bytes.iter().any(|bytes| bytes.len() == length))
    }

    fn add(&mut self, text: &Text, bytes: Vec<u8>, otherwise: Option<(&'static str, Encoding)>) {
        if self.all.len() == SIGHTINGS_MAX || bytes.is_empty() || self.bytes.contains(&bytes) {
            return;
        }
        let mut edits: Edits = text.edit.iter().cloned().collect();
        if let Some((written, encoding)) = otherwise {
            edits.push(encoding_edit(written, encoding));
        }
        self.bytes.push(bytes);
        let shown = String::from_utf8_lossy(&text.bytes).into_owned();
        self.all.push(Sighting { text: shown, edits, in_place: text.in_place });
    }
}

fn encoding_edit(written: &'static str, expected: Encoding) -> Edit {
    Edit::new(
        "scheme.encoding",
        format!("Signature is {written}"),
        format!("the signature is written as {written}, and this scheme writes {}", expected.label()),
        format!("Write the signature as {} at the sender, or choose the provider whose scheme it is", expected.label()),
        format!("Read the signature as {written}"),
    )
}

/// The bytes of a text in the usual encodings, strict ones first.
fn readings(text: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut all = Vec::new();
    let unescaped: Cow<'_, [u8]> = if text.contains(&b'%') { percent_decode(text).into() } else { Cow::Borrowed(text) };
    if let Ok(bytes) = hex::decode(text) {
        all.push((bytes, "hex"));
    }
    for (engine, name) in [
        (&STANDARD, "base64"),
        (&STANDARD_NO_PAD, "base64 without padding"),
        (&URL_SAFE_NO_PAD, "base64url"),
        (&URL_SAFE, "base64url with padding"),
    ] {
        if let Ok(bytes) = engine.decode(text) {
            // The digits of another encoding inside.
            if let Ok(inner) = hex::decode(&bytes) {
                all.push((inner, "base64 of hex"));
            }
            all.push((bytes, name));
        }
    }
    if unescaped.len() != text.len() {
        all.extend(readings(&unescaped).into_iter().map(|(bytes, _)| (bytes, "percent-encoded text")));
    }
    if text.contains(&b' ') {
        // A form decoder made spaces of the plus signs of base64.
        let pluses: Vec<u8> = text.iter().map(|&byte| if byte == b' ' { b'+' } else { byte }).collect();
        if let Ok(bytes) = STANDARD.decode(&pluses) {
            all.push((bytes, "base64 whose plus signs became spaces"));
        }
    }
    all
}

/// What may be a signature, most likely first.
fn texts(recipe: &Recipe, message: &Message<'_>, located: &Located<'_>) -> Vec<Text> {
    let mut all: Vec<Text> = Vec::new();
    let mut add = |text: Vec<u8>, edit: Option<Edit>, in_place: bool| {
        if (8..=TEXT_MAX_BYTES).contains(&text.len()) && !all.iter().any(|known| known.bytes == text) {
            all.push(Text { bytes: text, edit, in_place });
        }
    };
    let layout = recipe.signature.layout.get_ref();
    let others = recipe.other_elements();
    for line in &located.lines {
        for element in layout.signatures(&line.value, &others).kept {
            add(element.value.to_vec(), None, true);
        }
    }
    // Other versions of the scheme stand in its list under other names.
    if let Layout::List(list) = layout {
        for line in &located.lines {
            for element in list.elements(&line.value).flatten() {
                let name = String::from_utf8_lossy(element.name).into_owned();
                if !others.contains(&name.as_str()) && name != layout.version() {
                    add(element.value.to_vec(), Some(version_edit(&line.place(), layout.version(), &name)), true);
                }
            }
        }
    }
    let names = recipe.signature.from.header_names();
    let is_own = |header: &Header| names.iter().any(|name| header.name.eq_ignore_ascii_case(name.as_str()));
    // What else stands in the scheme's own header: other versions, repeated lines, what a list was joined from.
    let mut own_lines = 0;
    for header in message.headers.iter().filter(|header| is_own(header)) {
        own_lines += 1;
        let repeated = own_lines > 1 && located.lines.len() < 2;
        for (name, token) in tokens(&header.value) {
            let edit = if repeated {
                duplicated_edit(&header.name)
            } else {
                own_header_edit(&header.name, layout.version(), name)
            };
            add(token, Some(edit), true);
        }
    }
    for line in &located.lines {
        if names.is_empty() {
            for (_, token) in tokens(&line.value) {
                add(token, Some(folded_edit(&line.place())), true);
            }
        }
    }
    for header in message.headers.iter().filter(|header| !is_own(header) && !is_no_signature(&header.name)) {
        for (_, token) in tokens(&header.value) {
            if recipe.is_token() || readings(&token).iter().any(|(bytes, _)| DIGEST_BYTES.contains(&bytes.len())) {
                add(token, Some(other_place_edit(&format!("header {}", header.name), recipe)), false);
            }
        }
    }
    let query = form_fields::query_of(message.target);
    for field in query.split('&') {
        let (name, _) = field.split_once('=').unwrap_or((field, ""));
        let place = format!("query parameter {}", wire_text::quoted(name.as_bytes()));
        if place != recipe.signature.from.place()
            && let Some(value) = form_fields::field(query.as_bytes(), name)
            && readings(&value).iter().any(|(bytes, _)| DIGEST_BYTES.contains(&bytes.len()))
        {
            add(value.into_owned(), Some(other_place_edit(&place, recipe)), false);
        }
    }
    all
}

/// The pieces of a header's value that may be signatures, each with the name before it.
fn tokens(value: &[u8]) -> Vec<(Option<String>, Vec<u8>)> {
    let mut all = Vec::new();
    let whole = value.trim_ascii();
    let bare: Vec<u8> = whole.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'"').collect();
    // Padding is no separator, so a lone `=` at the end stays.
    for piece in whole.split(|byte| matches!(byte, b',' | b';' | b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'')) {
        if piece.is_empty() {
            continue;
        }
        let body_end = piece.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
        let at = piece[..body_end].iter().position(|byte| matches!(byte, b'=' | b':'));
        if let Some(at) = at {
            let name = String::from_utf8_lossy(&piece[..at]).into_owned();
            all.push((Some(name), piece[at + 1..].to_vec()));
        }
        all.push((None, piece.to_vec()));
        if all.len() >= 2 * SIGHTINGS_MAX {
            break;
        }
    }
    if bare != whole {
        let end = bare.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
        if let Some(at) = bare[..end].iter().position(|byte| *byte == b'=') {
            all.push((None, bare[at + 1..].to_vec()));
        }
        all.push((None, bare));
    }
    all
}

/// Headers whose hashes and tokens are known to be something else.
fn is_no_signature(name: &str) -> bool {
    const KNOWN: [&str; 9] = [
        "content-md5",
        "digest",
        "etag",
        "traceparent",
        "x-request-id",
        "cookie",
        "host",
        "content-length",
        "user-agent",
    ];
    KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn own_header_edit(header: &str, version: &str, found: Option<String>) -> Edit {
    let place = format!("header {header}");
    match found {
        Some(found) if found != version => version_edit(&place, version, &found),
        _ => folded_edit(&place),
    }
}

fn version_edit(place: &str, version: &str, found: &str) -> Edit {
    Edit::new(
        "scheme.older_version",
        "Another version of the signature",
        format!("only the signature called {found} in the {place} matches, and this scheme is {version}"),
        format!("Let the sender sign as {version}, or choose the provider whose scheme {found} is"),
        format!("Take the signature called {found}"),
    )
}

pub(super) fn folded_edit(place: &str) -> Edit {
    Edit::new(
        "scheme.header_folded",
        "Header changed on its way",
        format!("the {place} was joined, wrapped or quoted on its way here"),
        format!("Let the proxy or relay in between pass the {place} on as it is"),
        format!("Read the signature out of the joined or wrapped {place}"),
    )
}

pub(super) fn duplicated_edit(header: &str) -> Edit {
    Edit::new(
        "scheme.header_duplicated",
        "Header stands twice",
        format!("the header {header} stands more than once, and only a later line matches"),
        format!("Remove what adds the other {header} on its way here"),
        format!("Take the signature of a later line of the header {header}"),
    )
}

pub(super) fn other_place_edit(place: &str, recipe: &Recipe) -> Edit {
    let expected = recipe.signature.from.place();
    Edit::new(
        "scheme.other_header",
        "Signature in another header",
        format!("the signature stands in the {place}, and this scheme has it in the {expected}"),
        format!("Let the sender write it into the {expected}, or choose the provider whose scheme it is"),
        format!("Take the signature from the {place}"),
    )
}
