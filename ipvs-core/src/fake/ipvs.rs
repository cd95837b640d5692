//! The IPVS of one network namespace: its tables, and the commands on them.

mod address;
mod config;
mod daemon;
mod dest;
mod reply;
mod service;
mod table;
#[cfg(test)]
mod tests;
mod trash;

use std::time::Duration;

use ipvs_sys::errno::{EEXIST, EINVAL, EOPNOTSUPP, ESRCH};
use ipvs_sys::uapi::*;

pub(super) use config::Timeouts;
pub(super) use daemon::Daemons;
pub(super) use dest::{Dest, DestKey};
pub(super) use service::{Key, Service};
pub(super) use table::{Services, buckets_for};
pub(super) use trash::Trash;

use super::Environment;
use super::connections::Connections;
use super::counters::Counters;
use super::files::Sysctls;
use super::modules::Modules;
use super::netlink::ExtendedAck;
use super::netlink::policy::{Attributes, Form, Policy};
use super::network::Network;
use crate::wire::WireError;
use crate::wire::attr::build;
use crate::wire::request::Request;
use crate::{Change, Sysctl};

/// An errno, positive.
pub(super) type Errno = i32;

/// A message that a command is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) command: u8,
    pub(super) attributes: Vec<u8>,
}

/// What a command finds around the tables.
pub(super) struct Host<'m> {
    pub(super) environment: &'m Environment,
    pub(super) modules: &'m mut Modules,
    pub(super) network: &'m Network,
    pub(super) now: Duration,
}

/// The IPVS of one network namespace.
#[derive(Debug)]
pub(super) struct Ipvs {
    pub(super) services: Services,
    pub(super) trash: Trash,
    pub(super) daemons: Daemons,
    pub(super) timeouts: Timeouts,
    pub(super) totals: Counters,
    pub(super) sysctls: Sysctls,
    pub(super) connections: Connections,
    /// The buckets of the connection table; 0 before there is one.
    pub(super) connection_buckets: u32,
    /// Whether there ever was a service.
    pub(super) had_services: bool,
}

/// The attributes of a message.
pub(super) const POLICY: Policy = &[
    Form::Nest,
    Form::Nest,
    Form::Nest,
    Form::U32,
    Form::U32,
    Form::U32,
];

/// The buckets of a connection table that grows, at first.
const FIRST_BUCKETS: u32 = 256;

impl Ipvs {
    /// As it is when the module is loaded, or the `number`-th namespace is made.
    pub(super) fn new(environment: &Environment, number: usize) -> Self {
        let fixed = 1_u32.checked_shl(environment.connection_table_bits);
        let growing = environment.release.has_growing_tables();
        Ipvs {
            services: Services::new(environment, number),
            trash: Trash::default(),
            daemons: Daemons::default(),
            timeouts: Timeouts::default(),
            totals: Counters::default(),
            sysctls: Sysctls::new(environment, number == 0),
            connections: Connections::default(),
            connection_buckets: if growing { 0 } else { fixed.unwrap_or(0) },
            had_services: false,
        }
    }

    /// Carries out a command that is no list: a change, or a question with one answer.
    ///
    /// # Errors
    ///
    /// The kernel's, in its order of checks.
    pub(super) fn run(
        &mut self,
        host: &mut Host<'_>,
        command: u8,
        attributes: &Attributes<'_>,
        told: &mut ExtendedAck,
    ) -> Result<Option<Message>, Errno> {
        let service = attributes.get(IPVS_CMD_ATTR_SERVICE);
        match command {
            IPVS_CMD_FLUSH => self.flush(host),
            IPVS_CMD_SET_CONFIG => self.timeouts.set(attributes, host.environment.hz)?,
            IPVS_CMD_ZERO if service.is_none() => self.zero(),
            IPVS_CMD_NEW_DAEMON => self.start_daemon(host, attributes, told)?,
            IPVS_CMD_DEL_DAEMON => self.stop_daemon(attributes, told)?,
            IPVS_CMD_GET_SERVICE => {
                let (key, _) = Key::parse(service, host.environment)?;
                let found = self.services.get(&key).ok_or(ESRCH)?;
                return reply::service(found, host.environment.hz).map(Some);
            }
            IPVS_CMD_GET_CONFIG => return reply::timeouts(&self.timeouts).map(Some),
            IPVS_CMD_GET_INFO => return reply::info(self.connection_buckets).map(Some),
            _ => self.change_service(host, command, attributes)?,
        }
        Ok(None)
    }

