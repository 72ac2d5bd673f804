//! Notifications, seen by a notification server of the test's own on the private bus: few for many captures, and a
//! click that leads to the capture.

#![allow(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface asks for more than a test has to answer"
)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Start, with_window},
    user::{capture_row, create_endpoint, listening_address, open_capture, post_as_stripe, stripe_event},
    wait_for,
};
use zbus::zvariant::OwnedValue;

const SECRET: &str = "whsec_notifying000000000000000000000000";
const OTHER_SECRET: &str = "whsec_forged000000000000000000000000000";

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A notification may wait for the burst before it to be over, two seconds.
const LIMIT: Duration = Duration::from_secs(15);

#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<String>>>);

impl Shown {
    fn titles(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Shown {
    #[allow(clippy::too_many_arguments, reason = "the Desktop Notifications Specification says so")]
    fn notify(
        &self,
        _application: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        _body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push(summary);
        u32::try_from(shown.len()).unwrap_or(u32::MAX)
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".to_owned(), "body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".to_owned(), "Hookglass".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}

#[tokio::test]
async fn a_burst_makes_one_notification_and_a_click_opens_its_capture() -> Result<()> {
    let shown = Shown::default();
    let bus = zbus::connection::Builder::session()?
        .serve_at(PATH, shown.clone())?
        .name(NAME)?
        .build()
        .await
        .context("another notification server has the bus; `cargo xtask test --only window` brings an empty one")?;
    with_window("notifying", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;
        post_as_stripe(&address, "/billing", SECRET, &stripe_event("evt_notify_valid", "invoice.valid", 1)).await?;
        capture_row(window, "evt_notify_valid").await?;
        post_as_stripe(&address, "/billing", OTHER_SECRET, &stripe_event("evt_notify_1", "invoice.forged", 1)).await?;
        wait_for("a notification", LIMIT, async || Ok((!shown.titles().is_empty()).then_some(()))).await?;
        ensure!(shown.titles() == ["invoice.forged"], "it says {:?}", shown.titles());

        for number in 2..8 {
            let event = stripe_event(&format!("evt_notify_{number}"), "invoice.forged", 1);
            post_as_stripe(&address, "/billing", OTHER_SECRET, &event).await?;
        }
        wait_for("the rest in one", LIMIT, async || Ok((shown.titles().len() >= 2).then_some(()))).await?;
        ensure!(shown.titles()[1..] == ["6 new captures"], "they say {:?}", shown.titles());

        capture_row(window, "evt_notify_7").await?;
        open_capture(window, "evt_notify_valid").await?;
        // Whoever shows a notification begins to listen for its click after the answer, so one click may be missed.
        wait_for("the clicked capture", LIMIT, async || {
            bus.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(1_u32, "default")).await?;
            Ok(window.text("detail").await?.contains("evt_notify_1").then_some(()))
        })
        .await
    })
    .await
}
