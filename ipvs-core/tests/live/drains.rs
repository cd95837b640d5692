//! Real servers that leave without breaking a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use ipvs_core::{
    Change, Client, Dest, Drain, DrainStep, ForwardMethod, Plan, Scheduler, Scope, Service,
    ServiceKey, Sysctl, SysctlValue, Table, TimeoutsEdit,
};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        a_download_through_a_server_that_drains_finishes,
        a_drain_goes_on_after_a_restart,
        udp_flows_are_waited_for,
        a_plan_lets_a_server_leave_when_it_is_empty,
        clients_that_would_come_back_are_waited_for,
        a_weight_that_somebody_sets_ends_a_drain,
        a_deadline_cuts_off_what_is_left,
        what_is_not_there_is_gone
    ]
}

const PATIENCE: Duration = Duration::from_secs(60);

/// A virtual service with two real servers, all on this host.
struct Pair {
    key: ServiceKey,
    servers: [Dest; 2],
}

impl Pair {
    fn new(site: &Site, service: fn(ServiceKey) -> Service, key: &str) -> Self {
        site.sh("for a in 192.0.2.1 10.0.3.100 10.0.3.150; do ip addr add $a dev lo; done");
        let key: ServiceKey = key.parse().unwrap();
        let service = service(key).with_scheduler(Scheduler::RR);
        site.client.add_service(&service).unwrap();
        let server = |host| Dest::new([10, 0, 3, host], 8080, ForwardMethod::MASQUERADE);
        let servers = [server(100), server(150)];
        for server in &servers {
            site.client.add_dest(&key, server).unwrap();
        }
        Pair { key, servers }
    }

    fn listen(&self, site: &Site) -> [TcpListener; 2] {
        let bind = |dest: &Dest| site.run(|| TcpListener::bind(dest.key.to_string()).unwrap());
        [&self.servers[0], &self.servers[1]].map(bind)
    }

