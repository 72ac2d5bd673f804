//! One attempt over the network.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use hookglass_model::{AttemptError, AttemptErrorKind, AttemptResponse};
use reqwest::{Client, Method, Request, Url, dns::Resolve, redirect};
use rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider};
use rustls_platform_verifier::BuilderVerifierExt;
use thiserror::Error;
use tokio::time::timeout;

use crate::{
    address,
    failure::Circumstances,
    prepare::Prepared,
    resolver::{GuardedResolver, SystemResolver},
    response,
    stage::{MarkConnected, Stage, StageMark},
    target, wire,
};

/// How long an attempt may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name resolution, TCP and TLS together.
    pub connect: Duration,
    /// Everything, up to the last byte of the answer.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 5 s and 30 s: the middle of what providers give a handler (Shopify 5 s, GitHub 10 s, Svix 30 s in all), with
    /// room for a breakpoint.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(30) }
    }
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendResult {
    /// The answer, or why there is none.
    pub outcome: Result<AttemptResponse, AttemptError>,
    /// From the start, name resolution included, to the end of the answer, in microseconds.
    pub total_us: u32,
}

/// Why there is no sender.
#[derive(Debug, Error)]
pub enum SenderError {
    /// The TLS library takes none of the protocol versions it offers.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Makes attempts. Cheap to share; holds no connection.
pub struct Sender {
    crypto: Arc<CryptoProvider>,
    /// For plain http, which the library still wants some TLS settings for. Trusts nobody.
    no_tls: ClientConfig,
    /// Loaded at the first https attempt: reading the system's roots takes milliseconds that a start need not pay.
    tls: OnceLock<Result<ClientConfig, String>>,
    resolver: Arc<dyn Resolve>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender over the system's name resolution and trusted roots. Does not touch the process-wide TLS provider.
    ///
    /// # Errors
    /// When the TLS library cannot be set up at all.
    pub fn new() -> Result<Self, SenderError> {
        Self::with_resolver(Arc::new(SystemResolver))
    }

    fn with_resolver(resolver: Arc<dyn Resolve>) -> Result<Self, SenderError> {
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let no_tls = ClientConfig::builder_with_provider(Arc::clone(&crypto))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        Ok(Self { crypto, no_tls, tls: OnceLock::new(), resolver })
    }

    /// Makes one attempt and waits for the whole answer. Redirects are answers like any other. Dropping the future
    /// closes the connection.
    pub async fn send(&self, prepared: &Prepared, timeouts: &Timeouts) -> SendResult {
        let started = Instant::now();
        let outcome = Box::pin(self.attempt(prepared, timeouts)).await;
        let total_us = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
        if let Err(error) = &outcome {
            tracing::debug!(kind = error.kind.as_str(), total_us, "attempt failed");
        }
        SendResult { outcome, total_us }
    }

    async fn attempt(&self, prepared: &Prepared, timeouts: &Timeouts) -> Result<AttemptResponse, AttemptError> {
        let request = build_request(prepared)?;
        let authority = target::authority(request.url());
        let is_address = request.url().host_str().and_then(address::literal).is_some();
        let mark = StageMark::new(if is_address { Stage::Connecting } else { Stage::Resolving });
        let client = self.client(request.url(), timeouts, &mark)?;

        let mut answer: Option<AttemptResponse> = None;
        let attempt = timeout(timeouts.total, async {
            let response = client.execute(request).await?;
            mark.reach(Stage::Reading);
            let answer = answer.insert(AttemptResponse {
                status: response.status().as_u16(),
                head: response::head_of(&response),
                body: Vec::new(),
                truncated: false,
            });
            response::read_body(response, answer).await
        })
        .await;

        let status = answer.as_ref().map(|answer| answer.status);
        let circumstances = Circumstances { authority: &authority, timeouts, stage: mark.get(), status };
        match (attempt, answer) {
            (Ok(Ok(())), Some(answer)) => Ok(answer),
            (Ok(Err(error)), _) => Err(circumstances.classify(&error)),
            (Err(_), _) | (Ok(Ok(())), None) => Err(circumstances.timed_out()),
        }
    }

    /// A client for one attempt. A fresh connection each time means a request is written once or not at all: the
    /// library would silently send a request again when a pooled connection turns out to be closed, and a second
    /// POST is an attempt of its own. It also gives every attempt its own look-up and stage.
    fn client(&self, url: &Url, timeouts: &Timeouts, mark: &StageMark) -> Result<Client, AttemptError> {
        let tls = if url.scheme() == "https" { self.tls()? } else { self.no_tls.clone() };
        Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_max_idle_per_host(0)
            // One protocol, so that the recorded head is what went over the wire.
            .http1_only()
            .http1_title_case_headers()
            .connect_timeout(timeouts.connect.min(timeouts.total))
            .connector_layer(MarkConnected(mark.clone()))
            .dns_resolver(Arc::new(GuardedResolver { inner: Arc::clone(&self.resolver), mark: mark.clone() }))
            .build()
            .map_err(|error| unsendable(format!("The connection cannot be set up: {error}.")))
    }

