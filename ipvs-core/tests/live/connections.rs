//! The connection table, with rows of each kind made by real packets, and the
//! other files of `/proc/net`.
//!
//! Clients, director and servers share one namespace.

mod files;
mod many;
mod synced;

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use ipvs_core::procfs::{Connection, ConnectionState as State};
use ipvs_core::{
    Dest, DestEdit, DestKey, ForwardMethod, Netmask, PersistenceEngine, Scheduler, Service,
    ServiceKey,
};

use files::{
    an_application_is_listed, the_counters_are_what_netlink_says, the_counters_of_each_processor,
    the_status_counts_what_there_is, the_table_is_what_netlink_says,
};
use many::as_many_as_ipvsadm_lists;
use synced::what_another_director_tells_is_read;

use crate::harness::{Need, Test, tests};
use crate::site::{Site, address};
use crate::traffic::{PATIENCE, until};

pub fn tests() -> Vec<Test> {
    tests![
        a_tcp_connection_goes_through_its_states,
        datagrams_make_connections_of_both_families,
        an_sctp_association_begins,
        a_template_stands_for_a_network,
        a_template_of_a_mark_says_the_mark,
        a_template_of_a_call_has_its_id,
        a_template_without_its_dest_is_given_up,
        what_another_director_tells_is_read,
        as_many_as_ipvsadm_lists,
        the_table_is_what_netlink_says,
        the_counters_are_what_netlink_says,
        the_counters_of_each_processor,
        the_status_counts_what_there_is,
        an_application_is_listed: Need::Guest,
    ]
}

const VIP: &str = "192.0.2.1";
const SERVER: &str = "10.0.3.100";
const VIP_6: &str = "2001:db8::1";
const SERVER_6: &str = "2001:db8:3::100";
/// Packets to these go nowhere.
const SILENT: &str = "10.9.9.9";
const SILENT_6: &str = "2001:db8:9::9";

/// Gives the namespace every address of these tests.
fn addresses(site: &Site) {
    site.sh(&format!(
        "ip -batch - << 'end'
        addr add {VIP} dev lo
        addr add {SERVER} dev lo
        addr add {VIP_6} dev lo nodad
        addr add {SERVER_6} dev lo nodad
        link add silent0 type dummy
        link set silent0 up
        addr add 10.9.9.1/24 dev silent0
        addr add 2001:db8:9::1/64 dev silent0 nodad
end"
    ));
}

/// Adds a service with one dest.
fn balance(
    site: &Site,
    service: Service,
    dest: &str,
    forward: ForwardMethod,
) -> (ServiceKey, DestKey) {
    let dest: DestKey = dest.parse().unwrap();
    site.client.add_service(&service).unwrap();
    let server = Dest::new(dest.address, dest.port, forward);
    site.client.add_dest(&service.key, &server).unwrap();
    (service.key, dest)
}

fn plain(key: &str) -> Service {
    Service::new(key.parse().unwrap()).with_scheduler(Scheduler::RR)
}

fn sticky(key: &str) -> Service {
    plain(key).with_persistence(Duration::from_secs(600))
}

fn listed(site: &Site) -> Vec<Connection> {
    let rows = site.client.connections().unwrap();
    rows.map(Result::unwrap).collect()
}

/// The only row that is asked for, once there is one.
fn row(site: &Site, what: &str, wanted: impl Fn(&Connection) -> bool) -> Connection {
    until(what, || {
        let mut rows = listed(site);
        rows.retain(&wanted);
        assert!(rows.len() < 2, "{rows:?}");
        rows.pop()
    })
}

/// Who is connected with what, and who answers.
fn ends(row: &Connection) -> (IpAddr, u16, ServiceKey, DestKey) {
    (row.client, row.client_port, row.service, row.dest)
}

/// Asserts that a row was given its time-out not long ago.
fn assert_fresh(row: &Connection, seconds: u64) {
    let timeout = Duration::from_secs(seconds);
    assert!(row.expires <= timeout, "{row:?}");
    assert!(row.expires + PATIENCE >= timeout, "{row:?}");
}

fn socket(address: &str, port: u16) -> SocketAddr {
    SocketAddr::new(address.parse().unwrap(), port)
}

/// Sends a datagram and gives the port that it came from.
fn send(site: &Site, to: SocketAddr, payload: &[u8]) -> u16 {
    let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let client = site.run(|| UdpSocket::bind(any)).unwrap();
    client.send_to(payload, to).unwrap();
    client.local_addr().unwrap().port()
}

