//! Names of hosts and services: as they are typed, and as they are listed.

use crate::cases::compare;
use crate::harness::{Test, tests};
use crate::site::{Site, dest, service, small_table};
use ipvs_core::{ForwardMethod, Table};

pub fn tests() -> Vec<Test> {
    tests![names_are_resolved, addresses_are_named]
}

const GROUP: &str = "names";

const HOSTS: &str = "\
127.0.0.1 localhost
10.9.0.1 web.example web
10.9.0.2 averyveryverylongname.with.many.labels.that.does.not.fit.the.example
10.9.0.3 12345
2001:db8::9 six.example
2001:db8::a both.example
10.9.0.4 both.example
# 10.9.0.5 comment.example
10.1.0.1\treal.example\treal
2001:db8:1::1 averyveryverylongname.of.six.with.many.labels.that.does.not.fit.the.example
";

const SERVICES: &str = "\
http 80/tcp www
domain 53/udp
domain 53/tcp
onlytcp 1234/tcp
onlyudp 1234/udp
onlysctp 1234/sctp
averyverylongservicename 4321/tcp
";

/// The guest's files, which nobody else sees.
pub fn write() {
    std::fs::write("/etc/hosts", HOSTS).unwrap();
    std::fs::write("/etc/services", SERVICES).unwrap();
    std::fs::write("/etc/nsswitch.conf", "hosts: files\nservices: files\n").unwrap();
    std::fs::write("/etc/resolv.conf", "").unwrap();
}

fn names_are_resolved(site: &Site) {
    write();
    let names = [
        "web.example:80",
        "WEB.example:80",
        "web:http",
        "web:www",
        "web:HTTP",
        "web:nosuch",
        "web",
        "12345:80",
        "12345x:80",
        "six.example:80",
        "[six.example]:80",
        "both.example:80",
        "comment.example:80",
        "nosuch.example:80",
        "10.9.0.1:http",
        "[2001:db8::9]:http",
        "web:onlytcp",
        "web:onlyudp",
        "web:onlysctp",
        "web.:80",
        "localhost:80",
    ];
    compare(site, GROUP, &small_table(), |cases| {
        for name in names {
            cases.equal(&format!("-A -t {name} -s rr -p"));
            cases.equal(&format!("-a -t 10.0.0.1:80 -r {name} -m"));
        }
        for name in &names[..8] {
            cases.equal(&format!("-A -t 10.0.0.9:80 -p -M {name}"));
        }
        // A port's name is of a protocol.
        for port in ["http", "domain", "onlytcp", "onlyudp", "onlysctp"] {
            cases.equal(&format!("-A -u web:{port} -s rr"));
            cases.equal(&format!("-A --sctp-service web:{port} -s rr"));
        }
    });
}

fn addresses_are_named(site: &Site) {
    write();
    let dests = |keys: &[&str]| {
        keys.iter()
            .map(|key| dest(key, ForwardMethod::MASQUERADE))
            .collect()
    };
    let four = ["10.1.0.1:80", "10.1.0.2:53", "10.9.0.2:4321", "10.9.0.4:0"];
    let six = [
        "[2001:db8:1::1]:80",
        "[2001:db8::a]:4321",
        "[2001:db8::77]:53",
    ];
    let table = Table::new()
        .with_service(service("tcp 10.9.0.1:80"), dests(&four))
        .with_service(service("udp 10.9.0.1:53"), dests(&four))
        .with_service(service("tcp 10.9.0.1:1234"), vec![])
        .with_service(service("udp 10.9.0.1:1234"), vec![])
        .with_service(service("sctp 10.9.0.1:1234"), vec![])
        .with_service(service("sctp 10.9.0.9:1235"), vec![])
        .with_service(service("tcp 10.9.0.2:4321"), vec![])
        .with_service(service("tcp [2001:db8::9]:80"), dests(&six))
        .with_service(service("udp [2001:db8:1::1]:53"), dests(&six))
        .with_service(service("fwmark 7"), dests(&four))
        .with_service(service("fwmark 8 ipv6"), dests(&six));
    compare(site, GROUP, &table, |cases| {
        cases.equal("");
        for modifier in [
            "",
            "--stats",
            "--rate",
            "--thresholds",
            "--persistent-conn",
            "--tun-info",
        ] {
            cases.equal(&format!("-L {modifier}"));
        }
        for line in [
            "-L -t 10.9.0.1:80",
            "-L -f 7",
            "-L -f 8 -6",
            "-L -t [2001:db8::9]:80",
        ] {
            cases.equal(line);
        }
        cases.equal("-L -c");
    });
    // Rules with names: those that the original can read again.
    let short = ["10.1.0.1:80", "10.1.0.2:53", "10.9.0.4:0"];
    let table = Table::new()
        .with_service(service("tcp 10.9.0.1:80"), dests(&short))
        .with_service(service("sctp 10.9.0.1:1234"), dests(&short))
        .with_service(service("udp [2001:db8::77]:53"), dests(&six[2..]))
        .with_service(service("fwmark 7"), dests(&short));
    compare(site, GROUP, &table, |cases| drop(cases.equal("-S")));
}
