//! The menu bar of macOS, without which Copy and Paste have no keys there. Elsewhere the window has none.
//! Written against the documentation of Tauri on Linux, where it is left out of the build: it was never compiled or
//! seen.

use tauri::{
    AppHandle,
    menu::{AboutMetadata, Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder},
};

use crate::zoom::{self, ZoomStep};

const ZOOM_ITEMS: [(&str, &str, &str, ZoomStep); 3] = [
    ("zoom-in", "Zoom In", "CmdOrCtrl+=", ZoomStep::In),
    ("zoom-out", "Zoom Out", "CmdOrCtrl+-", ZoomStep::Out),
    ("zoom-reset", "Actual Size", "CmdOrCtrl+0", ZoomStep::Reset),
];

/// The menu bar.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<Menu<tauri::Wry>> {
    let about = AboutMetadata {
        version: Some(app.package_info().version.to_string()),
        copyright: app.config().bundle.copyright.clone(),
        ..AboutMetadata::default()
    };
    let application = SubmenuBuilder::new(app, "Hookglass")
        .about(Some(about))
        .separator()
        .services()
        .separator()
        .hide()
        .hide_others()
        .show_all()
        .separator()
        .quit()
        .build()?;
    let edit = SubmenuBuilder::new(app, "Edit").undo().redo().separator().cut().copy().paste().select_all().build()?;
    let mut view = SubmenuBuilder::new(app, "View");
    for (id, label, key, _) in ZOOM_ITEMS {
        view = view.item(&MenuItemBuilder::with_id(id, label).accelerator(key).build(app)?);
    }
    let view = view.separator().fullscreen().build()?;
    let window = SubmenuBuilder::new(app, "Window").minimize().maximize().separator().close_window().build()?;
    MenuBuilder::new(app).items(&[&application, &edit, &view, &window]).build()
}

/// Does what was chosen; the standard items do it themselves.
pub(crate) fn chosen(app: &AppHandle, id: &str) {
    let Some((.., step)) = ZOOM_ITEMS.into_iter().find(|(item, ..)| *item == id) else { return };
    if let Err(error) = zoom::step(app, step) {
        tracing::warn!(%error, "the window could not be zoomed");
    }
}
