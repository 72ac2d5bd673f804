//! Where secrets are kept, and unlocking them.
//!
//! A passphrase is wiped from memory once it is used. The page's own copy, and the message it came in, are the
//! webview's and Tauri's; nothing here can wipe those.

use hookglass_workbench::view::{VaultInput, VaultRestored, VaultState};

use super::{Answer, Bench};

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_state(bench: Bench<'_>) -> Answer<VaultState> {
    bench.vault_state().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_choose(bench: Bench<'_>, to: VaultInput) -> Answer<VaultState> {
    bench.choose_vault(to).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_unlock(bench: Bench<'_>, passphrase: String) -> Answer<VaultState> {
    bench.unlock_vault(passphrase).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_lock(bench: Bench<'_>) -> Answer<VaultState> {
    bench.lock_vault().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_change_passphrase(bench: Bench<'_>, present: String, next: String) -> Answer<VaultState> {
    bench.change_vault_passphrase(present, next).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_start_new(bench: Bench<'_>, to: VaultInput) -> Answer<VaultState> {
    bench.start_new_vault(to).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_retry(bench: Bench<'_>) -> Answer<VaultState> {
    bench.retry_vault().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn vault_restore(bench: Bench<'_>, passphrase: Option<String>) -> Answer<VaultRestored> {
    bench.restore_set_aside(passphrase).await
}
