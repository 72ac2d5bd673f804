//! What the tray says, in words.

use hookglass_workbench::view::{ListenerState, Notice};

use crate::harmless_text::plain;

/// All that the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    /// Whether requests can arrive, and where.
    listener: ListenerState,
    /// Whether captures cannot be stored.
    is_storing_stopped: bool,
    /// What arrived since the window was last in front.
    arrived: Arrived,
    /// Whether the list in the window stands still.
    pub(crate) is_paused: bool,
}

/// How many captures arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// All of them.
    pub(crate) all: u64,
    /// Those whose signature does not hold.
    pub(crate) invalid: u64,
}

impl Face {
    pub(crate) fn new(listener: ListenerState, is_storing_stopped: bool) -> Self {
        Self { listener, is_storing_stopped, arrived: Arrived::default(), is_paused: false }
    }

    /// Takes over what a notice says about the listener and the store.
    pub(crate) fn heed(&mut self, notice: &Notice) {
        match notice {
            Notice::Listener { state } => self.listener = state.clone(),
            Notice::Store { problem } => self.is_storing_stopped = problem.is_some(),
            _ => {}
        }
    }

    pub(crate) fn set_arrived(&mut self, arrived: Arrived) {
        self.arrived = arrived;
    }

    /// Whether requests arrive and are kept.
    pub(crate) fn headline(&self) -> String {
        match &self.listener {
            ListenerState::Stopped { address, in_use: true, .. } => {
                plain(&format!("Not listening: {address} is in use"))
            }
            ListenerState::Stopped { address, .. } => plain(&format!("Not listening on {address}")),
            ListenerState::Listening { .. } if self.is_storing_stopped => "Captures cannot be stored".to_owned(),
            ListenerState::Listening { address, .. } => plain(&format!("Listening on {address}")),
        }
    }

    /// What arrived since the window was last in front.
    pub(crate) fn news(&self) -> String {
        match self.arrived {
            Arrived { all: 0, .. } => "Nothing new".to_owned(),
            Arrived { all, invalid: 0 } => format!("{all} new"),
            Arrived { all, invalid } => format!("{all} new, {invalid} invalid"),
        }
    }

    /// What choosing the line does to the list in the window.
    pub(crate) fn pause_label(&self) -> &'static str {
        if self.is_paused { "Resume display" } else { "Pause display" }
    }

    /// The address to copy; `None` where nothing can arrive.
    pub(crate) fn url(&self) -> Option<&str> {
        match &self.listener {
            ListenerState::Listening { url, .. } => Some(url),
            ListenerState::Stopped { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use hookglass_workbench::model::UnixMillis;

    use super::*;

    fn listening() -> ListenerState {
        ListenerState::Listening { address: "127.0.0.1:4665".to_owned(), url: "http://127.0.0.1:4665".to_owned() }
    }

    fn stopped(in_use: bool) -> ListenerState {
        ListenerState::Stopped {
            address: "127.0.0.1:4665".to_owned(),
            in_use,
            message: "long".to_owned(),
            next_free_port: None,
            since: UnixMillis(0),
        }
    }

    #[test]
    fn the_worst_trouble_is_the_headline() {
        let mut face = Face::new(listening(), false);
        assert_eq!(face.headline(), "Listening on 127.0.0.1:4665");
        assert_eq!(face.url(), Some("http://127.0.0.1:4665"));
        face.heed(&Notice::Store { problem: Some("disk full".to_owned()) });
        assert_eq!(face.headline(), "Captures cannot be stored");
        face.heed(&Notice::Listener { state: stopped(true) });
        assert_eq!(face.headline(), "Not listening: 127.0.0.1:4665 is in use");
        assert_eq!(face.url(), None);
        face.heed(&Notice::Listener { state: stopped(false) });
        assert_eq!(face.headline(), "Not listening on 127.0.0.1:4665");
        face.heed(&Notice::Store { problem: None });
        face.heed(&Notice::Listener { state: listening() });
        assert_eq!(face.headline(), "Listening on 127.0.0.1:4665");
    }

    #[test]
    fn what_arrived_is_counted_in_words() {
        let mut face = Face::new(listening(), false);
        for (all, invalid, expected) in [(0, 0, "Nothing new"), (2, 0, "2 new"), (3, 1, "3 new, 1 invalid")] {
            face.set_arrived(Arrived { all, invalid });
            assert_eq!(face.news(), expected);
        }
        assert_eq!(face.pause_label(), "Pause display");
        face.is_paused = true;
        assert_eq!(face.pause_label(), "Resume display");
    }
}
