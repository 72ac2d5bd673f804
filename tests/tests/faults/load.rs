//! Senders that never repeat a request, and what each of them was told.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{http, pause, wait_for};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

/// Wait before a sender connects again, so that a listener that is gone is not knocked at without pause.
const RECONNECT: Duration = Duration::from_millis(20);

/// What the senders do.
#[derive(Clone)]
pub(crate) struct Plan {
    /// How many send at the same time, each on a connection of its own.
    pub(crate) clients: u32,
    /// How long the bodies are; their bytes are random.
    pub(crate) bodies: Range<usize>,
    /// Every path begins with it.
    pub(crate) tag: String,
    /// Whether a broken connection is opened anew, or ends its sender.
    pub(crate) reconnect: bool,
    /// The least time between two requests of one sender.
    pub(crate) pace: Duration,
}

/// One request that was answered 2xx.
pub(crate) struct Acknowledged {
    pub(crate) path: String,
    pub(crate) sha256: [u8; 32],
    pub(crate) bytes: u64,
}

/// What all senders were told.
#[derive(Default)]
pub(crate) struct Told {
    /// Requests answered 2xx, in the order of each sender.
    pub(crate) acked: Vec<Acknowledged>,
    /// Requests answered otherwise, by status.
    pub(crate) refused: BTreeMap<u16, u64>,
    /// Answers of 503 that did not say when to come again.
    pub(crate) without_retry_after: u64,
    /// Requests whose connection broke before an answer came; nothing is promised about them.
    pub(crate) broken: u64,
    /// How long each 2xx took.
    latencies: Vec<Duration>,
}

/// Senders at work.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    acked: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    senders: JoinSet<Told>,
    started: Instant,
}

impl Plan {
    /// As fast as each answer allows.
    pub(crate) fn new(tag: &str, clients: u32, bodies: Range<usize>) -> Self {
        Self { clients, bodies, tag: tag.to_owned(), reconnect: true, pace: Duration::ZERO }
    }

    /// Each sender ends with its first connection.
    pub(crate) fn until_broken(mut self) -> Self {
        self.reconnect = false;
        self
    }

    /// Each sender waits so long from one request to the next.
    pub(crate) fn paced(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Begins to send.
    pub(crate) fn start(self, address: &str, random: &mut fastrand::Rng) -> Load {
        let mut load = Load {
            stop: Arc::default(),
            acked: Arc::default(),
            refused: Arc::default(),
            senders: JoinSet::new(),
            started: Instant::now(),
        };
        let plan = Arc::new(self);
        for client in 0..plan.clients {
            let sender = Sender {
                plan: Arc::clone(&plan),
                address: address.to_owned(),
                client,
                random: random.fork(),
                stop: Arc::clone(&load.stop),
                acked: Arc::clone(&load.acked),
                refused: Arc::clone(&load.refused),
            };
            load.senders.spawn(sender.run());
        }
        load
    }

    /// Sends for a time.
    pub(crate) async fn run(self, address: &str, random: &mut fastrand::Rng, time: Duration) -> Result<Told> {
        let load = self.start(address, random);
        pause(time).await;
        load.stop().await
    }
}

impl Load {
    /// How many were answered 2xx until now.
    pub(crate) fn acked(&self) -> u64 {
        self.acked.load(Ordering::Relaxed)
    }

    /// How many were answered otherwise until now.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// How long it has been sending.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits until so many were answered 2xx.
    pub(crate) async fn until_acked(&self, count: u64, limit: Duration) -> Result<()> {
        wait_for(&format!("{count} answers of 2xx"), limit, async || Ok((self.acked() >= count).then_some(()))).await
    }

    /// Waits until so many were answered with something else than 2xx.
    pub(crate) async fn until_refused(&self, count: u64, limit: Duration) -> Result<()> {
        wait_for(&format!("{count} refusals"), limit, async || Ok((self.refused() >= count).then_some(()))).await
    }

    /// Lets every sender finish its request, and gathers what they were told.
    pub(crate) async fn stop(mut self) -> Result<Told> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Told::default();
        while let Some(told) = self.senders.join_next().await {
            all.add(told.context("a sender panicked")?);
        }
        Ok(all)
    }
}

impl Told {
    /// Takes what others were told.
    pub(crate) fn add(&mut self, other: Self) {
        self.acked.extend(other.acked);
        for (status, count) in other.refused {
            *self.refused.entry(status).or_default() += count;
        }
        self.without_retry_after += other.without_retry_after;
        self.broken += other.broken;
        self.latencies.extend(other.latencies);
    }

    /// The latency that this part of the accepted requests did not exceed; zero when there was none.
    pub(crate) fn percentile(&self, part: f64) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        // Numbers of requests are far below what f64 counts exactly.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = (sorted.len() as f64 * part) as usize;
        sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    /// Everything was answered 2xx or 503 with Retry-After: the two answers a sender can rely on.
    pub(crate) fn ensure_honest(&self) -> Result<()> {
        ensure!(self.without_retry_after == 0, "{} answers of 503 without Retry-After", self.without_retry_after);
        let others: Vec<_> = self.refused.iter().filter(|(status, _)| **status != 503).collect();
        ensure!(others.is_empty(), "answers by status: {others:?}");
        Ok(())
    }

    /// Everything was answered 2xx.
    pub(crate) fn ensure_all_accepted(&self) -> Result<()> {
        ensure!(self.refused.is_empty() && self.broken == 0, "refused {:?}, broken {}", self.refused, self.broken);
        Ok(())
    }
}

struct Sender {
    plan: Arc<Plan>,
    address: String,
    client: u32,
    random: fastrand::Rng,
    stop: Arc<AtomicBool>,
    acked: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
}

impl Sender {
    async fn run(mut self) -> Told {
        let mut told = Told::default();
        let mut count = 0_u64;
        while !self.stop.load(Ordering::Relaxed) {
            if let Ok(connection) = http::Connection::open(&self.address).await {
                self.send_on(connection, &mut count, &mut told).await;
            }
            if !self.plan.reconnect {
                break;
            }
            if !self.stop.load(Ordering::Relaxed) {
                pause(RECONNECT).await;
            }
        }
        told
    }

    /// Until the connection breaks or all is to stop.
    async fn send_on(&mut self, mut connection: http::Connection, count: &mut u64, told: &mut Told) {
        while !self.stop.load(Ordering::Relaxed) {
            let path = format!("/{}/{}/{count}", self.plan.tag, self.client);
            *count += 1;
            let mut body = vec![0_u8; self.random.usize(self.plan.bodies.clone())];
            self.random.fill(&mut body);
            let request = http::post(&path, &[], &body);
            let sent = Instant::now();
            let Ok(answer) = connection.exchange(&request).await else {
                told.broken += 1;
                return;
            };
            if (200..300).contains(&answer.status) {
                told.latencies.push(sent.elapsed());
                told.acked.push(Acknowledged { path, sha256: Sha256::digest(&body).into(), bytes: body.len() as u64 });
                self.acked.fetch_add(1, Ordering::Relaxed);
            } else {
                *told.refused.entry(answer.status).or_default() += 1;
                told.without_retry_after += u64::from(answer.status == 503 && answer.header("retry-after").is_none());
                self.refused.fetch_add(1, Ordering::Relaxed);
                // A refused sender that comes again at once would only measure how fast refusals are made.
                pause(RECONNECT).await;
                if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
                    return;
                }
            }
            let left = self.plan.pace.saturating_sub(sent.elapsed());
            if !left.is_zero() {
                pause(left).await;
            }
        }
    }
}
