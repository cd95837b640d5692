//! The files below `/proc/net`, read through a client: those of its own network
//! namespace, wherever the caller is.

use std::fs;
use std::net::{SocketAddr, UdpSocket};

use ipvs_core::procfs::{Connection, Origin};
use ipvs_core::{
    Client, Error, ErrorKind, Namespace, NamespaceSource, Op, Options, Service, ServiceKey, Sysctl,
};
use ipvs_sys::errno::*;
use ipvs_sys::faults;

use crate::harness::{Test, tests};
use crate::site::{Site, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        clients_of_two_namespaces_read_each_its_own,
        a_client_reads_its_namespace_from_inside_and_over_a_socket,
        every_file_is_read,
        a_file_that_the_kernel_lacks_is_unsupported,
        failures_of_each_call_are_told
    ]
}

/// Sends a datagram to a virtual address of the namespace, each from a port of its own: the
/// kernel makes a connection of it whether or not anybody listens.
fn connect(site: &Site, service: &str, clients: usize) -> Vec<SocketAddr> {
    let key: ServiceKey = service.parse().unwrap();
    let ServiceKey::Address { address, port, .. } = key else {
        panic!("{key}")
    };
    site.sh(&format!(
        "ip addr replace {address} dev lo; ip addr replace 10.0.3.100 dev lo"
    ));
    site.client.add_service(&Service::new(key)).unwrap();
    site.client
        .add_dest(&key, &masquerade("10.0.3.100:8053"))
        .unwrap();
    let sockets: Vec<_> = (0..clients)
        .map(|_| site.run(|| UdpSocket::bind((address, 0))).unwrap())
        .collect();
    for socket in &sockets {
        socket.connect((address, port)).unwrap();
        socket.send(b"a datagram").unwrap();
    }
    sockets
        .iter()
        .map(|socket| socket.local_addr().unwrap())
        .collect()
}

/// The clients of a table's connections, sorted.
fn clients(rows: impl Iterator<Item = Result<Connection, Error>>) -> Vec<SocketAddr> {
    let rows: Vec<Connection> = rows.map(Result::unwrap).collect();
    let mut clients: Vec<_> = rows
        .iter()
        .map(|row| SocketAddr::new(row.client, row.client_port))
        .collect();
    clients.sort_unstable();
    clients
}

/// How many connections the processors counted in a client's namespace.
fn counted(client: &Client) -> usize {
    let cpus = client.cpu_stats().unwrap().cpus;
    let sum: u64 = cpus.iter().map(|cpu| cpu.connections).sum();
    usize::try_from(sum).unwrap()
}

/// A client of a namespace that is not the caller's, opened from the caller's.
fn open_from_outside(site: &Site) -> Client {
    let home = site.namespace.try_clone().unwrap();
    assert!(!home.is_current().unwrap());
    Client::open(&Options::new().with_namespace(NamespaceSource::Fd(home.into()))).unwrap()
}

fn clients_of_two_namespaces_read_each_its_own(site: &Site) {
    let other = Site::new(site.kernel.clone());
    let before = Namespace::current().unwrap();
    let mut expected = [
        connect(site, "udp 192.0.2.1:53", 3),
        connect(&other, "udp 192.0.2.2:53", 5),
    ];
    expected
        .iter_mut()
        .for_each(|clients| clients.sort_unstable());
    site.client
        .set_sysctl(Sysctl::ConnReuseMode, &0.into())
        .unwrap();
    other
        .client
        .set_sysctl(Sysctl::ConnReuseMode, &3.into())
        .unwrap();

    let [one, two] = [site, &other].map(open_from_outside);
    // Neither takes the other's place while both are read at once.
    let (mut first, second) = (one.connections().unwrap(), two.connections().unwrap());
    let head = first.next();
    assert_eq!(clients(second), expected[1]);
    assert_eq!(clients(head.into_iter().chain(first)), expected[0]);
    for (client, expected) in [(&one, &expected[0]), (&two, &expected[1])] {
        let synced: Vec<_> = client
            .synced_connections()
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(
            synced.iter().all(|row| row.origin == Some(Origin::Local)),
            "{synced:?}"
        );
        assert_eq!(clients(client.synced_connections().unwrap()), *expected);
        let services = client.kernel_table().unwrap().services;
        assert_eq!((services.len(), services[0].dests.len()), (1, 1));
        assert_eq!(counted(client), expected.len());
    }
    assert_eq!(one.sysctl(Sysctl::ConnReuseMode).unwrap(), 0.into());
    assert_eq!(two.sysctl(Sysctl::ConnReuseMode).unwrap(), 3.into());
    two.set_sysctl(Sysctl::ConnReuseMode, &2.into()).unwrap();
    assert_eq!(one.sysctl(Sysctl::ConnReuseMode).unwrap(), 0.into());

    // The caller's own has neither, and the caller is still in it.
    assert!(before.is_current().unwrap());
    let here = Client::open(&Options::new()).unwrap();
    assert_eq!(clients(here.connections().unwrap()), []);
    assert_eq!(here.sysctl(Sysctl::ConnReuseMode).unwrap(), 1.into());
}

