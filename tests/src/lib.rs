//! The harness of the tests that run the parts together: a driven window, raw sockets, a receiving handler.
//!
//! Nothing here uses Hookglass's own crates. What these tests say about bytes and signatures comes from code of
//! its own, so that a mistake in the product is not repeated in what checks it.

pub mod binaries;
pub mod desktop;
pub mod handler;
pub mod http;
pub mod keys;
pub mod processes;
pub mod stripe;
pub mod tls;
pub mod user;

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::time::timeout;

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Looks again and again until `look` gives something, for at most `limit`.
///
/// # Errors
/// The last error of `look`, or that nothing came, with `what` in the message.
pub async fn wait_for<T>(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        // One look that hangs, in a driver that does not answer, must not hang the test.
        let last = match timeout(limit, look()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => None,
            Ok(Err(error)) => Some(error),
            Err(_) => bail!("looked {} s without an answer for {what}", limit.as_secs()),
        };
        if Instant::now() >= deadline {
            match last {
                Some(error) => return Err(error.context(format!("waited {} s for {what}", limit.as_secs()))),
                None => bail!("waited {} s in vain for {what}", limit.as_secs()),
            }
        }
        pause(POLL).await;
    }
}

/// Waits without looking: for polling, and where time itself is the subject.
pub async fn pause(time: Duration) {
    // The ban on sleeping is for product code that must survive a suspended machine.
    #[allow(clippy::disallowed_methods)]
    tokio::time::sleep(time).await;
}

/// Seconds since 1970, for signatures that are to be fresh.
pub fn unix_seconds() -> u64 {
    // The ban is for product code, which takes its moments from a clock; a sender outside has only the real one.
    #[allow(clippy::disallowed_methods)]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// An address on this computer that was free a moment ago.
///
/// # Errors
/// When no port is free.
pub fn free_address() -> Result<String> {
    let probe = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(probe.local_addr().context("no free port")?.to_string())
}
