//! `lvs pulse`: watches the partner, and brings the services up on the node that serves.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::process::ExitCode;

use super::{USAGE, say};
use crate::log::Log;
use crate::pulse::daemon::{self, Asked, Options};
use crate::{control, detach, status};

/// What `pulse status` exits with when none runs, and when it can't tell (as the scripts
/// of a host's services do).
const STOPPED: u8 = 3;
const UNKNOWN: u8 = 4;

/// Runs the applet.
pub(super) fn start(words: Vec<OsString>) -> ExitCode {
    match daemon::asked(words.clone()) {
        Ok(Asked::Run(options)) => run(&options, &words),
        Ok(Asked::Status) => status(),
        Ok(Asked::Help) => say(daemon::USAGE),
        Err(error) => {
            eprint!("pulse: {error}\n{}", daemon::USAGE);
            ExitCode::from(USAGE)
        }
    }
}

fn run(options: &Options, words: &[OsString]) -> ExitCode {
    if !options.foreground && !options.test {
        if let Some(code) = detach::first_process("pulse", words) {
            return code;
        }
    }
    let log = Log::open("pulse");
    let ran = if options.test {
        daemon::test(options, &log).map(|text| say(&text))
    } else {
        daemon::run(options, &log, detach::ready).map(|()| ExitCode::SUCCESS)
    };
    ran.unwrap_or_else(|error| {
        for line in error.lines() {
            log.error(line);
        }
        ExitCode::FAILURE
    })
}

fn status() -> ExitCode {
    let answer = match control::ask(&daemon::socket(), "status") {
        Ok(answer) => answer,
        Err(error) => {
            let nobody = [ErrorKind::NotFound, ErrorKind::ConnectionRefused];
            if nobody.contains(&error.kind()) {
                say("pulse is stopped\n");
                return ExitCode::from(STOPPED);
            }
            eprintln!("pulse: {}: {error}", daemon::socket().display());
            return ExitCode::from(UNKNOWN);
        }
    };
    match serde_json::from_str::<status::Pulse>(&answer) {
        Ok(status) => say(&sentence(&status)),
        Err(error) => {
            eprintln!("pulse: its answer can't be read: {error}");
            ExitCode::from(UNKNOWN)
        }
    }
}

fn sentence(status: &status::Pulse) -> String {
    let state = if status.active { "active" } else { "inactive" };
    format!(
        "pulse (pid {}) is running as {}: {state}\n",
        status.pid, status.role
    )
}
