//! Cases of one group: each is typed at both programs, and compared whole.

use ipvs_core::{Table, TableService};

use crate::program::{Difference, Outcome, Typed};
use crate::site::Site;
use crate::{tally, views};

/// How many differences are told in full.
const TOLD: usize = 40;

/// Runs `body`, and fails with every difference that it found.
pub fn compare(site: &Site, group: &'static str, base: &Table, body: impl FnOnce(&mut Cases<'_>)) {
    tally::open(group);
    site.set(base);
    let base = site.original.table();
    assert_eq!(site.ours.table(), base, "the rooms are prepared alike");
    let mut cases = Cases {
        site,
        group,
        base,
        differences: Vec::new(),
    };
    body(&mut cases);
    cases.conclude();
}

/// Compares every line of a list.
pub fn compare_lines(site: &Site, group: &'static str, base: &Table, lines: &[&str]) {
    compare(site, group, base, |cases| {
        lines.iter().for_each(|line| drop(cases.equal(*line)));
    });
}

/// The cases of a group, which all begin with the same table.
pub struct Cases<'s> {
    pub site: &'s Site,
    group: &'static str,
    base: Table,
    differences: Vec<String>,
}

impl Cases<'_> {
    /// Both programs print, complain, return and change the same. Returns what the
    /// original did.
    pub fn equal(&mut self, typed: impl Into<Typed>) -> Outcome {
        let typed = typed.into();
        let outcomes = self.site.rooms().map(|room| room.run(typed.clone()));
        let unsorted = typed.words.iter().any(|word| word == "--nosort");
        let view = |printed| match unsorted {
            true => views::sorted(views::without_help(printed)),
            false => views::without_help(printed),
        };
        let seen = outcomes.clone().map(|outcome| Outcome {
            stdout: view(outcome.stdout),
            ..outcome
        });
        // Of two failures alike, conclude() sees whether they changed something.
        let acted = seen.iter().any(|outcome| outcome.status.success());
        if writes(&typed) && (acted || !typed.input.is_empty()) {
            self.check_tables(&typed);
        }
        self.check(&typed, seen);
        let [original, _] = outcomes;
        original
    }

    /// Compares what came of a case.
    pub fn check(&mut self, typed: &dyn std::fmt::Display, outcomes: [Outcome; 2]) {
        tally::count(self.group);
        let [original, ours] = outcomes;
        if original != ours {
            self.differ(format!("{typed}\n{}", Difference(&original, &ours)));
        }
    }

    /// Compares the tables behind a case, and sets them back.
    fn check_tables(&mut self, typed: &Typed) {
        let [original, ours] = self.site.rooms().map(|room| room.table());
        if original != ours {
            self.differ(format!("{typed}\n{}", difference(&original, &ours)));
        }
        for (room, table) in self.site.rooms().into_iter().zip([original, ours]) {
            if table != self.base {
                room.set(&self.base);
            }
        }
    }

    /// Forgets the differences found so far, and returns how many they were.
    pub fn forgive(&mut self) -> usize {
        std::mem::take(&mut self.differences).len()
    }

    /// Remembers a difference; the test fails for it in the end.
    pub fn differ(&mut self, difference: String) {
        self.differences.push(difference);
    }

    fn conclude(mut self) {
        for table in self.site.rooms().map(|room| room.table()) {
            if table != self.base {
                let difference = difference(&self.base, &table);
                self.differ(format!("a failure has changed the table\n{difference}"));
            }
        }
        let count = self.differences.len();
        let told = &self.differences[..count.min(TOLD)];
        assert!(count == 0, "{count} differences\n{}", told.join("\n"));
    }
}

/// The lines of two tables that are the original's alone, or ours.
fn difference(original: &Table, ours: &Table) -> String {
    let [theirs, ours] = [original, ours].map(lines);
    let only = |one: &[String], other: &[String], whose| -> String {
        let lines = one.iter().filter(|line| !other.contains(line));
        lines.map(|line| format!("  {whose}: {line}\n")).collect()
    };
    only(&theirs, &ours, "the original's") + &only(&ours, &theirs, "ours")
}

fn lines(table: &Table) -> Vec<String> {
    let mut lines = vec![format!("{:?} {:?}", table.timeouts, table.daemons)];
    for TableService { service, dests, .. } in &table.services {
        lines.push(service.to_string());
        lines.extend(dests.iter().map(|dest| format!("{} {dest}", service.key)));
    }
    lines
}

/// Whether a command line may change something.
fn writes(typed: &Typed) -> bool {
    let command = typed.words.first().and_then(|word| word.to_str());
    let reads = ["-L", "-l", "--list", "-S", "--save", "-h", "-v"];
    command.is_some_and(|command| !reads.iter().any(|read| command.starts_with(read)))
}
