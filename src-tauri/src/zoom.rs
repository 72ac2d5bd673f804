//! How large the window shows its page: everything at once, as a narrower window would lay it out. Kept on this
//! computer.

use std::sync::{Mutex, PoisonError};

use hookglass_workbench::{CommandError, ErrorCode};
use serde::Deserialize;
use tauri::{AppHandle, Manager};

use crate::{preferences, window};

/// What can be chosen, in percent; those of browsers between half and twice the size.
const STEPS_PERCENT: [u32; 10] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 200];

/// The size the page is made for, in percent.
pub(crate) const USUAL_PERCENT: u32 = 100;

/// Which way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ZoomStep {
    /// One step larger.
    In,
    /// One step smaller.
    Out,
    /// The usual size.
    Reset,
}

/// One change at a time: a key that is held down comes faster than a step is stored.
#[derive(Default)]
pub(crate) struct OneAtATime(Mutex<()>);

/// Zooms the window and keeps the choice; the percentage it has now. At either end it stays.
pub(crate) fn step(app: &AppHandle, step: ZoomStep) -> Result<u32, CommandError> {
    let one_at_a_time = app.state::<OneAtATime>();
    let _turn = one_at_a_time.0.lock().unwrap_or_else(PoisonError::into_inner);
    let percent = next(preferences::read_zoom(app), step);
    apply(app, percent)?;
    preferences::write_zoom(app, percent)?;
    Ok(percent)
}

/// Shows the page at the size that was kept.
pub(crate) fn restore(app: &AppHandle) {
    let percent = preferences::read_zoom(app);
    if percent != USUAL_PERCENT
        && let Err(error) = apply(app, percent)
    {
        tracing::warn!(%error, "the page keeps its usual size");
    }
}

fn apply(app: &AppHandle, percent: u32) -> Result<(), CommandError> {
    let Some(window) = app.get_webview_window(window::LABEL) else { return Ok(()) };
    window
        .set_zoom(f64::from(percent) / 100.0)
        .map_err(|error| CommandError::new(ErrorCode::Internal, format!("The window cannot be zoomed: {error}.")))
}

/// From wherever a step leads; a stored number need not be one of the steps.
fn next(percent: u32, step: ZoomStep) -> u32 {
    let [smallest, .., largest] = STEPS_PERCENT;
    match step {
        ZoomStep::In => STEPS_PERCENT.into_iter().find(|&other| other > percent).unwrap_or(largest),
        ZoomStep::Out => STEPS_PERCENT.into_iter().rfind(|&other| other < percent).unwrap_or(smallest),
        ZoomStep::Reset => USUAL_PERCENT,
    }
}

/// A stored percentage, held to what can be chosen.
pub(crate) fn bounded(percent: u32) -> u32 {
    let [smallest, .., largest] = STEPS_PERCENT;
    percent.clamp(smallest, largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_from_half_to_twice_the_size_and_no_further() {
        let mut percent = USUAL_PERCENT;
        for expected in [110, 125, 150, 200, 200] {
            percent = next(percent, ZoomStep::In);
            assert_eq!(percent, expected);
        }
        for expected in [150, 125, 110, 100, 90, 80, 75, 67, 50, 50] {
            percent = next(percent, ZoomStep::Out);
            assert_eq!(percent, expected);
        }
        assert_eq!(next(percent, ZoomStep::Reset), 100);
        assert_eq!((next(105, ZoomStep::In), next(105, ZoomStep::Out)), (110, 100));
        assert_eq!((bounded(0), bounded(u32::MAX)), (50, 200));
    }
}
