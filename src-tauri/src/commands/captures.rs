//! Looking at captures.

use hookglass_workbench::model::CaptureId;
use hookglass_workbench::view::{CaptureDetail, CaptureFilter, CapturePage};

use super::{Answer, Bench, raw_bytes::RawBytes};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_captures(
    bench: Bench<'_>,
    filter: CaptureFilter,
    utc_offset_seconds: i32,
    before_seq: Option<i64>,
    limit: u32,
) -> Answer<CapturePage> {
    bench.list_captures(filter, utc_offset_seconds, before_seq, limit).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_capture(bench: Bench<'_>, id: CaptureId) -> Answer<CaptureDetail> {
    bench.capture_detail(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn capture_body(bench: Bench<'_>, id: CaptureId) -> Answer<RawBytes> {
    bench.capture_content(id).await.map(|content| RawBytes(content.body))
}

/// The body with its content-codings undone, then a `DecodedView` as JSON, then that one's length (four bytes, the lowest
/// first). A newer call ends this one: `cancelled`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn capture_decoded(bench: Bench<'_>, id: CaptureId) -> Answer<RawBytes> {
    let decoded = bench.decoded_body(id).await?;
    RawBytes::described(decoded.bytes, &decoded.view)
}

/// Ends the decoding that runs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_decoding(bench: Bench<'_>) -> Answer<()> {
    bench.stop_decoding();
    Ok(())
}

/// The request as it stood on the wire, its chunk framing included.
#[tauri::command]
#[specta::specta]
pub(crate) async fn capture_wire(bench: Bench<'_>, id: CaptureId) -> Answer<RawBytes> {
    bench.capture_wire(id).await.map(RawBytes)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_star(bench: Bench<'_>, ids: Vec<CaptureId>, starred: bool) -> Answer<()> {
    bench.set_star(ids, starred).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn capture_head(bench: Bench<'_>, id: CaptureId) -> Answer<RawBytes> {
    bench.capture_content(id).await.map(|content| RawBytes(content.head))
}
