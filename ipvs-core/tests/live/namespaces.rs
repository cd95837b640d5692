//! Where a client belongs, who may share it, and what a fork does to it.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use ipvs_core::{
    Applied, Client, ErrorKind, Family, Namespace, NamespaceSource, Options, Service, ServiceEdit,
    ServiceKey,
};
use ipvs_sys::hostile;
use ipvs_sys::socket::Socket;

use crate::harness::{Test, tests};
use crate::site::{Site, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        a_namespace_is_opened_by_the_path_of_ip_netns,
        a_namespace_is_opened_by_the_path_of_a_thread,
        a_namespace_is_opened_by_descriptor,
        a_new_namespace_is_empty_and_lives_with_its_client,
        what_is_no_network_namespace_is_refused,
        a_client_stays_where_it_was_opened,
        a_client_works_wherever_it_is_called_from,
        a_socket_brings_its_namespace_along,
        what_is_no_netlink_socket_is_refused,
        threads_share_a_client,
        a_fork_is_told_to_open_another
    ]
}

/// The calling thread's namespace, as the kernel names it.
fn here() -> PathBuf {
    std::fs::read_link("/proc/thread-self/ns/net").unwrap()
}

fn open(namespace: NamespaceSource) -> Client {
    let before = here();
    let client = Client::open(&Options::new().with_namespace(namespace)).unwrap();
    assert_eq!(here(), before, "the caller was moved");
    client
}

/// Both are clients of one namespace: what one writes, the other reads.
#[track_caller]
fn assert_same(one: &Client, other: &Client) {
    let key = ServiceKey::firewall_mark(0xfeed, Family::V4);
    one.add_service(&Service::new(key)).unwrap();
    other.remove_service(&key).unwrap();
    assert_eq!(one.services().unwrap(), []);
}

fn a_namespace_is_opened_by_the_path_of_ip_netns(site: &Site) {
    let name = format!("live-{}", std::process::id());
    site.sh(&format!("ip netns add {name}"));
    let path = NamespaceSource::Path(format!("/run/netns/{name}").into());
    let client = open(path);
    client
        .add_service(&Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)))
        .unwrap();
    assert_eq!(site.services(), []);
    let inside = format!("ip netns exec {name} cat /proc/net/ip_vs");
    assert!(site.sh(&inside).contains("TCP  C0000201:0050 wlc"));
    // The client holds the namespace when its name has gone.
    site.sh(&format!("ip netns del {name}"));
    assert_eq!(client.services().unwrap().len(), 1);
}

fn a_namespace_is_opened_by_the_path_of_a_thread(site: &Site) {
    let client = site.run(|| open(NamespaceSource::Path("/proc/thread-self/ns/net".into())));
    assert_same(&site.client, &client);
    let main = open(NamespaceSource::Path("/proc/self/ns/net".into()));
    assert_same(&main, &open(NamespaceSource::Current));
}

fn a_namespace_is_opened_by_descriptor(site: &Site) {
    let file = site.run(|| File::open("/proc/thread-self/ns/net").unwrap());
    assert_same(&site.client, &open(NamespaceSource::Fd(file.into())));
    let home = site.client.namespace().unwrap();
    assert_same(&site.client, &open(NamespaceSource::Fd(home.into())));
}

fn a_new_namespace_is_empty_and_lives_with_its_client(site: &Site) {
    let client = open(NamespaceSource::New);
    site.add("tcp 192.0.2.1:80");
    assert_eq!(client.services().unwrap(), []);
    client
        .add_service(&Service::new(ServiceKey::tcp([192, 0, 2, 2], 80)))
        .unwrap();
    assert_eq!(client.stream_services().unwrap().count(), 1);
    assert_eq!(site.services().len(), 1);
    let home = client.namespace().unwrap();
    assert!(!home.is_current().unwrap());
    assert_same_namespace(&home, &client.namespace().unwrap());
    client.flush().unwrap();
}

#[track_caller]
fn assert_same_namespace(one: &Namespace, other: &Namespace) {
    assert!(one.run(|| other.is_current().unwrap()).unwrap());
}

fn what_is_no_network_namespace_is_refused(_: &Site) {
    let open = |namespace| Client::open(&Options::new().with_namespace(namespace)).unwrap_err();
    for path in ["/proc/self/ns/mnt", "/proc/self/status", "/proc"] {
        let error = open(NamespaceSource::Path(path.into()));
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains(path), "{error}");
        let error = open(NamespaceSource::Fd(File::open(path).unwrap().into()));
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    let error = open(NamespaceSource::Path("/run/netns/nobody".into()));
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::Io, Some(2)),
        "{error}"
    );
}

