//! Searching: what is found, page by page, what the user writes, and deleting with a way back.

use std::time::Duration;

use hookglass_model::{Answer, CaptureId, ProviderId, UnixMillis, VerdictKind};
use hookglass_query::{Now, parse};
use hookglass_store::{
    CaptureFilter, NewBody, NewCapture, SavedFilter, Search, SearchBudget, SearchEnd, Stop, Store, UNDO_MS,
};
use uuid::Uuid;

use super::fixtures::{capture, invalid, put, store, valid};

const NOW: UnixMillis = UnixMillis(1_795_000_600_000);

pub(crate) fn search(text: &str) -> Search {
    Search { query: parse(text).unwrap(), now: Now { at: NOW, utc_offset_seconds: 0 } }
}

pub(crate) fn unhurried() -> SearchBudget {
    SearchBudget { time: Duration::from_secs(60), stop: Stop::default() }
}

/// The numbers that a text finds, newest first.
pub(crate) async fn found(store: &Store, text: &str) -> Vec<i64> {
    let page = store.search(search(text), None, 1_000, unhurried()).await.unwrap();
    let seqs: Vec<i64> = page.captures.iter().map(|capture| capture.seq).collect();
    let counted = store.count_found(search(text), unhurried()).await.unwrap();
    assert_eq!((counted.captures, counted.is_exact), (seqs.len() as u64, true), "{text}");
    seqs
}

fn with(number: u64, head: &str, body: &str) -> NewCapture {
    NewCapture {
        head: head.as_bytes().to_vec(),
        body: NewBody::Bytes(body.as_bytes().to_vec().into()),
        ..capture(number)
    }
}

