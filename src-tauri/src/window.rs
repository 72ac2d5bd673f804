//! The main window: made hidden in the right theme, shown once it is laid out, and held to its own pages.

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, webview::NewWindowResponse};
use tauri_plugin_window_state::StateFlags;

use crate::preferences::{self, Theme};

/// The one window.
pub(crate) const LABEL: &str = "main";

/// If the page never says that it is laid out, the window is shown all the same after this long, so that a broken
/// page can be seen and closed.
const REVEAL_AT_THE_LATEST: std::time::Duration = std::time::Duration::from_secs(3);

/// Builds the window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let theme = match preferences::read(app).theme {
        Theme::System => None,
        Theme::Dark => Some(tauri::Theme::Dark),
        Theme::Light => Some(tauri::Theme::Light),
    };
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Hookglass")
        .inner_size(1280.0, 800.0)
        .min_inner_size(720.0, 480.0)
        .theme(theme)
        .visible(false)
        // Captured content must never be able to lead the window elsewhere.
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .disable_drag_drop_handler()
        .build()?;
    tauri::async_runtime::spawn(async move {
        #[expect(clippy::disallowed_methods, reason = "a one-time fallback on the monotonic clock")]
        tokio::time::sleep(REVEAL_AT_THE_LATEST).await;
        drop(window.show());
    });
    Ok(())
}

/// Keeps where the window stands, how large it is and whether it fills the screen. Not whether it shows: it is made
/// hidden. A place off every screen is not taken up again.
pub(crate) fn keep_its_place() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    tauri_plugin_window_state::Builder::default()
        .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED)
        .build()
}

/// Prints `ready` when asked to, for those who measure the start.
pub(crate) fn say_ready() {
    if std::env::var_os("HOOKGLASS_PRINT_READY").is_some() {
        #[expect(clippy::print_stderr, reason = "asked for by the variable")]
        {
            eprintln!("ready");
        }
    }
}

/// Brings the window to the front, as a second start of the application does.
pub(crate) fn focus(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}
