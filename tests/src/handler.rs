//! The handler a developer is debugging: an HTTP server on this computer that checks Stripe's signature with its own
//! code, answers 200 or 400, and remembers what it got.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{stripe, unix_seconds};

/// One request the handler got.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// What the check of the signature said.
    pub verified: Result<(), String>,
}

/// A running handler; it ends with this value.
pub struct Handler {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    secret: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Handler {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(secret: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
        let address = listener.local_addr().context("no free port")?.to_string();
        let received = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared { secret: secret.to_owned(), received: Arc::clone(&received) };
        let router = Router::new().fallback(handle).with_state(shared);
        let task = tokio::spawn(async move {
            // It runs until it is aborted; an error here shows as a refused connection in the test.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, received, task })
    }

    /// The URL of a path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it has got so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handle(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let header = headers.get(stripe::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let verified = stripe::verify(&shared.secret, header, &body, unix_seconds());
    let answer = match &verified {
        Ok(()) => (StatusCode::OK, r#"{"received":true}"#.to_owned()),
        Err(problem) => (StatusCode::BAD_REQUEST, format!("signature refused: {problem}")),
    };
    let received = Received { method, target: uri.to_string(), headers, body: body.to_vec(), verified };
    shared.received.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    #[tokio::test]
    async fn takes_what_is_signed_and_refuses_what_is_not() {
        let handler = Handler::start("whsec_handler").await.unwrap();
        let signed = stripe::sign("whsec_handler", unix_seconds(), b"{}");
        for (signature, status) in [(signed.as_str(), 200), ("t=1,v1=00", 400)] {
            let request = http::post("/hook?x=1", &[(stripe::HEADER, signature)], b"{}");
            assert_eq!(http::send(&handler.address, &request).await.unwrap().status, status);
        }
        let received = handler.received();
        assert_eq!(received.len(), 2);
        assert_eq!((received[0].target.as_str(), received[0].body.as_slice()), ("/hook?x=1", b"{}".as_slice()));
        assert!(received[0].verified.is_ok() && received[1].verified.is_err());
    }
}
