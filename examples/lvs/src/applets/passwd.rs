//! `lvs passwd FILE`: the password of the web page.
//!
//! At a terminal it asks twice, without showing what is typed, which a signal that ends it puts
//! right again; elsewhere the password is the first line of standard input. It fails with 1 when
//! nothing was set, 2 for mistakes of usage.

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::low_level::pipe;

use super::{USAGE, say};
use crate::password;

const USAGE_LINE: &str = "usage: lvs passwd FILE
Asks for the password of the web page twice, or reads it from standard input, and writes its hash to FILE.
Who knows it can have any command run as root, as the page sets those that pulse and the checkers run.
";

/// Runs the applet.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    let file = match asked(words) {
        Ok(Some(file)) => file,
        Ok(None) => return say(USAGE_LINE),
        Err(error) => {
            eprint!("lvs passwd: {error}\n{USAGE_LINE}");
            return ExitCode::from(USAGE);
        }
    };
    match set(&file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lvs passwd: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked(words: Vec<OsString>) -> Result<Option<PathBuf>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut file = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(None),
            Value(value) if file.is_none() => file = Some(value.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(file.ok_or("FILE is missing")?))
}

fn set(file: &Path) -> Result<(), String> {
    let password = if io::stdin().is_terminal() {
        asked_twice().map_err(|error| error.to_string())?
    } else {
        line().map_err(|error| error.to_string())?
    };
    let set = password::set(file, &password);
    set.map(drop)
        .map_err(|error| format!("{}: {error}", file.display()))
}

fn asked_twice() -> io::Result<String> {
    let signals = signals()?;
    let password = ask("Password: ", &signals)?;
    if ask("Again: ", &signals)? != password {
        return Err(io::Error::other("they are not the same; nothing was set"));
    }
    Ok(password)
}

/// One line of a terminal that does not show it, unless a signal comes first.
fn ask(prompt: &str, signals: &UnixStream) -> io::Result<String> {
    let _silence = Silence::begin()?;
    let mut shown = io::stderr();
    write!(shown, "{prompt}")?;
    let typed = typed_before(signals).and_then(|()| line());
    writeln!(shown)?;
    typed
}

/// Where the signals arrive that would end it.
fn signals() -> io::Result<UnixStream> {
    let (arrived, arriving) = UnixStream::pair()?;
    for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP] {
        pipe::register(signal, arriving.try_clone()?)?;
    }
    Ok(arrived)
}

/// Waits until something is typed; a signal is an error.
fn typed_before(signals: &UnixStream) -> io::Result<()> {
    let stdin = io::stdin();
    let mut waiting =
        [signals.as_fd(), stdin.as_fd()].map(|file| PollFd::from_borrowed_fd(file, PollFlags::IN));
    while let Err(error) = poll(&mut waiting, None) {
        // It is in its pipe by now.
        if error != Errno::INTR {
            return Err(error.into());
        }
    }
    let [signals, _] = &waiting;
    if signals.revents().is_empty() {
        return Ok(());
    }
    Err(io::Error::other("interrupted; nothing was set"))
}

fn line() -> io::Result<String> {
    let mut line = String::new();
    // One byte more than a password may have, and the end of its line.
    let longest = u64::try_from(password::LONGEST).unwrap_or(u64::MAX);
    io::stdin().lock().take(longest + 2).read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}

/// A terminal that shows nothing, as long as this lives.
struct Silence(Termios);

impl Silence {
    fn begin() -> io::Result<Silence> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // Stopped, it would leave a terminal that shows nothing: 0 is no key.
        silent.special_codes[SpecialCodeIndex::VSUSP] = 0;
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Silence(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // A terminal that went away needs no echo.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}
