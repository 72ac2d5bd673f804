//! Time. `cargo xtask bench signing` runs it and holds it to the targets.
#![allow(clippy::unwrap_used, missing_docs, reason = "criterion's macros write no documentation")]

use std::{hint::black_box, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookglass_model::VerdictKind;
use hookglass_signing::{Message, Registry};
use hookglass_speed::{BODY_BYTES, MEASURED, MESSAGE_ID, SECRET, SignedRequest, requests_to_recognise};
use http::HeaderMap;
use sha2::Sha256;

fn verify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify");
    for provider in MEASURED {
        let request = SignedRequest::new(provider, BODY_BYTES);
        assert_eq!(request.verify().kind(), VerdictKind::Valid);
        group.bench_function(provider, |bencher| bencher.iter(|| black_box(&request).verify()));

        // The same bytes under the same key, and nothing else.
        let key: Vec<u8> = match provider {
            "standard-webhooks" => STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap(),
            _ => SECRET.as_bytes().to_vec(),
        };
        let seconds = request.at.unix_seconds();
        let before_body = match provider {
            "stripe" => format!("{seconds}."),
            "standard-webhooks" => format!("{MESSAGE_ID}.{seconds}."),
            _ => String::new(),
        };
        let message = request.message();
        let expected = bare_hmac(&key, before_body.as_bytes(), message.body);
        assert!(carries(&message, &expected), "the bare computation is of other bytes");
        group.bench_function(format!("{provider}-bare-hmac"), |bencher| {
            bencher.iter(|| bare_hmac(black_box(&key), black_box(before_body.as_bytes()), black_box(message.body)));
        });
    }

    let request = SignedRequest::new("standard-webhooks", BODY_BYTES);
    let message = request.message();
    let headers = header_map(&message);
    let webhook = standardwebhooks::Webhook::new(SECRET).unwrap();
    webhook.verify(message.body, &headers).unwrap();
    group.bench_function("crate-standardwebhooks", |bencher| {
        bencher.iter(|| webhook.verify(black_box(message.body), black_box(&headers)));
    });
    let webhook = svix::webhooks::Webhook::new(SECRET).unwrap();
    webhook.verify(message.body, &headers).unwrap();
    group.bench_function("crate-svix", |bencher| {
        bencher.iter(|| webhook.verify(black_box(message.body), black_box(&headers)));
    });
    group.finish();
}

fn recognise(criterion: &mut Criterion) {
    let registry = Registry::built_in();
    let mut group = criterion.benchmark_group("recognise");
    for (name, headers) in requests_to_recognise() {
        let message = Message { method: "POST", target: "/", url: None, headers: &headers, body: b"{}" };
        group.bench_function(name, |bencher| bencher.iter(|| registry.recognise(black_box(&message))));
    }
    group.finish();
}

fn bare_hmac(key: &[u8], before_body: &[u8], body: &[u8]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    hmac.update(before_body);
    hmac.update(body);
    hmac.finalize().into_bytes().into()
}

fn carries(message: &Message<'_>, signature: &[u8]) -> bool {
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    let base64 = STANDARD.encode(signature);
    message.headers.iter().any(|header| {
        let value = header.value_lossy();
        value.contains(&hex) || value.contains(&base64)
    })
}

fn header_map(message: &Message<'_>) -> HeaderMap {
    let lines = message.headers.iter();
    lines.map(|header| (header.name.parse().unwrap(), header.value.as_slice().try_into().unwrap())).collect()
}

/// Short: the numbers are compared within one run, and the signatures of the others must stay fresh.
fn settings() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(60)
        .without_plots()
}

criterion_group! {
    name = signing;
    config = settings();
    targets = verify, recognise
}
criterion_main!(signing);
