//! What one of them saves, the other restores.

use std::path::Path;

use ipvs_core::Table;

use crate::dice::Dice;
use crate::harness::{Test, tests};
use crate::names;
use crate::program::Typed;
use crate::site::{OURS, Room, Site};
use crate::tables::{self, Kind};
use crate::tally;

pub fn tests() -> Vec<Test> {
    tests![
        each_restores_what_the_other_saved,
        the_scripts_restore_each_others,
        the_scripts_refuse_alike
    ]
}

const GROUP: &str = "saved and restored";

fn prepared(test: &str) -> Dice {
    tally::open(GROUP);
    names::write();
    Dice::thrown_for(test)
}

/// Saves in one room by its program, and restores in the other by that one's.
fn carry(from: &Room, to: &Room, save: &str, table: &Table) -> String {
    from.set(table);
    to.set(&Table::new());
    let saved = from.run(save).success();
    to.run(Typed::from("-R").with_input(saved.clone()))
        .success();
    let (before, after) = (from.table(), to.table());
    assert_eq!(after, before, "by way of\n{saved}");
    tally::count(GROUP);
    saved
}

fn each_restores_what_the_other_saved(site: &Site) {
    let mut dice = prepared("each_restores_what_the_other_saved");
    for save in ["-S -n", "-S -n", "-S"].into_iter().cycle().take(9) {
        let table = tables::random(&mut dice, &site.kernel, Kind::Sayable);
        let [original, ours] = site.rooms();
        let by_the_original = carry(original, ours, save, &table);
        let by_ours = carry(ours, original, save, &table);
        assert_eq!(by_ours, by_the_original);
    }
}

/// ipvsadm-save and ipvsadm-restore, the original's and ours.
fn the_scripts_restore_each_others(site: &Site) {
    let mut dice = prepared("the_scripts_restore_each_others");
    let [originals, ours] = ["/usr/sbin", OURS]
        .map(|folder| ["ipvsadm-save", "ipvsadm-restore"].map(|name| Path::new(folder).join(name)));
    let run = |room: &Room, program: &Path, typed: Typed| room.run_other(program, typed).success();
    for (save, restore) in [(&originals[0], &ours[1]), (&ours[0], &originals[1])] {
        for words in ["", "-n", "extra -n"] {
            let table = tables::random(&mut dice, &site.kernel, Kind::Sayable);
            let before = tables::random(&mut dice, &site.kernel, Kind::Sayable);
            let [from, to] = site.rooms();
            from.set(&table);
            to.set(&before);
            let saved = run(from, save, Typed::from(words).called("ipvsadm-save"));
            let rules = Typed::from("").called("ipvsadm-restore");
            run(to, restore, rules.with_input(format!("# saved\n{saved}")));
            // What was there before is gone.
            assert_eq!(to.table(), from.table(), "by way of\n{saved}");
            tally::count(GROUP);
        }
    }
}

fn the_scripts_refuse_alike(site: &Site) {
    prepared("the_scripts_refuse_alike");
    for words in ["-x", "--help", "-n -x"] {
        let typed = Typed::from(words).called("ipvsadm-save");
        let run = |room: &Room, folder| {
            room.run_other(&Path::new(folder).join("ipvsadm-save"), typed.clone())
        };
        let (script, ours) = (run(&site.original, "/usr/sbin"), run(&site.ours, OURS));
        assert_eq!(ours.status, script.status, "{typed}\n{script}\n{ours}");
        assert_eq!(ours.stdout, script.stdout, "{typed}");
        // The words are each one's own.
        let lines = [&script, &ours].map(|outcome| outcome.complaint().lines().count());
        assert_eq!(lines, [2, 2], "{typed}\n{script}\n{ours}");
        tally::count(GROUP);
    }
}
