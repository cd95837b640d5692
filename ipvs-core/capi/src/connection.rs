//! Connections
//!
//! The connection table as the kernel shows it in files. In the calling thread's own network
//! namespace reading it takes no privilege, elsewhere CAP_SYS_ADMIN.

use std::ffi::c_char;
use std::net::SocketAddr;
use std::time::Duration;

use ipvs_core::FileStream;
use ipvs_core::procfs::{Connection, ConnectionState, Origin, PersistenceData};

use crate::address::{ipvs_address, zero};
use crate::client::ipvs_client;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, growing, plain};
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::name;
use crate::service;
use crate::status::{ipvs_error, ipvs_status};

/// Nothing tells: only ipvs_client_synced_connections() does.
pub const IPVS_ORIGIN_UNKNOWN: u8 = 0;
/// It was made here.
pub const IPVS_ORIGIN_LOCAL: u8 = 1;
/// A sync daemon learned of it.
pub const IPVS_ORIGIN_SYNCED: u8 = 2;

/// It is a persistence template and no connection.
pub const IPVS_CONNECTION_TEMPLATE: u8 = 1;
/// It is a template that the kernel gave up, since its real server is gone or takes no more
/// clients; its ports are lost.
pub const IPVS_CONNECTION_INVALIDATED: u8 = 2;

/// One row of the connection table: a connection, or the template that keeps a client with its
/// real server while a service is persistent.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_connection {
    /// sizeof(ipvs_connection), by IPVS_CONNECTION_INIT.
    pub size: usize,
    /// How long it lives on without another packet, in whole seconds, rounded down.
    pub expires_seconds: u64,
    /// What the client connected to: an address and port in any connection; a firewall mark in
    /// the template of a service that is one. A template's port is 0 when it holds for every
    /// port. The protocol is any that the kernel has a number for.
    pub service: ipvs_service_key,
    /// The real server. A template's port is 0 when it holds for every port.
    pub dest: ipvs_dest_key,
    /// Who connected. In a template the network that the service's netmask makes of it.
    pub client: ipvs_address,
    /// The client's port; 0 in a template.
    pub client_port: u16,
    /// An IPVS_ORIGIN number.
    pub origin: u8,
    /// IPVS_CONNECTION flags.
    pub flags: u8,
    /// The state of the protocol, or of the template, by the kernel's name for it, such as
    /// "ESTABLISHED", with a NUL behind it.
    pub state: [c_char; 16],
    /// What recognises the client, with a NUL behind it; empty when nothing does.
    pub persistence_engine: [c_char; 20],
    /// How many bytes of `persistence_data` are meant.
    pub persistence_length: u16,
    /// What the engine recognises the client by: SIP's Call-ID, for one. It need not be text.
    pub persistence_data: [u8; 255],
    /// Zeros.
    pub reserved: [u8; 3],
}

plain!(ipvs_connection {
    size,
    expires_seconds,
    service,
    dest,
    client,
    client_port,
    origin,
    flags,
    state,
    persistence_engine,
    persistence_length,
    persistence_data,
    reserved,
});
growing!(ipvs_connection to reserved);

/// The rows of the connection table, read as they are asked for. One thread at a time may use
/// it.
pub struct ipvs_connection_stream(FileStream<Connection>);

impl From<&Connection> for ipvs_connection {
    fn from(connection: &Connection) -> Self {
        let kept = connection.persistence.as_ref();
        let engine = kept.map_or(&[][..], |kept| kept.engine.as_bytes());
        let mut persistence_data = [0; 255];
        let mut persistence_length = 0;
        let data = kept.map_or(&[][..], |kept| &kept.data);
        for (to, from) in persistence_data.iter_mut().zip(data) {
            *to = *from;
            persistence_length += 1;
        }
        ipvs_connection {
            size: 0,
            expires_seconds: connection.expires.as_secs(),
            service: connection.service.into(),
            dest: connection.dest.into(),
            client: connection.client.into(),
            client_port: connection.client_port,
            origin: match connection.origin {
                None => IPVS_ORIGIN_UNKNOWN,
                Some(Origin::Local) => IPVS_ORIGIN_LOCAL,
                Some(Origin::Synced) => IPVS_ORIGIN_SYNCED,
            },
            flags: flags(connection),
            state: name::array(connection.state.as_bytes()),
            persistence_engine: name::array(engine),
            persistence_length,
            persistence_data,
            reserved: [0; 3],
        }
    }
}

