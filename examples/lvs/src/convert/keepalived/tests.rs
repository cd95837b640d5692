//! A file of each kind of statement, and nonsense.

use ipvs_core::rules::NoNames;
use proptest::prelude::*;

use crate::config::{self, Check, Forward};
use crate::convert::{rules, to_table};

use super::*;

const SAMPLE: &str = include_str!("../../../samples/keepalived.conf");

fn losses(text: &str) -> Vec<String> {
    let losses = read(text, &NoNames).losses;
    losses.iter().map(Loss::to_string).collect()
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
            "line 15: unicast_src_ip 10.0.2.50: it is the node's address now, and messages are multicast",
            "line 16: unicast_peer: it is the partner's address now, and messages are multicast",
            "line 31: quorum 1: a virtual service has no such setting",
            "line 32: sorry_server 10.0.2.200: a sorry server answers at the virtual port",
            "line 42: delay_before_retry 1: a check has no such setting",
        ]
    );
}

#[test]
fn each_statement_is_carried_over_or_told() {
    let block = |inside: &str| format!("virtual_server 10.0.0.1 80 {{\n{inside}\n}}\n");
    for (inside, wanted) in [
        (
            "lb_algo fancy",
            "line 2: lb_algo fancy: this scheduler is not known, and wlc instead",
        ),
        (
            "lvs_method PROXY",
            "line 2: lvs_method PROXY: this method is not known",
        ),
        (
            "protocol ICMP",
            "line 2: protocol ICMP: this protocol is not known",
        ),
        (
            "persistence_granularity x",
            "line 2: persistence_granularity x: it is no mask",
        ),
        (
            "hysteresis 1",
            "line 2: hysteresis 1: a virtual service has no such setting",
        ),
        ("retry many", "line 2: retry many: a number is expected"),
        (
            "real_server nobody 80 {\n}",
            "line 2: real_server nobody: it has no address that can be read",
        ),
        (
            "real_server 10.0.1.1 80 {\nDNS_CHECK {\n}\n}",
            "line 3: DNS_CHECK: there is no such check",
        ),
        (
            "real_server 10.0.1.1 80 {\nTCP_CHECK {\n}\nPING_CHECK {\n}\n}",
            "line 5: PING_CHECK: a server has one check",
        ),
        (
            "real_server 10.0.1.1 80 {\nUDP_CHECK {\npayload ff\n}\n}",
            "line 4: payload ff: it is no text",
        ),
        (
            "real_server 10.0.1.1 80 {\nTCP_CHECK {\n}\n}\nreal_server 10.0.1.2 80 {\nPING_CHECK {\n}\n}",
            "line 7: PING_CHECK: all servers of a service are checked as its first one",
        ),
    ] {
        assert_eq!(losses(&block(inside)), [wanted], "{inside}");
    }
    for (text, wanted) in [
        (
            "vrrp_sync_group a {\n}\n",
            "line 1: vrrp_sync_group a: it has no place in an lvs.cf",
        ),
        (
            "virtual_server group a {\n}\n",
            "line 1: virtual_server group: it has no address that can be read",
        ),
        ("global_defs {\n", "line 1: this block is not closed"),
        ("}\n", "line 1: a } without a {"),
    ] {
        assert_eq!(losses(text), [wanted], "{text}");
    }
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
    real_server 10.0.1.1 80 { weight 3 }
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

proptest! {
    #[test]
    fn nothing_makes_it_fall(text in "([a-z_]{1,12}|[0-9./]{1,9}|virtual_server|real_server|vrrp_instance|url|[{}\n \"#!])*") {
        let made = read(&text, &NoNames).value;
        prop_assert!(config::parse(made.to_string().as_bytes(), &NoNames).is_ok());
    }
}

#[test]
fn deep_blocks_make_no_deep_tree() {
    assert!(!losses(&"a {\n".repeat(100_000)).is_empty());
}
