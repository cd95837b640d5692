//! What the live suite does not provoke of a director's mistakes.

use std::time::Duration;

use ipvs_core::procfs::{Connection, ConnectionState};
use ipvs_core::{ForwardMethod, Scheduler, ServiceKey};

use super::*;

const FILE: &str = "\
network = nat
backup_active = 1
backup = 10.0.2.51
syncdaemon = 1
syncd_iface = eth1
virtual web {
     active = 1
     address = 10.0.2.100 eth0:0
     scheduler = rr
     server one {
         address = 10.0.3.100
         active = 1
     }
}
";

fn waiting(client: &str, state: ConnectionState, expires: u64) -> Connection {
    let service = ServiceKey::tcp([10, 0, 2, 100], 80);
    let dest = "10.0.3.100:8080".parse().unwrap();
    let client = std::net::SocketAddr::new(ip(client), 4711);
    let mut connection = Connection::new(client, service, dest);
    connection.state = state;
    connection.expires = Duration::from_secs(expires);
    connection
}

#[test]
fn a_healthy_director_has_none() {
    for mode in [Forward::Nat, Forward::Direct, Forward::Tunnel] {
        assert_eq!(codes(&lab1(mode)), [""; 0]);
    }
}

#[test]
fn the_director_that_stands_by_needs_only_its_daemon() {
    let mut facts = Facts::director(Forward::Nat);
    facts.network = host(&[("eth1", "10.0.3.16/24")]);
    facts.wanted = wanted(FILE);
    facts.duty = Duty::StandsBy;
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.code, Code::SyncDaemon);
    let line = "ipvsadm --start-daemon backup --mcast-interface eth1";
    assert_eq!(finding.cure, [line]);
    facts.duty = Duty::Serves;
    assert!(codes(&facts).contains(&"vip-not-local"));
}

#[test]
fn a_connection_that_may_yet_be_answered_is_no_sign() {
    let mut facts = lab1(Forward::Nat);
    let mut with = |connections: Vec<Connection>| {
        facts.kernel.as_mut().unwrap().connections = connections;
        codes(&facts)
    };
    let young = waiting("10.0.2.15", ConnectionState::SYN_RECV, 59);
    let old = waiting("10.0.2.15", ConnectionState::SYN_RECV, 40);
    let served = waiting("10.0.2.16", ConnectionState::ESTABLISHED, 900);
    let near = waiting("10.0.3.20", ConnectionState::SYN_RECV, 40);
    assert_eq!(with(vec![young.clone()]), [""; 0]);
    assert_eq!(with(vec![old.clone()]), ["answers-elsewhere"]);
    assert_eq!(with(vec![old, served.clone()]), [""; 0]);
    assert_eq!(with(vec![near.clone()]), ["client-in-servers-net"]);
    // Others are served well.
    assert_eq!(with(vec![near, served]), ["client-in-servers-net"]);
}

#[test]
fn a_gateway_that_forwards_nothing_is_between_who_waits_and_the_server() {
    let mut facts = lab1(Forward::Direct);
    facts.settings.0.insert("net/ipv4/ip_forward".into(), 0);
    let mut with = |client: &str, accepts: i64| {
        let path = "net/ipv4/conf/all/accept_local";
        facts.settings.0.insert(path.into(), accepts);
        let mut waiting = waiting(client, ConnectionState::SYN_RECV, 40);
        waiting.dest.port = 80;
        facts.kernel.as_mut().unwrap().connections = vec![waiting];
        codes(&facts)
    };
    assert_eq!(with("10.0.2.15", 1), ["forwarding-off"]);
    assert_eq!(with("10.0.2.15", 0), ["forwarding-off", "martian-answers"]);
    assert_eq!(with("10.0.3.20", 0), [""; 0], "it is answered straight");
    // On one and the same side there is another router.
    facts.network = host(&[("eth1", "10.0.3.15/24"), ("lo", "10.0.2.100/32")]);
    facts
        .network
        .routes
        .push(route(ip("0.0.0.0"), 0, Some("10.0.3.2"), "eth1"));
    assert_eq!(codes(&facts), [""; 0]);
}

