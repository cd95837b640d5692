//! The mistakes of a real server.

use std::net::IpAddr;

use ipvs_core::TunnelKind;

use super::network::host_prefix;
use super::settings::{line, of_interface};
use super::{Code, Facts, Finding};
use crate::config::Forward;
use crate::net::{Link, Mac};

/// The kernel's numbers of tunnels over IPv4 and over IPv6 that end what IPVS begins; GUE
/// becomes IPIP behind its port.
const IPIP: [u16; 2] = [768, 769];
const GRE: [u16; 2] = [778, 823];

pub(super) fn findings(facts: &Facts, vips: &[IpAddr], director: Option<IpAddr>) -> Vec<Finding> {
    match facts.mode {
        Forward::Nat => director
            .and_then(|director| default_route(facts, director))
            .into_iter()
            .collect(),
        Forward::Direct => direct(facts, vips),
        Forward::Tunnel => tunnel(facts, vips),
    }
}

fn default_route(facts: &Facts, director: IpAddr) -> Option<Finding> {
    let anywhere = facts.network.routes.iter().filter(|route| {
        route.is_default() && route.destination.is_ipv4() == director.is_ipv4() && !route.local
    });
    let default = anywhere.min_by_key(|route| route.metric);
    let to_client = facts.client.and_then(|client| facts.network.route(client));
    // A client of the servers' own net is another matter.
    let to_client = to_client.filter(|route| route.gateway.is_some());
    let route = to_client.or(default);
    let gateway = route.and_then(|route| route.gateway);
    if gateway == Some(director) {
        return None;
    }
    let to = route.filter(|route| !route.is_default());
    let to = to.map_or("default".to_owned(), |route| {
        format!("{}/{}", route.destination, route.prefix)
    });
    let what = match gateway {
        Some(gateway) => format!("the route to clients leads to {gateway} and not to {director}"),
        None => format!("no route to clients leads to the director {director}"),
    };
    let finding = Finding::new(Code::DefaultRoute, what)
        .breaking("answers reach clients from an address that they never asked, or not at all");
    Some(finding.cured_by(format!("ip route replace {to} via {director}")))
}

fn direct(facts: &Facts, vips: &[IpAddr]) -> Vec<Finding> {
    let cards: Vec<&Link> = facts
        .network
        .links
        .iter()
        .filter(|it| is_card(it))
        .collect();
    let mut found = Vec::new();
    if vips.iter().any(IpAddr::is_ipv4) {
        found.extend(arp(facts, &cards));
    }
    for vip in vips {
        found.extend(misplaced(facts, *vip, "lo", is_card));
        found.extend(missing(facts, *vip, "lo"));
    }
    found
}

/// A card of a network, on which neighbours ask by ARP.
fn is_card(link: &Link) -> bool {
    link.up && link.arp && link.mac.is_some_and(|mac| mac != Mac::default())
}

/// The virtual address belongs to everybody, and only the director may say so.
fn arp(facts: &Facts, cards: &[&Link]) -> Vec<Finding> {
    let kinds = [
        (
            Code::ArpAnswered,
            "arp_ignore",
            // 3 spares addresses of this host's own scope only, 8 answers nobody at all.
            &[1, 2, 8][..],
            1,
            "this server answers who asks for the virtual address",
            "the server that answers first gets all clients, past the director",
        ),
        (
            Code::ArpAnnounced,
            "arp_announce",
            &[2],
            2,
            "this server asks its neighbours in the virtual address's name",
            "neighbours then send what is for the virtual address to this server, past the director",
        ),
    ];
    let mut found = Vec::new();
    for (code, setting, well, cure, what, breaks) in kinds {
        let ill = |link: &&&Link| !well.contains(&facts.settings.on(&link.name, setting));
        let ill: Vec<_> = cards.iter().filter(ill).map(|link| &link.name).collect();
        let Some(first) = ill.first() else {
            continue;
        };
        // Where a card's own value is higher, that of all does not count.
        let own = ill.iter().filter_map(|name| {
            let path = of_interface(name, setting);
            let higher = facts.settings.get(&path).is_some_and(|own| own > cure);
            higher.then(|| line(&path, cure))
        });
        let all = [line(&of_interface("all", setting), cure)];
        let what = format!(
            "{what}: {setting} is {} on {first}",
            facts.settings.on(first, setting)
        );
        let finding = Finding::new(code, what).breaking(breaks);
        found.push(finding.cured_by_all(all.into_iter().chain(own)));
    }
    found
}

