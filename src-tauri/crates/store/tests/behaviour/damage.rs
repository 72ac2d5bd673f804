//! A database that is damaged while it is in use: real files, overwritten under a running writer.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use hookglass_model::UnixMillis;
use hookglass_store::{CaptureFilter, NewBody, NewCapture, Stop, Store, StoreError};

use crate::fixtures::{capture, put, store};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const PAGE: usize = 8192;

async fn fill(store: &Store, captures: u64) {
    for number in 1..=captures {
        let body = NewBody::Bytes(vec![7; 3_000].into());
        put(store, NewCapture { body, ..capture(number) }).await.unwrap();
    }
}

/// Overwrites all pages but the first. Another program writes before, so that the writer's cache hides nothing.
fn overwrite(database: &Path) -> Vec<u8> {
    let foreign = rusqlite::Connection::open(database).unwrap();
    foreign.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    foreign.execute_batch("CREATE TABLE foreign_one (a); DROP TABLE foreign_one;").unwrap();
    let left: i64 = foreign.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(1)).unwrap();
    assert_eq!(left, 0, "all of it is in the file");
    drop(foreign);
    let length = usize::try_from(fs::metadata(database).unwrap().len()).unwrap();
    let mut file = File::options().write(true).open(database).unwrap();
    file.seek(SeekFrom::Start(PAGE as u64)).unwrap();
    file.write_all(&vec![0xa5; length - PAGE]).unwrap();
    file.sync_all().unwrap();
    fs::read(database).unwrap()
}

#[tokio::test]
async fn damage_in_use_is_found_and_a_new_database_takes_what_comes() {
    let (_dir, store) = store();
    fill(&store, 200).await;
    let mut found = store.damage().unwrap();
    assert_eq!(*found.borrow(), None);
    let database = store.dir().join("hookglass.db");
    let damaged = overwrite(&database);

    assert!(matches!(put(&store, capture(201)).await, Err(StoreError::Corrupt { .. })));
    let detail = found.wait_for(Option::is_some).await.unwrap().clone().unwrap();
    assert!(!detail.is_empty());
    assert!(matches!(put(&store, capture(202)).await, Err(StoreError::Corrupt { .. })), "nothing is written any more");
    assert!(store.health().problem.is_some());

    let aside = store.begin_anew(NOW).await.unwrap();
    assert_eq!(aside, store.dir().join(format!("hookglass.db.corrupt-{}", NOW.0)));
    assert!(fs::read(&aside).unwrap() == damaged, "what was damaged is kept as it was");
    assert_eq!(*found.borrow(), None);
    assert_eq!(store.health().problem, None);

    assert_eq!(put(&store, capture(203)).await.unwrap(), 201, "numbers go on where they were");
    let listed = store.list_captures(CaptureFilter::default(), None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|capture| capture.seq).collect::<Vec<_>>(), [201]);
    assert!(store.check_integrity(Stop::default()).await.unwrap().problems.is_empty());
    let dir = store.dir().to_owned();
    store.close();
    let again = Store::open(&dir).unwrap();
    assert_eq!(again.totals().await.unwrap().captures, 1);
    assert!(fs::read(&aside).unwrap() == damaged, "closing left it alone too");
}

#[tokio::test]
async fn a_database_that_is_whole_is_not_replaced() {
    let (_dir, store) = store();
    fill(&store, 3).await;
    assert!(matches!(store.begin_anew(NOW).await, Err(StoreError::Refused { .. })));
    assert_eq!(put(&store, capture(4)).await.unwrap(), 4);
    assert_eq!(store.totals().await.unwrap().captures, 4);
}

/// What does not have the expected form is no reason to set a whole file aside.
#[tokio::test]
async fn a_value_of_another_form_is_not_damage() {
    let (_dir, store) = store();
    fill(&store, 3).await;
    let foreign = rusqlite::Connection::open(store.dir().join("hookglass.db")).unwrap();
    foreign.execute_batch("UPDATE capture SET verdict_detail = 'nonsense' WHERE seq = 2").unwrap();
    let listed = store.list_captures(CaptureFilter::default(), None, 10).await;
    assert!(matches!(listed, Err(StoreError::Unreadable { .. })), "{listed:?}");
    assert_eq!(put(&store, capture(4)).await.unwrap(), 4);
    assert_eq!(*store.damage().unwrap().borrow(), None);
}

#[tokio::test]
async fn bodies_in_files_stay_as_long_as_their_damaged_database_does() {
    let (_dir, store) = store();
    let path = store.arriving_bodies().join("1.part");
    fs::write(&path, b"large").unwrap();
    put(&store, NewCapture { body: NewBody::File { path, bytes: 5 }, ..capture(1) }).await.unwrap();
    let dir = store.dir().to_owned();
    store.close();
    let aside = Store::set_aside(&dir, NOW).unwrap();
    let files = || fs::read_dir(dir.join("bodies")).unwrap().count();
    Store::open(&dir).unwrap().close();
    assert_eq!(files(), 1);
    for suffix in ["", "-wal", "-shm"] {
        let mut name = aside.clone().into_os_string();
        name.push(suffix);
        let _ = fs::remove_file(name);
    }
    Store::open(&dir).unwrap().close();
    assert_eq!(files(), 0);
}
