use std::num::NonZeroU8;

use super::*;
use crate::pulse::Role;
use crate::pulse::heartbeat::Beat;

const PARTNER: &str = "10.0.2.51";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn heartbeat() -> Election {
    Election::Heartbeat(heartbeat::Election::new(heartbeat::Settings {
        role: Role::Master,
        keepalive: seconds(2),
        deadtime: seconds(5),
        partner: vec![PARTNER.parse().unwrap()],
        force_active: false,
    }))
}

fn vrrp() -> Election {
    let settings = vrrp::Settings {
        role: Role::Master,
        vrid: NonZeroU8::MIN,
        priority: NonZeroU8::new(200).unwrap(),
        interval: vrrp::Interval::SECOND,
        preempt: true,
        local: "10.0.2.50".parse().unwrap(),
        addresses: vrrp::Addresses::new(["10.0.2.100".parse().unwrap()]).unwrap(),
        checksum: vrrp::Checksum::default(),
    };
    Election::Vrrp(vrrp::Election::new(settings).unwrap())
}

const MONITORED: Settings = Settings {
    monitor_links: true,
    refresh: None,
};

/// A machine that heard nothing for its first five seconds.
fn active(election: Election, settings: Settings) -> Machine {
    let mut machine = Machine::new(election, settings);
    machine.start(Duration::ZERO);
    machine.step(seconds(5), Event::Time);
    assert!(machine.is_active());
    machine
}

fn lines(actions: &[Action]) -> Vec<&str> {
    fn line(action: &Action) -> Option<&str> {
        match action {
            Action::Log(line) => Some(line),
            _ => None,
        }
    }
    actions.iter().filter_map(line).collect()
}

fn link(machine: &mut Machine, now: u64, nic: Nic, up: bool) -> Vec<Action> {
    machine.step(seconds(now), Event::Link { nic, up })
}

#[test]
fn a_lost_link_makes_inactive_until_all_are_back() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = active(election, MONITORED);
        let lost = link(&mut machine, 6, Nic::Primary, false);
        assert_eq!(
            lines(&lost),
            [
                "Primary NIC: link down",
                "Local NIC link failure: Pulse disabled"
            ]
        );
        assert!(lost.contains(&Action::Deactivate));
        assert!(
            lost.iter()
                .any(|action| matches!(action, Action::Send { .. }))
        );
        assert_eq!(link(&mut machine, 6, Nic::Primary, false), []);
        let second = link(&mut machine, 7, Nic::Private, false);
        assert_eq!(lines(&second), ["Private NIC: link down"]);
        machine.step(seconds(30), Event::Time);
        assert!(!machine.is_active(), "no take-over without a link");
        assert_eq!(link(&mut machine, 31, Nic::Private, true), []);
        let restored = link(&mut machine, 32, Nic::Primary, true);
        assert_eq!(
            lines(&restored),
            ["Local NIC link(s) restored: Pulse enabled"]
        );
        assert!(!machine.is_active(), "listens first");
        machine.step(seconds(37), Event::Time);
        assert!(machine.is_active());
    }
}

#[test]
fn a_master_without_a_link_does_not_start_though_the_backup_is_inactive() {
    let mut machine = Machine::new(heartbeat(), MONITORED);
    machine.start(Duration::ZERO);
    link(&mut machine, 1, Nic::Private, false);
    let from = PARTNER.parse().unwrap();
    let bytes = Beat::Stopped.encode();
    let actions = machine.step(
        seconds(2),
        Event::Heartbeat {
            from,
            bytes: &bytes,
        },
    );
    assert_eq!(actions, []);
}

#[test]
fn links_are_nothing_to_one_who_does_not_monitor() {
    let mut machine = active(heartbeat(), Settings::default());
    assert_eq!(link(&mut machine, 6, Nic::Primary, false), []);
    assert!(machine.is_active());
}

#[test]
fn a_signal_ends_it_for_good() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = active(election, MONITORED);
        let actions = machine.step(seconds(6), Event::Terminate(15));
        assert_eq!(lines(&actions), ["Terminating due to signal 15"]);
        assert!(actions.contains(&Action::Deactivate));
        assert_eq!(actions.last(), Some(&Action::Exit));
        assert_eq!(machine.deadline(), None);
        assert_eq!(machine.step(seconds(60), Event::Time), []);
        assert_eq!(link(&mut machine, 61, Nic::Primary, true), []);
    }
}

#[test]
fn hangup_goes_to_lvsd() {
    let mut machine = active(heartbeat(), MONITORED);
    let actions = machine.step(seconds(6), Event::Hangup);
    assert_eq!(actions, [Action::Reload]);
}

#[test]
fn addresses_are_announced_again_while_active() {
    for election in [heartbeat(), vrrp()] {
        let refresh = Some(seconds(60));
        let mut machine = Machine::new(
            election,
            Settings {
                refresh,
                ..MONITORED
            },
        );
        machine.start(Duration::ZERO);
        let mut announced = Vec::new();
        while let Some(now) = machine.deadline().filter(|now| *now < seconds(200)) {
            let actions = machine.step(now, Event::Time);
            announced.extend(announces(&actions).then_some(now));
        }
        let first = announced[0];
        assert_eq!(announced.len(), 4);
        assert!(first <= seconds(5));
        for (announced, count) in announced.iter().zip(0..) {
            assert_eq!(*announced, first + count * seconds(60));
        }
        machine.step(seconds(200), Event::Terminate(2));
        assert_eq!(machine.deadline(), None);
    }
}

#[test]
fn what_belongs_to_the_other_way_is_not_listened_to() {
    let from = PARTNER.parse().unwrap();
    let to = vrrp::group(from);
    let header = vrrp::Header {
        from,
        to,
        hop_limit: 255,
    };
    let mut machine = active(heartbeat(), MONITORED);
    let advertisement = Event::Advertisement {
        header,
        bytes: b"?",
    };
    assert_eq!(machine.step(seconds(6), advertisement), []);
    let mut machine = active(vrrp(), MONITORED);
    let beat = Event::Heartbeat { from, bytes: b"?" };
    assert_eq!(machine.step(seconds(6), beat), []);
}
