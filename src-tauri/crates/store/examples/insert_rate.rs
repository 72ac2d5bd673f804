//! Prints how many captures a second reach the disk, for several numbers of concurrent writers, beside the time of
//! one fsync in the same directory, then how long pages and counters take:
//! `cargo run --release -p hookglass-store --example insert_rate [PARENT_DIRECTORY [CAPTURES_BEFORE_PAGES]]`.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // a tool to be read on a terminal

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hookglass_model::{
    Answer, CaptureFlags, CaptureId, EndpointId, Framing, InvalidReason, Protocol, ProviderId, SignatureMatch, Timings,
    UnixMillis, Verdict, VerdictKind,
};
use hookglass_store::{CaptureFilter, NewBody, NewCapture, Store};
use uuid::Uuid;

const RUN: Duration = Duration::from_secs(3);
/// As a small signed webhook has them.
const HEAD_BYTES: usize = 420;
const BODY_BYTES: usize = 1_024;

fn main() {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let dir = tempfile::tempdir_in(&parent).unwrap();
    let (p50, p99) = fsync_us(dir.path());
    println!("fsync of 4 KiB        p50 {p50:>6} us   p99 {p99:>6} us");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    let ids = Arc::new(AtomicU64::new(1));
    for writers in [1, 8, 64, 256, 1_000] {
        runtime.block_on(measure(&store, &ids, writers));
    }
    let wanted: u64 = std::env::args().nth(2).map_or(0, |text| text.parse().unwrap());
    while runtime.block_on(store.totals()).unwrap().captures < wanted {
        runtime.block_on(measure(&store, &ids, 1_000));
    }
    runtime.block_on(read(&store));
    let started = Instant::now();
    store.close();
    println!("close                 {:>6} us", started.elapsed().as_micros());
}

async fn measure(store: &Store, ids: &Arc<AtomicU64>, writers: usize) {
    let (commits, started) = (store.health().commits, Instant::now());
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (store, ids) = (store.clone(), Arc::clone(ids));
            tokio::spawn(async move {
                let mut latencies_us = Vec::new();
                while started.elapsed() < RUN {
                    let new = capture(ids.fetch_add(1, Relaxed));
                    let begun = Instant::now();
                    store.insert_capture(new).await.unwrap();
                    latencies_us.push(begun.elapsed().as_micros());
                }
                latencies_us
            })
        })
        .collect();
    let mut latencies_us = Vec::new();
    for task in tasks {
        latencies_us.extend(task.await.unwrap());
    }
    latencies_us.sort_unstable();
    let (count, commits) = (latencies_us.len(), store.health().commits - commits);
    let wal = std::fs::metadata(store.dir().join("hookglass.db-wal")).map_or(0, |metadata| metadata.len() >> 20);
    let rate = count as u128 * 1_000 / started.elapsed().as_millis();
    println!(
        "{writers:>5} writers  {rate:>7} rows/s   p50 {:>6} us   p99 {:>6} us   max {:>6} us   {:>4} rows a commit   log {wal:>3} MiB",
        latencies_us[count / 2],
        latencies_us[count * 99 / 100],
        latencies_us[count - 1],
        count as u64 / commits.max(1),
    );
}

async fn read(store: &Store) {
    let totals = store.totals().await.unwrap();
    println!("{} captures, {} MiB", totals.captures, totals.bytes >> 20);
    let all = CaptureFilter::default();
    let endpoint = CaptureFilter { endpoint: Some(EndpointId(Uuid::from_u128(2))), ..all.clone() };
    let invalid = CaptureFilter { verdict: Some(VerdictKind::Invalid), ..all.clone() };
    let both = CaptureFilter { verdict: invalid.verdict, ..endpoint.clone() };
    let common = CaptureFilter { text: "INVOICE.".to_owned(), ..all.clone() };
    let absent = CaptureFilter { text: "nowhere".to_owned(), ..all.clone() };
    let middle = totals.latest_seq / 2;
    for (name, filter, before_seq) in [
        ("all", &all, None),
        ("all, middle", &all, Some(middle)),
        ("endpoint, middle", &endpoint, Some(middle)),
        ("invalid, middle", &invalid, Some(middle)),
        ("both, middle", &both, Some(middle)),
        ("common text", &common, None),
        ("absent text", &absent, None),
    ] {
        let started = Instant::now();
        let rows = store.list_captures(filter.clone(), before_seq, 100).await.unwrap().len();
        println!("page of {rows:>3}  {name:<18} {:>8} us", started.elapsed().as_micros());
    }
    let started = Instant::now();
    store.totals().await.unwrap();
    store.captures_by_endpoint().await.unwrap();
    store.count_captures(both).await.unwrap();
    println!("three counters                 {:>8} us", started.elapsed().as_micros());
}

fn fsync_us(dir: &Path) -> (u128, u128) {
    let mut file = std::fs::File::create(dir.join("fsync")).unwrap();
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            file.write_all(&[7; 4096]).unwrap();
            let started = Instant::now();
            file.sync_data().unwrap();
            started.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    (times[100], times[198])
}

fn capture(number: u64) -> NewCapture {
    NewCapture {
        id: CaptureId(Uuid::now_v7()),
        keeps_id: false,
        received_at: UnixMillis(1_795_000_000_000 + i64::try_from(number).unwrap_or_default()),
        endpoint: EndpointId(Uuid::from_u128(u128::from(number % 3))),
        client: "127.0.0.1:50312".to_owned(),
        protocol: Protocol::Http11,
        tls: None,
        flags: CaptureFlags::default(),
        framing: Framing::ContentLength,
        method: "POST".to_owned(),
        target: "/stripe/webhooks?source=bench".to_owned(),
        content_type: Some("application/json; charset=utf-8".to_owned()),
        body_sha256: [9; 32],
        truncated: false,
        provider: Some(ProviderId::from("stripe")),
        event_type: Some("invoice.payment_succeeded".to_owned()),
        event_id: Some(format!("evt_1Nxyz{number:016}")),
        attempt: None,
        proof: Some(i64::try_from(number).unwrap_or_default()),
        verdict: match number % 997 {
            0 => {
                Verdict::Invalid { reason: InvalidReason::SignatureMismatch { secrets_tried: 1, signatures_tried: 1 } }
            }
            _ => Verdict::Valid {
                matched: SignatureMatch {
                    secret_index: 0,
                    secret_label: "Dashboard".to_owned(),
                    signature_index: 0,
                    body_covered: true,
                    body_fields_covered: false,
                },
            },
        },
        answer: Answer { status: 200 },
        timings: Timings { head_us: 120, body_us: 340 },
        head: vec![b'h'; HEAD_BYTES],
        body: NewBody::Bytes(vec![b'b'; BODY_BYTES].into()),
        chunk_layout: None,
    }
}
