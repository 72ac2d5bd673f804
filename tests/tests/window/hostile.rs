//! Captured text that would do harm if any of it were ever taken for more than text.

mod corpus;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::{
    desktop::{Desktop, Start, with_window},
    http::{self, Connection},
    user::{capture_row, create_endpoint, expect_2xx, listening_address, open_capture, post_as_stripe, stripe_event},
    wait_for,
};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use corpus::{in_disposition, in_header, in_target, payloads};

const SECRET: &str = "whsec_hostile000000000000000000000000";

/// Text that would run if any of it were ever taken for markup.
const HOSTILE: &str = "<img src=x onerror=\"window.__ran=1\"><script>window.__ran=1</script>";

#[tokio::test]
async fn hostile_text_is_shown_as_text() -> Result<()> {
    with_window("hostile", Start::default(), async |window| {
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;

        // In the event's own fields, which stand in the list and in titles.
        let event = stripe_event("evt_hostile", HOSTILE, 1);
        post_as_stripe(&address, "/billing", SECRET, &event).await?;
        // In path, query and headers, as far as HTTP lets it through, with a body that says it is a page.
        let head = [
            ("Content-Type", "text/html"),
            ("X-Markup", HOSTILE),
            ("X-Template", "{@html '<b>'}{{constructor.constructor('window.__ran=1')()}}"),
        ];
        let target = "/page/%3Cimg%20src=x%20onerror=window.__ran=1%3E?q='onload=window.__ran=1";
        expect_2xx(&address, &http::post(target, &head, HOSTILE.as_bytes())).await?;

        for text in ["<img src=x onerror", "/page/"] {
            open_capture(window, text).await?;
            for tab in ["tab-body", "tab-headers", "tab-signature", "tab-deliveries", "tab-raw", "tab-body"] {
                window.click(tab).await?;
                nothing_ran(window).await.with_context(|| format!("{tab} of {text}"))?;
            }
        }
        window.click("tab-headers").await?;
        window.wait_for_text("detail", |detail| detail.contains(HOSTILE)).await.context("the header as text")?;
        window.click("edit-resend").await?;
        window.find("composer-body").await?;
        nothing_ran(window).await.context("composer")
    })
    .await
}

pub(crate) async fn nothing_ran(window: &Desktop) -> Result<()> {
    let found = window
        .run(
            "return [window.__ran ?? null, \
             document.querySelectorAll('img[onerror], [onload], iframe:not([sandbox]), body script').length]",
            Vec::new(),
        )
        .await?;
    ensure!(found == json!([null, 0]), "captured text became markup: {found}");
    Ok(())
}

/// Which places one capture fills with payloads.
#[derive(Clone, Copy, Debug)]
enum Carrier {
    /// Event type and event id, one payload for one row.
    Event,
    /// Path, query, headers and strings of a JSON body.
    Request,
    /// A body that says it is HTML, XML or an SVG image.
    Markup,
    /// The name of a file and a field of a form.
    Form,
}

/// As many payloads lie in one body that has room for several.
const TOGETHER: usize = 5;

/// Of the events, whose fields stand in every row, one in so many is opened.
const OPENED_EVENTS: usize = 10;

/// As many captures are walked through in one call of the driver, which gives a script 30 seconds.
const WALK: usize = 50;

#[tokio::test]
async fn five_hundred_payloads_in_eight_places_neither_run_nor_load() -> Result<()> {
    with_window("hostile-corpus", Start::default(), async |window| {
        let canary = Canary::start().await?;
        let payloads = payloads(&canary.url);
        ensure!(payloads.len() == 500, "the corpus has {} payloads", payloads.len());
        let address = listening_address(window).await?;
        create_endpoint(window, "billing", "stripe", SECRET).await?;
        window.run(WATCH, Vec::new()).await?;

        let mut expected = Vec::new();
        let mut connection = Connection::open(&address).await?;
        for (at, (carrier, payloads)) in captures(&payloads).iter().enumerate() {
            let mark = format!("/w{at}/");
            let answer = connection.exchange(&request(*carrier, &mark, at, payloads)).await?;
            ensure!((200..300).contains(&answer.status), "{carrier:?} {payloads:.200?}: answered {}", answer.status);
            // What the row and the headers must hold, letter by letter.
            let text = payloads[0];
            let plain = text.len() < 120 && text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
            let single = matches!(carrier, Carrier::Event);
            let opened = !single || at % OPENED_EVENTS == 0;
            expected.push(json!({ "mark": mark, "opened": opened, "text": (plain && single).then_some(text) }));
        }
        // The newest stands at the top, and the walk leads down.
        expected.reverse();
        let last = format!("/w{}/", expected.len() - 1);
        capture_row(window, &last).await?;
        open_capture(window, &last).await?;

        let mut literal = 0;
        for (at, part) in expected.chunks(WALK).enumerate() {
            let walked = window.client().execute_async(WALK_DOWN, vec![json!(part), json!(at * WALK)]).await?;
            ensure!(walked["trouble"] == Value::Null, "{} (part {at})", walked["trouble"]);
            literal += walked["literal"].as_u64().context("no count of literal texts")?;
            untouched(window, &canary).await.with_context(|| format!("in part {at} of the walk"))?;
        }
        ensure!(literal > 200, "only {literal} texts were compared letter by letter");
        // The composer takes its own way into the page.
        window.click("edit-resend").await?;
        window.find("composer-body").await?;
        untouched(window, &canary).await.context("composer")?;
        the_watches_are_awake(window, &canary).await
    })
    .await
}