fn a_tcp_connection_goes_through_its_states(site: &Site) {
    addresses(site);
    let web = balance(
        site,
        plain("tcp 192.0.2.1:80"),
        "10.0.3.100:8080",
        ForwardMethod::MASQUERADE,
    );
    let six = balance(
        site,
        plain("tcp [2001:db8::1]:80"),
        "[2001:db8:3::100]:8080",
        ForwardMethod::MASQUERADE,
    );
    for ((key, dest), vip) in [(web, VIP), (six, VIP_6)] {
        let listener = site
            .run(|| TcpListener::bind((dest.address, dest.port)))
            .unwrap();
        let connect = || {
            let client = site.run(|| TcpStream::connect(socket(vip, 80))).unwrap();
            let (server, peer) = listener.accept().unwrap();
            (client, server, peer.port())
        };
        let becomes = |port: u16, state: State, seconds: u64| {
            let row = row(site, &format!("{state}"), |row| {
                (row.client_port, row.state) == (port, state)
            });
            assert_eq!(ends(&row), (address(vip), port, key, dest));
            assert!(!row.is_template() && row.persistence.is_none() && row.origin.is_none());
            assert_fresh(&row, seconds);
        };
        let (client, server, port) = connect();
        becomes(port, State::ESTABLISHED, 900);
        drop(client);
        becomes(port, State::CLOSE_WAIT, 60);
        drop(server);
        becomes(port, State::TIME_WAIT, 120);

        let (_client, server, port) = connect();
        drop(server);
        becomes(port, State::FIN_WAIT, 120);

        drop(listener);
        let refused = site.run(|| TcpStream::connect(socket(vip, 80)));
        assert!(refused.is_err());
        let closed = row(site, "reset", |row| {
            row.service == key && row.state == State::CLOSE
        });
        assert_fresh(&closed, 10);
    }

    let (key, dest) = balance(
        site,
        plain("tcp 192.0.2.1:81"),
        "10.9.9.9:81",
        ForwardMethod::MASQUERADE,
    );
    let soon = Duration::from_millis(50);
    let unanswered = site.run(|| TcpStream::connect_timeout(&socket(VIP, 81), soon));
    assert!(unanswered.is_err());
    let opening = row(site, "a SYN", |row| row.service == key);
    assert_eq!((opening.dest, opening.state), (dest, State::SYN_RECV));
    assert_fresh(&opening, 60);
}

/// A tunnel leads into the other family too.
fn datagrams_make_connections_of_both_families(site: &Site) {
    addresses(site);
    let (masquerade, tunnel) = (ForwardMethod::MASQUERADE, ForwardMethod::TUNNEL);
    for (port, vip, dest, forward) in [
        (53, VIP, format!("{SERVER}:8053"), masquerade),
        (53, VIP_6, format!("[{SERVER_6}]:8053"), masquerade),
        (54, VIP, format!("[{SERVER_6}]:54"), tunnel),
        (54, VIP_6, format!("{SERVER}:54"), tunnel),
    ] {
        let to = socket(vip, port);
        let (key, dest) = balance(site, plain(&format!("udp {to}")), &dest, forward);
        let from = send(site, to, b"hello");
        let row = row(site, "a datagram", |row| row.service == key);
        assert_eq!(ends(&row), (address(vip), from, key, dest));
        assert_eq!(row.state, State::UDP);
        assert_fresh(&row, 300);
    }
}

/// The first packet of an association, which nobody answers.
fn an_sctp_association_begins(site: &Site) {
    addresses(site);
    let service = plain("sctp 192.0.2.1:99");
    let (key, dest) = balance(site, service, "10.9.9.9:99", ForwardMethod::MASQUERADE);
    // Ports, tag and checksum; then the chunk INIT. Its row lasts no longer than four seconds.
    let row = until("an INIT", || {
        site.sh(
            "perl -MSocket -e 'socket(S, AF_INET, SOCK_RAW, 132) or die; \
             send(S, pack(q(nnNN CCnNNnnN), 7777, 99, 0, 0, 1, 0, 20, 1, 65536, 1, 1, 1), 0, \
                  pack_sockaddr_in(0, inet_aton(q(192.0.2.1)))) or die'",
        );
        listed(site).into_iter().find(|row| row.service == key)
    });
    assert_eq!(ends(&row), (address(VIP), 7777, key, dest));
    assert_eq!(row.state, State::INIT1);
    assert_fresh(&row, 4);
}

fn a_template_stands_for_a_network(site: &Site) {
    addresses(site);
    let mask = |family, length| Netmask::prefix(family, length).unwrap();
    for (vip, dest, length, network) in [
        (VIP, "10.0.3.100:8080", 24, "192.0.2.0"),
        (VIP_6, "[2001:db8:3::100]:8080", 64, "2001:db8::"),
    ] {
        let to = socket(vip, 80);
        let service = sticky(&format!("tcp {to}"));
        let service = service.with_persistence_netmask(mask(service.key.family(), length));
        let (key, dest) = balance(site, service, dest, ForwardMethod::MASQUERADE);
        let listener = site
            .run(|| TcpListener::bind((dest.address, dest.port)))
            .unwrap();
        let _client = site.run(|| TcpStream::connect(to)).unwrap();
        let _server = listener.accept().unwrap();
        let template = row(site, "a template", |row| {
            row.service == key && row.is_template()
        });
        assert_eq!(ends(&template), (address(network), 0, key, dest));
        assert_fresh(&template, 600);
        row(site, "an assured template", |row| {
            row.service == key && row.state == State::ASSURED
        });
        assert_eq!(site.only_dest(&key).persistent_connections, 1);
    }

    // A service for every port of an address has a template for every port.
    let key = "udp 192.0.2.1:0";
    let (key, dest) = balance(site, sticky(key), "10.9.9.9:0", ForwardMethod::MASQUERADE);
    let from = send(site, socket(VIP, 4000), b"hello");
    let template = row(site, "a template", |row| row.service == key);
    assert!(template.is_template() && !template.is_invalidated());
    assert_eq!((template.state, template.dest), (State::NONE, dest));
    let datagram = row(site, "a datagram", |row| row.client_port == from);
    assert_eq!(datagram.service, "udp 192.0.2.1:4000".parse().unwrap());
    assert_eq!(datagram.dest, "10.9.9.9:4000".parse().unwrap());
}

