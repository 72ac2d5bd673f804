//! Forms that were parsed and written anew, and JSON that travelled in one.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode, percent_encode};
use serde_json::{Map, Value};

use super::{
    BodyVariant, json,
    json_style::STACKS,
    json_text::{Node, read},
    json_writer::write,
};
use crate::{Message, form_fields};

/// Longest form that is taken apart.
const FORM_MAX_BYTES: usize = 1024 * 1024;

/// Most ways to write JSON anew that are put into a form.
const REWRITTEN_MAX: usize = 6;

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// How a stack writes the fields of a form.
struct Writer {
    by: &'static str,
    /// What is escaped.
    escaped: &'static AsciiSet,
    /// Spaces are plus signs.
    plus: bool,
}

/// RFC 3986 §2.3.
const RFC_3986: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// PHP's `urlencode` and Ruby's `encode_www_form_component` beside its `*`.
const PHP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');
/// The URL Standard's application/x-www-form-urlencoded set, as `URLSearchParams` and Ruby have it.
const URL_STANDARD: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*');
/// `encodeURIComponent` (ECMA-262 §19.2.6.5).
const COMPONENT: &AsciiSet = &RFC_3986.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
/// Python's `quote`: slashes stay.
const QUOTE: &AsciiSet = &RFC_3986.remove(b'/');
/// Only what would break the form apart.
const LITTLE: &AsciiSet = &CONTROLS.add(b' ').add(b'&').add(b'=').add(b'%').add(b'+').add(b'#');

const WRITERS: [Writer; 9] = [
    Writer { by: "Python's urlencode", escaped: RFC_3986, plus: true },
    Writer { by: "URLSearchParams", escaped: URL_STANDARD, plus: true },
    Writer { by: "PHP's http_build_query", escaped: PHP, plus: true },
    Writer { by: "encodeURIComponent", escaped: COMPONENT, plus: false },
    Writer { by: "RFC 3986", escaped: RFC_3986, plus: false },
    Writer { by: "jQuery", escaped: COMPONENT, plus: true },
    Writer { by: "Python's quote", escaped: QUOTE, plus: false },
    Writer { by: "a writer that escapes slashes not", escaped: QUOTE, plus: true },
    Writer { by: "a writer that escapes little", escaped: LITTLE, plus: true },
];

impl Writer {
    fn text(&self, text: &[u8]) -> Vec<u8> {
        let escaped = percent_encode(text, self.escaped).to_string();
        if self.plus { escaped.replace("%20", "+").into_bytes() } else { escaped.into_bytes() }
    }

    fn field(&self, name: &str, value: &[u8]) -> Vec<u8> {
        [name.as_bytes(), b"=", &self.text(value)].concat()
    }

    fn form(&self, fields: &Fields) -> Vec<u8> {
        let pair = |(name, value): &(Vec<u8>, Vec<u8>)| [self.text(name), self.text(value)].join(&b'=');
        fields.iter().map(pair).collect::<Vec<_>>().join(&b'&')
    }
}

/// Every form that it may have been, most likely first, with the white space after it as it arrived.
pub(super) fn variants(message: &Message<'_>, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let (body, after) = message.body.split_at(message.body.trim_ascii_end().len());
    trimmed_variants(&Message { body, ..*message }, &mut |mut variant| {
        variant.bytes.extend_from_slice(after);
        add(variant)
    })
}

