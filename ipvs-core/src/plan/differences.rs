//! When two configurations are not the same to the kernel.

use std::fmt;
use std::net::IpAddr;

use bitflags::bitflags;

use crate::{
    DaemonRole, Dest, ForwardMethod, Service, ServiceFlags, SyncDaemon, Timeouts, TimeoutsEdit,
    Tunnel, TunnelFlags, TunnelKind, flags,
};

bitflags! {
    /// The fields in which what is there is not what is wanted.
    ///
    /// Fields that mean nothing where they are do not count: the timeout and the
    /// netmask of a service that is not persistent, the tunnel of a dest that is not
    /// tunnelled to, the port of a tunnel that has none, and a daemon's option that is
    /// not given where the kernel's default is in force. A daemon's longest message is
    /// compared with what the kernel makes of it: no more than a datagram holds, and of
    /// a backup no less than 1024.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Differences: u32 {
        /// The scheduler.
        const SCHEDULER = 1;
        /// The service's flags.
        const FLAGS = 1 << 1;
        /// The persistence timeout.
        const PERSISTENCE_TIMEOUT = 1 << 2;
        /// The persistence netmask.
        const PERSISTENCE_NETMASK = 1 << 3;
        /// The persistence engine.
        const PERSISTENCE_ENGINE = 1 << 4;
        /// The forwarding method.
        const FORWARD = 1 << 5;
        /// The tunnel.
        const TUNNEL = 1 << 6;
        /// The weight.
        const WEIGHT = 1 << 7;
        /// The upper threshold.
        const UPPER_THRESHOLD = 1 << 8;
        /// The lower threshold.
        const LOWER_THRESHOLD = 1 << 9;
        /// The TCP timeout.
        const TCP = 1 << 10;
        /// The TCP FIN timeout.
        const TCP_FIN = 1 << 11;
        /// The UDP timeout.
        const UDP = 1 << 12;
        /// The daemon's interface.
        const INTERFACE = 1 << 13;
        /// The daemon's sync id.
        const SYNC_ID = 1 << 14;
        /// The daemon's longest message.
        const MAX_LENGTH = 1 << 15;
        /// The daemon's multicast group.
        const GROUP = 1 << 16;
        /// The daemon's port.
        const PORT = 1 << 17;
        /// The daemon's time to live.
        const TTL = 1 << 18;
    }
}

impl Differences {
    const WORDS: &[(&str, u32)] = &[
        ("scheduler", Differences::SCHEDULER.bits()),
        ("flags", Differences::FLAGS.bits()),
        (
            "persistence timeout",
            Differences::PERSISTENCE_TIMEOUT.bits(),
        ),
        (
            "persistence netmask",
            Differences::PERSISTENCE_NETMASK.bits(),
        ),
        ("persistence engine", Differences::PERSISTENCE_ENGINE.bits()),
        ("forwarding method", Differences::FORWARD.bits()),
        ("tunnel", Differences::TUNNEL.bits()),
        ("weight", Differences::WEIGHT.bits()),
        ("upper threshold", Differences::UPPER_THRESHOLD.bits()),
        ("lower threshold", Differences::LOWER_THRESHOLD.bits()),
        ("tcp timeout", Differences::TCP.bits()),
        ("tcp-fin timeout", Differences::TCP_FIN.bits()),
        ("udp timeout", Differences::UDP.bits()),
        ("interface", Differences::INTERFACE.bits()),
        ("sync id", Differences::SYNC_ID.bits()),
        ("longest message", Differences::MAX_LENGTH.bits()),
        ("group", Differences::GROUP.bits()),
        ("port", Differences::PORT.bits()),
        ("ttl", Differences::TTL.bits()),
    ];

    /// These fields if `differ`, else none.
    fn when(self, differ: bool) -> Self {
        if differ { self } else { Self::empty() }
    }
}

/// The fields' names: `weight, tunnel`.
impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&flags::format(self.bits(), Self::WORDS, ", "))
    }
}

