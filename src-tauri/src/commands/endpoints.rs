//! Endpoints and their keys.

use hookglass_workbench::model::{CaptureId, EndpointId};
use hookglass_workbench::view::{EndpointInput, EndpointView, KeyPairView};
use hookglass_workbench::{CommandError, ErrorCode, read_key_file};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::{Answer, Bench};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_endpoints(bench: Bench<'_>) -> Answer<Vec<EndpointView>> {
    bench.list_endpoints().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_endpoint(bench: Bench<'_>, input: EndpointInput) -> Answer<EndpointView> {
    bench.save_endpoint(input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_endpoint(bench: Bench<'_>, id: EndpointId) -> Answer<()> {
    bench.delete_endpoint(id).await
}

/// The private half goes to the vault, the public half comes back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn generate_key_pair(bench: Bench<'_>, endpoint: EndpointId) -> Answer<KeyPairView> {
    bench.generate_key_pair(endpoint).await
}

/// Adds the secret that a captured handshake brings to its endpoint. The page names the capture and never sees the value.
#[tauri::command]
#[specta::specta]
pub(crate) async fn use_offered_secret(bench: Bench<'_>, capture: CaptureId) -> Answer<EndpointView> {
    bench.use_offered_secret(capture).await
}

/// Asks for a key file and hands back its text. The page never names a path. `None` when the user cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_key_file(app: AppHandle) -> Answer<Option<String>> {
    let (answer, chosen) = tokio::sync::oneshot::channel();
    let dialog = app
        .dialog()
        .file()
        .add_filter("Keys", &["pem", "crt", "cer", "der", "key", "pub", "json", "jwk", "jwks", "txt"]);
    dialog.pick_file(move |path| {
        // Nobody waits any more when the window is closed meanwhile.
        drop(answer.send(path));
    });
    let Some(path) = chosen.await.ok().flatten() else { return Ok(None) };
    let path = path.into_path().map_err(|_| {
        CommandError::new(ErrorCode::InvalidInput, "Keys are read from a file on this computer. Choose another.")
    })?;
    read_key_file(path).await.map(Some)
}
