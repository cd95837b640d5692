//! Tables there and back.

use ipvs_core::rules;
use ipvs_core::rules::NoNames;
use ipvs_core::{ForwardMethod, Tunnel};
use proptest::prelude::*;

use super::*;
use crate::config::tests::{HAR300, strategies};
use crate::config::{Config, Forward, parse};

fn har300() -> Config {
    parse(HAR300.as_bytes(), &NoNames).unwrap().config
}

#[test]
fn the_documents_file_is_the_documents_table() {
    let made = rules(&har300());
    assert_eq!(
        made.value,
        "-A -t 10.0.2.100:80 -s rr -p 600\n\
         -a -t 10.0.2.100:80 -r 10.0.3.100:8080 -m -w 1\n\
         -a -t 10.0.2.100:80 -r 10.0.3.150:8080 -m -w 1\n"
    );
    let losses: Vec<String> = made.losses.iter().map(Loss::to_string).collect();
    let wanted = "virtual LVS_NAT: a table has no sorry server: 10.0.2.200";
    assert_eq!(losses, [wanted]);
}

#[test]
fn what_a_line_says_is_all_there() {
    let text = "\
-A -t 192.0.2.1:80 -s wrr -p 300 -M 255.255.255.0
-a -t 192.0.2.1:80 -r 10.0.3.1:8080 -m -w 3 -x 10 -y 5
-a -t 192.0.2.1:80 -r 10.0.3.2:80 -g -w 0
-A -u 192.0.2.1:53 -s sh -o -b sh-port
-a -u 192.0.2.1:53 -r 10.0.3.3:53 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
-A -f 7 -6 -s mh
-A -f 8 -s sed
-a -f 8 -r 10.0.3.1:0 -m -w 1
--start-daemon master --mcast-interface eth1 --syncid 7
--set 900 120 300
";
    let table = rules::parse(text).unwrap();
    let made = from_table(&table);
    assert_eq!(made.losses, []);
    assert_eq!(to_table(&made.value).value, table);
    let printed = made.value.to_string();
    let again = parse(printed.as_bytes(), &NoNames).unwrap().config;
    assert_eq!(again, made.value);
    assert_eq!(rules::parse(&rules(&again).value).unwrap(), table);
}

#[test]
fn what_no_file_says_is_told() {
    let text = "\
-A -t 192.0.2.1:80 -s mine -M 255.255.255.0
-A -t 192.0.2.1:81 -s rr -p 60 -M 255.0.255.0
--start-daemon backup --mcast-interface eth1 --syncid 7 --sync-maxlen 1000
--start-daemon master --mcast-interface eth0
";
    let made = from_table(&rules::parse(text).unwrap());
    let losses: Vec<String> = made.losses.iter().map(Loss::to_string).collect();
    assert_eq!(
        losses,
        [
            "tcp 192.0.2.1:80: scheduler mine is not known, and wlc instead",
            "tcp 192.0.2.1:80: a netmask without persistence can't be said",
            "tcp 192.0.2.1:81: the netmask 255.0.255.0 can't be said",
            "sync daemon: the backup is left out: pulse chooses the role",
        ]
    );
}

#[test]
fn a_port_that_direct_routing_cannot_change_is_told() {
    let mut config = har300();
    config.network = Forward::Direct;
    let made = to_table(&config);
    assert_eq!(made.value.services[0].dests[0].key.port, 80);
    let told = made.losses.iter().filter(|loss| {
        loss.what
            .contains("port 8080 is 80 under direct-route, which can't change it")
    });
    assert_eq!(told.count(), 2);
}

#[test]
fn the_sorry_server_is_reached_as_the_others_are() {
    let mut config = har300();
    let sorry = |config: &Config| sorry_dest(config, &config.virtuals[0]).unwrap();
    assert_eq!(sorry(&config).forward, ForwardMethod::MASQUERADE);
    for server in &mut config.virtuals[0].servers {
        (server.forward, server.tunnel) = (Some(Forward::Tunnel), Tunnel::gue(6080));
    }
    assert_eq!(sorry(&config).forward, ForwardMethod::TUNNEL);
    assert_eq!(sorry(&config).tunnel, Tunnel::gue(6080));
    config.virtuals[0].servers[0].forward = Some(Forward::Direct);
    assert_eq!(sorry(&config).forward, ForwardMethod::MASQUERADE);
    assert_eq!(sorry(&config).tunnel, Tunnel::ipip());
}

#[test]
fn timeouts_may_be_some_of_them_in_a_line_only() {
    let mut config = Config {
        tcp_timeout: 1800,
        ..Config::default()
    };
    assert_eq!(rules(&config).value, "--set 1800 0 0\n");
    assert_eq!(rules(&config).losses, []);
    assert_eq!(to_table(&config).value.timeouts, None);
    assert_eq!(to_table(&config).losses.len(), 1);
    (config.tcpfin_timeout, config.udp_timeout) = (120, 300);
    assert!(to_table(&config).value.timeouts.is_some());
}

proptest! {
    /// A table that was made of a file makes a file that makes the same table.
    #[test]
    fn a_table_comes_back(config in strategies::config()) {
        let table = to_table(&config).value;
        let again = from_table(&table);
        if again.losses.is_empty() {
            prop_assert_eq!(to_table(&again.value).value, table);
        }
    }

    /// Whatever a file says, its lines are lines.
    #[test]
    fn the_lines_are_read(config in strategies::config()) {
        let made = rules(&config);
        prop_assert!(made.value.lines().all(|line| rules::parse_line(line, &NoNames).is_ok()));
    }
}
