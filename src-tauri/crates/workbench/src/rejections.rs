//! The Rejected list. Anybody who reaches the port can make entries, so they are gathered for a moment, equal ones are
//! counted as one, and only so many are kept.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookglass_listener::Rejected;
use hookglass_store::{NewRejection, Store};

use crate::{
    CommandError, Workbench,
    clock::pause,
    notice::NoticeHub,
    view::{Notice, RejectedPage, RejectedRow},
};

/// How long rejections are gathered: a person sees no delay, and a flood costs the disk four commits a second.
const GATHERED_FOR: Duration = Duration::from_millis(250);

/// Most different ones gathered at a time. Further ones count to the last of the same reason.
const GATHERED_MAX: usize = 100;

/// Most rows a page holds, whatever a host asks for.
const MAX_PAGE_ROWS: u32 = 500;

/// Those that are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct RejectionBook {
    gathered: Mutex<Vec<Gathered>>,
}

#[derive(Debug)]
struct Gathered {
    from: IpAddr,
    new: NewRejection,
}

impl RejectionBook {
    /// Notes one. True when it is the first since the last taking, so that somebody has to take them in a moment.
    fn note(&self, rejected: Rejected) -> bool {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, code) = (rejected.client.ip(), rejected.reason.code());
        let full = gathered.len() >= GATHERED_MAX;
        let alike = gathered
            .iter_mut()
            .rev()
            .find(|one| one.new.code == code && (full || (one.from == from && one.new.over_tls == rejected.over_tls)));
        if let Some(one) = alike {
            one.new.times = one.new.times.saturating_add(1);
            one.new.at = rejected.at;
            return false;
        }
        let is_first = gathered.is_empty();
        let new = NewRejection {
            at: rejected.at,
            client: rejected.client.to_string(),
            over_tls: rejected.over_tls,
            code: code.to_owned(),
            sentence: rejected.reason.sentence(),
            first_bytes: rejected.first_bytes,
            times: 1,
        };
        gathered.push(Gathered { from, new });
        is_first
    }

    fn take(&self) -> Vec<NewRejection> {
        let gathered = std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
        gathered.into_iter().map(|one| one.new).collect()
    }

    /// Notes one, and sees to it that it is stored in a moment. To be called within a runtime.
    pub(crate) fn add(self: &Arc<Self>, rejected: Rejected, store: &Store, notices: &Arc<NoticeHub>) {
        if !self.note(rejected) {
            return;
        }
        let (book, store, notices) = (Arc::clone(self), store.clone(), Arc::clone(notices));
        tokio::spawn(async move {
            pause(GATHERED_FOR).await;
            book.write(&store, &notices).await;
        });
    }

    /// Stores what was gathered. When that fails they are lost, and the log says so: the disk has worse to tell then.
    pub(crate) async fn write(&self, store: &Store, notices: &NoticeHub) {
        let new = self.take();
        if new.is_empty() || store.is_read_only() {
            return;
        }
        if let Err(error) = store.add_rejections(new).await {
            return tracing::warn!(%error, "rejected requests could not be written down");
        }
        match store.count_rejections().await {
            Ok(total) => notices.tell(Notice::Rejected { total }),
            Err(error) => tracing::warn!(%error, "rejected requests could not be counted"),
        }
    }
}

impl Workbench {
    /// A page of the requests that never became a capture, newest first, below `before_id` when given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_rejected(&self, before_id: Option<i64>, limit: u32) -> Result<RejectedPage, CommandError> {
        let limit = limit.clamp(1, MAX_PAGE_ROWS);
        let rows: Vec<RejectedRow> =
            self.store.rejections(before_id, limit).await?.into_iter().map(RejectedRow::from).collect();
        let full_page = rows.len() == limit as usize;
        let next_before_id = rows.last().filter(|_| full_page).map(|row| row.id);
        Ok(RejectedPage { rows, total: self.store.count_rejections().await?, next_before_id })
    }

    /// Forgets all of them.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn clear_rejected(&self) -> Result<(), CommandError> {
        self.store.clear_rejections().await?;
        self.notices.tell(Notice::Rejected { total: 0 });
        Ok(())
    }
}
