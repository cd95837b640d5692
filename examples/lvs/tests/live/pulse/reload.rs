//! What a new lvs.cf changes while pulse runs.

use std::net::UdpSocket;

use rustix::process::Signal;

use super::ear::{Ear, beats};
use super::lab::{LVS, Lab, begins};
use crate::harness::{Test, tests};
use crate::site::{Site, until};

const VIP: &str = "10.0.2.100";
const STOPPED: &str = "bd da bd ad";

pub fn tests() -> Vec<Test> {
    tests![
        the_addresses_change,
        what_is_refused_is_told_and_changes_nothing,
        a_port_that_another_has_leaves_the_old_one,
        another_election_goes_on_at_once,
        standing_by_begins,
    ]
}

fn the_addresses_change(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let pulse = node.pulse(&lab.config(""));
    until("it serves", || node.has(VIP) && node.has("10.0.3.200"));
    node.file("lvs.cf", &lab.config("").replace(VIP, "10.0.2.101"));
    pulse.signal(Signal::HUP);
    pulse.says("lvsd: reads again");
    until("the new one is there", || {
        node.has("10.0.2.101") && !node.has(VIP)
    });
    assert!(node.has("10.0.3.200"));
}

fn what_is_refused_is_told_and_changes_nothing(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let config = lab.config("");
    let pulse = node.pulse(&config);
    until("it serves", || node.has(VIP));
    assert_eq!(node.refused(), None);
    let mistakes = [
        ("keepalife = 7\n".to_owned(), "did you mean keepalive?"),
        (
            config.replace("primary = 10.0.2.50", "primary = 10.0.2.77"),
            "neither primary (10.0.2.77) nor backup (10.0.2.51) is an address of this host",
        ),
        (
            format!("vrrp_id = 51\nvrrp_interface = eth7\n{config}"),
            "no interface eth7",
        ),
        (
            format!("service = fos\n{config}"),
            "service is another one, which needs a restart",
        ),
    ];
    for (mistake, why) in mistakes {
        node.file("lvs.cf", &mistake);
        pulse.signal(Signal::HUP);
        until(why, || {
            node.refused().is_some_and(|refused| refused.contains(why))
        });
        assert!(node.has(VIP) && node.is_active());
    }
    node.file("lvs.cf", &config);
    pulse.signal(Signal::HUP);
    until("nothing is refused", || node.refused().is_none());
}

fn a_port_that_another_has_leaves_the_old_one(_: &Site) {
    let lab = Lab::new();
    let node = &lab.backup;
    // It says STOPPED every second, and nothing else happens.
    let config = lab.config("").replace("deadtime = 4", "deadtime = 600");
    let pulse = node.pulse(&config);
    pulse.says("STARTING PULSE AS BACKUP");
    let taken = ("10.0.3.16", 541);
    let _other = node.inside(move || UdpSocket::bind(taken)).unwrap();
    let ear = Ear::new(&lab.wire());
    // The first path can be had again, once it was given up; the second one never.
    node.file("lvs.cf", &format!("heartbeat_port = 541\n{config}"));
    pulse.signal(Signal::HUP);
    until("it is refused", || {
        node.refused()
            .is_some_and(|refused| refused.contains("heartbeat at 10.0.3.16, port 541"))
    });
    let before = ear.count(beats([10, 0, 3, 16], STOPPED));
    until("it speaks as before", || {
        ear.count(beats([10, 0, 3, 16], STOPPED)) > before + 4
    });
}

fn another_election_goes_on_at_once(_: &Site) {
    let lab = Lab::new();
    let node = &lab.master;
    let config = lab.config("active_cmd = 'echo active >> $LVS_RUN_DIR/actives'\n");
    let mut pulse = node.pulse(&config);
    begins(&pulse);
    let backup = lab.backup.pulse(&lab.config(""));
    backup.says("STARTING PULSE AS BACKUP");
    until("it serves", || node.has(VIP));
    let since = backup.log().len();
    node.file("lvs.cf", &config.replace("deadtime = 4", "deadtime = 600"));
    pulse.signal(Signal::HUP);
    pulse.says("still active: resuming lvs");
    pulse.says("lvs.cf read again");
    assert!(node.has(VIP) && node.is_active());
    pulse.signal(Signal::TERM);
    assert!(pulse.end().success());
    let actives = std::fs::read_to_string(node.run.path().join("actives")).unwrap();
    assert_eq!(actives, "active\n");
    let took_over = |line: &String| line.ends_with("partner dead: activating lvs");
    assert!(!backup.log()[since..].iter().any(took_over));
}

fn standing_by_begins(_: &Site) {
    let lab = Lab::new();
    let node = &lab.backup;
    let config = lab.config("").replace("deadtime = 4", "deadtime = 600");
    let file = node.file("lvs.cf", &config);
    let pulse = node.start(LVS, &["pulse", "-n", "-c", &file]);
    pulse.says("STARTING PULSE AS BACKUP");
    node.file("lvs.cf", &format!("hot_standby = 1\n{config}"));
    pulse.signal(Signal::HUP);
    until("lvsd stands by", || node.services() == 1);
    let died = |line: &String| line.contains("lvsd ended");
    assert!(!pulse.log().iter().any(died));
}
