//! The connection table: `ip_vs_conn` and `ip_vs_conn_sync`.

use std::fmt;
use std::io::BufRead;
use std::iter::FusedIterator;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use super::ConnectionState;
use super::lines::{Fault, Rows};
use super::words::Words;
use crate::{DestKey, Error, Family, PersistenceEngine, Protocol, ServiceKey};

/// One row of the connection table: a connection, or the template that keeps a
/// client with its real server while a service is persistent.
///
/// The kernel does not tell the forwarding method, the flags, or how much went
/// through a connection, nor which firewall mark chose it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "ipvsadm -Lc")]
pub struct Connection {
    /// Who connected. In a template the network that the service's netmask
    /// makes of it.
    pub client: IpAddr,
    /// The client's port; 0 in a template, and in a connection that an
    /// application module expects from a port that it does not know.
    pub client_port: u16,
    /// What it connected to: an address and port in any connection; a firewall
    /// mark in the template of a service that is one. A template's port is 0
    /// when it holds for every port of the address.
    ///
    /// The protocol is any that the kernel has a number for, ICMP among them.
    pub service: ServiceKey,
    /// The real server: of the other family when it is reached through a
    /// tunnel. A template's port is 0 when it holds for every port.
    pub dest: DestKey,
    /// The state of the protocol, or of the template.
    pub state: ConnectionState,
    /// How long it lives on without another packet, in whole seconds, rounded
    /// down.
    pub expires: Duration,
    /// Where this host knows it from; only `ip_vs_conn_sync` tells.
    pub origin: Option<Origin>,
    /// What a persistence engine recognises the client by; only `ip_vs_conn`
    /// tells.
    pub persistence: Option<PersistenceData>,
}

impl Connection {
    /// An established connection that lives on for 15 minutes, for tests to begin with.
    #[must_use]
    pub fn new(client: SocketAddr, service: ServiceKey, dest: DestKey) -> Self {
        Connection {
            client: client.ip(),
            client_port: client.port(),
            service,
            dest,
            state: ConnectionState::ESTABLISHED,
            expires: Duration::from_secs(900),
            origin: None,
            persistence: None,
        }
    }

    /// Whether it is a persistence template and no connection.
    ///
    /// The kernel does not say so: a template has no client port, and states
    /// of its own.
    #[must_use]
    pub fn is_template(&self) -> bool {
        let states = [ConnectionState::NONE, ConnectionState::ASSURED];
        self.client_port == 0 && states.contains(&self.state)
    }

    /// Whether it is a template that the kernel gave up, since its real server
    /// is gone or takes no more clients. It then has 65535 for the real server's
    /// port and, up to Linux 6.12 at least, for the service's; the ports that
    /// were there are lost.
    #[must_use]
    pub fn is_invalidated(&self) -> bool {
        self.is_template() && self.dest.port == INVALID
    }
}

/// The port that the kernel gives to templates it has given up.
const INVALID: u16 = 0xFFFF;

/// How this host came to know a connection. As text: `local`, `synced`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// It was made here: `LOCAL`.
    Local,
    /// A sync daemon learned of it: `SYNC`.
    Synced,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Origin::Local => "local",
            Origin::Synced => "synced",
        })
    }
}

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "local" => Ok(Origin::Local),
            "synced" => Ok(Origin::Synced),
            _ => Err(Error::parse("origin", text, "local or synced")),
        }
    }
}

/// What a persistence engine keeps of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PersistenceData {
    /// The engine.
    pub engine: PersistenceEngine,
    /// Its data, SIP's Call-ID for one: up to 255 bytes.
    ///
    /// The kernel prints the bytes as they are. A Call-ID has no blank in it;
    /// bytes that came from another director's sync daemon can be any, and are
    /// then cut at the first NUL, or at a newline, whose rest is a bad line.
    pub data: Vec<u8>,
}

impl PersistenceData {
    /// An engine's data, for tests of what reads connections.
    #[must_use]
    pub fn new(engine: PersistenceEngine, data: Vec<u8>) -> Self {
        PersistenceData { engine, data }
    }
}

/// Reads `/proc/net/ip_vs_conn`.
///
/// The rows come in the order of the kernel's table, which means nothing. What
/// comes and goes while the file is read may be missed or repeated.
#[derive(Debug)]
pub struct Connections<R>(Rows<R>);

