//! What the kernel says of everything: the attributes, in its order.

use ipvs_sys::errno::EMSGSIZE;
use ipvs_sys::uapi::*;

use super::daemon::{Daemon, Group};
use super::dest::{Dest, DestKey};
use super::service::Key;
use super::{Daemons, Errno, Ipvs, Message, Service, Timeouts};
use crate::fake::Environment;
use crate::fake::counters::Counters;
use crate::fake::netlink::policy::Attributes;
use crate::wire::WireError;
use crate::wire::attr::{Builder, build};

/// A message, and where a list goes on behind it.
type Entry = (Message, usize);

/// The lists, each from where its last part ended.
impl Ipvs {
    pub(in crate::fake) fn list_services(
        &self,
        hz: u32,
        cursor: usize,
    ) -> impl Iterator<Item = Entry> {
        let services = self.services.iter().enumerate().skip(cursor);
        services.filter_map(move |(place, found)| Some((service(found, hz).ok()?, place + 1)))
    }

    /// Of a service that there is not, none.
    pub(in crate::fake) fn list_dests(
        &self,
        environment: &Environment,
        asked: &Attributes<'_>,
        cursor: usize,
    ) -> impl Iterator<Item = Entry> + use<'_> {
        let nest = asked.get(IPVS_CMD_ATTR_SERVICE);
        let key = Key::parse(nest, environment).ok();
        let service = key.and_then(|(key, _)| self.services.get(&key));
        let dests = service.into_iter().flat_map(|service| &service.dests);
        let left = dests.enumerate().skip(cursor);
        left.filter_map(|(place, found)| Some((dest(found).ok()?, place + 1)))
    }

    /// The master, then the backup; the cursor has a bit for each that was told.
    pub(in crate::fake) fn list_daemons(&self, cursor: usize) -> impl Iterator<Item = Entry> {
        let Daemons { master, backup, .. } = &self.daemons;
        let both = [
            (1, IP_VS_STATE_MASTER, master),
            (2, IP_VS_STATE_BACKUP, backup),
        ];
        let mut told = cursor;
        both.into_iter().filter_map(move |(bit, state, found)| {
            let found = found.as_ref().filter(|_| told & bit == 0)?;
            told |= bit;
            Some((daemon(state, found).ok()?, told))
        })
    }
}

