//! Looking after the data.

use hookglass_workbench::model::EndpointId;
use hookglass_workbench::view::{BackupView, IntegrityView, RetentionRule, RetentionView, SalvageView};
use tauri::AppHandle;

use super::{Answer, Bench, exporting::ask_for_path};

#[tauri::command]
#[specta::specta]
pub(crate) async fn retention(bench: Bench<'_>) -> Answer<RetentionView> {
    bench.retention().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_retention(
    bench: Bench<'_>,
    endpoint: Option<EndpointId>,
    rule: RetentionRule,
) -> Answer<RetentionView> {
    bench.set_retention(endpoint, rule).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_retention(bench: Bench<'_>, endpoint: EndpointId) -> Answer<RetentionView> {
    bench.clear_retention(endpoint).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_integrity(bench: Bench<'_>) -> Answer<IntegrityView> {
    bench.check_integrity().await
}

/// Asks where to write and copies all data there. The page never names a path. `None` when the user cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn back_up(app: AppHandle, bench: Bench<'_>) -> Answer<Option<BackupView>> {
    let Some(path) = ask_for_path(&app, "hookglass-backup.db", "SQLite database", &["db"]).await? else {
        return Ok(None);
    };
    bench.back_up(&path).await.map(Some)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_storage_work(bench: Bench<'_>) -> Answer<()> {
    bench.cancel_storage_work();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn salvage(bench: Bench<'_>) -> Answer<SalvageView> {
    bench.salvage().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_set_aside(bench: Bench<'_>) -> Answer<()> {
    bench.forget_set_aside();
    Ok(())
}
