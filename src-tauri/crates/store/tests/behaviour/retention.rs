//! Deleting what the rules do not keep, and nothing else.

use hookglass_model::{EndpointId, UnixMillis};
use hookglass_store::{CaptureFilter, NewBody, NewCapture, RetentionRule, Store};

use crate::fixtures::{capture, endpoint_id, put, store};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Captures that are `0, 1, 2…` days old, the oldest first.
async fn fill(store: &Store, endpoint: EndpointId, numbers: std::ops::Range<u64>) {
    for number in numbers.clone() {
        let age = i64::try_from(numbers.end - 1 - number).unwrap();
        let received_at = UnixMillis(NOW.0 - age * DAY_MS);
        put(store, NewCapture { received_at, endpoint, ..capture(number) }).await.unwrap();
    }
}

async fn delete_all_expired(store: &Store) -> u64 {
    let mut deleted = 0;
    loop {
        match store.delete_expired(NOW).await.unwrap() {
            0 => return deleted,
            // No step is longer, however much is to go: captures wait meanwhile (F13).
            more => {
                assert!(more <= 500, "{more} captures in one step");
                deleted += more;
            }
        }
    }
}

async fn left(store: &Store) -> Vec<i64> {
    let captures = store.list_captures(CaptureFilter::default(), None, 1_000).await.unwrap();
    let total = store.totals().await.unwrap().captures;
    assert_eq!(total, captures.len() as u64, "the counters agree");
    assert!(store.check_integrity(hookglass_store::Stop::default()).await.unwrap().problems.is_empty());
    captures.iter().rev().map(|capture| capture.seq).collect()
}

#[tokio::test]
async fn without_a_rule_everything_stays() {
    let (_dir, store) = store();
    fill(&store, EndpointId::DEFAULT, 1..4).await;
    assert_eq!(delete_all_expired(&store).await, 0);
    assert_eq!(left(&store).await, [1, 2, 3]);
}

#[tokio::test]
async fn the_old_go_and_those_with_a_star_stay() {
    let (_dir, store) = store();
    fill(&store, EndpointId::DEFAULT, 1..11).await;
    store.set_star(vec![capture(2).id], true).await.unwrap();
    let rule = RetentionRule { max_age_days: Some(3), ..RetentionRule::default() };
    store.set_retention_rule(None, Some(rule)).await.unwrap();
    assert_eq!(delete_all_expired(&store).await, 5);
    assert_eq!(left(&store).await, [2, 7, 8, 9, 10]);
    assert_eq!(store.capture_content(capture(1).id).await.unwrap(), None);
    store.set_star(vec![capture(2).id], false).await.unwrap();
    assert_eq!(delete_all_expired(&store).await, 1);
}

#[tokio::test]
async fn a_number_and_a_size_are_bounds_too() {
    let (_dir, store) = store();
    fill(&store, EndpointId::DEFAULT, 1..1_301).await;
    store
        .set_retention_rule(None, Some(RetentionRule { max_captures: Some(20), ..RetentionRule::default() }))
        .await
        .unwrap();
    assert_eq!(delete_all_expired(&store).await, 1_280);
    assert_eq!(left(&store).await.len(), 20);
    // A capture takes a head of 23 and a body of 8 bytes.
    store
        .set_retention_rule(None, Some(RetentionRule { max_bytes: Some(31 * 5), ..RetentionRule::default() }))
        .await
        .unwrap();
    assert_eq!(delete_all_expired(&store).await, 15);
    assert_eq!(left(&store).await, [1_296, 1_297, 1_298, 1_299, 1_300]);
}

/// Else the first new capture after the last star would be the next to go.
#[tokio::test]
async fn stars_take_no_room_from_new_captures() {
    let (_dir, store) = store();
    let other = endpoint_id(1);
    fill(&store, other, 1..4).await;
    fill(&store, EndpointId::DEFAULT, 4..31).await;
    store.set_star((1..=12).map(|number| capture(number).id).collect(), true).await.unwrap();
    let rule = RetentionRule { max_captures: Some(10), ..RetentionRule::default() };
    store.set_retention_rule(None, Some(rule)).await.unwrap();
    assert_eq!(delete_all_expired(&store).await, 8);
    assert_eq!(left(&store).await, (1..=12).chain(21..=30).collect::<Vec<_>>());
    let rule = RetentionRule { max_bytes: Some(31 * 5), ..RetentionRule::default() };
    store.set_retention_rule(None, Some(rule)).await.unwrap();
    assert_eq!(delete_all_expired(&store).await, 5);
    assert_eq!(left(&store).await, (1..=12).chain(26..=30).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_endpoint_may_have_its_own_rule() {
    let (_dir, store) = store();
    let (loud, kept) = (endpoint_id(1), endpoint_id(2));
    fill(&store, loud, 1..11).await;
    fill(&store, kept, 11..21).await;
    fill(&store, EndpointId::DEFAULT, 21..31).await;
    let one = RetentionRule { max_captures: Some(1), ..RetentionRule::default() };
    store.set_retention_rule(Some(kept), Some(RetentionRule::default())).await.unwrap();
    store.set_retention_rule(Some(loud), Some(RetentionRule { max_captures: Some(3), ..one })).await.unwrap();
    store.set_retention_rule(None, Some(one)).await.unwrap();
    delete_all_expired(&store).await;
    let expected: Vec<i64> = (8..=20).chain([30]).collect();
    assert_eq!(left(&store).await, expected);
    store.set_retention_rule(Some(loud), None).await.unwrap();
    delete_all_expired(&store).await;
    assert_eq!(left(&store).await, (11..=20).chain([30]).collect::<Vec<_>>(), "now it counts with the others");
}

#[tokio::test]
async fn the_disk_gets_its_space_back() {
    let (_dir, store) = store();
    for number in 1..=60 {
        let body = NewBody::Bytes(vec![7; 100_000].into());
        put(&store, NewCapture { body, ..capture(number) }).await.unwrap();
    }
    store
        .set_retention_rule(None, Some(RetentionRule { max_captures: Some(1), ..RetentionRule::default() }))
        .await
        .unwrap();
    delete_all_expired(&store).await;
    while store.shrink().await.unwrap() {}
    let dir = store.dir().to_owned();
    store.close();
    let bytes = std::fs::metadata(dir.join("hookglass.db")).unwrap().len();
    assert!(bytes < 1_000_000, "{bytes} bytes are left of 6 MB");
}
