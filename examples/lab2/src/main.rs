//! `lab2`: the second half of the LVS lab, a redundant director whose programs bring up
//! the services of lvs.cf, check the servers and take over from each other; here with the
//! binary `lvs`, on this machine's kernel. It takes root and IPVS.
//!
//! ```text
//! lab2                    every chapter
//! lab2 start heartbeat    those two
//! lab2 --list             what there is
//! ```
#![forbid(unsafe_code)]

mod browser;
mod chapters;
mod cluster;
mod director;
mod file;
mod load;
mod log;
mod processes;
mod unit;

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::book::run("LAB #2, the LVS cluster,", chapters::CHAPTERS)
}
