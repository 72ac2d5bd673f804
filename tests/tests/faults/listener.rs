//! `hookglass listen` as a child process: started with options and through other tools, watched, and ended by its id.

use std::{
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use hookglass_tests::{http, pause};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    proc_files::{self, wait_until},
    program::Program,
};

/// Until it listens. A start takes some 30 ms; a database with a long log takes longer, and strace slows it tenfold.
const START_LIMIT: Duration = Duration::from_secs(20);

/// Until it has ended after SIGTERM (F40: it stops, drains, commits and checkpoints within 6 s).
const STOP_LIMIT: Duration = Duration::from_secs(6);

/// What it must be able to do within this time after a fault is gone (F05, F08).
pub(crate) const USABLE_LIMIT: Duration = Duration::from_secs(5);

/// How often something is looked at while waiting.
const POLL: Duration = Duration::from_millis(10);

/// How a listener is to be started.
#[derive(Clone)]
pub(crate) struct Launch {
    program: OsString,
    through: Vec<OsString>,
    options: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

/// What came of a start that may be refused.
pub(crate) enum Started {
    /// It listens.
    Listening(Listener),
    /// It ended by itself.
    Ended(ExitStatus, Vec<String>),
}

/// A running listener. Killed when it goes out of scope.
pub(crate) struct Listener {
    child: Child,
    said: Said,
    address: String,
}

/// The lines of standard error so far.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl Launch {
    /// On any free port of this computer, in silence.
    pub(crate) fn new(program: &Program, data: &Path) -> Self {
        Self::at(program, data, "127.0.0.1:0").option("--quiet")
    }

    /// At an address, printing what arrives.
    pub(crate) fn at(program: &Program, data: &Path, address: &str) -> Self {
        let options = ["listen", "--addr", address, "--data-dir"].map(OsString::from);
        let options = options.into_iter().chain([data.as_os_str().to_owned()]).collect();
        Self { program: program.path().as_os_str().to_owned(), through: Vec::new(), options, environment: Vec::new() }
    }

    /// One more argument.
    pub(crate) fn option(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.options.push(argument.as_ref().to_owned());
        self
    }

    /// One limit.
    pub(crate) fn limit(self, name: &str, value: &str) -> Self {
        self.option("--limit").option(format!("{name}={value}"))
    }

    /// A tool that becomes the listener, with its own arguments.
    pub(crate) fn through<A: AsRef<OsStr>>(mut self, tool: impl IntoIterator<Item = A>) -> Self {
        self.through = tool.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        self
    }

    /// A variable of its environment.
    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Starts it and waits until it listens.
    pub(crate) async fn start(&self) -> Result<Listener> {
        match self.try_start(START_LIMIT).await? {
            Started::Listening(listener) => Ok(listener),
            Started::Ended(status, said) => bail!("hookglass ended with {status}: {}", said.join(" · ")),
        }
    }

    /// Starts it and waits until it listens or has ended.
    pub(crate) async fn try_start(&self, limit: Duration) -> Result<Started> {
        let mut line = self.through.iter().chain([&self.program]).chain(&self.options).map(OsString::as_os_str);
        let mut command = Command::new(line.next().context("nothing to start")?);
        command.args(line).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.spawn().context("hookglass cannot be started")?;
        let said = Said::default();
        let stderr = child.stderr.take().context("its standard error cannot be read")?;
        let reader = thread::spawn({
            let said = said.clone();
            move || said.collect(stderr)
        });
        let mut listener = Listener { child, said, address: String::new() };
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(url) = listener.said.find(|line| line.strip_prefix("Listening on http://").map(str::to_owned)) {
                url.trim_end_matches('/').clone_into(&mut listener.address);
                return Ok(Started::Listening(listener));
            }
            if let Some(status) = listener.child.try_wait().context("its end was missed")? {
                // All it said is in the pipe, unless a process it left behind holds the other end.
                if wait_until(Duration::from_secs(1), || reader.is_finished()).await {
                    let _ = reader.join();
                }
                return Ok(Started::Ended(status, listener.said.lines()));
            }
            pause(POLL).await;
        }
        bail!("hookglass neither listens nor ends within {} s: {}", limit.as_secs(), listener.said.lines().join(" · "))
    }
}

