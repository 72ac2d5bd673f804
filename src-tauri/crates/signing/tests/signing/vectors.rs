//! Published vectors: what vendors say is right must be right here, and nothing else may be.

use std::{collections::BTreeMap, fs, path::Path};

use hookglass_model::{Header, UnixMillis, Verdict, VerdictKind};
use hookglass_signing::{Provider, Registry, Secret, SignOptions};
use serde::Deserialize;

use crate::request::{Request, SIGNED_AT, assert_valid};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorFile {
    vector: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// Where it is published.
    source: String,
    secret: String,
    body: String,
    headers: BTreeMap<String, String>,
    at_unix_seconds: Option<i64>,
    /// The method, where it is not POST.
    method: Option<String>,
    /// The URL that the sender was told, where it is signed.
    url: Option<String>,
    /// Path and query as received, where they are looked at.
    target: Option<String>,
    /// False where signing cannot give the vector: we sign whole seconds, and it has milliseconds.
    #[serde(default = "yes")]
    signs: bool,
    /// What signing gives when it is not the received header, which may carry other schemes too.
    signs_as: Option<String>,
}

fn yes() -> bool {
    true
}

impl Vector {
    fn request(&self) -> Request {
        let mut request = Request { url: self.url.clone(), ..Request::new(self.body.as_bytes()) };
        if let Some(target) = &self.target {
            request.target.clone_from(target);
        }
        if let Some(method) = &self.method {
            request.method.clone_from(method);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.with(name, value.as_bytes()))
    }

    fn at(&self) -> UnixMillis {
        self.at_unix_seconds.map_or(SIGNED_AT, UnixMillis::from_unix_seconds)
    }
}

/// How many vectors there are, so that none is lost unseen.
const VECTORS: usize = 65;

/// Runs over all vectors of all providers.
fn for_each_vector(check: impl Fn(&Provider, &Vector)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut vectors = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let provider = Registry::built_in().get(path.file_stem().unwrap().to_str().unwrap());
        let provider = provider.unwrap_or_else(|| panic!("{} is no provider's", path.display()));
        let file: VectorFile = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(!file.vector.is_empty());
        for vector in &file.vector {
            check(provider, vector);
            vectors += 1;
        }
    }
    assert_eq!(vectors, VECTORS);
}

#[test]
fn published_vectors_are_valid() {
    for_each_vector(|provider, vector| {
        let verdict = vector.request().verify_at(provider, &[&vector.secret], vector.at(), None);
        assert_eq!(verdict.kind(), VerdictKind::Valid, "{}: {verdict:?}", vector.source);
    });
}

#[test]
fn signing_reproduces_published_vectors() {
    for_each_vector(|provider, vector| {
        if !vector.signs {
            return;
        }
        let request = vector.request();
        let options = SignOptions { timestamp: vector.at().unix_seconds(), id: None };
        let signed = provider.sign(&request.message(), &[&Secret::new(vector.secret.as_str())], &options).unwrap();
        for Header { name, value } in signed.headers {
            let is_signature = provider.signature_headers().contains(&name);
            let published = vector.signs_as.as_deref().filter(|_| is_signature).map(str::as_bytes);
            let published = published.or_else(|| request.headers.first(&name));
            assert_eq!(Some(&value[..]), published, "{}: {name}", vector.source);
        }
    });
}

/// Whether changing `from` to `to` changes the text of a signature but not the signature.
fn is_same_digit(from: u8, to: u8) -> bool {
    from.is_ascii_hexdigit() && from.eq_ignore_ascii_case(&to)
}

/// Whether what is signed has a part of this name.
fn signs(provider: &Provider, vector: &Vector, part_name: &str) -> bool {
    provider.explain(&vector.request().message()).parts.iter().any(|part| part.name == part_name)
}

/// Whether the decoded fields of a form are signed and not its text.
fn signs_form_fields(provider: &Provider, vector: &Vector) -> bool {
    ["sorted form fields", "sorted form pairs", "form fields as PHP serializes them"]
        .iter()
        .any(|name| signs(provider, vector, name))
}

/// Whether the byte is a digit of a percent escape and changed its case alone.
fn is_same_escape(from: &[u8], to: &[u8], at: usize) -> bool {
    let after_percent = from[at.saturating_sub(2)..at].contains(&b'%');
    after_percent && is_same_digit(from[at], to[at])
}

#[test]
fn every_changed_byte_of_a_body_is_noticed() {
    for_each_vector(|provider, vector| {
        if !provider.covers_body() {
            return;
        }
        let original = vector.request();
        for at in 0..original.body.len() {
            // Long bodies are mostly RSA's, which takes its time.
            let bits = if original.body.len() > 1000 { at % 8..at % 8 + 1 } else { 0..8 };
            for bit in bits {
                let mut changed = original.clone();
                changed.body[at] ^= 1 << bit;
                let (from, to) = (original.body[at], changed.body[at]);
                if signs_form_fields(provider, vector) && is_same_escape(&original.body, &changed.body, at)
                    || provider.signature_headers().is_empty() && is_same_digit(from, to)
                {
                    continue;
                }
                let verdict = changed.verify_at(provider, &[&vector.secret], vector.at(), Some(0));
                assert!(is_noticed(&verdict), "{} body {at}: {verdict:?}", vector.source);
            }
        }
        for changed in [[&original.body[..], b"\n"].concat(), original.body.iter().skip(1).copied().collect()] {
            if changed == original.body {
                continue;
            }
            let changed = Request { body: changed, ..original.clone() };
            let verdict = changed.verify_at(provider, &[&vector.secret], vector.at(), Some(0));
            assert!(is_noticed(&verdict), "{}: {verdict:?}", vector.source);
        }
    });
}

