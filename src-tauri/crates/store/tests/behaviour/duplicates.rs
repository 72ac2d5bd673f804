//! How a capture is like an earlier one, and what else becomes known after it was stored.
#![allow(clippy::panic)] // waiting in vain is a failed test

use std::time::Duration;

use hookglass_model::DuplicateKind::{Conflict, Duplicate, PossibleDuplicate, Replay, Retry};
use hookglass_model::{CaptureMark, DuplicateKind, ProviderId, UnixMillis};
use hookglass_store::{CaptureFilter, NewCapture, Store};
use proptest::prelude::*;

use crate::fixtures::{capture, endpoint_id, put, store};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A delivery of an event: its id, which body it has, and its proof.
fn delivery(number: u64, event_id: Option<&str>, body: u8, proof: Option<i64>) -> NewCapture {
    NewCapture {
        provider: Some(ProviderId::from("stripe")),
        event_id: event_id.map(str::to_owned),
        target: "/hook".to_owned(),
        body_sha256: [body; 32],
        proof,
        ..capture(number)
    }
}

/// Waits until every capture has its mark.
async fn marks(store: &Store) -> Vec<CaptureMark> {
    let mut marked = store.marked().unwrap();
    for _ in 0..500 {
        let mut captures = store.list_captures(CaptureFilter::default(), None, 10_000).await.unwrap();
        captures.sort_by_key(|capture| capture.seq);
        if captures.iter().all(|capture| capture.mark.committed_us.is_some()) {
            return captures.iter().map(|capture| capture.mark).collect();
        }
        let _ = tokio::time::timeout(Duration::from_millis(20), marked.changed()).await;
    }
    panic!("the marks never came");
}

/// Stores them in order and gives each one's kind.
async fn kinds(store: &Store, deliveries: Vec<NewCapture>) -> Vec<Option<DuplicateKind>> {
    for delivery in deliveries {
        let seq = put(store, delivery).await.unwrap();
        store.note_mark(seq, CaptureMark { committed_us: Some(1), ..CaptureMark::default() });
    }
    marks(store).await.iter().map(|mark| mark.duplicate.map(|duplicate| duplicate.kind)).collect()
}

