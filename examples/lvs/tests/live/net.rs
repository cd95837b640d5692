//! The room `net`: interfaces, addresses and routes.

use std::io::ErrorKind;
use std::net::IpAddr;

use lvs::net::{Changes, Net};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        addresses_with_their_labels_come_and_go,
        default_routes_are_told,
        a_change_is_told,
    ]
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A namespace with an interface `eth0`, and a door to it.
fn open(site: &Site) -> Net {
    site.sh("ip link add eth0 type dummy; ip link set eth0 up");
    site.inside(Net::open).unwrap()
}

fn addresses_with_their_labels_come_and_go(site: &Site) {
    let mut net = open(site);
    let vip = address("10.0.2.100");
    net.add_address(address("10.0.2.50"), 24, "eth0", None)
        .unwrap();
    net.add_address(vip, 24, "eth0", Some("eth0:0")).unwrap();
    net.add_address(address("fd00::64"), 64, "eth0", None)
        .unwrap();
    let there = net.addresses().unwrap();
    let found = there.iter().find(|there| there.address == vip).unwrap();
    assert_eq!(found.label.as_deref(), Some("eth0:0"));
    assert_eq!((found.prefix, found.interface.as_str()), (24, "eth0"));
    assert!(found.secondary);
    let six = there
        .iter()
        .find(|there| there.address == address("fd00::64"))
        .unwrap();
    assert!(
        six.label.is_none() && !six.tentative,
        "it can be used at once"
    );
    let shown = site.sh("ip -o address show eth0");
    assert!(shown.contains("10.0.2.100/24 brd 10.0.2.255 scope global secondary eth0:0"));
    let again = net.add_address(vip, 24, "eth0", None).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
    net.remove_address(vip, 24, "eth0").unwrap();
    let gone = net.remove_address(vip, 24, "eth0").unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::AddrNotAvailable);
    let nowhere = net.add_address(vip, 24, "eth7", None).unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::NotFound);
    assert_eq!(nowhere.to_string(), "no interface eth7");
}

fn default_routes_are_told(site: &Site) {
    let mut net = open(site);
    site.sh(
        "ip address add 10.0.2.50/24 dev eth0; ip address add fd00::50/64 dev eth0 nodad
        ip route add default via 10.0.2.2 metric 7
        ip -6 route add default nexthop via fd00::1 nexthop via fd00::2",
    );
    let routes = net.routes().unwrap();
    let default = routes
        .iter()
        .filter(|route| route.is_default() && !route.local);
    let told: Vec<_> = default
        .map(|route| {
            (
                route.gateway.unwrap().to_string(),
                route.interface.as_deref(),
            )
        })
        .collect();
    let eth0 = Some("eth0");
    let expected = [("10.0.2.2", eth0), ("fd00::1", eth0), ("fd00::2", eth0)];
    assert_eq!(told, expected.map(|(gateway, by)| (gateway.to_owned(), by)));
    let own = routes
        .iter()
        .find(|route| route.destination == address("10.0.2.50"))
        .unwrap();
    assert!(own.local && own.table == 255);
}

fn a_change_is_told(site: &Site) {
    let mut net = open(site);
    let mut changes = site.inside(Changes::open).unwrap();
    // IPv6 may still be at work on its own.
    while changes.take().unwrap() {}
    site.sh("ip link set eth0 down");
    assert!(changes.take().unwrap());
    let links = net.links().unwrap();
    let eth0 = links.iter().find(|link| link.name == "eth0").unwrap();
    assert!(!eth0.up && !eth0.carrier && eth0.mac.is_some());
    net.add_address(address("10.0.2.50"), 24, "eth0", None)
        .unwrap();
    assert!(changes.take().unwrap());
}
