//! Is it really receiving: a look through the socket itself, and how the disk is doing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hookglass_listener::Running;
use hookglass_model::UnixMillis;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{
    CommandError, Workbench,
    clock::pause,
    view::{HealthView, ListenerState, Notice, ProbeView},
};

/// How long a connection to the own port may take. On the same machine it takes microseconds.
const PROBE_LIMIT: Duration = Duration::from_secs(2);

/// How often it is looked whether the accept loop has taken the connection.
const PROBE_STEP: Duration = Duration::from_millis(2);

/// Less space than this is told: four of the largest bodies of common providers, or some forty thousand small ones.
const DISK_LOW_BYTES: u64 = 100 * 1024 * 1024;

/// A log longer than this is told: another program keeps the database from being tidied up.
const LOG_LONG_BYTES: u64 = 256 * 1024 * 1024;

const LOG_LONG: &str =
    "The write-ahead log is longer than 256 MiB. Another program reads the database without end; close it.";

/// A commit slower than this is told: senders give up after some seconds, and many wait for one commit.
const COMMIT_SLOW_US: u64 = 1_000_000;

/// Captures of the last minute, second by second.
#[derive(Debug)]
pub(crate) struct RateMeter {
    seconds: Mutex<[(i64, u32); 60]>,
}

impl Default for RateMeter {
    fn default() -> Self {
        Self { seconds: Mutex::new([(0, 0); 60]) }
    }
}

impl RateMeter {
    /// Counts one.
    pub(crate) fn count(&self, at: UnixMillis) {
        let second = at.unix_seconds();
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut seconds[usize::try_from(second.rem_euclid(60)).unwrap_or_default()];
        if place.0 != second {
            *place = (second, 0);
        }
        place.1 = place.1.saturating_add(1);
    }

    /// How many there were in the sixty seconds before `now`.
    pub(crate) fn per_minute(&self, now: UnixMillis) -> u32 {
        let seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.unix_seconds();
        let recent = seconds.iter().filter(|(second, _)| (now - 59..=now).contains(second));
        recent.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }
}

/// What the last looks through the sockets found.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    pub(crate) plain: Option<ProbeView>,
    pub(crate) tls: Option<ProbeView>,
}

impl Workbench {
    /// How the application is doing, as far as that is known without looking again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn health(&self) -> Result<HealthView, CommandError> {
        let totals = self.store.totals().await?;
        let (listening, open_connections) = {
            let slot = self.listener.lock().await;
            (matches!(slot.state(), ListenerState::Listening { .. }), slot.open_connections())
        };
        let store = self.store.health();
        let (probe, tls_probe) = {
            let probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
            (probes.plain.clone(), probes.tls.clone())
        };
        let disk_free_bytes = fs4::available_space(self.store.dir()).ok();
        let wal_bytes = self.store.log_bytes();
        Ok(HealthView {
            listening,
            probe,
            tls_probe,
            last_received_at: totals.last_received_at,
            captures_per_minute: self.rate.per_minute(self.clock.now()),
            open_connections,
            queue_depth: store.queue_depth,
            last_commit_us: store.last_commit_us,
            disk_free_bytes,
            wal_bytes,
            store_problem: store.problem,
            warnings: warnings(disk_free_bytes, wal_bytes, store.last_commit_us),
        })
    }

    /// What there is to say of a write-ahead log that another program keeps from being tidied up; `None` when it is short.
    pub fn long_log(&self) -> Option<String> {
        (self.store.log_bytes() > LOG_LONG_BYTES).then(|| LOG_LONG.to_owned())
    }

    /// Looks through the sockets whether connections are really taken, and says how the application is doing.
    ///
    /// # Errors
    /// As [`Self::health`].
    pub async fn probe(&self) -> Result<HealthView, CommandError> {
        self.check_listener().await;
        self.health().await
    }

    /// Looks through the sockets.
    pub(crate) async fn check_listener(&self) {
        let (plain, tls) = {
            let slot = self.listener.lock().await;
            (self.look_through(slot.running()).await, self.look_through(slot.running_tls()).await)
        };
        let changed = {
            let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
            let was = |probe: &Option<ProbeView>| probe.as_ref().map(|probe| probe.ok);
            let changed = (was(&probes.plain), was(&probes.tls)) != (was(&plain), was(&tls));
            (probes.plain, probes.tls) = (plain, tls);
            changed
        };
        if changed {
            self.notices.tell(Notice::Health);
        }
    }

    /// Connects to the own port, sends nothing and hangs up: the accept loop counts it, and no capture comes of it.
    async fn look_through(&self, running: Option<&Running>) -> Option<ProbeView> {
        let running = running?;
        let address = reachable(running.local_addr());
        let (began, before) = (Instant::now(), running.accepted_connections());
        let taken = timeout(PROBE_LIMIT, async {
            let connection = TcpStream::connect(address).await?;
            while running.accepted_connections() == before {
                pause(PROBE_STEP).await;
            }
            drop(connection);
            std::io::Result::Ok(())
        })
        .await;
        let seconds = PROBE_LIMIT.as_secs();
        let (ok, sentence) = match taken {
            Ok(Ok(())) => (true, format!("A connection to {address} was taken.")),
            Ok(Err(error)) => (
                false,
                format!("No connection to {address} could be made ({error}). Close the port and open it again."),
            ),
            Err(_) => (
                false,
                format!(
                    "No connection to {address} was taken within {seconds} s. A firewall may stand between, or all \
                     connections are in use."
                ),
            ),
        };
        let took_us = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
        Some(ProbeView { at: self.clock.now(), ok, took_us, sentence })
    }
}

/// Where a listener on all addresses is reached from here.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn warnings(disk_free_bytes: Option<u64>, wal_bytes: u64, last_commit_us: u64) -> Vec<String> {
    let mut warnings = Vec::new();
    if disk_free_bytes.is_some_and(|free| free < DISK_LOW_BYTES) {
        warnings.push("Less than 100 MiB are free on the disk. Free some space, or set a retention rule.".to_owned());
    }
    if wal_bytes > LOG_LONG_BYTES {
        warnings.push(LOG_LONG.to_owned());
    }
    if last_commit_us > COMMIT_SLOW_US {
        warnings.push("The last commit took more than a second. The disk is very slow or very busy.".to_owned());
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let meter = RateMeter::default();
        for second in 0..90 {
            meter.count(UnixMillis(second * 1000 + 7));
        }
        assert_eq!(meter.per_minute(UnixMillis(89_900)), 60);
        assert_eq!(meter.per_minute(UnixMillis(119_000)), 30);
        assert_eq!(meter.per_minute(UnixMillis(1_000_000)), 0);
    }

    #[test]
    fn a_listener_on_all_addresses_is_reached_over_loopback() {
        assert_eq!(reachable("0.0.0.0:80".parse().unwrap()).to_string(), "127.0.0.1:80");
        assert_eq!(reachable("[::]:80".parse().unwrap()).to_string(), "[::1]:80");
        assert_eq!(reachable("10.0.0.1:80".parse().unwrap()).to_string(), "10.0.0.1:80");
    }

    #[test]
    fn what_needs_attention_is_said() {
        assert!(warnings(Some(1 << 40), 0, 500).is_empty());
        assert_eq!(warnings(Some(1), u64::MAX, u64::MAX).len(), 3);
    }
}
