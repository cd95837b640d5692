//! A command line as it is read, option by option; then what it asks for.
//!
//! The order of everything here is the order in which ipvsadm finds mistakes:
//! while scanning, in the order of the words; then `--set`'s time-outs, words that
//! are left over and scheduler flags; then the tables; then what is between options.

use std::net::IpAddr;
use std::time::Duration;

use super::grammar::{Meaning, Opt, Verb};
use super::legal::Given;
use super::scan::{Met, Scanner};
use super::value::{self, Endpoint, MAX_SIGNED, MAX_SYNC_LENGTH};
use super::{Command, Fault, Names, Subject, Value};
use crate::{DaemonRole, Family, ForwardMethod, Netmask, ServiceKey, Tunnel};

/// A fault and the index of the word to blame for it.
#[derive(Debug)]
pub(super) struct Blame {
    pub(super) fault: Fault,
    pub(super) at: usize,
}

/// A value that is checked when everything else is known, and its word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Late<'w> {
    pub(super) text: &'w str,
    pub(super) at: usize,
}

impl Late<'_> {
    pub(super) fn blame(self, fault: Fault) -> Blame {
        Blame { fault, at: self.at }
    }
}

/// The options of a command line.
#[derive(Debug)]
pub(super) struct Draft<'w> {
    pub(super) verb: Verb,
    /// The command's word.
    pub(super) at: usize,
    pub(super) given: Given,
    pub(super) service: Option<ServiceKey>,
    pub(super) scheduler: Option<Late<'w>>,
    pub(super) scheduler_flags: Option<Late<'w>>,
    pub(super) engine: Option<Late<'w>>,
    /// In whole seconds.
    pub(super) persistence: Option<Duration>,
    pub(super) netmask: Option<Netmask>,
    pub(super) netmask_word: Option<Late<'w>>,
    pub(super) server: Option<(Endpoint<'w>, Late<'w>)>,
    pub(super) forward: ForwardMethod,
    pub(super) weight: u32,
    pub(super) upper_threshold: u32,
    pub(super) lower_threshold: u32,
    pub(super) tunnel: Tunnel,
    pub(super) role: Option<DaemonRole>,
    pub(super) interface: Option<Late<'w>>,
    pub(super) sync_id: u32,
    pub(super) group: Option<IpAddr>,
    pub(super) daemon_port: Option<u16>,
    pub(super) daemon_ttl: Option<u8>,
    pub(super) max_length: Option<u16>,
}

/// What `-p` means without a number.
const DEFAULT_PERSISTENCE: Duration = Duration::from_secs(360);

