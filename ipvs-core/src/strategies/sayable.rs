//! Values that ipvsadm's lines can say.

use super::{address, any_address, family, role};
use crate::*;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

fn service_key() -> impl Strategy<Value = ServiceKey> {
    let protocols = proptest::sample::select(&[Protocol::TCP, Protocol::UDP, Protocol::SCTP][..]);
    let port = prop_oneof![1 => Just(0), 5 => any::<u16>()];
    prop_oneof![
        3 => (protocols, any_address(), port)
            .prop_map(|(protocol, address, port)| ServiceKey::address(protocol, address, port)),
        1 => (1..=u32::MAX, family())
            .prop_map(|(mark, family)| ServiceKey::firewall_mark(mark, family)),
    ]
}

/// Names without blanks; the tool's own name would be skipped.
fn name<T: std::fmt::Debug>(
    pattern: &'static str,
    make: fn(&[u8]) -> Option<T>,
) -> impl Strategy<Value = T> {
    let text = pattern.prop_filter("a word of its own", |name| name != "ipvsadm");
    text.prop_filter_map("a name", move |name| make(name.as_bytes()))
}

fn scheduler() -> impl Strategy<Value = Scheduler> {
    prop_oneof![
        3 => proptest::sample::select(Scheduler::KNOWN),
        1 => name("[!-~é]{1,15}", Scheduler::from_bytes),
    ]
}

fn seconds() -> impl Strategy<Value = Duration> {
    (1_u64..=2_678_400).prop_map(Duration::from_secs)
}

fn netmask(family: Family) -> impl Strategy<Value = Netmask> {
    let other = match family {
        Family::V4 => any::<u32>()
            .prop_map(|bits| Netmask::V4(Ipv4Addr::from_bits(bits)))
            .boxed(),
        Family::V6 => (1_u8..=128).prop_map(Netmask::V6).boxed(),
    };
    prop_oneof![Just(Netmask::host(family)), other]
}

pub(crate) fn service() -> impl Strategy<Value = Service> {
    service_key().prop_flat_map(|key| {
        let engine = name("[!-~]{1,16}", PersistenceEngine::from_bytes);
        let fields = (
            scheduler(),
            0_u32..8,
            any::<bool>(),
            proptest::option::of(seconds()),
            netmask(key.family()),
            proptest::option::of(engine),
        );
        fields.prop_map(
            move |(scheduler, bits, one_packet, timeout, netmask, engine)| {
                let flags = ServiceFlags::from_bits_retain(bits * ServiceFlags::SCHEDULER_1.bits());
                let mut service = Service::new(key)
                    .with_scheduler(scheduler)
                    .with_flags(flags);
                service.persistence_netmask = netmask;
                service.persistence_engine = engine;
                let (datagrams, every_port) = match key {
                    ServiceKey::Address { protocol, port, .. } => {
                        (protocol == Protocol::UDP, port == 0)
                    }
                    ServiceKey::FirewallMark { .. } => (true, false),
                };
                if one_packet && datagrams {
                    service = service.with_one_packet();
                }
                match timeout {
                    Some(timeout) => service.with_persistence(timeout),
                    None if every_port => service.with_persistence(Duration::from_secs(360)),
                    None => service,
                }
            },
        )
    })
}

fn tunnel() -> impl Strategy<Value = Tunnel> {
    let gue = (1..=u16::MAX, 0_u16..3).prop_map(|(port, flags)| {
        Tunnel::gue(port).with_flags(TunnelFlags::from_bits_retain(flags))
    });
    let gre =
        (0_u16..2).prop_map(|flags| Tunnel::gre().with_flags(TunnelFlags::from_bits_retain(flags)));
    prop_oneof![Just(Tunnel::ipip()), gue, gre]
}

pub(crate) fn dest(service: ServiceKey) -> impl Strategy<Value = Dest> {
    const FORWARDS: &[ForwardMethod] = &[
        ForwardMethod::MASQUERADE,
        ForwardMethod::TUNNEL,
        ForwardMethod::DIRECT_ROUTE,
    ];
    let number = || prop_oneof![Just(0_u32), Just(1), 0..=2_147_483_647_u32];
    let fields = (
        proptest::sample::select(FORWARDS),
        [address(Family::V4), address(Family::V6)],
        any::<bool>(),
        any::<u16>(),
        tunnel(),
        [number(), number(), number()],
    );
    fields.prop_map(move |(forward, [v4, v6], swap, port, tunnel, numbers)| {
        let tunneled = forward == ForwardMethod::TUNNEL;
        let is_v4 = (service.family() == Family::V4) != (swap && tunneled);
        let port = match service {
            ServiceKey::Address { port, .. } if forward != ForwardMethod::MASQUERADE => port,
            _ => port,
        };
        let [weight, upper, lower] = numbers;
        let dest = Dest::new(if is_v4 { v4 } else { v6 }, port, forward)
            .with_weight(weight)
            .with_thresholds(upper, lower);
        if tunneled {
            dest.with_tunnel(tunnel)
        } else {
            dest
        }
    })
}

fn group() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0xe000_0000_u32..=0xefff_ffff).prop_map(|bits| Ipv4Addr::from_bits(bits).into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits | 0xff << 120).into()),
    ]
}

pub(crate) fn daemon() -> impl Strategy<Value = SyncDaemon> {
    let interface = name("[!-~]{1,15}", InterfaceName::from_bytes);
    let options = (
        proptest::option::of(1_u16..=65_507),
        proptest::option::of(group()),
        proptest::option::of(1..=u16::MAX),
        proptest::option::of(1..=u8::MAX),
    );
    (role(), interface, 0_u32..=255, options).prop_map(|(role, interface, sync_id, options)| {
        let mut daemon = SyncDaemon::new(role, interface).with_sync_id(sync_id);
        (daemon.max_length, daemon.group, daemon.port, daemon.ttl) = options;
        daemon
    })
}

pub(crate) fn timeouts_edit() -> impl Strategy<Value = TimeoutsEdit> {
    let timeout = || proptest::option::of(seconds());
    (timeout(), timeout(), timeout()).prop_map(|(tcp, tcp_fin, udp)| TimeoutsEdit {
        tcp,
        tcp_fin,
        udp,
    })
}

/// Services and dests whose keys differ; time-outs; one daemon of a role.
pub(crate) fn table() -> impl Strategy<Value = Table> {
    let held = service().prop_flat_map(|service| {
        let dests = proptest::collection::vec(dest(service.key), 0..5);
        (Just(service), dests)
    });
    let services = proptest::collection::vec(held, 0..5);
    let timeouts = (seconds(), seconds(), seconds());
    let timeouts = timeouts.prop_map(|(tcp, tcp_fin, udp)| Timeouts::new(tcp, tcp_fin, udp));
    let daemons = proptest::collection::vec(daemon(), 1..3);
    let options = (
        proptest::option::of(timeouts),
        proptest::option::of(daemons),
    );
    (services, options).prop_map(|(services, (timeouts, daemons))| {
        let mut table = Table::new();
        for (service, mut dests) in services {
            let known = |held: &TableService| held.service.key == service.key;
            if table.services.iter().any(known) {
                continue;
            }
            dests.sort_by_key(|dest| dest.key);
            dests.dedup_by_key(|dest| dest.key);
            table = table.with_service(service, dests);
        }
        table.timeouts = timeouts;
        table.daemons = daemons.map(|mut daemons| {
            daemons.dedup_by_key(|daemon| daemon.role);
            daemons
        });
        table
    })
}