#[test]
fn no_route_to_a_server() {
    let mut facts = lab1(Forward::Nat);
    facts
        .network
        .routes
        .retain(|route| route.destination != ip("10.0.3.0"));
    let lost = |facts: &Facts| {
        let [finding] = examine(facts).try_into().unwrap();
        assert_eq!(finding.code, Code::ServerUnreachable);
        finding.cure
    };
    assert_eq!(lost(&facts), ["ip route replace 10.0.3.0/24 dev eth1"]);
    // Another table leads there, or would if the interface were up.
    let mut other = facts.clone();
    let elsewhere = route(ip("10.0.3.0"), 24, None, "eth1");
    other.network.routes.push(Route {
        table: 100,
        ..elsewhere
    });
    assert_eq!(codes(&other), [""; 0]);
    let mut down = facts.clone();
    for link in &mut down.network.links {
        link.up = link.name != "eth1";
    }
    assert_eq!(codes(&down), ["link-down"]);
    // Far away only a router helps, and which is known where there is but one.
    facts
        .network
        .addresses
        .retain(|address| address.interface != "eth1");
    let service = &mut facts.kernel.as_mut().unwrap().services[0];
    service.dests.truncate(1);
    assert_eq!(lost(&facts), [""; 0]);
    let known = route(ip("192.0.2.0"), 24, Some("10.0.2.2"), "eth0");
    facts.network.routes.push(known.clone());
    assert_eq!(
        lost(&facts),
        ["ip route replace 10.0.3.100/32 via 10.0.2.2"]
    );
    let other = route(ip("198.51.100.0"), 24, Some("10.0.2.3"), "eth0");
    facts.network.routes.push(other);
    assert_eq!(lost(&facts), [""; 0]);
}

#[test]
fn a_mark_that_nobody_sets() {
    let mut facts = lab1(Forward::Nat);
    let text = "virtual web {\nactive = 1\nfwmark = 7\naddress = 10.0.2.100 eth0:0\n\
                server one {\naddress = 10.0.3.100\nactive = 1\n}\n}\n";
    let dest = Dest::new(ip("10.0.3.100"), 0, ForwardMethod::MASQUERADE);
    let marked = Service::new(ServiceKey::firewall_mark(7, ipvs_core::Family::V4));
    facts.kernel.as_mut().unwrap().services = vec![entry(marked, &[dest])];
    assert_eq!(codes(&facts), [""; 0], "nobody can tell");
    facts.firewall = Some(Firewall::default());
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.cure, [""; 0], "nobody says which packets");
    facts.wanted = wanted(text);
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.code, Code::MarkMissing);
    let cure = "nft 'add table ip lvs; add chain ip lvs marking \
        { type filter hook prerouting priority mangle; }; \
        add rule ip lvs marking ip daddr 10.0.2.100 tcp dport 80 meta mark set 7'";
    assert_eq!(finding.cure, [cure]);
}

#[test]
fn a_near_client_that_is_served_needs_no_cure() {
    let mut facts = lab1(Forward::Nat);
    facts.client = Some(ip("10.0.3.20"));
    assert_eq!(codes(&facts), ["client-in-servers-net"]);
    let served = waiting("10.0.3.20", ConnectionState::TIME_WAIT, 100);
    facts.kernel.as_mut().unwrap().connections = vec![served];
    assert_eq!(codes(&facts), [""; 0]);
    facts.client = Some(ip("10.0.2.15"));
    assert_eq!(codes(&facts), [""; 0]);
}

#[test]
fn another_networks_masquerading_is_no_cure() {
    let mut facts = lab1(Forward::Nat);
    facts.client = Some(ip("10.0.3.20"));
    facts.settings.0.insert("net/ipv4/vs/conntrack".into(), 1);
    let mut with = |network: &str| {
        let rules = format!(
            r#"{{"nftables":[{{"chain":{{"family":"ip","table":"nat","name":"post"}}}},
            {{"rule":{{"family":"ip","table":"nat","chain":"post","expr":[
            {{"match":{{"op":"==","left":{{"payload":{{"protocol":"ip","field":"saddr"}}}},
            "right":{{"prefix":{{"addr":"{network}","len":16}}}}}}}},{{"masquerade":null}}]}}}}]}}"#
        );
        facts.firewall = Some(Firewall::read(rules.as_bytes()).unwrap());
        codes(&facts)
    };
    assert_eq!(with("172.17.0.0"), ["client-in-servers-net"]);
    assert_eq!(with("10.0.0.0"), [""; 0]);
}

#[test]
fn a_server_far_away_is_reached_by_a_tunnel_instead() {
    let mut facts = lab1(Forward::Direct);
    facts.network.routes.push(default_route("10.0.2.2"));
    let far = [Dest::new(ip("192.0.2.9"), 80, ForwardMethod::DIRECT_ROUTE)];
    let service = Service::new(ServiceKey::tcp([10, 0, 2, 100], 80));
    facts.kernel.as_mut().unwrap().services = vec![entry(service, &far)];
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.code, Code::ServerBehindRouter);
    let line = "ipvsadm -e -t 10.0.2.100:80 -r 192.0.2.9:80 -i -w 1 --tun-type ipip";
    assert_eq!(finding.cure, [line]);
}

