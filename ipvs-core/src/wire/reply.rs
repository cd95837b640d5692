//! The kernel's answers, as values.
//!
//! Attributes that are not known are skipped, and of duplicates the last one
//! counts. What an answer cannot do without and lacks is an error that names it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ipvs_sys::uapi::*;

use super::WireError;
use super::attr::{Attr, Attrs};
use crate::{
    DaemonRole, DestEntry, Family, Info, InterfaceName, IpvsVersion, Netmask, PersistenceEngine,
    Protocol, Scheduler, Service, ServiceEntry, ServiceFlags, ServiceKey, SyncDaemon, Timeouts,
};

/// `attr.u16(name)?` with the attribute's name taken from its constant.
macro_rules! read {
    ($attr:ident.$reader:ident($name:ident $(, $limit:expr)?)) => {
        $attr.$reader(stringify!($name) $(, $limit)?)?
    };
}

/// A value that must be there.
macro_rules! need {
    ($value:expr, $name:ident) => {
        $value.ok_or(WireError::MissingAttribute {
            name: stringify!($name),
        })?
    };
}

mod dest;
mod stats;
#[cfg(test)]
mod tests;

use dest::read_dest;
use stats::read_stats;

/// An answer to `IPVS_CMD_GET_SERVICE`, or one entry of its dump.
///
/// # Errors
///
/// A [`WireError`] that names the attribute.
pub fn service(attributes: &[u8]) -> Result<ServiceEntry, WireError> {
    let nest = nest(attributes, IPVS_CMD_ATTR_SERVICE)?;
    read_service(need!(nest, IPVS_CMD_ATTR_SERVICE))
}

/// One entry of an `IPVS_CMD_GET_DEST` dump of a service of `family`.
///
/// # Errors
///
/// A [`WireError`] that names the attribute.
pub fn dest(attributes: &[u8], family: Family) -> Result<DestEntry, WireError> {
    let nest = nest(attributes, IPVS_CMD_ATTR_DEST)?;
    read_dest(need!(nest, IPVS_CMD_ATTR_DEST), family)
}

/// One entry of an `IPVS_CMD_GET_DAEMON` dump.
///
/// # Errors
///
/// A [`WireError`] that names the attribute.
pub fn daemon(attributes: &[u8]) -> Result<SyncDaemon, WireError> {
    let nest = nest(attributes, IPVS_CMD_ATTR_DAEMON)?;
    read_daemon(need!(nest, IPVS_CMD_ATTR_DAEMON))
}

/// The answer to `IPVS_CMD_GET_CONFIG`.
///
/// # Errors
///
/// A [`WireError`] that names the attribute.
pub fn timeouts(attributes: &[u8]) -> Result<Timeouts, WireError> {
    let (mut tcp, mut tcp_fin, mut udp) = (None, None, None);
    for attr in Attrs::new(attributes) {
        let attr = attr?;
        match attr.kind {
            IPVS_CMD_ATTR_TIMEOUT_TCP => tcp = Some(read!(attr.u32(IPVS_CMD_ATTR_TIMEOUT_TCP))),
            IPVS_CMD_ATTR_TIMEOUT_TCP_FIN => {
                tcp_fin = Some(read!(attr.u32(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN)));
            }
            IPVS_CMD_ATTR_TIMEOUT_UDP => udp = Some(read!(attr.u32(IPVS_CMD_ATTR_TIMEOUT_UDP))),
            _ => {}
        }
    }
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    Ok(Timeouts::new(
        seconds(need!(tcp, IPVS_CMD_ATTR_TIMEOUT_TCP)),
        seconds(need!(tcp_fin, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN)),
        seconds(need!(udp, IPVS_CMD_ATTR_TIMEOUT_UDP)),
    ))
}

/// The answer to `IPVS_CMD_GET_INFO`.
///
/// # Errors
///
/// A [`WireError`] that names the attribute.
pub fn info(attributes: &[u8]) -> Result<Info, WireError> {
    let (mut version, mut size) = (None, None);
    for attr in Attrs::new(attributes) {
        let attr = attr?;
        match attr.kind {
            IPVS_INFO_ATTR_VERSION => version = Some(read!(attr.u32(IPVS_INFO_ATTR_VERSION))),
            IPVS_INFO_ATTR_CONN_TAB_SIZE => {
                size = Some(read!(attr.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE)));
            }
            _ => {}
        }
    }
    Ok(Info {
        version: IpvsVersion::from_code(need!(version, IPVS_INFO_ATTR_VERSION)),
        connection_table_size: need!(size, IPVS_INFO_ATTR_CONN_TAB_SIZE),
    })
}

