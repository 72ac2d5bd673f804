//! F18: senders that are slow on purpose. Each is let go at its deadline, and nobody else notices.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest, Ready},
    net::TcpStream,
    process::Command,
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{
    case::{Case, Run, Scale, mib, ms, skip},
    listener::Launch,
    load::Plan,
    program::{lacks, needs_tool},
    sockets::status_of,
};

pub(crate) const CASES: [Case; 2] = [
    Case { id: "F18a", title: "slow senders in five styles", quick: true, run: |run| Box::pin(slow_senders(run)) },
    Case { id: "F18b", title: "slowhttptest -H, -B, -X", quick: false, run: |run| Box::pin(slowhttptest(run)) },
];

/// What normal senders may notice of the attack (F18).
const NORMAL_P99: Duration = Duration::from_millis(100);

/// How long after its deadline a connection may still be open (F18).
const GRACE: Duration = Duration::from_secs(1);

/// The deadlines of the listener that is attacked.
#[derive(Clone, Copy)]
struct Deadlines {
    first_byte: Duration,
    header: Duration,
    body_progress: Duration,
    whole_body: Duration,
    keep_alive_idle: Duration,
}

/// The built-in ones (issue 5).
const BUILT_IN: Deadlines = Deadlines {
    first_byte: Duration::from_secs(10),
    header: Duration::from_secs(10),
    body_progress: Duration::from_secs(30),
    whole_body: Duration::from_secs(120),
    keep_alive_idle: Duration::from_secs(75),
};

/// Short ones, so that the case takes seconds.
const SHORT: Deadlines = Deadlines {
    first_byte: Duration::from_secs(2),
    header: Duration::from_secs(2),
    body_progress: Duration::from_secs(2),
    whole_body: Duration::from_secs(4),
    keep_alive_idle: Duration::from_secs(3),
};

/// In which way a sender is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    /// Connects and says nothing.
    Silent,
    /// Sends a head byte by byte.
    DrippingHead,
    /// Sends a body byte by byte.
    DrippingBody,
    /// Sends half a body.
    StalledBody,
    /// Sends a request and never reads the answer.
    Unread,
}

const STYLES: [Style; 5] = [Style::Silent, Style::DrippingHead, Style::DrippingBody, Style::StalledBody, Style::Unread];

/// How one slow connection ended.
struct Closed {
    style: Style,
    after: Duration,
    status: Option<u16>,
}

impl Style {
    /// From when it begins to be slow until it must be closed.
    fn deadline(self, of: &Deadlines) -> Duration {
        match self {
            Self::Silent => of.first_byte,
            Self::DrippingHead => of.header,
            Self::DrippingBody => of.whole_body,
            Self::StalledBody => of.body_progress,
            Self::Unread => of.keep_alive_idle,
        }
    }

    async fn attack(self, address: String, deadlines: Deadlines) -> Result<Closed> {
        let deadline = self.deadline(&deadlines);
        let last = Instant::now() + deadline + GRACE + Duration::from_secs(2);
        let mut stream = TcpStream::connect(&address).await.context("cannot connect")?;
        let head = "POST /F18/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
        let (opening, drip): (&str, Option<Duration>) = match self {
            Self::Silent => ("", None),
            Self::DrippingHead => ("P", Some(deadlines.header / 8)),
            Self::DrippingBody => (head, Some(deadlines.body_progress / 4)),
            Self::StalledBody => (head, None),
            Self::Unread => ("POST /F18/unread HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", None),
        };
        stream.write_all(opening.as_bytes()).await.context("cannot send")?;
        let begun = Instant::now();
        if self == Self::Unread {
            // What was not read hides the end from a read; the kernel tells of it beside.
            while !stream.ready(Interest::READABLE).await.is_ok_and(Ready::is_read_closed) {
                ensure!(
                    Instant::now() < last,
                    "{self:?}: open {} after its deadline",
                    ms(begun.elapsed().saturating_sub(deadline))
                );
                hookglass_tests::pause(Duration::from_millis(20)).await;
            }
            return Ok(Closed { style: self, after: begun.elapsed(), status: None });
        }
        let (mut answer, mut part) = (Vec::new(), [0; 512]);
        loop {
            match timeout(drip.unwrap_or(GRACE), stream.read(&mut part)).await {
                Ok(Ok(read)) if read > 0 => answer.extend_from_slice(&part[..read]),
                Ok(_) => break,
                // Nothing to read; drip once more. A failing write shows in the next read.
                Err(_) if drip.is_some() => drop(stream.write_all(b"x").await),
                Err(_) => {}
            }
            ensure!(Instant::now() < last, "{self:?}: still open {} after it began", ms(begun.elapsed()));
        }
        Ok(Closed { style: self, after: begun.elapsed(), status: status_of(&answer) })
    }
}

