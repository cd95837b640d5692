//! Listings while the numbers move: the original, ours and the original again, in
//! one room. Ours is held to each line on which the two originals agree.

use crate::harness::{Test, tests};
use crate::names;
use crate::site::Site;
use crate::tally;
use crate::traffic::Traffic;

pub fn tests() -> Vec<Test> {
    tests![
        counters_under_traffic,
        rates_under_traffic,
        persistent_connections_under_traffic,
        connection_counts_under_traffic,
        connections_under_traffic,
        persistence_data_under_traffic,
        large_numbers_under_traffic
    ]
}

/// So many comparisons a mode at least, and so many tries at most.
const ENOUGH: usize = 20;
const TRIES: usize = 80;

/// A mode: what is typed, and which lines tell of traffic.
struct Mode {
    group: &'static str,
    lines: &'static [&'static str],
    tells: fn(&str) -> bool,
}

fn counters_under_traffic(site: &Site) {
    Mode {
        group: "--stats live",
        lines: &[
            "-L -n --stats",
            "-L -n --stats --exact",
            "-L --stats -u 192.0.2.1:53",
        ],
        tells: has_numbers,
    }
    .compare(site);
}

fn rates_under_traffic(site: &Site) {
    Mode {
        group: "--rate live",
        lines: &["-L -n --rate", "-L -n --rate --exact", "-L --rate -f 7 -6"],
        tells: has_numbers,
    }
    .compare(site);
}

fn persistent_connections_under_traffic(site: &Site) {
    Mode {
        group: "--persistent-conn live",
        lines: &[
            "-L -n --persistent-conn",
            "-L --persistent-conn -t 192.0.2.1:80",
        ],
        tells: has_numbers,
    }
    .compare(site);
}

fn connection_counts_under_traffic(site: &Site) {
    Mode {
        group: "other modes live",
        lines: &["-L -n", "-L -n --thresholds", "-L -n --tun-info"],
        tells: has_numbers,
    }
    .compare(site);
}

fn connections_under_traffic(site: &Site) {
    Mode {
        group: "-c live",
        lines: &["-L -n -c", "-L -c"],
        tells: is_connection,
    }
    .compare(site);
}

fn persistence_data_under_traffic(site: &Site) {
    Mode {
        group: "-c --persistent-conn live",
        lines: &["-L -n -c --persistent-conn", "-L -c --persistent-conn"],
        tells: |line| is_connection(line) && line.contains(" sip "),
    }
    .compare(site);
}

fn is_connection(line: &str) -> bool {
    let protocols = ["TCP", "UDP", "IP "];
    protocols.iter().any(|name| line.starts_with(name))
}

/// Enough for a number to be abbreviated.
fn large_numbers_under_traffic(site: &Site) {
    names::write();
    let mut traffic = Traffic::new(&site.original);
    traffic.bulk(2000);
    let mode = Mode {
        group: "large numbers live",
        lines: &["-L -n --stats", "-L -n --stats -X"],
        tells: has_large_number,
    };
    mode.compare_with(site, || ());
}

/// 120 MB, abbreviated or not.
fn has_large_number(line: &str) -> bool {
    line.contains("120056K") || line.contains("120056000")
}

/// A dest's line with a number above zero at its end.
fn has_numbers(line: &str) -> bool {
    let mut words = line
        .strip_prefix("  -> ")
        .unwrap_or("")
        .split_whitespace()
        .skip(1);
    words.any(|word| word.starts_with(|first: char| ('1'..='9').contains(&first)))
}

impl Mode {
    fn compare(&self, site: &Site) {
        names::write();
        let mut traffic = Traffic::new(&site.original);
        self.compare_with(site, || traffic.burst());
    }

    /// Compares, with a burst of traffic now and then.
    fn compare_with(&self, site: &Site, mut burst: impl FnMut()) {
        tally::open(self.group);
        let room = &site.original;
        let mut enough = 0;
        for attempt in 0..TRIES {
            if enough == ENOUGH {
                return;
            }
            if attempt % 4 == 0 {
                burst();
            }
            let line = self.lines[attempt % self.lines.len()];
            let [first, ours, second] = [&room.program, &site.ours.program, &room.program]
                .map(|program| room.run_other(program, line).success());
            if self.agree(line, &first, &ours, &second) {
                tally::count(self.group);
                enough += 1;
            }
        }
        panic!("{}: {enough} comparisons in {TRIES} tries", self.group);
    }

    /// False when the originals agree on no line with a number.
    fn agree(&self, line: &str, first: &str, ours: &str, second: &str) -> bool {
        let [first, second] = [first, second].map(|text| text.lines().collect::<Vec<_>>());
        let agreed: Vec<(usize, &str)> = (0..first.len().min(second.len()))
            .filter(|n| first.len() == second.len() && first[*n] == second[*n])
            .map(|n| (n, first[n]))
            .collect();
        if !agreed.iter().any(|(_, line)| (self.tells)(line)) {
            return false;
        }
        let ours: Vec<&str> = ours.lines().collect();
        assert_eq!(ours.len(), first.len(), "{line}\n{ours:#?}\n{first:#?}");
        for (n, expected) in agreed {
            assert_eq!(ours[n], expected, "{line}, line {}", n + 1);
        }
        true
    }
}