/// The last attribute of a kind.
fn nest(attributes: &[u8], kind: u16) -> Result<Option<Attrs<'_>>, WireError> {
    Attrs::new(attributes).try_fold(None, |last, attr| {
        let attr = attr?;
        Ok(if attr.kind == kind {
            Some(attr.nested())
        } else {
            last
        })
    })
}

fn read_service(attrs: Attrs<'_>) -> Result<ServiceEntry, WireError> {
    let (mut family, mut protocol, mut address, mut port, mut mark) = Default::default();
    let (mut scheduler, mut engine, mut flags, mut timeout, mut netmask) = Default::default();
    let (mut stats, mut stats64) = (None, None);
    for attr in attrs {
        let attr = attr?;
        match attr.kind {
            IPVS_SVC_ATTR_AF => family = Some(read_family(attr, "IPVS_SVC_ATTR_AF")?),
            IPVS_SVC_ATTR_PROTOCOL => protocol = Some(read!(attr.u16(IPVS_SVC_ATTR_PROTOCOL))),
            IPVS_SVC_ATTR_ADDR => address = Some(attr),
            IPVS_SVC_ATTR_PORT => port = Some(read!(attr.be16(IPVS_SVC_ATTR_PORT))),
            IPVS_SVC_ATTR_FWMARK => mark = Some(read!(attr.u32(IPVS_SVC_ATTR_FWMARK))),
            IPVS_SVC_ATTR_SCHED_NAME => {
                let limit = Scheduler::MAX_LENGTH;
                let name = read!(attr.string(IPVS_SVC_ATTR_SCHED_NAME, limit));
                scheduler = Scheduler::from_bytes(name);
            }
            IPVS_SVC_ATTR_PE_NAME => {
                let limit = PersistenceEngine::MAX_LENGTH;
                let name = read!(attr.string(IPVS_SVC_ATTR_PE_NAME, limit));
                engine = PersistenceEngine::from_bytes(name);
            }
            IPVS_SVC_ATTR_FLAGS => flags = Some(read!(attr.u32(IPVS_SVC_ATTR_FLAGS))),
            IPVS_SVC_ATTR_TIMEOUT => timeout = Some(read!(attr.u32(IPVS_SVC_ATTR_TIMEOUT))),
            IPVS_SVC_ATTR_NETMASK => netmask = Some(attr),
            IPVS_SVC_ATTR_STATS => stats = Some(attr.nested()),
            IPVS_SVC_ATTR_STATS64 => stats64 = Some(attr.nested()),
            _ => {}
        }
    }
    let family = need!(family, IPVS_SVC_ATTR_AF);
    let key = match mark {
        Some(mark) => ServiceKey::FirewallMark { mark, family },
        None => ServiceKey::Address {
            protocol: Protocol::new(need!(protocol, IPVS_SVC_ATTR_PROTOCOL)),
            address: read_address(
                need!(address, IPVS_SVC_ATTR_ADDR),
                family,
                "IPVS_SVC_ATTR_ADDR",
            )?,
            port: need!(port, IPVS_SVC_ATTR_PORT),
        },
    };
    // "Hashed" is the kernel's own mark on every service that it lists.
    let flags = need!(flags, IPVS_SVC_ATTR_FLAGS) & !IP_VS_SVC_F_HASHED;
    let service = Service {
        key,
        scheduler: need!(scheduler, IPVS_SVC_ATTR_SCHED_NAME),
        flags: ServiceFlags::from_bits_retain(flags),
        persistence_timeout: Duration::from_secs(need!(timeout, IPVS_SVC_ATTR_TIMEOUT).into()),
        persistence_netmask: read_netmask(need!(netmask, IPVS_SVC_ATTR_NETMASK), family)?,
        persistence_engine: engine,
    };
    let stats = read_stats(stats, stats64, "IPVS_SVC_ATTR_STATS64")?;
    Ok(ServiceEntry { service, stats })
}

