//! Every table of a damaged database, with each of its pages overwritten in turn.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use hookglass_model::{
    Attempt, AttemptErrorKind, AttemptId, AttemptResponse, CaptureId, Delivery, DeliveryId, DeliveryState, Diagnosis,
    Endpoint, EndpointId, EndpointSecret, Finding, SecretId, Slug, UnixMillis,
};
use hookglass_store::{
    NewBody, NewCapture, NewRejection, RetentionRule, Salvaged, SavedFilter, SecretMatch, Stop, Store, StoredDiagnosis,
    VaultChange,
};
use uuid::Uuid;

use crate::fixtures::{capture, endpoint_id, put, store, unsigned};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const PAGE: usize = 8192;
const CAPTURES: u64 = 60;
const DELIVERIES: u64 = 30;
const SECRETS: u64 = 40;

fn secret_id(number: u64) -> SecretId {
    SecretId(Uuid::from_u64_pair(number << 48, number))
}

fn endpoint(number: u128, slug: &str) -> Endpoint {
    let secrets = vec![EndpointSecret { id: secret_id(1), label: "live".to_owned() }];
    Endpoint { id: endpoint_id(number), slug: Slug::new(slug).unwrap(), secrets, ..Endpoint::built_in() }
}

fn diagnosis(capture: CaptureId) -> StoredDiagnosis {
    let finding = Finding {
        cause: "secret.newline".to_owned(),
        reproduced: true,
        badge: "Secret with a line end".to_owned(),
        sentence: "It happened.".to_owned(),
        remedy: "Mend it.".to_owned(),
        steps: Vec::new(),
        actions: Vec::new(),
        secret_label: None,
        raw_body_guide: false,
    };
    let diagnosis = Diagnosis { findings: vec![finding], tried: 7, steps_tried: Vec::new(), exhausted: false };
    StoredDiagnosis { capture, diagnosed_at: UnixMillis(1), diagnosis }
}

async fn deliver(store: &Store, number: u64) {
    let id = DeliveryId(Uuid::from_u64_pair(1, number));
    let (created_at, started_at) = (UnixMillis(5), UnixMillis(6));
    let (method, target_url) = ("POST".to_owned(), "http://127.0.0.1:3000/".to_owned());
    let state = DeliveryState::Sending;
    let delivery = Delivery { id, parent: Some(capture(number).id), created_at, method, target_url, state };
    let attempt = Attempt {
        id: AttemptId(Uuid::from_u64_pair(2, number)),
        delivery: id,
        number: 1,
        started_at,
        request_head: b"POST / HTTP/1.1\r\n\r\n".to_vec(),
        request_body: vec![3; 1_500],
        outcome: None,
        total_us: None,
    };
    let attempt_id = attempt.id;
    store.start_delivery(delivery, attempt).await.unwrap();
    // The last one is under way when the damage comes.
    if number < DELIVERIES {
        let response = AttemptResponse { status: 204, head: Vec::new(), body: vec![1; 200], truncated: false };
        store.finish_attempt(attempt_id, Ok(response), 77, DeliveryState::Delivered).await.unwrap();
    }
}

