//! Where the programs say what they do: standard error, and the system's log.
//!
//! A line on standard error is `nanny[4711]: [ active ] making 10.0.3.100:8080 available`;
//! the system's log puts its own time and host before the same words.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use syslog::{Facility, Formatter3164, Logger, LoggerBackend};

/// The log of one program. Its lines may come from any thread.
pub struct Log {
    program: &'static str,
    system: Mutex<Option<Logger<LoggerBackend, Formatter3164>>>,
}

impl Log {
    /// The log of `program`; a host without a system log gets standard error alone.
    #[must_use]
    pub fn open(program: &'static str) -> Log {
        let formatter = Formatter3164 {
            facility: Facility::LOG_DAEMON,
            hostname: None,
            process: program.into(),
            pid: std::process::id(),
        };
        Log {
            program,
            system: Mutex::new(syslog::unix(formatter).ok()),
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

    fn write(
        &self,
        line: &str,
        send: impl FnOnce(&mut Logger<LoggerBackend, Formatter3164>, &str) -> syslog::Result<()>,
    ) {
        let text = format!("{}[{}]: {line}\n", self.program, std::process::id());
        // One write a line: several programs share the stream. A log that can't be written
        // has nobody left to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        let mut system = self.system.lock().unwrap_or_else(PoisonError::into_inner);
        if system.as_mut().is_some_and(|log| send(log, line).is_err()) {
            *system = None;
        }
    }
}
