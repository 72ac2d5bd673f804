//! Sample events: each is what its recipe says, and signed it passes the check.

use std::{collections::BTreeSet, fs, path::Path};

use hookglass_model::{HeaderList, UnixMillis};
use hookglass_signing::{EventFacts, Message, Provider, Registry, Sample, SampleRequest};

use crate::request::{Request, SIGNED_AT, any_secret, assert_valid, provider};

const URL: &str = "https://hooks.example.com/hook?x=1";

fn for_each_sample(check: impl Fn(&Provider, &Sample)) {
    let mut samples = 0;
    for provider in Registry::built_in().providers() {
        for sample in provider.samples() {
            check(provider, sample);
            samples += 1;
        }
    }
    assert!(samples >= 80, "{samples}");
}

/// Filled with the same moment and bits that depend on the seed alone.
fn filled(sample: &Sample, seed: u64) -> SampleRequest {
    let mut bits = u128::from(seed);
    sample.fill(SIGNED_AT, &mut || {
        // Knuth's multiplier, for bits that differ from call to call.
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        bits
    })
}

fn request(sample: &SampleRequest) -> Request {
    let headers: HeaderList = sample.headers.iter().cloned().collect();
    let target = sample.target.clone();
    Request { method: sample.method.clone(), target, url: Some(URL.to_owned()), headers, body: sample.body.clone() }
}

fn facts(provider: &Provider, sample: &SampleRequest) -> EventFacts {
    let request = request(sample);
    provider.event(&Message { target: &sample.target, ..request.message() })
}

#[test]
fn every_file_belongs_to_a_provider_and_is_read() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap();
        let provider = Registry::built_in().get(id).unwrap_or_else(|| panic!("samples/{id}.toml has no provider"));
        assert!((2..=3).contains(&provider.samples().len()), "{id}");
        let events: BTreeSet<_> = provider.samples().iter().map(Sample::event).collect();
        assert_eq!(events.len(), provider.samples().len(), "{id}: two samples have one name");
    }
    assert!(provider("ably").samples().is_empty());
}

#[test]
fn each_is_the_event_it_says() {
    for_each_sample(|provider, sample| {
        let (id, event) = (provider.id(), sample.event());
        let facts = facts(provider, &filled(sample, 1));
        assert_eq!(facts.event_type.as_deref(), sample.event_type(), "{id} {event}");
        assert_eq!(facts.event_id.is_some(), sample.has_id(), "{id} {event}");
        let seconds = facts.event_unix_seconds;
        assert!(seconds.is_none_or(|seconds| seconds == SIGNED_AT.unix_seconds()), "{id} {event}: {seconds:?}");
        assert!(event.bytes().all(|byte| byte.is_ascii_graphic()), "{id} {event}");
        assert!(sample.title().chars().next().is_some_and(char::is_uppercase), "{id} {event}");
    });
}

#[test]
fn each_is_whole_and_small() {
    for_each_sample(|provider, sample| {
        let name = format!("{} {}", provider.id(), sample.event());
        let filled = filled(sample, 1);
        let text = String::from_utf8(filled.body.clone()).unwrap();
        assert!((2..4096).contains(&text.len()) && !text.ends_with('\n'), "{name}");
        let content_type = filled.headers.iter().find(|header| header.name == "Content-Type").unwrap();
        if content_type.value_lossy().starts_with("application/json") {
            let problem = serde_json::from_str::<serde_json::Value>(&text).err();
            assert!(problem.is_none(), "{name}: {problem:?}\n{text}");
        } else {
            assert!(!text.contains([' ', '\n', '{', '}']), "{name}: {text}");
        }
        for header in &filled.headers {
            assert!(header.value.iter().all(|byte| matches!(byte, b' '..=b'~')), "{name}: {}", header.name);
            assert!(!header.value_lossy().contains("{{"), "{name}: {}", header.name);
        }
        assert!(!text.contains("{{"), "{name}: a name is repeated that was not given: {text}");
    });
}

#[test]
fn signed_each_is_valid_and_nobody_elses() {
    for_each_sample(|provider, sample| {
        let name = format!("{} {}", provider.id(), sample.event());
        let secret = any_secret(provider);
        let request = request(&filled(sample, 1)).signed_keeping_id(provider, &secret);
        assert_valid(&request.verify(provider, &[&secret]));
        let recognised = Registry::built_in().recognise(&request.message());
        let other = recognised
            .filter(|found| found.provider.signature_headers().first() != provider.signature_headers().first());
        assert!(other.is_none(), "{name}: {other:?}");
    });
}

#[test]
fn two_fillings_are_two_events_and_one_seed_gives_one() {
    for_each_sample(|provider, sample| {
        let name = format!("{} {}", provider.id(), sample.event());
        let (one, two) = (filled(sample, 1), filled(sample, 2));
        assert_ne!((&one.body, &one.headers), (&two.body, &two.headers), "{name}");
        assert_eq!(one, filled(sample, 1), "{name}");
        if sample.has_id() {
            assert_ne!(facts(provider, &one).event_id, facts(provider, &two).event_id, "{name}");
        }
    });
}

#[test]
fn times_are_those_of_the_moment() {
    let stripe = &provider("stripe").samples()[0];
    assert_eq!((stripe.event(), stripe.title()), ("invoice.paid", "An invoice was paid"));
    let body = |now: i64| {
        let body = stripe.fill(UnixMillis(now), &mut || 7).body;
        serde_json::from_slice::<serde_json::Value>(&body).unwrap()["created"].as_i64()
    };
    assert_eq!(body(1_700_000_000_999), Some(1_700_000_000));
    assert_eq!(body(-1), Some(-1));
}
