//! What somebody meets who does not see the window, or not well: axe-core on every screen in both themes, and the order
//! in which a screen reader goes through the inbox.

use std::fs;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use hookglass_tests::{
    binaries::workspace_root,
    desktop::{Desktop, Start, with_window},
    http::{self, Connection},
    keys::press,
    user::{create_endpoint, expect_2xx, listening_address, open_capture, open_settings, post_as_stripe, stripe_event},
};
use serde_json::{Value, json};

const SECRET: &str = "whsec_access0000000000000000000000000";
const OTHER_SECRET: &str = "whsec_other000000000000000000000000000";

/// Looks at one screen after another and remembers what is wrong, so that one run tells all of it.
struct Audit<'a> {
    window: &'a Desktop,
    problems: Vec<String>,
}

/// Colours differ between the themes, structure does not.
const THEMES: [(&str, &[&str]); 2] = [("light", &[]), ("dark", &["color-contrast", "link-in-text-block"])];

/// Runs axe-core with all its rules, or with those named, on the page at rest: no colour is on its way to another.
///
/// A row of a list is named by a sentence instead of its columns, which axe takes for a mismatch. Who speaks to the
/// window needs only that the sentence begins with words to be seen in the row; that is what is asked for instead.
const AXE: &str = r"
    const [theme, rules, done] = arguments;
    document.documentElement.dataset.theme = theme;
    document.body.getBoundingClientRect();
    for (const animation of document.getAnimations()) {
        if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
    const beginsAsSeen = (row) => row?.role === 'option' && row.textContent.includes(row.ariaLabel.split(',')[0]);
    const options = { preload: false, resultTypes: ['violations'] };
    if (rules.length > 0) options.runOnly = { type: 'rule', values: rules };
    axe.run(document, options).then(
        ({ violations }) => done(violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .flatMap(({ id, impact, nodes }) => nodes
                .filter(({ target }) => !(id === 'label-content-name-mismatch' && beginsAsSeen(document.querySelector(target[0]))))
                .slice(0, 3).map(({ target, html, failureSummary }) =>
                `${impact} ${id}: ${target.join(' ')} ${html.slice(0, 240)} ${failureSummary.replaceAll(/\s+/g, ' ').slice(0, 260)}`))),
        (error) => done([`axe did not run: ${error}`]),
    );
";

impl<'a> Audit<'a> {
    async fn of(window: &'a Desktop) -> Result<Self> {
        let file = workspace_root().join("ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&file).with_context(|| format!("{} is missing: npm ci", file.display()))?;
        window.run(&axe, Vec::new()).await.context("axe-core cannot be loaded")?;
        Ok(Self { window, problems: Vec::new() })
    }

    async fn look(&mut self, screen: &str) -> Result<()> {
        for (theme, rules) in THEMES {
            let found = self.window.client().execute_async(AXE, vec![json!(theme), json!(rules)]).await?;
            for problem in found.as_array().context("no list of problems")? {
                self.problems.push(format!("{screen}, {theme}: {}", problem.as_str().unwrap_or_default()));
            }
        }
        Ok(())
    }

    fn end(self) -> Result<()> {
        ensure!(self.problems.is_empty(), "{} problems:\n{}", self.problems.len(), self.problems.join("\n"));
        Ok(())
    }
}

/// An endpoint with a valid, an invalid and an unsigned capture, and one that is not JSON.
async fn some_captures(window: &Desktop) -> Result<String> {
    let address = listening_address(window).await?;
    create_endpoint(window, "billing", "stripe", SECRET).await?;
    let event = |id: &str| stripe_event(id, "invoice.paid", 4_900);
    expect_2xx(&address, &http::post("/page", &[("Content-Type", "text/html")], b"<p>Hello</p>")).await?;
    expect_2xx(&address, &http::post("/billing", &[], event("evt_unsigned").as_bytes())).await?;
    post_as_stripe(&address, "/billing", OTHER_SECRET, &event("evt_invalid")).await?;
    post_as_stripe(&address, "/billing", SECRET, &event("evt_valid")).await?;
    Ok(address)
}

#[tokio::test]
async fn the_inbox_and_what_opens_over_it_have_no_serious_barrier() -> Result<()> {
    with_window("access-inbox", Start::default(), async |window| {
        let mut audit = Audit::of(window).await?;
        window.find("first-run").await?;
        audit.look("first run").await?;
        some_captures(window).await?;

        for capture in ["evt_valid", "evt_invalid"] {
            open_capture(window, capture).await?;
            for tab in ["body", "headers", "signature", "deliveries", "raw", "timeline"] {
                window.click(&format!("tab-{tab}")).await?;
                audit.look(&format!("{tab} of {capture}")).await?;
            }
            window.click("tab-body").await?;
        }

        press(window, &[Key::Control.into(), 'k']).await?;
        window.find("palette-input").await?;
        audit.look("palette").await?;
        press(window, &[Key::Escape.into()]).await?;
        open_capture(window, "evt_invalid").await?;
        press(window, &[Key::Shift.into(), Key::F10.into()]).await?;
        window.find("capture-menu").await?;
        audit.look("menu of a capture").await?;
        press(window, &[Key::Escape.into()]).await?;
        press(window, &['n']).await?;
        window.find("note-text").await?;
        audit.look("note").await?;
        press(window, &[Key::Escape.into()]).await?;
        window.click("shortcuts-button").await?;
        window.find("shortcuts").await?;
        audit.look("shortcuts").await?;
        press(window, &[Key::Escape.into()]).await?;

        open_capture(window, "evt_valid").await?;
        press(window, &[Key::Shift.into(), Key::Down.into()]).await?;
        window.find("selection-bar").await?;
        audit.look("two selected").await?;
        press(window, &['c']).await?;
        window.find("compare-summary").await?;
        for tab in ["compare-body", "compare-headers", "compare-raw"] {
            window.click(tab).await?;
            audit.look(tab).await?;
        }
        press(window, &[Key::Escape.into()]).await?;
        window.fill("search", "path:/nothing-there").await?;
        window.find("no-match").await?;
        audit.look("nothing found").await?;
        audit.end()
    })
    .await
}

#[tokio::test]
async fn the_other_screens_have_no_serious_barrier() -> Result<()> {
    with_window("access-screens", Start::default(), async |window| {
        let mut audit = Audit::of(window).await?;
        let address = some_captures(window).await?;
        let mut connection = Connection::open(&address).await?;
        // The connection is closed on it; the entry is waited for below.
        let _ = connection.exchange(b"NOT HTTP\r\n\r\n").await;

        open_capture(window, "evt_valid").await?;
        window.click("edit-resend").await?;
        window.find("composer-body").await?;
        audit.look("composer").await?;
        let nowhere = hookglass_tests::free_address()?;
        window.fill("composer-target", &format!("http://{nowhere}/")).await?;
        window.click("composer-send").await?;
        window.find("attempt-row").await?;
        audit.look("composer, sent").await?;

        window.click("nav-deliveries").await?;
        window.find("delivery-row").await?;
        audit.look("deliveries").await?;
        window.click("nav-rejected").await?;
        window.find("rejected-row").await?;
        audit.look("rejected").await?;
        window.click("rejected-row").await?;
        window.find("rejected-text").await?;
        audit.look("a rejected request").await?;
        window.click("nav-doctor").await?;
        window.find("doctor").await?;
        audit.look("doctor").await?;
        window.click("nav-providers").await?;
        window.find("provider-row").await?;
        audit.look("providers").await?;
        window.click("provider-new").await?;
        window.find("recipe-text").await?;
        audit.look("recipe").await?;
        window.click("nav-inbox").await?;
        window.click("new-endpoint").await?;
        window.find("endpoint-slug").await?;
        audit.look("new endpoint").await?;
        audit.end()
    })
    .await
}

#[tokio::test]
async fn every_section_of_the_settings_has_no_serious_barrier() -> Result<()> {
    with_window("access-settings", Start::default(), async |window| {
        let mut audit = Audit::of(window).await?;
        listening_address(window).await?;
        for section in [
            "listener",
            "health",
            "tls",
            "limits",
            "theme",
            "keys",
            "notifications",
            "retention",
            "storage",
            "secrets",
            "about",
        ] {
            open_settings(window, section).await?;
            audit.look(section).await?;
        }
        audit.end()
    })
    .await
}

/// What a screen reader comes by, in its order: role and name of the parts that the inbox is made of.
const PARTS: &str = r"
    const selector = '.skip, nav, [data-pane=search], section[aria-label], [role=combobox][data-testid=search], ' +
        '[role=listbox][data-testid=capture-list], [role=toolbar], [role=tablist], [role=tabpanel]';
    const implied = { BUTTON: 'button', NAV: 'navigation', SECTION: 'region', HEADER: 'header' };
    const named = (element) => element.getAttribute('aria-label')
        ?? (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent.trim() ?? '').join(' ');
    return [...document.querySelectorAll(selector)].map((element) => {
        const name = element.matches('.skip') ? element.textContent.trim() : named(element);
        return `${element.getAttribute('role') ?? implied[element.tagName]} ${name}`.trim();
    });
";

#[tokio::test]
async fn a_screen_reader_comes_from_the_rail_by_search_and_list_to_the_detail() -> Result<()> {
    with_window("access-order", Start::default(), async |window| {
        some_captures(window).await?;
        open_capture(window, "evt_invalid").await?;
        hookglass_tests::user::wait_for_verdict(window, "evt_invalid", "No secret matches").await?;
        open_capture(window, "evt_valid").await?;

        let parts = window.run(PARTS, Vec::new()).await?;
        let parts: Vec<&str> = parts.as_array().context("no parts")?.iter().filter_map(Value::as_str).collect();
        let expected = [
            "button Skip to the content",
            "navigation Main",
            "region Listener",
            "header",
            "combobox Search captures",
            "region Captures",
            "listbox Captures",
            "region Capture detail",
            "toolbar Capture actions",
            "tablist Parts of the capture",
            "tabpanel Body",
        ];
        ensure!(parts == expected, "the order is {parts:#?}");

        let script = "const list = document.querySelector('[role=listbox]'); \
                      const row = list.querySelector('[role=option]'); \
                      return ['aria-label', 'aria-posinset', 'aria-setsize', 'aria-selected'].map((name) => row.getAttribute(name)) \
                      .concat(list.getAttribute('aria-activedescendant') === row.id)";
        let row = window.run(script, Vec::new()).await?;
        let label = row[0].as_str().context("the row has no name")?;
        ensure!(label.starts_with("invoice.paid, Stripe, valid, answered 200, "), "the row says “{label}”");
        let rest: Vec<Value> = row.as_array().context("no row")?.iter().skip(1).cloned().collect();
        ensure!(rest == [json!("1"), json!("4"), json!("true"), json!(true)], "place in the list: {rest:?}");
        Ok(())
    })
    .await
}
