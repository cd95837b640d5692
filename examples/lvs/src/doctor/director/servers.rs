//! Real servers that are not reached as they should be.

use std::net::IpAddr;

use ipvs_core::{Change, Dest, DestEntry, ForwardMethod, ServiceKey, SnapshotService, Tunnel};

use super::super::network::host_prefix;
use super::super::shell::{ipvsadm, quoted, replace_dest, set_key};
use super::super::{Code, Facts, Finding};
use crate::config::{Forward, Server, Virtual};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let kernel = facts.servers().filter_map(|(service, entry)| {
        differs(facts, service, entry).or_else(|| port_changed(service, entry))
    });
    let full = facts
        .servers()
        .filter_map(|(service, entry)| full(service, entry));
    let behind = facts
        .servers_by(&[ForwardMethod::DIRECT_ROUTE])
        .filter_map(|(service, entry)| behind_router(facts, service, entry));
    let file = ports_of_file(facts);
    kernel.chain(file).chain(full).chain(behind).collect()
}

/// How a server should be: as lvs.cf wants it, or else as the mode has it.
fn expected(facts: &Facts, service: ServiceKey, dest: &Dest) -> Dest {
    let wanted = facts
        .wanted
        .as_ref()
        .and_then(|wanted| wanted.service(&service));
    let same = |other: &&Dest| other.key.address == dest.key.address;
    let exact = |other: &&Dest| other.key == dest.key;
    let dests = wanted.map_or(&[][..], |wanted| &wanted.dests);
    if let Some(wanted) = dests.iter().find(exact).or(dests.iter().find(same)) {
        return wanted.with_weight(dest.weight);
    }
    let mut expected = *dest;
    expected.forward = facts.mode.method();
    if expected.forward == ForwardMethod::TUNNEL {
        expected.tunnel = facts.tunnel;
    } else {
        expected.tunnel = Tunnel::ipip();
    }
    expected.key.port = kept_port(service, &expected);
    expected
}

/// The port that a packet has when it arrives.
fn kept_port(service: ServiceKey, dest: &Dest) -> u16 {
    match service {
        ServiceKey::Address { port, .. } if dest.forward != ForwardMethod::MASQUERADE => port,
        _ => dest.key.port,
    }
}

fn differs(facts: &Facts, service: &SnapshotService, entry: &DestEntry) -> Option<Finding> {
    let (key, dest) = (service.entry.service.key, &entry.dest);
    let ours = [Forward::Nat, Forward::Direct, Forward::Tunnel].map(Forward::method);
    let expected = expected(facts, key, dest);
    if expected.forward == dest.forward || !ours.contains(&dest.forward) {
        return None;
    }
    let what = format!(
        "{key}: {} is reached by {} instead of {}",
        dest.key, dest.forward, expected.forward
    );
    let finding = Finding::new(Code::ForwardDiffers, what)
        .breaking("a server that is set up for the one gets packets that are made for the other: its clients wait in vain");
    Some(finding.cured_by_all(replace_dest(key, dest.key, expected)))
}

fn port_changed(service: &SnapshotService, entry: &DestEntry) -> Option<Finding> {
    let (key, dest) = (service.entry.service.key, &entry.dest);
    let kept = kept_port(key, dest);
    if kept == dest.key.port {
        return None;
    }
    let what = format!(
        "{key}: {} is reached by {}, which changes no port: packets arrive for port {kept}",
        dest.key, dest.forward
    );
    let mut moved = *dest;
    moved.key.port = kept;
    let finding = Finding::new(Code::PortChanged, what).breaking(format!(
        "port {} of the server gets nothing, whatever the table shows",
        dest.key.port
    ));
    Some(finding.cured_by_all(replace_dest(key, dest.key, moved)))
}

/// Ports of lvs.cf that no packet can be given.
fn ports_of_file(facts: &Facts) -> Vec<Finding> {
    let Some(wanted) = &facts.wanted else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let blocks = wanted.blocks();
    for (service, lines) in blocks.filter(|(service, _)| service.fwmark.is_none()) {
        let servers = service.servers.iter().zip(&lines.blocks);
        for (server, lines) in servers.filter(|(server, _)| server.active) {
            let forward = server.forward.unwrap_or(wanted.config.network);
            let port = server.port.filter(|port| *port != service.port);
            if let (Some(port), true) = (port, forward != Forward::Nat) {
                let finding = port_of_file(&wanted.file, service, server, port);
                let kept = service.port.to_string();
                found.push(finding.cured_by(set_key(&wanted.file, lines, "port", &kept)));
            }
        }
    }
    found
}

fn port_of_file(file: &str, service: &Virtual, server: &Server, port: u16) -> Finding {
    let kept = service.port;
    let what = format!(
        "{}: virtual {}: server {} has port {port}, and packets arrive for port {kept}",
        quoted(file),
        service.name,
        server.name
    );
    Finding::new(Code::PortChanged, what)
        .breaking(format!("port {port} of the server gets nothing"))
}

/// A server that is kept from clients by connections that are over.
fn full(service: &SnapshotService, entry: &DestEntry) -> Option<Finding> {
    let (key, dest) = (service.entry.service.key, &entry.dest);
    let (active, limit) = (entry.active_connections, dest.upper_threshold);
    let all = active.saturating_add(entry.inactive_connections);
    if limit == 0 || active >= limit || all < limit {
        return None;
    }
    let what = format!(
        "{key}: the limit of {} is {limit}, and it counts {active} open connections and {} that are over",
        dest.key, entry.inactive_connections
    );
    // Room for the clients of the minutes in which closed connections still count.
    let upper = all.saturating_mul(10);
    let lower = match dest.lower_threshold {
        0 => 0,
        _ => all.saturating_add(1).min(upper),
    };
    let finding = Finding::new(Code::ThresholdFull, what)
        .breaking("it gets no client, although it has room: closed connections count for minutes");
    let roomy = dest.with_thresholds(upper, lower);
    Some(finding.cured_by_all(ipvsadm(&Change::UpdateDest(key, roomy))))
}

fn behind_router(facts: &Facts, service: &SnapshotService, entry: &DestEntry) -> Option<Finding> {
    let (key, dest) = (service.entry.service.key, &entry.dest);
    let address: IpAddr = dest.key.address;
    let gateway = facts.network.route(address)?.gateway?;
    let what = format!("{key}: the way to {} goes through {gateway}", dest.key);
    let finding = Finding::new(Code::ServerBehindRouter, what).breaking(
        "direct routing hands frames to neighbours: the router sends them back, or nowhere",
    );
    let Some(near) = facts.network.neighbour(address) else {
        let mut tunnelled = *dest;
        tunnelled.forward = ForwardMethod::TUNNEL;
        tunnelled.tunnel = facts.tunnel;
        return Some(finding.cured_by_all(replace_dest(key, dest.key, tunnelled)));
    };
    let prefix = host_prefix(address);
    Some(finding.cured_by(format!(
        "ip route replace {address}/{prefix} dev {}",
        near.interface
    )))
}
