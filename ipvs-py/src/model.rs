//! The values of the core, field by field.

use std::net::IpAddr;
use std::time::Duration;

use ipvs_core as core;
use pyo3::prelude::*;

use crate::cross::{Cross, Given};
use crate::error::raised;
use crate::rules;
use crate::value::value;

value! {
    /// What identifies a real server within its virtual service.
    DestKey(core::DestKey) as it
    ordered it;
    text parse;
    json to_json from_json to_dict from_dict;
    needs { address: IpAddr = it.address, port: u16 = it.port, }
    new core::DestKey::new(address, port);
    also {
        #[getter]
        fn family(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
            self.it.family().give(py)
        }
    }
}

value! {
    /// A virtual service as it is asked for.
    Service(core::Service) as it
    text parse;
    json to_json from_json to_dict from_dict;
    needs { key: core::ServiceKey = it.key, }
    takes {
        scheduler: core::Scheduler,
        flags: core::ServiceFlags,
        persistence_timeout: Duration,
        persistence_netmask: core::Netmask,
        persistence_engine: Option<core::PersistenceEngine>,
    }
    new core::Service::new(key);
    also {
        fn with_persistence(&self, timeout: &Bound<'_, PyAny>) -> PyResult<Self> {
            let timeout = Duration::take(timeout, "timeout")?;
            Ok(Service::of(self.it.with_persistence(timeout)))
        }

        fn with_one_packet(&self) -> Self {
            Service::of(self.it.with_one_packet())
        }

        #[getter]
        fn is_persistent(&self) -> bool {
            self.it.is_persistent()
        }

        #[getter]
        fn is_one_packet(&self) -> bool {
            self.it.is_one_packet()
        }
    }
}

value! {
    /// A virtual service as the kernel lists it.
    ServiceEntry(core::ServiceEntry) as it
    json to_json from_json to_dict from_dict;
    needs { service: core::Service = it.service, }
    takes { stats: core::Stats, }
    new core::ServiceEntry::new(service, core::Stats::default());
}

value! {
    /// The encapsulation of a tunnel.
    Tunnel(core::Tunnel) as it
    text parse;
    json to_json from_json to_dict from_dict;
    needs { }
    takes { kind: core::TunnelKind, port: u16, flags: core::TunnelFlags, }
    new core::Tunnel::default();
    also {
        #[staticmethod]
        fn ipip() -> Self {
            Tunnel::of(core::Tunnel::ipip())
        }

        #[staticmethod]
        fn gue(port: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Tunnel::of(core::Tunnel::gue(u16::take(port, "port")?)))
        }

        #[staticmethod]
        fn gre() -> Self {
            Tunnel::of(core::Tunnel::gre())
        }
    }
}

value! {
    /// A real server as it is asked for.
    Dest(core::Dest) as it
    text parse;
    json to_json from_json to_dict from_dict;
    needs {
        address: IpAddr = it.key.address,
        port: u16 = it.key.port,
        forward: core::ForwardMethod = it.forward,
    }
    takes { weight: u32, upper_threshold: u32, lower_threshold: u32, tunnel: core::Tunnel, }
    new core::Dest::new(address, port, forward);
    also {
        #[getter]
        fn key(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
            self.it.key.give(py)
        }
    }
}

value! {
    /// A real server as the kernel lists it.
    DestEntry(core::DestEntry) as it
    json to_json from_json to_dict from_dict;
    needs { dest: core::Dest = it.dest, }
    takes {
        active_connections: u32,
        inactive_connections: u32,
        persistent_connections: u32,
        stats: core::Stats,
    }
    new core::DestEntry::new(dest);
}

value! {
    /// Counters of a service or a real server.
    Stats(core::Stats) as it
    json to_json from_json to_dict from_dict;
    needs { }
    takes {
        connections: u64,
        incoming_packets: u64,
        outgoing_packets: u64,
        incoming_bytes: u64,
        outgoing_bytes: u64,
        rates: core::Rates,
        width: core::StatsWidth,
    }
    new core::Stats::default();
}

value! {
    /// Rates per second.
    Rates(core::Rates) as it
    json to_json from_json to_dict from_dict;
    needs { }
    takes {
        connections: u64,
        incoming_packets: u64,
        outgoing_packets: u64,
        incoming_bytes: u64,
        outgoing_bytes: u64,
    }
    new core::Rates::default();
}

value! {
    /// How long idle connections are kept.
    Timeouts(core::Timeouts) as it
    text parse;
    json to_json from_json to_dict from_dict;
    needs { }
    takes { tcp: Duration, tcp_fin: Duration, udp: Duration, }
    new core::Timeouts::default();
}