    fn tls(&self) -> Result<ClientConfig, AttemptError> {
        let configured = self.tls.get_or_init(|| {
            let config = ClientConfig::builder_with_provider(Arc::clone(&self.crypto))
                .with_safe_default_protocol_versions()
                .and_then(|builder| Ok(builder.with_platform_verifier()?.with_no_client_auth()));
            config.map_err(|error| error.to_string())
        });
        configured.clone().map_err(|reason| AttemptError {
            kind: AttemptErrorKind::Tls,
            message: format!(
                "This computer's trusted certificates cannot be read: {reason}. Install them (ca-certificates)."
            ),
        })
    }
}

fn build_request(prepared: &Prepared) -> Result<Request, AttemptError> {
    let method = Method::from_bytes(prepared.method.as_bytes()).map_err(|error| unsendable(error.to_string()))?;
    let url = Url::parse(&prepared.url).map_err(|error| unsendable(error.to_string()))?;
    target::refuse_forbidden(&url)?;
    let mut request = Request::new(method, url);
    *request.headers_mut() = wire::header_map(&prepared.headers)?;
    if !prepared.body.is_empty() {
        *request.body_mut() = Some(prepared.body.clone().into());
    }
    Ok(request)
}

fn unsendable(message: String) -> AttemptError {
    AttemptError { kind: AttemptErrorKind::Request, message }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{IpAddr, SocketAddr, TcpListener},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use hookglass_model::{Draft, HeaderList};
    use reqwest::dns::{Addrs, Name, Resolving};

    use super::*;

    /// Gives the next list of addresses at each look-up, the last one for ever.
    struct Scripted {
        answers: Vec<Vec<IpAddr>>,
        asked: AtomicUsize,
    }

    impl Resolve for Scripted {
        fn resolve(&self, _: Name) -> Resolving {
            let at = self.asked.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
            let sockets: Vec<SocketAddr> = self.answers[at].iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
            Box::pin(async { Ok(Box::new(sockets.into_iter()) as Addrs) })
        }
    }

    fn scripted(answers: &[&[&str]]) -> Arc<Scripted> {
        let answers = answers.iter().map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Arc::new(Scripted { answers, asked: AtomicUsize::new(0) })
    }

    fn to(url: String) -> Prepared {
        let draft = Draft {
            parent: None,
            method: "POST".to_owned(),
            target_url: url,
            headers: HeaderList::new(),
            body: Vec::new(),
            resign: None,
        };
        crate::prepare(&draft, &[]).unwrap()
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_metadata_address_is_refused() {
        for addresses in [&["169.254.169.254"][..], &["fe80::1", "fd00:ec2::254"], &["::ffff:169.254.169.254"]] {
            let sender = Sender::with_resolver(scripted(&[addresses])).unwrap();
            let error =
                sender.send(&to("http://hooks.test/".to_owned()), &Timeouts::default()).await.outcome.unwrap_err();
            assert_eq!(error.kind, AttemptErrorKind::Forbidden, "{}", error.message);
            assert!(error.message.starts_with("hooks.test leads to "), "{}", error.message);
        }
    }

    #[tokio::test]
    async fn only_the_allowed_addresses_of_a_name_are_called_and_it_is_looked_up_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        });
        let resolver = scripted(&[&["169.254.169.254", "127.0.0.1"], &["169.254.169.254"]]);
        let sender = Sender::with_resolver(Arc::clone(&resolver) as Arc<dyn Resolve>).unwrap();
        let outcome = sender.send(&to(format!("http://rebinding.test:{port}/")), &Timeouts::default()).await.outcome;
        assert_eq!(outcome.unwrap().status, 204);
        assert_eq!(resolver.asked.load(Ordering::Relaxed), 1);
        answering.join().unwrap();
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_a_dns_failure() {
        let sender = Sender::with_resolver(scripted(&[&[]])).unwrap();
        let error =
            sender.send(&to("http://hooks.test:3000/".to_owned()), &Timeouts::default()).await.outcome.unwrap_err();
        assert_eq!(error.kind, AttemptErrorKind::Dns);
        assert_eq!(error.message, "The name hooks.test cannot be resolved. Check its spelling.");
    }

    /// A name server that never answers.
    struct Silent;

    impl Resolve for Silent {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_timeout_while_resolving_says_so() {
        let sender = Sender::with_resolver(Arc::new(Silent)).unwrap();
        let (short, long) = (Duration::from_millis(50), Duration::from_secs(20));
        for timeouts in [Timeouts { connect: short, total: long }, Timeouts { connect: long, total: short }] {
            let error = sender.send(&to("http://hooks.test/".to_owned()), &timeouts).await.outcome.unwrap_err();
            assert_eq!(error.kind, AttemptErrorKind::Timeout);
            assert_eq!(error.message, "The name of hooks.test could not be resolved within 0.05 s.");
        }
    }
}
