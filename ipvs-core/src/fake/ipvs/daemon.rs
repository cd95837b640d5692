//! The sync daemons, one of each role.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipvs_sys::errno::{
    EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EEXIST, EINTR, EINVAL, ENETUNREACH, ENODEV, ESRCH,
};
use ipvs_sys::uapi::*;

use super::{Errno, Host, Ipvs};
use crate::Sysctl;
use crate::fake::Interface;
use crate::fake::netlink::ExtendedAck;
use crate::fake::netlink::policy::{Attributes, Form, Policy, Value};

/// The daemons that run.
#[derive(Debug, Default)]
pub(in crate::fake) struct Daemons {
    pub(in crate::fake) master: Option<Daemon>,
    pub(in crate::fake) backup: Option<Daemon>,
    /// How many ports each uses, since the first of them was started.
    ports: i64,
}

/// A daemon, with everything that is in force.
#[derive(Clone, Debug)]
pub(in crate::fake) struct Daemon {
    pub(in crate::fake) interface: Vec<u8>,
    pub(in crate::fake) sync_id: u32,
    pub(in crate::fake) max_length: u16,
    pub(in crate::fake) group: Group,
    pub(in crate::fake) port: u16,
    pub(in crate::fake) ttl: u8,
    /// Whether its thread has run: if not, stopping it is not answered.
    has_run: bool,
}

/// Where it sends to, or listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fake) enum Group {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

/// What is asked for.
struct Wanted {
    state: u32,
    interface: Vec<u8>,
    sync_id: u32,
    max_length: u16,
    group: Group,
    port: u16,
    ttl: u8,
}

/// The attributes of a daemon.
const POLICY: Policy = &[
    Form::U32,
    Form::Text(IP_VS_IFNAME_MAXLEN - 1),
    Form::U32,
    Form::U16,
    Form::U32,
    Form::AtLeast(16),
    Form::U16,
    Form::U8,
];

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 81);
const PORT: u16 = 8848;
const TTL: u8 = 1;
/// More ports a daemon does not use, whatever the sysctl says.
const MOST_PORTS: i64 = 64;
/// What the headers in front of a message take.
const HEADERS_4: u32 = 28;
const HEADERS_6: u32 = 48;
/// What every interface is taken to send at least.
const LEAST_MTU: u32 = 1500;

impl Daemons {
    /// Whether one runs.
    pub(super) fn runs(&self) -> bool {
        self.master.is_some() || self.backup.is_some()
    }

    pub(super) fn let_run(&mut self) {
        for daemon in [&mut self.master, &mut self.backup].into_iter().flatten() {
            daemon.has_run = true;
        }
    }

    /// # Errors
    ///
    /// `EINVAL` for a state that is no role's.
    fn of(&mut self, state: u32) -> Result<&mut Option<Daemon>, Errno> {
        match state {
            IP_VS_STATE_MASTER => Ok(&mut self.master),
            IP_VS_STATE_BACKUP => Ok(&mut self.backup),
            _ => Err(EINVAL),
        }
    }
}

impl Ipvs {
    pub(super) fn start_daemon(
        &mut self,
        host: &Host<'_>,
        attributes: &Attributes<'_>,
        told: &mut ExtendedAck,
    ) -> Result<(), Errno> {
        let wanted = Wanted::parse(&nest(attributes, told)?)?;
        if self.mixes_families() {
            return Err(EINVAL);
        }
        if wanted.state == IP_VS_STATE_BACKUP {
            self.make_connection_table(host);
        }
        let interface = host.network.interface(&wanted.interface).ok_or(ENODEV)?;
        if !self.daemons.runs() {
            self.daemons.ports = self.sysctls.number(Sysctl::SyncPorts).clamp(1, MOST_PORTS);
        }
        let ports = self.daemons.ports;
        let place = self.daemons.of(wanted.state)?;
        if place.is_some() {
            return Err(EEXIST);
        }
        wanted.open(host, interface, ports)?;
        *place = Some(wanted.start(interface));
        Ok(())
    }

    /// # Errors
    ///
    /// `EINTR` for one that was stopped before it ran, which netlink keeps to itself.
    pub(super) fn stop_daemon(
        &mut self,
        attributes: &Attributes<'_>,
        told: &mut ExtendedAck,
    ) -> Result<(), Errno> {
        let state = nest(attributes, told)?.need(IPVS_DAEMON_ATTR_STATE)?.u32();
        let stopped = self.daemons.of(state)?.take().ok_or(ESRCH)?;
        match stopped.has_run {
            true => Ok(()),
            false => Err(EINTR),
        }
    }
}

