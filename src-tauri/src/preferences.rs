//! Preferences through tauri-plugin-store: nothing irreplaceable, because the plugin writes without a
//! temporary file (tauri-apps/plugins-workspace#3085). One versioned key; an unreadable file is set aside.

use hookglass_workbench::view::{LimitsView, ListenerSettings, TlsInput};
use hookglass_workbench::{CommandError, DEFAULT_LISTEN_ADDRESS, ErrorCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::{AppHandle, Manager};
use tauri_plugin_store::StoreExt;

use crate::zoom;

const FILE_NAME: &str = "preferences.json";

/// Everything stands under one key, so that a write is one value and a field that is missing gets its default.
const KEY: &str = "preferences-1";

/// What the listener allows and how its TLS port is to be stand apart: they are set by commands of their own, which check
/// them first.
const LISTENER_KEY: &str = "listener-1";

/// How large the page is shown, in percent. Apart as well: a key changes it, not the form of the settings.
const ZOOM_KEY: &str = "zoom-1";

/// What the user chose for this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Preferences {
    /// Dark, light, or as the system.
    pub(crate) theme: Theme,
    /// Which captures raise a desktop notification.
    pub(crate) notify_on: NotifyOn,
    /// Address of the capture port.
    pub(crate) listen: String,
    /// Whether keys without Ctrl, Alt or ⌘ that type a character do something in the window.
    pub(crate) single_keys: bool,
}

/// Colours of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    /// As the system.
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

/// Which captures raise a desktop notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NotifyOn {
    /// Every one.
    All,
    /// Those whose signature does not hold.
    Invalid,
    /// None.
    None,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            notify_on: NotifyOn::Invalid,
            listen: DEFAULT_LISTEN_ADDRESS.to_string(),
            single_keys: true,
        }
    }
}

/// Sets an unreadable file aside, because the plugin would silently write defaults over it.
pub(crate) fn set_aside_unreadable(app: &AppHandle) {
    let Ok(path) = app.path().app_data_dir().map(|dir| dir.join(FILE_NAME)) else { return };
    let Ok(bytes) = std::fs::read(&path) else { return };
    if serde_json::from_slice::<serde_json::Map<String, Value>>(&bytes).is_err() {
        let aside = path.with_extension("json.corrupt");
        tracing::warn!(file = %path.display(), "preferences cannot be read; they are kept beside as .corrupt");
        if let Err(error) = std::fs::rename(&path, aside) {
            tracing::warn!(%error, "the unreadable preferences could not be set aside");
        }
    }
}

/// The preferences, defaults where none are stored.
pub(crate) fn read(app: &AppHandle) -> Preferences {
    let stored = app.store(FILE_NAME).ok().and_then(|store| store.get(KEY));
    stored.map(over_defaults).unwrap_or_default()
}

/// Stored fields over the defaults, so that a field added since gets its default. Nothing usable is nothing stored.
fn over_defaults<T: Default + Serialize + DeserializeOwned>(stored: Value) -> T {
    let defaults = T::default();
    let (Ok(Value::Object(mut merged)), Value::Object(stored)) = (serde_json::to_value(&defaults), stored) else {
        return defaults;
    };
    merged.extend(stored);
    serde_json::from_value(Value::Object(merged)).unwrap_or(defaults)
}

/// How the listener was set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListenerPreferences {
    pub(crate) limits: LimitsView,
    pub(crate) tls: TlsInput,
}

/// How the listener is to be set up, defaults where nothing usable is stored.
pub(crate) fn read_listener(app: &AppHandle) -> ListenerPreferences {
    let stored = app.store(FILE_NAME).ok().and_then(|store| store.get(LISTENER_KEY));
    let Some(Value::Object(mut stored)) = stored else { return ListenerPreferences::default() };
    ListenerPreferences {
        limits: stored.remove("limits").map(over_defaults).unwrap_or_default(),
        tls: stored.remove("tls").map(over_defaults).unwrap_or_default(),
    }
}

/// Stores how the listener is set up, at once.
pub(crate) fn write_listener(app: &AppHandle, settings: &ListenerSettings) -> Result<(), CommandError> {
    let kept = ListenerPreferences { limits: settings.limits.clone(), tls: settings.tls.input.clone() };
    write_value(app, LISTENER_KEY, &kept)
}

/// Stores the preferences at once.
pub(crate) fn write(app: &AppHandle, preferences: &Preferences) -> Result<(), CommandError> {
    write_value(app, KEY, preferences)
}

/// How large the page is shown, in percent.
pub(crate) fn read_zoom(app: &AppHandle) -> u32 {
    let stored = app.store(FILE_NAME).ok().and_then(|store| store.get(ZOOM_KEY));
    let percent = stored.and_then(|stored| stored.as_u64()).and_then(|percent| u32::try_from(percent).ok());
    percent.map_or(zoom::USUAL_PERCENT, zoom::bounded)
}

/// Keeps how large the page is shown, in percent.
pub(crate) fn write_zoom(app: &AppHandle, percent: u32) -> Result<(), CommandError> {
    write_value(app, ZOOM_KEY, &percent)
}

fn write_value(app: &AppHandle, key: &str, value: &impl Serialize) -> Result<(), CommandError> {
    let failed = |error: &dyn std::fmt::Display| {
        CommandError::new(
            ErrorCode::Internal,
            format!("The setting could not be stored: {error}. It holds until you quit."),
        )
    };
    let value = serde_json::to_value(value).map_err(|error| failed(&error))?;
    let store = app.store(FILE_NAME).map_err(|error| failed(&error))?;
    store.set(key, value);
    store.save().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_field_gets_its_default_and_nonsense_gets_all_of_them() {
        let stored: Preferences = over_defaults(json!({ "theme": "dark", "from_a_newer_version": 1 }));
        assert_eq!(stored, Preferences { theme: Theme::Dark, ..Preferences::default() });
        assert_eq!(over_defaults::<Preferences>(json!({ "theme": 7 })), Preferences::default());
        assert_eq!(over_defaults::<Preferences>(json!("text")), Preferences::default());
    }
}
