//! `lvs`: picks the applet and runs it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    lvs::applets::run(std::env::args_os())
}
