//! Address translation.

use ipvs_core::{DestEdit, DestKey, ForwardMethod};
use lab::Site;
use lvs::doctor::Code;

use super::patient::{Lab, VIP, wait_in_vain};
use crate::harness::{Test, tests};
use crate::site;

pub const SERVERS: [([u8; 4], u16); 2] = [([10, 0, 3, 100], 8080), ([10, 0, 3, 150], 8080)];

/// How doctor is called on a real server.
const SERVER: [&str; 4] = ["--real-server", "10.0.2.100", "--director", "10.0.3.200"];

pub fn tests() -> Vec<Test> {
    tests![
        a_healthy_lab_has_no_finding,
        forwarding,
        the_virtual_address,
        the_way_to_the_servers,
        the_way_back,
        the_wrong_method,
        what_is_not_to_be_looked_at
    ]
}

/// LAB #1, well set up, with its service.
pub fn lab() -> Lab {
    let lab = bare();
    lab.balance(ForwardMethod::MASQUERADE, &SERVERS);
    lab
}

/// The same without a service.
pub fn bare() -> Lab {
    let site = Site::lab1().unwrap();
    site.set_up_translation().unwrap();
    Lab::new(site, "nat", 80)
}

fn a_healthy_lab_has_no_finding(_: &site::Site) {
    let lab = lab();
    assert!(lab.serves(&lab.site.client));
    lab.director(&[]).assert(&[]);
    for server in &lab.site.servers {
        lab.examine(server, &SERVER).assert(&[]);
    }
    let output = lab.doctor(&lab.site.director, &[]);
    assert_eq!(output.stdout, b"This director is well set up for nat.\n");
}

fn forwarding(_: &site::Site) {
    let lab = lab();
    let director = &lab.site.director;
    director.sysctl("net.ipv4.ip_forward", 0).unwrap();
    lab.treat_traffic(&[], &[Code::ForwardingOff]);
    director.sysctl("net.ipv4.conf.eth1.forwarding", 0).unwrap();
    assert!(lab.starves(&lab.site.client));
    lab.treat_host(director, &[], &[Code::ForwardingOff], || {
        assert!(lab.serves(&lab.site.client));
    });
}

fn the_virtual_address(_: &site::Site) {
    let lab = lab();
    let delete = ["addr del 10.0.2.100/24 dev eth0"];
    lab.site.director.ip(&delete).unwrap();
    lab.treat_traffic(&[], &[Code::VipNotLocal]);
    // With an lvs.cf it gets its label back.
    lab.site.director.ip(&delete).unwrap();
    let file = lab.file(super::table::FILE);
    lab.treat(&["-c", &file], &[Code::VipNotLocal]);
    let addresses = lab.site.director.command("ip", &["addr"]).unwrap();
    assert!(addresses.contains("eth0:0"), "{addresses}");
    // Where no interface is of its network, it needs none.
    lab.site.director.ip(&delete).unwrap();
    let whole = "addr del 10.0.2.50/24 dev eth0";
    let route = "route add 10.0.2.0/24 dev eth0 src 10.0.2.50";
    let lone = "addr add 10.0.2.50/32 dev eth0";
    lab.site.director.ip(&[whole, lone, route]).unwrap();
    lab.treat_traffic(&[], &[Code::VipNotLocal]);
}

fn the_way_to_the_servers(_: &site::Site) {
    let lab = lab();
    lab.site.director.ip(&["link set eth1 down"]).unwrap();
    lab.treat_traffic(&[], &[Code::LinkDown]);
    let lost = ["route del 10.0.3.0/24 dev eth1"];
    lab.site.director.ip(&lost).unwrap();
    lab.treat_traffic(&[], &[Code::ServerUnreachable]);
}

fn the_way_back(_: &site::Site) {
    let lab = lab();
    let astray = || {
        for server in &lab.site.servers {
            let lines = ["route replace default via 10.0.3.2"];
            server.ip(&lines).unwrap();
        }
    };
    astray();
    assert!(lab.starves(&lab.site.client));
    assert!(lab.starves(&lab.site.client));
    wait_in_vain();
    let codes = [Code::AnswersElsewhere, Code::AnswersElsewhere];
    lab.treat_host(&lab.site.director, &[], &codes, || {
        assert!(lab.serves(&lab.site.client));
    });
    // The servers know it themselves.
    astray();
    assert!(lab.starves(&lab.site.client));
    for server in &lab.site.servers {
        lab.treat_host(server, &SERVER, &[Code::DefaultRoute], || {});
    }
    assert!(lab.serves(&lab.site.client));
    let [server, _] = &lab.site.servers;
    server.ip(&["route del default"]).unwrap();
    lab.treat_host(server, &SERVER, &[Code::DefaultRoute], || {});
    // Also for a client whose network has a route of its own.
    server.ip(&["route add 10.0.2.0/24 via 10.0.3.2"]).unwrap();
    let words = [&SERVER[..], &["--client", "10.0.2.15"]].concat();
    lab.treat_host(server, &words, &[Code::DefaultRoute], || {
        assert!(lab.serves(&lab.site.client));
    });
}

fn the_wrong_method(_: &site::Site) {
    let lab = lab();
    // What `ipvsadm -a` without -m leaves, its port apart.
    for (address, port) in SERVERS {
        let direct = DestEdit::new().with_forward(ForwardMethod::DIRECT_ROUTE);
        let server = DestKey::new(address, port);
        lab.ipvs().edit_dest(&lab.key(), &server, &direct).unwrap();
    }
    let codes = [Code::ForwardDiffers, Code::ForwardDiffers];
    lab.treat_traffic(&[], &codes);
}

fn what_is_not_to_be_looked_at(_: &site::Site) {
    let lab = bare();
    let code = |words: &[&str]| {
        let output = lab.doctor(&lab.site.director, words);
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
        output.status.code()
    };
    assert_eq!(code(&[]), Some(3), "an empty table, and no file");
    assert_eq!(code(&["-c", "no/such/lvs.cf"]), Some(3));
    assert_eq!(code(&["--real-server", "10.0.2.100"]), Some(2));
    assert_eq!(code(&["--no-such-option"]), Some(2));
    assert_eq!(lab.vip().ip(), std::net::IpAddr::from(VIP));
}
