//! Every command of the IPVS family, as a value that writes itself.

use std::net::IpAddr;
use std::time::Duration;

use ipvs_sys::uapi::*;

use super::WireError;
use super::attr::fixed::{self, Small};
use super::attr::{Builder, build};
use super::exchange::{Exchange, Expect};
use crate::{
    Change, DaemonRole, Dest, DestKey, Family, Netmask, Protocol, Service, ServiceKey, SyncDaemon,
    TimeoutsEdit,
};

/// A request to the kernel's IPVS.
///
/// It says what is asked, not whether that makes sense: the kernel judges. A
/// service or a dest is always written whole, since the kernel takes a field
/// that is left out for its default.
///
/// ```
/// use ipvs_core::ServiceKey;
/// use ipvs_core::wire::{WireError, exchange::Exchange, request::Request};
/// use std::time::Duration;
///
/// let web = ServiceKey::tcp([192, 0, 2, 1], 80);
/// let mut exchange = Exchange::new(1, Duration::from_secs(5));
/// Request::GetService(&web).push(&mut exchange, 0x1c)?;
/// # Ok::<(), WireError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// `IPVS_CMD_NEW_SERVICE`: adds a virtual service.
    NewService(&'a Service),
    /// `IPVS_CMD_SET_SERVICE`: replaces a virtual service.
    SetService(&'a Service),
    /// `IPVS_CMD_DEL_SERVICE`: removes a virtual service and its dests.
    DelService(&'a ServiceKey),
    /// `IPVS_CMD_GET_SERVICE`: reads one virtual service.
    GetService(&'a ServiceKey),
    /// `IPVS_CMD_GET_SERVICE` as a dump: reads every virtual service.
    GetServices,
    /// `IPVS_CMD_NEW_DEST`: adds a dest to a service.
    NewDest(&'a ServiceKey, &'a Dest),
    /// `IPVS_CMD_SET_DEST`: replaces a dest of a service.
    SetDest(&'a ServiceKey, &'a Dest),
    /// `IPVS_CMD_DEL_DEST`: removes a dest from a service.
    DelDest(&'a ServiceKey, &'a DestKey),
    /// `IPVS_CMD_GET_DEST`, a dump: reads the dests of a service. Of an unknown
    /// service it reads none, without an error.
    GetDests(&'a ServiceKey),
    /// `IPVS_CMD_NEW_DAEMON`: starts a sync daemon.
    NewDaemon(&'a SyncDaemon),
    /// `IPVS_CMD_DEL_DAEMON`: stops a sync daemon. The kernel may forget to
    /// answer: another request must follow in the same send.
    DelDaemon(DaemonRole),
    /// `IPVS_CMD_GET_DAEMON`, a dump: reads the running sync daemons.
    GetDaemons,
    /// `IPVS_CMD_SET_CONFIG`: sets timeouts.
    SetConfig(&'a TimeoutsEdit),
    /// `IPVS_CMD_GET_CONFIG`: reads the timeouts.
    GetConfig,
    /// `IPVS_CMD_GET_INFO`: reads version and table size.
    GetInfo,
    /// `IPVS_CMD_ZERO`: zeroes every counter.
    Zero,
    /// `IPVS_CMD_ZERO` with a service: zeroes its counters and its dests'.
    ZeroService(&'a ServiceKey),
    /// `IPVS_CMD_FLUSH`: removes every service.
    Flush,
}

impl<'a> From<&'a Change> for Request<'a> {
    fn from(change: &'a Change) -> Self {
        match change {
            Change::AddService(service) => Request::NewService(service),
            Change::UpdateService(service) => Request::SetService(service),
            Change::RemoveService(key) => Request::DelService(key),
            Change::AddDest(service, dest) => Request::NewDest(service, dest),
            Change::UpdateDest(service, dest) => Request::SetDest(service, dest),
            Change::RemoveDest(service, dest) => Request::DelDest(service, dest),
            Change::StartDaemon(daemon) => Request::NewDaemon(daemon),
            Change::StopDaemon(role) => Request::DelDaemon(*role),
            Change::SetTimeouts(timeouts) => Request::SetConfig(timeouts),
            Change::Flush => Request::Flush,
            Change::Zero => Request::Zero,
            Change::ZeroService(key) => Request::ZeroService(key),
        }
    }
}

impl Request<'_> {
    /// The kernel's number of the command.
    #[must_use]
    pub const fn command(&self) -> u8 {
        match self {
            Request::NewService(_) => IPVS_CMD_NEW_SERVICE,
            Request::SetService(_) => IPVS_CMD_SET_SERVICE,
            Request::DelService(_) => IPVS_CMD_DEL_SERVICE,
            Request::GetService(_) | Request::GetServices => IPVS_CMD_GET_SERVICE,
            Request::NewDest(..) => IPVS_CMD_NEW_DEST,
            Request::SetDest(..) => IPVS_CMD_SET_DEST,
            Request::DelDest(..) => IPVS_CMD_DEL_DEST,
            Request::GetDests(_) => IPVS_CMD_GET_DEST,
            Request::NewDaemon(_) => IPVS_CMD_NEW_DAEMON,
            Request::DelDaemon(_) => IPVS_CMD_DEL_DAEMON,
            Request::GetDaemons => IPVS_CMD_GET_DAEMON,
            Request::SetConfig(_) => IPVS_CMD_SET_CONFIG,
            Request::GetConfig => IPVS_CMD_GET_CONFIG,
            Request::GetInfo => IPVS_CMD_GET_INFO,
            Request::Zero | Request::ZeroService(_) => IPVS_CMD_ZERO,
            Request::Flush => IPVS_CMD_FLUSH,
        }
    }

    /// How the kernel answers it when it is sent by itself.
    #[must_use]
    pub const fn expect(&self) -> Expect {
        match self {
            Request::GetServices | Request::GetDests(_) | Request::GetDaemons => Expect::Dump,
            Request::GetService(_) | Request::GetConfig | Request::GetInfo => Expect::Reply,
            Request::DelDaemon(_) => Expect::AckOrNothing,
            _ => Expect::Ack,
        }
    }

    /// Whether every field fits the message.
    ///
    /// # Errors
    ///
    /// [`WireError::Unrepresentable`], as from [`push`](Self::push).
    pub fn fits(&self) -> Result<(), WireError> {
        match self {
            Request::NewService(service) | Request::SetService(service) => {
                seconds("IPVS_SVC_ATTR_TIMEOUT", service.persistence_timeout).map(|_| ())
            }
            Request::SetConfig(_) => build(&mut Vec::new(), |attrs| self.write(attrs)),
            _ => Ok(()),
        }
    }

    /// Appends it to an exchange and returns its index there; `family` is the
    /// family's present id.
    ///
    /// # Errors
    ///
    /// [`WireError::Unrepresentable`] for a duration that is not in whole
    /// seconds or above 4,294,967,295 of them; nothing was appended then.
    pub fn push(&self, exchange: &mut Exchange, family: u16) -> Result<usize, WireError> {
        self.push_expecting(exchange, family, self.expect())
    }

    /// The same with another answer than the usual one: a change that is not the
    /// last of its send may be [`Silent`](Expect::Silent).
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn push_expecting(
        &self,
        exchange: &mut Exchange,
        family: u16,
        expect: Expect,
    ) -> Result<usize, WireError> {
        exchange.push(family, self.command(), expect, |attrs| self.write(attrs))
    }

    /// Writes its attributes.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn write(&self, attrs: &mut Builder<'_>) -> Result<(), WireError> {
        if let Some(key) = self.service_key() {
            write_named_service(attrs, key);
        }
        match self {
            Request::NewService(service) | Request::SetService(service) => {
                attrs.nest(IPVS_CMD_ATTR_SERVICE, |attrs| write_service(attrs, service))
            }
            Request::NewDest(_, dest) | Request::SetDest(_, dest) => {
                write_dest(attrs, dest);
                Ok(())
            }
            Request::DelDest(_, dest) => {
                write_named_dest(attrs, dest);
                Ok(())
            }
            Request::NewDaemon(daemon) => {
                attrs.nest(IPVS_CMD_ATTR_DAEMON, |attrs| write_daemon(attrs, daemon));
                Ok(())
            }
            Request::DelDaemon(role) => {
                let state = state(*role);
                attrs.nest(IPVS_CMD_ATTR_DAEMON, |attrs| {
                    attrs.u32(IPVS_DAEMON_ATTR_STATE, state)
                });
                Ok(())
            }
            Request::SetConfig(edit) => write_timeouts(attrs, edit),
            _ => Ok(()),
        }
    }

    /// The service that is only named.
    fn service_key(&self) -> Option<&ServiceKey> {
        match self {
            Request::DelService(key)
            | Request::GetService(key)
            | Request::GetDests(key)
            | Request::ZeroService(key)
            | Request::NewDest(key, _)
            | Request::SetDest(key, _)
            | Request::DelDest(key, _) => Some(key),
            _ => None,
        }
    }
}

/// A service by its key alone.
#[inline]
fn write_named_service(attrs: &mut Builder<'_>, key: &ServiceKey) {
    let (nest, kind) = (IPVS_CMD_ATTR_SERVICE, IPVS_SVC_ATTR_ADDR);
    match *key {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => {
            let [family, protocol, port] = small_of_service(key.family(), protocol, port);
            let [a, b, c] = fixed::nest_of_address(nest, kind, address, 3);
            attrs.all(&[a, b, c, family, protocol, port]);
        }
        ServiceKey::FirewallMark { .. } => attrs.nest(nest, |attrs| write_key(attrs, key)),
    }
}

fn write_key(attrs: &mut Builder<'_>, key: &ServiceKey) {
    match *key {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => {
            let [a, b, c, d, e] = fixed::address(IPVS_SVC_ATTR_ADDR, address);
            let [[f, g], [h, i], [j, k]] = small_of_service(key.family(), protocol, port);
            attrs.all(&[[a, b, c, d, e, f, g, h, i, j, k]]);
        }
        ServiceKey::FirewallMark { mark, family } => {
            attrs.all(&[
                fixed::u16(IPVS_SVC_ATTR_AF, family.number()),
                fixed::u32(IPVS_SVC_ATTR_FWMARK, mark),
            ]);
        }
    }
}

#[inline]
fn small_of_service(family: Family, protocol: Protocol, port: u16) -> [Small; 3] {
    [
        fixed::u16(IPVS_SVC_ATTR_AF, family.number()),
        fixed::u16(IPVS_SVC_ATTR_PROTOCOL, protocol.number()),
        fixed::be16(IPVS_SVC_ATTR_PORT, port),
    ]
}

fn write_service(attrs: &mut Builder<'_>, service: &Service) -> Result<(), WireError> {
    write_key(attrs, &service.key);
    attrs.string(IPVS_SVC_ATTR_SCHED_NAME, service.scheduler.as_bytes());
    if let Some(engine) = &service.persistence_engine {
        attrs.string(IPVS_SVC_ATTR_PE_NAME, engine.as_bytes());
    }
    // The flags are replaced under a mask, which is all of them.
    let flags = service.flags.bits().to_ne_bytes();
    let [flags_header, mask] = [
        fixed::header(IPVS_SVC_ATTR_FLAGS, 12),
        u32::MAX.to_ne_bytes(),
    ];
    let timeout = seconds("IPVS_SVC_ATTR_TIMEOUT", service.persistence_timeout)?;
    let [timeout_header, timeout] = fixed::u32(IPVS_SVC_ATTR_TIMEOUT, timeout);
    let [netmask_header, netmask] = match service.persistence_netmask {
        Netmask::V4(mask) => fixed::be32(IPVS_SVC_ATTR_NETMASK, mask.to_bits()),
        Netmask::V6(prefix) => fixed::u32(IPVS_SVC_ATTR_NETMASK, prefix.into()),
    };
    attrs.all(&[[
        flags_header,
        flags,
        mask,
        timeout_header,
        timeout,
        netmask_header,
        netmask,
    ]]);
    Ok(())
}

/// A dest by its key alone.
fn write_named_dest(attrs: &mut Builder<'_>, key: &DestKey) {
    let [family, port] = small_of_dest(key);
    let [a, b, c] = nest_of_dest(key, 2);
    attrs.all(&[a, b, c, family, port]);
}

#[inline]
fn small_of_dest(key: &DestKey) -> [Small; 2] {
    [
        fixed::u16(IPVS_DEST_ATTR_ADDR_FAMILY, key.family().number()),
        fixed::be16(IPVS_DEST_ATTR_PORT, key.port),
    ]
}

#[inline]
fn nest_of_dest(key: &DestKey, small: u16) -> [Small; 3] {
    fixed::nest_of_address(IPVS_CMD_ATTR_DEST, IPVS_DEST_ATTR_ADDR, key.address, small)
}

#[inline]
fn write_dest(attrs: &mut Builder<'_>, dest: &Dest) {
    let [family, port] = small_of_dest(&dest.key);
    let [a, b, c] = nest_of_dest(&dest.key, 9);
    attrs.all(&[
        a,
        b,
        c,
        family,
        port,
        fixed::u32(IPVS_DEST_ATTR_FWD_METHOD, dest.forward.number().into()),
        fixed::u32(IPVS_DEST_ATTR_WEIGHT, dest.weight),
        fixed::u8(IPVS_DEST_ATTR_TUN_TYPE, dest.tunnel.kind.number()),
        fixed::be16(IPVS_DEST_ATTR_TUN_PORT, dest.tunnel.port),
        fixed::u16(IPVS_DEST_ATTR_TUN_FLAGS, dest.tunnel.flags.bits()),
        fixed::u32(IPVS_DEST_ATTR_U_THRESH, dest.upper_threshold),
        fixed::u32(IPVS_DEST_ATTR_L_THRESH, dest.lower_threshold),
    ]);
}

fn write_daemon(attrs: &mut Builder<'_>, daemon: &SyncDaemon) {
    attrs.u32(IPVS_DAEMON_ATTR_STATE, state(daemon.role));
    attrs.string(IPVS_DAEMON_ATTR_MCAST_IFN, daemon.interface.as_bytes());
    attrs.u32(IPVS_DAEMON_ATTR_SYNC_ID, daemon.sync_id);
    if let Some(bytes) = daemon.max_length {
        attrs.u16(IPVS_DAEMON_ATTR_SYNC_MAXLEN, bytes);
    }
    match daemon.group {
        Some(IpAddr::V4(group)) => attrs.be32(IPVS_DAEMON_ATTR_MCAST_GROUP, group.to_bits()),
        Some(IpAddr::V6(group)) => attrs.bytes(IPVS_DAEMON_ATTR_MCAST_GROUP6, &group.octets()),
        None => {}
    }
    // In the machine's order, unlike every other port.
    if let Some(port) = daemon.port {
        attrs.u16(IPVS_DAEMON_ATTR_MCAST_PORT, port);
    }
    if let Some(ttl) = daemon.ttl {
        attrs.u8(IPVS_DAEMON_ATTR_MCAST_TTL, ttl);
    }
}

fn write_timeouts(attrs: &mut Builder<'_>, edit: &TimeoutsEdit) -> Result<(), WireError> {
    for (kind, name, timeout) in [
        (
            IPVS_CMD_ATTR_TIMEOUT_TCP,
            "IPVS_CMD_ATTR_TIMEOUT_TCP",
            edit.tcp,
        ),
        (
            IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
            "IPVS_CMD_ATTR_TIMEOUT_TCP_FIN",
            edit.tcp_fin,
        ),
        (
            IPVS_CMD_ATTR_TIMEOUT_UDP,
            "IPVS_CMD_ATTR_TIMEOUT_UDP",
            edit.udp,
        ),
    ] {
        if let Some(timeout) = timeout {
            attrs.u32(kind, seconds(name, timeout)?);
        }
    }
    Ok(())
}

const fn state(role: DaemonRole) -> u32 {
    match role {
        DaemonRole::Master => IP_VS_STATE_MASTER,
        DaemonRole::Backup => IP_VS_STATE_BACKUP,
    }
}

fn seconds(name: &'static str, duration: Duration) -> Result<u32, WireError> {
    let refuse = |value| WireError::Unrepresentable { name, value };
    if duration.subsec_nanos() != 0 {
        return Err(refuse("a fraction of a second"));
    }
    u32::try_from(duration.as_secs()).map_err(|_| refuse("more than 4294967295 seconds"))
}

impl Family {
    /// The kernel's number: `AF_INET` or `AF_INET6`.
    pub(crate) const fn number(self) -> u16 {
        match self {
            Family::V4 => 2,
            Family::V6 => 10,
        }
    }
}
