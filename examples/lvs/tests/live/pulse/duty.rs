//! What a node does because it serves, or because it does not, and in which order.

use rustix::process::Signal;

use super::ear::{Ear, announces};
use super::lab::{LVS, Lab, Node};
use crate::harness::{Test, tests};
use crate::program::Program;
use crate::site::{Site, until};

const VIP: &str = "10.0.2.100";

pub fn tests() -> Vec<Test> {
    tests![
        an_owner_of_its_addresses_serves,
        addresses_come_behind_the_services_and_go_before_them,
        addresses_that_are_not_here_yet_are_not_announced,
        addresses_go_though_nothing_can_be_remembered,
        who_stands_by_rests_while_a_link_is_down,
        a_pulse_that_came_back_loses_nothing_before_it_knows,
    ]
}

/// Starts pulse with the real lvsd.
fn start(node: &Node, config: &str, more: &[&str]) -> Program {
    let config = node.file("lvs.cf", config);
    let words = [&["pulse", "-n", "-c", &config], more].concat();
    node.start(LVS, &words)
}

fn an_owner_of_its_addresses_serves(_: &Site) {
    let lab = Lab::new();
    let owner = lab.config("vrrp_id = 51\nvrrp_priority = 255\n");
    let pulse = lab.master.pulse(&owner);
    pulse.says("owner of the addresses: activating lvs");
    until("it serves", || {
        lab.master.has(VIP) && lab.master.is_active()
    });
    pulse.says("gratuitous lvs arps finished");
    assert!(!pulse.said("lvsd: ends"));
}

fn addresses_come_behind_the_services_and_go_before_them(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let pulse = start(node, &lab.config(""), &["--forceactive"]);
    until("the address", || node.has(VIP));
    if node.services() != 1 {
        // On a very slow machine.
        pulse.says("lvsd has no services yet: the addresses wait no longer");
    }
    until("the service", || node.services() == 1);
    pulse.signal(Signal::TERM);
    until("the services go", || node.services() == 0);
    assert!(!node.has(VIP), "the address went before");
}

fn addresses_that_are_not_here_yet_are_not_announced(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let ear = Ear::new(&lab.wire());
    let config = node.file("lvs.cf", &lab.config(""));
    let lvsd = node.stub();
    let words = ["pulse", "-n", "-c", &config, "--forceactive"];
    // This lvsd never answers, so the address waits; a link that comes back is a reason
    // to announce it.
    let pulse = node.start(LVS, &[&words[..], &["--lvsd", &lvsd]].concat());
    pulse.says("forced active: activating lvs");
    node.cable("eth0", "down");
    node.cable("eth0", "up");
    let announced = announces(node.mac(), [10, 0, 2, 100]);
    until("the address", || {
        let heard = ear.count(&announced);
        let here = node.has(VIP);
        assert!(here || heard == 0, "announced before it was here");
        here
    });
    until("it is announced", || ear.count(&announced) >= 5);
}

fn addresses_go_though_nothing_can_be_remembered(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    // What is written first is in the way.
    std::fs::create_dir(node.run.path().join("pulse.new")).unwrap();
    let mut pulse = node.pulse(&lab.config(""));
    until("the address", || node.has(VIP));
    let told = |line: &String| line.contains("cannot remember the addresses in ");
    until("it tells", || pulse.log().iter().any(told));
    pulse.signal(Signal::TERM);
    assert!(pulse.end().success());
    assert!(!node.has(VIP));
}

fn who_stands_by_rests_while_a_link_is_down(_: &Site) {
    let lab = Lab::new();
    let node = &lab.backup;
    let config = lab
        .config("hot_standby = 1\nmonitor_links = 1\n")
        .replace("deadtime = 4", "deadtime = 600");
    let pulse = start(node, &config, &[]);
    until("it stands by", || node.services() == 1);
    node.cable("eth1", "down");
    pulse.says("Local NIC link failure: Pulse disabled");
    until("it rests", || node.services() == 0 && node.lvsd().is_none());
    node.cable("eth1", "up");
    until("it stands by again", || node.services() == 1);
    assert!(!node.has(VIP));
}

fn a_pulse_that_came_back_loses_nothing_before_it_knows(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    // A time of doubt that outlasts the test.
    let config = lab
        .config("inactive_cmd = 'touch $LVS_RUN_DIR/left'\n")
        .replace("keepalive = 1", "keepalive = 60")
        .replace("deadtime = 4", "deadtime = 600");
    let first = start(node, &config, &["--forceactive"]);
    until("it serves", || {
        node.has(VIP) && node.lvsd_itself().is_some()
    });
    let lvsd = node.lvsd_itself();
    drop(first);
    let mut pulse = start(node, &config, &[]);
    pulse.says(&format!("lvsd runs already as pid {}", lvsd.unwrap()));
    pulse.signal(Signal::HUP);
    pulse.says("lvs.cf read again");
    assert!(node.has(VIP));
    until("pulse knows it", || node.lvsd() == lvsd);
    assert_eq!(node.services(), 1);
    node.sh(&format!("kill -9 {}", lvsd.unwrap()));
    until("another lvsd", || {
        node.lvsd_itself().is_some_and(|pid| Some(pid) != lvsd)
    });
    assert!(node.has(VIP) && node.services() == 1);
    assert!(
        !pulse.said("still active: resuming lvs"),
        "it does not know"
    );
    pulse.signal(Signal::TERM);
    assert!(pulse.end().success());
    assert!(!node.has(VIP));
    let left = node.run.path().join("left");
    until("inactive_cmd", || left.exists());
}
