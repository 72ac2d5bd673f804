//! Deliveries: written before they are sent, finished once, never silently forgotten.

use hookglass_model::{
    Attempt, AttemptError, AttemptErrorKind, AttemptId, AttemptResponse, CaptureId, Delivery, DeliveryId,
    DeliveryState, UnixMillis,
};
use hookglass_store::{Store, StoreError};
use uuid::Uuid;

use crate::fixtures::{capture, store};

fn delivery(number: u128, parent: Option<CaptureId>) -> (Delivery, Attempt) {
    let id = DeliveryId(Uuid::from_u128(number));
    let delivery = Delivery {
        id,
        parent,
        created_at: UnixMillis(5),
        method: "POST".to_owned(),
        target_url: "http://127.0.0.1:3000/'".to_owned(),
        state: DeliveryState::Sending,
    };
    let attempt = Attempt {
        id: AttemptId(Uuid::from_u128(number + 1_000)),
        delivery: id,
        number: 1,
        started_at: UnixMillis(6),
        request_head: b"POST / HTTP/1.1\r\n\r\n".to_vec(),
        request_body: (0..=255).collect(),
        outcome: None,
        total_us: None,
    };
    (delivery, attempt)
}

fn response() -> AttemptResponse {
    AttemptResponse { status: 204, head: vec![0xff, 0], body: vec![0; 3], truncated: true }
}

#[tokio::test]
async fn an_attempt_is_finished_once() {
    let (_dir, store) = store();
    let (delivery, attempt) = delivery(1, Some(capture(1).id));
    store.start_delivery(delivery.clone(), attempt.clone()).await.unwrap();
    assert_eq!(store.get_delivery(delivery.id).await, Ok(Some((delivery.clone(), vec![attempt.clone()]))));

    store.finish_attempt(attempt.id, Ok(response()), 77, DeliveryState::Delivered).await.unwrap();
    let late = AttemptError { kind: AttemptErrorKind::Timeout, message: "late".to_owned() };
    let again = store.finish_attempt(attempt.id, Err(late), 9, DeliveryState::Failed).await;
    assert_eq!(again, Err(StoreError::NotSending { attempt: attempt.id }));
    let nobody = AttemptId(Uuid::from_u128(99));
    let unknown = store.finish_attempt(nobody, Ok(response()), 9, DeliveryState::Failed).await;
    assert_eq!(unknown, Err(StoreError::NotSending { attempt: nobody }));

    let finished = (
        Delivery { state: DeliveryState::Delivered, ..delivery.clone() },
        vec![Attempt { outcome: Some(Ok(response())), total_us: Some(77), ..attempt }],
    );
    assert_eq!(store.get_delivery(delivery.id).await, Ok(Some(finished)));
}

#[tokio::test]
async fn every_class_of_error_comes_back() {
    let (_dir, store) = store();
    let kinds = [
        AttemptErrorKind::Refused,
        AttemptErrorKind::Dns,
        AttemptErrorKind::Timeout,
        AttemptErrorKind::Reset,
        AttemptErrorKind::Tls,
        AttemptErrorKind::Protocol,
        AttemptErrorKind::Forbidden,
        AttemptErrorKind::Request,
        AttemptErrorKind::Unknown,
    ];
    for (number, kind) in (1..).zip(kinds) {
        let (delivery, attempt) = delivery(number, None);
        store.start_delivery(delivery.clone(), attempt.clone()).await.unwrap();
        let error = AttemptError { kind, message: format!("'{number}\0") };
        store.finish_attempt(attempt.id, Err(error.clone()), u32::MAX, DeliveryState::Failed).await.unwrap();
        let (stored, attempts) = store.get_delivery(delivery.id).await.unwrap().unwrap();
        assert_eq!(stored.state, DeliveryState::Failed);
        assert_eq!(attempts[0].outcome, Some(Err(error)));
        assert_eq!(attempts[0].total_us, Some(u32::MAX));
    }
}

#[tokio::test]
async fn lists_are_newest_first_and_by_parent() {
    let (_dir, store) = store();
    let (one, two) = (Some(capture(1).id), Some(capture(2).id));
    // Ids out of order: the order of asking counts.
    for (number, parent) in [(9, one), (3, two), (5, one), (1, None)] {
        let (delivery, attempt) = delivery(number, parent);
        store.start_delivery(delivery, attempt).await.unwrap();
    }
    let ids = |list: Vec<(Delivery, Vec<Attempt>)>| {
        assert!(list.iter().all(|(delivery, attempts)| attempts.len() == 1 && attempts[0].delivery == delivery.id));
        list.into_iter().map(|(delivery, _)| delivery.id.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(ids(store.list_deliveries(None, 3).await.unwrap()), [1, 5, 3]);
    assert_eq!(ids(store.list_deliveries(one, 10).await.unwrap()), [5, 9]);
    assert_eq!(store.count_deliveries(None).await, Ok(4));
    assert_eq!(store.count_deliveries(two).await, Ok(1));
    assert_eq!(store.count_deliveries(Some(capture(3).id)).await, Ok(0));
    assert_eq!(store.get_delivery(DeliveryId(Uuid::from_u128(77))).await, Ok(None));
}

#[tokio::test]
async fn a_delivery_starts_whole_or_not_at_all() {
    let (_dir, store) = store();
    let (first, attempt) = delivery(1, None);
    store.start_delivery(first, attempt.clone()).await.unwrap();
    let (second, _) = delivery(2, None);
    let same_attempt_id = Attempt { delivery: second.id, ..attempt };
    let refused = store.start_delivery(second.clone(), same_attempt_id).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    assert_eq!(store.get_delivery(second.id).await, Ok(None));
}

#[tokio::test]
async fn interrupted_attempts_become_unknown() {
    let (_dir, store) = store();
    let (done, done_attempt) = delivery(1, None);
    store.start_delivery(done.clone(), done_attempt.clone()).await.unwrap();
    store.finish_attempt(done_attempt.id, Ok(response()), 1, DeliveryState::Delivered).await.unwrap();
    let (cut, cut_attempt) = delivery(2, None);
    store.start_delivery(cut.clone(), cut_attempt.clone()).await.unwrap();
    let dir = store.dir().to_owned();
    drop(store);

    let store = Store::open(&dir).unwrap();
    let (stored, attempts) = store.get_delivery(cut.id).await.unwrap().unwrap();
    assert_eq!(stored.state, DeliveryState::Unknown);
    let Some(Err(error)) = &attempts[0].outcome else { panic!("{attempts:?}") };
    assert_eq!(error.kind, AttemptErrorKind::Unknown);
    assert_eq!(attempts[0].total_us, None);
    assert_eq!(store.get_delivery(done.id).await.unwrap().unwrap().0.state, DeliveryState::Delivered);
    let late = store.finish_attempt(cut_attempt.id, Ok(response()), 1, DeliveryState::Delivered).await;
    assert_eq!(late, Err(StoreError::NotSending { attempt: cut_attempt.id }));
}
