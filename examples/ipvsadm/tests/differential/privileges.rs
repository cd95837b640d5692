//! What those are told who may not.

use crate::cases::compare;
use crate::harness::{Test, tests};
use crate::program::Typed;
use crate::site::{Site, small_table};

pub fn tests() -> Vec<Test> {
    tests![nobody_is_told_why]
}

fn nobody_is_told_why(site: &Site) {
    let lines = [
        "",
        "-L -n",
        "-L --timeout",
        "-A -t 10.0.0.9:80",
        "-C",
        "-R",
        "-v",
        "--bogus",
        "-L --bogus",
    ];
    compare(site, "unprivileged", &small_table(), |cases| {
        for line in lines {
            cases.equal(Typed::from(line).by_nobody());
        }
    });
}
