//! What both test files of this crate need.

use hookglass_exchange::ExportCapture;
use hookglass_model::{CaptureId, Header, Protocol, UnixMillis, VerdictKind};

pub(crate) fn capture(headers: &[(&str, &[u8])], body: &[u8]) -> ExportCapture {
    ExportCapture {
        id: CaptureId(uuid::Uuid::from_u128(0x0190_7f3c_0000_7000_8000_0000_0000_0001)),
        received_at: UnixMillis(1_700_000_000_123),
        method: "POST".to_owned(),
        url: "http://127.0.0.1:4665/stripe/hook?a=1&b=x+y%21".to_owned(),
        protocol: Protocol::Http11,
        headers: headers.iter().map(|(name, value)| Header::new(*name, *value)).collect(),
        secret_headers: Vec::new(),
        body: body.to_vec(),
        endpoint_slug: "stripe".to_owned(),
        provider: Some("stripe".to_owned()),
        event_type: Some("invoice.paid".to_owned()),
        event_id: None,
        verdict: VerdictKind::Valid,
        verdict_sentence: "The signature matches.".to_owned(),
        answer_status: 200,
        client: "127.0.0.1:50000".to_owned(),
        truncated: false,
        total_us: 1_500,
    }
}
