//! The socket as hyper sees it: every byte read is shown to the recorder.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::state::Wire;
use crate::stream::Stream;

/// What a peer that dawdles over its head is told, where hyper itself would just hang up.
const REQUEST_TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// A socket that shows what is read from it to its [`Wire`]. When hyper is done and drops it, the socket
/// goes back to the wire, unless the peer has ended the connection already.
pub(crate) struct Tee {
    /// Always there until the tee is dropped.
    stream: Option<Stream>,
    wire: Arc<Wire>,
    /// The peer has ended its side.
    ended: bool,
    write_stalled: bool,
    /// Something was written and is not flushed yet.
    unflushed: bool,
}

impl Tee {
    pub(crate) fn new(stream: Stream, wire: Arc<Wire>) -> Self {
        Self { stream: Some(stream), wire, ended: false, write_stalled: false, unflushed: false }
    }

    fn poll_socket<T>(&mut self, poll: impl FnOnce(Pin<&mut Stream>) -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match &mut self.stream {
            Some(stream) => poll(Pin::new(stream)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Writes, and tells the wire when writing begins and ceases to be stuck; costs nothing while all goes well.
    fn poll_output(
        &mut self,
        poll: impl FnOnce(Pin<&mut Stream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let written = self.poll_socket(poll);
        if written.is_pending() != self.write_stalled {
            self.write_stalled = written.is_pending();
            self.wire.note_write_stalled(self.write_stalled);
        }
        match &written {
            Poll::Ready(Ok(_)) => self.unflushed = true,
            Poll::Ready(Err(_)) => self.wire.answers_are_lost(),
            Poll::Pending => {}
        }
        written
    }
}

impl Drop for Tee {
    fn drop(&mut self) {
        // A peer that is gone resets the connection when it gets an answer; the kernel knows by now.
        if self.ended && self.stream.as_ref().is_some_and(Stream::is_reset) {
            self.wire.was_reset();
        }
        self.wire.answers_are_lost();
        if let Some(stream) = self.stream.take().filter(|_| !self.ended) {
            self.wire.give_back(stream);
        }
    }
}

impl AsyncRead for Tee {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.wire.head_has_expired() {
            // hyper waits for a head now, so nothing of its own is being written. An end of file makes it stop.
            this.ended = true;
            if let Some(mut stream) = this.stream.take() {
                // The socket's buffer is empty, so it takes these bytes at once or the peer is gone.
                let _ = Pin::new(&mut stream).poll_write(cx, REQUEST_TIMEOUT);
                let _ = Pin::new(&mut stream).poll_flush(cx);
            }
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if let Err(error) = ready!(this.poll_socket(|stream| stream.poll_read(cx, buffer))) {
            this.wire.was_reset();
            return Poll::Ready(Err(error));
        }
        let read = &buffer.filled()[before..];
        if read.is_empty() {
            this.ended |= buffer.remaining() > 0;
        } else {
            this.wire.observe(read);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tee {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_output(|stream| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_output(|stream| stream.poll_write_vectored(cx, parts))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_socket(|stream| stream.poll_flush(cx)))?;
        if std::mem::take(&mut this.unflushed) {
            this.wire.flushed();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_socket(|stream| stream.poll_shutdown(cx))
    }
}
