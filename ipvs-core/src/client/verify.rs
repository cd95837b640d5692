//! Whether changes are in force, as read again.

use std::collections::BTreeMap;

use super::Client;
use super::report::About;
use crate::plan::differences;
use crate::{
    Applied, Change, DaemonRole, Dest, DestKey, Error, ErrorKind, Op, Service, ServiceKey,
    SyncDaemon, Timeouts,
};

/// Reads what changes are about: each service, its dests, the daemons and the
/// timeouts once.
pub(super) struct Verifier<'c> {
    client: &'c Client,
    services: BTreeMap<ServiceKey, Option<Service>>,
    dests: BTreeMap<ServiceKey, BTreeMap<DestKey, Dest>>,
    daemons: Option<Vec<SyncDaemon>>,
    timeouts: Option<Timeouts>,
}

impl<'c> Verifier<'c> {
    pub(super) fn new(client: &'c Client) -> Self {
        Verifier {
            client,
            services: BTreeMap::new(),
            dests: BTreeMap::new(),
            daemons: None,
            timeouts: None,
        }
    }

    /// Whether a change is in force, for what is said of one whose answer was lost.
    /// (It doesn't tell who made it.)
    pub(super) fn applied(&mut self, change: &Change) -> Applied {
        let counted = matches!(
            change,
            Change::Zero | Change::ZeroService(_) | Change::Flush
        );
        match self.remainder(change) {
            Ok(None) if !counted => Applied::Yes,
            Ok(Some(_)) => Applied::No,
            _ => Applied::Unknown,
        }
    }

    /// What is still to be done to have what a change wants; `None`: nothing.
    pub(super) fn remainder(&mut self, change: &Change) -> Result<Option<Change>, Error> {
        Ok(match change {
            Change::AddService(wanted) | Change::UpdateService(wanted) => {
                match self.service(&wanted.key)? {
                    None => Some(Change::AddService(*wanted)),
                    Some(found) if differences::service(&found, wanted).is_empty() => None,
                    Some(_) => Some(Change::UpdateService(*wanted)),
                }
            }
            Change::RemoveService(key) => self.service(key)?.map(|_| *change),
            Change::AddDest(key, wanted) | Change::UpdateDest(key, wanted) => {
                match self.dest(key, &wanted.key)? {
                    None => Some(Change::AddDest(*key, *wanted)),
                    Some(found) if differences::dest(&found, wanted).is_empty() => None,
                    Some(_) => Some(Change::UpdateDest(*key, *wanted)),
                }
            }
            Change::RemoveDest(service, key) => self.dest(service, key)?.map(|_| *change),
            Change::StartDaemon(wanted) => match self.daemon(wanted.role)? {
                None => Some(*change),
                Some(found) if differences::daemon(&found, wanted).is_empty() => None,
                Some(_) => Some(Change::StopDaemon(wanted.role)),
            },
            Change::StopDaemon(role) => self.daemon(*role)?.map(|_| *change),
            Change::SetTimeouts(wanted) => {
                let there = self.timeouts()?;
                let after = wanted.apply(there);
                (there != after).then_some(*change)
            }
            Change::Flush | Change::Zero | Change::ZeroService(_) => None,
        })
    }

    fn service(&mut self, key: &ServiceKey) -> Result<Option<Service>, Error> {
        if let Some(known) = self.services.get(key) {
            return Ok(*known);
        }
        let found = match self.client.service(key) {
            Ok(entry) => Some(entry.service),
            Err(error) if error.kind() == ErrorKind::ServiceNotFound => None,
            Err(error) => return Err(error),
        };
        self.services.insert(*key, found);
        Ok(found)
    }

    fn dest(&mut self, service: &ServiceKey, key: &DestKey) -> Result<Option<Dest>, Error> {
        if !self.dests.contains_key(service) {
            let dests = match self.client.dests(service) {
                Ok(entries) => entries
                    .iter()
                    .map(|entry| (entry.dest.key, entry.dest))
                    .collect(),
                Err(error) if error.kind() == ErrorKind::ServiceNotFound => BTreeMap::new(),
                Err(error) => return Err(error),
            };
            self.dests.insert(*service, dests);
        }
        Ok(self
            .dests
            .get(service)
            .and_then(|dests| dests.get(key).copied()))
    }

    fn daemon(&mut self, role: DaemonRole) -> Result<Option<SyncDaemon>, Error> {
        if self.daemons.is_none() {
            self.daemons = Some(self.client.list_daemons(&About::new(Op::Daemons))?);
        }
        let mut running = self.daemons.iter().flatten();
        Ok(running.find(|daemon| daemon.role == role).copied())
    }

    fn timeouts(&mut self) -> Result<Timeouts, Error> {
        let timeouts = match self.timeouts {
            Some(known) => known,
            None => self.client.timeouts()?,
        };
        self.timeouts = Some(timeouts);
        Ok(timeouts)
    }
}
