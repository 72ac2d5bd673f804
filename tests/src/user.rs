//! What a user and a provider do, in their own terms: the window tests and the pictures share it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::{Locator, elements::Element, key::Key};
use serde_json::{Value, json};

use crate::{
    desktop::{Desktop, selector},
    free_address, http, stripe, unix_seconds, wait_for,
};

/// How long a captured request may take to show in the window: the notices come at most ten times a second.
const LIVE_LIMIT: Duration = Duration::from_secs(10);

/// How long a toast may take: what it tells of may need a second start of the program.
const TOAST_LIMIT: Duration = Duration::from_secs(20);

/// The address the window says it listens on, as `127.0.0.1:4665`.
///
/// # Errors
/// When it shows none in time.
pub async fn listening_address(window: &Desktop) -> Result<String> {
    let text = window.wait_for_text("listener-address", |text| socket_address(text).is_some()).await?;
    socket_address(&text).context("no address")
}

fn socket_address(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))
        .filter_map(|word| word.rsplit_once(':'))
        .find(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0))
        .map(|(host, port)| format!("{host}:{port}"))
}

/// Makes an endpoint through the form (path name, provider, one secret) and goes back to the inbox.
///
/// # Errors
/// When the form does not do what it is asked.
pub async fn create_endpoint(window: &Desktop, slug: &str, provider: &str, secret: &str) -> Result<()> {
    window.click("new-endpoint").await?;
    choose_provider(window, provider).await?;
    window.fill("endpoint-slug", slug).await?;
    window.fill("endpoint-secret", secret).await?;
    window.click("endpoint-save").await?;
    wait_for(&format!("the endpoint {slug} in the rail"), LIVE_LIMIT, async || {
        for item in window.find_all("endpoint-item").await? {
            if item.text().await?.contains(slug) {
                return Ok(Some(()));
            }
        }
        Ok(None)
    })
    .await?;
    window.click("nav-inbox").await
}

async fn choose_provider(window: &Desktop, provider: &str) -> Result<()> {
    let field = window.find("endpoint-provider").await?;
    field.click().await?;
    field.send_keys(provider).await?;
    let option = format!("[role=option][data-active=true][data-value=\"{provider}\"]");
    window.find_css(&option).await.context("the provider is not offered")?;
    field.send_keys(&char::from(Key::Enter).to_string()).await?;
    Ok(())
}

/// Goes to a section of the settings.
///
/// # Errors
/// When it is not there.
pub async fn open_settings(window: &Desktop, section: &str) -> Result<()> {
    window.click("settings").await?;
    window.click(&format!("section-{section}")).await
}

/// Turns the TLS port on, in the settings, and gives its address.
///
/// # Errors
/// When it is not opened.
pub async fn open_tls_port(window: &Desktop) -> Result<String> {
    let address = free_address()?;
    open_settings(window, "tls").await?;
    window.fill("tls-address", &address).await?;
    window.click("tls-enabled").await?;
    window.click("tls-apply").await?;
    window.wait_for_text("tls-state", |text| text == "listening").await?;
    Ok(address)
}

/// A Stripe event of the usual shape, compact as Stripe sends it.
pub fn stripe_event(id: &str, event_type: &str, amount: u32) -> String {
    json!({
        "id": id,
        "object": "event",
        "api_version": "2026-08-27",
        "created": unix_seconds(),
        "type": event_type,
        "livemode": false,
        "data": { "object": {
            "id": "in_1SWk9rLkdIwHu7ixnB4cYw2p",
            "object": "invoice",
            "amount_due": amount,
            "amount_paid": amount,
            "currency": "eur",
            "customer": "cus_9Qe3tVnK0zRb2L",
        }},
        "pending_webhooks": 1,
        "request": { "id": null, "idempotency_key": null },
    })
    .to_string()
}

/// Posts a body as Stripe would, signed now with `secret`, and expects a 2xx answer.
///
/// # Errors
/// When it is answered otherwise or not at all.
pub async fn post_as_stripe(address: &str, path: &str, secret: &str, body: &str) -> Result<()> {
    let signature = stripe::sign(secret, unix_seconds(), body.as_bytes());
    let head = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Cache-Control", "no-cache"),
        ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        (stripe::HEADER, &signature),
        ("Accept", "*/*"),
    ];
    expect_2xx(address, &http::post(path, &head, body.as_bytes())).await
}

