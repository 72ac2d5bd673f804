//! HTTP/1.1 with nothing in between: exactly these bytes go out, exactly what came back is returned.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// No answer on this computer takes this long.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// An answer, read until its declared end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Status line and headers as received, without the empty line.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name, in whatever case it came.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// The bytes of a POST: `head_lines` in their order and spelling after a `Host` line, then `Content-Length`.
pub fn post(target: &str, head_lines: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let lines: Vec<(&[u8], &[u8])> =
        head_lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    post_bytes(target.as_bytes(), &lines, body)
}

/// As [`post`], for targets and headers that are not UTF-8.
pub fn post_bytes(target: &[u8], head_lines: &[(&[u8], &[u8])], body: &[u8]) -> Vec<u8> {
    let mut request = b"POST ".to_vec();
    request.extend_from_slice(target);
    request.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in head_lines {
        request.extend_from_slice(name);
        request.extend_from_slice(b": ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    request.extend_from_slice(body);
    request
}

/// Sends one request on a connection of its own and reads the answer.
///
/// # Errors
/// When nothing listens, when the connection ends before the answer does, or when none comes in time.
pub async fn send(address: &str, request: &[u8]) -> Result<Answer> {
    let mut connection = Connection::open(address).await?;
    connection.exchange(request).await
}

/// A connection kept alive over several requests, over TCP or whatever lies on it.
pub struct Connection<S = TcpStream> {
    stream: S,
    /// Bytes that came behind the last answer.
    rest: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("nothing listens on {address}"))?;
        Ok(Self::over(stream))
    }

    /// The port on this side, by which a trace of the other side tells connections apart.
    ///
    /// # Errors
    /// When the socket is gone.
    pub fn local_port(&self) -> Result<u16> {
        Ok(self.stream.local_addr().context("the socket is gone")?.port())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// A connection that is open already.
    pub fn over(stream: S) -> Self {
        Self { stream, rest: Vec::new() }
    }

    /// Sends bytes without waiting for an answer.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send_part(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await.context("the bytes could not be sent")
    }

    /// Reads the next answer.
    ///
    /// # Errors
    /// When the connection ends first, or when the answer does not come in time.
    pub async fn answer(&mut self) -> Result<Answer> {
        timeout(ANSWER_LIMIT, self.read_answer()).await.context("no answer in time")?
    }

    /// The socket, for tests that end it in unusual ways.
    pub fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When the connection ends first, or when the answer does not come in time.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await.context("the request could not be sent")?;
        self.answer().await
    }

    async fn read_answer(&mut self) -> Result<Answer> {
        let head_end = loop {
            match find(&self.rest, b"\r\n\r\n") {
                Some(at) => break at,
                None => self.read_more().await?,
            }
        };
        let head = String::from_utf8_lossy(&self.rest[..head_end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status line")?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or_default();
        let end = head_end + 4 + length;
        while self.rest.len() < end {
            self.read_more().await?;
        }
        self.rest[head_end + 4..end].clone_into(&mut answer.body);
        self.rest.drain(..end);
        Ok(answer)
    }

    async fn read_more(&mut self) -> Result<()> {
        let mut part = [0_u8; 8 * 1024];
        let read = self.stream.read(&mut part).await.context("the connection broke")?;
        anyhow::ensure!(read > 0, "the connection ended before the answer did");
        self.rest.extend_from_slice(&part[..read]);
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_has_its_lines_in_order_and_spelling() {
        let bytes = post("/a?b=1", &[("X-B", "1"), ("x-a", "2")], b"hi");
        assert_eq!(
            bytes,
            b"POST /a?b=1 HTTP/1.1\r\nHost: localhost\r\nX-B: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nhi"
        );
    }
}
