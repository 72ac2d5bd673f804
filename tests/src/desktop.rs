//! The real window, driven through `WebKitWebDriver`: the same program a user starts, its page clicked and typed into.
//!
//! No browser name is asked for, because WebKitGTK refuses a session that names one for an application
//! (tauri-apps/tauri#8828, #10670), and no `tauri-driver` stands in between, because all it does is rename options.

use std::{
    env, fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    sync::{Mutex, MutexGuard},
    time::timeout,
};

use crate::{binaries, free_address, pause, processes, wait_for};

/// How long the page may take to show what is waited for. A debug build on two busy cores needs a second or two; the
/// rest is reserve, which only a failing test pays.
const PAGE_LIMIT: Duration = Duration::from_secs(20);

/// How long the program may take to start and to stop.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A driver that has stopped answering gives no evidence either.
const EVIDENCE_LIMIT: Duration = Duration::from_secs(5);

/// How long one test with a window may take as a whole, so that one that hangs ends. The longest by far, 500 hostile payloads in
/// eight places, takes 131 s on two cores on which others build.
const TEST_LIMIT: Duration = Duration::from_secs(400);

/// One window at a time: a second instance would focus the first, and the tests share one screen.
static ONE_WINDOW: Mutex<()> = Mutex::const_new(());

/// How the program is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The `--listen` argument.
    pub listen: String,
    /// Width and height of the window in CSS pixels; `None` keeps the program's own.
    pub size: Option<(u32, u32)>,
    /// A data directory that outlives the window; `None` gives it a new one.
    pub data: Option<PathBuf>,
}

impl Default for Start {
    fn default() -> Self {
        Self { listen: "127.0.0.1:0".to_owned(), size: None, data: None }
    }
}