impl<'w> Draft<'w> {
    /// Reads a command line to its end.
    pub(super) fn read(words: &'w [&'w str], names: &dyn Names) -> Result<Command, Blame> {
        let mut scanner = Scanner::new(words);
        let (mut draft, at_once) = Draft::begin(&mut scanner)?;
        if let Some(command) = at_once {
            return Ok(command);
        }
        while let Some(met) = scanner.option() {
            let at = scanner.at();
            let met = met.map_err(|fault| Blame { fault, at })?;
            draft.take(&met, names)?;
        }
        draft.finish(words, &scanner.left_over, names)
    }

    /// The first option has to be the command. `-h` and `-v` end the reading there.
    fn begin(scanner: &mut Scanner<'w>) -> Result<(Self, Option<Command>), Blame> {
        let first = scanner.option().and_then(Result::ok);
        let verb = first.and_then(|met| match met.form.meaning {
            Meaning::Verb(verb) => Some((verb, met)),
            _ => None,
        });
        let Some((verb, met)) = verb else {
            let at = scanner.at();
            let fault = Fault::NoCommand;
            return Err(Blame { fault, at });
        };
        let mut draft = Draft::new(verb, met.at);
        let value = met.value.unwrap_or("");
        let role = match verb {
            Verb::StartDaemon => value::role(Value::StartRole, value).map(Some),
            Verb::StopDaemon => value::role(Value::StopRole, value).map(Some),
            _ => Ok(None),
        };
        draft.role = role.map_err(|fault| Blame { fault, at: met.at })?;
        let at_once = match verb {
            Verb::Help => Some(Command::Help),
            Verb::Version => Some(Command::Version),
            _ => None,
        };
        Ok((draft, at_once))
    }

    fn new(verb: Verb, at: usize) -> Self {
        Draft {
            verb,
            at,
            given: Given::default(),
            service: None,
            scheduler: None,
            scheduler_flags: None,
            engine: None,
            persistence: None,
            netmask: None,
            netmask_word: None,
            server: None,
            forward: ForwardMethod::DIRECT_ROUTE,
            weight: 1,
            upper_threshold: 0,
            lower_threshold: 0,
            tunnel: Tunnel::ipip(),
            role: None,
            interface: None,
            sync_id: 0,
            group: None,
            daemon_port: None,
            daemon_ttl: None,
            max_length: None,
        }
    }

    /// Its subject in messages.
    pub(super) fn subject(&self) -> Subject {
        Subject::Command(self.verb.grammar().0)
    }

    fn take(&mut self, met: &Met<'w>, names: &dyn Names) -> Result<(), Blame> {
        if let Some(option) = met.form.meaning.option() {
            if !self.given.insert(option, met.option_at) {
                let option = option.name();
                let (fault, at) = (Fault::Repeated { option }, met.option_at);
                return Err(Blame { fault, at });
            }
        }
        let taken = self.take_meaning(met, names);
        taken.map_err(|fault| Blame { fault, at: met.at })
    }

    fn take_meaning(&mut self, met: &Met<'w>, names: &dyn Names) -> Result<(), Fault> {
        let text = met.value.unwrap_or("");
        match met.form.meaning {
            Meaning::Verb(_) => return Err(Fault::AnotherCommand),
            Meaning::Sort => {}
            Meaning::Address(protocol) => {
                let expected = Value::Service;
                let found = value::endpoint(expected, text, names)?;
                let port = found
                    .port
                    .map(|port| port.of(protocol, expected, text, names));
                let port = port.transpose()?.unwrap_or(0);
                self.service = Some(ServiceKey::address(protocol, found.address, port));
            }
            Meaning::FirewallMark => {
                let mark = value::ranged(Value::FirewallMark, text, 1, u32::MAX.into())?;
                self.service = Some(ServiceKey::firewall_mark(mark, Family::V4));
            }
            Meaning::Ipv6 => match &mut self.service {
                Some(ServiceKey::FirewallMark { family, .. }) => *family = Family::V6,
                _ => return Err(Fault::FamilyBeforeMark),
            },
            Meaning::Forward(method) => self.forward = method,
            Meaning::Checksum(_, flags) => self.tunnel.flags |= flags,
            Meaning::Other(option) => self.take_value(option, met, names)?,
        }
        Ok(())
    }

    fn take_value(&mut self, option: Opt, met: &Met<'w>, names: &dyn Names) -> Result<(), Fault> {
        let text = met.value.unwrap_or("");
        let late = Late { text, at: met.at };
        match option {
            Opt::Scheduler => self.scheduler = Some(late),
            Opt::SchedulerFlags => self.scheduler_flags = Some(late),
            Opt::Engine => self.engine = Some(late),
            Opt::Interface => self.interface = Some(late),
            Opt::Persistent => {
                self.persistence = Some(match met.value {
                    Some(_) => value::seconds(Value::PersistenceTimeout, text, 1)?,
                    None => DEFAULT_PERSISTENCE,
                });
            }
            Opt::Netmask => {
                let family = self.service.map_or(Family::V4, |key| key.family());
                self.netmask = Some(match family {
                    Family::V4 => value::netmask(text, names)?,
                    Family::V6 => value::prefix_length(text)?,
                });
                self.netmask_word = Some(late);
            }
            Opt::Server => {
                self.server = Some((value::endpoint(Value::Server, text, names)?, late));
            }
            Opt::Weight => self.weight = value::ranged(Value::Weight, text, 0, MAX_SIGNED)?,
            Opt::UpperThreshold => {
                self.upper_threshold = value::ranged(Value::UpperThreshold, text, 0, MAX_SIGNED)?;
            }
            Opt::LowerThreshold => {
                self.lower_threshold = value::ranged(Value::LowerThreshold, text, 0, MAX_SIGNED)?;
            }
            Opt::SyncId => self.sync_id = value::ranged(Value::SyncId, text, 0, 255)?,
            Opt::Group => self.group = Some(value::group(text)?),
            Opt::DaemonPort => {
                self.daemon_port = Some(value::ranged(Value::DaemonPort, text, 1, 65_535)?);
            }
            Opt::DaemonTtl => {
                self.daemon_ttl = Some(value::ranged(Value::DaemonTtl, text, 1, 255)?)
            }
            Opt::MaxLength => {
                let max = MAX_SYNC_LENGTH.into();
                self.max_length = Some(value::ranged(Value::MaxLength, text, 1, max)?);
            }
            Opt::TunnelType => self.tunnel.kind = value::tunnel_kind(text)?,
            Opt::TunnelPort => {
                self.tunnel.port = value::ranged(Value::TunnelPort, text, 1, 65_535)?
            }
            // The others say all by being there.
            _ => {}
        }
        Ok(())
    }
}
