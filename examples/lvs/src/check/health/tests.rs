use proptest::prelude::*;

use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// As in the document: asked every 6 s, back after 15.
fn settings(weight: u32) -> Settings {
    Settings::new(weight, seconds(6), seconds(15))
}

fn fresh(settings: Settings) -> Health {
    Health::new(settings, None, Duration::ZERO)
}

fn up(settings: Settings) -> Health {
    let mut health = fresh(settings);
    assert!(matches!(
        health.record(true, Duration::ZERO),
        Some(Change::Up(_))
    ));
    health
}

#[test]
fn reentry_is_counted_in_checks() {
    assert_eq!(settings(1).rise, 2);
    assert_eq!(Settings::new(1, seconds(20), seconds(15)).rise, 1);
    assert_eq!(Settings::new(1, Duration::ZERO, seconds(15)).rise, 1);
}

#[test]
fn the_lines_of_the_document() {
    let mut health = fresh(settings(1));
    let server = "10.0.3.100:8080";
    let change = health.record(true, seconds(0)).unwrap();
    assert_eq!(change, Change::Up(Order::Add(1)));
    assert_eq!(
        change.line(server).unwrap(),
        "[ active ] making 10.0.3.100:8080 available"
    );
    assert_eq!(health.record(true, seconds(6)), None);
    let change = health.record(false, seconds(12)).unwrap();
    assert_eq!(change, Change::Down(Order::Remove));
    assert_eq!(
        change.line(server).unwrap(),
        "[inactive] shutting down 10.0.3.100:8080 due to connection failure"
    );
    assert_eq!(health.record(true, seconds(18)), None);
    assert_eq!(
        health.record(true, seconds(24)),
        Some(Change::Up(Order::Add(1)))
    );
}

#[test]
fn one_bad_result_begins_the_reentry_again() {
    let mut health = up(settings(1));
    health.record(false, seconds(6));
    for (good, at) in [(true, 12), (false, 18), (true, 24)] {
        assert_eq!(health.record(good, seconds(at)), None);
    }
    assert!(health.record(true, seconds(30)).is_some());
}

#[test]
fn a_server_that_never_answered_has_to_reenter_too() {
    let mut health = fresh(settings(1));
    assert_eq!(health.record(false, seconds(0)), None);
    assert_eq!(health.record(true, seconds(6)), None);
    assert_eq!(
        health.record(true, seconds(12)),
        Some(Change::Up(Order::Add(1)))
    );
}

#[test]
fn falls_are_counted_in_a_row() {
    let mut health = up(Settings {
        fall: 3,
        ..settings(1)
    });
    for good in [false, false, true, false, false] {
        assert_eq!(health.record(good, seconds(1)), None);
    }
    assert_eq!(
        health.record(false, seconds(2)),
        Some(Change::Down(Order::Remove))
    );
}

#[test]
fn a_quiesced_server_keeps_its_entry() {
    let mut health = up(Settings {
        quiesce: true,
        ..settings(3)
    });
    assert_eq!(
        health.record(false, seconds(6)),
        Some(Change::Down(Order::Edit(0)))
    );
    assert_eq!(health.weight(), Some(0));
    health.record(true, seconds(12));
    assert_eq!(
        health.record(true, seconds(18)),
        Some(Change::Up(Order::Edit(1)))
    );
    assert_eq!(health.stop(), Some(Order::Remove));
    assert_eq!(health.stop(), None);
}

#[test]
fn the_slow_start_of_weight_40() {
    let mut health = fresh(settings(40));
    assert_eq!(
        health.record(true, seconds(100)),
        Some(Change::Up(Order::Add(1)))
    );
    assert_eq!(health.tick(seconds(119)), None);
    for (at, weight) in [
        (120, 2),
        (140, 4),
        (160, 8),
        (180, 16),
        (200, 32),
        (220, 40),
    ] {
        assert_eq!(health.deadline(), Some(seconds(at)));
        assert_eq!(health.load(0.0), None, "load counts later");
        assert_eq!(
            health.tick(seconds(at)),
            Some(Change::Weight(Order::Edit(weight)))
        );
    }
    assert_eq!(health.deadline(), None);
    assert_eq!(health.tick(seconds(400)), None);
    assert_eq!(health.load(0.0), Some(Change::Weight(Order::Edit(60))));
}

#[test]
fn who_does_not_start_slowly_starts_whole() {
    let mut health = fresh(Settings {
        slow_start: false,
        ..settings(40)
    });
    assert_eq!(
        health.record(true, seconds(0)),
        Some(Change::Up(Order::Add(40)))
    );
    assert_eq!(health.deadline(), None);
}

#[test]
fn glasses() {
    let mut health = up(settings(1));
    let down = health.look_through(Glasses::Opaque, seconds(1));
    assert_eq!(down, Some(Change::Down(Order::Remove)));
    assert_eq!(health.record(true, seconds(2)), None);
    let back = health.look_through(Glasses::Clear, seconds(3));
    assert_eq!(back, Some(Change::Up(Order::Add(1))));
    assert_eq!(health.look_through(Glasses::RoseColored, seconds(4)), None);
    assert_eq!(health.record(false, seconds(5)), None);
    assert!(health.is_up());
    let seen = health.look_through(Glasses::Clear, seconds(6));
    assert_eq!(seen, Some(Change::Down(Order::Remove)));
    assert_eq!(Glasses::Opaque.line(), Some("opaque glasses on"));
    assert_eq!(Glasses::RoseColored.line(), Some("rose-colored glasses on"));
}

