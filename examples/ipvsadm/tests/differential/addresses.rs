//! Every form of an address and of a port.

use crate::cases::{compare, compare_lines};
use crate::harness::{Test, tests};
use crate::site::{Site, small_table};

pub fn tests() -> Vec<Test> {
    tests![
        services_of_every_form,
        dests_of_every_form,
        a_port_follows_the_service_where_it_must,
        masks_of_every_form,
        groups_of_every_form
    ]
}

const GROUP: &str = "addresses";

/// Good ones and bad ones. (Of `[10.9.0.1]:80` the original loses the port.)
const ADDRESSES: &[&str] = &[
    "10.9.0.1",
    "10.9.0.1:80",
    "10.9.0.1:0",
    "10.9.0.1:65535",
    "10.9.0.1:65536",
    "10.9.0.1:-1",
    "10.9.0.1:+80",
    "10.9.0.1:080",
    "10.9.0.1:",
    "10.9.0.1:80:80",
    "10.9.0.1:80x",
    "10.9.1",
    "10.1:80",
    "10.0x9.1:80",
    "0x0a.9.0.1:80",
    "012.9.0.1:80",
    "167772161:80",
    "0x0a000001:80",
    "10.9.0.256:80",
    "10.9.0.1.2:80",
    "10.9.0.:80",
    "256:80",
    "167772161",
    "0x0a000001",
    ":80",
    "''",
    "0",
    "x",
    "[10.9.0.1]",
    "[2001:db8::9]:80",
    "[2001:db8::9]:0",
    "[2001:db8::9]:",
    "[2001:db8::9]",
    "[2001:db8::9]80",
    "[2001:db8::9",
    "[]:80",
    "[x]:80",
    "2001:db8::9",
    "2001:db8::9:80",
    "2001:db8:0:0:0:0:0:9:80",
    "::ffff:10.9.0.1",
    "[::ffff:10.9.0.1]:80",
    "[::]:80",
    "[ff02::1]:80",
    "[fe80::1%lo]:80",
    "[::1]:80",
    "0.0.0.0:80",
    "127.0.0.1:80",
    "224.0.0.1:80",
    "240.0.0.1:80",
    "255.255.255.255:80",
];

fn services_of_every_form(site: &Site) {
    compare(site, GROUP, &small_table(), |cases| {
        for address in ADDRESSES {
            cases.equal(&format!("-A -t {address} -s rr -p"));
        }
        for (option, address) in ["-u", "--sctp-service", "-f"]
            .into_iter()
            .flat_map(|option| ADDRESSES[..6].iter().map(move |address| (option, address)))
        {
            cases.equal(&format!("-A {option} {address} -s rr -p"));
        }
        for mark in ["1", "4294967295", "0x10", "010", "7", "1 -6"] {
            cases.equal(&format!("-A -f {mark}"));
        }
    });
}

fn dests_of_every_form(site: &Site) {
    compare(site, GROUP, &small_table(), |cases| {
        for address in ADDRESSES {
            cases.equal(&format!("-a -t 10.0.0.1:80 -r {address} -m"));
        }
        for address in ["10.9.0.1:80", "[2001:db8::9]:80", "2001:db8::9", "[::1]:80"] {
            cases.equal(&format!("-a -t [2001:db8::1]:80 -r {address} -m"));
            cases.equal(&format!("-a -t [2001:db8::1]:80 -r {address} -i"));
            cases.equal(&format!("-a -t 10.0.0.1:80 -r {address} -i"));
            cases.equal(&format!("-a -f 7 -r {address} -g"));
            cases.equal(&format!("-a -f 8 -6 -r {address} -g"));
        }
    });
}

fn a_port_follows_the_service_where_it_must(site: &Site) {
    let mut lines = Vec::new();
    for service in ["-t 10.0.0.1:80", "-f 7"] {
        for dest in [
            "10.1.0.1",
            "10.1.0.9",
            "10.1.0.9:8080",
            "10.1.0.9:0",
            "10.1.0.1:80",
        ] {
            for method in ["-g", "-i", "-m"] {
                for command in ["-a", "-e"] {
                    lines.push(format!("{command} {service} -r {dest} {method}"));
                }
            }
            lines.push(format!("-d {service} -r {dest}"));
        }
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    compare_lines(site, GROUP, &small_table(), &lines);
}

fn masks_of_every_form(site: &Site) {
    let masks = [
        "255.255.255.0",
        "255.255.0.255",
        "0.0.0.0",
        "255.255",
        "0xffffff00",
        "24",
        "64",
        "128",
        "-1",
        "''",
        "ffff::",
        "1",
    ];
    compare(site, GROUP, &small_table(), |cases| {
        for mask in masks {
            cases.equal(&format!("-A -t 10.0.0.9:80 -p -M {mask}"));
            cases.equal(&format!("-A -t [2001:db8::9]:80 -p -M {mask}"));
            cases.equal(&format!("-A -f 9 -6 -p -M {mask}"));
        }
    });
}

fn groups_of_every_form(site: &Site) {
    site.add_interface();
    let groups = [
        "224.0.0.81",
        "239.255.255.255",
        "240.0.0.1",
        "223.255.255.255",
        "224.1",
        "224.0.0.1:80",
        "ff02::81",
        "[ff02::81]",
        "ff02::81%eth0",
        "::",
        "''",
    ];
    compare(site, GROUP, &small_table(), |cases| {
        for group in groups {
            cases.equal(&format!("--start-daemon master --mcast-group {group}"));
        }
        cases.equal("--start-daemon backup --mcast-interface eth0 --syncid 7 --mcast-ttl 9");
        cases.equal("--start-daemon backup --mcast-interface eth0eth0eth0eth0eth0");
        cases.equal("--start-daemon master --mcast-interface nosuch0");
        cases.equal("--start-daemon master --mcast-interface ''");
        cases.equal("--start-daemon master --sync-maxlen 65507 --mcast-port 65535");
    });
}