#[tokio::test]
async fn each_kind_is_told_apart() {
    let (_dir, store) = store();
    let with_attempt = NewCapture { attempt: Some("1".to_owned()), ..delivery(9, Some("evt_b"), 1, None) };
    let found = kinds(
        &store,
        vec![
            delivery(1, Some("evt_a"), 1, Some(10)),
            delivery(2, Some("evt_a"), 1, Some(11)), // new timestamp
            delivery(3, Some("evt_a"), 1, Some(10)), // the very same
            delivery(4, Some("evt_a"), 2, Some(12)), // another body
            delivery(5, Some("evt_b"), 1, None),     // another event
            delivery(6, Some("evt_b"), 1, None),     // no timestamp to compare
            delivery(7, None, 3, None),
            delivery(8, None, 3, None),
            with_attempt,
            NewCapture { endpoint: endpoint_id(5), ..delivery(10, Some("evt_a"), 1, Some(10)) },
        ],
    )
    .await;
    assert_eq!(
        found,
        [
            None,
            Some(Retry),
            Some(Replay),
            Some(Conflict),
            None,
            Some(Duplicate),
            None,
            Some(PossibleDuplicate),
            Some(Retry),
            None,
        ]
    );
    let captures = store.list_captures(CaptureFilter::default(), None, 10).await.unwrap();
    let conflict = captures.iter().find(|capture| capture.seq == 4).unwrap();
    let duplicate = conflict.mark.duplicate.unwrap();
    assert_eq!((duplicate.first_seq, duplicate.occurrence), (1, 4));
    let family = store.family(conflict.id, 50).await.unwrap();
    assert_eq!(family.iter().map(|capture| capture.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_event_is_remembered_when_its_captures_are_gone_and_forgotten_after_35_days() {
    let (_dir, store) = store();
    let at = |number, days: i64| NewCapture {
        received_at: UnixMillis(1_795_000_000_000 + days * DAY_MS),
        ..delivery(number, Some("evt_a"), 1, None)
    };
    kinds(&store, vec![at(1, 0)]).await;
    store.delete_captures(vec![1]).await.unwrap();
    assert_eq!(kinds(&store, vec![at(2, 34)]).await, [Some(DuplicateKind::Duplicate)]);
    store.delete_captures(vec![2]).await.unwrap();
    assert_eq!(kinds(&store, vec![at(3, 34 + 36)]).await, [None]);
    // Days later the memory itself goes.
    let later = UnixMillis(1_795_000_000_000 + 60 * DAY_MS);
    let mut cursor = Some([0; 16]);
    while let Some(from) = cursor {
        cursor = store.forget_events(from, later).await.unwrap();
    }
    let database = rusqlite::Connection::open(store.dir().join("hookglass.db")).unwrap();
    let left: i64 = database.query_row("SELECT count(*) FROM event_seen", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 2, "that of day 34 is 26 days old, that of day 0 is gone");
}

#[tokio::test]
async fn equal_requests_without_an_id_are_told_within_a_day() {
    let (_dir, store) = store();
    let at = |number, hours: i64| NewCapture {
        received_at: UnixMillis(1_795_000_000_000 + hours * 60 * 60 * 1000),
        ..delivery(number, None, 1, None)
    };
    let empty = |number| NewCapture { body: hookglass_store::NewBody::Bytes(bytes::Bytes::new()), ..at(number, 0) };
    let found = kinds(&store, vec![at(1, 0), at(2, 23), at(3, 48), empty(4), empty(5)]).await;
    assert_eq!(found, [None, Some(DuplicateKind::PossibleDuplicate), None, None, None]);
}

#[tokio::test]
async fn marks_are_worked_out_after_a_crash() {
    let (_dir, store) = store();
    for number in 1..=3 {
        put(&store, delivery(number, Some("evt_a"), 1, None)).await.unwrap();
    }
    let dir = store.dir().to_owned();
    store.close();
    let database = rusqlite::Connection::open(dir.join("hookglass.db")).unwrap();
    database.execute_batch("DELETE FROM capture_mark; DELETE FROM event_seen").unwrap();
    drop(database);
    let store = Store::open(&dir).unwrap();
    for seq in 1..=3 {
        store.note_mark(seq, CaptureMark { committed_us: Some(1), ..CaptureMark::default() });
    }
    let found: Vec<_> = marks(&store).await.iter().map(|mark| mark.duplicate.map(|one| one.occurrence)).collect();
    assert_eq!(found, [None, Some(2), Some(3)]);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_noted_late_too() {
    let (_dir, store) = store();
    let seq = put(&store, capture(1)).await.unwrap();
    store.note_mark(seq, CaptureMark { committed_us: Some(5), answered_us: Some(9), ..CaptureMark::default() });
    assert_eq!(marks(&store).await[0].answered_us, Some(9));
    store.note_mark(seq, CaptureMark { answer_delivered: Some(false), ..CaptureMark::default() });
    // A further capture lets the late note be written.
    let next = put(&store, capture(2)).await.unwrap();
    store.note_mark(next, CaptureMark { committed_us: Some(5), ..CaptureMark::default() });
    let marks = marks(&store).await;
    assert_eq!((marks[0].committed_us, marks[0].answer_delivered), (Some(5), Some(false)));
}

/// What a capture is, as the definitions say, worked out the slow way.
fn expected(seen: &[(u8, u8, u8)], (id, body, proof): (u8, u8, u8)) -> Option<DuplicateKind> {
    let of_event: Vec<_> = seen.iter().filter(|one| one.0 == id).collect();
    let same: Vec<_> = of_event.iter().filter(|one| one.1 == body).collect();
    match (of_event.is_empty(), same.is_empty()) {
        (true, _) => None,
        (_, true) => Some(DuplicateKind::Conflict),
        _ if same.iter().any(|one| one.2 == proof) => Some(DuplicateKind::Replay),
        _ => Some(DuplicateKind::Retry),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn any_mixture_is_told_as_defined(events in proptest::collection::vec((0_u8..6, 0_u8..2, 0_u8..3), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(async {
            let (_dir, store) = store();
            let deliveries = events.iter().zip(1..).map(|((id, body, proof), number)| {
                delivery(number, Some(&format!("evt_{id}")), *body, Some(i64::from(*proof)))
            });
            kinds(&store, deliveries.collect()).await
        });
        for at in 0..events.len() {
            prop_assert_eq!(found[at], expected(&events[..at], events[at]), "{:?}", &events[..=at]);
        }
    }
}
