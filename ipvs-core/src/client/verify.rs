//! Whether changes are in force, as read again.

use std::collections::BTreeMap;

use super::Client;
use super::outline::Outline;
use super::read::Passes;
use super::report::About;
use crate::plan::differences;
use crate::{
    Applied, Change, DaemonRole, Dest, DestKey, Error, ErrorKind, Object, Op, Service, ServiceKey,
    SyncDaemon, Timeouts,
};

/// Reads what changes are about: each service, its dests, the daemons and the
/// timeouts once.
#[derive(Debug, Default)]
pub(super) struct Verifier {
    services: BTreeMap<ServiceKey, Option<Service>>,
    dests: BTreeMap<ServiceKey, BTreeMap<DestKey, Dest>>,
    /// Reads them.
    outline: Option<Outline>,
    daemons: Option<Vec<SyncDaemon>>,
    timeouts: Option<Timeouts>,
    /// How much was read.
    readings: usize,
    /// Why nothing more is read: each reading would take as long as this one.
    silent: Option<Error>,
}

impl Verifier {
    /// How many listings and replies were read so far.
    pub(super) fn readings(&self) -> usize {
        self.readings
    }

    /// Reads every service at once, where reading each by itself would take longer.
    pub(super) fn read_services(&mut self, client: &Client) {
        // What such a listing misses, as it may, is looked at by itself.
        let about = About::new(Op::Services);
        if let Ok(entries) = self.read(|| client.list_services(&about, Passes::One)) {
            let found = entries.into_iter().map(|entry| entry.service);
            self.services
                .extend(found.map(|service| (service.key, Some(service))));
        }
    }

    /// Whether a change is in force, for what is said of one whose answer was lost.
    /// (It doesn't tell who made it.)
    pub(super) fn applied(&mut self, client: &Client, change: &Change) -> Applied {
        let counted = matches!(
            change,
            Change::Zero | Change::ZeroService(_) | Change::Flush
        );
        match self.remainder(client, change) {
            Ok(None) if !counted => Applied::Yes,
            Ok(Some(_)) => Applied::No,
            _ => Applied::Unknown,
        }
    }

    /// What is still to be done to have what a change wants; `None`: nothing.
    pub(super) fn remainder(
        &mut self,
        client: &Client,
        change: &Change,
    ) -> Result<Option<Change>, Error> {
        Ok(match change {
            Change::AddService(wanted) | Change::UpdateService(wanted) => {
                match self.service(client, &wanted.key)? {
                    None => Some(Change::AddService(*wanted)),
                    Some(found) if differences::service(&found, wanted).is_empty() => None,
                    Some(_) => Some(Change::UpdateService(*wanted)),
                }
            }
            Change::RemoveService(key) => self.service(client, key)?.map(|_| *change),
            Change::AddDest(key, wanted) | Change::UpdateDest(key, wanted) => {
                match self.dest(client, key, &wanted.key)? {
                    None => Some(Change::AddDest(*key, *wanted)),
                    Some(found) if differences::dest(&found, wanted).is_empty() => None,
                    Some(_) => Some(Change::UpdateDest(*key, *wanted)),
                }
            }
            Change::RemoveDest(service, key) => self.dest(client, service, key)?.map(|_| *change),
            Change::StartDaemon(wanted) => match self.daemon(client, wanted.role)? {
                None => Some(*change),
                Some(found) if differences::daemon(&found, wanted).is_empty() => None,
                Some(_) => Some(Change::StopDaemon(wanted.role)),
            },
            Change::StopDaemon(role) => self.daemon(client, *role)?.map(|_| *change),
            Change::SetTimeouts(wanted) => {
                let there = self.timeouts(client)?;
                let after = wanted.apply(there);
                (there != after).then_some(*change)
            }
            Change::Flush | Change::Zero | Change::ZeroService(_) => None,
        })
    }

    fn service(&mut self, client: &Client, key: &ServiceKey) -> Result<Option<Service>, Error> {
        if let Some(known) = self.services.get(key) {
            return Ok(*known);
        }
        let found = match self.read(|| client.service(key)) {
            Ok(entry) => Some(entry.service),
            Err(error) if error.kind() == ErrorKind::ServiceNotFound => None,
            Err(error) => return Err(error),
        };
        self.services.insert(*key, found);
        Ok(found)
    }

    fn dest(
        &mut self,
        client: &Client,
        service: &ServiceKey,
        key: &DestKey,
    ) -> Result<Option<Dest>, Error> {
        if !self.dests.contains_key(service) {
            // Once is enough: what a change of somebody else's hid is made up for, and
            // looked for again.
            let about = About::with(Op::Dests, Object::Service(*service));
            let outline = self.outline.take().unwrap_or_else(|| Outline::of(client));
            let entries = self.read(|| outline.dests(client, &about, service));
            self.outline = Some(outline);
            let entries = entries?;
            let dests = entries.iter().map(|entry| (entry.dest.key, entry.dest));
            let dests = dests.collect();
            self.dests.insert(*service, dests);
        }
        Ok(self
            .dests
            .get(service)
            .and_then(|dests| dests.get(key).copied()))
    }

    fn daemon(&mut self, client: &Client, role: DaemonRole) -> Result<Option<SyncDaemon>, Error> {
        if self.daemons.is_none() {
            let about = About::new(Op::Daemons);
            self.daemons = Some(self.read(|| client.list_daemons(&about))?);
        }
        let mut running = self.daemons.iter().flatten();
        Ok(running.find(|daemon| daemon.role == role).copied())
    }

    fn timeouts(&mut self, client: &Client) -> Result<Timeouts, Error> {
        let timeouts = match self.timeouts {
            Some(known) => known,
            None => self.read(|| client.timeouts())?,
        };
        self.timeouts = Some(timeouts);
        Ok(timeouts)
    }

    /// One reading, unless the kernel was silent before.
    fn read<T>(&mut self, reading: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if let Some(error) = &self.silent {
            return Err(error.clone());
        }
        self.readings += 1;
        let outcome = reading();
        if let Err(error) = &outcome {
            if error.kind() == ErrorKind::TimedOut {
                self.silent = Some(error.clone());
            }
        }
        outcome
    }
}
