//! Every operation of the client, with what it is called with.

use std::fmt::Debug;
use std::net::UdpSocket;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::time::{Duration, SystemTime};

use ipvs_core::procfs::Connection;
use ipvs_core::{
    Apply, Batch, Change, Client, DaemonRole, Dest, DestEdit, DestEntry, DestKey, Drain, Family,
    ForwardMethod, NamespaceSource, Object, Op, Options, Plan, Report, Scheduler, Scope, Service,
    ServiceEdit, ServiceEntry, ServiceKey, SyncDaemon, Sysctl, Table, TimeoutsEdit,
};

use super::stage::{Answer, Call, Operation, Outcome, Part, Setting, one, opened};
use crate::site::Site;
use crate::traffic::until;

fn web() -> ServiceKey {
    ServiceKey::tcp([192, 0, 2, 1], 80)
}

fn dns() -> ServiceKey {
    ServiceKey::udp([192, 0, 2, 1], 53)
}

fn mark() -> ServiceKey {
    ServiceKey::firewall_mark(7, Family::V4)
}

/// A service that is not there.
fn nobody() -> ServiceKey {
    ServiceKey::tcp([192, 0, 2, 9], 80)
}

fn server(host: u8, weight: u32) -> Dest {
    Dest::new([10, 0, 3, host], 8080, ForwardMethod::MASQUERADE).with_weight(weight)
}

fn backup() -> SyncDaemon {
    SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap()).with_sync_id(1)
}

/// What each of them begins with.
pub fn base() -> Table {
    let service = |key| Service::new(key).with_scheduler(Scheduler::RR);
    Table::new()
        .with_service(service(web()), vec![server(100, 3), server(150, 0)])
        .with_service(service(dns()), vec![server(100, 1)])
        .with_service(service(mark()), vec![])
}

/// What the files tell of: a connection, which outlives the tests, and the addresses that it
/// takes.
pub fn connect(site: &Site) {
    site.sh("for a in 192.0.2.1 10.0.3.100; do ip addr replace $a dev lo; done");
    let batch: Batch = base().changes().collect();
    site.client.batch(&batch).into_result().unwrap();
    send(site);
}

fn send(site: &Site) {
    let socket = site.run(|| UdpSocket::bind("192.0.2.1:5353")).unwrap();
    socket.send_to(b"a datagram", "192.0.2.1:53").unwrap();
}

/// Every one of them, each method of [`Client`] at least once.
pub fn operations(site: &Site) -> Vec<Operation> {
    let reading = [opening(), reading(), files()].into_iter().flatten();
    let writing = [writing(), counting(), many(site), drains()];
    reading
        .map(Operation::changing_nothing)
        .chain(writing.into_iter().flatten())
        .collect()
}

fn opening() -> Vec<Operation> {
    vec![
        opening_in(|_| NamespaceSource::Current)
            .by("here")
            .following_the_caller(),
        opening_in(|site| {
            // The descriptor stays open, and so the path leads to its namespace.
            let path = format!("/proc/self/fd/{}", site.namespace.as_fd().as_raw_fd());
            NamespaceSource::Path(path.into())
        })
        .by("by path"),
        opening_in(|site| NamespaceSource::Fd(site.namespace.try_clone().unwrap().into()))
            .by("by descriptor"),
        opening_in(|_| NamespaceSource::New).by("a new one"),
        Operation::readied("from_socket", |setting| {
            let socket = setting.site.namespace.socket().unwrap();
            Box::new(|_| opened(Client::from_socket(socket.into())))
        })
        .telling(Op::Open),
        Operation::new(Op::Namespace, |client| one(client.namespace().map(|_| ()))),
    ]
}

fn opening_in(namespace: fn(&Site) -> NamespaceSource) -> Operation {
    let ready = move |setting: &Setting<'_>| -> Call {
        let options = Options::new().with_namespace(namespace(setting.site));
        let options = options.with_deadline(setting.silence);
        Box::new(move |_| opened(Client::open(&options)))
    };
    Operation::readied("open", ready).telling(Op::Open)
}

