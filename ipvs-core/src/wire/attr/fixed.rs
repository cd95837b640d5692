//! Attributes whose length is known beforehand, as values: a list of them is written
//! at once.
//!
//! Whatever is appended to a buffer is looked at first, whether it fits. A request
//! made of few lists takes half of the instructions of one made of as many
//! attributes.

use std::net::IpAddr;

use ipvs_sys::netlink::NLA_HDRLEN;

/// What every attribute is made of.
pub(in crate::wire) type Word = [u8; 4];

/// An attribute of at most four bytes: its header, and its value with zeros behind it.
pub(in crate::wire) type Small = [Word; 2];

/// What stands in front of a value; the length includes it.
#[inline]
pub(in crate::wire) fn header(kind: u16, length: u16) -> [u8; NLA_HDRLEN] {
    let [k0, k1] = kind.to_ne_bytes();
    let [l0, l1] = length.to_ne_bytes();
    [l0, l1, k0, k1]
}

/// One byte.
#[inline]
pub(in crate::wire) fn u8(kind: u16, value: u8) -> Small {
    [header(kind, 5), [value, 0, 0, 0]]
}

/// 16 bits in the machine's order.
#[inline]
pub(in crate::wire) fn u16(kind: u16, value: u16) -> Small {
    let [v0, v1] = value.to_ne_bytes();
    [header(kind, 6), [v0, v1, 0, 0]]
}

/// 32 bits in the machine's order.
#[inline]
pub(in crate::wire) fn u32(kind: u16, value: u32) -> Small {
    [header(kind, 8), value.to_ne_bytes()]
}

/// 16 bits in network order.
#[inline]
pub(in crate::wire) fn be16(kind: u16, value: u16) -> Small {
    let [v0, v1] = value.to_be_bytes();
    [header(kind, 6), [v0, v1, 0, 0]]
}

/// 32 bits in network order.
#[inline]
pub(in crate::wire) fn be32(kind: u16, value: u32) -> Small {
    [header(kind, 8), value.to_be_bytes()]
}

/// The kernel's union of addresses: an IPv4 address is its first four bytes.
#[inline]
pub(in crate::wire) fn address(kind: u16, address: IpAddr) -> [Word; 5] {
    let [first, second, third, fourth] = match address {
        IpAddr::V4(v4) => [v4.octets(), [0; 4], [0; 4], [0; 4]],
        IpAddr::V6(v6) => {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = v6.octets();
            [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]]
        }
    };
    [header(kind, 20), first, second, third, fourth]
}

/// The beginning of a nest: its header and an address, behind which so many small
/// attributes follow and nothing else.
#[inline]
pub(in crate::wire) fn nest_of_address(
    nest: u16,
    kind: u16,
    address: IpAddr,
    small: u16,
) -> [Small; 3] {
    let [head, first, second, third, fourth] = self::address(kind, address);
    let length = 24 + 8 * small;
    [
        [header(nest, length), head],
        [first, second],
        [third, fourth],
    ]
}
