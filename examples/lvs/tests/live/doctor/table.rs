//! Services that no client can use, and what an lvs.cf says of them.

use ipvs_core::{DestEdit, DestKey, Scheduler, Service, ServiceEdit, ServiceKey};
use lab::Site;
use lvs::doctor::Code;

use super::nat::{SERVERS, bare, lab};
use super::patient::{Lab, VIP};
use crate::harness::{Test, tests};
use crate::site;

/// LAB #1's service.
pub const FILE: &str = "\
primary = 10.0.2.50
primary_private = 10.0.3.15
service = lvs
network = nat
nat_router = 10.0.3.200 eth1:0
nat_nmask = 255.255.255.0
virtual web {
     active = 1
     address = 10.0.2.100 eth0:0
     vip_nmask = 255.255.255.0
     port = 80
     scheduler = rr
     server serveur1 {
         address = 10.0.3.100
         active = 1
         port = 8080
         weight = 2
     }
     server serveur2 {
         address = 10.0.3.150
         active = 1
         port = 8080
         weight = 1
     }
}
";

pub fn tests() -> Vec<Test> {
    tests![
        a_bare_director_becomes_what_its_file_says,
        a_host_knows_by_the_file_that_it_is_a_server,
        servers_of_no_weight,
        a_service_without_servers,
        no_scheduler,
        a_mark_that_nobody_sets
    ]
}

fn a_bare_director_becomes_what_its_file_says(_: &site::Site) {
    let lab = Lab::new(Site::lab1().unwrap(), "nat", 80);
    for server in &lab.site.servers {
        server.ip(&["route add default via 10.0.3.200"]).unwrap();
    }
    let file = lab.file(FILE);
    let director = &lab.site.director;
    director.sysctl("net.ipv4.ip_forward", 0).unwrap();
    let codes = [
        Code::ServiceMissing,
        Code::VipNotLocal,
        Code::GatewayNotLocal,
        Code::ForwardingOff,
    ];
    lab.treat_traffic(&["-c", &file], &codes);
    let addresses = director.command("ip", &["addr"]).unwrap();
    assert!(addresses.contains("10.0.3.200/24 brd 10.0.3.255 scope global secondary eth1:0"));
    let weights = lab.ipvs().dests(&lab.key()).unwrap();
    let weights: Vec<_> = weights.iter().map(|entry| entry.dest.weight).collect();
    assert_eq!(weights, [2, 1]);
}

fn a_host_knows_by_the_file_that_it_is_a_server(_: &site::Site) {
    let lab = lab();
    let file = lab.file(FILE);
    let [server, _] = &lab.site.servers;
    lab.examine(server, &["-c", &file]).assert(&[]);
    server.ip(&["route del default"]).unwrap();
    lab.treat_host(server, &["-c", &file], &[Code::DefaultRoute], || {});
}

fn servers_of_no_weight(_: &site::Site) {
    let lab = lab();
    let quiesce = || {
        for (address, port) in SERVERS {
            let edit = DestEdit::new().with_weight(0);
            let server = DestKey::new(address, port);
            lab.ipvs().edit_dest(&lab.key(), &server, &edit).unwrap();
        }
    };
    quiesce();
    lab.treat_traffic(&[], &[Code::ServersQuiesced]);
    quiesce();
    let file = lab.file(FILE);
    lab.treat(&["-c", &file], &[Code::ServersQuiesced]);
    let first = DestKey::new(SERVERS[0].0, 8080);
    let first = lab.ipvs().dest(&lab.key(), &first).unwrap();
    assert_eq!(first.dest.weight, 2, "as the file has it");
}

fn a_service_without_servers(_: &site::Site) {
    let lab = bare();
    let service = Service::new(lab.key()).with_scheduler(Scheduler::RR);
    lab.ipvs().add_service(&service).unwrap();
    let file = lab.file(FILE);
    lab.treat_traffic(&["-c", &file], &[Code::ServiceWithoutServers]);
    // Of another one nobody knows what it should have.
    let stray = ServiceKey::tcp(VIP, 443);
    lab.ipvs().add_service(&Service::new(stray)).unwrap();
    lab.treat(&[], &[Code::ServiceWithoutServers]);
    lab.ipvs().service(&stray).unwrap_err();
}

fn no_scheduler(_: &site::Site) {
    let lab = lab();
    let none = ServiceEdit::new().with_scheduler(Scheduler::NONE);
    lab.ipvs().edit_service(&lab.key(), &none).unwrap();
    lab.treat_traffic(&[], &[Code::SchedulerNone]);
}

fn a_mark_that_nobody_sets(_: &site::Site) {
    let site = Site::lab1().unwrap();
    site.set_up_translation().unwrap();
    let lab = Lab::new(site, "nat", 8080);
    let file = lab.file(&FILE.replace("port = 80\n", "fwmark = 7\n     port = 8080\n"));
    let codes = [Code::ServiceMissing, Code::MarkMissing];
    lab.treat_traffic(&["-c", &file], &codes);
}
