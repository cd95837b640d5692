//! Whole files, and nonsense.

mod losses;
mod servers;

use ipvs_core::rules::NoNames;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::config::{self, Check, Forward};
use crate::convert::{rules, sorry_dest, to_table};

use super::*;

const SAMPLE: &str = include_str!("../../../samples/keepalived.conf");

fn losses(text: &str) -> Vec<String> {
    let losses = read(text, &NoNames).losses;
    losses.iter().map(Loss::to_string).collect()
}

fn made(text: &str) -> Config {
    read(text, &NoNames).value
}

/// A virtual server with these statements, from the second line on.
fn block(inside: &str) -> String {
    format!("virtual_server 10.0.0.1 80 {{\n{inside}\n}}\n")
}

#[test]
fn the_lab_in_keepalived_is_the_labs_table() {
    let made = read(SAMPLE, &NoNames);
    let table = to_table(&made.value);
    assert_eq!(table.value.services.len(), 1);
    assert_eq!(
        rules(&made.value).value,
        "-A -t 10.0.2.100:80 -s rr -p 600\n\
         -a -t 10.0.2.100:80 -r 10.0.3.100:8080 -m -w 1\n\
         -a -t 10.0.2.100:80 -r 10.0.3.150:8080 -m -w 1\n\
         --start-daemon master --mcast-interface eth0 --syncid 7\n"
    );
    let service = &made.value.virtuals[0];
    assert_eq!(service.check, Some(Check::Http));
    assert_eq!(service.http_path.as_deref(), Some("/"));
    assert_eq!(
        (service.interval, service.timeout, service.fall),
        (Some(6), 3, 3)
    );
    assert_eq!(service.sorry_server, Some([10, 0, 2, 200].into()));
    let device = service.address.and_then(|alias| alias.device).unwrap();
    assert_eq!(device.to_string(), "eth0:0");
    let config = &made.value;
    assert_eq!(
        (config.vrrp_id, config.vrrp_priority),
        (Some(51), Some(150))
    );
    assert_eq!(config.vrrp_interval, 50);
    assert_eq!(config.primary, Some([10, 0, 2, 50].into()));
    assert_eq!(config.backup, Some([10, 0, 2, 51].into()));
    let router = config.nat_router.unwrap();
    assert_eq!(router.address, IpAddr::from([10, 0, 3, 200]));
    let printed = config.to_string();
    let again = config::parse(printed.as_bytes(), &NoNames).unwrap().config;
    assert_eq!(&again, config);
}

#[test]
fn what_the_lab_loses_is_told_with_its_line() {
    assert_eq!(
        losses(SAMPLE),
        [
            "line 4: router_id directeur: it has no place in an lvs.cf",
            "line 8: vrrp_instance LVS: pulse speaks VRRPv3 alone: a partner needs vrrp_version 3",
            "line 15: unicast_src_ip 10.0.2.50: it is the primary's address now, and messages are multicast",
            "line 16: unicast_peer: it is the backup's address now, and messages are multicast",
            "line 42: delay_before_retry 1: a check has no such setting",
        ]
    );
}

