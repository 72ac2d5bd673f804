//! The tray: whether requests arrive, what came while nobody looked, and a few wishes. Many desktops have none, so the
//! window never depends on it, and closing the window ends the program as ever.

mod face;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod platform;

use std::{sync::Arc, time::Duration};

use hookglass_workbench::Workbench;
use hookglass_workbench::model::VerdictKind;
use hookglass_workbench::view::Notice;
use tauri::{AppHandle, Manager};
use tokio::{sync::watch, time::Instant};

use crate::{commands::app::write_clipboard, page_notices::PageNotices, window};
use face::{Arrived, Face};

/// Between two changes of what the tray says: panels draw anew for each.
const BETWEEN_CHANGES: Duration = Duration::from_secs(1);

/// Pages of captures that are counted before the tray is told; the rest is counted for the next time.
const MAX_COUNTED_PAGES: u32 = 20;

/// What the window is like, as far as the tray goes by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct WindowState {
    is_in_front: bool,
    is_paused: bool,
}

/// What the window tells the tray.
#[derive(Default)]
pub(crate) struct WindowNews(watch::Sender<WindowState>);

impl WindowNews {
    /// The window came to the front, or another one did.
    pub(crate) fn set_in_front(&self, is_in_front: bool) {
        self.0.send_modify(|state| state.is_in_front = is_in_front);
    }

    /// The list stands still, or follows again.
    pub(crate) fn set_paused(&self, is_paused: bool) {
        self.0.send_modify(|state| state.is_paused = is_paused);
    }
}

/// What can be chosen in the tray.
enum Wish {
    /// Show the window.
    Open,
    /// Let the list in the window stand still, or follow again.
    Pause(bool),
    /// Put this address on the clipboard.
    Copy(String),
    /// End the program.
    Quit,
}

/// Does what was chosen, without making the tray wait.
fn fulfil(app: &AppHandle, wish: Wish) {
    match wish {
        Wish::Open => window::focus(app),
        Wish::Pause(paused) => app.state::<PageNotices>().tell(Notice::PauseDisplay { paused }),
        Wish::Copy(url) => {
            let app = app.clone();
            tauri::async_runtime::spawn_blocking(move || {
                if let Err(error) = write_clipboard(&app, url) {
                    tracing::warn!(%error, "the address could not be copied");
                }
            });
        }
        Wish::Quit => app.exit(0),
    }
}

/// What arrived since the window was last in front.
struct Count {
    arrived: Arrived,
    /// The last capture that is counted or was in front of somebody.
    seq: i64,
}

impl Count {
    /// Counts what came since; whether that is all of it.
    async fn go_on(&mut self, bench: &Workbench) -> bool {
        for _ in 0..MAX_COUNTED_PAGES {
            let fresh = bench.captures_after(self.seq).await.unwrap_or_default();
            let Some(last) = fresh.last() else { return true };
            self.seq = last.seq;
            let invalid = fresh.iter().filter(|capture| capture.verdict.kind() == VerdictKind::Invalid).count();
            self.arrived.all += fresh.len() as u64;
            self.arrived.invalid += invalid as u64;
        }
        false
    }
}

/// Shows the tray and keeps it up to date until the workbench is gone.
pub(crate) async fn keep_up(app: AppHandle, bench: Arc<Workbench>) {
    let mut notices = bench.notices();
    let mut window = app.state::<WindowNews>().0.subscribe();
    let Ok(state) = bench.app_state().await else { return };
    let mut face = Face::new(state.listener, state.store_problem.is_some() || state.read_only.is_some());
    let mut latest_seq = state.latest_seq;
    let mut count = Count { arrived: Arrived::default(), seq: latest_seq };
    let Some(tray) = platform::Tray::show(&app, face.clone()).await else { return };

    let mut shown = face.clone();
    let mut not_before = Instant::now();
    let mut is_behind = true;
    loop {
        tokio::select! {
            notice = notices.next() => {
                let Some(notice) = notice else { break };
                face.heed(&notice);
                if let Notice::Captures { latest_seq: latest, .. } = notice {
                    latest_seq = latest;
                }
                is_behind = true;
            }
            changed = window.changed() => {
                if changed.is_err() { break }
                is_behind = true;
            }
            () = tokio::time::sleep_until(not_before), if is_behind => {
                not_before = Instant::now() + BETWEEN_CHANGES;
                is_behind = !window.borrow().is_in_front && !count.go_on(&bench).await;
                face.set_arrived(count.arrived);
                if face != shown {
                    tray.say(face.clone()).await;
                    shown = face.clone();
                }
            }
        }
        let now = *window.borrow_and_update();
        face.is_paused = now.is_paused;
        if now.is_in_front {
            count = Count { arrived: Arrived::default(), seq: latest_seq };
        }
    }
}