fn trimmed_variants(message: &Message<'_>, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let body = message.body;
    if body.len() > FORM_MAX_BYTES {
        return true;
    }
    let mut offer = |cause, step: String, bytes: Vec<u8>| add(BodyVariant { cause, second: None, step, bytes });
    // A form that JSON stands in is none: what wrapped it was taken off, and the headers were kept.
    let is_json = matches!(body.trim_ascii().first(), Some(b'{' | b'['));
    if let Some(fields) = fields_of(message).filter(|_| !is_json) {
        let mut sorted = fields.clone();
        sorted.sort();
        for writer in &WRITERS {
            let step = format!("Write the form as {} does", writer.by);
            if !offer("form_encoding", step, writer.form(&fields)) {
                return false;
            }
        }
        for writer in WRITERS.iter().take(4) {
            let step = format!("Sort the fields and write the form as {} does", writer.by);
            if !offer("form_encoding", step, writer.form(&sorted)) {
                return false;
            }
        }
        let text = String::from_utf8_lossy(body);
        let lower = form_fields::with_escapes(&text, str::to_ascii_lowercase);
        let upper = form_fields::with_escapes(&text, str::to_ascii_uppercase);
        return offer("form_encoding", "Write the escapes in lower case".to_owned(), lower.into_bytes())
            && offer("form_encoding", "Write the escapes in upper case".to_owned(), upper.into_bytes())
            && offer("form_encoding", "Write spaces as %20".to_owned(), text.replace('+', "%20").into_bytes())
            && offer("form_encoding", "Write spaces as +".to_owned(), text.replace("%20", "+").into_bytes())
            && offer(
                "form_decoded",
                "Decode the whole form".to_owned(),
                percent_decode(text.replace('+', " ").as_bytes()).collect(),
            )
            && offer("form_decoded", "Decode the escapes of the form".to_owned(), percent_decode(body).collect())
            && as_json(&fields)
                .into_iter()
                .all(|json| offer("form_decoded", "Write the fields of the form as JSON".to_owned(), json))
            && fields.iter().filter(|(_, value)| value.len() > 1).take(4).all(|(name, value)| {
                let step = format!("Take the field {} alone", String::from_utf8_lossy(name));
                offer("form_decoded", step, value.clone())
            });
    }
    if !is_json {
        return true;
    }
    // JSON that came in a field of a form, as GitHub's and Slack's does.
    let fields = [("payload", &WRITERS[..4]), ("data", &WRITERS[..1]), ("body", &WRITERS[..1])];
    for (name, writers) in fields {
        for writer in writers {
            let step = format!("Put the JSON into the form field {name}, as {} writes it", writer.by);
            if !offer("form_decoded", step, writer.field(name, body)) {
                return false;
            }
        }
    }
    let Some(fields) = read(body).as_ref().and_then(flat) else { return true };
    WRITERS.iter().take(4).all(|writer| {
        let step = format!("Write the fields as a form, as {} does", writer.by);
        offer("form_decoded", step, writer.form(&fields))
    })
}

/// JSON that came in a field of a form, and was written anew when it was taken out.
pub(super) fn of_rewritten(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    if body.len() > FORM_MAX_BYTES {
        return true;
    }
    let (mut left, mut go_on) = (REWRITTEN_MAX, true);
    json::usual_variants(body.trim_ascii(), json::Around { before: b"", after: b"" }, &mut |json| {
        left -= 1;
        let step = format!("{}; put it into the form field payload, as {} writes it", json.step, WRITERS[0].by);
        let bytes = WRITERS[0].field("payload", &json.bytes);
        go_on = add(BodyVariant { cause: "form_decoded", second: Some(json.cause), step, bytes });
        go_on && left > 0
    });
    go_on
}

/// The decoded fields of a body that is a form, or reads as one.
fn fields_of(message: &Message<'_>) -> Option<Fields> {
    let body = message.body;
    let reads_so = || {
        !body.is_empty()
            && body.contains(&b'=')
            && body.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'"' | b'<' | b'['))
    };
    (form_fields::is_form(message) && body.contains(&b'=') || reads_so()).then(|| {
        let decoded = |text: &[u8]| {
            let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
            percent_decode(&spaced).collect::<Vec<u8>>()
        };
        let pair = |field: &[u8]| {
            let at = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
            (decoded(&field[..at]), decoded(field.get(at + 1..).unwrap_or_default()))
        };
        body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(pair).collect()
    })
}

/// The fields as an object of strings, compact and as Python writes it.
fn as_json(fields: &Fields) -> Vec<Vec<u8>> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let object: Option<Map<String, Value>> =
        fields.iter().map(|(name, value)| Some((text(name)?, Value::String(text(value)?)))).collect();
    let Some(compact) = object.and_then(|object| serde_json::to_vec(&object).ok()) else { return Vec::new() };
    let spaced = read(&compact).map(|node| write(&node, &STACKS[1].1));
    let spaced: Vec<_> = spaced.into_iter().collect();
    [vec![compact], spaced].concat()
}

/// The fields of an object of texts, numbers and words.
fn flat(object: &Node<'_>) -> Option<Fields> {
    let Node::Object(fields) = object else { return None };
    let value = |value: &Node<'_>| match value {
        Node::String(text) => Some(text.decoded.as_bytes().to_vec()),
        Node::Word("null") => Some(Vec::new()),
        Node::Number(text) | Node::Word(text) => Some(text.as_bytes().to_vec()),
        Node::Array(_) | Node::Object(_) => None,
    };
    fields.iter().map(|(name, found)| Some((name.decoded.as_bytes().to_vec(), value(found)?))).collect()
}