fn a_template_of_a_mark_says_the_mark(site: &Site) {
    addresses(site);
    site.sh(
        "printf '%s\\n' 'table inet t {' 'chain c {' 'type route hook output priority -150;' \
         'ip daddr 192.0.2.1 udp dport 7777 meta mark set 7' \
         'ip6 daddr 2001:db8::1 udp dport 7777 meta mark set 0xfedcba98' '}' '}' | nft -f -",
    );
    let masquerade = ForwardMethod::MASQUERADE;
    for (key, vip, dest, large) in [
        ("fwmark 7", VIP, SILENT, false),
        ("fwmark 4275878552 ipv6", VIP_6, SILENT_6, true),
    ] {
        let dest = socket(dest, 0).to_string();
        let (key, dest) = balance(site, sticky(key), &dest, masquerade);
        let from = send(site, socket(vip, 7777), b"hello");
        let template = row(site, "a template", |row| row.service == key);
        assert_eq!(ends(&template), (address(vip), 0, key, dest));
        assert!(template.is_template() && template.state == State::NONE);
        assert_eq!(
            matches!(key, ServiceKey::FirewallMark { mark, .. } if mark > 1 << 31),
            large
        );
        // The connection itself has the address that the packet went to.
        let datagram = row(site, "a datagram", |row| row.client_port == from);
        assert_eq!(datagram.service, ServiceKey::udp(address(vip), 7777));
        assert_eq!(datagram.dest, DestKey::new(dest.address, 7777));
    }
}

fn a_template_of_a_call_has_its_id(site: &Site) {
    addresses(site);
    let service = sticky("udp 192.0.2.1:5060").with_persistence_engine(PersistenceEngine::SIP);
    let (key, dest) = balance(site, service, "10.9.9.9:5060", ForwardMethod::MASQUERADE);
    let ids = [r#"ab(<>:"/[]?{}~%1)@ho-st.example"#, "1@h"];
    for id in ids {
        let invite = format!("INVITE sip:a@example SIP/2.0\r\nCall-ID: {id}\r\n\r\n");
        let from = send(site, socket(VIP, 5060), invite.as_bytes());
        let template = row(site, "a call", |row| {
            let persistence = row.persistence.as_ref();
            persistence.is_some_and(|persistence| persistence.data == id.as_bytes())
        });
        assert_eq!(ends(&template), (address(VIP), 0, key, dest));
        assert_eq!(template.persistence.unwrap().engine, PersistenceEngine::SIP);
        let datagram = row(site, "its datagram", |row| row.client_port == from);
        assert_eq!(datagram.persistence, None);
    }
    // The other file leaves the data out.
    let rows = site.client.synced_connections().unwrap();
    let templates = rows.map(Result::unwrap).filter(Connection::is_template);
    assert_eq!(
        templates.filter(|row| row.persistence.is_none()).count(),
        ids.len()
    );
}

fn a_template_without_its_dest_is_given_up(site: &Site) {
    addresses(site);
    let (key, dest) = balance(
        site,
        sticky("udp 192.0.2.1:53"),
        "10.9.9.9:53",
        ForwardMethod::MASQUERADE,
    );
    send(site, socket(VIP, 53), b"hello");
    let template = row(site, "a template", Connection::is_template);
    assert!(!template.is_invalidated());
    assert_eq!((template.service, template.dest), (key, dest));

    site.sh("echo 1 > /proc/sys/net/ipv4/vs/expire_quiescent_template");
    let weightless = DestEdit::new().with_weight(0);
    site.client.edit_dest(&key, &dest, &weightless).unwrap();
    let other = Dest::new([10, 9, 9, 8], 53, ForwardMethod::MASQUERADE);
    site.client.add_dest(&key, &other).unwrap();
    send(site, socket(VIP, 53), b"hello");
    let given_up = row(site, "given up", Connection::is_invalidated);
    assert_eq!(given_up.dest, DestKey::new(dest.address, 0xFFFF));
    let port = if site.kernel.at_least(7, 1) {
        53
    } else {
        0xFFFF
    };
    assert_eq!(given_up.service, ServiceKey::udp(address(VIP), port));
    let new = row(site, "a new template", |row| {
        row.is_template() && !row.is_invalidated()
    });
    assert_eq!((new.service, new.dest), (key, other.key));
}
