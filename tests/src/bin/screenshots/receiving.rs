//! Pictures of what can go wrong with receiving and keeping, and of the settings for both.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http::{self, Connection},
    stripe::{self, HEADER},
    unix_seconds,
    user::{
        capture_row, create_endpoint, expect_2xx, listening_address, open_capture, open_settings, open_tls_port,
        stripe_event,
    },
};
use tokio::io::AsyncWriteExt;

use crate::{SECRET, in_both_themes, sized};

/// Two lives of one data folder: the second finds its database damaged.
pub(crate) async fn take_pictures(folder: &Path) -> Result<()> {
    let kept = tempfile::tempdir().context("no temporary folder")?;
    let data = kept.path().join("data");
    let start = Start { data: Some(data.clone()), ..sized() };
    with_window("screenshots-receiving", start.clone(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "stripe-billing", "stripe", SECRET).await?;
        repeats(window, &address, folder).await?;
        rejected(window, &address, folder).await?;
        settings(window, folder).await
    })
    .await?;

    damage(&data.join("hookglass.db"))?;
    with_window("screenshots-damaged", start, async |window| {
        let address = listening_address(window).await?;
        expect_2xx(&address, &http::post("/stripe-billing", &[], b"{\"after\":\"the damage\"}")).await?;
        open_capture(window, "/stripe-billing").await?;
        in_both_themes(window, folder, "set-aside").await
    })
    .await
}

/// A provider that tries again, somebody who plays a request again, and another body under the same id.
async fn repeats(window: &Desktop, address: &str, folder: &Path) -> Result<()> {
    let event = stripe_event("evt_1SWk9uLkdIwHu7ix", "invoice.paid", 4_900);
    let other = stripe_event("evt_1SWk7kLkdIwHu7ix", "checkout.session.completed", 1_200);
    let now = unix_seconds();
    for (signed_at, body) in [
        (now - 120, other.clone()),
        (now - 90, event.clone()),
        (now - 60, event.clone()),
        (now - 30, event.clone()),
        (now - 120, other),
        (now, event.replace("4900", "5100")),
    ] {
        let signature = stripe::sign(SECRET, signed_at, body.as_bytes());
        let head = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
            (HEADER, signature.as_str()),
        ];
        expect_2xx(address, &http::post("/stripe-billing", &head, body.as_bytes())).await?;
    }
    open_capture(window, "invoice.paid").await?;
    window.find_css("[data-testid=duplicate-mark][data-kind=conflict]").await?;
    in_both_themes(window, folder, "repeats").await?;
    window.click("tab-timeline").await?;
    window.wait_for_count("family-member", 4).await?;
    in_both_themes(window, folder, "timeline").await?;
    window.click("tab-body").await
}

async fn rejected(window: &Desktop, address: &str, folder: &Path) -> Result<()> {
    let large = format!("POST /stripe-billing HTTP/1.1\r\nHost: localhost\r\nX-Large: {}", "a".repeat(1024 * 1024));
    for bytes in [
        large.as_bytes(),
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a",
        b"POST /stripe-billing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{\"id\":\"evt_1",
        b"POST /stripe-billing HTTP/1.1\r\nHost: localhost\r\nX-Note : <b>a space before the colon</b>\r\n\r\n",
    ] {
        let mut connection = Connection::open(address).await?;
        // A refusal in the middle resets the connection; the entry it makes is waited for below.
        let _ = connection.send_part(bytes).await;
        let _ = connection.stream().shutdown().await;
        let _ = connection.answer().await;
    }
    window.wait_for_text("nav-rejected", |text| text.contains('4')).await?;
    window.click("nav-rejected").await?;
    window.click_css("[data-testid=rejected-row][data-code=malformed]").await?;
    window.find("rejected-text").await?;
    in_both_themes(window, folder, "rejected").await
}

async fn settings(window: &Desktop, folder: &Path) -> Result<()> {
    open_tls_port(window).await?;
    window.find("fingerprint").await?;
    open_settings(window, "tls").await?;
    in_both_themes(window, folder, "settings-tls").await?;

    open_settings(window, "limits").await?;
    window.fill("limit-body_bytes", "many").await?;
    window.click("limits-save").await?;
    window.find_css("[data-testid=limit-body_bytes][aria-invalid=true]").await?;
    in_both_themes(window, folder, "settings-limits").await?;

    open_settings(window, "health").await?;
    window.click("health-check").await?;
    window.wait_for_text("health-probe", |text| text.contains("answered in")).await?;
    in_both_themes(window, folder, "settings-health").await?;

    open_settings(window, "retention").await?;
    window.fill("retention-all-captures", "5").await?;
    window.click("retention-all-save").await?;
    window.click("retention-confirm").await?;
    window.wait_for_text("retention-last-run", |text| text.contains("Deleted 1 capture")).await?;
    in_both_themes(window, folder, "settings-retention").await?;

    open_settings(window, "storage").await?;
    window.click("check-integrity").await?;
    window.wait_for_text("integrity-result", |text| text.contains("sound")).await?;
    window.click("back-up").await?;
    window.wait_for_text("backup-result", |text| text.contains("Backed up")).await?;
    open_settings(window, "storage").await?;
    in_both_themes(window, folder, "settings-storage").await?;

    window.click("nav-rejected").await?;
    window.click("rejected-clear").await?;
    window.click("rejected-clear-confirm").await?;
    window.find("rejected-empty").await?;
    in_both_themes(window, folder, "rejected-empty").await?;
    window.click("nav-inbox").await?;
    capture_row(window, "invoice.paid").await.map(drop)
}

/// Takes the header away, without which SQLite takes the file for no database.
fn damage(database: &Path) -> Result<()> {
    let mut bytes = fs::read(database).context("there is no database")?;
    bytes.get_mut(..100).context("the database is empty")?.fill(0);
    fs::write(database, bytes).context("the database cannot be written")?;
    for log in ["hookglass.db-wal", "hookglass.db-shm"] {
        // Left by an end in disorder, it would hold the header anew.
        let _ = fs::remove_file(database.with_file_name(log));
    }
    Ok(())
}
