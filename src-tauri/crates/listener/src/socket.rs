//! Opening a listening socket. What differs between operating systems stands here and nowhere else.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections the kernel completes while the accept loop is busy. The kernel cuts it to its own maximum
/// (Linux: net.core.somaxconn, 4096); 1024 is the least that survives a burst of a thousand senders.
const BACKLOG: i32 = 1024;

/// Binds and listens, without blocking mode.
pub(crate) fn open(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    if addr.is_ipv6() && addr.ip().is_unspecified() {
        // Linux and macOS take IPv4 on [::] too, Windows does not; be the same everywhere.
        socket.set_only_v6(false)?;
    }
    allow_quick_restart(&socket)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// On Unix `SO_REUSEADDR` only skips the minutes of `TIME_WAIT` after a restart; a second listener is still refused.
#[cfg(unix)]
fn allow_quick_restart(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_address(true)
}

/// On Windows `SO_REUSEADDR` would let a second program take the port over, and `TIME_WAIT` does not keep a
/// listener from binding, so nothing is set. Full protection is `SO_EXCLUSIVEADDRUSE`, which socket2 0.6 cannot
/// set without unsafe code; since Windows Server 2003 another user cannot take the port over in any case.
#[cfg(windows)]
fn allow_quick_restart(_socket: &Socket) -> io::Result<()> {
    Ok(())
}
