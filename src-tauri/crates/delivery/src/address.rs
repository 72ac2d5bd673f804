//! Which addresses are never called, and which belong to this computer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The metadata services of clouds that do not use a link-local address. AWS: "Instance metadata service"
/// (IPv6 endpoint `fd00:ec2::254`). Google Cloud: `fd20:ce::254`.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// Alibaba Cloud's metadata service, inside the shared range of RFC 6598.
const METADATA_V4: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

/// Whether an address must never be called: link-local ranges, where cloud metadata services hand out
/// credentials, and the metadata addresses outside them; also when an IPv4 one is written inside an IPv6 address.
/// Loopback and private addresses are allowed: the handler under development lives there.
pub(crate) fn is_forbidden(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_forbidden_v4(ip),
        IpAddr::V6(ip) => {
            ip.is_unicast_link_local()
                || METADATA_V6.contains(&ip)
                || embedded_v4(ip).into_iter().flatten().any(is_forbidden_v4)
        }
    }
}

fn is_forbidden_v4(ip: Ipv4Addr) -> bool {
    ip.is_link_local() || ip == METADATA_V4
}

/// The IPv4 addresses an IPv6 address may carry. A gateway on the way could unwrap any of them.
fn embedded_v4(ip: Ipv6Addr) -> [Option<Ipv4Addr>; 3] {
    let segments = ip.segments();
    let at = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    let last = at(segments[6], segments[7]);
    match segments {
        // IPv4-compatible and IPv4-mapped (RFC 4291 §2.5.5), IPv4-translated (RFC 2765 §2.1), the well-known NAT64
        // prefix (RFC 6052 §2.1), and ISATAP under any prefix, with and without the universal bit (RFC 5214 §6.1).
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, ..] => [Some(last), None, None],
        // The NAT64 range for local use (RFC 8215): prefixes of 48 and of 96 bits place the address differently.
        [0x64, 0xff9b, 1, high, low, lowest, ..] => {
            let [_, second] = low.to_be_bytes();
            let [third, _] = lowest.to_be_bytes();
            [Some(last), Some(at(high, u16::from_be_bytes([second, third]))), None]
        }
        // 6to4 (RFC 3056 §2).
        [0x2002, high, low, ..] => [Some(at(high, low)), None, None],
        // Teredo (RFC 4380 §4): the server, and the client with inverted bits.
        [0x2001, 0, high, low, ..] => [Some(at(high, low)), Some(at(!segments[6], !segments[7])), None],
        _ => [None, None, None],
    }
}

/// Whether a URL names this computer itself: `localhost` and names below it (RFC 6761 §6.3), loopback
/// addresses, and the unspecified address, which connects to loopback. The computer's own address in a network
/// and other names that lead here are not recognised: a guard may then ask once too often, never too seldom.
/// Text that is no URL gives `false`.
pub fn is_this_computer(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some(host) = url.host_str() else { return false };
    match literal(host) {
        Some(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(IpAddr::V6(ip)) => {
            let mapped = ip.to_ipv4_mapped();
            ip.is_loopback() || ip.is_unspecified() || mapped.is_some_and(|ip| ip.is_loopback() || ip.is_unspecified())
        }
        None => {
            let name = host.strip_suffix('.').unwrap_or(host);
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// The address a URL's host is, when it is one and not a name.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(text: &str) -> bool {
        is_forbidden(text.parse().unwrap())
    }

    #[test]
    fn metadata_and_link_local_addresses_are_forbidden_in_every_spelling() {
        for address in [
            "169.254.169.254",
            "169.254.0.0",
            "169.254.255.255",
            "100.100.100.200",
            "fe80::1",
            "febf:ffff::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "::ffff:0:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:a9fe:a9:fe00::",
            "2002:a9fe:a9fe::1",
            "2001:0:a9fe:a9fe::",
            "2001:0:102:304:0:0:5601:5601",
            "2001:db8::5efe:a9fe:a9fe",
            "fd12::200:5efe:169.254.169.254",
        ] {
            assert!(forbidden(address), "{address} is let through");
        }
    }

    #[test]
    fn loopback_private_and_public_addresses_are_allowed() {
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.253.255.255",
            "169.255.0.0",
            "100.100.100.199",
            "8.8.8.8",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "fd00::1",
            "fec0::1",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2606:4700::1",
        ] {
            assert!(!forbidden(address), "{address} is refused");
        }
    }

    #[test]
    fn this_computer() {
        for url in [
            "http://localhost:3000/x",
            "http://LOCALHOST",
            "http://shop.localhost:80",
            "http://localhost.",
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://2130706433/",
            "http://[::1]:3000",
            "http://[::ffff:127.0.0.1]",
            "http://0.0.0.0:3000",
        ] {
            assert!(is_this_computer(url), "{url}");
        }
        for url in [
            "http://localhost.example.com",
            "http://192.168.0.2",
            "https://example.com",
            "localhost:3000",
            "",
            "http://notlocalhost",
        ] {
            assert!(!is_this_computer(url), "{url}");
        }
    }
}
