//! What the kernel counts, made to count by real packets.
//!
//! Client, director and server share one namespace: what is sent to the
//! virtual address is balanced on its way out.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::{Attrs, Builder, build};
use ipvs_core::wire::reply;
use ipvs_core::wire::request::Request;
use ipvs_core::{
    Dest, DestEdit, ForwardMethod, Protocol, Rates, Scheduler, Service, ServiceKey, Stats,
    StatsWidth,
};

use ipvs_sys::uapi::{IPVS_DEST_ATTR_STATS64, IPVS_SVC_ATTR_STATS64};

use crate::harness::{Test, tests};
use crate::site::{Site, address};

pub fn tests() -> Vec<Test> {
    tests![
        packets_bytes_and_rates_are_counted,
        the_32_bit_counters_are_the_same,
        zeroing_sets_the_counters_back,
        connections_are_counted_by_their_state,
        a_dest_of_weight_zero_gets_no_new_connection,
        a_returning_dest_finds_its_connections
    ]
}

/// Longer than any sample of the kernel's takes.
pub const PATIENCE: Duration = Duration::from_secs(60);
const PAYLOAD: [u8; 100] = [7; 100];

/// A virtual service with one real server, both on this host.
struct Balanced {
    key: ServiceKey,
    dest: Dest,
    virtual_address: SocketAddr,
    real_address: SocketAddr,
}

impl Balanced {
    fn new(site: &Site, protocol: Protocol, port: u16, [vip, rip]: [IpAddr; 2]) -> Self {
        site.sh(&format!(
            "for a in {vip} {rip}; do ip addr replace $a dev lo nodad; done"
        ));
        let key = ServiceKey::address(protocol, vip, port);
        let dest = Dest::new(rip, 8000 + port, ForwardMethod::MASQUERADE);
        let service = Service::new(key).with_scheduler(Scheduler::RR);
        site.client.add_service(&service).unwrap();
        site.client.add_dest(&key, &dest).unwrap();
        let (virtual_address, real_address) = (
            SocketAddr::new(vip, port),
            SocketAddr::new(rip, 8000 + port),
        );
        Balanced {
            key,
            dest,
            virtual_address,
            real_address,
        }
    }

    /// The counters of the service, which are its only dest's too.
    fn stats(&self, site: &Site) -> Stats {
        let service = site.client.service(&self.key).unwrap().stats;
        let dest = site.only_dest(&self.key).stats;
        // The kernel takes the two samples one after the other.
        if service.incoming_packets == dest.incoming_packets {
            service
        } else {
            Stats::default()
        }
    }
}

fn four() -> [IpAddr; 2] {
    ["192.0.2.1", "10.0.3.100"].map(address)
}

fn six() -> [IpAddr; 2] {
    ["2001:db8::1", "2001:db8:3::100"].map(address)
}

/// An echo server and the clients that it has had.
struct Echo<'s> {
    site: &'s Site,
    service: Balanced,
    server: UdpSocket,
    clients: Vec<UdpSocket>,
}

impl<'s> Echo<'s> {
    fn new(site: &'s Site, port: u16, addresses: [IpAddr; 2]) -> Self {
        let service = Balanced::new(site, Protocol::UDP, port, addresses);
        let server = site.run(|| UdpSocket::bind(service.real_address)).unwrap();
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        Echo {
            site,
            service,
            server,
            clients: Vec::new(),
        }
    }

    /// A new client sends a datagram and gets it back.
    fn exchange(&mut self) {
        let any = match self.service.virtual_address {
            SocketAddr::V4(_) => "0.0.0.0:0",
            SocketAddr::V6(_) => "[::]:0",
        };
        let client = self.site.run(|| UdpSocket::bind(any)).unwrap();
        client.connect(self.service.virtual_address).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client.send(&PAYLOAD).unwrap();
        let mut buffer = [0; 200];
        let (length, peer) = self.server.recv_from(&mut buffer).unwrap();
        self.server.send_to(&buffer[..length], peer).unwrap();
        assert_eq!(client.recv(&mut buffer).unwrap(), PAYLOAD.len());
        // Kept, so that each client has a port of its own and so a connection.
        self.clients.push(client);
    }

