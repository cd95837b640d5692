//! The web page in a real browser, with lvsd behind it, on a real kernel.
//!
//! Run it by `make lvs-web`, which boots a kernel for it; the pictures that it takes are in
//! `target/screenshots` then.
#![allow(unreachable_pub, reason = "a program exports nothing")]

mod chromium;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/harness.rs"]
mod harness;
#[allow(dead_code, reason = "shared with ipvs-core's live suite")]
#[path = "../../../../ipvs-core/tests/live/kernel.rs"]
mod kernel;
#[allow(dead_code, reason = "shared with the suite of the other programs")]
#[path = "../live/program.rs"]
mod program;
#[path = "../../../../ipvs-core/tests/live/runner.rs"]
mod runner;
#[allow(dead_code, reason = "shared with the suite of the other programs")]
#[path = "../live/site.rs"]
mod site;
mod story;
#[allow(dead_code, reason = "shared with the suite of the other programs")]
#[path = "../live/web.rs"]
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    runner::run([("browser", story::tests())])
}
