//! What is fed. Each target holds that nothing panics, that errors are short and exact, and that nothing passes that no
//! secret signed.

use std::sync::LazyLock;

use hookglass_model::{Header, HeaderList, UnixMillis, VerdictKind};
use hookglass_signing::{
    Case, KnownSecret, LabelledSecret, Message, Provider, Registry, Secret, SecretStanding, SignOptions,
};

use crate::{
    corpus::{self, KEYS, SIGNED_AT_S, URL, secret_for},
    fuzz,
};

/// Pieces of headers and of signatures.
const HEADER_WORDS: &[&[u8]] = &[
    b"t=",
    b"v1=",
    b"v1,",
    b"ts=",
    b"h1=",
    b"v0=",
    b"sha256=",
    b"sha1=",
    b",",
    b";",
    b" ",
    b"=",
    b"|",
    b"&",
    b":",
    b".",
    b"\n",
    b": ",
    b"\t",
    b"\r",
    b"\0",
    b"\xc3\xa9",
    b"\xff",
    b"-",
    b"+",
    b"%",
    b"9223372036854775808",
    b"Bearer ",
    b"Basic ",
    b"eyJhbGciOiJub25lIn0.",
    b"eyJhbGciOiJIUzI1NiJ9.e30.",
    b"AAAA",
    b"00000000",
    b"a=1,keyId=\"b\",signature=\"c\"",
];

/// Pieces of recipes.
const RECIPE_WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[",
    b"]]",
    b"=",
    b"\"",
    b"'''",
    b"\"\"\"",
    b"\n",
    b"#",
    b".",
    b"{body}",
    b"{timestamp}",
    b"{secret}",
    b"{message_id}",
    b"{header:X}",
    b"{url}",
    b"{form_fields}",
    b"{body_or_form:payload}",
    b"{",
    b"{{",
    b"1e999",
    b"nan",
    b"true",
    b"\\u0000",
    b"\\U0010FFFF",
    b"hmac-md5",
    b"ed25519",
    b"token",
    b"hex",
    b"base64",
    b"text",
    b"prefix",
    b"list",
    b"positional",
    b"separator",
    b"unix-milliseconds",
    b"rfc3339",
    b"headers = []",
    b"json = \"/a~0~1\"",
    b"id",
    b"-1",
    b"65536",
];

/// Pieces of JSON and of forms.
const BODY_WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"\\u0000",
    b"null",
    b"true",
    b"1e999",
    b"-",
    b"\"type\":",
    b"\"id\":",
    b"\"event\":",
    b"&",
    b"=",
    b"%",
    b"%2",
    b"%ZZ",
    b"+",
    b"payload=",
    b"\xff",
    b"\0",
    b"{\"a\":",
    b"[[[[[[[[",
];

/// Pieces of keys.
const KEY_WORDS: &[&[u8]] = &[
    b"-----BEGIN PUBLIC KEY-----\n",
    b"-----END PUBLIC KEY-----\n",
    b"-----BEGIN RSA PRIVATE KEY-----\n",
    b"-----BEGIN ",
    b"-----",
    b"whsec_",
    b"whsk_",
    b"whpk_",
    b"=",
    b"==",
    b"\n",
    b"\r\n",
    b" ",
    b"\0",
    b"\xff",
    b"\"kty\":",
    b"\"RSA\"",
    b"\"n\":\"AQAB\"",
    b"\"keys\":[",
    b"{",
    b"}",
    b"MIIB",
    b"AAAA",
    b"&amp;",
    b":",
    b"e\xcc\x81",
];

/// Pieces of moments.
const MOMENT_WORDS: &[&[u8]] = &[
    b"-",
    b"+",
    b".",
    b":",
    b"T",
    b"Z",
    b"t",
    b"z",
    b" ",
    b"0",
    b"9999",
    b"99999999999999999999",
    b"e9",
    b"GMT",
    b"\xd9\xa1",
    b"\0",
];

