//! Taking an address, with an error that says what is in the way.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;
use tokio::net::TcpListener;

use crate::socket;

/// How many ports after a busy one are tried: enough to pass a block of development servers.
const PORTS_TRIED: u16 = 64;

/// A bound socket. The kernel already queues connections; [`Listener::start`] begins to take them.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: TcpListener,
    local_addr: SocketAddr,
}

impl Listener {
    /// Binds an address; port 0 lets the system choose one. Must run within a tokio runtime.
    ///
    /// # Errors
    /// [`BindError`], which names the cause and the next step. Never falls back to another address.
    #[expect(clippy::unused_async, reason = "needs a runtime around it, which only async makes plain")]
    pub async fn bind(addr: SocketAddr) -> Result<Self, BindError> {
        let opened = socket::open(addr).and_then(|socket| {
            let socket = TcpListener::from_std(socket)?;
            let local_addr = socket.local_addr()?;
            Ok(Self { socket, local_addr })
        });
        opened.map_err(|error| BindError::new(addr, error))
    }

    /// The address it is bound to, with the port that was chosen.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }
}

/// Why an address could not be taken.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program listens there.
    #[error("{addr} is already in use by another program; stop that program or choose another port")]
    InUse {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// The system does not allow this user to listen there.
    #[error("{addr} may not be used by this user; choose a port from 1024 upwards")]
    NotPermitted {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// No network interface has this address now.
    #[error("{addr} is not an address of this computer; connect the network it belongs to, or use 127.0.0.1")]
    NotAvailable {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// Something else.
    #[error("cannot listen on {addr}: {source}; choose another address")]
    Other {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl BindError {
    fn new(addr: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::InUse { addr },
            io::ErrorKind::PermissionDenied => Self::NotPermitted { addr },
            io::ErrorKind::AddrNotAvailable => Self::NotAvailable { addr },
            _ => Self::Other { addr, source },
        }
    }

    /// The address asked for.
    pub fn addr(&self) -> SocketAddr {
        match self {
            Self::InUse { addr }
            | Self::NotPermitted { addr }
            | Self::NotAvailable { addr }
            | Self::Other { addr, .. } => *addr,
        }
    }
}

/// The first port after that of `addr` which can be taken on the same interface right now. At most 64 are
/// tried. Another program may still take it before it is used.
pub async fn next_free_port(addr: SocketAddr) -> Option<u16> {
    let first = addr.port().checked_add(1)?;
    (first..=addr.port().saturating_add(PORTS_TRIED))
        .find(|port| socket::open(SocketAddr::new(addr.ip(), *port)).is_ok())
}