/// Whether a change shows: in the signature, in a claim about the body, or because a form's signature is changed too.
fn is_noticed(verdict: &Verdict) -> bool {
    let codes = ["signature_mismatch", "claim_differs", "part_missing", "header_malformed", "timestamp_malformed"];
    verdict.kind() == VerdictKind::Unsigned || verdict.reason_code().is_some_and(|code| codes.contains(&code))
}

/// Changes every byte of `needle` inside each header, or else inside the body, to every other value; of long ones four
/// bits, as an RSA signature takes its time. Tells whether the text was found at all.
fn header_text_is_covered(provider: &Provider, vector: &Vector, needle: &[u8], both_cases: bool) -> bool {
    let original = vector.request();
    let found = |text: &[u8]| text.windows(needle.len()).position(|window| window == needle);
    let other_bytes = |byte: u8| -> Vec<u8> {
        let bits = || [1, 2, 32, 128].map(|bit| byte ^ bit).to_vec();
        if !vector.signs || needle.len() > 100 {
            bits()
        } else {
            (0..=u8::MAX).filter(|&other| other != byte).collect()
        }
    };
    let check = |changed: Request, what: &str| {
        let verdict = changed.verify_at(provider, &[&vector.secret], vector.at(), Some(0));
        assert_ne!(verdict.kind(), VerdictKind::Valid, "{} {what}", vector.source);
    };
    let mut in_headers = false;
    for Header { name, value } in &original.headers {
        let Some(start) = found(value) else { continue };
        in_headers = true;
        for at in start..start + needle.len() {
            for byte in other_bytes(value[at]) {
                if both_cases && is_same_digit(value[at], byte) {
                    continue;
                }
                let mut changed = original.clone();
                let mut new_value = value.clone();
                new_value[at] = byte;
                changed.headers.set(name, new_value);
                check(changed, &format!("{name} {at} {byte}"));
            }
        }
    }
    let in_body = if in_headers { None } else { found(&original.body) };
    for at in in_body.into_iter().flat_map(|start| start..start + needle.len()) {
        for byte in other_bytes(original.body[at]) {
            if both_cases && is_same_digit(original.body[at], byte) {
                continue;
            }
            let mut changed = original.clone();
            changed.body[at] = byte;
            check(changed, &format!("body {at} {byte}"));
        }
    }
    in_headers || in_body.is_some()
}

#[test]
fn every_changed_byte_of_a_signature_is_noticed() {
    for_each_vector(|provider, vector| {
        let request = vector.request();
        let hexadecimal = provider.scheme().ends_with("hex");
        // Beside the one that matches there may be others, of an older secret or made up.
        let verdict = request.verify_at(provider, &[&vector.secret], vector.at(), None);
        let Verdict::Valid { matched } = verdict else { panic!("{verdict:?}") };
        let received = &provider.explain(&request.message()).received[matched.signature_index as usize];
        // In a form it is written with escapes.
        let is_found = header_text_is_covered(provider, vector, received.value.as_bytes(), hexadecimal);
        assert!(is_found || provider.signature_headers().is_empty(), "{}: nothing was changed", vector.source);
    });
}

#[test]
fn every_changed_byte_of_a_timestamp_is_noticed() {
    for_each_vector(|provider, vector| {
        let signed_at = provider.signed_at(&vector.request().message());
        assert_eq!(signed_at, vector.at_unix_seconds);
        let request = vector.request();
        let parts = provider.explain(&request.message()).parts;
        if let Some(timestamp) = parts.iter().find(|part| part.name == "timestamp") {
            assert!(header_text_is_covered(provider, vector, &timestamp.bytes, false), "{}", vector.source);
        }
    });
}

#[test]
fn every_changed_byte_of_a_signed_id_is_noticed() {
    for_each_vector(|provider, vector| {
        let request = vector.request();
        let parts = provider.explain(&request.message()).parts;
        if let Some(id) = parts.iter().find(|part| part.name == "message id") {
            assert!(header_text_is_covered(provider, vector, &id.bytes, false), "{}", vector.source);
        }
    });
}

#[test]
fn upper_case_hex_is_the_same_signature() {
    for_each_vector(|provider, vector| {
        if !provider.scheme().ends_with("hex") {
            return;
        }
        let mut request = vector.request();
        for received in provider.explain(&request.message()).received {
            let Some(name) = provider.signature_headers().first() else { continue };
            let value = request.headers.first_text(name).unwrap();
            let value = value.replace(&received.value, &received.value.to_uppercase());
            request.headers.set(name, value);
        }
        assert_valid(&request.verify_at(provider, &[&vector.secret], vector.at(), None));
    });
}

#[test]
fn explanations_hold_exactly_the_signed_bytes() {
    for_each_vector(|provider, vector| {
        let request = vector.request();
        let explanation = provider.explain(&request.message());
        let joined: Vec<u8> = explanation.parts.iter().flat_map(|part| part.bytes.iter().copied()).collect();
        let joined = String::from_utf8(joined).unwrap();
        if signs(provider, vector, "body") {
            assert!(joined.contains(&vector.body));
        }
        let in_headers = |text: &str| request.headers.iter().any(|header| header.value_lossy().contains(text));
        let seconds = vector.at_unix_seconds.map(|seconds| seconds.to_string());
        if let Some(seconds) = seconds.filter(|seconds| in_headers(seconds)) {
            assert!(joined.contains(&seconds));
        }
        if signs(provider, vector, "URL") {
            assert!(joined.contains(vector.url.as_deref().unwrap_or_default()));
        }
        let shown = format!("{explanation:?}");
        assert!(!shown.contains(&vector.secret), "an explanation shows no secret");
    });
}
