//! Desktop notifications through notify-rust, whose handle alone tells of a click
//! (tauri-apps/plugins-workspace#1903). Waiting for a click blocks, so each shown notification waits on a
//! thread of its own, few at a time.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use hookglass_workbench::Workbench;
use hookglass_workbench::model::{Capture, CaptureId, VerdictKind};
use hookglass_workbench::view::Notice;
use tauri::{AppHandle, Manager};

use crate::{
    harmless_text::plain,
    page_notices::PageNotices,
    preferences::{self, NotifyOn},
};

/// A burst becomes one notification: nobody reads ten a second, and servers drop them.
const COALESCE: Duration = Duration::from_secs(2);

/// Shown notifications whose click is still waited for. More would only pile up threads.
const MAX_WAITING: usize = 8;

/// Watches for captures and notifies as the preferences say.
pub(crate) async fn watch(app: AppHandle, bench: Arc<Workbench>) {
    let waiting = Arc::new(AtomicUsize::new(0));
    let mut notices = bench.notices();
    let mut seen_seq = None;
    while let Some(notice) = notices.next().await {
        let Notice::Captures { latest_seq, .. } = notice else { continue };
        // The first notice says where captures stand; what was there before is no news.
        let Some(seen) = seen_seq.replace(latest_seq) else { continue };
        if latest_seq == seen {
            continue;
        }
        let notify_on = preferences::read(&app).notify_on;
        if notify_on == NotifyOn::None {
            continue;
        }
        let fresh = bench.captures_after(seen).await.unwrap_or_default();
        let wanted: Vec<_> = fresh.into_iter().filter(|capture| is_wanted(notify_on, capture)).collect();
        let Some((title, body)) = wording(&wanted) else { continue };
        if let Some(capture) = wanted.last() {
            show(&app, title, body, capture.id, &waiting);
        }
        #[expect(clippy::disallowed_methods, reason = "a pause between notifications, not a due time")]
        tokio::time::sleep(COALESCE).await;
    }
}

fn is_wanted(notify_on: NotifyOn, capture: &Capture) -> bool {
    match notify_on {
        NotifyOn::All => true,
        NotifyOn::Invalid => capture.verdict.kind() == VerdictKind::Invalid,
        NotifyOn::None => false,
    }
}

/// Title and text for what arrived; `None` for nothing.
fn wording(captures: &[Capture]) -> Option<(String, String)> {
    let last = captures.last()?;
    let name = last.event_type.clone().unwrap_or_else(|| format!("{} {}", last.method, last.path()));
    if let [only] = captures {
        return Some((plain(&name), plain(&only.verdict.badge())));
    }
    let invalid = captures.iter().filter(|capture| capture.verdict.kind() == VerdictKind::Invalid).count();
    let title = format!("{} new captures", captures.len());
    let body = if invalid == 0 { format!("last: {name}") } else { format!("{invalid} invalid, last: {name}") };
    Some((title, plain(&body)))
}

fn show(app: &AppHandle, title: String, body: String, capture: CaptureId, waiting: &Arc<AtomicUsize>) {
    if waiting.fetch_add(1, Ordering::AcqRel) >= MAX_WAITING {
        waiting.fetch_sub(1, Ordering::AcqRel);
        return;
    }
    let (app, done) = (app.clone(), Arc::clone(waiting));
    let spawned = std::thread::Builder::new().name("notification".to_owned()).spawn(move || {
        match notify_rust::Notification::new()
            .appname("Hookglass")
            .summary(&title)
            .body(&body)
            .action("default", "Show")
            .show()
        {
            Ok(handle) => wait_for_click(handle, &app, capture),
            Err(error) => tracing::info!(%error, "no notification could be shown"),
        }
        done.fetch_sub(1, Ordering::AcqRel);
    });
    if let Err(error) = spawned {
        waiting.fetch_sub(1, Ordering::AcqRel);
        tracing::warn!(%error, "no thread for a notification");
    }
}

#[cfg(target_os = "linux")]
fn wait_for_click(handle: notify_rust::NotificationHandle, app: &AppHandle, capture: CaptureId) {
    handle.wait_for_action(|action| {
        if action == "default" {
            crate::window::focus(app);
            app.state::<PageNotices>().tell(Notice::OpenCapture { id: capture });
        }
    });
}

/// macOS and Windows bring the application forward by themselves.
#[cfg(not(target_os = "linux"))]
fn wait_for_click(_handle: notify_rust::NotificationHandle, _app: &AppHandle, _capture: CaptureId) {}