/// Every payload in every place: fields of an event one by one, because the list shows them, bodies with several.
fn captures(payloads: &[String]) -> Vec<(Carrier, Vec<&str>)> {
    let events = payloads.iter().map(|payload| (Carrier::Event, vec![payload.as_str()]));
    let bodies = payloads.len() / TOGETHER;
    // Those of one seed come apart, so that the longest do not pile up in one body.
    let part = |at| payloads.iter().skip(at).step_by(bodies).map(String::as_str).collect::<Vec<_>>();
    let requests = (0..bodies).map(|at| (Carrier::Request, part(at)));
    let markup = (0..bodies).map(|at| (Carrier::Markup, part(at)));
    let forms = (0..bodies).map(|at| (Carrier::Form, part(at)));
    events.chain(requests).chain(markup).chain(forms).collect()
}

fn request(carrier: Carrier, mark: &str, at: usize, payloads: &[&str]) -> Vec<u8> {
    match carrier {
        Carrier::Event => {
            let payload = payloads.concat();
            let event = json!({ "id": payload, "object": "event", "type": payload });
            let head = [("Content-Type", "application/json"), ("X-Hostile", &in_header(&payload))];
            http::post(&format!("/billing{mark}"), &head, event.to_string().as_bytes())
        }
        Carrier::Request => {
            let path: String = payloads.iter().map(|payload| in_target(payload)).collect();
            let query: String = payloads.iter().map(|payload| format!("&q={}", in_target(payload))).collect();
            let values: Vec<String> = payloads.iter().map(|payload| in_header(payload)).collect();
            let mut head = vec![("Content-Type", "application/json")];
            head.extend(values.iter().map(|value| ("X-Hostile", value.as_str())));
            let fields: Vec<Value> = payloads.iter().map(|&payload| json!({ payload: payload })).collect();
            http::post(&format!("/request{mark}{path}?a=1{query}"), &head, json!(fields).to_string().as_bytes())
        }
        Carrier::Markup => {
            let payloads = payloads.join("\n");
            let (content_type, body) = match at % 3 {
                0 => ("text/html; charset=utf-8", format!("<!doctype html><p>{payloads}")),
                1 => ("application/xml", format!("<?xml version=\"1.0\"?><event a=\"1\">{payloads}</event>")),
                _ => ("image/svg+xml", format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{payloads}</svg>")),
            };
            http::post(&format!("/markup{mark}"), &[("Content-Type", content_type)], body.as_bytes())
        }
        Carrier::Form => {
            let parts = payloads.iter().map(|payload| {
                let name = in_disposition(payload);
                format!(
                    "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{payload}\r\n--edge\r\n\
                     Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\
                     \r\n\r\n<p>\r\n"
                )
            });
            let body = parts.collect::<String>() + "--edge--\r\n";
            let head = [("Content-Type", "multipart/form-data; boundary=edge")];
            http::post(&format!("/form{mark}"), &head, body.as_bytes())
        }
    }
}

/// Remembers every element that only captured text could have brought, however briefly it is there, and every load
/// that the policy of the page had to stop.
const WATCH: &str = r#"
    const FORBIDDEN = 'script, iframe, frame, object, embed, applet, base, link:not([href^="tauri://localhost/assets/"]), meta, form[action], ' +
        'a[href], img:not([src^=blob]), image, video, audio, source, math, marquee, foreignObject, animate, use';
    const watch = (window.__watch = { elements: [], stopped: [] });
    const look = (element) => {
        const handler = element.getAttributeNames().find((name) => name.startsWith('on'));
        if (handler || element.matches(FORBIDDEN)) watch.elements.push(element.outerHTML.slice(0, 200));
    };
    new MutationObserver((records) => {
        for (const record of records) {
            if (record.type === 'attributes') look(record.target);
            for (const node of record.addedNodes) {
                if (!(node instanceof Element)) continue;
                look(node);
                node.querySelectorAll('*').forEach(look);
            }
        }
    }).observe(document, { subtree: true, childList: true, attributes: true });
    document.addEventListener('securitypolicyviolation', (event) => watch.stopped.push(event.blockedURI));
"#;

/// Goes down the list by `j`, a tab of the detail open that changes from capture to capture, and all of them now and
/// then; of events, which come one by one, every row is waited for and every fifth detail.
const WALK_DOWN: &str = r#"
    const [expected, walked, done] = arguments;
    const TABS = ['body', 'headers', 'signature', 'deliveries', 'raw', 'timeline'];
    const ALL_TABS_EVERY = 50;
    const LIMIT_MS = 10_000;
    const part = (id) => document.querySelector(`[data-testid="${id}"]`);
    const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
    const until = async (what, holds) => {
        const start = performance.now();
        while (!holds()) {
            if (performance.now() - start > LIMIT_MS) throw new Error(`waited in vain for ${what}`);
            await turn();
        }
    };
    const open = async (tab) => {
        part(`tab-${tab}`).click();
        await until(tab, () => part(`tab-${tab}`)?.getAttribute('aria-selected') === 'true');
        await turn();
    };
    (async () => {
        let literal = 0;
        for (const [at, { mark, opened, text }] of expected.entries()) {
            if (walked + at > 0) {
                const list = document.querySelector('[role=listbox]');
                list.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true, cancelable: true }));
            }
            const selected = () => document.querySelector('[data-testid=capture-row][aria-selected=true]');
            await until(`row ${mark}`, () => selected()?.ariaPosInSet === String(walked + at + 1));
            if (opened) {
                await until(`the detail of ${mark}`, () => part('tab-body') && part('detail').firstElementChild.textContent.includes(mark));
                const tabs = at % ALL_TABS_EVERY === 0 ? TABS : [TABS[(at + Math.floor(at / 10)) % TABS.length]];
                for (const tab of tabs) await open(tab);
            }
            if (text === null) continue;
            const row = selected().textContent;
            if (!row.includes(text)) throw new Error(`the row of ${mark} does not hold ${text}: ${row}`);
            literal += 1;
            if (!opened) continue;
            await open('headers');
            await until(`the header ${text}`, () => part('detail').textContent.includes(text));
            literal += 1;
        }
        return { literal, trouble: null };
    })().then(done, (error) => done({ literal: 0, trouble: String(error) }));
