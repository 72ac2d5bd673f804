//! How the listener is set up and doing, and what it turned away.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::PoisonError;

use hookglass_workbench::view::{HealthView, LimitsView, ListenerSettings, RejectedPage, TlsInput};
use hookglass_workbench::{CommandError, ErrorCode};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::{Answer, Bench, exporting::ask_for_path};
use crate::preferences;

/// The files that the user chose in a dialog. The page names a path only to give back what it was told.
#[derive(Default)]
pub(crate) struct ChosenFiles(Mutex<HashSet<String>>);

impl ChosenFiles {
    fn add(&self, path: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
    }

    fn contains(&self, path: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(path)
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn listener_settings(bench: Bench<'_>) -> Answer<ListenerSettings> {
    Ok(bench.listener_settings().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_limits(app: AppHandle, bench: Bench<'_>, limits: LimitsView) -> Answer<ListenerSettings> {
    let settings = bench.set_limits(limits).await?;
    preferences::write_listener(&app, &settings)?;
    Ok(settings)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_tls(
    app: AppHandle,
    bench: Bench<'_>,
    chosen: State<'_, ChosenFiles>,
    input: TlsInput,
) -> Answer<ListenerSettings> {
    let known = bench.listener_settings().await.tls.input.own;
    if let Some(own) = &input.own
        && known.as_ref() != Some(own)
        && !(chosen.contains(&own.certificate_path) && chosen.contains(&own.key_path))
    {
        return Err(CommandError::new(ErrorCode::InvalidInput, "own: choose both files with the buttons beside them."));
    }
    let settings = bench.set_tls(input).await?;
    preferences::write_listener(&app, &settings)?;
    Ok(settings)
}

/// Asks for a PEM file and gives its path. `None` when the user cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_pem_file(app: AppHandle, chosen: State<'_, ChosenFiles>) -> Answer<Option<String>> {
    let (answer, picked) = tokio::sync::oneshot::channel();
    app.dialog().file().add_filter("PEM", &["pem", "crt", "cer", "key"]).pick_file(move |path| {
        // Nobody waits any more when the window is closed meanwhile.
        drop(answer.send(path));
    });
    let Some(path) = picked.await.ok().flatten() else { return Ok(None) };
    let path = path.into_path().map_err(|_| {
        CommandError::new(
            ErrorCode::InvalidInput,
            "Certificates are read from a file on this computer. Choose another.",
        )
    })?;
    let path = path.display().to_string();
    chosen.add(path.clone());
    Ok(Some(path))
}

/// Asks where to write the certificate and writes it; its key never leaves. `None` when the user cancels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_certificate(app: AppHandle, bench: Bench<'_>) -> Answer<Option<String>> {
    let certificate = bench.certificate_pem().await?;
    let Some(path) = ask_for_path(&app, "hookglass-certificate.pem", "Certificate", &["pem"]).await? else {
        return Ok(None);
    };
    tokio::fs::write(&path, certificate).await.map_err(|error| {
        CommandError::new(ErrorCode::InvalidInput, format!("{} cannot be written: {error}.", path.display()))
    })?;
    Ok(Some(path.display().to_string()))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn health(bench: Bench<'_>) -> Answer<HealthView> {
    bench.health().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_listener(bench: Bench<'_>) -> Answer<HealthView> {
    bench.probe().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_rejected(bench: Bench<'_>, before_id: Option<i64>, limit: u32) -> Answer<RejectedPage> {
    bench.list_rejected(before_id, limit).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_rejected(bench: Bench<'_>) -> Answer<()> {
    bench.clear_rejected().await
}
