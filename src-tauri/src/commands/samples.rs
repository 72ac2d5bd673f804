//! Sample events of providers.

use hookglass_workbench::model::ProviderId;
use hookglass_workbench::view::{DeliveryView, SampleInput, SampleView};

use super::{Answer, Bench};

/// The sample events of a provider; empty when there are none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sample_list(bench: Bench<'_>, provider: ProviderId) -> Answer<Vec<SampleView>> {
    bench.sample_events(&provider)
}

/// Sends a sample event signed with a secret of an endpoint.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sample_send(bench: Bench<'_>, input: SampleInput) -> Answer<DeliveryView> {
    bench.send_sample(input).await
}
