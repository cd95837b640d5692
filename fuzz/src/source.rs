//! Values of the model out of a fuzzer's bytes.
//!
//! Where the bytes end, every number is 0 and every list is over, so that the
//! fuzzer can drop bytes one by one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use ipvs_core::wire::attr::Builder;
use ipvs_core::{
    DaemonRole, Dest, DestKey, Family, ForwardMethod, InterfaceName, Netmask, PersistenceEngine,
    Protocol, Scheduler, Service, ServiceFlags, ServiceKey, Stats, StatsWidth, SyncDaemon,
    Timeouts, TimeoutsEdit, Tunnel, TunnelFlags, TunnelKind,
};

/// The bytes that are left.
pub(crate) struct Source<'d>(Unstructured<'d>);

impl<'d> Source<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Self {
        Source(Unstructured::new(data))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Any number.
    pub(crate) fn any<T: Arbitrary<'d>>(&mut self) -> T {
        T::arbitrary(&mut self.0).expect("numbers never run out")
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u8) -> u8 {
        self.any::<u8>() % end
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.any::<u8>()) % from.len()]
    }

    /// Up to `max` bytes.
    pub(crate) fn bytes(&mut self, max: u8) -> &'d [u8] {
        let length = usize::from(self.below(max.saturating_add(1))).min(self.0.len());
        self.0.bytes(length).expect("there are as many")
    }

    pub(crate) fn option<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.coin().then(|| make(self))
    }

    /// Fewer than `end` of them.
    pub(crate) fn list<T>(&mut self, end: u8, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut list = Vec::new();
        for _ in 0..self.below(end) {
            if self.is_empty() {
                break;
            }
            list.push(make(self));
        }
        list
    }

    pub(crate) fn family(&mut self) -> Family {
        self.pick(&[Family::V4, Family::V6])
    }

    pub(crate) fn address(&mut self) -> IpAddr {
        match self.family() {
            Family::V4 => self.any::<Ipv4Addr>().into(),
            Family::V6 => self.any::<Ipv6Addr>().into(),
        }
    }

    pub(crate) fn protocol(&mut self) -> Protocol {
        match self.below(4) {
            0 => Protocol::TCP,
            1 => Protocol::UDP,
            2 => Protocol::SCTP,
            _ => Protocol::new(self.any()),
        }
    }

    pub(crate) fn service_key(&mut self) -> ServiceKey {
        if self.coin() {
            return ServiceKey::firewall_mark(self.any(), self.family());
        }
        ServiceKey::address(self.protocol(), self.address(), self.any())
    }

    pub(crate) fn dest_key(&mut self) -> DestKey {
        DestKey::new(self.address(), self.any())
    }

    fn name<T>(&mut self, max: usize, make: fn(&[u8]) -> Option<T>) -> Option<T> {
        make(self.bytes(u8::try_from(max).expect("names are short")))
    }

    pub(crate) fn scheduler(&mut self) -> Scheduler {
        let known = self.pick(Scheduler::KNOWN);
        let name = self.name(Scheduler::MAX_LENGTH, Scheduler::from_bytes);
        name.unwrap_or(known)
    }

    pub(crate) fn engine(&mut self) -> PersistenceEngine {
        let name = self.name(PersistenceEngine::MAX_LENGTH, PersistenceEngine::from_bytes);
        name.unwrap_or(PersistenceEngine::SIP)
    }

    pub(crate) fn interface(&mut self) -> InterfaceName {
        let name = self.name(InterfaceName::MAX_LENGTH, InterfaceName::from_bytes);
        name.unwrap_or_else(|| "eth0".parse().expect("a name"))
    }

    /// The kernel's own mark "hashed" is never shown.
    pub(crate) fn service_flags(&mut self) -> ServiceFlags {
        let bits = match self.coin() {
            true => u32::from(self.any::<u8>()),
            false => self.any(),
        };
        ServiceFlags::from_bits_retain(bits & !ipvs_sys::uapi::IP_VS_SVC_F_HASHED)
    }

    pub(crate) fn netmask(&mut self, family: Family) -> Netmask {
        match family {
            Family::V4 => Netmask::V4(self.any()),
            Family::V6 => Netmask::V6(self.any()),
        }
    }

    pub(crate) fn seconds(&mut self) -> Duration {
        Duration::from_secs(self.any::<u32>().into())
    }

    pub(crate) fn service(&mut self) -> Service {
        let key = self.service_key();
        self.service_of(key)
    }

    /// A service with this key: as new, or with any fields.
    pub(crate) fn service_of(&mut self, key: ServiceKey) -> Service {
        let mut service = Service::new(key).with_scheduler(self.scheduler());
        if self.coin() {
            service.flags = self.service_flags();
            service.persistence_timeout = self.seconds();
            service.persistence_netmask = self.netmask(key.family());
            service.persistence_engine = self.option(Self::engine);
        }
        service
    }

    /// As a kernel has them: of 32 bits all but the bytes, or of 64.
    pub(crate) fn stats(&mut self) -> Stats {
        let mut stats = Stats::default();
        stats.width = self.pick(&[StatsWidth::Bits64, StatsWidth::Bits32]);
        let narrow = stats.width == StatsWidth::Bits32;
        let mut number = || match narrow {
            true => self.any::<u32>().into(),
            false => self.any::<u64>(),
        };
        stats.connections = number();
        stats.incoming_packets = number();
        stats.outgoing_packets = number();
        stats.rates.connections = number();
        stats.rates.incoming_packets = number();
        stats.rates.outgoing_packets = number();
        stats.rates.incoming_bytes = number();
        stats.rates.outgoing_bytes = number();
        stats.incoming_bytes = self.any();
        stats.outgoing_bytes = self.any();
        stats
    }

    pub(crate) fn forward_method(&mut self) -> ForwardMethod {
        ForwardMethod::new(self.below(8)).expect("below 8")
    }

    pub(crate) fn tunnel_flags(&mut self) -> TunnelFlags {
        TunnelFlags::from_bits_retain(self.any())
    }

    pub(crate) fn tunnel(&mut self) -> Tunnel {
        let mut tunnel = Tunnel::default();
        tunnel.kind = TunnelKind::new(self.any());
        tunnel.port = self.any();
        tunnel.flags = self.tunnel_flags();
        tunnel
    }

    pub(crate) fn dest(&mut self) -> Dest {
        let key = self.dest_key();
        self.dest_of(key)
    }

    /// A dest with this key: as new, or with any fields.
    pub(crate) fn dest_of(&mut self, key: DestKey) -> Dest {
        let mut dest = Dest::new(key.address, key.port, self.forward_method());
        if self.coin() {
            dest.weight = self.any();
            dest = dest.with_thresholds(self.any(), self.any());
            dest.tunnel = self.tunnel();
        }
        dest
    }

    pub(crate) fn role(&mut self) -> DaemonRole {
        self.pick(&[DaemonRole::Master, DaemonRole::Backup])
    }

    pub(crate) fn daemon(&mut self) -> SyncDaemon {
        let mut daemon = SyncDaemon::new(self.role(), self.interface());
        daemon.sync_id = self.any();
        daemon.max_length = self.any();
        daemon.group = self.option(Self::address);
        daemon.port = self.any();
        daemon.ttl = self.any();
        daemon
    }

    pub(crate) fn timeouts(&mut self) -> Timeouts {
        Timeouts::new(self.seconds(), self.seconds(), self.seconds())
    }

    /// With fractions of a second, which text can hold and no request.
    pub(crate) fn timeouts_edit(&mut self) -> TimeoutsEdit {
        let mut edit = TimeoutsEdit::new();
        for timeout in [&mut edit.tcp, &mut edit.tcp_fin, &mut edit.udp] {
            *timeout = self.any();
        }
        edit
    }
}

/// Attributes of any numbers, each with about as many bytes as some value has.
pub(crate) fn attributes(source: &mut Source<'_>, out: &mut Builder<'_>, nests: bool) {
    for _ in 0..20 {
        if source.is_empty() {
            return;
        }
        let kind = u16::from(source.below(18));
        if nests && source.below(8) == 7 {
            out.nest(kind, |out| attributes(source, out, false));
            continue;
        }
        let length = source.pick(&[4, 2, 8, 1, 16, 5, 0]);
        out.bytes(kind, source.bytes(length));
    }
}
