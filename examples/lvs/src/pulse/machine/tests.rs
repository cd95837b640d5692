use std::num::NonZeroU8;

use super::*;
use crate::pulse::Role;
use crate::pulse::heartbeat::Beat;

const PARTNER: &str = "10.0.2.51";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn heartbeat() -> Election {
    Election::Heartbeat(heartbeat::Election::new(heartbeat::Settings {
        role: Role::Master,
        keepalive: seconds(2),
        deadtime: seconds(5),
        partner: vec![PARTNER.parse().unwrap()],
    }))
}

fn vrrp() -> Election {
    router(200)
}

fn router(priority: u8) -> Election {
    let settings = vrrp::Settings {
        role: Role::Master,
        vrid: NonZeroU8::MIN,
        priority: NonZeroU8::new(priority).unwrap(),
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
fn a_node_whose_lvsd_keeps_dying_leaves_it_to_the_partner() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = active(election, MONITORED);
        let unfit = machine.step(seconds(6), Event::Fit(false));
        assert!(unfit.contains(&Action::Deactivate));
        assert_eq!(machine.step(seconds(7), Event::Fit(false)), []);
        link(&mut machine, 8, Nic::Primary, false);
        link(&mut machine, 9, Nic::Primary, true);
        machine.step(seconds(30), Event::Time);
        assert!(!machine.is_active(), "a link is not all it lacks");
        machine.step(seconds(31), Event::Fit(true));
        machine.step(seconds(36), Event::Time);
        assert!(machine.is_active());
    }
}

#[test]
fn forced_active_at_the_start() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = Machine::new(election, MONITORED);
        machine.start(Duration::ZERO);
        let forced = machine.force(Duration::ZERO);
        assert_eq!(lines(&forced), ["forced active: activating lvs"]);
        assert_eq!(forced.last(), Some(&Action::Activate));
        assert_eq!(machine.force(Duration::ZERO), []);
    }
}

/// A heartbeat and an advertisement of the partner: whichever counts.
fn words(running: bool) -> [Vec<u8>; 2] {
    let beat = if running {
        Beat::Running
    } else {
        Beat::Stopped
    };
    let advertisement = vrrp::Advertisement {
        vrid: NonZeroU8::MIN,
        priority: if running { 100 } else { 0 },
        interval: vrrp::Interval::SECOND,
        addresses: vrrp::Addresses::new(["10.0.2.100".parse().unwrap()]).unwrap(),
    };
    let from = PARTNER.parse().unwrap();
    let packet = advertisement.encode(from, vrrp::group(from), vrrp::Checksum::default());
    [beat.encode().to_vec(), packet]
}

fn hear(machine: &mut Machine, at: Duration, running: bool) -> Vec<Action> {
    let from = PARTNER.parse().unwrap();
    let [beat, packet] = words(running);
    let bytes = &beat;
    let heard = machine.step(at, Event::Heartbeat { from, bytes });
    let to = vrrp::group(from);
    let header = vrrp::Header {
        from,
        to,
        hop_limit: 255,
    };
    let bytes = &packet;
    [
        heard,
        machine.step(at, Event::Advertisement { header, bytes }),
    ]
    .concat()
}

fn found(election: Election) -> Machine {
    let mut machine = Machine::new(election, MONITORED);
    machine.resume(Duration::ZERO);
    assert!(machine.is_active());
    machine
}

#[test]
fn who_comes_back_goes_on_when_the_partner_did_not_take_over() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = found(election);
        let heard = hear(&mut machine, millis(500), false);
        assert!(heard.contains(&Action::Activate));
        assert_eq!(
            lines(&heard),
            ["STARTING PULSE AS MASTER", "still active: resuming lvs"]
        );
    }
    for (election, patience) in [(heartbeat(), 2500), (vrrp(), 1250)] {
        let mut machine = found(election);
        assert_eq!(machine.deadline(), Some(millis(patience)));
        assert_eq!(machine.step(millis(patience - 1), Event::Time), []);
        let silence = machine.step(millis(patience), Event::Time);
        assert!(silence.contains(&Action::Activate));
        assert!(machine.is_active());
    }
}

#[test]
fn who_comes_back_gives_way_when_the_partner_took_over() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = found(election);
        let heard = hear(&mut machine, millis(500), true);
        assert_eq!(heard.last(), Some(&Action::Deactivate));
        assert!(!machine.is_active());
    }
}

#[test]
fn an_owner_that_comes_back_gives_way_to_nobody() {
    let mut machine = found(router(255));
    let heard = hear(&mut machine, millis(500), true);
    assert!(heard.contains(&Action::Activate));
    assert!(!heard.contains(&Action::Deactivate));
    assert!(machine.is_active());
}

#[test]
fn who_has_served_up_to_now_goes_on_at_once() {
    for (election, line) in [
        (heartbeat(), "still active: resuming lvs"),
        (router(255), "owner of the addresses: activating lvs"),
    ] {
        let mut machine = Machine::new(election, MONITORED);
        let actions = machine.go_on(seconds(7));
        assert_eq!(lines(&actions), ["STARTING PULSE AS MASTER", line]);
        let sends = |action: &Action| matches!(action, Action::Send { .. });
        assert!(actions.iter().any(sends), "no silence");
        let activations = actions.iter().filter(|it| **it == Action::Activate);
        assert_eq!(activations.count(), 1);
        assert!(machine.is_active());
    }
}

#[test]
fn it_is_whole_while_it_has_its_links_and_an_lvsd_that_lives() {
    let mut machine = active(heartbeat(), MONITORED);
    assert!(machine.is_whole());
    link(&mut machine, 6, Nic::Private, false);
    machine.step(seconds(7), Event::Fit(false));
    link(&mut machine, 8, Nic::Private, true);
    assert!(!machine.is_whole());
    machine.step(seconds(9), Event::Fit(true));
    assert!(machine.is_whole());
    let mut machine = active(heartbeat(), Settings::default());
    link(&mut machine, 6, Nic::Private, false);
    assert!(machine.is_whole(), "nobody watches the links");
}

#[test]
fn who_comes_back_without_a_link_or_to_end_leaves_nothing_behind() {
    for election in [heartbeat(), vrrp()] {
        let mut machine = found(election.clone());
        let lost = link(&mut machine, 1, Nic::Primary, false);
        assert!(lost.contains(&Action::Deactivate));
        assert!(!machine.is_active());
        let mut machine = found(election);
        let ended = machine.step(seconds(1), Event::Terminate(15));
        assert!(ended.contains(&Action::Deactivate));
        assert_eq!(ended.last(), Some(&Action::Exit));
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
