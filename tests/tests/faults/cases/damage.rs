//! F08: damaged databases. Their bytes are kept beside, and the listener stores again within five seconds.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rusqlite::Connection;

use crate::{
    case::{Case, Run, ms},
    listener::{Launch, Started, USABLE_LIMIT},
    load::Plan,
    stored::{self, DATABASE, Stored},
};

pub(crate) const CASES: [Case; 2] = [
    Case { id: "F08a", title: "seven kinds of damage", quick: true, run: |run| Box::pin(kinds_of_damage(run)) },
    Case {
        id: "F08b",
        title: "databases with random bytes changed",
        quick: true,
        run: |run| Box::pin(random_damage(run)),
    },
];

/// The size of a database page (sqlite.org/fileformat.html §1.3.2); the product does not change the default.
const PAGE: usize = 4096;

/// How a database is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    HeaderZeroed,
    PageFlipped,
    CutInHalf,
    Emptied,
    Text,
    LogGarbage,
    IndexOfLogGone,
}

const KINDS: [Damage; 7] = [
    Damage::HeaderZeroed,
    Damage::PageFlipped,
    Damage::CutInHalf,
    Damage::Emptied,
    Damage::Text,
    Damage::LogGarbage,
    Damage::IndexOfLogGone,
];

impl Damage {
    fn file(self) -> &'static str {
        match self {
            Self::LogGarbage => "hookglass.db-wal",
            Self::IndexOfLogGone => "hookglass.db-shm",
            _ => DATABASE,
        }
    }

    /// Whether the log is there to be damaged. Without one, all of the database is in its own file, where no newer
    /// page in the log hides the damage.
    fn needs_log(self) -> bool {
        matches!(self, Self::LogGarbage | Self::IndexOfLogGone)
    }

    /// Whether the database itself cannot be read any more.
    fn spoils_database(self) -> bool {
        matches!(self, Self::HeaderZeroed | Self::CutInHalf | Self::Text)
    }

    fn apply(self, data: &Path, random: &mut fastrand::Rng) -> Result<()> {
        let path = data.join(self.file());
        let mut bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        match self {
            Self::HeaderZeroed => bytes[..100].fill(0),
            Self::PageFlipped => {
                // Not the first, which is a damage of its own.
                let page = random.usize(1..bytes.len() / PAGE) * PAGE;
                bytes[page..page + PAGE].iter_mut().for_each(|byte| *byte = !*byte);
            }
            Self::CutInHalf => bytes.truncate(bytes.len() / 2),
            Self::Emptied => bytes.clear(),
            Self::Text => bytes = b"Dear reader, this is no database.\n".repeat(500),
            Self::LogGarbage => random.fill(&mut bytes),
            Self::IndexOfLogGone => return fs::remove_file(&path).context("the index of the log cannot be removed"),
        }
        fs::write(&path, bytes).context("the damaged file cannot be written")
    }
}

/// What came of a start with a damaged database.
struct Outcome {
    set_aside: bool,
    /// Whether every capture can be listed. With a damaged page that nothing has read yet, not all can.
    listed: bool,
    took: Duration,
}

/// A data directory as a killed listener leaves it: with a log that was not moved into the database.
async fn template(run: &mut Run) -> Result<PathBuf> {
    let data = run.data("template");
    // The first life ends in order, so that the database itself holds captures; the second is killed.
    for life in 0..2 {
        let listener = Launch::new(&run.program, &data).start().await?;
        let load = Plan::new(&format!("F08-{life}"), 8, 100..3_000).start(listener.address(), &mut run.random);
        load.until_acked(150, Duration::from_secs(20)).await?;
        load.stop().await?;
        if life == 1 {
            listener.kill()?;
            break;
        }
        listener.stop().await?;
        settle(&data)?;
    }
    ensure!(fs::metadata(data.join(DATABASE))?.len() > 50 * PAGE as u64, "the template is too small to damage");
    Ok(data)
}