/// A running window with data of its own. Its processes end with this value.
pub struct Desktop {
    client: Client,
    driver: Child,
    /// The program and its web processes, as they were after the start.
    processes: Vec<u32>,
    folder: TempDir,
    data: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

/// Starts a window, runs `test` on it and ends it. When the test fails, a picture, the page and the program's log
/// are left in `tests/artifacts/<name>.*`.
///
/// # Errors
/// That of the test, or that the window could not be started.
pub async fn with_window(name: &str, start: Start, test: impl AsyncFnOnce(&Desktop) -> Result<()>) -> Result<()> {
    let desktop = Desktop::start(start).await?;
    let result = timeout(TEST_LIMIT, test(&desktop))
        .await
        .unwrap_or_else(|_| bail!("the test took longer than {} s", TEST_LIMIT.as_secs()));
    if result.is_err() {
        desktop.keep_evidence(name).await;
    }
    desktop.close().await;
    result
}

impl Desktop {
    /// Starts the program and waits for its page.
    ///
    /// # Errors
    /// When the program or the driver is missing, when there is no screen, or when no page appears in time.
    pub async fn start(start: Start) -> Result<Self> {
        let turn = ONE_WINDOW.lock().await;
        if env::var_os("DISPLAY").is_none() && env::var_os("WAYLAND_DISPLAY").is_none() {
            bail!("the window needs a screen; `cargo xtask test --only window` brings one");
        }
        let program = binaries::desktop()?;
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let exports = folder.path().join("exports");
        fs::create_dir(&exports).context("no folder for exports")?;

        let driver_address = free_address()?;
        let port = driver_address.rsplit(':').next().unwrap_or_default();
        let log = fs::File::create(folder.path().join("log.txt")).context("no file for the log")?;
        let driver = Command::new("WebKitWebDriver")
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            // The program inherits these from the driver.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Set, it leaves a window that is shown after its page was laid out without presented frames (WebKitGTK
            // 2.50 on Xvfb): scripts run, but pictures hang and every element counts as invisible.
            .env_remove("WEBKIT_DISABLE_DMABUF_RENDERER")
            .env_remove("WEBKIT_DISABLE_COMPOSITING_MODE")
            .env("NO_AT_BRIDGE", "1")
            .env("HOOKGLASS_VAULT", "memory")
            .env("HOOKGLASS_PRINT_READY", "1")
            .env("HOOKGLASS_EXPORT_DIR", &exports)
            // Preferences of whoever runs the tests are neither read nor changed.
            .env("XDG_CONFIG_HOME", folder.path().join("config"))
            .env("XDG_DATA_HOME", folder.path().join("share"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("no file for the log")?)
            .stderr(log)
            .spawn()
            .context("WebKitWebDriver cannot be started (Debian: webkit2gtk-driver)")?;
        let driver = KillOnDrop(Some(driver));
        wait_for("WebKitWebDriver to listen", START_LIMIT, async || {
            Ok(TcpStream::connect(&driver_address).ok().map(drop))
        })
        .await?;

        let data = start.data.unwrap_or_else(|| folder.path().join("data"));
        let capabilities = capabilities(&program, &data, &start.listen)?;
        let driver_url = format!("http://{driver_address}");
        let mut session = ClientBuilder::new(HttpConnector::new());
        let connecting = session.capabilities(capabilities).connect(&driver_url);
        let client = timeout(START_LIMIT, connecting)
            .await
            .context("the driver gives no session")
            .and_then(|connected| Ok(connected?))
            .with_context(|| format!("no window; the log says:\n{}", log_text(folder.path())))?;
        // Asked earlier, while the first page still gives way to ours, the driver may never answer again.
        wait_for("the window to be painted", START_LIMIT, async || {
            Ok(log_text(folder.path()).lines().any(|line| line.trim() == "ready").then_some(()))
        })
        .await
        .with_context(|| format!("the log says:\n{}", log_text(folder.path())))?;
        let driver = driver.release()?;
        let processes = processes::tree(driver.id()).into_iter().skip(1).collect();
        let desktop = Self { client, driver, processes, folder, data, _turn: turn };
        if let Some((width, height)) = start.size {
            desktop.client.set_window_size(width, height).await.context("the window keeps its size")?;
        }
        Ok(desktop)
    }

    /// The `WebDriver` session, for what has no method here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where the program keeps its data.
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// Where the program writes exports instead of asking.
    pub fn export_dir(&self) -> PathBuf {
        self.folder.path().join("exports")
    }

    /// Waits for the visible element with this `data-testid`.
    ///
    /// # Errors
    /// When it does not appear in time.
    pub async fn find(&self, test_id: &str) -> Result<Element> {
        self.find_css(&selector(test_id)).await
    }

    /// Waits for the first visible element a CSS selector names.
    ///
    /// # Errors
    /// When none appears in time.
    pub async fn find_css(&self, css: &str) -> Result<Element> {
        wait_for(css, PAGE_LIMIT, async || {
            for element in self.client.find_all(Locator::Css(css)).await? {
                if element.is_displayed().await? {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await
    }

    /// All elements with this `data-testid` now, visible or not.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn find_all(&self, test_id: &str) -> Result<Vec<Element>> {
        Ok(self.client.find_all(Locator::Css(&selector(test_id))).await?)
    }

    /// The visible text of an element.
    ///
    /// # Errors
    /// When it does not appear in time.
    pub async fn text(&self, test_id: &str) -> Result<String> {
        // The page may replace an element between finding and reading it.
        wait_for(test_id, PAGE_LIMIT, async || Ok(Some(self.find(test_id).await?.text().await?))).await
    }

    /// Waits until the text of the first element with this `data-testid` meets a condition, and returns it.
    ///
    /// # Errors
    /// When it does not in time, with the text last seen.
    pub async fn wait_for_text(&self, test_id: &str, condition: impl Fn(&str) -> bool) -> Result<String> {
        let mut last = String::new();
        for _ in 0..PAGE_LIMIT.as_millis() / 100 {
            // An element that is replaced between finding and reading is found anew at the next look.
            if let Ok(Some(element)) = self.find_all(test_id).await.map(|found| found.into_iter().next())
                && let Ok(text) = element.text().await
            {
                if condition(&text) {
                    return Ok(text);
                }
                last = text;
            }
            pause(Duration::from_millis(100)).await;
        }
        bail!("{test_id} did not come to say what was waited for; it last said “{last}”")
    }

    /// Waits until there are this many elements with a `data-testid`.
    ///
    /// # Errors
    /// When there are not in time.
    pub async fn wait_for_count(&self, test_id: &str, count: usize) -> Result<Vec<Element>> {
        wait_for(&format!("{count} × {test_id}"), PAGE_LIMIT, async || {
            let found = self.find_all(test_id).await?;
            Ok((found.len() == count).then_some(found))
        })
        .await
    }

    /// Clicks an element as a pointer does, once it is there.
    ///
    /// # Errors
    /// When it does not appear, or when something else covers it.
    pub async fn click(&self, test_id: &str) -> Result<()> {
        self.click_css(&selector(test_id)).await
    }

    /// As [`Self::click`], for elements addressed by a CSS selector.
    ///
    /// # Errors
    /// When it does not appear, or when something else covers it.
    pub async fn click_css(&self, css: &str) -> Result<()> {
        wait_for(&format!("a click on {css}"), PAGE_LIMIT, async || {
            self.find_css(css).await?.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Empties a text field and types into it.
    ///
    /// # Errors
    /// When it does not appear or takes no text.
    pub async fn fill(&self, test_id: &str, text: &str) -> Result<()> {
        self.fill_css(&selector(test_id), text).await
    }

    /// As [`Self::fill`], for fields addressed by a CSS selector.
    ///
    /// # Errors
    /// When it does not appear or takes no text.
    pub async fn fill_css(&self, css: &str, text: &str) -> Result<()> {
        let field = self.find_css(css).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Replaces the whole text of the editor inside an element, as select-all and paste do.
    ///
    /// # Errors
    /// When there is no editor, or when it does not take the text.
    pub async fn replace_editor_text(&self, test_id: &str, text: &str) -> Result<()> {
        let css = format!("{0} .cm-content, {0}.cm-content", selector(test_id));
        let content = self.find_css(&css).await?;
        // Typing focuses it. A click would aim at the middle of the whole text, which may be scrolled out of sight.
        let select_all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
        content.send_keys(&select_all).await?;
        // One input event for the whole text: typing it would set off bracket closing at every brace.
        let taken =
            self.run("return document.execCommand('insertText', false, arguments[0])", vec![json!(text)]).await?;
        if taken != json!(true) {
            bail!("the editor did not take the text");
        }
        Ok(())
    }

    /// Runs a script in the page and returns its value.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Writes a picture of the page as PNG.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        let png = self.client.screenshot().await.context("no picture could be taken")?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        fs::write(path, png).with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Ends the session and the program, and waits until the program is gone.
    pub async fn close(self) {
        // Whatever it answers, the processes are ended below.
        let _ = timeout(EVIDENCE_LIMIT, self.client.clone().close()).await;
        let gone = async || Ok((!self.processes.iter().any(|&process| processes::is_running(process))).then_some(()));
        let _ = wait_for("the program to end", Duration::from_secs(5), gone).await;
    }

    async fn keep_evidence(&self, name: &str) {
        let folder = binaries::workspace_root().join("tests/artifacts");
        // Evidence is a help; failing to keep it must not hide the failure itself.
        let _ = fs::create_dir_all(&folder);
        let picture = folder.join(format!("{name}.png"));
        let _ = timeout(EVIDENCE_LIMIT, self.screenshot(&picture)).await;
        if let Ok(Ok(page)) = timeout(EVIDENCE_LIMIT, self.client.source()).await {
            let _ = fs::write(folder.join(format!("{name}.html")), page);
        }
        let _ = fs::write(folder.join(format!("{name}.log")), log_text(self.folder.path()));
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let mut all = processes::tree(self.driver.id());
        all.extend(self.processes.iter().copied().filter(|&process| processes::is_running(process)));
        processes::kill(&all);
        let _ = self.driver.wait();
    }
}

/// Ends the driver and what it started when the start fails half way.
struct KillOnDrop(Option<Child>);

impl KillOnDrop {
    fn release(mut self) -> Result<Child> {
        self.0.take().context("the driver was released twice")
    }
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            processes::kill(&processes::tree(child.id()));
            let _ = child.wait();
        }
    }
}

fn capabilities(program: &Path, data_dir: &Path, listen: &str) -> Result<Capabilities> {
    let value = json!({
        "webkitgtk:browserOptions": {
            "binary": program,
            "args": ["--data-dir", data_dir, "--listen", listen],
        },
    });
    match value {
        Value::Object(capabilities) => Ok(capabilities),
        _ => bail!("capabilities are an object"),
    }
}

fn log_text(folder: &Path) -> String {
    fs::read_to_string(folder.join("log.txt")).unwrap_or_default()
}

/// The CSS selector of a `data-testid`.
pub fn selector(test_id: &str) -> String {
    format!("[data-testid=\"{test_id}\"]")
}
