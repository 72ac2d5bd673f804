//! The tray, seen by a panel of the test's own on the private bus: it comes up when a panel does, says what arrived
//! while the window was not in front, and its menu reaches the window.

#![allow(clippy::unused_self, reason = "the interface asks for more than a test has to answer")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    keys::press,
    pause,
    user::{create_endpoint, listening_address, post_as_stripe, stripe_event},
    wait_for,
};
use serde_json::json;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};
use zbus::{
    Connection, Proxy,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

const SECRET: &str = "whsec_tray00000000000000000000000000000";
const OTHER_SECRET: &str = "whsec_traytoo000000000000000000000000000";

/// The tray changes once a second at most; the rest is reserve.
const LIMIT: Duration = Duration::from_secs(15);

/// What a panel keeps: the names of the items on the bus.
#[derive(Clone, Default)]
struct Panel(Arc<Mutex<Vec<String>>>);

impl Panel {
    fn items(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Panel {
    fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(service);
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A line of the menu.
#[derive(Debug)]
struct Line {
    id: i32,
    label: String,
    enabled: bool,
}

/// The item as a panel knows it.
struct Item {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

impl Item {
    async fn of(bus: &Connection, name: &str) -> Result<Self> {
        let item = Proxy::new(bus, name.to_owned(), "/StatusNotifierItem", "org.kde.StatusNotifierItem").await?;
        let path: OwnedObjectPath = item.get_property("Menu").await.context("no menu")?;
        let menu = Proxy::new(bus, name.to_owned(), path, "com.canonical.dbusmenu").await?;
        Ok(Self { item, menu })
    }

    async fn lines(&self) -> Result<Vec<Line>> {
        let (ids, names): (&[i32], &[&str]) = (&[], &[]);
        let all: Vec<(i32, HashMap<String, OwnedValue>)> =
            self.menu.call("GetGroupProperties", &(ids, names)).await.context("no lines")?;
        let line = |(id, mut properties): (i32, HashMap<String, OwnedValue>)| {
            let label = String::try_from(properties.remove("label")?).ok()?;
            let enabled = properties.remove("enabled").is_none_or(|enabled| bool::try_from(enabled) == Ok(true));
            Some(Line { id, label, enabled })
        };
        Ok(all.into_iter().filter_map(line).collect())
    }

    /// Waits until the menu has exactly these lines, separators left out; those in brackets cannot be chosen.
    async fn wait_for(&self, expected: &[&str]) -> Result<()> {
        let mut last = Vec::new();
        wait_for("the lines of the tray", LIMIT, async || {
            let written = |line: Line| if line.enabled { line.label } else { format!("({})", line.label) };
            last = self.lines().await?.into_iter().map(written).collect();
            Ok((last == expected).then_some(()))
        })
        .await
        .with_context(|| format!("it says {last:?}, not {expected:?}"))
    }

    async fn choose(&self, label: &str) -> Result<()> {
        let lines = self.lines().await?;
        let line = lines.iter().find(|line| line.label == label).with_context(|| format!("{label} is not offered"))?;
        Ok(self.menu.call("Event", &(line.id, "clicked", Value::from(0_i32), 0_u32)).await?)
    }
}

/// Becomes the panel, and waits for the item of the program that runs.
async fn panel_with_item() -> Result<(Connection, String)> {
    let panel = Panel::default();
    // The one of the test before may not be gone yet.
    let bus = wait_for("the panel's place on the bus", LIMIT, async || {
        let builder = zbus::connection::Builder::session()?
            .serve_at("/StatusNotifierWatcher", panel.clone())?
            .name("org.kde.StatusNotifierWatcher")?;
        Ok(Some(builder.build().await?))
    })
    .await
    .context("another panel has the bus; `cargo xtask test --only window` brings an empty one")?;
    let name = wait_for("an item", LIMIT, async || Ok(panel.items().into_iter().next())).await?;
    Ok((bus, name))
}

/// Gives the focus to no window, as when another program is in front.
async fn take_focus(window: &Desktop) -> Result<()> {
    let (connection, _) = x11rb::connect(None).context("no screen")?;
    connection.set_input_focus(InputFocus::NONE, x11rb::NONE, x11rb::CURRENT_TIME)?.check()?;
    wait_for_focus(window, false).await
}

async fn wait_for_focus(window: &Desktop, expected: bool) -> Result<()> {
    wait_for(&format!("document.hasFocus() = {expected}"), LIMIT, async || {
        Ok((window.run("return document.hasFocus()", Vec::new()).await? == json!(expected)).then_some(()))
    })
    .await
}

#[tokio::test]
async fn the_tray_comes_with_a_panel_says_what_arrived_and_reaches_the_window() -> Result<()> {
    with_window("tray", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;

        let (bus, name) = panel_with_item().await?;
        let item = Item::of(&bus, &name).await?;
        ensure!(item.item.get_property::<String>("Title").await? == "Hookglass");
        let pixels: Vec<(i32, i32, Vec<u8>)> = item.item.get_property("IconPixmap").await?;
        ensure!(pixels.iter().any(|(width, height, data)| *width > 15
            && i32::try_from(data.len()).is_ok_and(|bytes| bytes == 4 * width * height)));

        let listening = format!("(Listening on {address})");
        let wishes = |pause: &'static str| ["Open Hookglass", pause, "Copy address", "Quit"];
        let says = |news: &'static str, pause: &'static str| [&[listening.as_str(), news], &wishes(pause)[..]].concat();
        item.wait_for(&says("(Nothing new)", "Pause display")).await?;

        take_focus(window).await?;
        for (id, secret) in [("evt_tray_1", SECRET), ("evt_tray_2", SECRET), ("evt_tray_3", OTHER_SECRET)] {
            post_as_stripe(&address, "/billing", secret, &stripe_event(id, "invoice.paid", 1)).await?;
        }
        item.wait_for(&says("(3 new, 1 invalid)", "Pause display")).await?;

        item.choose("Pause display").await?;
        window.wait_for_text("pause", |text| text == "Resume").await.context("the list stands still")?;
        item.wait_for(&says("(3 new, 1 invalid)", "Resume display")).await?;
        window.click("pause").await?;
        item.wait_for(&says("(3 new, 1 invalid)", "Pause display")).await.context("after the button in the window")?;

        item.choose("Open Hookglass").await?;
        wait_for_focus(window, true).await?;
        item.wait_for(&says("(Nothing new)", "Pause display")).await?;
        // What somebody sees arrive is not news.
        post_as_stripe(&address, "/billing", SECRET, &stripe_event("evt_tray_4", "invoice.paid", 1)).await?;
        pause(Duration::from_secs(3)).await;
        item.wait_for(&says("(Nothing new)", "Pause display")).await?;

        item.choose("Copy address").await?;
        window.click("search").await?;
        wait_for("the address in the search field", LIMIT, async || {
            press(window, &[Key::Control.into(), 'a']).await?;
            press(window, &[Key::Control.into(), 'v']).await?;
            let pasted = window.run("return document.activeElement.value", Vec::new()).await?;
            Ok((pasted == json!(format!("http://{address}"))).then_some(()))
        })
        .await?;

        // The program may be gone before it answers; that it goes is looked at next.
        drop(item.choose("Quit").await);
        let bus = zbus::fdo::DBusProxy::new(&bus).await?;
        wait_for("the program to end", LIMIT, async || {
            Ok((!bus.name_has_owner(name.as_str().try_into()?).await?).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn the_tray_says_that_nothing_can_arrive_and_changes_once_a_second_at_most() -> Result<()> {
    let occupied = std::net::TcpListener::bind("127.0.0.1:0")?;
    let taken = occupied.local_addr()?;
    let start = Start { listen: taken.to_string(), ..Start::default() };
    with_window("tray-stopped", start, async |window| {
        let (bus, name) = panel_with_item().await?;
        let item = Item::of(&bus, &name).await?;
        let trouble = format!("(Not listening: {taken} is in use)");
        let rest = ["Open Hookglass", "Pause display", "(Copy address)", "Quit"];
        item.wait_for(&[&[trouble.as_str(), "(Nothing new)"], &rest[..]].concat()).await?;
        window.click("use-free-port").await?;
        let address = listening_address(window).await?;
        let listening = format!("(Listening on {address})");
        let rest = ["Open Hookglass", "Pause display", "Copy address", "Quit"];
        item.wait_for(&[&[listening.as_str(), "(Nothing new)"], &rest[..]].concat()).await?;

        take_focus(window).await?;
        let begun = Instant::now();
        let mut sent = 0_u32;
        let mut said: Vec<String> = Vec::new();
        while begun.elapsed() < Duration::from_secs(4) {
            let event = stripe_event(&format!("evt_flood_{sent}"), "invoice.paid", 1);
            post_as_stripe(&address, "/flood", SECRET, &event).await?;
            sent += 1;
            let news = item.lines().await?.into_iter().nth(1).context("no second line")?.label;
            if said.last() != Some(&news) {
                said.push(news);
            }
        }
        let seconds = begun.elapsed().as_secs();
        let most = usize::try_from(seconds + 2)?;
        ensure!((3..=most).contains(&said.len()), "in {seconds} s, with {sent} captures, it said {said:?}");
        let news = format!("({sent} new)");
        item.wait_for(&[&[listening.as_str(), &news], &rest[..]].concat()).await
    })
    .await
}
