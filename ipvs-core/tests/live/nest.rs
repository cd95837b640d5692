//! Nests of attributes by hand: whole ones, and what is wrong with them.

use ipvs_core::wire::attr::{Attrs, Builder};
use ipvs_sys::uapi::*;

/// The attributes of one nest, in the order in which they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nest {
    kind: u16,
    attributes: Vec<(u16, Vec<u8>)>,
}

/// What stands for a key: everything else of a nest is not needed to find a thing.
const SERVICE_KEY: [u16; 5] = [
    IPVS_SVC_ATTR_AF,
    IPVS_SVC_ATTR_PROTOCOL,
    IPVS_SVC_ATTR_ADDR,
    IPVS_SVC_ATTR_PORT,
    IPVS_SVC_ATTR_FWMARK,
];
const DEST_KEY: [u16; 3] = [
    IPVS_DEST_ATTR_ADDR,
    IPVS_DEST_ATTR_PORT,
    IPVS_DEST_ATTR_ADDR_FAMILY,
];

/// The service of [`Nest::service`].
pub const SERVICE: &str = "tcp 192.0.2.1:80";

impl Nest {
    pub fn new(kind: u16) -> Self {
        Nest {
            kind,
            attributes: Vec::new(),
        }
    }

    /// All that an IPv4 service must have.
    pub fn service() -> Self {
        Nest::new(IPVS_CMD_ATTR_SERVICE)
            .with(IPVS_SVC_ATTR_AF, 2_u16.to_ne_bytes())
            .with(IPVS_SVC_ATTR_PROTOCOL, 6_u16.to_ne_bytes())
            .with(IPVS_SVC_ATTR_ADDR, [192, 0, 2, 1])
            .with(IPVS_SVC_ATTR_PORT, 80_u16.to_be_bytes())
            .with(IPVS_SVC_ATTR_SCHED_NAME, b"rr\0")
            .with(IPVS_SVC_ATTR_FLAGS, flags(0))
            .with(IPVS_SVC_ATTR_TIMEOUT, 0_u32.to_ne_bytes())
            .with(IPVS_SVC_ATTR_NETMASK, u32::MAX.to_be_bytes())
    }

    /// All that an IPv6 service must have.
    pub fn service_v6(address: &str) -> Self {
        let address: std::net::Ipv6Addr = address.parse().unwrap();
        Nest::service()
            .with(IPVS_SVC_ATTR_AF, 10_u16.to_ne_bytes())
            .with(IPVS_SVC_ATTR_ADDR, address.octets())
            .with(IPVS_SVC_ATTR_NETMASK, 128_u32.to_ne_bytes())
    }

    /// All that an IPv4 service by firewall mark must have.
    pub fn firewall_mark(mark: u32) -> Self {
        Nest::service()
            .without(IPVS_SVC_ATTR_PROTOCOL)
            .without(IPVS_SVC_ATTR_ADDR)
            .without(IPVS_SVC_ATTR_PORT)
            .with(IPVS_SVC_ATTR_FWMARK, mark.to_ne_bytes())
    }

    /// All that a masquerading IPv4 dest must have.
    pub fn dest() -> Self {
        Nest::new(IPVS_CMD_ATTR_DEST)
            .with(IPVS_DEST_ATTR_ADDR, [10, 0, 3, 100])
            .with(IPVS_DEST_ATTR_PORT, 8080_u16.to_be_bytes())
            .with(IPVS_DEST_ATTR_FWD_METHOD, 0_u32.to_ne_bytes())
            .with(IPVS_DEST_ATTR_WEIGHT, 1_u32.to_ne_bytes())
            .with(IPVS_DEST_ATTR_U_THRESH, 0_u32.to_ne_bytes())
            .with(IPVS_DEST_ATTR_L_THRESH, 0_u32.to_ne_bytes())
    }

    /// All that a sync daemon on `lo` must have.
    pub fn daemon(state: u32) -> Self {
        Nest::new(IPVS_CMD_ATTR_DAEMON)
            .with(IPVS_DAEMON_ATTR_STATE, state.to_ne_bytes())
            .with(IPVS_DAEMON_ATTR_MCAST_IFN, b"lo\0")
            .with(IPVS_DAEMON_ATTR_SYNC_ID, 1_u32.to_ne_bytes())
    }

    /// A nest that the kernel sent, without its counters.
    pub fn read(kind: u16, attributes: &[u8]) -> Self {
        let message = Attrs::new(attributes).map(Result::unwrap);
        let nest = message.filter(|attr| attr.kind == kind).last().unwrap();
        let attributes = nest.nested().map(|attr| {
            let attr = attr.unwrap();
            (attr.kind, attr.payload.to_vec())
        });
        let counters: &[u16] = match kind {
            IPVS_CMD_ATTR_SERVICE => &[IPVS_SVC_ATTR_STATS, IPVS_SVC_ATTR_STATS64],
            _ => &[IPVS_DEST_ATTR_STATS, IPVS_DEST_ATTR_STATS64],
        };
        let kept = attributes.filter(|(kind, _)| !counters.contains(kind));
        Nest {
            kind,
            attributes: kept.collect(),
        }
    }

    /// With an attribute of this value, in place of the one it had.
    pub fn with(mut self, kind: u16, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref().to_vec();
        match self.attributes.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, old)) => *old = value,
            None => self.attributes.push((kind, value)),
        }
        self
    }

    /// An attribute's value.
    pub fn get(&self, kind: u16) -> &[u8] {
        let found = self.attributes.iter().find(|(known, _)| *known == kind);
        &found.unwrap().1
    }

    pub fn without(mut self, kind: u16) -> Self {
        self.attributes.retain(|(known, _)| *known != kind);
        self
    }

    /// Its key alone.
    pub fn key(mut self) -> Self {
        let key: &[u16] = match self.kind {
            IPVS_CMD_ATTR_SERVICE => &SERVICE_KEY,
            _ => &DEST_KEY,
        };
        self.attributes.retain(|(kind, _)| key.contains(kind));
        self
    }

    /// Every nest that lacks one of its attributes, with that one's number.
    pub fn each_without_one(&self) -> Vec<(u16, Nest)> {
        let kinds = self.attributes.iter().map(|(kind, _)| *kind);
        kinds
            .map(|kind| (kind, self.clone().without(kind)))
            .collect()
    }

    pub fn write(&self, attrs: &mut Builder<'_>) {
        attrs.nest(self.kind, |nest| {
            for (kind, value) in &self.attributes {
                nest.bytes(*kind, value);
            }
        });
    }
}

/// The value of FLAGS: these, and all of the mask.
pub fn flags(flags: u32) -> [u8; 8] {
    let mut value = [0xff; 8];
    value[..4].copy_from_slice(&flags.to_ne_bytes());
    value
}
