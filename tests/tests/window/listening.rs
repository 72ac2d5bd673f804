//! What the listener takes, set in the real window: the TLS port and the limits.

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http,
    tls::Trusted,
    user::{capture_row, listening_address, open_capture, open_settings, open_tls_port},
    wait_for,
};

use std::time::Duration;

#[tokio::test]
async fn the_tls_port_takes_requests_from_who_trusts_its_certificate() -> Result<()> {
    with_window("tls", Start::default(), async |window| {
        let address = open_tls_port(window).await?;
        let shown = window.wait_for_text("tls-listener-address", |text| text.contains(&address)).await?;
        ensure!(shown.contains(&address), "the rail shows {shown}");

        window.click("export-certificate").await?;
        let trusted = exported_certificate(window).await?;
        let fingerprint = window.text("fingerprint").await?;
        ensure!(fingerprint == trusted.fingerprint(), "{fingerprint} is shown for {}", trusted.fingerprint());

        let request = http::post("/over-tls", &[("Content-Type", "application/json")], b"{\"secure\":true}");
        let answer = trusted.send(&address, &request).await?;
        ensure!(answer.status == 200, "answered {}", answer.head);
        window.click("nav-inbox").await?;
        open_capture(window, "/over-tls").await?;
        let protocol = window.wait_for_text("protocol", |text| text.contains("TLS")).await?;
        ensure!(protocol == "HTTP/1.1 over TLS 1.3", "it came by “{protocol}”");

        // A sender that was given http:// by mistake.
        let answer =
            http::send(&address, &http::post("/in-the-clear", &[], b"{}")).await.context("no hint comes back")?;
        ensure!((400..500).contains(&answer.status), "plain HTTP is answered {}", answer.head);
        window.click("nav-rejected").await?;
        window.click_css("[data-testid=rejected-row][data-code=plain_on_tls_port]").await?;
        let entry = window.wait_for_text("rejected-pane", |text| text.contains("/in-the-clear")).await?;
        ensure!(entry.contains("use https://") && entry.contains("TLS port"), "no hint: {entry}");

        open_settings(window, "tls").await?;
        window.click("tls-enabled").await?;
        window.click("tls-apply").await?;
        window.wait_for_text("tls-state", |text| text == "off").await?;
        ensure!(trusted.send(&address, &request).await.is_err(), "the port is still open");
        Ok(())
    })
    .await
}

async fn exported_certificate(window: &Desktop) -> Result<Trusted> {
    let file = window.export_dir().join("hookglass-certificate.pem");
    wait_for("the exported certificate", Duration::from_secs(10), async || {
        let Ok(pem) = std::fs::read(&file) else { return Ok(None) };
        ensure!(!String::from_utf8_lossy(&pem).contains("PRIVATE KEY"), "the key was exported");
        // Half written yet: the next look reads it whole.
        Ok(Trusted::from_pem(&pem).ok())
    })
    .await
}

#[tokio::test]
async fn limits_hold_from_the_next_request_and_bad_ones_are_refused_at_their_field() -> Result<()> {
    with_window("limits", Start::default(), async |window| {
        let address = listening_address(window).await?;
        let body = [b'x'; 2_000];
        let answer = http::send(&address, &http::post("/before", &[], &body)).await?;
        ensure!(answer.status == 200, "before the limit: {}", answer.head);

        open_settings(window, "limits").await?;
        window.fill("limit-body_bytes", "many").await?;
        window.click("limits-save").await?;
        let said = said_at(window, "limit-body_bytes").await?;
        ensure!(said.contains("number above 0"), "a word for a number: {said}");
        // More than the program ever takes: it has the last word, and its word stands at the same field.
        window.fill("limit-body_bytes", "5 GiB").await?;
        window.click("limits-save").await?;
        wait_for("the program's word", Duration::from_secs(10), async || {
            let said = said_at(window, "limit-body_bytes").await?;
            Ok((said.contains("1\u{202f}KiB to 1\u{202f}GiB")).then_some(()))
        })
        .await?;
        let refused = http::send(&address, &http::post("/between", &[], &body)).await?;
        ensure!(refused.status == 200, "a limit that was refused holds: {}", refused.head);

        window.fill("limit-body_bytes", "1 KiB").await?;
        window.click("limits-save").await?;
        window.wait_for_text("toast", |text| text.contains("Limits set")).await?;
        let answer = http::send(&address, &http::post("/after", &[], &body)).await?;
        ensure!(answer.status == 413, "above the limit: {}", answer.head);
        let answer = http::send(&address, &http::post("/small", &[], b"{}")).await?;
        ensure!(answer.status == 200, "below the limit: {}", answer.head);

        window.click("nav-inbox").await?;
        let row = capture_row(window, "/after").await?.text().await?;
        ensure!(row.contains("413") && row.contains('>'), "the row of the cut body: {row}");
        open_capture(window, "/after").await?;
        let cut = "return document.querySelector('[data-testid=detail]').innerText";
        let detail = window.run(cut, Vec::new()).await?;
        ensure!(
            detail.as_str().is_some_and(|text| text.to_lowercase().contains("cut") || text.contains("limit")),
            "the detail does not say that the body was cut: {detail}"
        );
        Ok(())
    })
    .await
}

/// The error that stands at a field, as a screen reader finds it.
async fn said_at(window: &Desktop, field: &str) -> Result<String> {
    window.find_css(&format!("[data-testid={field}][aria-invalid=true]")).await?;
    let script = "const field = document.querySelector(`[data-testid=${arguments[0]}]`); \
                  return document.getElementById(field.getAttribute('aria-describedby'))?.innerText ?? ''";
    let said = window.run(script, vec![field.into()]).await?;
    Ok(said.as_str().unwrap_or_default().to_owned())
}
