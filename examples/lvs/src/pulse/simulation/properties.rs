use std::num::NonZeroU8;
use std::time::Duration;

use proptest::prelude::*;

use super::world::{ADDRESSES, FAIR, Weather, World};
use crate::pulse::{Election, Machine, Role, Settings, heartbeat, vrrp};

const ROLES: [Role; 2] = [Role::Master, Role::Backup];
/// The longest that a packet is under way in bad weather, and in fair weather.
const LATE: u64 = 300;
const DELAY: Duration = Duration::from_millis(10);

const MONITORED: Settings = Settings {
    monitor_links: true,
    refresh: None,
};

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn both(active: [bool; 2]) -> bool {
    active == [true; 2]
}

fn nobody(active: [bool; 2]) -> bool {
    active == [false; 2]
}

fn heartbeats(keepalive: Duration, deadtime: Duration, seed: u64) -> World {
    let builder = |node: usize| {
        let settings = heartbeat::Settings {
            role: ROLES[node],
            keepalive,
            deadtime,
            partner: ADDRESSES[1 - node]
                .map(|text| text.parse().unwrap())
                .to_vec(),
        };
        Box::new(move || {
            let election = heartbeat::Election::new(settings.clone());
            Machine::new(Election::Heartbeat(election), MONITORED)
        }) as Box<dyn Fn() -> Machine>
    };
    World::new([builder(0), builder(1)], seed)
}

/// A router by its priority, interval in centiseconds, and whether it preempts.
type Router = (u8, u16, bool);

fn routers(routers: [Router; 2], seed: u64) -> World {
    let builder = |node: usize| {
        let (priority, interval, preempt) = routers[node];
        let settings = vrrp::Settings {
            role: ROLES[node],
            vrid: NonZeroU8::new(51).unwrap(),
            priority: NonZeroU8::new(priority).unwrap(),
            interval: vrrp::Interval::new(interval).unwrap(),
            preempt,
            local: ADDRESSES[node][0].parse().unwrap(),
            addresses: vrrp::Addresses::new(["10.0.2.100".parse().unwrap()]).unwrap(),
            checksum: vrrp::Checksum::default(),
        };
        Box::new(move || {
            let election = vrrp::Election::new(settings.clone()).unwrap();
            Machine::new(Election::Vrrp(election), MONITORED)
        }) as Box<dyn Fn() -> Machine>
    };
    World::new([builder(0), builder(1)], seed)
}

/// Mostly a working node, mostly a cable; links between good and cut.
fn any_weather() -> impl Strategy<Value = Weather> {
    let loss = || prop_oneof![Just(0_u8), Just(100), 0..=100_u8];
    let mostly = || prop::bool::weighted(0.8);
    (
        loss(),
        loss(),
        0..=LATE,
        mostly(),
        mostly(),
        mostly(),
        mostly(),
    )
        .prop_map(|(to_first, to_second, delay, a, b, c, d)| Weather {
            loss: [to_first, to_second],
            delay,
            alive: [a, b],
            carrier: [c, d],
        })
}

fn any_story() -> impl Strategy<Value = Vec<(Weather, u64)>> {
    prop::collection::vec((any_weather(), 1..20_000_u64), 0..12)
}

fn any_times() -> impl Strategy<Value = (Duration, Duration)> {
    (100..3000_u64)
        .prop_flat_map(|keepalive| (Just(keepalive), 2 * keepalive..6 * keepalive))
        .prop_map(|(keepalive, deadtime)| (millis(keepalive), millis(deadtime)))
}

fn any_router() -> impl Strategy<Value = Router> {
    (1..=254_u8, 10..=200_u16, any::<bool>())
}

