//! The system's clock: the one place of the domain that reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use hookglass_model::{Clock, UnixMillis};

/// Wall-clock time of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everything else is given")]
    fn now(&self) -> UnixMillis {
        // A clock before 1970 is broken; the epoch is as good an answer as any.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A short pause of work in the background.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is due at a moment; a timer that stands still while the computer sleeps is right here"
)]
pub(crate) async fn pause(duration: std::time::Duration) {
    tokio::time::sleep(duration).await;
}