fn read_daemon(attrs: Attrs<'_>) -> Result<SyncDaemon, WireError> {
    let (mut state, mut interface, mut sync_id) = (None, None, None);
    let (mut max_length, mut group, mut port, mut ttl) = (None, None, None, None);
    for attr in attrs {
        let attr = attr?;
        match attr.kind {
            IPVS_DAEMON_ATTR_STATE => state = Some(read!(attr.u32(IPVS_DAEMON_ATTR_STATE))),
            IPVS_DAEMON_ATTR_MCAST_IFN => {
                let limit = InterfaceName::MAX_LENGTH;
                let name = read!(attr.string(IPVS_DAEMON_ATTR_MCAST_IFN, limit));
                interface = InterfaceName::from_bytes(name);
            }
            IPVS_DAEMON_ATTR_SYNC_ID => sync_id = Some(read!(attr.u32(IPVS_DAEMON_ATTR_SYNC_ID))),
            IPVS_DAEMON_ATTR_SYNC_MAXLEN => {
                max_length = Some(read!(attr.u16(IPVS_DAEMON_ATTR_SYNC_MAXLEN)));
            }
            IPVS_DAEMON_ATTR_MCAST_GROUP => {
                let bits = read!(attr.be32(IPVS_DAEMON_ATTR_MCAST_GROUP));
                group = Some(Ipv4Addr::from_bits(bits).into());
            }
            IPVS_DAEMON_ATTR_MCAST_GROUP6 => {
                let octets: [u8; 16] = read!(attr.array(IPVS_DAEMON_ATTR_MCAST_GROUP6));
                group = Some(Ipv6Addr::from(octets).into());
            }
            IPVS_DAEMON_ATTR_MCAST_PORT => {
                port = Some(read!(attr.u16(IPVS_DAEMON_ATTR_MCAST_PORT)));
            }
            IPVS_DAEMON_ATTR_MCAST_TTL => ttl = Some(read!(attr.u8(IPVS_DAEMON_ATTR_MCAST_TTL))),
            _ => {}
        }
    }
    let role = match need!(state, IPVS_DAEMON_ATTR_STATE) {
        IP_VS_STATE_MASTER => DaemonRole::Master,
        IP_VS_STATE_BACKUP => DaemonRole::Backup,
        other => return Err(invalid("IPVS_DAEMON_ATTR_STATE", other)),
    };
    Ok(SyncDaemon {
        role,
        interface: need!(interface, IPVS_DAEMON_ATTR_MCAST_IFN),
        sync_id: need!(sync_id, IPVS_DAEMON_ATTR_SYNC_ID),
        max_length,
        group,
        port,
        ttl,
    })
}

fn invalid(name: &'static str, value: impl Into<u64>) -> WireError {
    let value = value.into();
    WireError::InvalidAttribute { name, value }
}

fn read_family(attr: Attr<'_>, name: &'static str) -> Result<Family, WireError> {
    let number = attr.u16(name)?;
    [Family::V4, Family::V6]
        .into_iter()
        .find(|family| family.number() == number)
        .ok_or(invalid(name, number))
}

/// An IPv4 address is the first four bytes of sixteen.
fn read_address(attr: Attr<'_>, family: Family, name: &'static str) -> Result<IpAddr, WireError> {
    attr.bytes(name, 16)?;
    match family {
        Family::V4 => attr.be32(name).map(|bits| Ipv4Addr::from_bits(bits).into()),
        Family::V6 => attr
            .array(name)
            .map(|octets: [u8; 16]| Ipv6Addr::from(octets).into()),
    }
}

fn read_netmask(attr: Attr<'_>, family: Family) -> Result<Netmask, WireError> {
    const NAME: &str = "IPVS_SVC_ATTR_NETMASK";
    match family {
        Family::V4 => attr
            .be32(NAME)
            .map(|bits| Netmask::V4(Ipv4Addr::from_bits(bits))),
        Family::V6 => {
            let prefix = attr.u32(NAME)?;
            u8::try_from(prefix)
                .map(Netmask::V6)
                .map_err(|_| invalid(NAME, prefix))
        }
    }
}
