//! Events that come more than once, in the real window.

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use hookglass_tests::{
    desktop::{Start, selector, with_window},
    http,
    stripe::{self, HEADER},
    unix_seconds,
    user::{capture_row, create_endpoint, expect_2xx, listening_address, open_capture, stripe_event},
    wait_for,
};

use std::time::Duration;

const SECRET: &str = "whsec_repeats000000000000000000000000";

#[tokio::test]
async fn an_event_that_comes_again_is_marked_with_how_it_is_like_the_first() -> Result<()> {
    with_window("repeats", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;
        let event = stripe_event("evt_repeats", "invoice.paid", 4_900);
        let now = unix_seconds();
        let send = async |path: &str, signed_at: u64, body: &str| {
            let signature = stripe::sign(SECRET, signed_at, body.as_bytes());
            let head = [("Content-Type", "application/json"), (HEADER, signature.as_str())];
            expect_2xx(&address, &http::post(path, &head, body.as_bytes())).await
        };
        // By their paths the rows are told apart.
        send("/billing/first", now - 60, &event).await?;
        send("/billing/again", now, &event).await?;
        send("/billing/replayed", now, &event).await?;
        send("/billing/changed", now, &event.replace("4900", "5100")).await?;

        for (path, kind, word) in
            [("again", "retry", "retry"), ("replayed", "replay", "replay"), ("changed", "conflict", "conflict")]
        {
            let row = format!("/billing/{path}");
            let mark = wait_for(&format!("a mark on {row}"), Duration::from_secs(10), async || {
                let found = capture_row(window, &row).await?.find(Locator::Css(&selector("duplicate-mark"))).await?;
                Ok(Some((found.attr("data-kind").await?.unwrap_or_default(), found.text().await?)))
            })
            .await?;
            ensure!(mark.0 == kind && mark.1.contains(word), "{row} is marked {mark:?}");
        }
        let first = capture_row(window, "/billing/first").await?;
        ensure!(first.find_all(Locator::Css(&selector("duplicate-mark"))).await?.is_empty(), "the first is marked");

        open_capture(window, "/billing/changed").await?;
        window.click("tab-timeline").await?;
        let family = window.wait_for_count("family-member", 4).await?;
        family.into_iter().next().context("no family")?.click().await?;
        window.wait_for_text("detail", |text| text.contains("/billing/first")).await.map(drop)
    })
    .await
}
