//! The model's keys as the kernel holds them, and its addresses as the model has them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ipvs::{DestKey, Key};
use crate::{Family, ServiceKey};

const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
/// What a service by firewall mark has for a protocol.
const TCP: u16 = 6;

impl From<&ServiceKey> for Key {
    fn from(key: &ServiceKey) -> Self {
        match *key {
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => {
                let (family, address) = bytes(address);
                Key {
                    family,
                    protocol: protocol.number(),
                    address,
                    port,
                    mark: 0,
                }
            }
            ServiceKey::FirewallMark { mark, family } => Key {
                family: match family {
                    Family::V4 => AF_INET,
                    Family::V6 => AF_INET6,
                },
                protocol: TCP,
                address: [0; 16],
                port: 0,
                mark,
            },
        }
    }
}

impl From<&crate::DestKey> for DestKey {
    fn from(key: &crate::DestKey) -> Self {
        let (family, address) = bytes(key.address);
        DestKey {
            family,
            address,
            port: key.port,
        }
    }
}

fn bytes(address: IpAddr) -> (u16, [u8; 16]) {
    match address {
        IpAddr::V4(address) => {
            let mut bytes = [0; 16];
            for (slot, byte) in bytes.iter_mut().zip(address.octets()) {
                *slot = byte;
            }
            (AF_INET, bytes)
        }
        IpAddr::V6(address) => (AF_INET6, address.octets()),
    }
}

/// An address of the kernel's; an IPv4 one is the first four bytes.
pub(super) fn address(family: u16, bytes: [u8; 16]) -> IpAddr {
    let [a, b, c, d, ..] = bytes;
    match family {
        AF_INET6 => Ipv6Addr::from(bytes).into(),
        _ => Ipv4Addr::new(a, b, c, d).into(),
    }
}
