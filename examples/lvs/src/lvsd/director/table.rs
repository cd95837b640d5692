//! The services in the table, and the sorry servers in them.

use std::time::Duration;

use ipvs_core::{
    Client, Dest, DestEntry, Error, Plan, Scope, ServiceKey, Snapshot, SnapshotService, Table,
};

use super::{AGAIN, Director, LOOK, Staff, keys};
use crate::kernel::is_missing;
use crate::lvsd::layout::VirtualService;
use crate::nanny::watch::Place;
use crate::status::State;

/// Whether a service needs its sorry server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A server is up.
    Nobody,
    /// None is.
    Sorry,
    /// None is, but of one the first check has not ended: what is there stays.
    Wait,
}

impl<S: Staff> Director<S> {
    pub(super) fn need(&self, key: &ServiceKey) -> Need {
        let service = self.layout.services.iter();
        let Some(service) = service.clone().find(|service| service.service.key == *key) else {
            return Need::Nobody;
        };
        let mut need = Need::Sorry;
        for (_, dest) in &service.servers {
            let place = Place {
                service: *key,
                dest: dest.key,
            };
            let health = self.health.get(&place);
            match health.map_or(State::Unknown, |health| health.state) {
                State::Up | State::ForcedUp => return Need::Nobody,
                State::Unknown if health.is_none_or(|health| health.failure.is_none()) => {
                    need = Need::Wait;
                }
                _ => {}
            }
        }
        need
    }

    /// Makes the table what it is to be: services, sorry servers, no entries that are
    /// nobody's; and timeouts.
    pub(super) fn converge(&mut self, now: Duration) {
        let planned = self.plan();
        let result = planned.and(self.set_timeouts());
        let complaint = result.as_ref().err().map(ToString::to_string);
        let is_done = complaint.is_none() && !self.leaving;
        self.looks_at = now + if is_done { LOOK } else { AGAIN };
        if let Some(text) = complaint.clone().filter(|_| complaint != self.complaint) {
            self.warn(text);
        }
        self.complaint = complaint;
        let ours = keys(&self.layout).collect();
        if result.is_ok() && self.owned != ours {
            self.owned = ours;
            self.remember();
        }
    }

    fn plan(&mut self) -> Result<(), Error> {
        let scope = self.owned.iter().copied();
        let scope = scope.fold(Scope::nothing(), Scope::with_service);
        let owned = &self.owned;
        let seen = self.kernel.with(|client| {
            let services = owned.iter().map(|key| see(client, key));
            let services: Result<Vec<_>, Error> = services.collect();
            let services = services?.into_iter().flatten().collect();
            Ok(Some(Snapshot::new(client.info()?, services)))
        })?;
        // Without a kernel there is nothing to see.
        let Some(seen) = seen else { return Ok(()) };
        self.hear_from_the_table(&seen);
        let mut wanted = Table::new();
        self.sorry.clear();
        self.leaving = false;
        for service in &self.layout.services {
            let found = seen.service(&service.service.key);
            let found = found.map_or(&[][..], |found| &found.dests);
            let dests = self.dests(service, found);
            let served = |dest: &Dest| {
                let mut found = found.iter().map(|entry| entry.dest);
                found.any(|found| found.key == dest.key && found.weight > 0)
            };
            self.leaving |= dests.iter().any(|dest| dest.weight == 0 && served(dest));
            if let Some(sorry) = service.sorry {
                let serves = |dest: &Dest| dest.key == sorry.key && dest.weight > 0;
                if dests.iter().any(serves) {
                    self.sorry.insert(service.service.key);
                }
            }
            wanted = wanted.with_service(service.service, dests);
        }
        let plan = Plan::new(&seen, &wanted, &scope)?;
        self.kernel.with(|client| client.apply(&plan).into_result())
    }

    /// What a service is to have: the entries that nannies keep, as they are, and the sorry
    /// server if it is needed. While nobody is up and somebody may be soon, whatever is
    /// there goes on. What is to leave rests first: a client that came since the table was
    /// read is seen by the next look, and may finish.
    fn dests(&self, service: &VirtualService, found: &[DestEntry]) -> Vec<Dest> {
        let found = found.iter().map(|entry| entry.dest);
        let need = self.need(&service.service.key);
        let kept = |dest: &Dest| service.servers.iter().any(|(_, own)| own.key == dest.key);
        let stays = |dest: Dest| match need == Need::Wait || kept(&dest) {
            true => Some(dest),
            false => (dest.weight > 0).then(|| dest.with_weight(0)),
        };
        let mut dests: Vec<Dest> = found.filter_map(stays).collect();
        if let Some(sorry) = service.sorry.filter(|_| need == Need::Sorry) {
            dests.retain(|dest| dest.key != sorry.key);
            dests.push(sorry);
        }
        dests
    }

    /// Nannies that do not talk are known by what they do.
    fn hear_from_the_table(&mut self, seen: &Snapshot) {
        for place in self.silent_places() {
            let service = seen.service(&place.service);
            let dests = service.into_iter().flat_map(|service| &service.dests);
            let dest = dests
                .map(|entry| entry.dest)
                .find(|dest| dest.key == place.dest);
            let mut health = self.health.remove(&place).unwrap_or_else(super::unknown);
            let state = match dest {
                Some(dest) if dest.weight > 0 => State::Up,
                _ => State::Down,
            };
            if health.state != state {
                health.state = state;
                health.since = crate::status::now();
            }
            health.weight = dest.map(|dest| dest.weight);
            self.health.insert(place, health);
        }
    }
}

/// A service and its entries; nothing if there is no such service.
fn see(client: &Client, key: &ServiceKey) -> Result<Option<SnapshotService>, Error> {
    let read = || {
        Ok(SnapshotService::new(
            client.service(key)?,
            client.dests(key)?,
        ))
    };
    match read() {
        Ok(service) => Ok(Some(service)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
