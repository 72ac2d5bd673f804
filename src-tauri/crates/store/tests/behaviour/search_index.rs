//! The search index: it changes how fast captures are found, never which.

use std::fs;

use hookglass_model::{ProviderId, UnixMillis};
use hookglass_store::{IndexProgress, NewBody, NewCapture, Stop, Store, UNDO_MS};
use tokio::task::JoinSet;

use super::fixtures::{capture, put, store};
use super::searching::{found, search, unhurried};

/// Captures of one large block and of a small one, and some that are in none.
const CAPTURES: u64 = 16_384 + 512 + 100;

fn numbered(number: u64) -> NewCapture {
    let body = format!("{{\"id\":\"evt_{number:05}\",\"kind\":\"Kind{}\",\"text\":\"any of many\"}}", number % 7);
    NewCapture {
        keeps_id: false,
        provider: number.is_multiple_of(3).then(|| ProviderId::from("stripe")),
        event_type: Some(format!("kind.{}", number % 5)),
        head: b"POST /hook HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        body: NewBody::Bytes(body.into_bytes().into()),
        ..capture(number)
    }
}

async fn fill(store: &Store) {
    let mut waiting = JoinSet::new();
    // In order: each job is queued before the next task runs.
    for number in 1..=CAPTURES {
        let store = store.clone();
        waiting.spawn(async move { put(&store, numbered(number)).await.unwrap() });
        if waiting.len() >= 256 {
            while waiting.join_next().await.is_some() {}
        }
    }
    while waiting.join_next().await.is_some() {}
}

/// Indexes all that can be. Marks are worked out in the meantime, and what is listed waits for them.
async fn index(store: &Store, through: i64) {
    while store.indexed_through().await.unwrap() < through {
        store.index_step().await.unwrap();
    }
    while store.index_step().await.unwrap() == IndexProgress::Worked {}
}

/// Numbers for which it holds, newest first.
fn those(holds: impl Fn(i64) -> bool) -> Vec<i64> {
    (1..=CAPTURES.cast_signed()).rev().filter(|number| holds(*number)).collect()
}

async fn agrees(store: &Store, gone: &[i64]) {
    let expect = async |text: &str, holds: &dyn Fn(i64) -> bool| {
        let mut all = Vec::new();
        let mut before = None;
        loop {
            let page = store.search(search(text), before, 1_000, unhurried()).await.unwrap();
            all.extend(page.captures.iter().map(|capture| capture.seq));
            before = page.next_before_seq;
            if before.is_none() {
                break;
            }
        }
        let expected = those(|number| holds(number) && !gone.contains(&number));
        assert!(all == expected, "{text}: {} instead of {}", all.len(), expected.len());
        let counted = store.count_found(search(text), unhurried()).await.unwrap();
        assert_eq!((counted.captures, counted.is_exact), (expected.len() as u64, true), "{text}");
    };
    let last = CAPTURES.cast_signed();
    expect("EVT_00077", &|n| n == 77).await;
    expect(&format!("evt_{last}"), &|n| n == last).await;
    expect("kind3 evt_001", &|n| n % 7 == 3 && n / 100 == 1).await;
    expect("\"any of many\" -kind3 evt_16", &|n| n % 7 != 3 && n / 1_000 == 16).await;
    expect("evt_00001 OR evt_16999 OR evt_16996", &|n| [1, 16_999, 16_996].contains(&n)).await;
    expect("nowhere", &|_| false).await;
    expect("provider:stripe event:kind.2 evt_16", &|n| n % 3 == 0 && n % 5 == 2 && n / 1_000 == 16).await;
    expect("-provider:stripe event:kind.4 id:*  OR event:kind.4 evt_000", &|n| n % 5 == 4 && n / 100 == 0).await;
    expect("event:kind.* provider:strip", &|_| false).await;
    expect("-provider:* event:*.3", &|n| n % 3 != 0 && n % 5 == 3).await;
    expect("json.kind:kind2 json.id:evt_0000*", &|n| n % 7 == 2 && n < 10).await;
    expect("size:>1000", &|_| false).await;
    expect("status:200 method:post evt_0001*kind1", &|n| n / 10 == 1 && n % 7 == 1).await;
    expect("ev _000 evt_0005", &|n| n / 10 == 5).await;
}

#[tokio::test]
async fn with_and_without_it_the_same_is_found() {
    let (_dir, store) = store();
    fill(&store).await;
    agrees(&store, &[]).await;
    index(&store, 16_384 + 511).await;
    assert_eq!(store.indexed_through().await.unwrap(), 16_384 + 511);
    agrees(&store, &[]).await;

    // What is deleted is found no longer, first hidden, then gone, then out of the lists.
    let ids = store.search(search("evt_0007"), None, 100, unhurried()).await.unwrap().captures;
    let gone: Vec<i64> = ids.iter().map(|capture| capture.seq).collect();
    assert_eq!(gone.len(), 10);
    let at = UnixMillis(0);
    store.remove_captures(ids.iter().map(|capture| capture.id).collect(), at).await.unwrap();
    agrees(&store, &gone).await;
    assert_eq!(store.purge_removed(UnixMillis(UNDO_MS + 1)).await.unwrap(), 10);
    agrees(&store, &gone).await;
    while store.index_step().await.unwrap() == IndexProgress::Worked {}
    let database = rusqlite::Connection::open(store.dir().join("hookglass.db")).unwrap();
    let left: i64 = database.query_row("SELECT count(*) FROM capture_removal", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0, "no block holds them any longer");
    agrees(&store, &gone).await;
    assert!(store.check_integrity(Stop::default()).await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn a_damaged_index_costs_time_alone_and_is_made_anew() {
    let (dir, store) = store();
    for number in 1..=1_100 {
        put(&store, numbered(number)).await.unwrap();
    }
    index(&store, 1_023).await;
    store.close();
    let path = dir.path().join("data/hookglass-search.db");
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[8_192..half].fill(0x55);
    fs::write(&path, &bytes).unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    assert_eq!(found(&store, "evt_00077").await, [77]);
    assert_eq!(found(&store, "provider:stripe evt_0000").await, [9, 6, 3]);
    // A step that meets the damage begins anew; the next ones build it.
    while store.indexed_through().await.unwrap() < 1_023 || store.index_step().await != Ok(IndexProgress::UpToDate) {
        let _ = store.index_step().await;
    }
    assert_eq!(found(&store, "evt_00077").await, [77]);
    store.close();
    // That of another database is not used.
    let (other_dir, other) = super::fixtures::store();
    for number in 1..=1_100 {
        put(&other, NewCapture { provider: None, ..numbered(number) }).await.unwrap();
    }
    other.close();
    fs::copy(&path, other_dir.path().join("data/hookglass-search.db")).unwrap();
    let other = Store::open(&other_dir.path().join("data")).unwrap();
    assert_eq!(other.indexed_through().await.unwrap(), 0);
    assert!(found(&other, "provider:stripe").await.is_empty());
    index(&other, 1_023).await;
    assert!(found(&other, "provider:stripe").await.is_empty());
}
