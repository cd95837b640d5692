use std::time::Duration;

use super::*;

const PARTNER: &str = "10.0.2.51";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn settings(role: Role) -> Settings {
    Settings {
        role,
        keepalive: seconds(2),
        deadtime: seconds(5),
        partner: vec![PARTNER.parse().unwrap()],
    }
}

fn started(settings: Settings) -> Election {
    let mut election = Election::new(settings);
    election.start(Duration::ZERO, &mut Vec::new());
    election
}

/// A node that went through its deadtime alone.
fn active(role: Role) -> Election {
    let mut election = started(settings(role));
    election.tick(seconds(5), &mut Vec::new());
    assert!(election.is_active());
    election
}

fn tick(election: &mut Election, now: Duration) -> Vec<Action> {
    let mut actions = Vec::new();
    election.tick(now, &mut actions);
    actions
}

fn hear(election: &mut Election, beat: Beat, now: Duration) -> Vec<Action> {
    let mut actions = Vec::new();
    election.hear(PARTNER.parse().unwrap(), &beat.encode(), now, &mut actions);
    actions
}

fn log(line: &str) -> Action {
    Action::Log(line.into())
}

fn send(beat: Beat) -> Action {
    Action::Send {
        to: PARTNER.parse().unwrap(),
        bytes: beat.encode().to_vec(),
    }
}

#[test]
fn the_start_of_the_document_a_master_without_a_partner() {
    let mut alone = Settings {
        partner: Vec::new(),
        ..settings(Role::Master)
    };
    alone.keepalive = seconds(2);
    let mut election = Election::new(alone);
    let mut actions = Vec::new();
    election.start(Duration::ZERO, &mut actions);
    assert_eq!(actions, [log("STARTING PULSE AS MASTER")]);
    assert_eq!(election.deadline(), Some(seconds(5)));
    assert_eq!(tick(&mut election, seconds(4)), []);
    let actions = tick(&mut election, seconds(5));
    assert_eq!(
        actions,
        [log("partner dead: activating lvs"), Action::Activate]
    );
    assert_eq!(election.deadline(), None);
}

#[test]
fn a_backup_that_is_not_configured_exits() {
    let lonely = Settings {
        partner: Vec::new(),
        ..settings(Role::Backup)
    };
    let mut actions = Vec::new();
    Election::new(lonely).start(Duration::ZERO, &mut actions);
    assert_eq!(actions.first(), Some(&log("STARTING PULSE AS BACKUP")));
    assert_eq!(actions.last(), Some(&Action::Exit));
}

#[test]
fn its_state_goes_out_every_keepalive_on_both_paths() {
    let mut both = settings(Role::Master);
    both.partner.push("10.0.3.16".parse().unwrap());
    let mut election = started(both);
    let to = |to: &str, beat: Beat| Action::Send {
        to: to.parse().unwrap(),
        bytes: beat.encode().to_vec(),
    };
    let stopped = [to(PARTNER, Beat::Stopped), to("10.0.3.16", Beat::Stopped)];
    assert_eq!(tick(&mut election, Duration::ZERO), stopped);
    assert_eq!(election.deadline(), Some(seconds(2)));
    assert_eq!(tick(&mut election, seconds(1)), []);
    assert_eq!(tick(&mut election, seconds(2)), stopped);
    let taken_over = tick(&mut election, seconds(5));
    assert!(taken_over.contains(&to("10.0.3.16", Beat::Running)));
    assert_eq!(
        tick(&mut election, seconds(7)),
        [to(PARTNER, Beat::Running), to("10.0.3.16", Beat::Running)]
    );
}

#[test]
fn silence_of_deadtime_activates_and_a_beat_puts_it_off() {
    let mut election = started(settings(Role::Backup));
    hear(&mut election, Beat::Running, seconds(4));
    tick(&mut election, seconds(8));
    assert!(!election.is_active());
    let actions = tick(&mut election, seconds(9));
    let expected = [
        log("partner dead: activating lvs"),
        send(Beat::Running),
        Action::Activate,
    ];
    assert_eq!(actions, expected);
}

#[test]
fn a_backup_yields_to_an_active_master_with_one_last_beat() {
    let mut election = active(Role::Backup);
    let expected = [
        send(Beat::Running),
        log("partner active: deactivating LVS"),
        Action::Deactivate,
        send(Beat::Stopped),
    ];
    assert_eq!(hear(&mut election, Beat::Running, seconds(6)), expected);
    assert!(!election.is_active());
}

