//! Random tables: everything that a kernel's table can hold, but for what the
//! original lists wrongly (see `differences`).
//!
//! Addresses keep within 10.0.0.0/8 and 2001:db8::/32, marks below 2^31: the
//! original sorts values wrongly that are further apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ipvs_core::{
    DaemonRole, Dest, Family, ForwardMethod, Netmask, PersistenceEngine, Protocol, Scheduler,
    Service, ServiceFlags, ServiceKey, SyncDaemon, Table, TableService, Timeouts, Tunnel,
    TunnelFlags, TunnelKind,
};

use crate::dice::Dice;
use crate::kernel::Kernel;

/// What tables are made of.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Whatever a kernel holds.
    Any,
    /// What the original's rules can say.
    Sayable,
}

/// A table of some services with some dests each.
pub fn random(dice: &mut Dice, kernel: &Kernel, kind: Kind) -> Table {
    let mut maker = Maker { dice, kernel, kind };
    let mut table = Table::new();
    // Every scheduler gets its turn.
    for scheduler in Scheduler::KNOWN {
        if !maker.has(*scheduler) {
            continue;
        }
        let service = maker.service(*scheduler);
        if !table
            .services
            .iter()
            .any(|known| known.service.key == service.key)
        {
            let dests = maker.dests(&service);
            table.services.push(TableService::new(service, dests));
        }
    }
    table
}

/// With timeouts and daemons on `eth0`.
pub fn with_the_rest(dice: &mut Dice, table: Table) -> Table {
    let mut seconds = || Duration::from_secs(u64::from(1 + dice.throw(2_000_000)));
    let timeouts = Timeouts::new(seconds(), seconds(), seconds());
    let mut daemons = Vec::new();
    for role in [DaemonRole::Master, DaemonRole::Backup] {
        let daemon = SyncDaemon::new(role, "eth0".parse().unwrap());
        let daemon = daemon
            .with_sync_id(dice.throw(256))
            .with_ttl(1 + dice.throw(250) as u8);
        let six: IpAddr = "ff02::81".parse().unwrap();
        let four: IpAddr = Ipv4Addr::new(239, 1, 2, dice.throw(256) as u8).into();
        let daemon = daemon.with_group(dice.pick(&[four, six]));
        let daemon = daemon.with_max_length(1024 + dice.throw(400) as u16);
        if !dice.once_in(3) {
            daemons.push(daemon.with_port(1 + dice.throw(65535) as u16));
        }
    }
    table.with_timeouts(timeouts).with_daemons(daemons)
}

struct Maker<'a> {
    dice: &'a mut Dice,
    kernel: &'a Kernel,
    kind: Kind,
}

