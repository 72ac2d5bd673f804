//! What the doctor found beside captures, and verdicts that were judged again.

use hookglass_model::{CaptureId, Diagnosis, EndpointId, Finding, UnixMillis, VerdictKind};
use hookglass_store::{CaptureFilter, NewCapture, StoredDiagnosis};
use uuid::Uuid;

use crate::fixtures::{capture, endpoint_id, invalid, store, unsigned, valid};

fn found(cause: &str) -> Diagnosis {
    let finding = Finding {
        cause: cause.to_owned(),
        reproduced: true,
        badge: format!("Badge of {cause}"),
        sentence: "It happened.".to_owned(),
        remedy: "Mend it.".to_owned(),
        steps: Vec::new(),
        actions: Vec::new(),
        secret_label: None,
        raw_body_guide: false,
    };
    Diagnosis { findings: vec![finding], tried: 7, steps_tried: Vec::new(), exhausted: false }
}

fn stored(capture: CaptureId, cause: &str) -> StoredDiagnosis {
    StoredDiagnosis { capture, diagnosed_at: UnixMillis(1), diagnosis: found(cause) }
}

#[tokio::test]
async fn a_diagnosis_is_replaced_counted_and_paged() {
    let (_dir, store) = store();
    let mut ids = Vec::new();
    let mut endpoint = EndpointId::DEFAULT;
    for number in 1..=5 {
        let new = NewCapture { verdict: unsigned(), endpoint: endpoint_id(7), ..capture(number) };
        endpoint = new.endpoint;
        ids.push(new.id);
        let seq = store.insert_capture(new).await.unwrap().seq;
        assert_eq!(seq, i64::try_from(ids.len()).unwrap());
    }
    for id in &ids {
        store.put_diagnosis(stored(*id, "secret.newline")).await.unwrap();
    }
    store.put_diagnosis(stored(ids[4], "body.bom")).await.unwrap();
    assert_eq!(store.diagnosis(ids[4]).await.unwrap(), Some(found("body.bom")));
    assert_eq!(store.count_alike(endpoint, "secret.newline".to_owned()).await, Ok(4));
    let page = store.captures_alike(endpoint, "secret.newline".to_owned(), 2, 1).await.unwrap();
    assert_eq!(page, [(3, ids[2])]);
    let badges = store.diagnosis_badges(vec![5, 1, 99]).await.unwrap();
    assert_eq!(badges, [(5, "Badge of body.bom".to_owned()), (1, "Badge of secret.newline".to_owned())]);
    // Nothing found takes the old one away; of a capture that is gone nothing is kept.
    store.put_diagnosis(StoredDiagnosis { diagnosis: Diagnosis::default(), ..stored(ids[4], "x") }).await.unwrap();
    assert_eq!(store.diagnosis(ids[4]).await, Ok(None));
    store.put_diagnosis(stored(CaptureId(Uuid::from_u128(9)), "x")).await.unwrap();
    assert_eq!(store.count_alike(EndpointId::DEFAULT, "x".to_owned()).await, Ok(0));
}

#[tokio::test]
async fn a_verdict_judged_again_keeps_the_counters_true_and_all_else_as_it_was() {
    let (_dir, store) = store();
    let new = NewCapture { verdict: unsigned(), ..capture(1) };
    let id = new.id;
    store.insert_capture(new).await.unwrap();
    store.insert_capture(NewCapture { verdict: invalid(), ..capture(2) }).await.unwrap();
    store.put_diagnosis(stored(id, "secret.newline")).await.unwrap();
    let before = store.get_capture(id).await.unwrap().unwrap();
    let count = async |verdict| {
        let filter = CaptureFilter { verdict: Some(verdict), ..CaptureFilter::default() };
        let listed = store.list_captures(filter.clone(), None, 10).await.unwrap().len() as u64;
        let counted = store.count_captures(filter).await.unwrap();
        assert_eq!(listed, counted, "{verdict:?}");
        counted
    };
    let valid_before = count(VerdictKind::Valid).await;
    assert_eq!(store.set_verdict(id, valid()).await, Ok(true));
    assert_eq!((count(VerdictKind::Valid).await, count(VerdictKind::Unsigned).await), (valid_before + 1, 0));
    let after = store.get_capture(id).await.unwrap().unwrap();
    assert_eq!(after, hookglass_model::Capture { verdict: valid(), ..before });
    assert_eq!(store.diagnosis(id).await, Ok(None), "a valid capture has no cause");
    assert_eq!(store.totals().await.unwrap().latest_seq, 2, "no number is given out twice");
    assert_eq!(store.set_verdict(CaptureId(Uuid::from_u128(9)), valid()).await, Ok(false));
}

#[tokio::test]
async fn a_search_that_ends_after_its_capture_became_valid_leaves_no_cause_behind() {
    let (_dir, store) = store();
    let new = NewCapture { verdict: unsigned(), ..capture(1) };
    let (id, endpoint) = (new.id, new.endpoint);
    store.insert_capture(new).await.unwrap();
    store.set_verdict(id, valid()).await.unwrap();
    store.put_diagnosis(stored(id, "secret.newline")).await.unwrap();
    assert_eq!(store.diagnosis(id).await, Ok(None));
    assert_eq!(store.count_alike(endpoint, "secret.newline".to_owned()).await, Ok(0));
    // One that was judged not valid again is looked at like any other.
    store.set_verdict(id, invalid()).await.unwrap();
    store.put_diagnosis(stored(id, "secret.newline")).await.unwrap();
    assert_eq!(store.count_alike(endpoint, "secret.newline".to_owned()).await, Ok(1));
}
