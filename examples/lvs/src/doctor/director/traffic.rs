//! The way back: what becomes of the real servers' answers.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipvs_core::procfs::{Connection, ConnectionState};
use ipvs_core::{Dest, ForwardMethod, Sysctl};

use super::super::network::{contains, masked};
use super::super::settings::{line, of_interface};
use super::super::{Code, Facts, Finding};
use super::connections::path;
use super::paths::is_gateway;
use crate::config::Forward;

/// Methods by which servers answer clients themselves.
const STRAIGHT: [ForwardMethod; 2] = [ForwardMethod::DIRECT_ROUTE, ForwardMethod::TUNNEL];

/// What is left of the kernel's 60 seconds when a client has waited in vain: it repeats
/// itself after 1, 3, 7 … seconds.
const IN_VAIN: Duration = Duration::from_secs(57);

/// That clients wait in vain is a sign only where nothing else explains it: while the
/// addresses and the forwarding of this host are `well`.
pub(super) fn findings(facts: &Facts, well: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    if well {
        found.extend(elsewhere(facts));
    }
    found.extend(too_near(facts));
    if facts.mode != Forward::Nat {
        found.extend(martian(facts, well));
    }
    if facts.mode == Forward::Tunnel {
        found.extend(filtered(facts));
    }
    found
}

/// The interfaces towards the real servers of some methods, for IPv4.
pub(super) fn interfaces<'a>(facts: &'a Facts, methods: &[ForwardMethod]) -> BTreeSet<&'a str> {
    let servers = facts.servers_by(methods);
    let addresses = servers.map(|(_, entry)| entry.dest.key.address);
    let routes = addresses
        .filter(IpAddr::is_ipv4)
        .filter_map(|address| facts.network.route(address));
    routes
        .filter_map(|route| route.interface.as_deref())
        .collect()
}

/// The connections to a server that never got anywhere; none when any did.
fn stuck<'a>(facts: &'a Facts, dest: &Dest) -> Vec<&'a Connection> {
    let to_it = facts.tcp().filter(|connection| connection.dest == dest.key);
    let all: Vec<_> = to_it.collect();
    let waiting = |connection: &&Connection| {
        connection.state == ConnectionState::SYN_RECV && connection.expires <= IN_VAIN
    };
    if all.iter().all(waiting) {
        all
    } else {
        Vec::new()
    }
}

fn elsewhere(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    for (service, entry) in facts.servers_by(&[ForwardMethod::MASQUERADE]) {
        let server = entry.dest.key.address;
        let Some(near) = facts.network.neighbour(server) else {
            continue;
        };
        let stuck = stuck(facts, &entry.dest);
        let far =
            |connection: &&Connection| !contains(near.address, near.prefix, connection.client);
        if !stuck.iter().any(far) {
            continue;
        }
        let router = facts
            .wanted
            .as_ref()
            .and_then(|wanted| wanted.config.nat_router);
        let router = router.map_or(near.address, |router| router.address);
        let what = format!(
            "{}: no answer of {} has come through this director",
            service.entry.service.key, entry.dest.key
        );
        let finding = Finding::new(Code::AnswersElsewhere, what)
            .breaking(
                "its clients wait in vain: unless it is down, its default route leads elsewhere",
            )
            .cured_by(format!("ip route replace default via {router}"));
        found.push(finding.on(server));
    }
    found.dedup_by(|one, other| one.on == other.on);
    found
}

/// Whether any connection of a client got anywhere.
fn served(facts: &Facts, client: IpAddr) -> bool {
    facts.tcp().any(|connection| {
        connection.client == client && connection.state != ConnectionState::SYN_RECV
    })
}

/// Clients so near to the servers that those answer without the director.
fn too_near(facts: &Facts) -> Vec<Finding> {
    let conntrack = path(Sysctl::Conntrack);
    let masked_already = facts.firewall.as_ref().is_none_or(|it| it.masquerades());
    if facts.settings.get(&conntrack) == Some(1) && masked_already {
        return Vec::new();
    }
    let mut networks = BTreeSet::new();
    let mut found = Vec::new();
    for (_, entry) in facts.servers_by(&[ForwardMethod::MASQUERADE]) {
        let Some(near) = facts.network.neighbour(entry.dest.key.address) else {
            continue;
        };
        let stuck = stuck(facts, &entry.dest);
        let waiting = stuck.iter().map(|connection| connection.client);
        let mut clients = waiting
            .chain(facts.client.filter(|client| !served(facts, *client)))
            .filter(|client| contains(near.address, near.prefix, *client));
        let Some(client) = clients.next() else {
            continue;
        };
        let network = format!("{}/{}", masked(near.address, near.prefix), near.prefix);
        if !networks.insert(network.clone()) {
            continue;
        }
        let what = format!("the client {client} is in the real servers' own network {network}");
        let family = if client.is_ipv4() { "ip" } else { "ip6" };
        let nft = format!(
            "nft 'add table {family} lvs; \
             add chain {family} lvs postrouting {{ type nat hook postrouting priority 100; }}; \
             add rule {family} lvs postrouting {family} saddr {network} {family} daddr {network} masquerade'"
        );
        let finding = Finding::new(Code::ClientInServersNet, what).breaking(
            "the servers answer it straight, from an address that it never asked: it waits in vain",
        );
        found.push(finding.cured_by(line(&conntrack, 1)).cured_by(nft));
    }
    found
}

/// A director that is the gateway of servers which answer in its virtual address's name.
fn martian(facts: &Facts, well: bool) -> Option<Finding> {
    let forwards = facts.settings.get("net/ipv4/ip_forward") == Some(1);
    let mut servers = facts.servers_by(&STRAIGHT);
    let in_vain =
        well && forwards && servers.any(|(_, entry)| !stuck(facts, &entry.dest).is_empty());
    if !in_vain && !is_gateway(facts) {
        return None;
    }
    let mut lines = Vec::new();
    let inside = interfaces(facts, &STRAIGHT);
    let accepts = |name: &&str| facts.settings.on(name, "accept_local") != 0;
    if !inside.iter().all(accepts) {
        lines.push(line(&of_interface("all", "accept_local"), 1));
    }
    let strict = inside
        .iter()
        .filter(|name| facts.settings.on(name, "rp_filter") == 1);
    lines.extend(strict.map(|name| line(&of_interface(name, "rp_filter"), 2)));
    let what = "the real servers' answers come through this director, which drops what has its own address for a source";
    let finding = Finding::new(Code::MartianAnswers, what)
        .breaking("clients wait in vain, unless the servers have another gateway");
    (!lines.is_empty()).then(|| finding.cured_by_all(lines))
}

fn filtered(facts: &Facts) -> Option<Finding> {
    let chain = facts.firewall.as_ref()?.drops_unreachable()?;
    facts.servers_by(&[ForwardMethod::TUNNEL]).next()?;
    let place = format!("{} {} {}", chain.family, chain.table, chain.name);
    let what = format!("the firewall's chain {place} drops ICMP's destination-unreachable");
    let finding = Finding::new(Code::IcmpFiltered, what).breaking(
        "clients are not told that their packets are too long for the tunnel: uploads hang",
    );
    Some(finding.cured_by(format!(
        "nft insert rule {place} icmp type destination-unreachable accept"
    )))
}