/// A virtual address where neighbours are `asked` for it, or with its whole network on
/// whatever else; both instead of alone on a device.
fn misplaced(
    facts: &Facts,
    vip: IpAddr,
    device: &str,
    asked: impl Fn(&Link) -> bool,
) -> Vec<Finding> {
    let prefix = host_prefix(vip);
    let held = facts.network.addresses.iter();
    let held = held.filter(|held| held.address == vip);
    let found = held.filter_map(|held| {
        let (name, its) = (&held.interface, held.prefix);
        let link = facts.network.link(name);
        let finding = if link.is_some_and(&asked) {
            let what = format!("the virtual address {vip} is on {name}");
            Finding::new(Code::VipOnCard, what)
                .breaking("this server answers who asks for it, and gets clients past the director")
        } else if its < prefix && !link.is_some_and(is_card) {
            let what =
                format!("the virtual address {vip} is on {name} with all of its network: /{its}");
            Finding::new(Code::VipPrefix, what).breaking(
                "this server looks for every address of that network there: it reaches no client of it",
            )
        } else {
            return None;
        };
        let finding = finding.cured_by(format!("ip addr del {vip}/{its} dev {name}"));
        Some(finding.cured_by(format!("ip addr add {vip}/{prefix} dev {device}")))
    });
    found.collect()
}

fn missing(facts: &Facts, vip: IpAddr, device: &str) -> Option<Finding> {
    if facts.network.is_local(vip) || facts.network.holder(vip).is_some() {
        return None;
    }
    let what = format!("this server does not take the virtual address {vip} for its own");
    let finding = Finding::new(Code::VipMissing, what)
        .breaking("what the director hands it goes on, or nowhere: clients wait in vain");
    let prefix = host_prefix(vip);
    Some(finding.cured_by(format!("ip addr add {vip}/{prefix} dev {device}")))
}

fn tunnel(facts: &Facts, vips: &[IpAddr]) -> Vec<Finding> {
    // The end of IPv6's tunnels is another device for each pair of hosts.
    let Some(vip) = vips.iter().find(|vip| vip.is_ipv4()) else {
        let missing = vips.iter().filter_map(|vip| missing(facts, *vip, "lo"));
        return missing.collect();
    };
    let mut found = Vec::new();
    if let Some(near) = facts.network.neighbour(*vip) {
        let card = facts.network.link(&near.interface);
        let card: Vec<&Link> = card.filter(|link| is_card(link)).into_iter().collect();
        found.extend(arp(facts, &card));
    }
    let (module, usual) = match facts.tunnel.kind {
        TunnelKind::GRE => ("ip_gre", "gre0"),
        _ => ("ipip", "tunl0"),
    };
    let near = |link: &Link| {
        let near = facts.network.neighbour(*vip);
        is_card(link) && near.is_some_and(|near| near.interface == link.name)
    };
    let end = end_of_tunnel(facts, *vip, usual);
    let name = end.map_or(usual, |link| link.name.as_str());
    let nothing = "packets from the director are not taken out of the tunnel: clients wait in vain";
    if end.is_none() {
        let finding = Finding::new(
            Code::TunnelMissing,
            format!("there is no tunnel device {usual}"),
        )
        .breaking(nothing);
        found.push(finding.cured_by(format!("modprobe {module}")));
    }
    if !end.is_some_and(|link| link.up) {
        let finding = Finding::new(
            Code::TunnelDown,
            format!("the tunnel device {name} is down"),
        )
        .breaking(nothing);
        found.push(finding.cured_by(format!("ip link set {name} up")));
    }
    found.extend(port_closed(facts));
    for vip in vips {
        found.extend(misplaced(facts, *vip, name, near));
        found.extend(missing(facts, *vip, name));
    }
    // A device that is still to come begins with the default.
    let from = if end.is_some() { name } else { "default" };
    if facts.settings.on(from, "rp_filter") == 1 {
        let what = format!("rp_filter is 1 on {name}: the higher of its own value and that of all");
        let finding = Finding::new(Code::TunnelRpFilter, what).breaking(
            "no route back to a client leads into the tunnel, so that its packets are dropped",
        );
        found.push(finding.cured_by(line(&of_interface(name, "rp_filter"), 2)));
    }
    found
}

/// A port that the director sends GUE to, and nobody takes it from.
fn port_closed(facts: &Facts) -> Option<Finding> {
    let port = facts.tunnel.port;
    let ports = facts.udp_ports.as_ref()?;
    if facts.tunnel.kind != TunnelKind::GUE || ports.contains(&port) {
        return None;
    }
    let what = format!("nobody takes GUE's packets at UDP port {port}");
    let finding = Finding::new(Code::TunnelPort, what)
        .breaking("packets from the director are refused: clients wait in vain");
    let lines = ["modprobe fou".into(), format!("ip fou add port {port} gue")];
    Some(finding.cured_by_all(lines))
}

/// The device that ends the tunnel: that with the virtual address, or any that is up, or
/// the usual one.
fn end_of_tunnel<'a>(facts: &'a Facts, vip: IpAddr, usual: &str) -> Option<&'a Link> {
    let kinds = match facts.tunnel.kind {
        TunnelKind::GRE => GRE,
        _ => IPIP,
    };
    let links = facts.network.links.iter();
    let ends = || links.clone().filter(|link| kinds.contains(&link.kind));
    let holder = facts.network.holder(vip);
    let holding = holder.and_then(|held| ends().find(|link| link.name == held.interface));
    holding
        .or_else(|| ends().find(|link| link.name == usual && link.up))
        .or_else(|| ends().find(|link| link.up))
        .or_else(|| ends().find(|link| link.name == usual))
}
