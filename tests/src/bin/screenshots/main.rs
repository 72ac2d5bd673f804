//! Pictures of the real window for the README and for comparing with the design: `screenshots FOLDER`, on a display.

mod inbox;
mod receiving;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    handler::Handler,
    http, pause, stripe, unix_seconds,
    user::{capture_row, create_endpoint, expect_2xx, listening_address, open_capture, post_as_stripe, stripe_event},
};

const SECRET: &str = "whsec_pictures000000000000000000000000";
const OTHER_SECRET: &str = "whsec_other000000000000000000000000000";

/// The size of the design's pictures.
const SIZE: (u32, u32) = (1_280, 800);

/// Fades last 200 ms at most (the design's longest motion), fonts load in less.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(600);

#[tokio::main]
async fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("usage: screenshots FOLDER")?);
    with_window("screenshots", sized(), async |window| take_main_pictures(window, &folder).await).await?;
    inbox::take_pictures(&folder).await?;
    receiving::take_pictures(&folder).await?;

    let occupied = std::net::TcpListener::bind("127.0.0.1:0").context("no free port")?;
    let listen = occupied.local_addr().context("no free port")?.to_string();
    let start = Start { listen, ..sized() };
    with_window("screenshots-port", start, async |window| in_both_themes(window, &folder, "port-in-use").await).await
}

fn sized() -> Start {
    Start { size: Some(SIZE), ..Start::default() }
}

async fn take_main_pictures(window: &Desktop, folder: &Path) -> Result<()> {
    let address = listening_address(window).await?;
    in_both_themes(window, folder, "first-run").await?;

    window.click("new-endpoint").await?;
    in_both_themes(window, folder, "endpoint").await?;
    window.click("nav-inbox").await?;
    create_endpoint(window, "stripe-billing", "stripe", SECRET).await?;
    create_endpoint(window, "stripe-cli", "stripe", OTHER_SECRET).await?;
    let paid = pretty(&stripe_event("evt_1SWk9uLkdIwHu7ix", "invoice.paid", 4_900))?;
    fill_inbox(window, &address, &paid).await?;
    open_capture(window, "evt_1SWk9uLkdIwHu7ix").await?;
    in_both_themes(window, folder, "inbox").await?;

    open_capture(window, "evt_1SWkAzLkdIwHu7ix").await?;
    window.click("tab-signature").await?;
    window.find("doctor-finding").await?;
    in_both_themes(window, folder, "doctor").await?;
    doctor_pictures(window, &address, folder).await?;

    let handler = Handler::start(SECRET).await?;
    open_capture(window, "evt_1SWk9uLkdIwHu7ix").await?;
    window.click("edit-resend").await?;
    window.fill("composer-target", &handler.url("/webhooks/stripe")).await?;
    window.replace_editor_text("composer-body", &paid.replace("4900", "5100")).await?;
    in_both_themes(window, folder, "composer").await?;
    window.click("composer-send").await?;
    window.find_css("[data-testid=attempt-row][data-result=\"200\"]").await?;
    in_both_themes(window, folder, "composer-sent").await?;

    window.click("nav-providers").await?;
    window.click_css("[data-provider=stripe]").await?;
    window.find("provider-recipe").await?;
    in_both_themes(window, folder, "providers").await?;
    window.click("provider-duplicate").await?;
    window.fill("trial-secret", SECRET).await?;
    window.find("trial-signed").await?;
    in_both_themes(window, folder, "recipe").await?;

    window.click("settings").await?;
    in_both_themes(window, folder, "settings").await
}

/// A body that a relay wrote anew, and a request pasted from a log.
async fn doctor_pictures(window: &Desktop, address: &str, folder: &Path) -> Result<()> {
    let signed = stripe_event("evt_1SWkC2LkdIwHu7ix", "customer.updated", 4_900)
        .replace("\"currency\":\"eur\"", "\"url\":\"https:\\/\\/shop.example\\/orders\\/1039\",\"currency\":\"eur\"");
    let signature = stripe::sign(SECRET, unix_seconds(), signed.as_bytes());
    let arrived = signed.replace("\\/", "/");
    let head = [("Content-Type", "application/json"), (stripe::HEADER, signature.as_str())];
    expect_2xx(address, &http::post("/stripe-billing", &head, arrived.as_bytes())).await?;
    open_capture(window, "evt_1SWkC2LkdIwHu7ix").await?;
    window.click("tab-signature").await?;
    window.find("doctor-arrived").await?;
    in_both_themes(window, folder, "doctor-bytes").await?;

    // From yesterday's log, with a secret that no endpoint has.
    let secret = "whsec_pasted00000000000000000000000000";
    let signature = stripe::sign(secret, unix_seconds() - 90_000, signed.as_bytes());
    window.click("nav-doctor").await?;
    let pasted = format!(
        "curl https://shop.example/hooks/stripe -H 'Content-Type: application/json' -H 'Stripe-Signature: {signature}'"
    );
    window.fill("scratch-request", &pasted).await?;
    window.fill("scratch-body", &signed).await?;
    window.fill("scratch-secret", &secret.replace("whsec_", "")).await?;
    window.click("scratch-diagnose").await?;
    window.find("doctor-finding").await?;
    in_both_themes(window, folder, "doctor-pasted").await?;
    window.click("nav-inbox").await
}

async fn fill_inbox(window: &Desktop, address: &str, paid: &str) -> Result<()> {
    let path = "/stripe-billing";
    for (id, event_type, secret) in [
        ("evt_1SWk4hLkdIwHu7ix", "charge.refunded", SECRET),
        ("evt_1SWk7kLkdIwHu7ix", "checkout.session.completed", SECRET),
        ("evt_1SWk9sLkdIwHu7ix", "customer.subscription.updated", SECRET),
        ("evt_1SWkAzLkdIwHu7ix", "invoice.payment_failed", OTHER_SECRET),
    ] {
        post_as_stripe(address, path, secret, &stripe_event(id, event_type, 4_900)).await?;
    }
    post_as_stripe(address, path, SECRET, paid).await?;
    let xml = [("Content-Type", "application/xml")];
    expect_2xx(address, &http::post("/hooks/inventory", &xml, b"<stock sku=\"A-1\"><left>3</left></stock>")).await?;
    expect_2xx(address, &http::post(path, &[("Content-Type", "application/json")], b"{\"unsigned\":true}")).await?;
    capture_row(window, "/hooks/inventory").await.map(drop)
}

fn pretty(json: &str) -> Result<String> {
    let value: serde_json::Value = serde_json::from_str(json).context("the sample is not JSON")?;
    Ok(format!("{value:#}"))
}

/// The theme is switched the way the settings do it, without going there and losing the screen.
async fn in_both_themes(window: &Desktop, folder: &Path, name: &str) -> Result<()> {
    for theme in ["light", "dark"] {
        let set = "document.documentElement.dataset.theme = arguments[0]";
        window.run(set, vec![serde_json::json!(theme)]).await?;
        picture(window, folder, &format!("{name}-{theme}")).await?;
    }
    Ok(())
}

async fn picture(window: &Desktop, folder: &Path, name: &str) -> Result<()> {
    window.wait_for_count("toast", 0).await?;
    pause(SETTLE).await;
    window.screenshot(&folder.join(format!("{name}.png"))).await
}
