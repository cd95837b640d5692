//! Nodes that agree by the original's heartbeat.

use ipvs_core::DaemonRole;
use rustix::process::Signal;

use super::ear::{Ear, announces, beats, hex};
use super::lab::{LVS, Lab, Node, begins};
use crate::harness::{Test, tests};
use crate::program::Program;
use crate::site::{Site, until};

const RUNNING: &str = "da db ad bd";
const STOPPED: &str = "bd da bd ad";
const VIP: &str = "10.0.2.100";
const GATEWAY: &str = "10.0.3.200";

pub fn tests() -> Vec<Test> {
    tests![
        a_node_alone_starts_as_the_document_shows,
        a_lost_partner_is_replaced_and_a_split_brain_heals,
        a_clean_stop_hands_over_and_leaves_nothing,
        a_pulled_cable_hands_over,
        the_sync_daemon_follows,
        a_killed_pulse_goes_on_where_it_was,
        a_killed_pulse_takes_over_the_lvsd_that_runs,
        a_killed_pulse_gives_way_to_a_partner_that_took_over,
        a_director_that_stands_by_needs_its_addresses_alone,
        an_lvsd_that_keeps_dying_hands_over,
        neighbours_hear_of_ipv6_addresses,
    ]
}

/// Both nodes run, the master serves.
fn both(lab: &Lab, more: &str) -> (Program, Program) {
    let config = lab.config(more);
    let master = lab.master.pulse(&config);
    begins(&master);
    let backup = lab.backup.pulse(&config);
    until("the master has the address", || lab.master.has(VIP));
    until("it has the gateway", || lab.master.has(GATEWAY));
    (master, backup)
}

fn a_node_alone_starts_as_the_document_shows(_: &Site) {
    let lab = Lab::new();
    let ear = Ear::new(&lab.wire());
    let master = lab.master.pulse(&lab.config(""));
    master.says("gratuitous lvs arps finished");
    let lines: Vec<String> = master.log();
    let of_pulse = lines.iter().filter(|line| line.starts_with("pulse["));
    let said: Vec<&str> = of_pulse
        .filter_map(|line| line.split_once(": "))
        .map(|(_, said)| said)
        .collect();
    let expected = [
        "STARTING PULSE AS MASTER",
        "partner dead: activating lvs",
        // What runs here for lvsd answers nobody.
        "lvsd has no services yet: the addresses wait no longer",
        "gratuitous lvs arps finished",
    ];
    assert_eq!(said, expected);
    let config = lab.master.run.path().join("lvs.cf");
    assert!(master.said(&format!("lvsd: --nofork -c {}", config.display())));
    let addresses = lab.master.sh("ip -o address show");
    assert!(addresses.contains("10.0.2.100/24 brd 10.0.2.255 scope global secondary eth0:0"));
    assert!(addresses.contains("10.0.3.200/24 brd 10.0.3.255 scope global secondary eth1:0"));
    // Each is heard on the wire twice, going into the switch and being in it.
    assert!(ear.count(announces(lab.master.mac(), [10, 0, 2, 100])) >= 5);
    assert!(ear.count(beats([10, 0, 2, 50], STOPPED)) >= 3);
    assert!(ear.count(beats([10, 0, 3, 15], RUNNING)) >= 3);
    assert!(lab.master.is_active());
}

fn a_lost_partner_is_replaced_and_a_split_brain_heals(_: &Site) {
    let lab = Lab::new();
    let (master, backup) = both(&lab, "");
    // Or the backup's start was slow.
    let reasons = ["backup inactive", "partner dead"].map(|why| format!("{why}: activating lvs"));
    until("the master tells why it serves", || {
        reasons.iter().any(|line| master.said(line))
    });
    assert!(!lab.backup.has(VIP));
    lab.master.isolate(true);
    backup.says("partner dead: activating lvs");
    until("the backup serves", || {
        lab.backup.has(VIP) && lab.backup.has(GATEWAY)
    });
    backup.says("gratuitous lvs arps finished");
    assert!(lab.master.has(VIP), "the master can't know");
    let ear = Ear::new(&lab.wire());
    lab.master.isolate(false);
    backup.says("partner active: deactivating LVS");
    // What it hears first of the backup depends on who answers ARP first.
    let resends = ["partner active", "partner heard after a silence"];
    until("the master tells that it announces itself again", || {
        let mut lines = resends.iter().map(|why| format!("{why}: resending arps"));
        lines.any(|line| master.said(&line))
    });
    until("one serves", || {
        !lab.backup.has(VIP) && !lab.backup.has(GATEWAY)
    });
    assert!(lab.master.has(VIP) && lab.master.has(GATEWAY));
    backup.says("lvsd: ends");
    let announced = announces(lab.master.mac(), [10, 0, 2, 100]);
    until("the master announces itself again", || {
        ear.count(&announced) >= 5
    });
}

