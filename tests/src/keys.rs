//! Keys as a hand presses them.

use anyhow::Result;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};

use crate::desktop::Desktop;

/// Presses keys one after the other, holding each, and lets go of them in reverse.
///
/// # Errors
/// When the driver does not do it.
pub async fn press(window: &Desktop, keys: &[char]) -> Result<()> {
    let down = keys
        .iter()
        .fold(KeyActions::new("keyboard".to_owned()), |actions, &value| actions.then(KeyAction::Down { value }));
    let actions = keys.iter().rev().fold(down, |actions, &value| actions.then(KeyAction::Up { value }));
    Ok(window.client().perform_actions(actions).await?)
}
