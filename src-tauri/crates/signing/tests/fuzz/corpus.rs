//! What the mutations start from.

use std::{fs, path::Path};

use hookglass_model::{Header, HeaderList};
use hookglass_signing::{Message, Provider, Registry, Secret, SignOptions};

/// The moment the corpus is signed at and judged at, in Unix seconds.
pub(crate) const SIGNED_AT_S: i64 = 1_700_000_000;

/// The address that senders were told.
pub(crate) const URL: &str = "https://hooks.example.com/in?a=b";

/// Texts of keys of every form; each recipe takes at least one of them.
pub(crate) const KEYS: [&str; 6] = [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    // RFC 8032 §7.1, test 1: seed and public key.
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
    "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
];

/// Forms of keys that are hard to read.
const KEY_TEXTS: [&str; 5] = [
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==\n-----END PUBLIC KEY-----\n",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    r#"{"kty":"EC","crv":"P-256","x":"83T4O_n84iotIvIW4mdBgQ_7dAfSmpqIM8kF9mN1flo","y":"VSktxkanutoMPtnzTUWiDV71aYoJUiPHjRHOsBANxfo"}"#,
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1"}]}"#,
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
];

/// Bodies of the kinds that recipes read pieces of.
const BODIES: [&str; 5] = [
    r#"{"id":"evt_1","type":"invoice.paid","event":{"type":"a","id":1},"action":"b","data":{"event_type":"c"},"payload":[{"x":null}]}"#,
    "Body=Hello%20World&From=%2B15550100&To=&MediaUrl=a&MediaUrl=b&payload=%7B%22a%22%3A1%7D",
    "[1,[2,[3,[4]]],\"\\u00e9\\ud83d\\ude00\",1e400,-0.0]",
    "",
    "not any of these \u{1f600}\r\n",
];

/// A secret that the provider takes, if there is one among the keys.
pub(crate) fn secret_for(provider: &Provider) -> Option<Secret> {
    KEYS.iter().map(|key| Secret::new(*key)).find(|secret| provider.check_secret("", secret).is_ok())
}

/// The headers that a provider signs a message with, beside the usual ones.
fn signed_headers(provider: &Provider, body: &[u8]) -> Option<HeaderList> {
    let mut headers = HeaderList::new();
    let content_type = if body.contains(&b'&') { "application/x-www-form-urlencoded" } else { "application/json" };
    headers.push(Header::new("Content-Type", content_type));
    let message = Message { method: "POST", target: "/in?a=b", url: Some(URL), headers: &headers, body };
    let options = SignOptions { timestamp: SIGNED_AT_S, id: Some("msg_1".to_owned()) };
    let signed = provider.sign(&message, &[&secret_for(provider)?], &options).ok()?;
    for header in signed.headers {
        headers.set(&header.name, header.value);
    }
    Some(headers)
}

/// A signed request of each provider, as text: header lines, an empty line, the body.
pub(crate) fn signed() -> Vec<(&'static Provider, Vec<u8>)> {
    let providers = Registry::built_in().providers().zip(BODIES.iter().cycle());
    let requests = providers.filter_map(|(provider, body)| {
        let mut request = Vec::new();
        for header in &signed_headers(provider, body.as_bytes())? {
            request.extend_from_slice(header.name.as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(&header.value);
            request.push(b'\n');
        }
        request.push(b'\n');
        request.extend_from_slice(body.as_bytes());
        Some((provider, request))
    });
    requests.collect()
}

/// The same without the providers.
pub(crate) fn requests() -> Vec<Vec<u8>> {
    signed().into_iter().map(|(_, request)| request).collect()
}

/// The built-in recipes, each behind the name of its file on a line of its own.
pub(crate) fn recipes() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers");
    let mut recipes = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            recipes.push(format!("{name}\n{}", fs::read_to_string(&path).unwrap()).into_bytes());
        }
    }
    recipes
}

/// Bodies alone.
pub(crate) fn bodies() -> Vec<Vec<u8>> {
    BODIES.iter().map(|body| body.as_bytes().to_vec()).collect()
}

/// Texts of keys.
pub(crate) fn keys() -> Vec<Vec<u8>> {
    KEYS.iter().chain(&KEY_TEXTS).map(|key| key.as_bytes().to_vec()).collect()
}

/// Texts of moments, in all the forms that recipes know and some they do not.
pub(crate) fn moments() -> Vec<Vec<u8>> {
    let texts = [
        "1700000000",
        "1700000000000",
        "1700000000.5",
        "2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20.123456789+05:30",
        "2023-11-14T22:13:20",
        "Tue, 14 Nov 2023 22:13:20 GMT",
        "-9223372036854775808",
        "",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
