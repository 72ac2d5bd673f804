//! The main job in the real window: a signed request arrives on a real socket, is seen, edited, signed again, sent to
//! a real handler and exported.

mod accessibility;
mod citizen;
mod doctor;
mod doing;
mod hostile;
mod keeping;
mod listening;
mod notifying;
mod rejected;
mod repeats;
mod searching;
mod tray;
mod troubles;

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    handler::Handler,
    http,
    stripe::{self, HEADER},
    unix_seconds,
    user::{
        capture_row, create_endpoint, expect_2xx, exported, listening_address, open_capture, post_as_stripe,
        stripe_event, verdict_of,
    },
};
use serde_json::{Value, json};

const SECRET: &str = "whsec_window00000000000000000000000000";
const OTHER_SECRET: &str = "whsec_other000000000000000000000000000";

#[tokio::test]
async fn a_signed_request_is_captured_edited_signed_again_sent_and_exported() -> Result<()> {
    with_window("story", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;

        let event = stripe_event("evt_story_valid", "invoice.paid", 4_900);
        post_as_stripe(&address, "/billing/hooks?tenant=7", SECRET, &event).await?;
        let verdict = verdict_of(window, "evt_story_valid").await?;
        ensure!(verdict == "Valid", "the signed request is “{verdict}”");

        let forged = stripe_event("evt_story_forged", "invoice.paid", 1);
        post_as_stripe(&address, "/billing", OTHER_SECRET, &forged).await?;
        let verdict = verdict_of(window, "evt_story_forged").await?;
        ensure!(verdict == "No secret matches", "the forged request is “{verdict}”");

        edit_sign_and_send(window, &event).await.context("edit and resend")?;
        export_and_check(window, &event).await.context("export")
    })
    .await
}

/// Changes the amount in the composer, sends to a handler with a signature check of its own, and looks at both ends.
async fn edit_sign_and_send(window: &Desktop, event: &str) -> Result<()> {
    let handler = Handler::start(SECRET).await?;
    open_capture(window, "evt_story_valid").await?;
    window.click("edit-resend").await?;
    let edited = event.replace("4900", "5100");
    ensure!(edited != event, "the event has the amount in it");
    window.replace_editor_text("composer-body", &edited).await?;
    window.fill("composer-target", &handler.url("/webhooks/stripe?from=hookglass")).await?;
    window.click("composer-send").await?;

    window.find_css("[data-testid=attempt-row][data-result=\"200\"]").await.context("an attempt answered 200")?;
    let received = handler.received();
    let [request] = &received[..] else { anyhow::bail!("the handler got {} requests", received.len()) };
    ensure!(request.verified.is_ok(), "the handler refused the signature: {:?}", request.verified);
    ensure!(request.target == "/webhooks/stripe?from=hookglass", "it came to {}", request.target);
    ensure!(request.body == edited.as_bytes(), "another body came: {}", String::from_utf8_lossy(&request.body));
    ensure!(
        request.headers.get("user-agent").is_some_and(|agent| agent.as_bytes().starts_with(b"Stripe/1.0")),
        "the sender's own headers are kept"
    );
    Ok(())
}

/// Exports the captured request and compares it with what was sent: the capture is evidence, so the edit is not in it.
async fn export_and_check(window: &Desktop, event: &str) -> Result<()> {
    window.click("nav-inbox").await?;
    open_capture(window, "evt_story_valid").await?;
    window.click("export").await?;
    let har = exported(window).await?;
    ensure!(har["log"]["version"] == "1.2", "not HAR 1.2");
    let entries = har["log"]["entries"].as_array().context("no entries")?;
    let [entry] = &entries[..] else { anyhow::bail!("{} entries", entries.len()) };
    let request = &entry["request"];
    ensure!(request["method"] == "POST");
    let url = request["url"].as_str().context("no url")?;
    ensure!(url.ends_with("/billing/hooks?tenant=7"), "url is {url}");
    ensure!(
        request["queryString"] == json!([{ "name": "tenant", "value": "7" }]),
        "query is {}",
        request["queryString"]
    );
    ensure!(request["postData"]["text"] == event, "another body was exported");
    let names: Vec<&str> = request["headers"]
        .as_array()
        .context("no headers")?
        .iter()
        .filter_map(|header| header["name"].as_str())
        .collect();
    let expected = ["Host", "Content-Type", "Cache-Control", "User-Agent", HEADER, "Accept", "Content-Length"];
    ensure!(names == expected, "headers changed their order or spelling: {names:?}");
    ensure!(entry["response"]["status"].as_u64().is_some_and(|status| (200..300).contains(&status)));
    Ok(())
}