fn a_clean_stop_hands_over_and_leaves_nothing(_: &Site) {
    let lab = Lab::new();
    let (mut master, backup) = both(&lab, "");
    master.signal(Signal::TERM);
    assert!(master.end().success());
    master.says("Terminating due to signal 15");
    master.says("lvsd: ends");
    assert!(!lab.master.has(VIP) && !lab.master.has(GATEWAY));
    backup.says("primary inactive: activating lvs");
    until("the backup serves", || {
        lab.backup.has(VIP) && lab.backup.has(GATEWAY)
    });
    assert!(!lab.master.run.path().join("pulse.addresses").exists());
    let status = lab.master.lvs(&["pulse", "status"]);
    assert_eq!(status.status.code(), Some(3));
}

fn a_pulled_cable_hands_over(_: &Site) {
    let lab = Lab::new();
    let (master, backup) = both(&lab, "monitor_links = 1\n");
    lab.master.cable("eth1", "down");
    master.says("Private NIC: link down");
    master.says("Local NIC link failure: Pulse disabled");
    until("the master gives up", || {
        !lab.master.has(VIP) && !lab.master.has(GATEWAY)
    });
    backup.says("primary inactive: activating lvs");
    until("the backup serves", || lab.backup.has(VIP));
    lab.master.cable("eth1", "up");
    master.says("Local NIC link(s) restored: Pulse enabled");
    assert!(!lab.master.has(VIP), "the backup serves well");
}

fn the_sync_daemon_follows(_: &Site) {
    let lab = Lab::new();
    let sync = "syncdaemon = 1\nsyncd_iface = eth1\nsyncd_id = 7\n";
    let (mut master, _backup) = both(&lab, sync);
    until("the roles", || {
        lab.master.daemons() == [(DaemonRole::Master, 7)]
            && lab.backup.daemons() == [(DaemonRole::Backup, 7)]
    });
    master.signal(Signal::TERM);
    assert!(master.end().success());
    assert_eq!(lab.master.daemons(), []);
    until("the other way round", || {
        lab.backup.daemons() == [(DaemonRole::Master, 7)]
    });
}

fn a_killed_pulse_goes_on_where_it_was(_: &Site) {
    let lab = Lab::new();
    // A long deadtime: the machine may be slow.
    let config = lab.config("").replace("deadtime = 4", "deadtime = 20");
    let master = lab.master.pulse(&config);
    let backup = lab.backup.pulse(&config);
    until("the master serves", || {
        lab.master.has(GATEWAY) && lab.master.has(VIP)
    });
    drop(master);
    assert!(lab.master.has(VIP));
    let master = lab.master.pulse(&config);
    master.says("still active: resuming lvs");
    until("it says so", || lab.master.is_active());
    assert!(lab.master.has(VIP) && lab.master.has(GATEWAY));
    assert!(!backup.said("partner dead: activating lvs"));
    assert!(!backup.said("primary inactive: activating lvs"));
}

fn a_killed_pulse_takes_over_the_lvsd_that_runs(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let config = lab
        .config("")
        .replace("backup_active = 1", "backup_active = 0");
    let config = node.file("lvs.cf", &config);
    let pulse = node.start(LVS, &["pulse", "-n", "-c", &config]);
    pulse.says("starting virtual service LVS_NAT active: 80");
    pulse.says("gratuitous lvs arps finished");
    let lvsd = node.lvsd().unwrap();
    drop(pulse);
    assert_eq!(node.services(), 1, "the kernel serves on");
    let pulse = node.start(LVS, &["pulse", "-n", "-c", &config]);
    pulse.says("still active: resuming lvs");
    pulse.says(&format!("lvsd runs already as pid {lvsd}"));
    until("pulse knows it", || node.lvsd() == Some(lvsd));
    assert_eq!(node.services(), 1);
    // One that dies is started again, and takes over what it left.
    node.sh(&format!("kill -9 {lvsd}"));
    until("another one answers", || {
        node.lvsd_itself().is_some_and(|pid| pid != lvsd)
    });
    assert_eq!(node.services(), 1);
    pulse.signal(Signal::TERM);
    until("nothing is left", || node.services() == 0 && !node.has(VIP));
}

