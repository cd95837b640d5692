//! Virtual services.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::{Error, Netmask, PersistenceEngine, Scheduler, ServiceKey, Stats, flags};

bitflags::bitflags! {
    /// The flags of a virtual service.
    ///
    /// Bits that this library does not know are kept. The kernel's own mark
    /// "hashed" is set on every service it lists and is not shown.
    ///
    /// As text: names joined by commas (`persistent,one-packet`), unknown bits
    /// in hex, `none` for none. The scheduler's names for its three flags come
    /// from [`Scheduler::format_flags`].
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[doc(alias = "IPVS_SVC_ATTR_FLAGS")]
    pub struct ServiceFlags: u32 {
        /// A client stays with its real server for the persistence timeout.
        #[doc(alias = "ipvsadm -p")]
        const PERSISTENT = ipvs_sys::uapi::IP_VS_SVC_F_PERSISTENT;
        /// Each UDP datagram is scheduled by itself; no connection is kept.
        #[doc(alias = "ipvsadm -o")]
        const ONE_PACKET = ipvs_sys::uapi::IP_VS_SVC_F_ONEPACKET;
        /// The scheduler's first flag: `fallback` under `sh` and `mh`.
        #[doc(alias = "ipvsadm -b")]
        const SCHEDULER_1 = ipvs_sys::uapi::IP_VS_SVC_F_SCHED1;
        /// The scheduler's second flag: `port` under `sh` and `mh`.
        const SCHEDULER_2 = ipvs_sys::uapi::IP_VS_SVC_F_SCHED2;
        /// The scheduler's third flag, which no scheduler uses.
        const SCHEDULER_3 = ipvs_sys::uapi::IP_VS_SVC_F_SCHED3;
        const _ = !0;
    }
}

impl ServiceFlags {
    /// The bits that this library knows.
    pub(crate) const KNOWN: ServiceFlags = ServiceFlags::PERSISTENT
        .union(ServiceFlags::ONE_PACKET)
        .union(ServiceFlags::SCHEDULER_1)
        .union(ServiceFlags::SCHEDULER_2)
        .union(ServiceFlags::SCHEDULER_3);

    const WORDS: &[(&str, u32)] = &[
        ("persistent", ServiceFlags::PERSISTENT.bits()),
        ("one-packet", ServiceFlags::ONE_PACKET.bits()),
        ("scheduler-1", ServiceFlags::SCHEDULER_1.bits()),
        ("scheduler-2", ServiceFlags::SCHEDULER_2.bits()),
        ("scheduler-3", ServiceFlags::SCHEDULER_3.bits()),
    ];
}

impl fmt::Display for ServiceFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&flags::format(self.bits(), Self::WORDS, ","))
    }
}

impl FromStr for ServiceFlags {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        flags::parse(text, Self::WORDS, ",")
            .map(ServiceFlags::from_bits_retain)
            .ok_or_else(|| Error::parse("service flags", text, "such as persistent,one-packet"))
    }
}

/// A virtual service as it is asked for: what one writes.
///
/// ```
/// # use ipvs_core::{Scheduler, Service, ServiceKey};
/// # use std::time::Duration;
/// let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80))
///     .with_scheduler(Scheduler::RR)
///     .with_persistence(Duration::from_secs(600));
/// assert!(web.is_persistent());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "IPVS_CMD_ATTR_SERVICE")]
pub struct Service {
    /// What identifies it.
    pub key: ServiceKey,
    /// How it chooses a real server. Default: [`Scheduler::WLC`].
    pub scheduler: Scheduler,
    /// Its flags. Default: none.
    pub flags: ServiceFlags,
    /// How long a client stays with its real server, in whole seconds up to
    /// 4,294,967; used with [`ServiceFlags::PERSISTENT`] only. Default: zero.
    #[doc(alias = "IPVS_SVC_ATTR_TIMEOUT")]
    #[doc(alias = "ipvsadm -p")]
    pub persistence_timeout: Duration,
    /// Which clients count as one. Default: each address by itself.
    pub persistence_netmask: Netmask,
    /// What recognises a client beyond its address. Default: `None`, nothing.
    pub persistence_engine: Option<PersistenceEngine>,
}

impl Service {
    /// A service with every default: `wlc`, not persistent, no flags.
    #[must_use]
    pub fn new(key: ServiceKey) -> Self {
        Service {
            key,
            scheduler: Scheduler::default(),
            flags: ServiceFlags::empty(),
            persistence_timeout: Duration::ZERO,
            persistence_netmask: Netmask::host(key.family()),
            persistence_engine: None,
        }
    }

    /// With another scheduler.
    #[must_use]
    pub fn with_scheduler(mut self, scheduler: Scheduler) -> Self {
        self.scheduler = scheduler;
        self
    }

    /// With these flags, in place of those it has.
    #[must_use]
    pub fn with_flags(mut self, flags: ServiceFlags) -> Self {
        self.flags = flags;
        self
    }

    /// Persistent, with a timeout in whole seconds from 1 to 4,294,967.
    #[must_use]
    pub fn with_persistence(mut self, timeout: Duration) -> Self {
        self.flags |= ServiceFlags::PERSISTENT;
        self.persistence_timeout = timeout;
        self
    }

