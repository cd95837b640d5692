//! Direct routing.

use ipvs_core::{Dest, DestKey, ForwardMethod, ServiceKey};
use lab::{Host, Site};
use lvs::doctor::Code;

use super::patient::{Lab, VIP, wait_in_vain};
use crate::harness::{Test, tests};
use crate::site;

const SERVERS: [([u8; 4], u16); 2] = [([10, 0, 2, 101], 80), ([10, 0, 2, 151], 80)];

const SERVER: [&str; 2] = ["--real-server", "10.0.2.100"];

pub fn tests() -> Vec<Test> {
    tests![
        a_healthy_lab_has_no_finding,
        servers_that_answer_for_the_virtual_address,
        the_virtual_address_of_a_server,
        a_port_that_nothing_comes_to,
        a_server_behind_a_router,
        a_director_that_is_the_servers_gateway,
        a_gateway_that_forwards_nothing
    ]
}

fn set_up_server(server: &Host) {
    server.sysctl("net.ipv4.conf.all.arp_ignore", 1).unwrap();
    server.sysctl("net.ipv4.conf.all.arp_announce", 2).unwrap();
    server.ip(&["addr add 10.0.2.100/32 dev lo"]).unwrap();
}

fn lab() -> Lab {
    let site = Site::flat().unwrap();
    site.director.sysctl("net.ipv4.ip_forward", 0).unwrap();
    let lines = ["addr add 10.0.2.100/24 brd + dev eth0 label eth0:0"];
    site.director.ip(&lines).unwrap();
    site.servers.iter().for_each(set_up_server);
    let lab = Lab::new(site, "direct", 80);
    lab.balance(ForwardMethod::DIRECT_ROUTE, &SERVERS);
    lab
}

fn a_healthy_lab_has_no_finding(_: &site::Site) {
    let lab = lab();
    assert!(lab.serves(&lab.site.client));
    lab.director(&[]).assert(&[]);
    for server in &lab.site.servers {
        lab.examine(server, &SERVER).assert(&[]);
    }
}

/// So many hosts say that the virtual address is theirs. arping listens for a second, in which
/// a busy machine may not come to answer: it asks again while somebody is missing.
#[track_caller]
fn assert_owners(lab: &Lab, expected: usize) {
    let client = &lab.site.client2;
    let ask = ["arping", "-c", "1", "-w", "2", "-I", "eth0", "10.0.2.100"];
    let count = || {
        let answers = client.command("busybox", &ask).unwrap_or_default();
        answers.matches("eply from").count()
    };
    let mut most = 0;
    for _ in 0..5 {
        most = most.max(count());
        if most >= expected {
            break;
        }
    }
    assert_eq!(most, expected);
}

fn servers_that_answer_for_the_virtual_address(_: &site::Site) {
    let lab = lab();
    for server in &lab.site.servers {
        for name in ["arp_ignore", "arp_announce"] {
            let name = format!("net.ipv4.conf.all.{name}");
            server.sysctl(&name, 0).unwrap();
        }
    }
    assert_owners(&lab, 3);
    for server in &lab.site.servers {
        let codes = [Code::ArpAnswered, Code::ArpAnnounced];
        lab.treat_host(server, &SERVER, &codes, || {});
    }
    assert_owners(&lab, 1);
    assert!(lab.serves(&lab.site.client));
    // The higher one counts: 3 of a card spares only what is of this host's own scope.
    let [server, _] = &lab.site.servers;
    server.sysctl("net.ipv4.conf.eth0.arp_ignore", 3).unwrap();
    assert_owners(&lab, 2);
    lab.treat_host(server, &SERVER, &[Code::ArpAnswered], || {
        assert_owners(&lab, 1);
    });
}

fn the_virtual_address_of_a_server(_: &site::Site) {
    let lab = lab();
    let change = |lines: &[&str]| {
        for server in &lab.site.servers {
            server.ip(lines).unwrap();
        }
    };
    let treat = |code: Code| {
        for server in &lab.site.servers {
            lab.treat_host(server, &SERVER, &[code], || {});
        }
        assert_owners(&lab, 1);
        lab.site.client.ip(&["neigh flush all"]).unwrap();
        assert!(lab.serves(&lab.site.client));
    };
    let delete = "addr del 10.0.2.100/32 dev lo";
    change(&[delete]);
    assert!(lab.starves(&lab.site.client));
    treat(Code::VipMissing);

    change(&[delete, "addr add 10.0.2.100/24 dev eth0"]);
    assert_owners(&lab, 3);
    treat(Code::VipOnCard);

    change(&[delete, "addr add 10.0.2.100/24 dev lo"]);
    assert!(lab.starves(&lab.site.client));
    treat(Code::VipPrefix);
}

