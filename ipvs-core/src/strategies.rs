//! Arbitrary values of the model, for property tests.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use proptest::prelude::*;

use crate::*;

pub(crate) mod sayable;

pub(crate) fn address(family: Family) -> BoxedStrategy<IpAddr> {
    match family {
        Family::V4 => any::<u32>()
            .prop_map(|bits| Ipv4Addr::from_bits(bits).into())
            .boxed(),
        Family::V6 => any::<u128>()
            .prop_map(|bits| Ipv6Addr::from_bits(bits).into())
            .boxed(),
    }
}

pub(crate) fn family() -> impl Strategy<Value = Family> {
    prop_oneof![Just(Family::V4), Just(Family::V6)]
}

pub(crate) fn any_address() -> impl Strategy<Value = IpAddr> {
    family().prop_flat_map(address)
}

pub(crate) fn protocol() -> impl Strategy<Value = Protocol> {
    prop_oneof![
        Just(Protocol::TCP),
        Just(Protocol::UDP),
        Just(Protocol::SCTP),
        any::<u16>().prop_map(Protocol::new),
    ]
}

pub(crate) fn service_key() -> impl Strategy<Value = ServiceKey> {
    prop_oneof![
        (protocol(), any_address(), any::<u16>())
            .prop_map(|(protocol, address, port)| ServiceKey::address(protocol, address, port)),
        (any::<u32>(), family()).prop_map(|(mark, family)| ServiceKey::firewall_mark(mark, family)),
    ]
}

pub(crate) fn dest_key() -> impl Strategy<Value = DestKey> {
    (any_address(), any::<u16>()).prop_map(|(address, port)| DestKey::new(address, port))
}

/// Names of 1 to `max` bytes without a NUL, printable or not.
pub(crate) fn name<T: std::fmt::Debug>(
    max: usize,
    make: fn(&[u8]) -> Option<T>,
) -> impl Strategy<Value = T> {
    let byte = prop_oneof![4 => 33_u8..=126, 1 => 1_u8..=255];
    proptest::collection::vec(byte, 1..=max).prop_filter_map("a name", move |bytes| make(&bytes))
}

pub(crate) fn scheduler() -> impl Strategy<Value = Scheduler> {
    prop_oneof![
        proptest::sample::select(Scheduler::KNOWN),
        name(Scheduler::MAX_LENGTH, Scheduler::from_bytes),
    ]
}

pub(crate) fn engine() -> impl Strategy<Value = PersistenceEngine> {
    name(PersistenceEngine::MAX_LENGTH, PersistenceEngine::from_bytes)
}

pub(crate) fn interface() -> impl Strategy<Value = InterfaceName> {
    name(InterfaceName::MAX_LENGTH, InterfaceName::from_bytes)
}

/// Any flags but the kernel's own mark "hashed", which is never shown.
pub(crate) fn service_flags() -> impl Strategy<Value = ServiceFlags> {
    any::<u32>()
        .prop_map(|bits| ServiceFlags::from_bits_retain(bits & !ipvs_sys::uapi::IP_VS_SVC_F_HASHED))
}

pub(crate) fn netmask(family: Family) -> BoxedStrategy<Netmask> {
    match family {
        Family::V4 => any::<u32>()
            .prop_map(|bits| Netmask::V4(Ipv4Addr::from_bits(bits)))
            .boxed(),
        Family::V6 => any::<u8>().prop_map(Netmask::V6).boxed(),
    }
}

pub(crate) fn seconds() -> impl Strategy<Value = Duration> {
    any::<u32>().prop_map(|seconds| Duration::from_secs(seconds.into()))
}

/// With a fraction that no request can hold, and text can.
pub(crate) fn any_duration() -> impl Strategy<Value = Duration> {
    (any::<u64>(), 0_u32..1_000_000_000).prop_map(|(secs, nanos)| Duration::new(secs, nanos))
}

pub(crate) fn timeouts_edit() -> impl Strategy<Value = TimeoutsEdit> {
    let timeout = || proptest::option::of(any_duration());
    (timeout(), timeout(), timeout()).prop_map(|(tcp, tcp_fin, udp)| TimeoutsEdit {
        tcp,
        tcp_fin,
        udp,
    })
}

pub(crate) fn service() -> impl Strategy<Value = Service> {
    service_key().prop_flat_map(|key| {
        let fields = (
            scheduler(),
            service_flags(),
            seconds(),
            netmask(key.family()),
            proptest::option::of(engine()),
        );
        fields.prop_map(
            move |(scheduler, flags, timeout, netmask, engine)| Service {
                key,
                scheduler,
                flags,
                persistence_timeout: timeout,
                persistence_netmask: netmask,
                persistence_engine: engine,
            },
        )
    })
}

