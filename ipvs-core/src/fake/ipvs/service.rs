//! Services: what names one, what is set, and what is checked of both.

use std::collections::VecDeque;

use ipvs_sys::errno::{EAFNOSUPPORT, EINVAL, ENOENT};
use ipvs_sys::uapi::*;

use super::dest::Dest;
use super::{Errno, Host};
use crate::fake::Environment;
use crate::fake::counters::Counters;
use crate::fake::netlink::ExtendedAck;
use crate::fake::netlink::policy::{Attributes, Form, Policy, Value};

pub(super) const AF_INET: u16 = 2;
pub(super) const AF_INET6: u16 = 10;
const TCP: u16 = 6;
/// The length of an address, and its bytes when it is an IPv4 one.
const ADDRESS: usize = 16;
const ADDRESS_4: usize = 4;

/// What names a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::fake) struct Key {
    pub(in crate::fake) family: u16,
    pub(in crate::fake) protocol: u16,
    /// An IPv4 address is the first four bytes.
    pub(in crate::fake) address: [u8; ADDRESS],
    pub(in crate::fake) port: u16,
    /// A firewall mark, which then stands for the three above; 0 is none.
    pub(in crate::fake) mark: u32,
}

/// What is set of a service, all of it at once.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    scheduler: Vec<u8>,
    engine: Vec<u8>,
    flags: u32,
    timeout: u32,
    netmask: [u8; 4],
}

/// A service.
#[derive(Clone, Debug)]
pub(in crate::fake) struct Service {
    pub(in crate::fake) key: Key,
    /// Which of all services ever this is.
    pub(super) number: u64,
    /// Its scheduler's name; `none` is none.
    pub(in crate::fake) scheduler: Vec<u8>,
    /// Its persistence engine's name, or nothing.
    pub(in crate::fake) engine: Vec<u8>,
    pub(in crate::fake) flags: u32,
    /// In ticks of the clock: multiplied in 32 bits, it may have wrapped around.
    pub(in crate::fake) timeout: u32,
    /// As it came: in network order, or for IPv6 a prefix length in the machine's.
    pub(in crate::fake) netmask: [u8; 4],
    pub(in crate::fake) counters: Counters,
    /// The one that was added last comes first.
    pub(in crate::fake) dests: VecDeque<Dest>,
}

/// The attributes of a service.
const POLICY: Policy = &[
    Form::U16,
    Form::U16,
    Form::AtMost(ADDRESS),
    Form::U16,
    Form::U32,
    Form::Text(IP_VS_SCHEDNAME_MAXLEN - 1),
    Form::AtMost(size_of::<ip_vs_flags>()),
    Form::U32,
    Form::U32,
    Form::Nest,
    Form::Text(IP_VS_PENAME_MAXLEN),
    Form::Any,
];

/// The name that stands for no scheduler.
const NO_SCHEDULER: &[u8] = b"none";

impl Key {
    /// Reads what names a service, and returns the nest with the rest.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a nest that is malformed or lacks something, `EAFNOSUPPORT`.
    pub(super) fn parse<'m>(
        nest: Option<Value<'m>>,
        environment: &Environment,
    ) -> Result<(Self, Attributes<'m>), Errno> {
        let nest = nest.ok_or(EINVAL)?;
        let nest = nest.nested(POLICY, &mut ExtendedAck::default());
        let nest = nest.map_err(|_| EINVAL)?;
        let family = nest.need(IPVS_SVC_ATTR_AF)?;
        let mark = nest.get(IPVS_SVC_ATTR_FWMARK);
        let parts = (
            nest.get(IPVS_SVC_ATTR_PROTOCOL),
            nest.get(IPVS_SVC_ATTR_ADDR),
            nest.get(IPVS_SVC_ATTR_PORT),
        );
        let place = match parts {
            (Some(protocol), Some(address), Some(port)) => Some((protocol, address, port)),
            _ => None,
        };
        if mark.is_none() && place.is_none() {
            return Err(EINVAL);
        }
        let family = family.u16();
        if !speaks(environment, family) {
            return Err(EAFNOSUPPORT);
        }
        let key = match (mark, place) {
            (None, Some((protocol, address, port))) => Key {
                family,
                protocol: protocol.u16(),
                address: union_address(family, address),
                port: port.be16(),
                mark: 0,
            },
            // Mark 0 is no mark: this is the TCP service of no address and port.
            (mark, _) => Key {
                family,
                protocol: TCP,
                address: [0; ADDRESS],
                port: 0,
                mark: mark.map_or(0, Value::u32),
            },
        };
        Ok((key, nest))
    }
}

