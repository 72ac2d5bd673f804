//! The application as a whole: state, listener, notices, clipboard.

use hookglass_workbench::model::CaptureId;
use hookglass_workbench::view::{AppState, ListenerState, Notice};
use hookglass_workbench::{CommandError, ErrorCode};
use tauri::{AppHandle, ipc::Channel};
use tauri_plugin_clipboard_manager::ClipboardExt;

use super::{Answer, Bench};
use crate::{links, page_notices::PageNotices, tray::WindowNews};

#[tauri::command]
#[specta::specta]
pub(crate) async fn app_state(bench: Bench<'_>) -> Answer<AppState> {
    bench.app_state().await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn listen_on(bench: Bench<'_>, address: String) -> Answer<ListenerState> {
    bench.listen_on(&address).await
}

/// Sends notices to the window until it goes away. One channel per window: each callback stays in the page
/// for as long as it lives (tauri-apps/tauri#13133).
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscribe(
    bench: Bench<'_>,
    of_the_host: tauri::State<'_, PageNotices>,
    channel: Channel<Notice>,
) -> Answer<()> {
    let mut notices = bench.notices();
    let (waited, mut of_the_host) = of_the_host.subscribe();
    tauri::async_runtime::spawn(async move {
        if let Some(notice) = waited
            && channel.send(notice).is_err()
        {
            return;
        }
        loop {
            let notice = tokio::select! {
                notice = notices.next() => notice,
                Ok(notice) = of_the_host.recv() => Some(notice),
            };
            let Some(notice) = notice else { break };
            if channel.send(notice).is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// The page is laid out: show the window, which stays hidden until then so that it never flashes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn window_ready(app: AppHandle) -> Answer<()> {
    crate::window::focus(&app);
    Ok(())
}

/// The shown page has painted: tell whoever measures the start.
#[tauri::command]
#[specta::specta]
pub(crate) async fn window_painted() -> Answer<()> {
    crate::window::say_ready();
    Ok(())
}

/// The list stands still, or follows again: the tray offers the other.
#[tauri::command]
#[specta::specta]
pub(crate) async fn display_paused(news: tauri::State<'_, WindowNews>, paused: bool) -> Answer<()> {
    news.set_paused(paused);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_text(app: AppHandle, text: String) -> Answer<()> {
    write_clipboard(&app, text)
}

/// Puts the link to a capture on the clipboard and returns it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_link(app: AppHandle, id: CaptureId) -> Answer<String> {
    let link = links::to_capture(id);
    write_clipboard(&app, link.clone())?;
    Ok(link)
}

/// Puts text on the clipboard through the system, not through the page.
pub(crate) fn write_clipboard(app: &AppHandle, text: String) -> Answer<()> {
    app.clipboard().write_text(text).map_err(|error| {
        CommandError::new(
            ErrorCode::Internal,
            format!("The clipboard cannot be written: {error}. Select and copy by hand."),
        )
    })
}
