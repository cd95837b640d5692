//! The broadcast address of an IPv4 network.

use std::net::Ipv4Addr;

/// That of the network of `address`; a network of one or two addresses has none.
pub(super) fn of(address: Ipv4Addr, prefix: u8) -> Option<Ipv4Addr> {
    let hosts = u32::MAX.checked_shr(prefix.into()).unwrap_or(0);
    (prefix < 31).then(|| Ipv4Addr::from_bits(address.to_bits() | hosts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_address_of_the_network() {
        let address = Ipv4Addr::new(10, 0, 2, 100);
        let of = |prefix| of(address, prefix).map(|broadcast| broadcast.to_string());
        assert_eq!(of(24).as_deref(), Some("10.0.2.255"));
        assert_eq!(of(30).as_deref(), Some("10.0.2.103"));
        assert_eq!(of(0).as_deref(), Some("255.255.255.255"));
        assert_eq!([of(31), of(32), of(33)], [None, None, None]);
    }
}
