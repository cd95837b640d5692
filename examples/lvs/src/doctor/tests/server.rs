//! What the live suite does not provoke of a real server's mistakes.

use ipvs_core::Tunnel;

use super::*;

fn server(mode: Forward, vip: &str, addresses: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::server(mode, vec![ip(vip)], Some(ip("10.0.3.200")));
    facts.network = host(addresses);
    facts
}

#[test]
fn ipv6_has_no_arp() {
    let addresses = [("eth0", "2001:db8::2/64"), ("lo", "2001:db8::100/128")];
    let facts = server(Forward::Direct, "2001:db8::100", &addresses);
    assert_eq!(codes(&facts), [""; 0]);
    let facts = server(Forward::Direct, "2001:db8::100", &addresses[..1]);
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.cure, ["ip addr add 2001:db8::100/128 dev lo"]);
    let facts = server(Forward::Tunnel, "2001:db8::100", &addresses);
    assert_eq!(codes(&facts), [""; 0]);
}

#[test]
fn a_tunnel_out_of_another_network_needs_no_arp_settings() {
    let far = [("eth0", "10.0.3.100/24"), ("tunl0", "10.0.2.100/32")];
    assert_eq!(codes(&server(Forward::Tunnel, "10.0.2.100", &far)), [""; 0]);
    let near = [("eth0", "10.0.2.101/24"), ("tunl0", "10.0.2.100/32")];
    let codes = codes(&server(Forward::Tunnel, "10.0.2.100", &near));
    assert_eq!(codes, ["arp-answered", "arp-announced"]);
}

#[test]
fn any_end_of_a_tunnel_will_do() {
    let named = [
        ("eth0", "10.0.3.100/24"),
        ("ipip1", "10.0.3.100/32"),
        ("lo", "10.0.2.100/32"),
    ];
    let mut facts = server(Forward::Tunnel, "10.0.2.100", &named);
    facts.network.links.push(Link {
        up: false,
        ..link("tunl0", 9)
    });
    assert_eq!(codes(&facts), [""; 0]);
}

#[test]
fn gre_ends_in_a_device_of_its_own() {
    let mut facts = server(Forward::Tunnel, "10.0.2.100", &[("eth0", "10.0.3.100/24")]);
    facts.tunnel = Tunnel::gre();
    let cures: Vec<_> = examine(&facts).into_iter().flat_map(|it| it.cure).collect();
    let lines = [
        "modprobe ip_gre",
        "ip link set gre0 up",
        "ip addr add 10.0.2.100/32 dev gre0",
    ];
    assert_eq!(cures, lines);
}

#[test]
fn the_default_route_of_the_lowest_metric_counts() {
    let mut facts = server(Forward::Nat, "10.0.2.100", &[("eth0", "10.0.3.100/24")]);
    facts.network.routes.push(Route {
        metric: 100,
        ..default_route("10.0.3.200")
    });
    assert_eq!(codes(&facts), [""; 0]);
    facts.network.routes.push(default_route("10.0.3.2"));
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.cure, ["ip route replace default via 10.0.3.200"]);
    let [mut direct, _] = [facts.clone(), facts];
    direct.mode = Forward::Direct;
    assert!(!codes(&direct).contains(&"default-route"));
}

#[test]
fn a_device_without_neighbours_is_no_card() {
    let addresses = [("eth0", "10.0.2.101/24"), ("dummy0", "10.0.2.100/32")];
    let mut facts = server(Forward::Direct, "10.0.2.100", &addresses);
    for link in facts
        .network
        .links
        .iter_mut()
        .filter(|link| link.name == "dummy0")
    {
        link.mac = Some([2, 0, 0, 0, 0, 9]);
    }
    for (name, value) in [("arp_ignore", 1), ("arp_announce", 2)] {
        let path = format!("net/ipv4/conf/all/{name}");
        facts.settings.0.insert(path, value);
    }
    assert_eq!(codes(&facts), [""; 0]);
    facts
        .network
        .addresses
        .retain(|address| address.interface != "dummy0");
    add(&mut facts.network, "dummy0", ip("10.0.2.100"), 24);
    assert_eq!(codes(&facts), ["vip-prefix"]);
}

#[test]
fn the_tunnels_address_is_alone_and_on_no_card_of_its_network() {
    for (held, cure) in [
        (
            ("tunl0", "10.0.2.100/24"),
            "ip addr del 10.0.2.100/24 dev tunl0",
        ),
        (("lo", "10.0.2.100/24"), "ip addr del 10.0.2.100/24 dev lo"),
        (
            ("eth0", "10.0.2.100/24"),
            "ip addr del 10.0.2.100/24 dev eth0",
        ),
    ] {
        let mut facts = server(
            Forward::Tunnel,
            "10.0.2.100",
            &[("eth0", "10.0.3.100/24"), held],
        );
        if held.0 != "tunl0" {
            facts.network.links.push(link("tunl0", 9));
        }
        let findings = examine(&facts);
        let misplaced = [Code::VipPrefix, Code::VipOnCard];
        let found = findings.iter().find(|it| misplaced.contains(&it.code));
        let lines = [cure, "ip addr add 10.0.2.100/32 dev tunl0"];
        assert_eq!(found.unwrap().cure, lines);
    }
    // Nobody asks for it in another network.
    let held = [
        ("eth0", "10.0.3.100/24"),
        ("eth0", "10.0.2.100/32"),
        ("tunl0", "10.0.3.100/32"),
    ];
    assert_eq!(
        codes(&server(Forward::Tunnel, "10.0.2.100", &held)),
        [""; 0]
    );
}

#[test]
fn a_tunnel_of_another_make_ends_nothing() {
    let held = [
        ("eth0", "10.0.3.100/24"),
        ("wg0", "10.9.0.1/32"),
        ("lo", "10.0.2.100/32"),
    ];
    let facts = server(Forward::Tunnel, "10.0.2.100", &held);
    assert_eq!(codes(&facts), ["tunnel-missing", "tunnel-down"]);
}

#[test]
fn gue_needs_its_port() {
    let held = [("eth0", "10.0.3.100/24"), ("tunl0", "10.0.2.100/32")];
    let mut facts = server(Forward::Tunnel, "10.0.2.100", &held);
    facts.tunnel = Tunnel::gue(6080);
    assert_eq!(codes(&facts), [""; 0], "nobody can tell");
    facts.udp_ports = Some([53].into());
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.code, Code::TunnelPort);
    assert_eq!(finding.cure, ["modprobe fou", "ip fou add port 6080 gue"]);
    facts.udp_ports = Some([53, 6080].into());
    assert_eq!(codes(&facts), [""; 0]);
}
