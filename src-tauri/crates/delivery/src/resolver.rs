//! Resolving names so that a forbidden address is never connected to.

use std::{io, net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use crate::{
    address,
    stage::{Stage, StageMark},
};

/// Resolves with the operating system, hosts file included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Every address of a name is forbidden.
#[derive(Debug, Error)]
#[error("the name leads to {0} only")]
pub(crate) struct ForbiddenAddress(pub(crate) std::net::IpAddr);

/// Drops forbidden addresses from what another resolver finds. The library connects to exactly the addresses that
/// come out here, without a second look-up in between, so a name cannot change its meaning after the check.
/// A `.local` name often has a link-local address beside a usable one; only the former is dropped.
pub(crate) struct GuardedResolver {
    pub(crate) inner: Arc<dyn Resolve>,
    pub(crate) mark: StageMark,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolving = self.inner.resolve(name);
        let mark = self.mark.clone();
        Box::pin(async move {
            let (forbidden, allowed): (Vec<SocketAddr>, Vec<SocketAddr>) =
                resolving.await?.partition(|socket| address::is_forbidden(socket.ip()));
            if !allowed.is_empty() {
                mark.reach(Stage::Connecting);
                return Ok(Box::new(allowed.into_iter()) as Addrs);
            }
            Err(match forbidden.first() {
                Some(socket) => ForbiddenAddress(socket.ip()).into(),
                None => io::Error::other("the name has no address").into(),
            })
        })
    }
}
