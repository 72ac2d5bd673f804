//! The stream of hints to hosts. A slow host costs nothing: captures are one value that is overwritten, rare
//! notices wait in a bounded queue, and what a host misses it reads from the store.

use std::time::Duration;

use hookglass_model::UnixMillis;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::view::Notice;

/// At most ten notices about captures a second: more than the eye follows, and each costs the window a
/// page query.
const CAPTURE_NOTICE_INTERVAL: Duration = Duration::from_millis(100);

/// How many rare notices wait for a slow host. One that falls behind re-reads everything.
const RARE_NOTICE_QUEUE: usize = 256;

/// Where captures stand: overwritten by each new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CaptureMark {
    pub(crate) latest_seq: i64,
    pub(crate) total: u64,
    pub(crate) last_received_at: Option<UnixMillis>,
}

/// Where use cases put notices.
#[derive(Debug)]
pub(crate) struct NoticeHub {
    captures: watch::Sender<CaptureMark>,
    rare: broadcast::Sender<Notice>,
}

impl NoticeHub {
    pub(crate) fn new(mark: CaptureMark) -> Self {
        Self { captures: watch::Sender::new(mark), rare: broadcast::Sender::new(RARE_NOTICE_QUEUE) }
    }

    /// Notes one more stored capture.
    pub(crate) fn captured(&self, seq: i64, received_at: UnixMillis) {
        self.captures.send_modify(|mark| {
            mark.latest_seq = mark.latest_seq.max(seq);
            mark.total += 1;
            mark.last_received_at = mark.last_received_at.max(Some(received_at));
        });
    }

    /// Notes how many captures are left after some were deleted, or others came by another way.
    pub(crate) fn deleted(&self, total: u64) {
        self.captures.send_modify(|mark| mark.total = total);
    }

    /// Tells every host of something rare. Nobody listening is fine.
    pub(crate) fn tell(&self, notice: Notice) {
        drop(self.rare.send(notice));
    }

    pub(crate) fn subscribe(&self) -> NoticeStream {
        let mut captures = self.captures.subscribe();
        captures.mark_changed();
        NoticeStream { captures, rare: self.rare.subscribe(), last_capture_notice: None, missed: Vec::new() }
    }
}

/// Notices for one host, from the moment of subscribing. The first says where captures stand.
#[derive(Debug)]
pub struct NoticeStream {
    captures: watch::Receiver<CaptureMark>,
    rare: broadcast::Receiver<Notice>,
    last_capture_notice: Option<Instant>,
    /// What a host that fell behind is told next, last first.
    missed: Vec<Notice>,
}

impl NoticeStream {
    /// Waits for the next notice; `None` when the workbench is gone.
    pub async fn next(&mut self) -> Option<Notice> {
        if let Some(notice) = self.missed.pop() {
            return Some(notice);
        }
        let not_before = self.last_capture_notice.map(|at| at + CAPTURE_NOTICE_INTERVAL);
        tokio::select! {
            rare = self.rare.recv() => match rare {
                Ok(notice) => Some(notice),
                // Whoever fell behind reads afresh; these notices make a host do that.
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.missed = vec![
                        Notice::SetAside,
                        Notice::Health,
                        Notice::Deleted,
                        Notice::Duplicates,
                        Notice::Providers,
                        Notice::Endpoints,
                        Notice::Diagnosed,
                    ];
                    Some(self.capture_notice())
                }
                Err(broadcast::error::RecvError::Closed) => None,
            },
            changed = Self::capture_change(&mut self.captures, not_before) => {
                changed.ok()?;
                self.last_capture_notice = Some(Instant::now());
                Some(self.capture_notice())
            }
        }
    }

    async fn capture_change(
        captures: &mut watch::Receiver<CaptureMark>,
        not_before: Option<Instant>,
    ) -> Result<(), watch::error::RecvError> {
        if let Some(moment) = not_before {
            tokio::time::sleep_until(moment).await;
        }
        captures.changed().await
    }

    fn capture_notice(&mut self) -> Notice {
        let mark = *self.captures.borrow_and_update();
        Notice::Captures { latest_seq: mark.latest_seq, total: mark.total, last_received_at: mark.last_received_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_one_notice_and_the_next_comes_a_tenth_of_a_second_later() {
        let hub = NoticeHub::new(CaptureMark::default());
        let mut stream = hub.subscribe();
        for seq in 1..=500 {
            hub.captured(seq, UnixMillis(seq));
        }
        let first = stream.next().await.unwrap();
        assert_eq!(first, Notice::Captures { latest_seq: 500, total: 500, last_received_at: Some(UnixMillis(500)) });
        let before = Instant::now();
        hub.captured(501, UnixMillis(501));
        assert!(matches!(stream.next().await, Some(Notice::Captures { latest_seq: 501, .. })));
        assert!(before.elapsed() >= CAPTURE_NOTICE_INTERVAL);
    }

    #[tokio::test(start_paused = true)]
    async fn rare_notices_do_not_wait_behind_captures() {
        let hub = NoticeHub::new(CaptureMark::default());
        let mut stream = hub.subscribe();
        hub.captured(1, UnixMillis(1));
        stream.next().await;
        hub.captured(2, UnixMillis(2));
        hub.tell(Notice::Endpoints);
        assert_eq!(stream.next().await, Some(Notice::Endpoints));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_fell_behind_is_told_to_read_afresh() {
        let hub = NoticeHub::new(CaptureMark::default());
        let mut stream = hub.subscribe();
        stream.next().await;
        for _ in 0..=RARE_NOTICE_QUEUE {
            hub.tell(Notice::Store { problem: None });
        }
        assert!(matches!(stream.next().await, Some(Notice::Captures { .. })));
        assert_eq!(stream.next().await, Some(Notice::Diagnosed));
        assert_eq!(stream.next().await, Some(Notice::Endpoints));
        assert_eq!(stream.next().await, Some(Notice::Providers));
        assert_eq!(stream.next().await, Some(Notice::Duplicates));
        assert_eq!(stream.next().await, Some(Notice::Deleted));
    }
}
