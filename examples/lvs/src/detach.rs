//! A daemon that leaves the terminal: the program starts itself again, and its first
//! process ends once the second one is ready, or with it.
//!
//! ```no_run
//! # use std::process::ExitCode;
//! # use lvs::detach;
//! # fn applet(words: Vec<std::ffi::OsString>) -> ExitCode {
//! if let Some(code) = detach::first_process("lvsd", &words) {
//!     return code;
//! }
//! // … whatever may fail, said on standard error …
//! detach::ready();
//! # ExitCode::SUCCESS
//! # }
//! ```

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{getppid, setsid};
use rustix::stdio::{dup2_stderr, dup2_stdout};

/// Tells the second process whose second it is: its own children are nobody's.
const MARK: &str = "LVS_DETACHED";
/// What the second process says when it is ready.
const READY: &[u8] = b"ready\n";

/// In the first process: starts the second, waits for it, and gives the code to end with.
/// In the second: leaves the session, and gives nothing.
pub fn first_process(applet: &str, words: &[OsString]) -> Option<ExitCode> {
    if is_second() {
        // It fails for the leader of a group alone, which a child is not.
        let _ = setsid();
        return None;
    }
    Some(start(applet, words).unwrap_or_else(|error| {
        eprintln!("{applet}: it can't be started again: {error}");
        ExitCode::FAILURE
    }))
}

/// In the second process: lets the first one end, and leaves its streams. Elsewhere nothing.
pub fn ready() {
    if !is_second() {
        return;
    }
    // Whoever waited is told or gone.
    let _ = io::stdout()
        .write_all(READY)
        .and_then(|()| io::stdout().flush());
    if let Ok(nowhere) = File::options().write(true).open("/dev/null") {
        let _ = dup2_stdout(&nowhere);
        let _ = dup2_stderr(&nowhere);
    }
}

fn is_second() -> bool {
    let first = env::var(MARK).ok().and_then(|first| first.parse().ok());
    first.is_some() && first == getppid().map(|parent| parent.as_raw_nonzero().get())
}

fn start(applet: &str, words: &[OsString]) -> io::Result<ExitCode> {
    let mut child = Command::new(env::current_exe()?)
        .arg(applet)
        .args(words)
        .env(MARK, std::process::id().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut said)?;
    }
    if said == READY {
        return Ok(ExitCode::SUCCESS);
    }
    let code = child.wait()?.code();
    let code = code.and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
