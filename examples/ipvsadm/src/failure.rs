//! How a run ends badly.

use std::io::{self, Write};

use ipvs_core::Error;
use ipvs_core::rules::Mistake;

use crate::{messages, words};

/// What stderr is told, if anything, and the exit status.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) message: Option<String>,
    pub(crate) status: u8,
}

impl Failure {
    pub(crate) fn new(status: u8, message: impl Into<String>) -> Self {
        let message = Some(message.into());
        Failure { message, status }
    }

    /// A failure that stderr has been told of already, or never is.
    pub(crate) fn silent(status: u8) -> Self {
        let message = None;
        Failure { message, status }
    }

    /// A change that the kernel refuses.
    pub(crate) fn of_change(error: &Error) -> Self {
        Failure::new(255, messages::of_error(error))
    }

    /// A listing that the kernel refuses.
    pub(crate) fn of_listing(error: &Error) -> Self {
        Failure::new(1, messages::of_error(error))
    }

    /// A command line that is none.
    pub(crate) fn of_mistake(mistake: &Mistake, program: &str) -> Self {
        let status = messages::status_of(mistake.fault());
        Failure::new(status, messages::of_mistake(mistake, program))
    }

    /// Prints the message, whether or not there is a stderr to take it.
    pub(crate) fn tell(&self) {
        if let Some(message) = &self.message {
            let mut line = words::encode(message);
            line.push(b'\n');
            let _ = io::stderr().write_all(&line);
        }
    }
}

/// Output that nobody takes.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // What a shell says of a program that died of SIGPIPE.
            io::ErrorKind::BrokenPipe => Failure::silent(141),
            _ => Failure::new(1, format!("cannot write: {}", messages::system(&error))),
        }
    }
}
