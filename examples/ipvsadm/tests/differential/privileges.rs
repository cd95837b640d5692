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
        "-L -n -c",
        "-L --timeout",
        "-L --daemon",
        "-S -n",
        "-A -t 10.0.0.9:80",
        "-D -t 10.0.0.1:80",
        "-C",
        "-R",
        "-Z",
        "-v",
        "-h",
        "--bogus",
        "-L --bogus",
        "--start-daemon master",
    ];
    compare(site, "unprivileged", &small_table(), |cases| {
        for line in lines {
            cases.equal(Typed::from(line).by_nobody());
        }
    });
}
