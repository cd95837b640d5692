//! `lvs lvsd`: brings up the virtual services of a file.

use std::ffi::OsString;
use std::process::ExitCode;

use super::{USAGE, say};
use crate::detach;
use crate::log::Log;
use crate::lvsd::options::{self, Asked};
use crate::lvsd::run::run;

/// Runs the applet.
pub(super) fn start(words: Vec<OsString>) -> ExitCode {
    let asked = match options::parse(words.clone()) {
        Ok(Asked::Run(asked)) => asked,
        Ok(Asked::Help) => return say(options::USAGE),
        Ok(Asked::Version) => return say(concat!("lvsd ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(error) => {
            eprint!("lvsd: {error}\n{}", options::USAGE);
            return ExitCode::from(USAGE);
        }
    };
    if !asked.foreground && !asked.dry {
        if let Some(code) = detach::first_process("lvsd", &words) {
            return code;
        }
    }
    let log = Log::open("lvsd");
    match run(asked, &log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.lines().for_each(|line| log.error(line));
            ExitCode::FAILURE
        }
    }
}
