//! Captures leaving the application.

use std::path::PathBuf;

use hookglass_workbench::model::CaptureId;
use hookglass_workbench::{CommandError, ErrorCode};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::{Answer, Bench, app::write_clipboard};

/// The folder exports go to without asking: `WebDriver` cannot press buttons of a native dialog, so the
/// real-window tests set this variable. The page can neither set nor see it.
const EXPORT_DIR_VARIABLE: &str = "HOOKGLASS_EXPORT_DIR";

const HAR_FILE_NAME: &str = "hookglass.har";

#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_as_curl(app: AppHandle, bench: Bench<'_>, id: CaptureId) -> Answer<String> {
    let command = bench.curl_of(id).await?;
    write_clipboard(&app, command.clone())?;
    Ok(command)
}

/// Asks where to write and writes. The page never names a path. `None` when the user cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_har(app: AppHandle, bench: Bench<'_>, ids: Vec<CaptureId>) -> Answer<Option<String>> {
    let Some(path) = ask_for_path(&app, HAR_FILE_NAME, "HTTP archive", &["har"]).await? else { return Ok(None) };
    bench.export_har(&ids, &path).await?;
    Ok(Some(path.display().to_string()))
}

/// Asks where to write a file. `None` when the user cancels.
pub(crate) async fn ask_for_path(
    app: &AppHandle,
    file_name: &str,
    kind: &str,
    endings: &[&str],
) -> Answer<Option<PathBuf>> {
    if let Some(dir) = std::env::var_os(EXPORT_DIR_VARIABLE) {
        return Ok(Some(PathBuf::from(dir).join(file_name)));
    }
    let (answer, chosen) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(file_name).add_filter(kind, endings).save_file(move |path| {
        // Nobody waits any more when the window is closed meanwhile.
        drop(answer.send(path));
    });
    match chosen.await.ok().flatten() {
        None => Ok(None),
        Some(path) => path.into_path().map(Some).map_err(|_| {
            CommandError::new(ErrorCode::InvalidInput, "Exports go to a folder on this computer. Choose another place.")
        }),
    }
}
