//! The Ethernet frames that tell a network where an address lives now.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::checksum::{internet, pseudo_header};
use crate::net::Mac;

const BROADCAST: Mac = [0xff; 6];
/// Where `ff02::1`, all nodes of the link, goes to.
const ALL_NODES: Mac = [0x33, 0x33, 0, 0, 0, 1];
const ETHERTYPE_ARP: [u8; 2] = [0x08, 0x06];
const ETHERTYPE_IPV6: [u8; 2] = [0x86, 0xdd];
/// Ethernet of IPv4, addresses of 6 and 4 bytes, a reply.
const ARP_REPLY: [u8; 8] = [0, 1, 0x08, 0, 6, 4, 0, 2];
const ICMPV6: u8 = 58;
/// The shortest frame without its check sequence.
const SHORTEST: usize = 60;

/// The frame that says "`address` is at `mac`" to everybody on the link: to be sent as
/// it is on a packet socket of the interface whose address `mac` is.
pub fn frame(mac: Mac, address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => gratuitous_arp(mac, address),
        IpAddr::V6(address) => neighbour_advertisement(mac, address),
    }
}

/// A broadcast ARP reply of 60 bytes in which sender and target are both `mac` and
/// `address`.
pub fn gratuitous_arp(mac: Mac, address: Ipv4Addr) -> Vec<u8> {
    let address = address.octets();
    let mut frame = [
        &BROADCAST[..],
        &mac,
        &ETHERTYPE_ARP,
        &ARP_REPLY,
        &mac,
        &address,
        &mac,
        &address,
    ]
    .concat();
    frame.resize(SHORTEST, 0);
    frame
}

/// An unsolicited neighbour advertisement (RFC 4861, section 7.2.6) from `address` itself
/// to all nodes, which overrides what they knew.
pub fn neighbour_advertisement(mac: Mac, address: Ipv6Addr) -> Vec<u8> {
    let to = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
    // Type 136, code 0, the checksum, and of the three flags router and override.
    let message = |checksum: [u8; 2]| {
        let [high, low] = checksum;
        let head = [136, 0, high, low, 0xa0, 0, 0, 0];
        // Option 2, the target's link-layer address, in one unit of 8 bytes.
        [&head[..], &address.octets(), &[2, 1], &mac].concat()
    };
    let unsigned = message([0, 0]);
    let length = u16::try_from(unsigned.len()).unwrap_or(u16::MAX);
    let pseudo_header = pseudo_header(address.into(), to.into(), ICMPV6, length);
    let checksum = internet(&[&pseudo_header, &unsigned]);
    [
        &ALL_NODES[..],
        &mac,
        &ETHERTYPE_IPV6,
        &[0x60, 0, 0, 0],
        &length.to_be_bytes(),
        &[ICMPV6, super::vrrp::HOP_LIMIT],
        &address.octets(),
        &to.octets(),
        &message(checksum.to_be_bytes()),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAC: Mac = [0x02, 0, 0, 0xaa, 0xbb, 0xcc];

    #[test]
    fn the_documented_reply() {
        let frame = gratuitous_arp(MAC, Ipv4Addr::new(10, 0, 2, 100));
        let expected = "ffffffffffff 020000aabbcc 0806 0001 0800 06 04 0002 \
                        020000aabbcc 0a000264 020000aabbcc 0a000264";
        let mut expected = hex(expected);
        expected.extend([0; 18]);
        assert_eq!(frame, expected);
        assert_eq!(frame.len(), 60);
    }

    #[test]
    fn the_neighbour_advertisement_field_by_field() {
        let frame = neighbour_advertisement(MAC, "2001:db8::64".parse().unwrap());
        let expected = "333300000001 020000aabbcc 86dd 60000000 0020 3a ff \
                        20010db8000000000000000000000064 ff020000000000000000000000000001 \
                        88 00 bbee a0000000 20010db8000000000000000000000064 02 01 020000aabbcc";
        assert_eq!(frame, hex(expected));
    }

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pairs = digits
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap());
        pairs
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    proptest! {
        #[test]
        fn the_checksum_covers_the_message(mac: Mac, address: u128) {
            let address = Ipv6Addr::from(address);
            let frame = frame(mac, address.into());
            let all_nodes = "ff02::1".parse().unwrap();
            let pseudo_header = pseudo_header(address.into(), all_nodes, ICMPV6, 32);
            prop_assert_eq!(internet(&[&pseudo_header, &frame[54..]]), 0);
            prop_assert_eq!(frame.len(), 86);
        }

        #[test]
        fn an_arp_reply_names_card_and_address_twice(mac: Mac, address: u32) {
            let address = Ipv4Addr::from(address);
            let frame = frame(mac, address.into());
            let pair = [&mac[..], &address.octets()].concat();
            prop_assert_eq!(&frame[22..32], &pair[..]);
            prop_assert_eq!(&frame[32..42], &pair[..]);
        }
    }
}
