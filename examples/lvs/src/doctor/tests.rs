//! A host in memory, and what is found of it.

mod cures;
mod director;
mod facts;
mod firewall;
mod lines;
mod network;
mod server;

use std::net::IpAddr;

use ipvs_core::{Dest, DestEntry, Service, ServiceEntry, SnapshotService, Stats};

use super::*;
use crate::config::{self, Forward};
use crate::net::{Address, Link, Route};

/// The names of what is found, in its order.
fn codes(facts: &Facts) -> Vec<&'static str> {
    let findings = examine(facts);
    findings.iter().map(|finding| finding.code.name()).collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A host with `lo` and these addresses: `("eth0", "10.0.2.50/24")`.
fn host(addresses: &[(&str, &str)]) -> Network {
    let mut network = Network::default();
    for (interface, text) in [&[("lo", "127.0.0.1/8")], addresses].concat() {
        let (address, prefix) = text.split_once('/').unwrap();
        add(
            &mut network,
            interface,
            ip(address),
            prefix.parse().unwrap(),
        );
    }
    network
}

fn add(network: &mut Network, interface: &str, address: IpAddr, prefix: u8) {
    if network.link(interface).is_none() {
        let index = u32::try_from(network.links.len()).unwrap() + 1;
        network.links.push(link(interface, index));
    }
    let index = network.link(interface).unwrap().index;
    network.addresses.push(Address {
        address,
        prefix,
        interface: interface.to_owned(),
        index,
        label: None,
        secondary: false,
        tentative: false,
    });
    let own = route(
        address,
        super::network::host_prefix(address),
        None,
        interface,
    );
    let near = route(
        super::network::masked(address, prefix),
        prefix,
        None,
        interface,
    );
    network.routes.push(Route {
        table: 255,
        local: true,
        ..own
    });
    network.routes.push(near);
}

fn link(name: &str, index: u32) -> Link {
    let mac = match name {
        "lo" => Some([0; 6]),
        _ if name.starts_with("eth") => Some([2, 0, 0, 0, 0, u8::try_from(index).unwrap()]),
        _ => None,
    };
    let kind = match name.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "lo" => 772,
        "tunl" | "ipip" => 768,
        "gre" => 778,
        "eth" => 1,
        _ => 0xfffe,
    };
    Link {
        name: name.to_owned(),
        index,
        up: true,
        carrier: true,
        mac,
        mtu: 1500,
        kind,
        arp: kind == 1 || kind == 772,
    }
}

fn route(to: IpAddr, prefix: u8, gateway: Option<&str>, interface: &str) -> Route {
    Route {
        destination: to,
        prefix,
        gateway: gateway.map(ip),
        interface: Some(interface.to_owned()),
        table: 254,
        metric: 0,
        local: false,
    }
}

fn default_route(gateway: &str) -> Route {
    route(ip("0.0.0.0"), 0, Some(gateway), "eth0")
}

/// LAB #1's director, well set up, with its service by the mode's method.
fn lab1(mode: Forward) -> Facts {
    let mut facts = Facts::director(mode);
    facts.network = host(&[
        ("eth0", "10.0.2.50/24"),
        ("eth1", "10.0.3.15/24"),
        ("eth0", "10.0.2.100/24"),
        ("eth1", "10.0.3.200/24"),
    ]);
    facts.settings.0.insert("net/ipv4/ip_forward".into(), 1);
    let service = "tcp 10.0.2.100:80".parse().unwrap();
    let port = if mode == Forward::Nat { 8080 } else { 80 };
    let dests = ["10.0.3.100", "10.0.3.150"].map(|it| Dest::new(ip(it), port, mode.method()));
    facts.kernel = Some(Kernel {
        services: vec![entry(Service::new(service), &dests)],
        ..Kernel::default()
    });
    facts
}

fn entry(service: Service, dests: &[Dest]) -> SnapshotService {
    let dests = dests.iter().copied().map(DestEntry::new).collect();
    SnapshotService::new(ServiceEntry::new(service, Stats::default()), dests)
}

fn wanted(text: &str) -> Option<Wanted> {
    let parsed = config::parse(text.as_bytes(), &ipvs_core::rules::NoNames).unwrap();
    Some(Wanted::new("lvs.cf", parsed))
}

#[test]
fn every_code_has_a_name_of_its_own() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let plain = |name: &&str| {
        name.bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_lowercase())
    };
    assert!(names.iter().all(plain));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
}

#[test]
fn findings_are_json() {
    let finding = Finding::new(Code::DefaultRoute, "what")
        .breaking("all")
        .cured_by("a line")
        .on(ip("10.0.3.100"));
    let json = serde_json::to_value(&finding).unwrap();
    let wanted = serde_json::json!({
        "code": "default-route", "what": "what", "breaks": "all",
        "on": "10.0.3.100", "cure": ["a line"],
    });
    assert_eq!(json, wanted);
    let text = "default-route: what\n  it breaks: all\n  cure on 10.0.3.100: a line\n";
    assert_eq!(finding.to_string(), text);
}
