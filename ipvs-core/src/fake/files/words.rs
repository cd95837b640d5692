//! How the kernel's files spell protocols and addresses.

use std::net::IpAddr;

/// A protocol's name: `TCP`, `IP_50`.
pub(super) fn protocol(number: u16) -> String {
    match number {
        0 => "IP".to_owned(),
        1 => "ICMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        58 => "ICMPv6".to_owned(),
        132 => "SCTP".to_owned(),
        other => format!("IP_{other}"),
    }
}

/// 8 digits of IPv4, or every digit of the 8 groups of IPv6.
pub(super) fn address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{:08X}", address.to_bits()),
        IpAddr::V6(address) => address
            .segments()
            .map(|group| format!("{group:04x}"))
            .join(":"),
    }
}

/// An address and a port, as `ip_vs` has them.
pub(super) fn endpoint(at: IpAddr, port: u16) -> String {
    match at {
        IpAddr::V4(_) => format!("{}:{port:04X}", address(at)),
        IpAddr::V6(_) => format!("[{}]:{port:04X}", address(at)),
    }
}
