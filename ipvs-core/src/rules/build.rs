//! What a command line asks for, once all of its options are read.

use super::command::{List, Listing};
use super::draft::{Blame, Draft, Late};
use super::grammar::{OF_TUNNELS, Opt, TUNNELS, Verb};
use super::legal;
use super::value::{self, Port};
use super::{Command, Fault, Names, Subject, Value};
use crate::{
    Change, Dest, DestKey, Family, ForwardMethod, InterfaceName, Netmask, PersistenceEngine,
    Protocol, Scheduler, Service, ServiceFlags, ServiceKey, SyncDaemon, TimeoutsEdit,
};

/// ipvsadm's own, where `--mcast-interface` is not given.
const DEFAULT_INTERFACE: &[u8] = b"eth0";

impl Draft<'_> {
    /// Makes every check that needs all options, then the command.
    pub(super) fn finish(
        mut self,
        words: &[&str],
        left_over: &[usize],
        names: &dyn Names,
    ) -> Result<Command, Blame> {
        self.settle_netmask()?;
        let server = self.settle_server(names)?;
        let (timeouts, left_over) = match self.verb {
            Verb::Set => self.timeouts(words, left_over)?,
            _ => (TimeoutsEdit::new(), left_over),
        };
        if let Some(at) = left_over.first().copied() {
            let fault = Fault::Unexpected;
            return Err(Blame { fault, at });
        }
        let flags = self.flags()?;
        let (_, options) = self.verb.grammar();
        legal::check(&options, &self.given, self.subject(), self.at)?;
        Ok(Command::Change(match self.verb {
            Verb::AddService => Change::AddService(self.whole_service(flags)?),
            Verb::EditService => Change::UpdateService(self.whole_service(flags)?),
            Verb::DeleteService => Change::RemoveService(self.key()?),
            Verb::AddServer => Change::AddDest(self.key()?, self.dest(server)?),
            Verb::EditServer => Change::UpdateDest(self.key()?, self.dest(server)?),
            Verb::DeleteServer => Change::RemoveDest(self.key()?, self.given_server(server)?),
            Verb::Set => Change::SetTimeouts(timeouts),
            Verb::StartDaemon => Change::StartDaemon(self.daemon()?),
            Verb::StopDaemon => Change::StopDaemon(self.given_role()?),
            Verb::Flush => Change::Flush,
            Verb::Zero => self.service.map_or(Change::Zero, Change::ZeroService),
            Verb::List => return self.list().map(Command::List),
            Verb::Save => {
                let numeric = self.given.has(Opt::Numeric);
                return Ok(Command::Save { numeric });
            }
            Verb::Restore => return Ok(Command::Restore),
            Verb::Help => return Ok(Command::Help),
            Verb::Version => return Ok(Command::Version),
        }))
    }

    /// An IPv6 service may come behind its netmask, which was read as an IPv4 one.
    fn settle_netmask(&mut self) -> Result<(), Blame> {
        let family = self.service.map(|key| key.family());
        if let (Some(Family::V6), Some(late), Some(Netmask::V4(_))) =
            (family, self.netmask_word, self.netmask)
        {
            let length = value::prefix_length(late.text);
            self.netmask = Some(length.map_err(|fault| late.blame(fault))?);
        }
        Ok(())
    }

    /// The protocol that names a server's port, and the service's port that
    /// stands in for it, may come behind the server.
    fn settle_server(&self, names: &dyn Names) -> Result<Option<DestKey>, Blame> {
        let Some((endpoint, late)) = self.server else {
            return Ok(None);
        };
        let (protocol, service_port) = match self.service {
            Some(ServiceKey::Address { protocol, port, .. }) => (Some(protocol), port),
            // A firewall mark stands for TCP here.
            Some(ServiceKey::FirewallMark { .. }) => (Some(Protocol::TCP), 0),
            None => (None, 0),
        };
        let port = match (endpoint.port, protocol) {
            (None, _) => Ok(service_port),
            (Some(Port::Number(number)), _) => Ok(number),
            (Some(port), Some(protocol)) => port.of(protocol, Value::Server, late.text, names),
            (Some(Port::Name(_)), None) => Err(Fault::Invalid {
                expected: Value::Server,
                value: late.text.to_owned(),
            }),
        };
        let port = port.map_err(|fault| late.blame(fault))?;
        Ok(Some(DestKey::new(endpoint.address, port)))
    }

    /// The three words of `--set`, and those behind them.
    fn timeouts<'l>(
        &self,
        words: &[&str],
        left_over: &'l [usize],
    ) -> Result<(TimeoutsEdit, &'l [usize]), Blame> {
        let [tcp, tcp_fin, udp, rest @ ..] = left_over else {
            let fault = Fault::TimeoutsMissing;
            return Err(Blame { fault, at: self.at });
        };
        let timeout = |at: usize| {
            let text = words.get(at).copied().unwrap_or("");
            let timeout = value::seconds(Value::Timeout, text, 0);
            let timeout = timeout.map_err(|fault| Blame { fault, at })?;
            Ok(Some(timeout).filter(|timeout| !timeout.is_zero()))
        };
        let edit = TimeoutsEdit {
            tcp: timeout(*tcp)?,
            tcp_fin: timeout(*tcp_fin)?,
            udp: timeout(*udp)?,
        };
        Ok((edit, rest))
    }

    /// `-b`. Its flags are those of the scheduler, wherever that is given.
    fn flags(&self) -> Result<ServiceFlags, Blame> {
        let Some(late) = self.scheduler_flags else {
            return Ok(ServiceFlags::empty());
        };
        let named = self.scheduler.map(|name| name.text.as_bytes());
        let scheduler = named.and_then(Scheduler::from_bytes).unwrap_or_default();
        let mut words = late.text.split(',').filter(|word| !word.is_empty());
        words.try_fold(ServiceFlags::empty(), |flags, word| {
            if let Ok(flag) = scheduler.parse_flags(word) {
                return Ok(flags | flag);
            }
            let flag = word.to_owned();
            let known = |other: &Scheduler| other.parse_flags(word).is_ok();
            Err(late.blame(if Scheduler::KNOWN.iter().any(known) {
                Fault::ForeignFlag { flag }
            } else {
                Fault::UnknownFlag { flag }
            }))
        })
    }

    fn whole_service(&self, scheduler_flags: ServiceFlags) -> Result<Service, Blame> {
        let key = self.key()?;
        if let ServiceKey::Address { protocol, port, .. } = key {
            if port == 0 && self.persistence.is_none() {
                return Err(self.blame(Opt::Service, Fault::ZeroPort));
            }
            if self.given.has(Opt::OnePacket) && protocol != Protocol::UDP {
                return Err(self.blame(Opt::OnePacket, Fault::OnePacket));
            }
        }
        let mut service = Service::new(key).with_flags(scheduler_flags);
        if let Some(name) = named(
            Opt::Scheduler,
            self.scheduler,
            Scheduler::from_bytes,
            Scheduler::MAX_LENGTH,
        )? {
            service.scheduler = name;
        }
        if self.given.has(Opt::OnePacket) {
            service = service.with_one_packet();
        }
        if let Some(timeout) = self.persistence {
            service = service.with_persistence(timeout);
        }
        if let Some(netmask) = self.netmask {
            service.persistence_netmask = netmask;
        }
        let engine = PersistenceEngine::from_bytes;
        service.persistence_engine = named(
            Opt::Engine,
            self.engine,
            engine,
            PersistenceEngine::MAX_LENGTH,
        )?;
        Ok(service)
    }

    fn dest(&self, server: Option<DestKey>) -> Result<Dest, Blame> {
        let (service, mut key) = (self.key()?, self.given_server(server)?);
        let tunneled = self.forward == ForwardMethod::TUNNEL;
        if key.family() != service.family() && !tunneled {
            return Err(self.blame(Opt::Server, Fault::MixedFamilies));
        }
        let of_tunnel = self.given.only(OF_TUNNELS);
        if tunneled {
            self.check_tunnel(&of_tunnel)?;
        } else if let Some(option) = of_tunnel.first() {
            return Err(self.blame(option, Fault::TunnelWithoutIpip));
        }
        // Only masquerading rewrites a port.
        if let (ServiceKey::Address { port, .. }, true) =
            (service, self.forward != ForwardMethod::MASQUERADE)
        {
            key.port = port;
        }
        Ok(Dest {
            key,
            forward: self.forward,
            tunnel: self.tunnel,
            weight: self.weight,
            upper_threshold: self.upper_threshold,
            lower_threshold: self.lower_threshold,
        })
    }

    fn check_tunnel(&self, given: &legal::Given) -> Result<(), Blame> {
        let mut tunnels = TUNNELS.iter();
        match tunnels.find(|(_, kind, _)| *kind == self.tunnel.kind) {
            Some((name, _, options)) => {
                let at = given.at(Opt::TunnelType).unwrap_or(self.at);
                legal::check(options, given, Subject::TunnelType(name), at)
            }
            None => Ok(()),
        }
    }

    fn daemon(&self) -> Result<SyncDaemon, Blame> {
        let max = InterfaceName::MAX_LENGTH;
        let given = named(
            Opt::Interface,
            self.interface,
            InterfaceName::from_bytes,
            max,
        )?;
        let default = || InterfaceName::from_bytes(DEFAULT_INTERFACE);
        let interface = given
            .or_else(default)
            .ok_or_else(|| self.missing(Opt::Interface))?;
        Ok(SyncDaemon {
            role: self.given_role()?,
            interface,
            sync_id: self.sync_id,
            max_length: self.max_length,
            group: self.group,
            port: self.daemon_port,
            ttl: self.daemon_ttl,
        })
    }

    fn list(&self) -> Result<List, Blame> {
        let has = |option| self.given.has(option);
        let alone = [Opt::Timeout, Opt::Daemon];
        let counted = [Opt::Stats, Opt::Rate, Opt::Thresholds];
        let other = self.given.has_any(&alone) || has(Opt::Connection);
        if (other && self.given.has_any(&counted))
            || (self.given.has_any(&alone) && has(Opt::PersistentConnections))
        {
            let (fault, at) = (Fault::Listings, self.at);
            return Err(Blame { fault, at });
        }
        Ok(List {
            what: match self.service {
                Some(key) => Listing::Service(key),
                None if has(Opt::Connection) => Listing::Connections,
                None if has(Opt::Timeout) => Listing::Timeouts,
                None if has(Opt::Daemon) => Listing::Daemons,
                None => Listing::Table,
            },
            numeric: has(Opt::Numeric),
            exact: has(Opt::Exact),
            nosort: has(Opt::NoSort),
            stats: has(Opt::Stats),
            rate: has(Opt::Rate),
            thresholds: has(Opt::Thresholds),
            persistent_connections: has(Opt::PersistentConnections),
            tunnels: has(Opt::Tunnels),
        })
    }

    fn key(&self) -> Result<ServiceKey, Blame> {
        self.service.ok_or_else(|| self.missing(Opt::Service))
    }

    fn given_server(&self, server: Option<DestKey>) -> Result<DestKey, Blame> {
        server.ok_or_else(|| self.missing(Opt::Server))
    }

    fn given_role(&self) -> Result<crate::DaemonRole, Blame> {
        let fault = Fault::MissingValue;
        self.role.ok_or(Blame { fault, at: self.at })
    }

    fn missing(&self, option: Opt) -> Blame {
        let (option, of) = (option.name(), self.subject());
        let fault = Fault::Missing { option, of };
        Blame { fault, at: self.at }
    }

    /// Blames the word of an option.
    fn blame(&self, option: Opt, fault: Fault) -> Blame {
        let at = self.given.at(option).unwrap_or(self.at);
        Blame { fault, at }
    }
}

/// A name, where one is given and not empty.
fn named<T>(
    option: Opt,
    late: Option<Late<'_>>,
    make: fn(&[u8]) -> Option<T>,
    max: usize,
) -> Result<Option<T>, Blame> {
    let Some(late) = late.filter(|late| !late.text.is_empty()) else {
        return Ok(None);
    };
    let (option, value) = (option.name(), late.text.to_owned());
    let fault = Fault::Name { option, value, max };
    make(late.text.as_bytes())
        .map(Some)
        .ok_or(late.blame(fault))
}
