//! What really stood on the wire: a tee on the socket and a pure machine that follows the messages in it.

mod chunks;
mod flags;
mod framing;
mod state;
mod tee;

pub(crate) use flags::flags;
pub(crate) use framing::{Moment, WireHead, body_framing};
pub(crate) use state::{Arrival, Expiry, Told, Wire};
pub(crate) use tee::Tee;
