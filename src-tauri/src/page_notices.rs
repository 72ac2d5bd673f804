//! What the host itself has to tell the page, beside what the workbench tells it.

use std::sync::{Mutex, PoisonError};

use hookglass_workbench::view::Notice;
use tokio::sync::broadcast;

/// Notices the page may be behind with. It is one person who clicks.
const CAPACITY: usize = 16;

/// Notices of the host, on their way to the page.
pub(crate) struct PageNotices {
    sender: broadcast::Sender<Notice>,
    /// The last that nobody took, because the page was not there yet: the program may be started by a link.
    waiting: Mutex<Option<Notice>>,
}

impl PageNotices {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(CAPACITY), waiting: Mutex::new(None) }
    }

    /// Tells the page, or keeps the notice until there is one.
    pub(crate) fn tell(&self, notice: Notice) {
        // Held over both steps, so that a page that comes between them does not miss the notice.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(broadcast::error::SendError(notice)) = self.sender.send(notice) {
            *waiting = Some(notice);
        }
    }

    /// What waited, and everything from now on.
    pub(crate) fn subscribe(&self) -> (Option<Notice>, broadcast::Receiver<Notice>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        (waiting.take(), self.sender.subscribe())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_before_there_is_a_page_waits_for_it_once() {
        let notices = PageNotices::new();
        notices.tell(Notice::Endpoints);
        notices.tell(Notice::Providers);
        let (waited, mut next) = notices.subscribe();
        assert!(matches!(waited, Some(Notice::Providers)));
        notices.tell(Notice::Health);
        assert!(matches!(next.try_recv(), Ok(Notice::Health)));
        assert!(notices.subscribe().0.is_none());
    }
}