fn nest<'m>(attributes: &Attributes<'m>, told: &mut ExtendedAck) -> Result<Attributes<'m>, Errno> {
    let nest = attributes.need(IPVS_CMD_ATTR_DAEMON)?;
    nest.nested(POLICY, told).map_err(|_| EINVAL)
}

impl Wanted {
    fn parse(nest: &Attributes<'_>) -> Result<Self, Errno> {
        let state = nest.need(IPVS_DAEMON_ATTR_STATE)?.u32();
        let interface = nest.need(IPVS_DAEMON_ATTR_MCAST_IFN)?.text().to_vec();
        let sync_id = nest.need(IPVS_DAEMON_ATTR_SYNC_ID)?.u32();
        let number = |kind| nest.get(kind).map_or(0, Value::u16);
        let ttl = nest.get(IPVS_DAEMON_ATTR_MCAST_TTL).map_or(0, Value::u8);
        Ok(Wanted {
            state,
            interface,
            sync_id,
            max_length: number(IPVS_DAEMON_ATTR_SYNC_MAXLEN),
            group: Group::parse(nest)?,
            port: match number(IPVS_DAEMON_ATTR_MCAST_PORT) {
                0 => PORT,
                port => port,
            },
            ttl: if ttl == 0 { TTL } else { ttl },
        })
    }

    /// What opening its sockets says.
    fn open(&self, host: &Host<'_>, interface: &Interface, ports: i64) -> Result<(), Errno> {
        let of_six = matches!(self.group, Group::V6(_));
        if of_six && !host.environment.ipv6 {
            return Err(EAFNOSUPPORT);
        }
        let has_six = interface.addresses.iter().any(|(own, _)| own.is_ipv6());
        let taken = |port| host.network.is_taken(port);
        let reaches = interface.up && !(of_six && interface.name == "lo");
        match self.state {
            IP_VS_STATE_MASTER if !reaches => Err(ENETUNREACH),
            IP_VS_STATE_MASTER if of_six && !has_six => Err(EADDRNOTAVAIL),
            IP_VS_STATE_BACKUP if self.ports(ports).any(taken) => Err(EADDRINUSE),
            _ => Ok(()),
        }
    }

    /// The ports from its own on, so many of them.
    fn ports(&self, count: i64) -> impl Iterator<Item = u16> {
        let behind = |port: &u16| Some(port.wrapping_add(1));
        let ports = std::iter::successors(Some(self.port), behind);
        ports.zip(0..count).map(|(port, _)| port)
    }

    fn start(&self, interface: &Interface) -> Daemon {
        Daemon {
            interface: self.interface.clone(),
            sync_id: self.sync_id,
            max_length: self.longest_message(interface),
            group: self.group,
            port: self.port,
            ttl: self.ttl,
            has_run: false,
        }
    }

    fn longest_message(&self, interface: &Interface) -> u16 {
        let headers = match self.group {
            Group::V4(_) => HEADERS_4,
            Group::V6(_) => HEADERS_6,
        };
        let most = u32::from(u16::MAX) - headers;
        let (mtu, least) = match self.state {
            IP_VS_STATE_BACKUP => (interface.mtu.clamp(LEAST_MTU, u16::MAX.into()), 1024),
            _ => (LEAST_MTU, 1),
        };
        let length = match self.max_length {
            0 => mtu.saturating_sub(headers),
            wanted => u32::from(wanted).clamp(least, most),
        };
        u16::try_from(length).unwrap_or(u16::MAX)
    }
}

impl Group {
    /// # Errors
    ///
    /// `EINVAL` for what is no group.
    fn parse(nest: &Attributes<'_>) -> Result<Self, Errno> {
        let four = nest.get(IPVS_DAEMON_ATTR_MCAST_GROUP);
        let six = nest.get(IPVS_DAEMON_ATTR_MCAST_GROUP6);
        let group = match (four, six) {
            (Some(four), _) => Group::V4(four.filled::<4>().into()),
            (None, Some(six)) => Group::V6(six.filled::<16>().into()),
            (None, None) => return Ok(Group::V4(GROUP)),
        };
        let is_group = match group {
            Group::V4(group) => group.is_multicast(),
            Group::V6(group) => group.is_multicast(),
        };
        if is_group { Ok(group) } else { Err(EINVAL) }
    }
}