pub(crate) fn service(there: &Service, wanted: &Service) -> Differences {
    use Differences as D;
    let persistent = wanted.flags.contains(ServiceFlags::PERSISTENT);
    // The kernel's own mark is not ours to set or clear.
    let hashed = ServiceFlags::from_bits_retain(ipvs_sys::uapi::IP_VS_SVC_F_HASHED);
    let unlike = (there.flags ^ wanted.flags) - hashed;
    let timeout = there.persistence_timeout != wanted.persistence_timeout;
    let netmask = there.persistence_netmask != wanted.persistence_netmask;
    let engine = there.persistence_engine != wanted.persistence_engine;
    D::SCHEDULER.when(there.scheduler != wanted.scheduler)
        | D::FLAGS.when(!unlike.is_empty())
        | D::PERSISTENCE_TIMEOUT.when(persistent && timeout)
        | D::PERSISTENCE_NETMASK.when(persistent && netmask)
        | D::PERSISTENCE_ENGINE.when(engine)
}

pub(crate) fn dest(there: &Dest, wanted: &Dest) -> Differences {
    use Differences as D;
    let tunnelled = wanted.forward == ForwardMethod::TUNNEL;
    let tunnel = meaning(there.tunnel) != meaning(wanted.tunnel);
    D::FORWARD.when(there.forward != wanted.forward)
        | D::TUNNEL.when(tunnelled && tunnel)
        | D::WEIGHT.when(there.weight != wanted.weight)
        | D::UPPER_THRESHOLD.when(there.upper_threshold != wanted.upper_threshold)
        | D::LOWER_THRESHOLD.when(there.lower_threshold != wanted.lower_threshold)
}

/// The tunnel without what its kind makes no use of.
fn meaning(tunnel: Tunnel) -> Tunnel {
    match tunnel.kind {
        TunnelKind::IPIP => Tunnel::ipip(),
        TunnelKind::GRE => {
            Tunnel { port: 0, ..tunnel }.with_flags(tunnel.flags - TunnelFlags::REMOTE_CHECKSUM)
        }
        _ => tunnel,
    }
}

/// The timeouts that differ, and which those are.
pub(crate) fn timeouts(there: &Timeouts, wanted: &Timeouts) -> (TimeoutsEdit, Differences) {
    use Differences as D;
    let differing = |there, wanted| (there != wanted).then_some(wanted);
    let edit = TimeoutsEdit {
        tcp: differing(there.tcp, wanted.tcp),
        tcp_fin: differing(there.tcp_fin, wanted.tcp_fin),
        udp: differing(there.udp, wanted.udp),
    };
    let differences = D::TCP.when(edit.tcp.is_some())
        | D::TCP_FIN.when(edit.tcp_fin.is_some())
        | D::UDP.when(edit.udp.is_some());
    (edit, differences)
}

pub(crate) fn daemon(there: &SyncDaemon, wanted: &SyncDaemon) -> Differences {
    use Differences as D;
    let (running, meant) = (Multicast::of(there), Multicast::of(wanted));
    // What follows from the interface's MTU is not known here.
    let max_length = meant.max_length.is_some() && running.max_length != meant.max_length;
    D::INTERFACE.when(there.interface != wanted.interface)
        | D::SYNC_ID.when(there.sync_id != wanted.sync_id)
        | D::MAX_LENGTH.when(max_length)
        | D::GROUP.when(running.group != meant.group)
        | D::PORT.when(running.port != meant.port)
        | D::TTL.when(running.ttl != meant.ttl)
}

/// What the kernel makes of a daemon's options.
struct Multicast {
    max_length: Option<u16>,
    group: IpAddr,
    port: u16,
    ttl: u8,
}