/// A closed data directory with something in every table: its database as bytes, and the folder it lay in.
async fn full() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let (guard, store) = store();
    store.save_endpoint(endpoint(7, "shop")).await.unwrap();
    store.save_endpoint(endpoint(8, "gone")).await.unwrap();
    store.delete_endpoint(endpoint_id(8)).await.unwrap();
    let built_in = Endpoint { target_url: Some("http://localhost:9".to_owned()), ..Endpoint::built_in() };
    store.save_endpoint(built_in).await.unwrap();
    for number in 1..=CAPTURES {
        let body = NewBody::Bytes(vec![u8::try_from(number).unwrap(); 2_000].into());
        let endpoint = if number % 2 == 0 { endpoint_id(7) } else { EndpointId::DEFAULT };
        put(&store, NewCapture { body, endpoint, verdict: unsigned(), ..capture(number) }).await.unwrap();
    }
    let path = store.arriving_bodies().join("1.part");
    fs::write(&path, b"a body in a file").unwrap();
    put(&store, NewCapture { body: NewBody::File { path, bytes: 16 }, ..capture(CAPTURES + 1) }).await.unwrap();
    store.set_star((1..=5).map(|number| capture(number).id).collect(), true).await.unwrap();
    for number in 1..=4 {
        assert!(store.set_note(capture(number).id, format!("note {number}")).await.unwrap());
    }
    store.set_label((1..=6).map(|number| capture(number).id).collect(), "refund".to_owned(), true).await.unwrap();
    assert_eq!(store.remove_captures(vec![capture(7).id], NOW).await.unwrap().len(), 1);
    for (number, query) in [(1, "verdict:invalid"), (2, "-starred:true")] {
        let filter =
            SavedFilter { id: Uuid::from_u64_pair(3, number), name: query.to_owned(), query: query.to_owned() };
        store.save_filter(filter).await.unwrap();
    }
    for number in 1..=6 {
        store.put_diagnosis(diagnosis(capture(number).id)).await.unwrap();
    }
    for number in 1..=DELIVERIES {
        deliver(&store, number).await;
    }
    store.put_secret(secret_id(900), b"of an earlier vault".to_vec()).await.unwrap();
    let sealed = (1..=SECRETS).map(|number| (secret_id(number), vec![9; 120])).collect();
    let set_aside = vec![secret_id(900)];
    let (record, old_record) = (b"record".to_vec(), Some(b"old record".to_vec()));
    store.replace_vault(VaultChange { record, sealed, set_aside, old_record, at: NOW }).await.unwrap();
    let used = SecretMatch { id: secret_id(1), last_matched_at: NOW, matches: 3 };
    store.put_secret_matches(vec![used]).await.unwrap();
    let rejection = NewRejection {
        at: NOW,
        client: "127.0.0.1:1".to_owned(),
        over_tls: false,
        code: "head".to_owned(),
        sentence: "No head.".to_owned(),
        first_bytes: b"x".to_vec(),
        times: 2,
    };
    store.add_rejections(vec![rejection]).await.unwrap();
    let rule = RetentionRule { max_captures: Some(1_000), ..RetentionRule::default() };
    store.set_retention_rule(None, Some(rule)).await.unwrap();
    let dir = store.dir().to_owned();
    store.close();
    let bytes = fs::read(dir.join("hookglass.db")).unwrap();
    (guard, dir, bytes)
}

/// How many rows each table has.
fn expected() -> HashMap<&'static str, u64> {
    HashMap::from([
        ("capture", CAPTURES + 1),
        ("endpoint", 3),
        ("capture_star", 5),
        ("capture_note", 4),
        ("capture_label", 6),
        ("capture_removal", 1),
        ("saved_filter", 2),
        ("diagnosis", 6),
        ("delivery", DELIVERIES),
        ("attempt", DELIVERIES),
        ("rejection", 1),
        ("retention_rule", 1),
        ("vault", 1),
        ("sealed_secret", SECRETS),
        ("set_aside_vault", 1),
        ("set_aside_secret", 1),
        ("secret_match", 1),
    ])
}

/// Salvages into a new data directory.
async fn salvaged(damaged: &Path) -> (tempfile::TempDir, Store, Salvaged) {
    let (guard, store) = store();
    let salvaged = store.salvage(damaged.to_owned(), NOW, Stop::default()).await.unwrap();
    (guard, store, salvaged)
}

