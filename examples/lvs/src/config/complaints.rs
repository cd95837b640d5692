//! What reads well and makes no sense together.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;

use ipvs_core::{Family, Protocol, ServiceFlags, ServiceKey, Tunnel};

use super::{Check, Config, Forward, Server, Virtual};

/// Something that can't work as it is: `virtual web: server one: it has no address`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The virtual service that it is about; `None` for the file itself.
    pub service: Option<String>,
    /// The server of it.
    pub server: Option<String>,
    /// What can't work.
    pub what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(service) = &self.service {
            write!(f, "virtual {service}: ")?;
        }
        if let Some(server) = &self.server {
            write!(f, "server {server}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl Virtual {
    /// What the kernel calls the service; `None` when it has neither an address nor a mark.
    #[must_use]
    pub fn key(&self) -> Option<ServiceKey> {
        let address = self.address.map(|alias| alias.address);
        if let Some(mark) = self.fwmark {
            let first = self.servers.first().map(|server| server.address);
            let family = address.or(first).map_or(Family::V4, Family::of);
            return Some(ServiceKey::firewall_mark(mark, family));
        }
        let address = address.filter(|address| !address.is_unspecified())?;
        Some(ServiceKey::address(self.protocol, address, self.port))
    }

    /// How packets reach the sorry server: as they reach the servers, or, where those differ, as
    /// the file says of all.
    #[must_use]
    pub fn sorry_way(&self, network: Forward) -> (Forward, Tunnel) {
        let mut ways = self.servers.iter().map(|server| server.way(network));
        let usual = (network, Tunnel::ipip());
        let first = ways.next().unwrap_or(usual);
        if ways.all(|way| way == first) {
            first
        } else {
            usual
        }
    }
}

impl Server {
    /// How packets reach it where the file says `network` of all.
    #[must_use]
    pub fn way(&self, network: Forward) -> (Forward, Tunnel) {
        match self.forward.unwrap_or(network) {
            Forward::Tunnel => (Forward::Tunnel, self.tunnel),
            other => (other, Tunnel::ipip()),
        }
    }
}

impl Config {
    /// What can't work in what is active. Blocks that are not active may be half done.
    #[must_use]
    pub fn complaints(&self) -> Vec<Complaint> {
        let mut found: Vec<Complaint> = self.own().into_iter().map(about_file).collect();
        let mut seen = HashSet::new();
        for service in self.virtuals.iter().filter(|service| service.active) {
            let twice = service.key().filter(|key| !seen.insert(*key));
            let twice = twice.map(|key| format!("{key} is another service's too"));
            let sorry = self.sorry(service);
            let own = service.own().into_iter().chain(twice).chain(sorry);
            found.extend(own.map(|what| Complaint {
                service: Some(service.name.clone()),
                server: None,
                what,
            }));
            self.servers(service, &mut found);
        }
        found
    }

    fn own(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |wrong: bool, what: &str| {
            if wrong {
                found.push(what.to_owned());
            }
        };
        note(
            self.backup_active && (self.primary.is_none() || self.backup.is_none()),
            "a partner needs the addresses of both nodes: primary and backup",
        );
        note(
            self.primary.is_some() && self.primary == self.backup,
            "primary and backup are the same node",
        );
        note(
            self.primary_private.is_some() != self.backup_private.is_some() && self.backup_active,
            "a private path needs primary_private and backup_private",
        );
        note(self.keepalive == 0, "keepalive is 0");
        note(
            self.deadtime <= self.keepalive,
            "deadtime must be longer than keepalive, or a living partner is dead",
        );
        found
    }

    fn sorry(&self, service: &Virtual) -> Option<String> {
        let address = service.sorry_server?;
        let (forward, _) = service.sorry_way(self.network);
        let what = format!("the sorry server {address}");
        crossed(service, address, forward).then(|| elsewhere(&what))
    }

    fn servers(&self, service: &Virtual, found: &mut Vec<Complaint>) {
        let mut seen = HashSet::new();
        for server in service.servers.iter().filter(|server| server.active) {
            let mut note = |what: String| {
                found.push(Complaint {
                    service: Some(service.name.clone()),
                    server: Some(server.name.clone()),
                    what,
                });
            };
            if server.address.is_unspecified() {
                note("it has no address".to_owned());
            } else if !seen.insert((server.address, server.port.unwrap_or(service.port))) {
                note(format!("{} is another server's too", server.address));
            } else if crossed(service, server.address, server.way(self.network).0) {
                note(elsewhere(&server.address.to_string()));
            }
            if server.lower_threshold > server.upper_threshold {
                note("its lower threshold is above its upper one".to_owned());
            }
        }
    }
}

/// Whether a server is of another family than its service, and packets don't get there.
fn crossed(service: &Virtual, server: IpAddr, forward: Forward) -> bool {
    let family = service.key().map(|key| key.family());
    forward != Forward::Tunnel && family.is_some_and(|own| own != Family::of(server))
}

fn elsewhere(server: &str) -> String {
    format!("{server} is of another family than its service, and only a tunnel takes packets there")
}

impl Virtual {
    fn own(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |wrong: bool, what: &str| {
            if wrong {
                found.push(what.to_owned());
            }
        };
        let marked = self.fwmark.is_some();
        note(
            self.key().is_none(),
            "it has neither an address nor a firewall mark",
        );
        note(
            !marked && self.port == 0 && self.persistent == 0,
            "all ports (port 0) need persistence",
        );
        note(
            self.flags.contains(ServiceFlags::ONE_PACKET)
                && !marked
                && self.protocol != Protocol::UDP,
            "one-packet is for UDP",
        );
        note(
            self.check == Some(Check::Program) && self.send_program.is_none(),
            "the check program needs a send_program",
        );
        note(self.timeout == 0, "timeout is 0");
        note(self.interval == Some(0), "interval is 0");
        note(
            self.fall == 0 || self.rise == Some(0),
            "fall and rise count from 1",
        );
        found
    }
}

fn about_file(what: String) -> Complaint {
    Complaint {
        service: None,
        server: None,
        what,
    }
}