/// Sends raw bytes and expects a 2xx answer.
///
/// # Errors
/// When they are answered otherwise or not at all.
pub async fn expect_2xx(address: &str, request: &[u8]) -> Result<()> {
    let answer = http::send(address, request).await?;
    ensure!(
        (200..300).contains(&answer.status),
        "answered {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    Ok(())
}

/// Waits until the list shows a capture whose row holds `text`, and gives that row.
///
/// New captures wait behind a button while somebody is reading, so that nothing moves under his eyes; it is pressed.
///
/// # Errors
/// When the row does not appear in time.
pub async fn capture_row(window: &Desktop, text: &str) -> Result<Element> {
    wait_for(&format!("a row with “{text}”"), LIVE_LIMIT, async || {
        for row in window.find_all("capture-row").await? {
            if row.text().await?.contains(text) {
                return Ok(Some(row));
            }
        }
        if let Ok(button) = window.client().find(Locator::Css(&selector("new-pill"))).await {
            button.click().await?;
        }
        Ok(None)
    })
    .await
}

/// Opens the capture whose row holds `text` and waits until the detail shows it.
///
/// # Errors
/// When it does not appear in time.
pub async fn open_capture(window: &Desktop, text: &str) -> Result<()> {
    capture_row(window, text).await?.click().await?;
    window.wait_for_text("detail", |detail| detail.contains(text)).await.map(drop)
}

/// The verdict in the row that holds `text`, once one stands there.
///
/// # Errors
/// When there is none in time.
pub async fn verdict_of(window: &Desktop, text: &str) -> Result<String> {
    wait_for(&format!("a verdict on “{text}”"), LIVE_LIMIT, async || {
        let row = capture_row(window, text).await?;
        let verdict = row.find(Locator::Css(&selector("verdict"))).await?.text().await?;
        Ok((!verdict.trim().is_empty()).then(|| verdict.trim().to_owned()))
    })
    .await
}

/// Waits until the row that holds `text` has this verdict: the doctor looks at captures after they are listed.
///
/// # Errors
/// When it has another one for too long.
pub async fn wait_for_verdict(window: &Desktop, text: &str, expected: &str) -> Result<()> {
    wait_for(&format!("“{expected}” on “{text}”"), LIVE_LIMIT, async || {
        Ok((verdict_of(window, text).await? == expected).then_some(()))
    })
    .await
}

/// The one file that appears in the export directory, read as JSON.
///
/// # Errors
/// When none appears in time or it is not JSON.
pub async fn exported(window: &Desktop) -> Result<Value> {
    wait_for("an exported file", LIVE_LIMIT, async || {
        let Some(file) = std::fs::read_dir(window.export_dir())?.flatten().next() else { return Ok(None) };
        // Half written yet: the next look reads it whole.
        Ok(Some(serde_json::from_slice(&std::fs::read(file.path())?).context("the export is not JSON")?))
    })
    .await
}

/// Waits until the list shows rows with these texts and no others, in this order.
///
/// # Errors
/// When it shows others.
pub async fn list_holds(window: &Desktop, parts: &[&str]) -> Result<()> {
    let mut last = Vec::new();
    wait_for(&format!("the rows {parts:?}"), LIVE_LIMIT, async || {
        last.clear();
        for row in window.find_all("capture-row").await? {
            // A row may go while it is read.
            last.push(row.text().await.unwrap_or_default());
        }
        let fits = last.len() == parts.len() && last.iter().zip(parts).all(|(row, part)| row.contains(part));
        Ok(fits.then_some(()))
    })
    .await
    .with_context(|| format!("the rows are {last:?}"))
}

/// Waits for a toast that says this and gives all it says.
///
/// # Errors
/// When none does in time.
pub async fn toast_saying(window: &Desktop, part: &str) -> Result<String> {
    wait_for(&format!("“{part}”"), TOAST_LIMIT, async || {
        for toast in window.find_all("toast").await? {
            // One that goes while it is read says nothing any more.
            let text = toast.text().await.unwrap_or_default();
            if text.contains(part) {
                return Ok(Some(text));
            }
        }
        Ok(None)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::socket_address;

    #[test]
    fn addresses_are_found_in_what_the_window_says() {
        assert_eq!(socket_address("Listening\n127.0.0.1:4665\nlast 4 s ago").as_deref(), Some("127.0.0.1:4665"));
        assert_eq!(socket_address("http://127.0.0.1:4665/stripe").as_deref(), Some("127.0.0.1:4665"));
        assert_eq!(socket_address("not listening"), None);
        assert_eq!(socket_address("127.0.0.1:0"), None);
    }
}
