//! What the kernel tells in `/proc/net`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipvs_core as core;
use ipvs_core::procfs;
use pyo3::prelude::*;

use crate::cross::Cross;
use crate::value::value;

value! {
    /// One row of the connection table.
    Connection(procfs::Connection) as it
    json to_json from_json to_dict from_dict;
    needs {
        client: IpAddr = it.client,
        client_port: u16 = it.client_port,
        service: core::ServiceKey = it.service,
        dest: core::DestKey = it.dest,
    }
    takes {
        state: procfs::ConnectionState,
        expires: Duration,
        origin: Option<procfs::Origin>,
        persistence: Option<procfs::PersistenceData>,
    }
    new procfs::Connection::new(SocketAddr::new(client, client_port), service, dest);
    also {
        #[getter]
        fn is_template(&self) -> bool {
            self.it.is_template()
        }

        #[getter]
        fn is_invalidated(&self) -> bool {
            self.it.is_invalidated()
        }
    }
}

value! {
    /// What a persistence engine keeps of a connection.
    PersistenceData(procfs::PersistenceData) as it
    needs { engine: core::PersistenceEngine = it.engine, data: Vec<u8> = it.data.clone(), }
    new procfs::PersistenceData::new(engine, data);
}

value! {
    /// One port that an application module works on.
    Application(procfs::Application) as it
    needs {
        protocol: core::Protocol = it.protocol,
        port: u16 = it.port,
        name: String = it.name.clone(),
    }
    takes { connections: u32, }
    new procfs::Application::new(protocol, port, name);
}

value! {
    /// The counters of each processor.
    CpuStats(procfs::CpuStats) as it
    needs { cpus: Vec<procfs::CpuCounters> = it.cpus.clone(), total: core::Stats = it.total, }
    new procfs::CpuStats::new(cpus, total);
}

value! {
    /// What one processor counted.
    CpuCounters(procfs::CpuCounters) as it
    needs { cpu: u32 = it.cpu, }
    takes {
        connections: u64,
        incoming_packets: u64,
        outgoing_packets: u64,
        incoming_bytes: u64,
        outgoing_bytes: u64,
    }
    new {
        let mut counters = procfs::CpuCounters::default();
        counters.cpu = cpu;
        counters
    };
}

value! {
    /// How full the kernel's tables are.
    Status(procfs::Status) as it
    needs { }
    takes {
        connections: u32,
        connection_table: procfs::HashTable,
        services: u32,
        service_table: procfs::HashTable,
        estimator_threads: u32,
        estimator_threads_max: u32,
        estimator_chain: u32,
        estimators_per_thread: u32,
        other: Vec<(String, String)>,
    }
    new procfs::Status::default();
}

value! {
    /// The size and the filling of a hash table.
    HashTable(procfs::HashTable) as it
    needs { }
    takes { buckets: u32, load_factor: i32, lengths: Vec<u32>, }
    new procfs::HashTable::default();
}

value! {
    /// The services as `/proc/net/ip_vs` tells of them.
    KernelTable(procfs::KernelTable) as it
    needs { info: core::Info = it.info, }
    held services: Vec<procfs::KernelService> = it.services;
    new procfs::KernelTable::new(info, services);
}

value! {
    /// A service as `/proc/net/ip_vs` tells of it.
    KernelService(procfs::KernelService) as it
    needs { key: procfs::KernelServiceKey = it.key, scheduler: core::Scheduler = it.scheduler, }
    held dests: Vec<procfs::KernelDest> = it.dests;
    takes { one_packet: bool, persistence: Option<procfs::KernelPersistence>, }
    new {
        let mut service = procfs::KernelService::new(key, scheduler);
        service.dests = dests;
        service
    };
}

value! {
    /// A real server as `/proc/net/ip_vs` tells of it.
    KernelDest(procfs::KernelDest) as it
    needs { key: core::DestKey = it.key, forward: core::ForwardMethod = it.forward, }
    takes { weight: u32, active_connections: u32, inactive_connections: u32, }
    new procfs::KernelDest::new(key, forward);
}

value! {
    /// The persistence of a service, in the units of `/proc/net/ip_vs`.
    KernelPersistence(procfs::KernelPersistence) as it
    needs { timeout_jiffies: u32 = it.timeout_jiffies, netmask_bits: u32 = it.netmask_bits, }
    new procfs::KernelPersistence::new(timeout_jiffies, netmask_bits);
    also {
        fn netmask(&self, py: Python<'_>, family: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
            self.it.netmask(core::Family::take(family, "family")?).give(py)
        }
    }
}
