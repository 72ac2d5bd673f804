//! Endpoints.

use hookglass_workbench::model::EndpointId;
use hookglass_workbench::view::{EndpointInput, EndpointView};

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
