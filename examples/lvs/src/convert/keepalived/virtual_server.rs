//! `virtual_server` and `real_server`.

use std::net::IpAddr;

use ipvs_core::{Family, Netmask, Protocol, Scheduler, ServiceFlags, Tunnel, TunnelFlags};

use super::Reader;
use super::checker::{self, Checker};
use super::syntax::Node;
use crate::config::{Alias, Forward, Server, Virtual};

/// The original's default time between two checks.
const DELAY_LOOP: u32 = 60;
/// The original's persistence when it is asked for without a time.
const PERSISTENCE: u32 = 360;

/// What one block says of all its services.
struct Block {
    service: Virtual,
    method: Option<(Forward, Tunnel)>,
    retries: Option<u32>,
    timeout: Option<u32>,
    /// The first checker, which becomes that of all servers.
    checker: Option<Checker>,
}

impl Reader<'_> {
    pub(super) fn virtual_server(&mut self, node: &Node, groups: &[&Node]) {
        let places = self.places(node, groups);
        if places.is_empty() {
            return self.lose(node, "it has no address that can be read");
        }
        let wanted = self.block(node);
        for place in places {
            let mut service = wanted.clone();
            match place {
                Place::Address(address, port) => {
                    service.name = format!("{}-{address}:{port}", service.protocol);
                    let device = None;
                    service.address = Some(Alias { address, device });
                    service.port = port;
                }
                Place::Mark(mark) => {
                    service.name = format!("fwmark-{mark}");
                    service.fwmark = Some(mark);
                }
            }
            self.config.virtuals.push(service);
        }
    }

    /// `IP [port]`, `fwmark N` or `group NAME`.
    fn places(&mut self, node: &Node, groups: &[&Node]) -> Vec<Place> {
        if node.value() != Some("group") {
            return self.place(&node.words, 1).into_iter().collect();
        }
        let name = node.word(2);
        let Some(group) = groups.iter().find(|group| group.value() == name) else {
            return Vec::new();
        };
        let mut places = Vec::new();
        for member in &group.children {
            match self.place(&member.words, 0) {
                Some(place) => places.push(place),
                None => self.lose(member, "this member of the group can't be said"),
            }
        }
        places
    }

    /// `IP [port]` or `fwmark N` in words.
    fn place(&self, words: &[String], from: usize) -> Option<Place> {
        let (first, second) = (words.get(from)?, words.get(from + 1));
        if first == "fwmark" {
            return Some(Place::Mark(second?.parse().ok()?));
        }
        let port = match second {
            Some(port) => port.parse().ok()?,
            None => 0,
        };
        Some(Place::Address(self.address(first)?, port))
    }

    /// What a block says of its services, whatever their addresses.
    fn block(&mut self, node: &Node) -> Virtual {
        let service = Virtual {
            active: true,
            interval: Some(DELAY_LOOP),
            rise: Some(1),
            ..Virtual::default()
        };
        let mut block = Block {
            service,
            method: None,
            retries: None,
            timeout: None,
            checker: None,
        };
        // The servers last, for they follow what is said of all.
        let (servers, settings): (Vec<_>, Vec<_>) = node
            .children
            .iter()
            .partition(|node| node.key() == "real_server");
        for setting in settings {
            self.setting(setting, &mut block);
        }
        for server in servers {
            self.real_server(server, &mut block);
        }
        let Block {
            mut service,
            retries,
            timeout,
            checker,
            ..
        } = block;
        checker
            .unwrap_or_default()
            .set(&mut service, retries, timeout);
        service
    }

    fn setting(&mut self, node: &Node, block: &mut Block) {
        let service = &mut block.service;
        match (node.key(), node.value()) {
            ("lvs_sched" | "lb_algo" | "lvs_scheduler", Some(name)) => {
                self.scheduler(node, name, service)
            }
            ("lvs_method" | "lb_kind", _) => block.method = self.method(node),
            ("protocol", Some(name)) => match name.to_ascii_lowercase().as_str() {
                "tcp" => service.protocol = Protocol::TCP,
                "udp" => service.protocol = Protocol::UDP,
                "sctp" => service.protocol = Protocol::SCTP,
                _ => self.lose(node, "this protocol is not known"),
            },
            ("persistence_timeout", None) => service.persistent = PERSISTENCE,
            ("persistence_timeout", _) => service.persistent = self.number(node).unwrap_or(0),
            ("persistence_granularity", Some(mask)) => match granularity(mask) {
                Some(mask) => service.pmask = Some(mask),
                None => self.lose(node, "it is no mask"),
            },
            ("persistence_engine", Some(name)) => service.persistence_engine = name.parse().ok(),
            ("ops", _) => service.flags |= ServiceFlags::ONE_PACKET,
            ("flag-1" | "sh-fallback" | "mh-fallback", _) => {
                service.flags |= ServiceFlags::SCHEDULER_1;
            }
            ("flag-2" | "sh-port" | "mh-port", _) => service.flags |= ServiceFlags::SCHEDULER_2,
            ("flag-3", _) => service.flags |= ServiceFlags::SCHEDULER_3,
            ("virtualhost", Some(host)) => service.http_host = Some(host.to_owned()),
            ("delay_loop", _) => service.interval = self.number(node),
            ("connect_timeout", _) => block.timeout = self.number(node),
            ("retry", _) => block.retries = self.number(node),
            ("inhibit_on_failure", _) => service.quiesce_server = true,
            ("sorry_server", Some(host)) => {
                service.sorry_server = self.address(host);
                if service.sorry_server.is_none() {
                    self.lose(node, "no address is known of this name");
                } else if node.word(2).is_some() {
                    self.lose(node, "a sorry server answers at the virtual port");
                }
            }
            _ => self.lose(node, "a virtual service has no such setting"),
        }
    }

    fn scheduler(&mut self, node: &Node, name: &str, service: &mut Virtual) {
        let mut known = Scheduler::KNOWN.iter();
        match known.find(|known| known.as_bytes() == name.as_bytes()) {
            Some(scheduler) => service.scheduler = *scheduler,
            None => self.lose(node, "this scheduler is not known, and wlc instead"),
        }
    }

    /// `NAT`, `DR` or `TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]`.
    fn method(&mut self, node: &Node) -> Option<(Forward, Tunnel)> {
        let method = match node.value() {
            Some("NAT") => Forward::Nat,
            Some("DR") => Forward::Direct,
            Some("TUN") => Forward::Tunnel,
            _ => {
                self.lose(node, "this method is not known");
                return None;
            }
        };
        let mut tunnel = Tunnel::ipip();
        let mut words = node.words.iter().skip(2).map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "type" | "nocsum" | "ipip" => {}
                "gre" => tunnel.kind = Tunnel::gre().kind,
                "gue" => tunnel.kind = Tunnel::gue(0).kind,
                "port" => tunnel.port = words.next().and_then(|port| port.parse().ok())?,
                "csum" => tunnel.flags |= TunnelFlags::CHECKSUM,
                "remcsum" => tunnel.flags |= TunnelFlags::REMOTE_CHECKSUM,
                _ => self.lose(node, format!("{word} is not known of a tunnel")),
            }
        }
        // The first service's method is that of the file.
        if self.network.is_none() {
            self.network = Some(method);
            self.config.network = method;
        }
        Some((method, tunnel))
    }

    fn real_server(&mut self, node: &Node, block: &mut Block) {
        let Some(address) = node.value().and_then(|host| self.address(host)) else {
            return self.lose(node, "it has no address that can be read");
        };
        let port = node.word(2).and_then(|port| port.parse().ok());
        let mut server = Server {
            name: match port {
                Some(port) => format!("{address}:{port}"),
                None => address.to_string(),
            },
            address,
            active: true,
            port,
            ..Server::default()
        };
        let mut method = block.method;
        let mut checked = false;
        for node in &node.children {
            match node.key() {
                "weight" => server.weight = self.number(node).unwrap_or(1),
                "uthreshold" => server.upper_threshold = self.number(node).unwrap_or(0),
                "lthreshold" => server.lower_threshold = self.number(node).unwrap_or(0),
                "lvs_method" | "lb_kind" => method = self.method(node).or(method),
                "inhibit_on_failure" => block.service.quiesce_server = true,
                _ if checker::is(node) && checked => {
                    self.lose(node, "a server has one check");
                }
                _ if checker::is(node) => {
                    checked = true;
                    self.take_checker(node, block);
                }
                _ => self.lose(node, "a server has no such setting"),
            }
        }
        if let Some((method, tunnel)) = method {
            server.forward = (method != self.config.network).then_some(method);
            server.tunnel = tunnel;
        }
        block.service.servers.push(server);
    }

    /// The first checker of a block is that of all servers.
    fn take_checker(&mut self, node: &Node, block: &mut Block) {
        let Some(checker) = self.checker(node) else {
            return;
        };
        match &block.checker {
            None => block.checker = Some(checker),
            Some(first) if *first == checker => {}
            Some(_) => self.lose(
                node,
                "all servers of a service are checked as its first one",
            ),
        }
    }
}

/// What stands behind `virtual_server`.
enum Place {
    Address(IpAddr, u16),
    Mark(u32),
}

/// A mask of IPv4, or a prefix length of IPv6; one of one address is none.
fn granularity(text: &str) -> Option<Netmask> {
    let mask: Netmask = text.parse().ok()?;
    let length = mask.prefix_length()?;
    match mask.family() {
        Family::V4 => Some(mask),
        Family::V6 => Netmask::prefix(Family::V6, length),
    }
}
