//! Rows of a dest's address: what is no server's, and another family's.

use ipvs_core::{Dest, Error, ErrorKind, ForwardMethod, Service};

use super::{Case, Row, rows};
use crate::nest::SERVICE;
use crate::site::{Site, address, masquerade};

pub fn rows() -> Vec<Row> {
    rows![
        AddDest EINVAL the_address_is_not_unicast;
        AddDest EINVAL the_ipv6_address_is_not_unicast;
        AddDest EINVAL lo_was_never_up;
        AddDest EINVAL another_family_without_a_tunnel;
        AddDest EINVAL another_family_beside_a_daemon;
        UpdateDest EINVAL an_update_to_another_family_without_a_tunnel;
    ]
}

/// The sentence of an address that the kernel cannot use.
fn unusable(case: &Case<'_>, outcome: Result<(), Error>, dest: &Dest, service: &str) {
    let begin = format!("add dest {} of {service}: address: ", dest.key);
    let words = [&*begin, "cannot use it (EINVAL)", "a unicast one"];
    case.typed(outcome, ErrorKind::InvalidInput, Some("address"), &words);
}

fn the_address_is_not_unicast(case: &Case<'_>) {
    let (service, client) = (case.site.add(SERVICE), case.site.unchecked());
    let dest = |address: &str| masquerade(&format!("{address}:80"));
    // One of a network that this host is not in yet.
    let (other, broadcast) = (case.site.add("udp 192.0.2.1:80"), dest("10.0.3.255"));
    client.add_dest(&other, &broadcast).unwrap();
    case.site.set_interface("wire", true, &["10.0.3.1/24"]);
    // Only a new one is looked at: not one that changes, nor one that comes back.
    client
        .update_dest(&other, &broadcast.with_weight(2))
        .unwrap();
    client.remove_dest(&other, &broadcast.key).unwrap();
    client.add_dest(&other, &broadcast).unwrap();
    for address in ["10.0.3.255", "0.0.0.0", "224.0.0.1", "255.255.255.255"] {
        let dest = dest(address);
        unusable(case, client.add_dest(&service, &dest), &dest, SERVICE);
    }
    // What only looks unusual is taken.
    for address in ["127.0.0.1", "10.0.3.1", "240.0.0.1", "203.0.113.9"] {
        client.add_dest(&service, &dest(address)).unwrap();
    }
}

fn the_ipv6_address_is_not_unicast(case: &Case<'_>) {
    let six = "tcp [2001:db8::1]:80";
    let (service, client) = (case.site.add(six), case.site.unchecked());
    for address in ["::", "ff02::1", "::ffff:10.0.3.100", "fe80::1"] {
        let dest = masquerade(&format!("[{address}]:80"));
        unusable(case, client.add_dest(&service, &dest), &dest, six);
    }
    // A link-local one is, where it is this host's.
    case.site.set_interface("other", true, &[]);
    case.site.set_interface("wire", true, &["fe80::1/64"]);
    let own = masquerade("[fe80::1]:80");
    case.site.client.add_dest(&service, &own).unwrap();
}

fn lo_was_never_up(case: &Case<'_>) {
    let empty = Site::untouched(case.site.kernel.clone());
    let client = &empty.client;
    let (service, dest) = (SERVICE.parse().unwrap(), masquerade("10.0.3.100:80"));
    client.add_service(&Service::new(service)).unwrap();
    let words = [
        "add dest 10.0.3.100:80 of tcp 192.0.2.1:80: address: ",
        "(EINVAL)",
        "where lo was never up every IPv4 address is refused: ip link set lo up",
    ];
    let outcome = client.add_dest(&service, &dest);
    case.typed(outcome, ErrorKind::InvalidInput, Some("address"), &words);
    // The cure cures.
    empty.raise_lo();
    client.add_dest(&service, &dest).unwrap();
}

/// The IPv6 dest of an IPv4 service.
fn six(method: ForwardMethod) -> Dest {
    Dest::new(address("2001:db8::1"), 8080, method)
}

fn needs_a_tunnel(case: &Case<'_>, outcome: Result<(), Error>, op: &str) {
    let words = [
        &format!("{op} dest [2001:db8::1]:8080 of {SERVICE}: forward: "),
        "needs the tunnel method (EINVAL)",
    ];
    case.typed(outcome, ErrorKind::InvalidInput, Some("forward"), &words);
}

fn another_family_without_a_tunnel(case: &Case<'_>) {
    let (service, client) = (case.site.add(SERVICE), case.site.unchecked());
    for method in [
        ForwardMethod::MASQUERADE,
        ForwardMethod::DIRECT_ROUTE,
        ForwardMethod::LOCAL,
    ] {
        needs_a_tunnel(case, client.add_dest(&service, &six(method)), "add");
    }
    let tunnel = six(ForwardMethod::TUNNEL);
    case.site.client.add_dest(&service, &tunnel).unwrap();
}

fn an_update_to_another_family_without_a_tunnel(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    let tunnel = six(ForwardMethod::TUNNEL);
    case.site.client.add_dest(&service, &tunnel).unwrap();
    let direct = six(ForwardMethod::DIRECT_ROUTE);
    let outcome = case.site.unchecked().update_dest(&service, &direct);
    needs_a_tunnel(case, outcome, "update");
}

fn another_family_beside_a_daemon(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    super::daemons::start_backup(case.site);
    let tunnel = six(ForwardMethod::TUNNEL);
    let words = [
        &format!("add dest [2001:db8::1]:8080 of {SERVICE}: address: "),
        "another family than its service's (EINVAL)",
        "no sync daemon in the namespace",
    ];
    let outcome = case.site.client.add_dest(&service, &tunnel);
    case.typed(outcome, ErrorKind::InvalidInput, Some("address"), &words);
}
