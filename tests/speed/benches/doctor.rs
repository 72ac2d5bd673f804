//! How long the doctor searches when nothing matches, which is its longest search, beside one HMAC of the body. Prints a
//! line for each case; `cargo xtask bench doctor` runs it and holds it to the targets.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program that prints figures")]

use std::{hint::black_box, time::Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use hookglass_model::{Header, HeaderList, UnixMillis};
use hookglass_signing::{Case, KnownSecret, Message, Registry, Secret, SecretStanding, SignOptions};
use sha2::Sha256;

/// The moment of the case.
const AT: UnixMillis = UnixMillis(1_700_000_000_000);

/// Searches of a small body; large ones are searched three times.
const RUNS: usize = 21;

fn main() {
    for (name, provider, bytes, own) in [
        ("stripe-4k-one-of-ten", "stripe", 4 * 1024, 1),
        ("stripe-4k-ten-of-ten", "stripe", 4 * 1024, 10),
        ("github-4k-one-of-ten", "github", 4 * 1024, 1),
        ("standard-4k-ten-of-ten", "standard-webhooks", 4 * 1024, 10),
        ("hubspot-4k-one-of-ten", "hubspot-v3", 4 * 1024, 1),
        ("stripe-1m-one-of-ten", "stripe", 1024 * 1024, 1),
        ("stripe-1m-ten-of-ten", "stripe", 1024 * 1024, 10),
    ] {
        let runs = if bytes > 100_000 { 3 } else { RUNS };
        let (median_ms, tried) = search(provider, bytes, own, runs);
        let hmac_us = bare_hmac_us(bytes);
        println!("{name} {median_ms:.3} {tried} {hmac_us:.3}");
    }
}

/// The median in milliseconds and the combinations tried.
fn search(provider: &str, bytes: usize, own: usize, runs: usize) -> (f64, u64) {
    let provider = Registry::built_in().get(provider).unwrap();
    let body = body(bytes);
    let mut headers: HeaderList = [
        Header::new("Host", "hooks.example.com"),
        Header::new("Content-Type", "application/json; charset=utf-8"),
        Header::new("X-Forwarded-For", "203.0.113.7"),
        Header::new("X-Request-Id", "3f2a8c1e-6f1d-4a53-9a0e-1f6f0f2a9b11"),
    ]
    .into_iter()
    .collect();
    let url = Some("https://hooks.example.com/in?a=1&b=2");
    let target = "/in?a=1&b=2";
    let options = SignOptions { timestamp: AT.unix_seconds(), id: Some("msg_1".to_owned()) };
    let unsigned = Message { method: "POST", target, url, headers: &headers, body: &body };
    let signed = provider.sign(&unsigned, &[&Secret::new("whsec_dGhlIHNlY3JldCB0aGF0IG5vYm9keSBrbm93cw==")], &options);
    for header in signed.unwrap().headers {
        headers.set(&header.name, header.value);
    }
    let secrets: Vec<Secret> = (0..10_u64)
        .map(|n| Secret::new(format!("whsec_{n:02}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa{n:02}")))
        .collect();
    let known: Vec<_> = secrets
        .iter()
        .enumerate()
        .map(|(at, secret)| KnownSecret {
            label: "",
            secret,
            standing: if at < own { SecretStanding::Configured } else { SecretStanding::Elsewhere },
        })
        .collect();
    let message = Message { method: "POST", target, url, headers: &headers, body: &body };
    let case = Case { message, provider, secrets: &known, received_at: AT, tolerance_seconds: None };
    let mut times_ms = Vec::new();
    let mut tried = 0;
    for _ in 0..runs {
        let begun = Instant::now();
        let examination = Registry::built_in().diagnose(black_box(&case), &|| false);
        times_ms.push(begun.elapsed().as_secs_f64() * 1e3);
        assert!(!examination.diagnosis.findings.iter().any(|finding| finding.reproduced));
        tried = examination.diagnosis.tried;
    }
    (median(&mut times_ms), tried)
}

fn bare_hmac_us(bytes: usize) -> f64 {
    let body = body(bytes);
    let mut times_us: Vec<f64> = (0..101)
        .map(|_| {
            let begun = Instant::now();
            let mut mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
            mac.update(black_box(&body));
            black_box(mac.finalize());
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    median(&mut times_us)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// JSON with everything that a re-serialisation may change, of about this size.
fn body(bytes: usize) -> Vec<u8> {
    let mut body = String::from(r#"{"type":"invoice.paid","id":"evt_1","data":["#);
    let mut n = 0;
    while body.len() + 240 < bytes {
        if n > 0 {
            body.push(',');
        }
        body.push_str(&format!(
            r#"{{"url":"https://a.example/{n}?x=1&y=<2>","name":"Zoë Müller","amount":{n}.50,"ratio":1e3,"note":"it's \"quoted\" \\ and more","tags":[],"meta":{{}},"paid":true}}"#
        ));
        n += 1;
    }
    body.push_str("]}");
    body.into_bytes()
}
