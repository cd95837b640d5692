//! The kernel's table, the file and the checkers, put side by side. Pure.

use std::collections::BTreeSet;
use std::fmt;

use ipvs_core::{DestEntry, DestKey, Rates, ServiceEntry, ServiceKey, Snapshot};

use crate::config::{Config, Virtual};
use crate::convert;
use crate::status::{Health, Lvsd, Pulse, RealServer, VirtualService};

/// Why a daemon told nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not run here.
    Absent,
    /// It runs, but what came was nothing to go by.
    Silent(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Absent => f.write_str("stopped"),
            Trouble::Silent(why) => f.write_str(why),
        }
    }
}

/// What was seen of the cluster at one moment.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The moment, in seconds since 1970.
    pub at: u64,
    /// What lvsd tells.
    pub lvsd: Result<Lvsd, Trouble>,
    /// What pulse tells.
    pub pulse: Result<Pulse, Trouble>,
    /// The kernel's table; why it could not be read.
    pub table: Result<Snapshot, String>,
    /// The file's active services in its order, and behind them those that only the kernel has.
    pub services: Vec<ServiceRow>,
}

/// A virtual service.
#[derive(Clone, Debug)]
pub struct ServiceRow {
    /// Its key.
    pub key: ServiceKey,
    /// Its name in the file; `None` when only the kernel has it.
    pub name: Option<String>,
    /// What the kernel has of it.
    pub entry: Option<ServiceEntry>,
    /// Whether its sorry server answers; `None` when it has none.
    pub sorry: Option<bool>,
    /// Its real servers: the file's in its order, then those that only the kernel has.
    pub servers: Vec<ServerRow>,
}

/// A real server of a service.
#[derive(Clone, Debug)]
pub struct ServerRow {
    /// Its key.
    pub key: DestKey,
    /// Its name in the file; `None` when only the kernel has it.
    pub name: Option<String>,
    /// What the kernel has of it.
    pub entry: Option<DestEntry>,
    /// What its checker says.
    pub health: Option<Health>,
    /// Its checker's process.
    pub nanny: Option<u32>,
}

impl Picture {
    /// Puts together what was seen.
    #[must_use]
    pub fn new(
        at: u64,
        config: &Config,
        table: Result<Snapshot, String>,
        lvsd: Result<Lvsd, Trouble>,
        pulse: Result<Pulse, Trouble>,
    ) -> Picture {
        let seen = table.as_ref().ok();
        let told = lvsd.as_ref().ok();
        let mut services = Vec::new();
        let mut met = BTreeSet::new();
        for wanted in config.virtuals.iter().filter(|wanted| wanted.active) {
            let Some(key) = wanted.key().filter(|key| met.insert(*key)) else {
                continue;
            };
            services.push(ServiceRow::of(config, wanted, key, seen, told));
        }
        let others = seen.map_or(&[][..], |seen| &seen.services);
        for other in others {
            if met.insert(other.entry.service.key) {
                services.push(ServiceRow::unnamed(other));
            }
        }
        Picture {
            at,
            lvsd,
            pulse,
            table,
            services,
        }
    }

    /// Whether this node's table follows the file now, as far as its daemons tell: it serves, or
    /// is a hot standby, where lvsd runs while pulse is inactive.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.lvsd.is_ok() || self.pulse.as_ref().is_ok_and(|pulse| pulse.active)
    }
}

impl ServiceRow {
    fn of(
        config: &Config,
        wanted: &Virtual,
        key: ServiceKey,
        seen: Option<&Snapshot>,
        told: Option<&Lvsd>,
    ) -> ServiceRow {
        let seen = seen.and_then(|seen| seen.service(&key));
        let spelled = key.to_string();
        let mut told = told.into_iter().flat_map(|told| &told.services);
        let told = told.find(|told| told.service == spelled);
        let entries = seen.map_or(&[][..], |seen| &seen.dests);
        let mut servers: Vec<ServerRow> = Vec::new();
        let listed = wanted.servers.iter().filter(|server| server.active);
        let named = listed.map(|server| {
            let dest = convert::dest(config, wanted, &key, server);
            (server.name.clone(), dest.key)
        });
        let sorry = convert::sorry_dest(config, wanted);
        let sorry = sorry.map(|dest| ("sorry server".to_owned(), dest.key));
        // One that is not in use is no server of the service.
        let sorry = sorry.filter(|(_, key)| find(entries, key).is_some());
        for (name, dest) in named.chain(sorry) {
            if !servers.iter().any(|row| row.key == dest) {
                servers.push(ServerRow::new(Some(name), dest, entries, told));
            }
        }
        for entry in entries {
            if !servers.iter().any(|row| row.key == entry.dest.key) {
                servers.push(ServerRow::new(None, entry.dest.key, entries, None));
            }
        }
        ServiceRow {
            key,
            name: Some(wanted.name.clone()),
            entry: seen.map(|seen| seen.entry),
            sorry: told.and_then(|told| told.sorry),
            servers,
        }
    }

    fn unnamed(seen: &ipvs_core::SnapshotService) -> ServiceRow {
        let dests = seen.dests.iter();
        let row = |entry: &DestEntry| ServerRow::new(None, entry.dest.key, &seen.dests, None);
        ServiceRow {
            key: seen.entry.service.key,
            name: None,
            entry: Some(seen.entry),
            sorry: None,
            servers: dests.map(row).collect(),
        }
    }

    /// Active connections of all its servers.
    #[must_use]
    pub fn active_connections(&self) -> u64 {
        let entries = self.servers.iter().filter_map(|row| row.entry.as_ref());
        entries
            .map(|entry| u64::from(entry.active_connections))
            .sum()
    }

    /// Its present rates; all 0 while the kernel doesn't have it.
    #[must_use]
    pub fn rates(&self) -> Rates {
        self.entry
            .map_or_else(Rates::default, |entry| entry.stats.rates)
    }
}

impl ServerRow {
    fn new(
        name: Option<String>,
        key: DestKey,
        entries: &[DestEntry],
        told: Option<&VirtualService>,
    ) -> ServerRow {
        let spelled = key.to_string();
        let mut told = told.into_iter().flat_map(|told| &told.servers);
        let told: Option<&RealServer> = told.find(|told| told.dest == spelled);
        ServerRow {
            key,
            name,
            entry: find(entries, &key).copied(),
            health: told.map(|told| told.health.clone()),
            nanny: told.and_then(|told| told.nanny),
        }
    }

    /// Its name, or its key when it has none.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => self.key.to_string(),
        }
    }
}

fn find<'a>(entries: &'a [DestEntry], key: &DestKey) -> Option<&'a DestEntry> {
    entries.iter().find(|entry| entry.dest.key == *key)
}