fn a_port_that_nothing_comes_to(_: &site::Site) {
    let mut lab = lab();
    lab.site.serve_web(8080).unwrap();
    let key = ServiceKey::tcp(VIP, 81);
    let service = ipvs_core::Service::new(key);
    lab.ipvs().add_service(&service).unwrap();
    let server = Dest::new(SERVERS[0].0, 8080, ForwardMethod::DIRECT_ROUTE);
    lab.ipvs().add_dest(&key, &server).unwrap();
    let ask = || lab.site.client.get((VIP, 81).into());
    ask().unwrap_err();
    lab.treat(&[], &[Code::PortChanged]);
    let moved = DestKey::new(SERVERS[0].0, 81);
    lab.ipvs().dest(&key, &moved).unwrap();
    // The table now shows the port to serve.
    let _web = lab.site.servers[0].serve_web(81, "81").unwrap();
    assert_eq!(ask().unwrap(), "81");
    lab.ipvs().remove_service(&key).unwrap();

    let file = lab.file(
        "network = direct\nvirtual web {\n     active = 1\n     address = 10.0.2.100 eth0:0\n     \
         server one {\n         address = 10.0.2.101\n         active = 1\n         port = 8080\n     }\n}\n",
    );
    lab.treat(&["-c", &file], &[Code::PortChanged]);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("port = 80\n"), "{text}");
}

fn a_server_behind_a_router(_: &site::Site) {
    let lab = lab();
    let detour = ["route add 10.0.2.101/32 via 10.0.2.151"];
    lab.site.director.ip(&detour).unwrap();
    let turns = || {
        let answers = lab.site.client.get_times(lab.vip(), 4).unwrap();
        let first = answers.iter().filter(|answer| answer.ends_with('1'));
        first.count()
    };
    assert_eq!(turns(), 0, "the other server gets its clients");
    let director = &lab.site.director;
    lab.treat_host(director, &[], &[Code::ServerBehindRouter], || {
        assert_eq!(turns(), 2);
    });
}

/// LAB #1's two networks: the servers' answers come back through the director.
fn gateway() -> Lab {
    let site = Site::lab1().unwrap();
    site.set_up_translation().unwrap();
    let off = |name: &str| {
        let name = format!("net.ipv4.conf.{name}.rp_filter");
        site.director.sysctl(&name, 0).unwrap();
    };
    ["all", "eth0", "eth1"].into_iter().for_each(off);
    site.servers.iter().for_each(set_up_server);
    let lab = Lab::new(site, "direct", 8080);
    let servers = [([10, 0, 3, 100], 8080), ([10, 0, 3, 150], 8080)];
    lab.balance(ForwardMethod::DIRECT_ROUTE, &servers);
    lab
}

fn a_gateway_that_forwards_nothing(_: &site::Site) {
    let lab = gateway();
    let director = &lab.site.director;
    director.sysctl("net.ipv4.ip_forward", 0).unwrap();
    assert!(lab.starves(&lab.site.client));
    wait_in_vain();
    let codes = [Code::ForwardingOff, Code::MartianAnswers];
    lab.treat_host(director, &[], &codes, || {
        assert!(lab.serves(&lab.site.client));
    });
}

fn a_director_that_is_the_servers_gateway(_: &site::Site) {
    let lab = gateway();
    assert!(lab.starves(&lab.site.client));
    wait_in_vain();
    let flows = || assert!(lab.serves(&lab.site.client));
    let director = &lab.site.director;
    lab.treat_host(director, &[], &[Code::MartianAnswers], flows);
    // An lvs.cf with a nat_router says so before any client does.
    director.sysctl("net.ipv4.conf.eth1.rp_filter", 1).unwrap();
    director.sysctl("net.ipv4.ip_forward", 0).unwrap();
    assert!(lab.starves(&lab.site.client));
    let text = super::table::FILE
        .replace("network = nat", "network = direct")
        .replace("port = 80\n", "port = 8080\n");
    let file = lab.file(&text);
    let codes = [Code::ForwardingOff, Code::MartianAnswers];
    lab.treat_host(director, &["-c", &file], &codes, flows);
}
