//! Requests that never became a capture, in the real window: who sent them, why they were refused and how they began.

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http::Connection,
    user::listening_address,
};
use tokio::io::AsyncWriteExt;

use crate::hostile::nothing_ran;

/// The beginning of a `ClientHello` (RFC 8446 §4.1.2).
const CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09";

/// No HTTP: markup where a header's name stands, then a NUL, an escape and a letter that turns the line around (U+202E).
const HOSTILE: &[u8] = b"POST /hostile HTTP/1.1\r\nHost: localhost\r\n<img src=x onerror=\"window.__ran=1\">\
    <script>window.__ran=1</script>: \0\x1b[31m\xe2\x80\xae\r\n\r\n";

/// Above the largest head that is taken by default (README: 64 KiB) and above what a socket buffers.
const LARGE_HEAD_BYTES: usize = 1024 * 1024;

#[tokio::test]
async fn what_was_rejected_is_listed_with_client_reason_and_first_bytes() -> Result<()> {
    with_window("rejected", Start::default(), async |window| {
        let address = listening_address(window).await?;
        send_and_end(&address, HOSTILE).await?;
        let large = format!("POST /large HTTP/1.1\r\nX-Large: {}", "a".repeat(LARGE_HEAD_BYTES));
        send_and_end(&address, large.as_bytes()).await?;
        send_and_end(&address, CLIENT_HELLO).await?;

        window.wait_for_text("nav-rejected", |text| text.contains('3')).await?;
        window.click("nav-rejected").await?;
        let rows = window.wait_for_count("rejected-row", 3).await?;
        for row in rows {
            let text = row.text().await?;
            ensure!(text.contains("127.0.0.1"), "no client in “{text}”");
        }
        let hello = opened(window, "tls_on_plain_port").await?;
        ensure!(hello.contains("use http://"), "the hello is not explained: {hello}");
        ensure!(hello.contains("16 03 01 00"), "the hello's first bytes are not shown: {hello}");

        let large = opened(window, "head_too_large").await?;
        ensure!(large.contains("larger than") && large.contains("POST /large HTTP/1.1"), "the large head: {large}");

        let hostile = opened(window, "malformed").await?;
        ensure!(hostile.contains("Not a valid HTTP request"), "no reason: {hostile}");
        for markup in ["<img src=x onerror=", "<script>window.__ran=1</script>"] {
            ensure!(hostile.contains(markup), "{markup} is not there as text: {hostile}");
        }
        ensure!(hostile.contains("50 4f 53 54"), "no hex: {hostile}");
        for unseen in ['\0', '\u{1b}', '\u{202e}'] {
            ensure!(!hostile.contains(unseen), "{unseen:?} reaches the page unmarked");
        }
        nothing_ran(window).await?;

        window.click("rejected-clear").await?;
        window.click("rejected-clear-confirm").await?;
        window.find("rejected-empty").await.map(drop)
    })
    .await
}

/// Selects the entry of a reason and gives what is shown of it.
async fn opened(window: &Desktop, code: &str) -> Result<String> {
    window.click_css(&format!("[data-testid=rejected-row][data-code={code}]")).await?;
    window.wait_for_text("rejected-code", |text| text == code).await.with_context(|| code.to_owned())?;
    window.wait_for_text("rejected-pane", |text| text.contains("First bytes")).await
}

/// Sends bytes and ends the connection; the listener may have refused them before the last was sent.
async fn send_and_end(address: &str, bytes: &[u8]) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    // A refusal in the middle resets the connection. That it is refused is what the test goes on to look for.
    let _ = connection.send_part(bytes).await;
    let _ = connection.stream().shutdown().await;
    let _ = connection.answer().await;
    Ok(())
}