#[test]
fn a_master_beside_an_active_backup_announces_itself_until_that_one_is_gone() {
    let mut election = active(Role::Master);
    let resent = [log("partner active: resending arps"), Action::Announce];
    assert_eq!(hear(&mut election, Beat::Running, seconds(6)), resent);
    assert_eq!(
        hear(&mut election, Beat::Stopped, seconds(7)),
        [Action::Announce]
    );
    assert_eq!(hear(&mut election, Beat::Stopped, seconds(8)), []);
    assert!(election.is_active());
}

#[test]
fn of_two_inactive_nodes_the_master_starts_at_once() {
    let mut election = started(settings(Role::Master));
    let expected = [
        log("backup inactive: activating lvs"),
        send(Beat::Running),
        Action::Activate,
    ];
    assert_eq!(hear(&mut election, Beat::Stopped, seconds(1)), expected);
}

#[test]
fn of_two_inactive_nodes_the_backup_starts_when_the_master_does_not() {
    let mut election = started(settings(Role::Backup));
    assert_eq!(hear(&mut election, Beat::Stopped, seconds(1)), []);
    tick(&mut election, seconds(1));
    hear(&mut election, Beat::Stopped, seconds(3));
    let at = seconds(4);
    assert!(election.deadline() <= Some(at));
    tick(&mut election, seconds(3));
    let expected = [
        log("primary inactive: activating lvs"),
        send(Beat::Running),
        Action::Activate,
    ];
    assert_eq!(tick(&mut election, at), expected);
}

#[test]
fn a_master_that_starts_after_all_keeps_the_backup_down() {
    let mut election = started(settings(Role::Backup));
    hear(&mut election, Beat::Stopped, seconds(1));
    hear(&mut election, Beat::Running, seconds(3));
    tick(&mut election, seconds(4));
    assert!(!election.is_active());
}

#[test]
fn one_active_and_one_not_stay_as_they_are() {
    for role in [Role::Master, Role::Backup] {
        let mut waiting = started(settings(role));
        assert_eq!(hear(&mut waiting, Beat::Running, seconds(1)), []);
        assert!(!waiting.is_active());
        let mut serving = active(role);
        hear(&mut serving, Beat::Stopped, seconds(6));
        assert_eq!(hear(&mut serving, Beat::Stopped, seconds(8)), []);
        assert!(serving.is_active());
    }
}

#[test]
fn a_partner_that_was_silent_may_have_been_active() {
    let mut election = active(Role::Master);
    hear(&mut election, Beat::Stopped, seconds(6));
    let resent = [
        log("partner heard after a silence: resending arps"),
        Action::Announce,
    ];
    assert_eq!(hear(&mut election, Beat::Stopped, seconds(9)), resent);
    assert_eq!(hear(&mut election, Beat::Stopped, seconds(11)), []);
    // One lost beat of many is no silence, nor are beats of a short deadtime.
    let mut hasty = settings(Role::Master);
    hasty.deadtime = seconds(3);
    let mut election = started(hasty);
    tick(&mut election, seconds(3));
    hear(&mut election, Beat::Stopped, seconds(4));
    assert_eq!(hear(&mut election, Beat::Stopped, seconds(6)), []);
}

#[test]
fn strangers_are_named_once_a_second_and_keep_nobody_alive() {
    let mut election = started(settings(Role::Backup));
    let mut hear_from = |from: &str, bytes: &[u8], now| {
        let mut actions = Vec::new();
        election.hear(from.parse().unwrap(), bytes, now, &mut actions);
        actions
    };
    let beat = Beat::Running.encode();
    let unexpected = log("Unexpected heartbeat from 10.0.2.66");
    let first = hear_from("10.0.2.66", &beat, seconds(1));
    assert_eq!(first, std::slice::from_ref(&unexpected));
    assert_eq!(hear_from("10.0.2.66", &beat, seconds(1)), []);
    assert_eq!(hear_from("10.0.2.66", &beat, seconds(2)), [unexpected]);
    let incompatible =
        "Incompatible heartbeat received -- other system not using identical services";
    assert_eq!(
        hear_from(PARTNER, b"\xbe\xba\xef\xbe", seconds(4)),
        [log(incompatible)]
    );
    tick(&mut election, seconds(5));
    assert!(election.is_active());
}
