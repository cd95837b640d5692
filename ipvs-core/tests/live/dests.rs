//! Real servers: every field, written and read back.

use ipvs_core::{
    Dest, DestEdit, ErrorKind, ForwardMethod, Service, ServiceKey, Tunnel, TunnelFlags,
};

use crate::harness::{Test, tests};
use crate::site::{Site, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        every_forwarding_method_is_kept,
        every_tunnel_is_kept,
        every_weight_and_threshold_is_kept,
        a_tunnel_leads_into_the_other_family,
        only_a_tunnel_leads_into_the_other_family,
        an_update_replaces_wholly,
        an_edit_keeps_what_it_does_not_name,
        an_address_may_serve_on_many_ports,
        dests_are_listed_sorted,
        a_service_without_dests_is_not_a_missing_service,
        every_operation_names_what_is_missing,
        a_removed_dest_can_come_back
    ]
}

const FOUR: &str = "tcp 192.0.2.1:80";
const SIX: &str = "tcp [2001:db8::1]:80";

fn every_forwarding_method_is_kept(site: &Site) {
    let methods = [
        ForwardMethod::MASQUERADE,
        ForwardMethod::LOCAL,
        ForwardMethod::TUNNEL,
        ForwardMethod::DIRECT_ROUTE,
        ForwardMethod::BYPASS,
    ];
    for (service, server) in [
        (FOUR, "10.0.3.100:8080"),
        (FOUR, "127.0.0.1:0"),
        (SIX, "[2001:db8:3::100]:8080"),
        (SIX, "[::1]:0"),
    ] {
        let key: ServiceKey = service.parse().unwrap();
        for method in methods {
            site.client.add_service(&Service::new(key)).unwrap();
            let mut dest = masquerade(server);
            dest.forward = method;
            site.client.add_dest(&key, &dest).unwrap();
            assert_eq!(site.only_dest(&key).dest, dest);
            for other in methods {
                let edit = DestEdit::new().with_forward(other);
                dest.forward = other;
                assert_eq!(site.client.edit_dest(&key, &dest.key, &edit).unwrap(), dest);
                assert_eq!(site.only_dest(&key).dest, dest);
            }
            site.client.remove_service(&key).unwrap();
        }
    }
}

/// Every tunnel that has a meaning.
fn tunnels() -> [Tunnel; 8] {
    let (csum, remcsum) = (TunnelFlags::CHECKSUM, TunnelFlags::REMOTE_CHECKSUM);
    [
        Tunnel::ipip(),
        Tunnel::gue(1),
        Tunnel::gue(65535),
        Tunnel::gue(6080),
        Tunnel::gue(6080).with_flags(csum),
        Tunnel::gue(6080).with_flags(remcsum),
        Tunnel::gre(),
        Tunnel::gre().with_flags(csum),
    ]
}

fn tunnel(server: &str, tunnel: Tunnel) -> Dest {
    let key = masquerade(server).key;
    Dest::new(key.address, key.port, ForwardMethod::TUNNEL).with_tunnel(tunnel)
}

fn every_tunnel_is_kept(site: &Site) {
    let key = site.add(FOUR);
    for (port, kind) in (1..).zip(tunnels()) {
        let dest = tunnel(&format!("10.0.3.100:{port}"), kind);
        site.client.add_dest(&key, &dest).unwrap();
        assert_eq!(site.client.dest(&key, &dest.key).unwrap().dest, dest);
        for other in tunnels() {
            let dest = dest.with_tunnel(other);
            site.client.update_dest(&key, &dest).unwrap();
            assert_eq!(site.client.dest(&key, &dest.key).unwrap().dest, dest);
        }
    }
    // The kernel keeps a tunnel on a dest of any method.
    let dest = masquerade("10.0.3.200:80").with_tunnel(Tunnel::gue(6080));
    site.client.add_dest(&key, &dest).unwrap();
    assert_eq!(site.client.dest(&key, &dest.key).unwrap().dest, dest);
}

fn every_weight_and_threshold_is_kept(site: &Site) {
    let key = site.add(FOUR);
    let max = 0x7fff_ffff;
    let dest = masquerade("10.0.3.100:8080");
    site.client.add_dest(&key, &dest).unwrap();
    for weight in [0, 1, 65_536, max] {
        for (upper, lower) in [(0, 0), (1, 0), (1, 1), (max, 0), (max, max)] {
            let dest = dest.with_weight(weight).with_thresholds(upper, lower);
            site.client.update_dest(&key, &dest).unwrap();
            assert_eq!(site.only_dest(&key).dest, dest);
        }
    }
}

fn a_tunnel_leads_into_the_other_family(site: &Site) {
    for (service, server) in [
        (FOUR, "[2001:db8:3::100]:80"),
        (SIX, "10.0.3.100:80"),
        ("fwmark 7", "[2001:db8:3::100]:80"),
        ("fwmark 7 ipv6", "10.0.3.100:80"),
    ] {
        let key = site.add(service);
        for kind in tunnels() {
            let dest = tunnel(server, kind).with_weight(3);
            site.client.add_dest(&key, &dest).unwrap();
            assert_eq!(site.only_dest(&key).dest, dest);
            let edit = DestEdit::new().with_weight(4);
            site.client.edit_dest(&key, &dest.key, &edit).unwrap();
            assert_eq!(site.only_dest(&key).dest, dest.with_weight(4));
            site.client.remove_dest(&key, &dest.key).unwrap();
            assert_eq!(site.client.dests(&key).unwrap(), []);
        }
    }
}

