//! Headers as JSON, or JSON that holds a request, as functions in the cloud, debuggers and browsers write it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Deserializer, Map, Value};

use super::{Collected, after_empty_line, lines};
use crate::CommandError;

/// Where headers stand: Node's exact list, most others, API Gateway's with duplicates, Postman's.
const HEADERS: [&str; 4] = ["rawHeaders", "headers", "multiValueHeaders", "header"];

/// Members that hold the request where an answer has headers, too.
const REQUESTS: [&str; 2] = ["request", "req"];

/// Reads the text when it begins with JSON; `None` when it does not.
pub(super) fn read(text: &str, has_own_body: bool) -> Result<Option<Collected>, CommandError> {
    let Some((value, rest)) = first_value(text) else { return Ok(None) };
    let mut collected = Collected::default();
    match (holder(&value), &value) {
        (Some(object), _) => of_request(object, has_own_body, &mut collected)?,
        (None, Value::Object(object)) => of_headers(object, &mut collected),
        (None, Value::Array(items)) => of_list(items, &mut collected),
        _ => return Ok(None),
    }
    if collected.body.is_none() {
        // The rest of the line on which the JSON ends is not yet an empty line.
        let after = rest.split_once('\n').and_then(|(_, after)| after_empty_line(after));
        collected.body = after.map(|body| body.as_bytes().to_vec());
    }
    Ok(Some(collected))
}

/// Whether the text begins with JSON that holds a request somewhere, as a line of a log does after its own words.
pub(super) fn holds_request(text: &str) -> bool {
    first_value(text).is_some_and(|(value, _)| holder(&value).is_some())
}

fn first_value(text: &str) -> Option<(Value, &str)> {
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, text.get(values.byte_offset()..).unwrap_or_default()))
}

/// The object whose member the headers are: the outermost, but that of a request before others. Each is visited once.
fn holder(value: &Value) -> Option<&Map<String, Value>> {
    match value {
        Value::Object(object) => REQUESTS
            .iter()
            .find_map(|name| holder(object.get(*name)?))
            .or_else(|| headers_in(object).map(|_| object))
            .or_else(|| {
                let others = object.iter().filter(|(name, _)| !REQUESTS.contains(&name.as_str()));
                others.map(|(_, inner)| inner).find_map(holder)
            }),
        Value::Array(items) => items.iter().find_map(holder),
        _ => None,
    }
}

fn headers_in(object: &Map<String, Value>) -> Option<&Value> {
    HEADERS.iter().filter_map(|name| object.get(*name)).find(|value| match value {
        Value::Object(headers) => !headers.is_empty(),
        Value::Array(headers) => !headers.is_empty(),
        Value::String(headers) => headers.contains(':'),
        _ => false,
    })
}

fn of_request(object: &Map<String, Value>, has_own_body: bool, collected: &mut Collected) -> Result<(), CommandError> {
    match headers_in(object) {
        Some(Value::Object(headers)) => of_headers(headers, collected),
        Some(Value::Array(items)) => of_list(items, collected),
        Some(Value::String(block)) => collected.headers = lines::read(block, true).headers,
        _ => {}
    }
    let text_of = |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str()).map(str::to_owned);
    collected.method = text_of(&["httpMethod", "method"])
        .or_else(|| Some(object.get("requestContext")?.get("http")?.get("method")?.as_str()?.to_owned()));
    collected.target = text_of(&["originalUrl", "url", "rawPath", "path"]);
    collected.query = text_of(&["rawQueryString"]);
    if !has_own_body {
        collected.body = body_of(object)?;
    }
    Ok(())
}

fn body_of(object: &Map<String, Value>) -> Result<Option<Vec<u8>>, CommandError> {
    let is_base64 = object.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
    let posted = object.get("postData").and_then(|posted| posted.get("text"));
    let named = ["rawBody", "body", "content"].iter().filter_map(|name| object.get(*name));
    match named.chain(posted).find(|body| !body.is_null()) {
        Some(Value::String(body)) if is_base64 => STANDARD.decode(body).map(Some).map_err(|_| {
            CommandError::invalid("The body is marked as Base64 and is none. Paste the body into the field for it.")
        }),
        Some(Value::String(body)) => Ok(Some(body.clone().into_bytes())),
        // A parsed body is no longer what was sent; written compactly it may be.
        Some(parsed) => Ok(of_buffer(parsed).or_else(|| serde_json::to_vec(parsed).ok())),
        None => Ok(None),
    }
}

/// Node writes a Buffer as `{"type":"Buffer","data":[…]}`.
fn of_buffer(value: &Value) -> Option<Vec<u8>> {
    if value.get("type")?.as_str()? != "Buffer" {
        return None;
    }
    value.get("data")?.as_array()?.iter().map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect()
}

fn of_headers(headers: &Map<String, Value>, collected: &mut Collected) {
    for (name, value) in headers {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values.iter().filter_map(text) {
            collected.take(name, value);
        }
    }
}

fn of_list(items: &[Value], collected: &mut Collected) {
    if items.iter().all(Value::is_string) {
        // Names and values in turn.
        for pair in items.chunks_exact(2) {
            take(pair.first(), pair.last(), collected);
        }
        return;
    }
    for item in items {
        match item {
            Value::Array(pair) if pair.len() == 2 => take(pair.first(), pair.last(), collected),
            Value::Object(one) => {
                let field = |names: [&str; 2]| names.iter().find_map(|name| one.get(*name));
                take(field(["name", "key"]), field(["value", "Value"]), collected);
            }
            _ => {}
        }
    }
}

fn take(name: Option<&Value>, value: Option<&Value>, collected: &mut Collected) {
    if let (Some(name), Some(value)) = (name.and_then(Value::as_str), value.and_then(text)) {
        collected.take(name, value);
    }
}

/// What a header can hold; objects, lists and null are no values.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