#[tokio::test]
async fn a_whole_database_comes_back_whole() {
    let (_kept, dir, _) = full().await;
    let (_guard, store, salvaged) = salvaged(&dir.join("hookglass.db")).await;
    for (table, rows) in expected() {
        let told = salvaged.tables.iter().find(|told| told.name == table).unwrap_or_else(|| panic!("{table}"));
        assert_eq!((told.read, told.lost), (rows, Some(0)), "{table}");
    }
    assert_eq!((salvaged.captures, salvaged.endpoints, salvaged.deliveries), (CAPTURES + 1, 2, DELIVERIES));
    let slugs: Vec<String> = store.list_endpoints().await.unwrap().iter().map(|one| one.slug.to_string()).collect();
    assert_eq!(slugs, ["default", "shop"], "the deleted one stays deleted");
    let built_in = store.list_endpoints().await.unwrap().remove(0);
    assert_eq!(built_in.target_url.as_deref(), Some("http://localhost:9"));
    let third = store.get_capture(capture(3).id).await.unwrap().unwrap();
    assert!(third.starred && !store.get_capture(capture(6).id).await.unwrap().unwrap().starred);
    let annotations = store.annotations(capture(4).id).await.unwrap();
    assert_eq!(annotations, (Some("note 4".to_owned()), vec!["refund".to_owned()]));
    assert_eq!(store.totals().await.unwrap().captures, CAPTURES, "what the user deleted stays deleted");
    let filters: Vec<String> = store.saved_filters().await.unwrap().into_iter().map(|filter| filter.query).collect();
    assert_eq!(filters, ["verdict:invalid", "-starred:true"]);
    assert!(store.diagnosis(capture(6).id).await.unwrap().is_some());
    assert_eq!(store.capture_content(capture(CAPTURES + 1).id).await.unwrap().unwrap().body, b"a body in a file");
    let (delivery, attempts) = store.list_deliveries(Some(capture(4).id), 9).await.unwrap().remove(0);
    assert_eq!((delivery.state, attempts[0].total_us), (DeliveryState::Delivered, Some(77)));
    let (delivery, attempts) = store.list_deliveries(Some(capture(DELIVERIES).id), 9).await.unwrap().remove(0);
    assert_eq!(delivery.state, DeliveryState::Unknown, "what was under way is not sent again by itself");
    assert_eq!(attempts[0].outcome.clone().unwrap().unwrap_err().kind, AttemptErrorKind::Unknown);
    assert!(store.sealed_secrets().await.unwrap().is_empty(), "their key may not be that of the vault here");
    let aside = store.set_aside_vaults().await.unwrap();
    let told: Vec<_> = aside.iter().map(|vault| (&vault.record[..], vault.sealed.len())).collect();
    assert_eq!(told, [(&b"record"[..], 40), (b"old record", 1)]);
    assert_eq!(store.secret_matches().await.unwrap().len(), 1);
    assert_eq!(store.count_rejections().await.unwrap(), 1);
    assert_eq!(store.retention_rules().await.unwrap().0, RetentionRule::default());
    assert!(store.check_integrity(Stop::default()).await.unwrap().problems.is_empty());

    let again = store.salvage(dir.join("hookglass.db"), NOW, Stop::default()).await.unwrap();
    assert!(again.tables.iter().all(|table| table.stored == 0), "{again:?}");
    assert_eq!(store.restore_captures(vec![capture(7).id]).await.unwrap(), 1, "and can come back");
}

#[tokio::test]
async fn secrets_go_back_where_the_same_vault_goes_on() {
    let (_kept, dir, _) = full().await;
    let (_guard, store) = store();
    assert_eq!(store.salvage_secrets(dir.join("hookglass.db"), NOW).await.unwrap(), SECRETS);
    assert_eq!(store.vault_record().await.unwrap().as_deref(), Some(&b"record"[..]));
    assert_eq!(store.sealed_secrets().await.unwrap().len(), 40);
    assert_eq!(store.set_aside_vaults().await.unwrap().len(), 1);
    assert_eq!(store.salvage_secrets(dir.join("hookglass.db"), NOW).await.unwrap(), 0);
}

/// Whichever page is overwritten, what stands on the others is read, and what is missing is told.
#[tokio::test]
async fn with_any_page_gone_the_other_tables_are_read_and_what_is_missing_is_told() {
    let (_kept, dir, whole) = full().await;
    let all: u64 = expected().values().sum();
    let damaged = dir.join("damaged.db");
    let (mut least, mut pages) = (all, 0);
    for page in 1..whole.len() / PAGE {
        let mut bytes = whole.clone();
        bytes[page * PAGE..(page + 1) * PAGE].fill(0xa5);
        fs::write(&damaged, &bytes).unwrap();
        let (_guard, store, salvaged) = salvaged(&damaged).await;
        assert!(fs::read(&damaged).unwrap() == bytes, "page {page}: the file was changed");
        let mut read = 0;
        for (table, rows) in expected() {
            let told = salvaged.tables.iter().find(|told| told.name == table).unwrap_or_else(|| panic!("{table}"));
            read += told.read;
            assert!(told.read <= rows, "page {page}, {table}: {told:?}");
            match told.lost {
                // An attempt whose delivery is gone counts as lost, though it was read.
                Some(lost) => assert!(told.read + lost >= rows, "page {page}, {table}: {told:?} of {rows}"),
                // That of the counters may be the page that tells how many captures there were.
                None => assert!(told.read < rows, "page {page}, {table}: {told:?} of {rows}"),
            }
        }
        least = least.min(read);
        pages += 1;
        // What was taken over is usable.
        assert!(store.check_integrity(Stop::default()).await.unwrap().problems.is_empty(), "page {page}");
        store.list_endpoints().await.unwrap();
        store.list_deliveries(None, 1_000).await.unwrap();
    }
    assert!(pages > 30, "{pages} pages say little");
    // The worst single page is the root of the captures.
    assert!(least >= all - CAPTURES - 1, "of {all} rows only {least} were read with one page gone");
}