    /// What the kernel should have counted for so many exchanges.
    fn expected(&self, exchanges: u64) -> Stats {
        let headers = if self.service.virtual_address.is_ipv4() {
            28
        } else {
            48
        };
        let bytes = exchanges * (headers + 100);
        let mut stats = Stats::default();
        stats.connections = exchanges;
        (stats.incoming_packets, stats.outgoing_packets) = (exchanges, exchanges);
        (stats.incoming_bytes, stats.outgoing_bytes) = (bytes, bytes);
        stats
    }

    /// Waits for a sample that holds so many exchanges.
    fn await_exchanges(&self, exchanges: u64) -> Stats {
        until("every packet is counted", || {
            let stats = self.service.stats(self.site);
            let mut counters = stats;
            counters.rates = Rates::default();
            (counters == self.expected(exchanges)).then_some(stats)
        })
    }
}

/// Tries again until there is something, which must be soon.
pub fn until<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn packets_bytes_and_rates_are_counted(site: &Site) {
    let mut echoes = [Echo::new(site, 53, four()), Echo::new(site, 53, six())];
    let mut sent = 0;
    until("every rate is above zero", || {
        echoes.iter_mut().for_each(Echo::exchange);
        sent += 1;
        let count = |stats: Stats| {
            let r = stats.rates;
            [
                r.connections,
                r.incoming_packets,
                r.outgoing_packets,
                r.incoming_bytes,
                r.outgoing_bytes,
            ]
        };
        let rates = echoes
            .iter()
            .flat_map(|echo| count(echo.service.stats(site)));
        rates.into_iter().all(|rate| rate > 0).then_some(())
    });
    for echo in &echoes {
        let stats = echo.await_exchanges(sent);
        assert_eq!(stats.width, StatsWidth::Bits64);
        let snapshot = site.client.snapshot().unwrap();
        let seen = snapshot.service(&echo.service.key).unwrap();
        assert_eq!(seen.entry.stats.incoming_bytes, stats.incoming_bytes);
        assert_eq!(seen.dests[0].stats.outgoing_bytes, stats.outgoing_bytes);
    }
}

/// Every kernel of the table sends the 32-bit nest too; without the other one
/// beside it, as an older kernel would send it, it says the same.
fn the_32_bit_counters_are_the_same(site: &Site) {
    let mut echo = Echo::new(site, 53, four());
    echo.exchange();
    echo.exchange();
    echo.await_exchanges(2);

    let (mut raw, key) = (site.raw(), echo.service.key);
    let mut listed = |request: Request<'_>| {
        let write = |attrs: &mut Builder<'_>| request.write(attrs).unwrap();
        let answers = raw.ask(request.command(), request.expect(), write).unwrap();
        answers.into_iter().next().unwrap()
    };
    let service = listed(Request::GetServices);
    let narrow = reply::service(&without(IPVS_SVC_ATTR_STATS64, &service)).unwrap();
    same_but_narrow(reply::service(&service).unwrap().stats, narrow.stats);

    let (dest, family) = (listed(Request::GetDests(&key)), key.family());
    let narrow = reply::dest(&without(IPVS_DEST_ATTR_STATS64, &dest), family).unwrap();
    same_but_narrow(reply::dest(&dest, family).unwrap().stats, narrow.stats);
}

fn same_but_narrow(wide: Stats, narrow: Stats) {
    assert_eq!((wide.connections, wide.incoming_packets), (2, 2));
    assert_eq!(wide.width, StatsWidth::Bits64);
    let mut expected = wide;
    expected.width = StatsWidth::Bits32;
    assert_eq!(narrow, expected);
}

/// The attributes of an answer, whose nest lacks those of a kind.
fn without(kind: u16, answer: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = build::<WireError>(&mut bytes, |attrs| {
        for nest in Attrs::new(answer) {
            let nest = nest?;
            attrs.nest(nest.kind, |attrs| {
                let inner = nest.nested().map(Result::unwrap);
                inner
                    .filter(|attr| attr.kind != kind)
                    .for_each(|attr| attrs.bytes(attr.kind, attr.payload));
            });
        }
        Ok(())
    });
    written.unwrap();
    assert!(bytes.len() < answer.len(), "attribute {kind} was there");
    bytes
}

