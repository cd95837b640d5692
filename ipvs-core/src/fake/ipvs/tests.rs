//! What the tables remember, and for how long.

use std::time::Duration;

use ipvs_sys::errno::{EADDRINUSE, EINVAL, ENOENT, ESRCH};

use crate::fake::Release;
use crate::fake::machine::Machine;
use crate::fake::netlink::tests::peer::{ACK, Peer, dest, service};
use crate::fake::{Environment, Interface, Kernel};
use crate::wire::request::Request;
use crate::{DaemonRole, Dest, ForwardMethod, Scheduler, Service, ServiceKey, SyncDaemon, Sysctl};

const DONE: Option<Result<(), i32>> = Some(Ok(()));

fn refused(errno: i32) -> Option<Result<(), i32>> {
    Some(Err(errno))
}

/// The ports of services in the order of a list.
fn order(environment: Environment) -> Vec<u16> {
    let mut peer = Peer::new(environment);
    for port in 1..=30 {
        assert_eq!(peer.ask(Request::NewService(&service(port))), DONE);
        let key = ServiceKey::firewall_mark(u32::from(port) + 100, crate::Family::V4);
        let marked = Service::new(key).with_scheduler(Scheduler::RR);
        assert_eq!(peer.ask(Request::NewService(&marked)), DONE);
    }
    peer.ports(Request::GetServices)
}

#[test]
fn services_are_listed_in_an_order_that_nobody_can_rely_on() {
    for release in [Release::V6_12, Release::V7_2] {
        let environment = Environment::new().with_release(release);
        let one = order(environment.clone());
        assert_eq!(one, order(environment.clone()));
        assert_ne!(one, order(environment.with_seed(1)));
        // Up to 7.0 marks come last; since then everything is in one table.
        let marks_last = one[..30].iter().all(|port| *port <= 30);
        assert_eq!(marks_last, release == Release::V6_12);
        let mut sorted = one.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq((1..=30).chain(101..=130)));
        assert_ne!(one, sorted);
    }
}

#[test]
fn a_table_grows_shrinks_and_goes() {
    let mut peer = Peer::of(Release::V7_2);
    let buckets = |peer: &Peer| {
        peer.machine
            .ipvs(Machine::INITIAL)
            .unwrap()
            .services
            .buckets()
    };
    let grown = |port| match port {
        1..=2 => 16,
        3..=4 => 32,
        5..=8 => 64,
        9..=16 => 128,
        17..=32 => 256,
        33..=64 => 512,
        _ => 1024,
    };
    assert_eq!(buckets(&peer), 0);
    for port in 1..70 {
        assert_eq!(peer.ask(Request::NewService(&service(port))), DONE);
        assert_eq!(buckets(&peer), grown(port), "{port}");
    }
    let shrunk = |left| match left {
        9.. => 1024,
        2..=8 => 128,
        1 => 16,
        0 => 0,
    };
    for port in 1..70 {
        assert_eq!(peer.ask(Request::DelService(&service(port).key)), DONE);
        assert_eq!(buckets(&peer), shrunk(69 - port), "{port}");
    }
}

/// How many dests are in the trash.
fn trash(peer: &Peer) -> usize {
    peer.machine.ipvs(Machine::INITIAL).unwrap().trash.len()
}

#[test]
fn a_removed_dest_is_thrown_away_after_two_to_four_minutes() {
    let mut peer = Peer::of(Release::V6_1);
    let web = service(80);
    assert_eq!(peer.ask(Request::NewService(&web)), DONE);
    assert_eq!(peer.ask(Request::NewDest(&web.key, &dest(1))), DONE);
    assert_eq!(peer.ask(Request::DelDest(&web.key, &dest(1).key)), DONE);
    // Somebody looks each minute: the first look begins the two minutes.
    peer.machine.advance(Duration::from_secs(179));
    assert_eq!(trash(&peer), 1);
    peer.machine.advance(Duration::from_secs(1));
    assert_eq!(trash(&peer), 0);
}

