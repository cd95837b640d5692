//! How lvsd starts a monitor of another make: this program becomes it, with lvsd's end as
//! a signal. Our own nannies need none: they hear lvsd's end.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Signal, getppid, set_parent_process_death_signal};

/// Becomes the program of the second word, with those behind it, if the first is still the
/// number of the parent.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    let mut words = words.into_iter();
    let (Some(parent), Some(program)) = (words.next(), words.next()) else {
        return ExitCode::from(super::USAGE);
    };
    let parent = parent.to_str().and_then(|number| number.parse().ok());
    let leashed = set_parent_process_death_signal(Some(Signal::TERM));
    // A parent that has ended before tells nobody any more.
    let is_there = getppid().map(|pid| pid.as_raw_nonzero().get()) == parent;
    if leashed.is_err() || !is_there {
        return ExitCode::FAILURE;
    }
    let error = Command::new(&program).args(words).exec();
    eprintln!("lvsd: {}: {error}", program.to_string_lossy());
    ExitCode::FAILURE
}
