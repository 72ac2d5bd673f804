//! Drafts and deliveries.

use hookglass_workbench::model::CaptureId;
use hookglass_workbench::view::{DeliveryView, DraftInput, DraftView};

use super::{Answer, Bench};

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_draft(bench: Bench<'_>, capture: CaptureId) -> Answer<DraftView> {
    bench.open_draft(capture).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_draft(bench: Bench<'_>, draft: DraftInput) -> Answer<DeliveryView> {
    bench.send_draft(draft).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resend_capture(bench: Bench<'_>, id: CaptureId, target_url: String) -> Answer<DeliveryView> {
    bench.resend_capture(id, &target_url).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_deliveries(
    bench: Bench<'_>,
    parent: Option<CaptureId>,
    limit: u32,
) -> Answer<Vec<DeliveryView>> {
    bench.list_deliveries(parent, limit).await
}
