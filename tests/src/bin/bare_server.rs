//! The yardstick of `cargo xtask bench capture`: axum reading a body, dropping it and answering 200.

use anyhow::{Context, Result};
use axum::{Router, body::Bytes, extract::DefaultBodyLimit, http::StatusCode};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let address = std::env::args().nth(1).context("usage: bare_server ADDRESS, for example 127.0.0.1:4700")?;
    let listener = TcpListener::bind(&address).await.with_context(|| format!("{address} cannot be listened on"))?;
    let router = Router::new()
        .fallback(|body: Bytes| async move {
            drop(body);
            StatusCode::OK
        })
        .layer(DefaultBodyLimit::disable());
    axum::serve(listener, router).await.context("the server ended")
}
