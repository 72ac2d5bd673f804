//! Pictures of what is done in the inbox: searching, the palette, the menu, notes, comparing, rows as a table, viewers of bodies.

use std::path::Path;

use anyhow::Result;
use fantoccini::key::Key;
use hookglass_tests::{
    desktop::{Desktop, with_window},
    http,
    keys::press,
    stripe::{self, HEADER},
    unix_seconds,
    user::{capture_row, create_endpoint, expect_2xx, listening_address, open_capture, post_as_stripe, stripe_event},
};

use crate::{OTHER_SECRET, SECRET, in_both_themes, sized};

const ESCAPE: char = '\u{e00c}';

pub(crate) async fn take_pictures(folder: &Path) -> Result<()> {
    with_window("screenshots-inbox", sized(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "stripe-billing", "stripe", SECRET).await?;
        create_endpoint(window, "github-app", "github", "github-secret").await?;
        fill(window, &address).await?;
        search(window, folder).await?;
        deeds(window, folder).await?;
        compare(window, folder).await?;
        bodies(window, &address, folder).await?;
        window.click("nav-inbox").await?;
        window.click("list-rows").await?;
        open_capture(window, "evt_1SWk7kLkdIwHu7ix").await?;
        in_both_themes(window, folder, "compact").await
    })
    .await
}

async fn fill(window: &Desktop, address: &str) -> Result<()> {
    let path = "/stripe-billing";
    for number in 0..24 {
        let (event_type, amount) = [
            ("invoice.paid", 4_900),
            ("customer.subscription.updated", 0),
            ("checkout.session.completed", 12_500),
            ("charge.refunded", 990),
        ][number % 4];
        let secret = if number % 9 == 5 { OTHER_SECRET } else { SECRET };
        let id = format!("evt_1SWk{number:02}LkdIwHu7ix");
        post_as_stripe(address, path, secret, &stripe_event(&id, event_type, amount)).await?;
    }
    let event = stripe_event("evt_1SWk7kLkdIwHu7ix", "invoice.payment_failed", 4_900);
    let now = unix_seconds();
    for (ago, body) in
        [(60, event.clone()), (30, event.clone()), (0, event.replace("4900", "5100").replace("eur", "usd"))]
    {
        let signature = stripe::sign(SECRET, now - ago, body.as_bytes());
        let head = [("Content-Type", "application/json; charset=utf-8"), (HEADER, signature.as_str())];
        expect_2xx(address, &http::post(path, &head, body.as_bytes())).await?;
    }
    capture_row(window, "evt_1SWk7kLkdIwHu7ix").await.map(drop)
}

async fn search(window: &Desktop, folder: &Path) -> Result<()> {
    window.fill("search", "provider:stripe event:invoice.").await?;
    window.find("suggestion").await?;
    in_both_themes(window, folder, "search").await?;
    window.fill("search", "provider:stripe statsu:200").await?;
    window.find("query-problem").await?;
    in_both_themes(window, folder, "search-mistake").await?;
    window.fill("search", "verdict:invalid").await?;
    window.click("save-filter").await?;
    window.fill("filter-name", "To look into").await?;
    window.click("filter-save").await?;
    window.find("saved-filter").await?;
    window.fill("search", "provider:stripe json.data.object.amount_due:>1000 -verdict:invalid").await?;
    leave_search(window).await?;
    in_both_themes(window, folder, "found").await?;
    window.fill("search", " ").await?;
    leave_search(window).await
}

/// Enter shows what is found and goes to the list.
async fn leave_search(window: &Desktop) -> Result<()> {
    Ok(window.find("search").await?.send_keys(&char::from(Key::Enter).to_string()).await?)
}

async fn deeds(window: &Desktop, folder: &Path) -> Result<()> {
    open_capture(window, "evt_1SWk02LkdIwHu7ix").await?;
    press(window, &['n']).await?;
    let text = "Ask the billing team whether the second try was theirs.";
    window.fill_css("[data-testid=note-text] textarea, textarea[data-testid=note-text]", text).await?;
    let label = window.find("label-input").await?;
    label.send_keys(&format!("to ask{}", char::from(Key::Enter))).await?;
    in_both_themes(window, folder, "note").await?;
    window.click("note-save").await?;
    window.find("note-strip").await?;
    press(window, &[Key::Shift.into(), Key::F10.into()]).await?;
    window.find("capture-menu").await?;
    in_both_themes(window, folder, "menu").await?;
    press(window, &[ESCAPE]).await?;
    press(window, &[Key::Control.into(), 'k']).await?;
    window.fill("palette-input", "co").await?;
    window.find("palette-option").await?;
    in_both_themes(window, folder, "palette").await?;
    press(window, &[ESCAPE]).await?;
    press(window, &['?']).await?;
    in_both_themes(window, folder, "shortcuts").await?;
    press(window, &[ESCAPE]).await
}

async fn compare(window: &Desktop, folder: &Path) -> Result<()> {
    open_capture(window, "evt_1SWk7kLkdIwHu7ix").await?;
    press(window, &['c']).await?;
    window.find("compare-summary").await?;
    in_both_themes(window, folder, "compare").await?;
    window.click("compare-headers").await?;
    in_both_themes(window, folder, "compare-headers").await?;
    press(window, &[ESCAPE]).await?;
    window.click("tab-timeline").await?;
    in_both_themes(window, folder, "timeline-family").await?;
    window.click("tab-body").await
}

/// What is shown of a body that is no JSON, and finding in one that is.
async fn bodies(window: &Desktop, address: &str, folder: &Path) -> Result<()> {
    open_capture(window, "evt_1SWk00LkdIwHu7ix").await?;
    press(window, &[Key::Control.into(), 'f']).await?;
    window.fill("find-needle", "invoice").await?;
    window.find("find-count").await?;
    in_both_themes(window, folder, "find").await?;
    press(window, &[ESCAPE]).await?;
    let parts = "--parts\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nA note\r\n--parts\r\n\
         Content-Disposition: form-data; name=\"order\"; filename=\"order.json\"\r\nContent-Type: application/json\r\n\r\n\
         {\"id\": 7, \"total\": 12.50}\r\n--parts--\r\n";
    let xml = "<?xml version=\"1.0\"?>\n<stock place=\"north\"><item sku=\"A-1\"><left>3</left></item><item sku=\"B-2\"/></stock>";
    let bytes: Vec<u8> = (0..=255).cycle().take(600).collect();
    for (name, content_type, body) in [
        ("multipart", "multipart/form-data; boundary=parts", parts.as_bytes()),
        ("xml", "application/xml", xml.as_bytes()),
        ("hex", "application/octet-stream", &bytes[..]),
    ] {
        let path = format!("/bodies/{name}");
        expect_2xx(address, &http::post(&path, &[("Content-Type", content_type)], body)).await?;
        open_capture(window, &path).await?;
        in_both_themes(window, folder, &format!("body-{name}")).await?;
    }
    Ok(())
}
