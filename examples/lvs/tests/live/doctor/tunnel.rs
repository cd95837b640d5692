//! Tunnels.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ipvs_core::{DestEdit, DestKey, ForwardMethod, Tunnel};
use lab::{Host, Site};
use lvs::doctor::Code;

use super::patient::Lab;
use crate::harness::{Test, tests};
use crate::kernel::modprobe;
use crate::site::{self, until};

const SERVERS: [([u8; 4], u16); 2] = [([10, 0, 3, 100], 8080), ([10, 0, 3, 150], 8080)];

const SERVER: [&str; 2] = ["--real-server", "10.0.2.100"];

pub fn tests() -> Vec<Test> {
    tests![
        a_healthy_lab_has_no_finding,
        a_server_without_the_module,
        the_end_of_the_tunnel,
        the_port_of_the_tunnel,
        a_firewall_that_drops_icmp
    ]
}

/// The director, a router for the answers, and servers without any end of a tunnel.
fn bare() -> (Lab, Host) {
    let site = Site::lab1().unwrap();
    let router = site.add_router().unwrap();
    let lines = ["addr add 10.0.2.100/24 brd + dev eth0 label eth0:0"];
    site.director.ip(&lines).unwrap();
    site.director.sysctl("net.ipv4.ip_forward", 0).unwrap();
    let lab = Lab::new(site, "tunnel", 8080);
    lab.balance(ForwardMethod::TUNNEL, &SERVERS);
    (lab, router)
}

fn lab() -> (Lab, Host) {
    modprobe(&["ipip"]);
    let (lab, router) = bare();
    for server in &lab.site.servers {
        let lines = ["link set tunl0 up", "addr add 10.0.2.100/32 dev tunl0"];
        server.ip(&lines).unwrap();
        for place in ["all", "tunl0"] {
            let name = format!("net.ipv4.conf.{place}.rp_filter");
            server.sysctl(&name, 0).unwrap();
        }
    }
    (lab, router)
}

fn a_healthy_lab_has_no_finding(_: &site::Site) {
    let (lab, _router) = lab();
    assert!(lab.serves(&lab.site.client));
    lab.director(&[]).assert(&[]);
    for server in &lab.site.servers {
        lab.examine(server, &SERVER).assert(&[]);
    }
}

fn a_server_without_the_module(_: &site::Site) {
    let gone = || {
        let modules = std::fs::read_to_string("/proc/modules").unwrap();
        !modules.lines().any(|line| line.starts_with("ipip "))
    };
    until("the module goes", || {
        // Its devices go with it, once the namespaces of earlier tests have.
        gone() || modprobe_removes("ipip")
    });
    let (lab, _router) = bare();
    for server in &lab.site.servers {
        for place in ["all", "default"] {
            let name = format!("net.ipv4.conf.{place}.rp_filter");
            server.sysctl(&name, 1).unwrap();
        }
    }
    assert!(lab.starves(&lab.site.client));
    let [first, second] = &lab.site.servers;
    let codes = [
        Code::TunnelMissing,
        Code::TunnelDown,
        Code::VipMissing,
        Code::TunnelRpFilter,
    ];
    lab.treat_host(first, &SERVER, &codes, || {});
    // The module is every server's of this kernel.
    lab.treat_host(second, &SERVER, &codes[1..], || {});
    assert!(lab.serves(&lab.site.client));
}

fn modprobe_removes(module: &str) -> bool {
    let rmmod = std::process::Command::new("rmmod").arg(module).output();
    rmmod.unwrap().status.success()
}

fn the_end_of_the_tunnel(_: &site::Site) {
    let (lab, _router) = lab();
    let treat = |code: Code| {
        assert!(lab.starves(&lab.site.client), "{code}");
        for server in &lab.site.servers {
            lab.treat_host(server, &SERVER, &[code], || {});
        }
        assert!(lab.serves(&lab.site.client), "{code}");
    };
    let change = |line: &str| {
        for server in &lab.site.servers {
            server.ip(&[line]).unwrap();
        }
    };
    change("link set tunl0 down");
    treat(Code::TunnelDown);
    let delete = "addr del 10.0.2.100/32 dev tunl0";
    change(delete);
    treat(Code::VipMissing);
    change(delete);
    change("addr add 10.0.2.100/24 dev tunl0");
    treat(Code::VipPrefix);
    // The higher one counts: that of all.
    for server in &lab.site.servers {
        server.sysctl("net.ipv4.conf.all.rp_filter", 1).unwrap();
    }
    treat(Code::TunnelRpFilter);
}

fn the_port_of_the_tunnel(_: &site::Site) {
    let (lab, _router) = lab();
    let gue = DestEdit::new().with_tunnel(Tunnel::gue(6080));
    for (address, port) in SERVERS {
        let server = DestKey::new(address, port);
        lab.ipvs().edit_dest(&lab.key(), &server, &gue).unwrap();
    }
    assert!(lab.starves(&lab.site.client));
    let words = [&SERVER[..], &["--tunnel", "gue:6080"]].concat();
    for server in &lab.site.servers {
        lab.treat_host(server, &words, &[Code::TunnelPort], || {});
    }
    assert!(lab.serves(&lab.site.client));
}

/// Whether a client gets rid of more than a packet holds.
fn uploads(lab: &Lab) -> bool {
    let upload = || -> std::io::Result<()> {
        let patience = Duration::from_secs(8);
        let mut stream = TcpStream::connect_timeout(&lab.vip(), patience)?;
        stream.set_read_timeout(Some(patience))?;
        let weight = "x".repeat(60_000);
        let request = format!("GET / HTTP/1.1\r\nX: {weight}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        stream.read_exact(&mut [0; 12])
    };
    lab.site.client.run(upload).unwrap().is_ok()
}

fn a_firewall_that_drops_icmp(_: &site::Site) {
    let (lab, _router) = lab();
    let director = &lab.site.director;
    let rules = "table inet filter {
        chain output { type filter hook output priority 0; ip protocol icmp jump quiet; }
        chain quiet { icmp type echo-request accept; drop; }
    }";
    // A chain is declared before it is called.
    let declared = format!("table inet filter {{ chain quiet {{ }}; }}\n{rules}");
    director.nft(&declared).unwrap();
    assert!(!uploads(&lab));
    lab.treat_host(director, &[], &[Code::IcmpFiltered], || {
        assert!(uploads(&lab));
    });
}
