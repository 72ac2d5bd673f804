//! Keeping what was captured, in the real window: retention, the check, the backup, and the figures of Health.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http,
    user::{capture_row, expect_2xx, listening_address, open_capture, open_settings},
    wait_for,
};
use rusqlite::{Connection, OpenFlags};

/// How long a change of the rules may take to be carried out and shown: it is begun at once.
const CARRIED_OUT_LIMIT: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_rule_deletes_the_oldest_and_leaves_what_has_a_star() -> Result<()> {
    with_window("retention", Start::default(), async |window| {
        let address = listening_address(window).await?;
        for number in 1..=6 {
            expect_2xx(&address, &http::post(&format!("/kept-{number}"), &[], b"{}")).await?;
        }
        // Rows move until the last has arrived, and a click would meet another.
        window.wait_for_count("capture-row", 6).await?;
        open_capture(window, "/kept-1").await?;
        window.click("star").await?;
        wait_for("the star in the row", CARRIED_OUT_LIMIT, async || {
            Ok((!window.find_all("row-star").await?.is_empty()).then_some(()))
        })
        .await?;

        open_settings(window, "retention").await?;
        window.fill("retention-all-captures", "none").await?;
        window.click("retention-all-save").await?;
        window
            .find_css("[data-testid=retention-all-captures][aria-invalid=true]")
            .await
            .context("a word for a number")?;
        window.fill("retention-all-captures", "3").await?;
        window.click("retention-all-save").await?;
        // Deleting cannot be undone, so it is asked first.
        window.wait_for_text("retention-confirm-dialog", |text| text.contains("3 captures")).await?;
        window.click("retention-confirm").await?;

        // The settings tell what was done without being opened anew.
        window.wait_for_text("retention-last-run", |text| text.contains("Deleted 2 captures")).await?;
        window.click("nav-inbox").await?;
        let left = wait_for("the oldest to go", CARRIED_OUT_LIMIT, async || {
            let paths = paths(window).await?;
            Ok((!paths.iter().any(|path| path == "/kept-2")).then_some(paths))
        })
        .await?;
        ensure!(left.contains(&"/kept-1".to_owned()), "the starred one went: {left:?}");
        ensure!(
            ["/kept-4", "/kept-5", "/kept-6"].into_iter().all(|new| left.contains(&new.to_owned())),
            "new ones went: {left:?}"
        );
        // A starred one takes no room from the others.
        ensure!(left.len() == 4, "not what the rule keeps: {left:?}");
        // The database says the same as the window.
        let stored = count(&window.data_dir().join("hookglass.db"))?;
        ensure!(stored == left.len(), "{stored} are stored and {} listed", left.len());
        window.wait_for_text("list-count", |text| text.contains('4')).await.map(drop)
    })
    .await
}

/// The paths in the list, from the top.
async fn paths(window: &Desktop) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for row in window.find_all("capture-row").await? {
        let text = row.text().await?;
        paths.extend(text.split_whitespace().find(|word| word.starts_with("/kept-")).map(str::to_owned));
    }
    Ok(paths)
}

fn count(database: &std::path::Path) -> Result<usize> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(connection.query_row("SELECT count(*) FROM capture", [], |row| row.get(0))?)
}

#[tokio::test]
async fn the_store_is_checked_and_backed_up_and_health_tells_its_figures() -> Result<()> {
    with_window("storage", Start::default(), async |window| {
        let address = listening_address(window).await?;
        for number in 1..=5 {
            expect_2xx(&address, &http::post(&format!("/stored-{number}"), &[], b"{\"stored\":true}")).await?;
        }
        capture_row(window, "/stored-5").await?;

        open_settings(window, "health").await?;
        window.click("health-check").await?;
        window.wait_for_text("health-probe", |text| text.contains("answered in")).await?;
        for (fact, expected) in [
            ("received", "ago"),
            ("rate", "5 captures"),
            ("queue", "0 captures"),
            ("commit", "took"),
            ("connections", ""),
            ("wal", "B"),
            ("disk", "B"),
        ] {
            let name = format!("health-{fact}");
            let text = window.wait_for_text(&name, |text| text.contains(expected) || text.contains("just now")).await?;
            ensure!(text.chars().any(|c| c.is_ascii_digit()) || fact == "received", "no figure: {text}");
        }

        open_settings(window, "storage").await?;
        window.click("check-integrity").await?;
        let checked = window.wait_for_text("integrity-result", |text| text.contains("The database is sound")).await?;
        ensure!(checked.contains("checked in"), "{checked}");

        window.click("back-up").await?;
        let made = window.wait_for_text("backup-result", |text| text.contains("Backed up")).await?;
        let file = window.export_dir().join("hookglass-backup.db");
        ensure!(made.contains(&file.display().to_string()), "the file is not named: {made}");
        let copied = count(&file)?;
        ensure!(copied == 5, "{copied} of 5 captures are in the backup");

        // Nothing is written over: a second one to the same place says why it was not made.
        window.click("back-up").await?;
        let refused = window.wait_for_text("backup-result", |text| text.contains("There is no backup")).await?;
        ensure!(refused.contains("exist"), "{refused}");
        ensure!(count(&file)? == 5, "the first backup was touched");
        Ok(())
    })
    .await
}
