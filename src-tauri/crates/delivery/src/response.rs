//! Reading an answer: its head in HTTP/1.1 form, its body up to a limit.

use hookglass_model::AttemptResponse;
use reqwest::Response;

/// How much of an answer's body is kept. A handler's error page with its stack trace fits; ten thousand resends
/// stay under a gigabyte.
pub const RESPONSE_KEPT_BYTES: usize = 64 * 1024;

/// How much of an answer's body is read before the connection is closed. Reading on past what is kept lets a
/// handler with a long page finish undisturbed; an endless answer is cut here.
pub const RESPONSE_READ_BYTES: usize = 1024 * 1024;

/// Status line and headers. Names are in lower case: the library keeps no other. The order is that of arrival, lines
/// of one name together.
pub(crate) fn head_of(response: &Response) -> Vec<u8> {
    let status = response.status();
    let mut head = format!("{:?} {} ", response.version(), status.as_u16()).into_bytes();
    match response.extensions().get::<hyper::ext::ReasonPhrase>() {
        Some(reason) => head.extend_from_slice(reason.as_bytes()),
        None => head.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes()),
    }
    head.extend_from_slice(b"\r\n");
    for (name, value) in response.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Reads the body into `answer`, cut at [`RESPONSE_KEPT_BYTES`]. Returns how many bytes came.
pub(crate) async fn read_body(mut response: Response, answer: &mut AttemptResponse) -> Result<(), reqwest::Error> {
    let mut read_bytes = 0;
    while let Some(chunk) = response.chunk().await? {
        read_bytes += chunk.len();
        let room = RESPONSE_KEPT_BYTES - answer.body.len();
        answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        answer.truncated = read_bytes > RESPONSE_KEPT_BYTES;
        if read_bytes >= RESPONSE_READ_BYTES {
            // Dropping the response closes the connection.
            break;
        }
    }
    Ok(())
}
