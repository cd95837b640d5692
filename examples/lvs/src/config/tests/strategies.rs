//! Any model that a file can say.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipvs_core::{
    Family, InterfaceName, Netmask, PersistenceEngine, Protocol, Scheduler, ServiceFlags, Tunnel,
    TunnelFlags,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::model::Word;
use super::super::*;

/// Text with what needs quotes and escapes in it.
fn text() -> impl Strategy<Value = String> {
    "[ -~\\r\\t#={}\"'\\\\é\u{a0}]{1,20}"
}

/// What is sent and expected may be of several lines, too.
fn sent() -> impl Strategy<Value = String> {
    "[ -~\\n\\r\\t#={}\"'\\\\é\u{a0}]{1,20}"
}

/// Text that may be empty.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z_]{1,12}", "[ -~\\\\]{0,8}"]
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits).into()),
    ]
}

fn node() -> impl Strategy<Value = Option<IpAddr>> {
    of(address().prop_filter("0.0.0.0 is none", |address| !address.is_unspecified()))
}

fn interface() -> impl Strategy<Value = InterfaceName> {
    let bytes = vec(prop_oneof![4 => 33_u8..=126, 1 => 1_u8..=255], 1..=15);
    bytes.prop_filter_map("a name", |bytes| InterfaceName::from_bytes(&bytes))
}

fn alias() -> impl Strategy<Value = Option<Alias>> {
    of((address(), of(interface())).prop_map(|(address, device)| Alias { address, device }))
}

fn mask() -> impl Strategy<Value = Option<Netmask>> {
    let mask = (any::<bool>(), 1_u8..=128).prop_filter_map("a mask", |(wide, length)| {
        let family = if wide { Family::V6 } else { Family::V4 };
        Netmask::prefix(family, length)
    });
    of(mask)
}

fn group_mask() -> impl Strategy<Value = Option<Netmask>> {
    mask().prop_map(|mask| mask.filter(|mask| *mask != Netmask::host(mask.family())))
}

fn word<T: Word + std::fmt::Debug>() -> impl Strategy<Value = T> {
    select(T::WORDS).prop_map(|(_, value)| value)
}

fn tunnel() -> impl Strategy<Value = Tunnel> {
    let checked = Tunnel::gre().with_flags(TunnelFlags::CHECKSUM);
    prop_oneof![
        Just(Tunnel::ipip()),
        Just(checked),
        (1_u16..).prop_map(Tunnel::gue),
    ]
}

pub(crate) fn server() -> impl Strategy<Value = Server> {
    let fields = (
        name(),
        address(),
        any::<bool>(),
        of(any::<u16>()),
        any::<u32>(),
        of(word::<Forward>()),
        tunnel(),
        any::<[u32; 2]>(),
    );
    fields.prop_map(
        |(name, address, active, port, weight, forward, tunnel, thresholds)| Server {
            name,
            address,
            active,
            port,
            weight,
            forward,
            tunnel,
            upper_threshold: thresholds[0],
            lower_threshold: thresholds[1],
        },
    )
}

pub(crate) fn virtual_service() -> impl Strategy<Value = Virtual> {
    let protocols = select(&[Protocol::TCP, Protocol::UDP, Protocol::SCTP][..]);
    let place = (
        alias(),
        mask(),
        of(1_u32..),
        node(),
        any::<u16>(),
        protocols,
    );
    let texts = (vec(of(text()), 9), of(sent()), of(sent()));
    let words = (
        word::<LoadMonitor>(),
        of(word::<Check>()),
        select(Scheduler::KNOWN),
        group_mask(),
        any::<u32>().prop_map(ServiceFlags::from_bits_retain),
        of("[!-~]{1,16}"),
    );
    let numbers = (
        any::<[bool; 3]>(),
        any::<[u32; 4]>(),
        of(any::<u32>()),
        of(any::<u32>()),
    );
    let lists = (name(), name(), vec(name(), 0..3), vec(server(), 0..3));
    (place, texts, words, numbers, lists).prop_map(|(place, texts, words, numbers, lists)| {
        let (address, vip_nmask, fwmark, sorry_server, port, protocol) = place;
        let (load_monitor, check, scheduler, pmask, flags, engine) = words;
        let ([active, use_regex, quiesce_server], [persistent, timeout, reentry, fall], ..) =
            numbers;
        let (name, client_monitor, dirs, servers) = lists;
        let (texts, send, expect) = texts;
        let mut texts = texts.into_iter();
        let mut text = || texts.next().flatten();
        Virtual {
            name,
            active,
            address,
            vip_nmask,
            fwmark,
            sorry_server,
            port,
            persistent,
            pmask,
            send,
            expect,
            use_regex,
            send_program: text(),
            expect_program: text(),
            client_monitor,
            load_monitor,
            scheduler,
            protocol,
            timeout,
            reentry,
            quiesce_server,
            start_cmd: text(),
            stop_cmd: text(),
            master: text(),
            dirs,
            check,
            interval: numbers.2,
            fall,
            rise: numbers.3,
            http_host: text(),
            http_path: text(),
            http_status: text(),
            flags,
            persistence_engine: engine
                .and_then(|name| PersistenceEngine::from_bytes(name.as_bytes())),
            servers,
        }
    })
}

pub(crate) fn config() -> impl Strategy<Value = Config> {
    let nodes = vec(node(), 6);
    let flags = any::<[bool; 9]>();
    let numbers = (any::<[u32; 6]>(), any::<u16>(), any::<u8>());
    let words = (
        word::<RunsService>(),
        of(word::<Conflict>()),
        word::<Forward>(),
    );
    let network = (alias(), mask(), interface());
    let texts = (of(text()), of(text()), vec(name(), 3));
    let vrrp = (of(1_u8..), of(interface()), of(1_u8..), 1_u16..=4095);
    let failover = virtual_service().prop_map(|service| Virtual {
        servers: Vec::new(),
        ..service
    });
    let blocks = (vec(virtual_service(), 0..3), vec(failover, 0..2));
    (nodes, flags, numbers, words, network, texts, vrrp, blocks).prop_map(
        |(nodes, flags, numbers, words, network, texts, vrrp, blocks)| Config {
            serial_no: numbers.0[0],
            primary: nodes[0],
            primary_private: nodes[1],
            primary_shared: nodes[2],
            service: words.0,
            backup_active: flags[0],
            backup: nodes[3],
            backup_private: nodes[4],
            backup_shared: nodes[5],
            reservation_conflict_action: words.1,
            heartbeat: flags[1],
            heartbeat_port: numbers.1,
            keepalive: numbers.0[1],
            deadtime: numbers.0[2],
            network: words.2,
            nat_router: network.0,
            nat_nmask: network.1,
            active_cmd: texts.0,
            inactive_cmd: texts.1,
            monitor_links: flags[2],
            syncdaemon: flags[3],
            syncd_iface: network.2,
            syncd_id: numbers.2,
            tcp_timeout: numbers.0[3],
            tcpfin_timeout: numbers.0[4],
            udp_timeout: numbers.0[5],
            hard_shutdown: flags[4],
            debug_level: texts.2[0].clone(),
            ipvsadm: texts.2[1].clone(),
            rsh_command: texts.2[2].clone(),
            sync: flags[5],
            keep_services: flags[6],
            hot_standby: flags[8],
            vrrp_id: vrrp.0,
            vrrp_interface: vrrp.1,
            vrrp_priority: vrrp.2,
            vrrp_interval: vrrp.3,
            vrrp_preempt: flags[7],
            virtuals: blocks.0,
            failovers: blocks.1,
        },
    )
}