impl Maker<'_> {
    fn has(&self, scheduler: Scheduler) -> bool {
        let module = format!("ip_vs_{scheduler}");
        !self.kernel.lacks.contains(&module)
    }

    fn sayable(&self) -> bool {
        matches!(self.kind, Kind::Sayable)
    }

    fn family(&mut self) -> Family {
        self.dice.pick(&[Family::V4, Family::V4, Family::V6])
    }

    fn address(&mut self, family: Family) -> IpAddr {
        let low = 1 + self.dice.throw(200) as u8;
        match family {
            Family::V4 => Ipv4Addr::new(10, self.dice.pick(&[0, 1, 100]), low, 9).into(),
            Family::V6 => {
                let group = self.dice.pick(&[0, 1, 0x7fff]);
                Ipv6Addr::new(0x2001, 0xdb8, group, 0, 0, 0, u16::from(low), 9).into()
            }
        }
    }

    fn port(&mut self) -> u16 {
        let any = 1 + self.dice.throw(65535) as u16;
        self.dice.pick(&[53, 80, 443, 65535, any])
    }

    fn service(&mut self, scheduler: Scheduler) -> Service {
        let family = self.family();
        let key = if self.dice.once_in(4) {
            ServiceKey::firewall_mark(1 + self.dice.throw(1 << 30), family)
        } else {
            let protocols = [
                Protocol::TCP,
                Protocol::UDP,
                Protocol::SCTP,
                Protocol::new(50),
            ];
            let known = if self.sayable() { 3 } else { 4 };
            let protocol = self.dice.pick(&protocols[..known]);
            ServiceKey::address(protocol, self.address(family), self.port())
        };
        let service = Service::new(key).with_scheduler(scheduler);
        let service = service.with_flags(self.scheduler_flags(scheduler));
        self.persistence(service)
    }

    fn scheduler_flags(&mut self, scheduler: Scheduler) -> ServiceFlags {
        let mut flags = ServiceFlags::empty();
        let all = [
            ServiceFlags::SCHEDULER_1,
            ServiceFlags::SCHEDULER_2,
            ServiceFlags::SCHEDULER_3,
        ];
        // These two have no third flag, for which the original prints nothing.
        let two = [Scheduler::SH, Scheduler::MH].contains(&scheduler);
        for flag in &all[..if two { 2 } else { 3 }] {
            flags.set(*flag, self.dice.once_in(3));
        }
        flags
    }

    fn persistence(&mut self, mut service: Service) -> Service {
        let udp = matches!(service.key, ServiceKey::Address { protocol, .. } if protocol == Protocol::UDP);
        if udp && self.dice.once_in(2) {
            service = service.with_one_packet();
        }
        let family = service.key.family();
        let length = 1 + self.dice.throw(if family == Family::V4 { 32 } else { 128 }) as u8;
        let netmask = Netmask::prefix(family, length).unwrap();
        if self.dice.once_in(2) {
            let seconds = self.dice.pick(&[1, 300, 360, 2_678_400]);
            service = service.with_persistence(Duration::from_secs(seconds));
            if self.dice.once_in(2) {
                service = service.with_persistence_netmask(netmask);
            }
            if udp && self.dice.once_in(2) {
                service = service.with_persistence_engine(PersistenceEngine::SIP);
            }
        } else if !self.sayable() && self.dice.once_in(3) {
            service = service.with_persistence_netmask(netmask);
        }
        service
    }

    /// Dests of one family: the original has no order for those of two.
    fn dests(&mut self, service: &Service) -> Vec<Dest> {
        let family = service.key.family();
        let tunnels_only = self.dice.once_in(8);
        let family = if tunnels_only { self.family() } else { family };
        let count = self.dice.throw(5);
        let mut dests: Vec<Dest> = Vec::new();
        for _ in 0..count {
            let dest = self.dest(service, family, tunnels_only);
            if !dests.iter().any(|known| known.key == dest.key) {
                dests.push(dest);
            }
        }
        dests
    }

    fn dest(&mut self, service: &Service, family: Family, tunnels_only: bool) -> Dest {
        let address = self.address(family);
        let methods = [
            ForwardMethod::MASQUERADE,
            ForwardMethod::TUNNEL,
            ForwardMethod::DIRECT_ROUTE,
            ForwardMethod::LOCAL,
        ];
        let known = if self.sayable() { 3 } else { 4 };
        let forward = match tunnels_only {
            true => ForwardMethod::TUNNEL,
            false => self.dice.pick(&methods[..known]),
        };
        let mut port = self.port();
        if let ServiceKey::Address { port: fixed, .. } = service.key {
            // A rule can say another port with translation only.
            if self.sayable() && forward != ForwardMethod::MASQUERADE {
                port = fixed;
            }
        }
        let any = self.dice.throw(1 << 31);
        let weight = self.dice.pick(&[0, 1, 7, 65535, any, 0x7fff_ffff]);
        let dest = Dest::new(address, port, forward).with_weight(weight);
        let dest = dest.with_tunnel(self.tunnel(forward));
        if self.sayable() || self.dice.once_in(2) {
            return dest;
        }
        let upper = self.dice.throw(1 << 31);
        dest.with_thresholds(upper, self.dice.throw(upper.max(1)))
    }

    fn tunnel(&mut self, forward: ForwardMethod) -> Tunnel {
        let tunnels = forward == ForwardMethod::TUNNEL;
        if !tunnels && (self.sayable() || !self.dice.once_in(4)) {
            return Tunnel::ipip();
        }
        let port = self.port();
        let (none, csum) = (TunnelFlags::empty(), TunnelFlags::CHECKSUM);
        let tunnel = self
            .dice
            .pick(&[Tunnel::ipip(), Tunnel::gue(port), Tunnel::gre()]);
        match tunnel.kind {
            TunnelKind::GUE => {
                tunnel.with_flags(self.dice.pick(&[none, csum, TunnelFlags::REMOTE_CHECKSUM]))
            }
            TunnelKind::GRE => tunnel.with_flags(self.dice.pick(&[none, csum])),
            _ => tunnel,
        }
    }
}
