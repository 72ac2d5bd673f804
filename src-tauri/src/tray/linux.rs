//! The tray of Linux desktops: a `StatusNotifierItem` over D-Bus, without libappindicator, which would tell of no click
//! (tauri-apps/tray-icon#104). Where no panel watches for such items nothing is shown, and it comes up when one does.

use ksni::menu::StandardItem;
use ksni::{Icon, MenuItem, OfflineReason, ToolTip, TrayMethods};
use tauri::AppHandle;

use super::{Face, Wish, fulfil};

/// The tray as it is shown.
pub(crate) struct Tray(ksni::Handle<Item>);

impl Tray {
    /// Offers the item to whatever panel there is or comes; `None` without a session bus.
    pub(crate) async fn show(app: &AppHandle, face: Face) -> Option<Self> {
        let item = Item { app: app.clone(), face, icon: icon(app) };
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(Self(handle)),
            Err(error) => {
                tracing::debug!(%error, "no tray");
                None
            }
        }
    }

    /// Says something else from now on.
    pub(crate) async fn say(&self, face: Face) {
        self.0.update(|item| item.face = face).await;
    }
}

/// What the panel asks.
struct Item {
    app: AppHandle,
    face: Face,
    icon: Vec<Icon>,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "hookglass".to_owned()
    }

    fn title(&self) -> String {
        "Hookglass".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.icon.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Hookglass".to_owned(),
            description: format!("{}. {}", self.face.headline(), self.face.news()),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        fulfil(&self.app, Wish::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        vec![
            line(&self.face.headline()),
            line(&self.face.news()),
            MenuItem::Separator,
            wish("Open Hookglass", true, |_| Some(Wish::Open)),
            wish(self.face.pause_label(), true, |face| Some(Wish::Pause(!face.is_paused))),
            wish("Copy address", self.face.url().is_some(), |face| face.url().map(|url| Wish::Copy(url.to_owned()))),
            MenuItem::Separator,
            wish("Quit", true, |_| Some(Wish::Quit)),
        ]
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        tracing::debug!(?reason, "no panel shows a tray now");
        true
    }
}

/// A line that only says something.
fn line(text: &str) -> MenuItem<Item> {
    // A single underscore would mark an access key.
    StandardItem { label: text.replace('_', "__"), enabled: false, ..StandardItem::default() }.into()
}

/// A line that can be chosen.
fn wish(label: &str, enabled: bool, wish: fn(&Face) -> Option<Wish>) -> MenuItem<Item> {
    let activate = Box::new(move |item: &mut Item| {
        if let Some(wish) = wish(&item.face) {
            fulfil(&item.app, wish);
        }
    });
    StandardItem { label: label.to_owned(), enabled, activate, ..StandardItem::default() }.into()
}

/// The icon of the window in the order of bytes that panels take: alpha, red, green, blue.
fn icon(app: &AppHandle) -> Vec<Icon> {
    let Some(image) = app.default_window_icon() else { return Vec::new() };
    let (Ok(width), Ok(height)) = (i32::try_from(image.width()), i32::try_from(image.height())) else {
        return Vec::new();
    };
    let data = image.rgba().as_chunks().0.iter().flat_map(|&[red, green, blue, alpha]| [alpha, red, green, blue]);
    vec![Icon { width, height, data: data.collect() }]
}
