//! Links of the form `hookglass://capture/ID`. Any page or mail can hold one, so a link only ever shows a capture that
//! is already here; whatever else it says is refused in words.

use std::{ffi::OsString, sync::Arc};

use clap::Parser;
use hookglass_workbench::view::Notice;
use hookglass_workbench::{ErrorCode, Workbench, model::CaptureId};
use tauri::{AppHandle, Manager};

use crate::{arguments::Arguments, harmless_text::plain, page_notices::PageNotices, window};

/// Registered by the desktop file of the package and, on macOS and Windows, by the bundle.
const SCHEME: &str = "hookglass";

/// The link to a capture.
pub(crate) fn to_capture(id: CaptureId) -> String {
    format!("{SCHEME}://capture/{id}")
}

/// The capture a link names; `None` for anything but `hookglass://capture/ID`. Scheme and `capture` in any case, because
/// browsers lower them; one slash at the end, because some add it.
fn capture_of(link: &str) -> Option<CaptureId> {
    let (scheme, rest) = link.split_once("://")?;
    let (place, id) = rest.split_once('/')?;
    let named = scheme.eq_ignore_ascii_case(SCHEME) && place.eq_ignore_ascii_case("capture");
    let id = id.strip_suffix('/').unwrap_or(id);
    // The usual form alone: the parser would also take braces and `urn:uuid:`.
    let usual = id.len() == 36;
    if named && usual { id.parse().ok() } else { None }
}

/// The link among the arguments of a start. Arguments that cannot be read hold none.
pub(crate) fn among(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Option<String> {
    Arguments::try_parse_from(arguments).ok()?.link
}

/// Shows the window and in it the capture of the link, or says why not.
pub(crate) fn open(app: &AppHandle, link: &str) {
    window::focus(app);
    let Some(bench) = app.try_state::<Arc<Workbench>>() else { return };
    let (app, bench, link) = (app.clone(), Arc::clone(&bench), link.to_owned());
    tauri::async_runtime::spawn(async move {
        let notice = match capture_of(&link) {
            None => refused(format!("“{}” is not a link to a capture.", plain(&link))),
            Some(id) => match bench.capture(id).await {
                Ok(_) => Notice::OpenCapture { id },
                Err(error) if error.code == ErrorCode::NotFound => refused(format!(
                    "There is no capture {id} here. It was deleted, or the link comes from another computer."
                )),
                Err(error) => refused(error.message),
            },
        };
        app.state::<PageNotices>().tell(notice);
    });
}

fn refused(message: String) -> Notice {
    Notice::LinkRefused { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01936f0a-7b2c-7d3e-8f40-123456789abc";

    #[test]
    fn a_link_names_one_capture_and_nothing_else() {
        let id: CaptureId = ID.parse().unwrap();
        assert_eq!(to_capture(id), format!("hookglass://capture/{ID}"));
        for link in
            [to_capture(id), format!("HOOKGLASS://Capture/{ID}/"), format!("hookglass://capture/{}", ID.to_uppercase())]
        {
            assert_eq!(capture_of(&link), Some(id), "{link}");
        }
        for link in [
            "",
            "hookglass:",
            "hookglass://capture/",
            "hookglass://capture/1",
            &format!("hookglass://capture/{ID}?send=1"),
            &format!("hookglass://capture/{ID}#x"),
            &format!("hookglass://capture/{ID}/resend"),
            &format!("hookglass://capture/{{{ID}}}"),
            &format!("hookglass://send/{ID}"),
            &format!("https://capture/{ID}"),
            &format!("hookglass:capture/{ID}"),
            "--data-dir=/elsewhere",
        ] {
            assert_eq!(capture_of(link), None, "{link}");
        }
    }

    #[test]
    fn the_link_of_a_second_start_is_found_among_its_arguments() {
        let link = format!("hookglass://capture/{ID}");
        assert_eq!(among(["hookglass-desktop", &link]), Some(link.clone()));
        assert_eq!(among(["hookglass-desktop", "--data-dir", "/data", &link]), Some(link));
        assert_eq!(among(["hookglass-desktop"]), None);
        assert_eq!(among(["hookglass-desktop", "--unknown"]), None);
    }
}
