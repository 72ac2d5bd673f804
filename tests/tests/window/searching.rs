//! Searching in the real window: what is typed is understood, said and found, and can be kept under a name.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http,
    user::{create_endpoint, expect_2xx, list_holds, listening_address, post_as_stripe, stripe_event},
};

const SECRET: &str = "whsec_searching0000000000000000000000";
const OTHER_SECRET: &str = "whsec_forged0000000000000000000000000";

#[tokio::test]
async fn captures_are_found_by_filters_and_text_and_mistakes_are_shown_where_they_are() -> Result<()> {
    with_window("searching", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;
        for (id, event_type, amount, secret) in [
            ("evt_small", "invoice.paid", 900, SECRET),
            ("evt_large", "invoice.paid", 125_000, SECRET),
            ("evt_forged", "charge.refunded", 77, OTHER_SECRET),
        ] {
            post_as_stripe(&address, "/billing", secret, &stripe_event(id, event_type, amount)).await?;
        }
        expect_2xx(&address, &http::post("/elsewhere", &[("X-Needle", "in the haystack")], b"plain words")).await?;
        list_holds(window, &["/elsewhere", "evt_forged", "evt_large", "evt_small"]).await?;

        for (query, rows) in [
            ("verdict:invalid", &["evt_forged"][..]),
            ("provider:stripe json.data.object.amount_due:>1000", &["evt_large"]),
            ("\"plain words\" OR id:evt_small", &["/elsewhere", "evt_small"]),
            ("header.x-needle:haystack", &["/elsewhere"]),
            ("event:invoice.* -json.data.object.amount_due:900", &["evt_large"]),
        ] {
            search(window, query).await?;
            list_holds(window, rows).await.with_context(|| query.to_owned())?;
        }

        // A mistake is marked and mended, and the list stays as it was meanwhile.
        search(window, "verdikt:invalid").await?;
        let said = window.wait_for_text("query-problem", |text| !text.is_empty()).await?;
        ensure!(said.contains("No filter called verdikt") && said.contains("verdict"), "it says “{said}”");
        list_holds(window, &["evt_large"]).await.context("the last good result stays")?;
        window.click("query-replace").await?;
        list_holds(window, &["evt_forged"]).await.context("the mended query is run")?;

        // Nothing found says so.
        search(window, "no capture holds this").await?;
        window.wait_for_text("no-match", |text| text.contains("4 captures, 0")).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_search_is_kept_under_a_name_with_its_number() -> Result<()> {
    with_window("saved-filter", Start::default(), async |window| {
        let address = listening_address(window).await?;
        for path in ["/one", "/two", "/other"] {
            expect_2xx(&address, &http::post(path, &[], b"{\"kind\":\"test\"}")).await?;
        }
        search(window, "path:/o").await?;
        list_holds(window, &["/other", "/one"]).await?;
        window.click("save-filter").await?;
        window.fill("filter-name", "Begins with o").await?;
        window.click("filter-save").await?;
        let item = window.wait_for_text("saved-filter", |text| text.contains("Begins with o")).await?;
        ensure!(item.contains('2'), "its number is missing: “{item}”");

        search(window, "path:/two").await?;
        list_holds(window, &["/two"]).await?;
        window.click("saved-filter").await?;
        list_holds(window, &["/other", "/one"]).await?;
        expect_2xx(&address, &http::post("/often", &[], b"{}")).await?;
        window.wait_for_text("saved-filter", |text| text.contains('3')).await.context("the number follows").map(drop)
    })
    .await
}

/// Types a query as a person does.
async fn search(window: &Desktop, query: &str) -> Result<()> {
    window.fill("search", query).await?;
    window.find("search").await?.send_keys(&char::from(Key::Enter).to_string()).await?;
    Ok(())
}
