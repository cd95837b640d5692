//! A node of ours with Debian's keepalived as the partner.

use rustix::process::Signal;

use super::lab::{Lab, Node};
use crate::harness::{Test, tests};
use crate::program::Program;
use crate::site::{Site, until};

const VIP: &str = "10.0.2.100";
const SIX: &str = "fd00::64";

pub fn tests() -> Vec<Test> {
    tests![
        it_is_master_and_we_stand_in,
        we_are_master_and_it_stands_in,
        we_do_not_preempt_when_told_not_to,
        over_ipv6_either_stands_in,
    ]
}

/// keepalived as a router of a priority that speaks for an address, every second unless
/// `more` says otherwise.
fn keepalived(node: &Node, priority: u8, more: &str, address: &str) -> Program {
    let config = format!(
        "global_defs {{ vrrp_version 3 }}
vrrp_instance cluster {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority {priority}
    {more}
    virtual_ipaddress {{ {address} dev eth0 }}
}}\n"
    );
    let file = node.file("keepalived.conf", &config);
    let pids = ["keepalived.pid", "vrrp.pid"].map(|name| {
        let path = node.run.path().join(name);
        path.to_str().unwrap().to_owned()
    });
    let words = [
        "-n", "-l", "-P", "-f", &file, "-p", &pids[0], "-r", &pids[1],
    ];
    node.start("keepalived", &words)
}

/// lvs.cf of a router that speaks for an address.
fn router(priority: u8, more: &str, address: &str, mask: &str) -> String {
    format!(
        "vrrp_id = 51
vrrp_priority = {priority}
{more}primary = 10.0.2.50
backup = 10.0.2.51
virtual web {{
    active = 1
    address = {address} eth0
    vip_nmask = {mask}
    port = 80
}}\n"
    )
}

fn it_is_master_and_we_stand_in(_: &Site) {
    let lab = Lab::new();
    let mut partner = keepalived(&lab.backup, 200, "", "10.0.2.100/24");
    until("keepalived serves", || lab.backup.has(VIP));
    let pulse = lab.master.pulse(&router(100, "", VIP, "255.255.255.0"));
    pulse.says("STARTING PULSE AS MASTER");
    // Long enough for three of its advertisements to be missed.
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert!(!lab.master.is_active() && lab.backup.has(VIP));
    partner.signal(Signal::TERM);
    pulse.says("partner inactive: activating lvs");
    until("we serve", || lab.master.has(VIP));
    partner.end();
    assert!(!lab.backup.has(VIP));
    let partner = keepalived(&lab.backup, 200, "", "10.0.2.100/24");
    pulse.says("partner active: deactivating LVS");
    until("it has it back", || {
        lab.backup.has(VIP) && !lab.master.has(VIP)
    });
    // It dies with its child, and leaves the address.
    let killed = format!(
        "kill -9 $(cat {0}/vrrp.pid {0}/keepalived.pid)",
        lab.backup.run.path().display()
    );
    lab.backup.sh(&killed);
    pulse.says("partner dead: activating lvs");
    until("we serve again", || lab.master.has(VIP));
    assert!(!pulse.log().iter().any(|line| line.contains("ignored")));
    drop(partner);
}

fn we_are_master_and_it_stands_in(_: &Site) {
    let lab = Lab::new();
    let config = router(200, "", VIP, "255.255.255.0");
    let mut pulse = lab.master.pulse(&config);
    pulse.says("partner dead: activating lvs");
    until("we serve", || lab.master.has(VIP));
    let partner = keepalived(&lab.backup, 100, "", "10.0.2.100/24");
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert!(!lab.backup.has(VIP), "it believes us");
    pulse.signal(Signal::TERM);
    assert!(pulse.end().success());
    assert!(!lab.master.has(VIP));
    until("keepalived serves", || lab.backup.has(VIP));
    let pulse = lab.master.pulse(&config);
    pulse.says("partner of lower priority: activating lvs");
    until("we have it back", || {
        lab.master.has(VIP) && !lab.backup.has(VIP)
    });
    // Killed, it leaves the address; keepalived takes over for want of advertisements.
    drop(pulse);
    until("keepalived serves again", || lab.backup.has(VIP));
    // It listens for so long, however slow the machine, before it believes to be alone.
    let patient = router(200, "vrrp_interval = 400\n", VIP, "255.255.255.0");
    let pulse = lab.master.pulse(&patient);
    pulse.says("partner active: deactivating LVS");
    pulse.says("partner of lower priority: activating lvs");
    until("one serves", || lab.master.has(VIP) && !lab.backup.has(VIP));
    drop(partner);
}

fn we_do_not_preempt_when_told_not_to(_: &Site) {
    let lab = Lab::new();
    // So slow that a machine which stands still for seconds makes nobody take over.
    let its = "nopreempt\n    advert_int 5";
    let ours = "vrrp_preempt = 0\nvrrp_interval = 500\n";
    let longer_than_three = std::time::Duration::from_secs(20);
    let mut partner = keepalived(&lab.backup, 100, its, "10.0.2.100/24");
    until("keepalived serves", || lab.backup.has(VIP));
    let pulse = lab.master.pulse(&router(200, ours, VIP, "255.255.255.0"));
    pulse.says("STARTING PULSE AS MASTER");
    std::thread::sleep(longer_than_three);
    assert!(!lab.master.is_active() && lab.backup.has(VIP));
    partner.signal(Signal::TERM);
    pulse.says("partner inactive: activating lvs");
    until("we serve", || lab.master.has(VIP));
    partner.end();
    // Nor does it, when its priority is the higher one.
    let partner = keepalived(&lab.backup, 250, its, "10.0.2.100/24");
    std::thread::sleep(longer_than_three);
    assert!(lab.master.is_active() && !lab.backup.has(VIP));
    drop(partner);
}

fn over_ipv6_either_stands_in(_: &Site) {
    let lab = Lab::new();
    let six = "fd00::64/64";
    let mut partner = keepalived(&lab.backup, 200, "", six);
    until("keepalived serves", || lab.backup.has(SIX));
    let config = router(100, "", SIX, "64");
    let pulse = lab.master.pulse(&config);
    pulse.says("STARTING PULSE AS MASTER");
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert!(!lab.master.is_active());
    partner.signal(Signal::TERM);
    pulse.says("partner inactive: activating lvs");
    until("we serve", || lab.master.has(SIX));
    partner.end();
    let partner = keepalived(&lab.backup, 50, "", six);
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert!(!lab.backup.has(SIX), "it believes us");
    pulse.signal(Signal::TERM);
    until("keepalived serves again", || {
        lab.backup.has(SIX) && !lab.master.has(SIX)
    });
    drop(partner);
}
