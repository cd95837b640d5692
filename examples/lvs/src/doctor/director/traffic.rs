//! The way back: what becomes of the real servers' answers.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipvs_core::procfs::{Connection, ConnectionState};
use ipvs_core::{Dest, ForwardMethod, Sysctl};

use super::super::network::{contains, masked};
use super::super::settings::{line, of_interface};
use super::super::{Code, Facts, Finding, Packet};
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
        found.extend(through_here(facts, well));
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

/// The connections of some clients to a server that never got anywhere; none when any did.
fn stuck<'a>(facts: &'a Facts, dest: &Dest, of: impl Fn(IpAddr) -> bool) -> Vec<&'a Connection> {
    let to_it = facts.tcp().filter(|connection| connection.dest == dest.key);
    let all: Vec<_> = to_it.filter(|connection| of(connection.client)).collect();
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
        let far = |client| !contains(near.address, near.prefix, client);
        if stuck(facts, &entry.dest, far).is_empty() {
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
    let tracked = facts.settings.get(&conntrack) == Some(1);
    let mut networks = BTreeSet::new();
    let mut found = Vec::new();
    for (_, entry) in facts.servers_by(&[ForwardMethod::MASQUERADE]) {
        let Some(near) = facts.network.neighbour(entry.dest.key.address) else {
            continue;
        };
        let is_near = |client| contains(near.address, near.prefix, client);
        let stuck = stuck(facts, &entry.dest, is_near);
        let waiting = stuck.iter().map(|connection| connection.client);
        let named = facts.client.filter(|client| !served(facts, *client));
        let mut clients = waiting.chain(named.filter(|client| is_near(*client)));
        let masked_already = |client: &IpAddr| {
            let (server, out) = (entry.dest.key.address, Some(near.interface.as_str()));
            let packet = Packet::new(*client, server, out);
            let firewall = facts.firewall.as_ref();
            tracked && firewall.is_none_or(|it| it.may_masquerade(&packet))
        };
        let Some(client) = clients.find(|client| !masked_already(client)) else {
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
fn through_here(facts: &Facts, well: bool) -> Vec<Finding> {
    let path = "net/ipv4/ip_forward";
    let Some(forwards) = facts.settings.get(path) else {
        return Vec::new();
    };
    let waiting = facts.servers_by(&STRAIGHT).find(|(_, entry)| {
        let server = entry.dest.key.address;
        let needs = |client| needs_gateway(facts, client, server, forwards == 0);
        !stuck(facts, &entry.dest, needs).is_empty()
    });
    let waiting = waiting.filter(|_| well);
    let mut found = Vec::new();
    if let (Some((_, entry)), 0) = (waiting, forwards) {
        let what = format!(
            "net.ipv4.ip_forward is 0, and no answer of {} has reached its client",
            entry.dest.key
        );
        let finding = Finding::new(Code::ForwardingOff, what).breaking(UNLESS);
        found.push(finding.cured_by(line(path, 1)));
    }
    if waiting.is_some() || is_gateway(facts) {
        found.extend(martian(facts));
    }
    found
}

/// Whether a server's answers to a client may have to go through this director: the client
/// is in another network and, `between` the two, on another side of this director.
fn needs_gateway(facts: &Facts, client: IpAddr, server: IpAddr, between: bool) -> bool {
    let network = &facts.network;
    let near = network.neighbour(server);
    let is_near = near.is_some_and(|near| contains(near.address, near.prefix, client));
    let side = |address| network.route(address).map(|route| &route.interface);
    !is_near && (!between || near.is_some() && side(client) != side(server))
}

/// What nobody can know here.
const UNLESS: &str = "clients wait in vain, unless the servers have another gateway";

fn martian(facts: &Facts) -> Option<Finding> {
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
    let finding = Finding::new(Code::MartianAnswers, what).breaking(UNLESS);
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