/// Whether there can be services and dests of a family.
pub(super) fn speaks(environment: &Environment, family: u16) -> bool {
    family == AF_INET || family == AF_INET6 && environment.ipv6
}

/// Of an IPv4 address only the first four bytes count.
pub(super) fn union_address(family: u16, value: Value<'_>) -> [u8; ADDRESS] {
    let mut address: [u8; ADDRESS] = value.filled();
    if family == AF_INET {
        let rest = address.iter_mut().skip(ADDRESS_4);
        rest.for_each(|byte| *byte = 0);
    }
    address
}

impl Settings {
    /// Reads what is set, of a service that has these `flags` already.
    ///
    /// # Errors
    ///
    /// `EINVAL` when something is missing.
    pub(super) fn parse(nest: &Attributes<'_>, flags: u32) -> Result<Self, Errno> {
        let scheduler = nest.need(IPVS_SVC_ATTR_SCHED_NAME)?;
        let [f0, f1, f2, f3, m0, m1, m2, m3] = nest.need(IPVS_SVC_ATTR_FLAGS)?.filled();
        let given = u32::from_ne_bytes([f0, f1, f2, f3]);
        let mask = u32::from_ne_bytes([m0, m1, m2, m3]);
        let engine = nest.get(IPVS_SVC_ATTR_PE_NAME);
        Ok(Settings {
            scheduler: scheduler.text().to_vec(),
            engine: engine.map(Value::text).unwrap_or_default().to_vec(),
            flags: flags & !mask | given & mask,
            timeout: nest.need(IPVS_SVC_ATTR_TIMEOUT)?.u32(),
            netmask: nest.need(IPVS_SVC_ATTR_NETMASK)?.filled(),
        })
    }

    /// # Errors
    ///
    /// `ENOENT` for a scheduler or an engine that there is not, `EINVAL` for an IPv6 netmask
    /// that is no prefix length.
    fn check(&self, host: &mut Host<'_>, family: u16) -> Result<(), Errno> {
        let Host {
            environment,
            modules,
            ..
        } = host;
        let scheduled = self.scheduler == NO_SCHEDULER;
        if !scheduled && !modules.scheduler(environment, &self.scheduler) {
            return Err(ENOENT);
        }
        if !self.engine.is_empty() && !modules.engine(environment, &self.engine) {
            return Err(ENOENT);
        }
        let prefix = u32::from_ne_bytes(self.netmask);
        if family == AF_INET6 && !(1..=128).contains(&prefix) {
            return Err(EINVAL);
        }
        Ok(())
    }
}

impl Service {
    /// # Errors
    ///
    /// Those of [`Settings::check`].
    pub(super) fn new(host: &mut Host<'_>, key: Key, settings: &Settings) -> Result<Self, Errno> {
        settings.check(host, key.family)?;
        let mut service = Service {
            key,
            number: 0,
            scheduler: Vec::new(),
            engine: Vec::new(),
            flags: 0,
            timeout: 0,
            netmask: [0; 4],
            counters: Counters::default(),
            dests: VecDeque::new(),
        };
        service.set(host, settings);
        Ok(service)
    }

    /// Replaces everything but the key and the dests; nothing of it on an error.
    ///
    /// # Errors
    ///
    /// Those of [`Settings::check`].
    pub(super) fn edit(&mut self, host: &mut Host<'_>, settings: &Settings) -> Result<(), Errno> {
        settings.check(host, self.key.family)?;
        self.set(host, settings);
        Ok(())
    }

    fn set(&mut self, host: &Host<'_>, settings: &Settings) {
        self.scheduler.clone_from(&settings.scheduler);
        self.engine.clone_from(&settings.engine);
        self.flags = settings.flags | IP_VS_SVC_F_HASHED;
        self.timeout = settings.timeout.wrapping_mul(host.environment.hz);
        self.netmask = settings.netmask;
    }

    /// Its counters and those of its dests begin at 0 again.
    pub(super) fn zero(&mut self) {
        self.counters.zero();
        for dest in &mut self.dests {
            dest.counters.zero();
        }
    }
}