fn message(command: u8, body: impl FnOnce(&mut Builder<'_>)) -> Result<Message, Errno> {
    let mut attributes = Vec::new();
    let written = build::<WireError>(&mut attributes, |attrs| {
        body(attrs);
        Ok(())
    });
    written.map_err(|_| EMSGSIZE)?;
    Ok(Message {
        command,
        attributes,
    })
}

pub(super) fn service(service: &Service, hz: u32) -> Result<Message, Errno> {
    message(IPVS_CMD_NEW_SERVICE, |attrs| {
        attrs.nest(IPVS_CMD_ATTR_SERVICE, |attrs| {
            write_service(attrs, service, hz)
        });
    })
}

fn write_service(attrs: &mut Builder<'_>, service: &Service, hz: u32) {
    let Key {
        family,
        protocol,
        address,
        port,
        mark,
    } = service.key;
    attrs.u16(IPVS_SVC_ATTR_AF, family);
    if mark == 0 {
        attrs.u16(IPVS_SVC_ATTR_PROTOCOL, protocol);
        attrs.bytes(IPVS_SVC_ATTR_ADDR, &address);
        attrs.be16(IPVS_SVC_ATTR_PORT, port);
    } else {
        attrs.u32(IPVS_SVC_ATTR_FWMARK, mark);
    }
    attrs.string(IPVS_SVC_ATTR_SCHED_NAME, &service.scheduler);
    if !service.engine.is_empty() {
        attrs.string(IPVS_SVC_ATTR_PE_NAME, &service.engine);
    }
    attrs.nest(IPVS_SVC_ATTR_FLAGS, |pair| {
        pair.raw(&service.flags.to_ne_bytes());
        pair.raw(&u32::MAX.to_ne_bytes());
    });
    attrs.u32(IPVS_SVC_ATTR_TIMEOUT, service.timeout / hz.max(1));
    attrs.bytes(IPVS_SVC_ATTR_NETMASK, &service.netmask);
    attrs.nest(IPVS_SVC_ATTR_STATS, |attrs| {
        write_narrow(attrs, &service.counters)
    });
    attrs.nest(IPVS_SVC_ATTR_STATS64, |attrs| {
        write_wide(attrs, &service.counters)
    });
}

fn dest(dest: &Dest) -> Result<Message, Errno> {
    message(IPVS_CMD_NEW_DEST, |attrs| {
        attrs.nest(IPVS_CMD_ATTR_DEST, |attrs| write_dest(attrs, dest));
    })
}

fn write_dest(attrs: &mut Builder<'_>, dest: &Dest) {
    let DestKey {
        family,
        address,
        port,
    } = dest.key;
    let settings = &dest.settings;
    attrs.bytes(IPVS_DEST_ATTR_ADDR, &address);
    attrs.be16(IPVS_DEST_ATTR_PORT, port);
    attrs.u32(IPVS_DEST_ATTR_FWD_METHOD, settings.forward);
    attrs.u32(IPVS_DEST_ATTR_WEIGHT, settings.weight);
    attrs.u8(IPVS_DEST_ATTR_TUN_TYPE, settings.tunnel_kind);
    attrs.be16(IPVS_DEST_ATTR_TUN_PORT, settings.tunnel_port);
    attrs.u16(IPVS_DEST_ATTR_TUN_FLAGS, settings.tunnel_flags);
    attrs.u32(IPVS_DEST_ATTR_U_THRESH, settings.upper_threshold);
    attrs.u32(IPVS_DEST_ATTR_L_THRESH, settings.lower_threshold);
    attrs.u32(IPVS_DEST_ATTR_ACTIVE_CONNS, dest.active);
    attrs.u32(IPVS_DEST_ATTR_INACT_CONNS, dest.inactive);
    attrs.u32(IPVS_DEST_ATTR_PERSIST_CONNS, dest.persistent);
    attrs.u16(IPVS_DEST_ATTR_ADDR_FAMILY, family);
    attrs.nest(IPVS_DEST_ATTR_STATS, |attrs| {
        write_narrow(attrs, &dest.counters)
    });
    attrs.nest(IPVS_DEST_ATTR_STATS64, |attrs| {
        write_wide(attrs, &dest.counters)
    });
}

fn daemon(state: u32, daemon: &Daemon) -> Result<Message, Errno> {
    message(IPVS_CMD_NEW_DAEMON, |attrs| {
        attrs.nest(IPVS_CMD_ATTR_DAEMON, |attrs| {
            attrs.u32(IPVS_DAEMON_ATTR_STATE, state);
            attrs.string(IPVS_DAEMON_ATTR_MCAST_IFN, &daemon.interface);
            attrs.u32(IPVS_DAEMON_ATTR_SYNC_ID, daemon.sync_id);
            attrs.u16(IPVS_DAEMON_ATTR_SYNC_MAXLEN, daemon.max_length);
            attrs.u16(IPVS_DAEMON_ATTR_MCAST_PORT, daemon.port);
            attrs.u8(IPVS_DAEMON_ATTR_MCAST_TTL, daemon.ttl);
            match daemon.group {
                Group::V4(group) => {
                    attrs.bytes(IPVS_DAEMON_ATTR_MCAST_GROUP, &group.octets());
                }
                Group::V6(group) => {
                    attrs.bytes(IPVS_DAEMON_ATTR_MCAST_GROUP6, &group.octets());
                }
            }
        });
    })
}

pub(super) fn timeouts(timeouts: &Timeouts) -> Result<Message, Errno> {
    message(IPVS_CMD_SET_CONFIG, |attrs| {
        attrs.u32(IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp);
        attrs.u32(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcp_fin);
        attrs.u32(IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp);
    })
}

pub(super) fn info(connection_buckets: u32) -> Result<Message, Errno> {
    message(IPVS_CMD_SET_INFO, |attrs| {
        attrs.u32(IPVS_INFO_ATTR_VERSION, IP_VS_VERSION_CODE);
        attrs.u32(IPVS_INFO_ATTR_CONN_TAB_SIZE, connection_buckets);
    })
}

/// All in 32 bits but the bytes.
fn write_narrow(attrs: &mut Builder<'_>, counters: &Counters) {
    for (kind, number) in numbers(counters) {
        match kind {
            IPVS_STATS_ATTR_INBYTES | IPVS_STATS_ATTR_OUTBYTES => attrs.u64(kind, number),
            _ => attrs.u32(kind, narrow(number)),
        }
    }
}

fn write_wide(attrs: &mut Builder<'_>, counters: &Counters) {
    for (kind, number) in numbers(counters) {
        attrs.u64(kind, number);
    }
}

fn numbers(counters: &Counters) -> impl Iterator<Item = (u16, u64)> + use<> {
    (IPVS_STATS_ATTR_CONNS..).zip(counters.totals().into_iter().chain(counters.rates()))
}

/// The lower half.
fn narrow(number: u64) -> u32 {
    u32::try_from(number & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
