//! The kernel's messages as the values of this room.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_route::AddressFamily;
use netlink_packet_route::RouteNetlinkMessage as Message;
use netlink_packet_route::address::{AddressAttribute, AddressFlags, AddressMessage};
use netlink_packet_route::link::{LinkAttribute, LinkFlags};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteMessage, RouteType, RouteVia,
};

use super::{Address, Link, Route};

/// The interface that a message adds or changes.
pub(super) fn link(message: &Message) -> Option<Link> {
    let Message::NewLink(message) = message else {
        return None;
    };
    let flags = message.header.flags;
    let mut link = Link {
        name: String::new(),
        index: message.header.index,
        up: flags.contains(LinkFlags::Up),
        carrier: flags.contains(LinkFlags::Up | LinkFlags::LowerUp),
        mac: None,
        mtu: 0,
        kind: message.header.link_layer_type.into(),
        arp: !flags.contains(LinkFlags::Noarp),
    };
    for attribute in &message.attributes {
        match attribute {
            LinkAttribute::IfName(name) => link.name.clone_from(name),
            LinkAttribute::Address(mac) => link.mac = mac.as_slice().try_into().ok(),
            LinkAttribute::Mtu(mtu) => link.mtu = *mtu,
            _ => {}
        }
    }
    Some(link)
}

/// The address that a message adds or changes.
pub(super) fn address(message: &Message, names: &HashMap<u32, String>) -> Option<Address> {
    let Message::NewAddress(message) = message else {
        return None;
    };
    let index = message.header.index;
    let flags = flags(message);
    let label = message
        .attributes
        .iter()
        .find_map(|attribute| match attribute {
            AddressAttribute::Label(label) => Some(label.clone()),
            _ => None,
        });
    Some(Address {
        address: own(message)?,
        prefix: message.header.prefix_len,
        interface: names.get(&index)?.clone(),
        index,
        label,
        // IPv6 uses the same bit for addresses that are temporary.
        secondary: flags.contains(AddressFlags::Secondary)
            && message.header.family == AddressFamily::Inet,
        tentative: flags.intersects(AddressFlags::Tentative | AddressFlags::Dadfailed),
    })
}

/// On a point-to-point link IFA_ADDRESS is the other end's.
fn own(message: &AddressMessage) -> Option<IpAddr> {
    let local = message
        .attributes
        .iter()
        .find_map(|attribute| match attribute {
            AddressAttribute::Local(address) => Some(*address),
            _ => None,
        });
    local.or_else(|| {
        message
            .attributes
            .iter()
            .find_map(|attribute| match attribute {
                AddressAttribute::Address(address) => Some(*address),
                _ => None,
            })
    })
}

/// The header has room for the eight oldest flags; the attribute has all.
fn flags(message: &AddressMessage) -> AddressFlags {
    let whole = message
        .attributes
        .iter()
        .find_map(|attribute| match attribute {
            AddressAttribute::Flags(flags) => Some(*flags),
            _ => None,
        });
    let header = u32::from(message.header.flags.bits());
    whole.unwrap_or_else(|| AddressFlags::from_bits_retain(header))
}

/// The routes that a message adds or changes: one for each next hop.
pub(super) fn routes(message: &Message, names: &HashMap<u32, String>) -> Vec<Route> {
    let Message::NewRoute(message) = message else {
        return Vec::new();
    };
    let header = &message.header;
    if !matches!(header.kind, RouteType::Unicast | RouteType::Local) {
        return Vec::new();
    }
    let mut route = Route {
        destination: everywhere(message),
        prefix: header.destination_prefix_length,
        gateway: gateway(&message.attributes),
        interface: None,
        table: header.table.into(),
        metric: 0,
        local: header.kind == RouteType::Local,
    };
    let name = |index: &u32| names.get(index).cloned();
    let mut hops = Vec::new();
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(to) => {
                route.destination = plain(to).unwrap_or(route.destination);
            }
            RouteAttribute::Oif(index) => route.interface = name(index),
            RouteAttribute::Table(table) => route.table = *table,
            RouteAttribute::Priority(metric) => route.metric = *metric,
            RouteAttribute::MultiPath(several) => hops.extend(several),
            _ => {}
        }
    }
    if hops.is_empty() {
        return vec![route];
    }
    let by = hops.into_iter().map(|hop| Route {
        gateway: gateway(&hop.attributes),
        interface: name(&hop.interface_index),
        ..route.clone()
    });
    by.collect()
}

fn everywhere(message: &RouteMessage) -> IpAddr {
    match message.header.address_family {
        AddressFamily::Inet6 => Ipv6Addr::UNSPECIFIED.into(),
        _ => Ipv4Addr::UNSPECIFIED.into(),
    }
}

fn gateway(attributes: &[RouteAttribute]) -> Option<IpAddr> {
    attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Gateway(gateway) => plain(gateway),
        RouteAttribute::Via(RouteVia::Inet(gateway)) => Some((*gateway).into()),
        RouteAttribute::Via(RouteVia::Inet6(gateway)) => Some((*gateway).into()),
        _ => None,
    })
}

fn plain(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(address) => Some((*address).into()),
        RouteAddress::Inet6(address) => Some((*address).into()),
        _ => None,
    }
}