impl Listener {
    /// Where it listens, as `address:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Where it listens for TLS, as `address:port`.
    pub(crate) async fn tls_address(&self) -> Result<String> {
        let find = || self.said.find(|line| line.strip_prefix("Listening on https://").map(str::to_owned));
        wait_until(USABLE_LIMIT, || find().is_some()).await;
        let url = find().with_context(|| format!("it does not listen for TLS: {}", self.said().join(" · ")))?;
        Ok(url.trim_end_matches('/').to_owned())
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it is still there.
    pub(crate) fn ensure_alive(&mut self) -> Result<()> {
        let ended = self.child.try_wait().context("its end was missed")?;
        ensure!(ended.is_none(), "the listener ended by itself ({ended:?}): {}", self.said.lines().join(" · "));
        self.ensure_no_panic()
    }

    /// Whether any thread of it panicked. The process outlives a panic of one task, so its exit code tells nothing.
    pub(crate) fn ensure_no_panic(&self) -> Result<()> {
        match self.said.find(|line| line.contains("panicked at").then(|| line.to_owned())) {
            Some(line) => bail!("a thread panicked: {line}"),
            None => Ok(()),
        }
    }

    /// The lines of its standard error so far.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lines()
    }

    /// Resident memory now, in bytes.
    pub(crate) fn rss(&self) -> Result<u64> {
        proc_files::status_bytes(self.id(), "VmRSS")
    }

    /// The most resident memory it ever had, in bytes.
    pub(crate) fn peak_rss(&self) -> Result<u64> {
        proc_files::status_bytes(self.id(), "VmHWM")
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill().context("the listener cannot be killed")?;
        self.child.wait().context("the listener's end was missed")?;
        self.ensure_no_panic()
    }

    /// SIGTERM, and its end. Whatever way it ends is fine here, as long as it does not panic and does not take long.
    pub(crate) async fn stop(mut self) -> Result<ExitStatus> {
        let id = i32::try_from(self.id()).ok().and_then(Pid::from_raw).context("it has no id")?;
        kill_process(id, Signal::TERM).context("it cannot be told to stop")?;
        let deadline = Instant::now() + STOP_LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().context("its end was missed")? {
                self.ensure_no_panic()?;
                return Ok(status);
            }
            ensure!(Instant::now() < deadline, "it did not end within {} s of SIGTERM", STOP_LIMIT.as_secs());
            pause(POLL).await;
        }
    }

    /// Posts until one is answered 2xx; how long that took. The paths are `/<tag>/<number>`.
    pub(crate) async fn until_stored(&mut self, tag: &str, limit: Duration) -> Result<(Duration, String)> {
        let started = Instant::now();
        let mut last = String::new();
        for number in 0_u32.. {
            self.ensure_alive()?;
            let path = format!("/{tag}/{number}");
            match http::send(&self.address, &http::post(&path, &[], b"are you there")).await {
                Ok(answer) if (200..300).contains(&answer.status) => return Ok((started.elapsed(), path)),
                Ok(answer) => last = format!("answered {}", answer.status),
                Err(error) => last = format!("{error:#}"),
            }
            if started.elapsed() > limit {
                break;
            }
            pause(Duration::from_millis(50)).await;
        }
        bail!("nothing was stored within {} s; last: {last}; it said: {}", limit.as_secs(), self.said().join(" · "))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Gone already when it was stopped or killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Said {
    fn collect(&self, stderr: impl std::io::Read) {
        for line in BufReader::new(stderr).split(b'\n') {
            let Ok(line) = line else { return };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(&line).into_owned());
        }
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn find<T>(&self, look: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().find_map(|line| look(line))
    }
}