#[test]
fn a_checker_goes_on_from_what_it_finds() {
    let mut health = Health::new(settings(40), Some(8), seconds(0));
    assert!(health.is_up());
    assert_eq!(health.record(true, seconds(1)), None);
    assert_eq!(
        health.tick(seconds(20)),
        Some(Change::Weight(Order::Edit(16)))
    );
    assert_eq!(
        health.record(false, seconds(21)),
        Some(Change::Down(Order::Remove))
    );
    let mut quiesced = Health::new(settings(40), Some(0), seconds(0));
    assert!(!quiesced.is_up());
    assert_eq!(
        quiesced.record(true, seconds(1)),
        Some(Change::Up(Order::Edit(1)))
    );
}

#[test]
fn what_is_found_is_brought_within_the_settings() {
    let with = |slow_start, scale, found| {
        let settings = Settings {
            slow_start,
            scale,
            ..settings(40)
        };
        Health::new(settings, Some(found), seconds(0)).weight()
    };
    assert_eq!(with(true, 1, 90), Some(40));
    assert_eq!(with(true, 2, 90), Some(80));
    assert_eq!(with(true, 10, 90), Some(90));
    assert_eq!(with(true, 1, 8), Some(8));
    assert_eq!(with(false, 1, 8), Some(40));
}

#[test]
fn what_an_earlier_checker_knew() {
    let mut down = fresh(settings(1)).known_down();
    assert!(!down.is_unknown());
    assert_eq!(down.record(true, seconds(0)), None);
    let back = down.record(true, seconds(6));
    assert_eq!(back, Some(Change::Up(Order::Add(1))));
    let up = Health::new(settings(1), Some(1), seconds(0)).known_down();
    assert!(up.is_up(), "the table knows better");
}

#[test]
fn new_settings_keep_what_is_known() {
    let mut health = up(Settings {
        slow_start: false,
        ..settings(10)
    });
    assert_eq!(health.reconfigure(settings(10)), None);
    let heavier = health.reconfigure(settings(20));
    assert_eq!(heavier, Some(Change::Weight(Order::Edit(20))));
    let mut starting = up(settings(320));
    assert_eq!(starting.reconfigure(settings(640)), None);
    assert_eq!(
        starting.tick(seconds(20)),
        Some(Change::Weight(Order::Edit(20)))
    );
    let lighter = starting.reconfigure(settings(5));
    assert_eq!(lighter, Some(Change::Weight(Order::Edit(5))));
    assert_eq!(starting.deadline(), None);
    let mut down = fresh(settings(1));
    assert_eq!(down.reconfigure(settings(2)), None);

    let quiesce = |quiesce| Settings {
        quiesce,
        ..settings(1)
    };
    let mut quiesced = up(quiesce(true));
    quiesced.record(false, seconds(1));
    assert_eq!(quiesced.reconfigure(quiesce(true)), None);
    let removed = quiesced.reconfigure(quiesce(false));
    assert_eq!(removed, Some(Change::Weight(Order::Remove)));
    assert_eq!(quiesced.weight(), None);
}

#[derive(Clone, Debug)]
enum Happening {
    Result(bool),
    Glasses(Glasses),
    Load(f64),
    Weight(u32),
    Quiesce(bool),
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let glasses = [Glasses::Clear, Glasses::Opaque, Glasses::RoseColored];
    prop_oneof![
        6 => any::<bool>().prop_map(Happening::Result),
        1 => prop::sample::select(glasses.to_vec()).prop_map(Happening::Glasses),
        1 => any::<f64>().prop_map(Happening::Load),
        1 => (0..100_u32).prop_map(Happening::Weight),
        1 => any::<bool>().prop_map(Happening::Quiesce),
    ]
}

proptest! {
    /// Whatever happens, the orders make sense one after the other, and the entry that
    /// they give is the one that the state tells.
    #[test]
    fn orders_follow_from_each_other(
        quiesce: bool,
        slow_start: bool,
        rise in 1..4_u32,
        fall in 1..4_u32,
        found in prop::option::of(0..50_u32),
        story in prop::collection::vec((any_happening(), 0..30_u64), 0..60),
    ) {
        let mut settings = Settings { quiesce, slow_start, rise, fall, ..settings(40) };
        let mut health = Health::new(settings, found, Duration::ZERO);
        let mut entry = health.weight();
        let mut now = Duration::ZERO;
        for (happening, pause) in story {
            now += seconds(pause);
            let grown = health.tick(now);
            let change = match happening {
                Happening::Result(good) => health.record(good, now),
                Happening::Glasses(glasses) => health.look_through(glasses, now),
                Happening::Load(average) => health.load(average),
                Happening::Weight(weight) => {
                    settings.weight = weight;
                    health.reconfigure(settings)
                }
                Happening::Quiesce(quiesce) => {
                    settings.quiesce = quiesce;
                    health.reconfigure(settings)
                }
            };
            for change in [grown, change].into_iter().flatten() {
                entry = match (entry, change.order()) {
                    (None, Order::Add(weight)) => Some(weight),
                    (Some(_), Order::Edit(weight)) => Some(weight),
                    (Some(_), Order::Remove) => None,
                    (entry, order) => return Err(TestCaseError::fail(format!("{order:?} of {entry:?}"))),
                };
            }
            prop_assert_eq!(health.weight(), entry);
            prop_assert!(entry.is_none_or(|weight| weight <= 1000));
        }
        prop_assert_eq!(health.stop(), entry.map(|_| Order::Remove));
    }
}
