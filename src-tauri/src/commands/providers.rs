//! Providers, and recipes of the user's own.

use hookglass_workbench::model::ProviderId;
use hookglass_workbench::view::{BrokenProvider, ProviderDetail, ProviderInfo, Trial, TrialInput};

use super::{Answer, Bench};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_providers(bench: Bench<'_>) -> Answer<Vec<ProviderInfo>> {
    Ok(bench.list_providers())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn provider_detail(bench: Bench<'_>, id: ProviderId) -> Answer<ProviderDetail> {
    bench.provider_detail(&id)
}

/// The recipes of the user's own that cannot be used, and why.
#[tauri::command]
#[specta::specta]
pub(crate) async fn broken_providers(bench: Bench<'_>) -> Answer<Vec<BrokenProvider>> {
    Ok(bench.broken_providers())
}

/// What a new recipe begins with; with an id, a copy of that provider's.
#[tauri::command]
#[specta::specta]
pub(crate) async fn provider_draft(bench: Bench<'_>, copy_of: Option<ProviderId>) -> Answer<String> {
    bench.provider_draft(copy_of.as_ref())
}

/// What a recipe may say, in Markdown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recipe_guide() -> Answer<String> {
    Ok(hookglass_workbench::recipe_guide().to_owned())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn try_provider(bench: Bench<'_>, input: TrialInput) -> Answer<Trial> {
    bench.try_provider(input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_provider(
    bench: Bench<'_>,
    recipe_text: String,
    replaces: Option<ProviderId>,
) -> Answer<ProviderInfo> {
    bench.save_provider(recipe_text, replaces).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_provider(bench: Bench<'_>, id: ProviderId) -> Answer<()> {
    bench.delete_provider(id).await
}

/// Reads the folder of recipes afresh, for files that were put there by hand.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reload_providers(bench: Bench<'_>) -> Answer<()> {
    bench.reload_providers().await
}
