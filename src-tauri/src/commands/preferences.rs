//! What the user prefers.

use tauri::AppHandle;

use super::Answer;
use crate::{
    preferences::{self, Preferences},
    zoom::{self, ZoomStep},
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_preferences(app: AppHandle) -> Answer<Preferences> {
    Ok(preferences::read(&app))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_preferences(app: AppHandle, preferences: Preferences) -> Answer<Preferences> {
    preferences::write(&app, &preferences)?;
    Ok(preferences)
}

/// Shows the page larger or smaller; how large it is now, in percent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn zoom(app: AppHandle, step: ZoomStep) -> Answer<u32> {
    zoom::step(&app, step)
}
