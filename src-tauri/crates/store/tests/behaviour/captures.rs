//! Captures come back as they were given, and only after they are on the disk.

use hookglass_model::{
    Answer, Capture, CaptureFlags, CaptureId, CaptureMark, ConfigProblem, Framing, NotCheckedReason, Protocol,
    ProviderId, Timings, TlsVersion, UnixMillis, Verdict,
};
use hookglass_store::{CaptureFilter, EndpointCounts, NewBody, NewCapture, Store, StoreError, Totals};
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use crate::fixtures::{capture, content, endpoint_id, invalid, put, store, unsigned, valid};

/// What the store must give back for what it was given.
fn stored(new: &NewCapture, seq: i64) -> Capture {
    let new = new.clone();
    Capture {
        id: new.id,
        seq,
        received_at: new.received_at,
        endpoint: new.endpoint,
        client: new.client,
        protocol: new.protocol,
        framing: new.framing,
        method: new.method,
        target: new.target,
        content_type: new.content_type,
        body_bytes: new.body.len(),
        body_sha256: new.body_sha256,
        truncated: new.truncated,
        provider: new.provider,
        event_type: new.event_type,
        event_id: new.event_id,
        verdict: new.verdict,
        answer: new.answer,
        timings: new.timings,
        tls: new.tls,
        flags: new.flags,
        mark: CaptureMark::default(),
        starred: false,
    }
}

/// Text with everything that has ever broken a database: quotes, NUL, wildcards, replaced bytes, line ends.
fn nasty_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        vec(any::<u8>(), 0..64).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        Just("'; DROP TABLE capture; --\0%_\\\"\r\n\u{fffd}\u{202e}".to_owned()),
        Just(String::new()),
    ]
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(valid()),
        Just(invalid()),
        nasty_text().prop_map(|place| Verdict::Unsigned { place }),
        Just(Verdict::NotChecked { reason: NotCheckedReason::BodyTruncated }),
        nasty_text().prop_map(|label| Verdict::ConfigError { problem: ConfigProblem::EmptySecret { label } }),
    ]
}

prop_compose! {
    fn any_capture()(
        (id, received_at, endpoint, truncated) in (any::<u128>(), any::<i64>(), any::<u128>(), any::<bool>()),
        (client, method, target) in (nasty_text(), nasty_text(), nasty_text()),
        optional in [
            proptest::option::of(nasty_text()), proptest::option::of(nasty_text()),
            proptest::option::of(nasty_text()), proptest::option::of(nasty_text()),
        ],
        protocol in prop::sample::select(vec![Protocol::Http10, Protocol::Http11, Protocol::Http2]),
        framing in prop::sample::select(vec![
            Framing::None, Framing::ContentLength, Framing::Chunked, Framing::Frames,
        ]),
        (body_sha256, status, head_us, body_us) in (any::<[u8; 32]>(), any::<u16>(), any::<u32>(), any::<u32>()),
        verdict in any_verdict(),
        (head, body) in (vec(any::<u8>(), 0..600), vec(any::<u8>(), 0..20_000)),
        tls in prop::sample::select(vec![None, Some(TlsVersion::Tls12), Some(TlsVersion::Tls13)]),
        (flags, proof) in (any::<u32>(), any::<Option<i64>>()),
    ) -> NewCapture {
        let [content_type, provider, event_type, event_id] = optional;
        NewCapture {
            id: CaptureId(Uuid::from_u128(id)),
            received_at: UnixMillis(received_at),
            endpoint: endpoint_id(endpoint),
            client, protocol, framing, method, target, content_type, body_sha256, truncated,
            provider: provider.map(ProviderId), event_type, event_id, verdict,
            answer: Answer { status },
            timings: Timings { head_us, body_us },
            head, body: NewBody::Bytes(body.into()), chunk_layout: None,
            keeps_id: true, tls, flags: CaptureFlags::from_bits(flags), proof, attempt: None,
        }
    }
}

#[test]
fn every_field_comes_back_as_it_was_given() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (_dir, store) = store();
    let store = &store;
    proptest!(ProptestConfig::with_cases(200), |(new in any_capture())| {
        runtime.block_on(async {
            let seq = put(store, new.clone()).await.unwrap();
            let got = store.get_capture(new.id).await.unwrap().map(|got| Capture { mark: CaptureMark::default(), ..got });
            prop_assert_eq!(got, Some(stored(&new, seq)));
            prop_assert_eq!(store.capture_content(new.id).await.unwrap(), Some(content(&new)));
            let mut page = store.list_captures(CaptureFilter::default(), None, 1).await.unwrap();
            page[0].mark = CaptureMark::default();
            prop_assert_eq!(page, vec![stored(&new, seq)]);
            Ok(())
        })?;
    });
}

