//! A database that turns out to be damaged while it is in use: it is set aside, and receiving goes on with a new one.

use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use hookglass_store::Store;

use crate::{
    CommandError, Workbench,
    clock::pause,
    view::{Notice, SetAsideView},
};

/// Until the next try when the damaged database cannot be set aside, because the disk is full for example.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Waits for damage and replaces the database, as long as the workbench lives.
pub(crate) async fn mind_damage(store: Store, bench: Weak<Workbench>) {
    let Some(mut damage) = store.damage() else { return };
    loop {
        let found = damage.borrow_and_update().clone();
        match (found, bench.upgrade()) {
            (_, None) => return,
            (None, Some(_)) => {
                if damage.changed().await.is_err() {
                    return;
                }
            }
            (Some(detail), Some(bench)) => {
                if let Err(error) = bench.replace_damaged(detail).await {
                    tracing::error!(%error, "the damaged database could not be set aside; it is tried again");
                    let problem = format!("The database is damaged and could not be set aside: {error}");
                    bench.notices.tell(Notice::Store { problem: Some(problem) });
                    drop(bench);
                    pause(AGAIN_AFTER).await;
                }
            }
        }
    }
}

impl Workbench {
    /// Sets the damaged database aside and begins a new one with the endpoints of the old.
    async fn replace_damaged(self: &Arc<Self>, reason: String) -> Result<(), CommandError> {
        let _alone = self.saving_endpoints.lock().await;
        let at = self.clock.now();
        let path = self.store.begin_anew(at).await?;
        tracing::error!(%reason, path = %path.display(), "a damaged database was set aside, and a new one begun");
        let view = SetAsideView { path: path.display().to_string(), at, reason, salvaged: None };
        *self.storage.set_aside.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
        self.notices.tell(Notice::SetAside);
        // Memory holds what the file may not give any more. The capture path goes on with it.
        let known: Vec<_> = self.endpoints.load().iter().map(|ready| ready.endpoint.clone()).collect();
        for endpoint in known {
            let slug = endpoint.slug.clone();
            if let Err(error) = self.store.save_endpoint(endpoint).await {
                tracing::error!(%error, %slug, "an endpoint could not be stored again; it stands until the next start");
            }
        }
        match self.store.salvage_secrets(path, at).await {
            Ok(secrets) => tracing::info!(secrets, "sealed secrets were read out of the damaged database"),
            Err(error) => tracing::error!(%error, "sealed secrets could not be read; they stand until the next start"),
        }
        let totals = self.store.totals().await?;
        self.notices.deleted(totals.captures);
        for notice in [Notice::Store { problem: None }, Notice::Endpoints, Notice::Duplicates, Notice::Health] {
            self.notices.tell(notice);
        }
        Ok(())
    }
}
