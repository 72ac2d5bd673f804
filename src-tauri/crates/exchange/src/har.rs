//! HAR 1.2, written as a stream. What the format has no place for stands in fields that start with an underscore,
//! which the format reserves for that (HAR 1.2, "Custom fields"); every other field is as specified.

use std::io::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use hookglass_model::{Header, HeaderList};
use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::{ExportCapture, Redaction, redact::Redactor};

/// ISO 8601 in UTC with milliseconds.
const TIMESTAMP: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Writes one HAR file with an entry for each capture, in the order given, and returns their number. Memory use does
/// not grow with their number, but for the distinct secrets that are replaced. `out` gets many small writes: wrap a
/// file in a [`BufWriter`](io::BufWriter).
///
/// # Errors
/// The first error of the source or of `out`; what was written until then is no complete file.
pub fn write<W: Write>(
    mut out: W,
    captures: impl Iterator<Item = io::Result<ExportCapture>>,
    app_version: &str,
    redaction: &Redaction,
) -> io::Result<u64> {
    let mut redactor = Redactor::new(*redaction);
    let creator = Creator { name: "Hookglass", version: app_version };
    write!(out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{},\"entries\":[", serde_json::to_string(&creator)?)?;
    let mut entries = 0;
    for capture in captures {
        let separator: &[u8] = if entries == 0 { b"\n" } else { b",\n" };
        out.write_all(separator)?;
        serde_json::to_writer(&mut out, &Entry::of(&capture?, &mut redactor))?;
        entries += 1;
    }
    out.write_all(b"\n]}}\n")?;
    out.flush()?;
    Ok(entries)
}

#[derive(Serialize)]
struct Creator<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    started_date_time: String,
    time: f64,
    request: Request<'a>,
    response: Response,
    cache: Empty,
    timings: Timings,
    #[serde(rename = "_hookglass")]
    hookglass: Hookglass<'a>,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    method: &'a str,
    url: String,
    http_version: &'static str,
    cookies: Vec<Pair>,
    headers: Vec<Pair>,
    query_string: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'a>>,
    headers_size: usize,
    body_size: usize,
}

#[derive(Serialize)]
struct Pair {
    name: String,
    value: String,
    /// The exact bytes of a value that is not UTF-8.
    #[serde(rename = "_valueBase64", skip_serializing_if = "Option::is_none")]
    value_base64: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'a> {
    mime_type: String,
    text: std::borrow::Cow<'a, str>,
    /// HAR 1.2 has an encoding for answers only; 1.3 proposes one for requests.
    #[serde(rename = "_encoding", skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [Pair; 0],
    headers: [Pair; 0],
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i8,
    body_size: i8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: u8,
    mime_type: &'static str,
}

#[derive(Serialize)]
struct Hookglass<'a> {
    id: String,
    endpoint: &'a str,
    provider: Option<&'a str>,
    event_type: Option<&'a str>,
    event_id: Option<&'a str>,
    verdict: &'static str,
    verdict_sentence: &'a str,
    client: &'a str,
    truncated: bool,
}

impl<'a> Entry<'a> {
    fn of(capture: &'a ExportCapture, redactor: &mut Redactor) -> Self {
        let time = f64::from(capture.total_us) / 1000.0;
        let headers = redactor.headers(&capture.headers, &capture.secret_headers);
        let url = redactor.url(without_fragment(&capture.url)).into_owned();
        Self {
            started_date_time: timestamp(capture.received_at.0),
            time,
            request: Request {
                method: &capture.method,
                http_version: capture.protocol.as_str(),
                cookies: cookies(&headers),
                headers: headers.iter().map(Pair::of_header).collect(),
                query_string: query_pairs(&url),
                post_data: PostData::of(capture),
                headers_size: head_bytes(capture),
                body_size: capture.body.len(),
                url,
            },
            response: Response {
                status: capture.answer_status,
                status_text: StatusCode::from_u16(capture.answer_status)
                    .ok()
                    .and_then(|status| status.canonical_reason())
                    .unwrap_or_default(),
                http_version: capture.protocol.as_str(),
                cookies: [],
                headers: [],
                content: Content { size: 0, mime_type: "x-unknown" },
                redirect_url: "",
                // Not known: only the status of the answer is recorded.
                headers_size: -1,
                body_size: -1,
            },
            cache: Empty {},
            timings: Timings { send: 0.0, wait: time, receive: 0.0 },
            hookglass: Hookglass {
                id: capture.id.to_string(),
                endpoint: &capture.endpoint_slug,
                provider: capture.provider.as_deref(),
                event_type: capture.event_type.as_deref(),
                event_id: capture.event_id.as_deref(),
                verdict: capture.verdict.as_str(),
                verdict_sentence: &capture.verdict_sentence,
                client: &capture.client,
                truncated: capture.truncated,
            },
        }
    }
}

impl Pair {
    fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), value_base64: None }
    }

    fn of_header(header: &Header) -> Self {
        let exact = std::str::from_utf8(&header.value).is_ok();
        Self {
            name: header.name.clone(),
            value: header.value_lossy().into_owned(),
            value_base64: (!exact).then(|| STANDARD.encode(&header.value)),
        }
    }
}

impl<'a> PostData<'a> {
    fn of(capture: &'a ExportCapture) -> Option<Self> {
        if capture.body.is_empty() {
            return None;
        }
        let mime_type = capture.headers.first("content-type").map(|value| String::from_utf8_lossy(value).into_owned());
        let mime_type = mime_type.unwrap_or_default();
        Some(match std::str::from_utf8(&capture.body) {
            Ok(text) => Self { mime_type, text: text.into(), encoding: None, comment: None },
            Err(_) => Self {
                mime_type,
                text: STANDARD.encode(&capture.body).into(),
                encoding: Some("base64"),
                comment: Some("The body is not UTF-8 text; text holds it in base64."),
            },
        })
    }
}

/// From the start of the request to the end of the empty line, as HTTP/1.1 writes it.
fn head_bytes(capture: &ExportCapture) -> usize {
    const SEPARATORS: usize = "  \r\n\r\n".len();
    let line = capture.method.len() + target(&capture.url).len() + capture.protocol.as_str().len() + SEPARATORS;
    line + capture.headers.iter().map(|header| header.name.len() + header.value.len() + ": \r\n".len()).sum::<usize>()
}

/// Path and query of an absolute URL.
fn target(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    without_fragment(after_scheme.find('/').map_or("/", |at| &after_scheme[at..]))
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

fn query_pairs(url: &str) -> Vec<Pair> {
    let Some((_, query)) = url.split_once('?') else { return Vec::new() };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Pair::new(form_decoded(name), form_decoded(value))
        })
        .collect()
}

/// As application/x-www-form-urlencoded is read (WHATWG URL §5.1).
fn form_decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The pairs of Cookie lines (RFC 6265 §4.2). A redacted line has none.
fn cookies(headers: &HeaderList) -> Vec<Pair> {
    headers
        .all("cookie")
        .filter_map(|line| std::str::from_utf8(line).ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .map(|(name, value)| Pair::new(name, value))
        .collect()
}

fn timestamp(unix_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(TIMESTAMP).ok())
        // Outside the years a calendar here can name; the format wants a moment nevertheless.
        .unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned())
}
