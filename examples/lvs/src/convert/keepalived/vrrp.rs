//! `vrrp_instance`.

use std::net::IpAddr;

use ipvs_core::{Family, InterfaceName, Netmask};

use super::Reader;
use super::syntax::Node;
use crate::config::{Alias, Forward, Virtual};

/// An address of an instance: `10.0.2.100/24 dev eth0 label eth0:0`.
struct Floating {
    address: IpAddr,
    mask: Option<Netmask>,
    device: Option<InterfaceName>,
}

impl Reader<'_> {
    /// Reads an instance. Only the first one's router is carried over, and the addresses of all.
    pub(super) fn vrrp_instance(&mut self, instance: &Node, first: bool) {
        let interface = instance.child("interface");
        let interface = interface.and_then(|node| self.interface(node));
        if first {
            self.router(instance, interface);
        } else {
            self.lose(
                instance,
                "there is one virtual router; only its addresses are kept",
            );
        }
        for node in &instance.children {
            if let "virtual_ipaddress" | "virtual_ipaddress_excluded" = node.key() {
                self.exactly(node, 1);
                for line in &node.children {
                    self.floating(line, interface);
                }
            }
        }
    }

    fn interface(&mut self, node: &Node) -> Option<InterfaceName> {
        let name = self.text(node)?.parse().ok();
        if name.is_none() {
            self.lose(node, "it is no name of an interface");
        }
        name
    }

    fn router(&mut self, instance: &Node, interface: Option<InterfaceName>) {
        self.config.heartbeat = true;
        self.config.backup_active = true;
        self.config.vrrp_interface = interface;
        let master = instance.child("state").and_then(Node::value) == Some("MASTER");
        for node in &instance.children {
            match node.key() {
                "interface" | "virtual_ipaddress" | "virtual_ipaddress_excluded" => {}
                "state" => self.exactly(node, 2),
                "version" => self.version = self.number(node).unwrap_or(self.version),
                "virtual_router_id" => self.config.vrrp_id = self.nonzero(node),
                "priority" => self.config.vrrp_priority = self.nonzero(node),
                "advert_int" => self.interval(node),
                "preempt" | "nopreempt" => {
                    self.exactly(node, 1);
                    self.config.vrrp_preempt = node.key() == "preempt";
                }
                "unicast_src_ip" => {
                    self.exactly(node, 2);
                    let own = node.value().and_then(|own| self.address(own));
                    self.node(node, master, own);
                }
                "unicast_peer" => self.peers(node, !master),
                "track_interface" => {
                    self.config.monitor_links = true;
                    self.lose(
                        node,
                        "the interfaces of the addresses are watched, whichever they are",
                    );
                }
                "notify_master" => self.config.active_cmd = self.text(node),
                "notify_backup" => self.config.inactive_cmd = self.text(node),
                "lvs_sync_daemon_interface" => {
                    self.sync_daemon(node, instance.value(), &[instance]);
                }
                _ => self.lose(node, "a virtual router has no such setting"),
            }
        }
        // keepalived speaks version 3 without being told when the addresses are of IPv6.
        if self.version != 3 && !is_wide(instance) {
            self.lose(
                instance,
                "pulse speaks VRRPv3 alone: a partner needs vrrp_version 3",
            );
        }
        if self.config.primary.is_none() || self.config.backup.is_none() {
            self.lose(instance, "it names no nodes: set primary and backup");
        }
    }

    fn interval(&mut self, node: &Node) {
        self.exactly(node, 2);
        match node.value().and_then(centiseconds) {
            Some(interval) => self.config.vrrp_interval = interval,
            None => self.lose(node, "it is from 0.01 to 40.95 seconds"),
        }
    }

    /// The first peer is the partner.
    fn peers(&mut self, node: &Node, primary: bool) {
        self.exactly(node, 1);
        let first = node.children.first();
        let partner = first.and_then(|peer| self.address(peer.key()));
        self.node(node, primary, partner);
        for (index, peer) in node.children.iter().enumerate() {
            match index {
                0 => self.exactly(peer, 1),
                _ => self.lose(peer, "there is one partner"),
            }
        }
    }

    /// Sets the address of the primary, or that of the backup.
    fn node(&mut self, node: &Node, primary: bool, address: Option<IpAddr>) {
        let (place, whose) = if primary {
            (&mut self.config.primary, "primary")
        } else {
            (&mut self.config.backup, "backup")
        };
        *place = address;
        match address {
            Some(_) => self.lose(
                node,
                format!("it is the {whose}'s address now, and messages are multicast"),
            ),
            None => self.lose(node, "an address is expected"),
        }
    }

    fn nonzero(&mut self, node: &Node) -> Option<u8> {
        let number = self.number(node)?;
        if number == 0 {
            self.lose(node, "it is from 1 to 255");
        }
        (number != 0).then_some(number)
    }

    /// An address becomes the device of the services that have it, or that of a mark, or the
    /// servers' gateway.
    fn floating(&mut self, line: &Node, interface: Option<InterfaceName>) {
        let Some(found) = self.floating_address(line, interface) else {
            return self.lose(line, "an address is expected");
        };
        let Floating {
            address,
            mask,
            device,
        } = found;
        let alias = Alias { address, device };
        let mut used = false;
        for service in &mut self.config.virtuals {
            if service.address.is_some_and(|own| own.address == address) {
                (service.address, service.vip_nmask) = (Some(alias), mask);
                used = true;
            }
        }
        if used {
            return;
        }
        let gateway = self.config.network == Forward::Nat && self.config.nat_router.is_none();
        let near = mask.is_some_and(|mask| self.is_near_servers(address, mask));
        let unplaced = |service: &&mut Virtual| {
            let family = service.key().map(|key| key.family());
            service.address.is_none() && family == Some(Family::of(address))
        };
        let marked = self.config.virtuals.iter_mut().find(unplaced);
        match marked {
            Some(service) if !(gateway && near) => {
                (service.address, service.vip_nmask) = (Some(alias), mask);
            }
            // Without a mask nobody knows what is near it.
            _ if gateway && (near || mask.is_none()) => {
                (self.config.nat_router, self.config.nat_nmask) = (Some(alias), mask);
            }
            _ => self.lose(line, "no virtual service has it, and no servers' network"),
        }
    }

    /// Whether a server is in the network of an address, whose gateway it may be then.
    fn is_near_servers(&self, address: IpAddr, mask: Netmask) -> bool {
        let mut servers = self.config.virtuals.iter().flat_map(|one| &one.servers);
        servers.any(|server| in_one_network(mask, address, server.address))
    }

    fn floating_address(
        &mut self,
        line: &Node,
        interface: Option<InterfaceName>,
    ) -> Option<Floating> {
        let (host, length) = match line.key().split_once('/') {
            Some((host, length)) => (host, Some(length.parse().ok()?)),
            None => (line.key(), None),
        };
        let address = self.address(host)?;
        let mask = match length {
            Some(length) => Some(Netmask::prefix(Family::of(address), length)?),
            None => None,
        };
        let (mut device, mut label, mut others) = (None, None, Vec::new());
        let mut words = line.words.iter().skip(1).map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "dev" => device = Some(words.next()?.parse().ok()?),
                "label" => label = Some(words.next()?.parse().ok()?),
                other => others.push(other),
            }
        }
        if !others.is_empty() {
            self.lose(line, format!("kept without {}", others.join(" ")));
        }
        Some(Floating {
            address,
            mask,
            device: label.or(device).or(interface),
        })
    }
}

/// Whether an instance is of IPv6, as its first address says.
fn is_wide(instance: &Node) -> bool {
    let first = instance
        .child("virtual_ipaddress")
        .and_then(|node| node.children.first());
    first.is_some_and(|line| line.key().contains(':'))
}

fn in_one_network(mask: Netmask, one: IpAddr, other: IpAddr) -> bool {
    let alike = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => return false,
    };
    mask.prefix_length()
        .is_some_and(|length| alike >= u32::from(length))
}

/// Seconds such as `1` or `0.5`, in hundredths.
fn centiseconds(seconds: &str) -> Option<u16> {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let part = match part.len() {
        1 => part.parse::<u16>().ok()?.checked_mul(10)?,
        2 => part.parse().ok()?,
        _ => return None,
    };
    let whole = whole.parse::<u16>().ok()?.checked_mul(100)?;
    let sum = whole.checked_add(part)?;
    (1..=4095).contains(&sum).then_some(sum)
}
