//! Where the programs say what they do: standard error, and the system's log.
//!
//! A line on standard error is `nanny[4711]: [ active ] making 10.0.3.100:8080 available`;
//! the system's log puts its own time and host before the same words.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use syslog::{Facility, Formatter3164, Logger, LoggerBackend};

type System = Logger<LoggerBackend, Formatter3164>;

/// The log of one program. Its lines may come from any thread.
pub struct Log {
    program: &'static str,
    /// The system log's socket; the usual ones if it is not said.
    path: Option<PathBuf>,
    /// Opened when there is something to say, and anew after it failed.
    system: Mutex<Option<System>>,
}

impl Log {
    /// The log of `program`; a host without a system log gets standard error alone.
    #[must_use]
    pub fn open(program: &'static str) -> Log {
        Log {
            program,
            path: None,
            system: Mutex::new(None),
        }
    }

    /// The same with the system log that listens at `path`.
    #[must_use]
    pub fn at(program: &'static str, path: PathBuf) -> Log {
        Log {
            path: Some(path),
            ..Log::open(program)
        }
    }

    /// Something that belongs to the course of things.
    pub fn info(&self, line: impl Display) {
        self.write(&line.to_string(), |log, line| log.info(line));
    }

    /// Something that an operator should look at, although all goes on.
    pub fn warning(&self, line: impl Display) {
        self.write(&line.to_string(), |log, line| log.warning(line));
    }

    /// Something that could not be done.
    pub fn error(&self, line: impl Display) {
        self.write(&line.to_string(), |log, line| log.err(line));
    }

    fn write(&self, line: &str, send: impl Fn(&mut System, &str) -> syslog::Result<()>) {
        let text = format!("{}[{}]: {line}\n", self.program, std::process::id());
        // One write a line: several programs share the stream. A log that can't be written
        // has nobody left to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        let mut system = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        // A log daemon that was restarted has another socket.
        for _ in 0..2 {
            if system.is_none() {
                *system = self.connect();
            }
            let Some(log) = system.as_mut() else { return };
            if send(log, line).is_ok() {
                return;
            }
            *system = None;
        }
    }

    fn connect(&self) -> Option<System> {
        let formatter = Formatter3164 {
            facility: Facility::LOG_DAEMON,
            hostname: None,
            process: self.program.into(),
            pid: std::process::id(),
        };
        match &self.path {
            Some(path) => syslog::unix_custom(formatter, path),
            None => syslog::unix(formatter),
        }
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    use super::*;

    fn hears(daemon: &UnixDatagram) -> String {
        let mut line = [0; 1024];
        let count = daemon.recv(&mut line).unwrap();
        String::from_utf8(line[..count].to_vec()).unwrap()
    }

    #[test]
    fn the_system_s_log_gets_each_line_whenever_its_daemon_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let log = Log::at("lvsd", path.clone());
        log.info("nobody is there yet");
        for round in 0..2 {
            let daemon = UnixDatagram::bind(&path).unwrap();
            let patience = Some(Duration::from_secs(60));
            daemon.set_read_timeout(patience).unwrap();
            log.info(format_args!("line {round}"));
            log.warning("careful");
            log.error("alas");
            // Facility 3 is the daemons', and the severity is added to it.
            for (number, words) in [
                (30, format!("line {round}")),
                (28, "careful".into()),
                (27, "alas".into()),
            ] {
                let line = hears(&daemon);
                let end = format!(" lvsd[{}]: {words}", std::process::id());
                assert!(line.starts_with(&format!("<{number}>")), "{line}");
                assert!(line.ends_with(&end), "{line}");
            }
            drop(daemon);
            fs::remove_file(&path).unwrap();
        }
    }
}
