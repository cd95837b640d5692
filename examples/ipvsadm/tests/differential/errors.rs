//! What the kernel refuses, and how it is told.

use crate::cases::{compare, compare_lines};
use crate::harness::{Test, tests};
use crate::program::Typed;
use crate::site::{Site, dest, small_table};
use ipvs_core::{DaemonRole, ForwardMethod, SyncDaemon};

pub fn tests() -> Vec<Test> {
    tests![
        every_refusal_of_services,
        every_refusal_of_dests,
        every_refusal_of_daemons,
        a_restore_tells_of_refusals
    ]
}

const GROUP: &str = "kernel errors";

fn every_refusal_of_services(site: &Site) {
    let lines = [
        "-A -t 10.0.0.1:80",
        "-A -t 10.0.0.1:80 -s nosuch",
        "-A -t 10.0.0.9:80 -s nosuch",
        "-A -t 10.0.0.9:80 -p --pe nosuch",
        "-A -t 10.0.0.9:80 --pe nosuch",
        "-A -u 10.0.0.9:5060 -p --pe sip",
        "-A -t 10.0.0.9:80 -p --pe sip",
        "-A -t 10.0.0.9:80 -s none",
        "-A -t 10.0.0.9:80 -s twos",
        "-A -f 7",
        "-A -f 8 -6",
        "-E -t 10.0.0.9:80",
        "-E -t 10.0.0.1:80 -s nosuch",
        "-E -t 10.0.0.9:80 -s nosuch",
        "-E -f 8",
        "-E -f 7 -6",
        "-E -t 10.0.0.1:80 -s none",
        "-D -t 10.0.0.9:80",
        "-D -t 10.0.0.1",
        "-D -u 10.0.0.1:80",
        "-D -f 9",
        "-Z -t 10.0.0.9:80",
        "-Z -f 9",
        "-L -n -t 10.0.0.9:80",
        "-L -n -u 10.0.0.1:80",
        "-L -n -f 9",
        "-L -n -f 7 -6",
        "-L -n -t 10.0.0.9:80 --stats",
        "-L -c -n",
    ];
    compare_lines(site, GROUP, &small_table(), &lines);
}

fn every_refusal_of_dests(site: &Site) {
    let lines = [
        "-a -t 10.0.0.9:80 -r 10.1.0.1:80 -m",
        "-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m",
        "-a -t 10.0.0.1:80 -r 224.0.0.1:80 -m",
        "-a -t 10.0.0.1:80 -r 255.255.255.255:80 -m",
        "-a -t 10.0.0.1:80 -r 0.0.0.0:80 -m",
        "-a -t 10.0.0.1:80 -r 127.0.0.1:80 -m",
        "-a -t 10.0.0.1:80 -r 127.0.0.1:80 -g",
        "-a -t [2001:db8::1]:80 -r [::1]:80 -m",
        "-a -t [2001:db8::1]:80 -r [ff02::1]:80 -m",
        "-a -t [2001:db8::1]:80 -r [fe80::1]:80 -m",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -m -x 5 -y 9",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -m -x 5 -y 5",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -m -y 5",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -m -x 2147483647",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -w 2147483647 -m",
        "-a -t 10.0.0.1:80 -r [2001:db8::9]:80 -i",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -i --tun-type gue --tun-port 9 --tun-remcsum",
        "-a -t 10.0.0.1:80 -r 10.1.0.9:80 -i --tun-type gre --tun-csum",
        "-e -t 10.0.0.9:80 -r 10.1.0.1:80 -m",
        "-e -t 10.0.0.1:80 -r 10.1.0.9:80 -m",
        "-e -t 10.0.0.1:80 -r 10.1.0.1:80 -m -x 5 -y 9",
        "-e -t 10.0.0.1:80 -r 10.1.0.1:80 -i --tun-type gre",
        "-e -t 10.0.0.1:80 -r 10.1.0.1:80",
        "-d -t 10.0.0.9:80 -r 10.1.0.1:80",
        "-d -t 10.0.0.1:80 -r 10.1.0.9:80",
        "-d -t 10.0.0.1:80 -r 10.1.0.1:81",
        "-d -f 7 -r 10.1.0.1:80",
        "-a -f 9 -r 10.1.0.1:80",
    ];
    compare_lines(site, GROUP, &small_table(), &lines);
}

fn every_refusal_of_daemons(site: &Site) {
    site.add_interface();
    let lines = [
        "--start-daemon master --mcast-interface nosuch0",
        "--start-daemon backup",
        "--stop-daemon backup",
        "--stop-daemon master",
        "--start-daemon master",
        "--stop-daemon master --syncid 9",
        "-L --daemon",
        "-L --timeout",
    ];
    let daemon = |role| SyncDaemon::new(role, "eth0".parse().unwrap());
    let roles = [DaemonRole::Master, DaemonRole::Backup];
    for running in [vec![], roles[..1].to_vec(), roles.to_vec()] {
        let table = small_table().with_daemons(running.into_iter().map(daemon).collect());
        compare_lines(site, GROUP, &table, &lines);
    }
    // No daemon starts beside dests of another family than their service's.
    let mut mixed = small_table();
    let six = dest("[2001:db8::9]:80", ForwardMethod::TUNNEL);
    mixed.services[0].dests.push(six);
    compare_lines(site, GROUP, &mixed, &lines);
}

/// The original goes on after a refusal, and so do we.
fn a_restore_tells_of_refusals(site: &Site) {
    let good = "-A -t 10.0.0.9:80 -s rr\n";
    let known = "-A -t 10.0.0.1:80 -s rr\n";
    let lost = "-a -t 10.0.0.9:81 -r 10.1.0.1:80 -m -w 1\n";
    compare(site, GROUP, &small_table(), |cases| {
        for input in [
            good.to_owned(),
            [good, known].concat(),
            [good, lost].concat(),
            [known, lost, known].concat(),
        ] {
            cases.equal(Typed::from("-R").with_input(input));
        }
    });
}
