//! The addresses that go with being active.

use std::fmt;
use std::net::IpAddr;

use ipvs_core::{Family, Netmask};

use crate::config::{Alias, Config, RunsService, Virtual};
use crate::net::Address;

/// An address that one of the two directors has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Floating {
    pub(super) address: IpAddr,
    pub(super) prefix: u8,
    pub(super) interface: String,
    /// The name of an alias, such as `eth0:0`; IPv4 alone.
    pub(super) label: Option<String>,
}

impl fmt::Display for Floating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.label.as_ref().unwrap_or(&self.interface);
        write!(f, "{}/{} on {device}", self.address, self.prefix)
    }
}

impl Floating {
    /// The gateway of the real servers first, then every active service's address, each
    /// once. One without a device is somebody else's care.
    pub(super) fn of(config: &Config) -> Vec<Floating> {
        let blocks: &[Virtual] = match config.service {
            RunsService::Lvs => &config.virtuals,
            RunsService::Fos => &config.failovers,
        };
        let router = config
            .nat_router
            .iter()
            .map(|alias| (alias, config.nat_nmask));
        let active = blocks.iter().filter(|block| block.active);
        let services = active.filter_map(|block| Some((block.address.as_ref()?, block.vip_nmask)));
        let mut found: Vec<Floating> = Vec::new();
        for (alias, mask) in router.chain(services) {
            let floating = Floating::new(alias, mask);
            let new = |floating: &Floating| found.iter().all(|other| !floating.is_at(other));
            found.extend(floating.filter(new));
        }
        found
    }

    fn new(alias: &Alias, mask: Option<Netmask>) -> Option<Floating> {
        let device = String::from_utf8(alias.device?.as_bytes().to_vec()).ok()?;
        let interface = device.split(':').next().unwrap_or_default().to_owned();
        let aliased = device != interface && alias.address.is_ipv4();
        (!alias.address.is_unspecified()).then(|| Floating {
            address: alias.address,
            prefix: prefix(alias.address, mask),
            label: aliased.then_some(device),
            interface,
        })
    }

    /// Whether both are one address on one interface, of whatever network and label.
    fn is_at(&self, other: &Floating) -> bool {
        self.address == other.address && self.interface == other.interface
    }

    /// Whether this host has it, just as it is.
    pub(super) fn is(&self, there: &Address) -> bool {
        let label = self.label.as_deref().unwrap_or(&self.interface);
        let labelled = self.address.is_ipv6() || there.label.as_deref() == Some(label);
        labelled && self.is_on(there) && self.prefix == there.prefix
    }

    /// Whether this host has the address on the interface, of whatever network and label.
    pub(super) fn is_on(&self, there: &Address) -> bool {
        self.address == there.address && self.interface == there.interface
    }
}

/// The length of the network's prefix; without a mask (or with one of another family, or
/// with holes) the address stands for itself.
fn prefix(address: IpAddr, mask: Option<Netmask>) -> u8 {
    let family = Family::of(address);
    let fitting = mask.filter(|mask| mask.family() == family);
    let host = match family {
        Family::V4 => 32,
        Family::V6 => 128,
    };
    fitting
        .and_then(|mask| mask.prefix_length())
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use ipvs_core::rules::NoNames;

    use super::*;
    use crate::config;

    fn of(text: &str) -> Vec<String> {
        let config = config::parse(text.as_bytes(), &NoNames).unwrap().config;
        let found = Floating::of(&config).into_iter();
        found.map(|floating| floating.to_string()).collect()
    }

    #[test]
    fn the_gateway_then_every_active_service_once() {
        let text = "nat_router = 10.0.3.200 eth1:0\nnat_nmask = 255.255.255.0
virtual web {\n active = 1\n address = 10.0.2.100 eth0:0\n vip_nmask = 255.255.255.0\n port = 80\n}
virtual tls {\n active = 1\n address = 10.0.2.100 eth0:0\n vip_nmask = 255.255.255.0\n port = 443\n}
virtual six {\n active = 1\n address = fd00::64 eth0\n vip_nmask = 64\n port = 80\n}
virtual off {\n active = 0\n address = 10.0.2.101 eth0:1\n port = 80\n}
virtual one {\n active = 1\n address = 10.0.2.102 eth0:2\n port = 80\n}
virtual far {\n active = 1\n address = 10.0.2.103\n port = 80\n}
virtual mark {\n active = 1\n fwmark = 7\n}\n";
        let expected = [
            "10.0.3.200/24 on eth1:0",
            "10.0.2.100/24 on eth0:0",
            "fd00::64/64 on eth0",
            "10.0.2.102/32 on eth0:2",
        ];
        assert_eq!(of(text), expected);
    }

    #[test]
    fn failover_services_have_their_own() {
        let text = "service = fos\nnat_router = 10.0.3.200 eth1:0
virtual web {\n active = 1\n address = 10.0.2.100 eth0:0\n port = 80\n}
failover ftp {\n active = 1\n address = 10.0.2.101 eth0:1\n port = 21\n}\n";
        let expected = ["10.0.3.200/32 on eth1:0", "10.0.2.101/32 on eth0:1"];
        assert_eq!(of(text), expected);
    }

    #[test]
    fn an_address_is_known_by_its_label_too() {
        let floating = Floating {
            address: "10.0.2.100".parse().unwrap(),
            prefix: 24,
            interface: "eth0".into(),
            label: Some("eth0:0".into()),
        };
        let mut there = Address {
            address: floating.address,
            prefix: 24,
            interface: "eth0".into(),
            index: 2,
            label: Some("eth0:0".into()),
            secondary: true,
            tentative: false,
        };
        assert!(floating.is(&there));
        there.label = Some("eth0".into());
        assert!(!floating.is(&there) && floating.is_on(&there));
        there.interface = "eth1".into();
        assert!(!floating.is_on(&there));
    }
}
