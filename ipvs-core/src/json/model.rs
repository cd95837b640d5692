//! The objects of the schema, field by field.

use std::net::IpAddr;
use std::time::Duration;

use serde::de::MapAccess;
use serde::ser::SerializeMap;

use super::object::{Object, Reader, as_object, object, put, required, take};
use super::text::{Bytes, Seconds};
use crate::procfs::{Connection, ConnectionState, Origin, PersistenceData};
use crate::{
    DaemonRole, Dest, DestEntry, DestKey, Family, ForwardMethod, Info, InterfaceName, IpvsVersion,
    Netmask, PersistenceEngine, Protocol, Rates, Scheduler, Service, ServiceEntry, ServiceFlags,
    ServiceKey, Snapshot, SnapshotService, Stats, StatsWidth, SyncDaemon, Table, TableService,
    Timeouts, Tunnel, TunnelFlags, TunnelKind,
};

object! {
    Table as table
    fields {
        services: Vec<TableService> = table.services, or Vec::new();
        timeouts: Option<Timeouts> = table.timeouts, or None;
        daemons: Option<Vec<SyncDaemon>> = table.daemons, or None;
    }
    build Table { services, timeouts, daemons }
}

object! {
    TableService as it
    parts { service: Service = it.service, }
    fields { dests: Vec<Dest> = it.dests, or Vec::new(); }
    build TableService { service, dests }
}

object! {
    Snapshot as snapshot
    fields {
        info: Info = snapshot.info;
        services: Vec<SnapshotService> = snapshot.services, or Vec::new();
        timeouts: Timeouts = snapshot.timeouts, or Timeouts::default();
        daemons: Vec<SyncDaemon> = snapshot.daemons, or Vec::new();
    }
    build Snapshot { timeouts, daemons, ..Snapshot::new(info, services) }
}

object! {
    SnapshotService as it
    parts { entry: ServiceEntry = it.entry, }
    fields { dests: Vec<DestEntry> = it.dests, or Vec::new(); }
    build SnapshotService { entry, dests }
}

object! {
    ServiceEntry as entry
    parts { service: Service = entry.service, }
    fields { stats: Stats = entry.stats, or Stats::default(); }
    build ServiceEntry { service, stats }
}

object! {
    Service as service
    parts { key: ServiceKey = service.key, }
    fields {
        scheduler: Scheduler = service.scheduler, or Scheduler::default();
        flags: ServiceFlags = service.flags, or ServiceFlags::empty();
        persistence_timeout: Seconds = Seconds(service.persistence_timeout), or Seconds(Duration::ZERO);
        persistence_netmask: Netmask = service.persistence_netmask, or Netmask::host(key.family());
        persistence_engine: Option<PersistenceEngine> = service.persistence_engine, or None;
    }
    build Service {
        key,
        scheduler,
        flags,
        persistence_timeout: persistence_timeout.0,
        persistence_netmask,
        persistence_engine,
    }
}