    /// With another persistence netmask.
    #[must_use]
    pub fn with_persistence_netmask(mut self, netmask: Netmask) -> Self {
        self.persistence_netmask = netmask;
        self
    }

    /// With a persistence engine.
    #[must_use]
    pub fn with_persistence_engine(mut self, engine: PersistenceEngine) -> Self {
        self.persistence_engine = Some(engine);
        self
    }

    /// Scheduling each datagram by itself.
    #[must_use]
    pub fn with_one_packet(mut self) -> Self {
        self.flags |= ServiceFlags::ONE_PACKET;
        self
    }

    /// Whether clients stay with their real server.
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        self.flags.contains(ServiceFlags::PERSISTENT)
    }

    /// Whether each datagram is scheduled by itself.
    #[must_use]
    pub fn is_one_packet(&self) -> bool {
        self.flags.contains(ServiceFlags::ONE_PACKET)
    }
}

/// A virtual service as the kernel lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServiceEntry {
    /// Its configuration. It can be sent back as it is, under
    /// [`Checks::Kernel`](crate::Checks::Kernel) whatever another program made of it.
    pub service: Service,
    /// Its counters and rates.
    pub stats: Stats,
}

impl ServiceEntry {
    /// A service with its counters: for tests of what reads entries.
    #[must_use]
    pub fn new(service: Service, stats: Stats) -> Self {
        ServiceEntry { service, stats }
    }
}

/// The fields of a virtual service to change; what is `None` stays as it is.
///
/// ```
/// # use ipvs_core::{ServiceEdit, ServiceFlags};
/// # use std::time::Duration;
/// let sticky = ServiceEdit::new().with_persistence(Duration::from_secs(600));
/// assert_eq!(sticky.set_flags, ServiceFlags::PERSISTENT);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServiceEdit {
    /// Another scheduler. The kernel takes some 20 ms for it.
    #[doc(alias = "ipvsadm -s")]
    pub scheduler: Option<Scheduler>,
    /// Flags to switch on; the others stay. Default: none.
    #[doc(alias = "ipvsadm -b")]
    #[doc(alias = "ipvsadm -o")]
    pub set_flags: ServiceFlags,
    /// Flags to switch off. Default: none. One in both is switched on.
    pub clear_flags: ServiceFlags,
    /// Another persistence timeout, in whole seconds from 1 to 4,294,967; by
    /// itself it makes no service persistent.
    #[doc(alias = "ipvsadm -p")]
    pub persistence_timeout: Option<Duration>,
    /// Another persistence netmask, of the service's family.
    #[doc(alias = "ipvsadm -M")]
    pub persistence_netmask: Option<Netmask>,
    /// Another persistence engine, or `Some(None)` for none.
    #[doc(alias = "ipvsadm --pe")]
    pub persistence_engine: Option<Option<PersistenceEngine>>,
}

impl ServiceEdit {
    /// An edit that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the scheduler.
    #[must_use]
    pub fn with_scheduler(mut self, scheduler: Scheduler) -> Self {
        self.scheduler = Some(scheduler);
        self
    }

    /// Switches these flags on.
    #[must_use]
    pub fn with_set_flags(mut self, flags: ServiceFlags) -> Self {
        self.clear_flags.remove(flags);
        self.set_flags |= flags;
        self
    }

    /// Switches these flags off.
    #[must_use]
    pub fn with_clear_flags(mut self, flags: ServiceFlags) -> Self {
        self.set_flags.remove(flags);
        self.clear_flags |= flags;
        self
    }

    /// Makes the service persistent, with a timeout in whole seconds from 1 to
    /// 4,294,967.
    #[must_use]
    pub fn with_persistence(self, timeout: Duration) -> Self {
        self.with_set_flags(ServiceFlags::PERSISTENT)
            .with_persistence_timeout(timeout)
    }

    /// Makes the service not persistent, and takes its persistence engine away.
    #[must_use]
    pub fn without_persistence(self) -> Self {
        self.with_clear_flags(ServiceFlags::PERSISTENT)
            .with_persistence_timeout(Duration::ZERO)
            .with_persistence_engine(None)
    }

    /// Changes the persistence timeout, in whole seconds from 1 to 4,294,967.
    #[must_use]
    pub fn with_persistence_timeout(mut self, timeout: Duration) -> Self {
        self.persistence_timeout = Some(timeout);
        self
    }

    /// Changes the persistence netmask.
    #[must_use]
    pub fn with_persistence_netmask(mut self, netmask: Netmask) -> Self {
        self.persistence_netmask = Some(netmask);
        self
    }

    /// Changes the persistence engine; `None` removes it.
    #[must_use]
    pub fn with_persistence_engine(mut self, engine: Option<PersistenceEngine>) -> Self {
        self.persistence_engine = Some(engine);
        self
    }

    /// The service with this edit made.
    #[must_use]
    pub fn apply(&self, service: Service) -> Service {
        Service {
            key: service.key,
            scheduler: self.scheduler.unwrap_or(service.scheduler),
            flags: service.flags.difference(self.clear_flags) | self.set_flags,
            persistence_timeout: self
                .persistence_timeout
                .unwrap_or(service.persistence_timeout),
            persistence_netmask: self
                .persistence_netmask
                .unwrap_or(service.persistence_netmask),
            persistence_engine: self
                .persistence_engine
                .unwrap_or(service.persistence_engine),
        }
    }
}
