//! Prints how long the first page takes, for no filter, filters and texts, in an inbox of so many captures that were stored as
//! any are: `cargo run --release -p hookglass-store --example search_speed -- [CAPTURES [PARENT_DIRECTORY]]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss)] // a tool to be read on a terminal

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hookglass_model::{
    Answer, CaptureFlags, CaptureId, EndpointId, Framing, InvalidReason, NotCheckedReason, Protocol, ProviderId,
    Timings, UnixMillis, Verdict,
};
use hookglass_query::{Now, parse};
use hookglass_store::{IndexProgress, NewBody, NewCapture, Search, SearchBudget, Stop, Store};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Captures under way at a time while the inbox is filled.
const WRITERS: usize = 512;

/// Times each search is asked; the p95 of them is told.
const TIMES: usize = 40;

/// A search that takes long is asked fewer times.
const ENOUGH: Duration = Duration::from_secs(3);

const PAGE: u32 = 50;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let captures: u64 = arguments.next().map_or(1_000_000, |text| text.parse().unwrap());
    let parent = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    let dir = tempfile::tempdir_in(parent).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let store = Store::open(dir.path()).unwrap();
    runtime.block_on(async {
        fill(&store, captures).await;
        index(&store, captures).await;
        measure(&store, captures).await;
    });
    store.close();
}

async fn fill(store: &Store, captures: u64) {
    let started = Instant::now();
    let mut waiting = JoinSet::new();
    for number in 0..captures {
        if waiting.len() >= WRITERS {
            waiting.join_next().await.unwrap().unwrap();
        }
        let store = store.clone();
        waiting.spawn(async move {
            store.insert_capture(capture(number, captures)).await.unwrap();
        });
    }
    while waiting.join_next().await.is_some() {}
    let rate = captures as f64 / started.elapsed().as_secs_f64();
    println!("stored {captures} captures, {rate:.0} a second, {} MB", store.totals().await.unwrap().bytes / 1_000_000);
}

async fn index(store: &Store, captures: u64) {
    let through = i64::try_from(captures / 512 * 512).unwrap() - 1;
    let (mut longest, mut worked, mut steps) = (Duration::ZERO, Duration::ZERO, 0);
    loop {
        let started = Instant::now();
        let progress = store.index_step().await.unwrap();
        if progress == IndexProgress::Worked {
            (longest, worked, steps) = (longest.max(started.elapsed()), worked + started.elapsed(), steps + 1);
        } else if store.indexed_through().await.unwrap() >= through {
            break;
        }
    }
    println!(
        "indexed in {steps} steps, {:.1} s together, the longest {} ms; the index has {} MB",
        worked.as_secs_f64(),
        longest.as_millis(),
        store.index_bytes() / 1_000_000
    );
}

async fn measure(store: &Store, captures: u64) {
    let middle = captures / 2;
    for (kind, text) in [
        ("page", String::new()),
        ("filter", "verdict:invalid".to_owned()),
        ("filter", "provider:stripe".to_owned()),
        ("filter", "provider:rare".to_owned()),
        ("filter", "provider:absent".to_owned()),
        ("filter", "-provider:*".to_owned()),
        ("filter", "event:invoice.* verdict:invalid".to_owned()),
        ("filter", "event:once.upon.a.time".to_owned()),
        ("filter", "method:PUT status:200".to_owned()),
        ("filter", "status:5xx".to_owned()),
        ("filter", "size:>3900".to_owned()),
        ("filter", "size:>1MB".to_owned()),
        ("filter", "dup:true".to_owned()),
        ("filter", "before:2026-11-18T13:00 provider:github".to_owned()),
        ("filter", "after:1h -starred:true endpoint:default".to_owned()),
        ("filter", "starred:true".to_owned()),
        ("text", format!("evt_{middle:016x}")),
        ("text", format!("evt_{:016x}", captures - 1)),
        ("text", "evt_ffffffffffffffff".to_owned()),
        ("text", "customer".to_owned()),
        ("text", "\"needle in a haystack\"".to_owned()),
        ("text", "\"no such words anywhere\"".to_owned()),
        ("text", "object_customer_data".to_owned()),
        ("text", "zqj".to_owned()),
        ("text", "id".to_owned()),
        ("text", "-customer".to_owned()),
        ("text", "provider:github verdict:invalid orchid".to_owned()),
        ("text", "header.user-agent:rarebot".to_owned()),
        ("text", "json.data.object.amount:>999990".to_owned()),
        ("text", "json.data.object.currency:xts".to_owned()),
    ] {
        let mut times_ms = Vec::new();
        let (mut hits, mut pages) = (0, 0);
        let asked_at = Instant::now();
        for _ in 0..TIMES {
            if asked_at.elapsed() > ENOUGH {
                break;
            }
            let search = Search { query: parse(&text).unwrap(), now: Now { at: NOW, utc_offset_seconds: 0 } };
            let budget = SearchBudget { time: Duration::from_secs(10), stop: Stop::default() };
            let started = Instant::now();
            let page = store.search(search, None, PAGE, budget).await.unwrap();
            times_ms.push(started.elapsed().as_secs_f64() * 1e3);
            (hits, pages) = (page.captures.len(), pages + 1);
        }
        times_ms.sort_by(f64::total_cmp);
        let shown = if text.is_empty() { "no filter" } else { &text };
        println!("{kind}\t{shown} ({hits})\t{:.3}", times_ms[pages * 95 / 100]);
    }
    // The time of the insert is that of the disk.
    store
        .insert_capture(NewCapture { body: NewBody::Bytes(b"quite fresh".to_vec().into()), ..capture(7, captures) })
        .await
        .unwrap();
    let started = Instant::now();
    let search = Search { query: parse("\"quite fresh\"").unwrap(), now: Now { at: NOW, utc_offset_seconds: 0 } };
    let budget = SearchBudget { time: Duration::from_secs(10), stop: Stop::default() };
    let found = store.search(search, None, PAGE, budget).await.unwrap().captures.len();
    println!("text\tfound a moment after it was stored ({found})\t{:.3}", started.elapsed().as_secs_f64() * 1e3);
}

