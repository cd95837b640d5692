//! What the core says, as the caller knows it. The entries are zero before.

use std::ffi::c_int;

use ipvs_core::{
    DaemonRole, DestEntry, Family, Netmask, ServiceEntry, ServiceKey, Stats, SyncDaemon, Timeouts,
};

use super::structs::{
    BACKUP, HASHED, MASTER, ip_vs_daemon_user, ip_vs_dest_entry, ip_vs_service_entry,
    ip_vs_stats_user, ip_vs_stats64, ip_vs_timeout_user,
};
use crate::address::family_number;
use crate::name;
use crate::service::whole_seconds;

impl ip_vs_service_entry {
    pub(super) fn fill(&mut self, entry: &ServiceEntry, dests: usize) {
        let service = &entry.service;
        self.af = family_number(service.key.family());
        match service.key {
            ServiceKey::FirewallMark { mark, .. } => self.fwmark = mark,
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => {
                self.protocol = protocol.number();
                self.addr = address.into();
                self.port = port.to_be();
            }
        }
        if service.key.family() == Family::V4 {
            self.__addr_v4 = self.addr.ip();
        }
        self.sched_name = name::array(service.scheduler.as_bytes());
        self.flags = service.flags.bits() | HASHED;
        self.timeout = whole_seconds(service.persistence_timeout);
        self.netmask = match service.persistence_netmask {
            Netmask::V4(mask) => mask.to_bits().to_be(),
            Netmask::V6(length) => length.into(),
        };
        if let Some(engine) = &service.persistence_engine {
            self.pe_name = name::array(engine.as_bytes());
        }
        self.num_dests = number(dests);
        self.stats.fill(&entry.stats);
        self.stats64.fill(&entry.stats);
    }
}

impl ip_vs_dest_entry {
    pub(super) fn fill(&mut self, entry: &DestEntry) {
        let dest = &entry.dest;
        self.af = family_number(Family::of(dest.key.address));
        self.addr = dest.key.address.into();
        if dest.key.address.is_ipv4() {
            self.__addr_v4 = self.addr.ip();
        }
        self.port = dest.key.port.to_be();
        self.conn_flags = dest.forward.number().into();
        self.weight = signed(dest.weight);
        self.u_threshold = dest.upper_threshold;
        self.l_threshold = dest.lower_threshold;
        self.activeconns = entry.active_connections;
        self.inactconns = entry.inactive_connections;
        self.persistconns = entry.persistent_connections;
        self.tun_type = dest.tunnel.kind.number().into();
        self.tun_port = dest.tunnel.port.to_be();
        self.tun_flags = dest.tunnel.flags.bits();
        self.stats.fill(&entry.stats);
        self.stats64.fill(&entry.stats);
    }
}

impl ip_vs_stats64 {
    fn fill(&mut self, stats: &Stats) {
        self.conns = stats.connections;
        self.inpkts = stats.incoming_packets;
        self.outpkts = stats.outgoing_packets;
        self.inbytes = stats.incoming_bytes;
        self.outbytes = stats.outgoing_bytes;
        self.cps = stats.rates.connections;
        self.inpps = stats.rates.incoming_packets;
        self.outpps = stats.rates.outgoing_packets;
        self.inbps = stats.rates.incoming_bytes;
        self.outbps = stats.rates.outgoing_bytes;
    }
}

impl ip_vs_stats_user {
    fn fill(&mut self, stats: &Stats) {
        self.conns = wrapped(stats.connections);
        self.inpkts = wrapped(stats.incoming_packets);
        self.outpkts = wrapped(stats.outgoing_packets);
        self.inbytes = stats.incoming_bytes;
        self.outbytes = stats.outgoing_bytes;
        self.cps = wrapped(stats.rates.connections);
        self.inpps = wrapped(stats.rates.incoming_packets);
        self.outpps = wrapped(stats.rates.outgoing_packets);
        self.inbps = wrapped(stats.rates.incoming_bytes);
        self.outbps = wrapped(stats.rates.outgoing_bytes);
    }
}

impl ip_vs_timeout_user {
    pub(super) fn fill(&mut self, timeouts: &Timeouts) {
        self.tcp_timeout = signed(whole_seconds(timeouts.tcp));
        self.tcp_fin_timeout = signed(whole_seconds(timeouts.tcp_fin));
        self.udp_timeout = signed(whole_seconds(timeouts.udp));
    }
}

impl ip_vs_daemon_user {
    pub(super) fn fill(&mut self, daemon: &SyncDaemon) {
        self.state = match daemon.role {
            DaemonRole::Master => MASTER,
            DaemonRole::Backup => BACKUP,
        };
        self.mcast_ifn = name::array(daemon.interface.as_bytes());
        self.syncid = signed(daemon.sync_id);
        self.sync_maxlen = daemon.max_length.unwrap_or(0).into();
        self.mcast_port = daemon.port.unwrap_or(0);
        self.mcast_ttl = daemon.ttl.unwrap_or(0).into();
        if let Some(group) = daemon.group {
            self.mcast_af = family_number(Family::of(group));
            self.mcast_group = group.into();
        }
    }
}

/// How many there are; no kernel lists more.
pub(super) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The bits of a number of the kernel's in the old API's type.
fn signed(number: u32) -> c_int {
    c_int::from_ne_bytes(number.to_ne_bytes())
}

/// As the kernel's own 32 bits of it wrap around.
fn wrapped(counter: u64) -> u32 {
    u32::try_from(counter & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
