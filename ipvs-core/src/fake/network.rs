//! The network of a namespace, as far as IPVS looks at it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Interface, Release};

/// Interfaces, addresses, and UDP ports that are taken.
#[derive(Debug, Default)]
pub(super) struct Network {
    interfaces: Vec<Interface>,
    /// Whether there ever was an IPv4 address. Until then there is no table to look one up in.
    had_ipv4: bool,
    /// The UDP ports that somebody else listens on, for packets to any address.
    taken: BTreeSet<u16>,
}

/// What an IPv4 address is to this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Unicast,
    Local,
    Broadcast,
    Multicast,
}

impl Network {
    /// A namespace in which `lo` is up.
    pub(super) fn with_loopback() -> Self {
        let mut network = Network::default();
        network.set(Interface::loopback());
        network
    }

    /// A namespace as the kernel makes it: `lo` is down and has no address.
    pub(super) fn untouched() -> Self {
        let mut network = Network::default();
        let addressless = Interface {
            addresses: Vec::new(),
            ..Interface::loopback()
        };
        network.set(addressless.down());
        network
    }

    /// Adds an interface, or replaces the one of its name.
    pub(super) fn set(&mut self, interface: Interface) {
        self.had_ipv4 |= interface.addresses.iter().any(|(own, _)| own.is_ipv4());
        self.remove(&interface.name);
        self.interfaces.push(interface);
    }

    /// Removes the interface of a name; whether there was one.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        let before = self.interfaces.len();
        self.interfaces.retain(|interface| interface.name != name);
        self.interfaces.len() < before
    }

    /// The interface of a name.
    pub(super) fn interface(&self, name: &[u8]) -> Option<&Interface> {
        let mut interfaces = self.interfaces.iter();
        interfaces.find(|interface| interface.name.as_bytes() == name)
    }

    /// Lets somebody else listen on a UDP port, at every address of both families.
    pub(super) fn take_port(&mut self, port: u16) {
        self.taken.insert(port);
    }

    /// Lets go of a UDP port; whether it was taken.
    pub(super) fn release_port(&mut self, port: u16) -> bool {
        self.taken.remove(&port)
    }

    /// Whether somebody else listens on a UDP port.
    pub(super) fn is_taken(&self, port: u16) -> bool {
        self.taken.contains(&port)
    }

    /// What an IPv4 address is.
    pub(super) fn kind(&self, release: Release, address: Ipv4Addr) -> Kind {
        if address.is_multicast() {
            return Kind::Multicast;
        }
        if address.is_unspecified() || address.is_broadcast() || !self.had_ipv4 {
            return Kind::Broadcast;
        }
        let networks = self.interfaces.iter().flat_map(|interface| {
            let addresses = interface.addresses.iter();
            addresses.filter_map(move |(own, prefix)| match own {
                IpAddr::V4(own) => Some((interface, *own, *prefix)),
                IpAddr::V6(_) => None,
            })
        });
        let found = networks
            .map(|(interface, own, prefix)| kind_on(release, interface, own, prefix, address));
        // The most specific route wins, which is that of an address.
        let kinds: Vec<Kind> = found.flatten().collect();
        let of_one = [Kind::Broadcast, Kind::Local];
        let mut best = of_one.into_iter().filter(|kind| kinds.contains(kind));
        best.next().unwrap_or(Kind::Unicast)
    }

    /// Whether an IPv6 address is this host's own.
    pub(super) fn is_own(&self, address: Ipv6Addr) -> bool {
        let mut up = self.interfaces.iter().filter(|interface| interface.up);
        up.any(|interface| {
            let mut addresses = interface.addresses.iter();
            addresses.any(|(own, _)| *own == IpAddr::V6(address))
        })
    }
}

/// What the routes say that the kernel makes for one address of its own.
fn kind_on(
    release: Release,
    interface: &Interface,
    own: Ipv4Addr,
    prefix: u8,
    address: Ipv4Addr,
) -> Option<Kind> {
    if address == own {
        return Some(Kind::Local);
    }
    let ones = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into()));
    let mask = ones.unwrap_or(0);
    let (network, last) = (own.to_bits() & mask, own.to_bits() | !mask);
    if !interface.up || address.to_bits() & mask != network {
        return None;
    }
    let lowest = address.to_bits() == network && release.broadcasts_to_the_lowest_address();
    if prefix < 31 && (address.to_bits() == last || lowest) {
        return Some(Kind::Broadcast);
    }
    (interface.name == "lo").then_some(Kind::Local)
}
