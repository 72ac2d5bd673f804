//! How far an attempt has come, so that a timeout can say where it happened.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use tower::{Layer, Service};

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Stage {
    /// The host name is being resolved.
    Resolving,
    /// TCP, and with https the TLS handshake.
    Connecting,
    /// The request is on its way or the head of the answer is awaited.
    Waiting,
    /// The head came; the body is being read.
    Reading,
}

/// The stage of one attempt, shared with the parts that move it on.
#[derive(Clone, Debug)]
pub(crate) struct StageMark(Arc<AtomicU8>);

impl StageMark {
    /// At the start: an attempt to an IP address goes straight to connecting.
    pub(crate) fn new(stage: Stage) -> Self {
        Self(Arc::new(AtomicU8::new(stage as u8)))
    }

    pub(crate) fn reach(&self, stage: Stage) {
        self.0.fetch_max(stage as u8, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Stage {
        match self.0.load(Ordering::Relaxed) {
            0 => Stage::Resolving,
            1 => Stage::Connecting,
            2 => Stage::Waiting,
            _ => Stage::Reading,
        }
    }
}

/// Wraps the library's connector to mark the moment the connection stands.
#[derive(Clone, Debug)]
pub(crate) struct MarkConnected(pub(crate) StageMark);

impl<S> Layer<S> for MarkConnected {
    type Service = MarkingConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MarkingConnector { inner, mark: self.0.clone() }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct MarkingConnector<S> {
    inner: S,
    mark: StageMark,
}

impl<S, Destination> Service<Destination> for MarkingConnector<S>
where
    S: Service<Destination>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, destination: Destination) -> Self::Future {
        let connecting = self.inner.call(destination);
        let mark = self.mark.clone();
        Box::pin(async move {
            let connected = connecting.await;
            if connected.is_ok() {
                mark.reach(Stage::Waiting);
            }
            connected
        })
    }
}
