//! VRRP version 3 (RFC 9568), for IPv4 and IPv6.

mod election;
mod packet;
mod refusal;

pub use election::{Election, Settings, SettingsError};
pub use packet::{Addresses, Advertisement, Checksum, Header, Interval};
pub use refusal::Refusal;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The IP protocol number of VRRP.
pub const PROTOCOL: u8 = 112;

/// The TTL or hop limit that every packet is sent with: a router would have lowered it.
pub const HOP_LIMIT: u8 = 255;

/// The multicast group that routers of the family of `local` advertise to.
pub const fn group(local: IpAddr) -> IpAddr {
    match local {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12)),
    }
}