impl Multicast {
    /// To the kernel 0 is an option that is not given.
    fn of(daemon: &SyncDaemon) -> Self {
        let group = daemon.group.unwrap_or([224, 0, 0, 81].into());
        let shortest = match daemon.role {
            DaemonRole::Master => 1,
            DaemonRole::Backup => 1024,
        };
        // What a datagram holds beside the headers of IP and UDP.
        let longest = u16::MAX - if group.is_ipv4() { 28 } else { 48 };
        let given = daemon.max_length.filter(|bytes| *bytes != 0);
        Multicast {
            max_length: given.map(|bytes| bytes.clamp(shortest, longest)),
            group,
            port: daemon.port.filter(|port| *port != 0).unwrap_or(8848),
            ttl: daemon.ttl.filter(|ttl| *ttl != 0).unwrap_or(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InterfaceName, PersistenceEngine, Scheduler};

    #[test]
    fn each_field_is_a_difference_of_its_own() {
        use Differences as D;
        let second = std::time::Duration::from_secs(1);
        let web = || Service::new("tcp 192.0.2.1:80".parse().unwrap());
        let sticky = web().with_persistence(second);
        for (other, field) in [
            (sticky.with_scheduler(Scheduler::SH), D::SCHEDULER),
            (
                sticky.with_flags(ServiceFlags::SCHEDULER_1 | sticky.flags),
                D::FLAGS,
            ),
            (sticky.with_persistence(second * 2), D::PERSISTENCE_TIMEOUT),
            (
                sticky.with_persistence_netmask("255.255.255.0".parse().unwrap()),
                D::PERSISTENCE_NETMASK,
            ),
            (
                sticky.with_persistence_engine(PersistenceEngine::SIP),
                D::PERSISTENCE_ENGINE,
            ),
            (sticky, D::empty()),
        ] {
            assert_eq!(service(&sticky, &other), field);
            assert_eq!(service(&other, &sticky), field);
        }
        // An engine counts without persistence too: the kernel keeps and shows it.
        let engine = web().with_persistence_engine(PersistenceEngine::SIP);
        assert_eq!(service(&engine, &web()), D::PERSISTENCE_ENGINE);

        let there = Dest::new([10, 0, 0, 1], 80, ForwardMethod::TUNNEL).with_thresholds(9, 3);
        for (other, field) in [
            (
                Dest {
                    forward: ForwardMethod::DIRECT_ROUTE,
                    ..there
                },
                D::FORWARD,
            ),
            (there.with_tunnel(Tunnel::gue(6080)), D::TUNNEL),
            (there.with_weight(2), D::WEIGHT),
            (there.with_thresholds(8, 3), D::UPPER_THRESHOLD),
            (there.with_thresholds(9, 2), D::LOWER_THRESHOLD),
            (there, D::empty()),
        ] {
            assert_eq!(dest(&there, &other), field);
            assert_eq!(dest(&other, &there), field);
        }
        let gue = |port| there.with_tunnel(Tunnel::gue(port));
        assert_eq!(dest(&gue(1), &gue(2)), D::TUNNEL);
        let checked = Tunnel::gue(1).with_flags(TunnelFlags::CHECKSUM);
        assert_eq!(dest(&gue(1), &there.with_tunnel(checked)), D::TUNNEL);
    }

    #[test]
    fn a_daemon_is_what_the_kernel_makes_of_it() {
        use Differences as D;
        let eth0: InterfaceName = "eth0".parse().unwrap();
        let master = SyncDaemon::new(DaemonRole::Master, eth0).with_max_length(1000);
        for (other, field) in [
            (
                SyncDaemon {
                    interface: "eth1".parse().unwrap(),
                    ..master
                },
                D::INTERFACE,
            ),
            (master.with_sync_id(1), D::SYNC_ID),
            (master.with_max_length(1001), D::MAX_LENGTH),
            (master.with_group([224, 0, 0, 82]), D::GROUP),
            (master.with_port(8849), D::PORT),
            (master.with_ttl(2), D::TTL),
            (master, D::empty()),
        ] {
            assert_eq!(daemon(&master, &other), field);
            assert_eq!(daemon(&other, &master), field);
        }
        // The longest message, as asked for and as listed.
        let backup = SyncDaemon::new(DaemonRole::Backup, eth0);
        let v6 = |any: SyncDaemon| any.with_group([0xff02, 0, 0, 0, 0, 0, 0, 0x81]);
        for (plain, asked, listed) in [
            (master, 0, 1472),
            (master, 65535, 65507),
            (v6(master), 65535, 65487),
            (backup, 1, 1024),
            (backup, 1023, 1024),
            (v6(backup), 65488, 65487),
        ] {
            let running = plain.with_max_length(listed);
            let found = daemon(&running, &plain.with_max_length(asked));
            assert_eq!(found, D::empty(), "{asked}");
        }
    }
}
