//! Group commit, bounds and failing disks, seen from inside: the tests hold the writer still while jobs gather.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use hookglass_model::{
    Answer, CaptureFlags, CaptureId, EndpointId, Framing, NotCheckedReason, Protocol, Timings, UnixMillis, Verdict,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::*;
use crate::{CaptureFilter, migration, sqlite};

/// A writer of its own, without the rest of the store.
fn writer() -> (TempDir, DataDir, Writer) {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = DataDir::new(dir.path());
    data_dir.prepare_database().unwrap();
    let mut connection = sqlite::open_writer(data_dir.database()).unwrap();
    migration::migrate(&mut connection, data_dir.database()).unwrap();
    let writer = Writer::start(connection, data_dir.clone(), Readers::new(data_dir.database().to_owned())).unwrap();
    (dir, data_dir, writer)
}

fn capture(number: u64, body_bytes: usize) -> NewCapture {
    NewCapture {
        id: CaptureId(Uuid::from_u64_pair(number, 7)),
        keeps_id: true,
        received_at: UnixMillis(1),
        endpoint: EndpointId::DEFAULT,
        client: String::new(),
        protocol: Protocol::Http11,
        tls: None,
        flags: CaptureFlags::default(),
        framing: Framing::None,
        method: "POST".to_owned(),
        target: "/".to_owned(),
        content_type: None,
        body_sha256: [0; 32],
        truncated: false,
        provider: None,
        event_type: None,
        event_id: None,
        attempt: None,
        proof: None,
        verdict: Verdict::NotChecked { reason: NotCheckedReason::NoProvider },
        answer: Answer { status: 200 },
        timings: Timings::default(),
        head: Vec::new(),
        body: NewBody::Bytes(vec![1; body_bytes].into()),
        chunk_layout: None,
    }
}

/// Keeps the writer inside one job until the returned sender is dropped or used.
async fn hold(writer: &Arc<Writer>) -> (mpsc::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let (release, held) = mpsc::channel();
    let (running, runs) = oneshot::channel();
    let writer = Arc::clone(writer);
    let task = tokio::spawn(async move {
        let work = move |_: &Connection| {
            let _ = running.send(());
            let _ = held.recv();
            Ok(())
        };
        writer.write(0, work).await
    });
    runs.await.unwrap();
    (release, task)
}

/// Stores a capture and gives its `seq`.
async fn put(writer: &Writer, new: NewCapture) -> Result<i64, StoreError> {
    writer.insert_capture(new, None).await.map(|stored| stored.seq)
}

fn insert(writer: &Arc<Writer>, new: NewCapture) -> JoinHandle<Result<i64, StoreError>> {
    let writer = Arc::clone(writer);
    tokio::spawn(async move { put(&writer, new).await })
}

/// Lets the spawned tasks run until that many jobs wait.
async fn wait_for_depth(writer: &Writer, depth: u64) {
    while writer.health().queue_depth < depth {
        tokio::task::yield_now().await;
    }
}

fn stored(data_dir: &DataDir) -> u64 {
    let connection = sqlite::open_reader(data_dir.database()).unwrap();
    let counted = crate::table::capture::count(&connection, &CaptureFilter::default()).unwrap();
    let rows: u64 = connection.query_row("SELECT count(*) FROM capture_content", [], |row| row.get(0)).unwrap();
    assert_eq!(counted, rows, "the counters agree with the rows");
    rows
}

#[tokio::test]
async fn what_waits_is_committed_together() {
    let (_dir, data_dir, writer) = writer();
    let writer = Arc::new(writer);
    let (release, held) = hold(&writer).await;
    let inserts: Vec<_> = (1..=64).map(|number| insert(&writer, capture(number, 10))).collect();
    wait_for_depth(&writer, 64).await;
    drop(release);
    held.await.unwrap().unwrap();
    let mut seqs = Vec::new();
    for insert in inserts {
        seqs.push(insert.await.unwrap().unwrap());
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=64).collect::<Vec<_>>());
    assert_eq!(writer.health().commits, 2, "one for the holding job, one for the sixty-four");
    assert!(writer.health().last_commit_us > 0);
    assert_eq!(stored(&data_dir), 64);
}

