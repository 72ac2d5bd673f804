//! Captures and stores to test with.

use hookglass_model::{
    Answer, CaptureContent, CaptureFlags, CaptureId, EndpointId, Framing, InvalidReason, NotCheckedReason, Protocol,
    SignatureMatch, Timings, UnixMillis, Verdict,
};
use hookglass_store::{NewBody, NewCapture, Store, StoreError};
use tempfile::TempDir;
use uuid::Uuid;

/// A fresh data directory, gone when the guard is.
pub(crate) fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    (dir, store)
}

/// A capture that differs from others by its number.
pub(crate) fn capture(number: u64) -> NewCapture {
    NewCapture {
        id: CaptureId(Uuid::from_u64_pair(number, 7)),
        keeps_id: true,
        received_at: UnixMillis(1_795_000_000_000 + i64::try_from(number).unwrap()),
        endpoint: EndpointId::DEFAULT,
        client: "127.0.0.1:50312".to_owned(),
        protocol: Protocol::Http11,
        tls: None,
        flags: CaptureFlags::default(),
        framing: Framing::ContentLength,
        method: "POST".to_owned(),
        target: format!("/hook/{number}"),
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
        head: b"POST /hook HTTP/1.1\r\n\r\n".to_vec(),
        body: NewBody::Bytes(number.to_be_bytes().to_vec().into()),
        chunk_layout: None,
    }
}

pub(crate) fn endpoint_id(number: u128) -> EndpointId {
    EndpointId(Uuid::from_u128(number))
}

pub(crate) fn valid() -> Verdict {
    Verdict::Valid {
        matched: SignatureMatch {
            secret_index: 1,
            secret_label: "“live” ' key".to_owned(),
            signature_index: 2,
            body_covered: true,
            body_fields_covered: false,
        },
    }
}

pub(crate) fn invalid() -> Verdict {
    Verdict::Invalid { reason: InvalidReason::TimestampTooOld { age_seconds: i64::MAX, tolerance_seconds: -1 } }
}

pub(crate) fn unsigned() -> Verdict {
    Verdict::Unsigned { place: "header Stripe-Signature".to_owned() }
}

/// The bytes it must come back with.
pub(crate) fn content(new: &NewCapture) -> CaptureContent {
    CaptureContent { head: new.head.clone(), body: new.body.in_memory().unwrap().to_vec() }
}

/// Stores a capture and gives its `seq`.
pub(crate) async fn put(store: &Store, new: NewCapture) -> Result<i64, StoreError> {
    store.insert_capture(new).await.map(|stored| stored.seq)
}