fn reading() -> Vec<Operation> {
    vec![
        Operation::new(Op::Services, |client| one(client.services().map(services))),
        Operation::new(Op::Service, |client| {
            one(client.service(&web()).map(|entry| entry.service))
        }),
        Operation::new(Op::Service, |client| one(client.service(&nobody()))).by("unknown"),
        Operation::new(Op::Services, |client| {
            let stream = client.stream_services();
            one(stream.and_then(Iterator::collect).map(services))
        })
        .of("stream_services"),
        Operation::new(Op::Dests, |client| one(client.dests(&web()).map(dests))),
        Operation::new(Op::Dests, |client| one(client.dests(&mark()).map(dests))).by("of none"),
        Operation::new(Op::Dest, |client| {
            let entry = client.dest(&web(), &server(100, 3).key);
            one(entry.map(|entry| entry.dest))
        }),
        Operation::new(Op::Dests, |client| {
            let stream = client.stream_dests(&web());
            one(stream.and_then(Iterator::collect).map(dests))
        })
        .of("stream_dests"),
        Operation::new(Op::Daemons, |client| one(client.daemons()))
            .beginning_with(|site| site.client.start_daemon(&backup()).unwrap()),
        Operation::new(Op::Timeouts, |client| one(client.timeouts())),
        Operation::new(Op::Info, |client| one(client.info())),
        Operation::new(Op::List, |client| one(client.list().map(|all| all.table()))),
        Operation::new(Op::List, |client| {
            let plan = client.plan(&wanted(), &Scope::nothing().with_every_service());
            one(plan.map(|plan| plan.changes().collect::<Vec<_>>()))
        })
        .of("plan"),
        Operation::new(Op::Snapshot, |client| {
            one(client.snapshot().map(|all| all.table()))
        }),
    ]
}

/// Without the counters, which change by themselves, and in the order of keys.
fn services(entries: Vec<ServiceEntry>) -> Vec<Service> {
    let mut services: Vec<_> = entries.iter().map(|entry| entry.service).collect();
    services.sort_unstable_by_key(|service| service.key);
    services
}

fn dests(entries: Vec<DestEntry>) -> Vec<Dest> {
    let mut dests: Vec<_> = entries.iter().map(|entry| entry.dest).collect();
    dests.sort_unstable_by_key(|dest| dest.key);
    dests
}

fn files() -> Vec<Operation> {
    vec![
        Operation::new(Op::Connections, |client| {
            let rows = client.connections();
            one(rows.and_then(Iterator::collect).map(without_time))
        }),
        Operation::new(Op::SyncedConnections, |client| {
            let rows = client.synced_connections();
            one(rows.and_then(Iterator::collect).map(without_time))
        }),
        Operation::new(Op::Applications, |client| {
            let rows = client.applications();
            one(rows.and_then(Iterator::collect::<Result<Vec<_>, _>>))
        }),
        Operation::new(Op::TotalStats, |client| {
            one(client.total_stats().map(|stats| stats.width))
        }),
        Operation::new(Op::CpuStats, |client| {
            // Which of them counts a connection is chance.
            one(client.cpu_stats().map(|stats| stats.cpus.len()))
        }),
        Operation::new(Op::Status, |client| {
            one(client.status().map(|status| status.services))
        }),
        Operation::new(Op::KernelTable, |client| {
            let table = client.kernel_table();
            one(table.map(|table| table.services.len()))
        }),
        Operation::new(Op::Sysctl, |client| {
            one(client.sysctl(Sysctl::ExpireNodestConn))
        }),
    ]
}

fn without_time(rows: Vec<Connection>) -> Vec<String> {
    let ends = |row: &Connection| format!("{} {} {}", row.client, row.service, row.dest);
    rows.iter().map(ends).collect()
}