proptest! {
    #[test]
    fn heartbeats_end_with_one_active_node(
        (keepalive, deadtime) in any_times(),
        story in any_story(),
        seed: u64,
    ) {
        let mut world = heartbeats(keepalive, deadtime, seed);
        for (weather, length) in story {
            world.pass(weather, millis(length));
        }
        let whole = world.now;
        world.pass(FAIR, 10 * (deadtime + keepalive));
        let overlap = world.longest(whole, both);
        prop_assert!(overlap <= millis(LATE) + keepalive + DELAY, "both for {overlap:?}");
        let gap = world.longest(whole, nobody);
        prop_assert!(gap <= millis(LATE) + deadtime + keepalive, "nobody for {gap:?}");
        prop_assert_eq!(world.active().into_iter().filter(|active| *active).count(), 1);
        let settled = world.settled().saturating_sub(whole);
        prop_assert!(settled <= millis(LATE) + deadtime + 2 * keepalive, "settled after {settled:?}");
    }

    #[test]
    fn a_dead_node_is_missed_for_deadtime_at_most(
        (keepalive, deadtime) in any_times(),
        at in 0..10_000_u64,
        seed: u64,
    ) {
        let mut world = heartbeats(keepalive, deadtime, seed);
        world.pass(FAIR, deadtime + millis(at));
        prop_assert_eq!(world.active(), [true, false]);
        let death = world.now;
        world.pass(Weather { alive: [false, true], ..FAIR }, 2 * deadtime);
        prop_assert!(world.longest(death, nobody) <= deadtime + DELAY);
        prop_assert_eq!(world.active(), [false, true]);
        // It is not taken back from a backup that serves well.
        world.pass(FAIR, 10 * deadtime);
        prop_assert_eq!(world.active(), [false, true]);
    }

    #[test]
    fn a_pulled_cable_is_told_and_the_master_is_back_when_the_backup_loses_its_own(
        (keepalive, deadtime) in any_times(),
        seed: u64,
    ) {
        let mut world = heartbeats(keepalive, deadtime, seed);
        world.pass(FAIR, 2 * deadtime);
        let pulled = world.now;
        world.pass(Weather { carrier: [false, true], ..FAIR }, 2 * deadtime);
        prop_assert_eq!(world.active(), [false, true]);
        // The wait of the backup, which a heartbeat that was overtaken by the word of the
        // pulled cable may begin again with the next one.
        let wait = 2 * keepalive + keepalive / 2;
        prop_assert!(world.longest(pulled, nobody) <= wait + DELAY);
        world.pass(FAIR, deadtime);
        prop_assert_eq!(world.active(), [false, true]);
        let pulled = world.now;
        world.pass(Weather { carrier: [true, false], ..FAIR }, deadtime);
        prop_assert_eq!(world.active(), [true, false]);
        prop_assert!(world.longest(pulled, nobody) <= DELAY);
    }

    #[test]
    fn after_a_split_brain_the_master_stays(
        (keepalive, deadtime) in any_times(),
        seed: u64,
    ) {
        let mut world = heartbeats(keepalive, deadtime, seed);
        world.pass(Weather { loss: [100; 2], ..FAIR }, 2 * deadtime);
        prop_assert_eq!(world.active(), [true; 2]);
        let healed = world.now;
        world.pass(FAIR, 2 * deadtime);
        prop_assert_eq!(world.active(), [true, false]);
        prop_assert!(world.longest(healed, both) <= keepalive + DELAY);
        prop_assert_eq!(world.longest(healed, nobody), Duration::ZERO);
    }

    #[test]
    fn advertisements_end_with_one_active_router(
        pair in [any_router(), any_router()],
        story in any_story(),
        seed: u64,
    ) {
        let mut world = routers(pair, seed);
        for (weather, length) in story {
            world.pass(weather, millis(length));
        }
        let whole = world.now;
        let slowest = millis(10 * u64::from(pair[0].1.max(pair[1].1)));
        world.pass(FAIR, 30 * slowest);
        let overlap = world.longest(whole, both);
        prop_assert!(overlap <= millis(LATE) + slowest + 2 * DELAY, "both for {overlap:?}");
        let gap = world.longest(whole, nobody);
        prop_assert!(gap <= millis(LATE) + 4 * slowest + DELAY, "nobody for {gap:?}");
        let active = world.active();
        prop_assert_eq!(active.into_iter().filter(|active| *active).count(), 1);
        // Between equals the higher address, the second node's, decides, and it does
        // not matter: neither preempts the other.
        let better = usize::from(pair[1].0 > pair[0].0);
        if pair[0].0 != pair[1].0 && pair[better].2 {
            prop_assert!(active[better], "the better router preempts");
        }
        let settled = world.settled().saturating_sub(whole);
        prop_assert!(settled <= millis(LATE) + 9 * slowest, "settled after {settled:?}");
    }

    #[test]
    fn without_preempt_who_came_back_waits(low in 1..100_u8, high in 100..=254_u8, seed: u64) {
        let mut world = routers([(high, 100, false), (low, 100, true)], seed);
        world.pass(FAIR, millis(10_000));
        prop_assert_eq!(world.active(), [true, false]);
        let death = world.now;
        world.pass(Weather { alive: [false, true], ..FAIR }, millis(10_000));
        prop_assert!(world.longest(death, nobody) <= millis(4000) + DELAY);
        world.pass(FAIR, millis(20_000));
        prop_assert_eq!(world.active(), [false, true]);
    }

    #[test]
    fn a_clean_stop_is_followed_within_the_skew(low in 1..100_u8, high in 100..=254_u8, seed: u64) {
        let mut world = routers([(high, 100, true), (low, 100, true)], seed);
        world.pass(FAIR, millis(10_000));
        let stop = world.now;
        world.pass(Weather { carrier: [false, true], ..FAIR }, millis(2000));
        prop_assert_eq!(world.active(), [false, true]);
        prop_assert!(world.longest(stop, nobody) <= millis(1000) + DELAY);
    }
}
