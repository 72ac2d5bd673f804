async fn webhook(headers: HeaderMap, raw_body: Bytes) -> StatusCode {
    // `Bytes` last and no `Json`: that would parse the body, and only one extractor may take it.
    if !verify(&raw_body, &headers) {
        return StatusCode::BAD_REQUEST;
    }
    let Ok(event) = serde_json::from_slice::<serde_json::Value>(&raw_body) else {
        return StatusCode::BAD_REQUEST;
    };
    handle(event).await;
    StatusCode::OK
}

fn app() -> Router {
    // Bodies above 2 MB are refused without this.
    Router::new().route("/webhooks", post(webhook)).layer(DefaultBodyLimit::max(25 * 1024 * 1024))
}
