//! The few values that everything is made of.

use std::net::IpAddr;

use ipvs_core::{DestKey, Family, ServiceKey};

use crate::dice::Dice;

pub const SERVICE_ADDRESSES: &[(usize, &str)] = &[
    (6, "192.0.2.1"),
    (3, "192.0.2.2"),
    (4, "2001:db8::1"),
    (1, "0.0.0.0"),
    (1, "::"),
];

pub const DEST_ADDRESSES: &[(usize, &str)] = &[
    (6, "10.0.3.1"),
    (5, "10.0.3.2"),
    (1, "127.0.0.1"),
    (1, "10.0.3.255"),
    (1, "0.0.0.0"),
    (1, "224.0.0.1"),
    (1, "255.255.255.255"),
    (1, "240.0.0.1"),
    (5, "2001:db8:3::1"),
    (1, "::1"),
    (1, "::"),
    (1, "fe80::1"),
    (1, "ff02::1"),
    (1, "::ffff:10.0.3.1"),
];

pub const SERVICE_PORTS: &[(usize, u16)] = &[(5, 80), (2, 53), (1, 0)];
pub const DEST_PORTS: &[(usize, u16)] = &[(5, 80), (3, 8080), (1, 0)];
pub const PROTOCOLS: &[(usize, u16)] = &[(7, 6), (4, 17), (1, 132), (1, 50), (1, 300)];
pub const MARKS: &[(usize, u32)] = &[(3, 1), (2, 7), (1, u32::MAX)];

pub const SCHEDULERS: &[(usize, &str)] = &[
    (8, "rr"),
    (4, "wrr"),
    (2, "lc"),
    (6, "wlc"),
    (1, "lblc"),
    (1, "lblcr"),
    (1, "dh"),
    (2, "sh"),
    (1, "sed"),
    (1, "nq"),
    (1, "fo"),
    (1, "ovf"),
    (1, "mh"),
    (1, "twos"),
    (1, "none"),
    (2, "nosuch"),
];

pub const ENGINES: &[(usize, Option<&str>)] = &[(10, None), (2, Some("sip")), (1, Some("nosuch"))];
pub const FLAGS: &[(usize, u32)] = &[(5, 0), (3, 1), (1, 4), (1, 0x18), (1, 2), (1, u32::MAX)];
pub const TIMEOUTS: &[(usize, u32)] = &[
    (5, 0),
    (3, 60),
    (2, 360),
    (1, 17_179_869),
    (1, 17_179_870),
    (1, u32::MAX),
];
pub const WEIGHTS: &[(usize, u32)] = &[
    (6, 1),
    (3, 0),
    (3, 5),
    (1, 0x7fff_ffff),
    (1, 0x8000_0000),
    (1, u32::MAX),
];
pub const THRESHOLDS: &[(usize, u32)] =
    &[(8, 0), (2, 1), (2, 10), (1, 0x7fff_ffff), (1, 0x8000_0000)];
pub const METHODS: &[(usize, u32)] = &[(6, 0), (6, 2), (3, 3), (1, 1), (1, 4), (1, 7)];
pub const TUNNELS: &[(usize, (u8, u16, u16))] = &[
    (9, (0, 0, 0)),
    (2, (1, 6080, 1)),
    (1, (1, 0, 0)),
    (2, (2, 0, 1)),
    (1, (7, 1, 0xffff)),
];
pub const SYNC_IDS: &[(usize, u32)] = &[(4, 1), (1, 0), (1, 255), (1, 256), (1, u32::MAX)];
pub const INTERFACES: &[(usize, &str)] = &[(8, "lo"), (2, "wire"), (1, "nosuch")];
pub const GROUPS: &[(usize, Option<&str>)] = &[
    (8, None),
    (1, Some("224.0.0.99")),
    (1, Some("10.0.0.1")),
    (1, Some("2001:db8::1")),
    (1, Some("ff02::81")),
    (1, Some("ff05::81")),
];
pub const SYNC_LENGTHS: &[(usize, Option<u16>)] = &[
    (6, None),
    (1, Some(0)),
    (1, Some(1)),
    (1, Some(1400)),
    (1, Some(u16::MAX)),
];
pub const SYNC_PORTS: &[(usize, Option<u16>)] = &[(6, None), (1, Some(0)), (2, Some(8849))];
pub const TTLS: &[(usize, Option<u8>)] = &[(6, None), (1, Some(0)), (1, Some(7)), (1, Some(255))];
pub const CONFIG_TIMEOUTS: &[(usize, u32)] = &[
    (3, 0),
    (3, 900),
    (1, 1),
    (1, 8_589_934),
    (1, 8_589_935),
    (1, 0x7fff_ffff),
    (1, u32::MAX),
];

pub fn address(text: &str) -> IpAddr {
    text.parse().expect("the pools hold addresses")
}

pub fn service_key(dice: &mut Dice) -> ServiceKey {
    if dice.once_in(5) {
        let family = dice.pick(&[Family::V4, Family::V4, Family::V6]);
        return ServiceKey::firewall_mark(dice.weigh(MARKS), family);
    }
    let protocol = ipvs_core::Protocol::new(dice.weigh(PROTOCOLS));
    let address = address(dice.weigh(SERVICE_ADDRESSES));
    ServiceKey::address(protocol, address, dice.weigh(SERVICE_PORTS))
}

pub fn dest_key(dice: &mut Dice) -> DestKey {
    DestKey::new(address(dice.weigh(DEST_ADDRESSES)), dice.weigh(DEST_PORTS))
}