"#;

async fn untouched(window: &Desktop, canary: &Canary) -> Result<()> {
    let found = window.run("return [window.__ran ?? null, window.__watch]", Vec::new()).await?;
    let expected = json!([null, { "elements": [], "stopped": [] }]);
    ensure!(found == expected, "captured text became more than text: {found}");
    ensure!(canary.calls() == 0, "{} connections to the canary", canary.calls());
    Ok(())
}

/// What saw nothing has to be able to see: an element, a load the policy stops, a call of the canary.
async fn the_watches_are_awake(window: &Desktop, canary: &Canary) -> Result<()> {
    let script = "const image = new Image(); image.src = arguments[0]; document.body.append(image)";
    window.run(script, vec![json!(canary.url)]).await?;
    wait_for("the watches to see an image", Duration::from_secs(5), async || {
        let seen = window.run("return window.__watch", Vec::new()).await?;
        let count = |name: &str| seen[name].as_array().map_or(0, Vec::len);
        Ok((count("elements") > 0 && count("stopped") > 0).then_some(()))
    })
    .await?;
    ensure!(canary.calls() == 0, "the policy let an image through");
    drop(TcpStream::connect(&canary.address).await?);
    wait_for("the canary to count", Duration::from_secs(5), async || Ok((canary.calls() == 1).then_some(()))).await
}

/// Counts connections; nobody has a reason to make one.
struct Canary {
    address: String,
    url: String,
    calls: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Canary {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the canary")?;
        let address = listener.local_addr()?.to_string();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let task = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Self { url: format!("http://{address}/canary"), address, calls, task })
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.task.abort();
    }
}