fn a_killed_pulse_gives_way_to_a_partner_that_took_over(_: &Site) {
    let lab = Lab::new();
    let more = "inactive_cmd = 'touch $LVS_RUN_DIR/left'\n";
    let (master, backup) = both(&lab, more);
    drop(master);
    backup.says("partner dead: activating lvs");
    until("the backup serves", || lab.backup.has(VIP));
    assert!(lab.master.has(VIP), "what a dead pulse left");
    let left = lab.master.run.path().join("left");
    assert!(!left.exists());
    // It listens to its partner for as long as a slow machine needs to let it hear it.
    let patient = lab
        .config(more)
        .replace("keepalive = 1", "keepalive = 20")
        .replace("deadtime = 4", "deadtime = 60");
    let master = lab.master.pulse(&patient);
    master.says("partner active: deactivating LVS");
    until("it gives way", || {
        !lab.master.has(VIP) && !lab.master.has(GATEWAY)
    });
    // Its addresses go before it says that it is idle.
    until("it says so", || !lab.master.is_active());
    assert!(lab.backup.has(VIP));
    until("inactive_cmd", || left.exists());
}

fn a_director_that_stands_by_needs_its_addresses_alone(_: &Site) {
    let lab = Lab::new();
    let start = |node: &Node| {
        let config = node.file("lvs.cf", &lab.config("hot_standby = 1\n"));
        node.start(LVS, &["pulse", "-n", "-c", &config])
    };
    let master = start(&lab.master);
    begins(&master);
    let backup = start(&lab.backup);
    until("the master serves", || lab.master.has(VIP));
    let waits = || !lab.backup.has(VIP) && lab.backup.services() == 1;
    until("the backup has the services and no address", waits);
    let lvsd = lab.backup.lvsd_itself();
    lab.master.isolate(true);
    until("the backup has the address", || lab.backup.has(VIP));
    lab.master.isolate(false);
    until("it gives the address back", || !lab.backup.has(VIP));
    assert_eq!((lab.backup.lvsd_itself(), waits()), (lvsd, true));
    let log = backup.log();
    assert!(!log.iter().any(|line| line.contains("Terminating")));
    backup.signal(Signal::TERM);
    until("nothing is left", || lab.backup.services() == 0);
    until("not even lvsd", || lab.backup.lvsd_itself().is_none());
}

fn an_lvsd_that_keeps_dying_hands_over(_: &Site) {
    let lab = Lab::new();
    let config = lab.config("");
    let file = lab.master.file("lvs.cf", &config);
    let words = ["pulse", "-n", "-c", &file, "--lvsd", "/bin/false"];
    let master = lab.master.start(LVS, &words);
    begins(&master);
    let backup = lab.backup.pulse(&config);
    master.says("lvsd ended: exit status: 1; starting it again");
    master.says("lvsd keeps ending: leaving the services to the partner");
    backup.says("primary inactive: activating lvs");
    until("one serves", || lab.backup.has(VIP) && !lab.master.has(VIP));
}

fn neighbours_hear_of_ipv6_addresses(_: &Site) {
    let lab = Lab::new();
    let ear = Ear::new(&lab.wire());
    let six = lab
        .config("")
        .replace("10.0.2.100 eth0:0", "fd00::64 eth0")
        .replace("vip_nmask = 255.255.255.0", "vip_nmask = 64");
    let _master = lab.master.pulse(&six);
    until("the address", || lab.master.has("fd00::64"));
    let mac = lab.master.mac();
    let address = hex("fd000000000000000000000000000064");
    let advertises = |frame: &[u8]| {
        frame.len() == 86
            && frame[..6] == [0x33, 0x33, 0, 0, 0, 1]
            && frame[6..12] == mac[..]
            && frame[20..22] == [58, 255]
            && frame[22..38] == address[..]
            && frame[54..56] == [136, 0]
            && frame[58] == 0xa0
            && frame[62..78] == address[..]
            && frame[80..86] == mac[..]
    };
    until("the advertisements", || ear.count(advertises) >= 5);
}
