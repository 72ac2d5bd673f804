//! A mismatch in the real window: the cause in the list, its proof in the Signature tab, one click that mends it, others
//! like it judged again, and a pasted request.

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http,
    stripe::{self, HEADER},
    unix_seconds,
    user::{
        create_endpoint, expect_2xx, listening_address, open_capture, post_as_stripe, stripe_event, wait_for_verdict,
    },
};

const SECRET: &str = "whsec_doctor00000000000000000000000000";
/// One that no endpoint has.
const PASTED_SECRET: &str = "whsec_pasted00000000000000000000000000";

#[tokio::test]
async fn a_mismatch_is_explained_mended_and_others_like_it_judged_again() -> Result<()> {
    with_window("doctor", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", &format!("'{SECRET}'")).await?;
        for id in ["evt_doctor_one", "evt_doctor_two"] {
            post_as_stripe(&address, "/billing", SECRET, &stripe_event(id, "invoice.paid", 1)).await?;
        }
        for id in ["evt_doctor_one", "evt_doctor_two"] {
            wait_for_verdict(window, id, "Secret has quotes").await?;
        }
        open_capture(window, "evt_doctor_one").await?;
        window.click("tab-signature").await?;
        window.wait_for_text("doctor-finding", |text| text.contains("quotation marks")).await?;
        masked_until_revealed(window).await?;

        window.click_css("[data-testid=doctor-remedy][data-kind=replace_secret]").await?;
        wait_for_verdict(window, "evt_doctor_one", "Valid").await.context("after the remedy")?;
        window.click("doctor-recheck").await?;
        wait_for_verdict(window, "evt_doctor_two", "Valid").await.context("after judging again")?;
        post_as_stripe(&address, "/billing", SECRET, &stripe_event("evt_doctor_three", "invoice.paid", 1)).await?;
        wait_for_verdict(window, "evt_doctor_three", "Valid").await.context("what arrives next")
    })
    .await
}

/// The expected signature is not in the page before it is asked for.
async fn masked_until_revealed(window: &Desktop) -> Result<()> {
    let text = "return document.body.textContent";
    let before = window.run(text, Vec::new()).await?.as_str().unwrap_or_default().to_owned();
    ensure!(before.contains("••••"), "nothing is masked");
    ensure!(!before.contains(SECRET), "the secret is in the page");
    window.click("doctor-reveal").await?;
    hookglass_tests::wait_for("the whole signature", std::time::Duration::from_secs(5), async || {
        let after = window.run(text, Vec::new()).await?.as_str().unwrap_or_default().to_owned();
        Ok((!after.contains("••••")).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_body_written_anew_is_shown_beside_the_signed_one_and_pasted_requests_are_explained() -> Result<()> {
    with_window("doctor-bytes", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;
        let signed = stripe_event("evt_doctor_bytes", "invoice.paid", 1);
        // As a relay does that parses the JSON and writes it with spaces.
        let arrived = signed.replace("\":", "\": ").replace(",\"", ", \"");
        let signature = stripe::sign(SECRET, unix_seconds(), signed.as_bytes());
        expect_2xx(&address, &http::post("/billing", &[(HEADER, &signature)], arrived.as_bytes())).await?;
        wait_for_verdict(window, "evt_doctor_bytes", "Body changed in transit").await?;
        open_capture(window, "evt_doctor_bytes").await?;
        window.click("tab-signature").await?;
        window.wait_for_text("doctor-signed", |text| text.contains("evt_doctor_bytes")).await?;
        window.wait_for_text("doctor-arrived", |text| text.contains("evt_doctor_bytes")).await?;
        window.find("doctor-guide").await.context("the guides to a raw body")?;
        // One resends at once, the other opens the draft.
        let remedies = window.find_all("doctor-remedy").await?;
        remedies.into_iter().next_back().context("no remedy")?.click().await?;
        window.find("composer-body").await.context("the restored body opens in the composer")?;

        let signature = stripe::sign(PASTED_SECRET, unix_seconds() - 90_000, signed.as_bytes());
        window.click("nav-doctor").await?;
        window.fill("scratch-request", &format!("curl https://a.example/hook -H '{HEADER}: {signature}'")).await?;
        window.fill("scratch-body", &signed).await?;
        window.fill("scratch-secret", &PASTED_SECRET.replace("whsec_", "")).await?;
        window.click("scratch-diagnose").await?;
        window.wait_for_text("doctor-finding", |text| text.contains("whsec_")).await.map(drop)
    })
    .await
}
