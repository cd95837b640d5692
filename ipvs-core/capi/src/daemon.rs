//! Sync daemons
//!
//! They copy connections to other directors. A namespace runs at most one of each role.

use std::ffi::c_char;
use std::net::IpAddr;

use ipvs_core::{DaemonRole, InterfaceName, SyncDaemon};

use crate::address::{ipvs_address, zero};
use crate::client::ipvs_client;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, growing, plain};
use crate::name;
use crate::status::{ipvs_error, ipvs_status};

/// The daemon that sends this director's connections.
pub const IPVS_MASTER: u32 = 1;
/// The daemon that takes in another director's connections.
pub const IPVS_BACKUP: u32 = 2;

/// A sync daemon. What is zero is left to the kernel; a daemon that is read back has every
/// field, with the value in force. As text: "master eth1 sync-id 7".
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_daemon {
    /// sizeof(ipvs_daemon), by IPVS_DAEMON_INIT.
    pub size: usize,
    /// IPVS_MASTER or IPVS_BACKUP.
    pub role: u32,
    /// The number that a master and its backups share, 0 to 255; a backup with 0 takes in
    /// every master's connections. (The kernel stores 32 bits and sends 8.)
    pub sync_id: u32,
    /// The interface it speaks on, with a NUL behind it.
    pub interface: [c_char; 16],
    /// The multicast group; 224.0.0.81 if nothing else is said.
    pub group: ipvs_address,
    /// The longest message in bytes, without its IP and UDP headers (28 bytes for IPv4, 48 for
    /// IPv6). The kernel clamps it to 1 (a backup's to 1024) up to 65535 less the headers. Its
    /// default is 1500 less the headers, for a backup the interface's MTU if that is more.
    pub max_length: u16,
    /// The UDP port; 8848 if nothing else is said.
    pub port: u16,
    /// The multicast time to live; 1 if nothing else is said.
    pub ttl: u8,
    /// Zeros.
    pub reserved: [u8; 7],
}

plain!(ipvs_daemon {
    size,
    role,
    sync_id,
    interface,
    group,
    max_length,
    port,
    ttl,
    reserved,
});
growing!(ipvs_daemon to reserved);

/// The running daemons, master first. It is a constant: any threads may read it at once.
pub struct ipvs_daemon_list(Vec<SyncDaemon>);

pub(crate) fn role(number: u32) -> Outcome<DaemonRole> {
    match number {
        IPVS_MASTER => Ok(DaemonRole::Master),
        IPVS_BACKUP => Ok(DaemonRole::Backup),
        _ => Err(Failure::argument("role", "IPVS_MASTER or IPVS_BACKUP")),
    }
}

pub(crate) fn role_number(role: DaemonRole) -> u32 {
    match role {
        DaemonRole::Master => IPVS_MASTER,
        DaemonRole::Backup => IPVS_BACKUP,
    }
}

impl TryFrom<ipvs_daemon> for SyncDaemon {
    type Error = Failure;

    fn try_from(given: ipvs_daemon) -> Outcome<SyncDaemon> {
        zero(given.reserved, "reserved")?;
        let interface = name::given(&given.interface, "interface", InterfaceName::from_bytes)?;
        let interface = interface.ok_or(Failure::argument("interface", "it is empty"))?;
        let mut daemon = SyncDaemon::new(role(given.role)?, interface);
        daemon.sync_id = given.sync_id;
        daemon.max_length = Some(given.max_length).filter(|length| *length != 0);
        daemon.port = Some(given.port).filter(|port| *port != 0);
        daemon.ttl = Some(given.ttl).filter(|ttl| *ttl != 0);
        if given.group != ipvs_address::default() {
            daemon.group = Some(IpAddr::try_from(given.group)?);
        }
        Ok(daemon)
    }
}

impl From<&SyncDaemon> for ipvs_daemon {
    fn from(daemon: &SyncDaemon) -> Self {
        ipvs_daemon {
            size: 0,
            role: role_number(daemon.role),
            sync_id: daemon.sync_id,
            interface: name::array(daemon.interface.as_bytes()),
            group: daemon.group.map(ipvs_address::from).unwrap_or_default(),
            max_length: daemon.max_length.unwrap_or(0),
            port: daemon.port.unwrap_or(0),
            ttl: daemon.ttl.unwrap_or(0),
            reserved: [0; 7],
        }
    }
}

/// Starts a sync daemon; one of each role may run.
///
/// NULL: only `error` may be.
/// Fails with IPVS_ALREADY_EXISTS when one of that role runs, whatever its settings;
/// IPVS_INVALID_INPUT for an unknown interface, among others; IPVS_IO when the group cannot be
/// reached.
/// Kernel: IPVS_CMD_NEW_DAEMON; ipvsadm: --start-daemon.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_start_daemon(
    client: *const ipvs_client,
    daemon: *const ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let daemon = SyncDaemon::try_from(c.input(daemon, "daemon")?)?;
        Ok(c.borrow(client, "client")?.0.start_daemon(&daemon)?)
    })
}

/// Stops the sync daemon of a role: IPVS_MASTER or IPVS_BACKUP.
///
/// NULL: only `error` may be.
/// Fails with IPVS_DAEMON_NOT_RUNNING; IPVS_IO when it still runs afterwards.
/// Kernel: IPVS_CMD_DEL_DAEMON; ipvsadm: --stop-daemon.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_stop_daemon(
    client: *const ipvs_client,
    role: u32,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let role = self::role(role)?;
        Ok(c.borrow(client, "client")?.0.stop_daemon(role)?)
    })
}

/// The running sync daemons, master first.
///
/// Free `*list` with ipvs_daemon_list_free().
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: IPVS_CMD_GET_DAEMON; ipvsadm: -L --daemon.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_daemons(
    client: *const ipvs_client,
    list: *mut *mut ipvs_daemon_list,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(list, "list")?;
        place.give(ipvs_daemon_list(c.borrow(client, "client")?.0.daemons()?));
        Ok(())
    })
}

/// How many there are.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_list_length(list: *const ipvs_daemon_list) -> usize {
    ffi!(else 0, |c| c.maybe(list).map_or(0, |list| list.0.len()))
}

/// Copies the one at `index`, counted from 0.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_list_at(
    list: *const ipvs_daemon_list,
    index: usize,
    daemon: *mut ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(daemon, "daemon")?;
        let list = &c.borrow(list, "list")?.0;
        slot.write(list.get(index).ok_or(Failure::index())?.into());
        Ok(())
    })
}

/// Frees a list.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_list_free(list: *mut ipvs_daemon_list) {
    ffi!(else (), |c| c.free(list));
}

/// Reads a role: "master" or "backup".
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_role_parse(
    text: *const c_char,
    role: *mut u32,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(role, "role")?;
        place.write(role_number(c.parse(text)?));
        Ok(())
    })
}

/// Writes a role: see the section on addresses.
///
/// NULL: `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_role_format(
    role: u32,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| c.format_valid(buffer, length, self::role(role)))
}

/// Reads a daemon: its role, its interface, and what else is said of it.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_parse(
    text: *const c_char,
    daemon: *mut ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(daemon, "daemon")?;
        slot.write((&c.parse::<SyncDaemon>(text)?).into());
        Ok(())
    })
}

/// Writes a daemon: see the section on addresses. 256 bytes hold it.
///
/// NULL: `daemon` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_daemon_format(
    daemon: *const ipvs_daemon,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let daemon = c.input(daemon, "daemon").and_then(SyncDaemon::try_from);
        c.format_valid(buffer, length, daemon)
    })
}