impl<R: BufRead> Connections<R> {
    /// A reader of a file from its first byte.
    pub fn new(reader: R) -> Self {
        let header = "Pro FromIP FPrt ToIP TPrt DestIP DPrt State Expires PEName PEData";
        Connections(Rows::new(reader, header))
    }
}

impl<R: BufRead> Iterator for Connections<R> {
    type Item = Result<Connection, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(|line| {
            let mut words = Words::new(line);
            let mut connection = up_to_state(&mut words)?;
            connection.expires = expires(&mut words)?;
            connection.persistence = persistence(words)?;
            Ok(connection)
        })
    }
}

impl<R: BufRead> FusedIterator for Connections<R> {}

/// Reads `/proc/net/ip_vs_conn_sync`: the rows of `ip_vs_conn` with their
/// [`Origin`] and without persistence data.
#[derive(Debug)]
pub struct SyncedConnections<R>(Rows<R>);

impl<R: BufRead> SyncedConnections<R> {
    /// A reader of a file from its first byte.
    pub fn new(reader: R) -> Self {
        let header = "Pro FromIP FPrt ToIP TPrt DestIP DPrt State Origin Expires";
        SyncedConnections(Rows::new(reader, header))
    }
}

impl<R: BufRead> Iterator for SyncedConnections<R> {
    type Item = Result<Connection, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(|line| {
            let mut words = Words::new(line);
            let mut connection = up_to_state(&mut words)?;
            connection.origin = Some(words.field("origin", "LOCAL or SYNC", origin)?);
            connection.expires = expires(&mut words)?;
            words.end()?;
            Ok(connection)
        })
    }
}

impl<R: BufRead> FusedIterator for SyncedConnections<R> {}

/// The fields that both files begin with.
fn up_to_state<'l>(words: &mut Words<'l>) -> Result<Connection, Fault<'l>> {
    let protocol = words.protocol()?;
    let client = words.address("client")?;
    let client_port = words.port("client_port")?;
    let address = words.address("service")?;
    let port = words.port("service")?;
    let dest = DestKey::new(words.address("dest")?, words.port("dest")?);
    let state = words.field(
        "state",
        "a name of 1 to 15 bytes",
        ConnectionState::from_bytes,
    )?;
    let marked = protocol == Protocol::new(0)
        && client_port == 0
        && (port == 0 || (port, dest.port) == (INVALID, INVALID));
    let service = marked
        .then(|| firewall_mark(address))
        .flatten()
        .unwrap_or(ServiceKey::address(protocol, address, port));
    Ok(Connection {
        state,
        expires: Duration::ZERO,
        ..Connection::new(SocketAddr::new(client, client_port), service, dest)
    })
}

/// The mark that the template of a service by firewall mark has in place of an
/// address: in the first 32 bits, and nothing behind them.
fn firewall_mark(address: IpAddr) -> Option<ServiceKey> {
    let mark = match address {
        IpAddr::V4(address) => address.to_bits(),
        IpAddr::V6(address) => match address.segments() {
            [high, low, 0, 0, 0, 0, 0, 0] => u32::from(high) << 16 | u32::from(low),
            _ => return None,
        },
    };
    (mark != 0).then(|| ServiceKey::firewall_mark(mark, Family::of(address)))
}

fn expires<'l>(words: &mut Words<'l>) -> Result<Duration, Fault<'l>> {
    Ok(Duration::from_secs(words.decimal("expires")?))
}

fn origin(word: &[u8]) -> Option<Origin> {
    match word {
        b"LOCAL" => Some(Origin::Local),
        b"SYNC" => Some(Origin::Synced),
        _ => None,
    }
}

/// An engine's name, one blank, and its data to the end of the line.
fn persistence(mut words: Words<'_>) -> Result<Option<PersistenceData>, Fault<'_>> {
    if words.rest().trim_ascii().is_empty() {
        return Ok(None);
    }
    let expected = "the name of a persistence engine";
    let engine = words.field("persistence", expected, PersistenceEngine::from_bytes)?;
    let rest = words.rest();
    let data = rest.strip_prefix(b" ").unwrap_or(rest).to_vec();
    Ok(Some(PersistenceData { engine, data }))
}
