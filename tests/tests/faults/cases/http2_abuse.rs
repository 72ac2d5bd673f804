//! F27: peers that abuse HTTP/2. They are thrown out, and cost neither memory nor anybody else's time.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

use crate::{
    case::{Case, Run, Scale, mib},
    frames::{self, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS, frame},
    listener::{Launch, Listener},
    load::Plan,
    proc_files::processor_seconds,
};

pub(crate) const CASES: [Case; 1] =
    [Case { id: "F27", title: "abuse of HTTP/2", quick: true, run: |run| Box::pin(abuse(run)) }];

/// How a peer abuses HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Abuse {
    /// Opens streams and resets them at once (CVE-2023-44487).
    RapidReset,
    /// One block of headers without end (CVE-2024-27316).
    Continuation,
    /// Frames of data without data (RUSTSEC-2026-0258).
    EmptyData,
    /// Settings that must be acknowledged.
    Settings,
    /// Pings that must be answered.
    Ping,
}

const ABUSES: [Abuse; 5] = [Abuse::RapidReset, Abuse::Continuation, Abuse::EmptyData, Abuse::Settings, Abuse::Ping];

/// Connections of each kind.
const ATTACKERS: u32 = 4;

/// Frames that are written at a time.
const BATCH: u32 = 64;

/// What the abuse may cost in memory, and in processor time once it is over (F27).
const GROWTH: u64 = 64 * 1024 * 1024;
const IDLE_PART: f64 = 0.05;

impl Abuse {
    /// Whether the peer must be thrown out. Settings and pings are legal in any number; there it is enough that they
    /// cost nothing that lasts.
    fn must_end(self) -> bool {
        matches!(self, Self::RapidReset | Self::Continuation | Self::EmptyData)
    }

    fn opening(self) -> Vec<u8> {
        let block = frames::post_block("/F27/opened");
        match self {
            Self::Continuation => frame(HEADERS, END_STREAM, 1, &block),
            Self::EmptyData => frame(HEADERS, END_HEADERS, 1, &block),
            _ => Vec::new(),
        }
    }

    fn batch(self, number: u32) -> Vec<u8> {
        let one = |at: u32| match self {
            Self::RapidReset => {
                let stream = (number * BATCH + at) * 2 + 1;
                let mut both = frame(HEADERS, END_HEADERS | END_STREAM, stream, &frames::post_block("/F27/reset"));
                both.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
                both
            }
            // `x-n: ` and a value of 100 bytes, literal and not indexed.
            Self::Continuation => {
                let mut block = vec![0x00, 3, b'x', b'-', b'n', 100];
                block.extend([b'v'; 100]);
                frame(CONTINUATION, 0, 1, &block)
            }
            Self::EmptyData => frame(DATA, 0, 1, &[]),
            Self::Settings => frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]),
            Self::Ping => frame(PING, 0, 0, &[7; 8]),
        };
        (0..BATCH).flat_map(one).collect()
    }

    /// Attacks until the peer ends it or the time is over: frames sent, and whether it was ended. `reads` tells
    /// whether answers are taken, or pile up at the other side.
    async fn attack(self, address: String, reads: bool, time: Duration) -> Result<(u32, bool)> {
        let stream = frames::open(&address).await?;
        let (mut reading, mut writing) = stream.into_split();
        let until = Instant::now() + time;
        let sending = async {
            if writing.write_all(&self.opening()).await.is_err() {
                return 0;
            }
            let mut sent = 0;
            for number in 0.. {
                // A write that succeeds at once does not look at its deadline.
                if Instant::now() >= until {
                    break;
                }
                let batch = self.batch(number);
                match tokio::time::timeout_at(until, writing.write_all(&batch)).await {
                    Ok(Ok(())) => sent += BATCH,
                    // Not taken any more, or not wanted any more.
                    Ok(Err(_)) | Err(_) => break,
                }
            }
            sent
        };
        let taking = async {
            let mut part = vec![0; 64 * 1024];
            if !reads {
                tokio::time::sleep_until(until).await;
            }
            loop {
                match tokio::time::timeout_at(until + Duration::from_secs(2), reading.read(&mut part)).await {
                    Ok(Ok(0) | Err(_)) => return true,
                    Ok(Ok(_)) => {}
                    Err(_) => return false,
                }
            }
        };
        Ok(tokio::join!(sending, taking))
    }
}

async fn abuse(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    listener.until_stored("F27-warm", Duration::from_secs(5)).await?;
    let time = run.pick(Duration::from_millis(300), Duration::from_secs(10));
    let before = listener.rss()?;
    let mut problems = Vec::new();
    for reads in run.pick(&[true][..], &[true, false]).iter().copied() {
        // All at once: together they must not cost more either.
        let attack = |kind: Abuse| tokio::spawn(kind.attack(listener.address().to_owned(), reads, time));
        let attacks: Vec<_> =
            ABUSES.into_iter().map(|kind| (kind, (0..ATTACKERS).map(|_| attack(kind)).collect::<Vec<_>>())).collect();
        for (kind, attackers) in attacks {
            let (mut sent, mut ended) = (0, 0);
            for attack in attackers {
                let (frames, was_ended) = attack.await.context("an attacker panicked")??;
                sent += frames;
                ended += u32::from(was_ended);
            }
            let name = format!("{kind:?}{}", if reads { "" } else { " unread" });
            run.figure(&name, format!("{sent} frames, {ended} of {ATTACKERS} ended"));
            if kind.must_end() && ended < ATTACKERS {
                problems.push(format!("{name}: only {ended} of {ATTACKERS} connections were ended"));
            }
        }
        listener.until_stored(&format!("F27-{reads}"), Duration::from_secs(5)).await?;
    }
    let normal = Plan::new("F27-normal", 4, 0..1_000).paced(Duration::from_millis(20));
    let normal = normal.run(listener.address(), &mut run.random, Duration::from_millis(500)).await?;
    let grown = listener.peak_rss()?.saturating_sub(before);
    run.figure("RSS growth", mib(grown));
    if grown > GROWTH {
        problems.push(format!("memory grew by {}", mib(grown)));
    }
    if run.scale == Scale::Full {
        let part = rest(&listener).await?;
        run.figure("processor after 10 s", format!("{:.1} %", part * 100.0));
        if part >= IDLE_PART {
            problems.push(format!("it still uses {:.0} % of a processor", part * 100.0));
        }
    }
    listener.stop().await?;
    normal.ensure_all_accepted()?;
    ensure!(problems.is_empty(), "{}", problems.join("; "));
    Ok(())
}

/// The part of a processor it uses ten seconds after the last attack.
async fn rest(listener: &Listener) -> Result<f64> {
    hookglass_tests::pause(Duration::from_secs(10)).await;
    let before = processor_seconds(listener.id())?;
    hookglass_tests::pause(Duration::from_secs(2)).await;
    Ok((processor_seconds(listener.id())? - before) / 2.0)
}