#[tokio::test]
async fn every_filter_finds_what_it_says_and_nothing_else() {
    let (_dir, store) = store();
    let stripe = NewCapture {
        provider: Some(ProviderId::from("stripe")),
        event_type: Some("invoice.paid".to_owned()),
        event_id: Some("evt_1".to_owned()),
        target: "/stripe/hooks?x=1".to_owned(),
        verdict: valid(),
        ..with(
            1,
            "POST /stripe/hooks?x=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: Stripe/1.0\r\n\r\n",
            r#"{"type":"invoice.paid","data":{"object":{"amount":1250,"currency":"usd"}},"text":"Card DECLINED"}"#,
        )
    };
    let github = NewCapture {
        provider: Some(ProviderId::from("github")),
        event_type: Some("push".to_owned()),
        method: "PUT".to_owned(),
        verdict: invalid(),
        answer: Answer { status: 413 },
        ..with(2, "PUT /hook/2 HTTP/1.1\r\nHost: b\r\n\r\n", r#"{"ref":"refs/heads/main","items":[{"id":5}]}"#)
    };
    let third = with(3, "POST /hook/3 HTTP/1.1\r\n\r\n", "");
    let id = Uuid::from_u64_pair(2, 7);
    for new in [stripe, github, third] {
        put(&store, new).await.unwrap();
    }
    store.set_star(vec![CaptureId(id)], true).await.unwrap();
    store.set_note(CaptureId(id), "Ask Maria about it".to_owned()).await.unwrap();
    store.set_label(vec![CaptureId(id)], "Bug".to_owned(), true).await.unwrap();
    for (text, expected) in [
        ("", &[3, 2, 1][..]),
        ("declined", &[1]),
        ("\"card declined\"", &[1]),
        ("declined card", &[1]),
        ("\"declined card\"", &[]),
        ("card*declined", &[1]),
        ("refs/heads/main OR declined", &[2, 1]),
        ("-declined", &[3, 2]),
        ("provider:stripe", &[1]),
        ("provider:*", &[2, 1]),
        ("-provider:stripe", &[3, 2]),
        ("event:invoice.*", &[1]),
        ("event:invoice", &[]),
        ("verdict:invalid", &[2]),
        ("-verdict:not_checked", &[2, 1]),
        ("endpoint:default", &[3, 2, 1]),
        ("endpoint:other", &[]),
        ("endpoint:default verdict:valid", &[1]),
        ("method:put", &[2]),
        ("path:STRIPE", &[1]),
        ("status:4xx", &[2]),
        ("status:<400", &[3, 1]),
        ("header.user-agent:stripe", &[1]),
        ("header.user-agent:*", &[1]),
        ("-header.user-agent:*", &[3, 2]),
        ("header.host:b", &[2]),
        ("body:host", &[]),
        ("body:usd", &[1]),
        ("json.data.object.amount:>1000", &[1]),
        ("json.data.object.amount:>1250", &[]),
        ("json.items.id:5", &[2]),
        ("id:evt_1", &[1]),
        (&format!("id:{id}"), &[2]),
        ("size:0", &[3]),
        ("size:>50", &[1]),
        ("dup:false size:>0", &[2, 1]),
        ("dup:retry", &[]),
        ("starred:true", &[2]),
        ("starred:false", &[3, 1]),
        ("note:maria", &[2]),
        ("note:*", &[2]),
        ("-note:*", &[3, 1]),
        ("label:bug", &[2]),
        ("label:b", &[]),
        ("after:2026-11-18", &[3, 2, 1]),
        ("before:2026-11-18", &[]),
        ("after:1h", &[3, 2, 1]),
        ("after:10s", &[]),
        ("(provider:stripe OR provider:github) -starred:true", &[1]),
        ("-(provider:stripe OR starred:true)", &[3]),
    ] {
        assert_eq!(found(&store, text).await, expected, "{text}");
    }
    assert_eq!(store.labels().await.unwrap(), [("Bug".to_owned(), 1)]);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let (_dir, store) = store();
    for number in 1..=1_200 {
        let text = if number % 3 == 0 { "every third" } else { "others" };
        put(&store, with(number, "POST / HTTP/1.1\r\n\r\n", text)).await.unwrap();
    }
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = store.search(search("third"), before, 30, unhurried()).await.unwrap();
        assert!(page.captures.len() == 30 || page.end == SearchEnd::Everything);
        all.extend(page.captures.iter().map(|capture| capture.seq));
        before = page.next_before_seq;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(all, (1..=400).rev().map(|third| third * 3).collect::<Vec<i64>>());
    // No time at all still tells where to go on, and a stopped search gives up.
    let none = SearchBudget { time: Duration::ZERO, stop: Stop::default() };
    let page = store.search(search("absent"), None, 30, none).await.unwrap();
    assert_eq!((page.end, page.next_before_seq), (SearchEnd::Time, Some(1_201)));
    let stopped = unhurried();
    stopped.stop.stop();
    assert_eq!(store.search(search("absent"), None, 30, stopped).await.unwrap().end, SearchEnd::Stopped);
    let hurried = SearchBudget { time: Duration::ZERO, stop: Stop::default() };
    assert!(!store.count_found(search("third"), hurried).await.unwrap().is_exact);
}

#[tokio::test]
async fn what_was_deleted_is_nowhere_and_comes_back_for_ten_minutes() {
    let (dir, store) = store();
    let mut ids = Vec::new();
    for number in 1..=4 {
        ids.push(store.insert_capture(with(number, "POST / HTTP/1.1\r\n\r\n", "text")).await.unwrap().id);
    }
    let listed = async || {
        let captures = store.list_captures(CaptureFilter::default(), None, 10).await.unwrap();
        let after = store.captures_after(0, 10).await.unwrap();
        assert_eq!(captures.len(), after.len());
        let count = store.count_captures(CaptureFilter::default()).await.unwrap();
        assert_eq!((count, store.totals().await.unwrap().captures), (captures.len() as u64, count));
        assert!(store.check_integrity(Stop::default()).await.unwrap().problems.is_empty());
        captures.iter().map(|capture| capture.seq).collect::<Vec<_>>()
    };
    assert_eq!(store.remove_captures(ids[1..3].to_vec(), NOW).await.unwrap(), ids[1..3]);
    assert_eq!(store.remove_captures(ids[1..3].to_vec(), NOW).await.unwrap(), []);
    assert_eq!((listed().await, found(&store, "text").await), (vec![4, 1], vec![4, 1]));
    assert_eq!(found(&store, "-starred:true").await, [4, 1]);
    // Judging a deleted capture again changes no counter.
    store.set_verdict(ids[1], valid()).await.unwrap();
    assert_eq!(listed().await, [4, 1]);
    assert_eq!(store.restore_captures(vec![ids[1]]).await.unwrap(), 1);
    assert_eq!(listed().await, [4, 2, 1]);
    let valid = CaptureFilter { verdict: Some(VerdictKind::Valid), ..CaptureFilter::default() };
    assert_eq!(store.count_captures(valid).await.unwrap(), 1);
    assert_eq!(store.purge_removed(UnixMillis(NOW.0 + UNDO_MS)).await.unwrap(), 0);
    assert_eq!(store.purge_removed(UnixMillis(NOW.0 + UNDO_MS + 1)).await.unwrap(), 1);
    assert_eq!(store.restore_captures(vec![ids[2]]).await.unwrap(), 0);
    assert!(store.get_capture(ids[2]).await.unwrap().is_none());
    assert_eq!(listed().await, [4, 2, 1]);
    // Also when it is deleted otherwise while it is hidden.
    store.remove_captures(vec![ids[0]], NOW).await.unwrap();
    store.delete_captures(vec![1]).await.unwrap();
    assert_eq!(listed().await, [4, 2]);
    store.close();
    drop(dir);
}

#[tokio::test]
async fn large_bodies_are_searched_in_their_beginning_and_that_is_told() {
    let (_dir, store) = store();
    let mut body = vec![b'x'; 300 * 1024];
    body[1_000..1_006].copy_from_slice(b"needle");
    body[290 * 1024..290 * 1024 + 6].copy_from_slice(b"beyond");
    let path = store.arriving_bodies().join("one");
    std::fs::write(&path, &body).unwrap();
    let file = NewBody::File { path, bytes: body.len() as u64 };
    put(&store, NewCapture { body: file, ..capture(1) }).await.unwrap();
    put(&store, NewCapture { body: NewBody::Bytes(body.into()), ..capture(2) }).await.unwrap();
    assert_eq!(found(&store, "NEEDLE").await, [2, 1]);
    let page = store.search(search("beyond"), None, 10, unhurried()).await.unwrap();
    assert_eq!((page.captures.len(), page.searched_partly), (0, 2));
}

#[tokio::test]
async fn saved_filters_keep_their_order() {
    let (_dir, store) = store();
    let filter = |number: u128, name: &str| SavedFilter {
        id: Uuid::from_u128(number),
        name: name.to_owned(),
        query: "after:1h".to_owned(),
    };
    for one in [filter(1, "a"), filter(2, "b"), filter(3, "c"), filter(1, "first")] {
        store.save_filter(one).await.unwrap();
    }
    store.order_filters(vec![Uuid::from_u128(3)]).await.unwrap();
    let names: Vec<String> = store.saved_filters().await.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["c", "first", "b"]);
    assert!(store.delete_filter(Uuid::from_u128(2)).await.unwrap());
    assert!(!store.delete_filter(Uuid::from_u128(2)).await.unwrap());
}
