//! Clients and servers in one room, whose packets the kernel balances on their
//! way out. All of them share the test's thread.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use ipvs_core::{
    Dest, Family, ForwardMethod, Netmask, PersistenceEngine, Scheduler, Service, ServiceKey, Table,
};

use crate::site::Room;

/// Nothing on the way loses a packet; whoever waits as long waits in vain.
const PATIENCE: Duration = Duration::from_secs(60);

const VIRTUAL: [&str; 2] = ["192.0.2.1", "2001:db8::1"];
const REAL: [&str; 2] = ["10.0.3.100", "2001:db8:3::100"];

const DNS: u16 = 53;
const WEB: u16 = 80;
const SIP: u16 = 5060;
const BULK: u16 = 9000;
/// Its packets carry the mark 7, in both families.
const MARKED: u16 = 7000;
const MARK: u32 = 7;

/// What clients and servers hold open.
pub struct Traffic<'r> {
    room: &'r Room,
    dns: [UdpSocket; 2],
    marked: [UdpSocket; 2],
    sip: UdpSocket,
    _bulk: UdpSocket,
    web: [TcpListener; 2],
    datagrams: Vec<UdpSocket>,
    streams: Vec<TcpStream>,
}

fn address(text: &str, port: u16) -> SocketAddr {
    SocketAddr::new(text.parse().unwrap(), port)
}

/// Where the server of a service's port listens. Clients of a mark that stay with
/// their server keep their port too.
const fn behind(port: u16) -> u16 {
    if port == MARKED { port } else { port + 10_000 }
}

/// UDP, persistent TCP and persistent marks in both families, SIP, and bulk.
pub fn table() -> Table {
    let ip = |text: &str| -> IpAddr { text.parse().unwrap() };
    let mut table = Table::new();
    let mut add = |service: Service, real: &str, port| {
        let service = service.with_scheduler(Scheduler::RR);
        let dest = Dest::new(ip(real), port, ForwardMethod::MASQUERADE);
        table = std::mem::take(&mut table).with_service(service, vec![dest]);
    };
    let minutes = Duration::from_secs(600);
    for (family, (vip, real)) in [Family::V4, Family::V6]
        .into_iter()
        .zip(VIRTUAL.into_iter().zip(REAL))
    {
        let length = if family == Family::V4 { 24 } else { 64 };
        let netmask = Netmask::prefix(family, length).unwrap();
        add(
            Service::new(ServiceKey::udp(ip(vip), DNS)),
            real,
            behind(DNS),
        );
        add(
            Service::new(ServiceKey::tcp(ip(vip), WEB)).with_persistence(minutes),
            real,
            behind(WEB),
        );
        let marked = Service::new(ServiceKey::firewall_mark(MARK, family));
        let marked = marked
            .with_persistence(minutes)
            .with_persistence_netmask(netmask);
        add(marked, real, behind(MARKED));
    }
    let sip = Service::new(ServiceKey::udp(ip(VIRTUAL[0]), SIP)).with_persistence(minutes);
    add(
        sip.with_persistence_engine(PersistenceEngine::SIP),
        REAL[0],
        behind(SIP),
    );
    add(
        Service::new(ServiceKey::udp(ip(VIRTUAL[0]), BULK)),
        REAL[0],
        behind(BULK),
    );
    table
}

impl<'r> Traffic<'r> {
    /// Prepares the room, its table too.
    pub fn new(room: &'r Room) -> Self {
        let own = VIRTUAL.iter().chain(&REAL);
        let own: String = own.map(|ip| format!("ip addr add {ip} dev lo; ")).collect();
        room.sh(&own);
        room.sh(&format!(
            "nft 'add table inet m; add chain inet m o {{ type route hook output priority mangle; }}; \
             add rule inet m o udp dport {MARKED} meta mark set {MARK}'"
        ));
        room.set(&table());
        room.inside(|| {
            let udp = |real: &str, port| {
                let socket = UdpSocket::bind(address(real, behind(port))).unwrap();
                socket.set_read_timeout(Some(PATIENCE)).unwrap();
                socket
            };
            Traffic {
                room,
                dns: REAL.map(|real| udp(real, DNS)),
                marked: REAL.map(|real| udp(real, MARKED)),
                sip: udp(REAL[0], SIP),
                _bulk: udp(REAL[0], BULK),
                web: REAL.map(|real| TcpListener::bind(address(real, behind(WEB))).unwrap()),
                datagrams: Vec::new(),
                streams: Vec::new(),
            }
        })
    }

    /// A bit of everything: new connections of every kind, with answers.
    pub fn burst(&mut self) {
        let room = self.room;
        room.inside(|| {
            for (family, virtual_address) in VIRTUAL.into_iter().enumerate() {
                let exchange = |port, server| exchange(virtual_address, port, b"hello", server);
                self.datagrams.extend([
                    exchange(DNS, &self.dns[family]),
                    exchange(MARKED, &self.marked[family]),
                ]);
                self.connect(family);
            }
            let call = format!(
                "INVITE sip:a@b SIP/2.0\r\nCall-ID: call{}@example\r\nContent-Length: 0\r\n\r\n",
                self.datagrams.len()
            );
            let caller = exchange(VIRTUAL[0], SIP, call.as_bytes(), &self.sip);
            self.datagrams.push(caller);
        });
    }

    /// A TCP connection; of those before, some are left half closed, some are gone.
    fn connect(&mut self, family: usize) {
        let client = TcpStream::connect(address(VIRTUAL[family], WEB)).unwrap();
        let (server, _) = self.web[family].accept().unwrap();
        match self.streams.len() % 3 {
            0 => client.shutdown(std::net::Shutdown::Write).unwrap(),
            1 => drop(self.streams.pop()),
            _ => {}
        }
        self.streams.extend([client, server]);
    }

    /// So many datagrams of 60,000 bytes in one direction; nobody reads them.
    pub fn bulk(&mut self, datagrams: usize) {
        self.room.inside(|| {
            let client = UdpSocket::bind("0.0.0.0:0").unwrap();
            client.connect(address(VIRTUAL[0], BULK)).unwrap();
            let payload = vec![7; 60_000];
            for _ in 0..datagrams {
                client.send(&payload).unwrap();
            }
            self.datagrams.push(client);
        });
    }
}

/// A new client sends a datagram and gets it back.
fn exchange(virtual_address: &str, port: u16, payload: &[u8], server: &UdpSocket) -> UdpSocket {
    let any = if virtual_address.contains(':') {
        "[::]:0"
    } else {
        "0.0.0.0:0"
    };
    let client = UdpSocket::bind(any).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.connect(address(virtual_address, port)).unwrap();
    client.send(payload).unwrap();
    let mut buffer = [0; 1000];
    let arrived = server.recv_from(&mut buffer);
    let (length, peer) =
        arrived.unwrap_or_else(|error| panic!("{virtual_address} {port}: {error}"));
    server.send_to(&buffer[..length], peer).unwrap();
    assert_eq!(client.recv(&mut buffer).unwrap(), payload.len());
    client
}
