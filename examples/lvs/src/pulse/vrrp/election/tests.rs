use super::*;

const LOCAL: &str = "10.0.2.50";
const HIGHER: &str = "10.0.2.51";
const LOWER: &str = "10.0.2.49";

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn settings(priority: u8) -> Settings {
    Settings {
        role: Role::Master,
        vrid: NonZeroU8::new(51).unwrap(),
        priority: NonZeroU8::new(priority).unwrap(),
        interval: Interval::SECOND,
        preempt: true,
        local: LOCAL.parse().unwrap(),
        addresses: Addresses::new(["10.0.2.100".parse().unwrap()]).unwrap(),
        checksum: Checksum::default(),
    }
}

fn started(settings: Settings) -> Election {
    let mut election = Election::new(settings).unwrap();
    election.start(Duration::ZERO, &mut Vec::new());
    election
}

fn active(priority: u8) -> Election {
    let mut election = started(settings(priority));
    election.tick(millis(4000), &mut Vec::new());
    assert!(election.is_active());
    election
}

/// The partner's advertisement: bytes, not actions of another election.
fn advertisement(vrid: u8, priority: u8, interval: u16) -> Vec<u8> {
    let advertisement = Advertisement {
        vrid: NonZeroU8::new(vrid).unwrap(),
        priority,
        interval: Interval::new(interval).unwrap(),
        addresses: settings(1).addresses,
    };
    let from = HIGHER.parse().unwrap();
    advertisement.encode(from, group(from), Checksum::Bare)
}

fn hear_bytes(election: &mut Election, from: &str, bytes: &[u8], now: u64) -> Vec<Action> {
    let from = from.parse().unwrap();
    let header = Header {
        from,
        to: group(from),
        hop_limit: 255,
    };
    let mut actions = Vec::new();
    election.hear(&header, bytes, millis(now), &mut actions);
    actions
}

fn hear(election: &mut Election, from: &str, priority: u8, now: u64) -> Vec<Action> {
    hear_bytes(election, from, &advertisement(51, priority, 100), now)
}

fn tick(election: &mut Election, now: u64) -> Vec<Action> {
    let mut actions = Vec::new();
    election.tick(millis(now), &mut actions);
    actions
}

/// The lines and orders, and of the packets their priority.
fn told(actions: &[Action]) -> Vec<String> {
    let tell = |action: &Action| match action {
        Action::Send { bytes, .. } => format!("priority {}", bytes[2]),
        Action::Log(line) => line.clone(),
        other => format!("{other:?}"),
    };
    actions.iter().map(tell).collect()
}

#[test]
fn three_intervals_and_the_skew() {
    // (256 - 100) / 256 of a second, in microseconds.
    let mut election = started(settings(100));
    assert_eq!(election.deadline(), Some(Duration::from_micros(3_609_375)));
    assert_eq!(tick(&mut election, 3609), []);
    let expected = ["partner dead: activating lvs", "priority 100", "Activate"];
    assert_eq!(told(&tick(&mut election, 3610)), expected);
    assert_eq!(election.deadline(), Some(millis(4610)));
    assert_eq!(told(&tick(&mut election, 4610)), ["priority 100"]);
}

#[test]
fn the_interval_is_that_of_the_active_router() {
    let mut election = started(settings(128));
    hear_bytes(&mut election, HIGHER, &advertisement(51, 200, 10), 1000);
    assert_eq!(election.deadline(), Some(millis(1000 + 300 + 50)));
}

#[test]
fn the_owner_starts_active() {
    let mut election = Election::new(settings(255)).unwrap();
    let mut actions = Vec::new();
    election.start(Duration::ZERO, &mut actions);
    let expected = [
        "STARTING PULSE AS MASTER",
        "owner of the addresses: activating lvs",
        "priority 255",
        "Activate",
    ];
    assert_eq!(told(&actions), expected);
}

#[test]
fn the_owner_does_not_listen_to_another() {
    let mut election = active(255);
    let refused = told(&hear(&mut election, HIGHER, 255, 5000));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("our own"), "{refused:?}");
    assert!(election.is_active());
}

#[test]
fn a_clean_stop_leaves_only_the_skew_to_wait() {
    let mut election = started(settings(128));
    hear(&mut election, HIGHER, 200, 1000);
    hear(&mut election, HIGHER, 0, 1500);
    assert_eq!(election.deadline(), Some(millis(2000)));
    let expected = [
        "partner inactive: activating lvs",
        "priority 128",
        "Activate",
    ];
    assert_eq!(told(&tick(&mut election, 2000)), expected);
}

