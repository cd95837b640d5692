//! Whole tables: what is wanted, and what was seen.

use crate::{Dest, DestEntry, Info, Service, ServiceEntry, ServiceKey, SyncDaemon, Timeouts};

/// What a network namespace's IPVS should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Table {
    /// The virtual services and their real servers.
    pub services: Vec<TableService>,
    /// The timeouts; `None`: not ours to set.
    pub timeouts: Option<Timeouts>,
    /// The sync daemons, at most one of each role; `None`: not ours to start or stop.
    pub daemons: Option<Vec<SyncDaemon>>,
}

/// A virtual service of a [`Table`] with its real servers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TableService {
    /// The service.
    pub service: Service,
    /// Its real servers.
    pub dests: Vec<Dest>,
}

impl TableService {
    /// A service and its real servers.
    #[must_use]
    pub fn new(service: Service, dests: Vec<Dest>) -> Self {
        TableService { service, dests }
    }
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more service and its real servers.
    #[must_use]
    pub fn with_service(mut self, service: Service, dests: Vec<Dest>) -> Self {
        self.services.push(TableService { service, dests });
        self
    }

    /// With these timeouts.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = Some(timeouts);
        self
    }

    /// With these daemons, and no others.
    #[must_use]
    pub fn with_daemons(mut self, daemons: Vec<SyncDaemon>) -> Self {
        self.daemons = Some(daemons);
        self
    }
}

/// What a network namespace's IPVS held when it was read.
///
/// Services are sorted by their keys, and each one's dests by theirs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Snapshot {
    /// Version and table size.
    pub info: Info,
    /// The virtual services and their real servers.
    pub services: Vec<SnapshotService>,
    /// The timeouts in force.
    pub timeouts: Timeouts,
    /// The running sync daemons, master first.
    pub daemons: Vec<SyncDaemon>,
}

/// A virtual service of a [`Snapshot`] with its real servers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SnapshotService {
    /// The service with its counters.
    pub entry: ServiceEntry,
    /// Its real servers with their counters.
    pub dests: Vec<DestEntry>,
}

impl SnapshotService {
    /// A service and its real servers, as seen: for tests of what reads snapshots.
    #[must_use]
    pub fn new(entry: ServiceEntry, dests: Vec<DestEntry>) -> Self {
        SnapshotService { entry, dests }
    }
}

impl Snapshot {
    /// What was seen of services, with no daemon running and the kernel's own
    /// timeouts: for tests of what reads snapshots. Sorts the services and dests.
    #[must_use]
    pub fn new(info: Info, mut services: Vec<SnapshotService>) -> Self {
        services.sort_by_key(|service| service.entry.service.key);
        for service in &mut services {
            service.dests.sort_by_key(|entry| entry.dest.key);
        }
        Snapshot {
            info,
            services,
            timeouts: Timeouts::default(),
            daemons: Vec::new(),
        }
    }

    /// The service of a key.
    #[must_use]
    pub fn service(&self, key: &ServiceKey) -> Option<&SnapshotService> {
        let place = self
            .services
            .binary_search_by_key(key, |service| service.entry.service.key);
        self.services.get(place.ok()?)
    }

    /// The configuration alone: everything that [`Table`] can hold, without the counters.
    #[must_use]
    pub fn table(&self) -> Table {
        let service = |seen: &SnapshotService| TableService {
            service: seen.entry.service,
            dests: seen.dests.iter().map(|entry| entry.dest).collect(),
        };
        Table {
            services: self.services.iter().map(service).collect(),
            timeouts: Some(self.timeouts),
            daemons: Some(self.daemons.clone()),
        }
    }
}
