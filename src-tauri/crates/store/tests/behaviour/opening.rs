//! Opening a data directory: whose it is, who may read it, and what is refused untouched.

use std::fs;
use std::path::Path;

use hookglass_model::UnixMillis;
use hookglass_store::{OpenError, Store, StoreError};
use rusqlite::Connection;

use crate::fixtures::{capture, content, put, store};

const DATABASE: &str = "hookglass.db";

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/b");
    let store = Store::open(&dir).unwrap();
    store.insert_capture(capture(1)).await.unwrap();
    assert_eq!(mode(&dir), 0o700);
    let mut names: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let (folders, names): (Vec<_>, Vec<_>) = names.into_iter().partition(|path| path.is_dir());
    assert_eq!((folders.len(), names.len()), (2, 4), "{names:?}");
    for path in &folders {
        assert_eq!(mode(path), 0o700, "{}", path.display());
    }
    for path in &names {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    drop(store);
    fs::set_permissions(dir.join(DATABASE), fs::Permissions::from_mode(0o644)).unwrap();
    let store = Store::open(&dir).unwrap();
    store.insert_capture(capture(2)).await.unwrap();
    for path in &names {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn one_writer_and_any_number_of_readers() {
    let (_dir, store) = store();
    assert_eq!(Store::open(store.dir()).unwrap_err(), OpenError::InUse { dir: store.dir().to_owned() });
    let reader = Store::open_read_only(store.dir()).unwrap();
    store.insert_capture(capture(1)).await.unwrap();
    assert_eq!(reader.totals().await.unwrap().captures, 1);
    assert_eq!(reader.insert_capture(capture(2)).await, Err(StoreError::ReadOnly));
    assert_eq!(reader.delete_secret(hookglass_model::SecretId(uuid::Uuid::nil())).await, Err(StoreError::ReadOnly));
    let dir = store.dir().to_owned();
    store.close();
    assert!(Store::open(&dir).is_ok(), "closing gives the directory free, also while clones live");
}

#[tokio::test]
async fn reading_works_after_the_writer_is_gone() {
    let (_dir, store) = store();
    store.insert_capture(capture(1)).await.unwrap();
    let dir = store.dir().to_owned();
    drop(store);
    let reader = Store::open_read_only(&dir).unwrap();
    assert_eq!(reader.capture_content(capture(1).id).await.unwrap(), Some(content(&capture(1))));
}

/// A crash leaves the database and its log as they are at that moment.
#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let (parent, store) = store();
    for number in 1..=20 {
        store.insert_capture(capture(number)).await.unwrap();
    }
    for name in ["crashed", "read"] {
        let dir = parent.path().join(name);
        fs::create_dir(&dir).unwrap();
        for file in [DATABASE, "hookglass.db-wal"] {
            fs::copy(store.dir().join(file), dir.join(file)).unwrap();
        }
    }
    let reader = Store::open_read_only(&parent.path().join("read")).unwrap();
    let crashed = Store::open(&parent.path().join("crashed")).unwrap();
    for survivor in [&reader, &crashed] {
        assert_eq!(survivor.totals().await.unwrap().captures, 20);
        for number in 1..=20 {
            let new = capture(number);
            assert_eq!(survivor.capture_content(new.id).await.unwrap(), Some(content(&new)));
        }
    }
    assert_eq!(put(&crashed, capture(21)).await, Ok(21));
}

#[test]
fn reading_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    assert_eq!(Store::open_read_only(dir.path()).unwrap_err(), OpenError::Missing { path });
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_newer_database_is_left_alone() {
    let (_dir, store) = store();
    let dir = store.dir().to_owned();
    drop(store);
    Connection::open(dir.join(DATABASE)).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let before = fs::read(dir.join(DATABASE)).unwrap();
    for error in [Store::open(&dir).unwrap_err(), Store::open_read_only(&dir).unwrap_err()] {
        assert!(matches!(error, OpenError::NewerVersion { found: 999, .. }), "{error:?}");
    }
    assert!(fs::read(dir.join(DATABASE)).unwrap() == before);
}

#[test]
fn an_older_database_waits_for_a_writer() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(DATABASE), b"").unwrap();
    let error = Store::open_read_only(dir.path()).unwrap_err();
    assert!(matches!(error, OpenError::OlderVersion { found: 0, .. }), "{error:?}");
    Store::open(dir.path()).unwrap().close();
    assert!(Store::open_read_only(dir.path()).is_ok());
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    for bytes in [b"# my shopping list\n".repeat(500).as_slice(), b"short"] {
        fs::write(&path, bytes).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
        assert!(fs::read(&path).unwrap() == bytes);
        let aside = Store::set_aside(dir.path(), UnixMillis(77)).unwrap();
        assert_eq!(aside, dir.path().join("hookglass.db.corrupt-77"));
        assert!(fs::read(&aside).unwrap() == bytes);
        Store::open(dir.path()).unwrap().close();
        fs::remove_file(&aside).unwrap();
        fs::remove_file(&path).unwrap();
    }

    let foreign = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert_eq!(error, OpenError::NotADatabase { path: path.clone() });
        assert!(error.to_string().contains("Move the file away"), "{error}");
        assert!(fs::read(&path).unwrap() == bytes);
    };
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    drop(other);
    let bytes = fs::read(&path).unwrap();
    foreign(&bytes);
}

#[test]
fn a_damaged_database_is_left_alone() {
    let (_dir, store) = store();
    let (dir, path) = (store.dir().to_owned(), store.dir().join(DATABASE));
    drop(store);
    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    damaged[100..4096].fill(0xa5);
    for bytes in [&damaged[..], &whole[..whole.len() / 2]] {
        fs::write(&path, bytes).unwrap();
        let error = Store::open(&dir).unwrap_err();
        assert!(matches!(&error, OpenError::Corrupt { .. }), "{error:?}");
        assert!(fs::read(&path).unwrap() == bytes);
    }
    fs::write(&path, &whole).unwrap();
    Store::open(&dir).unwrap();
}

#[test]
fn a_place_that_cannot_hold_it_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = Store::open(&file.join("data")).unwrap_err();
    assert!(error.to_string().contains("file/data"), "{error}");
}
