//! `vrrp_instance`.

use std::net::IpAddr;

use ipvs_core::{Family, InterfaceName, Netmask};

use super::Reader;
use super::syntax::Node;
use crate::config::{Alias, Forward};

/// An address of an instance: `10.0.2.100/24 dev eth0 label eth0:0`.
struct Floating {
    address: IpAddr,
    mask: Option<Netmask>,
    device: Option<InterfaceName>,
}

impl Reader<'_> {
    /// Reads an instance. Only the first one's router is carried over, and the addresses of all.
    pub(super) fn vrrp_instance(&mut self, instance: &Node, first: bool) {
        let interface = instance.child("interface").and_then(Node::value);
        let interface: Option<InterfaceName> = interface.and_then(|name| name.parse().ok());
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
                for line in &node.children {
                    self.floating(line, interface);
                }
            }
        }
    }

    fn router(&mut self, instance: &Node, interface: Option<InterfaceName>) {
        self.config.heartbeat = true;
        self.config.backup_active = true;
        self.config.vrrp_interface = interface;
        let master = instance.child("state").and_then(Node::value) == Some("MASTER");
        for node in &instance.children {
            match (node.key(), node.value()) {
                ("state" | "interface" | "virtual_ipaddress" | "virtual_ipaddress_excluded", _) => {
                }
                ("virtual_router_id", _) => self.config.vrrp_id = self.nonzero(node),
                ("priority", _) => self.config.vrrp_priority = self.nonzero(node),
                ("advert_int", Some(seconds)) => match centiseconds(seconds) {
                    Some(interval) => self.config.vrrp_interval = interval,
                    None => self.lose(node, "it is from 0.01 to 40.95 seconds"),
                },
                ("nopreempt", _) => self.config.vrrp_preempt = false,
                ("unicast_src_ip", Some(own)) => {
                    let own = self.address(own);
                    *self.node(master) = own;
                    self.lose(
                        node,
                        "it is the node's address now, and messages are multicast",
                    );
                }
                ("unicast_peer", _) => {
                    let peer = node
                        .children
                        .first()
                        .and_then(|peer| self.address(peer.key()));
                    *self.node(!master) = peer;
                    self.lose(
                        node,
                        "it is the partner's address now, and messages are multicast",
                    );
                }
                ("track_interface", _) => {
                    self.config.monitor_links = true;
                    self.lose(
                        node,
                        "the interfaces of the addresses are watched, whichever they are",
                    );
                }
                ("notify_master", Some(command)) => {
                    self.config.active_cmd = Some(command.to_owned());
                }
                ("notify_backup", Some(command)) => {
                    self.config.inactive_cmd = Some(command.to_owned());
                }
                ("lvs_sync_daemon_interface", _) => self.sync_daemon(node),
                _ => self.lose(node, "a virtual router has no such setting"),
            }
        }
        if self.config.primary.is_none() || self.config.backup.is_none() {
            self.lose(instance, "it names no nodes: set primary and backup");
        }
    }

    /// The address of the primary, or that of the backup.
    fn node(&mut self, primary: bool) -> &mut Option<IpAddr> {
        if primary {
            &mut self.config.primary
        } else {
            &mut self.config.backup
        }
    }

    fn nonzero(&mut self, node: &Node) -> Option<u8> {
        let number = self.number(node)?;
        if number == 0 {
            self.lose(node, "it is from 1 to 255");
        }
        (number != 0).then_some(number)
    }

    /// An address becomes the device of the services that have it, or the servers' gateway.
    fn floating(&mut self, line: &Node, interface: Option<InterfaceName>) {
        let Some(found) = self.floating_address(line, interface) else {
            return self.lose(line, "an address is expected");
        };
        let Floating {
            address,
            mask,
            device,
        } = found;
        let mut used = false;
        for service in &mut self.config.virtuals {
            let same = |alias: &Alias| alias.address == address;
            if service.address.as_ref().is_some_and(same) {
                service.address = Some(Alias { address, device });
                service.vip_nmask = mask;
                used = true;
            }
        }
        if !used && self.config.network == Forward::Nat && self.config.nat_router.is_none() {
            self.config.nat_router = Some(Alias { address, device });
            self.config.nat_nmask = mask;
            used = true;
        }
        if !used {
            self.lose(line, "no virtual service has this address");
        }
    }

    fn floating_address(&self, line: &Node, interface: Option<InterfaceName>) -> Option<Floating> {
        let (host, length) = match line.key().split_once('/') {
            Some((host, length)) => (host, Some(length.parse().ok()?)),
            None => (line.key(), None),
        };
        let address = self.address(host)?;
        let behind = |key: &str| {
            let at = line.words.iter().position(|word| word == key)?;
            line.word(at + 1)?.parse::<InterfaceName>().ok()
        };
        Some(Floating {
            address,
            mask: length.and_then(|length| Netmask::prefix(Family::of(address), length)),
            device: behind("label").or(behind("dev")).or(interface),
        })
    }
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