fn a_client_reads_its_namespace_from_inside_and_over_a_socket(site: &Site) {
    let mut expected = connect(site, "udp 192.0.2.1:53", 2);
    expected.sort_unstable();
    let over_socket = Client::from_socket(site.namespace.socket().unwrap().into()).unwrap();
    let here = Client::open(&Options::new()).unwrap();
    for client in [&over_socket, &site.client] {
        assert_eq!(clients(client.connections().unwrap()), expected);
        site.run(|| assert_eq!(clients(client.connections().unwrap()), expected));
    }
    // Opened outside, used inside: it stays the outside's.
    site.run(|| assert_eq!(clients(here.connections().unwrap()), []));
}

fn every_file_is_read(site: &Site) {
    let sent = connect(site, "udp 192.0.2.1:53", 4).len();
    let client = &site.client;
    // The processors count at once, and the samples of the sums follow.
    assert_eq!(counted(client), sent);
    let total = client.total_stats().unwrap();
    assert!(total.connections <= sent as u64, "{total:?}");
    let table = client.kernel_table().unwrap();
    assert_eq!(table.info, client.info().unwrap());
    assert_eq!(table.services.len(), 1);
    // Whether the helper of FTP is loaded depends on the tests before.
    let helpers = client.applications().unwrap().map(Result::unwrap);
    assert!(helpers.map(|helper| helper.name).all(|name| name == "ftp"));
    if site.kernel.at_least(7, 1) {
        let status = client.status().unwrap();
        assert_eq!((status.connections, status.services), (4, 1));
    }
}

fn a_file_that_the_kernel_lacks_is_unsupported(site: &Site) {
    let outcome = site.client.status();
    if site.kernel.at_least(7, 1) {
        outcome.unwrap();
        return;
    }
    assert_eq!(
        outcome.unwrap_err().to_string(),
        "get status: this kernel has no such file (ENOENT); \
         Linux 7.1 and later have it, as long as ip_vs is loaded"
    );
}

fn failures_of_each_call_are_told(site: &Site) {
    let read = || -> Result<Vec<_>, Error> { site.client.connections()?.collect() };
    // Without /proc nothing is known of the module.
    let first = faults::Site {
        call: faults::Call::Open,
        nth: 0,
    };
    let error = faults::fail(first, ENOENT, read).unwrap_err();
    assert_eq!(error.to_string(), "list connections: /proc is not mounted");
    assert_eq!(error.kind(), ErrorKind::Io);
    faults::sweep(
        &[EPERM, EACCES, EMFILE, ENOMEM],
        read,
        |met, errno, outcome| {
            let error = outcome.unwrap_err();
            let kind = match errno {
                // Once it is open, nobody is asked who may read it.
                EPERM | EACCES if met.call != faults::Call::Read => ErrorKind::PermissionDenied,
                _ => ErrorKind::Io,
            };
            let told = (error.op(), error.kind(), error.errno());
            assert_eq!(told, (Op::Connections, kind, Some(errno)), "{met}: {error}");
        },
    );
}

/// Whoever they are, they read the files of their own namespace.
pub fn read_as_somebody_else(client: &Client) {
    assert_eq!(client.connections().unwrap().count(), 0);
    assert_eq!(client.synced_connections().unwrap().count(), 0);
    assert!(client.applications().unwrap().all(|row| row.is_ok()));
    client.total_stats().unwrap();
    client.cpu_stats().unwrap();
    assert_eq!(client.kernel_table().unwrap().services, []);
    let root = fs::metadata("/proc/self/net/ip_vs_status")
        .is_ok_and(|_| fs::File::open("/proc/self/net/ip_vs_status").is_ok());
    match client.status() {
        Ok(_) => assert!(root),
        Err(error) => {
            assert!(!root, "{error}");
            let kinds = [ErrorKind::Unsupported, ErrorKind::PermissionDenied];
            assert!(kinds.contains(&error.kind()), "{error}");
        }
    }
}
