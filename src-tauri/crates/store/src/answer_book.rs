//! What the listener tells about captures after they were stored, until the writer has time to write it down.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hookglass_model::CaptureMark;

/// Most captures whose notes wait. Beyond it, further ones are not kept: they are times for showing, and memory is bounded.
const WAITING_MAX: usize = 128 * 1024;

/// Notes by `seq`.
#[derive(Debug, Default)]
pub(crate) struct AnswerBook {
    notes: Mutex<Vec<(i64, CaptureMark)>>,
}

impl AnswerBook {
    /// Adds what became known. Never waits for the disk.
    pub(crate) fn note(&self, seq: i64, mark: CaptureMark) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < WAITING_MAX {
            notes.push((seq, mark));
        }
    }

    /// Whether something waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Moves what waits into `pending`, several notes about one capture into one.
    pub(crate) fn take_into(&self, pending: &mut BTreeMap<i64, CaptureMark>) {
        let notes = {
            let mut waiting = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
            // As many come next time: growing anew step by step would be paid by the senders.
            let room = waiting.len();
            std::mem::replace(&mut *waiting, Vec::with_capacity(room))
        };
        for (seq, mark) in notes {
            let known = pending.entry(seq).or_default();
            known.committed_us = mark.committed_us.or(known.committed_us);
            known.answered_us = mark.answered_us.or(known.answered_us);
            known.answer_delivered = mark.answer_delivered.or(known.answer_delivered);
        }
        while pending.len() > WAITING_MAX {
            pending.pop_first();
        }
    }
}