#[test]
fn headers() {
    fuzz("headers", &corpus::requests(), HEADER_WORDS, |input| {
        let (headers, body) = parse(input);
        ask_every_provider(&headers, body);
    });
}

#[test]
fn recipes() {
    fuzz("recipes", &corpus::recipes(), RECIPE_WORDS, |input| {
        let text = String::from_utf8_lossy(input);
        let (file, recipe) = text.split_once('\n').unwrap_or(("a.toml", &text));
        let registry = match Registry::load(&[(file, recipe)]) {
            Ok(registry) => registry,
            Err(error) => {
                assert!(!error.problem.is_empty(), "nothing is said");
                let lines = recipe.split('\n').count();
                assert!(error.line >= 1 && error.line as usize <= lines, "line {} of {lines}", error.line);
                let length = error.to_string().len();
                assert!(length < file.len() + 1100, "{length} bytes are said");
                return;
            }
        };
        // What is read can be used.
        for provider in registry.providers() {
            let body = b"a=1&b=2";
            let mut headers = HeaderList::new();
            for name in provider.signature_headers() {
                headers.push(Header::new(name.as_str(), "t=1,v1=00, v1,AAAA"));
            }
            ask(provider, &headers, body, SIGNED_AT_S);
            let _ = registry.recognise(&message(&headers, body));
        }
    });
}

#[test]
fn bodies() {
    fuzz("bodies", &corpus::bodies(), BODY_WORDS, |input| {
        for content_type in ["application/json", "application/x-www-form-urlencoded"] {
            let mut headers = HeaderList::new();
            headers.push(Header::new("Content-Type", content_type));
            for provider in Registry::built_in().providers() {
                let message = message(&headers, input);
                let event = provider.event(&message);
                drop(event);
                let Some(secret) = secret_for(provider) else { continue };
                let _ = provider.sign(&message, &[&secret], &options());
            }
        }
    });
}

#[test]
fn timestamps() {
    static SIGNED: LazyLock<Vec<(&Provider, Vec<u8>)>> = LazyLock::new(corpus::signed);
    fuzz("timestamps", &corpus::moments(), MOMENT_WORDS, |input| {
        let value: Vec<u8> = input.iter().copied().filter(|byte| !b"\r\n\0".contains(byte)).collect();
        for (provider, request) in SIGNED.iter() {
            let (headers, body) = parse(request);
            ask(provider, &with_moment(&headers, &value), body, SIGNED_AT_S);
        }
    });
}

/// Puts the value wherever the provider put the moment, in each of its forms.
fn with_moment(headers: &HeaderList, value: &[u8]) -> HeaderList {
    let mut changed = HeaderList::new();
    for header in headers {
        let mut header = header.clone();
        for moment in [&b"1700000000"[..], b"2023-11-14T22:13:20", b"Tue, 14 Nov 2023 22:13:20 GMT"] {
            if let Some(at) = header.value.windows(moment.len()).position(|window| window == moment) {
                header.value = [&header.value[..at], value, &header.value[at + moment.len()..]].concat();
            }
        }
        changed.push(header);
    }
    changed
}

#[test]
fn secrets() {
    fuzz("secrets", &corpus::keys(), KEY_WORDS, |input| {
        let secret = Secret::new(input);
        let headers = HeaderList::new();
        for provider in Registry::built_in().providers() {
            let usable = provider.check_secret("label", &secret);
            let signed = provider.sign(&message(&headers, b"{}"), &[&secret], &options());
            assert!(usable.is_ok() || signed.is_err(), "{} signs with what it does not take", provider.id());
            assert!(!(input.is_empty() && usable.is_ok()), "{} takes an empty secret", provider.id());
            if let Err(error) = signed {
                let said = error.to_string();
                assert!(said.len() < 1000, "{said}");
                // A short text may stand in a sentence by chance.
                let shown = String::from_utf8_lossy(input);
                assert!(input.len() < 24 || !said.contains(&*shown), "{} repeats the secret", provider.id());
            }
        }
    });
}