#[tokio::test]
async fn a_body_of_the_limit_comes_back_whole() {
    let (_dir, store) = store();
    let mut new = capture(1);
    let size = u32::try_from(hookglass_model::limits::DEFAULT_BODY_LIMIT_BYTES).unwrap();
    let body: Vec<u8> = (0..size).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    new.body = NewBody::Bytes(body.into());
    store.insert_capture(new.clone()).await.unwrap();
    assert!(store.capture_content(new.id).await.unwrap() == Some(content(&new)));
}

#[tokio::test]
async fn an_answer_means_that_another_connection_sees_it() {
    let (_dir, store) = store();
    let other =
        Connection::open_with_flags(store.dir().join("hookglass.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    for number in 1..=50 {
        let new = capture(number);
        let seq = put(&store, new.clone()).await.unwrap();
        let body: Vec<u8> =
            other.query_row("SELECT body FROM capture_content WHERE seq = ?", [seq], |row| row.get(0)).unwrap();
        assert_eq!(body, content(&new).body);
    }
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let (_dir, store) = store();
    assert_eq!(store.get_capture(capture(1).id).await, Ok(None));
    assert_eq!(store.capture_content(capture(1).id).await, Ok(None));
    assert_eq!(store.totals().await.unwrap().last_received_at, None);
    assert_eq!(store.captures_by_endpoint().await, Ok(vec![]));
}

#[tokio::test]
async fn an_id_is_stored_once() {
    let (_dir, store) = store();
    assert_eq!(put(&store, capture(1)).await, Ok(1));
    let mut again = capture(1);
    again.body = NewBody::Bytes(b"other"[..].into());
    assert!(matches!(store.insert_capture(again).await, Err(StoreError::Refused { .. })));
    assert_eq!(store.capture_content(capture(1).id).await.unwrap(), Some(content(&capture(1))));
    assert_eq!(put(&store, capture(2)).await, Ok(2));
    assert_eq!(store.totals().await.unwrap().captures, 2);
}

#[tokio::test]
async fn counters_agree_with_the_rows() {
    let (_dir, store) = store();
    for number in 1..=30 {
        let mut new = capture(number);
        new.endpoint = endpoint_id(u128::from(number % 3));
        new.verdict = [valid(), invalid(), unsigned()][usize::try_from(number % 7 % 3).unwrap()].clone();
        store.insert_capture(new).await.unwrap();
    }
    let counted = store.captures_by_endpoint().await.unwrap();
    let database = Connection::open(store.dir().join("hookglass.db")).unwrap();
    let mut rows = database
        .prepare("SELECT endpoint, count(*), sum(verdict = 'invalid') FROM capture GROUP BY 1 ORDER BY 1")
        .unwrap();
    let expected: Vec<EndpointCounts> = rows
        .query_map([], |row| {
            Ok(EndpointCounts {
                endpoint: endpoint_id(u128::from_be_bytes(row.get(0)?)),
                captures: u64::try_from(row.get::<_, i64>(1)?).unwrap(),
                invalid: u64::try_from(row.get::<_, i64>(2)?).unwrap(),
            })
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(counted, expected);
    assert!(counted.iter().all(|counts| counts.invalid > 0));
    let totals = store.totals().await.unwrap();
    assert!(totals.bytes > 50_000, "{} bytes", totals.bytes);
    let last_received_at = Some(capture(30).received_at);
    assert_eq!(totals, Totals { captures: 30, latest_seq: 30, last_received_at, bytes: totals.bytes });
}

#[tokio::test]
async fn a_sequence_number_is_never_used_twice() {
    let (_dir, store) = store();
    for number in 1..=3 {
        store.insert_capture(capture(number)).await.unwrap();
    }
    let dir = store.dir().to_owned();
    drop(store);
    let database = Connection::open(dir.join("hookglass.db")).unwrap();
    database.execute_batch("DELETE FROM capture; DELETE FROM capture_content").unwrap();
    drop(database);
    let store = Store::open(&dir).unwrap();
    assert_eq!(put(&store, capture(4)).await, Ok(4));
}

#[tokio::test]
async fn closing_keeps_what_was_accepted_and_refuses_the_rest() {
    let (_dir, store) = store();
    let pending: Vec<_> = (1..=20)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.insert_capture(capture(number)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    store.close();
    store.close();
    let mut accepted = 0;
    for task in pending {
        match task.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(error) => assert_eq!(error, StoreError::Closed),
        }
    }
    assert_eq!(store.totals().await, Err(StoreError::Closed));
    assert_eq!(store.insert_capture(capture(21)).await, Err(StoreError::Closed));
    assert!(!store.dir().join("hookglass.db-wal").exists(), "the log is moved into the database");
    let reopened = Store::open(store.dir()).unwrap();
    assert_eq!(reopened.totals().await.unwrap().captures, accepted);
}