fn writing() -> Vec<Operation> {
    vec![
        Operation::new(Op::SetSysctl, |client| {
            one(client.set_sysctl(Sysctl::ExpireNodestConn, &1.into()))
        })
        .beginning_with(|site| {
            let unset = site.client.set_sysctl(Sysctl::ExpireNodestConn, &0.into());
            unset.unwrap();
        })
        .changing(|client| vec![text(client.sysctl(Sysctl::ExpireNodestConn))]),
        Operation::new(Op::AddService, |client| {
            one(client.add_service(&Service::new(nobody()).with_scheduler(Scheduler::RR)))
        }),
        Operation::new(Op::AddService, |client| {
            one(client.add_service(&Service::new(web())))
        })
        .by("again"),
        Operation::new(Op::AddService, |client| {
            let unknown = "unknown".parse().unwrap();
            one(client.add_service(&Service::new(nobody()).with_scheduler(unknown)))
        })
        .by("of an unknown scheduler"),
        Operation::new(Op::UpdateService, |client| {
            let persistent = Service::new(web()).with_persistence(Duration::from_secs(60));
            one(client.update_service(&persistent.with_scheduler(Scheduler::RR)))
        }),
        Operation::new(Op::EditService, |client| {
            let edit = ServiceEdit::new().with_persistence_timeout(Duration::from_secs(60));
            one(client.edit_service(&web(), &edit))
        }),
        Operation::new(Op::RemoveService, |client| {
            one(client.remove_service(&web()))
        }),
        Operation::new(Op::AddDest, |client| {
            one(client.add_dest(&mark(), &server(100, 1)))
        }),
        Operation::new(Op::UpdateDest, |client| {
            one(client.update_dest(&web(), &server(100, 9)))
        }),
        Operation::new(Op::EditDest, |client| {
            let edit = DestEdit::new().with_weight(9);
            one(client.edit_dest(&web(), &server(100, 3).key, &edit))
        }),
        Operation::new(Op::RemoveDest, |client| {
            one(client.remove_dest(&web(), &server(100, 3).key))
        }),
        Operation::new(
            Op::StartDaemon,
            |client| one(client.start_daemon(&backup())),
        ),
        Operation::new(Op::StopDaemon, |client| {
            one(client.stop_daemon(DaemonRole::Backup))
        })
        .by("that runs not"),
        Operation::readied("stop_daemon", |Setting { site, .. }| {
            // One that may not have begun to run: the kernel forgets to answer for it.
            let _ = site.client.stop_daemon(DaemonRole::Backup);
            site.client.start_daemon(&backup()).unwrap();
            Box::new(|client| one(client.stop_daemon(DaemonRole::Backup)))
        })
        .telling(Op::StopDaemon)
        .beginning_with(|site| site.client.start_daemon(&backup()).unwrap()),
        Operation::new(Op::SetTimeouts, |client| {
            let edit = TimeoutsEdit::new().with_udp(Duration::from_secs(77));
            one(client.set_timeouts(&edit))
        }),
        Operation::new(Op::Flush, |client| one(client.flush())),
        Operation::new(Op::AddDest, |client| {
            one(client.change(&Change::AddDest(mark(), server(100, 1))))
        })
        .of("change"),
    ]
}

fn counting() -> Vec<Operation> {
    let zero = Operation::new(Op::Zero, |client| one(client.zero()));
    let service = Operation::new(Op::ZeroService, |client| one(client.zero_service(&dns())));
    [zero, service]
        .map(|zero| zero.beginning_with(count).changing(counted).slow())
        .into()
}

fn incoming(client: &Client) -> u64 {
    client.service(&dns()).unwrap().stats.incoming_packets
}

/// Has a packet counted, which the kernel takes some seconds for.
fn count(site: &Site) {
    send(site);
    until("a packet is counted", || {
        (incoming(&site.client) > 0).then_some(())
    });
}

/// Whether anything is counted.
fn counted(client: &Client) -> Vec<Part> {
    vec![text(incoming(client) > 0)]
}

