//! What the caller asks for, as the core has it. What that cannot hold gets the kernel's answer
//! to it here.

use std::ffi::c_char;
use std::net::IpAddr;

use ipvs_core::{
    DaemonRole, Dest, DestKey, Family, ForwardMethod, InterfaceName, Netmask, PersistenceEngine,
    Protocol, Scheduler, Service, ServiceFlags, ServiceKey, SyncDaemon, Tunnel, TunnelFlags,
    TunnelKind,
};
use libc::{EAFNOSUPPORT, EINVAL, ENODEV, ENOENT};

use super::call::refused;
use super::structs::{
    BACKUP, HASHED, MASTER, METHODS, ip_vs_daemon_user, ip_vs_dest_user, ip_vs_service_entry,
    ip_vs_service_user, nf_inet_addr,
};
use crate::address;
use crate::failure::{Failure, Outcome};
use crate::name;
use crate::service::seconds;

/// What identifies a service, wherever it stands.
pub(super) struct Key {
    pub(super) fwmark: u32,
    pub(super) af: u16,
    pub(super) protocol: u16,
    pub(super) addr: nf_inet_addr,
    pub(super) port: u16,
}

impl TryFrom<Key> for ServiceKey {
    type Error = Failure;

    fn try_from(given: Key) -> Outcome<ServiceKey> {
        let family = family(given.af)?;
        if given.fwmark != 0 {
            return Ok(ServiceKey::firewall_mark(given.fwmark, family));
        }
        let address = address::from_bytes(family, given.addr.bytes());
        let protocol = Protocol::new(given.protocol);
        Ok(ServiceKey::address(
            protocol,
            address,
            u16::from_be(given.port),
        ))
    }
}

fn family(af: u16) -> Outcome<Family> {
    address::family(af, "af").map_err(|_| refused("af", EAFNOSUPPORT))
}

/// A struct that names a service among other things.
macro_rules! key {
    ($type:ident) => {
        impl $type {
            pub(super) fn key(&self) -> Outcome<ServiceKey> {
                let key = Key {
                    fwmark: self.fwmark,
                    af: self.af,
                    protocol: self.protocol,
                    addr: self.addr,
                    port: self.port,
                };
                key.try_into()
            }
        }
    };
}

key!(ip_vs_service_user);
key!(ip_vs_service_entry);

impl ip_vs_service_user {
    /// Whether it stands for every service, where one is to be zeroed.
    pub(super) fn is_every(&self) -> bool {
        self.af == 0 || (self.fwmark == 0 && self.addr.all == [0; 4] && self.port == 0)
    }

    pub(super) fn service(&self) -> Outcome<Service> {
        let mut service = Service::new(self.key()?);
        let scheduler = name(&self.sched_name, Scheduler::from_bytes)?;
        service.scheduler = scheduler.ok_or(refused("sched_name", ENOENT))?;
        // The kernel never finds a service that it is told to be hashed.
        service.flags = ServiceFlags::from_bits_retain(self.flags & !HASHED);
        service.persistence_timeout = seconds(self.timeout);
        service.persistence_netmask = match service.key.family() {
            Family::V4 => Netmask::V4(u32::from_be(self.netmask).into()),
            Family::V6 => {
                let length = u8::try_from(self.netmask);
                Netmask::V6(length.map_err(|_| refused("netmask", EINVAL))?)
            }
        };
        service.persistence_engine = name(&self.pe_name, PersistenceEngine::from_bytes)?;
        Ok(service)
    }
}

/// The name in an array; `None` when that is empty.
fn name<T, const N: usize>(
    array: &[c_char; N],
    make: fn(&[u8]) -> Option<T>,
) -> Outcome<Option<T>> {
    name::given(array, "name", make)
}

impl ip_vs_dest_user {
    /// As a dest without a family is of its service's.
    pub(super) fn key(&self, service: &ServiceKey) -> Outcome<DestKey> {
        let family = match self.af {
            0 => service.family(),
            af => family(af)?,
        };
        let address: IpAddr = address::from_bytes(family, self.addr.bytes());
        Ok(DestKey::new(address, u16::from_be(self.port)))
    }

    pub(super) fn dest(&self, service: &ServiceKey) -> Outcome<Dest> {
        let key = self.key(service)?;
        let [method, ..] = (self.conn_flags & METHODS).to_le_bytes();
        let forward = ForwardMethod::new(method).ok_or(refused("conn_flags", EINVAL))?;
        let mut dest = Dest::new(key.address, key.port, forward);
        dest.weight = bits(self.weight);
        dest.upper_threshold = self.u_threshold;
        dest.lower_threshold = self.l_threshold;
        dest.tunnel = self.tunnel()?;
        Ok(dest)
    }

    fn tunnel(&self) -> Outcome<Tunnel> {
        let kind = u8::try_from(self.tun_type).map_err(|_| refused("tun_type", EINVAL))?;
        let flags = TunnelFlags::from_bits_retain(self.tun_flags);
        let mut tunnel = Tunnel::ipip().with_flags(flags);
        tunnel.kind = TunnelKind::new(kind);
        tunnel.port = u16::from_be(self.tun_port);
        Ok(tunnel)
    }
}

/// A number that the kernel has without a sign: it judges those that are negative.
pub(super) fn bits(number: i32) -> u32 {
    u32::from_ne_bytes(number.to_ne_bytes())
}

impl ip_vs_daemon_user {
    pub(super) fn role(&self) -> Outcome<DaemonRole> {
        match self.state {
            MASTER => Ok(DaemonRole::Master),
            BACKUP => Ok(DaemonRole::Backup),
            _ => Err(refused("state", EINVAL)),
        }
    }

    pub(super) fn daemon(&self) -> Outcome<SyncDaemon> {
        let interface = name(&self.mcast_ifn, InterfaceName::from_bytes)?;
        let interface = interface.ok_or(refused("mcast_ifn", ENODEV))?;
        let mut daemon = SyncDaemon::new(self.role()?, interface);
        daemon.sync_id = bits(self.syncid);
        let length = u16::try_from(self.sync_maxlen);
        let length = length.map_err(|_| refused("sync_maxlen", EINVAL))?;
        daemon.max_length = Some(length).filter(|length| *length != 0);
        daemon.port = Some(self.mcast_port).filter(|port| *port != 0);
        let ttl = u8::try_from(self.mcast_ttl).map_err(|_| refused("mcast_ttl", EINVAL))?;
        daemon.ttl = Some(ttl).filter(|ttl| *ttl != 0);
        if let Ok(family) = family(self.mcast_af) {
            daemon.group = Some(address::from_bytes(family, self.mcast_group.bytes()));
        }
        Ok(daemon)
    }
}
