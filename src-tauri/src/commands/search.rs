//! Searching captures, and what the user writes about them.

use hookglass_workbench::explain_query;
use hookglass_workbench::model::CaptureId;
use hookglass_workbench::view::{
    CaptureNotes, CompletionView, CountView, LabelCount, QueryView, SavedFilterInput, SavedFilterView,
};

use super::{Answer, Bench};

#[tauri::command]
#[specta::specta]
pub(crate) async fn count_search(bench: Bench<'_>, query: String, utc_offset_seconds: i32) -> Answer<CountView> {
    bench.count_search(&query, utc_offset_seconds).await
}

/// What a text means as a search, in words and coloured pieces, or what is wrong with it and where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn explain_search(query: String) -> Answer<QueryView> {
    Ok(explain_query(&query))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn complete_search(bench: Bench<'_>, query: String, cursor: u32) -> Answer<CompletionView> {
    bench.complete_query(&query, cursor).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn saved_filters(bench: Bench<'_>) -> Answer<Vec<SavedFilterView>> {
    bench.saved_filters().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_filter(bench: Bench<'_>, input: SavedFilterInput) -> Answer<Vec<SavedFilterView>> {
    bench.save_filter(input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn order_filters(bench: Bench<'_>, ids: Vec<String>) -> Answer<Vec<SavedFilterView>> {
    bench.order_filters(ids).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_filter(bench: Bench<'_>, id: String) -> Answer<Vec<SavedFilterView>> {
    bench.delete_filter(&id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn capture_notes(bench: Bench<'_>, id: CaptureId) -> Answer<CaptureNotes> {
    bench.capture_notes(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_note(bench: Bench<'_>, id: CaptureId, note: String) -> Answer<CaptureNotes> {
    bench.set_note(id, note).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_label(bench: Bench<'_>, ids: Vec<CaptureId>, label: String, on: bool) -> Answer<()> {
    bench.set_label(ids, label, on).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn labels(bench: Bench<'_>) -> Answer<Vec<LabelCount>> {
    bench.labels().await
}

/// Deletes captures; for ten minutes they can come back. Gives those that were there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_captures(bench: Bench<'_>, ids: Vec<CaptureId>) -> Answer<Vec<CaptureId>> {
    bench.delete_captures(ids).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_delete(bench: Bench<'_>, ids: Vec<CaptureId>) -> Answer<u64> {
    bench.undo_delete(ids).await
}