fn zeroing_sets_the_counters_back(site: &Site) {
    let [mut one, mut two] = [53, 54].map(|port| Echo::new(site, port, four()));
    for _ in 0..5 {
        one.exchange();
        two.exchange();
    }
    one.await_exchanges(5);
    two.await_exchanges(5);

    let assert_zero = |echo: &Echo<'_>| {
        let key = &echo.service.key;
        assert_eq!(site.client.service(key).unwrap().stats, Stats::default());
        assert_eq!(site.only_dest(key).stats, Stats::default());
    };
    site.client.zero_service(&one.service.key).unwrap();
    assert_zero(&one);
    two.await_exchanges(5);
    // The connections stay, and the counting begins anew.
    assert_eq!(site.only_dest(&one.service.key).inactive_connections, 5);
    one.exchange();
    one.await_exchanges(1);

    site.client.zero().unwrap();
    assert_zero(&one);
    assert_zero(&two);
}

fn connections_are_counted_by_their_state(site: &Site) {
    let web = Balanced::new(site, Protocol::TCP, 80, four());
    let persistent = Service::new(web.key).with_persistence(Duration::from_secs(600));
    site.client.update_service(&persistent).unwrap();
    let counted = || {
        let entry = site.only_dest(&web.key);
        [
            entry.active_connections,
            entry.inactive_connections,
            entry.persistent_connections,
        ]
    };
    assert_eq!(counted(), [0, 0, 0]);

    let listener = site.run(|| TcpListener::bind(web.real_address)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let connect = || {
        let client = site
            .run(|| TcpStream::connect(web.virtual_address))
            .unwrap();
        let (server, _) = until("the connection arrives", || listener.accept().ok());
        server.set_nonblocking(false).unwrap();
        (client, server)
    };
    let (mut client, mut server) = connect();
    client.write_all(&PAYLOAD).unwrap();
    let mut buffer = PAYLOAD;
    server.read_exact(&mut buffer).unwrap();
    assert_eq!(counted(), [1, 0, 1]);
    let other = connect();
    assert_eq!(counted(), [2, 0, 1]);
    drop((client, server));
    until("the closed connection is inactive", || {
        (counted() == [1, 1, 1]).then_some(())
    });
    drop(other);
    until("both are inactive", || {
        (counted() == [0, 2, 1]).then_some(())
    });
    let connections = || site.client.service(&web.key).unwrap().stats.connections;
    until("both are counted", || (connections() == 2).then_some(()));
}

fn a_dest_of_weight_zero_gets_no_new_connection(site: &Site) {
    let mut echo = Echo::new(site, 53, four());
    echo.exchange();
    let key = echo.service.key;
    let edit = DestEdit::new().with_weight(0);
    site.client
        .edit_dest(&key, &echo.service.dest.key, &edit)
        .unwrap();
    let client = site.run(|| UdpSocket::bind("0.0.0.0:0")).unwrap();
    client.connect(echo.service.virtual_address).unwrap();
    // Nobody listens behind the virtual address: whatever comes of it is no connection.
    let _ = client.send(&PAYLOAD);
    assert_eq!(site.only_dest(&key).inactive_connections, 1);
    let edit = edit.with_weight(1);
    site.client
        .edit_dest(&key, &echo.service.dest.key, &edit)
        .unwrap();
    echo.exchange();
    assert_eq!(site.only_dest(&key).inactive_connections, 2);
}

/// The kernel keeps a removed dest for its connections, and takes it back.
fn a_returning_dest_finds_its_connections(site: &Site) {
    let mut echo = Echo::new(site, 53, four());
    (0..3).for_each(|_| echo.exchange());
    let (key, dest) = (echo.service.key, echo.service.dest);
    site.client.remove_dest(&key, &dest.key).unwrap();
    assert_eq!(site.client.dests(&key).unwrap(), []);
    site.client.add_dest(&key, &dest.with_weight(9)).unwrap();
    let entry = site.only_dest(&key);
    assert_eq!(
        (entry.dest, entry.inactive_connections),
        (dest.with_weight(9), 3)
    );
    echo.exchange();
    assert_eq!(site.only_dest(&key).inactive_connections, 4);
}