/// Moves the log into the database, as the end of the last connection does.
fn settle(data: &Path) -> Result<()> {
    let connection = Connection::open(data.join(DATABASE))?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    // The folders beside the database are for large bodies, and empty here.
    for entry in fs::read_dir(from)?.flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Whether this build sets damaged databases aside.
fn needs_setting_aside(run: &Run) -> Result<()> {
    run.program.needs(&[], "salvage")
}

async fn kinds_of_damage(run: &mut Run) -> Result<()> {
    needs_setting_aside(run)?;
    let template = template(run).await?;
    let (mut slowest, mut problems) = (Duration::ZERO, Vec::new());
    for kind in KINDS {
        let data = run.data(&format!("{kind:?}"));
        copy(&template, &data)?;
        if !kind.needs_log() {
            settle(&data)?;
        }
        kind.apply(&data, &mut run.random)?;
        match recover(run, &data).await {
            Ok(outcome) => {
                slowest = slowest.max(outcome.took);
                if kind.spoils_database() && !outcome.set_aside {
                    problems.push(format!("{kind:?}: not set aside"));
                }
                if kind == Damage::IndexOfLogGone && outcome.set_aside {
                    problems.push(format!("{kind:?}: set aside, although nothing was lost"));
                }
                let word = match (outcome.set_aside, outcome.listed) {
                    (true, _) => "set aside",
                    (false, true) => "opened",
                    (false, false) => "opened, not all can be listed",
                };
                run.figure(&format!("{kind:?}"), word);
            }
            Err(error) => problems.push(format!("{kind:?}: {error:#}")),
        }
    }
    run.figure("slowest", ms(slowest));
    ensure!(problems.is_empty(), "{}", problems.join("; "));
    Ok(())
}

async fn random_damage(run: &mut Run) -> Result<()> {
    needs_setting_aside(run)?;
    let template = template(run).await?;
    let files = run.rounds(30, 1_000);
    let (mut set_aside, mut unlisted, mut slowest, mut problems) = (0, 0, Duration::ZERO, Vec::new());
    for number in 0..files {
        let data = run.data(&format!("damaged-{number}"));
        copy(&template, &data)?;
        if run.random.bool() {
            settle(&data)?;
        }
        scatter(&data, &mut run.random)?;
        match recover(run, &data).await {
            Ok(outcome) => {
                set_aside += u32::from(outcome.set_aside);
                unlisted += u32::from(!outcome.listed);
                slowest = slowest.max(outcome.took);
            }
            Err(error) => problems.push(format!("file {number}: {error:#}")),
        }
        fs::remove_dir_all(&data)?;
    }
    run.figure("files", files);
    run.figure("set aside", set_aside);
    run.figure("opened, not all can be listed", unlisted);
    run.figure("slowest", ms(slowest));
    run.figure("unusable", problems.len());
    if let Some(first) = problems.first() {
        bail!("{} of {files}, first {first}", problems.len());
    }
    Ok(())
}

/// Changes 1 to 64 places of the database or its log: a byte, a run of zeros, or random bytes.
fn scatter(data: &Path, random: &mut fastrand::Rng) -> Result<()> {
    let log = data.join("hookglass.db-wal");
    let has_log = fs::metadata(&log).is_ok_and(|log| log.len() > 0);
    let path = if has_log && random.bool() { log } else { data.join(DATABASE) };
    let mut bytes = fs::read(&path)?;
    for _ in 0..1_usize << random.u8(0..=6) {
        let at = random.usize(0..bytes.len());
        let end = bytes.len().min(at + 1 + random.usize(0..64));
        match random.u8(0..3) {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => bytes[at..end].fill(0),
            _ => random.fill(&mut bytes[at..end]),
        }
    }
    fs::write(&path, bytes).context("the damaged file cannot be written")
}

/// Starts on damaged files, stores a request, and looks whether the original bytes are still somewhere.
async fn recover(run: &Run, data: &Path) -> Result<Outcome> {
    let before = stored::file_hash(&data.join(DATABASE))?;
    let started = std::time::Instant::now();
    let mut listener = match Launch::new(&run.program, data).try_start(USABLE_LIMIT).await? {
        Started::Listening(listener) => listener,
        Started::Ended(status, said) => bail!("ended with {status}: {}", said.join(" · ")),
    };
    let left = USABLE_LIMIT.saturating_sub(started.elapsed());
    let (_, path) = listener.until_stored("F08", left).await?;
    let took = started.elapsed();
    let said = listener.said().join(" ");
    listener.stop().await?;
    let mut set_aside: Vec<PathBuf> = fs::read_dir(data)?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("hookglass.db.corrupt-"))
        .map(|entry| entry.path())
        .filter(|path| !path.to_string_lossy().ends_with("-wal") && !path.to_string_lossy().ends_with("-shm"))
        .collect();
    if let Some(kept) = set_aside.pop() {
        ensure!(set_aside.is_empty(), "set aside more than once");
        ensure!(stored::file_hash(&kept)? == before, "what was set aside has other bytes than the damaged file");
        ensure!(said.contains("hookglass.db.corrupt-"), "the user is not told where the damaged file is: {said}");
        stored::ensure_intact(&data.join(DATABASE)).context("the new database")?;
        Stored::list(&run.program, data)?.require(&path)?;
        return Ok(Outcome { set_aside: true, listed: true, took });
    }
    let listed = Stored::list(&run.program, data).is_ok_and(|stored| stored.get(&path).is_some());
    Ok(Outcome { set_aside: false, listed, took })
}
