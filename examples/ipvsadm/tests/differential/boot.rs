//! The commands of the boot unit, as systemd would run them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ipvs_core::Table;

use crate::dice::Dice;
use crate::harness::{Test, tests};
use crate::names;
use crate::program::{Outcome, Typed};
use crate::site::{OURS, Room, Site, small_table};
use crate::tables::{self, Kind};
use crate::tally;

pub fn tests() -> Vec<Test> {
    tests![
        rules_outlive_a_stop,
        a_first_start_finds_no_rules,
        wrong_rules_change_nothing
    ]
}

const UNIT: &str = include_str!("../../boot/ipvsadm.service");
const RULES: &str = "/etc/ipvsadm.rules";

/// Runs the unit's lines of a kind up to the first that fails.
fn run(room: &Room, kind: &str) -> Outcome {
    tally::count("boot unit");
    let lines = UNIT.lines().filter_map(|line| line.strip_prefix(kind));
    let commands: Vec<String> = lines.map(|line| line.replace("/usr/sbin", OURS)).collect();
    assert!(!commands.is_empty(), "{kind}");
    let script = commands.join(" && ");
    room.run_other(
        Path::new("/bin/sh"),
        Typed::words(["-c", &script]).called("sh"),
    )
}

fn rules_outlive_a_stop(site: &Site) {
    names::write();
    let room = &site.ours;
    let mut dice = Dice::thrown_for("rules_outlive_a_stop");
    let table = tables::random(&mut dice, &site.kernel, Kind::Sayable);
    room.set(&table);
    let before = room.table();
    run(room, "ExecStop=").success();
    assert_eq!(room.table().services, []);
    let mode = fs::metadata(RULES).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    run(room, "ExecStart=").success();
    assert_eq!(room.table(), before);
    room.set(&small_table());
    run(room, "ExecReload=").success();
    assert_eq!(room.table(), before);
}

fn a_first_start_finds_no_rules(site: &Site) {
    let room = &site.ours;
    let _ = fs::remove_file(RULES);
    run(room, "ExecStart=").success();
    // Such a file comes with Debian's package.
    fs::write(RULES, "# no rules yet\n").unwrap();
    run(room, "ExecStart=").success();
    assert_eq!(room.table().services, []);
}

fn wrong_rules_change_nothing(site: &Site) {
    let room = &site.ours;
    room.set(&small_table());
    let before: Table = room.table();
    fs::write(RULES, "-A -t 10.0.0.9:80 -s rr\n-A -t nothing -s rr\n").unwrap();
    let outcome = run(room, "ExecReload=");
    assert_eq!(outcome.status.code(), Some(2), "{outcome}");
    assert_eq!(room.table(), before);
}