#[tokio::test]
async fn one_refused_write_does_not_spoil_the_others() {
    let (_dir, data_dir, writer) = writer();
    let writer = Arc::new(writer);
    let (release, held) = hold(&writer).await;
    let good = insert(&writer, capture(1, 10));
    wait_for_depth(&writer, 1).await;
    let twice = insert(&writer, capture(1, 10));
    wait_for_depth(&writer, 2).await;
    let failing = tokio::spawn({
        let writer = Arc::clone(&writer);
        async move {
            let work = |connection: &Connection| {
                connection.execute("DELETE FROM capture_content", [])?;
                Err::<(), _>(StoreError::BuiltInEndpoint)
            };
            writer.write(0, work).await
        }
    });
    wait_for_depth(&writer, 3).await;
    let last = insert(&writer, capture(2, 10));
    wait_for_depth(&writer, 4).await;
    drop(release);
    held.await.unwrap().unwrap();
    assert_eq!(good.await.unwrap(), Ok(1));
    assert!(matches!(twice.await.unwrap(), Err(StoreError::Refused { .. })));
    assert_eq!(failing.await.unwrap(), Err(StoreError::BuiltInEndpoint));
    assert_eq!(last.await.unwrap(), Ok(2));
    assert_eq!(writer.health().commits, 2);
    assert_eq!(stored(&data_dir), 2);
}

#[tokio::test]
async fn too_many_are_refused_at_once() {
    let (_dir, data_dir, writer) = writer();
    let writer = Arc::new(writer);
    let (release, held) = hold(&writer).await;
    let bytes = queue::MAX_WAITING_BYTES / 4;
    let large: Vec<_> = (1..=4).map(|number| insert(&writer, capture(number, bytes))).collect();
    wait_for_depth(&writer, 4).await;
    let started = Instant::now();
    assert_eq!(put(&writer, capture(5, 1)).await, Err(StoreError::Overloaded));
    assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
    let small: Vec<_> = (0..queue::MAX_WAITING - 4)
        .map(|_| {
            let (answer, answered) = oneshot::channel();
            writer.queue.push(Job::Work(Work::boxed(0, |_: &Connection| Ok(()), answer))).unwrap();
            answered
        })
        .collect();
    assert_eq!(writer.write(0, |_| Ok(())).await, Err(StoreError::Overloaded));
    drop(release);
    held.await.unwrap().unwrap();
    for insert in large {
        assert!(insert.await.unwrap().is_ok());
    }
    for answered in small {
        assert_eq!(answered.await.unwrap(), Ok(()));
    }
    assert_eq!(stored(&data_dir), 4);
    assert!(put(&writer, capture(6, queue::MAX_WAITING_BYTES + 1)).await.is_ok(), "one alone is always taken");
}