/// The thread that opens a client goes, or moves on; the client stays.
fn a_client_stays_where_it_was_opened(site: &Site) {
    let client = site.run(|| open(NamespaceSource::Current));
    assert!(!client.namespace().unwrap().is_current().unwrap());
    assert_same(&site.client, &client);
    site.add("tcp 192.0.2.1:80");
    assert_eq!(client.stream_services().unwrap().count(), 1);
    assert_eq!(client.snapshot().unwrap().services.len(), 1);
}

fn a_client_works_wherever_it_is_called_from(site: &Site) {
    let key = site.add("tcp 192.0.2.1:80");
    let elsewhere = Namespace::create().unwrap();
    let calls = || {
        let before = here();
        site.client
            .add_dest(&key, &masquerade("10.0.3.100:80"))
            .unwrap();
        assert_eq!(site.client.stream_services().unwrap().count(), 1);
        assert_eq!(site.client.stream_dests(&key).unwrap().count(), 1);
        assert_eq!(here(), before, "the caller was moved");
        assert_eq!(open(NamespaceSource::Current).services().unwrap(), []);
    };
    elsewhere.run(calls).unwrap();
    assert_eq!(site.dests(&key).len(), 1);
}

fn a_socket_brings_its_namespace_along(site: &Site) {
    let socket = site.namespace.socket().unwrap();
    let client = Client::from_socket(socket.into()).unwrap();
    assert_same(&site.client, &client);
    site.add("tcp 192.0.2.1:80");
    assert_eq!(client.stream_services().unwrap().count(), 1);
    assert_same_namespace(&site.namespace, &client.namespace().unwrap());
}

fn what_is_no_netlink_socket_is_refused(_: &Site) {
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (local, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
    let file = File::open("/proc/self/status").unwrap();
    let strangers: [OwnedFd; 3] = [udp.into(), local.into(), file.into()];
    for fd in strangers {
        let error = Client::from_socket(fd).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains("NETLINK_GENERIC"), "{error}");
    }
}

fn threads_share_a_client(site: &Site) {
    const THREADS: u16 = 8;
    const ROUNDS: u16 = 25;
    site.keep_table_size();
    let client = &site.client;
    let work = |thread: u16| {
        for round in 0..ROUNDS {
            let key = ServiceKey::tcp([192, 0, 2, 1], 1 + thread * ROUNDS + round);
            client.add_service(&Service::new(key)).unwrap();
            client.add_dest(&key, &masquerade("10.0.3.100:80")).unwrap();
            let edit = ServiceEdit::new().with_set_flags(ipvs_core::ServiceFlags::SCHEDULER_1);
            let edited = client.edit_service(&key, &edit).unwrap();
            assert_eq!(client.service(&key).unwrap().service, edited);
            assert!(
                client
                    .services()
                    .unwrap()
                    .iter()
                    .any(|entry| entry.service == edited)
            );
            assert_eq!(client.dests(&key).unwrap().len(), 1);
            if round % 2 == 0 {
                client.remove_service(&key).unwrap();
            }
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || work(thread));
        }
    });
    assert_eq!(site.services().len(), usize::from(THREADS * (ROUNDS / 2)));
}

fn a_fork_is_told_to_open_another(site: &Site) {
    let key = site.add("tcp 192.0.2.1:80");
    let client = &site.client;
    let child = || {
        let errors = [
            client.services().unwrap_err(),
            client.service(&key).unwrap_err(),
            client.remove_service(&key).unwrap_err(),
            client.flush().unwrap_err(),
            client.snapshot().unwrap_err(),
            client.stream_services().unwrap_err(),
            client.stream_dests(&key).unwrap_err(),
            client
                .stop_daemon(ipvs_core::DaemonRole::Master)
                .unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Forked, "{error}");
            assert_eq!(error.applied(), Applied::No, "{error}");
            assert!(error.cure().is_some(), "{error}");
        }
        // One of its own works, on the socket that it takes along too.
        let own = Client::open(&Options::new()).unwrap();
        own.info().unwrap();
        let socket = Socket::open().unwrap();
        Client::from_socket(socket.into()).unwrap().info().unwrap();
        0
    };
    assert_eq!(hostile::in_a_fork(child).unwrap(), 0);
    // The parent's goes on, and nothing the child did has reached it.
    assert_eq!(client.services().unwrap().len(), 1);
}