#[test]
fn doctor() {
    let corpus: Vec<_> = corpus::signed().into_iter().map(|(_, request)| request).collect();
    fuzz("doctor", &corpus, HEADER_WORDS, |input| {
        let (headers, body) = parse(input);
        let message = message(&headers, body);
        let registry = Registry::built_in();
        let presumed = registry.presumed_provider(&message);
        // No request of the corpus was signed with these.
        let strangers = [Secret::new("5a17c0ffee5a17c0ffee5a17c0ffee5a"), Secret::new("\"whsec_c3RyYW5nZXI=\"\n")];
        let secrets = [SecretStanding::Configured, SecretStanding::Elsewhere];
        let secrets: Vec<_> = strangers
            .iter()
            .zip(secrets)
            .map(|(secret, standing)| KnownSecret { label: "stranger", secret, standing })
            .collect();
        for provider in presumed.into_iter().chain(["stripe", "twilio"].iter().filter_map(|id| registry.get(id))) {
            let received_at = UnixMillis::from_unix_seconds(SIGNED_AT_S);
            let case = Case { message, provider, secrets: &secrets, received_at, tolerance_seconds: None };
            let examination = registry.diagnose(&case, &|| false);
            for finding in &examination.diagnosis.findings {
                assert!(!finding.reproduced, "{}: {}", provider.id(), finding.sentence);
                let said = finding.sentence.len() + finding.remedy.len() + finding.steps.concat().len();
                assert!(said < 4000, "{}: {}", provider.id(), finding.sentence);
            }
            assert!(examination.proof.is_none());
        }
    });
}

/// All of the interface, on a request that may say anything.
fn ask_every_provider(headers: &HeaderList, body: &[u8]) {
    let registry = Registry::built_in();
    for provider in registry.providers() {
        ask(provider, headers, body, SIGNED_AT_S);
    }
    let _ = registry.recognise(&message(headers, body));
}

fn ask(provider: &Provider, headers: &HeaderList, body: &[u8], received_at_s: i64) {
    let message = message(headers, body);
    let received_at = UnixMillis::from_unix_seconds(received_at_s);
    for key in &KEYS[..4] {
        let secret = Secret::new(*key);
        let verdict = provider.verify(&message, &[LabelledSecret { label: "l", secret: &secret }], received_at, None);
        let said = verdict.sentence();
        assert!(said.len() < 2000, "{}: {said}", provider.id());
    }
    // No request of the corpus was signed with this one.
    let stranger = Secret::new("5a17c0ffee5a17c0ffee5a17c0ffee5a17c0ffee5a17c0ffee5a17c0ffee5a17");
    let verdict = provider.verify(&message, &[LabelledSecret { label: "s", secret: &stranger }], received_at, Some(0));
    assert_ne!(verdict.kind(), VerdictKind::Valid, "{}: {verdict:?}", provider.id());

    let _ = (provider.explain(&message), provider.signed_at(&message), provider.event(&message));
}

fn message<'a>(headers: &'a HeaderList, body: &'a [u8]) -> Message<'a> {
    Message { method: "POST", target: "/in?a=b", url: Some(URL), headers, body }
}

fn options() -> SignOptions {
    SignOptions { timestamp: SIGNED_AT_S, id: Some("msg_1".to_owned()) }
}

/// Header lines, an empty line, the body; what is no header line is left out.
fn parse(request: &[u8]) -> (HeaderList, &[u8]) {
    let end = request.windows(2).position(|window| window == b"\n\n");
    let (head, body) = end.map_or((request, &[][..]), |end| (&request[..end], &request[end + 2..]));
    let mut headers = HeaderList::new();
    for line in head.split(|&byte| byte == b'\n') {
        if let Some(colon) = line.iter().position(|&byte| byte == b':') {
            let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
            headers.push(Header::new(String::from_utf8_lossy(&line[..colon]), value));
        }
    }
    (headers, body)
}