#[test]
fn groups_methods_and_tunnels_are_carried_over() {
    let text = "\
virtual_server_group shop {
    10.0.0.1 80
    fwmark 7
}
virtual_server group shop
{
    lvs_method TUN type gue port 6080 csum
    lvs_sched mh
    mh-port
    real_server 10.0.1.1 80 {
        weight 3
        MISC_CHECK { misc_path \"/bin/check %h\" }
    }
    real_server 10.0.1.2 80 {
        lvs_method DR
        MISC_CHECK { misc_path \"/bin/check %h\" }
    }
}
";
    let made = read(text, &NoNames);
    assert_eq!(made.losses, []);
    assert_eq!(made.value.network, Forward::Tunnel);
    let [web, mark] = made.value.virtuals.as_slice() else {
        panic!("{:?}", made.value.virtuals)
    };
    assert_eq!((web.port, mark.fwmark), (80, Some(7)));
    assert_eq!(web.send_program.as_deref(), Some("/bin/check %h"));
    assert_eq!(web.fall, 1);
    let lines = rules(&made.value).value;
    let first = "-A -t 10.0.0.1:80 -s mh -b mh-port\n\
        -a -t 10.0.0.1:80 -r 10.0.1.1:80 -i -w 3 --tun-type gue --tun-port 6080 --tun-csum\n\
        -a -t 10.0.0.1:80 -r 10.0.1.2:80 -g -w 1\n";
    assert!(lines.starts_with(first), "{lines}");
}

/// Statements in blocks that they may stand in, with values that they may have, and others.
fn file() -> impl Strategy<Value = String> {
    let word = select(&[
        "0",
        "1",
        "80",
        "128",
        "300",
        "0.5",
        "no",
        "inet6",
        "NAT",
        "DR",
        "TUN",
        "gue",
        "port",
        "csum",
        "10.0.0.1",
        "10.0.0.1/24",
        "0.0.0.0",
        "fd00::1",
        "255.255.255.255",
        "255.0.0.0",
        "\"\"",
        "\"a 'b' \\\\n\"",
        "wrr",
        "UDP",
        "sip",
        "200",
        "eth0",
        "dev",
        "label",
        "inst",
        "id",
        "00ff",
        "616a",
    ]);
    let line = (select(KEYS), vec(word, 0..4))
        .prop_map(|(key, words)| format!("{key} {}", words.join(" ")));
    let lines = vec(line, 0..5).prop_map(|lines| lines.join("\n"));
    let block = (select(BLOCKS), lines.clone(), select(BLOCKS), lines).prop_map(
        |(head, lines, inner, more)| format!("{head} {{\n{lines}\n{inner} {{\n{more}\n}}\n}}"),
    );
    let wild =
        "([a-z_]{1,12}|[0-9./]{1,9}|virtual_server|real_server|vrrp_instance|url|[{}\n \"#!])*";
    prop_oneof![3 => vec(block, 0..4).prop_map(|blocks| blocks.join("\n")), 1 => wild]
}

const BLOCKS: &[&str] = &[
    "global_defs",
    "vrrp_instance a",
    "virtual_server fwmark 0",
    "virtual_server fwmark 7",
    "virtual_server 10.0.0.1 80",
    "virtual_server fd00::1 80",
    "real_server 10.0.1.1 80",
    "real_server 10.0.1.2 x",
    "HTTP_GET",
    "UDP_CHECK",
    "MISC_CHECK",
    "DNS_CHECK",
    "url",
    "virtual_ipaddress",
    "unicast_peer",
];

const KEYS: &[&str] = &[
    "10.0.0.1/24",
    "fd00::1/0",
    "lvs_sync_daemon",
    "lvs_timeouts",
    "vrrp_version",
    "state MASTER",
    "interface",
    "priority",
    "advert_int",
    "unicast_src_ip",
    "notify_master",
    "lb_algo",
    "lb_kind",
    "protocol",
    "persistence_timeout",
    "persistence_granularity",
    "persistence_engine",
    "ops",
    "virtualhost",
    "delay_loop",
    "retry",
    "inhibit_on_failure",
    "sorry_server",
    "weight",
    "misc_path",
    "payload",
    "require_reply",
    "path",
    "status_code",
    "regex",
];

proptest! {
    #[test]
    fn nothing_makes_it_fall(text in file()) {
        let made = read(&text, &NoNames).value;
        let again = config::parse(made.to_string().as_bytes(), &NoNames);
        prop_assert_eq!(again.map(|parsed| parsed.config), Ok(made));
    }
}

#[test]
fn deep_blocks_make_no_deep_tree() {
    assert!(!losses(&"a {\n".repeat(100_000)).is_empty());
}
