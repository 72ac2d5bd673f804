//! A workbench in a temporary folder, a raw socket to post through, and HMAC code that is not ours.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use hmac::{Hmac, KeyInit, Mac};
use hookglass_workbench::model::{Clock, ProviderId, UnixMillis};
use hookglass_workbench::view::{
    CaptureDetail, CaptureFilter, CaptureRow, EndpointInput, EndpointView, ListenerState, SecretInput, SetupTextInput,
};
use hookglass_workbench::{Options, VaultChoice, Workbench};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) const NOW: i64 = 1_795_444_324;

/// A clock the test turns by hand.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn set_seconds(&self, seconds: i64) {
        self.0.store(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct Bench {
    pub(crate) workbench: Arc<Workbench>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) address: String,
    pub(crate) dir: tempfile::TempDir,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(NOW * 1000)));
        let options = Options { data_dir: dir.path().to_path_buf(), vault: VaultChoice::Memory };
        let workbench = Arc::new(Workbench::open(options, clock.clone()).await.unwrap());
        let ListenerState::Listening { address, .. } = workbench.listen_on("127.0.0.1:0").await.unwrap() else {
            panic!("a free port must be found");
        };
        Self { workbench, clock, address, dir }
    }

    pub(crate) async fn endpoint(&self, slug: &str, provider: &str, secret: &str) -> EndpointView {
        self.workbench.save_endpoint(endpoint_input(slug, Some(provider), &[("test", secret)])).await.unwrap()
    }

    /// Sends raw bytes on a fresh connection and returns the status of the answer.
    pub(crate) async fn send(&self, bytes: &[u8]) -> u16 {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        // The listener may stop reading at its limit; what it answers is what counts.
        let (mut reader, mut writer) = socket.split();
        let mut answer = Vec::new();
        let (_, read) = tokio::join!(writer.write_all(bytes), async {
            let mut chunk = [0; 1024];
            loop {
                match reader.read(&mut chunk).await {
                    Ok(0) | Err(_) => break,
                    Ok(n) => answer.extend_from_slice(&chunk[..n]),
                }
                if answer.windows(4).any(|end| end == b"\r\n\r\n") {
                    break;
                }
            }
        });
        let () = read;
        let text = String::from_utf8_lossy(&answer);
        text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {text:?}"))
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        let mut bytes = format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            bytes.extend([name, ": ", value, "\r\n"]);
        }
        bytes += "\r\n";
        self.send(&[bytes.as_bytes(), body].concat()).await
    }

    pub(crate) async fn rows(&self) -> Vec<CaptureRow> {
        self.workbench.list_captures(CaptureFilter::default(), 0, None, 100).await.unwrap().rows
    }

    pub(crate) async fn newest(&self) -> CaptureDetail {
        let row = self.rows().await.into_iter().next().expect("a capture");
        self.workbench.capture_detail(row.id).await.unwrap()
    }
}

pub(crate) fn endpoint_input(slug: &str, provider: Option<&str>, secrets: &[(&str, &str)]) -> EndpointInput {
    EndpointInput {
        id: None,
        slug: slug.to_owned(),
        provider: provider.map(ProviderId::from),
        secrets: secrets
            .iter()
            .map(|(label, value)| SecretInput {
                id: None,
                label: (*label).to_owned(),
                value: Some((*value).to_owned()),
            })
            .collect(),
        public_url: None,
        tolerance_seconds: None,
        target_url: None,
        setup_text: SetupTextInput::Keep,
    }
}

/// A Stripe-Signature header, computed here and not by the crate under test.
pub(crate) fn stripe_signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}
