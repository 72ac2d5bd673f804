//! strace at a running listener: making system calls fail, and writing down in which order they happen.
//!
//! It attaches to a process that runs already and lets go of it when told to, so the end of a fault is as real as its
//! beginning. What is injected must also be traced: `-e trace=none` would inject nothing and everything would pass,
//! so every user of a fault asks how often it happened.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    case::{Run, skip},
    proc_files::wait_until,
    program::needs_tool,
};

/// Until strace has taken hold of every thread.
const ATTACH_LIMIT: Duration = Duration::from_secs(5);

/// Until strace has let go of every thread.
const DETACH_LIMIT: Duration = Duration::from_secs(10);

/// System calls that are made to fail.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Which, separated by commas.
    pub(crate) calls: &'static str,
    /// What happens instead, for example `error=EIO`.
    pub(crate) what: &'static str,
    /// The how many-th call of each thread: `3` that one, `3+` that one and all after it.
    pub(crate) when: String,
    /// Only calls on these files; empty means all.
    pub(crate) files: Vec<PathBuf>,
}

/// strace while it is attached. Ends with this value; the traced process goes on.
pub(crate) struct Attached {
    strace: Child,
    log: PathBuf,
}

impl Fault {
    fn arguments(&self) -> Vec<String> {
        let files = self.files.iter().flat_map(|file| ["-P".to_owned(), file.display().to_string()]);
        let trace = format!("trace={}", self.calls);
        let inject = format!("inject={}:{}:when={}", self.calls, self.what, self.when);
        files.chain(["-e".to_owned(), trace, "-e".to_owned(), inject]).collect()
    }

    /// Makes them fail in a running process from now on.
    pub(crate) async fn begin(&self, run: &Run, process: u32) -> Result<Attached> {
        Attached::to(run, process, &self.arguments()).await
    }

    /// The beginning of a command line whose program has the fault from its start. strace is the grandchild, so that
    /// the process started is the program itself.
    pub(crate) fn at_start(&self, log: &Path) -> Result<Vec<String>> {
        let tool = needs_tool("strace")?.display().to_string();
        let output = log.display().to_string();
        let own = [tool, "-D".to_owned(), "-f".to_owned(), "-q".to_owned(), "-o".to_owned(), output];
        Ok(own.into_iter().chain(self.arguments()).collect())
    }
}

impl Attached {
    /// Attaches to all threads of a process, also those to come.
    pub(crate) async fn to(run: &Run, process: u32, arguments: &[String]) -> Result<Self> {
        let tool = needs_tool("strace")?;
        let log = run.folder().join(format!("strace-{process}.txt"));
        let mut strace = Command::new(tool)
            .args(["-f", "-yy", "-o"])
            .arg(&log)
            .args(arguments)
            .args(["-p", &process.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("strace cannot be started")?;
        let stderr = strace.stderr.take().context("strace cannot be heard")?;
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Nobody may listen any more; strace must not block on a full pipe.
                let _ = tell.send(line);
            }
        });
        let mut attached = Self { strace, log };
        let mut said = Vec::new();
        let begun = wait_until(ATTACH_LIMIT, || {
            said.extend(told.try_iter());
            said.iter().any(|line| line.contains(" attached"))
                || attached.strace.try_wait().is_ok_and(|end| end.is_some())
        });
        begun.await;
        let ended = attached.strace.try_wait().context("strace is lost")?.is_some();
        if ended {
            said.extend(told.iter());
        }
        // Its end alone proves nothing: the fault may have ended the process already.
        if said.iter().any(|line| line.contains(" attached")) {
            return Ok(attached);
        }
        ensure!(ended, "strace does not attach: {}", said.join(" · "));
        Err(skip(format!("strace cannot attach here: {}", said.join(" · "))))
    }

    /// What it has written down until now.
    pub(crate) fn lines_so_far(&self) -> Result<Vec<String>> {
        let bytes = fs::read(&self.log).context("strace wrote nothing")?;
        Ok(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect())
    }

    /// Lets go of the process, and gives what was written down.
    pub(crate) async fn end(mut self) -> Result<Vec<String>> {
        let id = i32::try_from(self.strace.id()).ok().and_then(Pid::from_raw).context("strace has no id")?;
        kill_process(id, Signal::TERM).context("strace cannot be told to stop")?;
        let ended = wait_until(DETACH_LIMIT, || self.strace.try_wait().is_ok_and(|end| end.is_some())).await;
        ensure!(ended, "strace did not end within {} s", DETACH_LIMIT.as_secs());
        self.lines_so_far()
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // The kernel lets the traced process go on when its tracer is gone.
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

/// How many calls were made to fail.
pub(crate) fn injected(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.contains("(INJECTED)")).count()
}
