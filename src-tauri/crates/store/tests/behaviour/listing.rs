//! Lists and counts: pages, filters, and plans that stay fast with a million rows.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hookglass_model::{EndpointId, ProviderId, VerdictKind};
use hookglass_store::{CaptureFilter, NewBody, Store, StoreError};
use proptest::prelude::*;

use crate::fixtures::{capture, endpoint_id, invalid, store, unsigned, valid};

/// The sequence numbers of all pages of five.
async fn all_pages(store: &Store, filter: &CaptureFilter) -> Vec<i64> {
    let (mut seqs, mut before) = (Vec::new(), None);
    loop {
        let page = store.list_captures(filter.clone(), before, 5).await.unwrap();
        let Some(last) = page.last() else { return seqs };
        assert!(page.len() <= 5);
        before = Some(last.seq);
        seqs.extend(page.iter().map(|capture| capture.seq));
    }
}

/// Forty captures of two endpoints with three verdicts, in a mix; answers endpoint and verdict by `seq - 1`.
async fn mixed(store: &Store) -> Vec<(EndpointId, VerdictKind)> {
    let mut kept = Vec::new();
    for number in 1..=40 {
        let mut new = capture(number);
        new.endpoint = endpoint_id(u128::from(number * number % 5 % 2));
        new.verdict = [valid(), invalid(), unsigned()][usize::try_from(number * 7 % 11 % 3).unwrap()].clone();
        kept.push((new.endpoint, new.verdict.kind()));
        store.insert_capture(new).await.unwrap();
    }
    kept
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap_under_every_filter() {
    let (_dir, store) = store();
    let kept = mixed(&store).await;
    let endpoints = [None, Some(endpoint_id(0)), Some(endpoint_id(1)), Some(endpoint_id(9))];
    let verdicts = [None, Some(VerdictKind::Valid), Some(VerdictKind::Invalid), Some(VerdictKind::ConfigError)];
    for (endpoint, verdict) in endpoints.into_iter().flat_map(|e| verdicts.map(|v| (e, v))) {
        for text in ["", "hook/1"] {
            let filter = CaptureFilter { endpoint, verdict, text: text.to_owned() };
            let expected: Vec<i64> = (1..=40)
                .rev()
                .filter(|seq: &i64| {
                    let (of, kind) = kept[usize::try_from(seq - 1).unwrap()];
                    endpoint.is_none_or(|wanted| wanted == of)
                        && verdict.is_none_or(|wanted| wanted == kind)
                        && format!("/hook/{seq}").contains(text)
                })
                .collect();
            assert_eq!(all_pages(&store, &filter).await, expected, "{filter:?}");
            assert_eq!(store.count_captures(filter.clone()).await, Ok(expected.len() as u64), "{filter:?}");
        }
    }
}

#[tokio::test]
async fn text_is_looked_for_in_five_fields_without_wildcards() {
    let (_dir, store) = store();
    let mut new = capture(1);
    new.event_type = Some("invoice.Paid".to_owned());
    store.insert_capture(new).await.unwrap();
    let mut new = capture(2);
    new.event_id = Some("evt_100%'\"\\".to_owned());
    store.insert_capture(new).await.unwrap();
    let mut new = capture(3);
    new.method = "PURGE".to_owned();
    store.insert_capture(new).await.unwrap();
    let mut new = capture(4);
    new.target = "/Päth?q=a%20b".to_owned();
    store.insert_capture(new).await.unwrap();
    let mut new = capture(5);
    new.provider = Some(ProviderId::from("standard-webhooks"));
    new.body = NewBody::Bytes(b"only in the body"[..].into());
    store.insert_capture(new).await.unwrap();
    for (text, expected) in [
        ("INVOICE.paid", vec![1]),
        ("invoice_paid", vec![]),
        ("t_100%", vec![2]),
        ("'\"\\", vec![2]),
        ("%", vec![4, 2]),
        ("purge", vec![3]),
        ("päth?", vec![4]),
        ("Standard-", vec![5]),
        ("only in", vec![]),
        ("'; DROP TABLE capture; --", vec![]),
    ] {
        let filter = CaptureFilter { text: text.to_owned(), ..CaptureFilter::default() };
        assert_eq!(all_pages(&store, &filter).await, expected, "{text}");
        assert_eq!(store.count_captures(filter).await, Ok(expected.len() as u64), "{text}");
    }
    let filter = CaptureFilter { text: "a".repeat(1_001), ..CaptureFilter::default() };
    assert_eq!(store.count_captures(filter.clone()).await, Err(StoreError::FilterTooLong { max_bytes: 1_000 }));
    assert_eq!(store.list_captures(filter, None, 1).await, Err(StoreError::FilterTooLong { max_bytes: 1_000 }));
}

#[test]
fn any_printable_text_finds_itself_and_nothing_else() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (_dir, store) = store();
    let numbers = AtomicU64::new(1);
    proptest!(ProptestConfig::with_cases(100), |(text in r#"[%_\\'"a-zA-Zäß ]{1,12}"#, other in "[%_\\\\a-z]{1,12}")| {
        let number = numbers.fetch_add(1, Relaxed);
        let mut new = capture(number);
        new.target = format!("/{text}/{number}");
        let id = new.id;
        runtime.block_on(store.insert_capture(new)).unwrap();
        let found = |text: String| {
            let filter = CaptureFilter { text, ..CaptureFilter::default() };
            runtime.block_on(store.list_captures(filter, None, 1)).unwrap().first().is_some_and(|capture| capture.id == id)
        };
        let target = format!("/{text}/{number}");
        prop_assert!(found(target.clone()));
        prop_assert!(found(target.to_ascii_uppercase()));
        let needle = format!("{other}/{number}");
        let expected = target.to_ascii_lowercase().contains(&needle);
        prop_assert_eq!(found(needle), expected);
    });
}