pub(crate) fn forward_method() -> impl Strategy<Value = ForwardMethod> {
    (0_u8..8).prop_filter_map("a method", ForwardMethod::new)
}

pub(crate) fn tunnel() -> impl Strategy<Value = Tunnel> {
    (any::<u8>(), any::<u16>(), any::<u16>()).prop_map(|(kind, port, flags)| Tunnel {
        kind: TunnelKind::new(kind),
        port,
        flags: TunnelFlags::from_bits_retain(flags),
    })
}

pub(crate) fn dest() -> impl Strategy<Value = Dest> {
    let fields = (dest_key(), forward_method(), tunnel(), any::<[u32; 3]>());
    fields.prop_map(
        |(key, forward, tunnel, [weight, upper_threshold, lower_threshold])| Dest {
            key,
            forward,
            tunnel,
            weight,
            upper_threshold,
            lower_threshold,
        },
    )
}

pub(crate) fn role() -> impl Strategy<Value = DaemonRole> {
    prop_oneof![Just(DaemonRole::Master), Just(DaemonRole::Backup)]
}

pub(crate) fn daemon() -> impl Strategy<Value = SyncDaemon> {
    let options = (
        any::<Option<u16>>(),
        proptest::option::of(any_address()),
        any::<Option<u16>>(),
        any::<Option<u8>>(),
    );
    (role(), interface(), any::<u32>(), options).prop_map(|(role, interface, sync_id, options)| {
        let (max_length, group, port, ttl) = options;
        SyncDaemon {
            role,
            interface,
            sync_id,
            max_length,
            group,
            port,
            ttl,
        }
    })
}

pub(crate) fn timeouts() -> impl Strategy<Value = Timeouts> {
    (seconds(), seconds(), seconds()).prop_map(|(tcp, tcp_fin, udp)| Timeouts { tcp, tcp_fin, udp })
}

/// Every value that a person might type reads as it prints.
mod text {
    use super::*;

    macro_rules! reads_as_it_prints {
        ($($test:ident: $type:ty = $strategy:expr;)*) => {
            proptest! {$(
                #[test]
                fn $test(value in $strategy) {
                    let text = value.to_string();
                    prop_assert_eq!(text.parse::<$type>().unwrap(), value, "{}", text);
                }
            )*}
        };
    }

    reads_as_it_prints! {
        protocol_text: Protocol = protocol();
        family_text: Family = family();
        service_key_text: ServiceKey = service_key();
        dest_key_text: DestKey = dest_key();
        scheduler_text: Scheduler = scheduler();
        engine_text: PersistenceEngine = engine();
        interface_text: InterfaceName = interface();
        service_flags_text: ServiceFlags = service_flags();
        netmask_text: Netmask = family().prop_flat_map(netmask);
        forward_method_text: ForwardMethod = forward_method();
        tunnel_kind_text: TunnelKind = any::<u8>().prop_map(TunnelKind::new);
        tunnel_flags_text: TunnelFlags = any::<u16>().prop_map(TunnelFlags::from_bits_retain);
        tunnel_text: Tunnel = tunnel();
        role_text: DaemonRole = role();
        service_text: Service = service();
        dest_text: Dest = dest();
        daemon_text: SyncDaemon = daemon();
        timeouts_text: Timeouts = timeouts();
        timeouts_edit_text: TimeoutsEdit = timeouts_edit();
        version_text: IpvsVersion = any::<u32>().prop_map(IpvsVersion::from_code);
    }

    proptest! {
        #[test]
        fn scheduler_flags_text(scheduler in scheduler(), bits in 0_u32..8) {
            let flags = ServiceFlags::from_bits_retain(bits * ServiceFlags::SCHEDULER_1.bits());
            let text = scheduler.format_flags(flags);
            prop_assert_eq!(scheduler.parse_flags(&text).unwrap(), flags, "{}", text);
        }

        #[test]
        fn service_text_with_any_timeout(service in service(), timeout in any_duration()) {
            let service = Service { persistence_timeout: timeout, ..service };
            prop_assert_eq!(service.to_string().parse::<Service>().unwrap(), service);
        }

        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<ServiceKey>();
            let _ = text.parse::<DestKey>();
            let _ = text.parse::<Service>();
            let _ = text.parse::<Dest>();
            let _ = text.parse::<SyncDaemon>();
            let _ = text.parse::<TimeoutsEdit>();
            let _ = text.parse::<Tunnel>();
            let _ = text.parse::<ServiceFlags>();
            let _ = text.parse::<Netmask>();
            let _ = text.parse::<Scheduler>();
            let _ = text.parse::<IpvsVersion>();
            let _ = Scheduler::SH.parse_flags(&text);
        }
    }
}