fn many(site: &Site) -> Vec<Operation> {
    let changes = [
        Change::AddService(Service::new(nobody()).with_scheduler(Scheduler::RR)),
        Change::AddDest(mark(), server(100, 1)),
        Change::UpdateDest(web(), server(150, 9)),
        Change::RemoveDest(web(), server(100, 3).key),
        Change::RemoveService(dns()),
        Change::SetTimeouts(TimeoutsEdit::new().with_udp(Duration::from_secs(77))),
    ];
    // The last of them is there yet.
    let again = Change::AddService(base().services[2].service);
    let batch: Vec<Change> = changes.into_iter().chain([again]).collect();
    let plan = plan(site);
    let planned: Vec<Change> = plan.changes().collect();
    let sent: Batch = batch.iter().copied().collect();
    let stepped = plan.clone();
    vec![
        Operation::readied("batch", move |_| {
            let sent = sent.clone();
            Box::new(move |client| report(client.batch(&sent)))
        })
        .changing(move |client| parts(client, &batch))
        .beginning_anew(),
        Operation::readied("apply", move |_| {
            let plan = plan.clone();
            Box::new(move |client| report(client.apply(&plan)))
        })
        .changing({
            let planned = planned.clone();
            move |client| parts(client, &planned)
        }),
        Operation::readied("Apply::step", move |_| {
            let mut apply = Apply::new(&stepped);
            Box::new(move |client| {
                while apply.step(client) {}
                report(apply.into_report())
            })
        })
        .changing(move |client| parts(client, &planned)),
    ]
}

/// What leads from the base to another table.
fn plan(site: &Site) -> Plan {
    let snapshot = site.client.snapshot().unwrap();
    let scope = Scope::nothing().with_every_service();
    Plan::new(&snapshot, &wanted(), &scope).unwrap()
}

fn wanted() -> Table {
    let added = Service::new(nobody()).with_scheduler(Scheduler::RR);
    let [web, dns, _] = <[_; 3]>::try_from(base().services).unwrap();
    Table::new()
        .with_service(web.service, vec![server(100, 9), server(151, 1)])
        .with_service(dns.service, dns.dests)
        .with_service(added, vec![server(100, 1)])
}

fn report(report: Report) -> Outcome {
    let results = report.results().iter().cloned();
    results
        .map(|result| result.map(|()| Answer::Text(String::new())))
        .collect()
}

/// What each change is about, as it is now.
fn parts(client: &Client, changes: &[Change]) -> Vec<Part> {
    let table = client.list().unwrap().table();
    let service = |key: ServiceKey| {
        let mut services = table.services.iter();
        services.find(|held| held.service.key == key)
    };
    let dest = |key, dest: DestKey| {
        let mut dests = service(key).into_iter().flat_map(|held| &held.dests);
        dests.find(|held| held.key == dest)
    };
    let part = |change: &Change| match change.object() {
        Some(Object::Service(key)) => text(service(key).map(|held| held.service)),
        Some(Object::Dest(key, server)) => text(dest(key, server)),
        _ => text(table.timeouts),
    };
    changes.iter().map(part).collect()
}

fn text(value: impl Debug) -> Part {
    Part::Text(format!("{value:?}"))
}

fn drains() -> Vec<Operation> {
    let quiesced = server(150, 0).key;
    vec![
        Operation::readied("Drain::step", |_| {
            let mut drain = Drain::new(web(), server(100, 3).key);
            Box::new(move |client| one(drain.step(client)))
        })
        .by("that quiesces"),
        Operation::readied("Drain::step", move |_| {
            let mut drain = Drain::new(web(), quiesced).with_deadline(SystemTime::UNIX_EPOCH);
            Box::new(move |client| one(drain.step(client)))
        })
        .by("that removes"),
        Operation::readied("Drain::cancel", |Setting { client, .. }| {
            let mut drain = Drain::new(web(), server(100, 3).key);
            drain.step(client).unwrap();
            Box::new(move |client| one(drain.cancel(client)))
        }),
    ]
}