/// `protocol`, `address` and `port`, or `firewall_mark` and `family`.
impl Object for ServiceKey {
    type Draft = Key;

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => {
                put(map, "protocol", protocol)?;
                put(map, "address", address)?;
                put(map, "port", port)
            }
            ServiceKey::FirewallMark { mark, family } => {
                put(map, "firewall_mark", mark)?;
                put(map, "family", family)
            }
        }
    }

    fn read<'de, M: MapAccess<'de>>(
        draft: &mut Key,
        name: &str,
        map: &mut M,
    ) -> Result<bool, M::Error> {
        match name {
            "protocol" => take(&mut draft.protocol, name, map)?,
            "address" => take(&mut draft.address, name, map)?,
            "port" => take(&mut draft.port, name, map)?,
            "firewall_mark" => take(&mut draft.firewall_mark, name, map)?,
            "family" => take(&mut draft.family, name, map)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn build<E: serde::de::Error>(draft: Key) -> Result<Self, E> {
        let addressed = (draft.protocol, draft.address, draft.port);
        match (draft.firewall_mark, draft.family, addressed) {
            (Some(mark), family, (None, None, None)) => {
                let family = family.unwrap_or(Family::V4);
                Ok(ServiceKey::FirewallMark { mark, family })
            }
            (None, None, (protocol, address, port)) => Ok(ServiceKey::Address {
                protocol: required(protocol, "protocol")?,
                address: required(address, "address")?,
                port: required(port, "port")?,
            }),
            (Some(_), ..) => Err(E::custom(
                "firewall_mark: excludes protocol, address and port",
            )),
            (None, Some(_), _) => Err(E::custom("family: goes with firewall_mark only")),
        }
    }
}

/// A key's fields as they are read.
#[derive(Default)]
pub(super) struct Key {
    protocol: Option<Protocol>,
    address: Option<IpAddr>,
    port: Option<u16>,
    firewall_mark: Option<u32>,
    family: Option<Family>,
}

as_object!(ServiceKey);

object! {
    DestEntry as entry
    parts { dest: Dest = entry.dest, }
    fields {
        active_connections: u32 = entry.active_connections, or 0;
        inactive_connections: u32 = entry.inactive_connections, or 0;
        persistent_connections: u32 = entry.persistent_connections, or 0;
        stats: Stats = entry.stats, or Stats::default();
    }
    build DestEntry {
        dest,
        active_connections,
        inactive_connections,
        persistent_connections,
        stats,
    }
}

object! {
    Dest as dest
    parts { key: DestKey = dest.key, }
    fields {
        forward: ForwardMethod = dest.forward;
        weight: u32 = dest.weight, or 1;
        upper_threshold: u32 = dest.upper_threshold, or 0;
        lower_threshold: u32 = dest.lower_threshold, or 0;
        tunnel: Tunnel = dest.tunnel, or Tunnel::default();
    }
    build Dest {
        key,
        forward,
        tunnel,
        weight,
        upper_threshold,
        lower_threshold,
    }
}

object! {
    DestKey as key
    fields {
        address: IpAddr = key.address;
        port: u16 = key.port;
    }
    build DestKey { address, port }
}

object! {
    Tunnel as tunnel
    fields {
        kind: TunnelKind = tunnel.kind, or TunnelKind::IPIP;
        port: u16 = tunnel.port, or 0;
        flags: TunnelFlags = tunnel.flags, or TunnelFlags::empty();
    }
    build Tunnel { kind, port, flags }
}

object! {
    Timeouts as timeouts
    fields {
        tcp: Seconds = Seconds(timeouts.tcp), or Seconds(Timeouts::default().tcp);
        tcp_fin: Seconds = Seconds(timeouts.tcp_fin), or Seconds(Timeouts::default().tcp_fin);
        udp: Seconds = Seconds(timeouts.udp), or Seconds(Timeouts::default().udp);
    }
    build Timeouts::new(tcp.0, tcp_fin.0, udp.0)
}

object! {
    SyncDaemon as daemon
    fields {
        role: DaemonRole = daemon.role;
        interface: InterfaceName = daemon.interface;
        sync_id: u32 = daemon.sync_id, or 0;
        max_length: Option<u16> = daemon.max_length, or None;
        group: Option<IpAddr> = daemon.group, or None;
        port: Option<u16> = daemon.port, or None;
        ttl: Option<u8> = daemon.ttl, or None;
    }
    build SyncDaemon {
        role,
        interface,
        sync_id,
        max_length,
        group,
        port,
        ttl,
    }
}

object! {
    Info as info
    fields {
        version: IpvsVersion = info.version;
        connection_table_size: u32 = info.connection_table_size;
    }
    build Info::new(version, connection_table_size)
}

object! {
    Stats as stats
    fields {
        connections: u64 = stats.connections, or 0;
        incoming_packets: u64 = stats.incoming_packets, or 0;
        outgoing_packets: u64 = stats.outgoing_packets, or 0;
        incoming_bytes: u64 = stats.incoming_bytes, or 0;
        outgoing_bytes: u64 = stats.outgoing_bytes, or 0;
        rates: Rates = stats.rates, or Rates::default();
        width: StatsWidth = stats.width, or StatsWidth::default();
    }
    build Stats {
        connections,
        incoming_packets,
        outgoing_packets,
        incoming_bytes,
        outgoing_bytes,
        rates,
        width,
    }
}

object! {
    Rates as rates
    fields {
        connections: u64 = rates.connections, or 0;
        incoming_packets: u64 = rates.incoming_packets, or 0;
        outgoing_packets: u64 = rates.outgoing_packets, or 0;
        incoming_bytes: u64 = rates.incoming_bytes, or 0;
        outgoing_bytes: u64 = rates.outgoing_bytes, or 0;
    }
    build Rates {
        connections,
        incoming_packets,
        outgoing_packets,
        incoming_bytes,
        outgoing_bytes,
    }
}

object! {
    Connection as row
    parts { service: ServiceKey = row.service, }
    fields {
        client: IpAddr = row.client;
        client_port: u16 = row.client_port;
        dest: DestKey = row.dest;
        state: ConnectionState = row.state;
        expires: Seconds = Seconds(row.expires);
        origin: Option<Origin> = row.origin, or None;
        persistence: Option<PersistenceData> = row.persistence, or None;
    }
    build Connection {
        client,
        client_port,
        service,
        dest,
        state,
        expires: expires.0,
        origin,
        persistence,
    }
}

object! {
    PersistenceData as persistence
    fields {
        engine: PersistenceEngine = persistence.engine;
        data: Bytes = Bytes(persistence.data.clone());
    }
    build PersistenceData { engine, data: data.0 }
}
