//! Captures that wait for the doctor in the background.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use hookglass_model::CaptureId;
use tokio::sync::Notify;

/// How many wait. When a flood of unsigned requests brings more, the oldest go: people look at the newest, and one that
/// went is looked at when it is opened.
const WAITING_MAX: usize = 256;

/// The line. Joining it never waits.
#[derive(Debug, Default)]
pub(crate) struct DiagnosisQueue {
    waiting: Mutex<VecDeque<CaptureId>>,
    joined: Notify,
}

impl DiagnosisQueue {
    /// Joins the end; the first leaves when the line is full.
    pub(crate) fn join(&self, capture: CaptureId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == WAITING_MAX {
            waiting.pop_front();
        }
        waiting.push_back(capture);
        drop(waiting);
        self.joined.notify_one();
    }

    /// Waits for the newest.
    pub(crate) async fn newest(&self) -> CaptureId {
        loop {
            if let Some(capture) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_back() {
                return capture;
            }
            self.joined.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn the_newest_comes_first_and_a_flood_drops_the_oldest() {
        let queue = DiagnosisQueue::default();
        for n in 0..1_000 {
            queue.join(CaptureId(Uuid::from_u128(n)));
        }
        assert_eq!(queue.newest().await, CaptureId(Uuid::from_u128(999)));
        let mut left = 1;
        while queue.waiting.lock().unwrap().len() > 1 {
            queue.newest().await;
            left += 1;
        }
        assert_eq!(left, WAITING_MAX - 1);
        assert_eq!(queue.newest().await, CaptureId(Uuid::from_u128(744)));
    }
}
