//! Which addresses a dest may have.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Host;
use super::dest::DestKey;
use super::service::AF_INET;
use crate::fake::network::Kind;

/// Whether an address can be a server's: it is one host's, whether or not there is a way to it.
pub(super) fn is_usable(host: &Host<'_>, key: &DestKey) -> bool {
    if key.family == AF_INET {
        let [first, second, third, fourth, ..] = key.address;
        let address = Ipv4Addr::from([first, second, third, fourth]);
        let kind = host.network.kind(host.environment.release, address);
        return matches!(kind, Kind::Local | Kind::Unicast);
    }
    let address = Ipv6Addr::from(key.address);
    let foreign = is_unicast(address) && !address.is_unicast_link_local();
    foreign || host.network.is_own(address)
}

/// To the kernel an IPv4 address in IPv6's clothes is none.
fn is_unicast(address: Ipv6Addr) -> bool {
    let mapped = address.to_ipv4_mapped().is_some();
    !address.is_unspecified() && !address.is_multicast() && !mapped
}