/// For the fake kernel.
impl TryFrom<ipvs_connection> for Connection {
    type Error = Failure;

    fn try_from(given: ipvs_connection) -> Outcome<Connection> {
        zero(given.reserved, "reserved")?;
        let client = SocketAddr::new(given.client.try_into()?, given.client_port);
        let (service, dest) = (given.service.try_into()?, given.dest.try_into()?);
        let mut connection = Connection::new(client, service, dest);
        if let Some(state) = name::given(&given.state, "state", ConnectionState::from_bytes)? {
            connection.state = state;
        }
        connection.expires = Duration::from_secs(given.expires_seconds);
        connection.origin = match given.origin {
            IPVS_ORIGIN_UNKNOWN => None,
            IPVS_ORIGIN_LOCAL => Some(Origin::Local),
            IPVS_ORIGIN_SYNCED => Some(Origin::Synced),
            _ => return Err(Failure::argument("origin", "no IPVS_ORIGIN number")),
        };
        let data = given
            .persistence_data
            .get(..given.persistence_length.into());
        let long = Failure::argument("persistence_length", "it is above 255");
        let data = data.ok_or(long)?.to_vec();
        let engine = service::engine(&given.persistence_engine)?;
        connection.persistence = engine.map(|engine| PersistenceData::new(engine, data));
        Ok(connection)
    }
}

fn flags(connection: &Connection) -> u8 {
    let mut flags = 0;
    if connection.is_template() {
        flags |= IPVS_CONNECTION_TEMPLATE;
    }
    if connection.is_invalidated() {
        flags |= IPVS_CONNECTION_INVALIDATED;
    }
    flags
}

/// Reads the connection table one row after the other, in the kernel's order: connections, and
/// the templates that keep a client with its real server.
///
/// Memory stays flat however many there are. What comes and goes meanwhile may be missed or
/// repeated. The kernel hands out some 50 rows at a time; before Linux 7.1 it begins each time at
/// the table's beginning and walks through the connections of every namespace, so the time grows
/// with the square of their number.
///
/// Free `*stream` with ipvs_connection_stream_free().
/// NULL: only `error` may be.
/// Fails with IPVS_MODULE_MISSING, IPVS_PROTOCOL, IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
/// Kernel: /proc/net/ip_vs_conn; ipvsadm: -L -c.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_connections(
    client: *const ipvs_client,
    stream: *mut *mut ipvs_connection_stream,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(stream, "stream")?;
        let rows = c.borrow(client, "client")?.0.connections()?;
        place.give(ipvs_connection_stream(rows));
        Ok(())
    })
}

/// Reads the connection table with the origin of each row, and without its persistence data; else
/// as ipvs_client_connections().
///
/// Free `*stream` with ipvs_connection_stream_free().
/// NULL: only `error` may be.
/// Fails with IPVS_MODULE_MISSING, IPVS_PROTOCOL, IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
/// Kernel: /proc/net/ip_vs_conn_sync; ipvsadm: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_synced_connections(
    client: *const ipvs_client,
    stream: *mut *mut ipvs_connection_stream,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(stream, "stream")?;
        let rows = c.borrow(client, "client")?.0.synced_connections()?;
        place.give(ipvs_connection_stream(rows));
        Ok(())
    })
}

/// Takes the next row: `*has` tells whether there was one, and `*connection` is written only then.
///
/// NULL: only `error` may be.
/// Fails with IPVS_PROTOCOL for a row that cannot be understood, behind which the next ones follow;
/// with IPVS_IO at a failure to read, behind which there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_connection_stream_next(
    stream: *mut ipvs_connection_stream,
    connection: *mut ipvs_connection,
    has: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let (slot, has) = (c.output(connection, "connection")?, c.place(has, "has")?);
        let next = c.change(stream, "stream")?.0.next().transpose()?;
        has.write(next.is_some());
        if let Some(connection) = next {
            slot.write((&connection).into());
        }
        Ok(())
    })
}

/// Frees a stream, at its end or before.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_connection_stream_free(stream: *mut ipvs_connection_stream) {
    ffi!(else (), |c| c.free(stream));
}