const WORDS: [&str; 32] = [
    "orchid", "gravel", "lantern", "copper", "meadow", "harbour", "violet", "timber", "walnut", "saffron", "granite",
    "cobalt", "juniper", "marble", "velvet", "ember", "willow", "quartz", "canyon", "breeze", "falcon", "glacier",
    "hazel", "indigo", "jasmine", "kestrel", "lagoon", "maple", "nectar", "onyx", "prairie", "raven",
];

/// Numbers that look random and are the same each time.
fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn capture(number: u64, captures: u64) -> NewCapture {
    let random = mixed(number);
    let provider = match random % 100 {
        0..60 => Some("stripe"),
        60..95 => Some("github"),
        95..97 => None,
        _ => Some("shopify"),
    };
    let rare = number == captures / 3;
    let events =
        ["invoice.paid", "invoice.created", "charge.failed", "push", "issues", "orders/create", "customer.updated"];
    let event = if rare { "once.upon.a.time" } else { events[(random >> 8) as usize % events.len()] };
    let mut text = String::new();
    for at in 0..(random >> 16) % 200 + 40 {
        let word = mixed(random ^ at);
        text.push_str(WORDS[(word % 32) as usize]);
        text.push(' ');
        if at % 5 == 0 {
            write!(text, "{:010x} ", word >> 24).unwrap();
        }
    }
    if rare {
        text.push_str("needle in a haystack");
    }
    let body = format!(
        r#"{{"id":"evt_{number:016x}","object":"event","type":"{event}","created":{},"data":{{"object":{{"id":"obj_{random:x}","amount":{},"currency":"usd","customer":"cus_{:x}","description":"{text}"}}}}}}"#,
        1_795_000_000 + number,
        random % 1_000_000,
        mixed(random),
    );
    let agent = if rare { "Rarebot/1" } else { "Sender/1.0 (+https://example.com)" };
    let head = format!(
        "POST /default/hooks?n={} HTTP/1.1\r\nHost: 127.0.0.1:4665\r\nUser-Agent: {agent}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nX-Signature: t={},v1={:016x}{:016x}\r\n\r\n",
        random % 10,
        body.len(),
        1_795_000_000 + number,
        mixed(number ^ 1),
        mixed(number ^ 2),
    );
    let reason = InvalidReason::SignatureMismatch { secrets_tried: 1, signatures_tried: 1 };
    let again = number % 5_000 == 4_999;
    NewCapture {
        id: CaptureId(Uuid::now_v7()),
        keeps_id: false,
        received_at: UnixMillis(NOW.0 - i64::try_from((captures - number) * 50).unwrap()),
        endpoint: if random.is_multiple_of(3) {
            EndpointId::DEFAULT
        } else {
            EndpointId(Uuid::from_u128(u128::from(random % 4 + 1)))
        },
        client: "127.0.0.1:50312".to_owned(),
        protocol: Protocol::Http11,
        tls: None,
        flags: CaptureFlags::default(),
        framing: Framing::ContentLength,
        method: if random.is_multiple_of(1_009) { "PUT" } else { "POST" }.to_owned(),
        target: format!("/default/hooks?n={}", random % 10),
        content_type: Some("application/json".to_owned()),
        body_sha256: Sha256::digest(body.as_bytes()).into(),
        truncated: false,
        provider: if number == captures / 4 { Some(ProviderId::from("rare")) } else { provider.map(ProviderId::from) },
        event_type: Some(event.to_owned()),
        event_id: Some(format!("evt_{:016x}", if again { number - 1 } else { number })),
        attempt: None,
        proof: None,
        verdict: if random.is_multiple_of(997) {
            Verdict::Invalid { reason }
        } else {
            Verdict::NotChecked { reason: NotCheckedReason::NoProvider }
        },
        answer: Answer { status: if random.is_multiple_of(10_007) { 503 } else { 200 } },
        timings: Timings { head_us: 120, body_us: 340 },
        head: head.into_bytes(),
        body: NewBody::Bytes(body.into_bytes().into()),
        chunk_layout: None,
    }
}
