//! The programs of the cluster on a real kernel, each really started.
//!
//! Run it by `make lvs`, which boots kernels for it. Each test has network namespaces of
//! its own.
#![allow(unreachable_pub, reason = "a program exports nothing")]

mod doctor;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/harness.rs"]
mod harness;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/kernel.rs"]
mod kernel;
mod load;
mod lvsd;
mod nanny;
mod net;
mod program;
mod pulse;
#[path = "../../../../ipvs-core/tests/live/runner.rs"]
mod runner;
mod site;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::run([
        ("nanny", nanny::tests()),
        ("lvsd", lvsd::tests()),
        ("net", net::tests()),
        ("pulse::heartbeat", pulse::heartbeat::tests()),
        ("pulse::duty", pulse::duty::tests()),
        ("pulse::reload", pulse::reload::tests()),
        ("pulse::keepalived", pulse::keepalived::tests()),
        ("pulse::program", pulse::program::tests()),
        // Last: it unloads what the others use, and loads it again.
        ("doctor", doctor::tests()),
    ])
}