#[test]
fn a_port_that_the_other_method_can_not_change_goes_with_it() {
    let mut facts = lab1(Forward::Direct);
    let dest = Dest::new(ip("10.0.3.100"), 8080, ForwardMethod::MASQUERADE);
    let service = Service::new(ServiceKey::tcp([10, 0, 2, 100], 80));
    facts.kernel.as_mut().unwrap().services = vec![entry(service, &[dest])];
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.code, Code::ForwardDiffers);
    let lines = [
        "ipvsadm -a -t 10.0.2.100:80 -r 10.0.3.100:80 -g -w 1",
        "ipvsadm -d -t 10.0.2.100:80 -r 10.0.3.100:8080",
    ];
    assert_eq!(finding.cure, lines);
    // The file knows better which method, and which port.
    facts.wanted = wanted(
        "network = direct\nvirtual web {\nactive = 1\naddress = 10.0.2.100 eth0:0\nserver one {\n\
         address = 10.0.3.100\nactive = 1\nport = 8080\nforward = nat\n}\n}\n",
    );
    assert_eq!(codes(&facts), [""; 0]);
}

#[test]
fn this_hosts_own_server_is_no_other_host() {
    let mut facts = lab1(Forward::Direct);
    let own = Dest::new(ip("10.0.3.15"), 8080, ForwardMethod::MASQUERADE);
    let service = Service::new(ServiceKey::tcp([10, 0, 2, 100], 80));
    facts.kernel.as_mut().unwrap().services = vec![entry(service, &[own])];
    assert_eq!(codes(&facts), [""; 0]);
}

#[test]
fn ipv6_has_a_forwarding_of_its_own() {
    let mut facts = lab1(Forward::Nat);
    facts.network = host(&[("eth0", "2001:db8::100/64"), ("eth1", "fd00::1/64")]);
    let service = Service::new(ServiceKey::tcp(ip("2001:db8::100"), 80));
    let dest = Dest::new(ip("fd00::2"), 80, ForwardMethod::MASQUERADE);
    facts.kernel.as_mut().unwrap().services = vec![entry(service, &[dest])];
    assert_eq!(codes(&facts), [""; 0]);
    let path = "net/ipv4/ip_forward";
    facts.settings.0.insert(path.into(), 0);
    assert_eq!(codes(&facts), [""; 0], "it translates no IPv4");
    let path = "net/ipv6/conf/all/forwarding";
    facts.settings.0.insert(path.into(), 0);
    let [finding] = examine(&facts).try_into().unwrap();
    assert_eq!(finding.cure, ["sysctl -w net.ipv6.conf.all.forwarding=1"]);
}

#[test]
fn a_scheduler_is_there_unless_somebody_knows_better() {
    let mut facts = lab1(Forward::Nat);
    facts.wanted = wanted(&FILE.replace("syncdaemon = 1", "syncdaemon = 0"));
    facts.kernel.as_mut().unwrap().services.clear();
    let mut with = |installed: Option<&[&str]>, autoload, loaded: &[&str]| {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        facts.modules = Modules {
            loaded: set(loaded),
            installed: installed.map(set),
            autoload,
        };
        codes(&facts)
    };
    assert_eq!(with(None, false, &[]), ["service-missing"]);
    assert_eq!(with(Some(&[]), true, &[]), ["scheduler-missing"]);
    assert_eq!(with(Some(&[]), false, &["ip_vs_rr"]), ["service-missing"]);
    assert_eq!(with(Some(&["ip_vs_rr"]), true, &[]), ["service-missing"]);
    let by_hand = ["scheduler-not-loaded", "service-missing"];
    assert_eq!(with(Some(&["ip_vs_rr"]), false, &[]), by_hand);
}

#[test]
fn failed_servers_of_persistent_clients_are_foreseen() {
    let mut facts = lab1(Forward::Nat);
    let path = "net/ipv4/vs/expire_quiescent_template";
    facts.settings.0.insert(path.into(), 0);
    let text = "virtual web {\nactive = 1\nfwmark = 7\npersistent = 600\nquiesce_server = 1\n}\n";
    facts.wanted = wanted(text);
    let marked = Service::new(ServiceKey::firewall_mark(7, ipvs_core::Family::V4));
    let dest = Dest::new(ip("10.0.3.100"), 0, ForwardMethod::MASQUERADE);
    let marked = entry(marked.with_scheduler(Scheduler::RR), &[dest]);
    facts.kernel.as_mut().unwrap().services.push(marked);
    assert_eq!(codes(&facts), ["quiescent-templates"]);
    facts.settings.0.insert(path.into(), 1);
    assert_eq!(codes(&facts), [""; 0]);
}
