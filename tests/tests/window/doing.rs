//! What is done to captures, in the real window and by keys: notes, labels, deleting with a way back, the menu and the
//! command palette.

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use hookglass_tests::{
    desktop::{Start, with_window},
    http,
    keys::press,
    user::{expect_2xx, list_holds, listening_address, open_capture, toast_saying},
};

#[tokio::test]
async fn captures_get_notes_and_labels_go_and_come_back() -> Result<()> {
    with_window("doing", Start::default(), async |window| {
        let address = listening_address(window).await?;
        for path in ["/first", "/second", "/third"] {
            expect_2xx(&address, &http::post(path, &[], b"{}")).await?;
        }
        // A row that still comes would push the others down between finding and clicking one.
        list_holds(window, &["/third", "/second", "/first"]).await?;
        open_capture(window, "/second").await?;

        press(window, &['n']).await?;
        window
            .fill_css("[data-testid=note-text] textarea, textarea[data-testid=note-text]", "Ask <b>billing</b>")
            .await?;
        let field = window.find("label-input").await?;
        field.send_keys("later").await?;
        field.send_keys(&char::from(Key::Enter).to_string()).await?;
        window.click("note-save").await?;
        let strip = window.wait_for_text("note-strip", |text| text.contains("Ask <b>billing</b>")).await?;
        ensure!(strip.contains("later"), "the label is missing: {strip}");
        window.fill("search", "label:later note:billing").await?;
        list_holds(window, &["/second"]).await?;
        window.fill("search", " ").await?;
        list_holds(window, &["/third", "/second", "/first"]).await?;
        // First the suggestions close, then the field is left.
        press(window, &[Key::Escape.into()]).await?;
        press(window, &[Key::Escape.into()]).await?;

        open_capture(window, "/second").await?;
        press(window, &[Key::Delete.into()]).await?;
        list_holds(window, &["/third", "/first"]).await?;
        toast_saying(window, "1 capture deleted").await?;
        press(window, &[Key::Control.into(), 'z']).await?;
        list_holds(window, &["/third", "/second", "/first"]).await?;
        open_capture(window, "/second").await?;
        window
            .wait_for_text("note-strip", |text| text.contains("later"))
            .await
            .context("with what was written")
            .map(drop)
    })
    .await
}

#[tokio::test]
async fn the_menu_and_the_palette_do_what_keys_do() -> Result<()> {
    with_window("palette", Start::default(), async |window| {
        let address = listening_address(window).await?;
        for path in ["/hooks/orders", "/elsewhere"] {
            expect_2xx(&address, &http::post(path, &[], b"{}")).await?;
        }
        list_holds(window, &["/elsewhere", "/hooks/orders"]).await?;
        open_capture(window, "/hooks/orders").await?;
        press(window, &[Key::Shift.into(), Key::F10.into()]).await?;
        window.find("capture-menu").await.context("the menu of the row")?;
        window.click("menu-star").await?;
        window.fill("search", "starred:true").await?;
        list_holds(window, &["/hooks/orders"]).await?;
        window.fill("search", " ").await?;

        for (typed, shown) in [("doctor", "nav-doctor"), ("inbox", "nav-inbox"), ("providers", "nav-providers")] {
            press(window, &[Key::Control.into(), 'k']).await?;
            window.fill("palette-input", typed).await?;
            window.find("palette-input").await?.send_keys(&char::from(Key::Enter).to_string()).await?;
            let current = format!("[data-testid={shown}][aria-current=page]");
            window.find_css(&current).await.with_context(|| format!("{typed} from the palette"))?;
        }
        // A capture, from anywhere.
        press(window, &[Key::Control.into(), 'k']).await?;
        window.fill("palette-input", "@elsewhere").await?;
        window.wait_for_text("palette-option", |text| text.contains("/elsewhere")).await?;
        window.find("palette-input").await?.send_keys(&char::from(Key::Enter).to_string()).await?;
        window.wait_for_text("detail", |text| text.contains("/elsewhere")).await.map(drop)
    })
    .await
}
