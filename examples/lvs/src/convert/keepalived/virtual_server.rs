//! `virtual_server`.

use std::net::IpAddr;

use ipvs_core::{Netmask, Protocol, Scheduler, ServiceFlags, Tunnel};

use super::Reader;
use super::syntax::Node;
use crate::config::{Alias, Forward, Virtual};

/// The original's default time between two checks.
const DELAY_LOOP: u32 = 60;
/// The original's persistence when it is asked for without a time.
const PERSISTENCE: u32 = 360;

/// What one block says of all its services.
pub(super) struct Block {
    pub(super) service: Virtual,
    pub(super) method: (Forward, Tunnel),
    retries: Option<u32>,
    timeout: Option<u32>,
}

impl Reader<'_> {
    pub(super) fn virtual_server(&mut self, node: &Node, groups: &[&Node]) {
        let places = self.places(node, groups);
        if places.is_empty() {
            return self.lose(node, "it has no address or mark that can be read");
        }
        let wanted = self.block(node, &places);
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
        self.exactly(node, 3);
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
                Some(place) => {
                    self.exactly(member, 2);
                    places.push(place);
                }
                None => self.lose(member, "this member of the group can't be said"),
            }
        }
        places
    }

    /// `IP [port]` or `fwmark N` in words.
    fn place(&self, words: &[String], from: usize) -> Option<Place> {
        let (first, second) = (words.get(from)?, words.get(from + 1));
        if first == "fwmark" {
            let mark: u32 = second?.parse().ok()?;
            return (mark != 0).then_some(Place::Mark(mark));
        }
        let port = match second {
            Some(port) => port.parse().ok()?,
            None => 0,
        };
        Some(Place::Address(self.address(first)?, port))
    }

    /// What a block says of its services, whatever their addresses.
    fn block(&mut self, node: &Node, places: &[Place]) -> Virtual {
        let service = Virtual {
            active: true,
            interval: Some(DELAY_LOOP),
            rise: Some(1),
            ..Virtual::default()
        };
        let mut block = Block {
            service,
            method: (Forward::Nat, Tunnel::ipip()),
            retries: None,
            timeout: None,
        };
        // The servers last, for they follow what is said of all.
        let (servers, settings): (Vec<_>, Vec<_>) = node
            .children
            .iter()
            .partition(|node| node.key() == "real_server");
        for setting in settings {
            self.setting(setting, &mut block, places);
        }
        self.config.network = *self.network.get_or_insert(block.method.0);
        let mut said = Vec::new();
        for server in servers {
            said.extend(self.real_server(server, &mut block));
        }
        let checker = self.check(&said);
        let mut service = block.service;
        service.quiesce_server = self.quiesce(&said, service.quiesce_server);
        checker.set(&mut service, block.retries, block.timeout);
        service
    }

    fn setting(&mut self, node: &Node, block: &mut Block, places: &[Place]) {
        let service = &mut block.service;
        match node.key() {
            "lvs_sched" | "lb_algo" | "lvs_scheduler" => self.scheduler(node, service),
            "lvs_method" | "lb_kind" => block.method = self.method(node).unwrap_or(block.method),
            "protocol" => self.protocol(node, service),
            "persistence_timeout" if node.value().is_none() => service.persistent = PERSISTENCE,
            "persistence_timeout" => service.persistent = self.number(node).unwrap_or(0),
            "persistence_granularity" => self.granularity(node, service),
            "persistence_engine" => self.persistence_engine(node, service),
            "ops" => self.scheduling_flag(node, service, ServiceFlags::ONE_PACKET),
            "flag-1" | "sh-fallback" | "mh-fallback" => {
                self.scheduling_flag(node, service, ServiceFlags::SCHEDULER_1);
            }
            "flag-2" | "sh-port" | "mh-port" => {
                self.scheduling_flag(node, service, ServiceFlags::SCHEDULER_2);
            }
            "flag-3" => self.scheduling_flag(node, service, ServiceFlags::SCHEDULER_3),
            "virtualhost" => service.http_host = self.text(node),
            "delay_loop" => service.interval = self.number(node).or(service.interval),
            "connect_timeout" => block.timeout = self.number(node),
            "retry" => block.retries = self.number(node),
            "inhibit_on_failure" => {
                service.quiesce_server = self.flag(node).unwrap_or(service.quiesce_server);
            }
            "sorry_server" => self.sorry_server(node, service, places),
            // As it is without being said.
            "quorum" if node.value() == Some("1") => self.exactly(node, 2),
            _ => self.lose(node, "a virtual service has no such setting"),
        }
    }

    fn scheduler(&mut self, node: &Node, service: &mut Virtual) {
        let Some(name) = self.text(node) else {
            return;
        };
        let mut known = Scheduler::KNOWN.iter();
        match known.find(|known| known.as_bytes() == name.as_bytes()) {
            Some(scheduler) => service.scheduler = *scheduler,
            None => self.lose(node, "this scheduler is not known, and wlc instead"),
        }
    }

    fn protocol(&mut self, node: &Node, service: &mut Virtual) {
        let Some(name) = self.text(node) else {
            return;
        };
        match name.to_ascii_lowercase().as_str() {
            "tcp" => service.protocol = Protocol::TCP,
            "udp" => service.protocol = Protocol::UDP,
            "sctp" => service.protocol = Protocol::SCTP,
            _ => self.lose(node, "this protocol is not known"),
        }
    }

    /// A mask of IPv4, or a prefix length of IPv6; one of one address is as good as none.
    fn granularity(&mut self, node: &Node, service: &mut Virtual) {
        let Some(text) = self.text(node) else {
            return;
        };
        let mask: Option<Netmask> = text.parse().ok();
        let length = mask.and_then(|mask| mask.prefix_length());
        let mask = mask.zip(length);
        match mask.and_then(|(mask, length)| Netmask::prefix(mask.family(), length)) {
            Some(mask) if mask == Netmask::host(mask.family()) => service.pmask = None,
            Some(mask) => service.pmask = Some(mask),
            None => self.lose(node, "it is no mask"),
        }
    }

    fn persistence_engine(&mut self, node: &Node, service: &mut Virtual) {
        let Some(name) = self.text(node) else {
            return;
        };
        service.persistence_engine = name.parse().ok();
        if service.persistence_engine.is_none() {
            self.lose(node, "this engine is not known");
        }
    }

    fn scheduling_flag(&mut self, node: &Node, service: &mut Virtual, flag: ServiceFlags) {
        self.exactly(node, 1);
        service.flags |= flag;
    }

    fn sorry_server(&mut self, node: &Node, service: &mut Virtual, places: &[Place]) {
        self.exactly(node, 3);
        service.sorry_server = node.value().and_then(|host| self.address(host));
        let elsewhere = |port: &str| {
            let port: Option<u16> = port.parse().ok();
            places.iter().any(|place| Some(place.port()) != port)
        };
        if service.sorry_server.is_none() {
            self.lose(node, "no address is known of this name");
        } else if node.word(2).is_some_and(elsewhere) {
            self.lose(node, "a sorry server answers at the virtual port");
        }
    }
}

/// What stands behind `virtual_server`.
enum Place {
    Address(IpAddr, u16),
    Mark(u32),
}

impl Place {
    /// The port there; a mark has none.
    fn port(&self) -> u16 {
        match self {
            Place::Address(_, port) => *port,
            Place::Mark(_) => 0,
        }
    }
}
