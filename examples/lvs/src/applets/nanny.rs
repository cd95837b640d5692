//! `lvs nanny`: watches one real server.

use std::ffi::OsString;
use std::process::ExitCode;

use super::{USAGE, say};
use crate::config::SystemNames;
use crate::detach;
use crate::log::Log;
use crate::nanny::options::{self, Asked};
use crate::nanny::run::run;

/// Runs the applet.
pub(super) fn start(words: Vec<OsString>) -> ExitCode {
    let asked = match options::parse(words.clone(), &SystemNames) {
        Ok(Asked::Run(asked)) => asked,
        Ok(Asked::Help) => return say(options::USAGE),
        Ok(Asked::Version) => return say(concat!("nanny ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(error) => {
            eprint!("nanny: {error}\n{}", options::USAGE);
            return ExitCode::from(USAGE);
        }
    };
    if !asked.foreground {
        if let Some(code) = detach::first_process("nanny", &words) {
            return code;
        }
    }
    let log = Log::open("nanny");
    detach::ready();
    match run(*asked, &log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log.error(error);
            ExitCode::FAILURE
        }
    }
}
