//! `lab`: does by library calls what the LVS labs do by hand, with real packets
//! on this machine's kernel, and checks each step. It takes root and IPVS.
//!
//! ```text
//! lab                 every chapter
//! lab nat tunnel      those two
//! lab --list          what there is
//! ```

mod chapters;

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::book::run("The LVS labs", chapters::CHAPTERS)
}