#[test]
fn a_removed_dest_with_connections_stays_for_ever() {
    let mut peer = Peer::of(Release::V7_2);
    let web = service(80);
    assert_eq!(peer.ask(Request::NewService(&web)), DONE);
    assert_eq!(peer.ask(Request::NewDest(&web.key, &dest(1))), DONE);
    let ipvs = peer.machine.ipvs_mut(Machine::INITIAL).unwrap();
    ipvs.services
        .iter_mut()
        .for_each(|service| service.dests[0].active = 1);
    assert_eq!(peer.ask(Request::Flush), DONE);
    peer.machine.advance(Duration::from_secs(1 << 40));
    assert_eq!(trash(&peer), 1);
    // It comes back with them.
    assert_eq!(peer.ask(Request::NewService(&web)), DONE);
    assert_eq!(
        peer.ask(Request::NewDest(&web.key, &dest(1).with_weight(7))),
        DONE
    );
    assert_eq!(trash(&peer), 0);
    let ipvs = peer.machine.ipvs(Machine::INITIAL).unwrap();
    let back = &ipvs.services.iter().next().unwrap().dests[0];
    assert_eq!((back.active, back.settings.weight), (1, 7));
}

#[test]
fn a_dest_that_comes_back_goes_on_counting_unless_its_service_is_a_new_one() {
    let mut peer = Peer::of(Release::V7_2);
    let web = service(80);
    assert_eq!(peer.ask(Request::NewService(&web)), DONE);
    assert_eq!(peer.ask(Request::NewDest(&web.key, &dest(1))), DONE);
    let stats = crate::Stats {
        connections: 5,
        ..crate::Stats::default()
    };
    let ipvs = peer.machine.ipvs_mut(Machine::INITIAL).unwrap();
    let counted = ipvs.services.iter_mut().next().unwrap();
    counted.dests[0].counters.set(&stats);
    let connections = |peer: &Peer| {
        let ipvs = peer.machine.ipvs(Machine::INITIAL).unwrap();
        let service = ipvs.services.iter().next().unwrap();
        service.dests[0].counters.totals()[0]
    };
    assert_eq!(peer.ask(Request::DelDest(&web.key, &dest(1).key)), DONE);
    assert_eq!(peer.ask(Request::NewDest(&web.key, &dest(1))), DONE);
    assert_eq!(connections(&peer), 5);
    assert_eq!(peer.ask(Request::DelService(&web.key)), DONE);
    assert_eq!(peer.ask(Request::NewService(&web)), DONE);
    assert_eq!(peer.ask(Request::NewDest(&web.key, &dest(1))), DONE);
    assert_eq!(connections(&peer), 0);
}

#[test]
fn an_ipv4_address_is_what_the_interfaces_make_of_it() {
    let home = Interface::new("eth0").with_address([10, 0, 9, 1], 24);
    let add = |release, interface: Interface, address: [u8; 4]| {
        let mut peer = Peer::of(release);
        let network = peer.machine.network_mut(Machine::INITIAL).unwrap();
        network.set(interface);
        let web = service(80);
        assert_eq!(peer.ask(Request::NewService(&web)), DONE);
        let dest = Dest::new(address, 80, ForwardMethod::MASQUERADE);
        peer.ask(Request::NewDest(&web.key, &dest))
    };
    let cases = [
        ([10, 0, 9, 1], DONE, DONE),
        ([10, 0, 9, 255], refused(EINVAL), refused(EINVAL)),
        ([10, 0, 9, 0], refused(EINVAL), DONE),
        ([127, 0, 0, 0], refused(EINVAL), DONE),
        ([127, 9, 9, 9], DONE, DONE),
        ([127, 255, 255, 255], refused(EINVAL), refused(EINVAL)),
    ];
    for (address, old, new) in cases {
        assert_eq!(
            add(Release::V5_10, home.clone(), address),
            old,
            "{address:?}"
        );
        assert_eq!(
            add(Release::V7_2, home.clone(), address),
            new,
            "{address:?}"
        );
    }
    let down = home.clone().down();
    assert_eq!(add(Release::V7_2, down, [10, 0, 9, 255]), DONE);
    let alone = Interface::new("eth0").with_address([10, 0, 9, 2], 31);
    assert_eq!(add(Release::V7_2, alone, [10, 0, 9, 3]), DONE);
}