    fn connect(&self, site: &Site) -> TcpStream {
        let stream = site.run(|| TcpStream::connect("192.0.2.1:80")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn drain(&self, server: usize) -> Drain {
        Drain::new(self.key, self.servers[server].key)
    }
}

/// Takes steps until it no longer waits.
fn finish(mut drain: Drain, client: &Client) -> DrainStep {
    let until = Instant::now() + PATIENCE;
    loop {
        match drain.step(client).unwrap() {
            DrainStep::Waiting(left) => assert!(Instant::now() < until, "{left:?}"),
            step => return step,
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Has connections of one server each accepted, and tells which one took it.
fn accept(listeners: &[TcpListener; 2]) -> (usize, TcpStream) {
    for listener in listeners {
        listener.set_nonblocking(true).unwrap();
    }
    let until = Instant::now() + PATIENCE;
    loop {
        for (server, listener) in listeners.iter().enumerate() {
            if let Ok((stream, _)) = listener.accept() {
                stream.set_nonblocking(false).unwrap();
                return (server, stream);
            }
        }
        assert!(Instant::now() < until, "nobody was connected to");
        thread::sleep(Duration::from_millis(5));
    }
}

fn a_download_through_a_server_that_drains_finishes(site: &Site) {
    let pair = Pair::new(site, Service::new, "tcp 192.0.2.1:80");
    let listeners = pair.listen(site);
    let mut download = pair.connect(site);
    let (leaving, mut upload) = accept(&listeners);
    let mut drain = pair.drain(leaving);
    let part = [42; 4096];
    // Some of it before, some while it drains.
    upload.write_all(&part).unwrap();
    for _ in 0..5 {
        let step = drain.step(&site.client).unwrap();
        assert!(
            matches!(step, DrainStep::Waiting(left) if left.active == 1),
            "{step:?}"
        );
        let other = pair.connect(site);
        let (server, _) = accept(&listeners);
        assert_ne!(
            server, leaving,
            "a new connection goes to the server that leaves"
        );
        drop(other);
        upload.write_all(&part).unwrap();
    }
    drop(upload);
    let mut received = Vec::new();
    download.read_to_end(&mut received).unwrap();
    assert_eq!(received, [42; 6 * 4096]);
    drop(download);
    let step = finish(drain, &site.client);
    assert!(
        matches!(step, DrainStep::Removed(left) if left.active == 0),
        "{step:?}"
    );
    assert_eq!(site.dests(&pair.key), [pair.servers[1 - leaving]]);
}

fn a_drain_goes_on_after_a_restart(site: &Site) {
    let pair = Pair::new(site, Service::new, "tcp 192.0.2.1:80");
    let listeners = pair.listen(site);
    let client = pair.connect(site);
    let (leaving, server) = accept(&listeners);
    let step = pair.drain(leaving).step(&site.client).unwrap();
    assert!(matches!(step, DrainStep::Waiting(_)), "{step:?}");
    // Another one, which knows nothing of the first.
    let mut drain = pair.drain(leaving);
    let step = drain.step(&site.client).unwrap();
    assert!(
        matches!(step, DrainStep::Waiting(left) if left.active == 1),
        "{step:?}"
    );
    drop((client, server));
    let step = finish(drain, &site.client);
    assert!(matches!(step, DrainStep::Removed(_)), "{step:?}");
}

/// A flow of datagrams, which lasts longer than any test until its last one.
struct Flow {
    client: UdpSocket,
    /// The server that it goes to.
    server: usize,
}

impl Flow {
    fn new(site: &Site, pair: &Pair) -> Self {
        let client = site.run(|| UdpSocket::bind("0.0.0.0:0")).unwrap();
        client.send_to(b"hello", "192.0.2.1:80").unwrap();
        let dests = site.client.dests(&pair.key).unwrap();
        let mut dests = dests.iter();
        let server = dests.position(|dest| dest.inactive_connections == 1);
        let server = server.unwrap();
        Flow { client, server }
    }

    /// Sends the last datagram, a second after which nobody waits for another.
    fn end(self, site: &Site) {
        let brief = TimeoutsEdit::new().with_udp(Duration::from_secs(1));
        site.client.set_timeouts(&brief).unwrap();
        self.client.send_to(b"goodbye", "192.0.2.1:80").unwrap();
    }
}

fn udp_flows_are_waited_for(site: &Site) {
    let pair = Pair::new(site, Service::new, "udp 192.0.2.1:80");
    let flow = Flow::new(site, &pair);
    let mut drain = pair.drain(flow.server);
    for _ in 0..2 {
        let step = drain.step(&site.client).unwrap();
        assert!(
            matches!(step, DrainStep::Waiting(left) if left.inactive == 1),
            "{step:?}"
        );
    }
    flow.end(site);
    let step = finish(drain, &site.client);
    assert!(
        matches!(step, DrainStep::Removed(left) if left.inactive == 0),
        "{step:?}"
    );
}

fn a_plan_lets_a_server_leave_when_it_is_empty(site: &Site) {
    let pair = Pair::new(site, Service::new, "udp 192.0.2.1:80");
    let flow = Flow::new(site, &pair);
    let leaving = flow.server;
    let stays = pair.servers[1 - leaving];
    let service = site.services()[0];
    let wanted = Table::new().with_service(service, vec![stays]);
    let plan = || {
        let snapshot = site.client.snapshot().unwrap();
        Plan::new(&snapshot, &wanted, &Scope::everything()).unwrap()
    };
    let quiesced = pair.servers[leaving].with_weight(0);
    let first = plan();
    let changes: Vec<Change> = first.changes().collect();
    assert_eq!(changes, [Change::UpdateDest(pair.key, quiesced)]);
    site.client.apply(&first).into_result().unwrap();
    // It stays as long as its flow does, and is then taken out.
    let stays_yet = |next: Plan| {
        assert_eq!(next.draining(), [(pair.key, quiesced.key)]);
        assert_eq!(site.dests(&pair.key).len(), 2);
    };
    let next = plan();
    assert!(next.is_empty(), "{next}");
    stays_yet(next);
    flow.end(site);
    let until = Instant::now() + PATIENCE;
    let last = loop {
        let next = plan();
        if !next.is_empty() {
            break next;
        }
        stays_yet(next);
        assert!(Instant::now() < until);
        thread::sleep(Duration::from_millis(100));
    };
    let changes: Vec<Change> = last.changes().collect();
    assert_eq!(changes, [Change::RemoveDest(pair.key, quiesced.key)]);
    site.client.apply(&last).into_result().unwrap();
    assert_eq!(site.dests(&pair.key), [stays]);
}

fn persistent(key: ServiceKey) -> Service {
    Service::new(key).with_persistence(Duration::from_secs(100))
}

fn clients_that_would_come_back_are_waited_for(site: &Site) {
    let pair = Pair::new(site, persistent, "tcp 192.0.2.1:80");
    let listeners = pair.listen(site);
    let client = pair.connect(site);
    let (leaving, server) = accept(&listeners);
    let mut drain = pair.drain(leaving);
    drain.step(&site.client).unwrap();
    drop((client, server));
    let until = Instant::now() + PATIENCE;
    // Its connection is no longer active, and still it is waited for.
    loop {
        let step = drain.step(&site.client).unwrap();
        let DrainStep::Waiting(left) = step else {
            panic!("{step:?}")
        };
        assert_eq!(left.persistent, 1);
        if left.active == 0 {
            break;
        }
        assert!(Instant::now() < until, "{left:?}");
        thread::sleep(Duration::from_millis(20));
    }
    site.client
        .set_sysctl(Sysctl::ExpireQuiescentTemplate, &SysctlValue::Number(1))
        .unwrap();
    let step = finish(drain, &site.client);
    assert!(
        matches!(step, DrainStep::Removed(left) if left.persistent == 1),
        "{step:?}"
    );
}

fn a_weight_that_somebody_sets_ends_a_drain(site: &Site) {
    let pair = Pair::new(site, Service::new, "tcp 192.0.2.1:80");
    let mut drain = pair.drain(0);
    drain.step(&site.client).unwrap();
    let wanted = pair.servers[0].with_weight(5);
    site.client.update_dest(&pair.key, &wanted).unwrap();
    let step = drain.step(&site.client).unwrap();
    assert_eq!(step, DrainStep::Restored { weight: 5 });
    assert_eq!(site.dests(&pair.key)[0], wanted);
    // Taken back, it has the weight that it had.
    let mut drain = pair.drain(0);
    drain.step(&site.client).unwrap();
    assert_eq!(site.dests(&pair.key)[0].weight, 0);
    drain.cancel(&site.client).unwrap();
    assert_eq!(site.dests(&pair.key)[0], wanted);
}

fn a_deadline_cuts_off_what_is_left(site: &Site) {
    let pair = Pair::new(site, Service::new, "tcp 192.0.2.1:80");
    let listeners = pair.listen(site);
    let _client = pair.connect(site);
    let (leaving, _server) = accept(&listeners);
    let mut drain = pair.drain(leaving).with_deadline(SystemTime::now());
    let step = drain.step(&site.client).unwrap();
    assert!(
        matches!(step, DrainStep::Removed(left) if left.active == 1),
        "{step:?}"
    );
}

fn what_is_not_there_is_gone(site: &Site) {
    let pair = Pair::new(site, Service::new, "tcp 192.0.2.1:80");
    let mut drain = pair.drain(0);
    drain.step(&site.client).unwrap();
    site.client
        .remove_dest(&pair.key, &pair.servers[0].key)
        .unwrap();
    assert_eq!(drain.step(&site.client).unwrap(), DrainStep::Gone);
    site.client.flush().unwrap();
    assert_eq!(pair.drain(1).step(&site.client).unwrap(), DrainStep::Gone);
}