value! {
    /// The timeouts to change.
    TimeoutsEdit(core::TimeoutsEdit) as it
    text parse;
    needs { }
    takes { tcp: Option<Duration>, tcp_fin: Option<Duration>, udp: Option<Duration>, }
    new core::TimeoutsEdit::new();
    also {
        fn apply(&self, timeouts: &Bound<'_, PyAny>) -> PyResult<Timeouts> {
            let timeouts = core::Timeouts::take(timeouts, "timeouts")?;
            Ok(Timeouts::of(self.it.apply(timeouts)))
        }
    }
}

value! {
    /// A connection sync daemon.
    SyncDaemon(core::SyncDaemon) as it
    text parse;
    json to_json from_json to_dict from_dict;
    needs { role: core::DaemonRole = it.role, interface: core::InterfaceName = it.interface, }
    takes {
        sync_id: u32,
        max_length: Option<u16>,
        group: Option<IpAddr>,
        port: Option<u16>,
        ttl: Option<u8>,
    }
    new core::SyncDaemon::new(role, interface);
}

value! {
    /// A version of IPVS.
    IpvsVersion(core::IpvsVersion) as it
    ordered it;
    text parse;
    needs { major: u8 = it.major, minor: u8 = it.minor, patch: u8 = it.patch, }
    new core::IpvsVersion { major, minor, patch };
}

value! {
    /// What the kernel says of its IPVS.
    Info(core::Info) as it
    json to_json from_json to_dict from_dict;
    needs {
        version: core::IpvsVersion = it.version,
        connection_table_size: u32 = it.connection_table_size,
    }
    new core::Info::new(version, connection_table_size);
}

value! {
    /// A virtual service of a table with its real servers.
    TableService(core::TableService) as it
    json to_json from_json to_dict from_dict;
    needs { service: core::Service = it.service, }
    held dests: Vec<core::Dest> = it.dests;
    new core::TableService::new(service, dests);
}

value! {
    /// A virtual service of a snapshot with its real servers.
    SnapshotService(core::SnapshotService) as it
    json to_json from_json to_dict from_dict;
    needs { entry: core::ServiceEntry = it.entry, }
    held dests: Vec<core::DestEntry> = it.dests;
    new core::SnapshotService::new(entry, dests);
}

value! {
    /// What a network namespace's IPVS held when it was read.
    Snapshot(core::Snapshot) as it
    json to_json from_json to_dict from_dict;
    needs { info: core::Info = it.info, }
    held services: Vec<core::SnapshotService> = it.services;
    takes { timeouts: core::Timeouts, daemons: Vec<core::SyncDaemon>, }
    new core::Snapshot::new(info, services);
    also {
        fn service(&self, key: &Bound<'_, PyAny>) -> PyResult<Option<SnapshotService>> {
            let key = core::ServiceKey::take(key, "key")?;
            Ok(self.it.service(&key).cloned().map(SnapshotService::of))
        }

        fn table(&self) -> Table {
            Table::of(self.it.table())
        }
    }
}

value! {
    /// What a network namespace's IPVS should hold.
    Table(core::Table) as it
    json to_json from_json to_dict from_dict;
    needs { }
    held services: Vec<core::TableService> = it.services;
    takes { timeouts: Option<core::Timeouts>, daemons: Option<Vec<core::SyncDaemon>>, }
    new { let mut table = core::Table::new(); table.services = services; table };
    also {
        #[pyo3(signature = (service, dests = Given::Absent))]
        fn with_service(&self, service: &Bound<'_, PyAny>, dests: Given<'_>) -> PyResult<Self> {
            let service = core::Service::take(service, "service")?;
            let dests = dests.take("dests")?.unwrap_or_default();
            Ok(Table::of(self.it.clone().with_service(service, dests)))
        }

        fn changes(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
            self.it.changes().collect::<Vec<_>>().give(py)
        }

        #[staticmethod]
        fn from_rules(py: Python<'_>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
            let text = String::take(text, "text")?;
            let table = py.detach(|| core::rules::parse(&text));
            table.map(Table::of).map_err(raised)
        }

        #[pyo3(signature = (*, extras = Given::Absent, original = Given::Absent))]
        fn to_rules(
            &self,
            py: Python<'_>,
            extras: Given<'_>,
            original: Given<'_>,
        ) -> PyResult<String> {
            let extras = extras.take("extras")?.unwrap_or(false);
            let original = original.take("original")?.unwrap_or(false);
            rules::lines(py, &self.it, extras, original)
        }
    }
}