#[test]
fn a_daemon_that_is_stopped_before_it_ran_is_gone_without_an_answer() {
    let daemon = SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap());
    for (processors, answer) in [(1, None), (2, DONE)] {
        let mut peer = Peer::new(Environment::new().with_processors(processors));
        let start = peer.request(Request::NewDaemon(&daemon), ACK);
        peer.send(&start);
        // Reading an answer that is there keeps the processor.
        assert!(peer.receive(4096).is_some());
        let stop = peer.request(Request::DelDaemon(DaemonRole::Backup), ACK);
        peer.send(&stop);
        assert_eq!(peer.receive(4096).is_some(), answer.is_some());
        assert_eq!(
            peer.ask(Request::DelDaemon(DaemonRole::Backup)),
            refused(ESRCH)
        );
        // Waiting for an answer that is not there yet lets the thread run.
        assert_eq!(peer.ask(Request::NewDaemon(&daemon)), DONE);
        assert_eq!(peer.ask(Request::DelDaemon(DaemonRole::Backup)), DONE);
    }
}

#[test]
fn a_name_loads_its_module_whatever_is_in_it() {
    let mut peer = Peer::of(Release::V6_1);
    for (name, module) in [
        ("ftp", "ip_vs_ftp"),
        ("pe-sip", "ip_vs_pe_sip"),
        ("nosuch", "ip_vs_nosuch"),
        ("wrr", "ip_vs_wrr"),
    ] {
        assert!(!peer.machine.has_module(module));
        let web = service(80).with_scheduler(name.parse().unwrap());
        let expected = if name == "wrr" { DONE } else { refused(ENOENT) };
        assert_eq!(peer.ask(Request::NewService(&web)), expected, "{name}");
        assert_eq!(peer.machine.has_module(module), name != "nosuch");
    }
}

#[test]
fn what_is_in_use_cannot_be_unloaded_and_the_family_gets_another_number() {
    let mut peer = Peer::of(Release::V7_2);
    let first = peer.machine.family.unwrap();
    let web = service(80);
    assert_eq!(peer.ask(Request::NewService(&web)), DONE);
    assert!(peer.machine.unload_module("ip_vs_rr").is_err());
    assert!(peer.machine.unload_module("ip_vs").is_err());
    let wlc = web.with_scheduler(Scheduler::WLC);
    assert_eq!(peer.ask(Request::SetService(&wlc)), DONE);
    assert_eq!(peer.machine.unload_module("ip_vs_rr"), Ok(()));
    assert_eq!(peer.machine.unload_module("ip_vs_rr"), Err(ENOENT));
    assert_eq!(peer.ask(Request::Flush), DONE);
    assert!(peer.machine.unload_module("ip_vs").is_err());
    assert_eq!(peer.machine.unload_module("ip_vs_wlc"), Ok(()));
    assert_eq!(peer.machine.unload_module("ip_vs"), Ok(()));
    assert_eq!(peer.machine.family, None);
    assert!(peer.machine.load_module("ip_vs"));
    assert_eq!(peer.machine.family, Some(first + 1));
}

#[test]
fn a_backup_listens_on_as_many_ports_as_the_sysctl_says() {
    let kernel = Kernel::new();
    let client = kernel.client().unwrap();
    kernel.initial().take_port(8850);
    let backup = SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap());
    client.start_daemon(&backup).unwrap();
    client.set_sysctl(Sysctl::SyncPorts, &4.into()).unwrap();
    // What runs keeps its number, and so does another beside it.
    client
        .start_daemon(&SyncDaemon::new(DaemonRole::Master, backup.interface))
        .unwrap();
    client.stop_daemon(DaemonRole::Backup).unwrap();
    client.start_daemon(&backup).unwrap();
    client.stop_daemon(DaemonRole::Backup).unwrap();
    client.stop_daemon(DaemonRole::Master).unwrap();
    let error = client.start_daemon(&backup).unwrap_err();
    assert_eq!(error.errno(), Some(EADDRINUSE), "{error}");
    client.start_daemon(&backup.with_port(8851)).unwrap();
}

#[test]
fn only_what_needs_the_table_of_connections_makes_it() {
    let backup = SyncDaemon::new(DaemonRole::Backup, "nosuch".parse().unwrap());
    let master = SyncDaemon::new(DaemonRole::Master, "lo".parse().unwrap());
    let unscheduled = service(80).with_scheduler("nosuch".parse().unwrap());
    let cases = [
        (Request::NewDaemon(&master), 0),
        (Request::NewService(&unscheduled), 0),
        // Even a daemon that is refused.
        (Request::NewDaemon(&backup), 256),
    ];
    for (request, expected) in cases {
        let mut peer = Peer::of(Release::V7_2);
        peer.ask(request);
        let ipvs = peer.machine.ipvs(Machine::INITIAL).unwrap();
        assert_eq!(ipvs.connection_buckets, expected, "{request:?}");
    }
}
