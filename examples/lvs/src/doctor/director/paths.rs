//! Addresses and forwarding: whether packets come in and go on.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipvs_core::{Family, ForwardMethod};

use super::super::network::{contains, host_prefix, masked};
use super::super::settings::{line, of_interface};
use super::super::{Code, Facts, Finding};
use super::traffic;
use crate::config::{Alias, Forward};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut found: Vec<Finding> = links(facts);
    let vips = facts.vips().into_iter();
    found.extend(vips.filter_map(|vip| vip_not_local(facts, vip)));
    found.extend(unreachable(facts));
    found.extend(gateway_not_local(facts));
    if facts.mode == Forward::Nat || is_gateway(facts) {
        found.extend(forwarding(facts));
    }
    found
}

/// Whether lvs.cf makes this director the real servers' gateway.
pub(super) fn is_gateway(facts: &Facts) -> bool {
    let wanted = facts.wanted.as_ref();
    wanted.is_some_and(|wanted| wanted.config.nat_router.is_some())
}

/// Interfaces towards virtual addresses and real servers that are down.
fn links(facts: &Facts) -> Vec<Finding> {
    let servers = facts.servers().map(|(_, entry)| entry.dest.key.address);
    let ends: Vec<IpAddr> = servers.chain(facts.vips()).collect();
    let down = facts.network.addresses.iter().filter(|own| {
        let link = facts.network.link(&own.interface);
        link.is_some_and(|link| !link.up)
            && ends
                .iter()
                .any(|end| contains(own.address, own.prefix, *end))
    });
    let names: BTreeSet<&str> = down.map(|own| own.interface.as_str()).collect();
    let found = names.into_iter().map(|name| {
        Finding::new(Code::LinkDown, format!("the interface {name} is down"))
            .breaking("what should go through it goes nowhere")
            .cured_by(format!("ip link set {name} up"))
    });
    found.collect()
}

/// Real servers that no route leads to, where that is not for an interface that is down.
fn unreachable(facts: &Facts) -> Vec<Finding> {
    let lost = facts
        .servers()
        .filter(|(_, entry)| !facts.network.is_reachable(entry.dest.key.address));
    let found = lost.filter_map(|(service, entry)| {
        let server = entry.dest.key.address;
        let near = facts.network.neighbour(server);
        let link = near.and_then(|near| facts.network.link(&near.interface));
        if link.is_some_and(|link| !link.up) {
            return None;
        }
        let key = service.entry.service.key;
        let what = format!("{key}: no route leads to {}", entry.dest.key);
        let finding = Finding::new(Code::ServerUnreachable, what)
            .breaking("its clients wait in vain, or are refused");
        let near = near.map(|near| {
            let network = masked(near.address, near.prefix);
            format!("{network}/{} dev {}", near.prefix, near.interface)
        });
        let way = near.or_else(|| {
            let router = facts.network.only_router(server.is_ipv4())?;
            Some(format!("{server}/{} via {router}", host_prefix(server)))
        });
        Some(finding.cured_by_all(way.map(|way| format!("ip route replace {way}"))))
    });
    let mut found: Vec<Finding> = found.collect();
    // One route may lead to several.
    found.dedup_by(|later, first| !first.cure.is_empty() && later.cure == first.cure);
    found
}

fn vip_not_local(facts: &Facts, vip: IpAddr) -> Option<Finding> {
    // One that is there on an interface that is down is not missing.
    if facts.network.is_local(vip) || facts.network.holder(vip).is_some() {
        return None;
    }
    let aliases = facts.wanted.iter().flat_map(|wanted| wanted.aliases());
    let alias = aliases.filter(|(alias, _)| alias.address == vip).last();
    let mask = alias.and_then(|(_, service)| service.vip_nmask);
    let prefix = mask.and_then(|mask| mask.prefix_length());
    let finding = Finding::new(
        Code::VipNotLocal,
        format!("the virtual address {vip} is not this director's"),
    );
    let finding = finding.breaking("packets for it pass by, or nobody answers for it");
    let alias = alias.map_or(
        Alias {
            address: vip,
            device: None,
        },
        |(alias, _)| alias,
    );
    Some(finding.cured_by(add_address(facts, alias, prefix)))
}

/// The line that brings an address up on its device, on that of its network, or on none.
fn add_address(facts: &Facts, alias: Alias, prefix: Option<u8>) -> String {
    let address = alias.address;
    let near = facts.network.neighbour(address);
    let label = alias.device.map(|device| device.to_string());
    let of_label = label.as_ref().and_then(|label| label.split(':').next());
    let Some(device) = of_label.or(near.map(|near| near.interface.as_str())) else {
        return format!("ip route add local {address} dev lo");
    };
    let prefix = prefix.or(near.map(|near| near.prefix));
    let prefix = prefix.unwrap_or(host_prefix(address));
    let broadcast = match address {
        IpAddr::V4(_) if prefix < 31 => " brd +",
        _ => "",
    };
    let label = label
        .as_ref()
        .filter(|label| label.contains(':') && address.is_ipv4());
    let label = label.map_or(String::new(), |label| format!(" label {label}"));
    format!("ip addr add {address}/{prefix}{broadcast} dev {device}{label}")
}

fn gateway_not_local(facts: &Facts) -> Option<Finding> {
    let config = &facts.wanted.as_ref()?.config;
    let router = config.nat_router?;
    if facts.network.is_local(router.address) || facts.network.holder(router.address).is_some() {
        return None;
    }
    let prefix = config.nat_nmask.and_then(|mask| mask.prefix_length());
    let what = format!(
        "the real servers' gateway {} is not this director's",
        router.address
    );
    let finding = Finding::new(Code::GatewayNotLocal, what)
        .breaking("the servers' answers go nowhere: clients wait in vain");
    Some(finding.cured_by(add_address(facts, router, prefix)))
}

/// The families of the services that are there, and of those that are to be.
fn families(facts: &Facts) -> Vec<Family> {
    let here = facts.services().iter();
    let here = here.map(|service| service.entry.service.key);
    let wanted = facts.wanted.iter().flat_map(|it| &it.table.services);
    let keys = here.chain(wanted.map(|service| service.service.key));
    keys.map(|key| key.family()).collect()
}

fn forwarding(facts: &Facts) -> Vec<Finding> {
    let found = |what: String, path: &str| {
        Finding::new(Code::ForwardingOff, what)
            .breaking(
                "real servers' answers go no further than this director: clients wait in vain",
            )
            .cured_by(line(path, 1))
    };
    let families = families(facts);
    let mut all = Vec::new();
    let path = "net/ipv6/conf/all/forwarding";
    if families.contains(&Family::V6) && facts.settings.is_off(path) {
        all.push(found("net.ipv6.conf.all.forwarding is 0".into(), path));
    }
    if !families.is_empty() && !families.contains(&Family::V4) {
        return all;
    }
    let path = "net/ipv4/ip_forward";
    if facts.settings.is_off(path) {
        all.push(found("net.ipv4.ip_forward is 0".into(), path));
        return all;
    }
    let each = [
        ForwardMethod::MASQUERADE,
        ForwardMethod::DIRECT_ROUTE,
        ForwardMethod::TUNNEL,
    ];
    let inside = traffic::interfaces(facts, &each);
    let off = inside.into_iter().filter_map(|name| {
        let path = of_interface(name, "forwarding");
        let what = format!("what comes in by {name} is not forwarded");
        facts.settings.is_off(&path).then(|| found(what, &path))
    });
    all.extend(off);
    all
}