#[tokio::test]
async fn a_full_disk_is_survived() {
    let (_dir, data_dir, writer) = writer();
    let writer = Arc::new(writer);
    assert_eq!(put(&writer, capture(1, 1_000)).await, Ok(1));
    let limit = |pages: Option<i64>| {
        writer.write(0, move |connection| {
            let now: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            let set = format!("PRAGMA max_page_count = {}", pages.unwrap_or(now + 20));
            Ok(connection.query_row(&set, [], |_| Ok(()))?)
        })
    };
    limit(None).await.unwrap();

    // All of a batch fail alike, and nothing of it stays.
    let (release, held) = hold(&writer).await;
    let inserts: Vec<_> = (10..20).map(|number| insert(&writer, capture(number, 50_000))).collect();
    wait_for_depth(&writer, 10).await;
    drop(release);
    held.await.unwrap().unwrap();
    for insert in inserts {
        assert_eq!(insert.await.unwrap(), Err(StoreError::DiskFull));
    }
    let problem = writer.health().problem.unwrap();
    assert!(problem.starts_with("The disk is full"), "{problem}");
    assert_eq!(stored(&data_dir), 1);
    assert_eq!(put(&writer, capture(20, 200_000)).await, Err(StoreError::DiskFull));

    // What fits is still stored, and clears the problem until the next failure.
    assert_eq!(put(&writer, capture(21, 10)).await, Ok(2));
    assert_eq!(writer.health().problem, None);
    assert_eq!(put(&writer, capture(22, 200_000)).await, Err(StoreError::DiskFull));
    assert!(writer.health().problem.is_some());

    limit(Some(1_000_000)).await.unwrap();
    assert_eq!(put(&writer, capture(23, 200_000)).await, Ok(3));
    assert_eq!(writer.health().problem, None);
    assert_eq!(stored(&data_dir), 3);
    let connection = sqlite::open_reader(data_dir.database()).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn after_a_disk_error_the_connection_is_opened_anew() {
    let (_dir, data_dir, writer) = writer();
    let writer = Arc::new(writer);
    assert_eq!(put(&writer, capture(1, 10)).await, Ok(1));
    // A setting of the connection shows whether it is still the same one.
    writer.write(0, |connection| Ok(connection.pragma_update(None, "cache_size", 123)?)).await.unwrap();
    let cache_size =
        || writer.write(0, |connection| Ok(connection.query_row("PRAGMA cache_size", [], |row| row.get::<_, i64>(0))?));
    assert_eq!(cache_size().await, Ok(123));

    let (release, held) = hold(&writer).await;
    let with_it = insert(&writer, capture(2, 10));
    wait_for_depth(&writer, 1).await;
    let failing = tokio::spawn({
        let writer = Arc::clone(&writer);
        async move {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC);
            let error = StoreError::from(rusqlite::Error::SqliteFailure(code, None));
            writer.write(0, move |_| Err::<(), _>(error)).await
        }
    });
    wait_for_depth(&writer, 2).await;
    drop(release);
    assert!(matches!(held.await.unwrap(), Ok(())));
    assert!(matches!(with_it.await.unwrap(), Err(StoreError::Io { .. })));
    assert!(matches!(failing.await.unwrap(), Err(StoreError::Io { .. })));
    assert!(writer.health().problem.unwrap().contains("Check the disk"));
    assert_eq!(stored(&data_dir), 1);

    assert_eq!(put(&writer, capture(2, 10)).await, Ok(2));
    assert_eq!(writer.health().problem, None);
    assert!(cache_size().await.unwrap() < 0, "the default, in KiB");
}

#[tokio::test]
async fn a_panicking_writer_leaves_nobody_waiting() {
    let (_dir, _data_dir, writer) = writer();
    let died = writer.write(0, |_| -> Result<(), StoreError> { panic!("a fault of ours") }).await;
    assert_eq!(died, Err(StoreError::Closed));
    // The caller hears of it while the thread still ends; joining it makes the rest certain.
    writer.close();
    assert_eq!(put(&writer, capture(1, 1)).await, Err(StoreError::Closed));
    assert!(writer.health().problem.is_some());
}

#[tokio::test]
async fn the_log_starts_over_under_constant_load() {
    let (_dir, data_dir, writer) = writer();
    let writer = Arc::new(writer);
    let writers: Vec<_> = (0..16)
        .map(|task| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                for number in 0..400 {
                    put(&writer, capture(task * 1_000 + number, 20_000)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let size_bytes = std::fs::metadata(data_dir.database().with_extension("db-wal")).unwrap().len();
    assert!(size_bytes < 100_000_000, "{size_bytes} bytes of log for 128,000,000 bytes of bodies");
    assert_eq!(stored(&data_dir), 6_400);
}

#[tokio::test]
async fn a_reader_that_holds_the_log_stops_nothing() {
    let (_dir, data_dir, writer) = writer();
    let reader = sqlite::open_reader(data_dir.database()).unwrap();
    let snapshot = reader.unchecked_transaction().unwrap();
    let count = |connection: &Connection| -> i64 {
        connection.query_row("SELECT count(*) FROM capture", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(&snapshot), 0);
    // More than two checkpoints' worth of pages.
    for number in 1..=40 {
        put(&writer, capture(number, 1_000_000)).await.unwrap();
    }
    assert_eq!(count(&snapshot), 0);
    drop(snapshot);
    assert_eq!(count(&reader), 40);
    drop(reader);
    writer.close();
    assert!(!data_dir.database().with_extension("db-wal").exists(), "the whole log is moved into the database");
}