    /// The commands that name a service.
    fn change_service(
        &mut self,
        host: &mut Host<'_>,
        command: u8,
        attributes: &Attributes<'_>,
    ) -> Result<(), Errno> {
        let nest = attributes.get(IPVS_CMD_ATTR_SERVICE);
        let (key, nest) = Key::parse(nest, host.environment)?;
        let known = self.services.get(&key);
        match command {
            IPVS_CMD_NEW_SERVICE => {
                let settings = service::Settings::parse(&nest, 0)?;
                match known {
                    Some(_) => Err(EEXIST),
                    None => self.add_service(host, key, &settings),
                }
            }
            IPVS_CMD_SET_SERVICE => {
                let flags = known.map_or(0, |service| service.flags);
                let settings = service::Settings::parse(&nest, flags)?;
                let service = self.services.get_mut(&key).ok_or(ESRCH)?;
                service.edit(host, &settings)
            }
            _ if known.is_none() => Err(ESRCH),
            IPVS_CMD_DEL_SERVICE => {
                self.remove_service(host, &key);
                Ok(())
            }
            IPVS_CMD_ZERO => {
                let service = self.services.get_mut(&key).ok_or(ESRCH)?;
                service.zero();
                Ok(())
            }
            IPVS_CMD_NEW_DEST | IPVS_CMD_SET_DEST | IPVS_CMD_DEL_DEST => {
                self.change_dest(host, command, &key, attributes)
            }
            _ => Err(EOPNOTSUPP),
        }
    }

    fn add_service(
        &mut self,
        host: &mut Host<'_>,
        key: Key,
        settings: &service::Settings,
    ) -> Result<(), Errno> {
        let service = Service::new(host, key, settings)?;
        let load_factor = self.sysctls.number(Sysctl::SvcLfactor);
        self.services.insert(service, load_factor);
        self.had_services = true;
        self.make_connection_table(host);
        Ok(())
    }

    /// Since Linux 7.1 the table of connections is made when something first needs it.
    fn make_connection_table(&mut self, host: &Host<'_>) {
        if self.connection_buckets == 0 {
            let most = 1_u32.checked_shl(host.environment.connection_table_bits);
            self.connection_buckets = FIRST_BUCKETS.min(most.unwrap_or(u32::MAX));
        }
    }

    fn remove_service(&mut self, host: &Host<'_>, key: &Key) {
        let load_factor = self.sysctls.number(Sysctl::SvcLfactor);
        if let Some(service) = self.services.remove(key, load_factor) {
            self.trash.bury(service, host.now);
        }
    }

    fn flush(&mut self, host: &Host<'_>) {
        for service in self.services.take_all() {
            self.trash.bury(service, host.now);
        }
    }

    fn zero(&mut self) {
        self.services.iter_mut().for_each(Service::zero);
        self.totals.zero();
    }

    /// Whether a module can't be unloaded for what is in the tables.
    pub(super) fn needs(&self, module: &str) -> bool {
        match module.strip_prefix("ip_vs_") {
            None => !self.services.is_empty() || self.daemons.runs(),
            Some(rest) => match rest.strip_prefix("pe_") {
                Some(engine) => self.services.iter().any(|s| s.engine == engine.as_bytes()),
                None => self.services.iter().any(|s| s.scheduler == rest.as_bytes()),
            },
        }
    }

    /// Takes a sample of everything that is counted.
    pub(super) fn sample(&mut self) {
        if !self.sysctls.estimate() {
            return;
        }
        self.totals.sample();
        for service in self.services.iter_mut() {
            service.counters.sample();
            for dest in &mut service.dests {
                dest.counters.sample();
            }
        }
    }

    /// Ends connections, and throws away what lay in the trash for long enough.
    pub(super) fn expire(&mut self, now: Duration) {
        self.expire_connections(now);
        self.trash.expire(now);
    }

    /// A daemon that has run can be stopped with an answer.
    pub(super) fn let_threads_run(&mut self) {
        self.daemons.let_run();
    }

    /// Makes a change as somebody else would.
    ///
    /// # Errors
    ///
    /// The kernel's, and `EINVAL` for what cannot be asked for.
    pub(super) fn change(&mut self, host: &mut Host<'_>, change: &Change) -> Result<(), Errno> {
        let request = Request::from(change);
        let mut bytes = Vec::new();
        let written = build::<WireError>(&mut bytes, |attrs| request.write(attrs));
        written.map_err(|_| EINVAL)?;
        let mut told = ExtendedAck::default();
        let attributes = Attributes::parse(&bytes, 0, POLICY, &mut told)?;
        self.run(host, request.command(), &attributes, &mut told)?;
        Ok(())
    }
}
