//! Options that exclude each other, in every pair.

use crate::cases::{Cases, compare};
use crate::harness::{Test, tests};
use crate::site::{Site, small_table};

pub fn tests() -> Vec<Test> {
    tests![
        services_exclude_each_other,
        list_modes_exclude_each_other,
        methods_and_tunnels_exclude_each_other
    ]
}

const GROUP: &str = "exclusive pairs";

/// Types every pair of the options after each command, each option with itself too.
fn pairs(cases: &mut Cases<'_>, commands: &[&str], options: &[&str]) {
    for command in commands {
        for (n, first) in options.iter().enumerate() {
            for second in &options[..=n] {
                cases.equal(&format!("{command} {first} {second}"));
            }
        }
    }
}

fn services_exclude_each_other(site: &Site) {
    let services = [
        "-t 10.0.0.1:80",
        "-u 10.0.0.1:53",
        "--sctp-service 10.0.0.1:9",
        "-f 7",
    ];
    compare(site, GROUP, &small_table(), |cases| {
        pairs(cases, &["-D", "-L"], &services);
    });
}

fn list_modes_exclude_each_other(site: &Site) {
    let modes = [
        "-c",
        "-t 10.0.0.1:80",
        "--timeout",
        "--daemon",
        "--stats",
        "--rate",
        "--thresholds",
        "--persistent-conn",
        "--tun-info",
    ];
    compare(site, GROUP, &small_table(), |cases| {
        pairs(cases, &["-L -n"], &modes);
    });
}

fn methods_and_tunnels_exclude_each_other(site: &Site) {
    let methods = ["-g", "-i", "-m"];
    let tunnels = [
        "--tun-type ipip",
        "--tun-type gue",
        "--tun-type gre",
        "--tun-port 99",
        "--tun-nocsum",
        "--tun-csum",
        "--tun-remcsum",
    ];
    let add = "-a -t 10.0.0.1:80 -r 10.1.0.9:80";
    compare(site, GROUP, &small_table(), |cases| {
        pairs(cases, &[add], &methods);
        pairs(cases, &[add], &tunnels);
        for method in methods {
            pairs(cases, &[&format!("{add} {method}")], &tunnels[..3]);
        }
        for kind in &tunnels[..3] {
            let tunnel = format!("{add} -i {kind}");
            pairs(cases, &[&tunnel], &tunnels[3..]);
            pairs(cases, &[&format!("{tunnel} --tun-port 99")], &tunnels[4..]);
        }
    });
}