async fn slow_senders(run: &mut Run) -> Result<()> {
    let has_limits = run.program.knows(&["listen"], "--limit")?;
    if !has_limits && run.scale == Scale::Quick {
        return Err(skip(lacks(&["listen"], "--limit")));
    }
    let deadlines = if has_limits { SHORT } else { BUILT_IN };
    let mut launch = Launch::new(&run.program, &run.data("data"));
    if has_limits {
        let seconds = |duration: Duration| format!("{}s", duration.as_secs());
        launch = launch
            .limit("first-byte", &seconds(deadlines.first_byte))
            .limit("header", &seconds(deadlines.header))
            .limit("body-progress", &seconds(deadlines.body_progress))
            .limit("whole-body", &seconds(deadlines.whole_body))
            .limit("keep-alive-idle", &seconds(deadlines.keep_alive_idle));
    }
    let mut listener = launch.start().await?;
    let each = run.pick(30, 500);
    let normal = || Plan::new("F18-normal", 8, 500..2_000).paced(Duration::from_millis(20));
    let before = normal().run(listener.address(), &mut run.random, Duration::from_secs(1)).await?;
    let mut attackers = JoinSet::new();
    let mut during = normal();
    "F18-during".clone_into(&mut during.tag);
    let during = during.start(listener.address(), &mut run.random);
    for style in STYLES {
        for _ in 0..each {
            attackers.spawn(style.attack(listener.address().to_owned(), deadlines));
        }
    }
    let mut closed = Vec::new();
    let mut problems = Vec::new();
    while let Some(ended) = attackers.join_next().await {
        match ended.context("an attacker panicked")? {
            Ok(one) => closed.push(one),
            Err(error) => problems.push(format!("{error:#}")),
        }
    }
    let during = during.stop().await?;
    listener.ensure_alive()?;
    run.figure("connections", STYLES.len() * each);
    for style in STYLES {
        describe(run, style, &deadlines, &closed, &mut problems);
    }
    run.figure("normal p99 before", ms(before.percentile(0.99)));
    run.figure("during", ms(during.percentile(0.99)));
    run.figure("p99.9", ms(during.percentile(0.999)));
    let peak = listener.peak_rss()?;
    run.figure("peak RSS", mib(peak));
    listener.stop().await?;
    ensure!(problems.is_empty(), "{} connections: {}", problems.len(), problems[0]);
    during.ensure_all_accepted()?;
    // Beside other tests on a busy machine a time says nothing.
    ensure!(run.scale == Scale::Quick || during.percentile(0.99) < NORMAL_P99, "normal senders wait");
    Ok(())
}

fn describe(run: &mut Run, style: Style, deadlines: &Deadlines, closed: &[Closed], problems: &mut Vec<String>) {
    let mine: Vec<&Closed> = closed.iter().filter(|one| one.style == style).collect();
    let last = mine.iter().map(|one| one.after).max().unwrap_or_default();
    let timeouts = mine.iter().filter(|one| one.status == Some(408)).count();
    let deadline = style.deadline(deadlines);
    run.figure(
        &format!("{style:?} closed ≤"),
        format!("{:.2} s of {} s, {timeouts} × 408", last.as_secs_f64(), deadline.as_secs()),
    );
    if last > deadline + GRACE {
        problems.push(format!("{style:?}: closed {} after its deadline", ms(last.saturating_sub(deadline))));
    }
    if mine.iter().any(|one| one.after < deadline.mul_f64(0.9)) {
        problems.push(format!("{style:?}: closed before its deadline"));
    }
}

/// The tool's own judgement: whether the service stayed available all the time.
async fn slowhttptest(run: &mut Run) -> Result<()> {
    let tool = needs_tool("slowhttptest")?;
    let mut listener = Launch::new(&run.program, &run.data("data")).start().await?;
    for mode in ["-H", "-B", "-X"] {
        let url = format!("http://{}/F18b", listener.address());
        let output = Command::new(&tool)
            .args([mode, "-c", "1000", "-r", "500", "-i", "3", "-l", "20", "-t", "POST", "-p", "3", "-u", &url])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(Duration::from_secs(60), output).await.context("slowhttptest hangs")??;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let available: Vec<&str> =
            text.lines().filter_map(|line| line.split_once("service available:")).map(|(_, word)| word).collect();
        let no = available.iter().filter(|word| word.contains("NO")).count();
        run.figure(mode, format!("available {} of {}", available.len() - no, available.len()));
        ensure!(!available.is_empty(), "slowhttptest {mode} says nothing: {}", text.trim());
        ensure!(no == 0, "slowhttptest {mode} found the service not available");
        listener.until_stored("F18b-probe", Duration::from_secs(5)).await?;
    }
    listener.stop().await.map(drop)
}
