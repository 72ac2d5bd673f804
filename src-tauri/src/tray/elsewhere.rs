//! The tray of macOS and Windows, Tauri's own. Written against its documentation on Linux, where it is left out of the
//! build: it was never compiled or seen.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::{
    AppHandle, Wry,
    menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder},
    tray::TrayIconBuilder,
};

use super::{Face, Wish, fulfil};

const OPEN: &str = "tray-open";
const PAUSE: &str = "tray-pause";
const COPY: &str = "tray-copy";
const QUIT: &str = "tray-quit";

/// The tray as it is shown.
pub(crate) struct Tray {
    lines: Lines,
    face: Arc<Mutex<Face>>,
}

/// The lines of the menu that change.
#[derive(Clone)]
struct Lines {
    headline: MenuItem<Wry>,
    news: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    copy: MenuItem<Wry>,
}

impl Tray {
    /// Puts the icon up; `None` when the system does not take it.
    #[allow(clippy::unused_async, reason = "on Linux it waits for the bus")]
    pub(crate) async fn show(app: &AppHandle, face: Face) -> Option<Self> {
        let face = Arc::new(Mutex::new(face));
        match build(app, &face) {
            Ok(lines) => Some(Self { lines, face }),
            Err(error) => {
                tracing::debug!(%error, "no tray");
                None
            }
        }
    }

    /// Says something else from now on.
    #[allow(clippy::unused_async, reason = "on Linux it waits for the bus")]
    pub(crate) async fn say(&self, face: Face) {
        let Lines { headline, news, pause, copy } = &self.lines;
        for done in [
            headline.set_text(face.headline()),
            news.set_text(face.news()),
            pause.set_text(face.pause_label()),
            copy.set_enabled(face.url().is_some()),
        ] {
            if let Err(error) = done {
                tracing::debug!(%error, "the tray keeps a line");
            }
        }
        *self.face.lock().unwrap_or_else(PoisonError::into_inner) = face;
    }
}

fn build(app: &AppHandle, face: &Arc<Mutex<Face>>) -> tauri::Result<Lines> {
    let (lines, menu) = menu(app, &face.lock().unwrap_or_else(PoisonError::into_inner))?;
    let face = Arc::clone(face);
    let mut icon =
        TrayIconBuilder::with_id("hookglass").menu(&menu).tooltip("Hookglass").on_menu_event(move |app, event| {
            let face = face.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let wish = match event.id().as_ref() {
                OPEN => Some(Wish::Open),
                PAUSE => Some(Wish::Pause(!face.is_paused)),
                COPY => face.url().map(|url| Wish::Copy(url.to_owned())),
                QUIT => Some(Wish::Quit),
                _ => None,
            };
            if let Some(wish) = wish {
                fulfil(app, wish);
            }
        });
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    // The application keeps it under its id.
    icon.build(app)?;
    Ok(lines)
}

fn menu(app: &AppHandle, face: &Face) -> tauri::Result<(Lines, Menu<Wry>)> {
    let line = |text: String| MenuItemBuilder::new(text).enabled(false).build(app);
    let wish = |id: &str, label: &str| MenuItemBuilder::with_id(id, label).build(app);
    let lines = Lines {
        headline: line(face.headline())?,
        news: line(face.news())?,
        pause: wish(PAUSE, face.pause_label())?,
        copy: wish(COPY, "Copy address")?,
    };
    lines.copy.set_enabled(face.url().is_some())?;
    let menu = MenuBuilder::new(app)
        .items(&[&lines.headline, &lines.news])
        .separator()
        .items(&[&wish(OPEN, "Open Hookglass")?, &lines.pause, &lines.copy])
        .separator()
        .item(&wish(QUIT, "Quit")?)
        .build()?;
    Ok((lines, menu))
}
