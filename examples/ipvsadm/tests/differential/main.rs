//! The original ipvsadm and ours, side by side: what the one prints, says and
//! returns, the other does, and what the one makes of the kernel's table.
//!
//! Run it by `make ipvsadm`, which boots kernels for it. Each test has two network
//! namespaces, prepared alike: the original runs in one, ours in the other. The
//! suite closes with the number of comparisons it made, group by group.
//!
//! Where ours is right and the original is not, see `differences`.
#![allow(unreachable_pub, reason = "a program exports nothing")]

mod addresses;
mod boot;
mod cases;
mod counting;
mod dice;
mod differences;
mod errors;
mod exclusive;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/harness.rs"]
mod harness;
mod json;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/kernel.rs"]
mod kernel;
mod listings;
mod messages;
mod names;
mod pairs;
mod parser;
mod privileges;
mod program;
#[path = "../../../../ipvs-core/tests/live/runner.rs"]
mod runner;
mod saved;
mod site;
mod tables;
mod tally;
mod traffic;
mod views;
mod vigilance;

use std::process::ExitCode;

fn main() -> ExitCode {
    let code = runner::run([
        ("vigilance", vigilance::tests()),
        ("pairs", pairs::tests()),
        ("exclusive", exclusive::tests()),
        ("messages", messages::tests()),
        ("addresses", addresses::tests()),
        ("names", names::tests()),
        ("parser", parser::tests()),
        ("errors", errors::tests()),
        ("privileges", privileges::tests()),
        ("listings", listings::tests()),
        ("saved", saved::tests()),
        ("json", json::tests()),
        ("boot", boot::tests()),
        ("counting", counting::tests()),
        ("differences", differences::tests()),
    ]);
    if tally::conclude() {
        code
    } else {
        ExitCode::FAILURE
    }
}
