//! The program among the others of a desktop: links that open it, and its zoom.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use hookglass_tests::{
    binaries,
    desktop::{Desktop, Start, with_window},
    http,
    keys::press,
    user::{capture_row, expect_2xx, listening_address, open_capture, toast_saying},
    wait_for,
};
use serde_json::Value;

/// How long a second start may take to hand its link over and end.
const HAND_OVER_LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_link_opens_the_capture_it_names_and_nothing_else() -> Result<()> {
    with_window("link", Start::default(), async |window| {
        let address = listening_address(window).await?;
        for path in ["/linked", "/other"] {
            expect_2xx(&address, &http::post(path, &[], b"{}")).await?;
        }
        // Once both are listed no row moves away from the pointer.
        capture_row(window, "/other").await?;
        open_capture(window, "/linked").await?;
        let link = copied_link(window).await?;
        open_capture(window, "/other").await?;

        start_again(window, &link).await?;
        window.wait_for_text("detail", |detail| detail.contains("/linked")).await?;

        start_again(window, "hookglass://capture/01936f0a-7b2c-7d3e-8f40-123456789abc").await?;
        toast_saying(window, "There is no capture 01936f0a-7b2c-7d3e-8f40-123456789abc here").await?;
        start_again(window, &format!("{link}/resend")).await?;
        toast_saying(window, "is not a link to a capture").await?;
        ensure!(window.text("detail").await?.contains("/linked"), "a refused link changed what is shown");
        Ok(())
    })
    .await
}

/// The link to the open capture, as the key that copies it says.
async fn copied_link(window: &Desktop) -> Result<String> {
    press(window, &[Key::Shift.into(), Key::Alt.into(), 'y']).await?;
    let said = toast_saying(window, "Link copied").await?;
    let link = said.split_whitespace().find(|word| word.starts_with("hookglass://capture/"));
    link.map(str::to_owned).with_context(|| format!("no link in “{said}”"))
}

/// Starts the program once more on the same data, as a desktop does with a link.
async fn start_again(window: &Desktop, link: &str) -> Result<()> {
    let mut second = Command::new(binaries::desktop()?)
        .arg("--data-dir")
        .args([window.data_dir().as_os_str(), link.as_ref()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("no second start")?;
    let ended = wait_for("the second start to end", HAND_OVER_LIMIT, async || Ok(second.try_wait()?)).await;
    if ended.is_err() {
        // It opened a window of its own: that one has to go before the next test.
        second.kill()?;
        second.wait()?;
    }
    ensure!(ended?.success(), "the second start failed");
    Ok(())
}

#[tokio::test]
async fn zooming_lays_the_page_out_as_a_narrower_window_and_is_kept() -> Result<()> {
    with_window("zoom", Start::default(), async |window| {
        let usual = inner_width(window).await?;
        press_with_control(window, '+').await?;
        wait_for_width(window, |width| (width - usual / 1.1).abs() < 2.0).await.context("one step larger")?;
        let file = window.data_dir().with_file_name("share").join("app.hookglass.desktop/preferences.json");
        let kept: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        ensure!(kept["zoom-1"] == 110, "{} holds {kept}", file.display());

        for _ in 0..5 {
            press_with_control(window, '+').await?;
        }
        wait_for_width(window, |width| (width - usual / 2.0).abs() < 2.0).await.context("twice the size")?;
        window.find("nav-inbox").await.context("at twice the size")?;
        press_with_control(window, '0').await?;
        wait_for_width(window, |width| (width - usual).abs() < 2.0).await.context("the usual size")?;
        press_with_control(window, '-').await?;
        wait_for_width(window, |width| (width - usual / 0.9).abs() < 2.0).await.context("one step smaller")
    })
    .await
}

async fn press_with_control(window: &Desktop, key: char) -> Result<()> {
    press(window, &[Key::Control.into(), key]).await
}

/// Width of the page in CSS pixels.
async fn inner_width(window: &Desktop) -> Result<f64> {
    window.run("return window.innerWidth", Vec::new()).await?.as_f64().context("no width")
}

async fn wait_for_width(window: &Desktop, fits: impl Fn(f64) -> bool) -> Result<()> {
    let mut last = 0.0;
    wait_for("another width of the page", HAND_OVER_LIMIT, async || {
        last = inner_width(window).await?;
        Ok(fits(last).then_some(()))
    })
    .await
    .with_context(|| format!("it is {last} CSS pixels wide"))
}
