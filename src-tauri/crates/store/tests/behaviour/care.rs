//! Copies, checks, and bodies that are too large for a row.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use hookglass_model::{CaptureFlags, UnixMillis};
use hookglass_store::{NewBody, NewCapture, Stop, Store, StoreError, StoredBody};

use crate::fixtures::{capture, content, endpoint_id, put, store};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

/// A body as the listener leaves it.
fn arriving(store: &Store, name: &str, bytes: &[u8]) -> NewBody {
    let path: PathBuf = store.arriving_bodies().join(name);
    fs::write(&path, bytes).unwrap();
    NewBody::File { path, bytes: bytes.len() as u64 }
}

#[tokio::test]
async fn a_body_in_a_file_is_taken_over_read_and_deleted_with_its_capture() {
    let (_dir, store) = store();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let new = NewCapture { body: arriving(&store, "1.part", &bytes), ..capture(1) };
    let seq = put(&store, new).await.unwrap();
    assert!(!store.arriving_bodies().join("1.part").exists());
    assert_eq!(store.get_capture(capture(1).id).await.unwrap().unwrap().body_bytes, 3_000_000);
    assert!(store.capture_content(capture(1).id).await.unwrap().unwrap().body == bytes);
    let Some(StoredBody::File(mut file)) = store.body(capture(1).id).await.unwrap() else { panic!("no file") };
    let mut read = Vec::new();
    file.read_to_end(&mut read).unwrap();
    assert!(read == bytes);
    assert!(store.check_integrity(Stop::default()).await.unwrap().problems.is_empty());
    store.delete_captures(vec![seq]).await.unwrap();
    assert_eq!(fs::read_dir(store.dir().join("bodies")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_refused_capture_leaves_no_file() {
    let (_dir, store) = store();
    put(&store, capture(1)).await.unwrap();
    let again = NewCapture { body: arriving(&store, "1.part", b"x"), flags: CaptureFlags::default(), ..capture(1) };
    assert!(matches!(put(&store, again).await, Err(StoreError::Refused { .. })));
    assert_eq!(fs::read_dir(store.dir().join("bodies")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_crash_left_is_cleared_away_and_what_is_used_stays() {
    let (_dir, store) = store();
    put(&store, NewCapture { body: arriving(&store, "1.part", b"kept"), ..capture(1) }).await.unwrap();
    let dir = store.dir().to_owned();
    store.close();
    fs::write(dir.join("bodies/00000000.body"), b"no row names it").unwrap();
    fs::write(dir.join("arriving/7.part"), b"half").unwrap();
    let store = Store::open(&dir).unwrap();
    assert_eq!(fs::read_dir(dir.join("bodies")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(dir.join("arriving")).unwrap().count(), 0);
    assert_eq!(store.capture_content(capture(1).id).await.unwrap().unwrap().body, b"kept");
}

#[tokio::test]
async fn a_copy_holds_everything_and_opens_as_a_data_directory() {
    let (dir, store) = store();
    for number in 1..=50 {
        put(&store, capture(number)).await.unwrap();
    }
    put(&store, NewCapture { body: arriving(&store, "1.part", b"large"), ..capture(51) }).await.unwrap();
    let to = dir.path().join("copy.db");
    let backup = store.back_up(to.clone(), Stop::default()).await.unwrap();
    assert_eq!(backup.path, to);
    let bodies = backup.bodies.unwrap();
    let again = store.back_up(to.clone(), Stop::default()).await;
    assert!(matches!(again, Err(StoreError::Refused { .. })), "{again:?}");
    let restored = dir.path().join("restored");
    fs::create_dir(&restored).unwrap();
    fs::copy(&to, restored.join("hookglass.db")).unwrap();
    fs::rename(&bodies, restored.join("bodies")).unwrap();
    let copy = Store::open(&restored).unwrap();
    assert_eq!(copy.totals().await.unwrap().captures, 51);
    assert_eq!(copy.capture_content(capture(50).id).await.unwrap(), Some(content(&capture(50))));
    assert_eq!(copy.capture_content(capture(51).id).await.unwrap().unwrap().body, b"large");
    assert!(copy.check_integrity(Stop::default()).await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn long_work_stops_when_asked_and_leaves_nothing() {
    let (dir, store) = store();
    for number in 1..=300 {
        let body = NewBody::Bytes(vec![7; 20_000].into());
        put(&store, NewCapture { body, ..capture(number) }).await.unwrap();
    }
    let stop = Stop::default();
    stop.stop();
    assert_eq!(store.check_integrity(stop.clone()).await, Err(StoreError::Stopped));
    let to = dir.path().join("copy.db");
    assert_eq!(store.back_up(to.clone(), stop).await, Err(StoreError::Stopped));
    assert!(!to.exists() && !dir.path().join("copy.db.part").exists());
}

#[tokio::test]
async fn a_check_tells_what_only_we_can_know() {
    let (_dir, store) = store();
    put(&store, NewCapture { body: arriving(&store, "1.part", b"large"), ..capture(1) }).await.unwrap();
    put(&store, capture(2)).await.unwrap();
    for entry in fs::read_dir(store.dir().join("bodies")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let database = rusqlite::Connection::open(store.dir().join("hookglass.db")).unwrap();
    database.execute_batch("DELETE FROM capture_content WHERE seq = 2").unwrap();
    let problems = store.check_integrity(Stop::default()).await.unwrap().problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("1 captures have no content"), "{problems:?}");
    assert!(problems[1].contains("is missing"), "{problems:?}");
}

/// A closed database of 400 captures and an endpoint, as bytes.
async fn whole_database() -> Vec<u8> {
    let (_dir, store) = store();
    let shop = hookglass_model::Endpoint {
        id: endpoint_id(7),
        slug: hookglass_model::Slug::new("shop").unwrap(),
        ..hookglass_model::Endpoint::built_in()
    };
    store.save_endpoint(shop).await.unwrap();
    for number in 1..=400 {
        let body = NewBody::Bytes(vec![u8::try_from(number % 251).unwrap(); 700].into());
        put(&store, NewCapture { body, keeps_id: true, ..capture(number) }).await.unwrap();
    }
    let path = store.dir().join("hookglass.db");
    store.close();
    fs::read(path).unwrap()
}

#[tokio::test]
async fn what_is_whole_is_read_out_of_a_damaged_database() {
    let whole = whole_database().await;
    let zeroed = |range: std::ops::Range<usize>| {
        let mut damaged = whole.clone();
        damaged[range].fill(0);
        damaged
    };
    let page = 8192;
    for (what, damaged, at_least) in [
        ("nothing", whole.clone(), 400),
        ("the header", zeroed(0..100), 400),
        ("the first page", zeroed(0..page), 400),
        ("a page in the middle", zeroed(20 * page..21 * page), 330),
        // The first half holds the beginnings of all tables and indexes, and of the rows about a quarter. Tables of what
        // users write begin on five pages, half of which are taken from those of rows and given back here.
        ("the second half", whole[..whole.len() / 2 + 3 * page].to_vec(), 80),
    ] {
        let (dir, store) = store();
        let path = dir.path().join("damaged.db");
        fs::write(&path, &damaged).unwrap();
        let salvaged =
            store.salvage(path.clone(), NOW, Stop::default()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(salvaged.captures >= at_least, "{what}: {salvaged:?}");
        assert_eq!(salvaged.captures + salvaged.lost, 400, "{what}: {salvaged:?}");
        assert!(fs::read(&path).unwrap() == damaged, "{what}: the file was changed");
        assert_eq!(store.totals().await.unwrap().captures, salvaged.captures);
        let again = store.salvage(path, NOW, Stop::default()).await.unwrap();
        assert_eq!((again.captures, again.endpoints), (0, 0), "{what}");
        let bytes = store.capture_content(capture(1).id).await.unwrap().unwrap();
        assert!(bytes.body == vec![1; 700], "{what}");
    }
}

#[tokio::test]
async fn of_what_holds_nothing_an_error_is_told() {
    let (dir, store) = store();
    let path = dir.path().join("damaged.db");
    for bytes in [&b""[..], b"# my shopping list"] {
        fs::write(&path, bytes).unwrap();
        let error = store.salvage(path.clone(), NOW, Stop::default()).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    }
}
