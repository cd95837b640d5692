//! Where packets go.

use super::super::network::{contains, masked};
use super::*;

#[test]
fn the_longest_prefix_leads_and_this_hosts_own_addresses_first() {
    let mut network = host(&[("eth0", "10.0.2.50/24"), ("eth1", "10.0.3.15/16")]);
    network.routes.push(default_route("10.0.2.2"));
    let by = |address: &str| {
        let route = network.route(ip(address)).unwrap();
        (route.interface.as_deref().unwrap(), route.gateway)
    };
    assert_eq!(by("10.0.2.9"), ("eth0", None));
    assert_eq!(by("10.0.9.9"), ("eth1", None));
    assert_eq!(by("192.0.2.1"), ("eth0", Some(ip("10.0.2.2"))));
    assert!(network.is_local(ip("10.0.2.50")));
    assert!(!network.is_local(ip("10.0.2.51")));
    assert!(network.route(ip("2001:db8::1")).is_none());
    assert_eq!(network.neighbour(ip("10.0.2.9")).unwrap().interface, "eth0");
    assert!(network.neighbour(ip("192.0.2.1")).is_none());
}

#[test]
fn of_two_routes_alike_the_lower_metric_leads() {
    let mut network = host(&[("eth0", "10.0.2.50/24")]);
    for (gateway, metric) in [("10.0.2.3", 20), ("10.0.2.2", 10), ("10.0.2.4", 30)] {
        let route = default_route(gateway);
        network.routes.push(Route { metric, ..route });
    }
    let route = network.route(ip("192.0.2.1")).unwrap();
    assert_eq!(route.gateway, Some(ip("10.0.2.2")));
}

#[test]
fn networks_hold_their_addresses() {
    assert_eq!(masked(ip("10.0.3.200"), 24), ip("10.0.3.0"));
    assert_eq!(masked(ip("10.0.3.200"), 0), ip("0.0.0.0"));
    assert_eq!(masked(ip("2001:db8::1"), 64), ip("2001:db8::"));
    assert!(contains(ip("10.0.3.1"), 24, ip("10.0.3.255")));
    assert!(!contains(ip("10.0.3.1"), 32, ip("10.0.3.2")));
    assert!(!contains(ip("0.0.0.0"), 0, ip("::1")));
}