/// A recipe of the same scheme as Stripe's under another header, so that the tests' own signing code serves.
const OWN_RECIPE: &str = r#"id = "ours"
name = "Our orders"
monogram = "Oo"
summary = "Orders-Signature · t, v1 · HMAC-SHA256 hex"
evidence = [{ kind = "third-party", source = "our wiki" }]
secret = { form = "text", hint = "a secret" }

[signature]
from = { header = "Orders-Signature" }
layout = { list = { separator = ",", assign = "=", signature = "v1" } }
algorithm = "hmac-sha256"
encoding = "hex"
content = "{timestamp}.{body}"

[timestamp]
from = { signature_element = "t" }
format = "unix-seconds"
tolerance_seconds = 300
future = "accepted"

[event]
type = [{ json = "/type" }]
id = { json = "/id" }
"#;

#[tokio::test]
async fn a_recipe_made_in_the_window_checks_what_arrives_next() -> Result<()> {
    with_window("recipe", Start::default(), async |window| {
        let address = listening_address(window).await?;
        let post_order = async |path: &str, id: &str| {
            let body = json!({ "id": id, "type": "order.made" }).to_string();
            let signature = stripe::sign(SECRET, unix_seconds(), body.as_bytes());
            let head = [("Content-Type", "application/json"), ("Orders-Signature", signature.as_str())];
            expect_2xx(&address, &http::post(path, &head, body.as_bytes())).await
        };
        post_order("/orders", "ord_first").await?;

        window.click("nav-providers").await?;
        window.click("provider-new").await?;
        let broken = OWN_RECIPE.replace("\"hex\"", "\"hax\"");
        window.replace_editor_text("recipe-text", &broken).await?;
        window.wait_for_text("recipe-status", |text| text.contains("Line 12, signature.encoding")).await?;
        window.find_css(".cm-lintRange-error").await.context("the problem is marked in the text")?;

        window.replace_editor_text("recipe-text", OWN_RECIPE).await?;
        window.fill("trial-secret", SECRET).await?;
        window.wait_for_text("trial-verdict", |text| text.starts_with("Valid")).await?;
        let signed = window.text("trial-signed").await?;
        ensure!(signed.contains("timestamp, 10"), "the parts are named: {signed}");
        window.click("recipe-save").await?;
        window.find("recipe-delete").await.context("it goes on as the editor of the saved recipe")?;
        let file = window.data_dir().join("providers/ours.toml");
        ensure!(std::fs::read_to_string(&file).context("no file")? == OWN_RECIPE, "another recipe was stored");

        create_endpoint(window, "orders", "ours", SECRET).await?;
        post_order("/orders", "ord_second").await?;
        let verdict = verdict_of(window, "ord_second").await?;
        ensure!(verdict == "Valid", "the order is “{verdict}”");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn odd_bodies_and_signatures_never_break_the_window() -> Result<()> {
    with_window("odd", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;

        let stripe = |signature: &str, path: &str, body: &[u8]| http::post(path, &[(HEADER, signature)], body);
        let stale = hookglass_tests::stripe::sign(SECRET, hookglass_tests::unix_seconds() - 4_000, b"{}");
        let requests: [(&str, Vec<u8>, &str); 6] = [
            ("/billing/unsigned", http::post("/billing/unsigned", &[], b"{}"), "Unsigned"),
            ("/billing/stale", stripe(&stale, "/billing/stale", b"{}"), "too old"),
            ("/billing/malformed", stripe("v1=zz,t=now", "/billing/malformed", b"{}"), "malformed"),
            ("/odd/empty", http::post("/odd/empty", &[], b""), "Not checked"),
            (
                "/odd/bytes",
                http::post_bytes(b"/odd/bytes", &[(b"X-Latin", b"caf\xe9 \xff")], b"\x00\xff\xfe{\x80\n"),
                "Not checked",
            ),
            (
                "/odd/json",
                http::post("/odd/json", &[("Content-Type", "application/json")], b"{\"a\": [1, 2,"),
                "Not checked",
            ),
        ];
        for (path, request, expected) in &requests {
            expect_2xx(&address, request).await.with_context(|| (*path).to_owned())?;
            let verdict = verdict_of(window, path).await?;
            ensure!(verdict.contains(expected), "{path} is “{verdict}”, not “{expected}”");
        }
        for (path, _, _) in &requests {
            open_capture(window, path).await?;
            for tab in ["tab-body", "tab-headers", "tab-signature", "tab-raw", "tab-body"] {
                window.click(tab).await.with_context(|| format!("{tab} of {path}"))?;
            }
        }
        let event = stripe_event("evt_after_all", "invoice.paid", 1);
        post_as_stripe(&address, "/billing", SECRET, &event).await?;
        capture_row(window, "evt_after_all").await.map(drop).context("the window still lives")
    })
    .await
}

#[tokio::test]
async fn a_port_in_use_is_said_and_the_next_free_one_offered() -> Result<()> {
    let occupied = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = occupied.local_addr()?;
    let start = Start { listen: address.to_string(), ..Start::default() };
    with_window("port-in-use", start, async |window| {
        window.wait_for_text("listener-stopped", |text| text.contains(&address.port().to_string())).await?;
        let said = window.run("return document.body.innerText", Vec::new()).await?;
        ensure!(said.as_str().is_some_and(|text| text.contains("in use")), "the window does not say why");

        // Never by itself: the old port stays until the offer is taken.
        let offered = window.text("use-free-port").await?;
        window.click("use-free-port").await?;
        let moved = window
            .wait_for_text("listener-address", |text| {
                !text.contains(&address.to_string()) && text.contains("127.0.0.1:")
            })
            .await?;
        let now = listening_address(window).await?;
        let port = now.rsplit(':').next().unwrap_or_default();
        ensure!(offered.contains(port), "“{offered}” was offered, and it is “{moved}”");
        expect_2xx(&now, &http::post("/moved", &[], b"{}")).await?;
        capture_row(window, "/moved").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn the_page_has_no_way_out_of_its_policy() -> Result<()> {
    with_window("policy", Start::default(), async |window| {
        let inline = window
            .run(
                "const script = document.createElement('script'); script.textContent = 'window.__inline = 1'; \
                 document.head.append(script); return window.__inline ?? null",
                Vec::new(),
            )
            .await?;
        ensure!(inline == Value::Null, "an inline script ran");
        let global = window.run("return typeof window.__TAURI__", Vec::new()).await?;
        ensure!(global == "undefined", "the whole Tauri API lies open to the page");
        Ok(())
    })
    .await
}

const PASSPHRASE: &str = "window passphrase";

#[tokio::test]
async fn secrets_are_put_behind_a_passphrase_locked_and_unlocked() -> Result<()> {
    with_window("vault", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;
        window.click("settings").await?;
        window.click("vault-choose").await?;
        window.click("place-key_file").await?;
        window.click("place-submit").await?;
        let file = window.text("key-file").await?;
        ensure!(std::fs::exists(&file)?, "there is no key file {file}");
        window.find("unencrypted-mark").await?;

        window.click("vault-choose").await?;
        window.click("place-passphrase").await?;
        window.fill("new-passphrase", PASSPHRASE).await?;
        window.fill("new-passphrase-again", PASSPHRASE).await?;
        window.click("place-submit").await?;
        window.wait_for_count("unencrypted-mark", 0).await?;
        ensure!(!std::fs::exists(&file)?, "the key file stayed");

        window.click("vault-lock").await?;
        window.find("vault-unlock").await?;
        let event = stripe_event("evt_vault_locked", "invoice.paid", 4_900);
        post_as_stripe(&address, "/billing", SECRET, &event).await?;
        window.click("nav-inbox").await?;
        let verdict = verdict_of(window, "evt_vault_locked").await?;
        ensure!(verdict == "Secret locked", "locked, the request is “{verdict}”");

        window.click("vault-unlock").await?;
        window.fill("unlock-passphrase", "another passphrase").await?;
        window.click("unlock-submit").await?;
        window.find_css("[data-testid=unlock-passphrase][aria-invalid=true]").await.context("a wrong passphrase")?;
        window.fill("unlock-passphrase", PASSPHRASE).await?;
        window.click("unlock-submit").await?;
        window.wait_for_count("vault-trouble", 0).await?;
        let event = stripe_event("evt_vault_unlocked", "invoice.paid", 4_900);
        post_as_stripe(&address, "/billing", SECRET, &event).await?;
        let verdict = verdict_of(window, "evt_vault_unlocked").await?;
        ensure!(verdict == "Valid", "unlocked, the request is “{verdict}”");
        Ok(())
    })
    .await
}