#[test]
fn who_stops_says_priority_0() {
    let mut election = active(128);
    let mut actions = Vec::new();
    election.disable(&mut actions);
    assert_eq!(told(&actions), ["priority 0", "Deactivate"]);
    assert_eq!(election.deadline(), None);
    assert_eq!(hear(&mut election, HIGHER, 1, 9000), []);
}

#[test]
fn who_waits_stops_without_a_word() {
    let mut election = started(settings(128));
    let mut actions = Vec::new();
    election.disable(&mut actions);
    assert_eq!(actions, []);
}

#[test]
fn a_router_of_lower_priority_is_preempted() {
    let mut election = started(settings(128));
    hear(&mut election, HIGHER, 100, 1000);
    hear(&mut election, HIGHER, 100, 2000);
    assert_eq!(election.deadline(), Some(millis(3500)));
    let expected = [
        "partner of lower priority: activating lvs",
        "priority 128",
        "Activate",
    ];
    assert_eq!(told(&tick(&mut election, 3500)), expected);
}

#[test]
fn or_left_alone_without_preempt() {
    let mut election = started(Settings {
        preempt: false,
        ..settings(128)
    });
    hear(&mut election, HIGHER, 100, 2000);
    assert_eq!(election.deadline(), Some(millis(5500)));
}

#[test]
fn an_active_router_yields_to_a_higher_one_with_one_last_word() {
    let expected = [
        "priority 128",
        "partner active: deactivating LVS",
        "Deactivate",
    ];
    for (from, priority) in [(LOWER, 129), (HIGHER, 128)] {
        let mut election = active(128);
        assert_eq!(told(&hear(&mut election, from, priority, 4500)), expected);
        assert_eq!(election.deadline(), Some(millis(8000)));
    }
}

#[test]
fn and_holds_out_against_a_lower_one() {
    let expected = ["priority 128", "partner active: resending arps", "Announce"];
    for (from, priority) in [(HIGHER, 127), (LOWER, 128)] {
        let mut election = active(128);
        assert_eq!(told(&hear(&mut election, from, priority, 4500)), expected);
        assert!(election.is_active());
    }
}

#[test]
fn when_the_other_active_one_stops_the_neighbours_are_told_again() {
    let mut election = active(128);
    assert_eq!(
        told(&hear(&mut election, HIGHER, 0, 4500)),
        ["priority 128", "Announce"]
    );
}

#[test]
fn refused_packets_change_nothing_and_are_named_once_a_second() {
    let mut election = started(settings(128));
    let before = election.deadline();
    let refused = told(&hear_bytes(&mut election, HIGHER, b"hello", 1000));
    assert_eq!(
        refused,
        ["VRRP packet from 10.0.2.51 ignored: 5 bytes, which is not the length that it tells"]
    );
    assert_eq!(hear_bytes(&mut election, HIGHER, b"hello", 1001), []);
    let stranger = told(&hear_bytes(
        &mut election,
        HIGHER,
        &advertisement(52, 200, 100),
        2000,
    ));
    assert_eq!(
        stranger,
        ["VRRP packet from 10.0.2.51 ignored: virtual router 52 is not ours"]
    );
    assert_eq!(election.deadline(), before);
}

#[test]
fn its_own_words_are_no_partner() {
    let mut election = started(settings(128));
    let before = election.deadline();
    assert_eq!(hear(&mut election, LOCAL, 200, 1000), []);
    assert_eq!(election.deadline(), before);
}

#[test]
fn settings_that_cannot_work() {
    let local = |text: &str| text.parse::<IpAddr>().unwrap();
    let with = |local, address| {
        let addresses = Addresses::new([address]).unwrap();
        Election::new(Settings {
            local,
            addresses,
            ..settings(1)
        })
        .map(drop)
    };
    let [v4, global, link_local] = ["10.0.2.50", "2001:db8::1", "fe80::1"].map(local);
    assert_eq!(with(v4, global), Err(SettingsError::Family(v4)));
    assert_eq!(with(global, global), Err(SettingsError::LinkLocal(global)));
    assert_eq!(with(link_local, link_local), Ok(()));
}
