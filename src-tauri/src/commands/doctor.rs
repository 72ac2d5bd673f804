//! Why a signature does not hold, and mending it.

use hookglass_workbench::model::{CaptureId, Remedy};
use hookglass_workbench::view::{DoctorView, DraftView, RecheckView, RemedyOutcome, RevealedView, ScratchInput};
use hookglass_workbench::{FrameworkGuide, framework_guides as guides};

use super::{Answer, Bench};

#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnose_capture(bench: Bench<'_>, id: CaptureId) -> Answer<DoctorView> {
    bench.diagnose_capture(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_diagnosis(bench: Bench<'_>) -> Answer<()> {
    bench.stop_diagnosis();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnose_pasted(bench: Bench<'_>, input: ScratchInput) -> Answer<DoctorView> {
    bench.diagnose_pasted(input).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reveal_signatures(bench: Bench<'_>, id: CaptureId) -> Answer<Vec<RevealedView>> {
    bench.reveal_signatures(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn apply_remedy(bench: Bench<'_>, id: CaptureId, remedy: Remedy) -> Answer<RemedyOutcome> {
    bench.apply_remedy(id, remedy).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recheck_alike(bench: Bench<'_>, id: CaptureId) -> Answer<RecheckView> {
    bench.recheck_alike(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_restored(bench: Bench<'_>, id: CaptureId) -> Answer<DraftView> {
    bench.open_restored(id).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn framework_guides() -> Answer<Vec<FrameworkGuide>> {
    Ok(guides())
}