fn only_a_tunnel_leads_into_the_other_family(site: &Site) {
    let key = site.add(FOUR);
    let dest = masquerade("[2001:db8:3::100]:80");
    // Refused by this library, then by the kernel: it is the same field.
    for (client, sent) in [(&site.client, false), (&site.unchecked(), true)] {
        let error = client.add_dest(&key, &dest).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert_eq!(error.field(), Some("forward"), "{error}");
        assert_eq!(error.errno().is_some(), sent, "{error}");
    }
}

/// A dest in which no field has its default.
fn far() -> Dest {
    let gue = Tunnel::gue(6080).with_flags(TunnelFlags::CHECKSUM);
    tunnel("10.0.3.100:8080", gue)
        .with_weight(7)
        .with_thresholds(20, 10)
}

fn an_update_replaces_wholly(site: &Site) {
    let key = site.add(FOUR);
    site.client.add_dest(&key, &far()).unwrap();
    let plain = masquerade("10.0.3.100:8080");
    site.client.update_dest(&key, &plain).unwrap();
    assert_eq!(site.only_dest(&key).dest, plain);
    site.client.update_dest(&key, &far()).unwrap();
    assert_eq!(site.only_dest(&key).dest, far());
}

fn an_edit_keeps_what_it_does_not_name(site: &Site) {
    let key = site.add(FOUR);
    site.client.add_dest(&key, &far()).unwrap();
    let edit = DestEdit::new();
    let mut droute = far();
    droute.forward = ForwardMethod::DIRECT_ROUTE;
    for (edit, expected) in [
        (edit, far()),
        (edit.with_forward(ForwardMethod::DIRECT_ROUTE), droute),
        (
            edit.with_tunnel(Tunnel::gre()),
            far().with_tunnel(Tunnel::gre()),
        ),
        (edit.with_weight(0), far().with_weight(0)),
        (edit.with_upper_threshold(30), far().with_thresholds(30, 10)),
        (edit.with_lower_threshold(0), far().with_thresholds(20, 0)),
    ] {
        site.client.update_dest(&key, &far()).unwrap();
        assert_eq!(
            site.client.edit_dest(&key, &far().key, &edit).unwrap(),
            expected
        );
        assert_eq!(site.only_dest(&key).dest, expected);
    }
}

fn an_address_may_serve_on_many_ports(site: &Site) {
    let key = site.add(FOUR);
    let [one, two] = ["10.0.3.100:80", "10.0.3.100:81"].map(masquerade);
    site.client.add_dest(&key, &one).unwrap();
    site.client.add_dest(&key, &two).unwrap();
    for dest in [one.with_weight(9), two] {
        let error = site.client.add_dest(&key, &dest).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
    }
    assert_eq!(site.dests(&key), [one, two]);
    // The same dest in another service is another one.
    let other = site.add("udp 192.0.2.1:80");
    site.client.add_dest(&other, &one.with_weight(9)).unwrap();
    assert_eq!(site.dests(&key), [one, two]);
}

fn dests_are_listed_sorted(site: &Site) {
    let key = site.add(FOUR);
    let sorted = [
        masquerade("9.255.255.255:65535"),
        masquerade("10.0.3.100:0"),
        masquerade("10.0.3.100:80"),
        masquerade("240.0.0.1:1"),
        tunnel("[2001:db8:3::100]:80", Tunnel::ipip()),
    ];
    for position in [3, 0, 4, 2, 1] {
        site.client.add_dest(&key, &sorted[position]).unwrap();
    }
    assert_eq!(site.dests(&key), sorted);
}

fn a_service_without_dests_is_not_a_missing_service(site: &Site) {
    for (there, missing) in [
        (FOUR, "tcp 192.0.2.1:81"),
        (SIX, "udp [2001:db8::1]:80"),
        ("fwmark 7", "fwmark 7 ipv6"),
    ] {
        let key = site.add(there);
        assert_eq!(site.client.dests(&key).unwrap(), []);
        assert_eq!(site.client.stream_dests(&key).unwrap().count(), 0);
        let missing = missing.parse().unwrap();
        let error = site.client.dests(&missing).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
        let error = site.client.stream_dests(&missing).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
    }
}

fn every_operation_names_what_is_missing(site: &Site) {
    let client = &site.client;
    let there = site.add(FOUR);
    let nowhere = "tcp 192.0.2.1:81".parse().unwrap();
    let (dest, edit) = (masquerade("10.0.3.100:80"), DestEdit::new().with_weight(2));
    for (service, kind) in [
        (there, ErrorKind::DestNotFound),
        (nowhere, ErrorKind::ServiceNotFound),
    ] {
        for error in [
            client.dest(&service, &dest.key).unwrap_err(),
            client.update_dest(&service, &dest).unwrap_err(),
            client.edit_dest(&service, &dest.key, &edit).unwrap_err(),
            client.remove_dest(&service, &dest.key).unwrap_err(),
        ] {
            assert_eq!(error.kind(), kind, "{error}");
        }
    }
    let error = client.add_dest(&nowhere, &dest).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
}

fn a_removed_dest_can_come_back(site: &Site) {
    let key = site.add(FOUR);
    // The kernel keeps it in its trash and takes it from there, settings replaced.
    for weight in 1..=20 {
        let dest = if weight % 2 == 0 {
            far()
        } else {
            masquerade("10.0.3.100:8080")
        };
        let dest = dest.with_weight(weight);
        site.client.add_dest(&key, &dest).unwrap();
        assert_eq!(site.only_dest(&key).dest, dest);
        site.client.remove_dest(&key, &dest.key).unwrap();
    }
    site.client.remove_service(&key).unwrap();
    site.client.add_service(&Service::new(key)).unwrap();
    site.client.add_dest(&key, &far()).unwrap();
    assert_eq!(site.only_dest(&key).dest, far());
}
