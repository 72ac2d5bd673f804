//! Data that cannot be used as it is, in the real window: a folder that may not be written and a damaged database.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Start, with_window},
    http,
    user::{capture_row, expect_2xx, listening_address},
};
use rusqlite::Connection;

const DATABASE: &str = "hookglass.db";

/// Data with one capture in it, made by a window that has ended.
async fn used_data(folder: &Path, name: &str) -> Result<Start> {
    let start = Start { data: Some(folder.join("data")), ..Start::default() };
    with_window(name, start.clone(), async |window| {
        let address = listening_address(window).await?;
        expect_2xx(&address, &http::post("/earlier", &[], b"{\"kept\":true}")).await?;
        capture_row(window, "/earlier").await.map(drop)
    })
    .await?;
    Ok(start)
}

#[tokio::test]
async fn data_that_may_not_be_written_is_opened_for_reading_and_senders_are_told_to_wait() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let start = used_data(folder.path(), "read-only-before").await?;
    let data = folder.path().join("data");
    let Some(_frozen) = Frozen::freeze(&data)? else {
        // The administrator may write everywhere, and not every file system has another way to forbid it.
        eprintln!("skipped: writing cannot be forbidden here");
        return Ok(());
    };
    let before = fs::read(data.join(DATABASE))?;
    with_window("read-only", start, async |window| {
        let told = window.wait_for_text("read-only", |text| text.contains("reading only")).await?;
        ensure!(told.contains(&data.display().to_string()), "the place is not named: {told}");
        capture_row(window, "/earlier").await.context("what was captured before")?;
        let address = listening_address(window).await?;
        let answer = http::send(&address, &http::post("/refused", &[], b"{}")).await?;
        ensure!(answer.status == 503, "answered {}", answer.head);
        ensure!(answer.header("retry-after").is_some(), "503 without Retry-After");
        Ok(())
    })
    .await?;
    ensure!(fs::read(data.join(DATABASE))? == before, "the database was changed");
    Ok(())
}

/// A folder whose files may not be changed until this value goes.
struct Frozen(PathBuf);

impl Frozen {
    /// `None` where it cannot be done.
    fn freeze(folder: &Path) -> Result<Option<Self>> {
        let frozen = Self(folder.to_owned());
        frozen.set_modes(0o444, 0o555)?;
        if !can_be_written(folder) {
            return Ok(Some(frozen));
        }
        // Bits do not bind the administrator; the immutable flag does.
        frozen.set_flag("+i");
        Ok((!can_be_written(folder)).then_some(frozen))
    }

    fn set_modes(&self, file: u32, folder: u32) -> Result<()> {
        fs::set_permissions(&self.0, Permissions::from_mode(0o755))?;
        for entry in fs::read_dir(&self.0)?.flatten().filter(|entry| entry.path().is_file()) {
            fs::set_permissions(entry.path(), Permissions::from_mode(file))?;
        }
        Ok(fs::set_permissions(&self.0, Permissions::from_mode(folder))?)
    }

    fn set_flag(&self, flag: &str) {
        // Whether it took is seen by trying to write.
        let _ = Command::new("chattr").args(["-R", flag]).arg(&self.0).output();
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.set_flag("-i");
        // What stays is a temporary folder.
        let _ = self.set_modes(0o644, 0o755);
    }
}

fn can_be_written(folder: &Path) -> bool {
    let probe = folder.join("probe");
    let written = fs::write(&probe, b"").is_ok();
    // Gone again, so that only the answer stays.
    let _ = fs::remove_file(&probe);
    written
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_the_window_says_where() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let start = used_data(folder.path(), "damaged-before").await?;
    let database = folder.path().join("data").join(DATABASE);
    // The end of a test is no end in order: what was captured lies in the log, which would give the header back.
    Connection::open(&database)?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let mut bytes = fs::read(&database)?;
    // The header, without which SQLite takes the file for no database (sqlite.org/fileformat.html §1.3).
    bytes.get_mut(..100).context("the database has no header")?.fill(0);
    fs::write(&database, &bytes)?;

    with_window("damaged", start, async |window| {
        let told = window.wait_for_text("set-aside", |text| text.contains("set aside")).await?;
        let kept = told.split_whitespace().find(|word| word.contains("hookglass.db.corrupt-"));
        let kept = kept.with_context(|| format!("where it lies is not said: {told}"))?;
        ensure!(fs::read(kept)? == bytes, "what was set aside has other bytes than the damaged file");

        let address = listening_address(window).await?;
        expect_2xx(&address, &http::post("/after-damage", &[], b"{}")).await.context("a new one takes what arrives")?;
        capture_row(window, "/after-damage").await?;
        window.click("salvage").await?;
        window.find("salvaged").await.context("what could be read out")?;
        capture_row(window, "/earlier").await.context("the salvaged capture")?;
        window.click("keep-aside").await?;
        window.wait_for_count("set-aside", 0).await.map(drop)
    })
    .await
}
