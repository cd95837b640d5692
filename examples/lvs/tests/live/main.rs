//! The programs of the cluster on a real kernel, each really started.
//!
//! Run it by `make lvs`, which boots kernels for it. Each test has network namespaces of
//! its own.
#![allow(unreachable_pub, reason = "a program exports nothing")]

#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/harness.rs"]
mod harness;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/kernel.rs"]
mod kernel;
mod lvsd;
mod nanny;
mod program;
#[path = "../../../../ipvs-core/tests/live/runner.rs"]
mod runner;
mod site;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::run([("nanny", nanny::tests()), ("lvsd", lvsd::tests())])
}
